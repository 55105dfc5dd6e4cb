//! How much of a document may go.

use crate::rule::kind::Kind;
use crate::rule::set::Ruleset;
use crate::rule::{Mode, RuleIdx};

use super::{Removal, words_of};

/// The largest share of its words that a document may lose. What an extractor left is mostly article; of a whole page
/// most may be menus.
fn most(mode: Mode) -> f64 {
    match mode {
        Mode::Extracted => 0.7,
        Mode::FullPage => 0.95,
    }
}

/// The words that the document would lose, if they are more than it may. Text whose copy stays is not lost.
pub(super) fn exceeded(rules: &Ruleset, mode: Mode, text: &[u8], removals: &[Removal], words: u64) -> Option<u64> {
    let keeps_copy = |rule: &RuleIdx| matches!(rules.rule(*rule).kind, Kind::Repeat(_));
    let lost = removals.iter().filter(|removal| !removal.rules.iter().all(keeps_copy));
    let lost: u64 = lost.map(|removal| words_of(text, removal.span)).sum();
    (lost as f64 > most(mode) * words as f64).then_some(lost)
}
