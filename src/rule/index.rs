//! Finds the anchors of all rules and of the signatures of all sources on a page.
//!
//! Most anchors must stand at an edge of a line, or be all of it: they are looked up by the bytes at the edges of each view,
//! which costs nothing for the text between. Only what may stand anywhere is searched for byte by byte.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::RuleIdx;
use super::anchor::Anchor;
use super::kind::Hit;
use super::literal::How;
use super::matcher::without_return;
use super::search::{Place, Search};
use super::set::SourceIdx;
use crate::error::{Error, Errors};
use crate::page::Page;

/// What an anchor belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// A rule.
    Rule(RuleIdx),
    /// A signature of a source, by its number there.
    Signature(SourceIdx, u32),
}

/// All anchors, ready to be looked for.
#[derive(Debug)]
pub(crate) struct Index {
    needles: Vec<Needle>,
    owners: Vec<Owner>,
    starts: Search,
    ends: Search,
    anywhere: Search,
    exact: Option<Exact>,
}

/// A literal to look for. Anchors that are the same share it.
#[derive(Debug)]
struct Needle {
    text: Box<[u8]>,
    how: How,
    /// The owners, by their numbers, and which of the owner's anchors it is.
    owners: Vec<(u32, u32)>,
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
    ///
    /// # Errors
    ///
    /// There are too many.
    pub(crate) fn of(anchors: &[(Owner, Vec<Anchor>)]) -> Result<Self, Errors> {
        let mut by_anchor: BTreeMap<&Anchor, Vec<(u32, u32)>> = BTreeMap::new();
        for (owner, (_, list)) in anchors.iter().enumerate() {
            for (number, anchor) in list.iter().enumerate() {
                by_anchor.entry(anchor).or_default().push((owner as u32, number as u32));
            }
        }
        let needle = |(anchor, owners): (&&Anchor, &Vec<(u32, u32)>)| Needle {
            text: anchor.needle.as_bytes().into(),
            how: anchor.how,
            owners: owners.clone(),
        };
        let needles: Vec<Needle> = by_anchor.iter().map(needle).collect();
        let numbered = || (0..).zip(by_anchor.keys()).zip(&needles);
        let of = |place: Place, hows: &[How]| {
            let folded = numbered().filter(|((_, anchor), _)| !anchor.exact && hows.contains(&anchor.how));
            Search::of(place, folded.map(|((number, _), needle)| (number, &*needle.text)))
        };
        let exact: Vec<u32> =
            numbered().filter(|((_, anchor), _)| anchor.exact).map(|((number, _), _)| number).collect();
        Ok(Self {
            starts: of(Place::Start, &[How::Equals, How::Starts]),
            ends: of(Place::End, &[How::Ends]),
            anywhere: of(Place::Anywhere, &[How::Contains]),
            exact: (!exact.is_empty()).then(|| Exact::of(&needles, exact)).transpose()?,
            owners: anchors.iter().map(|(owner, _)| *owner).collect(),
            needles,
        })
    }

    /// The number under which hits are kept for an owner.
    pub(crate) fn owner_of_rule(rule: RuleIdx) -> u32 {
        rule
    }

    /// What an owner's number stands for.
    pub(crate) fn owner(&self, number: u32) -> Owner {
        self.owners[number as usize]
    }

    /// Looks for all needles in a line of a page.
    pub(crate) fn search(&self, page: &Page, line: usize, seen: &mut Vec<Seen>) {
        for view in page.views(line) {
            self.search_view(page, line, view, seen);
        }
        let Some(exact) = &self.exact else { return };
        let text = without_return(page.content(line));
        exact.each(text, |needle, range| {
            if self.needles[needle as usize].how.holds(&range, text.len()) {
                seen.push(Seen::of(needle, line, None, range));
            }
        });
    }

    fn search_view(&self, page: &Page, line: usize, view: usize, seen: &mut Vec<Seen>) {
        let text = page.view(view).as_bytes();
        for search in [&self.starts, &self.ends, &self.anywhere] {
            search.each(
                text,
                |number| &self.needles[number as usize].text,
                |number, range| {
                    if self.needles[number as usize].how.holds(&range, text.len()) {
                        seen.push(Seen::of(number, line, Some(view as u32), range));
                    }
                },
            );
        }
    }

    /// The hits of all owners, given where needles were seen.
    pub(crate) fn hits(&self, seen: &[Seen]) -> Hits {
        let mut all: Vec<(u32, Hit)> = Vec::with_capacity(seen.len());
        for seen in seen {
            let owners = self.needles[seen.needle as usize].owners.iter();
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
    fn of(all: &[Needle], needles: Vec<u32>) -> Result<Self, Errors> {
        let texts = needles.iter().map(|&number| &all[number as usize].text);
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(texts);
        let too_many =
            |error| Error::new(format!("the rules hold too many literals: {error}"), "use fewer packs at once");
        Ok(Self { automaton: automaton.map_err(too_many)?, needles })
    }

    /// Calls `found` with each needle in a text and where it stands.
    fn each(&self, text: &[u8], mut found: impl FnMut(u32, Range<usize>)) {
        for place in self.automaton.find_overlapping_iter(text) {
            found(self.needles[place.pattern()], place.range());
        }
    }
}
