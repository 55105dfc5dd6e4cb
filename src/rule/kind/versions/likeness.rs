//! For each place between two words of a line, what its two sides share, counted in one sweep over the line. Words are
//! given by their hashes.

use std::collections::HashMap;

/// How alike the two sides of each place are: the share of their pairs of neighbouring words that both have.
pub(super) fn by_pairs(words: &[u64]) -> Vec<f64> {
    let pairs: Vec<(u64, u64)> = words.windows(2).map(|pair| (pair[0], pair[1])).collect();
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
    alike
}

/// For each place, whether one side holds the other as a whole, from its start or to its end.
pub(super) struct Held {
    from_start: Vec<usize>,
    from_end: Vec<usize>,
}

impl Held {
    pub(super) fn of(words: &[u64]) -> Self {
        let backwards: Vec<u64> = words.iter().rev().copied().collect();
        Self { from_start: repeats_of_start(words), from_end: repeats_of_start(&backwards) }
    }

    pub(super) fn at(&self, at: usize) -> bool {
        let right = self.from_start.len() - at;
        let shorter = at.min(right);
        self.from_start[at] >= shorter || self.from_end[right] >= shorter
    }
}

/// For each place, how many words from there on are those of the start (the Z function, which takes linear time).
fn repeats_of_start(words: &[u64]) -> Vec<usize> {
    let mut repeats = vec![0; words.len()];
    let mut known = 0..0;
    for at in 1..words.len() {
        let mut count = if at < known.end { repeats[at - known.start].min(known.end - at) } else { 0 };
        count += words[count..].iter().zip(&words[at + count..]).take_while(|pair| pair.0 == pair.1).count();
        repeats[at] = count;
        if at + count > known.end {
            known = at..at + count;
        }
    }
    repeats
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::copies::tokens;

    fn hashes(text: &str) -> Vec<u64> {
        tokens(text).map(|(_, hash)| hash).collect()
    }

    #[test]
    fn what_one_side_holds_is_found_as_a_slow_search_does() {
        let words = hashes("a b a b a b c a b a b a b c c a b a");
        let held = Held::of(&words);
        for at in 1..words.len() {
            let (left, right) = words.split_at(at);
            let slow =
                left.starts_with(right) || left.ends_with(right) || right.starts_with(left) || right.ends_with(left);
            assert_eq!(held.at(at), slow, "{at}");
        }
    }

    #[test]
    fn the_shared_pairs_are_counted_as_a_slow_count_does() {
        let words = hashes("a b c a b d. a b c e. a b d c");
        let fast = by_pairs(&words);
        for at in 1..words.len() {
            let pairs = |side: &[u64]| side.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>();
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
