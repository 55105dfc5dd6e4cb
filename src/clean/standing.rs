//! Keeps account of what of a document still stands: which of its bytes, which of its lines, and what deleted the rest.

use std::collections::BTreeSet;

use crate::layout::Span;
use crate::page::Page;
use crate::rule::RuleIdx;

use super::Removal;
use super::pieces::Pieces;

/// What of a document still stands.
pub(super) struct Standing {
    /// The lines of the document: content, and whether it is blank.
    lines: Vec<(Span, bool)>,
    /// Which lines of the document are gone.
    gone: Vec<bool>,
    /// The line of the document that each standing line is.
    line_of: Vec<u32>,
    /// The bytes of the document that stand.
    pieces: Pieces,
    /// How many bytes the document has.
    len: usize,
    removals: Vec<Removal>,
    edits: BTreeSet<(u32, RuleIdx)>,
}

impl Standing {
    /// A document of which nothing is gone yet.
    pub(super) fn whole(page: &Page) -> Self {
        let lines: Vec<_> = page.layout.lines().iter().map(|line| (line.content, line.blank)).collect();
        Self {
            gone: vec![false; lines.len()],
            line_of: (0..lines.len() as u32).collect(),
            pieces: Pieces::left(page.text().len(), &[]),
            len: page.text().len(),
            removals: Vec::new(),
            edits: BTreeSet::new(),
            lines,
        }
    }

    /// The bytes that a standing line had in the document.
    pub(super) fn original_line<'t>(&self, original: &'t [u8], line: usize) -> &'t [u8] {
        self.original_span(line).of(original)
    }

    /// Where a standing line is in the document, without its end.
    pub(super) fn original_span(&self, line: usize) -> Span {
        self.lines[self.line_of[line] as usize].0
    }

    /// Whether a rule has deleted a part of a standing line before.
    pub(super) fn was_edited(&self, line: usize, rule: RuleIdx) -> bool {
        self.edits.contains(&(self.line_of[line], rule))
    }

    /// The number in the document of a standing line.
    pub(super) fn original_number(&self, line: usize) -> usize {
        self.line_of[line] as usize
    }

    /// Which lines of the document are gone.
    pub(super) fn gone(&self) -> &[bool] {
        &self.gone
    }

    /// The lines of the document that are not blank.
    pub(super) fn filled(&self) -> Vec<usize> {
        (0..self.lines.len()).filter(|&line| !self.lines[line].1).collect()
    }

    /// The bytes of the document from the first to the last that a span of the standing text stands for.
    pub(super) fn original(&self, span: Span) -> Span {
        let spans: Vec<Span> = self.pieces.originals(span).collect();
        match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => Span::new(first.start, last.end),
            _ => Span::new(0, 0),
        }
    }

    /// Takes away what goes of a standing text.
    pub(super) fn remove(&mut self, page: &Page, removals: &[Removal]) {
        if removals.is_empty() {
            return;
        }
        for removal in removals {
            let originals = self.pieces.originals(removal.span);
            self.removals.extend(originals.map(|span| Removal { span, rules: removal.rules.clone() }));
        }
        self.removals.sort_by_key(|removal| removal.span);
        self.pieces = Pieces::left(self.len, &self.removals);
        self.take_lines(page, removals);
    }

    fn take_lines(&mut self, page: &Page, removals: &[Removal]) {
        let mut left = Vec::with_capacity(self.line_of.len());
        for (line, layout) in page.layout.lines().iter().enumerate() {
            let number = self.line_of[line];
            let touching = touching(removals, layout.full);
            let gone: usize = touching.iter().map(|removal| overlap(removal.span, layout.full)).sum();
            if gone == layout.full.len() {
                self.gone[number as usize] = true;
                continue;
            }
            left.push(number);
            let rules = touching.iter().flat_map(|removal| removal.rules.iter().copied());
            self.edits.extend(rules.map(|rule| (number, rule)));
        }
        self.line_of = left;
    }

    /// All that is gone so far, in order.
    pub(super) fn removals(&self) -> Vec<Removal> {
        self.removals.clone()
    }
}

/// The removals that touch a span.
fn touching(removals: &[Removal], span: Span) -> &[Removal] {
    let first = removals.partition_point(|removal| removal.span.end <= span.start);
    let count = removals[first..].partition_point(|removal| removal.span.start < span.end);
    &removals[first..first + count]
}

fn overlap(left: Span, right: Span) -> usize {
    left.end.min(right.end).saturating_sub(left.start.max(right.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(start: usize, end: usize, rule: RuleIdx) -> Removal {
        Removal { span: Span::new(start, end), rules: vec![rule] }
    }

    #[test]
    fn what_stands_is_known_by_its_place_in_the_document() {
        let text = b"ab\n\ncd\nef\ngh\n";
        let page = Page::of(text);
        let mut standing = Standing::whole(&page);
        // Of `ab` one letter goes, and all of `cd`: `a`, a blank line, `ef` and `gh` stand.
        standing.remove(&page, &[gone(1, 2, 7), gone(4, 7, 8)]);
        assert_eq!(standing.gone(), [false, false, true, false, false]);
        assert_eq!(standing.filled(), [0, 2, 3, 4]);
        assert_eq!([0, 1, 2, 3].map(|line| standing.original_number(line)), [0, 1, 3, 4]);
        assert_eq!(standing.original_span(2), Span::new(7, 9));
        assert_eq!(standing.original_line(text, 0), b"ab");
        assert_eq!(standing.original(Span::new(0, 2)), Span::new(0, 3));
        assert_eq!(standing.original(Span::new(1, 6)), Span::new(2, 10));
        // In what stands, `g` goes.
        let page = Page::of(b"a\n\nef\ngh\n");
        standing.remove(&page, &[gone(6, 7, 9)]);
        assert_eq!(standing.removals(), [gone(1, 2, 7), gone(4, 7, 8), gone(10, 11, 9)]);
        assert_eq!(standing.original(Span::new(6, 7)), Span::new(11, 12));
    }

    #[test]
    fn a_line_was_edited_by_the_rules_that_took_a_part_of_it() {
        let page = Page::of(b"ab cd\nef\ngh\nij\n");
        let mut standing = Standing::whole(&page);
        standing.remove(&page, &[gone(0, 2, 1), gone(3, 5, 2), gone(6, 9, 3), gone(12, 13, 4)]);
        let edited = |line| (1..=4).filter(|&rule| standing.was_edited(line, rule)).collect::<Vec<_>>();
        // `ef` is gone, and the lines below it moved up.
        assert_eq!([0, 1, 2].map(edited), [vec![1, 2], vec![], vec![4]]);
    }
}
