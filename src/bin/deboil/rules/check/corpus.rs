//! `deboil rules check --corpus`: what the rules do to some texts.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::iter;
use std::ops::ControlFlow;

use deboil::batch::{Done, Input, Report, Told};
use deboil::check::corpus::{Coverage, Firings, Usage};
use deboil::rule::{Date, PackIdx};
use deboil::{Options, RuleIdx, Ruleset, explain};
use serde::Serialize;

use crate::account::Account;
use crate::paint::{Paint, count, number};
use crate::rules::args::RulesCheckArgs;
use crate::status::Stop;
use crate::today::today;

use super::table::Table;

/// How often two rules must delete the same to be named: now and then is no reason to drop one of them.
const OVER_AND_OVER: u64 = 3;

/// What the rules of some packs did to a corpus.
pub(super) struct Covered<'r> {
    rules: &'r Ruleset,
    /// The rules of those packs.
    checked: BTreeSet<RuleIdx>,
    coverage: Coverage,
    report: Report,
    options: Options,
    today: Date,
    /// How many rules of each sort are named.
    top: usize,
}

#[derive(Serialize)]
pub(super) struct CorpusRow<'a> {
    documents: u64,
    bytes: u64,
    today: String,
    rules: Vec<RuleRow<'a>>,
    overlaps: Vec<OverlapRow<'a>>,
}

#[derive(Serialize)]
struct RuleRow<'a> {
    id: &'a str,
    pack: &'a str,
    documents: u64,
    removals: u64,
    bytes: u64,
    in_prose: u64,
    /// Whether it could have fired: options let it run, and its source is one of those of the texts.
    asked: bool,
    last_seen: Option<String>,
    stale: bool,
}

#[derive(Serialize)]
struct OverlapRow<'a> {
    rules: [&'a str; 2],
    removals: u64,
}

impl<'r> Covered<'r> {
    /// Runs all rules on the corpus, and takes note of those of some packs.
    pub(super) fn of(args: &RulesCheckArgs, rules: &'r Ruleset, packs: &[PackIdx]) -> Result<Self, Stop> {
        let inputs = args.reading.inputs(&args.corpus)?.without_rules(rules);
        let options = Options { aggressive: args.aggressive, preview: args.preview, ..Options::default() };
        let batch = args.reading.batch(rules, options);
        let mut coverage = Coverage::new(rules);
        let look = |done: &Done<'_>, (): &()| {
            if !done.record.matched {
                return Ok(Firings::none(&done.record.sources));
            }
            Ok(Firings::of(&explain(rules, &done.document, &batch.options), done.document.text))
        };
        let files = inputs.iter().map(|found| found.map(|found| (Input::File(found.path), ())));
        let report = batch.run(files, look, &mut |told: Told<'_, Firings>| {
            told.iter().for_each(|(_, firings)| coverage.add(firings));
            ControlFlow::Continue(())
        });
        let is_checked = |rule: &RuleIdx| packs.contains(&rules.pack_index(*rule));
        let checked = rules.rules().map(|(index, _)| index).filter(is_checked).collect();
        let (today, top) = (args.today.unwrap_or_else(today), if args.top == 0 { usize::MAX } else { args.top });
        Ok(Self { rules, checked, coverage, report, options: batch.options.clone(), today, top })
    }

    /// Says what could not be read, if there is anything.
    pub(super) fn tell_failures(&self) -> bool {
        let account = Account { rules: self.rules, report: &self.report, paint: Paint::stderr() };
        // Without a standard error there is nobody to tell.
        let _ = account.write_failures(&mut io::stderr().lock());
        !self.report.failures.is_empty()
    }

    /// All of it, for programs.
    pub(super) fn row(&self) -> CorpusRow<'r> {
        let overlap = |((one, other), removals)| OverlapRow { rules: [self.id(one), self.id(other)], removals };
        CorpusRow {
            documents: self.coverage.documents(),
            bytes: self.report.bytes_in,
            today: self.today.to_string(),
            rules: self.checked.iter().map(|&rule| self.rule_row(rule)).collect(),
            overlaps: self.overlaps().map(overlap).collect(),
        }
    }

    fn rule_row(&self, index: RuleIdx) -> RuleRow<'r> {
        let Usage { documents, removals, bytes, in_prose } = self.coverage.usage(index);
        RuleRow {
            id: self.id(index),
            pack: &self.rules.pack_of(index).file,
            documents,
            removals,
            bytes,
            in_prose,
            asked: self.coverage.was_asked(self.rules, index, &self.options),
            last_seen: self.rules.rule(index).last_seen.map(|date| date.to_string()),
            stale: self.coverage.is_stale(self.rules, index, self.today),
        }
    }

    fn id(&self, rule: RuleIdx) -> &'r str {
        &self.rules.rule(rule).id
    }

    fn overlaps(&self) -> impl Iterator<Item = ((RuleIdx, RuleIdx), u64)> {
        let is_checked = |rule: &RuleIdx| self.checked.contains(rule);
        self.coverage.overlaps().into_iter().filter(move |((one, other), _)| is_checked(one) || is_checked(other))
    }

    /// All of it, for people.
    pub(super) fn write(&self, out: &mut Vec<u8>, paint: Paint) -> io::Result<()> {
        let (documents, bytes) = (count(self.coverage.documents(), "document"), count(self.report.bytes_in, "byte"));
        let fired = self.select(|usage| usage.removals > 0);
        let (fired_count, checked) = (number(fired.len() as u64), count(self.checked.len() as u64, "rule"));
        writeln!(out, "{documents}, {bytes}: {fired_count} of {checked} fired")?;
        let in_prose = self.select(|usage| usage.in_prose > 0);
        let (never, absent) = self.idle();
        let tables = [
            self.usage("delete most", fired, |usage| usage.bytes),
            self.usage("fire in prose", in_prose, |usage| usage.in_prose),
            self.same(),
            self.never(&never),
            self.stale(),
        ];
        tables.iter().try_for_each(|table| table.write(out, paint, self.top))?;
        match absent {
            0 => Ok(()),
            some => writeln!(out, "\nnot asked: {}, of other sources or for other options", count(some, "rule")),
        }
    }

    fn select(&self, holds: impl Fn(Usage) -> bool) -> Vec<RuleIdx> {
        self.checked.iter().copied().filter(|&rule| holds(self.coverage.usage(rule))).collect()
    }

    /// The rules that could have fired and did not, and the number of those that could not.
    fn idle(&self) -> (Vec<RuleIdx>, u64) {
        let idle = self.select(|usage| usage.removals == 0);
        let was_asked = |rule: &RuleIdx| self.coverage.was_asked(self.rules, *rule, &self.options);
        let (never, absent): (Vec<RuleIdx>, Vec<RuleIdx>) = idle.into_iter().partition(was_asked);
        (never, absent.len() as u64)
    }

    /// What rules did, those first that have most of something.
    fn usage<'t>(&self, title: &'t str, mut rules: Vec<RuleIdx>, most: fn(Usage) -> u64) -> Table<'t> {
        rules.sort_by_key(|&rule| (Reverse(most(self.coverage.usage(rule))), rule));
        let row = |&rule: &RuleIdx| {
            let Usage { documents, removals, bytes, in_prose } = self.coverage.usage(rule);
            let numbers = [documents, removals, bytes, in_prose].map(number);
            iter::once(self.id(rule).to_owned()).chain(numbers).collect()
        };
        let heads = &["documents", "removals", "bytes", "in prose"];
        Table { title, heads, are_numbers: true, rows: rules.iter().map(row).collect() }
    }

    /// The pairs of rules that delete the same over and over.
    fn same(&self) -> Table<'static> {
        let often = self.overlaps().filter(|&(_, times)| times >= OVER_AND_OVER);
        let rows = often.map(|((one, other), times)| {
            let removals = |rule| number(self.coverage.usage(rule).removals);
            let ids = format!("{} and {}", self.id(one), self.id(other));
            vec![ids, number(times), removals(one), removals(other)]
        });
        let heads = &["together", "the first", "the other"];
        Table { title: "delete the same", heads, are_numbers: true, rows: rows.collect() }
    }

    fn never(&self, rules: &[RuleIdx]) -> Table<'static> {
        let row = |&rule: &RuleIdx| vec![self.id(rule).to_owned(), self.rules.rule(rule).origin.to_string()];
        let rows = rules.iter().map(row).collect();
        Table { title: "never fire", heads: &["defined at"], are_numbers: false, rows }
    }

    fn stale(&self) -> Table<'static> {
        let stale = self.checked.iter().filter(|&&rule| self.coverage.is_stale(self.rules, rule, self.today));
        let row = |&rule: &RuleIdx| {
            let seen = self.rules.rule(rule).last_seen.map(|date| date.to_string());
            vec![self.id(rule).to_owned(), seen.unwrap_or_default()]
        };
        Table { title: "stale", heads: &["last seen"], are_numbers: false, rows: stale.map(row).collect() }
    }
}
