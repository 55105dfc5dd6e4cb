//! Looks for many needles in a text at once, at its edges or anywhere in it.
//!
//! Needles are told apart by a key: up to four of their bytes. At an edge the key is what stands there. Anywhere, it is the
//! rarest such window of the needle: each place of the text is asked in a bitmap whether the window there may be a key, and
//! only where it may be is it looked up and the needle itself compared. (Hashing a block of bytes to tell many patterns apart
//! is Wu and Manber's, *A Fast Algorithm for Multi-Pattern Searching*, 1994.)

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The most bytes of a key.
const KEY: usize = 4;

/// Where needles must stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Start,
    End,
    Anywhere,
}

impl Place {
    /// How a needle and a text compare, both read from the edge at which the needle must stand.
    fn order(self, needle: &[u8], text: &[u8]) -> Ordering {
        match self {
            Self::Start | Self::Anywhere => needle.cmp(text),
            Self::End => needle.iter().rev().cmp(text.iter().rev()),
        }
    }

    /// Whether a text, read from that edge, goes on from a needle.
    fn goes_on(self, text: &[u8], needle: &[u8]) -> bool {
        match self {
            Self::Start | Self::Anywhere => text.starts_with(needle),
            Self::End => text.ends_with(needle),
        }
    }
}

/// The part of a needle by which it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Window {
    size: u32,
    key: u32,
    /// Where it stands in the needle.
    offset: u32,
}

impl Window {
    fn at(needle: &[u8], offset: usize) -> Self {
        let size = needle.len().min(KEY);
        Self { size: size as u32, key: key(&needle[offset..offset + size]), offset: offset as u32 }
    }

    fn of(place: Place, needle: &[u8]) -> Self {
        let size = needle.len().min(KEY);
        match place {
            Place::Start => Self::at(needle, 0),
            Place::End => Self::at(needle, needle.len() - size),
            Place::Anywhere => Self::at(needle, rarest(needle, size)),
        }
    }
}

/// The windows of needles that must stand at a place. Where many would share one, they have that at their start instead,
/// from which they can be told apart in order.
pub(super) fn windows(place: Place, needles: &[&[u8]]) -> Vec<Window> {
    let mut windows: Vec<Window> = needles.iter().map(|needle| Window::of(place, needle)).collect();
    if place == Place::Anywhere {
        let mut sharing: HashMap<(u32, u32), usize> = HashMap::new();
        windows.iter().for_each(|window| *sharing.entry((window.size, window.key)).or_default() += 1);
        for (window, needle) in windows.iter_mut().zip(needles) {
            if sharing[&(window.size, window.key)] > CROWD {
                *window = Window::at(needle, 0);
            }
        }
    }
    windows
}

/// Needles that must stand at the same place.
#[derive(Debug)]
pub(super) struct Search {
    place: Place,
    /// By the size of the key, from 1.
    by_size: [Keyed; KEY],
    /// How the shorter keys of needles that may stand anywhere start.
    short: Pairs,
}

impl Search {
    /// A search for some needles, given by their windows and the numbers by which what is found is called; `needle` gives
    /// the bytes of a needle. It is made fastest of windows in their order.
    pub(super) fn of<'n>(
        place: Place,
        needles: impl IntoIterator<Item = (u32, Window)>,
        needle: impl Fn(u32) -> &'n [u8],
    ) -> Self {
        let mut by_size: [Vec<Entry>; KEY] = Default::default();
        for (number, Window { size, key, offset }) in needles.into_iter().filter(|(_, window)| window.size > 0) {
            by_size[size as usize - 1].push(Entry { key, number, offset, shorter: NONE });
        }
        let by_size = by_size.map(|entries| Keyed::of(place, entries, &needle));
        let short = if place == Place::Anywhere { Pairs::of(&by_size) } else { Pairs::default() };
        Self { place, by_size, short }
    }

    /// Calls `found` with each needle that stands in a text and its bytes there; `needle` gives the bytes of a needle.
    pub(super) fn each<'n>(
        &self,
        text: &[u8],
        needle: impl Fn(u32) -> &'n [u8],
        mut found: impl FnMut(u32, Range<usize>),
    ) {
        let mut confirm = |at: usize, size: usize| {
            let keyed = &self.by_size[size - 1];
            let Some(bucket) = keyed.get(key(&text[at..at + size])) else { return };
            keyed.among_crowd(self.place, bucket, &text[at_edge(self.place, at)..], &needle, |number, len| {
                let start = if self.place == Place::End { text.len() - len } else { at };
                found(number, start..start + len);
            });
            for entry in &keyed.entries[bucket.others()] {
                let needle = needle(entry.number);
                let start = at.checked_sub(entry.offset as usize);
                if let Some(start) = start.filter(|&start| text[start..].starts_with(needle)) {
                    found(entry.number, start..start + needle.len());
                }
            }
        };
        let sizes = (1..=KEY.min(text.len())).filter(|size| !self.by_size[size - 1].is_empty());
        match self.place {
            Place::Start => sizes.for_each(|size| confirm(0, size)),
            Place::End => sizes.for_each(|size| confirm(text.len() - size, size)),
            Place::Anywhere => self.everywhere(text, confirm),
        }
    }

    /// Calls `confirm` with each place of a text at which a key may stand, and the size of the key.
    fn everywhere(&self, text: &[u8], mut confirm: impl FnMut(usize, usize)) {
        let long = &self.by_size[KEY - 1];
        if !long.is_empty() {
            let places = text.windows(KEY).enumerate().filter(|(_, window)| long.may_hold(key(window)));
            places.for_each(|(at, _)| confirm(at, KEY));
        }
        if self.short.is_empty() {
            return;
        }
        for (at, _) in text.windows(2).enumerate().filter(|(_, pair)| self.short.holds(pair)) {
            (1..KEY.min(text.len() - at + 1)).for_each(|size| confirm(at, size));
        }
        if let Some(last) = text.len().checked_sub(1) {
            confirm(last, 1);
        }
    }
}

/// Where in a text stands what is compared with needles whose key stands at `at`.
fn at_edge(place: Place, at: usize) -> usize {
    if place == Place::End { 0 } else { at }
}

/// The pairs of bytes with which short keys start.
#[derive(Debug, Default)]
struct Pairs(Vec<u64>);

impl Pairs {
    fn of(by_size: &[Keyed; KEY]) -> Self {
        let mut pairs = Self::default();
        for entry in &by_size[0].entries {
            (0..=u8::MAX).for_each(|second| pairs.add([entry.key as u8, second]));
        }
        for entry in by_size[1..KEY - 1].iter().flat_map(|keyed| &keyed.entries) {
            pairs.add([entry.key as u8, (entry.key >> 8) as u8]);
        }
        pairs
    }

    fn add(&mut self, pair: [u8; 2]) {
        self.0.resize(1 << (u16::BITS - u64::BITS.ilog2()), 0);
        let pair = key(&pair);
        self.0[pair as usize / 64] |= 1 << (pair % 64);
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn holds(&self, pair: &[u8]) -> bool {
        let pair = key(pair);
        self.0[pair as usize / 64] >> (pair % 64) & 1 != 0
    }
}

/// The bytes of a key as a number.
fn key(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |key, &byte| key << 8 | u32::from(byte))
}

/// Where the window of `size` bytes stands in a needle that is rarest in text.
fn rarest(needle: &[u8], size: usize) -> usize {
    let rarity = |&at: &usize| needle[at..at + size].iter().map(|&byte| bits(byte)).sum::<u32>();
    // Of equal ones the first.
    (0..=needle.len() - size).rev().max_by_key(rarity).unwrap_or(0)
}

/// About how much a byte of folded text tells, in bits.
fn bits(byte: u8) -> u32 {
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

/// A needle with its key, and where in the needle that stands.
#[derive(Clone, Copy, Debug)]
struct Entry {
    key: u32,
    number: u32,
    offset: u32,
    /// In a crowd: the entry of the longest other needle that this one goes on from, or [`NONE`].
    shorter: u32,
}

/// No entry.
const NONE: u32 = u32::MAX;

/// The most needles of one key that are compared one by one.
const CROWD: usize = 16;

/// The entries of a key: first, if there are many with the key at their edge, these as a crowd, in order as read from that
/// edge; then the others.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    first: u32,
    crowd_end: u32,
    end: u32,
}

impl Bucket {
    fn crowd(&self) -> Range<usize> {
        self.first as usize..self.crowd_end as usize
    }

    fn others(&self) -> Range<usize> {
        self.crowd_end as usize..self.end as usize
    }
}

/// Needles by keys of one size.
#[derive(Debug, Default)]
struct Keyed {
    /// Bucket by bucket.
    entries: Vec<Entry>,
    buckets: Vec<Bucket>,
    /// An open-addressed table of the keys: for each its bucket, from 1; 0 where it is empty.
    slots: Vec<u32>,
    /// Whether there may be a key, by its hash.
    bitmap: Vec<u64>,
    /// How many bits of a hash the bitmap has.
    width: u32,
}

/// How many bits the bitmap has, and how many slots the table, for each needle.
const BITS_PER_NEEDLE: usize = 64;
const SLOTS_PER_NEEDLE: usize = 2;

/// The smallest bitmap, in bits of the hash.
const WIDTH_MIN: u32 = 10;

impl Keyed {
    fn of<'n>(place: Place, mut entries: Vec<Entry>, needle: &impl Fn(u32) -> &'n [u8]) -> Self {
        if entries.is_empty() {
            return Self { width: WIDTH_MIN, ..Self::default() };
        }
        entries.sort_unstable_by_key(|entry| (entry.key, entry.offset, entry.number));
        let width = (entries.len() * BITS_PER_NEEDLE).next_power_of_two().ilog2().max(WIDTH_MIN);
        let slots = vec![0; (entries.len() * SLOTS_PER_NEEDLE).next_power_of_two()];
        let bitmap = vec![0; 1 << (width - u64::BITS.ilog2())];
        let mut keyed = Self { slots, bitmap, width, buckets: Vec::new(), entries };
        let mut first = 0;
        while first < keyed.entries.len() {
            let key = keyed.entries[first].key;
            let end = first + keyed.entries[first..].partition_point(|entry| entry.key == key);
            let crowd_end = first + keyed.form_crowd(place, first..end, needle);
            keyed.add(key, Bucket { first: first as u32, crowd_end: crowd_end as u32, end: end as u32 });
            first = end;
        }
        keyed
    }

    /// Puts those entries of a key in order that have it at their edge, if they are many; how many they are then.
    fn form_crowd<'n>(&mut self, place: Place, of_key: Range<usize>, needle: &impl Fn(u32) -> &'n [u8]) -> usize {
        let entries = &mut self.entries[of_key.clone()];
        let at_edge =
            if place == Place::End { entries.len() } else { entries.partition_point(|entry| entry.offset == 0) };
        if at_edge <= CROWD {
            return 0;
        }
        let crowd = &mut entries[..at_edge];
        crowd.sort_by(|left, right| place.order(needle(left.number), needle(right.number)));
        let mut open: Vec<usize> = Vec::new();
        for at in 0..crowd.len() {
            let text = needle(crowd[at].number);
            while open.last().is_some_and(|&other| !place.goes_on(text, needle(crowd[other].number))) {
                open.pop();
            }
            crowd[at].shorter = open.last().map_or(NONE, |&other| (of_key.start + other) as u32);
            open.push(at);
        }
        at_edge
    }

    fn add(&mut self, key: u32, bucket: Bucket) {
        let slot = self.slot(key);
        self.buckets.push(bucket);
        self.slots[slot] = self.buckets.len() as u32;
        let bit = hash(key) >> (u32::BITS - self.width);
        self.bitmap[bit as usize / 64] |= 1 << (bit % 64);
    }

    fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The slot of a key, or the empty one where it would be.
    fn slot(&self, key: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(key) as usize & mask;
        while self.slots[slot] != 0 && self.key_of(self.slots[slot]) != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// The key of a bucket, counted from 1.
    fn key_of(&self, bucket: u32) -> u32 {
        self.entries[self.buckets[bucket as usize - 1].first as usize].key
    }

    /// The needles of a key.
    fn get(&self, key: u32) -> Option<Bucket> {
        let bucket = self.may_hold(key).then(|| self.slots[self.slot(key)]).filter(|&bucket| bucket != 0)?;
        Some(self.buckets[bucket as usize - 1])
    }

    /// Calls `found` with each needle of a bucket's crowd from which a text goes on, and its length.
    ///
    /// All of these lie, in the order, before the text and are led to by the last needle that does: what lies between a text
    /// and its beginning begins the same.
    fn among_crowd<'n>(
        &self,
        place: Place,
        bucket: Bucket,
        text: &[u8],
        needle: &impl Fn(u32) -> &'n [u8],
        mut found: impl FnMut(u32, usize),
    ) {
        let crowd = &self.entries[bucket.crowd()];
        let before = crowd.partition_point(|entry| place.order(needle(entry.number), text) != Ordering::Greater);
        let mut next = before.checked_sub(1).map(|last| &crowd[last]);
        while let Some(entry) = next {
            let needle = needle(entry.number);
            if place.goes_on(text, needle) {
                found(entry.number, needle.len());
            }
            next = (entry.shorter != NONE).then(|| &self.entries[entry.shorter as usize]);
        }
    }

    fn may_hold(&self, key: u32) -> bool {
        let bit = hash(key) >> (u32::BITS - self.width);
        self.bitmap.get(bit as usize / 64).is_some_and(|bits| bits >> (bit % 64) & 1 != 0)
    }
}

/// Spreads a key over all bits (Knuth's multiplicative method).
fn hash(key: u32) -> u32 {
    let spread = key.wrapping_mul(0x9e37_79b1);
    spread ^ spread >> 15
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    fn found(place: Place, needles: &[&[u8]], text: &[u8]) -> BTreeSet<(u32, usize, usize)> {
        let search = Search::of(place, (0..).zip(windows(place, needles)), |number| needles[number as usize]);
        let mut all = BTreeSet::new();
        search.each(
            text,
            |number| needles[number as usize],
            |number, range| {
                assert!(all.insert((number, range.start, range.end)), "found twice");
            },
        );
        all
    }

    #[test]
    fn each_place_has_its_needles() {
        let needles: &[&[u8]] = &[b"by", b"by ann", b"holm", b"m", b"by ann holm and others"];
        let text = b"by ann holm";
        assert_eq!(found(Place::Start, needles, text), [(0, 0, 2), (1, 0, 6)].into());
        assert_eq!(found(Place::End, needles, text), [(2, 7, 11), (3, 10, 11)].into());
        assert_eq!(found(Place::Anywhere, needles, text), [(0, 0, 2), (1, 0, 6), (2, 7, 11), (3, 10, 11)].into());
        assert_eq!(found(Place::Anywhere, needles, b""), BTreeSet::new());
    }

    /// How many needles are looked at for a text by a search for 10,000 that share their start and their end.
    fn looked_at(place: Place, text: &str) -> usize {
        let needles: Vec<String> = (0..10_000).map(|number| format!("https://a{number}.example/lamp")).collect();
        let needles: Vec<&[u8]> = needles.iter().map(String::as_bytes).collect();
        let search = Search::of(place, (0..).zip(windows(place, &needles)), |number| needles[number as usize]);
        let (looked, mut held) = (std::cell::Cell::new(0), 0);
        let needle = |number: u32| {
            looked.set(looked.get() + 1);
            needles[number as usize]
        };
        search.each(text.as_bytes(), needle, |_, _| held += 1);
        assert_eq!(held, 1);
        looked.get()
    }

    #[test]
    fn needles_that_share_their_edges_are_not_compared_one_by_one() {
        for place in [Place::Start, Place::End, Place::Anywhere] {
            assert!(looked_at(place, "https://a4711.example/lamp") < 100, "{place:?}");
        }
        assert!(looked_at(Place::Start, "https://a4711.example/lamp and https://b.example") < 100);
        assert!(looked_at(Place::Anywhere, "at https://a4711.example/lamp and https://b.example") < 100);
    }

    proptest! {
        #[test]
        fn an_automaton_finds_the_same(
            needles in prop::collection::btree_set("[ab ]{1,7}|[a-c]{4,12}|aaaa[ab]{0,4}|[ab]{0,4}bbbb", 1..120),
            text in "[abc ]{0,80}|[ab]{0,40}",
        ) {
            let needles: Vec<&[u8]> = needles.iter().map(String::as_bytes).collect();
            let automaton = AhoCorasick::new(&needles).unwrap();
            let wanted: BTreeSet<_> = automaton
                .find_overlapping_iter(text.as_bytes())
                .map(|place| (place.pattern().as_u32(), place.start(), place.end()))
                .collect();
            let at_start = wanted.iter().filter(|(_, start, _)| *start == 0).copied().collect();
            let at_end = wanted.iter().filter(|(_, _, end)| *end == text.len()).copied().collect();
            prop_assert_eq!(found(Place::Start, &needles, text.as_bytes()), at_start);
            prop_assert_eq!(found(Place::End, &needles, text.as_bytes()), at_end);
            prop_assert_eq!(found(Place::Anywhere, &needles, text.as_bytes()), wanted);
        }
    }
}
