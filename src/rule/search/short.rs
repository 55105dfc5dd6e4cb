//! Needles that are shorter than any window. They are few, and one automaton finds all of them in one pass.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use serde::{Deserialize, Serialize};

/// Short needles.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Short {
    /// The numbers by which they are called.
    numbers: Vec<u32>,
    /// Built when a text is looked at.
    #[serde(skip)]
    automaton: OnceLock<AhoCorasick>,
}

impl Short {
    pub(super) fn of(numbers: Vec<u32>) -> Self {
        Self { numbers, automaton: OnceLock::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Calls `found` with each needle that stands in a text and its bytes there, places that overlap included.
    pub(super) fn each<'n>(
        &self,
        text: &[u8],
        needle: impl Fn(u32) -> &'n [u8],
        mut found: impl FnMut(u32, Range<usize>),
    ) {
        if self.is_empty() {
            return;
        }
        let build = || {
            let mut builder = AhoCorasick::builder();
            // The contiguous form is quicker to build than the other one.
            builder.kind(Some(AhoCorasickKind::ContiguousNFA));
            builder.build(self.numbers.iter().map(|&number| needle(number))).expect("they are short")
        };
        for place in self.automaton.get_or_init(build).find_overlapping_iter(text) {
            found(self.numbers[place.pattern().as_usize()], place.range());
        }
    }
}
