//! `[[cut]]`: from a marker in the tail to the end, or from the start through a marker in the head.

use serde::{Deserialize, Serialize};

use crate::page::Page;
use crate::rule::Where;
use crate::rule::anchor::Anchor;
use crate::rule::matcher::Matcher;

use super::{Found, Hit, Look, anchors_of, marked_lines};

/// Deletes everything on one side of a marker, the marker included.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cut {
    /// The line at which the junk starts (in the head: ends).
    pub marker: Vec<Matcher>,
    /// The largest share of the document's words that may go.
    pub max_fraction: f64,
    /// Whether it cuts the head instead of the tail.
    pub head: bool,
}

impl Cut {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        anchors_of(&self.marker)
    }

    pub(super) fn find(&self, look: &Look, hits: &[Hit]) -> Vec<Found> {
        let page = look.page;
        let side = if self.head { Where::Head } else { Where::Tail };
        let mut marked =
            marked_lines(&self.marker, page, hits).into_iter().filter(|&line| side.holds(page.layout.region(line)));
        let marker = if self.head { marked.next_back() } else { marked.next() };
        let Some(marker) = marker else { return Vec::new() };
        let lines = if self.head { 0..marker + 1 } else { marker..page.len() };
        if words(page, lines.clone()) as f64 > self.max_fraction * look.document.words() as f64 {
            return Vec::new();
        }
        vec![Found::one(marker, page.span_of(lines))]
    }
}

fn words(page: &Page, lines: std::ops::Range<usize>) -> u64 {
    lines.map(|line| u64::from(page.words(line))).sum()
}
