//! Makes the classes of a pattern small that hold all letters of all scripts.
//!
//! `\w` compiles to some hundred states for each time that it may repeat, `[\w ]{2,60}` to megabytes. Folded text holds few
//! characters beyond ASCII that are no letters, so for a pattern all of them are word characters, which takes three states.

use std::sync::LazyLock;

use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

static WORD: LazyLock<ClassUnicode> = LazyLock::new(|| {
    let hir = regex_syntax::parse(r"\w").expect("the class is valid");
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => class,
        kind => unreachable!("a class of characters is not {kind:?}"),
    }
});

/// The pattern with each class that holds all word characters holding all characters beyond ASCII.
pub(super) fn widened(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) if holds_words(class) => {
            let mut wide = class.clone();
            wide.union(&ClassUnicode::new([ClassUnicodeRange::new('\u{80}', char::MAX)]));
            Hir::class(Class::Unicode(wide))
        }
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min,
            max: repetition.max,
            greedy: repetition.greedy,
            sub: Box::new(widened(&repetition.sub)),
        }),
        HirKind::Capture(capture) => Hir::capture(Capture {
            index: capture.index,
            name: capture.name.clone(),
            sub: Box::new(widened(&capture.sub)),
        }),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(widened).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(widened).collect()),
        _ => hir.clone(),
    }
}

/// Whether a class holds all word characters; not if it says what it does not hold (`[^。]`): that may be beyond ASCII, and
/// such a class is small.
fn holds_words(class: &ClassUnicode) -> bool {
    let mut common = class.clone();
    common.intersect(&WORD);
    let is_negated = class.iter().any(|range| range.start() <= PRIVATE && PRIVATE <= range.end());
    common == *WORD && !is_negated
}

/// A character that no class names.
const PRIVATE: char = '\u{e000}';

#[cfg(test)]
mod tests {
    use super::*;

    fn widened_text(pattern: &str) -> String {
        widened(&regex_syntax::parse(pattern).unwrap()).to_string()
    }

    #[test]
    fn classes_with_all_word_characters_hold_all_beyond_ascii() {
        let regex =
            regex::Regex::new(&format!("^(?:{})$", widened_text(r"(?P<junk>[\w ]+), \p{Lu}\w*?\.{2,3}|[^a-z]")));
        let regex = regex.unwrap();
        for (text, matches) in
            [("Łódź, Übel..", true), ("a-b, Ub..", false), ("x, üb..", false), ("b", false), ("é", true)]
        {
            assert_eq!(regex.is_match(text), matches, "{text}");
        }
        assert_eq!(regex.captures("Łódź 1, Übel..").unwrap().name("junk").unwrap().as_str(), "Łódź 1");
    }

    #[test]
    fn other_classes_stay() {
        for pattern in ["[a-zé]+", "[^。、]+", r"\p{Lu}", r"[0-9]{2}", "."] {
            assert_eq!(widened_text(pattern), regex_syntax::parse(pattern).unwrap().to_string());
        }
    }
}
