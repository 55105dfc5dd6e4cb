//! Turns inputs into units of work: a whole text, or a part of a file of records.

use std::io::{self, Cursor, Read};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::budget::Budget;
#[cfg(feature = "parquet")]
use super::budget::Permit;
#[cfg(feature = "parquet")]
use super::chunks::CHUNK;
use super::chunks::{Chunk, Chunks, Cut, MAX_RECORD};
use super::records::RecordOptions;
use super::{Cause, Failure, Input};
use crate::text::compression::{Compression, MAGIC};
#[cfg(feature = "parquet")]
use crate::text::format::parquet::{Broken as BrokenTable, RowReader, Rows, Table};
use crate::text::format::{Edit, FieldNames, Format, Opened, RecordFormat};
use crate::text::input;
use crate::text::seen::Seen;

/// How many bytes of a stream tell what it holds.
const SAMPLE: usize = 64 << 10;

/// Something to do at once.
pub(super) enum Unit<K> {
    Failed(Failure),
    Document(Input, K),
    /// A file of records begins.
    Begin(Arc<RecordFile<K>>),
    Part(Arc<RecordFile<K>>, Part),
    /// The file is over, or cannot be read any further.
    End(Arc<RecordFile<K>>, Option<Failure>),
}

/// Some of the records of a file.
pub(super) enum Part {
    Chunk(Chunk),
    #[cfg(feature = "parquet")]
    Rows(Rows, Permit),
}

/// A file of records.
pub(super) struct RecordFile<K> {
    pub(super) path: Option<PathBuf>,
    /// What the file was before it was read.
    pub(super) seen: Option<Seen>,
    pub(super) format: Format,
    /// The bytes before the records, as they were, and what changes in them.
    pub(super) head: Vec<u8>,
    pub(super) head_edits: Vec<Edit>,
    pub(super) compression: Option<Compression>,
    /// How each of its records is compressed for itself.
    pub(super) record_compression: Option<Compression>,
    /// What it is, if its records do not come one after the other in its bytes.
    #[cfg(feature = "parquet")]
    pub(super) table: Option<Arc<Table>>,
    pub(super) kept: K,
    is_given_up: AtomicBool,
}

impl<K> RecordFile<K> {
    /// Whether it is read from any place, not from front to back.
    #[cfg(feature = "parquet")]
    pub(super) fn is_table(&self) -> bool {
        self.table.is_some()
    }

    /// Whether it is read from any place, not from front to back.
    #[cfg(not(feature = "parquet"))]
    pub(super) fn is_table(&self) -> bool {
        false
    }

    /// Nobody wants the rest of it.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Relaxed)
    }

    /// What it is called in reports.
    pub(super) fn name(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new("-"))
    }
}

/// The units of some inputs.
pub(super) struct Units<'b, I, K> {
    inputs: I,
    options: &'b RecordOptions,
    names: FieldNames,
    budget: Arc<Budget>,
    current: Option<(Arc<RecordFile<K>>, Reading)>,
}

impl<'b, I, K> Units<'b, I, K> {
    pub(super) fn new(inputs: I, options: &'b RecordOptions, budget: Arc<Budget>) -> Self {
        Self { inputs, options, names: options.names(), budget, current: None }
    }
}

impl<I: Iterator<Item = Result<(Input, K), Failure>>, K> Iterator for Units<'_, I, K> {
    type Item = Unit<K>;

    fn next(&mut self) -> Option<Unit<K>> {
        if let Some((file, mut reading)) = self.current.take() {
            return Some(match reading.next(&self.budget) {
                _ if file.is_given_up() => Unit::End(file, None),
                None => Unit::End(file, None),
                Some(Err(cause)) => {
                    let failure = Failure::at(file.name(), reading.line(), cause);
                    Unit::End(file, Some(failure))
                }
                Some(Ok(part)) => {
                    self.current = Some((Arc::clone(&file), reading));
                    Unit::Part(file, part)
                }
            });
        }
        Some(match self.inputs.next()? {
            Ok((input, kept)) => self.start(input, kept),
            Err(failure) => Unit::Failed(failure),
        })
    }
}

impl<I, K> Units<'_, I, K> {
    fn start(&mut self, input: Input, kept: K) -> Unit<K> {
        let name = input.name().to_owned();
        let started = match input {
            Input::Text { .. } => return Unit::Document(input, kept),
            Input::File(path) => match self.named(Some(&path)) {
                Some(Format::Text) => return Unit::Document(Input::File(path), kept),
                #[cfg(feature = "parquet")]
                Some(Format::Parquet) => self.table(path, kept),
                named => self.file(path, named, kept),
            },
            Input::Stream { path, stream } => self.stream(path, stream.0, kept),
        };
        started.unwrap_or_else(|cause| Unit::Failed(Failure::new(name, cause)))
    }

    /// What an input holds, if we are told or its name says so.
    fn named(&self, path: Option<&Path>) -> Option<Format> {
        self.options.format.or_else(|| Format::of_path(path?))
    }

    fn file(&mut self, path: PathBuf, named: Option<Format>, kept: K) -> Result<Unit<K>, Cause> {
        let seen = Seen::at(&path).ok();
        let source = Source::of(input::open_stream(&path).map_err(Cause::Read)?).map_err(Cause::Read)?;
        match named.unwrap_or_else(|| source.content(Some(&path))) {
            Format::Text => Ok(Unit::Document(Input::File(path), kept)),
            #[cfg(feature = "parquet")]
            Format::Parquet => self.table(path, kept),
            format => self.begin(Some(path), seen, source, format, kept),
        }
    }

    #[cfg(feature = "parquet")]
    fn table(&mut self, path: PathBuf, kept: K) -> Result<Unit<K>, Cause> {
        let seen = Seen::at(&path).ok();
        let table = Arc::new(open_table(&path, &self.names)?);
        let reading = Reading::Rows(Box::new(Arc::clone(&table).rows()));
        let file = RecordFile {
            path: Some(path),
            seen,
            format: Format::Parquet,
            head: Vec::new(),
            head_edits: Vec::new(),
            compression: None,
            record_compression: None,
            table: Some(table),
            kept,
            is_given_up: AtomicBool::new(false),
        };
        Ok(self.begun(file, reading))
    }

    fn stream(&mut self, path: Option<PathBuf>, stream: Box<dyn Read + Send>, kept: K) -> Result<Unit<K>, Cause> {
        let source = Source::of(stream).map_err(Cause::Read)?;
        match self.named(path.as_deref()).unwrap_or_else(|| source.content(path.as_deref())) {
            Format::Text => {
                let bytes = source.read_all().map_err(Cause::Read)?;
                Ok(Unit::Document(Input::Text { path, bytes }, kept))
            }
            format => self.begin(path, None, source, format, kept),
        }
    }

    fn begin(
        &mut self,
        path: Option<PathBuf>,
        seen: Option<Seen>,
        source: Source,
        format: Format,
        kept: K,
    ) -> Result<Unit<K>, Cause> {
        let records = Records::open(source, format, &self.names)?;
        let file = RecordFile {
            path,
            seen,
            format,
            compression: records.compression,
            record_compression: records.record_compression(),
            head: records.head,
            head_edits: records.head_edits,
            #[cfg(feature = "parquet")]
            table: None,
            kept,
            is_given_up: AtomicBool::new(false),
        };
        Ok(self.begun(file, Reading::Chunks(records.chunks)))
    }

    fn begun(&mut self, file: RecordFile<K>, reading: Reading) -> Unit<K> {
        let file = Arc::new(file);
        self.current = Some((Arc::clone(&file), reading));
        Unit::Begin(file)
    }
}

/// The parts of a file of records that are still to come.
enum Reading {
    Chunks(Chunks),
    #[cfg(feature = "parquet")]
    Rows(Box<RowReader>),
}

impl Reading {
    /// The line, or the row, that comes next.
    fn line(&self) -> u64 {
        match self {
            Self::Chunks(chunks) => chunks.line(),
            #[cfg(feature = "parquet")]
            Self::Rows(rows) => rows.next_row(),
        }
    }

    fn next(&mut self, budget: &Arc<Budget>) -> Option<Result<Part, Cause>> {
        match self {
            Self::Chunks(chunks) => Some(chunks.next(budget)?.map(Part::Chunk).map_err(Cause::from)),
            #[cfg(feature = "parquet")]
            Self::Rows(reader) => {
                let mut permit = budget.take(CHUNK);
                let rows = reader.next(CHUNK)?;
                Some(rows.map_err(Cause::from).map(|rows| {
                    permit.grow_to(rows.size());
                    Part::Rows(rows, permit)
                }))
            }
        }
    }
}

/// Opens a file in columns.
#[cfg(feature = "parquet")]
pub(super) fn open_table(path: &Path, names: &FieldNames) -> Result<Table, Cause> {
    Ok(Table::open(input::open_file(path).map_err(Cause::Read)?, names)?)
}

/// An opened file of records.
pub(super) struct Records {
    pub(super) format: Arc<dyn RecordFormat>,
    pub(super) compression: Option<Compression>,
    pub(super) head: Vec<u8>,
    head_edits: Vec<Edit>,
    pub(super) chunks: Chunks,
}

impl Records {
    /// How each record is compressed for itself.
    pub(super) fn record_compression(&self) -> Option<Compression> {
        self.compression.filter(|&it| it == Compression::Gzip && self.format.compresses_records())
    }

    pub(super) fn open(mut source: Source, format: Format, names: &FieldNames) -> Result<Self, Cause> {
        let Opened { format, head, head_edits } = loop {
            match format.open(names, &source.start, source.is_all).map_err(Cause::Walk)? {
                Some(opened) => break opened,
                None if source.start.len() >= MAX_RECORD => return Err(Cut::TooLong.into()),
                None => source.read_on(source.start.len() * 2).map_err(Cause::Read)?,
            }
        };
        let rest = source.start.split_off(head);
        let line = 1 + format.lines(&source.start);
        let chunks = Chunks::new(Arc::clone(&format), rest, line, source.rest);
        Ok(Self { format, compression: source.compression, head: source.start, head_edits, chunks })
    }
}

/// A stream that is looked at before it is read, decompressed if it is compressed.
pub(super) struct Source {
    compression: Option<Compression>,
    start: Vec<u8>,
    /// Whether the stream has no more than the start.
    is_all: bool,
    /// Whether the stream failed after the start.
    is_broken: bool,
    rest: Box<dyn Read + Send>,
}

impl Source {
    pub(super) fn of(mut stream: impl Read + Send + 'static) -> io::Result<Self> {
        let mut magic = Vec::new();
        stream.by_ref().take(MAGIC as u64).read_to_end(&mut magic)?;
        let compression = Compression::of_magic(&magic);
        let stream = Cursor::new(magic).chain(stream);
        let rest: Box<dyn Read + Send> = match compression {
            Some(compression) => compression.decoder(stream)?,
            None => Box::new(stream),
        };
        let mut source = Self { compression, start: Vec::new(), is_all: false, is_broken: false, rest };
        source.read_on(SAMPLE)?;
        Ok(source)
    }

    /// Reads until the start has so many bytes.
    fn read_on(&mut self, wanted: usize) -> io::Result<()> {
        let missing = wanted.saturating_sub(self.start.len());
        let read = self.rest.by_ref().take(missing as u64).read_to_end(&mut self.start);
        self.is_all = match read {
            Ok(read) => read < missing,
            // What came before is told first; the error comes back when more is read.
            Err(error) if !self.start.is_empty() && !self.is_broken => {
                self.rest = Box::new(Broken(Some(error)));
                self.is_broken = true;
                false
            }
            Err(error) => return Err(error),
        };
        Ok(())
    }

    /// What it holds, by its first bytes. A file named for JSON with one object in it may be a document of any kind.
    pub(super) fn content(&self, path: Option<&Path>) -> Format {
        let is_json = path.and_then(Path::extension).is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        if is_json && self.is_all && !self.start.trim_ascii().contains(&b'\n') {
            return Format::Text;
        }
        Format::of_content(&self.start)
    }

    pub(super) fn read_all(mut self) -> io::Result<Vec<u8>> {
        self.rest.read_to_end(&mut self.start)?;
        Ok(mem::take(&mut self.start))
    }
}

/// The end of a stream that failed.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

impl From<Cut> for Cause {
    fn from(cut: Cut) -> Self {
        match cut {
            Cut::Read(error) => Self::Read(error),
            Cut::TooLong => {
                Self::Walk("a record has no end in a gibibyte; say with --format what the file holds".to_owned())
            }
        }
    }
}

#[cfg(feature = "parquet")]
impl From<BrokenTable> for Cause {
    fn from(BrokenTable(what): BrokenTable) -> Self {
        Self::Walk(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of a file in which a stream fails after some bytes.
    fn opened(start: &str, format: Format) -> Result<usize, String> {
        let stream = Cursor::new(start.to_owned().into_bytes()).chain(Broken(Some(io::Error::other("gone"))));
        let records = Records::open(Source::of(stream).unwrap(), format, &FieldNames::default());
        let mut chunks = records.map_err(|cause| format!("{cause:?}"))?.chunks;
        let chunk = chunks.next(&Budget::new(1)).unwrap().map_err(|cut| format!("{cut:?}"))?;
        assert!(chunks.next(&Budget::new(1)).unwrap().is_err());
        Ok(chunk.bytes.len())
    }

    #[test]
    fn of_a_stream_that_fails_what_came_before_is_read() {
        assert_eq!(opened("id,text\n1,a\n2,b", Format::Csv), Ok(4));
        assert_eq!(opened("{}\n{", Format::Jsonl), Ok(3));
        for (start, format) in [("id,\"te", Format::Csv), ("id,text\n1,", Format::Csv), ("{\"text\": 1", Format::Jsonl)]
        {
            let error = opened(start, format).unwrap_err();
            assert!(error.starts_with("Read(") && error.contains("gone"), "{start}: {error}");
        }
    }
}
