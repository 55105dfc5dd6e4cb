//! `deboil learn`.

use std::fs;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use deboil::batch::{Batch, Done, Failure, Input, LeftAlone, Name, RecordOptions, Status as Became, Told};
use deboil::learn::{Evidence, Observer, Origin, Proposal, Survey, appended, write};
use deboil::rule::Confidence;
use deboil::rule::kind::Kind;
use deboil::text::output::Writer;
use deboil::{Options, Ruleset, Span};

use crate::args::LearnArgs;
use crate::paint::{Paint, count};
use crate::setup;
use crate::status::{Status, Stop};
use crate::walk::{Found, Inputs};

/// Learns the rules of a source from its texts.
pub(crate) fn run(args: &LearnArgs) -> Result<Status, Stop> {
    let target = Target::of(args)?;
    let inputs = Inputs::new(&args.inputs, &args.input, None)?;
    let rules = rules(args, &target)?;
    let (evidence, failures) = read(args, rules, &inputs);
    if evidence.texts() < 2 {
        tell_failures(&failures);
        let what = format!("what recurs cannot be seen in {}", count(evidence.texts(), "text"));
        return Err(Stop::new(what, "name a directory with two texts of the source or more"));
    }
    let proposals = evidence.proposals();
    target.write(args, &evidence, &proposals, rules)?;
    tell(&evidence, &proposals);
    tell_failures(&failures);
    Ok(if failures.is_empty() { Status::Fine } else { Status::Error })
}

/// The rules that are there already: what they delete is not learnt.
fn rules(args: &LearnArgs, target: &Target) -> Result<&'static Ruleset, Stop> {
    let mut known = args.rules.clone();
    if let Target::Update(file) = target {
        known.rules.push(file.clone());
    }
    let rules = setup::load_any(&known)?;
    deboil::prove::own_packs(rules)?;
    Ok(rules)
}

/// Reads the texts twice: what recurs in them, then where it stands.
fn read(args: &LearnArgs, rules: &Ruleset, inputs: &Inputs) -> (Evidence, Vec<String>) {
    let none = Ruleset::builder().bundled(false).build().expect("no rules have no mistakes");
    let survey = Survey::default();
    let failures = over(&batch(args, &none), inputs, |done| survey.add(done.original), |_, ()| {});
    let observer = Observer::of(survey, setup::mode(args.full_page));
    let mut evidence = observer.evidence();
    let observe = |done: &Done<'_>| {
        let (outside, gone) = deleted(rules, done);
        observer.observe(done.original, &gone, &outside)
    };
    over(&batch(args, rules), inputs, observe, |name, observed| evidence.add(name, observed));
    (evidence, failures)
}

fn batch<'a>(args: &'a LearnArgs, rules: &'a Ruleset) -> Batch<'a> {
    Batch {
        rules,
        options: Options { mode: setup::mode(args.full_page), ..Options::default() },
        source: Some(&args.source),
        url: None,
        lang: None,
        map: args.input.mmap.into(),
        force: args.input.force,
        records: RecordOptions { format: args.format, fields: args.fields.names(), ..RecordOptions::default() },
        threads: args.input.threads.map_or(0, usize::from),
    }
}

/// Reads all texts, on many threads, and hands over what comes of each, in their order; what failed comes back.
fn over<T: Send>(
    batch: &Batch<'_>,
    inputs: &Inputs,
    look: impl Fn(&Done<'_>) -> T + Sync,
    mut take: impl FnMut(&str, T),
) -> Vec<String> {
    let files = inputs.iter().map(|found| found.map(|Found { path, relative, .. }| (Input::File(path), relative)));
    let finish = |done: &Done<'_>, below: &PathBuf| {
        let place = Name { path: below.clone(), ..done.record.name.clone() }.place();
        Ok(is_text(&done.record.status).then(|| (place.to_string_lossy().into_owned(), look(done))))
    };
    let mut failures = Vec::new();
    let mut collect = |told: Told<'_, Option<(String, T)>>| {
        match told {
            Ok((_, Some((name, seen)))) => take(&name, seen),
            Ok((_, None)) => {}
            Err(failure) => failures.push(Failure::to_string(failure)),
        }
        ControlFlow::Continue(())
    };
    batch.run(files, finish, &mut collect);
    failures
}

fn is_text(status: &Became) -> bool {
    !matches!(status, Became::Left(LeftAlone::Binary | LeftAlone::Html | LeftAlone::Json))
}

/// What was deleted for standing around the article, and what for what it says.
fn deleted(rules: &Ruleset, done: &Done<'_>) -> (Vec<Span>, Vec<Span>) {
    let is_outside = |&rule: &u32| matches!(rules.rule(rule).kind, Kind::Article(_));
    let (outside, gone): (Vec<_>, Vec<_>) =
        done.record.removals.iter().partition(|removal| removal.rules.iter().all(is_outside));
    let spans = |removals: Vec<&deboil::Removal>| removals.into_iter().map(|removal| removal.span).collect();
    (spans(outside), spans(gone))
}

/// Where the rules go.
enum Target {
    Stdout,
    /// A file that is not there yet.
    New(PathBuf),
    /// A file that is there and is to be added to.
    Update(PathBuf),
}

impl Target {
    fn of(args: &LearnArgs) -> Result<Self, Stop> {
        let Some(file) = &args.output else { return Ok(Self::Stdout) };
        match (file.exists(), args.update) {
            (true, true) => Ok(Self::Update(file.clone())),
            (false, _) => Ok(Self::New(file.clone())),
            (true, false) => {
                let what = format!("`{}` is there already", file.display());
                Err(Stop::new(what, "add to it with --update, or name another file"))
            }
        }
    }

    fn write(&self, args: &LearnArgs, evidence: &Evidence, found: &[Proposal], rules: &Ruleset) -> Result<(), Stop> {
        let hosts = hosts(args);
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let origin = Origin { id: &args.source, hosts: &hosts, texts: evidence.texts() };
        let put = |file: &Path, parts: &[&[u8]]| {
            let failed = |error| Stop::new(format!("cannot write `{}`: {error}", file.display()), "name another file");
            Writer::default().write(file, parts.iter().copied()).map_err(failed)
        };
        match self {
            Self::Stdout => io::stdout().lock().write_all(write(&origin, found).as_bytes()).map_err(|_| Stop::Pipe),
            Self::New(file) => put(file, &[write(&origin, found).as_bytes()]),
            Self::Update(file) => {
                let old = fs::read(file).map_err(|error| {
                    Stop::new(format!("cannot read `{}`: {error}", file.display()), "name a rule file")
                })?;
                let new = appended(&origin, found, |id| rules.by_id(id).is_some());
                put(file, &[&old, new.as_bytes()])
            }
        }
    }
}

/// The hosts that were named, or the one that the file is named after.
fn hosts(args: &LearnArgs) -> Vec<String> {
    let stem = args.output.as_ref().and_then(|file| file.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let named = stem.filter(|stem| args.host.is_empty() && stem.contains('.') && !stem.contains(' '));
    args.host.iter().cloned().chain(named).collect()
}

/// Says what was learnt.
fn tell(evidence: &Evidence, proposals: &[Proposal]) {
    let low = proposals.iter().filter(|proposal| proposal.confidence == Confidence::Low).count() as u64;
    let sure = proposals.len() as u64 - low;
    let texts = count(evidence.texts(), "text");
    let _ = writeln!(
        io::stderr(),
        "{} from {texts}, and {} that {} doubtful",
        count(sure, "rule"),
        low,
        if low == 1 { "is" } else { "are" }
    );
}

fn tell_failures(failures: &[String]) {
    let paint = Paint::stderr();
    failures.iter().for_each(|failure| drop(writeln!(io::stderr(), "{} {failure}", paint.bad("failed"))));
}
