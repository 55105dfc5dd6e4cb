//! Decides what of that which recurs is junk, and how sure that is.

use std::collections::{BTreeMap, HashSet};

use crate::rule::{Category, Confidence, Mode};

use super::category;
use super::evidence::{Entry, Evidence, Place};
use super::frame;
use super::proposal::{Form, Item, Proposal};
use super::template;
use super::units::{self, Shape};

/// How many texts of a rule are shown as its proof.
const STRIPS: usize = 3;
const KEEPS: usize = 1;

/// The most literals of a rule that a person is to read.
const ITEMS_MAX: usize = 40;

/// Shorter words stand in all lines, in characters.
const WORD_CHARS: usize = 4;

/// The fewest words of what may be a title, if it always stands above the article, as names of sections do.
const TITLE_WORDS: u32 = 3;

/// The fewest words of another text's title that is a related headline here, and not a column's name.
const HEADLINE_WORDS: u32 = 5;

/// What fewer than one of so many texts have is rare.
const RARE: u64 = 5;

/// The longest line that a rule for its opening may take, in words.
const OPENING_LINE_WORDS: u32 = 25;

impl Evidence {
    /// The rules that the evidence speaks for: first what says where the article of a page stands, then those that would delete
    /// most, the doubtful ones at the end.
    pub fn proposals(&self) -> Vec<Proposal> {
        let judged = self.judged();
        let mut groups: BTreeMap<(bool, Shape, &'static str, &'static str, bool), Vec<&Entry>> = BTreeMap::new();
        let mut proposals: Vec<Proposal> = frame::cut(self).into_iter().collect();
        for &(entry, confidence) in &judged {
            if is_pattern(entry) {
                proposals.push(self.proposal(&[entry], confidence));
            } else {
                let is_low = confidence == Confidence::Low;
                let key = (is_low, entry.shape, category_of(entry).name(), place_name(entry), self.is_rare(entry));
                groups.entry(key).or_default().push(entry);
            }
        }
        for ((is_low, ..), mut entries) in groups {
            entries.sort_by_key(|entry| (std::cmp::Reverse(entry.texts), entry.order));
            let confidence = if is_low { Confidence::Low } else { Confidence::High };
            proposals.extend(entries.chunks(ITEMS_MAX).map(|entries| self.proposal(entries, confidence)));
        }
        proposals.sort_by_key(|proposal| {
            (proposal.confidence == Confidence::Low, std::cmp::Reverse(proposal.bytes), proposal.name.clone())
        });
        proposals.splice(..0, frame::page(self));
        name_apart(&mut proposals);
        proposals
    }

    /// What goes, in the order in which it would delete most, and how sure that is.
    fn judged(&self) -> Vec<(&Entry, Confidence)> {
        let mut judged: Vec<(&Entry, Confidence)> =
            self.entries.values().filter_map(|entry| Some((entry, self.judge(entry)?))).collect();
        judged.sort_by_key(|(entry, _)| (std::cmp::Reverse(entry.bytes), entry.order));
        let templates: HashSet<String> = judged
            .iter()
            .filter(|(entry, _)| entry.shape == Shape::Template)
            .map(|(entry, _)| entry.folded.clone())
            .collect();
        let is_covered = |entry: &Entry| {
            entry.shape == Shape::Line
                && template::of(&entry.folded).is_some_and(|template| templates.contains(&template))
        };
        judged.retain(|(entry, _)| !is_covered(entry));
        judged
    }

    /// Whether something is junk, and how sure that is.
    fn judge(&self, entry: &Entry) -> Option<Confidence> {
        let is_text = entry.folded.chars().filter(|c| c.is_alphabetic()).count() >= 2;
        if !is_text || entry.gone * 10 >= entry.texts * 9 || template::is_date(&entry.folded) {
            return None;
        }
        match entry.shape {
            Shape::Headline => self.judge_headline(entry),
            Shape::Sentence => self.judge_sentence(entry),
            Shape::Opening => self.judge_opening(entry),
            Shape::TitleEnd => (self.is_in_most(entry) && entry.words > 0).then_some(Confidence::High),
            Shape::Template if !entry.varies() => None,
            Shape::Line | Shape::Template => self.judge_line(entry),
        }
    }

    /// Prose must stand always on the same side of the article, and in most texts, or in a fifth of them if it calls to
    /// something: what a few say of one event does neither. A first line may be the title of a series, a short line between
    /// paragraphs a subhead, and what leads to the next line may head a list of the author's. Who wrote an article belongs to
    /// it, and on a whole page when it was written does, too.
    fn judge_line(&self, entry: &Entry) -> Option<Confidence> {
        if entry.texts < self.fewest {
            return None;
        }
        let known = category::known(&entry.folded);
        let is_known = known.is_some();
        if entry.is_prose {
            let is_outside = entry.head.max(entry.tail) * 10 >= entry.texts * 9;
            let is_in_enough = self.is_in_most(entry) || is_known && u64::from(entry.texts) * 5 >= self.texts;
            return (is_outside && is_in_enough && entry.texts >= 3).then_some(Confidence::High);
        }
        if known == Some(Category::Byline) || (self.mode == Mode::FullPage && known == Some(Category::Timestamp)) {
            return None;
        }
        if entry.folded.ends_with(':') && !is_known && !self.is_in_most(entry) {
            return None;
        }
        if !is_known && self.may_be_title(entry) {
            return (entry.head == entry.texts).then_some(Confidence::Low);
        }
        if entry.heads * 2 > entry.texts || (self.mode == Mode::FullPage && entry.article * 2 > entry.texts) {
            return match (self.is_in_most(entry), is_known) {
                (true, true) => Some(Confidence::High),
                (false, false) => None,
                _ => Some(Confidence::Low),
            };
        }
        let is_outside = (entry.head + entry.tail) * 10 >= entry.texts * 8;
        Some(if is_outside || self.is_in_most(entry) || is_known { Confidence::High } else { Confidence::Low })
    }

    /// Whether it may be the title of one of the texts: there may be two scrapes of that, and others may promote it.
    fn may_be_title(&self, entry: &Entry) -> bool {
        if entry.first * 2 > entry.texts && !self.is_in_most(entry) {
            return true;
        }
        // Of what recurs at all, little: titles recur as others do, by chance.
        let heads_few = (1..2 * self.fewest).contains(&entry.head);
        let stands_elsewhere = entry.head < entry.texts;
        heads_few && (stands_elsewhere || !self.is_in_most(entry) && entry.words >= TITLE_WORDS)
    }

    /// A sentence inside a paragraph must call to something, or stand in most texts.
    fn judge_sentence(&self, entry: &Entry) -> Option<Confidence> {
        let calls = category::known(&entry.folded).is_some();
        let enough = entry.texts >= self.fewest.max(3);
        match (enough, self.is_in_most(entry), calls) {
            (true, true, _) => Some(Confidence::High),
            (true, false, true) if u64::from(entry.texts) * 5 >= self.texts => Some(Confidence::Low),
            _ => None,
        }
    }

    /// An opening behind which different things stand: of an unknown one only what stands outside the article goes.
    fn judge_opening(&self, entry: &Entry) -> Option<Confidence> {
        let fits = entry.varies() && !entry.is_prose && entry.words <= OPENING_LINE_WORDS;
        if !fits || entry.texts < self.fewest.max(3) || entry.repeated * 4 > entry.texts {
            return None;
        }
        let is_outside = (entry.head + entry.tail) * 10 >= entry.texts * 9;
        match (category::known(&entry.folded), is_outside) {
            (Some(_), true) => Some(Confidence::High),
            (Some(_), false) => Some(Confidence::Low),
            (None, true) if self.is_in_most(entry) => Some(Confidence::Low),
            (None, _) => None,
        }
    }

    /// What heads other texts and stands in this one, where its own title does not.
    fn judge_headline(&self, entry: &Entry) -> Option<Confidence> {
        let is_headline = self.titles.contains(&entry.key) && entry.words >= HEADLINE_WORDS && !entry.is_prose;
        (is_headline && place(entry) != Place::Head).then_some(Confidence::High)
    }

    /// Whether a rule for it is soon of no more use: headlines that are promoted for a while.
    fn is_rare(&self, entry: &Entry) -> bool {
        u64::from(entry.texts) * RARE < self.texts
    }

    fn is_in_most(&self, entry: &Entry) -> bool {
        u64::from(entry.texts) * 2 >= self.texts && entry.texts >= 2
    }

    /// The rule for some of one shape.
    fn proposal(&self, entries: &[&Entry], confidence: Confidence) -> Proposal {
        let first = entries[0];
        let items: Vec<Item> = entries.iter().map(|entry| item(entry, self.texts)).collect();
        let category = category_of(first);
        let keeps = nearest(&self.article_lines, entries);
        let strips: Vec<String> =
            entries.iter().flat_map(|entry| entry.spellings.iter().take(STRIPS)).take(STRIPS).cloned().collect();
        let form = match first.shape {
            Shape::Line => Form::Lines(items),
            Shape::Headline if place(first) == Place::Body => Form::HeadlinesInside(items),
            Shape::Headline => Form::HeadlinesBelow(items),
            Shape::Template | Shape::Opening if is_pattern(first) => Form::Pattern(items[0].clone()),
            Shape::Template | Shape::Opening => Form::Starts(items),
            Shape::Sentence => Form::Phrases(items),
            Shape::TitleEnd => Form::TitleEnds(items),
        };
        Proposal {
            name: if self.is_rare(first) && !is_pattern(first) { format!("{}-rare", name(first)) } else { name(first) },
            category,
            confidence,
            why: why(entries, self.texts),
            form,
            strips,
            keeps,
            mode: self.mode,
            bytes: entries.iter().map(|entry| entry.bytes).sum(),
        }
    }
}

/// Of some lines of articles those that have most words of what goes, but not all of it, the shortest first: leaving them
/// alone proves most.
fn nearest(lines: &[String], entries: &[&Entry]) -> Vec<String> {
    let words = |text: &str| -> HashSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= WORD_CHARS);
        words.map(str::to_lowercase).collect()
    };
    let gone = words(&entries.iter().map(|entry| entry.folded.as_str()).collect::<Vec<_>>().join(" "));
    let is_whole = |line: &&String| {
        let folded = units::lower(line);
        !entries.iter().any(|entry| folded.contains(&entry.folded))
    };
    let mut lines: Vec<&String> = lines.iter().filter(is_whole).collect();
    lines.sort_by_cached_key(|line| (std::cmp::Reverse(words(line).intersection(&gone).count()), line.len()));
    lines.into_iter().take(KEEPS).cloned().collect()
}

/// Whether only a pattern matches all that it stands for.
pub(super) fn is_pattern(entry: &Entry) -> bool {
    template::has_slots(&entry.folded)
}

/// The text of a unit as a rule has it, with what speaks for it.
pub(super) fn item(entry: &Entry, texts: u64) -> Item {
    let text = match entry.shape {
        Shape::Template => template::pattern(&entry.folded),
        Shape::Opening if is_pattern(entry) => format!("{}.*", template::pattern(&entry.folded)),
        Shape::Opening => spelled_opening(entry),
        _ => entry.spellings[0].clone(),
    };
    let evidence = format!("{} of {texts}, {}: {}", entry.texts, place_name(entry), entry.examples.join(", "));
    Item { text, evidence }
}

/// An opening as it is spelled.
fn spelled_opening(entry: &Entry) -> String {
    let spelled = &entry.spellings[0];
    spelled.find(": ").map_or_else(|| spelled.clone(), |end| spelled[..=end].to_owned())
}

fn category_of(entry: &Entry) -> Category {
    match entry.shape {
        Shape::Headline => Category::Related,
        Shape::TitleEnd => Category::Masthead,
        _ => category::of(&entry.folded, place(entry)),
    }
}

/// Where it stands most.
fn place(entry: &Entry) -> Place {
    let most = entry.head.max(entry.body).max(entry.tail);
    match most {
        _ if most == entry.head => Place::Head,
        _ if most == entry.tail => Place::Tail,
        _ => Place::Body,
    }
}

fn place_name(entry: &Entry) -> &'static str {
    match place(entry) {
        Place::Head => "above",
        Place::Body => "inside",
        Place::Tail => "below",
    }
}

fn name(entry: &Entry) -> String {
    match entry.shape {
        Shape::Headline => "headlines".into(),
        Shape::TitleEnd => "title-end".into(),
        Shape::Line => format!("{}-{}", category_of(entry).name(), place_name(entry)),
        Shape::Template => format!("{}-numbers", category_of(entry).name()),
        Shape::Opening => format!("{}-opening", category_of(entry).name()),
        Shape::Sentence => format!("{}-sentence", category_of(entry).name()),
    }
}

fn why(entries: &[&Entry], texts: u64) -> String {
    let (least, most) =
        entries.iter().fold((u32::MAX, 0), |(least, most), entry| (least.min(entry.texts), most.max(entry.texts)));
    let counts = if least == most { most.to_string() } else { format!("{least} to {most}") };
    let stands = match entries[0].shape {
        Shape::Headline => "titles of other texts, in",
        Shape::TitleEnd => "the site's name behind the title, in",
        Shape::Line | Shape::Template | Shape::Opening | Shape::Sentence => match place(entries[0]) {
            Place::Head => "above the article in",
            Place::Body => "inside the article in",
            Place::Tail => "below the article in",
        },
    };
    format!("{stands} {counts} of {texts} texts")
}

/// Ids must differ.
fn name_apart(proposals: &mut [Proposal]) {
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    for proposal in proposals {
        let times = taken.entry(proposal.name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            proposal.name = format!("{}-{times}", proposal.name);
        }
    }
}
