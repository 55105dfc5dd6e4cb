//! `deboil rules check`.

mod corpus;
mod table;

use std::io::{self, Write};
use std::path::Path;

use deboil::check::{Finding, Severity, check};
use deboil::rule::PackIdx;
use deboil::{Pack, Ruleset};
use serde::Serialize;

use crate::args::Format;
use crate::paint::{Paint, count};
use crate::setup;
use crate::status::{Status, Stop};

use super::args::{CorpusArgs, RulesCheckArgs};
use corpus::{CorpusRow, Covered};

#[derive(Serialize)]
struct Row<'a> {
    findings: Vec<FindingRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corpus: Option<CorpusRow<'a>>,
}

#[derive(Serialize)]
struct FindingRow<'a> {
    severity: &'static str,
    file: &'a str,
    line: usize,
    column: usize,
    what: &'a str,
    cure: &'a str,
}

/// Checks the packs of some paths, or all packs.
pub(crate) fn run(args: &RulesCheckArgs) -> Result<Status, Stop> {
    if args.corpus.is_empty() && args.reading != CorpusArgs::default() {
        return Err(Stop::new(
            "there are no texts to read",
            "name some with --corpus, or leave out what is said of them",
        ));
    }
    let mut named = args.rules.clone();
    named.rules.extend(args.paths.iter().cloned());
    let rules = setup::load_anew(&named)?;
    let packs = packs(args, rules);
    let findings: Vec<Finding> = packs.iter().flat_map(|&pack| check(rules, pack)).collect();
    let covered = (!args.corpus.is_empty()).then(|| Covered::of(args, rules, &packs)).transpose()?;
    let mut out = Vec::new();
    match args.format {
        Format::Text => write_text(&mut out, &findings, covered.as_ref())?,
        Format::Json => write_json(&mut out, &findings, covered.as_ref())?,
    }
    io::stdout().lock().write_all(&out)?;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    // Without a standard error there is nobody to tell.
    let _ = write_summary(rules, &packs, errors, findings.len() - errors);
    let failed = covered.is_some_and(|covered| covered.tell_failures());
    Ok(match errors {
        _ if failed => Status::Error,
        0 => Status::Fine,
        _ => Status::Findings,
    })
}

fn packs(args: &RulesCheckArgs, rules: &Ruleset) -> Vec<PackIdx> {
    let is_named = |pack: &Pack| args.paths.iter().any(|path| Path::new(&pack.file).starts_with(path));
    let is_asked = |pack: &Pack| args.paths.is_empty() || !pack.bundled && is_named(pack);
    (0..).zip(rules.packs()).filter(|(_, pack)| is_asked(pack)).map(|(index, _)| index).collect()
}

fn write_text(out: &mut Vec<u8>, findings: &[Finding], covered: Option<&Covered<'_>>) -> io::Result<()> {
    let paint = Paint::stdout();
    findings.iter().try_for_each(|finding| write_finding(out, finding, paint))?;
    covered.map_or(Ok(()), |covered| covered.write(out, paint))
}

fn write_finding(out: &mut Vec<u8>, finding: &Finding, paint: Paint) -> io::Result<()> {
    let place = finding.error.place.as_ref().map(|place| format!("{}: ", paint.place(place))).unwrap_or_default();
    let severity = match finding.severity {
        Severity::Error => paint.bad("error"),
        Severity::Warning => paint.note("warning"),
    };
    writeln!(out, "{place}{severity}: {}; {}", finding.error.what, finding.error.cure)
}

fn write_json(out: &mut Vec<u8>, findings: &[Finding], covered: Option<&Covered<'_>>) -> io::Result<()> {
    let row = Row { findings: findings.iter().map(finding_row).collect(), corpus: covered.map(Covered::row) };
    serde_json::to_writer_pretty(&mut *out, &row)?;
    out.push(b'\n');
    Ok(())
}

fn finding_row(finding: &Finding) -> FindingRow<'_> {
    let place = finding.error.place.as_ref();
    FindingRow {
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        file: place.map_or("", |place| &place.file),
        line: place.map_or(0, |place| place.line),
        column: place.map_or(0, |place| place.column),
        what: &finding.error.what,
        cure: &finding.error.cure,
    }
}

fn write_summary(rules: &Ruleset, packs: &[PackIdx], errors: usize, warnings: usize) -> io::Result<()> {
    let checked: usize = packs.iter().map(|&pack| rules.packs()[pack as usize].rules.len()).sum();
    let what = format!("{}, {}", count(packs.len() as u64, "pack"), count(checked as u64, "rule"));
    let found = format!("{}, {}", count(errors as u64, "error"), count(warnings as u64, "warning"));
    writeln!(io::stderr(), "checked {what}: {found}")
}
