//! Matchers: what a line must look like, in signatures, markers and `unless`.

use std::cell::LazyCell;

use serde::{Deserialize, Serialize};

use crate::fold::{self, Case, Views};
use crate::page::Page;

use super::Where;
use super::anchor::Anchor;
use super::literal::{How, Literal};
use super::pattern::Pattern;

/// What a line must look like; all that is given must hold.
#[derive(Debug, Serialize, Deserialize)]
pub struct Matcher {
    /// Literals, of which one must match, unless there are none.
    pub literals: Vec<Literal>,
    /// How they match the line.
    pub how: How,
    /// A pattern that must match.
    pub pattern: Option<Pattern>,
    /// Where in the document the line must stand.
    pub place: Option<Where>,
}

impl Matcher {
    /// Folded literals of which every line that it matches holds one, where they say; empty if there are none.
    pub fn anchors(&self) -> Vec<Anchor> {
        if self.is_folded() {
            return self.literals.iter().map(|literal| literal.anchor(self.how)).collect();
        }
        self.pattern.as_ref().map(|pattern| pattern.anchors.clone()).unwrap_or_default()
    }

    /// Whether it has anchors.
    pub fn is_anchored(&self) -> bool {
        self.is_folded() || self.pattern.as_ref().is_some_and(|pattern| !pattern.anchors.is_empty())
    }

    /// Whether it has literals and all of them are compared folded.
    fn is_folded(&self) -> bool {
        !self.literals.is_empty() && self.literals.iter().all(|literal| !literal.exact)
    }

    /// Whether a line of a page is as it must be.
    pub fn holds(&self, page: &Page, line: usize) -> bool {
        let is_here = self.place.is_none_or(|place| place.holds(page.layout.region(line)));
        is_here && !page.is_blank(line) && self.holds_anywhere(page, line)
    }

    /// Whether a line of a page is as it must be; where it stands is not asked.
    pub fn holds_anywhere(&self, page: &Page, line: usize) -> bool {
        let raw = without_return(page.content(line));
        let literal = self.literals.is_empty()
            || self.literals.iter().any(|literal| match literal.exact {
                true => literal.matches(raw, self.how),
                false => page.views(line).any(|view| literal.matches(page.view_bytes(view), self.how)),
            });
        literal && self.pattern.as_ref().is_none_or(|pattern| matches_view(pattern, page.kept(line)))
    }

    /// Whether a line that stands alone is as it must be; where it stands in a document is not asked.
    pub fn holds_alone(&self, line: &[u8]) -> bool {
        let folded = LazyCell::new(|| fold::views(line, Case::Folded));
        let raw = without_return(line);
        let literal = self.literals.is_empty()
            || self.literals.iter().any(|literal| match literal.exact {
                true => literal.matches(raw, self.how),
                false => folded.iter().any(|view| literal.matches(view.text().as_bytes(), self.how)),
            });
        literal && self.pattern.as_ref().is_none_or(|pattern| matches_view(pattern, &fold::views(line, Case::Kept)))
    }
}

fn matches_view(pattern: &Pattern, kept: &Views) -> bool {
    kept.iter().any(|view| pattern.matches(view.text()))
}

/// A line without the carriage return at its end.
pub fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
