//! The lines of a document, and what goes of each.

use deboil::{Explanation, Removal, Span};

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    /// Something of it goes.
    Changed,
    Removed,
}

/// A line of the document.
#[derive(Debug)]
pub(super) struct Line {
    /// Its bytes with the line feed, if it has one.
    pub(super) full: Span,
    /// Its bytes without the line end.
    pub(super) content: Span,
    pub(super) fate: Fate,
    /// The removals that touch it, by their numbers.
    pub(super) removals: Vec<usize>,
    /// The matches that start in it, by their numbers.
    pub(super) matches: Vec<usize>,
}

/// All lines of a text.
pub(super) fn lines(text: &[u8], explanation: &Explanation) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let (mut removal, mut next_match) = (0, 0);
    for bytes in text.split_inclusive(|&byte| byte == b'\n') {
        let full = Span::new(start, start + bytes.len());
        start = full.end;
        let content = bytes.strip_suffix(b"\n").map_or(bytes, |bytes| bytes.strip_suffix(b"\r").unwrap_or(bytes));
        let removals = &explanation.removals;
        while removals.get(removal).is_some_and(|gone| gone.span.end <= full.start) {
            removal += 1;
        }
        let touching = removals[removal..].iter().take_while(|gone| gone.span.start < full.end).count();
        let first_match = next_match;
        while explanation.matches.get(next_match).is_some_and(|found| found.span.start < full.end) {
            next_match += 1;
        }
        lines.push(Line {
            full,
            content: Span::new(full.start, full.start + content.len()),
            fate: fate(full, &removals[removal..removal + touching]),
            removals: (removal..removal + touching).collect(),
            matches: (first_match..next_match).collect(),
        });
    }
    lines
}

/// A line is removed if at most its line feed stays: then that of its neighbour went.
fn fate(full: Span, touching: &[Removal]) -> Fate {
    let gone = |removal: &Removal| removal.span.end.min(full.end) - removal.span.start.max(full.start);
    let gone: usize = touching.iter().map(gone).sum();
    match full.len() - gone {
        _ if gone == 0 => Fate::Kept,
        0 => Fate::Removed,
        1 if full.len() > 1 => Fate::Removed,
        _ => Fate::Changed,
    }
}
