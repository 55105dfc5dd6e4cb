//! `deboil restore`.

mod account;
mod records;
#[cfg(feature = "parquet")]
mod table;
mod target;

use std::io::{self, Read, Write};
use std::path::Path;

use deboil::batch::{Cause, Failure};
use deboil::error::did_you_mean;
#[cfg(feature = "parquet")]
use deboil::ledger::RestoredTable;
use deboil::ledger::{Entry, Found as InLedger, Ledger, RecordFile, Refusal, Selection};
use deboil::text::compression::Compression;
use deboil::text::input::{self, MapChoice, Opened};
use deboil::text::output::Times;
use deboil::text::seen::Seen;

use crate::args::RestoreArgs;
use crate::interrupt::Interrupt;
use crate::paint::Paint;
use crate::plan::{self, Destination};
use crate::progress::Progress;
use crate::reading;
use crate::setup;
use crate::status::{Status, Stop};
use crate::walk::{Found, Inputs};
use account::Account;
use target::Target;

/// Restores what the arguments name.
pub(crate) fn run(args: &RestoreArgs) -> Result<Status, Stop> {
    let destination = destination(args);
    let inputs = match reading::is_stdin("restore", &args.inputs, &args.files)? {
        true => None,
        false if args.stdin_filename.is_some() => return Err(setup::stdin_filename_without_stdin()),
        false => Some(Inputs::new(&args.inputs, &args.files, None)?),
    };
    match &inputs {
        None => destination.check_stdin()?,
        Some(inputs) => {
            check_stdout(&destination, inputs)?;
            destination.check(inputs)?;
            plan::check_ledger(&args.ledger, &destination, inputs)?;
        }
    }
    let ledger = Ledger::open(&args.ledger)?;
    let selection = selection(args, &ledger)?;
    let (account, syncs) = (Account::default(), args.fsync.holds_for(&destination));
    let mut restorer = Restorer { ledger, selection, destination, syncs, account, is_unread: false };
    let interrupt = Interrupt::watch();
    match inputs {
        None => restorer.stdin(args.stdin_filename.as_deref().unwrap_or(Path::new("-"))),
        Some(inputs) => restorer.files(args, &inputs, &interrupt),
    }
    if restorer.is_unread {
        return Err(Stop::Pipe);
    }
    restorer.account.print(args.quiet, restorer.ledger.not_found());
    if interrupt.is_asked() {
        let _ = writeln!(io::stderr(), "{}: the rest is not done", Paint::stderr().bad("interrupted"));
        return Ok(Status::Interrupted);
    }
    Ok(if restorer.account.has_failures() { Status::Error } else { Status::Fine })
}

fn destination(args: &RestoreArgs) -> Destination {
    match &args.output {
        Some(directory) => Destination::Mirror { directory: directory.clone(), link: false },
        None if args.in_place => Destination::InPlace { backup: None, times: Times::New },
        None => Destination::Stdout,
    }
}

/// Rejects more than one file where nobody could tell them apart.
fn check_stdout(destination: &Destination, inputs: &Inputs) -> Result<(), Stop> {
    match destination {
        Destination::Stdout if inputs.single_file().is_none() => {
            Err(Stop::new("there is more than one file to restore", "say where they go: --output DIR or --in-place"))
        }
        _ => Ok(()),
    }
}

/// What comes back. A rule of which the ledger knows nothing is a slip of the pen.
fn selection(args: &RestoreArgs, ledger: &Ledger) -> Result<Selection, Stop> {
    if let Some(unknown) = args.rule.iter().find(|&rule| !ledger.rules().contains_key(rule)) {
        let cure = match ledger.rules().len() {
            0 => "no rule did".to_owned(),
            _ => did_you_mean(unknown, ledger.rules().keys().map(String::as_str)),
        };
        return Err(Stop::new(format!("in this ledger, no rule `{unknown}` deleted anything"), cure));
    }
    let categories = args.category.iter().map(|category| category.name().to_owned());
    Ok(Selection { rules: args.rule.iter().cloned().collect(), categories: categories.collect() })
}

/// Restores one file after the other.
struct Restorer {
    ledger: Ledger,
    selection: Selection,
    destination: Destination,
    syncs: bool,
    account: Account,
    /// Whether nobody reads standard output any more.
    is_unread: bool,
}

impl Restorer {
    fn files(&mut self, args: &RestoreArgs, inputs: &Inputs, interrupt: &Interrupt) {
        let has_progress = !args.quiet && !matches!(self.destination, Destination::Stdout);
        let progress = if has_progress { Progress::of(inputs) } else { Progress::none() };
        let found: Box<dyn Iterator<Item = Result<Found, Failure>>> = match self.destination {
            Destination::InPlace { .. } => Box::new(plan::each_once(inputs)),
            _ => Box::new(inputs.iter()),
        };
        for found in found.take_while(|_| !interrupt.is_asked()) {
            match found {
                Ok(found) => self.file(&found),
                Err(failure) => self.account.add_failure(failure),
            }
            progress.step();
        }
    }

    fn file(&mut self, found: &Found) {
        let target = self.target(found);
        let restored = match self.ledger.find(&found.path, &found.relative) {
            Ok(None) => self.keep(found, &target),
            Ok(Some(InLedger::Text(entry))) => self.text(found, &entry, &target),
            Ok(Some(InLedger::Records(file))) => self.records_or_table(found, &file, &target),
            Err(error) => Err(Cause::Walk(error.to_string())),
        };
        restored.unwrap_or_else(|cause| self.fail(&found.path, cause));
    }

    fn fail(&mut self, path: &Path, cause: Cause) {
        match cause {
            Cause::Write(_, error) if error.kind() == io::ErrorKind::BrokenPipe => self.is_unread = true,
            cause => self.account.add_failure(Failure::new(path, cause)),
        }
    }

    /// What is piped in is of one file, and goes to standard output.
    fn stdin(&mut self, name: &Path) {
        let found = Found { path: name.to_owned(), relative: name.to_owned(), root: 0, is_linked: false };
        let restored = match self.ledger.find(name, name) {
            Ok(None) => Err(Cause::Walk("the ledger has nothing for it; name it with --stdin-filename".to_owned())),
            Ok(Some(InLedger::Records(file))) => self.records(&found, &file, io::stdin(), &Target::Stdout),
            Ok(Some(InLedger::Text(entry))) => {
                let mut cleaned = Vec::new();
                let read = io::stdin().read_to_end(&mut cleaned).map_err(Cause::Read);
                read.and_then(|_| self.restore_text(&found, &entry, &Opened::in_memory(&cleaned), &Target::Stdout))
            }
            Err(error) => Err(Cause::Walk(error.to_string())),
        };
        restored.unwrap_or_else(|cause| self.fail(name, cause));
    }

    fn records_or_table(&mut self, found: &Found, file: &RecordFile<'_>, target: &Target) -> Result<(), Cause> {
        #[cfg(feature = "parquet")]
        if RestoredTable::is_one(file) {
            let cleaned = input::open_file(&found.path).map_err(Cause::Read)?;
            return self.table(found, file, cleaned, target);
        }
        let cleaned = input::open_stream(&found.path).map_err(Cause::Read)?;
        self.records(found, file, cleaned, target)
    }

    /// The destination of a file, before it is read.
    fn target(&self, found: &Found) -> Target {
        match &self.destination {
            Destination::Mirror { directory, .. } => {
                Target::New { directory: directory.clone(), below: found.relative.clone(), syncs: self.syncs }
            }
            Destination::InPlace { .. } => {
                let seen = Seen::at(&found.path).ok();
                Target::Replaced { path: found.path.clone(), seen, syncs: self.syncs }
            }
            _ => Target::Stdout,
        }
    }

    /// Nothing went of a text.
    fn keep(&mut self, found: &Found, target: &Target) -> Result<(), Cause> {
        copy(found, target)?;
        self.account.kept();
        Ok(())
    }

    fn text(&mut self, found: &Found, entry: &Entry<'_>, target: &Target) -> Result<(), Cause> {
        let mut buffer = Vec::new();
        let file = input::open(&found.path, &mut buffer, MapChoice::Auto).map_err(Cause::Read)?;
        self.restore_text(found, entry, &file, target)
    }

    fn restore_text(
        &mut self,
        found: &Found,
        entry: &Entry<'_>,
        file: &Opened<'_>,
        target: &Target,
    ) -> Result<(), Cause> {
        let compression = Compression::of_magic(file);
        let unpacked = compression.map(|compression| unpacked(compression, file)).transpose().map_err(Cause::Read)?;
        let cleaned = unpacked.as_deref().unwrap_or(file);
        let restored = entry.restore_selected(cleaned, &self.selection);
        file.check().map_err(Cause::Read)?;
        let restored = match restored {
            Ok(restored) if restored != cleaned => restored,
            Ok(_) | Err(Refusal::Original) => return self.keep(found, target),
            Err(refusal) => return Err(Cause::Walk(refusal.to_string())),
        };
        match compression.filter(|_| !matches!(target, Target::Stdout)) {
            Some(compression) => target.write(&compression.compressed(&restored).map_err(Cause::Read)?)?,
            None => target.write(&restored)?,
        }
        self.account.restored();
        Ok(())
    }
}

/// Copies a file as it is, unless it is in its place: then it must be there.
fn copy(found: &Found, target: &Target) -> Result<(), Cause> {
    let mut file = input::open_stream(&found.path).map_err(Cause::Read)?;
    match target {
        Target::Replaced { .. } => Ok(()),
        target => target.write_from(&mut file),
    }
}

fn unpacked(compression: Compression, file: &[u8]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    compression.decoder(file)?.take(LONGEST_TEXT + 1).read_to_end(&mut text)?;
    match text.len() as u64 > LONGEST_TEXT {
        true => Err(io::Error::new(io::ErrorKind::FileTooLarge, "its text has more than a gibibyte")),
        false => Ok(text),
    }
}

/// How long a compressed text may be: `clean` leaves longer ones alone.
const LONGEST_TEXT: u64 = 1 << 30;
