//! How often each of very many keys was seen, about, in memory of a fixed size.
//!
//! A Count-Min sketch (Cormode and Muthukrishnan 2005, "An improved data stream summary: the count-min sketch and its
//! applications"): each key adds to one counter of each row, and the least of them is its count or a little more. Adding
//! in any order gives the same counters, so threads may share it.

use std::sync::atomic::{AtomicU32, Ordering};

/// Rows: the more, the less likely it is that a key shares all its counters with others.
const ROWS: usize = 3;

/// Counters of a row; with so many, a hundred million keys add some twenty to each count.
const WIDTH: usize = 1 << 22;

/// The counts. They take 48 MiB.
pub(super) struct Sketch {
    counters: Vec<AtomicU32>,
}

impl Default for Sketch {
    fn default() -> Self {
        Self { counters: (0..ROWS * WIDTH).map(|_| AtomicU32::new(0)).collect() }
    }
}

impl Sketch {
    /// Counts a key once more.
    pub(super) fn add(&self, key: u64) {
        for counter in self.counters_of(key) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often a key was added; never less, seldom more.
    pub(super) fn count(&self, key: u64) -> u32 {
        self.counters_of(key).map(|counter| counter.load(Ordering::Relaxed)).min().unwrap_or(0)
    }

    fn counters_of(&self, key: u64) -> impl Iterator<Item = &AtomicU32> {
        // Halves of one good hash are as good as a hash for each row (Kirsch and Mitzenmacher 2006).
        let (first, step) = (key as u32 as usize, (key >> 32) as usize | 1);
        (0..ROWS).map(move |row| &self.counters[row * WIDTH + first.wrapping_add(row.wrapping_mul(step)) % WIDTH])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::units::hash;

    #[test]
    fn it_never_counts_too_few_and_seldom_too_many() {
        let sketch = Sketch::default();
        for number in 0..200_000_u32 {
            (0..=number % 3).for_each(|_| sketch.add(hash("", 0, &number.to_string())));
        }
        let wrong = (0..200_000_u32).filter(|number| {
            let count = sketch.count(hash("", 0, &number.to_string()));
            assert!(count > number % 3);
            count > number % 3 + 1
        });
        assert!(wrong.count() < 100);
    }
}
