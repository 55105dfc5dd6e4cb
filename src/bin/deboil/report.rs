//! The account for programs: JSON, one document a line, written as the documents come.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use deboil::batch::report::{SourceTally, Tally};
use deboil::batch::{Failure, Record, Report, Status, categories};
use deboil::text::output::Draft;
use deboil::{Removal, Ruleset};
use serde::Serialize;
use serde_json::{Value, json};

use crate::compare::Jump;
use crate::journal::Tally as DoneTally;
use crate::resume::Before;
use crate::status::Stop;

/// A report in the making.
pub(crate) struct JsonReport {
    out: BufWriter<Draft>,
    path: PathBuf,
    is_empty: bool,
}

#[derive(Serialize)]
struct DocumentRow<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    bytes_in: u64,
    bytes_out: u64,
    sources: Vec<&'a str>,
    removals: Vec<RemovalRow<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<&'a str, Vec<&'a str>>,
}

#[derive(Serialize)]
struct RemovalRow<'a> {
    start: usize,
    end: usize,
    rules: Vec<&'a str>,
    categories: Vec<&'static str>,
}

#[derive(Serialize)]
struct FailureRow {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    status: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct Total<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    done_before: Option<DoneBefore>,
    documents: u64,
    changed: u64,
    left_alone: BTreeMap<&'static str, u64>,
    failed: u64,
    bytes_in: u64,
    bytes_out: u64,
    removals: u64,
    by_category: BTreeMap<&'static str, Value>,
    by_rule: BTreeMap<&'a str, Value>,
    by_source: BTreeMap<&'a str, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jumps: Option<&'a [Jump<'a>]>,
}

/// What the sums are compared with.
#[derive(Clone, Copy)]
pub(crate) struct Beside<'a> {
    /// What earlier runs did, if this one goes on where they stopped.
    pub(crate) before: Option<&'a Before>,
    /// What differs from an earlier run, if it is compared with one.
    pub(crate) jumps: Option<&'a [Jump<'a>]>,
}

/// What earlier runs did, which the other figures leave out.
#[derive(Serialize)]
struct DoneBefore {
    files: u64,
    documents: u64,
    changed: u64,
    left_alone: u64,
}

impl DoneBefore {
    fn of(before: &Before) -> Self {
        let DoneTally { documents, changed, left_alone, .. } = before.tally;
        Self { files: before.files(), documents, changed, left_alone }
    }
}

impl JsonReport {
    /// Starts a report; it appears in its place when it is finished.
    pub(crate) fn new(path: &Path) -> Result<Self, Stop> {
        let draft = Draft::new(path).map_err(|error| cannot_write(path, &error))?;
        let mut report = Self { out: BufWriter::new(draft), path: path.to_owned(), is_empty: true };
        report.print(&format!("{{\"deboil\":{},\n\"documents\":[", json!(env!("CARGO_PKG_VERSION"))))?;
        Ok(report)
    }

    /// Adds a document.
    pub(crate) fn add(&mut self, rules: &Ruleset, record: &Record) -> Result<(), Stop> {
        self.add_row(&row(rules, record))
    }

    /// Adds an input that could not be cleaned.
    pub(crate) fn add_failure(&mut self, failure: &Failure) -> Result<(), Stop> {
        let path = failure.path.display().to_string();
        self.add_row(&FailureRow { path, line: failure.line, status: "failed", reason: failure.reason() })
    }

    /// Adds the sum and puts the report in its place.
    pub(crate) fn finish(mut self, rules: &Ruleset, report: &Report, beside: Beside<'_>) -> Result<(), Stop> {
        let total = serde_json::to_string(&total(rules, report, beside)).expect("a total has only string keys");
        self.print(&format!("\n],\n\"total\":{total}}}\n"))?;
        let Self { out, path, .. } = self;
        let draft = out.into_inner().map_err(io::IntoInnerError::into_error);
        draft.and_then(Draft::finish).map_err(|error| cannot_write(&path, &error))
    }

    fn add_row(&mut self, row: &impl Serialize) -> Result<(), Stop> {
        let row = serde_json::to_string(row).expect("a row has only string keys");
        let between = if self.is_empty { "" } else { "," };
        self.is_empty = false;
        self.print(&format!("{between}\n{row}"))
    }

    fn print(&mut self, text: &str) -> Result<(), Stop> {
        self.out.write_all(text.as_bytes()).map_err(|error| cannot_write(&self.path, &error))
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Stop {
    Stop::new(format!("cannot write the report `{}`: {error}", path.display()), "")
}

fn row<'a>(rules: &'a Ruleset, record: &'a Record) -> DocumentRow<'a> {
    let (status, reason) = match &record.status {
        Status::Unchanged => ("unchanged", None),
        Status::Cleaned => ("cleaned", None),
        Status::Left(reason) => ("left alone", Some(reason.to_string())),
    };
    let mut metadata: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for kept in &record.metadata {
        metadata.entry(kept.name).or_default().push(&kept.value);
    }
    DocumentRow {
        path: record.name.path.display().to_string(),
        line: record.name.line,
        id: record.name.id.as_deref(),
        status,
        reason,
        bytes_in: record.bytes_in,
        bytes_out: record.bytes_out,
        sources: record.sources.iter().map(|&source| rules.source(source).id.as_str()).collect(),
        removals: record.removals.iter().map(|removal| removal_row(rules, removal)).collect(),
        metadata,
    }
}

fn removal_row<'a>(rules: &'a Ruleset, removal: &Removal) -> RemovalRow<'a> {
    RemovalRow {
        start: removal.span.start,
        end: removal.span.end,
        rules: removal.rules.iter().map(|&rule| rules.rule(rule).id.as_str()).collect(),
        categories: categories(rules, removal),
    }
}

fn total<'a>(rules: &'a Ruleset, report: &Report, beside: Beside<'a>) -> Total<'a> {
    Total {
        done_before: beside.before.map(DoneBefore::of),
        jumps: beside.jumps,
        documents: report.documents,
        changed: report.changed,
        left_alone: report.left.iter().map(|(&name, tally)| (name, tally.count)).collect(),
        failed: report.failed(),
        bytes_in: report.bytes_in,
        bytes_out: report.bytes_out,
        removals: report.removals,
        by_category: report.by_category.iter().map(|(category, &tally)| (category.name(), sum(tally))).collect(),
        by_rule: report
            .busiest_rules()
            .into_iter()
            .map(|(rule, tally)| (rules.rule(rule).id.as_str(), sum(tally)))
            .collect(),
        by_source: report
            .sources()
            .into_iter()
            .map(|(source, tally)| (rules.source(source).id.as_str(), of_source(tally)))
            .collect(),
    }
}

fn of_source(tally: SourceTally) -> Value {
    json!({ "documents": tally.documents, "bytes_in": tally.bytes_in, "bytes_out": tally.bytes_out })
}

fn sum(tally: Tally) -> Value {
    json!({ "removals": tally.removals, "bytes": tally.bytes })
}
