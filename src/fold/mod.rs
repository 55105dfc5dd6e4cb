//! The folding table: what matching sees of a text, and the way back to its bytes.
//!
//! Two strings match when their folded forms are equal. A line is folded in this order:
//!
//! 1. HTML character references are decoded, escaped ones (`&amp;rsquo;`) too;
//! 2. UTF-8 that was misread as Windows-1252 (`â€™`) is read again;
//! 3. quotes become `'` and `"`; 4. dashes become `-`; 5. what has no width goes;
//! 6. every run of white space becomes one space, at the edges nothing; 7. `…` becomes `...`;
//! 8. NFKC; 9. full case folding.
//!
//! What one step makes may be work for another (`&RSQUO;`, a full-width `＆`), so lines on which
//! that can happen go through the table again. Markdown decoration is folded away in one of the two
//! views of a line and stays in the other.

mod characters;
mod markdown;
mod mojibake;
mod normal;
mod references;
mod sheet;
mod stream;
mod table;

use std::cell::RefCell;
use std::ops::Range;
use std::sync::OnceLock;

use bstr::ByteSlice;

use markdown::{Enclosure, Told};
use sheet::{Piece, Sheet, Way};
use stream::Stream;
use table::Scratch;

/// Whether case is folded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Case {
    /// Case stays, as regular expressions want it.
    Kept,
    /// Full case folding, as literals want it.
    Folded,
}

/// A longer line than this, other than one of ASCII, has no text: offsets are kept small, and no
/// rule means such a line.
const LONGEST: usize = u32::MAX as usize;

/// A folder that is used again keeps no longer text than this, in bytes.
const KEPT: usize = 64 << 10;

/// No enclosure: the parent of an outermost one, and the place of text outside of any.
const OUTSIDE: u32 = u32::MAX;

/// The folded form of a literal: decoration stays, white space at the edges goes.
///
/// ```
/// use deboil::fold::{Case, literal};
///
/// assert_eq!(literal(" Let&rsquo;s  go… ", Case::Folded), "let's go...");
/// ```
pub fn literal(text: &str, case: Case) -> String {
    thread_local! {
        /// Memory that is used again for each literal.
        static MEMORY: RefCell<(Sheet, Scratch)> = RefCell::default();
    }
    match characters::simple(text.as_bytes()) {
        Some(edges) if case == Case::Folded => text[edges].to_ascii_lowercase(),
        Some(edges) => text[edges].to_owned(),
        None => MEMORY.with_borrow_mut(|(sheet, scratch)| {
            streamed(text, case, sheet).unwrap_or_else(|| scratch.literal(text, case))
        }),
    }
}

/// The folded form of a literal that is read from start to end, if it is one.
fn streamed(text: &str, case: Case, sheet: &mut Sheet) -> Option<String> {
    if text.len() > LONGEST || references::may_hold(text.as_bytes()) {
        return None;
    }
    sheet.clear();
    sheet.begin();
    Stream::<false>::new(text.as_bytes(), case, sheet).stretch(0, text.len() as u32, OUTSIDE)?;
    Some(utf8(&sheet.text).to_owned())
}

/// The folded forms of one line.
#[derive(Clone, Debug)]
pub struct Views {
    /// The line without its Markdown decoration.
    pub bare: View,
    /// The line with its decoration; `None` if it has none, as both would be equal.
    pub plain: Option<View>,
}

impl Views {
    /// The bare view, then the plain one if there is one.
    pub fn iter(&self) -> impl Iterator<Item = &View> {
        std::iter::once(&self.bare).chain(&self.plain)
    }
}

/// Folds one line, given without its line feed; it may hold invalid UTF-8.
pub fn views(line: &[u8], case: Case) -> Views {
    thread_local! {
        /// Its memory is used again for each line.
        static FOLDER: RefCell<Folder> = RefCell::default();
    }
    FOLDER.with_borrow_mut(|folder| {
        folder.clear();
        folder.fold(0, line, case, Trace::Now);
        Views { bare: folder.view(0), plain: (folder.spans.len() > 1).then(|| folder.view(1)) }
    })
}

/// A folded line and the way back to its bytes.
#[derive(Clone, Debug)]
pub struct View {
    text: String,
    edges: Range<usize>,
    pieces: Option<Vec<Piece>>,
    enclosures: Vec<Enclosure>,
}

impl View {
    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the line that a range of the text stands for.
    ///
    /// `None` if the range is empty, cuts what can only be taken whole (a character reference, a
    /// ligature, a misread sequence, a run of white space and the like), or covers part of a link
    /// or emphasis. A range that covers all the text of a link or emphasis takes its decoration
    /// too; one that covers the whole view takes the decoration of the line's edges.
    pub fn original(&self, range: Range<usize>) -> Option<Range<usize>> {
        self.way().back(range)
    }

    fn way(&self) -> Way<'_> {
        Way {
            text: self.text.as_bytes(),
            edges: &self.edges,
            pieces: self.pieces.as_deref(),
            enclosures: &self.enclosures,
        }
    }
}

/// Folds lines one after another into one buffer.
#[derive(Default, Debug)]
pub struct Folder {
    sheet: Sheet,
    spans: Vec<Placed>,
    enclosures: Vec<Enclosure>,
    scratch: Scratch,
}

/// A view of a line in the buffer of a [`Folder`], which holds its text at `start..end` and a line
/// feed after it.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The number of the line.
    pub line: u32,
    /// Where its text starts in the buffer.
    pub start: usize,
    /// Where its text ends in the buffer.
    pub end: usize,
    /// Whether this is the view that keeps decoration, of a line that has another without.
    pub plain: bool,
    edges: Range<usize>,
    back: Back,
    enclosures: Range<usize>,
}

/// The way back from a view to its line.
#[derive(Clone, Debug)]
enum Back {
    /// Byte by byte from the first edge on.
    Shift,
    /// By pieces.
    Pieces(Range<usize>),
    /// By pieces that are written when someone asks for them, which few do. Then the line is folded again.
    Again {
        /// The byte from which on.
        from: u32,
        pieces: OnceLock<Box<[Piece]>>,
    },
}

/// When the way back from the text of a line is written down, if the line is read from start to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Trace {
    /// Together with the text.
    Now,
    /// When someone asks for it.
    Later,
}

impl Folder {
    /// An empty folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty folder with room for the views of some lines, given how many bytes each has.
    pub fn for_lines_of(bytes: impl Iterator<Item = usize>) -> Self {
        let (lines, bytes) = bytes.fold((0, 0), |(lines, all), bytes| (lines + 1, all + bytes + "\n".len()));
        let mut folder = Self::default();
        folder.sheet.text.reserve(bytes);
        folder.spans.reserve(lines);
        folder
    }

    /// Forgets all lines. A giant's memory is given back.
    fn clear(&mut self) {
        if self.sheet.text.capacity() > KEPT {
            *self = Self::default();
        }
        self.sheet.clear();
        self.spans.clear();
        self.enclosures.clear();
    }

    /// Appends the case-folded views of a line to the buffer: the text of each and a line feed.
    pub fn push(&mut self, line: u32, bytes: &[u8]) {
        self.fold(line, bytes, Case::Folded, Trace::Later);
    }

    /// The folded text of all lines.
    pub fn buffer(&self) -> &[u8] {
        &self.sheet.text
    }

    /// The views in the buffer, in its order.
    pub fn spans(&self) -> &[Placed] {
        &self.spans
    }

    /// The text of a view.
    pub fn text(&self, index: usize) -> &[u8] {
        let placed = &self.spans[index];
        &self.sheet.text[placed.start..placed.end]
    }

    /// As [`View::original`], for a range of the text of a view of a line; the bytes count from the start of the line.
    ///
    /// # Panics
    ///
    /// The line is another one than was pushed.
    pub fn original(&self, index: usize, line: &[u8], range: Range<usize>) -> Option<Range<usize>> {
        let placed = &self.spans[index];
        let (text, edges) = (self.text(index), &placed.edges);
        if range.is_empty() || range.end > text.len() {
            return None;
        }
        let pieces = match &placed.back {
            Back::Shift => None,
            Back::Pieces(pieces) => Some(&self.sheet.pieces[pieces.clone()]),
            // All of a text stands for what is between the edges.
            Back::Again { .. } if range.len() == text.len() => None,
            Back::Again { from, pieces } => Some(&**pieces.get_or_init(|| traced(line, *from))),
        };
        Way { text, edges, pieces, enclosures: &self.enclosures[placed.enclosures.clone()] }.back(range)
    }

    /// A view of a line that was folded by itself.
    fn view(&self, index: usize) -> View {
        let placed = &self.spans[index];
        let pieces = match placed.back {
            Back::Shift => None,
            Back::Pieces(ref pieces) => Some(self.sheet.pieces[pieces.clone()].to_vec()),
            Back::Again { .. } => unreachable!("it was folded together with its way back"),
        };
        View {
            text: utf8(self.text(index)).to_owned(),
            edges: placed.edges.clone(),
            pieces,
            enclosures: self.enclosures[placed.enclosures.clone()].to_vec(),
        }
    }

    fn fold(&mut self, line: u32, bytes: &[u8], case: Case, trace: Trace) {
        if let Some(edges) = characters::simple(bytes) {
            self.fold_simple(line, bytes, edges, case);
        } else {
            self.fold_any(line, bytes, case, trace);
        }
    }

    /// Most lines are of plain characters, for which the way back is a shift.
    fn fold_simple(&mut self, line: u32, bytes: &[u8], edges: Range<usize>, case: Case) {
        let text = &mut self.sheet.text;
        let start = text.len();
        text.extend_from_slice(&bytes[edges.clone()]);
        if case == Case::Folded {
            text[start..].make_ascii_lowercase();
        }
        let end = text.len();
        text.push(b'\n');
        self.spans.push(Placed { line, start, end, plain: false, edges, back: Back::Shift, enclosures: 0..0 });
    }

    fn fold_any(&mut self, line: u32, bytes: &[u8], case: Case, trace: Trace) {
        let bytes = if bytes.len() > LONGEST { &[] } else { bytes };
        if self.fold_streaming(line, bytes, case, trace).is_none() {
            self.fold_slowly(line, bytes, case);
        }
    }

    /// Folds a line all at once, step by step.
    fn fold_slowly(&mut self, line: u32, bytes: &[u8], case: Case) {
        let decorated = self.scratch.read(bytes);
        let first = self.enclosures.len();
        self.enclosures.extend_from_slice(&self.scratch.markdown.enclosures);
        let enclosures = first..self.enclosures.len();
        self.scratch.write(bytes, !decorated, case, &mut self.sheet);
        self.place(line, false, bytes, Back::Pieces(self.sheet.pieces()), enclosures.clone());
        if decorated {
            self.scratch.write(bytes, true, case, &mut self.sheet);
            self.place(line, true, bytes, Back::Pieces(self.sheet.pieces()), enclosures);
        }
    }

    /// Folds a line that is read from start to end, if it is one.
    fn fold_streaming(&mut self, line: u32, bytes: &[u8], case: Case, trace: Trace) -> Option<()> {
        if references::may_hold(bytes) {
            return None;
        }
        match markdown::told(bytes) {
            Told::Nothing => self.stream(line, false, bytes, 0, case, trace),
            Told::Before(text) => {
                self.stream(line, false, bytes, text, case, trace)?;
                self.stream(line, true, bytes, 0, case, trace).or_else(|| self.take_back())
            }
            Told::Unclear => None,
        }
    }

    /// Adds a view of a line, from some byte on, if it can be read from start to end.
    fn stream(&mut self, line: u32, plain: bool, bytes: &[u8], from: u32, case: Case, trace: Trace) -> Option<()> {
        self.sheet.begin();
        let (sheet, end) = (&mut self.sheet, bytes.len() as u32);
        let streamed = match trace {
            Trace::Now => Stream::<true>::new(bytes, case, sheet).stretch(from, end, OUTSIDE),
            Trace::Later => Stream::<false>::new(bytes, case, sheet).stretch(from, end, OUTSIDE),
        };
        let back = match trace {
            Trace::Now => Back::Pieces(self.sheet.pieces()),
            Trace::Later => Back::Again { from, pieces: OnceLock::new() },
        };
        match streamed {
            Some(()) => self.place(line, plain, bytes, back, 0..0),
            None => self.sheet.begin_again(),
        }
        streamed
    }

    /// Forgets the last view.
    fn take_back(&mut self) -> Option<()> {
        let Placed { start, back, .. } = self.spans.pop()?;
        let pieces = match back {
            Back::Pieces(pieces) => pieces.start,
            Back::Shift | Back::Again { .. } => self.sheet.pieces.len(),
        };
        self.sheet.cut(start, pieces);
        None
    }

    /// Ends the view in work.
    fn place(&mut self, line: u32, plain: bool, bytes: &[u8], back: Back, enclosures: Range<usize>) {
        let (start, end) = self.sheet.text();
        self.spans.push(Placed { line, start, end, plain, edges: edges(bytes), back, enclosures });
        self.sheet.text.push(b'\n');
    }
}

/// The pieces of the case-folded text of a line that is read from start to end, from a byte on.
fn traced(line: &[u8], from: u32) -> Box<[Piece]> {
    let mut sheet = Sheet::default();
    sheet.begin();
    let streamed = Stream::<true>::new(line, Case::Folded, &mut sheet).stretch(from, line.len() as u32, OUTSIDE);
    streamed.expect("the line was read from start to end before");
    sheet.pieces.into()
}

/// Folded text, which is made of characters.
fn utf8(text: &[u8]) -> &str {
    str::from_utf8(text).expect("folded text is UTF-8")
}

/// From the first to the last byte of a line that is not white space.
fn edges(line: &[u8]) -> Range<usize> {
    if let [first, .., last] = line
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return 0..line.len();
    }
    let end = line.trim_end_with(char::is_whitespace).len();
    let start = end - line[..end].trim_start_with(char::is_whitespace).len();
    start..end
}

#[cfg(test)]
mod tests;
