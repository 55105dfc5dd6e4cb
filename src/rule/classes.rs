//! Tells which classes of a pattern hold nearly all characters beyond ASCII.

use std::cell::RefCell;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, ClassUnicode, HirKind};

static LETTERS: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"\p{L}"));
static SPACE: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"\s"));

fn class(name: &str) -> ClassUnicode {
    match regex_syntax::parse(name).expect("the class is valid").into_kind() {
        HirKind::Class(Class::Unicode(class)) => class,
        kind => unreachable!("a class of characters is not {kind:?}"),
    }
}

/// A letter: most classes lack it, and to ask for one is quicker than to ask for all.
const HAN: char = '中';

fn holds(class: &ClassUnicode, c: char) -> bool {
    let at = class.ranges().partition_point(|range| range.end() < c);
    class.ranges().get(at).is_some_and(|range| range.start() <= c)
}

/// Whether a class holds nearly all characters beyond ASCII. Patterns are made of few classes, so what was found out is kept.
pub(super) fn is_wide(class: &ClassUnicode) -> bool {
    if !holds(class, HAN) {
        return false;
    }
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
