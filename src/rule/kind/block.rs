//! `[[block]]`: from one line up to, or through, another.

use serde::{Deserialize, Serialize};

use crate::page::Page;
use crate::rule::anchor::Anchor;
use crate::rule::matcher::Matcher;

use super::{Found, Hit, Look, anchors_of, any_holds, marked_lines};

/// Deletes from one line to another.
#[derive(Debug, Serialize, Deserialize)]
pub struct Block {
    /// The first line that goes.
    pub from: Vec<Matcher>,
    /// The line that ends it.
    pub end: Vec<Matcher>,
    /// Whether that line goes, too.
    pub through: bool,
    /// How many lines may go, blank ones counted.
    pub max_lines: usize,
}

impl Block {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        anchors_of(&self.from)
    }

    pub(super) fn find(&self, look: &Look, hits: &[Hit]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut done = 0;
        for first in marked_lines(&self.from, look.page, hits) {
            if first < done {
                continue;
            }
            if let Some(end) = self.end_of(look.page, first) {
                found.push(Found::one(first, look.page.span_of(first..end)));
                done = end;
            }
        }
        found
    }

    /// The line after the last one that goes.
    fn end_of(&self, page: &Page, first: usize) -> Option<usize> {
        let last = page.len().min(first + self.max_lines + usize::from(!self.through));
        let end = (first + 1..last).find(|&line| any_holds(&self.end, page, line))?;
        Some(end + usize::from(self.through))
    }
}
