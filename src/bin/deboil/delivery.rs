//! Brings cleaned documents to their destination, on many threads.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use deboil::Ruleset;
use deboil::batch::{Cause, Done, Status};
use deboil::ledger::{Entry, Line, LineJson};
use deboil::text::output::{Ready, Replacing, Writer};

use crate::contents::Contents;
use crate::diff;
use crate::journal::{DoneLine, Tally};
use crate::paint::Paint;
use crate::plan::Destination;

/// How documents get where they go. Records go there with their file.
pub(crate) struct Delivery<'a> {
    pub(crate) rules: &'a Ruleset,
    pub(crate) destination: &'a Destination,
    pub(crate) has_ledger: bool,
    pub(crate) has_journal: bool,
    pub(crate) writer: Writer,
    pub(crate) paint: Paint,
}

/// What is left to do for a document, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    /// What is to be printed.
    pub(crate) printed: Vec<u8>,
    /// Its line of the ledger.
    pub(crate) line: Option<LineJson>,
    /// Its file, if that must not take its place before the line is written, or before all that was read is known to be right.
    pub(crate) ready: Option<Ready>,
    /// Its line of the journal.
    pub(crate) done: Option<DoneLine>,
}

impl Delivery<'_> {
    /// Brings a document to its destination. `below` is its path below its input.
    pub(crate) fn deliver(&self, done: &Done<'_>, below: &Path) -> Result<Delivered, Cause> {
        let line = self.has_ledger.then(|| self.line(done, below)).flatten();
        let name = &done.record.name;
        let is_changed = done.record.status == Status::Cleaned;
        let mut delivered = Delivered { line, ..Delivered::default() };
        match self.destination {
            Destination::Diff if is_changed => {
                let removals = &done.record.removals;
                delivered.printed = diff::unified(&name.place(), done.document.text, removals, self.paint);
            }
            _ if name.line.is_some() => {}
            Destination::Stdout => delivered.printed = done.text().into_owned(),
            Destination::Mirror { directory, link } => {
                let target = directory.join(below);
                let mirrored = self.mirror(done, &target, *link && !is_changed, &mut delivered);
                mirrored.map_err(|error| Cause::Write(target, error))?;
            }
            Destination::InPlace { backup, times } => {
                let backup = backup.as_deref().map(|suffix| (suffix, done.file));
                let replaced =
                    self.replace(done, &Replacing { backup, seen: done.seen, times: *times }, &mut delivered);
                replaced.map_err(|error| Cause::Write(name.path.clone(), error))?;
            }
            Destination::Check | Destination::Diff => {}
        }
        Ok(delivered)
    }

    fn line(&self, done: &Done<'_>, below: &Path) -> Option<LineJson> {
        let output = self.destination.output(&done.record.name.path, below);
        Entry::of(self.rules, done, output).map(|entry| Line::Document(entry).to_json())
    }

    /// Brings a document to its place below the output directory. What should be linked and cannot be is copied.
    fn mirror(&self, done: &Done<'_>, target: &Path, link: bool, delivered: &mut Delivered) -> io::Result<()> {
        let file = done.new_file()?;
        delivered.done = self.done(done, &file);
        if link && self.writer.link(&done.record.name.path, target).is_ok() {
            return Ok(());
        }
        let parts = file.iter().map(|part| &**part);
        if done.is_mapped || self.has_ledger && done.record.status == Status::Cleaned {
            delivered.ready = Some(self.writer.prepare(target, parts)?);
            return Ok(());
        }
        self.writer.write(target, parts)
    }

    fn replace(&self, done: &Done<'_>, how: &Replacing<'_>, delivered: &mut Delivered) -> io::Result<()> {
        let path = &done.record.name.path;
        let file = done.new_file()?;
        delivered.done = self.done(done, &file);
        let parts = file.iter().map(|part| &**part);
        if done.record.status != Status::Cleaned {
            return Ok(());
        }
        if done.is_mapped || self.has_ledger {
            delivered.ready = Some(self.writer.prepare_replacement(path, parts, how)?);
            return Ok(());
        }
        self.writer.replace(path, parts, how)
    }

    /// What the journal says of a document that becomes a file.
    fn done(&self, done: &Done<'_>, file: &[Cow<'_, [u8]>]) -> Option<DoneLine> {
        if !self.has_journal {
            return None;
        }
        let record = &done.record;
        let is_mirror = matches!(self.destination, Destination::Mirror { .. });
        let read = is_mirror.then(|| Contents::of(done.file));
        let wrote = match read {
            Some(read) if record.status != Status::Cleaned => read,
            _ => Contents::of_parts(file.iter().map(|part| &**part)),
        };
        Some(DoneLine::new(&record.name.path, read, wrote, Tally::of(record)))
    }
}
