//! `[[run]]`: a run of short unpunctuated lines, alone or beside a marker.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::page::Page;
use crate::rule::anchor::Anchor;
use crate::rule::matcher::Matcher;

use super::{Found, Hit, Look, anchors_of, any_holds};

/// Deletes runs of short lines: menus, link lists, tag clouds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    /// The fewest lines of a run.
    pub min_lines: usize,
    /// The longest line of a run, in words.
    pub max_words: u32,
    /// Markers before the run, which go with it; without any the run goes wherever it stands.
    pub after: Vec<Matcher>,
    /// Markers after the run.
    pub before: Vec<Matcher>,
}

impl Run {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        let (after, before) = (anchors_of(&self.after), anchors_of(&self.before));
        let all_have = (self.after.is_empty() || !after.is_empty()) && (self.before.is_empty() || !before.is_empty());
        if all_have { [after, before].concat() } else { Vec::new() }
    }

    pub(super) fn find(&self, look: &Look, _: &[Hit]) -> Vec<Found> {
        let page = look.page;
        let filled = page.filled();
        let is_short: Vec<bool> = filled.iter().map(|&line| self.is_short(look, line)).collect();
        runs(&is_short).filter_map(|run| self.goes(page, filled, run)).map(|lines| found(page, &lines)).collect()
    }

    fn is_short(&self, look: &Look, line: usize) -> bool {
        let page = look.page;
        let alone = page.layout.paragraph_of(line).is_some_and(|index| page.layout.paragraphs()[index].len() == 1);
        alone && page.words(line) <= self.max_words && !page.is_terminal(line) && !look.is_protected(line)
    }

    /// The lines of a run, with its marker, that go.
    fn goes(&self, page: &Page, filled: &[usize], run: Range<usize>) -> Option<Vec<usize>> {
        let enough = |lines: &Range<usize>| lines.len() >= self.min_lines;
        if self.after.is_empty() && self.before.is_empty() {
            return enough(&run).then(|| filled[run].to_vec());
        }
        if let Some(marker) = self.marker_before(page, filled, &run) {
            return enough(&(marker + 1..run.end)).then(|| filled[marker..run.end].to_vec());
        }
        let marker = self.marker_after(page, filled, &run)?;
        enough(&(run.start..marker)).then(|| filled[run.start..=marker].to_vec())
    }

    /// The first marker in the run (a marker is often as short as what follows it) or just before it.
    fn marker_before(&self, page: &Page, filled: &[usize], run: &Range<usize>) -> Option<usize> {
        (run.start.saturating_sub(1)..run.end).find(|&at| any_holds(&self.after, page, filled[at]))
    }

    fn marker_after(&self, page: &Page, filled: &[usize], run: &Range<usize>) -> Option<usize> {
        (run.start..(run.end + 1).min(filled.len())).rev().find(|&at| any_holds(&self.before, page, filled[at]))
    }
}

/// The ranges in which a list is true.
fn runs(list: &[bool]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + list.get(at..)?.iter().position(|&short| short)?;
        let end = start + list[start..].iter().position(|&short| !short).unwrap_or(list.len() - start);
        at = end;
        Some(start..end)
    })
}

fn found(page: &Page, lines: &[usize]) -> Found {
    Found { line: lines[0], spans: lines.iter().map(|&line| page.layout.lines()[line].full).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_the_ranges_that_are_true() {
        assert_eq!(runs(&[true, true, false, false, true]).collect::<Vec<_>>(), [0..2, 4..5]);
        assert_eq!(runs(&[false]).count(), 0);
    }
}
