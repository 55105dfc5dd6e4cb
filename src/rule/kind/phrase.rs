//! `[[phrase]]`: a literal inside a line, through another one or with the sentence around it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::layout;
use crate::page::Page;
use crate::rule::anchor::Anchor;
use crate::rule::literal::{How, Literal};
use crate::sentence;

use super::{Found, Hit, Look, with_space};

/// Deletes a literal inside a line.
#[derive(Debug, Serialize, Deserialize)]
pub struct Phrase {
    /// The literals.
    pub any: Vec<Literal>,
    /// What else of the line goes.
    pub reach: Reach,
}

/// What of the line goes with the literal.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reach {
    /// Nothing.
    Literal,
    /// Everything through the first of these literals, at most so many words in all.
    Through(Vec<Literal>, u32),
    /// The sentence around it, if it has at most so many words.
    Sentence(u32),
}

impl Phrase {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        self.any.iter().map(|literal| literal.anchor(How::Contains)).collect()
    }

    pub(super) fn find(&self, look: &Look, hits: &[Hit]) -> Vec<Found> {
        hits.iter().filter_map(|hit| self.confirm(look.page, hit)).collect()
    }

    fn confirm(&self, page: &Page, hit: &Hit) -> Option<Found> {
        let text = hit.text(page);
        let range = hit.range();
        if !self.any[hit.anchor as usize].fits(text, &range) {
            return None;
        }
        let range = self.reach(text, range)?;
        let span = hit.original(page, range)?;
        let line = hit.line as usize;
        Some(Found::one(line, with_space(page.text(), span, page.layout.lines()[line].content)))
    }

    fn reach(&self, text: &[u8], range: Range<usize>) -> Option<Range<usize>> {
        let (range, max_words) = match &self.reach {
            Reach::Literal => return Some(range),
            Reach::Through(ends, max_words) => (range.start..first_end(ends, text, range.end)?, max_words),
            Reach::Sentence(max_words) => (sentence::around(text, range), max_words),
        };
        (layout::words(&text[range.clone()]) <= *max_words).then_some(range)
    }
}

/// The end of the literal that starts first behind `from`.
fn first_end(ends: &[Literal], text: &[u8], from: usize) -> Option<usize> {
    let starts = ends.iter().filter_map(|literal| literal.find_from(text, from).next());
    starts.min_by_key(|range| (range.start, range.end)).map(|range| range.end)
}
