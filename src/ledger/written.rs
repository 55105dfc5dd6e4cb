//! Reads what there is of a ledger that may be cut off, so that another one can go on with it.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::read::{LONGEST_HEADER, LONGEST_LINE, cannot_read, start};
use super::{Entry, Extent, Fields, Header, Line, LineJson, Piece, RecordFile, SCHEMA};
use crate::batch::Failure;
use crate::batch::stream::RecordStream;
use crate::error::{Error, Place};
use crate::text::compression::Compression;
use crate::text::format::{FieldNames, Format};
use crate::text::input;

/// The lines of a ledger as far as they are whole: its last one may be torn, and its end may be missing.
pub struct Written {
    path: PathBuf,
    stream: Box<dyn BufRead + Send>,
    /// The number of the line that comes next, from 1.
    line: usize,
    header: Header,
}

impl Written {
    /// Opens a ledger, compressed or not. `None` if the file does not start as one of this form does.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let opened = match start(path) {
            Err(error) if is_cut_off(&error) => return Ok(None),
            opened => opened,
        };
        let (_, mut stream) = opened.map_err(|error| cannot_read(path, &error))?;
        let first = whole_line(&mut stream, LONGEST_HEADER).map_err(|error| cannot_read(path, &error))?;
        Ok(match first.and_then(|line| serde_json::from_slice(&line).ok()) {
            Some(Line::Header(header)) if header.schema == SCHEMA => {
                Some(Self { path: path.to_owned(), stream, line: 2, header })
            }
            _ => None,
        })
    }

    /// What holds for all of it.
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn step(&mut self) -> Result<Option<(LineJson, Line<'static>)>, Error> {
        let read = whole_line(&mut self.stream, LONGEST_LINE).map_err(|error| cannot_read(&self.path, &error))?;
        let Some(bytes) = read else { return Ok(None) };
        let line = serde_json::from_slice(&bytes).map_err(|error| {
            let place = Place { file: self.path.display().to_string(), line: self.line, column: error.column().max(1) };
            Error::at(place, "it is corrupt", "put another copy of the ledger in its place")
        })?;
        self.line += 1;
        let is_document = matches!(line, Line::Document(_));
        Ok(if matches!(line, Line::End(_)) { None } else { Some((LineJson { bytes, is_document }, line)) })
    }
}

impl Iterator for Written {
    type Item = Result<(LineJson, Line<'static>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// The next line, with its line feed; none where a stream ends or is cut off before.
fn whole_line(stream: &mut dyn BufRead, longest: u64) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    match stream.take(longest).read_until(b'\n', &mut line) {
        Err(error) if !is_cut_off(&error) => Err(error),
        _ => Ok(Some(line).filter(|line| line.last() == Some(&b'\n'))),
    }
}

fn is_cut_off(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}

/// How what a ledger has of a file begins.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    /// That it holds records.
    pub file: Option<RecordFile<'static>>,
    /// The end of the table that it is.
    pub end: Option<Piece<'static>>,
    /// Its first document of which something went.
    pub first: Option<Entry<'static>>,
}

impl Beginning {
    /// Whether a file is what it was before it was cleaned, as far as its beginning tells. One that cannot be read is not.
    pub fn is_original(&self, path: &Path, fields: &Fields) -> bool {
        let is_same = input::open_file(path).and_then(|file| match (&self.file, &self.end) {
            (None, _) => self.is_original_text(file),
            (Some(_), Some(end)) => is_end(file, end),
            (Some(records), None) => self.is_original_file(file, fields, records),
        });
        is_same.unwrap_or(false)
    }

    fn is_original_text(&self, mut file: File) -> io::Result<bool> {
        let Some(entry) = &self.first else { return Ok(false) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        if let Some(compression) = Compression::of_magic(&bytes) {
            let mut text = Vec::new();
            compression.decoder(&*bytes)?.take(entry.original.bytes.saturating_add(1)).read_to_end(&mut text)?;
            bytes = text;
        }
        Ok(Extent::of([&*bytes]) == entry.original)
    }

    fn is_original_file(&self, file: File, fields: &Fields, records: &RecordFile<'_>) -> io::Result<bool> {
        let format: Format = records.format.parse().map_err(io::Error::other)?;
        let names = FieldNames { text: fields.text.clone(), added: fields.added.clone(), ..FieldNames::default() };
        let broken = |cause| io::Error::other(Failure::new("-", cause));
        let mut stream = RecordStream::open(file, format, &names).map_err(broken)?;
        if records.head.as_ref().is_some_and(|head| head.original != Extent::of([stream.head()])) {
            return Ok(false);
        }
        let Some(first) = &self.first else { return Ok(true) };
        let format = Arc::clone(stream.format());
        let mut line = 1 + format.lines(stream.head());
        while let Some(record) = stream.next() {
            let record = record.map_err(broken)?;
            if first.line == Some(line) {
                return Ok(Extent::of([record]) == first.original);
            }
            line += format.lines(record);
        }
        Ok(false)
    }
}

/// Whether a file ends as the table did before it was cleaned. The end says where each column is, so it is another one then.
fn is_end(mut file: File, end: &Piece<'_>) -> io::Result<bool> {
    let length = file.metadata()?.len();
    if end.at.checked_add(end.bytes.0.len() as u64) != Some(length) {
        return Ok(false);
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(end.at))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes == *end.bytes.0)
}
