//! The table as a whole: the steps one after another.

use bstr::ByteSlice;

use super::markdown::Markdown;
use super::sheet::Sheet;
use super::stream::Stream;
use super::{Case, OUTSIDE, characters, mojibake, normal, references};

/// How often a line goes through the table at most. Real text settles in two rounds; the bound keeps
/// linear what is made of references to parts of references.
const ROUNDS: usize = 4;

/// A character on its way to the folded text, with the bytes of the line that it stands for.
/// Characters of one unit have the same bytes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Atom {
    pub(super) ch: char,
    pub(super) start: u32,
    pub(super) end: u32,
    /// The innermost enclosure at the first byte.
    pub(super) first: u32,
    /// The innermost enclosure at the last byte.
    pub(super) last: u32,
}

impl Atom {
    /// The same place for another character.
    pub(super) fn with(self, ch: char) -> Self {
        Self { ch, ..self }
    }

    /// This atom, standing for the bytes through the end of a later one.
    pub(super) fn through(self, later: Self) -> Self {
        // A later atom of the same unit may have been widened less.
        if later.end < self.end { self } else { Self { end: later.end, last: later.last, ..self } }
    }

    /// Whether the text itself holds this ASCII character: one that was decoded is longer.
    pub(super) fn is_raw(self, ch: char) -> bool {
        self.ch == ch && self.end - self.start == 1
    }
}

/// Memory for one line at a time.
#[derive(Default, Debug)]
pub(super) struct Scratch {
    /// The line after the first two steps.
    decoded: Vec<Atom>,
    /// Whether these changed anything, or might when the others have.
    pub(super) changed: bool,
    /// The view in work.
    pub(super) atoms: Vec<Atom>,
    spare: Vec<Atom>,
    pub(super) markdown: Markdown,
}

impl Scratch {
    /// The text of a line that is all there is, decoration included.
    pub(super) fn literal(&mut self, text: &str, case: Case) -> String {
        self.decode(text.as_bytes());
        self.choose(true);
        self.settle(case);
        self.atoms.iter().map(|atom| atom.ch).collect()
    }

    /// Takes up a line, does the first two steps and finds its decoration. True if it has any.
    pub(super) fn read(&mut self, line: &[u8]) -> bool {
        self.decode(line);
        self.markdown.read(&mut self.decoded)
    }

    /// Takes up a line and does the first two steps.
    fn decode(&mut self, line: &[u8]) {
        self.decoded.clear();
        self.decoded.extend(atoms(line));
        // Even a reference that is made later needs these.
        self.changed = decode(&mut self.decoded) || references::may_hold(line);
    }

    /// Writes a view of the line, with its decoration or without.
    pub(super) fn write(&mut self, line: &[u8], all: bool, case: Case, sheet: &mut Sheet) {
        self.choose(all);
        sheet.begin();
        if self.changed || self.stream(Stream::<true>::new(line, case, sheet)).is_none() {
            sheet.begin_again();
            self.settle(case);
            sheet.write(&self.atoms);
        }
    }

    pub(super) fn stream(&self, mut stream: Stream<true>) -> Option<()> {
        let together = |atom: &Atom, next: &Atom| atom.end == next.start && atom.first == next.first;
        self.atoms.chunk_by(together).try_for_each(|chunk| {
            let (head, last) = (chunk.first()?, chunk.last()?);
            stream.stretch(head.start, last.end, head.first)
        })
    }

    /// Takes up the decoded line, with its decoration or without.
    pub(super) fn choose(&mut self, all: bool) {
        self.atoms.clear();
        if all {
            self.atoms.extend_from_slice(&self.decoded);
        } else {
            let marked = self.decoded.iter().zip(&self.markdown.decoration);
            self.atoms.extend(marked.filter(|(_, decoration)| !**decoration).map(|(atom, _)| atom));
        }
    }

    /// Takes the view through the other steps, and through all of them again while that may change
    /// it.
    pub(super) fn settle(&mut self, case: Case) {
        for _ in 0..ROUNDS {
            let hidden = characters::soften(&self.atoms, &mut self.spare);
            let stirred = normal::normalise(&self.spare, &mut self.atoms, case) || hidden;
            if !(decode(&mut self.atoms) || stirred) {
                break;
            }
        }
    }
}

/// The first two steps. True if they changed anything.
fn decode(atoms: &mut Vec<Atom>) -> bool {
    let references = references::decode(atoms);
    // What was misread more than once is read again as often: half of the way would be a text
    // nobody wrote.
    let misread = (0..ROUNDS).take_while(|_| mojibake::decode(atoms)).count();
    references || misread > 0
}

/// The characters of a line as they are; each invalid sequence of bytes is one replacement
/// character.
fn atoms(line: &[u8]) -> impl Iterator<Item = Atom> {
    line.char_indices().map(|(start, end, ch)| Atom {
        ch,
        start: start as u32,
        end: end as u32,
        first: OUTSIDE,
        last: OUTSIDE,
    })
}
