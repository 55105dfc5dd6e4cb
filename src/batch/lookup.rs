//! Finds one document of an input, to look at.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use super::budget::Budget;
use super::chunks::{CHUNK, line_feeds};
use super::records::RecordOptions;
use super::units::{Records, Source};
use super::{Cause, Name};
use crate::text::format::{Fields, Format, RecordFormat};

/// What an input holds.
#[derive(Debug)]
pub enum Found {
    /// A text.
    Text(Vec<u8>),
    /// Records, and the one that was asked for.
    Record(Format, Option<FoundRecord>),
}

/// A record.
#[derive(Debug)]
pub struct FoundRecord {
    /// Where it is.
    pub name: Name,
    /// Its text.
    pub text: Vec<u8>,
    /// The address it was scraped from.
    pub url: Option<String>,
    /// Its language.
    pub lang: Option<String>,
}

/// Reads an input: a text as a whole, or of records the one that a line, from 1, belongs to.
pub fn find(
    path: &Path,
    stream: Box<dyn Read + Send>,
    options: &RecordOptions,
    line: Option<u64>,
) -> Result<Found, Cause> {
    let source = Source::of(stream).map_err(Cause::Read)?;
    let format = options.format.or_else(|| Format::of_path(path)).unwrap_or_else(|| source.content(Some(path)));
    let Some(line) = line.filter(|_| format != Format::Text) else {
        return match format {
            Format::Text => source.read_all().map(Found::Text).map_err(Cause::Read),
            _ => Ok(Found::Record(format, None)),
        };
    };
    let mut records = Records::open(source, format, &options.names())?;
    let budget = Budget::new(CHUNK);
    while let Some(chunk) = records.chunks.next(&budget) {
        let chunk = chunk?;
        if line < chunk.line {
            break;
        }
        if let Some((record, start)) = record_at(&*records.format, &chunk.bytes, chunk.line, line) {
            let fields = records.format.read(record).map_err(Cause::Record)?;
            return Ok(Found::Record(format, fields.map(|fields| FoundRecord::of(path, start, fields))));
        }
    }
    Ok(Found::Record(format, None))
}

/// The record that a line belongs to, and the line that it starts in.
fn record_at<'c>(format: &dyn RecordFormat, mut rest: &'c [u8], first: u64, line: u64) -> Option<(&'c [u8], u64)> {
    let mut start = first;
    while !rest.is_empty() {
        let (record, behind) = rest.split_at(format.first(rest).unwrap_or(rest.len()));
        let next = start + line_feeds(record);
        if line < next || behind.is_empty() && line == next {
            return Some((record, start));
        }
        (rest, start) = (behind, next);
    }
    None
}

impl FoundRecord {
    fn of(path: &Path, line: u64, fields: Fields<'_>) -> Self {
        let id = fields.id.map(Cow::into_owned);
        Self {
            name: Name { path: path.to_owned(), line: Some(line), id },
            text: fields.text.into_owned(),
            url: fields.url.map(Cow::into_owned),
            lang: fields.lang.map(Cow::into_owned),
        }
    }
}
