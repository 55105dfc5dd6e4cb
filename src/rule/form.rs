//! The form in which a pattern is kept: its parts, with what compiles to many states made small.
//!
//! `\w` compiles to some hundred states and `.` to ten, each time that it may repeat: `[\w ]{2,60}` takes megabytes. Two
//! things that are true of folded text save most of that. It holds few characters beyond ASCII that are no letters, so a
//! class that holds all letters holds all of them. And it is UTF-8, so that a class with all of them is a first byte and the
//! bytes that go on with it, which takes three states.
//!
//! A form is read from its packed bytes in a fraction of the time that parsing the pattern takes.

use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition,
};
use serde::{Deserialize, Serialize};

use super::classes::is_wide;

/// A pattern as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Form {
    pub(super) root: Part,
    /// The classes of characters, each once.
    pub(super) classes: Vec<CharClass>,
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Part {
    Empty,
    /// A [`Look`], by its number.
    Look(u32),
    Literal(Vec<u8>),
    /// One character of a class, given by its number.
    Class(u32),
    Repetition {
        min: u32,
        max: Option<u32>,
        greedy: bool,
        part: Box<Part>,
    },
    /// A group, by its number among those that have a name.
    Group(u32, String, Box<Part>),
    Concat(Vec<Part>),
    Alternation(Vec<Part>),
}

/// A class of characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CharClass {
    /// The first and the last character of each range.
    pub(super) ranges: Vec<(u32, u32)>,
    /// Whether it holds all characters beyond ASCII, too.
    pub(super) is_wide: bool,
}

impl Form {
    /// That of a pattern for folded text.
    pub(super) fn of(hir: &Hir) -> Self {
        Self::with(hir, CharClass::for_folded)
    }

    /// That of a pattern for any text, of which nothing is known.
    pub(super) fn for_any_text(hir: &Hir) -> Self {
        Self::with(hir, CharClass::of)
    }

    fn with(hir: &Hir, class: fn(&Class) -> CharClass) -> Self {
        let mut former = Former { class, classes: Vec::new(), groups: 0 };
        let root = former.part(hir);
        Self { root, classes: former.classes }
    }

    /// The pattern to compile. It is one of bytes: only UTF-8 is to be held against it.
    pub(super) fn hir(&self) -> Hir {
        self.hir_of(&self.root)
    }

    fn hir_of(&self, part: &Part) -> Hir {
        let all = |parts: &[Part]| parts.iter().map(|part| self.hir_of(part)).collect();
        match part {
            Part::Empty => Hir::empty(),
            &Part::Look(look) => Look::from_repr(look).map_or_else(Hir::fail, Hir::look),
            Part::Literal(bytes) => Hir::literal(bytes.as_slice()),
            &Part::Class(class) => self.classes[class as usize].hir(),
            &Part::Repetition { min, max, greedy, ref part } => {
                Hir::repetition(Repetition { min, max, greedy, sub: Box::new(self.hir_of(part)) })
            }
            Part::Group(number, name, part) => Hir::capture(Capture {
                index: number + 1,
                name: Some(name.as_str().into()),
                sub: Box::new(self.hir_of(part)),
            }),
            Part::Concat(parts) => Hir::concat(all(parts)),
            Part::Alternation(parts) => Hir::alternation(all(parts)),
        }
    }
}

impl Part {
    /// Whether it can match nothing.
    pub(super) fn may_be_empty(&self) -> bool {
        match self {
            Self::Empty | Self::Look(_) => true,
            Self::Literal(bytes) => bytes.is_empty(),
            Self::Class(_) => false,
            Self::Repetition { min, part, .. } => *min == 0 || part.may_be_empty(),
            Self::Group(_, _, part) => part.may_be_empty(),
            Self::Concat(parts) => parts.iter().all(Self::may_be_empty),
            Self::Alternation(parts) => parts.iter().any(Self::may_be_empty),
        }
    }

    /// Whether it matches at the start of a text only, as its first part says.
    pub(super) fn is_anchored(&self) -> bool {
        match self {
            Self::Look(look) => *look == Look::Start.as_repr(),
            Self::Group(_, _, part) => part.is_anchored(),
            Self::Concat(parts) => parts.first().is_some_and(Self::is_anchored),
            Self::Alternation(parts) => parts.iter().all(Self::is_anchored),
            _ => false,
        }
    }
}

/// What is needed to form the parts of a pattern.
struct Former {
    /// Takes up a class.
    class: fn(&Class) -> CharClass,
    classes: Vec<CharClass>,
    /// How many groups with a name were met.
    groups: u32,
}

impl Former {
    fn part(&mut self, hir: &Hir) -> Part {
        match hir.kind() {
            HirKind::Empty => Part::Empty,
            HirKind::Look(look) => Part::Look(look.as_repr()),
            HirKind::Literal(literal) => Part::Literal(literal.0.to_vec()),
            HirKind::Class(class) => Part::Class(self.number_of(class)),
            &HirKind::Repetition(Repetition { min, max, greedy, ref sub }) => {
                Part::Repetition { min, max, greedy, part: Box::new(self.part(sub)) }
            }
            HirKind::Capture(Capture { name: Some(name), sub, .. }) => {
                let number = self.groups;
                self.groups += 1;
                Part::Group(number, name.to_string(), Box::new(self.part(sub)))
            }
            // Where it stands nobody can ask.
            HirKind::Capture(Capture { name: None, sub, .. }) => self.part(sub),
            HirKind::Concat(parts) => Part::Concat(parts.iter().map(|hir| self.part(hir)).collect()),
            HirKind::Alternation(parts) => Part::Alternation(parts.iter().map(|hir| self.part(hir)).collect()),
        }
    }

    fn number_of(&mut self, class: &Class) -> u32 {
        let class = (self.class)(class);
        let known = self.classes.iter().position(|other| *other == class);
        known.unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        }) as u32
    }
}

impl CharClass {
    fn of(class: &Class) -> Self {
        match class {
            Class::Unicode(class) => Self { ranges: ranges(class), is_wide: false },
            // A pattern for text has no other bytes than those of ASCII.
            Class::Bytes(class) => {
                let ranges = class.iter().map(|range| (range.start().into(), range.end().into()));
                Self { ranges: ranges.collect(), is_wide: false }
            }
        }
    }

    /// The same, with all characters beyond ASCII if it holds nearly all of them.
    fn for_folded(class: &Class) -> Self {
        match class {
            Class::Unicode(wide) if is_wide(wide) => Self::of(class).widened(),
            _ => Self::of(class),
        }
    }

    /// Whether all its characters are ASCII.
    pub(super) fn is_ascii(&self) -> bool {
        !self.is_wide && self.ranges.iter().all(|(_, last)| *last < 0x80)
    }

    /// Its characters and all beyond ASCII.
    pub(super) fn widened(&self) -> Self {
        let ascii = self.ranges.iter().filter(|(first, _)| *first < 0x80);
        Self { ranges: ascii.map(|&(first, last)| (first, last.min(0x7f))).collect(), is_wide: true }
    }

    fn hir(&self) -> Hir {
        if self.is_wide {
            return self.bytes();
        }
        let char = |code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        let ranges = self.ranges.iter().map(|&(first, last)| ClassUnicodeRange::new(char(first), char(last)));
        Hir::class(Class::Unicode(ClassUnicode::new(ranges)))
    }

    /// The bytes of a character of ASCII that it holds, or of any beyond.
    fn bytes(&self) -> Hir {
        let ascii = self.ranges.iter().map(|&(first, last)| ClassBytesRange::new(first as u8, last as u8));
        let mut first = ClassBytes::new(ascii);
        first.push(ClassBytesRange::new(0xc2, 0xf4));
        let next = Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(0x80, 0xbf)])));
        let rest = Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub: Box::new(next) });
        Hir::concat(vec![Hir::class(Class::Bytes(first)), rest])
    }
}

fn ranges(class: &ClassUnicode) -> Vec<(u32, u32)> {
    class.iter().map(|range| (range.start().into(), range.end().into())).collect()
}

#[cfg(test)]
mod tests {
    use regex_automata::meta::Regex;

    use super::*;

    fn compacted(pattern: &str) -> Regex {
        Regex::builder().build_from_hir(&Form::of(&regex_syntax::parse(pattern).unwrap()).hir()).unwrap()
    }

    #[test]
    fn classes_with_all_letters_hold_all_beyond_ascii() {
        let regex = compacted(r"^(?:(?P<junk>[\p{L}\d ]+), \p{Lu}\w*?\.{2,3}|[^a-z])$");
        for (text, matches) in
            [("Łódź, Übel..", true), ("a-b, Ub..", false), ("x, üb..", false), ("b", false), ("é", true)]
        {
            assert_eq!(regex.is_match(text), matches, "{text}");
        }
        let mut captures = regex.create_captures();
        regex.captures("Łódź 1, Übel..", &mut captures);
        assert_eq!(captures.get_group_by_name("junk").unwrap().range(), 0.."Łódź 1".len());
    }

    #[test]
    fn characters_are_counted_and_never_cut() {
        let text = "né €5 á 日本 b";
        for pattern in [r"^.{5} ", r"^\S{2} ", r"(?P<x>.{2}) b", r"\w+?", r".{4}?", r"[^x]{3}á", "日.", r"^.{12}$"] {
            let wanted = regex::Regex::new(pattern).unwrap().find(text).map(|found| found.range());
            let found = compacted(pattern).find(text).map(|found| found.range());
            assert_eq!(found, wanted, "{pattern}");
            assert!(wanted.is_some(), "{pattern}");
        }
    }

    #[test]
    fn other_classes_stay() {
        for pattern in ["[a-zé]+", "[^。、]+", r"\p{Lu}", r"[0-9]{2}", "é"] {
            let hir = regex_syntax::parse(pattern).unwrap();
            assert_eq!(Form::of(&hir).hir(), hir, "{pattern}");
        }
    }
}
