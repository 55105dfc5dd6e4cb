//! The parts of a cleaning one by one, so that `benches/micro` can time each of them.

use crate::page::Page;
use crate::rule::set::Ruleset;
use crate::text::document::Document;

use super::find::{Active, Match, Search};
use super::scanned::Scanned;
use super::sources::Origin;
use super::standing::Standing;
use super::{Options, Removal, Scope, Step, decide};

/// How often the anchors of some rules and signatures hit on a page.
pub fn scan(rules: &Ruleset, page: &Page) -> usize {
    rules.index().search(page).len()
}

/// A document and what the rules of the first step match in it.
pub struct Matched<'t> {
    scanned: Scanned<'t>,
    matches: Vec<Match>,
}

impl<'t> Matched<'t> {
    /// Scans a document and asks the rules that hit.
    pub fn of(rules: &Ruleset, document: &Document<'t>, options: &Options) -> Self {
        let scanned = Scanned::of(rules, document.text);
        let sources = Origin::of(rules, document, Scope::Sources).sources(rules, &scanned);
        let active = Active::of(rules, &sources, document, options, Scope::Sources);
        let standing = Standing::whole(&scanned.page);
        let layout = &scanned.page.layout;
        let matches = Search::new(rules, active, layout, false).find(Step::Certain, &scanned, &standing);
        Self { scanned, matches }
    }

    /// What of the document goes for these matches.
    pub fn decide(&self) -> Vec<Removal> {
        decide::removals(&self.scanned.page, &self.matches)
    }
}

/// What is left of a text.
pub fn apply(text: &[u8], removals: &[Removal]) -> Vec<u8> {
    super::apply::without(text, removals)
}
