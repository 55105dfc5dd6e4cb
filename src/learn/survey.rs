//! The first reading: in how many texts each unit stands.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::page::Page;

use super::sketch::Sketch;
use super::units::{self, hash};

/// A title of fewer words may be that of a page of any site.
const TITLE_WORDS: u32 = 4;

/// Counts in how many texts each line, sentence and opening stands. Threads may share it.
#[derive(Default)]
pub struct Survey {
    sketch: Sketch,
    titles: Mutex<HashSet<u64>>,
    texts: AtomicU64,
}

impl Survey {
    /// Counts what a text holds.
    pub fn add(&self, text: &[u8]) {
        let page = Page::of(text);
        let keys: HashSet<u64> = units::of(&page).iter().map(units::Unit::key).collect();
        keys.into_iter().for_each(|key| self.sketch.add(key));
        if let Some(title) = title_key(&page) {
            self.titles.lock().expect("no thread panics while it adds").insert(title);
        }
        self.texts.fetch_add(1, Ordering::Relaxed);
    }

    /// How many texts it has counted.
    pub fn texts(&self) -> u64 {
        self.texts.load(Ordering::Relaxed)
    }

    /// What recurs, once all texts are counted.
    pub(super) fn recurring(self) -> Recurring {
        let texts = self.texts();
        let fewest = ((texts as f64).sqrt() / 2.0).round().max(2.0) as u32;
        let titles = self.titles.into_inner().expect("no thread panics while it adds");
        Recurring { sketch: self.sketch, titles, texts, fewest }
    }
}

/// What stands in more than one text.
pub(super) struct Recurring {
    sketch: Sketch,
    titles: HashSet<u64>,
    pub(super) texts: u64,
    /// The fewest texts in which something stands that recurs: two, and more in a larger corpus, where chance has more to
    /// choose from.
    pub(super) fewest: u32,
}

impl Recurring {
    /// In how many texts a unit stands, about.
    pub(super) fn texts_with(&self, key: u64) -> u32 {
        self.sketch.count(key)
    }

    pub(super) fn recurs(&self, key: u64) -> bool {
        self.texts_with(key) >= self.fewest
    }

    /// Whether a line, case-folded, is the title of a text.
    pub(super) fn is_title(&self, folded: &str) -> bool {
        self.titles.contains(&hash(u8::MAX, folded))
    }
}

fn title_key(page: &Page) -> Option<u64> {
    let title = units::title(page)?;
    (crate::layout::words(title.as_bytes()) >= TITLE_WORDS).then(|| hash(u8::MAX, &title))
}
