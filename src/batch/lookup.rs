//! Finds one document of an input, to look at.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};
use std::path::Path;
#[cfg(feature = "parquet")]
use std::sync::Arc;

use super::budget::Budget;
use super::chunks::CHUNK;
use super::records::RecordOptions;
#[cfg(feature = "parquet")]
use super::units::open_table;
use super::units::{Records, Source};
use super::{Cause, Input, Name};
use crate::text::format::{Fields, Format, RecordFormat};
use crate::text::input;

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

/// Reads an input: a text as a whole, or of records the one that a line, or a row of a table, belongs to, from 1.
pub fn find(input: Input, options: &RecordOptions, line: Option<u64>) -> Result<Found, Cause> {
    let path = input.name().to_owned();
    #[cfg(feature = "parquet")]
    let is_file = matches!(input, Input::File(_));
    let source = Source::of(stream(input).map_err(Cause::Read)?).map_err(Cause::Read)?;
    let format = options.format.or_else(|| Format::of_path(&path)).unwrap_or_else(|| source.content(Some(&path)));
    let record = match (format, line) {
        (Format::Text, _) => return source.read_all().map(Found::Text).map_err(Cause::Read),
        (_, None) => None,
        #[cfg(feature = "parquet")]
        (Format::Parquet, Some(row)) if is_file => in_table(&path, options, row)?,
        (_, Some(line)) => in_stream(&path, source, format, options, line)?,
    };
    Ok(Found::Record(format, record))
}

fn stream(input: Input) -> io::Result<Box<dyn Read + Send>> {
    Ok(match input {
        Input::File(path) => Box::new(input::open_stream(&path)?),
        Input::Text { bytes, .. } => Box::new(Cursor::new(bytes)),
        Input::Stream { stream, .. } => stream.0,
    })
}

fn in_stream(
    path: &Path,
    source: Source,
    format: Format,
    options: &RecordOptions,
    line: u64,
) -> Result<Option<FoundRecord>, Cause> {
    let mut records = Records::open(source, format, &options.names())?;
    let budget = Budget::new(CHUNK);
    while let Some(chunk) = records.chunks.next(&budget) {
        let chunk = chunk?;
        if line < chunk.line {
            break;
        }
        if let Some((record, start)) = record_at(&*records.format, &chunk.bytes, chunk.line, line) {
            let fields = records.format.read(record).map_err(Cause::Record)?;
            return Ok(fields.map(|fields| FoundRecord::of(path, start, fields)));
        }
    }
    Ok(None)
}

#[cfg(feature = "parquet")]
fn in_table(path: &Path, options: &RecordOptions, row: u64) -> Result<Option<FoundRecord>, Cause> {
    let table = Arc::new(open_table(path, &options.names())?);
    let Some(rows) = table.row(row).transpose()? else { return Ok(None) };
    let fields = rows.fields(0).map_err(Cause::Record)?;
    Ok(Some(FoundRecord::of(path, row, fields)))
}

/// The record that a line belongs to, and the line that it starts in.
fn record_at<'c>(format: &dyn RecordFormat, mut rest: &'c [u8], first: u64, line: u64) -> Option<(&'c [u8], u64)> {
    let mut start = first;
    while !rest.is_empty() {
        let (record, behind) = rest.split_at(format.first(rest).unwrap_or(rest.len()));
        let next = start + format.lines(record);
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
