//! `[[line]]`: a whole line, by its text.

use serde::{Deserialize, Serialize};

use crate::rule::anchor::Anchor;
use crate::rule::literal::{How, Literal};

use super::{Found, Hit, Look};

/// Deletes the lines that a literal matches.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    /// The literals.
    pub any: Vec<Literal>,
    /// How they match.
    pub how: How,
}

impl Line {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        self.any.iter().map(|literal| literal.anchor(self.how)).collect()
    }

    pub(super) fn find(&self, look: &Look, hits: &[Hit]) -> Vec<Found> {
        let matching = hits.iter().filter(|hit| {
            let (text, range) = (hit.text(look.page), hit.range());
            self.any[hit.anchor as usize].fits(text, &range) && hit.original(look.page, range).is_some()
        });
        matching.map(|hit| Found::one(hit.line as usize, look.page.layout.lines()[hit.line as usize].full)).collect()
    }
}
