//! `[[regex]]`: a line that a pattern matches as a whole, or its group `junk` alone.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::fold::View;
use crate::layout::Span;
use crate::page::Page;
use crate::rule::anchor::Anchor;
use crate::rule::pattern::Pattern;

use super::{Found, Hit, Look, lines_of, with_space};

/// The group that goes when the pattern has it.
pub const JUNK: &str = "junk";

/// The groups whose text is kept as data when the rule deletes it.
pub const METADATA: &[&str] = &["published", "updated", "byline", "section", "url"];

/// The most pieces that are taken out of one line in a pass, and the most bytes that are read for that, as the whole line is for
/// each piece: a long line of junk stays linear.
const PIECES_MAX: usize = 32;
const BYTES_READ_MAX: usize = 2 << 20;

/// Deletes what a pattern matches.
#[derive(Debug, Serialize, Deserialize)]
pub struct Regex {
    /// The pattern of the whole line.
    pub pattern: Box<Pattern>,
    /// What its author said of which one stands in every matching line; empty if that is to be derived from the pattern.
    pub keywords: Vec<Anchor>,
}

impl Regex {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        if self.keywords.is_empty() { self.pattern.anchors.clone() } else { self.keywords.clone() }
    }

    pub(super) fn find(&self, look: &Look, hits: &[Hit]) -> Vec<Found> {
        let page = look.page;
        let in_view = |line, view| {
            let spans =
                if self.pattern.has_group(JUNK) { self.junk(page, line, view) } else { self.whole(page, line, view) };
            spans.into_iter().map(move |span| Found::one(line, span))
        };
        lines_of(hits).flat_map(|line| page.kept(line).iter().flat_map(move |view| in_view(line, view))).collect()
    }

    fn whole(&self, page: &Page, line: usize, view: &View) -> Vec<Span> {
        let matches = self.pattern.matches(view.text());
        matches.then(|| page.layout.lines()[line].full).into_iter().collect()
    }

    /// The junk of a line: the group, and what the group is when that is gone, and so on.
    fn junk(&self, page: &Page, line: usize, view: &View) -> Vec<Span> {
        let group = |text: &str| self.pattern.captures(text)?.group(JUNK);
        let Some(mut junk) = group(view.text()) else { return Vec::new() };
        let start = page.layout.lines()[line].content.start;
        let mut text = view.text().to_owned();
        let mut places: Vec<usize> = (0..text.len()).collect();
        let mut spans = Vec::new();
        for _ in 0..(BYTES_READ_MAX / text.len().max(1)).clamp(1, PIECES_MAX) {
            let span = with_space(text.as_bytes(), Span::new(junk.start, junk.end), Span::new(0, text.len()));
            let Some(original) = original(view, &places, span) else { break };
            spans.push(Span::new(start + original.start, start + original.end));
            text.replace_range(span.start..span.end, "");
            places.drain(span.start..span.end);
            match group(&text) {
                Some(next) => junk = next,
                None => break,
            }
        }
        spans
    }

    /// What a line that the rule deletes says of the document: names of [`METADATA`] with their values.
    pub fn metadata(&self, page: &Page, line: usize) -> Vec<(&'static str, String)> {
        if !METADATA.iter().any(|name| self.pattern.has_group(name)) {
            return Vec::new();
        }
        let views = page.kept(line);
        let captured = |view: &View| self.pattern.captures(view.text());
        let Some((view, groups)) = views.iter().find_map(|view| Some((view, captured(view)?))) else {
            return Vec::new();
        };
        let value = |&name: &&'static str| Some((name, view.text()[groups.group(name)?].to_owned()));
        METADATA.iter().filter_map(value).collect()
    }
}

/// The bytes of the line that a part of a view stands for, when `places` says where in the view each byte of what is left
/// of it was.
fn original(view: &View, places: &[usize], part: Span) -> Option<Range<usize>> {
    let last = part.end.checked_sub(1).filter(|&last| last >= part.start)?;
    view.original(places[part.start]..places[last] + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::kind::Kind;
    use crate::{Document, Options, Ruleset, clean};

    fn cleaned(pattern: &str, text: &str) -> String {
        cleaned_with(pattern, "", text)
    }

    fn cleaned_with(pattern: &str, more: &str, text: &str) -> String {
        let rule = format!("[[regex]]\nid = 'x'\ncategory = 'ad'\nwhy = 'test'\npattern = '{pattern}'\n{more}\n");
        let rules = Ruleset::builder().bundled(false).text("x.toml", &rule).build().unwrap();
        let cleaned = clean(&rules, &Document::new(text.as_bytes()), &Options::default());
        String::from_utf8(cleaned.text.into_owned()).unwrap()
    }

    #[test]
    fn a_keyword_is_looked_for_with_the_spaces_that_it_is_written_with() {
        let pattern = r"\d+ \w+ \d+";
        let text = "Rain fell on the town.\n\n12 Out 2026\n\n12 about 2026\n";
        assert_eq!(cleaned_with(pattern, "keywords = [' Out ']", text), "Rain fell on the town.\n\n12 about 2026\n");
    }

    #[test]
    fn a_line_without_the_group_goes_whole() {
        assert_eq!(
            cleaned(r"Slideshow \(\d+ Images\)", "Rain fell on the town.\n\nSlideshow (1 Images)\n"),
            "Rain fell on the town.\n"
        );
    }

    #[test]
    fn every_piece_of_a_line_goes_with_the_space_before_it() {
        let pattern = r".*?(?P<junk>Slideshow \(\d+ Images\)).*";
        let text = "Slideshow (1 Images) Rain fell. Slideshow (2 Images) Snow fell. Slideshow (3 Images) Hail fell. \
                    Slideshow (4 Images) Sleet fell. Slideshow (5 Images) Then the sun shone on the town all day. Slideshow (6 Images)";
        assert_eq!(
            cleaned(pattern, text),
            "Rain fell. Snow fell. Hail fell. Sleet fell. Then the sun shone on the town all day."
        );
    }

    #[test]
    fn a_line_that_is_longer_loses_fewer_pieces_at_a_time() {
        let pieces_of = |line: &str| {
            let rule = "[[regex]]\nid = 'x'\ncategory = 'ad'\nwhy = 'test'\npattern = '.*?(?P<junk>Skip Ad).*'\n";
            let rules = Ruleset::builder().bundled(false).text("x.toml", rule).build().unwrap();
            let page = Page::of(line.as_bytes());
            let Kind::Regex(regex) = &rules.rule(0).kind else { unreachable!() };
            regex.junk(&page, 0, &page.kept(0).bare).len()
        };
        assert_eq!(pieces_of(&"Rain fell. Skip Ad ".repeat(3)), 3);
        assert_eq!(pieces_of(&"Rain fell. Skip Ad ".repeat(100)), PIECES_MAX);
        let half_a_mebibyte = "Rain fell on the old town. Skip Ad ".repeat((512 << 10) / 35 + 1);
        assert_eq!(pieces_of(&half_a_mebibyte), 3);
    }

    #[test]
    fn a_group_with_a_space_of_its_own_takes_no_other() {
        let text = "The council voted on the plan after two hours – New York Times";
        assert_eq!(cleaned(".+(?P<junk> - New York Times)", text), "The council voted on the plan after two hours");
    }
}
