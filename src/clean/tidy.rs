//! Folds white space away from deletions: blank runs to one blank line, trailing spaces to nothing.

use bstr::ByteSlice;

use crate::layout::{Layout, Span};

use super::pieces::Pieces;
use super::{Removal, apply};

/// Adds the white space that goes from what the removals leave; whether there is any.
pub(super) fn add(text: &[u8], removals: &mut Vec<Removal>) -> bool {
    let pieces = Pieces::left(text.len(), removals);
    let spare = spare(&apply::without(text, removals));
    for &span in &spare {
        removals.extend(pieces.originals(span).map(|span| Removal { span, rules: Vec::new() }));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The spans that go of a text, and whether any was added.
    fn tidied(text: &str, gone: &[(usize, usize)]) -> (Vec<(usize, usize)>, bool) {
        let removal = |&(start, end): &(usize, usize)| Removal { span: Span::new(start, end), rules: vec![0] };
        let mut removals = gone.iter().map(removal).collect();
        let added = add(text.as_bytes(), &mut removals);
        (removals.iter().map(|removal| (removal.span.start, removal.span.end)).collect(), added)
    }

    #[test]
    fn blank_runs_and_trailing_spaces_go_and_line_ends_stay() {
        let mut removals = Vec::new();
        let text = b"\na  \r\n\n \n\nb\t\nc";
        add(text, &mut removals);
        assert_eq!(apply::without(text, &removals), b"a\r\n\nb\nc");
    }

    #[test]
    fn of_tidy_text_nothing_goes() {
        assert_eq!(tidied("a\n\nb\r\nc\n", &[]), (vec![], false));
        assert_eq!(tidied("a\n\nb\n", &[(0, 3)]), (vec![(0, 3)], false));
    }

    #[test]
    fn a_blank_line_that_stays_is_empty() {
        assert_eq!(tidied("a\n \t\nb", &[]), (vec![(2, 4)], true));
    }

    #[test]
    fn white_space_is_found_across_what_is_removed() {
        assert_eq!(tidied("a  x  \nb", &[(3, 4)]), (vec![(1, 3), (3, 4), (4, 6)], true));
    }
}
