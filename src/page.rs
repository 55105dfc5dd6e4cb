//! A text as rules see it: its bytes, its layout, the folded views of its lines, and what is computed from them on demand.
//!
//! Lines and offsets are those of this text, which may be what earlier passes left of a document.

use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

use crate::copies::Copies;
use crate::fold::{self, Case, Folder, Views};
use crate::layout::{self, Layout, Line, Span};
use crate::threads::shared;

/// What is left of a page.
pub struct Remainder {
    /// The page.
    pub page: Page<'static>,
    /// For each line the line of the former page that it is, if that stayed as it was.
    pub same: Vec<Option<usize>>,
}

/// A text as rules see it.
pub struct Page<'t> {
    /// The text, its lines, paragraphs and regions.
    pub layout: Layout<'t>,
    /// What the views were folded by: a page that is left of another one shares the views of lines that stayed.
    folders: Vec<Rc<Folder>>,
    /// The lines that each folder folded; nothing if the page is left of another one.
    parts: Vec<Range<usize>>,
    views: Vec<View>,
    first_view: Vec<u32>,
    kept: Vec<OnceCell<Rc<Views>>>,
    filled: OnceCell<Vec<usize>>,
    copies: OnceCell<Copies>,
}

/// Where the folded view of a line is found.
#[derive(Clone, Copy)]
struct View {
    line: u32,
    /// Its folder, and its number there.
    folder: u32,
    number: u32,
}

/// Lines of a page that were folded together, so that one thread can look at them while another one looks at others.
pub struct Part<'p> {
    /// The text of the page.
    pub text: &'p [u8],
    /// The lines.
    pub lines: &'p [Line],
    /// The number of the first one.
    pub first_line: usize,
    /// Their folded views.
    pub folder: &'p Folder,
    /// The number of the first one.
    pub first_view: usize,
}

/// The fewest bytes of a part: less is not worth another thread.
const PART: usize = 1 << 18;

impl<'t> Page<'t> {
    /// Lays out and folds a text. On a thread of a pool, the others of the pool help with a long one.
    pub fn of(text: &'t [u8]) -> Self {
        Self::in_parts(text, PART)
    }

    /// The same, in parts of at least so many bytes.
    pub(crate) fn in_parts(text: &'t [u8], fewest: usize) -> Self {
        let layout = Layout::of(text);
        let parts = parts(layout.lines(), fewest);
        let lines = layout.lines();
        let folders = shared(parts.clone(), |part| folded(text, lines, part));
        Self::of_parts(layout, folders, parts)
    }

    /// A page all of whose lines were folded, in parts.
    fn of_parts(layout: Layout<'t>, folders: Vec<Folder>, parts: Vec<Range<usize>>) -> Self {
        let count = layout.lines().len();
        let (mut views, mut first_view) = (Vec::with_capacity(count), Vec::with_capacity(count + 1));
        for (folder, folded) in (0..).zip(&folders) {
            for (number, placed) in (0..).zip(folded.spans()) {
                // Blank lines have no view.
                first_view.resize(placed.line as usize + 1, views.len() as u32);
                views.push(View { line: placed.line, folder, number });
            }
        }
        first_view.resize(count + 1, views.len() as u32);
        let folders = folders.into_iter().map(Rc::new).collect();
        let kept = vec![OnceCell::new(); count];
        Self { layout, folders, parts, views, first_view, kept, filled: OnceCell::new(), copies: OnceCell::new() }
    }

    /// The page of what is left when only some spans of this one stay, in order. What is known of lines that stay as they are
    /// is not found out anew.
    pub fn left(&self, stays: &[Span]) -> Remainder {
        let layout::Remainder { layout, same } = self.layout.left(stays);
        Remainder { page: self.of_rest(layout, &same), same }
    }

    /// The page of what is left of this one: only lines that are new are folded.
    fn of_rest(&self, layout: Layout<'static>, same: &[Option<usize>]) -> Page<'static> {
        let count = layout.lines().len();
        let (mut views, mut first_view) = (Vec::with_capacity(count), Vec::with_capacity(count + 1));
        let mut kept = Vec::with_capacity(count);
        let new = same.iter().zip(layout.lines()).filter(|(known, line)| known.is_none() && !line.blank);
        let mut folder = Folder::for_lines_of(new.map(|(_, line)| line.content.len()));
        let new_folder = self.folders.len() as u32;
        for (number, line) in (0..).zip(layout.lines()) {
            first_view.push(views.len() as u32);
            let known = same[number as usize];
            kept.push(known.map(|old| self.kept[old].clone()).unwrap_or_default());
            if let Some(old) = known {
                views.extend(self.views(old).map(|view| View { line: number, ..self.views[view] }));
            } else if !line.blank {
                let first = folder.spans().len() as u32;
                folder.push(number, line.content.of(layout.text()));
                let new = first..folder.spans().len() as u32;
                views.extend(new.map(|view| View { line: number, folder: new_folder, number: view }));
            }
        }
        first_view.push(views.len() as u32);
        let folders = self.folders.iter().cloned().chain([folder.into()]).collect();
        let (filled, copies) = (OnceCell::new(), OnceCell::new());
        Page { layout, folders, parts: Vec::new(), views, first_view, kept, filled, copies }
    }

    /// The bytes.
    pub fn text(&self) -> &[u8] {
        self.layout.text()
    }

    /// The numbers of a line's views: one, two if it has decoration, none if it is blank.
    pub fn views(&self, line: usize) -> Range<usize> {
        self.first_view[line] as usize..self.first_view[line + 1] as usize
    }

    /// The case-folded text of a view.
    pub fn view(&self, view: usize) -> &str {
        str::from_utf8(self.view_bytes(view)).expect("folded text is UTF-8")
    }

    /// The same as bytes.
    pub fn view_bytes(&self, view: usize) -> &[u8] {
        let View { folder, number, .. } = self.views[view];
        self.folders[folder as usize].text(number as usize)
    }

    /// The parts of which it was put together; none if it is left of another page, with which it shares views.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = Vec::with_capacity(self.parts.len());
        let mut first_view = 0;
        for (lines, folder) in self.parts.iter().zip(&self.folders) {
            let (first_line, lines) = (lines.start, &self.layout.lines()[lines.clone()]);
            parts.push(Part { text: self.text(), lines, first_line, folder, first_view });
            first_view += folder.spans().len();
        }
        parts
    }

    /// The line that a view is of.
    pub fn line_of(&self, view: usize) -> usize {
        self.views[view].line as usize
    }

    /// The bytes that a range of a view stands for; `None` if it covers part of what cannot be divided.
    pub fn original(&self, view: usize, range: Range<usize>) -> Option<Span> {
        let line = self.layout.lines()[self.line_of(view)].content;
        let View { folder, number, .. } = self.views[view];
        let range = self.folders[folder as usize].original(number as usize, line.of(self.text()), range)?;
        Some(Span::new(line.start + range.start, line.start + range.end))
    }

    /// The views of a line with their case kept: what patterns are tried on.
    pub fn kept(&self, line: usize) -> &Views {
        self.kept[line].get_or_init(|| Rc::new(fold::views(self.content(line), Case::Kept)))
    }

    /// The bytes of a line without its line feed.
    pub fn content(&self, line: usize) -> &[u8] {
        self.layout.lines()[line].content.of(self.text())
    }

    /// Whether a line is blank.
    pub fn is_blank(&self, line: usize) -> bool {
        self.layout.lines()[line].blank
    }

    /// How many words a line has.
    pub fn words(&self, line: usize) -> u32 {
        self.layout.words_of(line)
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

/// The lines of each part of a text, of at least so many bytes but for the last one.
fn parts(lines: &[Line], fewest: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut first = 0;
    for (number, line) in lines.iter().enumerate() {
        if line.full.end - lines[first].full.start >= fewest {
            parts.push(first..number + 1);
            first = number + 1;
        }
    }
    parts.push(first..lines.len());
    parts
}

/// Folds some lines of a text.
fn folded(text: &[u8], lines: &[Line], part: Range<usize>) -> Folder {
    let filled = lines[part.clone()].iter().filter(|line| !line.blank);
    let mut folder = Folder::for_lines_of(filled.map(|line| line.content.len()));
    for number in part.filter(|&number| !lines[number].blank) {
        folder.push(number as u32, lines[number].content.of(text));
    }
    folder
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
            let known = (page.words(line), page.layout.paragraph_of(line), page.kept(line));
            format!("{layout:?} {region:?} {known:?} {views:?}")
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
                assert_eq!(left.page.text(), anew);
                assert_eq!(described(&left.page), described(&Page::of(&anew)), "without {start}..{end}");
            }
        }
    }

    #[test]
    fn a_page_in_parts_is_the_same() {
        let text = "\n# **Harbour** news\n\nThe ferry ran late &amp; full.\r\n\n\n\u{201c}Never\u{201d}\nThe end";
        for text in [text, "", "\n", "a\n\n"] {
            let whole = Page::of(text.as_bytes());
            for fewest in [1, 20, 40] {
                let page = Page::in_parts(text.as_bytes(), fewest);
                assert_eq!(described(&page), described(&whole), "{text:?} in parts of {fewest}");
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
