//! A simpler pattern that matches whatever a pattern matches, and is asked first: it denies most lines, compiles in a fraction
//! of the time and takes a fraction of the memory.
//!
//! What costs most in a pattern are its counts (`.{40,2500}` is thousands of states) and its classes of characters beyond ASCII
//! (`\p{Lu}` is a thousand), and a DFA cannot tell word boundaries beside such characters. What denies a line is seldom any of
//! these.

use std::sync::OnceLock;

use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition,
};
use serde::{Deserialize, Serialize};

use super::classes::bytes_of;
use super::dfa::{self, LazyDfa};

/// The largest count that stays.
const COUNT_MAX: u32 = 4;

/// The most ranges of a class that stays though it holds characters beyond ASCII.
const RANGES_MAX: usize = 8;

/// The simpler form of a pattern. It is compiled when it is first asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Relaxed {
    /// A [`Part`], packed: most are never asked.
    packed: Vec<u8>,
    /// Whether it matches nothing that the pattern does not.
    is_exact: bool,
    /// None if even this is too large.
    #[serde(skip)]
    dfa: OnceLock<Option<Box<LazyDfa>>>,
}

/// What the simpler form of a pattern says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The pattern does not match.
    No,
    /// The pattern must be asked.
    Maybe,
    /// The pattern matches.
    Yes,
}

impl Relaxed {
    /// That of a pattern of bytes, as [`super::classes::compact`] gives it.
    pub(super) fn of(pattern: &Hir) -> Self {
        let mut is_exact = true;
        let part = relax(pattern, &mut is_exact);
        let packed = postcard::to_allocvec(&part).expect("a part of a pattern is plain data");
        Self { packed, is_exact, dfa: OnceLock::new() }
    }

    /// Whether the pattern matches somewhere in a text.
    pub(super) fn answer(&self, text: &str) -> Answer {
        let dfa = self.dfa.get_or_init(|| self.compile());
        match dfa.as_ref().and_then(|dfa| dfa.is_match(text)) {
            Some(false) => Answer::No,
            Some(true) if self.is_exact => Answer::Yes,
            _ => Answer::Maybe,
        }
    }

    fn compile(&self) -> Option<Box<LazyDfa>> {
        let part: Part = postcard::from_bytes(&self.packed).expect("it was packed here");
        dfa::compile(&part.hir()).ok().map(|nfa| Box::new(LazyDfa::of(nfa)))
    }
}

/// A part of the simpler form, which is unpacked in a fraction of the time that parsing it takes.
#[derive(Debug, Serialize, Deserialize)]
enum Part {
    Empty,
    Start,
    End,
    Literal(Vec<u8>),
    Bytes(Vec<(u8, u8)>),
    Chars(Vec<(char, char)>),
    Repetition(u32, Option<u32>, Box<Part>),
    Concat(Vec<Part>),
    Alternation(Vec<Part>),
}

impl Part {
    fn hir(&self) -> Hir {
        let all = |parts: &[Self]| parts.iter().map(Self::hir).collect();
        match self {
            Self::Empty => Hir::empty(),
            Self::Start => Hir::look(Look::Start),
            Self::End => Hir::look(Look::End),
            Self::Literal(bytes) => Hir::literal(bytes.as_slice()),
            Self::Bytes(ranges) => {
                let ranges = ranges.iter().map(|&(first, last)| ClassBytesRange::new(first, last));
                Hir::class(Class::Bytes(ClassBytes::new(ranges)))
            }
            Self::Chars(ranges) => {
                let ranges = ranges.iter().map(|&(first, last)| ClassUnicodeRange::new(first, last));
                Hir::class(Class::Unicode(ClassUnicode::new(ranges)))
            }
            &Self::Repetition(min, max, ref part) => {
                Hir::repetition(Repetition { min, max, greedy: true, sub: Box::new(part.hir()) })
            }
            Self::Concat(parts) => Hir::concat(all(parts)),
            Self::Alternation(parts) => Hir::alternation(all(parts)),
        }
    }
}

/// The simpler form of a part of a pattern; `is_exact` becomes false if that matches more.
fn relax(hir: &Hir, is_exact: &mut bool) -> Part {
    match hir.kind() {
        HirKind::Empty => Part::Empty,
        HirKind::Look(Look::Start) => Part::Start,
        HirKind::Look(Look::End) => Part::End,
        HirKind::Look(_) => {
            *is_exact = false;
            Part::Empty
        }
        HirKind::Literal(literal) => Part::Literal(literal.0.to_vec()),
        HirKind::Class(class) => relax_class(class, is_exact),
        HirKind::Repetition(Repetition { min, max, sub, .. }) => {
            let counts_far = *min.max(&max.unwrap_or(0)) > COUNT_MAX;
            *is_exact &= !counts_far;
            let (min, max) = if counts_far { (*min.min(&COUNT_MAX), None) } else { (*min, *max) };
            Part::Repetition(min, max, Box::new(relax(sub, is_exact)))
        }
        // Where groups stand is not asked.
        HirKind::Capture(capture) => relax(&capture.sub, is_exact),
        HirKind::Concat(parts) => Part::Concat(parts.iter().map(|part| relax(part, is_exact)).collect()),
        HirKind::Alternation(parts) => Part::Alternation(parts.iter().map(|part| relax(part, is_exact)).collect()),
    }
}

fn relax_class(class: &Class, is_exact: &mut bool) -> Part {
    match class {
        Class::Bytes(class) => Part::Bytes(class.iter().map(|range| (range.start(), range.end())).collect()),
        Class::Unicode(class) if class.is_ascii() || class.ranges().len() <= RANGES_MAX => {
            Part::Chars(class.iter().map(|range| (range.start(), range.end())).collect())
        }
        Class::Unicode(class) => {
            *is_exact = false;
            relax(&bytes_of(class), is_exact)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::classes::compact;
    use super::*;

    fn answers<const N: usize>(pattern: &str, texts: [&str; N]) -> [Answer; N] {
        let relaxed = Relaxed::of(&compact(&regex_syntax::parse(pattern).unwrap()));
        texts.map(|text| relaxed.answer(text))
    }

    #[test]
    fn what_needs_no_relaxing_is_answered() {
        let pattern = r"^(?i:photo): [\w é]+(?P<who>AP|AFP)?.{2,4}$";
        assert_eq!(answers(pattern, ["PHOTO: Zoë AP..", "Photo by Zoë", ""]), [Answer::Yes, Answer::No, Answer::No]);
    }

    #[test]
    fn what_it_cannot_deny_is_left_to_the_pattern() {
        let texts = ["By Ann Holm", "By ann holm", "Standby Ann Holm"];
        assert_eq!(answers(r"\bBy \p{Lu}", texts), [Answer::Maybe, Answer::No, Answer::No]);
        assert_eq!(answers(r"\bBy \p{Lu}", ["By Émile", "ÉBy émile"]), [Answer::Maybe; 2]);
        let texts = ["x 1.", "a long line, which may be too long or not 1.", "a line 12", "1."];
        assert_eq!(answers(r"^.{2,20} \d{1,6}\.$", texts), [Answer::No, Answer::Maybe, Answer::No, Answer::No]);
    }
}
