//! Hands what came out of a batch over to the caller, and adds it up.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::budget::Closer;
use super::records::{CleanedPart, Left};
use super::units::RecordFile;
use super::{Cause, Failure, Record, Report, Told};
use crate::rule::set::Ruleset;
use crate::text::compression::Compression;
#[cfg(all(feature = "ledger", feature = "parquet"))]
use crate::text::format::parquet::Table;
#[cfg(feature = "parquet")]
use crate::text::format::parquet::TableWriter;
use crate::text::format::{self, Edit, Format};
use crate::text::seen::Seen;

/// Takes what comes out of a batch, on the thread that runs it and in the order of the inputs.
///
/// A closure that is told of each document is one that does not care for the bytes of files of records.
pub trait Collect<K, T> {
    /// Does for a document what must be done for one after the other, before it counts as done. An error makes a failure
    /// of it.
    fn settle(&mut self, record: &Record, finished: &mut T) -> Result<(), Cause> {
        let _ = (record, finished);
        Ok(())
    }

    /// Is told of a document, or of what failed; may end the batch.
    fn tell(&mut self, told: Told<'_, T>) -> ControlFlow<()>;

    /// A file of records begins. What it holds comes next, until it ends or is abandoned.
    fn begin(&mut self, records: &RecordsOf<'_, K>) -> Result<(), Cause> {
        let _ = records;
        Ok(())
    }

    /// Whether the bytes of the file that begins are wanted. If not, it need not be written.
    fn wants_bytes(&self) -> bool {
        true
    }

    /// More of the file. The caller is told of the records in it next.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        let _ = bytes;
        Ok(())
    }

    /// The file is over. If nothing changed, what was written is what was read.
    fn end(&mut self, is_changed: bool) -> Result<(), Cause> {
        let _ = is_changed;
        Ok(())
    }

    /// The file failed: there is no more of it.
    fn abandon(&mut self) {}
}

impl<K, T, F: FnMut(Told<'_, T>) -> ControlFlow<()>> Collect<K, T> for F {
    fn tell(&mut self, told: Told<'_, T>) -> ControlFlow<()> {
        self(told)
    }

    fn wants_bytes(&self) -> bool {
        false
    }
}

/// A file of records.
#[derive(Debug)]
pub struct RecordsOf<'a, K> {
    /// The file; none for standard input.
    pub path: Option<&'a Path>,
    /// What the file was before it was read.
    pub seen: Option<Seen>,
    /// What came with the input.
    pub kept: &'a K,
    /// What it holds.
    pub format: Format,
    /// The bytes before its records, as they were.
    pub head: &'a [u8],
    /// What changes in them.
    pub head_edits: &'a [Edit],
    /// How it was compressed.
    pub compression: Option<Compression>,
    /// Whether the bytes come compressed already.
    pub is_compressed: bool,
    /// Whether the bytes are none that a terminal can show.
    pub is_binary: bool,
    /// What the file is, if it is a table.
    #[cfg(all(feature = "ledger", feature = "parquet"))]
    pub(crate) table: Option<&'a Arc<Table>>,
}

#[cfg(feature = "ledger")]
impl<K> RecordsOf<'_, K> {
    /// Whether anything but records changes: the bytes before them, or the columns of a table.
    pub fn has_other_head(&self) -> bool {
        #[cfg(feature = "parquet")]
        let has_other_columns = self.table.is_some_and(|table| table.has_other_columns());
        #[cfg(not(feature = "parquet"))]
        let has_other_columns = false;
        has_other_columns || !self.head_edits.is_empty()
    }
}

/// What came of a unit of work.
pub(super) enum Made<K, T> {
    Document(Result<(Record, T), Failure>),
    Begin(Arc<RecordFile<K>>),
    Part(Arc<RecordFile<K>>, CleanedPart<T>),
    End(Arc<RecordFile<K>>, Option<Failure>),
}

/// Where all that was made goes.
pub(super) struct Handover<'a, C> {
    rules: &'a Ruleset,
    report: &'a mut Report,
    collect: &'a mut C,
    /// Whether the file of records that is being written differs from what it was.
    is_changed: bool,
    /// What writes it, if it is a table that somebody wants.
    #[cfg(feature = "parquet")]
    table: Option<TableWriter>,
    _closer: Closer,
}

impl<'a, C> Handover<'a, C> {
    pub(super) fn new(rules: &'a Ruleset, report: &'a mut Report, collect: &'a mut C, closer: Closer) -> Self {
        Self {
            rules,
            report,
            collect,
            is_changed: false,
            #[cfg(feature = "parquet")]
            table: None,
            _closer: closer,
        }
    }

    pub(super) fn take<K, T>(&mut self, made: Made<K, T>) -> ControlFlow<()>
    where
        C: Collect<K, T>,
    {
        match made {
            Made::Document(result) => self.tell::<K, T>(result),
            Made::Begin(file) => self.begin(&file),
            Made::Part(file, _) if file.is_given_up() => ControlFlow::Continue(()),
            Made::Part(file, cleaned) => self.part(&file, cleaned),
            Made::End(file, _) if file.is_given_up() => ControlFlow::Continue(()),
            Made::End(file, Some(failure)) => self.give_up(&file, failure),
            Made::End(file, None) => match self.end::<K, T>() {
                Ok(()) => ControlFlow::Continue(()),
                Err(cause) => self.give_up(&file, Failure::new(file.name(), cause)),
            },
        }
    }

    fn begin<K, T>(&mut self, file: &RecordFile<K>) -> ControlFlow<()>
    where
        C: Collect<K, T>,
    {
        self.is_changed = false;
        let records = RecordsOf {
            path: file.path.as_deref(),
            seen: file.seen,
            kept: &file.kept,
            format: file.format,
            head: &file.head,
            head_edits: &file.head_edits,
            compression: file.compression,
            is_compressed: file.record_compression.is_some(),
            is_binary: file.is_table(),
            #[cfg(all(feature = "ledger", feature = "parquet"))]
            table: file.table.as_ref(),
        };
        let mut head = Vec::new();
        format::append(&file.head, &file.head_edits, &mut head);
        let begun = self.collect.begin(&records).and_then(|()| self.collect.write(&head));
        #[cfg(feature = "parquet")]
        {
            self.table = file.table.clone().filter(|_| self.collect.wants_bytes()).map(|table| table.writer());
        }
        begun.map_or_else(|cause| self.give_up(file, Failure::new(file.name(), cause)), |()| ControlFlow::Continue(()))
    }

    fn part<K, T>(&mut self, file: &RecordFile<K>, cleaned: CleanedPart<T>) -> ControlFlow<()>
    where
        C: Collect<K, T>,
    {
        self.is_changed |= cleaned.is_changed;
        if let Err(cause) = self.write::<K, T>(cleaned.left) {
            return self.give_up(file, Failure::new(file.name(), cause));
        }
        for result in cleaned.outcomes.told {
            self.tell::<K, T>(result)?;
        }
        if cleaned.outcomes.is_fatal {
            file.give_up();
            self.collect.abandon();
        }
        ControlFlow::Continue(())
    }

    fn write<K, T>(&mut self, left: Left) -> Result<(), Cause>
    where
        C: Collect<K, T>,
    {
        match left {
            Left::Bytes(bytes) => self.collect.write(&bytes),
            #[cfg(feature = "parquet")]
            Left::Rows(rows) => match &mut self.table {
                Some(table) => table.put(rows, &mut |bytes| self.collect.write(bytes)),
                None => Ok(()),
            },
        }
    }

    fn end<K, T>(&mut self) -> Result<(), Cause>
    where
        C: Collect<K, T>,
    {
        #[cfg(feature = "parquet")]
        if let Some(table) = self.table.take() {
            table.end(&mut |bytes| self.collect.write(bytes))?;
        }
        self.collect.end(self.is_changed)
    }

    fn give_up<K, T>(&mut self, file: &RecordFile<K>, failure: Failure) -> ControlFlow<()>
    where
        C: Collect<K, T>,
    {
        file.give_up();
        self.collect.abandon();
        self.tell::<K, T>(Err(failure))
    }

    fn tell<K, T>(&mut self, result: Result<(Record, T), Failure>) -> ControlFlow<()>
    where
        C: Collect<K, T>,
    {
        match result.and_then(|(record, finished)| self.settled(record, finished)) {
            Ok((record, finished)) => {
                self.report.add(self.rules, &record);
                self.collect.tell(Ok((&record, finished)))
            }
            Err(failure) => {
                let flow = self.collect.tell(Err(&failure));
                self.report.add_failure(failure);
                flow
            }
        }
    }

    fn settled<K, T>(&mut self, record: Record, mut finished: T) -> Result<(Record, T), Failure>
    where
        C: Collect<K, T>,
    {
        match self.collect.settle(&record, &mut finished) {
            Ok(()) => Ok((record, finished)),
            Err(cause) => Err(Failure { path: record.name.path, line: record.name.line, cause }),
        }
    }
}
