//! `--resume`: what earlier runs did is seen from their journal and from the files themselves, and not done again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use deboil::batch::Failure;
use deboil::ledger::Header;
use deboil::text::input::{self, MapChoice};
use deboil::text::output;
use ignore::WalkBuilder;
use rayon::iter::{ParallelBridge, ParallelIterator};

use crate::args::CleanArgs;
use crate::contents::Contents;
use crate::earlier::Earlier;
use crate::journal::{Journal, Key, Noted, Run, Tally, key_of};
use crate::plan::Destination;
use crate::status::Stop;
use crate::walk::{Found, Inputs};

/// What earlier runs did.
#[derive(Debug, Default)]
pub(crate) struct Before {
    done: HashMap<Key, Tally>,
    /// What became of the documents in these files.
    pub(crate) tally: Tally,
    /// Why there is nothing to go on with.
    pub(crate) nothing: Option<&'static str>,
}

impl Before {
    /// Whether a file is done.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        !self.done.is_empty() && self.has(&key_of(path))
    }

    /// Whether a file is done, by its key.
    pub(crate) fn has(&self, key: &Key) -> bool {
        self.done.contains_key(key)
    }

    /// Does some files anew. Says how many.
    pub(crate) fn forget(&mut self, is_lost: impl Fn(&Key, &Tally) -> bool) -> u64 {
        let before = self.files();
        self.done.retain(|key, tally| !is_lost(key, tally));
        self.tally = Tally::default();
        self.done.values().for_each(|&tally| self.tally += tally);
        before - self.files()
    }

    /// How many files are done.
    pub(crate) fn files(&self) -> u64 {
        self.done.len() as u64
    }
}

/// Rejects what cannot be resumed.
pub(crate) fn check(args: &CleanArgs) -> Result<(), Stop> {
    let output = &args.output;
    let Some(journal) = &output.resume else { return Ok(()) };
    let (what, cure) = if output.output.is_none() && !output.in_place {
        ("--resume is for runs that write files", "say where the texts go: --output DIR or --in-place")
    } else if journal.is_some() && *journal == output.report {
        ("the journal and the report are one file", "name another one with --resume=FILE")
    } else if args.learn && output.in_place {
        (
            "--learn --in-place cannot be resumed: some texts that it would learn from are cleaned already",
            "learn the rules first, with `deboil learn INPUT --all -o DIR`, and use them with --rules DIR",
        )
    } else {
        return Ok(());
    };
    Err(Stop::new(what, cure))
}

/// What a run starts from.
#[derive(Default)]
pub(crate) struct Start {
    /// Where it notes what is done.
    pub(crate) journal: Option<Journal>,
    /// What earlier runs did, if it goes on where they stopped.
    pub(crate) before: Option<Before>,
    /// Their ledgers, if it has one.
    pub(crate) earlier: Option<Earlier>,
}

/// The journal of a run, and what earlier runs did, if that is asked for. `header` is that of the ledger.
pub(crate) fn begin(
    args: &CleanArgs,
    inputs: &Inputs,
    destination: &Destination,
    run: Run,
    header: &Header,
) -> Result<Start, Stop> {
    let own = destination.journal(inputs);
    let Some(named) = &args.output.resume else {
        // With one file nobody need go on.
        let path = own.filter(|_| inputs.single_file().is_none());
        return Ok(Start { journal: path.and_then(|path| Journal::start(path, run)), ..Start::default() });
    };
    let path = named.clone().or(own).ok_or_else(|| {
        let what = "there is more than one place where files are replaced, and so no place for the journal";
        Stop::new(what, "name it with --resume=FILE, in this run and in those that go on where it stops")
    })?;
    let ledger = args.output.ledger.as_deref();
    let check = |noted: &Noted| ledger.map_or(Ok(()), |ledger| Earlier::check(ledger, destination, noted));
    let (journal, noted) = Journal::resume(path, run, check)?;
    let ledgers = ledger.map_or(Vec::new(), |ledger| Earlier::files(ledger, &noted));
    sweep(destination, &noted, &ledgers);
    let mut before = before(args, inputs, destination, &noted);
    let earlier = ledger.map(|_| Earlier::read(ledgers, header, destination, &mut before)).transpose()?;
    Ok(Start { journal: Some(journal), before: Some(before), earlier })
}

/// Removes what killed runs left behind in the output directory. Beside files that are replaced all stays: it may be the
/// ledger of another run whose process had the same number, and the only copy of what went.
fn sweep(destination: &Destination, noted: &Noted, ledgers: &[PathBuf]) {
    let Destination::Mirror { directory, .. } = destination else { return };
    let names: Vec<String> = noted.killed.iter().map(|&process| output::names_of(process)).collect();
    if names.is_empty() {
        return;
    }
    let entries = WalkBuilder::new(directory).standard_filters(false).build().flatten();
    for entry in entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())) {
        let name = entry.file_name().as_encoded_bytes();
        let is_ledger = ledgers.iter().any(|ledger| ledger.file_name() == Some(entry.file_name()));
        if !is_ledger && names.iter().any(|start| name.starts_with(start.as_bytes())) {
            // It is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Compares all files that are noted as done with what is noted of them.
fn before(args: &CleanArgs, inputs: &Inputs, destination: &Destination, noted: &Noted) -> Before {
    if noted.is_empty() {
        let nothing = if noted.is_of_others {
            "what was done before was done by other rules, with other options or by another version"
        } else {
            "there is no journal of an earlier run"
        };
        return Before { nothing: Some(nothing), ..Before::default() };
    }
    let map = args.input.mmap.into();
    let done = |found: Result<Found, Failure>| {
        let found = found.ok()?;
        let tally = noted.done(&found.path, || contents(&found, destination, map))?;
        Some((key_of(&found.path), tally))
    };
    let compare = || inputs.iter().par_bridge().filter_map(done).collect::<Vec<_>>();
    let threads = args.input.threads.map_or(0, usize::from);
    let done = match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(compare),
        Err(_) => inputs.iter().filter_map(done).collect(),
    };
    let mut before = Before::default();
    for (key, tally) in done {
        if before.done.insert(key, tally).is_none() {
            before.tally += tally;
        }
    }
    before
}

/// What is in an input, unless it is its own output, and what is in its output.
fn contents(found: &Found, destination: &Destination, map: MapChoice) -> Option<(Option<Contents>, Contents)> {
    let Destination::Mirror { directory, .. } = destination else {
        return Some((None, contents_of(&found.path, map)?));
    };
    let wrote = contents_of(&directory.join(&found.relative), map)?;
    Some((Some(contents_of(&found.path, map)?), wrote))
}

fn contents_of(path: &Path, map: MapChoice) -> Option<Contents> {
    let mut buffer = Vec::new();
    Some(Contents::of(&input::open(path, &mut buffer, map).ok()?))
}
