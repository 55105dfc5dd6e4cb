//! Where a line that holds two versions of a paragraph side by side goes over from the earlier to the later.
//!
//! The two are told apart by what they share: of all places where a sentence ends, the one whose two sides have most pairs
//! of neighbouring words in common (Dice's coefficient over word bigrams, as in Kondrak, Marcu and Knight 2003, "Cognates
//! can improve statistical translation models") divides them, if they have enough. A paragraph that stands in one version
//! only has no such place and stays.

mod likeness;

use std::ops::Range;

use crate::copies::tokens;
use crate::layout::is_terminal;

use likeness::Held;

/// The fewest words of a version.
const WORDS_MIN: usize = 4;

/// How alike two versions are that a space divides; sentences of one paragraph that begin alike reach about 0.3.
const ALIKE_SPACED: f64 = 0.4;

/// The fewest words of versions that a space divides: two short sentences that are built alike are a figure of speech.
const SPACED_WORDS_MIN: usize = 8;

/// Below this many words, versions that a space divides must be more alike.
const LONG_WORDS: usize = 12;

/// How alike such short versions are.
const ALIKE_SHORT: f64 = 0.6;

/// Below this many words, two single sentences that a space divides are versions only if they begin alike and nearly all
/// words are the same: sentences in parallel ("The first engineer said that … The second engineer said that …") put other
/// words in the same places.
const PARALLEL_WORDS: usize = 30;

/// From this many words on, such versions may also end alike: no author writes so many equal words in two sentences in
/// parallel.
const LONG_PARALLEL_WORDS: usize = 15;

/// With how many equal words they end.
const PARALLEL_END: usize = 8;

/// With how many equal words such versions begin, and which share of the shorter one's words the other has.
const PARALLEL_START: usize = 4;
const PARALLEL_SHARED: f64 = 0.85;

/// The most words of a dateline.
const DATELINE_WORDS: usize = 5;

/// The fewest words of a version that the other one holds as a whole, from its start or to its end.
const HELD_WORDS: usize = 6;

/// How alike two versions are that are glued together: a full stop with a letter right behind it is a sign in itself.
const ALIKE_GLUED: f64 = 0.25;

/// How alike two versions are that begin with different words: sentences that end alike are common in reports of one kind.
const ALIKE_FROM_END: f64 = 0.6;

/// How alike two versions of a title are, which has no full stop to divide them.
const ALIKE_TITLE: f64 = 0.6;

/// Where in a folded line the later of two changed versions starts, if it holds two.
pub fn earlier(text: &str) -> Option<usize> {
    let words: Vec<(Range<usize>, u64)> = tokens(text).collect();
    if words.len() < 2 * WORDS_MIN {
        return None;
    }
    let is_title = !text.trim_end().ends_with(|c: char| is_terminal(c) || crate::layout::is_closing(c));
    let hashes: Vec<u64> = words.iter().map(|word| word.1).collect();
    let likeness = likeness::by_pairs(&hashes);
    let held = Held::of(&hashes);
    // A division inside a quotation would leave it open on one side.
    let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    let candidate = |at: usize| {
        let gap = words[at - 1].0.end..words[at].0.start;
        let (start, needed) = division(text, &gap, is_title)?;
        let alike = likeness[at];
        let quotes_left = quotes.partition_point(|&quote| quote < start);
        let whole = quotes_left.is_multiple_of(2) && (quotes.len() - quotes_left).is_multiple_of(2);
        let shorter = at.min(words.len() - at);
        if whole && needed != ALIKE_TITLE && shorter >= HELD_WORDS && held.at(at) {
            return Some((start, alike));
        }
        if !whole || (needed == ALIKE_SPACED && shorter < SPACED_WORDS_MIN) {
            return None;
        }
        if needed == ALIKE_SPACED
            && shorter < PARALLEL_WORDS
            && is_one_sentence(&text[..words[at - 1].0.end])
            && is_one_sentence(&text[start..words[words.len() - 1].0.end])
            && !(close_alike(&text[..start], &text[start..]) && differ_little(text, &words[..at], &words[at..]))
        {
            return None;
        }
        let needed = if shorter < LONG_WORDS && needed == ALIKE_SPACED { ALIKE_SHORT } else { needed };
        let needed = if words[0].1 == words[at].1 { needed } else { needed.max(ALIKE_FROM_END) };
        (alike >= needed && share_an_edge(&words, at)).then_some((start, alike))
    };
    let candidates = (WORDS_MIN..=words.len() - WORDS_MIN).filter_map(candidate);
    candidates.max_by(|left, right| left.1.total_cmp(&right.1)).map(|(start, _)| start)
}

/// Where the later version would start if the two were divided in the gap between two words, and how alike they must be.
fn division(text: &str, gap: &Range<usize>, is_title: bool) -> Option<(usize, f64)> {
    let between = &text[gap.clone()];
    let stop = between.rfind(is_terminal);
    match (stop, between.rfind(' ')) {
        (Some(stop), Some(space)) if space > stop => Some((gap.start + space + 1, ALIKE_SPACED)),
        (Some(_), None) => Some((gap.end - opening(text, gap.end), ALIKE_GLUED)),
        (None, Some(space)) if is_title => Some((gap.start + space + 1, ALIKE_TITLE)),
        _ => None,
    }
}

/// How many bytes of the quotes between a full stop and the glued next word belong to the later version: one if it
/// starts as the earlier did, with a quote.
fn opening(text: &str, end: usize) -> usize {
    let quotes = ['"', '\'', '('];
    usize::from(text.starts_with(quotes) && text[..end].ends_with(quotes))
}

/// Whether no sentence ends within a text that stops before its last full stop.
fn is_one_sentence(text: &str) -> bool {
    !text.match_indices(". ").any(|(at, _)| text[..at].chars().rev().take_while(|c| c.is_alphanumeric()).count() > 3)
        && !text.contains(['!', '?'])
}

/// Whether two quotations both name their speaker behind them, or neither does: one that goes on behind the speaker's name
/// is not a version of what stood before it.
fn close_alike(left: &str, right: &str) -> bool {
    let ends_quoted = |text: &str| text.trim_end().ends_with('"');
    !(left.starts_with('"') && right.starts_with('"')) || ends_quoted(left) == ends_quoted(right)
}

/// Whether two versions begin with the same words and have nearly all others in common, or are long and end with the same
/// words. One number may be another: the later report knows of more.
fn differ_little(text: &str, left: &[(Range<usize>, u64)], right: &[(Range<usize>, u64)]) -> bool {
    let (shorter, longer) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let stands_in = |word: &(Range<usize>, u64)| longer.iter().any(|other| other.1 == word.1);
    let other_numbers = shorter.iter().filter(|word| is_digits(&text[word.0.clone()]) && !stands_in(word)).count();
    let may_count = |left: &(Range<usize>, u64), right: &(Range<usize>, u64)| {
        other_numbers == 1 && count_alike(&text[left.0.clone()], &text[right.0.clone()])
    };
    let same = |left: &(Range<usize>, u64), right: &(Range<usize>, u64)| left.1 == right.1 || may_count(left, right);
    let start = shorter.iter().zip(longer).take_while(|pair| same(pair.0, pair.1)).count();
    let end = equal_end(left, right);
    if shorter.len() >= LONG_PARALLEL_WORDS && other_numbers <= 1 && start > 0 && end >= PARALLEL_END {
        return true;
    }
    let shared = shorter.iter().filter(|word| longer.iter().any(|other| same(word, other))).count();
    let begins_alike = start >= PARALLEL_START || differ_in_dateline(text, left, right, end);
    begins_alike && shared as f64 >= PARALLEL_SHARED * shorter.len() as f64
}

/// With how many equal words two versions end.
fn equal_end(left: &[(Range<usize>, u64)], right: &[(Range<usize>, u64)]) -> usize {
    left.iter().rev().zip(right.iter().rev()).take_while(|pair| pair.0.1 == pair.1.1).count()
}

/// Whether two versions, with so many equal words at their end, are the same behind a few words and a dash: the report
/// came from another place.
fn differ_in_dateline(text: &str, left: &[(Range<usize>, u64)], right: &[(Range<usize>, u64)], end: usize) -> bool {
    let stands_behind_dateline = |side: &[(Range<usize>, u64)]| {
        let place = side.len() - end;
        (1..=DATELINE_WORDS).contains(&place) && text[side[place - 1].0.end..side[place].0.start].contains(" -")
    };
    end >= PARALLEL_END && stands_behind_dateline(left) && stands_behind_dateline(right)
}

fn is_digits(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether two words are numbers of which one may be the other's correction: no years, and no two single digits, which
/// number the games of a series or the floors of a house.
fn count_alike(left: &str, right: &str) -> bool {
    let is_year = |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    let counts = |word: &str| is_digits(word) && !is_year(word);
    counts(left) && counts(right) && left.len().max(right.len()) >= 2
}

/// Whether two versions have the first word or the last three in common.
fn share_an_edge(words: &[(Range<usize>, u64)], at: usize) -> bool {
    let (left, right) = words.split_at(at);
    let last = |side: &[(Range<usize>, u64)]| side[side.len() - 3..].iter().map(|word| word.1).collect::<Vec<_>>();
    left[0].1 == right[0].1 || last(left) == last(right)
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
