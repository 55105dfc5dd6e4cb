//! `deboil rules list`.

use std::io::{self, Write};

use deboil::rule::{Confidence, Status as Settled};
use deboil::{Categories, Rule, RuleIdx, Ruleset};
use serde::Serialize;

use crate::args::{Format, OriginArgs};
use crate::paint::Paint;
use crate::setup;
use crate::status::{Status, Stop};

use super::args::RulesListArgs;
use super::effect::Effect;

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    category: &'static str,
    kind: &'static str,
    status: &'static str,
    confidence: &'static str,
    source: Option<&'a str>,
    pack: &'a str,
    bundled: bool,
    why: &'a str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    effect: Option<Effect>,
}

/// Lists the rules that the arguments select.
pub(crate) fn run(args: &RulesListArgs) -> Result<Status, Stop> {
    let rules = setup::load(&args.rules)?;
    let origin = OriginArgs { source: args.source.clone(), url: None, lang: None };
    setup::check_source(rules, &origin)?;
    let keep = if args.effective { Some(setup::configuration(&args.rules)?.keep) } else { None };
    let rows: Vec<_> =
        rules.rules().map(|(index, rule)| row(rules, index, rule, keep)).filter(|row| is_selected(args, row)).collect();
    let mut out = Vec::new();
    match args.format {
        Format::Text => write_table(&mut out, &rows, Paint::stdout())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &rows).expect("rows have only string keys, and a vector takes all");
            out.push(b'\n');
        }
    }
    io::stdout().lock().write_all(&out)?;
    Ok(Status::Fine)
}

fn is_selected(args: &RulesListArgs, row: &Row<'_>) -> bool {
    args.source.as_deref().is_none_or(|source| row.source == Some(source))
        && args.category.is_none_or(|category| row.category == category.name())
}

fn row<'a>(rules: &'a Ruleset, index: RuleIdx, rule: &'a Rule, keep: Option<Categories>) -> Row<'a> {
    let pack = rules.pack_of(index);
    Row {
        id: &rule.id,
        category: rule.category.name(),
        kind: rule.kind.name(),
        status: match rule.status {
            Settled::Stable => "stable",
            Settled::Preview => "preview",
            Settled::Deprecated => "deprecated",
        },
        confidence: match rule.confidence {
            Confidence::High => "high",
            Confidence::Low => "low",
        },
        source: pack.source.as_ref().map(|source| source.id.as_str()),
        pack: &pack.file,
        bundled: pack.bundled,
        why: &rule.why,
        effect: keep.map(|keep| Effect::of(rules, index, keep)),
    }
}

/// What is said of a rule that does not run unasked.
fn remark(row: &Row<'_>) -> &'static str {
    match (row.status, row.confidence) {
        ("stable", "low") => "aggressive",
        ("stable", _) => "",
        (status, _) => status,
    }
}

fn write_table(out: &mut Vec<u8>, rows: &[Row<'_>], paint: Paint) -> io::Result<()> {
    let width = |of: fn(&Row<'_>) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let (ids, categories, kinds) =
        (width(|row| row.id.len()), width(|row| row.category.len()), width(|row| row.kind.len()));
    let remarks = width(|row| remark(row).len());
    for row in rows {
        let id = paint.name(format!("{:<ids$}", row.id));
        write!(out, "{id}  {:<categories$}  {:<kinds$}  ", row.category, row.kind)?;
        if remarks > 0 {
            write!(out, "{}  ", paint.note(format!("{:<remarks$}", remark(row))))?;
        }
        write_place(out, row, paint)?;
    }
    Ok(())
}

/// Where a rule comes from, and what becomes of it if that is asked.
fn write_place(out: &mut Vec<u8>, row: &Row<'_>, paint: Paint) -> io::Result<()> {
    let Some(effect) = &row.effect else { return writeln!(out, "{}", paint.faint(row.pack)) };
    let bundled = if row.bundled { " (bundled)" } else { "" };
    write!(out, "{}", paint.faint(format!("{}{bundled}", effect.origin)))?;
    match effect.notes() {
        none if none.is_empty() => writeln!(out),
        notes => writeln!(out, "  {}", paint.note(notes)),
    }
}
