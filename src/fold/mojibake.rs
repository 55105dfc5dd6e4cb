//! UTF-8 that was once misread as Windows-1252.

use super::table::Atom;

/// The characters of the bytes 0x80 to 0x9F in Windows-1252; the five it leaves undefined are read
/// as C1 controls.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The first bytes of sequences of two bytes or more.
const LEADS: std::ops::RangeInclusive<char> = '\u{c2}'..='\u{f4}';

/// Letters of phonetic alphabets, which misread start with `É`, `Ê` or `Ë`.
const PHONETIC: std::ops::RangeInclusive<char> = '\u{240}'..='\u{2ff}';

/// Whether a misread sequence may start with this character.
pub(super) fn is_lead(ch: char) -> bool {
    LEADS.contains(&ch)
}

/// Whether a misread sequence may go on with this character.
pub(super) fn continues(ch: char) -> bool {
    windows_1252(ch).is_some_and(|byte| byte < 0xc0)
}

/// Reads misread sequences again, in place. True if there were any.
pub(super) fn decode(atoms: &mut Vec<Atom>) -> bool {
    if !atoms.iter().any(|atom| is_lead(atom.ch)) {
        return false;
    }
    let (mut read, mut kept) = (0, 0);
    while read < atoms.len() {
        let (ch, length) = sequence(&atoms[read..]).unwrap_or((atoms[read].ch, 1));
        atoms[kept] = atoms[read].through(atoms[read + length - 1]).with(ch);
        kept += 1;
        read += length;
    }
    let found = kept < read;
    atoms.truncate(kept);
    found
}

/// The character of the misread sequence at the start of some atoms, and how many of them it takes.
fn sequence(atoms: &[Atom]) -> Option<(char, usize)> {
    let lead = atoms[0].ch;
    let length = match lead {
        '\u{c2}'..='\u{df}' => 2,
        '\u{e0}'..='\u{ef}' => 3,
        '\u{f0}'..='\u{f4}' => 4,
        _ => return None,
    };
    let mut bytes = [0; 4];
    for (byte, atom) in bytes.iter_mut().zip(atoms.get(..length)?) {
        *byte = windows_1252(atom.ch)?;
    }
    let ch = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    // `CAFÉ’S` and `“CAFÉ”` are more often what they seem to be than a phonetic letter misread.
    let is_letter = PHONETIC.contains(&ch) && matches!(atoms[1].ch, '\u{a0}' | '»' | '–'..='—' | '‘'..='”' | '…');
    (!is_letter).then_some((ch, length))
}

/// The byte, if it is not ASCII.
fn windows_1252(ch: char) -> Option<u8> {
    match ch {
        '\u{a0}'..='\u{ff}' => u8::try_from(ch).ok(),
        '\0'..='\x7f' => None,
        _ => HIGH.iter().position(|&high| high == ch).map(|index| 0x80 + index as u8),
    }
}
