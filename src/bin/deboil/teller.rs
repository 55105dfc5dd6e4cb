//! Tells of each document as soon as it is its turn: on standard output, in the report, and to those who want to hear
//! of each.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::ops::ControlFlow;

use deboil::Ruleset;
use deboil::batch::{Record, Report, Status, Told};

use crate::args::OutputArgs;
use crate::delivery::Delivered;
use crate::interrupt::Interrupt;
use crate::paint::{Paint, count};
use crate::progress::Progress;
use crate::report::{Beside, JsonReport};
use crate::status::Stop;

/// Where things are told.
pub(crate) struct Teller<'a> {
    rules: &'a Ruleset,
    stdout: BufWriter<StdoutLock<'static>>,
    report: Option<JsonReport>,
    progress: Progress,
    interrupt: Interrupt,
    is_check: bool,
    is_verbose: bool,
    stop: Option<Stop>,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(
        args: &OutputArgs,
        rules: &'a Ruleset,
        progress: Progress,
        interrupt: Interrupt,
    ) -> Result<Self, Stop> {
        Ok(Self {
            rules,
            stdout: BufWriter::new(io::stdout().lock()),
            report: args.report.as_deref().map(JsonReport::new).transpose()?,
            progress,
            interrupt,
            is_check: args.check,
            is_verbose: args.verbose,
            stop: None,
        })
    }

    /// Tells of one input; breaks when there is nobody to tell any more.
    pub(crate) fn tell(&mut self, told: &Told<'_, Delivered>) -> ControlFlow<()> {
        if self.stop.is_none() {
            self.stop = self.try_tell(told).err();
        }
        if self.stop.is_some() || self.interrupt.is_asked() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// Prints records. If nobody reads them any more, who is told next hears of it.
    pub(crate) fn print(&mut self, bytes: &[u8]) {
        if self.stop.is_none() {
            self.stop = self.stdout.write_all(bytes).err().map(Stop::from);
        }
    }

    /// One more input is done.
    pub(crate) fn step(&self) {
        self.progress.step();
    }

    fn try_tell(&mut self, told: &Told<'_, Delivered>) -> Result<(), Stop> {
        if let Some(report) = &mut self.report {
            match told {
                Ok((record, _)) => report.add(self.rules, record)?,
                Err(failure) => report.add_failure(failure)?,
            }
        }
        let Ok((record, delivered)) = told else { return Ok(()) };
        if self.is_verbose {
            // Without a standard error there is nobody to tell.
            let _ = write_line(&mut io::stderr().lock(), Paint::stderr(), record);
        }
        if self.is_check && record.status == Status::Cleaned {
            write_finding(&mut self.stdout, record)?;
        }
        self.stdout.write_all(&delivered.printed)?;
        Ok(())
    }

    /// Ends all that was begun.
    pub(crate) fn finish(mut self, report: &Report, beside: Beside<'_>) -> Result<(), Stop> {
        if let Some(stop) = self.stop.take() {
            return Err(stop);
        }
        self.stdout.flush()?;
        self.report.take().map_or(Ok(()), |json| json.finish(self.rules, report, beside))
    }
}

/// One document, in one line.
fn write_line(out: &mut impl Write, paint: Paint, record: &Record) -> io::Result<()> {
    let place = record.name.place();
    let path = paint.name(place.display());
    match &record.status {
        Status::Unchanged => writeln!(out, "{path}: {}", paint.faint("unchanged")),
        Status::Cleaned => writeln!(out, "{path}: {}", what_goes(record)),
        Status::Left(reason) => writeln!(out, "{path}: {} {reason}", paint.note("left alone:")),
    }
}

fn write_finding(out: &mut impl Write, record: &Record) -> io::Result<()> {
    out.write_all(b"would clean ")?;
    out.write_all(record.name.place().as_os_str().as_encoded_bytes())?;
    writeln!(out, ": {}", what_goes(record))
}

fn what_goes(record: &Record) -> String {
    let bytes = count(record.bytes_in - record.bytes_out, "byte");
    format!("{}, {bytes}", count(record.removals.len() as u64, "removal"))
}
