//! A page, where the anchors of the rules hit on it, and what the rules were seen to find there.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::layout::Span;
use crate::page::{Page, Remainder};
use crate::rule::RuleIdx;
use crate::rule::index::{Hits, Index, Owner, Seen};
use crate::rule::kind::{Depends, Found, Hit, Look};
use crate::rule::set::Ruleset;

use super::{Removal, apply, find};

/// A page and the hits on it. Nothing that is known of it is found out twice, nor what is known of a line of it when that
/// line stands in what is left of the page.
pub(super) struct Scanned<'t> {
    pub(super) page: Page<'t>,
    seen: Vec<Seen>,
    hits: Hits,
    /// What rules found that look at one line at a time, by rule and line: in order, as a few are kept quicker so than hashed.
    by_line: RefCell<BTreeMap<RuleIdx, ByLine>>,
    /// What rules found that look at nothing but the page, by rule.
    by_page: RefCell<BTreeMap<RuleIdx, Vec<Found>>>,
}

/// What a rule found in the lines of which it was asked.
type ByLine = BTreeMap<u32, Vec<Found>>;

impl<'t> Scanned<'t> {
    /// Lays out, folds and scans a text.
    pub(super) fn of(rules: &Ruleset, text: &'t [u8]) -> Self {
        let page = Page::of(text);
        let seen = rules.index().search(&page);
        Self::having(rules.index(), page, seen, BTreeMap::new())
    }

    /// What is left when something of the page goes.
    pub(super) fn without(&self, rules: &Ruleset, removals: &[Removal]) -> Scanned<'static> {
        let stays: Vec<Span> = apply::kept(self.page.text().len(), removals).collect();
        let Remainder { page, same } = self.page.left(&stays);
        let mut now = vec![None; self.page.len()];
        for (line, old) in same.iter().enumerate() {
            old.iter().for_each(|&old| now[old] = Some(line));
        }
        let seen = self.seen.iter();
        let moved = |seen: &Seen| Some(seen.moved(&self.page, &page, now[seen.line as usize]?));
        let mut seen: Vec<Seen> = seen.filter_map(moved).collect();
        for line in (0..page.len()).filter(|&line| same[line].is_none()) {
            rules.index().search_line(&page, line, &mut seen);
        }
        let moved = |(old, found): (&u32, &Vec<Found>)| {
            let line = now[*old as usize]?;
            Some((line as u32, found.iter().map(|found| found.moved(&self.page, &page, line)).collect()))
        };
        let by_line = self.by_line.borrow();
        let by_line = by_line.iter().map(|(&rule, found)| (rule, found.iter().filter_map(moved).collect())).collect();
        Scanned::having(rules.index(), page, seen, by_line)
    }

    fn having(index: &Index, page: Page<'t>, seen: Vec<Seen>, by_line: BTreeMap<RuleIdx, ByLine>) -> Self {
        let hits = index.hits(&seen);
        Self { page, seen, hits, by_line: by_line.into(), by_page: RefCell::default() }
    }

    /// The hits of a rule's anchors.
    pub(super) fn hits_of(&self, rule: RuleIdx) -> &[Hit] {
        self.hits.of(Index::owner_of_rule(rule))
    }

    /// All owners with the hits of their anchors.
    pub(super) fn by_owner<'r>(&'r self, rules: &'r Ruleset) -> impl Iterator<Item = (Owner, &'r [Hit])> {
        self.hits.by_owner().map(|(number, hits)| (rules.index().owner(number), hits))
    }

    /// What a rule finds on the page.
    pub(super) fn found(&self, index: RuleIdx, look: &Look) -> Vec<Found> {
        let find = || look.rule.kind.find(look, self.hits_of(index));
        match look.rule.kind.depends() {
            Depends::Line => self.found_by_line(index, look),
            Depends::Page => self.by_page.borrow_mut().entry(index).or_insert_with(find).clone(),
            Depends::Document => find(),
        }
    }

    fn found_by_line(&self, index: RuleIdx, look: &Look) -> Vec<Found> {
        let mut known = self.by_line.borrow_mut();
        let known = known.entry(index).or_default();
        let by_line = self.hits_of(index).chunk_by(|left, right| left.line == right.line);
        let in_reach = |hits: &&[Hit]| look.thorough || find::out_of_reach(look, hits[0].line as usize).is_none();
        let found = by_line
            .filter(in_reach)
            .flat_map(|hits| known.entry(hits[0].line).or_insert_with(|| look.rule.kind.find(look, hits)).clone());
        found.collect()
    }
}
