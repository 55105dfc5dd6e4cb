//! Where on the pages of a source the article stands: which lines it follows, and before which it ends.

use crate::rule::{Category, Confidence, Mode};

use super::evidence::{Entry, Evidence};
use super::judge::{is_pattern, item};
use super::proposal::{Form, Marker, Proposal};
use super::template;
use super::units::Shape;

/// Of the pages on which the article can have ended above a marker, so many must agree that it has, and so few may not.
const ENDED_MIN: f64 = 0.8;
const UNENDED_MAX: f64 = 0.1;

/// Of the pages on which the article can start below a marker, so many must agree that it does.
const STARTS_MIN: f64 = 0.95;

/// The share of the pages that must have a marker.
const PAGES_MIN: f64 = 0.15;

/// How many markers of each kind are worth reading.
const MARKERS_MAX: usize = 20;

/// The rule that says where the article stands; `None` if nothing tells.
pub(super) fn page(evidence: &Evidence) -> Option<Proposal> {
    if evidence.mode != Mode::FullPage {
        return None;
    }
    let after = markers(evidence, starts_below);
    let before = markers(evidence, |entry| ends_above(entry) || is_list(entry));
    let title = u64::from(evidence.titled) * 2 >= evidence.texts;
    if after.is_empty() && before.is_empty() && !title {
        return None;
    }
    Some(Proposal {
        name: "page".into(),
        category: Category::Navigation,
        confidence: Confidence::High,
        why: format!("what stands around the article on {} pages", evidence.texts),
        form: Form::Article { after, before, title },
        strips: Vec::new(),
        keeps: Vec::new(),
        mode: evidence.mode,
        bytes: 0,
    })
}

/// The lines of a kind that are nearest to the article.
fn markers(evidence: &Evidence, tells: impl Fn(&Entry) -> bool) -> Vec<Marker> {
    let fewest = (evidence.texts as f64 * PAGES_MIN).max(f64::from(evidence.fewest));
    let is_marker = |entry: &&Entry| {
        matches!(entry.shape, Shape::Line | Shape::Template | Shape::Opening)
            && f64::from(entry.texts) >= fewest
            && entry.folded.chars().filter(|c| c.is_alphabetic()).count() >= 3
            && !template::is_date(&entry.folded)
            && (entry.shape == Shape::Line || entry.varies())
            && tells(entry)
    };
    let mut found: Vec<&Entry> = evidence.entries.values().filter(is_marker).collect();
    found.sort_by_key(|entry| (entry.to_article / u64::from(entry.texts), entry.order));
    found.truncate(MARKERS_MAX);
    found.into_iter().map(|entry| marker(entry, evidence.texts)).collect()
}

fn starts_below(entry: &Entry) -> bool {
    let agree = f64::from(entry.starts) >= STARTS_MIN * f64::from(entry.below_start);
    agree && entry.below_start * 2 >= entry.texts && entry.article * 10 <= entry.texts
}

fn ends_above(entry: &Entry) -> bool {
    let of = f64::from(entry.above_end);
    let agree = f64::from(entry.ended) >= ENDED_MIN * of && f64::from(entry.unended) <= UNENDED_MAX * of;
    agree && entry.above_end * 2 >= entry.texts && entry.article * 5 <= entry.texts
}

/// Whether it heads the items of a list that has several on a page, numbered or dated, as comments are.
fn is_list(entry: &Entry) -> bool {
    template::has_slots(&entry.folded) && entry.repeated * 2 >= entry.texts && entry.above_end * 2 >= entry.texts
}

fn marker(entry: &Entry, texts: u64) -> Marker {
    match entry.shape {
        Shape::Opening if !is_pattern(entry) => {
            let mut item = item(entry, texts);
            item.text = format!("{}.*", template::pattern(&entry.folded));
            Marker { item, is_pattern: true }
        }
        _ => Marker { item: item(entry, texts), is_pattern: is_pattern(entry) },
    }
}

/// Below a line of the tail stand at least so many lines on average that differ from text to text, if they are a list.
const LIST_MIN: u64 = 2;

/// The share of the texts that must have the line.
const CUT_MIN: f64 = 0.3;

/// The rule that deletes lists of other stories below articles, with the lines that head them; `None` if there are none.
pub(super) fn cut(evidence: &Evidence) -> Option<Proposal> {
    let fewest = (evidence.texts as f64 * CUT_MIN).max(3.0);
    let heads_list = |entry: &&Entry| {
        entry.shape == Shape::Line
            && !entry.is_prose
            && f64::from(entry.texts) >= fewest
            && entry.tail * 20 >= entry.texts * 19
            && entry.gone * 10 < entry.texts * 9
            && entry.varied_below >= LIST_MIN * u64::from(entry.texts)
            && entry.folded.chars().filter(|c| c.is_alphabetic()).count() >= 3
    };
    let mut found: Vec<&Entry> = evidence.entries.values().filter(heads_list).collect();
    found.sort_by_key(|entry| (entry.to_article / u64::from(entry.texts), entry.order));
    found.truncate(MARKERS_MAX);
    let items: Vec<_> = found.iter().map(|entry| item(entry, evidence.texts)).collect();
    (evidence.mode == Mode::Extracted && !items.is_empty()).then(|| Proposal {
        name: "lists-below".into(),
        category: Category::Related,
        confidence: Confidence::High,
        why: format!(
            "heads a list of other stories below the article in {} of {} texts or more",
            fewest.ceil(),
            evidence.texts
        ),
        form: Form::Cut(items),
        strips: Vec::new(),
        keeps: Vec::new(),
        mode: evidence.mode,
        bytes: found.iter().map(|entry| entry.bytes).sum(),
    })
}
