//! The records of a file, one after the other, with nothing done to them.

use std::io::Read;
use std::sync::Arc;

use super::Cause;
use super::budget::Budget;
use super::chunks::{CHUNK, Chunk};
use super::units::{Records, Source};
use crate::text::compression::Compression;
use crate::text::format::{FieldNames, Format, RecordFormat};

/// A file of records that is read.
pub(crate) struct RecordStream {
    records: Records,
    budget: Arc<Budget>,
    chunk: Option<Chunk>,
    /// How many bytes of the chunk are behind.
    at: usize,
}

impl RecordStream {
    /// Reads the start of a file, whether or not it is compressed.
    pub(crate) fn open(stream: impl Read + Send + 'static, format: Format, names: &FieldNames) -> Result<Self, Cause> {
        let records = Records::open(Source::of(stream).map_err(Cause::Read)?, format, names)?;
        Ok(Self { records, budget: Budget::new(CHUNK), chunk: None, at: 0 })
    }

    /// The bytes before the first record.
    pub(crate) fn head(&self) -> &[u8] {
        &self.records.head
    }

    /// How its records are read.
    pub(crate) fn format(&self) -> &Arc<dyn RecordFormat> {
        &self.records.format
    }

    /// How the file is compressed.
    pub(crate) fn compression(&self) -> Option<Compression> {
        self.records.compression
    }

    /// How each record is compressed for itself.
    pub(crate) fn record_compression(&self) -> Option<Compression> {
        self.records.record_compression()
    }

    /// The next record, with what ends it.
    pub(crate) fn next(&mut self) -> Option<Result<&[u8], Cause>> {
        while self.chunk.as_ref().is_none_or(|chunk| self.at == chunk.bytes.len()) {
            // Before another one is asked for: it waits until this one is done.
            self.chunk = None;
            match self.records.chunks.next(&self.budget)? {
                Ok(chunk) => (self.chunk, self.at) = (Some(chunk), 0),
                Err(cut) => return Some(Err(cut.into())),
            }
        }
        let chunk = self.chunk.as_ref()?;
        let rest = &chunk.bytes[self.at..];
        let len = chunk.format.first(rest).unwrap_or(rest.len());
        self.at += len;
        Some(Ok(&rest[..len]))
    }
}
