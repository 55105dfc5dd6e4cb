//! Needles that must stand at an edge of a text: one look there finds them, whatever stands between.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::keyed::{Keyed, Side, Window, key};

/// By how many bytes needles are looked up: each by the most that it has. Of long ones few share eight bytes with the
/// edge of prose.
const SIZES: [usize; 5] = [1, 2, 3, 4, 8];

/// Needles that must stand at the same edge.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(in crate::rule) struct Edge {
    side: Side,
    /// By the [`SIZES`] of their windows.
    by_size: [Keyed; SIZES.len()],
}

impl Edge {
    /// A search for some needles, given by the numbers by which what is found is called; `needle` gives the bytes of a needle,
    /// of which there must be one.
    pub(in crate::rule) fn of<'n>(
        side: Side,
        needles: impl IntoIterator<Item = u32>,
        needle: impl Fn(u32) -> &'n [u8],
    ) -> Self {
        let mut by_size: [Vec<Window>; SIZES.len()] = Default::default();
        for number in needles {
            let text = needle(number);
            let class = SIZES.partition_point(|&size| size <= text.len()) - 1;
            by_size[class].push(Window { key: key(at(side, text, SIZES[class])), offset: 0, number });
        }
        Self { side, by_size: by_size.map(|windows| Keyed::of(side, windows, &needle)) }
    }

    /// Whether it has no needle.
    pub(in crate::rule) fn is_empty(&self) -> bool {
        self.by_size.iter().all(Keyed::is_empty)
    }

    /// Calls `found` with each needle that stands at the edge of a text and its bytes there.
    pub(in crate::rule) fn each<'n>(
        &self,
        text: &[u8],
        needle: impl Fn(u32) -> &'n [u8],
        mut found: impl FnMut(u32, Range<usize>),
    ) {
        let sizes = SIZES.into_iter().take_while(|&size| size <= text.len());
        for (keyed, size) in self.by_size.iter().zip(sizes).filter(|(keyed, _)| !keyed.is_empty()) {
            let key = edge_key(self.side, text, size);
            if keyed.may_hold(key) {
                keyed.each(
                    key,
                    |_| Some(text),
                    &needle,
                    |number, _| {
                        let len = needle(number).len();
                        let start = if self.side == Side::Start { 0 } else { text.len() - len };
                        found(number, start..start + len);
                    },
                );
            }
        }
    }
}

/// The [`key`] of so many bytes at an edge of a text, read at once if the text is long enough.
fn edge_key(side: Side, text: &[u8], size: usize) -> u64 {
    let unread = u64::BITS - u8::BITS * size as u32;
    match side {
        Side::Start => text.first_chunk().map(|&eight| u64::from_le_bytes(eight) << unread >> unread),
        Side::End => text.last_chunk().map(|&eight| u64::from_le_bytes(eight) >> unread),
    }
    .unwrap_or_else(|| key(at(side, text, size)))
}

/// So many bytes at an edge of a text.
fn at(side: Side, text: &[u8], size: usize) -> &[u8] {
    match side {
        Side::Start => &text[..size],
        Side::End => &text[text.len() - size..],
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn found(side: Side, needles: &[&[u8]], text: &[u8]) -> BTreeSet<(u32, usize, usize)> {
        let needle = |number: u32| needles[number as usize];
        let mut all = BTreeSet::new();
        Edge::of(side, 0..needles.len() as u32, needle).each(text, needle, |number, range| {
            assert!(all.insert((number, range.start, range.end)), "{number} found twice at {range:?}");
        });
        all
    }

    #[test]
    fn what_stands_elsewhere_is_not_found() {
        let needles: &[&[u8]] = &[b"a", b"ab", b"advertisement", b"(why?)", "é".as_bytes()];
        let text = "ab é (why?) ad advertisement".as_bytes();
        assert_eq!(found(Side::Start, needles, text), BTreeSet::from([(0, 0, 1), (1, 0, 2)]));
        assert_eq!(found(Side::End, needles, text), BTreeSet::from([(2, 16, 29)]));
        assert_eq!(found(Side::Start, needles, b""), BTreeSet::new());
    }

    #[test]
    fn needles_that_share_their_edge_are_not_compared_one_by_one() {
        let needles: Vec<String> = (0..10_000).map(|number| format!("https://a{number}.example/lamp")).collect();
        for side in [Side::Start, Side::End] {
            let looked = Cell::new(0);
            let needle = |number: u32| {
                looked.set(looked.get() + 1);
                needles[number as usize].as_bytes()
            };
            let edge = Edge::of(side, 0..10_000, needle);
            looked.set(0);
            let mut count = 0;
            edge.each(b"https://a4711.example/lamp", needle, |_, _| count += 1);
            assert_eq!(count, 1);
            assert!(looked.get() < 100, "{side:?}: {}", looked.get());
        }
    }

    proptest! {
        #[test]
        fn comparing_each_needle_finds_the_same(
            needles in prop::collection::btree_set("[ab ]{1,7}|[a-c]{4,12}|aaaa[ab]{0,4}|[ab]{0,4}bbbb", 1..120),
            text in "[abc ]{0,80}|[ab]{0,40}",
        ) {
            let needles: Vec<&[u8]> = needles.iter().map(String::as_bytes).collect();
            let text = text.as_bytes();
            let number = |needle: &&&[u8]| needles.iter().position(|other| other == *needle).unwrap() as u32;
            let at_start = needles.iter().filter(|needle| text.starts_with(needle));
            let at_start = at_start.map(|needle| (number(&needle), 0, needle.len())).collect();
            prop_assert_eq!(found(Side::Start, &needles, text), at_start);
            let at_end = needles.iter().filter(|needle| text.ends_with(needle));
            let at_end = at_end.map(|needle| (number(&needle), text.len() - needle.len(), text.len())).collect();
            prop_assert_eq!(found(Side::End, &needles, text), at_end);
        }
    }
}
