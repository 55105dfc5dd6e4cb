//! A text as rules see it: its bytes, its layout, the folded views of its lines, and what is computed from them on demand.
//!
//! Lines and offsets are those of this text, which may be what earlier passes left of a document.

use std::cell::OnceCell;
use std::ops::Range;

use crate::copies::Copies;
use crate::fold::{self, Case, Folder, Views};
use crate::layout::{Layout, Span};

/// A text as rules see it.
pub struct Page<'t> {
    /// The bytes.
    pub text: &'t [u8],
    /// Lines, paragraphs, regions.
    pub layout: Layout,
    folded: Folder,
    first_view: Vec<u32>,
    kept: Vec<OnceCell<Box<Views>>>,
    copies: OnceCell<Copies>,
}

impl<'t> Page<'t> {
    /// Lays out and folds a text.
    pub fn of(text: &'t [u8]) -> Self {
        let layout = Layout::of(text);
        let mut folded = Folder::new();
        let mut first_view = Vec::with_capacity(layout.lines().len() + 1);
        for (number, line) in layout.lines().iter().enumerate() {
            first_view.push(folded.spans().len() as u32);
            if !line.blank {
                folded.push(number as u32, line.content.of(text));
            }
        }
        first_view.push(folded.spans().len() as u32);
        let kept = std::iter::repeat_with(OnceCell::new).take(layout.lines().len()).collect();
        Self { text, layout, folded, first_view, kept, copies: OnceCell::new() }
    }

    /// The folded views of all lines, a line feed after each: what the automaton scans.
    pub fn folded(&self) -> &Folder {
        &self.folded
    }

    /// The numbers of a line's views: one, two if it has decoration, none if it is blank.
    pub fn views(&self, line: usize) -> Range<usize> {
        self.first_view[line] as usize..self.first_view[line + 1] as usize
    }

    /// The case-folded text of a view.
    pub fn view(&self, view: usize) -> &str {
        self.folded.text(view)
    }

    /// The line that a view is of.
    pub fn line_of(&self, view: usize) -> usize {
        self.folded.spans()[view].line as usize
    }

    /// The bytes that a range of a view stands for; `None` if it covers part of what cannot be divided.
    pub fn original(&self, view: usize, range: Range<usize>) -> Option<Span> {
        let start = self.layout.lines()[self.line_of(view)].content.start;
        let range = self.folded.original(view, range)?;
        Some(Span::new(start + range.start, start + range.end))
    }

    /// The views of a line with their case kept: what patterns are tried on.
    pub fn kept(&self, line: usize) -> &Views {
        self.kept[line].get_or_init(|| Box::new(fold::views(self.content(line), Case::Kept)))
    }

    /// The bytes of a line without its line feed.
    pub fn content(&self, line: usize) -> &'t [u8] {
        self.layout.lines()[line].content.of(self.text)
    }

    /// Whether a line is blank.
    pub fn is_blank(&self, line: usize) -> bool {
        self.layout.lines()[line].blank
    }

    /// How many words a line has.
    pub fn words(&self, line: usize) -> u32 {
        self.layout.lines()[line].words
    }

    /// Whether a line ends in terminal punctuation.
    pub fn is_terminal(&self, line: usize) -> bool {
        self.layout.lines()[line].terminal
    }

    /// How many lines it has.
    pub fn len(&self) -> usize {
        self.layout.lines().len()
    }

    /// Whether it has no line.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of some lines, line feeds included.
    pub fn span_of(&self, lines: Range<usize>) -> Span {
        let all = self.layout.lines();
        Span::new(all[lines.start].full.start, all[lines.end - 1].full.end)
    }

    /// The first line from `line` on that is not blank.
    pub fn next_filled(&self, line: usize) -> Option<usize> {
        (line..self.len()).find(|&line| !self.is_blank(line))
    }

    /// The last line before `line` that is not blank.
    pub fn previous_filled(&self, line: usize) -> Option<usize> {
        (0..line).rev().find(|&line| !self.is_blank(line))
    }

    /// Where else in the text the words of a line stand.
    pub fn copies(&self) -> &Copies {
        self.copies.get_or_init(|| Copies::of(self))
    }
}
