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
        let mut ends = Ends { block: self, page: look.page, asked: 0 };
        for first in marked_lines(&self.from, look.page, hits) {
            if first < done {
                continue;
            }
            if let Some(end) = ends.end_of(first) {
                found.push(Found::one(first, look.page.span_of(first..end)));
                done = end;
            }
        }
        found
    }
}

/// The lines that end a block, each asked once, however many lines may start one.
struct Ends<'a> {
    block: &'a Block,
    page: &'a Page<'a>,
    /// No line before this one ends what starts later than the last start.
    asked: usize,
}

impl Ends<'_> {
    /// The line after the last one that goes with a start; starts come in order.
    fn end_of(&mut self, first: usize) -> Option<usize> {
        let Block { end, through, max_lines, .. } = self.block;
        let last = self.page.len().min(first.saturating_add(*max_lines).saturating_add(usize::from(!through)));
        self.asked = self.asked.max(first + 1);
        while self.asked < last {
            if any_holds(end, self.page, self.asked) {
                return Some(self.asked + usize::from(*through));
            }
            self.asked += 1;
        }
        None
    }
}
