//! Where a line that holds two versions of a paragraph side by side goes over from the earlier to the later.
//!
//! The two are told apart by what they share: of all places where a sentence ends, the one whose two sides have most pairs
//! of neighbouring words in common (Dice's coefficient over word bigrams, as in Kondrak, Marcu and Knight 2003, "Cognates
//! can improve statistical translation models") divides them, if they have enough. A paragraph that stands in one version
//! only has no such place and stays.

use std::collections::HashMap;
use std::ops::Range;

use crate::copies::tokens;
use crate::layout::is_terminal;

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
const PARALLEL_WORDS: usize = 15;

/// With how many equal words such versions begin, and which share of the shorter one's words the other has.
const PARALLEL_START: usize = 4;
const PARALLEL_SHARED: f64 = 0.85;

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
    let divisions = Divisions::of(&words);
    // A division inside a quotation would leave it open on one side.
    let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    let candidate = |at: usize| {
        let gap = words[at - 1].0.end..words[at].0.start;
        let (start, needed) = division(text, &gap, is_title)?;
        let alike = divisions.alike[at];
        let quotes_left = quotes.partition_point(|&quote| quote < start);
        let whole = quotes_left.is_multiple_of(2) && (quotes.len() - quotes_left).is_multiple_of(2);
        let shorter = at.min(words.len() - at);
        if !whole || (needed == ALIKE_SPACED && shorter < SPACED_WORDS_MIN) {
            return None;
        }
        if needed == ALIKE_SPACED
            && shorter < PARALLEL_WORDS
            && is_one_sentence(&text[..words[at - 1].0.end])
            && is_one_sentence(&text[start..words[words.len() - 1].0.end])
            && !differ_little(&words[..at], &words[at..])
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

/// Whether two versions begin with the same words and have nearly all others in common.
fn differ_little(left: &[(Range<usize>, u64)], right: &[(Range<usize>, u64)]) -> bool {
    let (shorter, longer) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let start = shorter.iter().zip(longer).take_while(|pair| pair.0.1 == pair.1.1).count();
    let shared = shorter.iter().filter(|word| longer.iter().any(|other| other.1 == word.1)).count();
    start >= PARALLEL_START && shared as f64 >= PARALLEL_SHARED * shorter.len() as f64
}

/// Whether two versions have the first word or the last three in common.
fn share_an_edge(words: &[(Range<usize>, u64)], at: usize) -> bool {
    let (left, right) = words.split_at(at);
    let last = |side: &[(Range<usize>, u64)]| side[side.len() - 3..].iter().map(|word| word.1).collect::<Vec<_>>();
    left[0].1 == right[0].1 || last(left) == last(right)
}

/// For each place between two words, how alike the two sides are.
struct Divisions {
    alike: Vec<f64>,
}

impl Divisions {
    /// One sweep: a word pair moves from the right side to the left, and the number of shared pairs is kept up.
    fn of(words: &[(Range<usize>, u64)]) -> Self {
        let pairs: Vec<(u64, u64)> = words.windows(2).map(|pair| (pair[0].1, pair[1].1)).collect();
        let mut right: HashMap<(u64, u64), i64> = HashMap::new();
        pairs.iter().for_each(|&pair| *right.entry(pair).or_default() += 1);
        let mut left: HashMap<(u64, u64), i64> = HashMap::new();
        let mut shared = 0_i64;
        let mut alike = vec![0.0; words.len()];
        for at in 1..words.len() {
            // The pair that is cut by the division belongs to neither side.
            if at >= 2 {
                let count = left.entry(pairs[at - 2]).or_default();
                *count += 1;
                shared += i64::from(*count <= right.get(&pairs[at - 2]).copied().unwrap_or(0));
            }
            let cut = pairs[at - 1];
            let count = right.entry(cut).or_default();
            shared -= i64::from(left.get(&cut).copied().unwrap_or(0) >= *count);
            *count -= 1;
            let total = (at - 1) + (words.len() - at - 1);
            alike[at] = if total == 0 { 0.0 } else { 2.0 * shared as f64 / total as f64 };
        }
        Self { alike }
    }
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
            "in 2015 the trust lost 2 million dollars. in 2016 the trust lost 3 million dollars.",
            "the river rose by two metres overnight. the army sent boats to the villages on the other side.",
        ] {
            assert_eq!(later(text), None, "{text}");
        }
    }

    #[test]
    fn the_shared_pairs_are_counted_as_a_slow_count_does() {
        let text = "a b c a b d. a b c e. a b d c";
        let words: Vec<_> = tokens(text).collect();
        let fast = Divisions::of(&words).alike;
        for at in 1..words.len() {
            let pairs =
                |side: &[(Range<usize>, u64)]| side.windows(2).map(|pair| (pair[0].1, pair[1].1)).collect::<Vec<_>>();
            let (left, mut right) = (pairs(&words[..at]), pairs(&words[at..]));
            let total = left.len() + right.len();
            let shared = left
                .iter()
                .filter(|pair| {
                    right.iter().position(|other| other == *pair).map(|found| right.swap_remove(found)).is_some()
                })
                .count();
            let slow = if total == 0 { 0.0 } else { 2.0 * shared as f64 / total as f64 };
            assert!((fast[at] - slow).abs() < 1e-9, "{at}: {} {slow}", fast[at]);
        }
    }
}
