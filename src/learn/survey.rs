//! The first reading: in how many texts each unit stands.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

use crate::page::Page;
use crate::rule::Mode;

use super::sketch::Sketch;
use super::units::{self, Shape, hash};

/// A title of fewer words may be that of a page of any site.
const TITLE_WORDS: u32 = 4;

/// Counts in how many texts of each source each line, sentence and opening stands. Threads may share it.
#[derive(Default)]
pub struct Survey {
    sketch: Sketch,
    sources: Mutex<BTreeMap<String, Counted>>,
}

/// What is known of the texts of a source.
#[derive(Default)]
struct Counted {
    /// What may be the title of one.
    titles: HashSet<u64>,
    /// What tells the texts.
    copies: HashSet<u64>,
    texts: u64,
    /// How many look like whole pages.
    whole: u64,
}

impl Survey {
    /// Counts what a text of a source holds, unless it is a copy of one that was counted.
    pub fn add(&self, source: &str, text: &[u8]) {
        let page = Page::of(text);
        if self.note(source, text, &page) {
            let keys: HashSet<u64> = units::of(&page).iter().map(|unit| unit.key(source)).collect();
            keys.into_iter().for_each(|key| self.sketch.add(key));
        }
    }

    /// Takes down what there is one of for each text. Says whether it is the first of its copies.
    fn note(&self, source: &str, text: &[u8], page: &Page) -> bool {
        let mut sources = self.sources.lock().expect("no thread panics while it adds");
        if !sources.contains_key(source) {
            sources.insert(source.to_owned(), Counted::default());
        }
        let counted = sources.get_mut(source).expect("it was put there if it was not");
        if !counted.copies.insert(text_key(text)) {
            return false;
        }
        counted.texts += 1;
        counted.whole += u64::from(is_whole_page(page));
        counted.titles.extend(titles(page).map(|(_, title)| title_key(source, &title)));
        true
    }

    /// What most texts look like: whole pages, or what an extractor left of them.
    pub fn mode(&self) -> Mode {
        let sources = self.sources.lock().expect("no thread panics while it adds");
        let (whole, texts) =
            sources.values().fold((0, 0), |(whole, texts), counted| (whole + counted.whole, texts + counted.texts));
        if whole * 2 > texts { Mode::FullPage } else { Mode::Extracted }
    }

    /// What recurs, once all texts are counted.
    pub(super) fn recurring(self) -> Recurring {
        let mut sources = self.sources.into_inner().expect("no thread panics while it adds");
        sources.values_mut().for_each(|counted| counted.copies = HashSet::new());
        Recurring { sketch: self.sketch, sources }
    }
}

/// What stands in more than one text of a source.
pub(super) struct Recurring {
    sketch: Sketch,
    sources: BTreeMap<String, Counted>,
}

impl Recurring {
    /// The sources, and how many texts each has.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&str, u64)> {
        self.sources.iter().map(|(source, counted)| (source.as_str(), counted.texts))
    }

    /// In how many texts a unit stands, about.
    pub(super) fn texts_with(&self, key: u64) -> u32 {
        self.sketch.count(key)
    }

    /// Whether a unit stands in enough texts of a source.
    pub(super) fn recurs(&self, source: &str, key: u64) -> bool {
        self.sources.get(source).is_some_and(|counted| self.texts_with(key) >= fewest(counted.texts))
    }

    /// Whether a line, case-folded, may be the title of a text of a source.
    pub(super) fn may_be_title(&self, source: &str, folded: &str) -> bool {
        self.sources.get(source).is_some_and(|counted| counted.titles.contains(&title_key(source, folded)))
    }

    /// The line that is the title of a text of a source, and the title: the first of those that may be which most texts do not
    /// have.
    pub(super) fn title(&self, source: &str, page: &Page) -> Option<(usize, String)> {
        let texts = self.sources.get(source)?.texts;
        let is_common = |line: usize| {
            let key = hash(source, Shape::Line as u8, page.view(page.views(line).start));
            let texts_with = self.texts_with(key);
            texts_with > 2 && u64::from(texts_with) * 2 >= texts
        };
        titles(page).find(|&(line, _)| !is_common(line))
    }
}

/// The fewest of some texts in which something stands that recurs: two, and more in a larger corpus, where chance has
/// more to choose from.
pub(super) fn fewest(texts: u64) -> u32 {
    ((texts as f64).sqrt() / 2.0).round().max(2.0) as u32
}

/// Menus are lines of so few words, and there are so many of them.
const ITEM_WORDS: u32 = 4;
const ITEMS_MIN: usize = 12;

/// Whether a text holds so many items of menus and lists that no extractor can have left it.
fn is_whole_page(page: &Page) -> bool {
    let is_item = |&&line: &&usize| page.words(line) <= ITEM_WORDS && !page.is_terminal(line);
    let items = page.filled().iter().filter(is_item).count();
    items >= ITEMS_MIN && items * 5 >= page.filled().len() * 2
}

/// What tells a text from others.
pub(super) fn text_key(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What tells the title of a text of a source: the key of that which it is in other texts.
pub(super) fn title_key(source: &str, title: &str) -> u64 {
    hash(source, Shape::Headline as u8, title)
}

/// The lines of which one is the title of a page, each with the title that it would be.
fn titles(page: &Page) -> impl Iterator<Item = (usize, String)> {
    let lines = units::title_lines(page).iter().map(|&line| (line, units::title(page, line)));
    lines.filter(|(_, title)| crate::layout::words(title.as_bytes()) >= TITLE_WORDS)
}
