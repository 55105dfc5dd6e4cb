//! Takes what comes out of a batch: documents are told of, files of records are written as well.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use deboil::batch::{Cause, Collect, Record, RecordsOf, Report, Told};
use deboil::text::compression::{Compression, Encoder};
use deboil::text::output::{Draft, Writer, cannot_keep};

use crate::delivery::Delivered;
use crate::ledger::LedgerFile;
use crate::plan::Destination;
use crate::status::Stop;
use crate::teller::Teller;

/// Where all goes that comes out.
pub(crate) struct Collector<'a> {
    teller: Teller<'a>,
    destination: &'a Destination,
    ledger: Option<LedgerFile>,
    syncs: bool,
    /// The file of records that is being written.
    records: Records,
}

/// Where the bytes of a file of records go.
enum Records {
    /// There is no such file now.
    None,
    /// Nowhere.
    Nowhere,
    Stdout,
    File(Box<RecordsFile>),
}

/// A file of records in the making.
struct RecordsFile {
    draft: Encoder<Draft>,
    original: Option<PathBuf>,
    compression: Option<Compression>,
    kind: FileKind,
    syncs: bool,
}

enum FileKind {
    /// One of its own; another name of the original if that is asked for and nothing changes.
    New { target: PathBuf, link: bool },
    /// One that replaces the original.
    Replacement { backup: Option<OsString> },
}

impl<'a> Collector<'a> {
    pub(crate) fn new(
        teller: Teller<'a>,
        destination: &'a Destination,
        ledger: Option<LedgerFile>,
        syncs: bool,
    ) -> Self {
        Self { teller, destination, ledger, syncs, records: Records::None }
    }

    /// Ends all that was begun. The ledger is of what was done, whatever became of the rest.
    pub(crate) fn finish(self, report: &Report) -> Result<(), Stop> {
        let ledger = self.ledger.map_or(Ok(()), LedgerFile::finish);
        let told = self.teller.finish(report);
        ledger.and(told)
    }

    fn begin_in_ledger(&mut self, records: &RecordsOf<'_, PathBuf>) -> Result<(), Cause> {
        let Some(ledger) = &mut self.ledger else { return Ok(()) };
        let name = records.path.unwrap_or(Path::new("-"));
        ledger.begin(records, self.destination.output(name, records.kept))
    }

    fn end_in_ledger(&mut self) {
        if let Some(ledger) = &mut self.ledger {
            ledger.end();
        }
    }

    /// Sees to it that an original goes only when the ledger has what it takes to bring it back.
    fn settle_ledger(&mut self) -> Result<(), Cause> {
        self.ledger.as_mut().map_or(Ok(()), LedgerFile::settle)
    }

    fn open(&self, records: &RecordsOf<'_, PathBuf>) -> io::Result<Records> {
        let (draft, kind) = match (self.destination, records.path) {
            (Destination::Stdout, _) if records.is_binary && io::stdout().is_terminal() => {
                let what = "a terminal cannot show it; redirect it with `> FILE`, or write it with --output DIR";
                return Err(io::Error::other(what));
            }
            (Destination::Stdout, _) => return Ok(Records::Stdout),
            (&Destination::Mirror { ref directory, link }, _) => {
                let target = directory.join(records.kept);
                (Draft::new(&target)?, FileKind::New { target, link })
            }
            (Destination::InPlace { backup }, Some(path)) => {
                (Draft::replacing(path, None)?, FileKind::Replacement { backup: backup.clone() })
            }
            _ => return Ok(Records::Nowhere),
        };
        let encoding = records.compression.filter(|_| !records.is_compressed);
        Ok(Records::File(Box::new(RecordsFile {
            draft: Encoder::new(encoding, draft.syncing(self.syncs))?,
            original: records.path.map(Path::to_owned),
            compression: records.compression,
            kind,
            syncs: self.syncs,
        })))
    }

    /// Where the file of records goes, for an error to name it.
    fn target(&self, records: &RecordsOf<'_, PathBuf>) -> PathBuf {
        match self.destination {
            Destination::Mirror { directory, .. } => directory.join(records.kept),
            Destination::Stdout => PathBuf::from("-"),
            _ => records.path.unwrap_or(Path::new("-")).to_owned(),
        }
    }
}

impl Collect<PathBuf, Delivered> for Collector<'_> {
    fn settle(&mut self, _: &Record, delivered: &mut Delivered) -> Result<(), Cause> {
        if let (Some(ledger), Some(line)) = (&mut self.ledger, delivered.line.take()) {
            ledger.add(&line)?;
        }
        let Some(ready) = delivered.ready.take() else { return Ok(()) };
        self.settle_ledger()?;
        let path = ready.path().to_owned();
        ready.place().map_err(|error| Cause::Write(path, error))
    }

    fn tell(&mut self, told: Told<'_, Delivered>) -> ControlFlow<()> {
        if matches!(self.records, Records::None) {
            self.teller.step();
        }
        self.teller.tell(&told)?;
        match &self.ledger {
            Some(ledger) if ledger.is_broken() => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn begin(&mut self, records: &RecordsOf<'_, PathBuf>) -> Result<(), Cause> {
        self.records = Records::Nowhere;
        self.begin_in_ledger(records)?;
        self.records = self.open(records).map_err(|error| Cause::Write(self.target(records), error))?;
        Ok(())
    }

    fn wants_bytes(&self) -> bool {
        !matches!(self.records, Records::Nowhere)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        match &mut self.records {
            Records::None | Records::Nowhere => Ok(()),
            Records::Stdout => {
                self.teller.print(bytes);
                Ok(())
            }
            Records::File(file) => file.draft.write_all(bytes).map_err(|error| file.cannot_write(error)),
        }
    }

    fn end(&mut self, is_changed: bool) -> Result<(), Cause> {
        self.teller.step();
        self.end_in_ledger();
        match std::mem::replace(&mut self.records, Records::None) {
            Records::File(file) if is_changed => self.settle_ledger().and_then(|()| file.finish(is_changed)),
            Records::File(file) => file.finish(is_changed),
            _ => Ok(()),
        }
    }

    fn abandon(&mut self) {
        self.teller.step();
        self.end_in_ledger();
        self.records = Records::None;
    }
}

impl RecordsFile {
    fn cannot_write(&self, error: io::Error) -> Cause {
        let path = match &self.kind {
            FileKind::New { target, .. } => target.clone(),
            FileKind::Replacement { .. } => self.original.clone().unwrap_or_default(),
        };
        Cause::Write(path, error)
    }

    fn finish(self, is_changed: bool) -> Result<(), Cause> {
        let Self { draft, original, compression, kind, syncs } = self;
        let (target, finished) = match (kind, original) {
            (FileKind::Replacement { .. }, Some(path)) if !is_changed => (path, Ok(())),
            (FileKind::Replacement { backup }, Some(path)) => {
                let kept = backup.map_or(Ok(()), |suffix| keep(&path, &suffix, syncs));
                let finished = kept.and_then(|()| draft.finish()?.finish());
                (path, finished)
            }
            (FileKind::New { target, link: true }, Some(path))
                if !is_changed && Writer::default().link(&path, &target).is_ok() =>
            {
                (target, Ok(()))
            }
            // Compressing the same bytes anew could make another file of them.
            (FileKind::New { target, .. }, Some(path)) if !is_changed && compression.is_some() => {
                let copied = copy(&path, Draft::new(&target), syncs);
                (target, copied)
            }
            (FileKind::New { target, .. }, _) => (target, draft.finish().and_then(Draft::finish)),
            (FileKind::Replacement { .. }, None) => return Ok(()),
        };
        finished.map_err(|error| Cause::Write(target, error))
    }
}

/// Keeps the original of a file that is to be replaced.
fn keep(path: &Path, suffix: &OsStr, syncs: bool) -> io::Result<()> {
    let mut backup = path.as_os_str().to_owned();
    backup.push(suffix);
    let kept = copy(path, Draft::replacing(path, Some(suffix)), syncs);
    kept.map_err(|error| cannot_keep(Path::new(&backup), &error))
}

fn copy(from: &Path, to: io::Result<Draft>, syncs: bool) -> io::Result<()> {
    let mut to = to?.syncing(syncs);
    io::copy(&mut File::open(from)?, &mut to)?;
    to.finish()
}
