//! The explanation for programs.

use deboil::clean::sources::Recognised;
use deboil::{Explanation, Finding, Removal, Step, Verdict};
use serde::Serialize;

use super::View;
use super::lines::{Fate, Line};
use crate::args::Show;

#[derive(Serialize)]
struct Row<'a> {
    path: String,
    outcome: String,
    words: WordsRow,
    sources: Vec<SourceRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<Vec<LineRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<Vec<MatchRow<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removals: Option<Vec<RemovalRow<'a>>>,
}

/// How many words the document has, and how many it loses, or would have lost if it was left alone.
#[derive(Serialize)]
struct WordsRow {
    all: u64,
    lost: u64,
    /// Of those that are lost, the ones to rules that do not name each word that they delete.
    lost_vaguely: u64,
}

#[derive(Serialize)]
struct SourceRow<'a> {
    id: &'a str,
    by: String,
}

#[derive(Serialize)]
struct LineRow {
    line: usize,
    start: usize,
    end: usize,
    fate: &'static str,
    text: String,
}

#[derive(Serialize)]
struct MatchRow<'a> {
    rule: &'a str,
    category: &'static str,
    why: &'a str,
    line: usize,
    start: usize,
    end: usize,
    text: String,
    pass: u32,
    step: &'static str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct RemovalRow<'a> {
    rules: Vec<&'a str>,
    line: usize,
    start: usize,
    end: usize,
    text: String,
}

/// Lines come with what matched in them and what went.
pub(super) fn write(out: &mut Vec<u8>, view: &View<'_>, show: Show) {
    let explanation = &view.explanation;
    let lines = || view.lines.iter().enumerate().map(|(number, line)| line_row(view, number, line)).collect();
    let matches = || explanation.matches.iter().map(|found| match_row(view, found)).collect();
    let removals = || explanation.removals.iter().map(|removal| removal_row(view, removal)).collect();
    let row = Row {
        path: view.name().display().to_string(),
        outcome: view.outcome(),
        words: words_row(explanation),
        sources: explanation.sources.iter().map(|seen| source_row(view, seen)).collect(),
        lines: (show == Show::Lines).then(lines),
        matches: (show != Show::Removals).then(matches),
        removals: (show != Show::Matches).then(removals),
    };
    serde_json::to_writer_pretty(&mut *out, &row).expect("rows have only string keys, and a vector takes all");
    out.push(b'\n');
}

fn words_row(explanation: &Explanation) -> WordsRow {
    let Explanation { words, lost, .. } = *explanation;
    WordsRow { all: words, lost: lost.words, lost_vaguely: lost.vaguely }
}

fn source_row<'a>(view: &View<'a>, recognised: &Recognised) -> SourceRow<'a> {
    SourceRow { id: &view.rules.source(recognised.source).id, by: view.how(recognised.by) }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn line_row(view: &View<'_>, number: usize, line: &Line) -> LineRow {
    LineRow {
        line: number + 1,
        start: line.full.start,
        end: line.full.end,
        fate: match line.fate {
            Fate::Kept => "kept",
            Fate::Changed => "changed",
            Fate::Removed => "removed",
        },
        text: text(line.content.of(view.document.text)),
    }
}

fn match_row<'a>(view: &View<'a>, found: &Finding) -> MatchRow<'a> {
    let rule = view.rules.rule(found.rule);
    let (verdict, reason) = match found.verdict {
        Verdict::Removed => ("removed", None),
        Verdict::Kept(reason) => ("kept", Some(reason.to_string())),
    };
    MatchRow {
        rule: &rule.id,
        category: rule.category.name(),
        why: &rule.why,
        line: view.line_of(found.span.start) + 1,
        start: found.span.start,
        end: found.span.end,
        text: text(found.span.of(view.document.text)),
        pass: found.pass,
        step: match found.step {
            Step::Certain => "certain",
            Step::Context => "context",
        },
        verdict,
        reason,
    }
}

fn removal_row<'a>(view: &'a View<'_>, removal: &Removal) -> RemovalRow<'a> {
    RemovalRow {
        rules: view.rule_ids(&removal.rules),
        line: view.line_of(removal.span.start) + 1,
        start: removal.span.start,
        end: removal.span.end,
        text: text(removal.span.of(view.document.text)),
    }
}
