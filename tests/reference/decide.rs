//! From matches to removals.

use std::collections::BTreeSet;
use std::ops::Range;

use bstr::ByteSlice;
use deboil::rule::RuleIdx;
use deboil::{Removal, Span};

use super::Match;
use super::text::{Line, Text};

/// Lets matches go that wait for a neighbour to go, one after another, until none is left of which a neighbour goes.
pub(crate) fn settle_neighbours(document: &Text, text: &Text, matches: &mut [Match]) {
    loop {
        let gone = gone_lines(document, text, matches);
        let goes = |found: &Match| {
            let numbers = found.found.spans.iter().map(|span| text.lines[line_at(text, span.start)].number);
            found.against == Some("Beside") && numbers.flat_map(|at| neighbours(document, at)).any(|at| gone[at])
        };
        let Some(next) = matches.iter().position(goes) else { return };
        matches[next].against = None;
    }
}

/// Which lines of the document are gone, or go.
fn gone_lines(document: &Text, text: &Text, matches: &[Match]) -> Vec<bool> {
    let mut gone = vec![true; document.lines.len()];
    for (line, fate) in text.lines.iter().zip(fates(text, matches)) {
        gone[line.number] = matches!(fate, Fate::Gone(_));
    }
    gone
}

/// The nearest lines of the document above and below that are not blank.
fn neighbours(document: &Text, number: usize) -> Vec<usize> {
    let filled = document.filled();
    let above = filled.iter().copied().filter(|&other| other < number).max();
    let below = filled.iter().copied().filter(|&other| other > number).min();
    above.into_iter().chain(below).collect()
}

fn line_at(text: &Text, offset: usize) -> usize {
    text.lines.iter().position(|line| offset < line.full.end).expect("the offset is in the text")
}

/// What becomes of a line.
#[derive(Clone)]
pub(crate) enum Fate {
    Kept,
    Blank,
    Edited(Vec<Removal>),
    Gone(Vec<RuleIdx>),
}

/// What goes of a text, in order and without overlap.
pub(crate) fn removals(text: &Text, matches: &[Match]) -> Vec<Removal> {
    let fates = fates(text, matches);
    let mut removals = Vec::new();
    for (line, fate) in text.lines.iter().zip(&fates) {
        match fate {
            Fate::Gone(rules) => removals.push(Removal { span: line.full, rules: rules.clone() }),
            Fate::Edited(parts) => removals.extend(parts.clone()),
            Fate::Kept | Fate::Blank => {}
        }
    }
    removals.extend(gaps_that_go(&fates).into_iter().map(|(gap, rules)| {
        let span = text.span_of(gap.start, gap.end - 1);
        Removal { span, rules }
    }));
    removals.sort_by_key(|removal| removal.span);
    removals
}

fn fates(text: &Text, matches: &[Match]) -> Vec<Fate> {
    text.lines.iter().map(|line| fate(text, line, matches)).collect()
}

/// A line of which no letter or digit is left goes whole.
fn fate(text: &Text, line: &Line, matches: &[Match]) -> Fate {
    let mut marks: Vec<(Span, RuleIdx)> = Vec::new();
    for found in matches.iter().filter(|found| found.against.is_none()) {
        let here = found.found.spans.iter().filter(|span| span.start < line.full.end && line.full.start < span.end);
        marks.extend(here.map(|&span| (span, found.rule)));
    }
    if marks.is_empty() {
        return if line.blank { Fate::Blank } else { Fate::Kept };
    }
    let goes = |at: usize| marks.iter().any(|(span, _)| span.start <= at && at < span.end);
    let left: Vec<u8> =
        (line.content.start..line.content.end).map(|at| if goes(at) { b' ' } else { text.bytes[at] }).collect();
    if left.chars().any(char::is_alphanumeric) { Fate::Edited(merged(marks)) } else { Fate::Gone(rules_of(&marks)) }
}

/// Overlapping marks are one removal.
fn merged(mut marks: Vec<(Span, RuleIdx)>) -> Vec<Removal> {
    let mut removals = Vec::new();
    while let Some(first) = marks.iter().map(|(span, _)| *span).min() {
        let mut end = first.end;
        while let Some(longer) = marks.iter().map(|(span, _)| *span).find(|span| span.start < end && span.end > end) {
            end = longer.end;
        }
        let (here, later): (Vec<_>, Vec<_>) = marks.into_iter().partition(|(span, _)| span.start < end);
        removals.push(Removal { span: Span::new(first.start, end), rules: rules_of(&here) });
        marks = later;
    }
    removals
}

fn rules_of(marks: &[(Span, RuleIdx)]) -> Vec<RuleIdx> {
    marks.iter().map(|(_, rule)| *rule).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The runs of blank lines that go, and because of which rules: of the gaps between two kept lines, between which a line
/// goes, all but the smallest, or the uppermost of the smallest; above the first and below the last kept line all. A gap
/// goes because of the nearest line above it that goes between the same two, or the first.
fn gaps_that_go(fates: &[Fate]) -> Vec<(Range<usize>, Vec<RuleIdx>)> {
    let stays = |fate: &Fate| matches!(fate, Fate::Kept | Fate::Edited(_));
    let kept: Vec<usize> = (0..fates.len()).filter(|&line| stays(&fates[line])).collect();
    let starts = std::iter::once(0).chain(kept.iter().map(|line| line + 1));
    let ends = kept.iter().copied().chain([fates.len()]);
    let mut going = Vec::new();
    for between in starts.zip(ends).map(|(start, end)| start..end) {
        let gone = |line: &usize| matches!(fates[*line], Fate::Gone(_));
        let Some(first_gone) = between.clone().find(gone) else { continue };
        let mut gaps = gaps(fates, between.clone());
        if between.start > 0 && between.end < fates.len() {
            let smallest = gaps.iter().map(Range::len).min();
            let uppermost = gaps.iter().position(|gap| Some(gap.len()) == smallest);
            uppermost.map(|at| gaps.remove(at));
        }
        for gap in gaps {
            let cause = (between.start..gap.start).rev().find(gone).unwrap_or(first_gone);
            let Fate::Gone(rules) = &fates[cause] else { unreachable!("the line goes") };
            going.push((gap, rules.clone()));
        }
    }
    going
}

/// The longest runs of blank lines.
fn gaps(fates: &[Fate], lines: Range<usize>) -> Vec<Range<usize>> {
    let blank: Vec<usize> = lines.filter(|&line| matches!(fates[line], Fate::Blank)).collect();
    blank.chunk_by(|left, right| left + 1 == *right).map(|run| run[0]..run[run.len() - 1] + 1).collect()
}
