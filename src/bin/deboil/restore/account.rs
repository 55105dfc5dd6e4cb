//! What was restored, and what was not.

use std::io::{self, Write};
use std::path::Path;

use deboil::batch::report::NAMED;
use deboil::batch::{Cause, Failure};
use deboil::ledger::Fate;

use crate::paint::{Paint, count, number};

/// The account of a run.
#[derive(Debug, Default)]
pub(super) struct Account {
    restored: u64,
    kept: u64,
    /// Those of files, and the first [`NAMED`] of records.
    failures: Vec<Failure>,
    unnamed_failures: u64,
}

impl Account {
    /// A document is what it was.
    pub(super) fn restored(&mut self) {
        self.restored += 1;
    }

    /// Nothing was to be done to a document.
    pub(super) fn kept(&mut self) {
        self.kept += 1;
    }

    /// What was done to a record.
    pub(super) fn add(&mut self, path: &Path, line: u64, fate: Fate) {
        let what = match fate {
            Fate::Kept => return self.kept(),
            Fate::Restored => return self.restored(),
            Fate::Refused(refusal) => refusal.to_string(),
            Fate::Missing => "there is no such record any more; restore the file that cleaning wrote".to_owned(),
        };
        self.add_failure(Failure { path: path.to_owned(), line: Some(line), cause: Cause::Record(what) });
    }

    pub(super) fn add_failure(&mut self, failure: Failure) {
        if failure.line.is_some() && self.failures.iter().filter(|failure| failure.line.is_some()).count() >= NAMED {
            self.unnamed_failures += 1;
        } else {
            self.failures.push(failure);
        }
    }

    pub(super) fn has_failures(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Tells of it. Failures are told even to those who want to hear nothing else.
    pub(super) fn print(&self, quiet: bool, not_found: usize) {
        let mut text = Vec::new();
        let totals = if quiet { Ok(()) } else { self.write_totals(&mut text, not_found as u64) };
        // Without anybody to read it, the account is lost, and the work is done all the same.
        let _ =
            totals.and_then(|()| self.write_failures(&mut text)).and_then(|()| io::stderr().lock().write_all(&text));
    }

    fn write_totals(&self, out: &mut impl Write, not_found: u64) -> io::Result<()> {
        let paint = Paint::stderr();
        let documents = self.restored + self.kept + self.failures.len() as u64 + self.unnamed_failures;
        let restored = format!("{}, {} restored", number(documents), number(self.restored));
        writeln!(out, "{:<12}{restored}", paint.name("documents"))?;
        match not_found {
            0 => Ok(()),
            files => {
                let files = count(files, "file");
                writeln!(out, "{:<12}{files} of the ledger, not among the inputs", paint.name(paint.note("missing")))
            }
        }
    }

    fn write_failures(&self, out: &mut impl Write) -> io::Result<()> {
        if self.failures.is_empty() {
            return Ok(());
        }
        let paint = Paint::stderr();
        let failed = number(self.failures.len() as u64 + self.unnamed_failures);
        writeln!(out, "{:<12}{}", paint.name("failures"), paint.bad(failed))?;
        self.failures.iter().try_for_each(|failure| writeln!(out, "  {failure}"))?;
        match self.unnamed_failures {
            0 => Ok(()),
            more => writeln!(out, "  and {}", count(more, "more record")),
        }
    }
}
