//! A page, where the anchors of the rules hit on it, and what the rules were seen to find there.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::layout::Span;
use crate::page::Page;
use crate::rule::RuleIdx;
use crate::rule::index::{Hits, Index, Owner, Seen};
use crate::rule::kind::{Depends, Found, Hit, Look};
use crate::rule::set::Ruleset;

use super::{Removal, apply};

/// A page and the hits on it. Nothing that is known of it is found out twice, nor what is known of a line of it when that
/// line stands in what is left of the page.
pub(super) struct Scanned<'t> {
    pub(super) page: Page<'t>,
    seen: Vec<Seen>,
    hits: Hits,
    /// The lines that the page which this one is left of did not have.
    new: Vec<bool>,
    /// What rules that look at one line at a time found in the other lines, by rule.
    carried: HashMap<RuleIdx, Vec<Found>>,
    /// What rules found that look at nothing but the page.
    found: RefCell<HashMap<RuleIdx, Vec<Found>>>,
}

impl<'t> Scanned<'t> {
    /// Lays out, folds and scans a text.
    pub(super) fn of(rules: &Ruleset, text: &'t [u8]) -> Self {
        let page = Page::of(text);
        let new = vec![true; page.len()];
        Self::scanning(rules.index(), page, new, Vec::new(), HashMap::new())
    }

    /// What is left when something of the page goes.
    pub(super) fn without(&self, rules: &Ruleset, removals: &[Removal]) -> Scanned<'static> {
        let stays: Vec<Span> = apply::kept(self.page.text.len(), removals).collect();
        let left = self.page.left(&stays);
        let mut now = vec![None; self.page.len()];
        for (line, old) in left.same.iter().enumerate() {
            old.iter().for_each(|&old| now[old] = Some(line));
        }
        let seen = self.seen.iter();
        let seen = seen.filter_map(|seen| Some(seen.moved(&self.page, &left.page, now[seen.line as usize]?))).collect();
        let moved = |found: &Found| Some(found.moved(&self.page, &left.page, now[found.line]?));
        let of_lines = |rule: RuleIdx| rules.rule(rule).kind.depends() == Depends::Line;
        let found = self.found.borrow();
        let found = found.iter().filter(|(rule, _)| of_lines(**rule));
        let carried = found.map(|(&rule, found)| (rule, found.iter().filter_map(moved).collect())).collect();
        let new = left.same.iter().map(Option::is_none).collect();
        Scanned::scanning(rules.index(), left.page, new, seen, carried)
    }

    fn scanning(
        index: &Index,
        page: Page<'t>,
        new: Vec<bool>,
        mut seen: Vec<Seen>,
        carried: HashMap<RuleIdx, Vec<Found>>,
    ) -> Self {
        for line in (0..page.len()).filter(|&line| new[line]) {
            index.search(&page, line, &mut seen);
        }
        let hits = index.hits(&seen);
        Self { page, seen, hits, new, carried, found: RefCell::default() }
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
        let kind = &look.rule.kind;
        if kind.depends() == Depends::Document {
            return kind.find(look, self.hits_of(index));
        }
        if let Some(found) = self.found.borrow().get(&index) {
            return found.clone();
        }
        let found = match self.carried.get(&index) {
            Some(carried) => {
                let new: Vec<Hit> =
                    self.hits_of(index).iter().filter(|hit| self.new[hit.line as usize]).copied().collect();
                let found = if new.is_empty() { Vec::new() } else { kind.find(look, &new) };
                [carried.clone(), found].concat()
            }
            None => kind.find(look, self.hits_of(index)),
        };
        self.found.borrow_mut().insert(index, found.clone());
        found
    }
}
