//! `[[repeat]]`: text that the document holds twice.

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::layout::{PROSE_WORDS, Span};
use crate::page::Page;
use crate::rule::anchor::Anchor;

use super::versions;
use super::{Found, Hit, Look};

/// The fewest words of a pull quote: fewer may be a subhead in the words of its section.
const PULLQUOTE_WORDS: u32 = 6;

/// What is held twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// A paragraph of prose: the first copy stays.
    Paragraph,
    /// A sentence set apart as a quote: the copy that stands alone goes.
    Pullquote,
    /// A line that says its text twice: `XX`, with or without a separator, becomes `X`.
    Line,
    /// Lines that hold two versions of a text side by side: the later stays.
    Versions,
}

/// Deletes what is held twice.
#[derive(Debug, Serialize, Deserialize)]
pub struct Repeat {
    /// What is held twice.
    pub unit: Unit,
}

impl Repeat {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        Vec::new()
    }

    pub(super) fn find(&self, look: &Look, _: &[Hit]) -> Vec<Found> {
        match self.unit {
            Unit::Paragraph => paragraphs(look.page),
            Unit::Pullquote => pullquotes(look.page),
            Unit::Line => halves(look, last_copy),
            Unit::Versions => halves(look, later_version),
        }
    }
}

fn paragraphs(page: &Page) -> Vec<Found> {
    let layout = &page.layout;
    let mut seen = HashSet::new();
    let again = layout
        .paragraphs()
        .iter()
        .enumerate()
        .filter(|&(index, lines)| layout.is_prose(index) && !seen.insert(folded(page, lines)));
    again.map(|(_, lines)| Found { line: lines.start, spans: vec![page.span_of(lines.clone())] }).collect()
}

fn folded(page: &Page, lines: &Range<usize>) -> String {
    let views: Vec<&str> =
        lines.clone().filter_map(|line| page.views(line).next()).map(|view| page.view(view)).collect();
    views.join(" ")
}

fn pullquotes(page: &Page) -> Vec<Found> {
    let layout = &page.layout;
    let alone = layout.paragraphs().iter().filter(|lines| lines.len() == 1).map(|lines| lines.start);
    let quotes = alone.filter(|&line| {
        // Above the first prose stands the title, whose words the article may well repeat.
        line > first_prose(page)
            && page.words(line) >= PULLQUOTE_WORDS
            && !page.is_terminal(line)
            && repeats_prose(page, line)
    });
    quotes.map(|line| Found::one(line, layout.lines()[line].full)).collect()
}

fn first_prose(page: &Page) -> usize {
    let layout = &page.layout;
    let first = (0..layout.paragraphs().len()).find(|&index| layout.is_prose(index));
    first.map_or(usize::MAX, |index| layout.paragraphs()[index].start)
}

fn repeats_prose(page: &Page, line: usize) -> bool {
    page.copies().longer_copies(line).any(|copy| page.words(copy) >= PROSE_WORDS && page.is_terminal(copy))
}

/// The first halves of lines, as `half` finds them in their folded text.
fn halves(look: &Look, half: impl Fn(&str) -> Option<usize>) -> Vec<Found> {
    let page = look.page;
    let lines = (0..page.len()).filter(|&line| !page.is_blank(line) && !(look.edited)(line));
    lines.filter_map(|line| first_half(page, line, &half)).collect()
}

fn first_half(page: &Page, line: usize, half: &impl Fn(&str) -> Option<usize>) -> Option<Found> {
    page.views(line).find_map(|view| {
        let second = half(page.view(view))?;
        let rest = page.original(view, second..page.view_bytes(view).len())?;
        let start = page.original(view, 0..second)?.start;
        Some(Found::one(line, Span::new(start, rest.start)))
    })
}

/// Where the last copy starts in a text that says the same twice, or twice the same twice.
fn last_copy(text: &str) -> Option<usize> {
    let second = equal_half(text)?;
    Some(second + last_copy(&text[second..]).unwrap_or(0))
}

/// Where the later of two versions starts. One that would fall into two again may be a paragraph that repeats itself:
/// then both stay, unless they are equal and no space divides them, which no author writes.
fn later_version(text: &str) -> Option<usize> {
    if let Some(later) = equal_half(text)
        && text[..later] == text[later..]
        && equal_half(&text[later..]).is_none()
    {
        return Some(later);
    }
    let divide = |text: &str| equal_half(text).or_else(|| versions::earlier(text));
    divide(text).filter(|&later| divide(&text[later..]).is_none())
}

/// Where the second half of a text starts that says the same twice, if it does.
pub(super) fn equal_half(text: &str) -> Option<usize> {
    let middle = text.len() / 2;
    let (left, right) = (text.get(..middle)?, text.get(middle..)?);
    if left == right && has_word(left) {
        return Some(middle);
    }
    let rest = right.strip_prefix(' ')?;
    (left == rest && has_word(left)).then_some(middle + 1)
}

fn has_word(text: &str) -> bool {
    text.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_half_may_be_glued_or_spaced() {
        assert_eq!(equal_half("he left.he left."), Some(8));
        assert_eq!(equal_half("he left. he left."), Some(9));
        assert_eq!(equal_half("he left. she left."), None);
        assert_eq!(equal_half(""), None);
        assert_eq!(equal_half("1 1"), None);
    }

    #[test]
    fn what_is_left_of_a_line_holds_nothing_twice() {
        assert_eq!(last_copy("ha ha ha ha"), Some(9));
        assert_eq!(last_copy("ha ha ha"), None);
        assert_eq!(later_version("ha. ha."), Some(4));
        assert_eq!(later_version("ha. ha. ha. ha."), None);
        assert_eq!(later_version("ha. ha.ha. ha."), None);
    }

    #[test]
    fn equal_versions_that_no_space_divides_may_hold_sentences_that_are_alike() {
        let alike =
            "we will row to hilo in the rain and we will sing. we will row to hilo in the rain and we will weep.";
        assert_eq!(later_version(&format!("{alike}{alike}")), Some(alike.len()));
    }
}
