//! Restores a file of records.

use std::io::{self, BufWriter, Read, Write};

use deboil::batch::Cause;
use deboil::ledger::{Fate, RecordFile, RestoredRecords};

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
            self.account.add(&found.path, record.line, record.fate);
            is_changed |= record.fate == Fate::Restored;
        }
        if !is_changed && !matches!(target, Target::Stdout) {
            return copy(found, target);
        }
        let out = out.into_inner().map_err(|error| cannot_write(error.into_error()))?;
        target.finish(out)
    }
}
