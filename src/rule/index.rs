//! Finds the anchors of all rules and of the signatures of all sources on a page.
//!
//! Most anchors must stand at an edge of a line, or be all of it: they are looked up by the bytes at the edges of each view,
//! which costs nothing for the text between. What may stand anywhere is looked for in the views of all lines at once.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::RuleIdx;
use super::anchor::Anchor;
use super::kind::Hit;
use super::literal::How;
use super::matcher::without_return;
use super::rows::Rows;
use super::search::{Anywhere, Edge, Side};
use super::set::SourceIdx;
use crate::fold::Placed;
use crate::layout::Span;
use crate::page::{Page, Part};
use crate::threads::shared;

/// What an anchor belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// A rule.
    Rule(RuleIdx),
    /// A signature of a source, by its number there.
    Signature(SourceIdx, u32),
}

/// In place of a source, for owners that are rules.
const NO_SOURCE: SourceIdx = SourceIdx::MAX;

impl From<[u32; 2]> for Owner {
    fn from([source, number]: [u32; 2]) -> Self {
        if source == NO_SOURCE { Self::Rule(number) } else { Self::Signature(source, number) }
    }
}

impl From<Owner> for [u32; 2] {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::Rule(number) => [NO_SOURCE, number],
            Owner::Signature(source, number) => [source, number],
        }
    }
}

/// All anchors, ready to be looked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) struct Index {
    needles: Needles,
    /// Of the needles that stand in folded views.
    folded: Search,
    /// Of those that stand in raw bytes.
    exact: Search,
}

/// A search for needles by where they must stand.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Search {
    starts: Edge,
    ends: Edge,
    anywhere: Anywhere,
}

impl Search {
    fn of(needles: &Needles, exact: bool) -> Self {
        let text = |number| needles.text(number);
        let those = |holds| needles.those(exact, holds);
        Self {
            // One that is all of a text starts it.
            starts: Edge::of(Side::Start, those(&[How::Equals, How::Starts]), text),
            ends: Edge::of(Side::End, those(&[How::Ends]), text),
            anywhere: Anywhere::of(those(&[How::Contains]), text),
        }
    }

    fn is_empty(&self) -> bool {
        self.starts.is_empty() && self.ends.is_empty() && self.anywhere.is_empty()
    }

    /// Calls `found` with each needle that must stand at an edge of a text and does, and its bytes there.
    fn at_edges(&self, needles: &Needles, text: &[u8], mut found: impl FnMut(u32, Range<usize>)) {
        for edge in [&self.starts, &self.ends] {
            edge.each(
                text,
                |needle| needles.text(needle),
                |needle, range| {
                    if needles.how(needle).holds(&range, text.len()) {
                        found(needle, range);
                    }
                },
            );
        }
    }

    /// Calls `found` with each needle that may stand anywhere in a text, and its bytes there.
    fn anywhere(&self, needles: &Needles, text: &[u8], found: impl FnMut(u32, Range<usize>)) {
        self.anywhere.each(text, |needle| needles.text(needle), found);
    }
}

/// The literals to look for. Anchors that are the same share one.
#[derive(Debug, Serialize, Deserialize)]
struct Needles {
    /// Their bytes, one after another.
    #[serde(borrow)]
    text: Cow<'static, [u8]>,
    list: Rows<Needle, 3>,
    /// The owners of each, one after another, by their numbers, and which of the owner's anchors it is.
    owned: Rows<(u32, u32), 2>,
    /// All owners.
    owners: Rows<Owner, 2>,
}

#[derive(Clone, Copy, Debug)]
struct Needle {
    /// Where its bytes and its owners end.
    end: u32,
    owned_end: u32,
    how: How,
    exact: bool,
}

/// The ways in which a needle may stand, by their numbers.
const HOWS: [How; 4] = [How::Equals, How::Starts, How::Ends, How::Contains];

impl From<[u32; 3]> for Needle {
    fn from([end, owned_end, kind]: [u32; 3]) -> Self {
        Self { end, owned_end, how: HOWS[kind as usize / 2], exact: kind % 2 == 1 }
    }
}

impl From<Needle> for [u32; 3] {
    fn from(needle: Needle) -> Self {
        [needle.end, needle.owned_end, needle.how as u32 * 2 + u32::from(needle.exact)]
    }
}

impl Needles {
    fn of(anchors: &[(Owner, Vec<Anchor>)]) -> Self {
        let mut all: Vec<(&Anchor, (u32, u32))> = Vec::new();
        for (owner, (_, list)) in (0..).zip(anchors) {
            all.extend((0..).zip(list).map(|(number, anchor)| (anchor, (owner, number))));
        }
        all.sort_unstable();
        let (mut text, mut list, mut owned) = (Vec::new(), Vec::new(), Vec::new());
        for same in all.chunk_by(|left, right| left.0 == right.0) {
            let anchor = same[0].0;
            text.extend_from_slice(anchor.needle.as_bytes());
            owned.extend(same.iter().map(|(_, owned)| *owned));
            let (end, owned_end) = (text.len() as u32, owned.len() as u32);
            list.push(Needle { end, owned_end, how: anchor.how, exact: anchor.exact });
        }
        Self {
            text: text.into(),
            list: list.into_iter().collect(),
            owned: owned.into_iter().collect(),
            owners: anchors.iter().map(|(owner, _)| *owner).collect(),
        }
    }

    /// The needle before one, or what ends where the first one starts.
    fn before(&self, number: u32) -> Needle {
        let nothing = Needle { end: 0, owned_end: 0, how: How::Equals, exact: false };
        number.checked_sub(1).map_or(nothing, |before| self.list.at(before as usize))
    }

    fn text(&self, number: u32) -> &[u8] {
        &self.text[self.before(number).end as usize..self.list.at(number as usize).end as usize]
    }

    fn owned(&self, number: u32) -> impl Iterator<Item = (u32, u32)> {
        (self.before(number).owned_end..self.list.at(number as usize).owned_end).map(|at| self.owned.at(at as usize))
    }

    fn how(&self, number: u32) -> How {
        self.list.at(number as usize).how
    }

    /// The needles that stand in raw bytes or in a folded view, as some `holds`.
    fn those(&self, exact: bool, holds: &[How]) -> impl Iterator<Item = u32> {
        let there = (0..).zip(self.list.iter()).filter(move |(_, needle)| needle.exact == exact);
        let there = there.filter(|(_, needle)| holds.contains(&needle.how)).map(|(number, _)| number);
        there.filter(|&number| !self.text(number).is_empty())
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
        let needles = Needles::of(anchors);
        Self { folded: Search::of(&needles, false), exact: Search::of(&needles, true), needles }
    }

    /// The number under which hits are kept for a rule: the owners of an index start with all rules, in their order.
    pub(crate) fn owner_of_rule(rule: RuleIdx) -> u32 {
        rule
    }

    /// What an owner's number stands for.
    pub(crate) fn owner(&self, number: u32) -> Owner {
        self.needles.owners.at(number as usize)
    }

    /// Looks for all needles on a page. Of one that is left of another only new lines need be [searched](Self::search_line).
    pub(crate) fn search(&self, page: &Page) -> Vec<Seen> {
        let parts = page.parts();
        debug_assert!(!parts.is_empty(), "the page is left of another one");
        shared(parts, |part| self.search_part(&part)).concat()
    }

    /// Looks for all needles in some lines of a page.
    fn search_part(&self, part: &Part) -> Vec<Seen> {
        let mut seen = Vec::new();
        let spans = part.folder.spans();
        for (number, placed) in spans.iter().enumerate() {
            self.folded.at_edges(&self.needles, part.folder.text(number), |needle, range| {
                seen.push(Seen::of(needle, placed.line as usize, Some(part.first_view + number), range));
            });
        }
        self.folded.anywhere(&self.needles, part.folder.buffer(), |needle, range| {
            let number = spans.partition_point(|placed| placed.end <= range.start);
            let Placed { line, start, .. } = spans[number];
            let range = range.start - start..range.end - start;
            seen.push(Seen::of(needle, line as usize, Some(part.first_view + number), range));
        });
        self.search_bytes(part, &mut seen);
        seen
    }

    /// Looks for the needles that stand in raw bytes. None stands in more than one line.
    fn search_bytes(&self, part: &Part, seen: &mut Vec<Seen>) {
        if self.exact.is_empty() {
            return;
        }
        let number_of = |line: usize| part.first_line + line;
        for (number, line) in part.lines.iter().enumerate() {
            self.exact.at_edges(&self.needles, without_return(line.content.of(part.text)), |needle, range| {
                seen.push(Seen::of(needle, number_of(number), None, range));
            });
        }
        let [first, ..] = part.lines else { return };
        let start = first.full.start;
        let bytes = Span::new(start, part.lines[part.lines.len() - 1].full.end);
        self.exact.anywhere(&self.needles, bytes.of(part.text), |needle, range| {
            let number = part.lines.partition_point(|line| line.full.end <= start + range.start);
            let content = part.lines[number].content;
            let range = start + range.start - content.start..start + range.end - content.start;
            if range.end <= without_return(content.of(part.text)).len() {
                seen.push(Seen::of(needle, number_of(number), None, range));
            }
        });
    }

    /// Looks for all needles in a line of a page.
    pub(crate) fn search_line(&self, page: &Page, line: usize, seen: &mut Vec<Seen>) {
        for view in page.views(line) {
            let mut found = |needle, range| seen.push(Seen::of(needle, line, Some(view), range));
            self.folded.at_edges(&self.needles, page.view_bytes(view), &mut found);
            self.folded.anywhere(&self.needles, page.view_bytes(view), &mut found);
        }
        let mut found = |needle, range| seen.push(Seen::of(needle, line, None, range));
        let raw = without_return(page.content(line));
        self.exact.at_edges(&self.needles, raw, &mut found);
        self.exact.anywhere(&self.needles, raw, &mut found);
    }

    /// The hits of all owners, given where needles were seen.
    pub(crate) fn hits(&self, seen: &[Seen]) -> Hits {
        // One number each sorts quicker than a hit does: its owner, and which it is.
        let (mut hits, mut order) = (Vec::with_capacity(seen.len()), Vec::with_capacity(seen.len()));
        for seen in seen {
            for (owner, anchor) in self.needles.owned(seen.needle) {
                order.push(u64::from(owner) << 32 | hits.len() as u64);
                hits.push(seen.hit(anchor));
            }
        }
        order.sort_unstable();
        Hits::of_owners(order.iter().map(|&key| ((key >> 32) as u32, hits[key as u32 as usize])))
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
    /// Puts together hits whose owners are in order.
    fn of_owners(all: impl ExactSizeIterator<Item = (u32, Hit)>) -> Self {
        let (mut owners, mut hits) = (Vec::<(u32, u32)>::new(), Vec::with_capacity(all.len()));
        for (owner, hit) in all {
            if owners.last().is_none_or(|&(last, _)| last != owner) {
                owners.push((owner, hits.len() as u32));
            }
            hits.push(hit);
        }
        let mut all = Self { owners, hits };
        for range in (0..all.owners.len()).map(|at| all.range(at)).collect::<Vec<_>>() {
            all.hits[range].sort_unstable();
        }
        all
    }

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
        &self.hits[self.range(at)]
    }

    fn range(&self, at: usize) -> Range<usize> {
        let end = self.owners.get(at + 1).map_or(self.hits.len(), |(_, start)| *start as usize);
        self.owners[at].1 as usize..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::set::Ruleset;

    #[test]
    fn what_is_looked_for_in_parts_is_found_in_the_same_places() {
        let text = "Advertisement\n\n\n**Photograph:** Getty Images, 2018\r\nLet\u{2019}s block ads! (Why?)\n\nRain fell.\n\
                    ![](http://a.example/1x1.png)\n\nRead more: *Snow* fell, too\n";
        let rules = Ruleset::bundled();
        let hits = |page: &Page| {
            let hits = rules.index().hits(&rules.index().search(page));
            hits.by_owner().map(|(owner, hits)| (owner, hits.to_vec())).collect::<Vec<_>>()
        };
        let whole = hits(&Page::of(text.as_bytes()));
        assert!(whole.len() > 10, "{whole:?}");
        for fewest in [1, 20, 50] {
            assert_eq!(hits(&Page::in_parts(text.as_bytes(), fewest)), whole);
        }
    }
}
