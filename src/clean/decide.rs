//! Decides what goes: matches become removals, and the blank lines around them shrink.

use std::collections::BTreeMap;

use bstr::ByteSlice;

use crate::layout::Span;
use crate::page::Page;
use crate::rule::RuleIdx;

use super::find::Match;
use super::standing::Standing;
use super::{Removal, Verdict};

/// Lets the matches go that wait for a neighbour to go, as far as neighbours go.
pub(super) fn settle_neighbours(page: &Page, standing: &Standing, matches: &mut [Match]) {
    if !matches.iter().any(|found| found.beside) {
        return;
    }
    let (spans, gone, filled) = (vec![Vec::new(); page.len()], standing.gone().to_vec(), standing.filled());
    let mut going = Going { page, standing, spans, gone, filled };
    going.take(matches.iter().filter(|found| found.verdict == Verdict::Removed));
    let mut waiting: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, found) in matches.iter().enumerate().filter(|(_, found)| found.beside) {
        waiting.entry(found.line).or_default().push(at);
    }
    let mut rows: Vec<Vec<usize>> = waiting.into_values().collect();
    // A sweep carries what goes along its direction; sweeps alternate until one changes nothing.
    loop {
        let mut changed = false;
        for row in &rows {
            let goes = |&at: &usize| matches[at].verdict != Verdict::Removed && going.is_beside(&matches[at]);
            let row: Vec<usize> = row.iter().copied().filter(goes).collect();
            going.take(row.iter().map(|&at| &matches[at]));
            changed |= !row.is_empty();
            row.iter().for_each(|&at| matches[at].verdict = Verdict::Removed);
        }
        if !changed {
            return;
        }
        rows.reverse();
    }
}

/// What goes of a page so far.
struct Going<'a> {
    page: &'a Page<'a>,
    standing: &'a Standing,
    /// What goes of each line of the page.
    spans: Vec<Vec<Span>>,
    /// Which lines of the document are gone, or go.
    gone: Vec<bool>,
    /// The lines of the document that are not blank.
    filled: Vec<usize>,
}

impl Going<'_> {
    /// Takes note that some matches go. Together they may leave nothing of a line.
    fn take<'m>(&mut self, matches: impl Iterator<Item = &'m Match>) {
        let mut touched = Vec::new();
        for &span in matches.flat_map(|found| &found.spans) {
            let lines = self.page.layout.lines_of(span);
            lines.clone().for_each(|line| self.spans[line].push(span));
            touched.extend(lines);
        }
        touched.sort_unstable();
        touched.dedup();
        for line in touched {
            self.spans[line].sort_unstable();
            self.gone[self.standing.original_number(line)] |= leaves_nothing(self.page, line, &self.spans[line]);
        }
    }

    fn is_beside(&self, found: &Match) -> bool {
        let lines = found.spans.iter().map(|span| self.page.layout.line_at(span.start));
        let numbers = lines.map(|line| self.standing.original_number(line));
        let mut neighbours = numbers.flat_map(|number| self.neighbours(number)).flatten();
        neighbours.any(|number| self.gone[number])
    }

    /// The nearest filled lines of the document above and below one of its lines.
    fn neighbours(&self, number: usize) -> [Option<usize>; 2] {
        let above = self.filled.partition_point(|&line| line < number);
        let below = above + usize::from(self.filled.get(above) == Some(&number));
        [above.checked_sub(1), Some(below)].map(|at| self.filled.get(at?).copied())
    }
}

/// What goes of a page, in order and without overlap.
pub(super) fn removals(page: &Page, matches: &[Match]) -> Vec<Removal> {
    let mut marks = marks(matches);
    if marks.is_empty() {
        return Vec::new();
    }
    marks.sort_by_key(|mark| (mark.0.start, mark.0.end, mark.1));
    let lines = fates(page, &marks);
    let mut removals = Vec::new();
    for (line, fate) in lines.iter().enumerate() {
        let full = page.layout.lines()[line].full;
        match fate {
            Fate::Gone(rules) => removals.push(Removal { span: full, rules: rules.clone() }),
            Fate::Edited(spans) => removals.extend(spans.iter().cloned()),
            Fate::Kept | Fate::Blank => {}
        }
    }
    shrink_gaps(page, &lines, &mut removals);
    removals.sort_by_key(|removal| removal.span);
    join_gaps(page, removals)
}

/// Joins blank lines that go with the line that they go for.
fn join_gaps(page: &Page, removals: Vec<Removal>) -> Vec<Removal> {
    let mut joined: Vec<Removal> = Vec::with_capacity(removals.len());
    for removal in removals {
        let is_gap = |span: Span| span.of(page.text()).trim().is_empty();
        match joined.last_mut() {
            Some(last)
                if last.span.end == removal.span.start
                    && last.rules == removal.rules
                    && (is_gap(last.span) || is_gap(removal.span)) =>
            {
                last.span.end = removal.span.end;
            }
            _ => joined.push(removal),
        }
    }
    joined
}

/// What becomes of a line.
enum Fate {
    Kept,
    /// It is blank, and no removal covers it.
    Blank,
    /// Parts of it go.
    Edited(Vec<Removal>),
    Gone(Vec<RuleIdx>),
}

fn marks(matches: &[Match]) -> Vec<(Span, RuleIdx)> {
    let removed = matches.iter().filter(|found| found.verdict == Verdict::Removed);
    removed.flat_map(|found| found.spans.iter().map(|&span| (span, found.rule))).collect()
}

fn fates(page: &Page, marks: &[(Span, RuleIdx)]) -> Vec<Fate> {
    let mut fates = Vec::with_capacity(page.len());
    // Marks are in the order of their starts. Those that reach into the line are kept apart, so that a long one does not make
    // each of its lines look through all that start below it.
    let mut marks = marks.iter().copied().peekable();
    let mut here: Vec<(Span, RuleIdx)> = Vec::new();
    for (number, line) in page.layout.lines().iter().enumerate() {
        here.retain(|(span, _)| span.end > line.full.start);
        while let Some(mark) = marks.next_if(|(span, _)| span.start < line.full.end) {
            here.push(mark);
        }
        fates.push(fate(page, number, &here));
    }
    fates
}

fn fate(page: &Page, number: usize, marks: &[(Span, RuleIdx)]) -> Fate {
    let line = page.layout.lines()[number];
    let spans: Vec<Span> = marks.iter().map(|(span, _)| *span).collect();
    match (marks.is_empty(), line.blank) {
        (true, true) => Fate::Blank,
        (true, false) => Fate::Kept,
        _ if leaves_nothing(page, number, &spans) => Fate::Gone(rules_of(marks)),
        _ => Fate::Edited(merged(marks, line.content)),
    }
}

/// Whether no letter or digit of a line is left when some spans go, which are in the order of their starts.
fn leaves_nothing(page: &Page, number: usize, spans: &[Span]) -> bool {
    let content = page.layout.lines()[number].content;
    // Nothing stands between spans that overlap.
    let has_text =
        |from: usize, to: usize| page.text().get(from..to).is_some_and(|it| it.chars().any(char::is_alphanumeric));
    let mut at = content.start;
    for span in spans {
        if has_text(at, span.start.min(content.end)) {
            return false;
        }
        at = at.max(span.end);
    }
    !has_text(at, content.end)
}

fn rules_of(marks: &[(Span, RuleIdx)]) -> Vec<RuleIdx> {
    let mut rules: Vec<RuleIdx> = marks.iter().map(|(_, rule)| *rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Overlapping marks as one removal each, inside the line's content.
fn merged(marks: &[(Span, RuleIdx)], content: Span) -> Vec<Removal> {
    let mut removals: Vec<Removal> = Vec::new();
    for &(span, rule) in marks {
        let span = Span::new(span.start.max(content.start), span.end.min(content.end));
        match removals.last_mut() {
            Some(last) if span.start < last.span.end => {
                last.span.end = last.span.end.max(span.end);
                last.rules.push(rule);
            }
            _ => removals.push(Removal { span, rules: vec![rule] }),
        }
    }
    for removal in &mut removals {
        removal.rules.sort_unstable();
        removal.rules.dedup();
    }
    removals
}

/// Shrinks the blank lines beside removed lines: of the gaps between two kept lines the smallest stays, of equal ones the
/// uppermost; at the document's start and end none.
fn shrink_gaps(page: &Page, fates: &[Fate], removals: &mut Vec<Removal>) {
    let mut start = 0;
    while start < fates.len() {
        if matches!(fates[start], Fate::Kept | Fate::Edited(_)) {
            start += 1;
            continue;
        }
        let rest = &fates[start..];
        let end =
            start + rest.iter().position(|fate| matches!(fate, Fate::Kept | Fate::Edited(_))).unwrap_or(rest.len());
        let is_inner = start > 0 && end < fates.len();
        shrink_group(page, fates, start..end, is_inner, removals);
        start = end;
    }
}

fn shrink_group(
    page: &Page,
    fates: &[Fate],
    group: std::ops::Range<usize>,
    is_inner: bool,
    removals: &mut Vec<Removal>,
) {
    let gaps = gaps(&fates[group.clone()], group.start);
    let Some(first_gone) = group.clone().find(|&line| matches!(fates[line], Fate::Gone(_))) else { return };
    // The first of the smallest: `min_by_key` keeps it.
    let stays = if is_inner { gaps.iter().min_by_key(|gap| gap.len()).cloned() } else { None };
    for gap in gaps.into_iter().filter(|gap| Some(gap) != stays.as_ref()) {
        let cause =
            (group.start..gap.start).rev().find(|&line| matches!(fates[line], Fate::Gone(_))).unwrap_or(first_gone);
        let Fate::Gone(rules) = &fates[cause] else { continue };
        removals.push(Removal { span: page.span_of(gap), rules: rules.clone() });
    }
}

/// The runs of blank lines in some fates, the first of which is that of line `offset`.
fn gaps(fates: &[Fate], offset: usize) -> Vec<std::ops::Range<usize>> {
    let mut gaps: Vec<std::ops::Range<usize>> = Vec::new();
    for line in fates.iter().enumerate().filter(|(_, fate)| matches!(fate, Fate::Blank)).map(|(at, _)| offset + at) {
        match gaps.last_mut() {
            Some(gap) if gap.end == line => gap.end = line + 1,
            _ => gaps.push(line..line + 1),
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{Reason, apply};

    /// A match that goes.
    fn found(rule: RuleIdx, line: usize, start: usize, end: usize) -> Match {
        Match { rule, line, spans: vec![Span::new(start, end)], verdict: Verdict::Removed, beside: false }
    }

    /// A match that goes if a neighbour does.
    fn waiting(line: usize, start: usize, end: usize) -> Match {
        Match { verdict: Verdict::Kept(Reason::Beside), beside: true, ..found(0, line, start, end) }
    }

    fn gone(start: usize, end: usize, rules: &[RuleIdx]) -> Removal {
        Removal { span: Span::new(start, end), rules: rules.to_vec() }
    }

    /// What is left of a text when its lines that start with `-` go, and those that start with `+` if a neighbour does.
    fn left(text: &str) -> String {
        let page = Page::of(text.as_bytes());
        let junk = |line: usize| {
            let full = page.layout.lines()[line].full;
            match page.content(line).first() {
                Some(b'-') => Some(found(0, line, full.start, full.end)),
                Some(b'+') => Some(waiting(line, full.start, full.end)),
                _ => None,
            }
        };
        let mut matches: Vec<Match> = (0..page.len()).filter_map(junk).collect();
        settle_neighbours(&page, &Standing::whole(&page), &mut matches);
        String::from_utf8(apply::without(text.as_bytes(), &removals(&page, &matches))).unwrap()
    }

    #[test]
    fn the_smallest_gap_around_removed_lines_stays() {
        assert_eq!(left("a\n\n-\n\nb\n"), "a\n\nb\n");
        assert_eq!(left("a\n\n\n-\n\nb\n"), "a\n\nb\n");
        assert_eq!(left("a\n-\n\n-\n\n\nb\n"), "a\n\nb\n");
        assert_eq!(left("a\n\n\n-\n\n\n\nb\n"), "a\n\n\nb\n");
        assert_eq!(left("a\n-\nb\n"), "a\nb\n");
        assert_eq!(left("a\n-\n\nb\n"), "a\n\nb\n");
    }

    #[test]
    fn of_equal_gaps_the_uppermost_stays_byte_for_byte() {
        assert_eq!(left("a\n \t\n-\n\nb\n"), "a\n \t\nb\n");
    }

    #[test]
    fn nothing_stays_above_the_first_or_below_the_last_kept_line() {
        assert_eq!(left("\n\n-\n\na\n\n-\n\n"), "a\n");
        assert_eq!(left("a\n\n-"), "a\n");
        assert_eq!(left("\n-\n\n"), "");
    }

    #[test]
    fn white_space_and_signs_away_from_removals_stay() {
        assert_eq!(left("\n\na\n\n\n\nb\n\n-\n\nc\n\n\n"), "\n\na\n\n\n\nb\n\nc\n\n\n");
        assert_eq!(left("***\n-\n* * *\n"), "***\n* * *\n");
    }

    #[test]
    fn a_line_without_a_letter_left_goes_whole() {
        let text = "Keep me.\n* [x] Advertisement! *\n";
        let page = Page::of(text.as_bytes());
        let start = text.find("x]").unwrap();
        let spans = vec![Span::new(start, start + 1), Span::new(text.find("Adv").unwrap(), text.find("! *").unwrap())];
        let matches = [Match { spans, ..found(3, 1, 0, 0) }];
        assert_eq!(removals(&page, &matches), [Removal { span: page.layout.lines()[1].full, rules: vec![3] }]);
    }

    #[test]
    fn a_line_keeps_the_words_around_what_goes_of_it() {
        for (text, kept) in [("ab junk", "ab "), ("junk cd", " cd"), ("ab junk cd", "ab  cd")] {
            let page = Page::of(text.as_bytes());
            let start = text.find("junk").unwrap();
            let removals = removals(&page, &[found(0, 0, start, start + 4)]);
            assert_eq!(apply::without(text.as_bytes(), &removals), kept.as_bytes());
        }
    }

    #[test]
    fn what_waits_goes_if_the_next_filled_line_on_either_side_does() {
        assert_eq!(left("a\nb\n-\n+\nc\n"), "a\nb\nc\n");
        assert_eq!(left("a\nb\n+\n\n-\nc\n"), "a\nb\n\nc\n");
        assert_eq!(left("a\n+\nb\n-\n"), "a\n+\nb\n");
        assert_eq!(left("-\na\n+\n"), "a\n+\n");
    }

    #[test]
    fn what_waits_goes_with_one_that_waited() {
        assert_eq!(left("a\n-\n+\n+\n+\nb\n"), "a\nb\n");
        assert_eq!(left("a\n+\n+\n+\n-\nb\n"), "a\nb\n");
    }

    #[test]
    fn a_line_of_signs_that_stays_stands_between_neighbours() {
        assert_eq!(left("a\n-\n***\n+\nb\n"), "a\n***\n+\nb\n");
        assert_eq!(left("a\n+\n***\n-\nb\n"), "a\n+\n***\nb\n");
    }

    #[test]
    fn matches_that_together_leave_nothing_of_a_line_are_a_neighbour_that_goes() {
        let page = Page::of(b"(Why?) (Why?)\nShare\nstays\n");
        let mut matches = [found(0, 0, 6, 13), found(0, 0, 0, 6), waiting(1, 14, 20)];
        settle_neighbours(&page, &Standing::whole(&page), &mut matches);
        assert_eq!(matches[2].verdict, Verdict::Removed);
    }

    #[test]
    fn a_line_of_which_words_stay_is_no_neighbour_that_goes() {
        let page = Page::of(b"(Why?) he asked\nShare\nstays\n");
        let mut matches = [found(0, 0, 0, 6), waiting(1, 16, 22)];
        settle_neighbours(&page, &Standing::whole(&page), &mut matches);
        assert_eq!(matches[1].verdict, Verdict::Kept(Reason::Beside));
    }

    #[test]
    fn overlapping_matches_are_one_removal_of_both_rules() {
        let page = Page::of(b"abcdef keep\n");
        assert_eq!(removals(&page, &[found(1, 0, 2, 5), found(0, 0, 0, 3)]), [gone(0, 5, &[0, 1])]);
    }

    #[test]
    fn matches_side_by_side_are_removals_of_their_own() {
        let page = Page::of(b"abcdef keep gh\n");
        let matches = [found(0, 0, 0, 3), found(1, 0, 3, 6), found(0, 0, 12, 14)];
        assert_eq!(removals(&page, &matches), [gone(0, 3, &[0]), gone(3, 6, &[1]), gone(12, 14, &[0])]);
    }

    #[test]
    fn blank_lines_are_one_removal_with_the_line_that_they_go_for() {
        let page = Page::of(b"\nab\n\nc\n\nde\nfg\n\nh\n");
        // The gap above the first line goes for it, and the one below; of the two around `de` and `fg` the lower.
        let matches = [found(0, 1, 1, 4), found(0, 5, 8, 11), found(0, 6, 11, 14)];
        assert_eq!(removals(&page, &matches), [gone(0, 5, &[0]), gone(8, 11, &[0]), gone(11, 15, &[0])]);
    }

    #[test]
    fn each_line_of_a_removal_has_the_rules_that_delete_it() {
        let page = Page::of(b"a\nfrom\n\nto\nb\n");
        let matches = [found(0, 1, 2, 11), found(1, 1, 2, 7)];
        assert_eq!(removals(&page, &matches), [gone(2, 7, &[0, 1]), gone(7, 11, &[0])]);
    }
}
