//! A simpler pattern that matches whatever a pattern matches, and is asked first: it denies most lines, compiles in a fraction
//! of the time and takes a fraction of the memory.
//!
//! What costs most in a pattern are its counts (`.{40,2500}` is thousands of states) and its classes of characters beyond ASCII
//! (`\p{Lu}` is a thousand), and a DFA cannot tell word boundaries beside such characters. What denies a line is seldom any of
//! these.

use regex_syntax::hir::Look;

use super::dfa::{self, LazyDfa};
use super::form::{CharClass, Form, Part};

/// The largest count that stays.
const COUNT_MAX: u32 = 4;

/// The most ranges of a class that stays though it holds characters beyond ASCII.
const RANGES_MAX: usize = 8;

/// The simpler form of a pattern, compiled.
#[derive(Debug)]
pub(super) struct Relaxed {
    /// None if even this is too large.
    dfa: Option<LazyDfa>,
    /// Whether it matches nothing that the pattern does not.
    is_exact: bool,
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
    /// That of a pattern.
    pub(super) fn of(pattern: &Form) -> Self {
        let mut is_exact = true;
        let root = relax(&pattern.root, &mut is_exact);
        let classes = pattern.classes.iter().map(|class| relax_class(class, &mut is_exact)).collect();
        let nfa = dfa::compile(&Form { root, classes }.hir());
        Self { dfa: nfa.ok().map(LazyDfa::of), is_exact }
    }

    /// Whether the pattern matches somewhere in a text.
    pub(super) fn answer(&self, text: &str) -> Answer {
        match self.dfa.as_ref().and_then(|dfa| dfa.is_match(text)) {
            Some(false) => Answer::No,
            Some(true) if self.is_exact => Answer::Yes,
            _ => Answer::Maybe,
        }
    }
}

/// The simpler form of a part of a pattern; `is_exact` becomes false if that matches more.
fn relax(part: &Part, is_exact: &mut bool) -> Part {
    match part {
        Part::Look(look) if ![Look::Start, Look::End].map(Look::as_repr).contains(look) => {
            *is_exact = false;
            Part::Empty
        }
        &Part::Repetition { min, max, ref part, .. } => {
            let counts_far = min.max(max.unwrap_or(0)) > COUNT_MAX;
            *is_exact &= !counts_far;
            let (min, max) = if counts_far { (min.min(COUNT_MAX), None) } else { (min, max) };
            Part::Repetition { min, max, greedy: true, part: Box::new(relax(part, is_exact)) }
        }
        // Where groups stand is not asked.
        Part::Group(_, _, part) => relax(part, is_exact),
        Part::Concat(parts) => Part::Concat(parts.iter().map(|part| relax(part, is_exact)).collect()),
        Part::Alternation(parts) => Part::Alternation(parts.iter().map(|part| relax(part, is_exact)).collect()),
        Part::Empty | Part::Look(_) | Part::Literal(_) | Part::Class(_) => part.clone(),
    }
}

fn relax_class(class: &CharClass, is_exact: &mut bool) -> CharClass {
    if class.is_wide || class.is_ascii() || class.ranges.len() <= RANGES_MAX {
        return class.clone();
    }
    *is_exact = false;
    class.widened()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers<const N: usize>(pattern: &str, texts: [&str; N]) -> [Answer; N] {
        let relaxed = Relaxed::of(&Form::of(&regex_syntax::parse(pattern).unwrap()));
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
