//! How much of a document may go.

use crate::layout::{self, Layout};
use crate::rule::kind::{Depends, Kind};
use crate::rule::set::Ruleset;
use crate::rule::{Confidence, Mode, Rule};

use super::{Left, Options, Removal};

/// The largest share of its words that a document may lose, if nobody says another one. What an extractor left is mostly
/// article; of a whole page most may be menus.
fn share(mode: Mode) -> f64 {
    match mode {
        Mode::Extracted => 0.7,
        Mode::FullPage => 0.95,
    }
}

/// How many words a document loses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// To all rules together. Text whose copy stays is not lost.
    pub words: u64,
    /// Of these, to rules that do not name each word that they delete.
    pub vaguely: u64,
}

impl Lost {
    /// The words that go with some removals.
    pub(super) fn of(rules: &Ruleset, document: &Layout, removals: &[Removal]) -> Self {
        let mut lost = Self::default();
        for removal in removals {
            let mut causes = removal.rules.iter().map(|&rule| rules.rule(rule));
            if causes.clone().all(|rule| matches!(rule.kind, Kind::Repeat(_))) {
                continue;
            }
            let words = u64::from(layout::words(removal.span.of(document.text())));
            lost.words += words;
            lost.vaguely += if causes.all(is_vague) { words } else { 0 };
        }
        lost
    }
}

/// Why the document is left alone, if it would lose more words than it may.
///
/// Who says a share speaks of rules that do not name each word that they delete. What other rules delete may be more,
/// up to the share of the mode.
pub(super) fn exceeded(options: &Options, document: &Layout, lost: Lost) -> Option<Left> {
    let usual = share(options.mode);
    let most = options.max_removed.unwrap_or(usual);
    let bounds = [(lost.words, most.max(usual), false), (lost.vaguely, most, true)];
    let exceeded = |words: u64| {
        bounds.iter().find(|&&(lost, most, _)| lost as f64 > most * words as f64).map(|&(lost, _, vague)| (lost, vague))
    };
    let mut words = 0;
    // Most documents lose little, and have words enough in their first lines.
    for line in 0..document.lines().len() {
        exceeded(words)?;
        words += u64::from(document.words_of(line));
    }
    exceeded(words).map(|(lost, vague)| Left::OverBound { lost, words, vague })
}

/// Whether a rule deletes words that it does not name: it goes by where they stand, or it is not sure.
fn is_vague(rule: &Rule) -> bool {
    rule.kind.depends() != Depends::Line || rule.confidence == Confidence::Low
}
