//! Needles by windows of their bytes.

use std::cmp::Ordering;

/// From which of its sides a needle is compared with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Debug)]
pub(super) struct Keyed {
    side: Side,
    /// Group by group.
    entries: Vec<Entry>,
    /// In the order of their keys.
    groups: Vec<Group>,
    /// An open-addressed table of the keys: for each its first group, from 1; 0 where it is empty.
    slots: Vec<u32>,
    /// Whether there may be a key, by its hash.
    bitmap: Vec<u64>,
    /// How many bits of a hash the bitmap takes.
    width: u32,
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

/// The needles that have a key at the same offset. A crowd is in order, as read from the side.
#[derive(Clone, Copy, Debug)]
struct Group {
    key: u64,
    offset: u32,
    first: u32,
    end: u32,
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

/// The smallest bitmap has so many bits, as a power of two.
const WIDTH_MIN: u32 = 10;

impl Keyed {
    /// Puts together windows of one size of needles that are compared from a side; `needle` gives the bytes of a needle.
    pub(super) fn of<'n>(side: Side, mut windows: Vec<Window>, needle: &impl Fn(u32) -> &'n [u8]) -> Self {
        windows.sort_unstable_by_key(|window| (window.key, window.offset, window.number));
        let width = (windows.len() * BITS_PER_WINDOW).next_power_of_two().ilog2().max(WIDTH_MIN);
        let mut keyed = Self {
            side,
            entries: windows.iter().map(|window| Entry { number: window.number, shorter: NONE }).collect(),
            groups: Vec::with_capacity(windows.len()),
            slots: vec![0; (windows.len() * SLOTS_PER_WINDOW).next_power_of_two().max(2)],
            bitmap: vec![0; 1 << (width - u64::BITS.ilog2())],
            width,
        };
        let mut first = 0;
        for windows in windows.chunk_by(|left, right| (left.key, left.offset) == (right.key, right.offset)) {
            let end = first + windows.len() as u32;
            let Window { key, offset, .. } = windows[0];
            keyed.add(Group { key, offset, first, end }, needle);
            first = end;
        }
        keyed
    }

    fn add<'n>(&mut self, group: Group, needle: &impl Fn(u32) -> &'n [u8]) {
        if self.groups.last().is_none_or(|last| last.key != group.key) {
            let slot = self.slot(group.key);
            self.slots[slot] = self.groups.len() as u32 + 1;
            let bit = upper_bits(hash(group.key), self.width);
            self.bitmap[bit / 64] |= 1 << (bit % 64);
        }
        self.groups.push(group);
        if group.is_crowd() {
            self.form_crowd(group, needle);
        }
    }

    fn form_crowd<'n>(&mut self, group: Group, needle: &impl Fn(u32) -> &'n [u8]) {
        let side = self.side;
        let crowd = &mut self.entries[group.first as usize..group.end as usize];
        crowd.sort_by(|left, right| side.order(needle(left.number), needle(right.number)));
        let mut open: Vec<usize> = Vec::new();
        for at in 0..crowd.len() {
            let text = needle(crowd[at].number);
            while open.last().is_some_and(|&other| !side.goes_on(text, needle(crowd[other].number))) {
                open.pop();
            }
            crowd[at].shorter = open.last().map_or(NONE, |&other| group.first + other as u32);
            open.push(at);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a key may be one. Cheap, and wrong for few that are none.
    #[inline]
    pub(super) fn may_hold(&self, key: u64) -> bool {
        let bit = upper_bits(hash(key), self.width);
        self.bitmap[bit / 64] >> (bit % 64) & 1 != 0
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
        let Some(first) = (self.slots[self.slot(key)] as usize).checked_sub(1) else { return };
        for group in self.groups[first..].iter().take_while(|group| group.key == key) {
            let Some(text) = rest(group.offset as usize) else { continue };
            let found = |number| found(number, group.offset as usize);
            if group.is_crowd() {
                self.among_crowd(group, text, needle, found);
            } else {
                let entries = &self.entries[group.first as usize..group.end as usize];
                let numbers = entries.iter().map(|entry| entry.number);
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
        group: &Group,
        text: &[u8],
        needle: &impl Fn(u32) -> &'n [u8],
        mut found: impl FnMut(u32),
    ) {
        let crowd = &self.entries[group.first as usize..group.end as usize];
        let before = crowd.partition_point(|entry| self.side.order(needle(entry.number), text) != Ordering::Greater);
        let mut next = before.checked_sub(1).map(|last| &crowd[last]);
        while let Some(entry) = next {
            if self.side.goes_on(text, needle(entry.number)) {
                found(entry.number);
            }
            next = (entry.shorter != NONE).then(|| &self.entries[entry.shorter as usize]);
        }
    }

    /// The slot of a key, or the empty one where it would go.
    fn slot(&self, key: u64) -> usize {
        let mut slot = upper_bits(hash(key), self.slots.len().ilog2());
        while self.slots[slot] != 0 && self.groups[self.slots[slot] as usize - 1].key != key {
            slot = (slot + 1) % self.slots.len();
        }
        slot
    }
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
