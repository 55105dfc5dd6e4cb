//! Needles that may stand anywhere in a text, found by looking at samples of it.
//!
//! A needle of eleven bytes or more holds, wherever it stands, a window of eight bytes that starts at a multiple of four. So
//! the windows at every fourth byte of the text are enough, if each needle is known by four of its own: for each way in which it
//! may lie to the samples the one that is rarest in text. Shorter needles are sampled more densely.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::keyed::{Filter, Keyed, MayHold, Side, Window, key};
use super::short::Short;

/// How a text is sampled: the bytes of a window, and how far apart windows start.
const TIERS: [(usize, usize); 3] = [(8, 4), (4, 2), (3, 1)];

/// How far apart windows are at most.
const STEP_MAX: usize = 4;

/// Needles that may stand anywhere.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(in crate::rule) struct Anywhere {
    /// Each needle in the first of the [`TIERS`] that finds it.
    tiers: [Keyed; TIERS.len()],
    /// Those that are shorter than any window.
    short: Short,
}

impl Anywhere {
    /// A search for some needles, given by the numbers by which what is found is called; `needle` gives the bytes of a needle,
    /// of which there must be one.
    pub(in crate::rule) fn of<'n>(needles: impl IntoIterator<Item = u32>, needle: impl Fn(u32) -> &'n [u8]) -> Self {
        let mut tiers: [Vec<Window>; TIERS.len()] = Default::default();
        let mut short = Vec::new();
        for number in needles {
            let text = needle(number);
            let Some(tier) = TIERS.iter().position(|(size, step)| text.len() + 1 >= size + step) else {
                short.push(number);
                continue;
            };
            let (size, step) = TIERS[tier];
            let window =
                |offset: usize| Window { key: key(&text[offset..offset + size]), offset: offset as u32, number };
            tiers[tier].extend(rarest(text, size, step).map(window));
        }
        Self { tiers: tiers.map(|windows| Keyed::of(Side::Start, windows, &needle)), short: Short::of(short) }
    }

    /// Whether it has no needle.
    pub(in crate::rule) fn is_empty(&self) -> bool {
        self.tiers.iter().all(Keyed::is_empty) && self.short.is_empty()
    }

    /// Calls `found` with each needle that stands in a text and its bytes there, in no order.
    pub(in crate::rule) fn each<'n>(
        &self,
        text: &[u8],
        needle: impl Fn(u32) -> &'n [u8],
        mut found: impl FnMut(u32, Range<usize>),
    ) {
        let mut confirm = |keyed: &Keyed, key: u64, at: usize| {
            let rest = |offset| Some(&text[at.checked_sub(offset)?..]);
            keyed.each(key, rest, &needle, |number, offset| {
                let start = at - offset;
                found(number, start..start + needle(number).len());
            });
        };
        let [eights, fours, threes] = &self.tiers;
        sample::<8, 4>(eights, text, &mut confirm);
        sample::<4, 2>(fours, text, &mut confirm);
        sample::<3, 1>(threes, text, &mut confirm);
        self.short.each(text, needle, found);
    }
}

/// Calls `confirm` with each window of a text that may be one of a needle, and where it starts.
fn sample<const SIZE: usize, const STEP: usize>(
    keyed: &Keyed,
    text: &[u8],
    mut confirm: impl FnMut(&Keyed, u64, usize),
) {
    if keyed.is_empty() {
        return;
    }
    let mut confirm = |key, at| confirm(keyed, key, at);
    match keyed.filter() {
        Filter::Smallest(filter) => sample_by::<SIZE, STEP, _>(filter, text, &mut confirm),
        Filter::Small(filter) => sample_by::<SIZE, STEP, _>(filter, text, &mut confirm),
        Filter::Medium(filter) => sample_by::<SIZE, STEP, _>(filter, text, &mut confirm),
        Filter::Large(filter) => sample_by::<SIZE, STEP, _>(filter, text, &mut confirm),
        Filter::Any(filter) => sample_by::<SIZE, STEP, _>(filter, text, &mut confirm),
    }
}

/// So many windows are looked at in a row, without asking each time whether the text is over.
const WINDOWS: usize = 8;

/// Windows that may be one of a needle are collected until they are so many: a loop that calls nothing keeps in registers what
/// it needs.
const COLLECTED: usize = 16;

/// The bytes in which so many windows stand, whatever their size and distance.
const BLOCK: usize = WINDOWS * STEP_MAX + 8;

fn sample_by<const SIZE: usize, const STEP: usize, F: MayHold>(
    filter: F,
    text: &[u8],
    confirm: &mut impl FnMut(u64, usize),
) {
    let mut collected = [(0, 0); COLLECTED + WINDOWS];
    let (mut at, mut count) = (0, 0);
    while let Some(block) = text[at..].first_chunk::<BLOCK>() {
        for window in 0..WINDOWS {
            let key = window_at::<SIZE>(block, window * STEP);
            if filter.may_hold(key) {
                collected[count] = (key, at + window * STEP);
                count += 1;
            }
        }
        at += WINDOWS * STEP;
        if count >= COLLECTED {
            collected[..count].iter().for_each(|&(key, at)| confirm(key, at));
            count = 0;
        }
    }
    collected[..count].iter().for_each(|&(key, at)| confirm(key, at));
    while let Some(window) = text[at..].first_chunk::<SIZE>() {
        let key = key(window);
        if filter.may_hold(key) {
            confirm(key, at);
        }
        at += STEP;
    }
}

/// As [`key`], of a window in a block, read at once.
#[inline(always)]
fn window_at<const SIZE: usize>(block: &[u8; BLOCK], at: usize) -> u64 {
    let eight =
        u64::from_le_bytes(*block[at..].first_chunk().expect("a block ends eight bytes behind the last window"));
    eight & (u64::MAX >> (u64::BITS as usize - 8 * SIZE))
}

/// For each way in which a needle may lie to samples that are `step` bytes apart, where in it the rarest window of `size` bytes
/// stands; of equal ones the first.
fn rarest(needle: &[u8], size: usize, step: usize) -> impl Iterator<Item = usize> {
    let mut best = [(0, 0); STEP_MAX];
    let mut told: u32 = needle[..size - 1].iter().map(|&byte| bits(byte)).sum();
    for at in 0..=needle.len() - size {
        told += bits(needle[at + size - 1]);
        let (most, offset) = &mut best[at % step];
        if told > *most {
            (*most, *offset) = (told, at);
        }
        told -= bits(needle[at]);
    }
    best.into_iter().take(step).map(|(_, offset)| offset)
}

/// About how much a byte of folded text tells, in bits.
pub(in crate::rule) fn bits(byte: u8) -> u32 {
    match byte {
        b' ' | b'e' => 3,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' | b't' => 4,
        b'c' | b'd' | b'h' | b'l' | b'm' | b'u' => 5,
        b'b' | b'f' | b'g' | b'p' | b'v' | b'w' | b'y' | b'.' | b',' => 6,
        b'k' | b'-' | b'\'' | b'"' | b'0'..=b'2' => 7,
        b'j' | b'q' | b'x' | b'z' | b'3'..=b'9' => 9,
        0x80.. => 6,
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeSet;

    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    fn found(needles: &[&[u8]], text: &[u8]) -> BTreeSet<(u32, usize, usize)> {
        let needle = |number: u32| needles[number as usize];
        let mut all = BTreeSet::new();
        Anywhere::of(0..needles.len() as u32, needle).each(text, needle, |number, range| {
            assert!(all.insert((number, range.start, range.end)), "{number} found twice at {range:?}");
        });
        all
    }

    #[test]
    fn a_needle_is_found_however_it_lies_to_the_samples() {
        let text: Vec<u8> = (b' '..b'~').collect();
        for len in 1..20 {
            for start in 0..text.len() - len {
                let needle = &text[start..start + len];
                assert_eq!(found(&[needle], &text), BTreeSet::from([(0, start, start + len)]));
            }
        }
        assert_eq!(found(&[b"a"], b""), BTreeSet::new());
    }

    /// Of 10,000 needles that share all bytes but some in the middle, how many are looked at for a text.
    fn looked_at(text: &str) -> usize {
        let needles: Vec<String> = (0..10_000).map(|number| format!("https://a{number}.example/lamp")).collect();
        let looked = Cell::new(0);
        let needle = |number: u32| {
            looked.set(looked.get() + 1);
            needles[number as usize].as_bytes()
        };
        let search = Anywhere::of(0..10_000, needle);
        looked.set(0);
        search.each(text.as_bytes(), needle, |_, _| {});
        looked.get()
    }

    #[test]
    fn needles_that_share_their_windows_are_not_compared_one_by_one() {
        assert!(looked_at("at https://a4711.example/lamp and https://b.example") < 500);
    }

    proptest! {
        #[test]
        fn an_automaton_finds_the_same(
            needles in prop::collection::btree_set("[ab ]{1,7}|[a-c]{4,16}|aaaaaaaa[ab]{0,9}|[ab]{0,9}bbbbbbbb", 1..120),
            text in "[abc ]{0,80}|[ab]{0,80}",
        ) {
            let needles: Vec<&[u8]> = needles.iter().map(String::as_bytes).collect();
            let automaton = AhoCorasick::new(&needles).unwrap();
            let expected = automaton.find_overlapping_iter(&text);
            let expected = expected.map(|place| (place.pattern().as_u32(), place.start(), place.end())).collect();
            prop_assert_eq!(found(&needles, text.as_bytes()), expected);
        }
    }
}
