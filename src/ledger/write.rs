//! Writes a ledger.

use std::io::{self, Write};

use super::{End, Header, Line};

/// A ledger in the making.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    documents: u64,
}

/// A line as it is written, with its line feed.
#[derive(Clone, Debug)]
pub struct LineJson {
    pub(super) bytes: Vec<u8>,
    pub(super) is_document: bool,
}

impl Line<'_> {
    /// The line as it is written: threads make lines, and one writes them.
    pub fn to_json(&self) -> LineJson {
        let mut bytes = serde_json::to_vec(self).expect("all keys are strings");
        bytes.push(b'\n');
        LineJson { bytes, is_document: matches!(self, Self::Document(_)) }
    }
}

impl<W: Write> Writer<W> {
    /// Starts a ledger.
    pub fn new(out: W, header: Header) -> io::Result<Self> {
        let mut writer = Self { out, documents: 0 };
        writer.add(&Line::Header(header).to_json())?;
        Ok(writer)
    }

    /// Adds a line.
    pub fn add(&mut self, line: &LineJson) -> io::Result<()> {
        self.documents += u64::from(line.is_document);
        self.out.write_all(&line.bytes)
    }

    /// Hands on all that was written so far.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes the end, without which a ledger counts as cut off, and gives the writer back.
    pub fn finish(mut self) -> io::Result<W> {
        let documents = self.documents;
        self.add(&Line::End(End { documents }).to_json())?;
        Ok(self.out)
    }
}
