//! The steps that look at one character at a time: quotes, dashes, what has no width, white space,
//! ellipses.

use std::ops::Range;

use super::table::Atom;

/// How far the full-width forms of ASCII are from ASCII.
const FULL_WIDTH: u32 = '！' as u32 - '!' as u32;

/// So many bytes are looked at at once.
const BLOCK: usize = 32;

/// From edge to edge, if all that folding does to the line is to fold the case of ASCII letters
/// between them.
pub(super) fn simple(line: &[u8]) -> Option<Range<usize>> {
    let text = line.trim_ascii_start();
    let start = line.len() - text.len();
    let text = text.trim_ascii_end();
    let is_marked = matches!(text.first(), Some(b'#' | b'>' | b'-' | b'+' | b'|'));
    // Without branches, so that the compiler takes many bytes at once.
    let is_plain = |block: &[u8]| block.iter().fold(true, |all, &byte| all & is_plain(byte));
    let simple = !is_marked && text.chunks(BLOCK).all(is_plain) && !has_gap(text);
    simple.then(|| start..start + text.len())
}

/// Whether a byte stands for itself in any place but a line's start.
fn is_plain(byte: u8) -> bool {
    let special = (byte == b'&') | (byte == b'*') | (byte == b'_') | (byte == b'[') | (byte == b'`');
    (byte.wrapping_sub(b' ') <= b'~' - b' ') & !special
}

/// Whether two spaces stand side by side.
fn has_gap(text: &[u8]) -> bool {
    text.iter().zip(text.iter().skip(1)).fold(false, |any, (&left, &right)| any | (left == b' ') & (right == b' '))
}

/// How many bytes at the start of a text stand for themselves wherever they are: ASCII, with single
/// spaces between.
pub(super) fn still(text: &[u8]) -> usize {
    // In front of a text is nothing that a space could part it from.
    let mut end = usize::from(text.first().is_some_and(|&first| stays(b' ', first)));
    if end == 0 {
        return 0;
    }
    loop {
        let rest = &text[end - 1..];
        let mut last = [STOPS; BLOCK + 1];
        let blocks = rest.first_chunk().unwrap_or_else(|| {
            last[..rest.len()].copy_from_slice(rest);
            &last
        });
        let still = still_of_block(blocks);
        end += still;
        if still < BLOCK {
            return without_space(&text[..end]);
        }
    }
}

/// A byte that never stands for itself.
const STOPS: u8 = 0;

/// Whether a byte stands for itself behind another one. Without branches, too.
fn stays(before: u8, byte: u8) -> bool {
    (byte.wrapping_sub(b' ') <= b'~' - b' ') & (byte != b'`') & !((byte == b' ') & (before == b' '))
}

/// How many bytes behind the first one stand for themselves, each behind the one before.
fn still_of_block(bytes: &[u8; BLOCK + 1]) -> usize {
    let mut stops = [0; BLOCK];
    for at in 0..BLOCK {
        stops[at] = u8::from(!stays(bytes[at], bytes[at + 1]));
    }
    let (words, _) = stops.as_chunks();
    let stopped = (0..).zip(words).find(|&(_, &word)| u64::from_le_bytes(word) != 0);
    stopped.map_or(BLOCK, |(number, &word)| 8 * number + u64::from_le_bytes(word).trailing_zeros() as usize / 8)
}

/// The length of a text without a space at its end.
fn without_space(text: &[u8]) -> usize {
    text.len() - usize::from(text.ends_with(b" "))
}

/// Steps three to seven. True if characters without width went, whose neighbours are neighbours
/// now.
pub(super) fn soften(atoms: &[Atom], out: &mut Vec<Atom>) -> bool {
    out.clear();
    let mut hidden = false;
    let mut gap: Option<Atom> = None;
    for &atom in atoms {
        if is_hidden(atom.ch) {
            hidden = true;
            continue;
        }
        if atom.ch.is_whitespace() {
            gap = Some(gap.map_or(atom.with(' '), |gap| gap.through(atom)));
            continue;
        }
        // At the start there is nothing to be parted from.
        if let Some(gap) = gap.take().filter(|_| !out.is_empty()) {
            out.push(gap);
        }
        match atom.ch {
            '…' => out.extend([atom.with('.'); 3]),
            ch => out.push(atom.with(softened(ch))),
        }
    }
    hidden
}

/// The ASCII form of a quote or a dash of those that most texts have, if one stands at the start of a text. Each has
/// [`MARK_SIZE`] bytes.
pub(super) fn common_mark(text: &[u8]) -> Option<char> {
    match text {
        [0xe2, 0x80, 0x90..=0x95, ..] => Some('-'),
        [0xe2, 0x80, 0x98..=0x9b, ..] => Some('\''),
        [0xe2, 0x80, 0x9c..=0x9f, ..] => Some('"'),
        _ => None,
    }
}

/// How many bytes a mark has.
pub(super) const MARK_SIZE: usize = 3;

/// The ASCII form of a quote, a dash or a full-width character; any other character as it is.
///
/// Normalisation has full-width forms too, but Chinese lines are full of them, and here they cost
/// nothing. Those that can make a reference are left to it, as it calls for another round.
pub(super) fn softened(ch: char) -> char {
    match ch {
        '`' | '｀' => '\'',
        '\0'..='\x7f' | '＆' | '；' => ch,
        _ if is_single_quote(ch) => '\'',
        _ if is_double_quote(ch) => '"',
        _ if is_dash(ch) => '-',
        '！'..='～' => char::from_u32(ch as u32 - FULL_WIDTH).unwrap_or(ch),
        _ => ch,
    }
}

/// The quotes, and what is set in their place: primes, accents that stand alone, apostrophes of
/// other scripts.
#[rustfmt::skip]
fn is_single_quote(ch: char) -> bool {
    matches!(
        ch,
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2035}' | '\u{b4}' | '\u{2b9}' | '\u{2bb}'..='\u{2bd}'
        | '\u{2ca}' | '\u{2cb}' | '\u{374}' | '\u{55a}' | '\u{5f3}' | '\u{7f4}' | '\u{7f5}' | '\u{1fbd}' | '\u{1fbf}'
        | '\u{1fef}' | '\u{1ffd}' | '\u{1ffe}' | '\u{275b}' | '\u{275c}' | '\u{275f}'
    )
}

#[rustfmt::skip]
fn is_double_quote(ch: char) -> bool {
    matches!(
        ch,
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{2036}' | '\u{301d}'..='\u{301f}' | '\u{2ba}' | '\u{2dd}'
        | '\u{2ee}' | '\u{5f4}' | '\u{275d}' | '\u{275e}' | '\u{2760}'
    )
}

/// General category Pd, and the minus signs.
#[rustfmt::skip]
fn is_dash(ch: char) -> bool {
    matches!(
        ch,
        '\u{58a}' | '\u{5be}' | '\u{1400}' | '\u{1806}' | '\u{2010}'..='\u{2015}' | '\u{2e17}' | '\u{2e1a}'
        | '\u{2e3a}' | '\u{2e3b}' | '\u{2e40}' | '\u{2e5d}' | '\u{301c}' | '\u{3030}' | '\u{30a0}' | '\u{fe31}'
        | '\u{fe32}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{10d6e}' | '\u{10ead}'
        | '\u{2d7}' | '\u{2212}' | '\u{2796}'
    )
}

/// Characters that have no width: soft hyphens, joiners, marks of direction, variation selectors,
/// tags.
#[rustfmt::skip]
pub(super) fn is_hidden(ch: char) -> bool {
    matches!(
        ch,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As [`still`], byte by byte.
    fn still_slowly(text: &[u8]) -> usize {
        let stays = |at: usize| match text[at] {
            b' ' => at > 0 && text[at - 1] != b' ',
            byte => byte.is_ascii_graphic() && byte != b'`',
        };
        let end = (0..text.len()).take_while(|&at| stays(at)).count();
        if text[..end].ends_with(b" ") { end - 1 } else { end }
    }

    fn is_simple(line: &[u8]) -> bool {
        let text = line.trim_ascii();
        let special = |byte: &u8| !(b' '..=b'~').contains(byte) || b"&*_[`".contains(byte);
        !text.starts_with(b"#")
            && !text.starts_with(b">")
            && !text.starts_with(b"-")
            && !text.starts_with(b"+")
            && !text.starts_with(b"|")
            && !text.iter().any(special)
            && !text.windows(2).any(|pair| pair == b"  ")
    }

    #[test]
    fn common_marks_are_what_the_table_makes_of_them() {
        let mut count = 0;
        for ch in ('\0'..=char::MAX).filter(|ch| !ch.is_ascii()) {
            let Some(mark) = common_mark(ch.encode_utf8(&mut [0; 4]).as_bytes()) else { continue };
            assert_eq!((mark, ch.len_utf8()), (softened(ch), MARK_SIZE));
            assert!(!is_hidden(ch) && !ch.is_whitespace() && !super::super::normal::is_common(ch), "{ch}");
            count += 1;
        }
        assert_eq!(count, 14);
    }

    proptest! {
        #[test]
        fn looking_at_many_bytes_at_once_finds_the_same(line in "([#>+|-]|[a-z!~ ]{0,40}[a-z] ?){0,4}[`&\\[_*é\t ]?[a-z]{0,40}") {
            let line = line.as_bytes();
            prop_assert_eq!(still(line), still_slowly(line));
            prop_assert_eq!(simple(line).is_some(), is_simple(line));
        }
    }
}
