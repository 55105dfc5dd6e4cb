//! What is known of every line that a pattern matches without compiling the pattern: how long it is, and with which bytes it
//! starts and ends. Most lines differ from a pattern in one of these.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde::{Deserialize, Serialize};

/// What every line has that a pattern matches as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Outline {
    /// Its fewest bytes.
    fewest: usize,
    /// Its most bytes, if there is a bound.
    most: Option<usize>,
    first: Bytes,
    last: Bytes,
}

impl Outline {
    /// That of a pattern: lengths come from the pattern as it is written, bytes from its form with compact classes, which has
    /// no longest character.
    pub(super) fn of(written: &Hir, compact: &Hir) -> Self {
        let edge = |side| {
            let (bytes, may_be_empty) = edge(compact, side);
            if may_be_empty { Bytes::ALL } else { bytes }
        };
        Self {
            // What matches nothing has no length.
            fewest: written.properties().minimum_len().unwrap_or(usize::MAX),
            most: written.properties().maximum_len(),
            first: edge(Side::Start),
            last: edge(Side::End),
        }
    }

    /// Whether a line may be one that the pattern matches.
    pub(super) fn fits(&self, line: &[u8]) -> bool {
        line.len() >= self.fewest
            && self.most.is_none_or(|most| line.len() <= most)
            && line.first().is_none_or(|&byte| self.first.holds(byte))
            && line.last().is_none_or(|&byte| self.last.holds(byte))
    }
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    pub(super) const NONE: Self = Self([0; 4]);
    pub(super) const ALL: Self = Self([u64::MAX; 4]);

    pub(super) fn range(from: u8, to: u8) -> Self {
        Self(std::array::from_fn(|word| {
            let below = |byte: usize| match byte.saturating_sub(64 * word) {
                64.. => u64::MAX,
                bits => (1 << bits) - 1,
            };
            below(usize::from(to) + 1) & !below(usize::from(from))
        }))
    }

    /// The one byte that it does not hold, if there is just one.
    pub(super) fn all_but(&self) -> Option<u8> {
        let count: u32 = self.0.iter().map(|word| word.count_zeros()).sum();
        let word = self.0.iter().position(|&word| word != u64::MAX).filter(|_| count == 1)?;
        Some((64 * word) as u8 + self.0[word].trailing_ones() as u8)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    pub(super) fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] >> (byte % 64) & 1 != 0
    }
}

/// A side of what a pattern matches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Start,
    End,
}

/// The bytes that may stand at a side of what a pattern matches, and whether it may match nothing.
fn edge(hir: &Hir, side: Side) -> (Bytes, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (Bytes::NONE, true),
        HirKind::Literal(literal) => {
            let byte = if side == Side::Start { literal.0.first() } else { literal.0.last() };
            byte.map_or((Bytes::NONE, true), |&byte| (Bytes::range(byte, byte), false))
        }
        HirKind::Class(class) => (edge_of_class(class, side), false),
        HirKind::Repetition(repetition) => {
            let (bytes, may_be_empty) = edge(&repetition.sub, side);
            (bytes, may_be_empty || repetition.min == 0)
        }
        HirKind::Capture(capture) => edge(&capture.sub, side),
        HirKind::Concat(parts) if side == Side::Start => edge_of_row(parts.iter(), side),
        HirKind::Concat(parts) => edge_of_row(parts.iter().rev(), side),
        HirKind::Alternation(parts) => parts.iter().fold((Bytes::NONE, false), |(all, any_empty), part| {
            let (bytes, may_be_empty) = edge(part, side);
            (all.or(bytes), any_empty || may_be_empty)
        }),
    }
}

/// The same of what matches one part after another, in order from the side on.
fn edge_of_row<'h>(parts: impl Iterator<Item = &'h Hir>, side: Side) -> (Bytes, bool) {
    let mut all = Bytes::NONE;
    for part in parts {
        let (bytes, may_be_empty) = edge(part, side);
        all = all.or(bytes);
        if !may_be_empty {
            return (all, false);
        }
    }
    (all, true)
}

fn edge_of_class(class: &Class, side: Side) -> Bytes {
    match class {
        Class::Bytes(class) => {
            let ranges = class.iter().map(|range| Bytes::range(range.start(), range.end()));
            ranges.fold(Bytes::NONE, Bytes::or)
        }
        Class::Unicode(class) => {
            let ranges = class.iter().map(|range| edge_of_characters(range.start(), range.end(), side));
            ranges.fold(Bytes::NONE, Bytes::or)
        }
    }
}

/// The bytes at a side of the characters of a range; for the last ones of those beyond ASCII, all that there may be.
fn edge_of_characters(from: char, to: char, side: Side) -> Bytes {
    let first = |c: char| c.encode_utf8(&mut [0; 4]).as_bytes()[0];
    match side {
        Side::Start => Bytes::range(first(from), first(to)),
        Side::End if to.is_ascii() => Bytes::range(first(from), first(to)),
        Side::End if from.is_ascii() => Bytes::range(first(from), 0x7f).or(Bytes::range(0x80, 0xbf)),
        Side::End => Bytes::range(0x80, 0xbf),
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::Form;
    use super::*;

    fn outline(pattern: &str) -> Outline {
        let hir = regex_syntax::parse(pattern).unwrap();
        Outline::of(&hir, &Form::of(&hir).hir())
    }

    #[test]
    fn a_range_holds_its_bytes_and_no_other() {
        for (from, to) in [(0, 0), (0, 255), (9, 64), (63, 63), (64, 127), (127, 128), (0xc2, 0xf4), (255, 255), (5, 4)]
        {
            let bytes = Bytes::range(from, to);
            let held: Vec<u8> = (0..=255).filter(|&byte| bytes.holds(byte)).collect();
            assert_eq!(held, (from..=to).collect::<Vec<_>>(), "{from}-{to}");
        }
    }

    #[test]
    fn the_byte_that_a_set_lacks_is_known_if_there_is_one() {
        for byte in 0..=255_u8 {
            let below = byte.checked_sub(1).map_or(Bytes::NONE, |last| Bytes::range(0, last));
            let above = byte.checked_add(1).map_or(Bytes::NONE, |first| Bytes::range(first, 255));
            assert_eq!(below.or(above).all_but(), Some(byte));
        }
        assert_eq!(Bytes::ALL.all_but(), None);
        assert_eq!(Bytes::range(2, 255).all_but(), None);
        assert_eq!(Bytes::range(b'a', b'a').all_but(), None);
    }

    #[test]
    fn a_line_must_be_as_long_as_the_pattern_allows() {
        let outline = outline("a{2,4}é?");
        assert_eq!(
            ["a", "aa", "aaaaé", "aaaaaaa"].map(|line| outline.fits(line.as_bytes())),
            [false, true, true, false]
        );
        assert!(!self::outline(r"[^\s\S]").fits(b"a"));
    }

    #[test]
    fn a_line_must_start_and_end_as_the_pattern_does() {
        let outline = outline(r"(?:\b[Pp]hoto|Ärger)? ?(?P<who>by .*)[.!é]$");
        for (line, fits) in [
            ("Photo by Ann Holm.", true),
            ("by Ann!", true),
            (" by Ann é", true),
            ("Ärger by Ann.", true),
            ("A photo by Ann.", false),
            ("by Ann Holm", false),
        ] {
            assert_eq!(outline.fits(line.as_bytes()), fits, "{line}");
        }
    }

    #[test]
    fn what_may_be_empty_may_start_with_anything() {
        assert!(outline("a*").fits(b"b"));
        assert!(outline("(?:a|b?)").fits(b"c"));
        assert!(outline("a*").fits(b""));
    }
}
