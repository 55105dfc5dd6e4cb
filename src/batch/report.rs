//! The sum of what was done to a batch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Cause, Failure, LeftAlone, Record, Status};
use crate::rule::RuleIdx;
use crate::rule::category::Category;
use crate::rule::set::{Ruleset, SourceIdx};

/// How many documents of each reason a report names; the rest it counts, so that it stays small however many there
/// are.
pub const NAMED: usize = 10;

/// The sum of what was done to a batch.
#[derive(Debug, Default)]
pub struct Report {
    /// How many documents were read.
    pub documents: u64,
    /// How many lost something.
    pub changed: u64,
    /// In how many any rule matched.
    pub matched: u64,
    /// Their length before.
    pub bytes_in: u64,
    /// Their length after.
    pub bytes_out: u64,
    /// How many removals there were.
    pub removals: u64,
    /// What went, by category. A removal that several rules share counts for each of their categories.
    pub by_category: BTreeMap<Category, Tally>,
    /// What went, by rule. A removal that several rules share counts for each.
    by_rule: Vec<Tally>,
    /// The documents of each source.
    by_source: Vec<SourceTally>,
    /// What was left alone, by [`LeftAlone::name`].
    pub left: BTreeMap<&'static str, LeftTally>,
    /// What went wrong; of the records that cannot be read, the first [`NAMED`].
    pub failures: Vec<Failure>,
    /// How many records cannot be read beside those.
    pub unnamed_failures: u64,
}

/// A number of removals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub removals: u64,
    /// Their length.
    pub bytes: u64,
}

impl Tally {
    fn add(&mut self, bytes: u64) {
        self.removals += 1;
        self.bytes += bytes;
    }
}

/// The documents of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceTally {
    /// How many.
    pub documents: u64,
    /// Their length before.
    pub bytes_in: u64,
    /// Their length after.
    pub bytes_out: u64,
}

impl SourceTally {
    fn add(&mut self, record: &Record) {
        self.documents += 1;
        self.bytes_in += record.bytes_in;
        self.bytes_out += record.bytes_out;
    }
}

/// Documents that were left alone for one reason.
#[derive(Clone, Debug, Default)]
pub struct LeftTally {
    /// How many.
    pub count: u64,
    /// The first [`NAMED`] of them, and the reason in full.
    pub first: Vec<(PathBuf, LeftAlone)>,
}

impl Report {
    /// A report of nothing yet.
    pub(super) fn new(rules: &Ruleset) -> Self {
        Self {
            by_rule: vec![Tally::default(); rules.len()],
            by_source: vec![SourceTally::default(); rules.count_sources()],
            ..Self::default()
        }
    }

    /// The rules that deleted something, the busiest first.
    pub fn busiest_rules(&self) -> Vec<(RuleIdx, Tally)> {
        let mut busiest: Vec<_> =
            (0..).zip(self.by_rule.iter().copied()).filter(|(_, tally)| tally.removals > 0).collect();
        busiest.sort_by_key(|&(rule, tally)| (u64::MAX - tally.removals, rule));
        busiest
    }

    /// The sources that documents have, the most frequent first.
    pub fn sources(&self) -> Vec<(SourceIdx, SourceTally)> {
        let mut seen: Vec<_> =
            (0..).zip(self.by_source.iter().copied()).filter(|(_, tally)| tally.documents > 0).collect();
        seen.sort_by_key(|&(source, tally)| (u64::MAX - tally.documents, source));
        seen
    }

    /// How many documents were left alone.
    pub fn left_alone(&self) -> u64 {
        self.left.values().map(|tally| tally.count).sum()
    }

    /// How many inputs and records failed.
    pub fn failed(&self) -> u64 {
        self.failures.len() as u64 + self.unnamed_failures
    }

    pub(super) fn add_failure(&mut self, failure: Failure) {
        let is_record = |failure: &&Failure| matches!(failure.cause, Cause::Record(_));
        if is_record(&&failure) && self.failures.iter().filter(is_record).count() >= NAMED {
            self.unnamed_failures += 1;
        } else {
            self.failures.push(failure);
        }
    }

    pub(super) fn add(&mut self, rules: &Ruleset, record: &Record) {
        self.documents += 1;
        self.matched += u64::from(record.matched);
        self.bytes_in += record.bytes_in;
        self.bytes_out += record.bytes_out;
        match &record.status {
            Status::Unchanged => {}
            Status::Cleaned => self.changed += 1,
            Status::Left(reason) => self.add_left(record, reason),
        }
        for &source in &record.sources {
            self.by_source[source as usize].add(record);
        }
        self.add_removals(rules, record);
    }

    fn add_left(&mut self, record: &Record, reason: &LeftAlone) {
        let tally = self.left.entry(reason.name()).or_default();
        tally.count += 1;
        if tally.first.len() < NAMED {
            tally.first.push((record.name.place(), reason.clone()));
        }
    }

    fn add_removals(&mut self, rules: &Ruleset, record: &Record) {
        for removal in &record.removals {
            let bytes = removal.span.len() as u64;
            self.removals += 1;
            for &rule in &removal.rules {
                self.by_rule[rule as usize].add(bytes);
            }
            let categories: BTreeSet<_> = removal.rules.iter().map(|&rule| rules.rule(rule).category).collect();
            for category in categories {
                self.by_category.entry(category).or_default().add(bytes);
            }
        }
    }
}
