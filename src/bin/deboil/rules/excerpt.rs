//! A hit of a rule in its context, for people.

use std::path::Path;

use bstr::ByteSlice;
use deboil::clean::Finding;
use deboil::layout::Layout;
use deboil::{Span, Verdict};

use crate::paint::Paint;

/// How many characters of a text are shown from its start.
const SHOWN: usize = 120;

/// How many characters are shown before what goes.
const BEFORE: usize = 60;

/// How many lines that go are shown from the first and from the last one on.
const EDGE: usize = 2;

/// Whether the line in which a span starts belongs to a paragraph of prose.
pub(super) fn is_in_prose(layout: &Layout, span: Span) -> bool {
    let paragraph = layout.paragraph_of(layout.line_at(span.start));
    paragraph.is_some_and(|paragraph| layout.is_prose(paragraph))
}

/// A hit with its place, the lines around it, and what goes marked: `- ` stands before lines that go, `~ ` before lines
/// of which the part in `⟦…⟧` goes, `= ` before lines that stay although the rule matches.
pub(super) fn of(place: &Path, text: &[u8], layout: &Layout, found: &Finding, paint: Paint) -> Vec<u8> {
    let (first, last) = (layout.line_at(found.span.start), layout.line_at(found.span.end.saturating_sub(1)));
    let prose = if is_in_prose(layout, found.span) { ", in prose" } else { "" };
    let reason = match found.verdict {
        Verdict::Kept(reason) => format!(", stays: {reason}"),
        Verdict::Removed => String::new(),
    };
    let place = paint.place(format!("{}:{}", place.display(), first + 1));
    let mut lines = vec![format!("{place}{}", paint.note(format!("{prose}{reason}")))];
    let content = |line: usize| layout.lines()[line].content;
    let beside = |line: usize| format!("    {}", clip_end(&content(line).of(text).to_str_lossy()));
    lines.extend(above(layout, first).map(beside));
    if found.verdict != Verdict::Removed {
        lines.push(format!("  = {}", clip_end(&content(first).of(text).to_str_lossy())));
    } else if first == last {
        lines.push(paint.removed(in_line(text, content(first), found.span)).to_string());
    } else {
        let removed = (first..=last).map(|line| in_line(text, content(line), clipped(found.span, content(line))));
        lines.extend(edges(removed.collect()).into_iter().map(|line| paint.removed(line).to_string()));
    }
    lines.extend(below(layout, last).map(beside));
    (lines.join("\n") + "\n\n").into_bytes()
}

/// The nearest line above that is not blank, unless it is further away than one blank line.
fn above(layout: &Layout, line: usize) -> Option<usize> {
    (line.saturating_sub(2)..line).rev().find(|&above| !layout.lines()[above].blank)
}

fn below(layout: &Layout, line: usize) -> Option<usize> {
    let end = layout.lines().len().min(line + 3);
    (line + 1..end).find(|&below| !layout.lines()[below].blank)
}

/// What of a span lies in a line.
fn clipped(span: Span, line: Span) -> Span {
    let start = span.start.clamp(line.start, line.end);
    Span::new(start, span.end.clamp(start, line.end))
}

/// A line, and what of it goes.
fn in_line(text: &[u8], line: Span, gone: Span) -> String {
    let gone = clipped(gone, line);
    let part = |start, end| Span::new(start, end).of(text).to_str_lossy();
    let (before, inside, after) =
        (part(line.start, gone.start), gone.of(text).to_str_lossy(), part(gone.end, line.end));
    if before.trim().is_empty() && after.trim().is_empty() {
        return format!("  - {}", clip_end(&inside));
    }
    format!("  ~ {}⟦{}⟧{}", clip_start(&before), clip_end(&inside), clip_end(&after))
}

/// The first and the last of many lines.
fn edges(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > 2 * EDGE + 1 {
        let hidden = lines.len() - 2 * EDGE;
        lines.splice(EDGE..lines.len() - EDGE, [format!("  - … {hidden} more lines")]);
    }
    lines
}

fn clip_end(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn clip_start(text: &str) -> String {
    match text.char_indices().rev().nth(BEFORE) {
        Some((start, _)) => format!("…{}", &text[start..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use deboil::Step;

    use super::*;

    fn shown(text: &str, gone: &str) -> String {
        let start = text.find(gone).unwrap();
        let span = Span::new(start, start + gone.len());
        let found = Finding { rule: 0, span, line: span, pass: 1, step: Step::Certain, verdict: Verdict::Removed };
        let text = text.as_bytes();
        let shown = of(Path::new("a.txt"), text, &Layout::of(text), &found, Paint::plain());
        String::from_utf8(shown).unwrap()
    }

    #[test]
    fn a_line_stands_between_its_neighbours() {
        assert_eq!(shown("One\n\nTwo\nThree\n", "Two"), "a.txt:3\n    One\n  - Two\n    Three\n\n");
    }

    #[test]
    fn a_part_of_a_line_is_marked() {
        assert_eq!(shown("One two three", " two"), "a.txt:1\n  ~ One⟦ two⟧ three\n\n");
        let long = "ä".repeat(200);
        assert!(shown(&format!("{long}X{long}"), "X").lines().all(|line| line.chars().count() < SHOWN + BEFORE + 20));
    }

    #[test]
    fn many_lines_are_not_all_shown() {
        let text = "1\n2\n3\n4\n5\n6\n7\n8\n";
        let lines = "  - 2\n  - 3\n  - … 2 more lines\n  - 6\n  - 7\n";
        assert_eq!(shown(text, "2\n3\n4\n5\n6\n7"), format!("a.txt:2\n    1\n{lines}    8\n\n"));
    }
}
