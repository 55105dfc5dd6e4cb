//! What of a page may recur: its lines, what they are templates of, how they open, their sentences, the end of its title.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::fold::{self, Case};
use crate::layout::PROSE_WORDS;
use crate::page::Page;
use crate::sentence;

use super::template;

/// What a unit is of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// A line.
    Line,
    /// A line but for its numbers and dates.
    Template,
    /// The start of a line, through a colon.
    Opening,
    /// A sentence of a line that has more than it.
    Sentence,
    /// A line that is the title of another text.
    Headline,
    /// The end of the first line, which names the site.
    TitleEnd,
}

/// Something that may recur.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) shape: Shape,
    /// Its case-folded text; of templates and openings with slots.
    pub(super) folded: String,
    /// The text with its case kept.
    pub(super) spelled: String,
    /// The line that it stands in.
    pub(super) line: usize,
}

impl Unit {
    /// What tells it from others in texts of a source.
    pub(super) fn key(&self, source: &str) -> u64 {
        hash(source, self.shape as u8, &self.folded)
    }
}

/// A hash of a text of a source, the same in each run.
pub(super) fn hash(source: &str, kind: u8, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (source, kind, text).hash(&mut hasher);
    hasher.finish()
}

/// Longer lines are not taken as a whole, in characters.
const LINE_CHARS: usize = 300;

/// An opening is at most so long, in words and in bytes.
const OPENING_WORDS: usize = 5;
const OPENING_BYTES: usize = 40;

/// The words that a sentence has which is taken by itself.
const SENTENCE_WORDS: std::ops::RangeInclusive<u32> = 3..=40;

/// Names of sites and sections stand above a title, but not more.
const TITLE_LINES: usize = 3;

/// The most words of a site's name behind a title.
const TITLE_END_WORDS: u32 = 6;

/// What divides a title from the name of the site, folded.
const DIVIDERS: [&str; 5] = [" | ", " - ", " :: ", " » ", " · "];

/// What may recur of a page, in its order.
pub(super) fn of(page: &Page) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut in_code = false;
    for &line in page.filled() {
        let folded = page.view(page.views(line).start);
        let is_fence = page.content(line).trim_ascii_start().starts_with(b"```");
        in_code ^= is_fence;
        if in_code || is_fence || is_code(folded) || folded.is_empty() {
            continue;
        }
        of_line(&mut units, line, folded, page.kept(line).bare.text());
        // Titles of a series differ in numbers, too.
        if line == page.filled()[0] {
            units.retain(|unit| unit.shape == Shape::Line);
        }
    }
    if let Some((_, end)) = page.filled().first().and_then(|&line| divided(page, line)) {
        let line = page.filled()[0];
        units.push(Unit { shape: Shape::TitleEnd, folded: lower(end), spelled: end.to_owned(), line });
    }
    units
}

fn of_line(units: &mut Vec<Unit>, line: usize, folded: &str, kept: &str) {
    let unit =
        |shape, folded: &str, spelled: &str| Unit { shape, folded: folded.into(), spelled: spelled.into(), line };
    if folded.chars().nth(LINE_CHARS).is_none() {
        units.push(unit(Shape::Line, folded, kept));
        let template = template::of(folded);
        if let Some(template) = &template {
            units.push(unit(Shape::Template, template, kept));
        }
        if let Some(opening) = opening(template.as_deref().unwrap_or(folded)) {
            units.push(unit(Shape::Opening, opening, kept));
        }
    }
    let ends: Vec<usize> = sentence::ends(kept.as_bytes()).collect();
    if ends.len() < 2 && ends.first().is_none_or(|&end| end == kept.len()) {
        return;
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    for (start, end) in starts.zip(ends.iter().copied().chain([kept.len()])) {
        let sentence = kept[start..end].trim();
        if SENTENCE_WORDS.contains(&crate::layout::words(sentence.as_bytes())) {
            units.push(unit(Shape::Sentence, &lower(sentence), sentence));
        }
    }
}

/// The start of a line through its first colon, if a few words stand before that and something behind it.
fn opening(folded: &str) -> Option<&str> {
    let end = folded.find(": ")? + 1;
    let opening = &folded[..end];
    let fits = end <= OPENING_BYTES && opening.split(' ').count() <= OPENING_WORDS;
    (fits && opening.contains(char::is_alphabetic)).then_some(opening)
}

/// A title and the name of the site behind it, with what divides them; case kept.
pub(super) fn divided<'p>(page: &'p Page, line: usize) -> Option<(&'p str, &'p str)> {
    let text = page.kept(line).bare.text();
    let at = DIVIDERS.iter().filter_map(|divider| text.rfind(divider)).max()?;
    let words = crate::layout::words(&text.as_bytes()[at..]);
    (at > 0 && (1..=TITLE_END_WORDS).contains(&words)).then(|| (&text[..at], text[at..].trim_start()))
}

/// The first lines of a page, of which one is its title.
pub(super) fn title_lines<'p>(page: &'p Page) -> &'p [usize] {
    let first = &page.filled()[..page.filled().len().min(TITLE_LINES)];
    let text = first.iter().position(|&line| is_prose(page, line));
    &first[..text.unwrap_or(first.len())]
}

/// The title that a line is of a page, case-folded: without the name of the site.
pub(super) fn title(page: &Page, line: usize) -> String {
    let whole = page.kept(line).bare.text();
    lower(divided(page, line).map_or(whole, |(title, _)| title))
}

/// Whether a line looks like a paragraph of an article.
pub(super) fn is_prose(page: &Page, line: usize) -> bool {
    page.words(line) >= PROSE_WORDS && page.is_terminal(line)
}

/// A folded text with its case folded, too.
pub(super) fn lower(text: &str) -> String {
    fold::literal(text, Case::Folded)
}

/// Whether a line is one of a program: it ends as lines of code do, or is full of their signs.
fn is_code(folded: &str) -> bool {
    let signs = folded.chars().filter(|c| "{}();=<>[]$\\_".contains(*c)).count();
    folded.ends_with([';', '{', '}']) || signs * 6 > folded.chars().count().max(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<(Shape, String)> {
        of(&Page::of(text.as_bytes())).into_iter().map(|unit| (unit.shape, unit.folded)).collect()
    }

    #[test]
    fn a_line_is_taken_as_a_whole_and_in_parts() {
        let found = shapes("Mill\nREAD MORE: Mill burns down\n");
        assert!(found.contains(&(Shape::Line, "read more: mill burns down".into())));
        assert!(found.contains(&(Shape::Opening, "read more:".into())));
        let found = shapes("Mill\nThe mill burnt down. Follow us on Squawk! Nobody was hurt\n");
        assert!(found.contains(&(Shape::Sentence, "follow us on squawk!".into())));
        assert!(found.contains(&(Shape::Sentence, "nobody was hurt".into())));
    }

    #[test]
    fn a_title_is_told_from_the_name_of_the_site() {
        let page = Page::of(b"Mill burns down \xe2\x80\x93 The Port Times\n\nText.\n");
        assert_eq!(title(&page, 0), "mill burns down");
        assert_eq!(divided(&page, 0), Some(("Mill burns down", "- The Port Times")));
    }

    #[test]
    fn code_is_left_out() {
        assert!(shapes("```\nuse std::fs\n```\nfor (i = 0; i < n; i++) {\n").is_empty());
    }
}
