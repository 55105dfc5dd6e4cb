//! Makes the classes of a pattern small that hold nearly all characters beyond ASCII.
//!
//! `\w` compiles to some hundred states and `.` to ten, each time that it may repeat: `[\w ]{2,60}` takes megabytes. Two
//! things that are true of folded text save most of that. It holds few characters beyond ASCII that are no letters, so a
//! class that holds all letters holds all of them. And it is UTF-8, so that a class with all of them is a first byte and the
//! bytes that go on with it, which takes three states.

use std::cell::RefCell;
use std::sync::LazyLock;

use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition,
};

static LETTERS: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"\p{L}"));
static SPACE: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"\s"));

fn class(name: &str) -> ClassUnicode {
    match regex_syntax::parse(name).expect("the class is valid").into_kind() {
        HirKind::Class(Class::Unicode(class)) => class,
        kind => unreachable!("a class of characters is not {kind:?}"),
    }
}

/// The pattern, for folded text, with its large classes made small. It is one of bytes: only UTF-8 is to be held against it.
pub(super) fn compact(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) if holds(class, HAN) && is_wide(class) => bytes_of(class),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min,
            max: repetition.max,
            greedy: repetition.greedy,
            sub: Box::new(compact(&repetition.sub)),
        }),
        HirKind::Capture(capture) => Hir::capture(Capture {
            index: capture.index,
            name: capture.name.clone(),
            sub: Box::new(compact(&capture.sub)),
        }),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(compact).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(compact).collect()),
        _ => hir.clone(),
    }
}

/// A letter: most classes lack it, and to ask for one is quicker than to ask for all.
const HAN: char = '中';

fn holds(class: &ClassUnicode, c: char) -> bool {
    let at = class.ranges().partition_point(|range| range.end() < c);
    class.ranges().get(at).is_some_and(|range| range.start() <= c)
}

/// Whether a class holds nearly all characters beyond ASCII. Patterns are made of few classes, so what was found out is kept.
fn is_wide(class: &ClassUnicode) -> bool {
    thread_local! {
        static KNOWN: RefCell<Vec<(ClassUnicode, bool)>> = const { RefCell::new(Vec::new()) };
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some((_, wide)) = known.iter().find(|(other, _)| other == class) {
            return *wide;
        }
        let wide = holds_letters(class) || holds_all_beyond_ascii(class);
        if known.len() < KNOWN_MAX {
            known.push((class.clone(), wide));
        }
        wide
    })
}

/// Of how many classes that is kept.
const KNOWN_MAX: usize = 64;

/// Whether a class holds all letters; not if it says what it does not hold (`[^。]`): that may be beyond ASCII.
fn holds_letters(class: &ClassUnicode) -> bool {
    let mut common = class.clone();
    common.intersect(&LETTERS);
    common == *LETTERS && !holds(class, PRIVATE)
}

/// A character that no class names.
const PRIVATE: char = '\u{e000}';

/// Whether a class holds all characters beyond ASCII but white space, of which folded text has none.
fn holds_all_beyond_ascii(class: &ClassUnicode) -> bool {
    let mut missing = class.clone();
    missing.union(&SPACE);
    missing.negate();
    missing.iter().all(|range| range.end().is_ascii())
}

/// The characters of a class that are ASCII, and all beyond.
pub(super) fn bytes_of(class: &ClassUnicode) -> Hir {
    let mut ascii = class.clone();
    ascii.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
    let mut first = ascii.to_byte_class().expect("ASCII characters are bytes");
    first.push(ClassBytesRange::new(0xc2, 0xf4));
    let next = Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(0x80, 0xbf)])));
    let rest = Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub: Box::new(next) });
    Hir::concat(vec![Hir::class(Class::Bytes(first)), rest])
}

#[cfg(test)]
mod tests {
    use regex_automata::meta::Regex;

    use super::*;

    fn compacted(pattern: &str) -> Regex {
        Regex::builder().build_from_hir(&compact(&regex_syntax::parse(pattern).unwrap())).unwrap()
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
            assert_eq!(compact(&hir), hir, "{pattern}");
        }
    }
}
