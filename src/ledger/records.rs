//! Gives the records of a file back.

use std::io::Read;
use std::sync::Arc;

use super::{Entry, Ledger, RecordFile, Refusal, Selection};
use crate::batch::Cause;
use crate::batch::stream::RecordStream;
use crate::text::compression::Compression;
use crate::text::format::{self, FieldNames, Format, RecordFormat};

/// The records of a cleaned file, as they were.
pub struct RestoredRecords<'l> {
    ledger: &'l mut Ledger,
    file: &'l RecordFile<'l>,
    selection: &'l Selection,
    stream: RecordStream,
    head: Vec<u8>,
    /// How the records of the original are read.
    original: Arc<dyn RecordFormat>,
    /// The line of the original that comes next.
    line: u64,
    /// What went of the next record of which something went.
    next: Option<Entry<'static>>,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Its bytes, as they are to be written; none if there is no such record any more.
    pub bytes: Vec<u8>,
    /// The line of the original that it started in.
    pub line: u64,
    /// What was done to it.
    pub fate: Fate,
}

/// What was done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing was to be done.
    Kept,
    /// It is what it was.
    Restored,
    /// It stays as it is now, for a reason.
    Refused(Refusal),
    /// There is none where it should be.
    Missing,
}

impl<'l> RestoredRecords<'l> {
    /// Reads a cleaned file, whether or not it is compressed. `file` is what the ledger found for it last.
    pub fn open(
        ledger: &'l mut Ledger,
        file: &'l RecordFile<'l>,
        selection: &'l Selection,
        cleaned: impl Read + Send + 'static,
    ) -> Result<Self, Cause> {
        let format: Format = file.format.parse().map_err(Cause::Walk)?;
        let fields = &ledger.header().fields;
        let names = FieldNames { text: fields.text.clone(), added: fields.added.clone(), ..FieldNames::default() };
        let stream = RecordStream::open(cleaned, format, &names)?;
        let before = original_head(file, stream.head()).map_err(|refusal| Cause::Walk(refusal.to_string()))?;
        let opened = format.open(&names, &before, true).map_err(Cause::Walk)?;
        let original = opened.ok_or_else(|| Cause::Walk(Refusal::Corrupt.to_string()))?.format;
        let line = 1 + original.lines(&before);
        let head = if selection.is_all() { before } else { stream.head().to_vec() };
        let mut records = Self { ledger, file, selection, stream, head, original, line, next: None };
        records.advance()?;
        Ok(records)
    }

    /// The bytes before the first record.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// How the file is compressed.
    pub fn compression(&self) -> Option<Compression> {
        self.stream.compression()
    }

    /// How each record is compressed for itself.
    pub fn record_compression(&self) -> Option<Compression> {
        self.stream.record_compression()
    }

    fn advance(&mut self) -> Result<(), Cause> {
        self.next = self.ledger.next_of(self.file).map_err(|error| Cause::Walk(error.to_string()))?;
        Ok(())
    }

    /// The next record, or one that is missing before it.
    fn step(&mut self) -> Result<Option<Restored>, Cause> {
        let here = self.line;
        if let Some(entry) = self.next.take_if(|entry| entry.line < Some(here)) {
            return self.missing(&entry).map(Some);
        }
        let Some(record) = self.stream.next().transpose()? else {
            return self.next.take().map(|entry| self.missing(&entry)).transpose();
        };
        let record = record.to_vec();
        let Some(entry) = self.next.take_if(|entry| entry.line == Some(here)) else {
            self.line += self.original.lines(&record);
            return Ok(Some(Restored { bytes: record, line: here, fate: Fate::Kept }));
        };
        self.advance()?;
        Ok(Some(match self.restored(&entry, &record) {
            Ok((original, bytes)) => {
                self.line += self.original.lines(&original);
                let fate = if bytes == record { Fate::Kept } else { Fate::Restored };
                Restored { bytes, line: here, fate }
            }
            Err(refusal) => {
                let gone = if refusal == Refusal::Original { 0 } else { self.lines_gone(&entry) };
                self.line += self.original.lines(&record) + gone;
                let fate = if refusal == Refusal::Original { Fate::Kept } else { Fate::Refused(refusal) };
                Restored { bytes: record, line: here, fate }
            }
        }))
    }

    fn missing(&mut self, entry: &Entry<'_>) -> Result<Restored, Cause> {
        self.advance()?;
        Ok(Restored { bytes: Vec::new(), line: entry.line.unwrap_or(0), fate: Fate::Missing })
    }

    /// How many lines the original of a record has more.
    fn lines_gone(&self, entry: &Entry<'_>) -> u64 {
        let removed = entry.removals.iter().map(|removed| self.original.lines(&removed.bytes.0));
        removed.chain(entry.edits.iter().map(|edited| self.original.lines(&edited.old.0))).sum()
    }

    /// A record as it was, and with what is selected.
    fn restored(&self, entry: &Entry<'_>, cleaned: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Refusal> {
        let original = entry.restore(cleaned)?;
        if self.selection.is_all() {
            return Ok((original.clone(), original));
        }
        let selected = self.selected(entry, cleaned, &original)?;
        Ok((original, selected))
    }

    /// A record as if only the removals had been made that are not selected. Fields that were added stay as they are.
    fn selected(&self, entry: &Entry<'_>, cleaned: &[u8], original: &[u8]) -> Result<Vec<u8>, Refusal> {
        let read = |format: &dyn RecordFormat, record| format.read(record).ok().flatten().ok_or(Refusal::Corrupt);
        let fields = read(&*self.original, original)?;
        let stays_gone = entry.stays_gone(self.selection, fields.text.len())?;
        let format = self.stream.format();
        let added = format.added(cleaned, &read(&**format, cleaned)?).ok_or(Refusal::Corrupt)?;
        let edits = self.original.edits(original, &fields, &stays_gone, &added);
        let gone = edits.iter().filter(|edit| edit.new.is_empty()).map(|edit| edit.span);
        entry.check_gone(self.selection, gone, original)?;
        let mut selected = Vec::with_capacity(original.len());
        format::append(original, &edits, &mut selected);
        Ok(selected)
    }
}

impl Iterator for RestoredRecords<'_> {
    type Item = Result<Restored, Cause>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

fn original_head(file: &RecordFile<'_>, cleaned: &[u8]) -> Result<Vec<u8>, Refusal> {
    match &file.head {
        None => Ok(cleaned.to_vec()),
        Some(head) => match head.restore(cleaned) {
            Err(Refusal::Original) => Ok(cleaned.to_vec()),
            restored => restored,
        },
    }
}
