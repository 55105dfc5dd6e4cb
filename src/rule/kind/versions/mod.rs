//! Where a line that holds two versions of a paragraph side by side goes over from the earlier to the later.
//!
//! The line is divided at each place where one version may end and another begin, and each division is judged by what its
//! two sides share. The one whose sides have most pairs of neighbouring words in common (Dice's coefficient over word
//! bigrams, as in Kondrak, Marcu and Knight 2003, "Cognates can improve statistical translation models") is taken. A
//! paragraph that stands in one version only has no division that passes, and stays.

mod likeness;
mod parallel;

use crate::copies::tokens;
use crate::layout::{is_closing, is_terminal};

use likeness::Held;

/// Where in a folded line the later of two changed versions starts, if it holds two.
pub fn earlier(text: &str) -> Option<usize> {
    let line = Line::of(text);
    let divisions =
        (1..line.words.len()).filter_map(|at| line.divided_before(at)).filter(Division::is_between_versions);
    let best = divisions.max_by(|one, other| one.alike.total_cmp(&other.alike));
    best.map(|division| division.left.text.len())
}

/// What a version may open with.
const QUOTES: [char; 3] = ['"', '\'', '('];

/// A line, and what is counted once for all its divisions, so that they take linear time together.
struct Line<'t> {
    text: &'t str,
    words: Vec<Word<'t>>,
    /// Whether it has no full stop at its end.
    is_title: bool,
    /// Where its quotes stand.
    quotes: Vec<usize>,
    /// How alike the two sides of each division are.
    alike: Vec<f64>,
    held: Held,
}

impl<'t> Line<'t> {
    fn of(text: &'t str) -> Self {
        let words = words(text);
        let hashes: Vec<u64> = words.iter().map(|word| word.hash).collect();
        Self {
            text,
            words,
            is_title: !text.trim_end().ends_with(|c: char| is_terminal(c) || is_closing(c)),
            quotes: text.match_indices('"').map(|(at, _)| at).collect(),
            alike: likeness::by_pairs(&hashes),
            held: Held::of(&hashes),
        }
    }

    /// The line in two, the later part from its word `at` on, if versions may meet there.
    fn divided_before(&self, at: usize) -> Option<Division<'_>> {
        let word = &self.words[at];
        let gap = Gap::of(word.before, self.is_title)?;
        let start = word.start - self.opening(gap, word.before);
        let (left, right) = self.text.split_at(start);
        let (words_left, words_right) = self.words.split_at(at);
        Some(Division {
            gap,
            left: Side { text: left, words: words_left },
            right: Side { text: right, words: words_right },
            alike: self.alike[at],
            one_holds_the_other: self.held.at(at),
            closes_quotes: self.closes_quotes(start),
        })
    }

    /// How many bytes of a gap belong to the later version: what stands behind the last space, or if there is none, a quote
    /// if the earlier version starts with one, too.
    fn opening(&self, gap: Gap, between: &str) -> usize {
        match gap {
            Gap::Glued => usize::from(self.text.starts_with(QUOTES) && between.ends_with(QUOTES)),
            Gap::Spaced | Gap::Title => between.rsplit(' ').next().map_or(0, str::len),
        }
    }

    /// Whether no quotation stands open where the later version starts, nor at its end.
    fn closes_quotes(&self, start: usize) -> bool {
        let left = self.quotes.partition_point(|&quote| quote < start);
        left.is_multiple_of(2) && self.quotes.len().is_multiple_of(2)
    }
}

/// A line in two.
struct Division<'l> {
    gap: Gap,
    left: Side<'l>,
    right: Side<'l>,
    alike: f64,
    one_holds_the_other: bool,
    closes_quotes: bool,
}

/// What stands on one side of a division.
struct Side<'l> {
    text: &'l str,
    words: &'l [Word<'l>],
}

/// The fewest words of a version that the other one holds as a whole: a few words may be said again and gone on with.
const HELD_WORDS_MIN: usize = 6;

/// How alike two versions are: reports of one kind have sentences that begin or end alike.
const ALIKE: f64 = 0.6;

/// How alike they are if they begin alike and no space stands between them, which is a sign in itself.
const ALIKE_GLUED: f64 = 0.25;

/// How alike they are if they begin alike and are long; sentences of one paragraph that begin alike reach about 0.3.
const ALIKE_LONG: f64 = 0.4;

/// From how many words on versions are long.
const LONG_WORDS: usize = 12;

/// How many last words versions have in common whose first words differ.
const LAST_WORDS: usize = 3;

impl Division<'_> {
    /// Whether its sides are two versions.
    fn is_between_versions(&self) -> bool {
        self.closes_quotes && (self.extends_a_version() || self.changes_a_version())
    }

    /// Whether a version was made longer or shorter at one end, however much. In a title nothing shows that the shorter one
    /// is complete.
    fn extends_a_version(&self) -> bool {
        self.one_holds_the_other && self.gap != Gap::Title && self.words_of_shorter() >= HELD_WORDS_MIN
    }

    /// Whether a version was changed, but so little that it can be told from another sentence of the same text.
    fn changes_a_version(&self) -> bool {
        self.words_of_shorter() >= self.gap.words_min()
            && self.alike >= self.alike_min()
            && (self.begins_alike() || self.ends_alike())
            && !self.may_be_parallel()
    }

    fn may_be_parallel(&self) -> bool {
        self.gap == Gap::Spaced && parallel::may_be(&self.left, &self.right)
    }

    /// How alike its sides must be.
    fn alike_min(&self) -> f64 {
        match self.gap {
            Gap::Glued if self.begins_alike() => ALIKE_GLUED,
            Gap::Spaced if self.begins_alike() && self.words_of_shorter() >= LONG_WORDS => ALIKE_LONG,
            _ => ALIKE,
        }
    }

    fn begins_alike(&self) -> bool {
        self.left.words[0] == self.right.words[0]
    }

    fn ends_alike(&self) -> bool {
        self.left.words.last_chunk::<LAST_WORDS>().is_some_and(|end| self.right.words.ends_with(end))
    }

    fn words_of_shorter(&self) -> usize {
        self.left.words.len().min(self.right.words.len())
    }
}

/// What stands between two versions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// A full stop and no space, which no author writes.
    Glued,
    /// A full stop and a space, as between any two sentences.
    Spaced,
    /// A space in a title, which has no full stop.
    Title,
}

impl Gap {
    /// The gap of what stands between two words, if versions may meet there.
    fn of(between: &str, in_title: bool) -> Option<Self> {
        match (between.rfind(is_terminal), between.rfind(' ')) {
            (Some(stop), Some(space)) if space > stop => Some(Self::Spaced),
            (Some(_), None) => Some(Self::Glued),
            (None, Some(_)) if in_title => Some(Self::Title),
            _ => None,
        }
    }

    /// The fewest words of a version on either side: two short sentences that are built alike are a figure of speech.
    fn words_min(self) -> usize {
        match self {
            Self::Glued | Self::Title => 4,
            Self::Spaced => 8,
        }
    }
}

/// A word of a line.
struct Word<'t> {
    /// What stands between the word before it and this one.
    before: &'t str,
    text: &'t str,
    start: usize,
    hash: u64,
}

impl PartialEq for Word<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut end = 0;
    let words = tokens(text).map(|(range, hash)| {
        let before = &text[end..range.start];
        end = range.end;
        Word { before, start: range.start, text: &text[range], hash }
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(text: &str) -> Option<&str> {
        earlier(text).map(|start| &text[start..])
    }

    #[test]
    fn a_changed_version_is_found_by_what_the_two_share() {
        let text = "oslo - the board fired its chief on monday after a review of the accounts of the harbour. \
                    oslo - the board fired its chief on tuesday after a long review of the accounts of the harbour.";
        assert_eq!(
            later(text),
            Some("oslo - the board fired its chief on tuesday after a long review of the accounts of the harbour.")
        );
    }

    #[test]
    fn versions_may_be_glued_and_quoted() {
        let text = "\"we will rebuild the bridge by may,\" she told the council.\"we will rebuild the bridge by june,\" she told the council.";
        assert_eq!(later(text), Some("\"we will rebuild the bridge by june,\" she told the council."));
    }

    #[test]
    fn a_mark_of_several_bytes_is_not_cut() {
        let text = "\"we will\" rebuild the bridge by may.«we will rebuild the bridge by june.";
        assert_eq!(later(text), Some("we will rebuild the bridge by june."));
    }

    #[test]
    fn a_version_may_hold_the_other_as_a_whole() {
        for (text, version) in [
            (
                "boats carried the sick to hilo. boats carried the sick to hilo, where the doctors of three ships had set up \
                 their tents.",
                "boats carried the sick to hilo, where the doctors of three ships had set up their tents.",
            ),
            (
                "boats carried the sick to hilo, where the doctors of three ships had set up their tents. boats carried the \
                 sick to hilo.",
                "boats carried the sick to hilo.",
            ),
            (
                "its depth was 6.2. the wave came at 3:36 a.m., when they slept. the wave came at 3:36 a.m., when they slept.",
                "the wave came at 3:36 a.m., when they slept.",
            ),
        ] {
            assert_eq!(later(text), Some(version));
        }
        assert_eq!(
            later("it rained on hilo all day. it rained on hilo, where nobody had an umbrella, the mayor said."),
            None
        );
        assert_eq!(later("the sea rose. the sea rose so fast that nobody on the pier could reach the gate."), None);
    }

    #[test]
    fn one_number_may_be_another() {
        let text = "at least 73 boats were lost, officials said. at least 120 boats were lost, officials said.";
        assert_eq!(later(text), Some("at least 120 boats were lost, officials said."));
    }

    #[test]
    fn long_versions_may_end_alike() {
        let text = "divers were to look at the hull of the boat on friday, once the wind had dropped and the rain had gone. \
                    divers looked at the hull of the boat on monday, once the wind had dropped and the rain had gone.";
        assert!(later(text).is_some_and(|version| version.starts_with("divers looked")));
    }

    #[test]
    fn the_dateline_may_be_another() {
        let text = "hilo - the crew closed the road to the pier at noon on friday, and nobody but sailors was let in. \
                    kona, hawaii - the crew closed the road to the pier at noon on friday, and nobody but sailors was let in.";
        assert!(later(text).is_some_and(|version| version.starts_with("kona, hawaii - the crew")));
        let text = "in hilo the crew closed the road to the pier at noon. in kona the crew closed the road to the pier at noon.";
        assert_eq!(later(text), None);
    }

    #[test]
    fn sentences_that_begin_alike_are_one_version() {
        for text in [
            "mr. olsen said the harbour would stay open all night. mr. olsen said he had not slept for two days.",
            "harbour keeper ann holm hurt her knee in the third race and didn't return. \
             ... harbour pilot joe marsh also hurt his knee in the second heat and didn't return.",
            "keeper ann holm of lusk hurt her knee in the third race and didn't return. \
             ... pilot joe marsh also hurt her knee in the second race and didn't return.",
            "\"we will not be sold to the highest bidder from the mainland this year or in any other year. \
             we will not be sold to the lowest bidder from the mainland this year or in any other year,\" she said.",
            "the first engineer said that the beams were sound and should be left. \
             the second engineer said that the beams were rotten and should be taken out.",
            "it was the best pier on the coast. it was the worst pier on the coast.",
            "in hilo, mr. olsen won 52 percent of the vote and carried 61 of the town's 88 streets. \
             in kona, mr. olsen won 51 percent of the vote and carried 60 of the town's 99 streets.",
            "the rowers made 15 of 32 long strokes in race 1 of the series and won by 22 feet at home. \
             the rowers made 18 of 43 long strokes in race 2 of the series and won by 19 feet at home.",
            "race 1 was won by the rowers of hilo in the rain. race 2 was won by the rowers of hilo in the rain.",
            "by 2015 the keepers had lost half of their pay. by 2016 the keepers had lost half of their pay.",
            "\"we will not rest until every boat in this bay has a crew and a light and a bell,\" the mayor said. \
             \"we will not rest until every house in this bay has a crew and a light and a roof.\"",
            "in 2015 the trust lost 2 million dollars. in 2016 the trust lost 3 million dollars.",
            "the river rose by two metres overnight. the army sent boats to the villages on the other side.",
        ] {
            assert_eq!(later(text), None, "{text}");
        }
    }
}
