//! Where on a publisher's pages the article stands, as far as lines around it tell.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::page::Page;
use crate::rule::kind::any_holds;
use crate::rule::matcher::Matcher;

use super::features::Features;

/// What is known of where the article stands. A frame that says nothing is of no effect.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Frame {
    /// Lines below the last of which the article starts.
    pub after: Vec<Matcher>,
    /// Lines above the first of which the article ends.
    pub before: Vec<Matcher>,
    /// Whether the title, and who wrote the article and when, stay.
    pub title: bool,
}

/// So many words of prose are an article: no line below them is above it any more, and none above them is below it.
pub const ARTICLE_WORDS: u32 = 60;

impl Frame {
    /// Of some lines of a page, those between which the article stands. `prose_above` has the words of prose above each.
    pub(super) fn inside(&self, page: &Page, lines: &[usize], prose_above: &[f64]) -> Range<usize> {
        let body = prose_above[..lines.len()].partition_point(|&words| words < f64::from(ARTICLE_WORDS));
        let is = |matchers: &[Matcher], at: usize| any_holds(matchers, page, lines[at]);
        let start = (0..body).rev().find(|&at| is(&self.after, at)).map_or(0, |at| at + 1);
        let end = (body..lines.len()).find(|&at| is(&self.before, at)).unwrap_or(lines.len());
        start..end
    }

    /// Lets the title stay, and of what stands between it and the article who wrote that and when. On a page that says its
    /// title but once that is the first line.
    pub(super) fn keep_title(&self, features: &Features, stays: &mut [bool]) {
        let title = features.title.unwrap_or(0);
        let article = stays.iter().position(|&stays| stays);
        let Some(article) = article.filter(|&article| self.title && title < article) else { return };
        stays[title] = true;
        (title + 1..article).filter(|&at| features.bylines[at]).for_each(|at| stays[at] = true);
    }
}
