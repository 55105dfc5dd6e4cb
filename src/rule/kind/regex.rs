//! `[[regex]]`: a line that a pattern matches as a whole, or its group `junk` alone.

use crate::fold::View;
use crate::layout::Span;
use crate::page::Page;
use crate::rule::pattern::Pattern;

use super::{Anchor, Found, Hit, Look, lines_of};

/// The group that goes when the pattern has it.
pub const JUNK: &str = "junk";

/// The groups whose text is kept as data when the rule deletes it.
pub const METADATA: &[&str] = &["published", "updated", "byline", "section", "url"];

/// Deletes what a pattern matches.
#[derive(Debug)]
pub struct Regex {
    /// The pattern of the whole line.
    pub pattern: Pattern,
    /// Folded literals, of which every matching line holds one.
    pub keywords: Vec<String>,
}

impl Regex {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        Anchor::folded(self.keywords.clone())
    }

    pub(super) fn find(&self, look: &Look, hits: &[Hit]) -> Vec<Found> {
        let in_line = |line| {
            look.page
                .kept(line)
                .iter()
                .filter_map(move |view| Some(Found::one(line, self.junk(look.page, line, view)?)))
        };
        lines_of(hits).flat_map(in_line).collect()
    }

    fn junk(&self, page: &Page, line: usize, view: &View) -> Option<Span> {
        let groups = self.pattern.regex().captures(view.text())?;
        let place = page.layout.lines()[line];
        match groups.name(JUNK) {
            Some(junk) => {
                let range = view.original(junk.range())?;
                Some(Span::new(place.content.start + range.start, place.content.start + range.end))
            }
            None if self.has_junk() => None,
            None => Some(place.full),
        }
    }

    fn has_junk(&self) -> bool {
        self.pattern.regex().capture_names().any(|name| name == Some(JUNK))
    }

    /// What a line that the rule deletes says of the document: names of [`METADATA`] with their values.
    pub fn metadata(&self, page: &Page, line: usize) -> Vec<(&'static str, String)> {
        let groups = page.kept(line).iter().find_map(|view| self.pattern.regex().captures(view.text()));
        let Some(groups) = groups else { return Vec::new() };
        let value = |&name: &&'static str| Some((name, groups.name(name)?.as_str().to_owned()));
        METADATA.iter().filter_map(value).collect()
    }
}
