//! `deboil clean`.

use std::io::{self, IsTerminal, Write};
use std::iter;
use std::path::PathBuf;

use deboil::Ruleset;
use deboil::batch::{Batch, Failure, Input, Report, Stream};
use deboil::text::output::Writer;

use crate::account::Account;
use crate::args::CleanArgs;
use crate::collector::Collector;
use crate::delivery::Delivery;
use crate::interrupt::Interrupt;
use crate::learn;
use crate::learning::{Whose, read};
use crate::ledger::LedgerFile;
use crate::paint::{Paint, count};
use crate::plan::{self, Destination};
use crate::progress::Progress;
use crate::reading::Reading;
use crate::setup;
use crate::status::{Status, Stop};
use crate::teller::Teller;
use crate::walk::{Found, Inputs};

/// Cleans what the arguments name.
pub(crate) fn run(args: &CleanArgs) -> Result<Status, Stop> {
    let destination = Destination::of(&args.output);
    args.records.options().names().check().map_err(|what| Stop::new(what, "name another one"))?;
    let backup = args.output.backup.as_deref();
    let inputs = match Reading::of("clean", &args.inputs, &args.input, &args.origin, backup)? {
        Reading::Stdin => return clean_stdin(args, &destination),
        Reading::Files(inputs) => inputs,
    };
    let mut rules = rules(args)?;
    let inputs = inputs.without_rules(rules);
    destination.check(&inputs)?;
    check_ledger(args, &destination, Some(&inputs))?;
    if args.learn {
        rules = with_learnt(args, rules, &inputs)?;
    }
    setup::check_source(rules, &args.origin)?;
    let progress = if has_progress(args, &destination) { Progress::of(&inputs) } else { Progress::none() };
    let file = |found: Result<Found, Failure>| found.map(|Found { path, relative, .. }| (Input::File(path), relative));
    match destination {
        Destination::InPlace { .. } => clean(args, rules, &destination, progress, plan::each_once(&inputs).map(file)),
        _ => clean(args, rules, &destination, progress, inputs.iter().map(file)),
    }
}

fn clean_stdin(args: &CleanArgs, destination: &Destination) -> Result<Status, Stop> {
    destination.check_stdin()?;
    if args.learn {
        return Err(learn::reads_twice());
    }
    check_ledger(args, destination, None)?;
    let rules = rules(args)?;
    setup::check_source(rules, &args.origin)?;
    let stream = Stream(Box::new(io::stdin()));
    let input = Input::Stream { path: args.input.stdin_filename.clone(), stream };
    clean(args, rules, destination, Progress::none(), iter::once(Ok((input, PathBuf::new()))))
}

/// Rejects a ledger that cannot stay where it is to be written.
fn check_ledger(args: &CleanArgs, destination: &Destination, inputs: Option<&Inputs>) -> Result<(), Stop> {
    let Some(ledger) = &args.output.ledger else { return Ok(()) };
    if args.output.report.as_ref() == Some(ledger) {
        return Err(Stop::new("the ledger and the report are one file", "name another one"));
    }
    inputs.map_or(Ok(()), |inputs| plan::check_ledger(ledger, destination, inputs))?;
    if matches!(destination, Destination::InPlace { .. }) && ledger.exists() {
        let what = format!("the ledger `{}` is there already: it alone has what another run took", ledger.display());
        return Err(Stop::new(what, "name a new one, to restore by both"));
    }
    Ok(())
}

fn rules(args: &CleanArgs) -> Result<&'static Ruleset, Stop> {
    if args.learn { setup::proven(setup::load_any(&args.rules)?) } else { setup::load_proven(&args.rules) }
}

/// The rules, and those that the inputs teach.
fn with_learnt(args: &CleanArgs, rules: &'static Ruleset, inputs: &Inputs) -> Result<&'static Ruleset, Stop> {
    let named = args.origin.source.as_deref();
    named.map_or(Ok(()), learn::check_id)?;
    let whose = named.map_or(Whose::Each { rest: Some(learn::NOBODYS) }, Whose::One);
    let batch = batch(args, rules)?;
    let corpus = read(&batch, Some(batch.options.mode), inputs, whose);
    let mut packs = Vec::new();
    for (source, evidence, proposals) in learn::learnt(&corpus) {
        packs.push(learn::pack(rules, source, evidence, &proposals, named.is_some()));
        if !args.output.quiet {
            learn::tell(if source == learn::NOBODYS { "all texts" } else { source }, evidence, &proposals);
        }
    }
    setup::load_with(&args.rules, &packs)
}

/// A bar and text must not share a terminal.
fn has_progress(args: &CleanArgs, destination: &Destination) -> bool {
    let writes_files = matches!(destination, Destination::Mirror { .. } | Destination::InPlace { .. });
    !args.output.quiet && !args.output.verbose && (writes_files || !io::stdout().is_terminal())
}

fn clean(
    args: &CleanArgs,
    rules: &Ruleset,
    destination: &Destination,
    progress: Progress,
    inputs: impl Iterator<Item = Result<(Input, PathBuf), Failure>> + Send,
) -> Result<Status, Stop> {
    let batch = batch(args, rules)?;
    let interrupt = Interrupt::watch();
    let ledger = args.output.ledger.as_deref();
    let syncs = args.output.fsync.holds_for(destination);
    let ledger = ledger.map(|path| LedgerFile::new(path, destination, &batch.records, syncs)).transpose()?;
    let has_ledger = ledger.is_some();
    let delivery = Delivery { rules, destination, has_ledger, writer: Writer::new(syncs), paint: Paint::stdout() };
    let teller = Teller::new(&args.output, rules, progress, interrupt.clone())?;
    let mut collector = Collector::new(teller, destination, ledger, syncs);
    let report = batch.run(inputs, |done, below| delivery.deliver(done, below), &mut collector);
    let finished = collector.finish(&report);
    if !matches!(finished, Err(Stop::Pipe)) {
        print_account(args, rules, &report);
    }
    finished?;
    if interrupt.is_asked() {
        let _ = writeln!(io::stderr(), "{}: the rest is not done", Paint::stderr().bad("interrupted"));
        return Ok(Status::Interrupted);
    }
    conclude(args, &report)
}

fn batch<'a>(args: &'a CleanArgs, rules: &'a Ruleset) -> Result<Batch<'a>, Stop> {
    Ok(Batch {
        rules,
        options: setup::options(&args.what, &args.rules)?,
        source: args.origin.source.as_deref(),
        url: args.origin.url.as_deref(),
        lang: args.origin.lang.as_deref(),
        map: args.input.mmap.into(),
        force: args.input.force,
        records: args.records.options(),
        threads: args.input.threads.map_or(0, usize::from),
    })
}

/// Failures are told even to those who want to hear nothing else.
fn print_account(args: &CleanArgs, rules: &Ruleset, report: &Report) {
    let mut text = Vec::new();
    let account = Account { rules, report, paint: Paint::stderr() };
    let written = if args.output.quiet { account.write_failures(&mut text) } else { account.write(&mut text) };
    // Without anybody to read it, the account is lost, and the work is done all the same.
    let _ = written.and_then(|()| io::stderr().lock().write_all(&text));
}

fn conclude(args: &CleanArgs, report: &Report) -> Result<Status, Stop> {
    if args.output.must_match && report.matched == 0 {
        let what = format!("no rule matched in {}", count(report.documents, "document"));
        return Err(Stop::new(what, "`deboil explain FILE` shows what the rules see"));
    }
    let is_asking = args.output.check || args.output.diff;
    Ok(match report.changed {
        _ if !report.failures.is_empty() => Status::Error,
        1.. if is_asking => Status::Findings,
        _ => Status::Fine,
    })
}
