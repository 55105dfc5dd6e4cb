//! Folds white space away from deletions: blank runs to one blank line, trailing spaces to nothing.

use bstr::ByteSlice;

use crate::layout::{Layout, Span};

use super::{Removal, apply};

/// Adds the white space that goes from what the removals leave; whether there is any.
pub(super) fn add(text: &[u8], removals: &mut Vec<Removal>) -> bool {
    let left = apply::without(text, removals);
    let kept: Vec<Span> = apply::kept(text.len(), removals).collect();
    let mut at = 0;
    let places: Vec<(usize, Span)> = kept
        .into_iter()
        .map(|span| {
            let start = at;
            at += span.len();
            (start, span)
        })
        .collect();
    let spare = spare(&left);
    for &span in &spare {
        removals.extend(originals(&places, span).map(|span| Removal { span, rules: Vec::new() }));
    }
    removals.sort_by_key(|removal| removal.span);
    !spare.is_empty()
}

/// The spans of white space that nobody misses.
fn spare(text: &[u8]) -> Vec<Span> {
    let layout = Layout::of(text);
    let mut spare = Vec::new();
    let mut above_blank = true;
    for line in layout.lines() {
        let content = line.content.of(text);
        let trimmed = line.content.start + content.trim_end().len();
        // A carriage return belongs to the line's end, not to its text.
        let end = line.content.end - usize::from(content.ends_with(b"\r"));
        if line.blank && above_blank {
            spare.push(line.full);
        } else if trimmed < end {
            spare.push(Span::new(trimmed, end));
        }
        above_blank = line.blank;
    }
    spare
}

/// The bytes of the original that a span of what is left stands for.
fn originals<'p>(places: &'p [(usize, Span)], span: Span) -> impl Iterator<Item = Span> + 'p {
    let first = places.partition_point(|(start, original)| start + original.len() <= span.start);
    places[first..].iter().take_while(move |(start, _)| *start < span.end).map(move |&(start, original)| {
        let from = span.start.max(start) - start;
        let to = span.end.min(start + original.len()) - start;
        Span::new(original.start + from, original.start + to)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_runs_and_trailing_spaces_go_and_line_ends_stay() {
        let mut removals = Vec::new();
        let text = b"\na  \r\n\n \n\nb\t\nc";
        add(text, &mut removals);
        assert_eq!(apply::without(text, &removals), b"a\r\n\nb\nc");
    }

    #[test]
    fn white_space_is_found_across_what_is_removed() {
        let mut removals = vec![Removal { span: Span::new(3, 4), rules: vec![0] }];
        let text = b"a  x  \nb";
        add(text, &mut removals);
        assert_eq!(apply::without(text, &removals), b"a\nb");
    }
}
