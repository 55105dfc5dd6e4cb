//! Restores a file of records.

use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use deboil::batch::{Cause, Failure};
use deboil::ledger::{Fate, RecordFile, Restored, RestoredRecords};

use super::target::{Out, Target};
use super::{Restorer, copy};
use crate::walk::Found;

impl Restorer {
    pub(super) fn records(
        &mut self,
        found: &Found,
        file: &RecordFile<'_>,
        cleaned: impl Read + Send + 'static,
        target: &Target,
    ) -> Result<(), Cause> {
        let mut records = RestoredRecords::open(&mut self.ledger, file, &self.selection, cleaned)?;
        let each = records.record_compression().filter(|_| !matches!(target, Target::Stdout));
        let whole = records.compression().filter(|_| each.is_none());
        let cannot_write = |error: io::Error| target.cannot_write(error);
        let mut out: BufWriter<Out> = BufWriter::new(target.open(whole)?);
        out.write_all(records.head()).map_err(cannot_write)?;
        let mut is_changed = file.head.is_some() && self.selection.is_all();
        for record in records.by_ref() {
            let record = record?;
            let compressed = each.map(|each| each.compressed(&record.bytes)).transpose().map_err(cannot_write)?;
            out.write_all(compressed.as_deref().unwrap_or(&record.bytes)).map_err(cannot_write)?;
            match refused(&found.path, &record) {
                Some(failure) => self.account.add_failure(failure),
                None if record.fate == Fate::Restored => self.account.restored(),
                None => self.account.kept(),
            }
            is_changed |= record.fate == Fate::Restored;
        }
        if !is_changed && !matches!(target, Target::Stdout) {
            return copy(found, target);
        }
        let out = out.into_inner().map_err(|error| cannot_write(error.into_error()))?;
        target.finish(out)
    }
}

/// Why a record is not what it was.
fn refused(path: &Path, record: &Restored) -> Option<Failure> {
    let what = match record.fate {
        Fate::Kept | Fate::Restored => return None,
        Fate::Refused(refusal) => refusal.to_string(),
        Fate::Missing => "there is no such record any more; restore the file that cleaning wrote".to_owned(),
    };
    Some(Failure { path: path.to_owned(), line: Some(record.line), cause: Cause::Record(what) })
}
