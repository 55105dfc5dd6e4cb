//! Sentences in parallel: an author builds two alike and puts other words in the same places ("The first engineer said
//! that … The second engineer said that …"). They share as much as two versions do and must both stay.

use super::{Side, Word};

/// From this many words on, two sentences that share so much are versions: nobody keeps a parallel up for so long.
const WORDS_MAX: usize = 30;

/// With how many equal words versions begin.
const EQUAL_START: usize = 4;

/// Which share of the shorter version's words the other has.
const SHARED_MIN: f64 = 0.85;

/// With how many equal words versions end that begin with fewer.
const EQUAL_END: usize = 8;

/// The fewest words of such versions: shorter sentences in parallel share such an end, too.
const EQUAL_END_WORDS_MIN: usize = 15;

/// A full stop behind so few letters may belong to an abbreviation.
const ABBREVIATION_LETTERS: usize = 3;

/// Whether two sides may be sentences in parallel: short single ones that differ in more than a later report would change.
pub(super) fn may_be(left: &Side, right: &Side) -> bool {
    left.words.len().min(right.words.len()) < WORDS_MAX
        && is_one_sentence(left.text)
        && is_one_sentence(right.text)
        && (goes_on_quoting(left.text, right.text) || !differ_little(left.words, right.words))
}

/// Whether no sentence ends before the last word.
fn is_one_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let letters_before = |at: usize| text[..at].chars().rev().take_while(|c| c.is_alphanumeric()).count();
    !text.contains(['!', '?']) && !text.match_indices(". ").any(|(at, _)| letters_before(at) > ABBREVIATION_LETTERS)
}

/// Whether of two quotations only one names its speaker behind it: the other then goes on with what that speaker said.
fn goes_on_quoting(left: &str, right: &str) -> bool {
    let ends_quoted = |text: &str| text.trim_end().ends_with('"');
    left.starts_with('"') && right.starts_with('"') && ends_quoted(left) != ends_quoted(right)
}

/// Whether two versions begin with the same words and have nearly all others in common, or are long and end with the same
/// words. One number may be another: the later report knows of more.
fn differ_little(left: &[Word], right: &[Word]) -> bool {
    let (shorter, longer) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let other_numbers = shorter.iter().filter(|word| is_number(word.text) && !longer.contains(word)).count();
    let same = |one: &Word, other: &Word| one == other || (other_numbers == 1 && may_correct(one.text, other.text));
    let start = shorter.iter().zip(longer).take_while(|(one, other)| same(one, other)).count();
    let end = shorter.iter().rev().zip(longer.iter().rev()).take_while(|(one, other)| one == other).count();
    let shared = shorter.iter().filter(|word| longer.iter().any(|other| same(word, other))).count();

    let begin_alike = start >= EQUAL_START || differ_in_dateline(shorter, longer, end);
    let end_alike = shorter.len() >= EQUAL_END_WORDS_MIN && other_numbers <= 1 && start > 0 && end >= EQUAL_END;
    end_alike || (begin_alike && shared as f64 >= SHARED_MIN * shorter.len() as f64)
}

/// Whether two versions have a dash before so many equal words at their end: the report came from another place. That little
/// else stands before the dash follows from the words that they share.
fn differ_in_dateline(left: &[Word], right: &[Word], end: usize) -> bool {
    let has_dateline = |side: &[Word]| side.len() > end && side[side.len() - end].before.contains(" -");
    end >= EQUAL_END && has_dateline(left) && has_dateline(right)
}

/// Whether of two words one may be the other's correction. Years are not corrected, nor are single digits, which number
/// the games of a series or the floors of a house.
fn may_correct(one: &str, other: &str) -> bool {
    let is_year = |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    let is_count = |word: &str| is_number(word) && !is_year(word);
    is_count(one) && is_count(other) && one.len().max(other.len()) >= 2
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}
