//! `deboil review`: a page on which a person sees what the rules do to many documents, and collects what they should not
//! have done.

mod document;
mod exception;
mod gathered;
mod page;
mod rulebook;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use deboil::batch::{Batch, Done, Failure, Input, Report, Stream};
use deboil::{Options, Ruleset};

use crate::account::Account;
use crate::args::ReviewArgs;
use crate::interrupt::Interrupt;
use crate::paint::Paint;
use crate::progress::Progress;
use crate::reading::Reading;
use crate::setup;
use crate::status::{Status, Stop};
use crate::walk::{Found, Inputs, Root, RootKind};
use document::DocumentRow;
use gathered::Gathered;
use page::Page;

/// Something to read, or why it cannot be read.
type Given = Result<(Input, ()), Failure>;

/// Writes the page of what the arguments name.
pub(crate) fn run(args: &ReviewArgs) -> Result<Status, Stop> {
    args.records.fields.names().check().map_err(|what| Stop::new(what, "name another one"))?;
    let reading = Reading::of("review", &args.inputs, &args.input, &args.origin, None)?;
    if let Reading::Files(inputs) = &reading {
        check_output(inputs, &args.output)?;
    }
    let rules = setup::load_proven(&args.rules)?;
    setup::check_source(rules, &args.origin)?;
    let page = Page::begin(&args.output)?;
    match reading {
        Reading::Stdin => {
            let stream = Stream(Box::new(io::stdin()));
            let input = Input::Stream { path: args.input.stdin_filename.clone(), stream };
            review(args, rules, page, Progress::none(), std::iter::once(Ok((input, ()))))
        }
        Reading::Files(inputs) => {
            let inputs = inputs.without_rules(rules);
            let progress = if args.quiet { Progress::none() } else { Progress::of(&inputs) };
            review(args, rules, page, progress, files(&inputs, &args.output))
        }
    }
}

/// Rejects a page that would take the place of a text.
fn check_output(inputs: &Inputs, output: &Path) -> Result<(), Stop> {
    let is_output = |root: &&Root| matches!(root.kind, RootKind::File) && is_same_file(&root.path, output);
    match inputs.roots().iter().find(is_output) {
        Some(root) => Err(Stop::new(
            format!("the page would be written over the input `{}`", root.path.display()),
            "name another file for the page",
        )),
        None => Ok(()),
    }
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    one.file_name() == other.file_name()
        && matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

/// The files to read. The page of an earlier run is none of them, wherever it lies.
fn files(inputs: &Inputs, output: &Path) -> impl Iterator<Item = Given> + Send {
    let output = output.to_owned();
    let is_page = move |found: &Result<Found, Failure>| found.as_ref().is_ok_and(|it| is_same_file(&it.path, &output));
    let files = inputs.iter().filter(move |found| !is_page(found));
    files.map(|found| found.map(|Found { path, .. }| (Input::File(path), ())))
}

fn review(
    args: &ReviewArgs,
    rules: &Ruleset,
    page: Page,
    progress: Progress,
    inputs: impl Iterator<Item = Given> + Send,
) -> Result<Status, Stop> {
    let interrupt = Interrupt::watch();
    let options = setup::options(&args.what, &args.rules)?;
    let mut gathered = Gathered::new(args.limit as usize, progress, interrupt.clone());
    let finish = |done: &Done<'_>, (): &()| Ok(DocumentRow::of(rules, &options, done).packed());
    let report = batch(args, rules, options.clone()).run(inputs, finish, &mut gathered);
    if interrupt.is_asked() {
        let _ = writeln!(io::stderr(), "{}: the page is not written", Paint::stderr().bad("interrupted"));
        return Ok(Status::Interrupted);
    }
    page.finish(args, rules, &report, gathered.into_rows())?;
    print_account(args, rules, &report);
    Ok(if report.failures.is_empty() { Status::Fine } else { Status::Error })
}

fn batch<'a>(args: &'a ReviewArgs, rules: &'a Ruleset, options: Options) -> Batch<'a> {
    Batch {
        options,
        source: args.origin.source.as_deref(),
        url: args.origin.url.as_deref(),
        lang: args.origin.lang.as_deref(),
        map: args.input.mmap.into(),
        force: args.input.force,
        records: args.records.options(),
        threads: args.input.threads.map_or(0, usize::from),
        ..Batch::of(rules)
    }
}

/// Failures are told even to those who want to hear nothing else.
fn print_account(args: &ReviewArgs, rules: &Ruleset, report: &Report) {
    let mut text = Vec::new();
    let account = Account { rules, report, paint: Paint::stderr() };
    let written = if args.quiet { account.write_failures(&mut text) } else { account.write(&mut text) };
    // Without anybody to read it, the account is lost, and the page is there all the same.
    let _ = written.and_then(|()| io::stderr().lock().write_all(&text));
}
