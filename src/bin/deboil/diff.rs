//! What goes, as a unified diff.
//!
//! The removals say what differs, so nothing has to be searched for: the diff is exact and takes linear time, and of
//! two equal lines it shows the one that goes. Bytes are passed on as they are.

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use deboil::{Removal, Span};

use crate::paint::Paint;

/// How many unchanged lines are shown around a change.
const CONTEXT: usize = 3;

/// One line of the diff.
#[derive(Debug, PartialEq, Eq)]
enum Line<'t> {
    Same(&'t [u8]),
    Gone(&'t [u8]),
    New(Vec<u8>),
}

impl Line<'_> {
    fn is_change(&self) -> bool {
        !matches!(self, Self::Same(_))
    }

    fn is_old(&self) -> bool {
        !matches!(self, Self::New(_))
    }

    fn is_new(&self) -> bool {
        !matches!(self, Self::Gone(_))
    }
}

/// The diff of a document and what its removals leave of it.
pub(crate) fn unified(path: &Path, text: &[u8], removals: &[Removal], paint: Paint) -> Vec<u8> {
    let mut out = Vec::new();
    let lines = lines(text, removals);
    write_all(&mut out, path, &lines, paint).expect("a vector takes all that is written to it");
    out
}

fn write_all(out: &mut Vec<u8>, path: &Path, lines: &[Line<'_>], paint: Paint) -> io::Result<()> {
    for mark in [b"--- ", b"+++ "] {
        let header = [mark, path.as_os_str().as_encoded_bytes()].concat();
        paint.name(header).write_to(out)?;
        out.push(b'\n');
    }
    let (mut old, mut new, mut from) = (1, 1, 0);
    for hunk in hunks(lines) {
        let between = hunk.start - from;
        (old, new) = (old + between, new + between);
        let lines = &lines[hunk.clone()];
        let counts =
            (lines.iter().filter(|line| line.is_old()).count(), lines.iter().filter(|line| line.is_new()).count());
        let header = format!("@@ -{} +{} @@", range(old, counts.0), range(new, counts.1));
        writeln!(out, "{}", paint.place(header))?;
        lines.iter().try_for_each(|line| write_line(out, line, paint))?;
        (old, new, from) = (old + counts.0, new + counts.1, hunk.end);
    }
    Ok(())
}

/// Where a hunk stands, as `patch` reads it: an empty one stands after the line before it.
fn range(start: usize, count: usize) -> String {
    match count {
        0 => format!("{},0", start - 1),
        1 => start.to_string(),
        _ => format!("{start},{count}"),
    }
}

fn write_line(out: &mut Vec<u8>, line: &Line<'_>, paint: Paint) -> io::Result<()> {
    let bytes: &[u8] = match line {
        Line::Same(bytes) | Line::Gone(bytes) => bytes,
        Line::New(bytes) => bytes,
    };
    let content = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    match line {
        Line::Same(_) => out.write_all(&[b" ", content].concat())?,
        Line::Gone(_) => paint.removed([b"-", content].concat()).write_to(out)?,
        Line::New(_) => paint.added([b"+", content].concat()).write_to(out)?,
    }
    out.push(b'\n');
    if content.len() == bytes.len() {
        writeln!(out, "{}", paint.faint("\\ No newline at end of file"))?;
    }
    Ok(())
}

/// The changes, each with the lines around it; changes that are near each other share one.
fn hunks(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for at in (0..lines.len()).filter(|&at| lines[at].is_change()) {
        let around = at.saturating_sub(CONTEXT)..lines.len().min(at + 1 + CONTEXT);
        match hunks.last_mut() {
            Some(last) if last.end >= around.start => last.end = around.end,
            _ => hunks.push(around),
        }
    }
    hunks
}

fn lines<'t>(text: &'t [u8], removals: &[Removal]) -> Vec<Line<'t>> {
    let mut lines = Vec::new();
    let mut kept = Kept { text, removals };
    // The old lines that have become one new line so far, and that line.
    let (mut old, mut new): (Vec<&[u8]>, Vec<u8>) = (Vec::new(), Vec::new());
    let mut start = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let span = Span::new(start, start + line.len());
        start = span.end;
        let is_touched = kept.add(span, &mut new);
        old.push(line);
        if !is_touched && old.len() == 1 {
            lines.push(Line::Same(line));
        } else if new.is_empty() || new.ends_with(b"\n") || start == text.len() {
            lines.extend(old.iter().map(|line| Line::Gone(line)));
            lines.extend((!new.is_empty()).then(|| Line::New(new.clone())));
        } else {
            continue;
        }
        old.clear();
        new.clear();
    }
    lines
}

/// What is kept of a text, asked for from its start to its end.
struct Kept<'t> {
    text: &'t [u8],
    /// Those that do not end before the place where we are.
    removals: &'t [Removal],
}

impl Kept<'_> {
    /// Adds what is kept of a span; whether something of it is not.
    fn add(&mut self, span: Span, to: &mut Vec<u8>) -> bool {
        let mut from = span.start;
        let mut is_touched = false;
        while let Some((first, rest)) = self.removals.split_first() {
            let gone = first.span;
            if gone.start >= span.end {
                break;
            }
            is_touched = true;
            to.extend_from_slice(&self.text[from..gone.start.max(from)]);
            from = gone.end.min(span.end);
            if gone.end > span.end {
                break;
            }
            self.removals = rest;
        }
        to.extend_from_slice(&self.text[from..span.end]);
        is_touched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removals(spans: &[(usize, usize)]) -> Vec<Removal> {
        spans.iter().map(|&(start, end)| Removal { span: Span::new(start, end), rules: vec![0] }).collect()
    }

    fn diff(text: &[u8], spans: &[(usize, usize)]) -> String {
        let diff = unified(Path::new("a.txt"), text, &removals(spans), Paint::plain());
        String::from_utf8_lossy(&diff).replace("--- a.txt\n+++ a.txt\n", "")
    }

    #[test]
    fn whole_lines_and_parts_of_lines_are_shown() {
        assert_eq!(diff(b"a\nb\nc\n", &[(2, 4)]), "@@ -1,3 +1,2 @@\n a\n-b\n c\n");
        assert_eq!(diff(b"a junk\nb\n", &[(1, 6)]), "@@ -1,2 +1,2 @@\n-a junk\n+a\n b\n");
        assert_eq!(diff(b"ab\ncd\nef\n", &[(1, 4)]), "@@ -1,3 +1,2 @@\n-ab\n-cd\n+ad\n ef\n");
        assert_eq!(diff(b"a\nb\n", &[(1, 2)]), "@@ -1,2 +1 @@\n-a\n-b\n+ab\n");
    }

    #[test]
    fn a_missing_line_end_is_said() {
        let no_end = "\\ No newline at end of file\n";
        assert_eq!(diff(b"a\nb", &[(0, 2)]), format!("@@ -1,2 +1 @@\n-a\n b\n{no_end}"));
        assert_eq!(diff(b"a\nb", &[(1, 3)]), format!("@@ -1,2 +1 @@\n-a\n-b\n{no_end}+a\n{no_end}"));
        assert_eq!(diff(b"a", &[(0, 1)]), format!("@@ -1 +0,0 @@\n-a\n{no_end}"));
    }

    #[test]
    fn changes_far_apart_have_a_hunk_each() {
        let text = b"0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let expected = "@@ -1,4 +1,3 @@\n-0\n 1\n 2\n 3\n@@ -7,4 +6,3 @@\n 6\n 7\n 8\n-9\n";
        assert_eq!(diff(text, &[(0, 2), (18, 20)]), expected);
        assert_eq!(diff(text, &[(0, 2), (14, 16)]).matches("@@ -").count(), 1);
    }

    #[test]
    fn the_new_lines_are_the_cleaned_text() {
        let text = b"one\ntwo three\n\nfour\nfive\xff six";
        for (start, end) in (0..text.len()).flat_map(|start| (start + 1..=text.len()).map(move |end| (start, end))) {
            let new: Vec<u8> = lines(text, &removals(&[(start, end)]))
                .iter()
                .filter_map(|line| match line {
                    Line::Same(bytes) => Some(bytes.to_vec()),
                    Line::New(bytes) => Some(bytes.clone()),
                    Line::Gone(_) => None,
                })
                .flatten()
                .collect();
            assert_eq!(new, [&text[..start], &text[end..]].concat());
        }
    }
}
