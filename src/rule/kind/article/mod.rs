//! `[[article]]`: of the text of a whole page, the lines that are not its article.
//!
//! Each line is weighed by what it looks like, by its neighbours and by the cues around it (`features`); a line model with
//! two labels, article and not, then finds the labelling of all lines that fits best when going over from one label to the
//! other has a price (`path`). The features are those of jusText (Pomikálek 2011: length, share of function words, class of
//! the neighbours), of boilerpipe (Kohlschütter, Fankhauser and Nejdl 2010, "Boilerplate Detection using Shallow Text
//! Features": words of this, the previous and the next block, capitals, position) and of BTE (Finn, Kushmerick and Smyth
//! 2001: the mass of text before and after), as far as they can be read from text without markup; unary and pairwise
//! potentials with Viterbi decoding are those of Web2Text (Vogels, Ganea and Eickhoff 2018). The weights of the lines are
//! fitted, see `docs/quality.md`.

mod features;
mod frame;
mod path;
mod weights;

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::page::Page;
use crate::rule::anchor::Anchor;
use crate::rule::matcher::Matcher;

use super::{Found, Hit, Look};

pub use features::{FEATURES, Feature, Features, View};
pub use frame::{ARTICLE_WORDS, Frame};

/// Deletes what stands around and inside the article of a page.
#[derive(Debug, Serialize, Deserialize)]
pub struct Article {
    /// Lines by which the page is read; those of the rule for all texts serve sources that name none.
    pub cues: Arc<Cues>,
    /// What is known of where the article stands.
    pub frame: Frame,
}

/// Lines that tell where on a page one is. They are signs, no junk in themselves.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cues {
    /// What follows an article: comments, related stories, tags.
    pub ends: Vec<Matcher>,
    /// Share buttons.
    pub shares: Vec<Matcher>,
    /// Calls to sign up or in.
    pub signups: Vec<Matcher>,
    /// Rights and policies.
    pub legal: Vec<Matcher>,
    /// Items of menus.
    pub menus: Vec<Matcher>,
    /// Who wrote the article and when.
    pub bylines: Vec<Matcher>,
}

impl Cues {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        [&self.ends, &self.shares, &self.signups, &self.legal, &self.menus, &self.bylines]
            .iter()
            .all(|cues| cues.is_empty())
    }
}

/// The smallest share of a page's words that goes. Less would go of a text that holds little but its article, where the
/// model's faults weigh more than what it finds: it is taken for clean.
const SHARE_MIN: f64 = 0.08;

/// The fewest words that stay, if there are lines that may be of an article at all.
const WORDS_KEPT_MIN: u32 = 40;

/// By how much all lines gain at each step when too few words would stay, and how often.
const GAIN: f64 = 0.4;
const GAINS_MAX: usize = 12;

/// How many short sentences may end an article.
const ENDING_LINES: usize = 4;

/// The score of a line that cannot be of the article.
const OUTSIDE: f64 = -1e3;

impl Article {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        Vec::new()
    }

    pub(super) fn find(&self, look: &Look, _: &[Hit]) -> Vec<Found> {
        self.outside(look.page).into_iter().map(|lines| found(look.page, &lines)).collect()
    }

    /// The lines of a page that are not its article, by runs; blank ones are left out.
    pub fn outside(&self, page: &Page) -> Vec<Vec<usize>> {
        let lines = page.filled();
        let stays = self.labels(page, lines);
        let gone: u32 = lines.iter().zip(&stays).filter(|(_, stays)| !**stays).map(|(&line, _)| page.words(line)).sum();
        if f64::from(gone) < SHARE_MIN * page.layout.words() as f64 {
            return Vec::new();
        }
        runs(&stays).map(|run| lines[run].to_vec()).collect()
    }

    /// Which of some lines are of the article.
    fn labels(&self, page: &Page, lines: &[usize]) -> Vec<bool> {
        let features = Features::of(page, lines, &self.cues);
        let inside = self.frame.inside(page, lines, &features.prose_above);
        let score = |(at, line): (usize, &Vec<f64>)| if inside.contains(&at) { weights::score(line) } else { OUTSIDE };
        let mut scores: Vec<f64> = features.lines.iter().enumerate().map(score).collect();
        let words = |labels: &[bool]| -> u32 {
            lines.iter().zip(labels).filter(|(_, stays)| **stays).map(|(&line, _)| page.words(line)).sum()
        };
        let mut labels = path::best(&scores);
        for _ in 0..GAINS_MAX {
            if words(&labels) >= WORDS_KEPT_MIN {
                break;
            }
            scores.iter_mut().for_each(|score| *score += GAIN);
            labels = path::best(&scores);
        }
        keep_ending(&features, &inside, &mut labels);
        keep_lists(&features, &mut labels);
        self.frame.keep_title(&features, &mut labels);
        labels
    }
}

/// Lets the short sentences stay in which an article ends. Alone, each looks like a part of what follows.
fn keep_ending(features: &Features, inside: &Range<usize>, stays: &mut [bool]) {
    let Some(last) = stays.iter().rposition(|&stays| stays) else { return };
    let below = last + 1..inside.end.min(last + 1 + ENDING_LINES);
    let ending = below.take_while(|&at| features.sentences[at]).count();
    stays[last + 1..][..ending].fill(true);
}

/// Lets a list stay below the article's prose, with the sentence that leads to it. Alone, both look like a menu.
fn keep_lists(features: &Features, stays: &mut [bool]) {
    let Features { lead_ins, items, .. } = features;
    let mut led_to = false;
    for at in 1..stays.len() {
        let leads = lead_ins[at] && items.get(at + 1) == Some(&true) && stays[at - 1];
        led_to = items[at] && (led_to || stays[at - 1] && lead_ins[at - 1]);
        stays[at] |= leads || led_to;
    }
}

/// The ranges in which lines do not stay.
fn runs(stays: &[bool]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + stays.get(at..)?.iter().position(|&stays| !stays)?;
        at = start + stays[start..].iter().position(|&stays| stays).unwrap_or(stays.len() - start);
        Some(start..at)
    })
}

fn found(page: &Page, lines: &[usize]) -> Found {
    Found { line: lines[0], spans: lines.iter().map(|&line| page.layout.lines()[line].full).collect() }
}
