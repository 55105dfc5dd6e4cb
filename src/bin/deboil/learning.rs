//! Reads the texts that rules are learnt from, twice, and tells them apart by their source.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use deboil::batch::{Batch, Done, Input, LeftAlone, Name, Record, Report, Status, Told};
use deboil::learn::{Evidence, Observer, Survey};
use deboil::rule::Role;
use deboil::rule::kind::Kind;
use deboil::{Mode, Removal, RuleIdx, Ruleset, Span};

use crate::walk::{Found, Inputs};

/// Whose the texts are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose<'a> {
    /// All are of this source.
    One(&'a str),
    /// Each is of the publisher that is recognised, else of the one that its folder below the input is named after; the
    /// rest are of `rest`, or left out.
    Each {
        /// What texts are of that are of nobody.
        rest: Option<&'a str>,
    },
}

impl Whose<'_> {
    fn of(self, rules: &Ruleset, record: &Record, below: &Path) -> Option<String> {
        let rest = match self {
            Self::One(source) => return Some(source.to_owned()),
            Self::Each { rest } => rest,
        };
        let mut sources = record.sources.iter().map(|&source| rules.source(source));
        let publisher = sources.find(|source| source.role == Role::Publisher).map(|source| source.id.clone());
        let folder = || {
            let first = below.components().next().filter(|_| below.components().count() > 1)?;
            Some(first.as_os_str().to_string_lossy().into_owned())
        };
        publisher.or_else(folder).or_else(|| rest.map(str::to_owned))
    }
}

/// The texts that were read.
pub(crate) struct Corpus {
    /// What the texts of each source show.
    pub(crate) sources: BTreeMap<String, Evidence>,
    /// What the texts are.
    pub(crate) mode: Mode,
    /// What became of the inputs.
    pub(crate) report: Report,
    /// How many texts are of nobody.
    pub(crate) nobodys: u64,
}

/// Reads the texts twice: what recurs in those of each source, then where it stands. What the texts are, if that is not said,
/// is what most of them look like.
pub(crate) fn read(batch: &Batch<'_>, mode: Option<Mode>, inputs: &Inputs, whose: Whose<'_>) -> Corpus {
    let rules = batch.rules;
    let survey = Survey::default();
    let mut nobodys = 0;
    let count = |done: &Done<'_>, below: &Path| {
        let source = whose.of(rules, &done.record, below);
        source.map(|source| survey.add(&source, done.document.text))
    };
    let report = over(batch, inputs, count, |_, counted| nobodys += u64::from(counted.is_none()));
    let mode = mode.unwrap_or_else(|| survey.mode());
    let mut batch = batch.clone();
    batch.options.mode = mode;
    let observer = Observer::of(survey, mode);
    let mut sources = observer.evidence();
    let observe = |done: &Done<'_>, below: &Path| {
        let source = whose.of(rules, &done.record, below)?;
        let (outside, gone) = deleted(rules, &done.record.removals);
        let observed = observer.observe(&source, done.document.text, &gone, &outside);
        Some((source, observed))
    };
    over(&batch, inputs, observe, |name, observed| {
        if let Some((source, observed)) = observed
            && let Some(evidence) = sources.get_mut(&source)
        {
            evidence.add(name, observed);
        }
    });
    Corpus { sources, mode, report, nobodys }
}

/// Reads all texts, on many threads, and hands over what comes of each, in their order.
fn over<T: Send>(
    batch: &Batch<'_>,
    inputs: &Inputs,
    look: impl Fn(&Done<'_>, &Path) -> T + Sync,
    mut take: impl FnMut(&str, T),
) -> Report {
    let files = inputs.iter().map(|found| found.map(|Found { path, relative, .. }| (Input::File(path), relative)));
    let finish = |done: &Done<'_>, below: &PathBuf| {
        let place = Name { path: below.clone(), ..done.record.name.clone() }.place();
        Ok(is_text(&done.record.status).then(|| (place.to_string_lossy().into_owned(), look(done, below))))
    };
    let mut collect = |told: Told<'_, Option<(String, T)>>| {
        if let Ok((_, Some((name, seen)))) = told {
            take(&name, seen);
        }
        ControlFlow::Continue(())
    };
    batch.run(files, finish, &mut collect)
}

fn is_text(status: &Status) -> bool {
    !matches!(status, Status::Left(LeftAlone::Binary | LeftAlone::Html | LeftAlone::Json))
}

/// What was deleted for standing around the article, and what for what it says.
fn deleted(rules: &Ruleset, removals: &[Removal]) -> (Vec<Span>, Vec<Span>) {
    let is_outside = |&rule: &RuleIdx| matches!(rules.rule(rule).kind, Kind::Article(_));
    let (outside, gone): (Vec<_>, Vec<_>) = removals.iter().partition(|removal| removal.rules.iter().all(is_outside));
    let spans = |removals: Vec<&Removal>| removals.into_iter().map(|removal| removal.span).collect();
    (spans(outside), spans(gone))
}
