//! The ledger of a run, as it is written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use deboil::batch::{Cause, OnError, RecordOptions, RecordsOf};
use deboil::ledger::{Fields, Header, Line, LineJson, Piece, RecordFile, Writer};
use deboil::text::compression::{Compression, Encoder};
use deboil::text::output::{Draft, Ready, sync_directory_of};

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
}

impl LedgerFile {
    /// Starts a ledger; it appears in its place when it is finished.
    pub(crate) fn new(
        path: &Path,
        destination: &Destination,
        records: &RecordOptions,
        syncs: bool,
    ) -> Result<Self, Stop> {
        if records.on_error == OnError::Skip {
            let cure = "use --on-error keep, or leave --ledger out";
            return Err(Stop::new("a ledger cannot give back the records that --on-error skip leaves out", cure));
        }
        let names = records.names();
        let in_place = matches!(destination, Destination::InPlace { .. });
        let header = Header { in_place, fields: Fields { text: names.text, added: names.added }, ..Header::default() };
        let started = start(path, header, syncs).map_err(|error| cannot_write(path, &error))?;
        let (writer, ready, synced) = started;
        Ok(Self { writer, ready, synced, in_place, file: Vec::new(), error: None, is_needed: false })
    }

    /// A file of records begins. It is told of with its first document, or at once if its head changes.
    pub(crate) fn begin(&mut self, records: &RecordsOf<'_, PathBuf>, output: &Path) -> Result<(), Cause> {
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

    /// Adds the line of a document.
    pub(crate) fn add(&mut self, line: &LineJson) -> Result<(), Cause> {
        self.put(|writer| writer.add(line))
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

fn finish(writer: Lines, synced: Option<File>) -> io::Result<()> {
    let out = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.finish()?.flush()?;
    synced.map_or(Ok(()), |file| file.sync_data())
}

fn cannot_write(path: &Path, error: &io::Error) -> Stop {
    Stop::new(format!("cannot write the ledger `{}`: {error}", path.display()), "")
}
