//! A document of the page: its text in parts, of which some went.

use std::collections::BTreeSet;

use bstr::ByteSlice;
use deboil::batch::{Done, LeftAlone, Status};
use deboil::clean::sources::{By, Recognised};
use deboil::rule::Kind;
use deboil::{Explanation, Finding, Options, Outcome, Reason, RuleIdx, Ruleset, SourceIdx, Span, Verdict, explain};
use serde::Serialize;

use super::exception::Exception;

/// The longest text that is shown, in bytes: a browser is no editor for giants.
const SHOWN_MAX: usize = 1 << 20;

/// A document, as the page's script reads it.
#[derive(Serialize)]
pub(super) struct DocumentRow {
    name: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    bytes_in: u64,
    bytes_out: u64,
    sources: Vec<SourceRow>,
    /// What there is of the text; none if it is not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<Part>>,
}

#[derive(Serialize)]
struct SourceRow {
    source: SourceIdx,
    by: String,
}

/// A part of a text. Bytes that are not UTF-8 are shown as such.
#[derive(Serialize)]
#[serde(untagged)]
enum Part {
    Kept(String),
    Gone { text: String, by: Vec<Cause> },
}

/// A rule for which a part goes, and what would keep the part from it.
#[derive(Serialize)]
struct Cause {
    rule: RuleIdx,
    #[serde(skip_serializing_if = "Option::is_none")]
    unless: Option<Exception>,
}

/// A document as JSON, with the indices that it refers to.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PackedRow {
    pub(super) json: String,
    pub(super) rules: BTreeSet<RuleIdx>,
    pub(super) sources: BTreeSet<SourceIdx>,
}

impl DocumentRow {
    pub(super) fn of(rules: &Ruleset, options: &Options, done: &Done<'_>) -> Self {
        let (status, reason) = match &done.record.status {
            Status::Unchanged => ("unchanged", None),
            Status::Cleaned => ("cleaned", None),
            Status::Left(reason) => ("left", Some(reason.to_string())),
        };
        let is_text =
            matches!(done.record.status, Status::Unchanged | Status::Cleaned | Status::Left(LeftAlone::Cleaning(_)));
        let text = done.document.text;
        let explanation = is_text.then(|| explain(rules, &done.document, options));
        let parts = explanation.as_ref().filter(|_| text.len() <= SHOWN_MAX).map(|explanation| {
            let stretches = joined(text, stretches(rules, text, explanation));
            parts(rules, text, &stretches)
        });
        let sources = explanation.iter().flat_map(|explanation| &explanation.sources);
        Self {
            name: done.record.name.place().to_string_lossy().into_owned(),
            status,
            reason,
            bytes_in: done.record.bytes_in,
            bytes_out: done.record.bytes_out,
            sources: sources.map(|recognised| source_row(rules, recognised)).collect(),
            parts,
        }
    }

    /// As JSON, made here since many threads come here.
    pub(super) fn packed(self) -> PackedRow {
        let causes = self.parts.iter().flatten().flat_map(|part| match part {
            Part::Kept(_) => &[][..],
            Part::Gone { by, .. } => by,
        });
        PackedRow {
            rules: causes.map(|cause| cause.rule).collect(),
            sources: self.sources.iter().map(|row| row.source).collect(),
            json: serde_json::to_string(&self).expect("a row has only string keys"),
        }
    }
}

fn source_row(rules: &Ruleset, recognised: &Recognised) -> SourceRow {
    let by = match recognised.by {
        By::Name => "--source".to_owned(),
        By::Url => "its address".to_owned(),
        By::Path => "its path".to_owned(),
        By::Signature(line) => format!("the signature in line {line}"),
        By::Extends(source) => format!("{}, which extends it", rules.source(source).id),
    };
    SourceRow { source: recognised.source, by }
}

/// Bytes that go, or would go if the document were not left alone, and the matches for which they do: each a rule, and
/// the line that decides.
struct Stretch {
    span: Span,
    matches: Vec<(RuleIdx, Span)>,
}

fn stretches(rules: &Ruleset, text: &[u8], explanation: &Explanation) -> Vec<Stretch> {
    let found = &explanation.matches;
    if let Outcome::Left(_) = explanation.outcome {
        let would_go = |found: &&Finding| matches!(found.verdict, Verdict::Kept(Reason::Bound | Reason::Unstable));
        return overlapping(rules, text, found.iter().filter(would_go));
    }
    let went: Vec<&Finding> = found.iter().filter(|found| found.verdict == Verdict::Removed).collect();
    let (mut next, mut open) = (went.iter().copied().peekable(), Vec::<&Finding>::new());
    let mut stretches = Vec::with_capacity(explanation.removals.len());
    // Both are in the order of their starts.
    for removal in &explanation.removals {
        while let Some(found) = next.next_if(|found| found.span.start < removal.span.end) {
            open.push(found);
        }
        open.retain(|found| found.span.end > removal.span.start);
        let of_removal = open.iter().filter(|found| removal.rules.contains(&found.rule));
        let matches = of_removal.map(|found| (found.rule, deciding(rules, text, found, removal.span)));
        stretches.push(Stretch { span: removal.span, matches: sorted(matches.collect()) });
    }
    stretches
}

/// What some matches cover together; they are in the order of their starts.
fn overlapping<'f>(rules: &Ruleset, text: &[u8], found: impl Iterator<Item = &'f Finding>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for found in found.filter(|found| !found.span.is_empty()) {
        let this = (found.rule, deciding(rules, text, found, found.span));
        match stretches.last_mut() {
            Some(last) if found.span.start < last.span.end => {
                last.span.end = last.span.end.max(found.span.end);
                last.matches.push(this);
            }
            _ => stretches.push(Stretch { span: found.span, matches: vec![this] }),
        }
    }
    stretches.iter_mut().for_each(|stretch| stretch.matches = sorted(std::mem::take(&mut stretch.matches)));
    stretches
}

fn sorted(mut matches: Vec<(RuleIdx, Span)>) -> Vec<(RuleIdx, Span)> {
    matches.sort_unstable();
    matches.dedup();
    matches
}

/// The line whose `unless` decides: of a run it is each line for itself.
fn deciding(rules: &Ruleset, text: &[u8], found: &Finding, gone: Span) -> Span {
    if !matches!(rules.rule(found.rule).kind, Kind::Run(_)) {
        return found.line;
    }
    let bytes = gone.of(text);
    let at = gone.start + bytes.len() - bytes.trim_start().len();
    let start = text[..at].rfind_byte(b'\n').map_or(0, |end| end + 1);
    let end = text[at..].find_byte(b'\n').map_or(text.len(), |length| at + length);
    Span::new(start, end)
}

/// Puts together what lies side by side and goes for the same: a deletion of many lines is one to a reader, and blank
/// lines go for those beside them.
fn joined(text: &[u8], stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let is_blank = |stretch: &Stretch| stretch.matches.is_empty() && stretch.span.of(text).trim().is_empty();
        match joined.last_mut() {
            Some(last) if last.span.end == stretch.span.start && (is_blank(&stretch) || is_blank(last)) => {
                last.span.end = stretch.span.end;
                last.matches.extend(stretch.matches);
            }
            Some(last) if last.span.end == stretch.span.start && last.matches == stretch.matches => {
                last.span.end = stretch.span.end;
            }
            _ => joined.push(stretch),
        }
    }
    joined
}

fn parts(rules: &Ruleset, text: &[u8], stretches: &[Stretch]) -> Vec<Part> {
    let shown = |span: Span| String::from_utf8_lossy(span.of(text)).into_owned();
    let mut parts = Vec::with_capacity(2 * stretches.len() + 1);
    let mut at = 0;
    for Stretch { span, matches } in stretches {
        if at < span.start {
            parts.push(Part::Kept(shown(Span::new(at, span.start))));
        }
        let by = matches.iter().map(|&(rule, line)| cause(rules, text, rule, line, *span)).collect();
        parts.push(Part::Gone { text: shown(*span), by });
        at = span.end;
    }
    if at < text.len() {
        parts.push(Part::Kept(shown(Span::new(at, text.len()))));
    }
    parts
}

fn cause(rules: &Ruleset, text: &[u8], rule: RuleIdx, line: Span, gone: Span) -> Cause {
    Cause { rule, unless: Exception::of(rules.rule(rule), text, line, gone) }
}
