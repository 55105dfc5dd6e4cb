//! What the texts of a corpus show of each unit that recurs in them.

use std::collections::{HashMap, HashSet};

use crate::rule::Mode;

use super::observe::Observed;
use super::survey::fewest;
use super::units::Shape;

/// Where something stands: above the article, between its paragraphs, below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Head,
    Body,
    Tail,
}

/// What one text shows of a unit.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) key: u64,
    /// In how many texts it stands, about; not counted for titles of other texts.
    pub(super) texts_with: u32,
    pub(super) shape: Shape,
    pub(super) folded: String,
    pub(super) spelled: String,
    /// The first line that it stands in, from 1.
    pub(super) line: u64,
    /// In how many lines of the text it stands.
    pub(super) times: u32,
    /// How much would go with it.
    pub(super) bytes: u64,
    /// The words of the line that it stands in.
    pub(super) words: u32,
    pub(super) is_prose: bool,
    /// Whether it is the first line.
    pub(super) is_first: bool,
    pub(super) place: Place,
    /// Whether a line of the article follows, and one stands above.
    pub(super) heads: bool,
    /// Whether rules delete it already.
    pub(super) is_gone: bool,
    /// Whether it counts as a line of the article itself.
    pub(super) is_article: bool,
    /// The share of the article that stands above the first line with it below which the article can have ended.
    pub(super) above_end: Option<f32>,
    /// The share of the article that stands above the end of the last line with it above which the article can start.
    pub(super) below_start: Option<f32>,
    /// How many lines lie between it and the article.
    pub(super) to_article: u32,
    /// How many lines that do not recur stand below it.
    pub(super) varied_below: u32,
}

/// What all texts show of a unit; counts are of texts unless said.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: u64,
    pub(super) shape: Shape,
    pub(super) folded: String,
    pub(super) words: u32,
    pub(super) is_prose: bool,
    /// The texts that were counted, and about how many there are.
    pub(super) texts: u32,
    pub(super) texts_with: u32,
    pub(super) bytes: u64,
    pub(super) first: u32,
    pub(super) head: u32,
    pub(super) body: u32,
    pub(super) tail: u32,
    pub(super) heads: u32,
    pub(super) gone: u32,
    pub(super) article: u32,
    /// The texts in which it stands in three lines or more.
    pub(super) repeated: u32,
    /// The texts in which the article can have ended above it, has done so, and has not at all.
    pub(super) above_end: u32,
    pub(super) ended: u32,
    pub(super) unended: u32,
    /// The texts in which the article can start below it, and does.
    pub(super) below_start: u32,
    pub(super) starts: u32,
    pub(super) to_article: u64,
    pub(super) varied_below: u64,
    /// How it is spelled, at most [`SPELLINGS`] ways.
    pub(super) spellings: Vec<String>,
    /// Where it stands, in at most [`EXAMPLES`] texts.
    pub(super) examples: Vec<String>,
    /// How many others were met before it.
    pub(super) order: usize,
}

/// How many spellings and places of each are remembered.
const SPELLINGS: usize = 5;
const EXAMPLES: usize = 1;

/// The most units that are remembered; if there are more, those go that the fewest texts have.
const ENTRIES_MAX: usize = 200_000;

/// The share of the article that must stand above a line for it to have ended there, and that must not for it to start.
const ENDED: f32 = 0.9;
const UNENDED: f32 = 0.5;
const STARTS: f32 = 0.02;

/// What a corpus shows.
pub struct Evidence {
    pub(super) texts: u64,
    pub(super) mode: Mode,
    pub(super) entries: HashMap<u64, Entry>,
    /// The fewest texts of those that are remembered.
    pub(super) fewest: u32,
    /// Lines of articles, for rules to leave alone.
    pub(super) article_lines: Vec<String>,
    /// What tells the titles of the texts.
    pub(super) titles: HashSet<u64>,
    /// The texts in which the title stands once more above the article.
    pub(super) titled: u32,
    copies: HashSet<u64>,
    met: usize,
}

/// How many lines of articles are remembered.
const ARTICLE_LINES: usize = 50;

impl Evidence {
    pub(super) fn of(texts: u64, mode: Mode) -> Self {
        let fewest = fewest(texts);
        Self {
            texts,
            mode,
            entries: HashMap::new(),
            fewest,
            article_lines: Vec::new(),
            titles: HashSet::new(),
            titled: 0,
            copies: HashSet::new(),
            met: 0,
        }
    }

    /// How many texts were counted, without copies.
    pub fn texts(&self) -> u64 {
        self.texts
    }

    /// Takes in what a text showed, unless it is a copy of another. The order of the texts decides which of them are named
    /// as examples.
    pub fn add(&mut self, name: &str, observed: Observed) {
        if !self.copies.insert(observed.text) {
            return;
        }
        for one in observed.seen {
            if one.shape != Shape::Headline && one.texts_with < self.fewest {
                continue;
            }
            self.met += 1;
            let order = self.met;
            self.entries.entry(one.key).or_insert_with(|| Entry::of(&one, order)).add(name, one);
        }
        while self.entries.len() > ENTRIES_MAX {
            self.fewest += self.fewest.div_ceil(4);
            let fewest = self.fewest;
            self.entries.retain(|_, entry| entry.texts_with.max(entry.texts) >= fewest);
        }
        self.titles.extend(observed.title);
        self.titled += u32::from(observed.is_titled);
        if self.article_lines.len() < ARTICLE_LINES {
            self.article_lines.extend(observed.article_line);
        }
    }
}

impl Entry {
    fn of(seen: &Seen, order: usize) -> Self {
        Self {
            key: seen.key,
            shape: seen.shape,
            folded: seen.folded.clone(),
            words: seen.words,
            is_prose: seen.is_prose,
            texts: 0,
            texts_with: seen.texts_with,
            bytes: 0,
            first: 0,
            head: 0,
            body: 0,
            tail: 0,
            heads: 0,
            gone: 0,
            article: 0,
            repeated: 0,
            above_end: 0,
            ended: 0,
            unended: 0,
            below_start: 0,
            starts: 0,
            to_article: 0,
            varied_below: 0,
            spellings: Vec::new(),
            examples: Vec::new(),
            order,
        }
    }

    fn add(&mut self, name: &str, seen: Seen) {
        let count = |counter: &mut u32, holds: bool| *counter += u32::from(holds);
        self.texts += 1;
        self.bytes += seen.bytes * u64::from(seen.times);
        self.words = self.words.max(seen.words);
        self.is_prose |= seen.is_prose;
        count(&mut self.first, seen.is_first);
        count(&mut self.head, seen.place == Place::Head);
        count(&mut self.body, seen.place == Place::Body);
        count(&mut self.tail, seen.place == Place::Tail);
        count(&mut self.heads, seen.heads);
        count(&mut self.gone, seen.is_gone);
        count(&mut self.article, seen.is_article);
        count(&mut self.repeated, seen.times >= 3);
        if let Some(share) = seen.above_end {
            self.above_end += 1;
            count(&mut self.ended, share >= ENDED);
            count(&mut self.unended, share < UNENDED);
        }
        if let Some(share) = seen.below_start {
            self.below_start += 1;
            count(&mut self.starts, share <= STARTS);
        }
        self.to_article += u64::from(seen.to_article);
        self.varied_below += u64::from(seen.varied_below);
        if self.spellings.len() < SPELLINGS && !self.spellings.contains(&seen.spelled) {
            self.spellings.push(seen.spelled);
        }
        if self.examples.len() < EXAMPLES {
            self.examples.push(format!("{name}:{}", seen.line));
        }
    }

    /// Whether it is spelled in more than one way.
    pub(super) fn varies(&self) -> bool {
        self.spellings.len() > 1
    }
}
