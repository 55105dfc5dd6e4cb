//! A file of records in the making, which takes its place when all of it is written.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use deboil::batch::{Cause, RecordsOf, Told};
use deboil::text::compression::{Compression, Encoder};
use deboil::text::output::{Draft, Times, Writer, cannot_keep};
use deboil::text::seen::Seen;

use crate::contents::{Contents, Watched};
use crate::delivery::Delivered;
use crate::journal::{DoneLine, Journal, Tally};

/// A file of records in the making.
pub(crate) struct RecordsFile {
    draft: Encoder<Watched<Draft>>,
    original: PathBuf,
    compression: Option<Compression>,
    kind: FileKind,
    /// What the journal is to say of it; nothing if it must be looked at again.
    witness: Option<Witness>,
    syncs: bool,
}

/// Where a file of records goes.
pub(crate) enum FileKind {
    /// To a place of its own; another name of the original if that is asked for and nothing changes.
    New { target: PathBuf, link: bool },
    /// To the place of the original.
    Replacement { backup: Option<OsString>, times: Times },
}

impl RecordsFile {
    /// Starts a file that is made of `original`, with what the journal needs to know of it if there is one.
    pub(crate) fn new<K>(
        records: &RecordsOf<'_, K>,
        original: &Path,
        kind: FileKind,
        has_journal: bool,
        syncs: bool,
    ) -> io::Result<Self> {
        let draft = match &kind {
            FileKind::New { target, .. } => Draft::new(target)?,
            FileKind::Replacement { times, .. } => {
                Draft::replacing(original, None, *times)?.in_place_of(original, records.seen)
            }
        };
        let encoding = records.compression.filter(|_| !records.is_compressed);
        let witness = records.seen.filter(|_| has_journal).map(|before| Witness {
            path: original.to_owned(),
            is_kept: matches!(kind, FileKind::New { .. }),
            before,
            tally: Tally::default(),
        });
        let draft = Encoder::new(encoding, Watched::new(draft.syncing(syncs), witness.is_some()))?;
        Ok(Self { draft, original: original.to_owned(), compression: records.compression, kind, witness, syncs })
    }

    /// Writes more of it.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        self.draft.write_all(bytes).map_err(|error| Cause::Write(self.path().to_owned(), error))
    }

    /// Takes note of what became of one of its records.
    pub(crate) fn tell(&mut self, told: &Told<'_, Delivered>) {
        match (told, &mut self.witness) {
            (Ok((record, _)), Some(witness)) => witness.tally += Tally::of(record),
            // A bad record is to be told of in each run.
            (Err(_), witness) => *witness = None,
            (Ok(_), None) => {}
        }
    }

    /// Puts it in its place.
    pub(crate) fn finish(self, is_changed: bool, journal: Option<&mut Journal>) -> Result<(), Cause> {
        let path = self.path().to_owned();
        let finished = if is_changed { self.finish_changed(journal) } else { self.finish_unchanged(journal) };
        finished.map_err(|error| Cause::Write(path, error))
    }

    /// The line of the journal comes first. As long as the file is not in its place the line is not true, and nobody takes
    /// the file for done. The other way round, a run that is killed between the two would leave a file that was cleaned where
    /// it is, and fields that were added to its records would be added once more.
    fn finish_changed(self, journal: Option<&mut Journal>) -> io::Result<()> {
        let (draft, wrote) = self.draft.finish()?.end();
        if let FileKind::Replacement { backup: Some(suffix), times } = &self.kind {
            keep(&self.original, suffix, *times, self.syncs)?;
        }
        note(journal, self.witness, wrote);
        draft.finish()
    }

    fn finish_unchanged(self, journal: Option<&mut Journal>) -> io::Result<()> {
        match self.kind {
            FileKind::Replacement { .. } => {}
            FileKind::New { target, link: true } if Writer::default().link(&self.original, &target).is_ok() => {}
            // Compressing the same bytes anew could make another file of them.
            FileKind::New { target, .. } if self.compression.is_some() => {
                copy(&self.original, Draft::new(&target), self.syncs)?;
            }
            FileKind::New { .. } => self.draft.finish()?.end().0.finish()?,
        }
        note(journal, self.witness, None);
        Ok(())
    }

    fn path(&self) -> &Path {
        match &self.kind {
            FileKind::New { target, .. } => target,
            FileKind::Replacement { .. } => &self.original,
        }
    }
}

fn note(journal: Option<&mut Journal>, witness: Option<Witness>, wrote: Option<Contents>) {
    let Some(journal) = journal else { return };
    if let Some(line) = witness.and_then(|witness| witness.line(wrote)) {
        journal.note(&line);
    }
    // Such a file may have taken hours.
    journal.flush();
}

/// Keeps the original of a file that is to be replaced.
fn keep(path: &Path, suffix: &OsStr, times: Times, syncs: bool) -> io::Result<()> {
    let mut backup = path.as_os_str().to_owned();
    backup.push(suffix);
    let kept = copy(path, Draft::replacing(path, Some(suffix), times), syncs);
    kept.map_err(|error| cannot_keep(Path::new(&backup), &error))
}

fn copy(from: &Path, to: io::Result<Draft>, syncs: bool) -> io::Result<()> {
    let mut to = to?.syncing(syncs);
    io::copy(&mut File::open(from)?, &mut to)?;
    to.finish()
}

/// What is known of a file of records when all of it is cleaned.
struct Witness {
    path: PathBuf,
    /// Whether it stays as it is beside its output.
    is_kept: bool,
    /// What it was before it was read.
    before: Seen,
    tally: Tally,
}

impl Witness {
    /// The line of the journal, with what was written if that is not what was read. None if the file is not what
    /// it was when it was read.
    fn line(&self, wrote: Option<Contents>) -> Option<DoneLine> {
        let (read, wrote) = match wrote {
            Some(wrote) if !self.is_kept => (None, wrote),
            Some(wrote) => (Some(self.contents()?), wrote),
            None => {
                let contents = self.contents()?;
                (self.is_kept.then_some(contents), contents)
            }
        };
        Some(DoneLine::new(&self.path, read, wrote, self.tally))
    }

    /// What is in the file, if that is still what was read.
    fn contents(&self) -> Option<Contents> {
        let contents = Contents::of_file(&self.path).ok()?;
        self.before.check(&self.path).ok().map(|()| contents)
    }
}
