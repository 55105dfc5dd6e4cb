//! Folded text as it is written, with the pieces that lead back to the line.

use std::ops::Range;

use super::markdown::Enclosure;
use super::table::Atom;

/// A stretch of folded text and the bytes it stands for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Piece {
    /// Where it starts in the text of the view.
    text: usize,
    start: u32,
    end: u32,
    first: u32,
    last: u32,
    /// Its characters are as long as in the line, and it may be cut between them. Any other can
    /// only be taken whole.
    straight: bool,
}

/// The text of views, one after another.
#[derive(Default, Debug)]
pub(super) struct Sheet {
    /// UTF-8, as all that is written are characters.
    pub(super) text: Vec<u8>,
    pub(super) pieces: Vec<Piece>,
    /// Where the view in work starts in the text and the pieces.
    start: usize,
    first: usize,
}

impl Sheet {
    /// Forgets all views.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.pieces.clear();
    }

    /// Starts a view.
    pub(super) fn begin(&mut self) {
        self.start = self.text.len();
        self.first = self.pieces.len();
    }

    /// Throws away what was written of the view.
    pub(super) fn begin_again(&mut self) {
        self.cut(self.start, self.first);
    }

    /// Throws away all text and all pieces from here on.
    pub(super) fn cut(&mut self, text: usize, pieces: usize) {
        self.text.truncate(text);
        self.pieces.truncate(pieces);
    }

    /// Whether the view has text.
    pub(super) fn has_begun(&self) -> bool {
        self.text.len() > self.start
    }

    /// Where the text of the view starts and ends.
    pub(super) fn text(&self) -> (usize, usize) {
        (self.start, self.text.len())
    }

    /// The pieces of the view.
    pub(super) fn pieces(&self) -> Range<usize> {
        self.first..self.pieces.len()
    }

    /// Writes all atoms of the view.
    pub(super) fn write(&mut self, mut atoms: &[Atom]) {
        while let [head, ..] = atoms {
            let (unit, count) = unit(*head, atoms);
            if count == 1 {
                self.one::<true>(unit);
            } else {
                self.whole::<true>(unit, atoms[..count].iter().map(|atom| atom.ch));
            }
            atoms = &atoms[count..];
        }
    }

    /// Writes a unit of one character, in the piece before if it goes straight on from there.
    pub(super) fn one<const TRACED: bool>(&mut self, unit: Atom) {
        if TRACED {
            let straight = unit.ch.len_utf8() == (unit.end - unit.start) as usize;
            match self.pieces[self.first..].last_mut() {
                Some(last) if straight && last.goes_on_with(unit) => last.end = unit.end,
                _ => self.pieces.push(self.piece(unit, straight)),
            }
        }
        self.push(unit.ch);
    }

    /// Writes a run of ASCII that the line holds as it is, given its first character and all of it.
    pub(super) fn run<const TRACED: bool>(&mut self, head: Atom, text: &[u8]) {
        if TRACED {
            let end = head.start + text.len() as u32;
            match self.pieces[self.first..].last_mut() {
                Some(last) if last.goes_on_with(head) => last.end = end,
                _ => self.pieces.push(Piece { end, ..self.piece(head, true) }),
            }
        }
        self.text.extend_from_slice(text);
    }

    /// Writes a unit that cannot be cut.
    pub(super) fn whole<const TRACED: bool>(&mut self, unit: Atom, chars: impl IntoIterator<Item = char>) {
        if TRACED {
            self.pieces.push(self.piece(unit, false));
        }
        chars.into_iter().for_each(|ch| self.push(ch));
    }

    fn push(&mut self, ch: char) {
        match u8::try_from(ch).ok().filter(u8::is_ascii) {
            Some(byte) => self.text.push(byte),
            None => self.text.extend_from_slice(ch.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    fn piece(&self, unit: Atom, straight: bool) -> Piece {
        let Atom { start, end, first, last, .. } = unit;
        let text = self.text.len() - self.start;
        Piece { text, start, end, first, last, straight }
    }
}

impl Piece {
    fn goes_on_with(&self, unit: Atom) -> bool {
        self.straight && self.end == unit.start && self.last == unit.first && unit.first == unit.last
    }
}

/// The unit at the head of some atoms and how many it has: atoms whose bytes overlap cannot be told
/// apart.
fn unit(head: Atom, atoms: &[Atom]) -> (Atom, usize) {
    let mut unit = head;
    let mut count = 1;
    while let Some(atom) = atoms.get(count).filter(|atom| atom.start < unit.end) {
        unit = unit.through(*atom);
        count += 1;
    }
    (unit, count)
}

/// Whether a byte goes on with a character that started before it.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The way back from a view, whoever holds it.
pub(super) struct Way<'a> {
    pub(super) text: &'a [u8],
    pub(super) edges: &'a Range<usize>,
    /// Absent: the text stands for the bytes from edge to edge one by one.
    pub(super) pieces: Option<&'a [Piece]>,
    pub(super) enclosures: &'a [Enclosure],
}

impl Way<'_> {
    pub(super) fn back(&self, range: Range<usize>) -> Option<Range<usize>> {
        if range.is_empty() || range.end > self.text.len() {
            return None;
        }
        if range.len() == self.text.len() {
            return Some(self.edges.clone());
        }
        let Some(pieces) = self.pieces else {
            return Some(self.edges.start + range.start..self.edges.start + range.end);
        };
        let (start, first) = self.start(pieces, range.start)?;
        let (end, last) = self.end(pieces, range.end)?;
        let bytes = self.widened(start..end, [first, last])?;
        Some(bytes.start as usize..bytes.end as usize)
    }

    /// The byte and the enclosure where text that starts here starts.
    fn start(&self, pieces: &[Piece], at: usize) -> Option<(u32, u32)> {
        let piece = &pieces[pieces.partition_point(|piece| piece.text <= at).checked_sub(1)?];
        let inside = at - piece.text;
        (inside == 0 || self.may_cut(piece, at)).then_some((piece.start + inside as u32, piece.first))
    }

    /// The byte and the enclosure where text that ends here ends.
    fn end(&self, pieces: &[Piece], at: usize) -> Option<(u32, u32)> {
        let after = pieces.partition_point(|piece| piece.text < at);
        let piece = &pieces[after.checked_sub(1)?];
        if at == pieces.get(after).map_or(self.text.len(), |next| next.text) {
            return Some((piece.end, piece.last));
        }
        self.may_cut(piece, at).then_some((piece.start + (at - piece.text) as u32, piece.last))
    }

    fn may_cut(&self, piece: &Piece, at: usize) -> bool {
        let is_boundary = self.text.get(at).is_none_or(|&byte| !is_continuation(byte));
        piece.straight && is_boundary
    }

    /// The bytes and the decoration of every enclosure whose text they cover; `None` if they cover
    /// part of one. Only the enclosures around the two ends can be covered in part, since
    /// enclosures never cross.
    fn widened(&self, mut bytes: Range<u32>, ends: [u32; 2]) -> Option<Range<u32>> {
        for mut inside in ends {
            while let Some(enclosure) = self.enclosures.get(inside as usize) {
                if !enclosure.is_taken_by(&bytes) {
                    return None;
                }
                bytes = bytes.start.min(enclosure.outer.start)..bytes.end.max(enclosure.outer.end);
                inside = enclosure.parent;
            }
        }
        Some(bytes)
    }
}
