//! Reads a ledger: once from front to back to see that it is whole, and where each document is; then what is asked for.
//!
//! Of what went, only the bytes of one document are in memory at a time.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Deserialize;

#[cfg(feature = "parquet")]
use super::Piece;
use super::{Bytes, Entry, Header, Line, RecordFile, SCHEMA};
use crate::error::{Error, Place};
use crate::text::compression::{Compression, MAGIC};
use crate::text::input;

/// A ledger that is read.
pub struct Ledger {
    lines: Lines,
    header: Header,
    /// Where each file is, by the hash of its path.
    places: HashMap<u64, Mark>,
    hasher: RandomState,
    rules: BTreeMap<String, String>,
    /// A line that was read too early.
    early: Option<(Mark, Line<'static>)>,
    found: usize,
}

/// What a ledger has for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// What went of a text.
    Text(Entry<'static>),
    /// That it holds records; [`super::RestoredRecords`] reads what went of them.
    Records(RecordFile<'static>),
}

/// Where a line starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    /// In bytes that are not compressed.
    offset: u64,
    /// From 1.
    line: u64,
}

impl Ledger {
    /// Opens a ledger, compressed or not. One that is cut off, corrupt, or of a newer format is an error with its line.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut lines = Lines::open(path)?;
        let header = lines.header()?;
        let (places, hasher, rules) = (HashMap::new(), RandomState::new(), BTreeMap::new());
        let mut ledger = Self { lines, header, places, hasher, rules, early: None, found: 0 };
        ledger.index()?;
        Ok(ledger)
    }

    /// What holds for all of it.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// All rules that deleted something, each with its category.
    pub fn rules(&self) -> &BTreeMap<String, String> {
        &self.rules
    }

    /// How many files it has that nobody asked for.
    pub fn not_found(&self) -> usize {
        self.places.len().saturating_sub(self.found)
    }

    /// What it has for a file that lies in an input, by its path and by the path that it has below the input.
    ///
    /// The path below the input is that of the output. Where only a part of the output is the input, or where documents
    /// were cleaned in place, a longer part of the file's path is.
    pub fn find(&mut self, path: &Path, below: &Path) -> Result<Option<Found>, Error> {
        for name in candidates(&Bytes::names(path).0, &Bytes::names(below).0, self.header.in_place) {
            if let Some(&mark) = self.places.get(&self.hasher.hash_one(name))
                && let Some(found) = self.at(mark, name)?
            {
                self.found += 1;
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The next record of a file that was found last.
    pub(super) fn next_of(&mut self, file: &RecordFile<'_>) -> Result<Option<Entry<'static>>, Error> {
        match self.next()? {
            Some((_, Line::Piece(_))) => self.next_of(file),
            Some((_, Line::Document(entry))) if entry.line.is_some() && entry.output == file.output => Ok(Some(entry)),
            other => {
                self.early = other;
                Ok(None)
            }
        }
    }

    /// The end of a table that was found last.
    #[cfg(feature = "parquet")]
    pub(super) fn end_of_table(&mut self) -> Result<Option<Piece<'static>>, Error> {
        match self.next()? {
            Some((_, Line::Piece(piece))) => Ok(Some(piece)),
            other => {
                self.early = other;
                Ok(None)
            }
        }
    }

    /// The columns of a table whose end was read last, if any were replaced. They are read beside the rows.
    #[cfg(feature = "parquet")]
    pub(super) fn kept_columns(&mut self) -> Result<Option<Pieces>, Error> {
        self.early = self.next()?;
        match self.early {
            Some((mark, Line::Piece(_))) => {
                let mut lines = Lines::open(&self.lines.path)?;
                lines.go_to(mark)?;
                Ok(Some(Pieces(lines)))
            }
            _ => Ok(None),
        }
    }

    fn at(&mut self, mark: Mark, output: &[u8]) -> Result<Option<Found>, Error> {
        if self.early.as_ref().is_none_or(|(early, _)| *early != mark) {
            self.early = None;
            self.lines.go_to(mark)?;
        }
        Ok(match self.next()? {
            Some((_, Line::Document(entry))) if *entry.output.0 == *output => Some(Found::Text(entry)),
            Some((_, Line::File(file))) if *file.output.0 == *output => Some(Found::Records(file)),
            _ => None,
        })
    }

    fn next(&mut self) -> Result<Option<(Mark, Line<'static>)>, Error> {
        match self.early.take() {
            Some(early) => Ok(Some(early)),
            None => self.lines.next(),
        }
    }

    /// Reads all lines after the header.
    fn index(&mut self) -> Result<(), Error> {
        let (mut documents, mut file, mut has_rows) = (0, None, true);
        loop {
            let Some((mark, line)) = self.lines.next()? else { return Err(self.lines.cut_off(documents)) };
            match line {
                Line::Header(_) => return Err(self.lines.corrupt(mark, "it has a second header")),
                Line::File(records) => {
                    self.add(mark, &records.output)?;
                    file = Some(records.output);
                    has_rows = false;
                }
                Line::Piece(_) if has_rows => return Err(self.lines.corrupt(mark, "it is a piece of no table")),
                Line::Piece(_) => {}
                Line::Document(entry) => {
                    documents += 1;
                    has_rows = true;
                    match entry.line {
                        None => self.add(mark, &entry.output)?,
                        Some(_) if file.as_ref() == Some(&entry.output) => {}
                        Some(_) => return Err(self.lines.corrupt(mark, "it is a record of no file")),
                    }
                    self.add_rules(entry);
                }
                Line::End(end) if end.documents == documents => return self.lines.is_over(),
                Line::End(_) => return Err(self.lines.corrupt(mark, "documents are missing before it")),
            }
        }
    }

    fn add(&mut self, mark: Mark, output: &Bytes<'_>) -> Result<(), Error> {
        match self.places.insert(self.hasher.hash_one(&*output.0), mark) {
            None => Ok(()),
            Some(first) => {
                let what = format!("it is for the same file as line {}", first.line);
                Err(self.lines.corrupt(mark, &what))
            }
        }
    }

    fn add_rules(&mut self, entry: Entry<'_>) {
        for (rule, category) in entry.removals.into_iter().flat_map(|removed| removed.rules) {
            if !self.rules.contains_key(&*rule) {
                self.rules.insert(rule.into_owned(), category.into_owned());
            }
        }
    }
}

/// Pieces of a table that follow each other.
#[cfg(feature = "parquet")]
pub(super) struct Pieces(Lines);

#[cfg(feature = "parquet")]
impl Iterator for Pieces {
    type Item = Result<Piece<'static>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.next() {
            Ok(Some((_, Line::Piece(piece)))) => Some(Ok(piece)),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

/// The paths under which a file may be in a ledger, the likeliest first: that below its input, and those that begin
/// further up.
fn candidates<'p>(path: &'p [u8], below: &'p [u8], in_place: bool) -> Vec<&'p [u8]> {
    let starts = memchr::memrchr_iter(b'/', path).map(|at| at + 1).chain([0]);
    let longer = starts.map(|start| &path[start..]).filter(|part| part.len() > below.len() && part.ends_with(below));
    let mut candidates: Vec<_> = [below].into_iter().chain(longer).collect();
    if in_place {
        candidates.reverse();
    }
    candidates
}

/// The lines of a ledger.
struct Lines {
    path: PathBuf,
    compression: Option<Compression>,
    stream: Box<dyn BufRead + Send>,
    /// Where the next line starts.
    mark: Mark,
    /// How many bytes of a line are read.
    longest: u64,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, Error> {
        let mark = Mark { offset: 0, line: 1 };
        let opened = start(path);
        let (compression, stream) = opened.map_err(|error| cannot_read(path, &error))?;
        Ok(Self { path: path.to_owned(), compression, stream, mark, longest: LONGEST_LINE })
    }

    fn header(&mut self) -> Result<Header, Error> {
        let mark = self.mark;
        let mut line = Vec::new();
        self.stream.by_ref().take(LONGEST_HEADER).read_until(b'\n', &mut line).map_err(|error| self.broken(&error))?;
        self.mark = Mark { offset: line.len() as u64, line: 2 };
        let not_a_ledger =
            |what: String| Error::at(self.place(mark, 1), what, "name the file that `clean --ledger` wrote");
        let Start { header: Version { schema, deboil } } = serde_json::from_slice(&line)
            .map_err(|_| not_a_ledger("it is no ledger: it does not start with a header".to_owned()))?;
        if schema != SCHEMA {
            let what = format!("it was written by deboil {deboil}, in a form (schema {schema}) that is not known here");
            return Err(Error::at(self.place(mark, 1), what, "restore with that version"));
        }
        match self.parse(mark, &line)? {
            Line::Header(header) => Ok(header),
            _ => Err(self.corrupt(mark, "it is no header")),
        }
    }

    fn next(&mut self) -> Result<Option<(Mark, Line<'static>)>, Error> {
        let mark = self.mark;
        let mut line = Vec::new();
        let read = self.stream.by_ref().take(self.longest).read_until(b'\n', &mut line);
        let read = read.map_err(|error| self.broken(&error))? as u64;
        if line.last() != Some(&b'\n') {
            return if read < self.longest { Ok(None) } else { Err(self.too_long(mark)) };
        }
        self.mark = Mark { offset: mark.offset + line.len() as u64, line: mark.line + 1 };
        Ok(Some((mark, self.parse(mark, &line)?)))
    }

    fn parse(&self, mark: Mark, line: &[u8]) -> Result<Line<'static>, Error> {
        serde_json::from_slice(line).map_err(|error| {
            let told = error.to_string();
            let what = told.split(" at line ").next().unwrap_or(&told);
            Error::at(self.place(mark, error.column()), format!("it is corrupt: {what}"), ANOTHER_COPY)
        })
    }

    /// Goes to a line, so that it comes next. What is compressed has no places, and is read from its start again for a
    /// line that is behind.
    fn go_to(&mut self, mark: Mark) -> Result<(), Error> {
        if self.mark.offset == mark.offset {
            return Ok(());
        }
        let gone = self.go(mark).map_err(|error| self.broken(&error));
        self.mark = mark;
        gone
    }

    fn go(&mut self, mark: Mark) -> io::Result<()> {
        if self.compression.is_none() {
            let mut file = input::open_file(&self.path)?;
            file.seek(SeekFrom::Start(mark.offset))?;
            self.stream = Box::new(BufReader::new(file));
            return Ok(());
        }
        if mark.offset < self.mark.offset {
            (_, self.stream) = start(&self.path)?;
            self.mark.offset = 0;
        }
        let skipped = mark.offset - self.mark.offset;
        io::copy(&mut self.stream.by_ref().take(skipped), &mut io::sink())?;
        Ok(())
    }

    /// Rejects what follows the end.
    fn is_over(&mut self) -> Result<(), Error> {
        // It goes on where a signal interrupted it.
        match io::copy(&mut self.stream.by_ref().take(1), &mut io::sink()) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.corrupt(self.mark, "it follows the end; two ledgers are not one")),
            Err(error) => Err(self.broken(&error)),
        }
    }

    fn place(&self, mark: Mark, column: usize) -> Place {
        let line = usize::try_from(mark.line).unwrap_or(usize::MAX);
        Place { file: self.path.display().to_string(), line, column: column.max(1) }
    }

    fn corrupt(&self, mark: Mark, what: &str) -> Error {
        Error::at(self.place(mark, 1), format!("it is corrupt: {what}"), ANOTHER_COPY)
    }

    fn too_long(&self, mark: Mark) -> Error {
        let what = format!("it is corrupt: the line has more than {} bytes", self.longest);
        Error::at(self.place(mark, 1), what, ANOTHER_COPY)
    }

    fn cut_off(&self, documents: u64) -> Error {
        let cure = format!(
            "use another copy; or restore what it has: put {{\"end\":{{\"documents\":{documents}}}}} in place of this line \
             and what follows"
        );
        Error::at(self.place(self.mark, 1), "it is cut off: it has no end", cure)
    }

    fn broken(&self, error: &io::Error) -> Error {
        Error::at(self.place(self.mark, 1), format!("cannot be read: {error}"), ANOTHER_COPY)
    }
}

/// How long a line may be. A line has what went of one text; what is longer would only fill the memory.
pub(super) const LONGEST_LINE: u64 = 4 << 30;

/// How long the first line may be.
pub(super) const LONGEST_HEADER: u64 = 1 << 20;

const ANOTHER_COPY: &str = "use another copy of the ledger";

/// What the header of every version has.
#[derive(Deserialize)]
struct Start {
    header: Version,
}

#[derive(Deserialize)]
struct Version {
    schema: u32,
    deboil: String,
}

pub(super) fn start(path: &Path) -> io::Result<(Option<Compression>, Box<dyn BufRead + Send>)> {
    let mut file = input::open_stream(path)?;
    let mut magic = Vec::new();
    file.by_ref().take(MAGIC as u64).read_to_end(&mut magic)?;
    let compression = Compression::of_magic(&magic);
    let stream = Cursor::new(magic).chain(file);
    Ok(match compression {
        Some(compression) => (Some(compression), Box::new(BufReader::new(compression.decoder(stream)?))),
        None => (None, Box::new(BufReader::new(stream))),
    })
}

pub(super) fn cannot_read(path: &Path, error: &io::Error) -> Error {
    Error::new(format!("cannot read the ledger `{}`: {error}", path.display()), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "a".repeat(99) + "\n").unwrap();
        let mut lines = Lines::open(file.path()).unwrap();
        lines.longest = 64;
        let error = lines.next().unwrap_err().to_string();
        assert!(error.contains(":1:1: it is corrupt: the line has more than 64 bytes; use another copy"), "{error}");
    }

    #[test]
    fn a_file_is_looked_up_below_its_input_and_then_further_up() {
        let names = |path: &'static str, below: &'static str, in_place| {
            candidates(path.as_bytes(), below.as_bytes(), in_place)
                .into_iter()
                .map(|name| std::str::from_utf8(name).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(names("out/sub/b.txt", "b.txt", false), ["b.txt", "sub/b.txt", "out/sub/b.txt"]);
        assert_eq!(names("out/sub/b.txt", "sub/b.txt", true), ["out/sub/b.txt", "sub/b.txt"]);
        assert_eq!(names("a.txt", "a.txt", true), ["a.txt"]);
        assert_eq!(names("x/y.txt", "other.txt", false), ["other.txt"]);
    }
}
