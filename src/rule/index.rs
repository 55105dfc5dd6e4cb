//! Finds the anchors of all rules and of the signatures of all sources on a page.
//!
//! Most anchors must stand at an edge of a line, or be all of it: they are looked up by the bytes at the edges of each view,
//! which costs nothing for the text between. Only what may stand anywhere is searched for byte by byte.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize, Serializer};

use super::RuleIdx;
use super::anchor::Anchor;
use super::kind::Hit;
use super::literal::How;
use super::matcher::without_return;
use super::search::{self, Place, Search, Window};
use super::set::SourceIdx;
use crate::page::Page;

/// What an anchor belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Owner {
    /// A rule.
    Rule(RuleIdx),
    /// A signature of a source, by its number there.
    Signature(SourceIdx, u32),
}

/// All anchors, ready to be looked for.
#[derive(Debug, Deserialize)]
#[serde(from = "Needles", bound(deserialize = "'de: 'static"))]
pub(crate) struct Index {
    needles: Needles,
    starts: Search,
    ends: Search,
    anywhere: Search,
    exact: Option<Exact>,
}

/// The literals to look for. Anchors that are the same share one.
#[derive(Debug, Serialize, Deserialize)]
struct Needles {
    /// Their bytes, one after another.
    #[serde(borrow)]
    text: Cow<'static, [u8]>,
    list: Vec<Needle>,
    /// The owners of each, one after another, by their numbers, and which of the owner's anchors it is.
    owned: Vec<(u32, u32)>,
    /// All owners.
    owners: Vec<Owner>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Needle {
    /// Where its bytes and its owners end.
    end: u32,
    owned_end: u32,
    how: How,
    exact: bool,
    window: Window,
}

impl Needles {
    fn of(anchors: &[(Owner, Vec<Anchor>)]) -> Self {
        let mut by_anchor: BTreeMap<&Anchor, Vec<(u32, u32)>> = BTreeMap::new();
        for (owner, (_, list)) in (0..).zip(anchors) {
            for (number, anchor) in (0..).zip(list) {
                by_anchor.entry(anchor).or_default().push((owner, number));
            }
        }
        let mut windowed = windowed(by_anchor.keys().copied());
        // In the order in which the searches are made fastest.
        windowed.sort_unstable();
        let (mut text, mut list, mut owned) = (Vec::new(), Vec::new(), Vec::new());
        for (window, anchor) in windowed {
            text.extend_from_slice(anchor.needle.as_bytes());
            owned.extend(&by_anchor[anchor]);
            let (end, owned_end) = (text.len() as u32, owned.len() as u32);
            list.push(Needle { end, owned_end, how: anchor.how, exact: anchor.exact, window });
        }
        Self { text: text.into(), list, owned, owners: anchors.iter().map(|(owner, _)| *owner).collect() }
    }

    fn text(&self, number: u32) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.list[before as usize].end);
        &self.text[start as usize..self.list[number as usize].end as usize]
    }

    fn owned(&self, number: u32) -> &[(u32, u32)] {
        let start = number.checked_sub(1).map_or(0, |before| self.list[before as usize].owned_end);
        &self.owned[start as usize..self.list[number as usize].owned_end as usize]
    }

    fn how(&self, number: u32) -> How {
        self.list[number as usize].how
    }

    /// The needles that stand at a place of a folded view, by their windows.
    fn at(&self, place: Place) -> impl Iterator<Item = (u32, Window)> {
        let there = (0..).zip(&self.list).filter(move |(_, needle)| !needle.exact && place_of(needle.how) == place);
        there.map(|(number, needle)| (number, needle.window))
    }

    /// The needles that stand in raw bytes.
    fn exact(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let exact = (0..).zip(&self.list).filter(|(_, needle)| needle.exact);
        exact.map(|(number, _)| (number, self.text(number)))
    }
}

/// Anchors with their windows.
fn windowed<'a>(anchors: impl Iterator<Item = &'a Anchor>) -> Vec<(Window, &'a Anchor)> {
    let mut by_place: [Vec<&Anchor>; 3] = Default::default();
    anchors.for_each(|anchor| by_place[place_of(anchor.how) as usize].push(anchor));
    let places = [Place::Start, Place::End, Place::Anywhere];
    let windowed = places.into_iter().zip(by_place).flat_map(|(place, anchors)| {
        let needles: Vec<&[u8]> = anchors.iter().map(|anchor| anchor.needle.as_bytes()).collect();
        search::windows(place, &needles).into_iter().zip(anchors)
    });
    windowed.collect()
}

/// Where in a view a needle is looked for. One that is all of it starts it.
fn place_of(how: How) -> Place {
    match how {
        How::Equals | How::Starts => Place::Start,
        How::Ends => Place::End,
        How::Contains => Place::Anywhere,
    }
}

impl From<Needles> for Index {
    fn from(needles: Needles) -> Self {
        let search = |place| Search::of(place, needles.at(place), |number| needles.text(number));
        Self {
            starts: search(Place::Start),
            ends: search(Place::End),
            anywhere: search(Place::Anywhere),
            exact: Exact::of(needles.exact()),
            needles,
        }
    }
}

impl Serialize for Index {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.needles.serialize(serializer)
    }
}

/// Where a needle was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    needle: u32,
    /// The line.
    pub(crate) line: u32,
    /// The view; `None` if raw bytes were searched.
    pub(crate) view: Option<u32>,
    start: u32,
    end: u32,
}

/// The hits on a page, by owner.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    /// Where the hits of each owner that has some start, in the order of the owners.
    owners: Vec<(u32, u32)>,
    hits: Vec<Hit>,
}

impl Index {
    /// Puts together the anchors of some owners.
    pub(crate) fn of(anchors: &[(Owner, Vec<Anchor>)]) -> Self {
        Needles::of(anchors).into()
    }

    /// The number under which hits are kept for a rule: the owners of an index start with all rules, in their order.
    pub(crate) fn owner_of_rule(rule: RuleIdx) -> u32 {
        rule
    }

    /// What an owner's number stands for.
    pub(crate) fn owner(&self, number: u32) -> Owner {
        self.needles.owners[number as usize]
    }

    /// Looks for all needles in a line of a page.
    pub(crate) fn search(&self, page: &Page, line: usize, seen: &mut Vec<Seen>) {
        for view in page.views(line) {
            self.search_view(page, line, view, seen);
        }
        let Some(exact) = &self.exact else { return };
        let text = without_return(page.content(line));
        exact.each(text, |needle, range| {
            if self.needles.how(needle).holds(&range, text.len()) {
                seen.push(Seen::of(needle, line, None, range));
            }
        });
    }

    fn search_view(&self, page: &Page, line: usize, view: usize, seen: &mut Vec<Seen>) {
        let text = page.view(view).as_bytes();
        for search in [&self.starts, &self.ends, &self.anywhere] {
            search.each(
                text,
                |needle| self.needles.text(needle),
                |needle, range| {
                    if self.needles.how(needle).holds(&range, text.len()) {
                        seen.push(Seen::of(needle, line, Some(view as u32), range));
                    }
                },
            );
        }
    }

    /// The hits of all owners, given where needles were seen.
    pub(crate) fn hits(&self, seen: &[Seen]) -> Hits {
        let mut all: Vec<(u32, Hit)> = Vec::with_capacity(seen.len());
        for seen in seen {
            let owners = self.needles.owned(seen.needle).iter();
            all.extend(owners.map(|&(owner, anchor)| (owner, seen.hit(anchor))));
        }
        all.sort_unstable();
        let mut owners: Vec<(u32, u32)> = Vec::new();
        for (at, (owner, _)) in all.iter().enumerate() {
            if owners.last().is_none_or(|(last, _)| last != owner) {
                owners.push((*owner, at as u32));
            }
        }
        Hits { owners, hits: all.into_iter().map(|(_, hit)| hit).collect() }
    }
}

impl Seen {
    fn of(needle: u32, line: usize, view: Option<u32>, range: Range<usize>) -> Self {
        Self { needle, line: line as u32, view, start: range.start as u32, end: range.end as u32 }
    }

    /// The same in a line of another page that is the same.
    pub(crate) fn moved(&self, from: &Page, to: &Page, line: usize) -> Self {
        let first = |page: &Page, line: usize| page.views(line).start as u32;
        let view = self.view.map(|view| view - first(from, self.line as usize) + first(to, line));
        Self { line: line as u32, view, ..*self }
    }

    fn hit(&self, anchor: u32) -> Hit {
        Hit { line: self.line, view: self.view, start: self.start, end: self.end, anchor }
    }
}

impl Hits {
    /// The hits of an owner's anchors, in order.
    pub(crate) fn of(&self, owner: u32) -> &[Hit] {
        match self.owners.binary_search_by_key(&owner, |(owner, _)| *owner) {
            Ok(at) => self.at(at),
            Err(_) => &[],
        }
    }

    /// All owners with the hits of their anchors.
    pub(crate) fn by_owner(&self) -> impl Iterator<Item = (u32, &[Hit])> {
        self.owners.iter().enumerate().map(|(at, &(owner, _))| (owner, self.at(at)))
    }

    fn at(&self, at: usize) -> &[Hit] {
        let end = self.owners.get(at + 1).map_or(self.hits.len(), |(_, start)| *start as usize);
        &self.hits[self.owners[at].1 as usize..end]
    }
}

/// A search for needles in raw bytes: few rules want it.
#[derive(Debug)]
struct Exact {
    automaton: AhoCorasick,
    /// The needle of each of its patterns.
    needles: Vec<u32>,
}

impl Exact {
    fn of<'n>(needles: impl Iterator<Item = (u32, &'n [u8])>) -> Option<Self> {
        let (needles, texts): (Vec<u32>, Vec<&[u8]>) = needles.unzip();
        let automaton = || AhoCorasick::builder().match_kind(MatchKind::Standard).build(&texts);
        (!needles.is_empty()).then(|| Self { automaton: automaton().expect("literals of rules are few"), needles })
    }

    /// Calls `found` with each needle in a text and where it stands.
    fn each(&self, text: &[u8], mut found: impl FnMut(u32, Range<usize>)) {
        for place in self.automaton.find_overlapping_iter(text) {
            found(self.needles[place.pattern()], place.range());
        }
    }
}
