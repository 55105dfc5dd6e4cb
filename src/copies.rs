//! Finds where else in a text the words of a line stand, in time linear in the text.
//!
//! Words are compared by hash, punctuation between them does not count: a pull quote lacks the full stop and the quotes
//! of the sentence that it repeats.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::ops::Range;

use crate::page::Page;

/// How many words a place is looked up by.
const KEY_WORDS: usize = 4;

/// How many places of one key are tried: a text that repeats itself without end stays linear.
const PLACES_MAX: usize = 8;

type Build = BuildHasherDefault<DefaultHasher>;

/// The words of a text, by line, and where each run of a few of them stands.
pub struct Copies {
    words: Vec<u64>,
    line_starts: Vec<usize>,
    places: HashMap<u64, Vec<u32>, Build>,
}

impl Copies {
    /// Indexes a text.
    pub fn of(page: &Page) -> Self {
        let mut words = Vec::new();
        let mut line_starts = Vec::with_capacity(page.len() + 1);
        for line in 0..page.len() {
            line_starts.push(words.len());
            if let Some(view) = page.views(line).next() {
                words.extend(tokens(page.view(view)).map(|(_, hash)| hash));
            }
        }
        line_starts.push(words.len());
        let mut places: HashMap<u64, Vec<u32>, Build> = HashMap::default();
        for (at, key) in words.windows(KEY_WORDS).enumerate() {
            let found = places.entry(hash(&key)).or_default();
            if found.len() < PLACES_MAX {
                found.push(at as u32);
            }
        }
        Self { words, line_starts, places }
    }

    /// The hashes of a line's words.
    pub fn words_of(&self, line: usize) -> &[u64] {
        &self.words[self.range(line)]
    }

    /// The lines other than `line` that hold all words of it in a row and more besides.
    pub fn longer_copies(&self, line: usize) -> impl Iterator<Item = usize> {
        let wanted = self.words_of(line);
        let places = wanted.get(..KEY_WORDS).and_then(|key| self.places.get(&hash(&key)));
        let other = move |&at: &u32| {
            let at = at as usize;
            let found = self.line_starts.partition_point(|&start| start <= at) - 1;
            let fits = found != line && at + wanted.len() <= self.line_starts[found + 1];
            (fits && self.words_of(found).len() > wanted.len() && self.words[at..at + wanted.len()] == *wanted)
                .then_some(found)
        };
        places.into_iter().flatten().filter_map(other)
    }

    fn range(&self, line: usize) -> Range<usize> {
        self.line_starts[line]..self.line_starts[line + 1]
    }
}

fn hash<T: std::hash::Hash>(value: &T) -> u64 {
    Build::default().hash_one(value)
}

/// The words of a folded view: each one's place in it, and its hash.
pub fn tokens(view: &str) -> impl Iterator<Item = (Range<usize>, u64)> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + view[rest..].find(char::is_alphanumeric)?;
        let end = view[start..].find(|c: char| !c.is_alphanumeric()).map_or(view.len(), |at| start + at);
        rest = end;
        Some((start..end, hash(&&view[start..end])))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_inside_a_longer_one_whatever_the_punctuation() {
        let text = "“We had a very good talk. It will go on,” she said.\n\nWe had a very good talk. It will go on\n";
        let page = Page::of(text.as_bytes());
        assert_eq!(page.copies().longer_copies(2).collect::<Vec<_>>(), [0]);
        assert_eq!(page.copies().longer_copies(0).count(), 0);
    }

    #[test]
    fn a_few_words_or_an_equal_line_are_no_copy() {
        let page = Page::of(b"He said so.\nHe said so.\nAnd he said so again.\n");
        assert_eq!(page.copies().longer_copies(0).count(), 0);
        let page = Page::of(b"He said so to all of them.\n\nHe said so to all of them.\n");
        assert_eq!(page.copies().longer_copies(0).count(), 0);
    }

    #[test]
    fn words_that_differ_in_one_place_are_no_copy() {
        let page = Page::of(b"He said so to all of them in the room.\n\nHe said so to all of us\n");
        assert_eq!(page.copies().longer_copies(2).count(), 0);
    }
}
