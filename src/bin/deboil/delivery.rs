//! Brings cleaned documents to their destination, on many threads.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use deboil::Ruleset;
use deboil::batch::{Cause, Done, Status};
use deboil::ledger::{Entry, Line, LineJson};
use deboil::text::output::{Ready, Writer};

use crate::diff;
use crate::paint::Paint;
use crate::plan::Destination;

/// How documents get where they go. Records go there with their file.
pub(crate) struct Delivery<'a> {
    pub(crate) rules: &'a Ruleset,
    pub(crate) destination: &'a Destination,
    pub(crate) has_ledger: bool,
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
    /// Its file, if that must not take its place before the line is written.
    pub(crate) ready: Option<Ready>,
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
                let mirrored = self.mirror(done, &target, *link && !is_changed);
                delivered.ready = mirrored.map_err(|error| Cause::Write(target, error))?;
            }
            Destination::InPlace { backup } if is_changed => {
                let replaced = self.replace(done, backup.as_deref());
                delivered.ready = replaced.map_err(|error| Cause::Write(name.path.clone(), error))?;
            }
            Destination::InPlace { .. } | Destination::Check | Destination::Diff => {}
        }
        Ok(delivered)
    }

    fn line(&self, done: &Done<'_>, below: &Path) -> Option<LineJson> {
        let output = self.destination.output(&done.record.name.path, below);
        Entry::of(self.rules, done, output).map(|entry| Line::Document(entry).to_json())
    }

    /// Brings a document to its place below the output directory. What should be linked and cannot be is copied.
    fn mirror(&self, done: &Done<'_>, target: &Path, link: bool) -> io::Result<Option<Ready>> {
        if link && self.writer.link(&done.record.name.path, target).is_ok() {
            return Ok(None);
        }
        let file = done.new_file()?;
        let parts = file.iter().map(|part| &**part);
        if self.has_ledger && done.record.status == Status::Cleaned {
            return self.writer.prepare(target, parts).map(Some);
        }
        self.writer.write(target, parts).map(|()| None)
    }

    fn replace(&self, done: &Done<'_>, backup: Option<&OsStr>) -> io::Result<Option<Ready>> {
        let (path, backup) = (&done.record.name.path, backup.map(|suffix| (suffix, done.file)));
        let file = done.new_file()?;
        let parts = file.iter().map(|part| &**part);
        if self.has_ledger {
            return self.writer.prepare_replacement(path, parts, backup).map(Some);
        }
        self.writer.replace(path, parts, backup).map(|()| None)
    }
}
