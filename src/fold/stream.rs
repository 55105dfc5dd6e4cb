//! The quick way through the table, for lines on which it does nothing but the usual.

use super::sheet::Sheet;
use super::table::Atom;
use super::{Case, characters, mojibake, normal};

/// Writes a view of a line that holds no reference and no misread sequence, all steps in one go and
/// runs of ASCII at once. It gives up, with `None`, at the first character that may join another or
/// be changed by a second round.
pub(super) struct Stream<'a> {
    line: &'a [u8],
    /// The line, if it is UTF-8, as most are: what of it is ASCII need not be looked at again.
    text: Option<&'a str>,
    case: Case,
    sheet: &'a mut Sheet,
    /// White space that was read and not yet written.
    gap: Option<Atom>,
    /// Whether a misread sequence may start with the character before.
    lead: bool,
}

impl<'a> Stream<'a> {
    pub(super) fn new(line: &'a [u8], case: Case, sheet: &'a mut Sheet) -> Self {
        Self { line, text: str::from_utf8(line).ok(), case, sheet, gap: None, lead: false }
    }

    /// Goes on with a stretch of the line, of which nothing is decoration, in one enclosure.
    pub(super) fn stretch(&mut self, start: u32, end: u32, inside: u32) -> Option<()> {
        let written = self.sheet.text.len();
        let mut rest = &self.line[start as usize..end as usize];
        while !rest.is_empty() {
            let at = end - rest.len() as u32;
            let still = characters::still(rest);
            let (ch, size) = bstr::decode_utf8(rest);
            let size = if still > 0 { 1 } else { size as u32 };
            let ch = ch.unwrap_or(char::REPLACEMENT_CHARACTER);
            let atom = Atom { ch, start: at, end: at + size, first: inside, last: inside };
            if still > 0 {
                self.run(atom, still);
                rest = &rest[still..];
            } else {
                self.character(atom)?;
                rest = &rest[size as usize..];
            }
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
        let text = match self.text {
            Some(text) => &text[bytes],
            None => str::from_utf8(&self.line[bytes]).unwrap_or_default(),
        };
        self.sheet.run(head, text);
    }

    fn character(&mut self, atom: Atom) -> Option<()> {
        if self.lead && mojibake::continues(atom.ch) {
            return None;
        }
        if normal::is_common(atom.ch) {
            self.close_gap();
            self.letter(atom)?;
        } else if atom.ch.is_whitespace() {
            self.gap = Some(self.gap.map_or(atom.with(' '), |gap| gap.through(atom)));
            self.lead = false;
        } else if !characters::is_hidden(atom.ch) {
            self.close_gap();
            self.visible(atom)?;
        }
        Some(())
    }

    fn close_gap(&mut self) {
        if let Some(gap) = self.gap.take().filter(|_| self.sheet.has_begun()) {
            self.sheet.one(gap);
        }
    }

    fn visible(&mut self, atom: Atom) -> Option<()> {
        if atom.ch == '…' {
            self.lead = false;
            self.sheet.whole(atom, ['.'; 3]);
            return Some(());
        }
        self.letter(atom.with(characters::softened(atom.ch)))
    }

    fn letter(&mut self, atom: Atom) -> Option<()> {
        let folded = normal::begins(atom.ch).then(|| normal::alone(atom.ch, self.case))??;
        self.lead = mojibake::is_lead(atom.ch) || mojibake::is_lead(folded);
        self.sheet.one(atom.with(folded));
        Some(())
    }
}
