//! The quick way through the table, for lines on which it does nothing but the usual.

use super::sheet::Sheet;
use super::table::Atom;
use super::{Case, characters, mojibake, normal};

/// Writes a view of a line that holds no reference and no misread sequence, all steps in one go and
/// runs of ASCII at once. It gives up, with `None`, at the first character that may join another or
/// be changed by a second round. Only if the way back is `TRACED` does it write the pieces that lead there.
pub(super) struct Stream<'a, const TRACED: bool> {
    line: &'a [u8],
    case: Case,
    sheet: &'a mut Sheet,
    /// White space that was read and not yet written.
    gap: Option<Atom>,
    /// Whether a misread sequence may start with the character before. A quote may be a part of it.
    lead: bool,
}

impl<'a, const TRACED: bool> Stream<'a, TRACED> {
    pub(super) fn new(line: &'a [u8], case: Case, sheet: &'a mut Sheet) -> Self {
        Self { line, case, sheet, gap: None, lead: false }
    }

    /// Goes on with a stretch of the line, of which nothing is decoration, in one enclosure.
    pub(super) fn stretch(&mut self, start: u32, end: u32, inside: u32) -> Option<()> {
        let written = self.sheet.text.len();
        let mut rest = &self.line[start as usize..end as usize];
        while let &[byte, ..] = rest {
            let start = end - rest.len() as u32;
            let atom = |ch, size: usize| Atom { ch, start, end: start + size as u32, first: inside, last: inside };
            let still = characters::still(rest);
            let read = if still > 0 {
                self.run(atom(byte.into(), 1), still);
                still
            } else if byte == b' ' {
                self.space(atom(' ', 1));
                1
            } else if let Some(ch) = characters::common_mark(rest).filter(|_| !self.lead) {
                self.close_gap();
                self.sheet.one::<TRACED>(atom(ch, characters::MARK_SIZE));
                characters::MARK_SIZE
            } else {
                let (ch, size) = bstr::decode_utf8(rest);
                self.character(atom(ch.unwrap_or(char::REPLACEMENT_CHARACTER), size))?;
                size
            };
            rest = &rest[read..];
        }
        if self.case == Case::Folded {
            // What runs brought; other characters are folded already.
            self.sheet.text[written..].make_ascii_lowercase();
        }
        Some(())
    }

    fn run(&mut self, head: Atom, len: usize) {
        self.close_gap();
        self.lead = false;
        let bytes = head.start as usize..head.start as usize + len;
        self.sheet.run::<TRACED>(head, &self.line[bytes]);
    }

    fn character(&mut self, atom: Atom) -> Option<()> {
        if self.lead && mojibake::continues(atom.ch) {
            return None;
        }
        if normal::is_common(atom.ch) {
            self.close_gap();
            self.letter(atom)?;
        } else if atom.ch.is_whitespace() {
            self.space(atom);
        } else if !characters::is_hidden(atom.ch) {
            self.close_gap();
            self.visible(atom)?;
        }
        Some(())
    }

    fn space(&mut self, atom: Atom) {
        self.gap = Some(self.gap.map_or(atom.with(' '), |gap| gap.through(atom)));
        self.lead = false;
    }

    fn close_gap(&mut self) {
        if let Some(gap) = self.gap.take().filter(|_| self.sheet.has_begun()) {
            self.sheet.one::<TRACED>(gap);
        }
    }

    fn visible(&mut self, atom: Atom) -> Option<()> {
        if atom.ch == '…' {
            self.lead = false;
            self.sheet.whole::<TRACED>(atom, ['.'; 3]);
            return Some(());
        }
        self.letter(atom.with(characters::softened(atom.ch)))
    }

    fn letter(&mut self, atom: Atom) -> Option<()> {
        let folded = normal::begins(atom.ch).then(|| normal::alone(atom.ch, self.case))??;
        self.lead = mojibake::is_lead(atom.ch) || mojibake::is_lead(folded);
        self.sheet.one::<TRACED>(atom.with(folded));
        Some(())
    }
}
