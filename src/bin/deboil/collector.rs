//! Takes what comes out of a batch: documents are told of, files of records are written as well.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use deboil::batch::{Cause, Collect, Failure, Record, RecordsOf, Report, Told};
use deboil::text::output::check_way;

use crate::delivery::Delivered;
use crate::journal::{DoneLine, Ended, Journal};
use crate::ledger::LedgerFile;
use crate::plan::{self, Destination};
use crate::records_file::{FileKind, RecordsFile};
use crate::report::Beside;
use crate::status::Stop;
use crate::teller::Teller;

/// Where all goes that comes out.
pub(crate) struct Collector<'a> {
    teller: Teller<'a>,
    destination: &'a Destination,
    ledger: Option<LedgerFile>,
    journal: Option<Journal>,
    syncs: bool,
    /// The file of records that is being written.
    records: Records,
    /// Whether the run ended before its time.
    is_cut_short: bool,
}

/// Where the bytes of a file of records go.
enum Records {
    /// There is no such file now.
    None,
    /// Nowhere.
    Nowhere,
    Stdout,
    File(Box<RecordsFile>),
}

impl<'a> Collector<'a> {
    pub(crate) fn new(
        teller: Teller<'a>,
        destination: &'a Destination,
        ledger: Option<LedgerFile>,
        journal: Option<Journal>,
        syncs: bool,
    ) -> Self {
        Self { teller, destination, ledger, journal, syncs, records: Records::None, is_cut_short: false }
    }

    /// Ends all that was begun, and says what became of the journal. The ledger is of what was done, whatever became of the
    /// rest.
    pub(crate) fn finish(self, report: &Report, beside: Beside<'_>) -> (Ended, Result<(), Stop>) {
        let ledger = self.ledger.map_or(Ok(()), LedgerFile::finish);
        let is_all_done = !self.is_cut_short && !report.failures.iter().any(may_pass);
        let journal = self.journal.map_or(Ended::Well, |journal| journal.finish(is_all_done));
        let told = self.teller.finish(report, beside);
        (journal, ledger.and(told))
    }

    fn begin_in_ledger(&mut self, records: &RecordsOf<'_, PathBuf>) -> Result<(), Cause> {
        let Some(ledger) = &mut self.ledger else { return Ok(()) };
        let name = records.path.unwrap_or(Path::new("-"));
        ledger.begin(records, self.destination.output(name, records.kept))
    }

    fn end_in_ledger(&mut self) {
        if let Some(ledger) = &mut self.ledger {
            ledger.end();
        }
    }

    /// Sees to it that an original goes only when the ledger has what it takes to bring it back.
    fn settle_ledger(&mut self) -> Result<(), Cause> {
        self.ledger.as_mut().map_or(Ok(()), LedgerFile::settle)
    }

    /// Notes that an input is done. What the journal says is done, the ledger has lines of, also if the program is killed.
    fn note(&mut self, line: &DoneLine) -> Result<(), Cause> {
        if self.journal.as_ref().is_some_and(|journal| journal.is_full_for(line)) {
            self.flush_ledger()?;
        }
        self.journal.iter_mut().for_each(|journal| journal.note(line));
        Ok(())
    }

    fn flush_ledger(&mut self) -> Result<(), Cause> {
        let ledger = self.ledger.as_mut().filter(|_| self.journal.is_some());
        ledger.map_or(Ok(()), LedgerFile::flush)
    }

    fn open(&self, records: &RecordsOf<'_, PathBuf>) -> io::Result<Records> {
        let (original, kind) = match (self.destination, records.path) {
            (Destination::Stdout, _) if records.is_binary && io::stdout().is_terminal() => {
                return Err(io::Error::other(plan::NOT_SHOWN));
            }
            (Destination::Stdout, _) => return Ok(Records::Stdout),
            (&Destination::Mirror { ref directory, link }, Some(path)) => {
                check_way(directory, records.kept.parent().unwrap_or(records.kept))?;
                (path, FileKind::New { target: directory.join(records.kept), link })
            }
            (&Destination::InPlace { ref backup, times }, Some(path)) => {
                (path, FileKind::Replacement { backup: backup.clone(), times })
            }
            _ => return Ok(Records::Nowhere),
        };
        Ok(Records::File(Box::new(RecordsFile::new(records, original, kind, self.journal.is_some(), self.syncs)?)))
    }

    /// Where the file of records goes, for an error to name it.
    fn target(&self, records: &RecordsOf<'_, PathBuf>) -> PathBuf {
        match self.destination {
            Destination::Mirror { directory, .. } => directory.join(records.kept),
            Destination::Stdout => PathBuf::from("-"),
            _ => records.path.unwrap_or(Path::new("-")).to_owned(),
        }
    }
}

impl Collect<PathBuf, Delivered> for Collector<'_> {
    fn settle(&mut self, record: &Record, delivered: &mut Delivered) -> Result<(), Cause> {
        if let Some(ready) = &delivered.ready {
            ready.check().map_err(|error| Cause::Write(ready.path().to_owned(), error))?;
        }
        if let (Some(ledger), Some(line)) = (&mut self.ledger, delivered.line.take()) {
            match record.name.line {
                None => ledger.add_text(&record.name.path, &line)?,
                Some(_) => ledger.add(&line)?,
            }
        }
        if let Some(ready) = delivered.ready.take() {
            self.settle_ledger()?;
            let path = ready.path().to_owned();
            ready.place().map_err(|error| Cause::Write(path, error))?;
        }
        match delivered.done.take() {
            Some(line) => self.note(&line),
            None => Ok(()),
        }
    }

    fn tell(&mut self, told: Told<'_, Delivered>) -> ControlFlow<()> {
        match &mut self.records {
            Records::None => self.teller.step(),
            Records::File(file) => file.tell(&told),
            Records::Nowhere | Records::Stdout => {}
        }
        let is_broken = self.ledger.as_ref().is_some_and(LedgerFile::is_broken);
        self.is_cut_short = self.teller.tell(&told).is_break() || is_broken;
        if self.is_cut_short { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn begin(&mut self, records: &RecordsOf<'_, PathBuf>) -> Result<(), Cause> {
        self.records = Records::Nowhere;
        self.begin_in_ledger(records)?;
        self.records = self.open(records).map_err(|error| Cause::Write(self.target(records), error))?;
        Ok(())
    }

    fn wants_bytes(&self) -> bool {
        !matches!(self.records, Records::Nowhere)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        match &mut self.records {
            Records::None | Records::Nowhere => Ok(()),
            Records::Stdout => {
                self.teller.print(bytes);
                Ok(())
            }
            Records::File(file) => file.write(bytes),
        }
    }

    fn end(&mut self, is_changed: bool) -> Result<(), Cause> {
        self.teller.step();
        self.end_in_ledger();
        match std::mem::replace(&mut self.records, Records::None) {
            Records::File(file) => {
                if is_changed {
                    self.settle_ledger()?;
                }
                self.flush_ledger()?;
                file.finish(is_changed, self.journal.as_mut())
            }
            _ => Ok(()),
        }
    }

    fn abandon(&mut self) {
        self.teller.step();
        self.end_in_ledger();
        self.records = Records::None;
    }
}

/// Whether it may go well another time, with the same input.
fn may_pass(failure: &Failure) -> bool {
    match &failure.cause {
        Cause::Write(..) => true,
        // It is the system that says so, not what is in the file.
        Cause::Read(error) => error.raw_os_error().is_some() && failure.path.is_file(),
        Cause::Walk(_) | Cause::Encoding(_) | Cause::Record(_) => false,
    }
}
