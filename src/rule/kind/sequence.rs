//! `[[sequence]]`: consecutive non-blank lines, recognised by their order.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::page::Page;
use crate::rule::anchor::Anchor;
use crate::rule::literal::Literal;
use crate::rule::matcher::Matcher;

use super::headline::reads_like_one;
use super::{Found, Hit, Look, lines_of};

/// The most steps of a sequence: a row is followed from step to step, and what a page makes of it grows with both.
pub const STEPS_MAX: usize = 100;

/// Deletes some of a row of lines.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sequence {
    /// What each line must look like, and whether it goes.
    pub steps: Vec<Step>,
}

/// What a line must look like, and whether it goes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Step {
    /// Whether the line goes.
    pub drop: bool,
    /// Its text.
    pub matcher: Option<Matcher>,
    /// Its text with the case kept, one of these.
    pub cased: Vec<Literal>,
    /// How many words it has.
    pub words: Option<RangeInclusive<u32>>,
    /// Whether it ends in terminal punctuation.
    pub terminal: Option<bool>,
    /// Whether it is a copy of a sentence that stays.
    pub copy: Option<bool>,
    /// Whether it reads like a headline.
    pub headline: Option<bool>,
    /// Whether the step may be left out.
    pub optional: bool,
}

impl Step {
    /// Whether a line is as it must be; whether it is a copy is not asked.
    fn fits(&self, page: &Page, line: usize) -> bool {
        self.words.as_ref().is_none_or(|range| range.contains(&page.words(line)))
            && self.terminal.is_none_or(|terminal| page.is_terminal(line) == terminal)
            && self.matcher.as_ref().is_none_or(|matcher| matcher.holds(page, line))
            && (self.cased.is_empty() || self.has_cased(page, line))
            && self.headline.is_none_or(|headline| reads_like_one(page.content(line)) == headline)
    }

    /// Whether a line is a copy, or none, as it must be. Who asks first has the whole text indexed.
    fn copies_fit(&self, page: &Page, line: usize) -> bool {
        self.copy.is_none_or(|copy| page.copies().longer_copies(line).next().is_some() == copy)
    }

    fn has_cased(&self, page: &Page, line: usize) -> bool {
        let how = self.matcher.as_ref().map(|matcher| matcher.how).unwrap_or_default();
        page.kept(line).iter().any(|view| self.cased.iter().any(|literal| literal.matches(view.text().as_bytes(), how)))
    }

    fn is_anchored(&self) -> bool {
        !self.optional && self.matcher.as_ref().is_some_and(Matcher::is_anchored)
    }
}

impl Sequence {
    /// The anchors of the first step that cannot be left out and has some.
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        let matcher = self.anchored().and_then(|step| self.steps[step].matcher.as_ref());
        matcher.map(Matcher::anchors).unwrap_or_default()
    }

    /// That step's number.
    fn anchored(&self) -> Option<usize> {
        self.steps.iter().position(Step::is_anchored)
    }

    pub(super) fn find(&self, look: &Look, hits: &[Hit]) -> Vec<Found> {
        let page = look.page;
        let mut rows = Rows { steps: &self.steps, page, lines: page.filled(), known: BTreeMap::new() };
        let mut found = Vec::new();
        let mut next = 0;
        for at in self.starts(look, hits) {
            if at < next {
                continue;
            }
            if let Some(row) = rows.from(at)
                && row.iter().any(|&(_, drop)| drop)
            {
                let row_found = dropped(page, &row);
                // What stands elsewhere stays, and takes no line from a row that does not.
                next = if look.is_in_place(row_found.line) { at + row.len() } else { next };
                found.push(row_found);
            }
        }
        found
    }

    /// Where among the lines that are not blank, near the place where the rule looks, the sequence may start: as many lines above
    /// one that the anchored step matches, copies aside, as there are steps before that, or fewer if some may be left out.
    fn starts(&self, look: &Look, hits: &[Hit]) -> Vec<usize> {
        let filled = look.page.filled();
        let may_be_in_place = |&at: &usize| look.thorough || self.may_be_in_place(look, at);
        let Some(anchored) = self.anchored() else { return (0..filled.len()).filter(may_be_in_place).collect() };
        let optional = self.steps[..anchored].iter().filter(|step| step.optional).count();
        let places = lines_of(hits).map(|line| filled.partition_point(|&other| other < line));
        let places = places.filter(may_be_in_place);
        let places = places.filter(|&at| self.steps[anchored].fits(look.page, filled[at]));
        let starts = places.flat_map(|at| at.saturating_sub(anchored)..(at + optional + 1).saturating_sub(anchored));
        let mut starts: Vec<usize> = starts.collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// Whether, of the lines that are not blank, one that a row around another may have stands where the rule looks.
    fn may_be_in_place(&self, look: &Look, at: usize) -> bool {
        let filled = look.page.filled();
        let row = at.saturating_sub(self.steps.len())..filled.len().min(at + self.steps.len());
        filled[row].iter().any(|&line| look.is_in_place(line))
    }
}

/// Looks for rows of lines that the steps match in order.
struct Rows<'a> {
    steps: &'a [Step],
    page: &'a Page<'a>,
    /// Those that are not blank.
    lines: &'a [usize],
    /// By line and step, the way on from there, or that there is none. Where steps may be left out, many ways come there.
    known: BTreeMap<(usize, usize), Option<Way>>,
}

/// What becomes of a step at a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The line is as it must be.
    Taken,
    /// The step is left out.
    LeftOut,
}

impl Rows<'_> {
    /// The row that starts with a line, and whether each of its lines goes. Later ones are asked for later.
    fn from(&mut self, mut at: usize) -> Option<Vec<(usize, bool)>> {
        while self.known.first_entry().is_some_and(|first| first.key().0 < at) {
            self.known.pop_first();
        }
        let mut row = Vec::new();
        for (number, step) in self.steps.iter().enumerate() {
            if self.way(number, at)? == Way::Taken {
                row.push((self.lines[at], step.drop));
                at += 1;
            }
        }
        Some(row)
    }

    /// The way that leads from a step at a line to the end of the steps.
    fn way(&mut self, step: usize, at: usize) -> Option<Way> {
        if let Some(known) = self.known.get(&(at, step)) {
            return *known;
        }
        let way = if self.may_take(step, at) {
            Some(Way::Taken)
        } else {
            (self.steps[step].optional && self.goes_on(step + 1, at)).then_some(Way::LeftOut)
        };
        self.known.insert((at, step), way);
        way
    }

    /// Whether a line is as it must be and the later steps match what follows.
    fn may_take(&mut self, step: usize, at: usize) -> bool {
        let (page, this) = (self.page, &self.steps[step]);
        let Some(&line) = self.lines.get(at) else { return false };
        this.fits(page, line) && self.goes_on(step + 1, at + 1) && this.copies_fit(page, line)
    }

    fn goes_on(&mut self, step: usize, at: usize) -> bool {
        step == self.steps.len() || self.way(step, at).is_some()
    }
}

fn dropped(page: &Page, row: &[(usize, bool)]) -> Found {
    let gone: Vec<usize> = row.iter().filter(|(_, drop)| *drop).map(|&(line, _)| line).collect();
    Found { line: gone[0], spans: gone.iter().map(|&line| page.layout.lines()[line].full).collect() }
}
