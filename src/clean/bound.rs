//! How much of a document may go.

use crate::layout::{self, Layout};
use crate::rule::kind::Kind;
use crate::rule::set::Ruleset;
use crate::rule::{Mode, RuleIdx};

use super::{Left, Removal};

/// The largest share of its words that a document may lose. What an extractor left is mostly article; of a whole page
/// most may be menus.
fn most(mode: Mode) -> f64 {
    match mode {
        Mode::Extracted => 0.7,
        Mode::FullPage => 0.95,
    }
}

/// Why the document is left alone, if it would lose more words than it may. Text whose copy stays is not lost.
pub(super) fn exceeded(rules: &Ruleset, mode: Mode, document: &Layout, removals: &[Removal]) -> Option<Left> {
    let keeps_copy = |rule: &RuleIdx| matches!(rules.rule(*rule).kind, Kind::Repeat(_));
    let lost = removals.iter().filter(|removal| !removal.rules.iter().all(keeps_copy));
    let lost: u64 = lost.map(|removal| u64::from(layout::words(removal.span.of(document.text())))).sum();
    let is_too_much = |words: u64| lost as f64 > most(mode) * words as f64;
    let mut words = 0;
    // Most documents lose little, and have words enough in their first lines.
    for line in 0..document.lines().len() {
        if !is_too_much(words) {
            return None;
        }
        words += u64::from(document.words_of(line));
    }
    is_too_much(words).then_some(Left::OverBound { lost, words })
}
