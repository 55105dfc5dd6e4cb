//! A text as rules see it: its bytes, its layout, the folded views of its lines, and what is computed from them on demand.
//!
//! Lines and offsets are those of this text, which may be what earlier passes left of a document.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

use bstr::ByteSlice;

use crate::copies::Copies;
use crate::fold::{self, Case, Folder, Views};
use crate::layout::{Layout, Span};

/// What is left of a page.
pub struct Remainder {
    /// The page.
    pub page: Page<'static>,
    /// For each line the line of the former page that it is, if that stayed as it was.
    pub same: Vec<Option<usize>>,
}

/// A text as rules see it.
pub struct Page<'t> {
    /// The bytes.
    pub text: Cow<'t, [u8]>,
    /// Lines, paragraphs, regions.
    pub layout: Layout,
    folded: Folder,
    first_view: Vec<u32>,
    kept: Vec<OnceCell<Rc<Views>>>,
    filled: OnceCell<Vec<usize>>,
    copies: OnceCell<Copies>,
}

impl<'t> Page<'t> {
    /// Lays out and folds a text.
    pub fn of(text: &'t [u8]) -> Self {
        Self::folding(text.into(), Layout::of(text), |_| None)
    }

    /// The page of what is left when only some spans of this one stay, in order. What is known of lines that stay as they are
    /// is not found out anew.
    pub fn left(&self, stays: &[Span]) -> Remainder {
        let text = stays.iter().map(|span| span.of(&self.text)).collect::<Vec<_>>().concat();
        let same = self.same_lines(&text, stays);
        let layout = Layout::knowing(&text, same.iter().map(|old| old.map(|old| self.layout.lines()[old])));
        let page = Page::folding(text.into(), layout, |line| same[line].map(|old| (self, old)));
        Remainder { page, same }
    }

    /// Folds the lines of a text, but for those that `known` knows to be a line of another page.
    fn folding<'k>(
        text: Cow<'t, [u8]>,
        layout: Layout,
        known: impl Fn(usize) -> Option<(&'k Page<'k>, usize)>,
    ) -> Self {
        let count = layout.lines().len();
        let mut page = Self {
            text,
            layout,
            folded: Folder::new(),
            first_view: Vec::with_capacity(count + 1),
            kept: Vec::with_capacity(count),
            filled: OnceCell::new(),
            copies: OnceCell::new(),
        };
        for line in 0..count {
            page.first_view.push(page.folded.spans().len() as u32);
            let known = known(line);
            page.kept.push(known.map(|(other, old)| other.kept[old].clone()).unwrap_or_default());
            match known {
                Some((other, old)) => page.fold_as(line as u32, other, old),
                None if page.is_blank(line) => {}
                None => page.folded.push(line as u32, page.layout.lines()[line].content.of(&page.text)),
            }
        }
        page.first_view.push(page.folded.spans().len() as u32);
        page
    }

    fn fold_as(&mut self, line: u32, other: &Page, old: usize) {
        other.views(old).for_each(|view| self.folded.push_again(line, &other.folded, view));
    }

    /// Which line of this page each line of a text is, of which only some spans of this page are left.
    fn same_lines(&self, text: &[u8], stays: &[Span]) -> Vec<Option<usize>> {
        let mut stays = stays.iter();
        // Where in the text the span in hand starts, and the span.
        let (mut at, mut stay) = (0, stays.next());
        let mut start = 0;
        let same = |line: &[u8]| {
            let (first, end) = (start, start + line.len());
            start = end;
            while stay.is_some_and(|span| at + span.len() <= first) {
                at += stay.map_or(0, |span| span.len());
                stay = stays.next();
            }
            let span = stay.filter(|span| end <= at + span.len())?;
            let from = span.start + first - at;
            let old = self.layout.line_at(from);
            (self.layout.lines()[old].full == Span::new(from, from + line.len())).then_some(old)
        };
        text.lines_with_terminator().map(same).collect()
    }

    /// The numbers of a line's views: one, two if it has decoration, none if it is blank.
    pub fn views(&self, line: usize) -> Range<usize> {
        self.first_view[line] as usize..self.first_view[line + 1] as usize
    }

    /// The case-folded text of a view.
    pub fn view(&self, view: usize) -> &str {
        self.folded.text(view)
    }

    /// The case-folded text of all views, with a line feed after each.
    pub fn views_text(&self) -> &[u8] {
        self.folded.buffer()
    }

    /// The view that holds a byte of the text of all views, and where its own text starts there.
    pub fn view_at(&self, offset: usize) -> (usize, usize) {
        let view = self.folded.spans().partition_point(|placed| placed.end <= offset);
        (view, self.folded.spans()[view].start)
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
        self.kept[line].get_or_init(|| Rc::new(fold::views(self.content(line), Case::Kept)))
    }

    /// The bytes of a line without its line feed.
    pub fn content(&self, line: usize) -> &[u8] {
        self.layout.lines()[line].content.of(&self.text)
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

    /// The lines that are not blank.
    pub fn filled(&self) -> &[usize] {
        self.filled.get_or_init(|| (0..self.len()).filter(|&line| !self.is_blank(line)).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// All that a rule can ask of the lines of a page.
    fn described(page: &Page) -> Vec<String> {
        let view = |view: usize| (page.view(view).to_owned(), page.original(view, 0..page.view(view).len()));
        let line = |line: usize| {
            let views: Vec<_> = page.views(line).map(|number| (page.line_of(number), view(number))).collect();
            let (layout, region) = (page.layout.lines()[line], page.layout.region(line));
            format!("{layout:?} {region:?} {:?} {views:?} {:?}", page.layout.paragraph_of(line), page.kept(line))
        };
        (0..page.len()).map(line).collect()
    }

    #[test]
    fn what_is_left_of_a_page_is_as_if_it_came_anew() {
        let text = "# **Harbour** news\n\nThe ferry ran late &amp; full, the keeper of the lamp said on Monday.\r\n\
                    Share [this](http://a.example) now \u{201c}or never\u{201d}\n\n\nThe end";
        let page = Page::of(text.as_bytes());
        for line in 0..page.len() {
            page.kept(line);
        }
        for start in 0..=text.len() {
            for end in (start..=text.len()).step_by(7) {
                let left = page.left(&[Span::new(0, start), Span::new(end, text.len())]);
                let anew = [&text.as_bytes()[..start], &text.as_bytes()[end..]].concat();
                assert_eq!(*left.page.text, anew);
                assert_eq!(described(&left.page), described(&Page::of(&anew)), "without {start}..{end}");
            }
        }
    }

    #[test]
    fn a_line_is_the_same_if_all_of_it_stays() {
        let page = Page::of(b"one\ntwo\nthree\nfour");
        let same = |stays: &[Span]| page.left(stays).same;
        assert_eq!(same(&[Span::new(0, 4), Span::new(8, 18)]), [Some(0), Some(2), Some(3)]);
        assert_eq!(same(&[Span::new(0, 2), Span::new(5, 8)]), [None]);
        assert_eq!(same(&[Span::new(4, 8), Span::new(9, 14)]), [Some(1), None]);
    }
}
