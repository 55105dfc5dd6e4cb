//! A text of which every byte knows where it stands in the document.

use deboil::fold::{self, Case, View};
use deboil::layout::{Layout, Region};
use deboil::{Removal, Span};

/// A text of which every byte knows where it stands in the document.
pub(crate) struct Text {
    pub(crate) bytes: Vec<u8>,
    at: Vec<usize>,
    pub(crate) lines: Vec<Line>,
    pub(crate) layout: Layout<'static>,
}

/// A line of a text.
pub(crate) struct Line {
    /// Which line of the document it is, or is left of.
    pub(crate) number: usize,
    /// With its line feed.
    pub(crate) full: Span,
    /// Without it.
    pub(crate) content: Span,
    /// The bytes of its content, without a carriage return at the end.
    pub(crate) raw: Vec<u8>,
    pub(crate) blank: bool,
    pub(crate) words: u32,
    pub(crate) terminal: bool,
    pub(crate) region: Region,
    /// Its case-folded views; none if it is blank.
    pub(crate) folded: Vec<View>,
    /// Its views with the case kept; none if it is blank.
    pub(crate) kept: Vec<View>,
}

impl Text {
    /// A whole document.
    pub(crate) fn of(document: &[u8]) -> Self {
        Self::without(document, &[])
    }

    /// What some removals leave of a document.
    pub(crate) fn without(document: &[u8], removals: &[Removal]) -> Self {
        let goes = |at: &usize| removals.iter().any(|removal| removal.span.start <= *at && *at < removal.span.end);
        let at: Vec<usize> = (0..document.len()).filter(|at| !goes(at)).collect();
        let bytes: Vec<u8> = at.iter().map(|&at| document[at]).collect();
        let layout = Layout::of(bytes.clone());
        let number = |start: usize| document[..at[start]].iter().filter(|&&byte| byte == b'\n').count();
        let lines = layout.lines().iter().enumerate().map(|(index, line)| {
            let content = line.content.of(&bytes);
            let views =
                |case| if line.blank { Vec::new() } else { fold::views(content, case).iter().cloned().collect() };
            Line {
                number: number(line.full.start),
                full: line.full,
                content: line.content,
                raw: content.strip_suffix(b"\r").unwrap_or(content).to_vec(),
                blank: line.blank,
                words: layout.words_of(index),
                terminal: line.terminal,
                region: layout.region(index),
                folded: views(Case::Folded),
                kept: views(Case::Kept),
            }
        });
        Self { lines: lines.collect(), bytes, at, layout }
    }

    /// How many words it has.
    pub(crate) fn words(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.words)).sum()
    }

    /// The lines that are not blank.
    pub(crate) fn filled(&self) -> Vec<usize> {
        (0..self.lines.len()).filter(|&line| !self.lines[line].blank).collect()
    }

    /// The bytes of some lines.
    pub(crate) fn span_of(&self, first: usize, last: usize) -> Span {
        Span::new(self.lines[first].full.start, self.lines[last].full.end)
    }

    /// The bytes of the document from the first to the last of a span.
    pub(crate) fn original(&self, span: Span) -> Span {
        Span::new(self.at[span.start], self.at[span.end - 1] + 1)
    }

    /// The bytes of the document that a span stands for, in rows without a gap.
    pub(crate) fn originals(&self, span: Span) -> Vec<Span> {
        let rows = self.at[span.start..span.end].chunk_by(|left, right| left + 1 == *right);
        rows.map(|row| Span::new(row[0], row[row.len() - 1] + 1)).collect()
    }
}
