//! The account at the end of a run, for people.

use std::io::{self, Write};

use deboil::Ruleset;
use deboil::batch::Report;

use crate::compare::Jump;
use crate::journal::{Ended, Tally};
use crate::paint::{Paint, count, number};
use crate::resume::Before;

/// How many of the busiest rules are named.
const BUSIEST: usize = 5;

/// What was done, to be written.
pub(crate) struct Account<'a> {
    pub(crate) rules: &'a Ruleset,
    pub(crate) report: &'a Report,
    pub(crate) paint: Paint,
}

impl Account<'_> {
    /// Writes all of it.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if self.report.documents > 0 {
            self.write_totals(out)?;
            self.write_categories(out)?;
            self.write_rules(out)?;
            self.write_sources(out)?;
            self.write_left(out)?;
        } else if self.report.failures.is_empty() {
            let note = "hidden and ignored files are left out without --hidden and --no-ignore";
            writeln!(out, "{} there is nothing to clean; {note}", self.paint.note("no documents:"))?;
        }
        self.write_failures(out)
    }

    /// Whether there was anything to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.report.documents == 0 && self.report.failures.is_empty()
    }

    /// Writes what need not be done any more; none of the other figures counts it.
    pub(crate) fn write_before(&self, out: &mut impl Write, before: &Before) -> io::Result<()> {
        let Tally { documents, changed, left_alone, .. } = before.tally;
        let left = if left_alone == 0 { String::new() } else { format!(", {} left alone", number(left_alone)) };
        let texts = format!("{}, {} changed{left}", count(documents, "document"), number(changed));
        match before.nothing {
            Some(nothing) => self.heading(out, "done before", &format!("0; {nothing}")),
            None => self.heading(out, "done before", &format!("{} with {texts}", count(before.files(), "file"))),
        }
    }

    /// Writes of which sources much more or much less goes than in an earlier run.
    pub(crate) fn write_jumps(&self, out: &mut impl Write, jumps: &[Jump<'_>]) -> io::Result<()> {
        if jumps.is_empty() {
            return Ok(());
        }
        self.heading(out, "jumps", &self.paint.bad("the share of bytes that go is not what it was").to_string())?;
        jumps.iter().try_for_each(|&Jump { source, before, now, documents }| {
            let (before, now) = (100.0 * before, 100.0 * now);
            let name = source.unwrap_or("all texts");
            writeln!(out, "  {name}: {now:.1} % of {}, {before:.1} % before", count(documents, "document"))
        })
    }

    /// Writes what became of the journal, if anybody should hear of it.
    pub(crate) fn write_journal(&self, out: &mut impl Write, journal: &Ended) -> io::Result<()> {
        match journal {
            Ended::Well => Ok(()),
            Ended::Wanted(path) => {
                let what = format!("{} says what is done; --resume does the rest", path.display());
                self.heading(out, "journal", &what)
            }
            Ended::Broken(path, error) => {
                let what = format!("cannot write `{}`: {error}; --resume will do more than the rest", path.display());
                self.heading(out, "journal", &self.paint.note(what).to_string())
            }
        }
    }

    /// Writes what went wrong, each with its cause.
    pub(crate) fn write_failures(&self, out: &mut impl Write) -> io::Result<()> {
        let failures = &self.report.failures;
        if failures.is_empty() {
            return Ok(());
        }
        self.heading(out, "failures", &self.paint.bad(number(self.report.failed())).to_string())?;
        failures.iter().try_for_each(|failure| writeln!(out, "  {failure}"))?;
        match self.report.unnamed_failures {
            0 => Ok(()),
            more => writeln!(out, "  and {} (--report names all)", count(more, "more record")),
        }
    }

    fn heading(&self, out: &mut impl Write, title: &str, text: &str) -> io::Result<()> {
        writeln!(out, "{:<12}{text}", self.paint.name(title))
    }

    fn write_totals(&self, out: &mut impl Write) -> io::Result<()> {
        let report = self.report;
        let documents = format!("{}, {} changed", number(report.documents), number(report.changed));
        self.heading(out, "documents", &documents)?;
        let removed = report.bytes_in - report.bytes_out;
        let share = 100.0 * removed as f64 / report.bytes_in.max(1) as f64;
        let bytes = format!("{} in, {} out, {share:.1} % removed", number(report.bytes_in), number(report.bytes_out));
        self.heading(out, "bytes", &bytes)
    }

    fn write_categories(&self, out: &mut impl Write) -> io::Result<()> {
        self.heading(out, "removals", &number(self.report.removals))?;
        let mut categories: Vec<_> = self.report.by_category.iter().collect();
        categories.sort_by_key(|&(&category, tally)| (u64::MAX - tally.removals, category));
        let rows = categories
            .into_iter()
            .map(|(category, tally)| (category.name(), number(tally.removals), count(tally.bytes, "byte")));
        write_rows(out, &rows.collect::<Vec<_>>())
    }

    fn write_rules(&self, out: &mut impl Write) -> io::Result<()> {
        let busiest = self.report.busiest_rules();
        if busiest.is_empty() {
            return Ok(());
        }
        let fired = match busiest.len() {
            few @ ..=BUSIEST => number(few as u64),
            many => format!("{}, the busiest:", number(many as u64)),
        };
        self.heading(out, "rules", &fired)?;
        let rows = busiest.iter().take(BUSIEST).map(|&(rule, tally)| {
            (self.rules.rule(rule).id.as_str(), number(tally.removals), count(tally.bytes, "byte"))
        });
        write_rows(out, &rows.collect::<Vec<_>>())
    }

    fn write_sources(&self, out: &mut impl Write) -> io::Result<()> {
        let sources = self.report.sources();
        if sources.is_empty() {
            return Ok(());
        }
        let named = sources
            .iter()
            .map(|&(source, tally)| format!("{} {}", self.rules.source(source).id, number(tally.documents)));
        self.heading(out, "sources", &named.collect::<Vec<_>>().join(", "))
    }

    fn write_left(&self, out: &mut impl Write) -> io::Result<()> {
        if self.report.left.is_empty() {
            return Ok(());
        }
        self.heading(out, "left alone", &self.paint.note(number(self.report.left_alone())).to_string())?;
        for (name, tally) in &self.report.left {
            for (path, reason) in &tally.first {
                writeln!(out, "  {}: {reason}", path.display())?;
            }
            match tally.count - tally.first.len() as u64 {
                0 => {}
                more => writeln!(out, "  and {} more ({name})", number(more))?,
            }
        }
        Ok(())
    }
}

/// Writes names, numbers and lengths below each other.
fn write_rows(out: &mut impl Write, rows: &[(&str, String, String)]) -> io::Result<()> {
    let width = |of: fn(&(&str, String, String)) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let (names, numbers, bytes) = (width(|row| row.0.len()), width(|row| row.1.len()), width(|row| row.2.len()));
    rows.iter()
        .try_for_each(|(name, number, length)| writeln!(out, "  {name:<names$}  {number:>numbers$}  {length:>bytes$}"))
}
