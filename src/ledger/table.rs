//! Gives a table back.

use std::fs::File;
use std::iter;
use std::sync::Arc;

use super::{Bytes, Entry, Fate, Hash, Ledger, Piece, RecordFile, Refusal, Selection};
use crate::batch::{Cause, RecordsOf};
use crate::error::Error;
use crate::text::format::Format;
use crate::text::format::parquet::{self, Broken, CleanedRows, Kept, Rows, Table, TableWriter};

/// How many bytes of texts are in work at once.
const CHUNK: usize = 512 << 10;

/// A cleaned table, to be written as it was.
///
/// Texts that went come back byte for byte, and are encoded anew with all texts of their row group. All else is copied.
pub struct RestoredTable<'l> {
    ledger: &'l mut Ledger,
    file: &'l RecordFile<'l>,
    selection: &'l Selection,
    table: Arc<Table>,
    writer: TableWriter,
    /// What went of the next row of which something went.
    next: Option<Entry<'static>>,
    /// Whether anything is other than in the cleaned table.
    is_changed: bool,
}

impl<'l> RestoredTable<'l> {
    /// Whether a ledger says that a file is a table.
    pub fn is_one(file: &RecordFile<'_>) -> bool {
        file.format == Format::Parquet.name()
    }

    /// Reads what a cleaned table says of itself. `file` is what the ledger found for it last.
    pub fn open(
        ledger: &'l mut Ledger,
        file: &'l RecordFile<'l>,
        selection: &'l Selection,
        cleaned: File,
    ) -> Result<Self, Cause> {
        let fields = ledger.header().fields.clone();
        let end = ledger.end_of_table()?.ok_or_else(|| refused(Refusal::Corrupt))?.proven()?;
        let table = match selection.is_all() {
            true => Table::open_cleaned(cleaned, &fields.text, &fields.added, &end)?,
            false => Some(Table::open_for_texts(cleaned, &fields.text)?),
        };
        let table = Arc::new(table.ok_or_else(|| refused(Refusal::Edited))?);
        let kept: Kept = match ledger.kept_columns()? {
            Some(pieces) => Box::new(pieces.map(|piece| piece.map_err(|error| Broken(error.to_string()))?.proven())),
            None => Box::new(iter::empty()),
        };
        let (writer, next) = (Arc::clone(&table).writer().with(kept), ledger.next_of(file)?);
        let is_changed = table.has_other_columns();
        Ok(Self { ledger, file, selection, table, writer, next, is_changed })
    }

    /// Writes the table to `sink`, and tells of each row, by its number from 1, what was done to it. Says whether the table
    /// is other than the cleaned one.
    pub fn write(
        mut self,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Cause>,
        tell: &mut dyn FnMut(u64, Fate),
    ) -> Result<bool, Cause> {
        let mut reader = Arc::clone(&self.table).rows();
        while let Some(rows) = reader.next(CHUNK) {
            let rows = self.rows(&rows?, tell)?;
            self.writer.put(rows, sink)?;
        }
        self.entry_of(u64::MAX, tell)?;
        self.writer.end(sink)?;
        Ok(self.is_changed)
    }

    /// Some rows, as they are to be written.
    fn rows(&mut self, rows: &Rows, tell: &mut dyn FnMut(u64, Fate)) -> Result<CleanedRows, Cause> {
        let mut restored = CleanedRows::new(rows, 0);
        for row in 0..rows.len() {
            let number = rows.first + row as u64;
            let fate = match self.entry_of(number, tell)? {
                Some(entry) => self.row(&entry, rows, row, &mut restored),
                None => {
                    restored.keep(rows, row);
                    Fate::Kept
                }
            };
            self.is_changed |= fate == Fate::Restored;
            tell(number, fate);
        }
        Ok(restored)
    }

    /// What went of a row. Rows of the ledger that should have come before are missing.
    fn entry_of(&mut self, number: u64, tell: &mut dyn FnMut(u64, Fate)) -> Result<Option<Entry<'static>>, Cause> {
        while let Some(entry) = self.next.take_if(|entry| entry.line <= Some(number)) {
            self.next = self.ledger.next_of(self.file)?;
            if entry.line == Some(number) {
                return Ok(Some(entry));
            }
            tell(entry.line.unwrap_or(0), Fate::Missing);
        }
        Ok(None)
    }

    /// A row of which something went.
    fn row(&self, entry: &Entry<'_>, rows: &Rows, row: usize, restored: &mut CleanedRows) -> Fate {
        match self.text(entry, rows, row) {
            Ok(Some(text)) => {
                restored.replace(rows, row, text);
                Fate::Restored
            }
            Ok(None) | Err(Refusal::Original) => {
                restored.keep(rows, row);
                Fate::Kept
            }
            Err(refusal) => {
                restored.refuse(rows, row);
                Fate::Refused(refusal)
            }
        }
    }

    /// The text of a row, if it becomes another one.
    fn text(&self, entry: &Entry<'_>, rows: &Rows, row: usize) -> Result<Option<Vec<u8>>, Refusal> {
        let cleaned = rows.text(row).ok_or(Refusal::Edited)?;
        let text = entry.restore_selected(cleaned, self.selection)?;
        if !rows.may_have(&text) {
            return Err(Refusal::Corrupt);
        }
        Ok(Some(text).filter(|text| *text != cleaned))
    }
}

impl Piece<'static> {
    /// Those of a table that is to be cleaned.
    pub(super) fn of_table<K>(records: &RecordsOf<'_, K>) -> impl Iterator<Item = Result<Self, Cause>> + use<K> {
        let pieces = records.table.cloned().into_iter().flat_map(Table::pieces);
        pieces.map(|piece| {
            let parquet::Piece { at, bytes } = piece?;
            let blake3 = Hash::of([&*bytes]);
            Ok(Self { at, bytes: Bytes(bytes.into()), blake3 })
        })
    }

    /// Its bytes, if they are those that were kept.
    fn proven(self) -> Result<parquet::Piece, Broken> {
        match Hash::of([&*self.bytes.0]) == self.blake3 {
            true => Ok(parquet::Piece { at: self.at, bytes: self.bytes.0.into_owned() }),
            false => Err(Broken(Refusal::Corrupt.to_string())),
        }
    }
}

fn refused(refusal: Refusal) -> Cause {
    Cause::Walk(refusal.to_string())
}

impl From<Error> for Cause {
    fn from(error: Error) -> Self {
        Self::Walk(error.to_string())
    }
}
