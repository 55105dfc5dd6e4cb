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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{Outcome, clean};
    use crate::text::document::Document;

    const RULES: &str = r#"
[[line]]
id = "named"
category = "ad"
any = ["ad"]
why = "test"

[[line]]
id = "unsure"
category = "ad"
any = ["ad", "guess"]
confidence = "low"
why = "test"

[[block]]
id = "box"
category = "ad"
from = "box"
through = "end"
max_lines = 3
why = "test"

[[repeat]]
id = "copies"
category = "duplicate"
unit = "paragraph"
why = "test"
"#;

    /// Why a text is left alone, if it is: the words that it would have lost, and whether only those are meant that no rule
    /// names.
    fn left(text: &str, options: Options) -> Option<(u64, u64, bool)> {
        let rules = Ruleset::builder().bundled(false).text("x.toml", RULES).build().unwrap();
        match clean(&rules, &Document::new(text.as_bytes()), &Options { aggressive: true, ..options }).outcome {
            Outcome::Left(Left::OverBound { lost, words, vague }) => Some((lost, words, vague)),
            Outcome::Left(Left::Unstable) => panic!("it is stable"),
            Outcome::Cleaned | Outcome::Unchanged => None,
        }
    }

    /// A text with so many words that a rule names, that a rule guesses, and that stay.
    fn text(named: usize, guessed: usize, others: usize) -> String {
        ["ad\n".repeat(named), "guess\n".repeat(guessed), "word ".repeat(others)].concat()
    }

    fn at_most(share: f64) -> Options {
        Options { max_removed: Some(share), ..Options::default() }
    }

    #[test]
    fn an_extracted_text_may_lose_seven_tenths_of_its_words_and_a_page_nearly_all() {
        assert_eq!(left(&text(7, 0, 3), Options::default()), None);
        assert_eq!(left(&text(8, 0, 2), Options::default()), Some((8, 10, false)));
        let page = Options { mode: Mode::FullPage, ..Options::default() };
        assert_eq!(left(&text(19, 0, 1), page.clone()), None);
        assert_eq!(left(&text(20, 0, 0), page), Some((20, 20, false)));
    }

    #[test]
    fn a_chosen_share_is_for_words_that_no_rule_names() {
        assert_eq!(left(&text(7, 0, 3), at_most(0.2)), None);
        assert_eq!(left(&text(4, 2, 4), at_most(0.2)), None);
        assert_eq!(left(&text(4, 3, 3), at_most(0.2)), Some((3, 10, true)));
        assert_eq!(left(&text(4, 3, 3), Options::default()), None);
        let block = format!("box\nlines\nend\n{}", text(0, 0, 7));
        assert_eq!(left(&block, at_most(0.2)), Some((3, 10, true)));
    }

    #[test]
    fn a_share_above_the_usual_is_for_all_rules() {
        assert_eq!(left(&text(9, 0, 1), at_most(0.9)), None);
        assert_eq!(left(&text(10, 0, 0), at_most(0.9)), Some((10, 10, false)));
        assert_eq!(left(&text(10, 0, 0), at_most(1.0)), None);
    }

    #[test]
    fn text_whose_copy_stays_is_not_lost() {
        let prose = "The council met on Monday evening and voted for the new harbour.\n\n";
        assert_eq!(left(&prose.repeat(5), at_most(0.1)), None);
    }
}
