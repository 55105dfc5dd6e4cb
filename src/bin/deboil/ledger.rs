//! The ledger of a run, as it is written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use deboil::batch::{Cause, OnError, RecordOptions, RecordsOf};
use deboil::ledger::{Fields, Header, Line, LineJson, Piece, RecordFile, Writer};
use deboil::text::compression::{Compression, Encoder};
use deboil::text::output::{Draft, Ready, sync_directory_of};

use crate::earlier::Earlier;
use crate::journal::Journal;
use crate::plan::Destination;
use crate::status::Stop;

/// A ledger in the making.
pub(crate) struct LedgerFile {
    writer: Lines,
    ready: Ready,
    /// The same file, if it is to be on the disk before an original goes.
    synced: Option<File>,
    in_place: bool,
    /// The lines of a file of records of which nothing is written yet.
    file: Vec<LineJson>,
    error: Option<io::Error>,
    /// Whether an original may be gone that it alone can bring back.
    is_needed: bool,
    /// What was taken over from ledgers of earlier runs.
    earlier: Earlier,
}

impl LedgerFile {
    /// What a ledger says of all that it holds.
    pub(crate) fn header(destination: &Destination, records: &RecordOptions) -> Header {
        let names = records.names();
        let in_place = matches!(destination, Destination::InPlace { .. });
        Header { in_place, fields: Fields { text: names.text, added: names.added }, ..Header::default() }
    }

    /// Starts a ledger, with what it takes over from those of earlier runs; it appears in its place when it is finished.
    pub(crate) fn new(
        path: &Path,
        destination: &Destination,
        records: &RecordOptions,
        syncs: bool,
        mut earlier: Earlier,
        mut journal: Option<&mut Journal>,
    ) -> Result<Self, Stop> {
        if records.on_error == OnError::Skip {
            let cure = "use --on-error keep, or leave --ledger out";
            return Err(Stop::new("a ledger cannot give back the records that --on-error skip leaves out", cure));
        }
        let header = Self::header(destination, records);
        let in_place = header.in_place;
        earlier.set_aside(path, journal.as_deref_mut(), syncs)?;
        let started = start(path, header, syncs).map_err(|error| cannot_write(path, &error));
        let started = started.and_then(|(mut writer, ready, synced)| {
            if let (Some(journal), Some(name)) = (journal, ready.temporary().file_name()) {
                journal.note_ledger(name, syncs);
            }
            take_over(&earlier, &mut writer, synced.as_ref(), path)?;
            Ok((writer, ready, synced))
        });
        let (writer, ready, synced) = started.inspect_err(|_| earlier.put_back(path))?;
        earlier.remove();
        let is_needed = in_place && earlier.has_lines();
        Ok(Self { writer, ready, synced, in_place, file: Vec::new(), error: None, is_needed, earlier })
    }

    /// A file of records begins. It is told of with its first document, or at once if its head changes.
    pub(crate) fn begin(&mut self, records: &RecordsOf<'_, PathBuf>, output: &Path) -> Result<(), Cause> {
        records.path.map_or(Ok(()), |path| self.check(path))?;
        let mut pieces = Piece::of(records).map(|piece| piece.map(|piece| Line::Piece(piece).to_json()));
        self.file = vec![Line::File(RecordFile::of(records, output)).to_json()];
        self.file.extend(pieces.next().transpose()?);
        if !records.has_other_head() {
            return Ok(());
        }
        self.put(|_| Ok(()))?;
        pieces.try_for_each(|piece| self.add(&piece?))
    }

    /// The file of records is over, or failed.
    pub(crate) fn end(&mut self) {
        self.file.clear();
    }

    /// Adds the line of a text.
    pub(crate) fn add_text(&mut self, path: &Path, line: &LineJson) -> Result<(), Cause> {
        self.check(path)?;
        self.add(line)
    }

    /// Adds the line of a document.
    pub(crate) fn add(&mut self, line: &LineJson) -> Result<(), Cause> {
        self.put(|writer| writer.add(line))
    }

    /// Hands on all that was added, so that it is there if the program is killed.
    pub(crate) fn flush(&mut self) -> Result<(), Cause> {
        self.put(Writer::flush)
    }

    /// Rejects a file of which it has something already: that must stay as it is.
    fn check(&self, path: &Path) -> Result<(), Cause> {
        if !self.earlier.is_unknown(path) {
            return Ok(());
        }
        let what = "an earlier run cleaned it, and it was edited since; restore it by the ledger of that run, or clean it \
                    with a ledger of its own";
        Err(Cause::Walk(what.to_owned()))
    }

    /// All that was added is in safe hands before an original goes.
    pub(crate) fn settle(&mut self) -> Result<(), Cause> {
        if !self.in_place {
            return self.put(|_| Ok(()));
        }
        let synced = self.synced.take();
        let settled = self.put(|writer| {
            writer.flush()?;
            synced.as_ref().map_or(Ok(()), File::sync_data)
        });
        self.synced = synced;
        settled?;
        self.is_needed = true;
        Ok(())
    }

    /// Whether it could not be written: then nothing more is to be cleaned.
    pub(crate) fn is_broken(&self) -> bool {
        self.error.is_some()
    }

    /// Puts the ledger in its place. One that could not be written is put there only if originals are gone, which it
    /// alone has: else the one that is there stays.
    pub(crate) fn finish(self) -> Result<(), Stop> {
        let Self { writer, ready, synced, is_needed, error, .. } = self;
        let path = ready.path().to_owned();
        let written = error.map_or_else(|| finish(writer, synced), Err);
        let placed = match &written {
            _ if is_needed => ready.place_or_leave(),
            Ok(()) => ready.place(),
            Err(_) => Ok(()),
        };
        placed.and(written).map_err(|error| cannot_write(&path, &error))
    }

    fn put(&mut self, put: impl FnOnce(&mut Lines) -> io::Result<()>) -> Result<(), Cause> {
        let cannot_write = |error: io::Error| Cause::Write(self.ready.path().to_owned(), error);
        if let Some(error) = &self.error {
            return Err(cannot_write(error.kind().into()));
        }
        let writer = &mut self.writer;
        let file = self.file.drain(..).try_for_each(|line| writer.add(&line));
        file.and_then(|()| put(writer)).map_err(|error| {
            let kind = error.kind();
            self.error = Some(error);
            cannot_write(kind.into())
        })
    }
}

type Lines = Writer<BufWriter<Encoder<File>>>;

fn start(path: &Path, header: Header, syncs: bool) -> io::Result<(Lines, Ready, Option<File>)> {
    let (file, ready) = Draft::new(path)?.detach(path);
    let synced = syncs.then(|| file.try_clone()).transpose()?;
    if syncs {
        sync_directory_of(path)?;
    }
    let encoder = Encoder::new(Compression::of_path(path), file)?;
    Ok((Writer::new(BufWriter::new(encoder), header)?, ready, synced))
}

/// Adds the lines of earlier runs, and sees to it that they are there to stay.
fn take_over(earlier: &Earlier, writer: &mut Lines, synced: Option<&File>, path: &Path) -> Result<(), Stop> {
    let cannot_write = |error: io::Error| cannot_write(path, &error);
    earlier.each_line(|line| writer.add(line).map_err(cannot_write))?;
    writer.flush().map_err(cannot_write)?;
    synced.map_or(Ok(()), File::sync_data).map_err(cannot_write)
}

fn finish(writer: Lines, synced: Option<File>) -> io::Result<()> {
    let out = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.finish()?.flush()?;
    synced.map_or(Ok(()), |file| file.sync_data())
}

fn cannot_write(path: &Path, error: &io::Error) -> Stop {
    Stop::new(format!("cannot write the ledger `{}`: {error}", path.display()), "")
}
