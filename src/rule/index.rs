//! Finds the anchors of all rules and of the signatures of all sources on a page.
//!
//! Most anchors must stand at an edge of a line, or be all of it: they are looked up by the bytes at the edges of each view,
//! which costs nothing for the text between. What may stand anywhere is looked for in the views of all lines at once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde::{Deserialize, Serialize, Serializer};

use super::RuleIdx;
use super::anchor::Anchor;
use super::kind::Hit;
use super::literal::How;
use super::matcher::without_return;
use super::search::{Anywhere, Edge, Side};
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
    starts: Edge,
    ends: Edge,
    anywhere: Anywhere,
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
}

impl Needles {
    fn of(anchors: &[(Owner, Vec<Anchor>)]) -> Self {
        let mut by_anchor: BTreeMap<&Anchor, Vec<(u32, u32)>> = BTreeMap::new();
        for (owner, (_, list)) in (0..).zip(anchors) {
            for (number, anchor) in (0..).zip(list) {
                by_anchor.entry(anchor).or_default().push((owner, number));
            }
        }
        let (mut text, mut list, mut owned) = (Vec::new(), Vec::new(), Vec::new());
        for (anchor, owners) in by_anchor {
            text.extend_from_slice(anchor.needle.as_bytes());
            owned.extend(owners);
            let (end, owned_end) = (text.len() as u32, owned.len() as u32);
            list.push(Needle { end, owned_end, how: anchor.how, exact: anchor.exact });
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

    /// The needles that stand in a folded view as some `holds`.
    fn folded(&self, holds: &'static [How]) -> impl Iterator<Item = u32> {
        let there = (0..).zip(&self.list).filter(move |(_, needle)| !needle.exact && holds.contains(&needle.how));
        there.map(|(number, _)| number).filter(|&number| !self.text(number).is_empty())
    }

    /// The needles that stand in raw bytes.
    fn exact(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let exact = (0..).zip(&self.list).filter(|(_, needle)| needle.exact);
        exact.map(|(number, _)| (number, self.text(number)))
    }
}

impl From<Needles> for Index {
    fn from(needles: Needles) -> Self {
        let text = |number| needles.text(number);
        Self {
            // One that is all of a view starts it.
            starts: Edge::of(Side::Start, needles.folded(&[How::Equals, How::Starts]), text),
            ends: Edge::of(Side::End, needles.folded(&[How::Ends]), text),
            anywhere: Anywhere::of(needles.folded(&[How::Contains]), text),
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

    /// Looks for all needles on a page.
    pub(crate) fn search(&self, page: &Page, seen: &mut Vec<Seen>) {
        for line in 0..page.len() {
            page.views(line).for_each(|view| self.search_edges(page, line, view, seen));
        }
        let text = |number| self.needles.text(number);
        self.anywhere.each(page.views_text(), text, |needle, range| {
            let (view, start) = page.view_at(range.start);
            seen.push(Seen::of(needle, page.line_of(view), Some(view), range.start - start..range.end - start));
        });
        let Some(exact) = &self.exact else { return };
        let mut next = 0;
        for at in exact.places(&page.text) {
            let line = page.layout.line_at(at);
            if line >= next {
                self.search_exact(exact, page, line, seen);
                next = line + 1;
            }
        }
    }

    /// Looks for all needles in a line of a page.
    pub(crate) fn search_line(&self, page: &Page, line: usize, seen: &mut Vec<Seen>) {
        for view in page.views(line) {
            self.search_edges(page, line, view, seen);
            let text = |number| self.needles.text(number);
            self.anywhere.each(page.view(view).as_bytes(), text, |needle, range| {
                seen.push(Seen::of(needle, line, Some(view), range));
            });
        }
        if let Some(exact) = &self.exact {
            self.search_exact(exact, page, line, seen);
        }
    }

    fn search_edges(&self, page: &Page, line: usize, view: usize, seen: &mut Vec<Seen>) {
        let text = page.view(view).as_bytes();
        for edge in [&self.starts, &self.ends] {
            edge.each(
                text,
                |needle| self.needles.text(needle),
                |needle, range| {
                    if self.needles.how(needle).holds(&range, text.len()) {
                        seen.push(Seen::of(needle, line, Some(view), range));
                    }
                },
            );
        }
    }

    fn search_exact(&self, exact: &Exact, page: &Page, line: usize, seen: &mut Vec<Seen>) {
        let text = without_return(page.content(line));
        exact.each(text, |needle, range| {
            if self.needles.how(needle).holds(&range, text.len()) {
                seen.push(Seen::of(needle, line, None, range));
            }
        });
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
    fn of(needle: u32, line: usize, view: Option<usize>, range: Range<usize>) -> Self {
        let view = view.map(|view| view as u32);
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

/// A search for needles in raw bytes. Few rules want it, and few lines hold one.
#[derive(Debug)]
struct Exact {
    /// Finds a needle in each line that holds any: with a vector search, which only this kind of automaton has.
    some: AhoCorasick,
    /// Finds all.
    all: AhoCorasick,
    needles: Vec<u32>,
}

impl Exact {
    fn of<'n>(needles: impl Iterator<Item = (u32, &'n [u8])>) -> Option<Self> {
        let (needles, texts): (Vec<u32>, Vec<&[u8]>) = needles.unzip();
        let automaton = |kind| {
            let mut builder = AhoCorasick::builder();
            // The contiguous form is quicker to build than the other one.
            builder.match_kind(kind).kind(Some(AhoCorasickKind::ContiguousNFA));
            builder.build(&texts).expect("literals of rules are few")
        };
        if needles.is_empty() {
            return None;
        }
        Some(Self { some: automaton(MatchKind::LeftmostFirst), all: automaton(MatchKind::Standard), needles })
    }

    /// Places in a text, in order, of which at least one is in each line that holds a needle.
    fn places(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        self.some.find_iter(text).map(|place| place.start())
    }

    /// Calls `found` with each needle in a line and where it stands.
    fn each(&self, line: &[u8], mut found: impl FnMut(u32, Range<usize>)) {
        for place in self.all.find_overlapping_iter(line) {
            found(self.needles[place.pattern()], place.range());
        }
    }
}
