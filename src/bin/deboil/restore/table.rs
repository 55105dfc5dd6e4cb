//! Restores a table.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

use deboil::batch::Cause;
use deboil::ledger::{RecordFile, RestoredTable};

use super::Restorer;
use super::target::{Out, Target};
use crate::plan;
use crate::walk::Found;

impl Restorer {
    pub(super) fn table(
        &mut self,
        found: &Found,
        file: &RecordFile<'_>,
        cleaned: File,
        target: &Target,
    ) -> Result<(), Cause> {
        if matches!(target, Target::Stdout) && io::stdout().is_terminal() {
            return Err(target.cannot_write(io::Error::other(plan::NOT_SHOWN)));
        }
        let table = RestoredTable::open(&mut self.ledger, file, &self.selection, cleaned)?;
        let mut out: BufWriter<Out> = BufWriter::new(target.open(None)?);
        let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(|error| target.cannot_write(error));
        let account = &mut self.account;
        let is_changed = table.write(&mut write, &mut |row, fate| account.add(&found.path, row, fate))?;
        if !is_changed && matches!(target, Target::Replaced { .. }) {
            return Ok(());
        }
        let out = out.into_inner().map_err(|error| target.cannot_write(error.into_error()))?;
        target.finish(out)
    }
}
