//! `[[phrase]]`: a literal inside a line, through another one or with the sentence around it.

use std::cell::{Cell, OnceCell};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::layout::{self, WordStarts};
use crate::page::Page;
use crate::rule::anchor::Anchor;
use crate::rule::literal::{How, Literal};
use crate::sentence::Sentences;

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

impl Reach {
    /// Whether the literal goes alone.
    pub fn is_literal(&self) -> bool {
        matches!(self, Self::Literal)
    }
}

impl Phrase {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        self.any.iter().map(|literal| literal.anchor(How::Contains)).collect()
    }

    pub(super) fn find(&self, look: &Look, hits: &[Hit]) -> Vec<Found> {
        let in_one_text = hits.chunk_by(|left, right| (left.line, left.view) == (right.line, right.view));
        in_one_text.flat_map(|hits| self.find_in_text(look.page, hits)).collect()
    }

    fn find_in_text(&self, page: &Page, hits: &[Hit]) -> Vec<Found> {
        let around = Around::of(hits[0].text(page));
        hits.iter().filter_map(|hit| self.confirm(page, &around, hit)).collect()
    }

    fn confirm(&self, page: &Page, around: &Around, hit: &Hit) -> Option<Found> {
        let range = hit.range();
        if !self.any[hit.anchor as usize].fits(around.text, &range) {
            return None;
        }
        let range = self.reach(around, range)?;
        let span = hit.original(page, range)?;
        let line = hit.line as usize;
        Some(Found::one(line, with_space(page.text(), span, page.layout.lines()[line].content)))
    }

    fn reach(&self, around: &Around, range: Range<usize>) -> Option<Range<usize>> {
        let (range, max_words) = match &self.reach {
            Reach::Literal => return Some(range),
            Reach::Through(ends, max_words) => (range.start..around.first_end(ends, range.end)?, max_words),
            Reach::Sentence(max_words) => (around.sentence(range), max_words),
        };
        (around.words(range.clone()) <= *max_words).then_some(range)
    }
}

/// What stands around the hits in a text. It is found out for all of them at once, so that their number does not count.
struct Around<'t> {
    text: &'t [u8],
    sentences: OnceCell<Sentences>,
    /// Where the literals stand that end a phrase, by their starts.
    ends: OnceCell<Vec<Range<usize>>>,
    word_starts: OnceCell<WordStarts>,
    /// How many bytes were read to count words.
    counted: Cell<usize>,
}

impl<'t> Around<'t> {
    fn of(text: &'t [u8]) -> Self {
        let (sentences, ends, word_starts) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { text, sentences, ends, word_starts, counted: Cell::new(0) }
    }

    fn sentence(&self, range: Range<usize>) -> Range<usize> {
        self.sentences.get_or_init(|| Sentences::of(self.text)).around(self.text, range)
    }

    /// The end of the literal that starts first behind `from`, of those that start together that of the shortest.
    fn first_end(&self, literals: &[Literal], from: usize) -> Option<usize> {
        let ends = self.ends.get_or_init(|| {
            let mut ends: Vec<_> = literals.iter().flat_map(|literal| literal.find_in(self.text)).collect();
            ends.sort_unstable_by_key(|range| (range.start, range.end));
            ends
        });
        ends.get(ends.partition_point(|range| range.start < from)).map(|range| range.end)
    }

    /// How many words a part has. A few parts are counted one by one; of many that overlap all words are looked up.
    fn words(&self, part: Range<usize>) -> u32 {
        self.counted.set(self.counted.get() + part.len());
        if self.counted.get() <= self.text.len() {
            return layout::words(&self.text[part]);
        }
        self.word_starts.get_or_init(|| WordStarts::of(self.text)).count(self.text, part)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Document, Options, Ruleset, clean};

    fn left(keys: &str, text: &str) -> String {
        let rule = format!("[[phrase]]\nid = 'x'\ncategory = 'ad'\nwhy = 'test'\nany = ['sign up']\n{keys}\n");
        let rules = Ruleset::builder().bundled(false).text("x.toml", &rule).build().unwrap();
        let cleaned = clean(&rules, &Document::new(text.as_bytes()), &Options::default());
        String::from_utf8(cleaned.text.into_owned()).unwrap()
    }

    #[test]
    fn of_many_phrases_in_a_line_each_reaches_as_far_as_it_would_alone() {
        let prose = "The harbour was closed on Monday, and nobody knew for how long it would be. ".repeat(6);
        let text =
            format!("{prose}Please sign up now. It rained. Do sign up at once. Sign up. It snowed on the pier.\n");
        assert_eq!(
            left("extend = 'sentence'\nmax_words = 5", &text),
            format!("{prose}It rained. It snowed on the pier.\n")
        );
        let text =
            format!("{prose}Sign up, sign up (free)! Sign up for all the letters of the paper (free)! The end.\n");
        assert_eq!(
            left("through = ['(free)!']\nmax_words = 5", &text),
            format!("{prose}Sign up for all the letters of the paper (free)! The end.\n")
        );
    }
}
