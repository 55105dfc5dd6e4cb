//! Gathers the documents of a page: all of them, or if they are too many, some from all over the inputs.

use std::collections::BinaryHeap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use deboil::batch::{Cause, Collect, RecordsOf, Told};

use super::document::PackedRow;
use crate::interrupt::Interrupt;
use crate::progress::Progress;

/// Documents, at most so many. Which of more are kept depends on their names alone, as a hash of the name decides.
pub(super) struct Gathered {
    limit: usize,
    /// The hash of the name, the place among all documents, the document; the largest hash on top.
    kept: BinaryHeap<(u64, u64, PackedRow)>,
    documents: u64,
    is_in_records: bool,
    progress: Progress,
    interrupt: Interrupt,
}

impl Gathered {
    pub(super) fn new(limit: usize, progress: Progress, interrupt: Interrupt) -> Self {
        Self { limit, kept: BinaryHeap::new(), documents: 0, is_in_records: false, progress, interrupt }
    }

    fn add(&mut self, name: &impl Hash, row: PackedRow) {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        self.kept.push((hasher.finish(), self.documents, row));
        self.documents += 1;
        if self.kept.len() > self.limit {
            self.kept.pop();
        }
    }

    /// The documents in the order of the inputs.
    pub(super) fn into_rows(self) -> Vec<PackedRow> {
        let mut kept = self.kept.into_vec();
        kept.sort_unstable_by_key(|&(_, place, _)| place);
        kept.into_iter().map(|(_, _, row)| row).collect()
    }
}

impl Collect<(), PackedRow> for Gathered {
    fn tell(&mut self, told: Told<'_, PackedRow>) -> ControlFlow<()> {
        if !self.is_in_records {
            self.progress.step();
        }
        if let Ok((record, row)) = told {
            self.add(&(&record.name.path, record.name.line), row);
        }
        if self.interrupt.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn begin(&mut self, _: &RecordsOf<'_, ()>) -> Result<(), Cause> {
        self.is_in_records = true;
        Ok(())
    }

    fn wants_bytes(&self) -> bool {
        false
    }

    fn end(&mut self, _: bool) -> Result<(), Cause> {
        self.is_in_records = false;
        self.progress.step();
        Ok(())
    }

    fn abandon(&mut self) {
        self.is_in_records = false;
        self.progress.step();
    }
}
