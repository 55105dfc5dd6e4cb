//! `deboil rules show`.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};

use deboil::bundled::PACKS;
use deboil::error::did_you_mean;
use deboil::rule::{Example, named};
use deboil::{Pack, Rule, RuleIdx, Ruleset};
use toml_edit::{DocumentMut, Item};

use crate::paint::Paint;
use crate::setup;
use crate::status::{Status, Stop};

use super::args::RulesShowArgs;

/// Shows one rule.
pub(crate) fn run(args: &RulesShowArgs) -> Result<Status, Stop> {
    let rules = setup::load(&args.rules)?;
    let index = rules.by_id(&args.id).ok_or_else(|| unknown(rules, &args.id))?;
    let mut out = Vec::new();
    write_rule(&mut out, rules, index, Paint::stdout())?;
    io::stdout().lock().write_all(&out)?;
    Ok(Status::Fine)
}

/// There are too many rules to name them all.
fn unknown(rules: &Ruleset, id: &str) -> Stop {
    let near = deboil::error::nearest(id, rules.rules().map(|(_, rule)| rule.id.as_str()));
    let cure = near.map_or("`deboil rules list` shows all".to_owned(), |near| did_you_mean(id, [near]));
    Stop::new(format!("unknown rule `{id}`"), cure)
}

fn write_rule(out: &mut Vec<u8>, rules: &Ruleset, index: RuleIdx, paint: Paint) -> io::Result<()> {
    let (rule, pack) = (rules.rule(index), rules.pack_of(index));
    let origin = if pack.bundled { "bundled" } else { "yours" };
    writeln!(out, "{}", paint.name(&rule.id))?;
    let mut say = |title: &str, text: &str| writeln!(out, "  {title:<10}{text}");
    say("pack", &format!("{} ({origin})", rule.origin))?;
    if let Some(source) = &pack.source {
        say("source", &format!("{} ({})", source.id, source.name))?;
    }
    say("deletes", &format!("{}: {}", rule.category, rule.category.meaning()))?;
    say("kind", rule.kind.name())?;
    say("why", &rule.why)?;
    if let Some(date) = rule.last_seen {
        say("last seen", &date.to_string())?;
    }
    write_examples(out, "strips", &rule.strips, paint)?;
    write_examples(out, "keeps", &rule.keeps, paint)?;
    if let Some(text) = text_of(pack) {
        let table = cut(&text, rule);
        let patterns = named_in(&table, &text).unwrap_or_default();
        writeln!(out, "\n{patterns}{table}")?;
    }
    Ok(())
}

fn write_examples(out: &mut Vec<u8>, title: &str, examples: &[Example], paint: Paint) -> io::Result<()> {
    let mut title = title;
    for example in examples {
        for (number, line) in example.text.lines().enumerate() {
            let mark = if number == 0 { "·" } else { " " };
            writeln!(out, "  {title:<10}{} {line}", paint.faint(mark))?;
            title = "";
        }
    }
    Ok(())
}

/// The text of a rule file. One that vanished since it was loaded is not worth an error here.
pub(crate) fn text_of(pack: &Pack) -> Option<String> {
    if pack.bundled {
        return PACKS.iter().find(|(file, _)| *file == pack.file).map(|(_, text)| (*text).to_owned());
    }
    fs::read_to_string(&pack.file).ok()
}

/// The rule as it stands in its file: from its header to the next that is not its own.
fn cut(text: &str, rule: &Rule) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let header = format!("[[{}]]", rule.kind.name());
    let at = rule.origin.line.saturating_sub(1).min(lines.len().saturating_sub(1));
    let start = (0..=at).rev().find(|&line| lines[line].starts_with(&header)).unwrap_or(at);
    let below = format!("{}.", rule.kind.name());
    let is_next = |line: &&str| line.starts_with('[') && !line.trim_start_matches('[').starts_with(&below);
    let mut end = lines[start + 1..].iter().position(is_next).map_or(lines.len(), |after| start + 1 + after);
    // What comes just before the next header is about the next rule.
    while end > start + 1 && (lines[end - 1].is_empty() || lines[end - 1].starts_with('#')) {
        end -= 1;
    }
    lines[start..end].join("\n")
}

/// The named patterns of a file of which a rule makes use, as they stand in it.
fn named_in(table: &str, file: &str) -> Option<String> {
    let mut file: DocumentMut = file.parse().ok()?;
    let mut patterns = file.remove("patterns")?.into_table().ok()?;
    let mut used: BTreeSet<String> = named::names(table).map(str::to_owned).collect();
    // Each may hold those above it.
    let written: Vec<(String, String)> =
        patterns.iter().map(|(name, item)| (name.to_owned(), item.to_string())).collect();
    for (name, pattern) in written.iter().rev() {
        if used.contains(name) {
            used.extend(named::names(pattern).map(str::to_owned));
        }
    }
    patterns.retain(|name, _| used.contains(name));
    if patterns.is_empty() {
        return None;
    }
    patterns.decor_mut().clear();
    let mut shown = DocumentMut::new();
    shown.insert("patterns", Item::Table(patterns));
    Some(format!("{shown}\n"))
}
