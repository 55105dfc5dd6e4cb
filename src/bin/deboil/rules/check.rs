//! `deboil rules check`.

use std::io::{self, Write};
use std::path::Path;

use deboil::check::{Finding, Severity, check};
use deboil::rule::PackIdx;
use deboil::{Pack, Ruleset};

use crate::paint::{Paint, count};
use crate::setup;
use crate::status::{Status, Stop};

use super::args::RulesCheckArgs;

/// Checks the packs of some paths, or all packs.
pub(crate) fn run(args: &RulesCheckArgs) -> Result<Status, Stop> {
    let mut named = args.rules.clone();
    named.rules.extend(args.paths.iter().cloned());
    let rules = setup::load(&named)?;
    let packs = packs(args, rules);
    let findings: Vec<Finding> = packs.iter().flat_map(|&pack| check(rules, pack)).collect();
    let mut out = Vec::new();
    findings.iter().try_for_each(|finding| write_finding(&mut out, finding, Paint::stdout()))?;
    io::stdout().lock().write_all(&out)?;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    // Without a standard error there is nobody to tell.
    let _ = write_summary(rules, &packs, errors, findings.len() - errors);
    Ok(if errors > 0 { Status::Findings } else { Status::Fine })
}

fn packs(args: &RulesCheckArgs, rules: &Ruleset) -> Vec<PackIdx> {
    let is_named = |pack: &Pack| args.paths.iter().any(|path| Path::new(&pack.file).starts_with(path));
    let is_asked = |pack: &Pack| args.paths.is_empty() || !pack.bundled && is_named(pack);
    (0..).zip(rules.packs()).filter(|(_, pack)| is_asked(pack)).map(|(index, _)| index).collect()
}

fn write_finding(out: &mut Vec<u8>, finding: &Finding, paint: Paint) -> io::Result<()> {
    let place = finding.error.place.as_ref().map(|place| format!("{}: ", paint.place(place))).unwrap_or_default();
    let severity = match finding.severity {
        Severity::Error => paint.bad("error"),
        Severity::Warning => paint.note("warning"),
    };
    writeln!(out, "{place}{severity}: {}; {}", finding.error.what, finding.error.cure)
}

fn write_summary(rules: &Ruleset, packs: &[PackIdx], errors: usize, warnings: usize) -> io::Result<()> {
    let checked: usize = packs.iter().map(|&pack| rules.packs()[pack as usize].rules.len()).sum();
    let what = format!("{}, {}", count(packs.len() as u64, "pack"), count(checked as u64, "rule"));
    let found = format!("{}, {}", count(errors as u64, "error"), count(warnings as u64, "warning"));
    writeln!(io::stderr(), "checked {what}: {found}")
}
