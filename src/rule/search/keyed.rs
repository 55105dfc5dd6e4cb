//! Needles by windows of their bytes.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::rule::rows::Rows;

/// From which of its sides a needle is compared with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::rule) enum Side {
    /// The text must start with it.
    Start,
    /// The text must end with it.
    End,
}

impl Side {
    /// How a needle and a text compare, both read from this side.
    fn order(self, needle: &[u8], text: &[u8]) -> Ordering {
        match self {
            Self::Start => needle.cmp(text),
            Self::End => needle.iter().rev().cmp(text.iter().rev()),
        }
    }

    /// Whether a text, read from this side, goes on from a needle.
    fn goes_on(self, text: &[u8], needle: &[u8]) -> bool {
        match self {
            Self::Start => text.starts_with(needle),
            Self::End => text.ends_with(needle),
        }
    }
}

/// The bytes of a window, eight at most, as a number. Windows of different sizes are not to be compared.
#[inline]
pub(super) fn key(window: &[u8]) -> u64 {
    window.iter().rev().fold(0, |key, &byte| key << 8 | u64::from(byte))
}

/// A window of a needle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) key: u64,
    /// Where in the needle it stands.
    pub(super) offset: u32,
    /// The number by which the needle is called.
    pub(super) number: u32,
}

/// Needles by windows of one size.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Keyed {
    side: Side,
    /// Group by group.
    entries: Rows<Entry, 2>,
    /// In the order of their keys.
    groups: Rows<Group, 5>,
    /// An open-addressed table of the keys: for each its first group, from 1; 0 where it is empty.
    slots: Rows<[u32; 1], 1>,
    /// Whether there may be a key, by its hash.
    #[serde(borrow)]
    bitmap: Cow<'static, [u8]>,
}

/// Tells of most keys that they are none. Those of the sizes that sets of rules mostly have are known to the compiler: a look
/// then takes half as many instructions.
#[derive(Clone, Copy, Debug)]
pub(super) enum Filter<'k> {
    Smallest(&'k [Bits; 1 << 10]),
    Small(&'k [Bits; 1 << 12]),
    Medium(&'k [Bits; 1 << 14]),
    Large(&'k [Bits; 1 << 16]),
    Any(&'k [Bits]),
}

/// Bits that the processor tests at once, the lowest first.
type Bits = [u8; size_of::<u32>()];

/// Whether a key may be one. Cheap, and wrong for few that are none.
pub(super) trait MayHold: Copy {
    fn may_hold(self, key: u64) -> bool;
}

impl<const WORDS: usize> MayHold for &[Bits; WORDS] {
    #[inline(always)]
    fn may_hold(self, key: u64) -> bool {
        let bit = upper_bits(hash(key), const { WORDS.ilog2() + u32::BITS.ilog2() });
        has_bit(self[bit / 32], bit)
    }
}

impl MayHold for &[Bits] {
    #[inline]
    fn may_hold(self, key: u64) -> bool {
        let bit = upper_bits(hash(key), self.len().ilog2() + u32::BITS.ilog2());
        has_bit(self[bit / 32], bit)
    }
}

#[inline(always)]
fn has_bit(bits: Bits, bit: usize) -> bool {
    u32::from_le_bytes(bits) >> (bit % 32) & 1 != 0
}

/// A needle of a group.
#[derive(Clone, Copy, Debug)]
struct Entry {
    number: u32,
    /// In a crowd: the entry of the longest other needle that this one goes on from, or [`NONE`].
    shorter: u32,
}

/// No entry.
const NONE: u32 = u32::MAX;

impl From<[u32; 2]> for Entry {
    fn from([number, shorter]: [u32; 2]) -> Self {
        Self { number, shorter }
    }
}

impl From<Entry> for [u32; 2] {
    fn from(Entry { number, shorter }: Entry) -> Self {
        [number, shorter]
    }
}

/// The needles that have a key at the same offset. A crowd is in order, as read from the side.
#[derive(Clone, Copy, Debug)]
struct Group {
    key: u64,
    offset: u32,
    first: u32,
    end: u32,
}

impl From<[u32; 5]> for Group {
    fn from([low, high, offset, first, end]: [u32; 5]) -> Self {
        Self { key: u64::from(high) << 32 | u64::from(low), offset, first, end }
    }
}

impl From<Group> for [u32; 5] {
    fn from(Group { key, offset, first, end }: Group) -> Self {
        [key as u32, (key >> 32) as u32, offset, first, end]
    }
}

impl Group {
    fn is_crowd(&self) -> bool {
        self.end - self.first > CROWD
    }
}

/// The most needles of a group that are compared one by one.
const CROWD: u32 = 16;

/// For a window, so many bits of the bitmap: of keys that are none few are looked up.
const BITS_PER_WINDOW: usize = 32;

/// For a window, so many places in the table.
const SLOTS_PER_WINDOW: usize = 2;

/// The smallest bitmap has so many bits, as a power of two; the larger ones have four times, sixteen times as many, and so on.
/// All are whole [`Bits`].
const WIDTH_MIN: u32 = 15;

impl Keyed {
    /// Puts together windows of one size of needles that are compared from a side; `needle` gives the bytes of a needle.
    pub(super) fn of<'n>(side: Side, mut windows: Vec<Window>, needle: &impl Fn(u32) -> &'n [u8]) -> Self {
        windows.sort_unstable_by_key(|window| (window.key, window.offset, window.number));
        let mut entries: Vec<Entry> =
            windows.iter().map(|window| Entry { number: window.number, shorter: NONE }).collect();
        let groups = groups(&windows);
        for group in groups.iter().filter(|group| group.is_crowd()) {
            form_crowd(side, &mut entries[group.first as usize..group.end as usize], group.first, needle);
        }
        let width = (windows.len() * BITS_PER_WINDOW).next_power_of_two().ilog2().max(WIDTH_MIN) | 1;
        Self {
            side,
            slots: slots(&groups, (windows.len() * SLOTS_PER_WINDOW).next_power_of_two().max(2)),
            bitmap: bitmap(&groups, width).into(),
            entries: entries.into_iter().collect(),
            groups: groups.into_iter().collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// What tells of most keys that they are none, for who asks for many keys.
    pub(super) fn filter(&self) -> Filter<'_> {
        let (bitmap, _) = self.bitmap.as_chunks();
        let small = bitmap.try_into().map(Filter::Smallest).or_else(|_| bitmap.try_into().map(Filter::Small));
        let larger = small.or_else(|_| bitmap.try_into().map(Filter::Medium));
        larger.or_else(|_| bitmap.try_into().map(Filter::Large)).unwrap_or(Filter::Any(bitmap))
    }

    /// Whether a key may be one.
    pub(super) fn may_hold(&self, key: u64) -> bool {
        let (bitmap, _): (&[Bits], _) = self.bitmap.as_chunks();
        bitmap.may_hold(key)
    }

    /// Calls `found` with each needle of a key that stands in the text, and the offset of the key in it. `rest` gives the text
    /// that a needle with the key at some offset would stand at the side of, if there is any; `needle` the bytes of a needle.
    pub(super) fn each<'t, 'n>(
        &self,
        key: u64,
        rest: impl Fn(usize) -> Option<&'t [u8]>,
        needle: &impl Fn(u32) -> &'n [u8],
        mut found: impl FnMut(u32, usize),
    ) {
        let Some(first) = self.first_group(key) else { return };
        let groups = (first..self.groups.len()).map(|at| self.groups.at(at));
        for group in groups.take_while(|group| group.key == key) {
            let Some(text) = rest(group.offset as usize) else { continue };
            let found = |number| found(number, group.offset as usize);
            if group.is_crowd() {
                self.among_crowd(group, text, needle, found);
            } else {
                let numbers = (group.first..group.end).map(|entry| self.entries.at(entry as usize).number);
                numbers.filter(|&number| self.side.goes_on(text, needle(number))).for_each(found);
            }
        }
    }

    /// Calls `found` with each needle of a crowd from which a text goes on.
    ///
    /// All of these lie, in the order, before the text and are led to by the last needle that does: what lies between a text
    /// and its beginning begins the same.
    fn among_crowd<'n>(
        &self,
        group: Group,
        text: &[u8],
        needle: &impl Fn(u32) -> &'n [u8],
        mut found: impl FnMut(u32),
    ) {
        let is_after = |entry: usize| self.side.order(needle(self.entries.at(entry).number), text) == Ordering::Greater;
        let mut next = last_before(group.first as usize..group.end as usize, is_after);
        while let Some(entry) = next.map(|entry| self.entries.at(entry)) {
            if self.side.goes_on(text, needle(entry.number)) {
                found(entry.number);
            }
            next = (entry.shorter != NONE).then_some(entry.shorter as usize);
        }
    }

    /// The first group of a key, if there is any.
    fn first_group(&self, key: u64) -> Option<usize> {
        let key_of = |group: usize| self.groups.at(group).key;
        let slot = slot(key, self.slots.len(), |slot| self.slots.at(slot)[0], key_of);
        (self.slots.at(slot)[0] as usize).checked_sub(1)
    }
}

/// The groups of some windows, which are in order.
fn groups(windows: &[Window]) -> Vec<Group> {
    let mut end = 0;
    let same = |left: &Window, right: &Window| (left.key, left.offset) == (right.key, right.offset);
    let group = |windows: &[Window]| {
        let first = end;
        end += windows.len() as u32;
        Group { key: windows[0].key, offset: windows[0].offset, first, end }
    };
    windows.chunk_by(same).map(group).collect()
}

/// Puts a crowd, whose first entry has a number, in order.
fn form_crowd<'n>(side: Side, crowd: &mut [Entry], first: u32, needle: &impl Fn(u32) -> &'n [u8]) {
    crowd.sort_by(|left, right| side.order(needle(left.number), needle(right.number)));
    let mut open: Vec<usize> = Vec::new();
    for at in 0..crowd.len() {
        let text = needle(crowd[at].number);
        while open.last().is_some_and(|&other| !side.goes_on(text, needle(crowd[other].number))) {
            open.pop();
        }
        crowd[at].shorter = open.last().map_or(NONE, |&other| first + other as u32);
        open.push(at);
    }
}

/// The table of the keys of some groups.
fn slots(groups: &[Group], count: usize) -> Rows<[u32; 1], 1> {
    let mut slots = vec![0; count];
    for (number, group) in (1..).zip(groups) {
        let slot = slot(group.key, count, |slot| slots[slot], |group| groups[group].key);
        // A key's later groups find the first one there.
        if slots[slot] == 0 {
            slots[slot] = number;
        }
    }
    slots.into_iter().map(|first| [first]).collect()
}

/// The slot of a key in a table of so many, or the empty one where it would go; `slots` gives the content of a slot, `key_of`
/// the key of a group.
fn slot(key: u64, count: usize, slots: impl Fn(usize) -> u32, key_of: impl Fn(usize) -> u64) -> usize {
    let mut slot = upper_bits(hash(key), count.ilog2());
    while slots(slot) != 0 && key_of(slots(slot) as usize - 1) != key {
        slot = (slot + 1) % count;
    }
    slot
}

/// Bits for the hashes of the keys of some groups, of which so many bits count.
fn bitmap(groups: &[Group], width: u32) -> Vec<u8> {
    let mut bitmap = vec![0; 1 << (width - u8::BITS.ilog2())];
    for group in groups {
        let bit = upper_bits(hash(group.key), width);
        bitmap[bit / 8] |= 1 << (bit % 8);
    }
    bitmap
}

/// The last of some numbers, which are in order, that does not come after something.
fn last_before(numbers: Range<usize>, is_after: impl Fn(usize) -> bool) -> Option<usize> {
    let (mut low, mut high) = (numbers.start, numbers.end);
    while low < high {
        let middle = low.midpoint(high);
        if is_after(middle) { high = middle } else { low = middle + 1 }
    }
    low.checked_sub(1).filter(|last| numbers.contains(last))
}

/// A multiplicative hash (Knuth, *The Art of Computer Programming*, 6.4): its upper bits depend on all of the key.
#[inline]
fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[inline]
fn upper_bits(hash: u64, count: u32) -> usize {
    (hash >> (u64::BITS - count)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_of_any_size_knows_its_keys_and_few_others() {
        let texts: Vec<String> =
            (0..80_000_u32).map(|number| format!("{:08x}", number.wrapping_mul(2_654_435_761))).collect();
        let mut sizes = Vec::new();
        for count in [100, 3_000, 10_000, 30_000, 70_000] {
            let (known, others) = texts.split_at(count);
            let window = |number: u32| Window { key: key(known[number as usize].as_bytes()), offset: 0, number };
            let windows = (0..count as u32).map(window).collect();
            let keyed = Keyed::of(Side::Start, windows, &|number| known[number as usize].as_bytes());
            let held = |texts: &[String]| {
                let is_held = |key| match keyed.filter() {
                    Filter::Smallest(filter) => filter.may_hold(key),
                    Filter::Small(filter) => filter.may_hold(key),
                    Filter::Medium(filter) => filter.may_hold(key),
                    Filter::Large(filter) => filter.may_hold(key),
                    Filter::Any(filter) => filter.may_hold(key),
                };
                let keys = texts.iter().map(|text| key(text.as_bytes()));
                keys.filter(|&key| is_held(key)).inspect(|&key| assert!(keyed.may_hold(key))).count()
            };
            assert_eq!(held(known), count);
            assert!(held(others) < others.len() / 20, "{} of {} beside {count}", held(others), others.len());
            sizes.push(keyed.bitmap.len());
        }
        assert_eq!(sizes, [12, 14, 16, 18, 20].map(|width| 1 << width), "each kind of filter was asked");
    }
}
