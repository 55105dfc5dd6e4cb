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
use crate::compare::Last;
use crate::delivery::Delivery;
use crate::earlier::{self, Earlier};
use crate::interrupt::Interrupt;
use crate::journal::{Ended, Journal, Run};
use crate::learn;
use crate::learning::{Whose, read};
use crate::ledger::LedgerFile;
use crate::paint::{Paint, count};
use crate::plan::{self, Destination};
use crate::progress::Progress;
use crate::reading::Reading;
use crate::report::Beside;
use crate::resume::{self, Before, Start};
use crate::setup;
use crate::status::{Status, Stop};
use crate::teller::Teller;
use crate::walk::{Found, Inputs};

/// Cleans what the arguments name.
pub(crate) fn run(args: &CleanArgs) -> Result<Status, Stop> {
    let destination = Destination::of(&args.output);
    resume::check(args)?;
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
    let batch = batch(args, rules)?;
    let in_place = matches!(destination, Destination::InPlace { .. });
    let run = Run::of(&batch, in_place, args.output.ledger.is_some());
    let header = LedgerFile::header(&destination, &batch.records);
    let Start { journal, before, earlier } = resume::begin(args, &inputs, &destination, run, &header)?;
    let progress = if has_progress(args, &destination) { Progress::of(&inputs) } else { Progress::none() };
    progress.skip(before.as_ref().map_or(0, Before::files));
    let is_missing = |found: &Result<Found, Failure>| match (found, &before) {
        (Ok(found), Some(before)) => !before.holds(&found.path),
        _ => true,
    };
    let file = |found: Result<Found, Failure>| found.map(|Found { path, relative, .. }| (Input::File(path), relative));
    let earlier = earlier.unwrap_or_default();
    let work = Work { args, batch, destination: &destination, progress, journal, before: before.as_ref(), earlier };
    match destination {
        Destination::InPlace { .. } => work.run(plan::each_once(&inputs).filter(is_missing).map(file)),
        _ => work.run(inputs.iter().filter(is_missing).map(file)),
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
    let (batch, progress) = (batch(args, rules)?, Progress::none());
    let (journal, before, earlier) = (None, None, Earlier::default());
    let work = Work { args, batch, destination, progress, journal, before, earlier };
    work.run(iter::once(Ok((input, PathBuf::new()))))
}

/// Rejects a ledger that cannot stay where it is to be written.
fn check_ledger(args: &CleanArgs, destination: &Destination, inputs: Option<&Inputs>) -> Result<(), Stop> {
    let Some(ledger) = &args.output.ledger else { return Ok(()) };
    if args.output.report.as_ref() == Some(ledger) {
        return Err(Stop::new("the ledger and the report are one file", "name another one"));
    }
    inputs.map_or(Ok(()), |inputs| plan::check_ledger(ledger, destination, inputs))?;
    if matches!(destination, Destination::InPlace { .. }) && args.output.resume.is_none() && ledger.exists() {
        return Err(earlier::is_there_already(ledger));
    }
    Ok(())
}

fn rules(args: &CleanArgs) -> Result<&'static Ruleset, Stop> {
    if args.learn { setup::load_any_proven(&args.rules) } else { setup::load_proven(&args.rules) }
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

/// All that it takes to clean some inputs.
struct Work<'a> {
    args: &'a CleanArgs,
    batch: Batch<'a>,
    destination: &'a Destination,
    progress: Progress,
    journal: Option<Journal>,
    /// What earlier runs did, if this one goes on where they stopped.
    before: Option<&'a Before>,
    /// Their ledgers.
    earlier: Earlier,
}

impl Work<'_> {
    fn run(self, inputs: impl Iterator<Item = Result<(Input, PathBuf), Failure>> + Send) -> Result<Status, Stop> {
        let Self { args, batch, destination, progress, mut journal, before, earlier } = self;
        // Before the new report may take its place.
        let last = args.output.compare.as_deref().map(Last::read).transpose()?;
        let interrupt = Interrupt::watch();
        let syncs = args.output.fsync.holds_for(destination);
        let ledger = args.output.ledger.as_deref();
        let ledger = ledger
            .map(|path| LedgerFile::new(path, destination, &batch.records, syncs, earlier, journal.as_mut()))
            .transpose()?;
        let (has_ledger, has_journal) = (ledger.is_some(), journal.is_some());
        let writer = match destination {
            Destination::Mirror { directory, .. } => Writer::below(directory, syncs),
            _ => Writer::new(syncs),
        };
        let paint = Paint::stdout();
        let delivery = Delivery { rules: batch.rules, destination, has_ledger, has_journal, writer, paint };
        let teller = Teller::new(&args.output, batch.rules, progress, interrupt.clone())?;
        let mut collector = Collector::new(teller, destination, ledger, journal, syncs);
        let report = batch.run(inputs, |done, below| delivery.deliver(done, below), &mut collector);
        let jumps = last.map(|last| last.jumps(batch.rules, &report));
        let beside = Beside { before, jumps: jumps.as_deref() };
        let (journal, finished) = collector.finish(&report, beside);
        if !matches!(finished, Err(Stop::Pipe)) {
            let account = Account { rules: batch.rules, report: &report, paint: Paint::stderr() };
            print_account(args, &account, beside, &journal);
        }
        finished?;
        if interrupt.is_asked() {
            let _ = writeln!(io::stderr(), "{}: the rest is not done", Paint::stderr().bad("interrupted"));
            return Ok(Status::Interrupted);
        }
        conclude(args, &report, beside)
    }
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

fn print_account(args: &CleanArgs, account: &Account<'_>, beside: Beside<'_>, journal: &Ended) {
    let mut text = Vec::new();
    // Without anybody to read it, the account is lost, and the work is done all the same.
    let _ =
        write_account(args, account, beside, journal, &mut text).and_then(|()| io::stderr().lock().write_all(&text));
}

/// Failures are told even to those who want to hear nothing else.
fn write_account(
    args: &CleanArgs,
    account: &Account<'_>,
    beside: Beside<'_>,
    journal: &Ended,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let Beside { before, jumps } = beside;
    if args.output.quiet {
        account.write_failures(out)?;
        return account.write_jumps(out, jumps.unwrap_or_default());
    }
    if let Some(before) = before {
        account.write_before(out, before)?;
    }
    if before.is_none_or(|before| before.files() == 0) || !account.is_empty() {
        account.write(out)?;
    }
    account.write_jumps(out, jumps.unwrap_or_default())?;
    account.write_journal(out, journal)
}

fn conclude(args: &CleanArgs, report: &Report, beside: Beside<'_>) -> Result<Status, Stop> {
    let before = beside.before.map(|before| before.tally).unwrap_or_default();
    if args.output.must_match && report.matched + before.matched == 0 {
        let what = format!("no rule matched in {}", count(report.documents + before.documents, "document"));
        return Err(Stop::new(what, "`deboil explain FILE` shows what the rules see"));
    }
    let is_asking = args.output.check || args.output.diff;
    Ok(match report.changed {
        _ if !report.failures.is_empty() => Status::Error,
        _ if beside.jumps.is_some_and(|jumps| !jumps.is_empty()) => Status::Findings,
        1.. if is_asking => Status::Findings,
        _ => Status::Fine,
    })
}
