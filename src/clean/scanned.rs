//! A page and where the anchors of the rules hit on it.

use crate::page::Page;
use crate::rule::kind::Hit;
use crate::rule::set::{Owner, Ruleset};

/// A page and the hits on it, by owner.
pub(super) struct Scanned<'t> {
    pub(super) page: Page<'t>,
    owners: Vec<(Owner, std::ops::Range<usize>)>,
    hits: Vec<Hit>,
}

impl<'t> Scanned<'t> {
    /// Lays out, folds and scans a text.
    pub(super) fn of(rules: &Ruleset, text: &'t [u8]) -> Self {
        let page = Page::of(text);
        let found = rules.scan(&page);
        let mut owners: Vec<(Owner, std::ops::Range<usize>)> = Vec::new();
        for (at, (owner, _)) in found.iter().enumerate() {
            match owners.last_mut() {
                Some((last, range)) if last == owner => range.end = at + 1,
                _ => owners.push((*owner, at..at + 1)),
            }
        }
        Self { page, owners, hits: found.into_iter().map(|(_, hit)| hit).collect() }
    }

    /// The hits of an owner's anchors.
    pub(super) fn hits_of(&self, owner: Owner) -> &[Hit] {
        match self.owners.binary_search_by_key(&owner, |(owner, _)| *owner) {
            Ok(at) => &self.hits[self.owners[at].1.clone()],
            Err(_) => &[],
        }
    }

    /// All owners with the hits of their anchors.
    pub(super) fn by_owner(&self) -> impl Iterator<Item = (Owner, &[Hit])> {
        self.owners.iter().map(|(owner, range)| (*owner, &self.hits[range.clone()]))
    }
}
