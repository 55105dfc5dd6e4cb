//! The ledger of a run, as it is written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use deboil::batch::{Cause, OnError, RecordOptions, RecordsOf};
use deboil::ledger::{Fields, Header, Line, LineJson, RecordFile, Writer};
use deboil::text::compression::{Compression, Encoder};
use deboil::text::output::{Draft, Ready};

use crate::plan::Destination;
use crate::status::Stop;

/// A ledger in the making.
pub(crate) struct LedgerFile {
    writer: Writer<BufWriter<Encoder<File>>>,
    ready: Ready,
    in_place: bool,
    /// The line of a file of records of which nothing is written yet.
    file: Option<LineJson>,
    error: Option<io::Error>,
    /// Whether an original may be gone that it alone can bring back.
    is_needed: bool,
}

impl LedgerFile {
    /// Starts a ledger; it appears in its place when it is finished.
    pub(crate) fn new(path: &Path, destination: &Destination, records: &RecordOptions) -> Result<Self, Stop> {
        if records.on_error == OnError::Skip {
            let cure = "use --on-error keep, or leave --ledger out";
            return Err(Stop::new("a ledger cannot give back the records that --on-error skip leaves out", cure));
        }
        let names = records.names();
        let in_place = matches!(destination, Destination::InPlace { .. });
        let header = Header { in_place, fields: Fields { text: names.text, added: names.added }, ..Header::default() };
        let started = start(path, header).map_err(|error| cannot_write(path, &error))?;
        Ok(Self { writer: started.0, ready: started.1, in_place, file: None, error: None, is_needed: false })
    }

    /// A file of records begins. It is told of with its first document, or at once if its head changes.
    pub(crate) fn begin(&mut self, records: &RecordsOf<'_, PathBuf>, output: &Path) -> Result<(), Cause> {
        if records.is_binary {
            let what = "a ledger cannot give back a file of this format yet; clean it without --ledger";
            return Err(Cause::Walk(what.to_owned()));
        }
        let file = RecordFile::of(records, output);
        let has_head = file.head.is_some();
        self.file = Some(Line::File(file).to_json());
        if has_head { self.put(|_| Ok(())) } else { Ok(()) }
    }

    /// The file of records is over, or failed.
    pub(crate) fn end(&mut self) {
        self.file = None;
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
        self.put(Writer::flush)?;
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
        let Self { writer, ready, is_needed, error, .. } = self;
        let path = ready.path().to_owned();
        let written = error.map_or_else(|| finish(writer), Err);
        let placed = match &written {
            _ if is_needed => ready.place_or_leave(),
            Ok(()) => ready.place(),
            Err(_) => Ok(()),
        };
        placed.and(written).map_err(|error| cannot_write(&path, &error))
    }

    fn put(&mut self, put: impl FnOnce(&mut Writer<BufWriter<Encoder<File>>>) -> io::Result<()>) -> Result<(), Cause> {
        let cannot_write = |error: io::Error| Cause::Write(self.ready.path().to_owned(), error);
        if let Some(error) = &self.error {
            return Err(cannot_write(error.kind().into()));
        }
        let writer = &mut self.writer;
        let file = self.file.take().map_or(Ok(()), |line| writer.add(&line));
        file.and_then(|()| put(writer)).map_err(|error| {
            let kind = error.kind();
            self.error = Some(error);
            cannot_write(kind.into())
        })
    }
}

fn start(path: &Path, header: Header) -> io::Result<(Writer<BufWriter<Encoder<File>>>, Ready)> {
    let (file, ready) = Draft::new(path)?.detach(path);
    let encoder = Encoder::new(Compression::of_path(path), file)?;
    Ok((Writer::new(BufWriter::new(encoder), header)?, ready))
}

fn finish(writer: Writer<BufWriter<Encoder<File>>>) -> io::Result<()> {
    let out = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.finish()?.flush()
}

fn cannot_write(path: &Path, error: &io::Error) -> Stop {
    Stop::new(format!("cannot write the ledger `{}`: {error}", path.display()), "")
}
