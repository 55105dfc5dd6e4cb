//! Many inputs in parallel: opened, told apart, cleaned, finished by the caller, handed over in their order.
//!
//! A text is one document. A file of records holds many, and is read, cleaned and handed over part by part.
//!
//! A bad input never stops the others: what went wrong is collected. Nothing here prints or ends the program, and the
//! threads are the batch's own.

mod budget;
mod chunks;
mod collect;
pub mod lookup;
mod ordered;
mod records;
pub mod report;
#[cfg(feature = "ledger")]
pub(crate) mod stream;
mod units;

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use crate::clean::{Judgement, Left, Metadata, Options, Outcome, Removal, apply, judge};
use crate::layout::Span;
use crate::rule::category::Category;
use crate::rule::set::{Ruleset, SourceIdx};
use crate::text::compression::Compression;
use crate::text::document::Document;
use crate::text::format::Edit;
use crate::text::input::{self, MAP_FROM, MapChoice, Opened};
use crate::text::seen::Seen;
use crate::text::sniff::{Content, Wide, sniff};
use budget::Budget;
use chunks::CHUNK;
pub use collect::{Collect, RecordsOf};
use collect::{Handover, Made};
pub use records::{OnError, RecordOptions};
pub use report::Report;
use units::{Unit, Units};

/// How a batch is cleaned: the rules, and what is known of all its documents.
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// The rules.
    pub rules: &'a Ruleset,
    /// How to apply them.
    pub options: Options,
    /// The id of the source, if the caller knows it.
    pub source: Option<&'a str>,
    /// The address, if the caller knows it.
    pub url: Option<&'a str>,
    /// The language, if the caller knows it.
    pub lang: Option<&'a str>,
    /// Whether files are mapped into memory.
    pub map: MapChoice,
    /// Whether binary files and pages of HTML are cleaned as if they were texts.
    pub force: bool,
    /// How files of records are read.
    pub records: RecordOptions,
    /// How many threads work; 0 stands for as many as the machine runs at once.
    pub threads: usize,
}

/// One thing to clean.
#[derive(Debug)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// A text that is in memory already.
    Text {
        /// The path that it goes by, if any.
        path: Option<PathBuf>,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// What is read from elsewhere, text or records.
    Stream {
        /// The path that it goes by, if any.
        path: Option<PathBuf>,
        /// Where it comes from.
        stream: Stream,
    },
}

/// Something to read.
pub struct Stream(pub Box<dyn Read + Send>);

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}

impl Input {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Text { path, .. } | Self::Stream { path, .. } => path.as_deref(),
        }
    }

    /// What it is called in reports: its path, or `-`.
    pub fn name(&self) -> &Path {
        self.path().unwrap_or(Path::new("-"))
    }

    fn open<'b>(&'b self, buffer: &'b mut Vec<u8>, map: MapChoice) -> io::Result<Opened<'b>> {
        match self {
            Self::File(path) => input::open(path, buffer, map),
            Self::Text { bytes, .. } => Ok(Opened::in_memory(bytes)),
            Self::Stream { .. } => Ok(Opened::in_memory(buffer)),
        }
    }
}

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing in it is junk.
    Unchanged,
    /// Something was deleted.
    Cleaned,
    /// It was not cleaned, for a reason.
    Left(LeftAlone),
}

/// Why a document was left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftAlone {
    /// It is no text.
    Binary,
    /// It is the source of a page.
    Html,
    /// It is JSON, not a text, and nothing says that each of its lines is a record.
    Json,
    /// The cleaning found a reason.
    Cleaning(Left),
}

impl LeftAlone {
    /// The reason in a word or two, the same for all such documents.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Html => "html",
            Self::Json => "json",
            Self::Cleaning(Left::Unstable) => "unstable",
            Self::Cleaning(Left::OverBound { .. }) => "over bound",
        }
    }
}

impl fmt::Display for LeftAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary => f.write_str("a binary file, not a text"),
            Self::Html => f.write_str("a page of HTML; extract its text first"),
            Self::Json => f.write_str(
                "JSON, not a text; clean JSON Lines with --format jsonl, make lines of a list with jq -c '.[]'",
            ),
            Self::Cleaning(left) => left.fmt(f),
        }
    }
}

/// Where a document is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The file that it is, or that holds its record; `-` for standard input.
    pub path: PathBuf,
    /// The line that its record starts in, or the row of a table that it is, from 1.
    pub line: Option<u64>,
    /// What its record calls itself.
    pub id: Option<String>,
}

impl From<&Path> for Name {
    fn from(path: &Path) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

impl Name {
    /// Path and line, as people and editors write them.
    pub fn place(&self) -> PathBuf {
        place(&self.path, self.line)
    }
}

fn place(path: &Path, line: Option<u64>) -> PathBuf {
    let mut place = path.as_os_str().to_owned();
    if let Some(line) = line {
        place.push(format!(":{line}"));
    }
    place.into()
}

/// What was done to a document.
#[derive(Clone, Debug)]
pub struct Record {
    /// Where it is.
    pub name: Name,
    /// What became of it.
    pub status: Status,
    /// Its length before.
    pub bytes_in: u64,
    /// Its length after.
    pub bytes_out: u64,
    /// What was deleted.
    pub removals: Vec<Removal>,
    /// Where it is from.
    pub sources: Vec<SourceIdx>,
    /// Whether any rule matched, if only text that is kept.
    pub matched: bool,
    /// What was kept as data.
    pub metadata: Vec<Metadata>,
}

/// A cleaned document, for the caller to finish: to write it, to compare it, to drop it.
#[derive(Debug)]
pub struct Done<'a> {
    /// What was done.
    pub record: Record,
    /// The document before.
    pub document: Document<'a>,
    /// The file before, if the text is one.
    pub file: &'a [u8],
    /// What the file was when it was opened, if the text is one.
    pub seen: Option<Seen>,
    /// Whether the file is mapped into memory, and may yet turn out to have been cut off: what is made of the document is
    /// then dropped, and must not have taken its place before it is handed over.
    pub is_mapped: bool,
    /// How the file is compressed.
    pub compression: Option<Compression>,
    /// How the text stands in a file of records; none if it is a file, or stands in the column of a table.
    pub spelled: Option<Spelled<'a>>,
}

/// A record as it stands in its file.
#[derive(Clone, Copy, Debug)]
pub struct Spelled<'a> {
    /// Its bytes, with what ends it.
    pub bytes: &'a [u8],
    /// Where in them the text is spelled.
    pub text: Span,
    /// What changes in them, as [`RecordFormat::edits`](crate::text::format::RecordFormat::edits) says it.
    pub edits: &'a [Edit],
}

impl<'a> Done<'a> {
    /// One whose text is in memory, and stands there as it is.
    fn of(record: Record, document: Document<'a>) -> Self {
        let file = document.text;
        Self { record, document, file, seen: None, is_mapped: false, compression: None, spelled: None }
    }

    /// The parts of the text that stay, in order: what is left without a copy of it.
    pub fn parts(&self) -> impl Iterator<Item = &'a [u8]> {
        let text = self.document.text;
        apply::kept(text.len(), &self.record.removals).map(|span| span.of(text))
    }

    /// The text after; borrowed when it is the same.
    pub fn text(&self) -> Cow<'a, [u8]> {
        apply::left(self.document.text, &self.record.removals)
    }

    /// The file after, in parts: compressed as it was, and the same if the text is.
    pub fn new_file(&self) -> io::Result<Vec<Cow<'a, [u8]>>> {
        Ok(match self.compression {
            _ if self.record.status != Status::Cleaned => vec![Cow::Borrowed(self.file)],
            None => self.parts().map(Cow::Borrowed).collect(),
            Some(compression) => vec![Cow::Owned(compression.compressed(&self.text())?)],
        })
    }
}

/// An input, or a record of one, that could not be cleaned.
#[derive(Debug)]
pub struct Failure {
    /// What the input is called.
    pub path: PathBuf,
    /// The line that the record starts in, or the row of a table that it is, from 1.
    pub line: Option<u64>,
    /// Why.
    pub cause: Cause,
}

/// Why an input could not be cleaned.
#[derive(Debug)]
pub enum Cause {
    /// It cannot be read.
    Read(io::Error),
    /// It was not found to be what it should be, as the text says.
    Walk(String),
    /// Its encoding must be converted first.
    Encoding(Wide),
    /// It is a record that cannot be read, as the text says.
    Record(String),
    /// What is left of it cannot be written to the path.
    Write(PathBuf, io::Error),
}

impl Failure {
    /// That of a whole input.
    pub fn new(path: impl Into<PathBuf>, cause: Cause) -> Self {
        Self { path: path.into(), line: None, cause }
    }

    /// That of a record, or of an input from a line on.
    fn at(path: &Path, line: u64, cause: Cause) -> Self {
        Self { path: path.into(), line: Some(line), cause }
    }

    /// Why, without the path.
    pub fn reason(&self) -> String {
        match &self.cause {
            Cause::Read(error) => error.to_string(),
            Cause::Walk(what) | Cause::Record(what) => what.clone(),
            Cause::Encoding(wide) => {
                let path = shell_word(&self.path.to_string_lossy());
                format!("it is {wide}, not UTF-8; convert it first: iconv -f {wide} -t UTF-8 {path}")
            }
            Cause::Write(target, error) => format!("cannot write `{}`: {error}", target.display()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", place(&self.path, self.line).display(), self.reason())
    }
}

impl std::error::Error for Failure {}

/// A path as a shell takes it for one word.
fn shell_word(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+=:,@%".contains(&byte) || !byte.is_ascii();
    if path.bytes().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// What the caller is told of one input: the record and what finishing it gave, or why it failed.
pub type Told<'r, T> = Result<(&'r Record, T), &'r Failure>;

thread_local! {
    /// The buffer that each thread reads into.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// How much of files of records is in work at once, in chunks for each thread.
const CHUNKS_IN_WORK: usize = 4;

impl<'a> Batch<'a> {
    /// A batch of which nothing is known but the rules.
    pub fn of(rules: &'a Ruleset) -> Self {
        Self {
            rules,
            options: Options::default(),
            source: None,
            url: None,
            lang: None,
            map: MapChoice::default(),
            force: false,
            records: RecordOptions::default(),
            threads: 0,
        }
    }
}

impl Batch<'_> {
    /// Cleans all inputs. Each comes with something of the caller's that `finish`, which runs on many threads, gets
    /// with each cleaned document of the input; `collect` gets what came out, on this thread and in the order of the
    /// inputs, and may end the batch.
    pub fn run<K: Send + Sync, T: Send>(
        &self,
        inputs: impl Iterator<Item = Result<(Input, K), Failure>> + Send,
        finish: impl Fn(&Done<'_>, &K) -> Result<T, Cause> + Sync,
        collect: &mut impl Collect<K, T>,
    ) -> Report {
        let mut report = Report::new(self.rules);
        let budget = Budget::new(self.threads() * CHUNKS_IN_WORK * CHUNK);
        let units = Units::new(inputs, &self.records, budget.clone());
        let mut handover = Handover::new(self.rules, &mut report, collect, budget.closer());
        let work = |unit| self.work(unit, &finish);
        ordered::map_in_order(self.threads(), units, are_neighbours, work, move |made| handover.take(made));
        report
    }

    fn threads(&self) -> usize {
        match self.threads {
            0 => thread::available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        }
    }

    fn work<K, T>(&self, unit: Unit<K>, finish: &impl Fn(&Done<'_>, &K) -> Result<T, Cause>) -> Made<K, T> {
        match unit {
            Unit::Failed(failure) => Made::Document(Err(failure)),
            Unit::Document(input, kept) => {
                let done = self.one(&input, |done| finish(done, &kept));
                Made::Document(done.map_err(|cause| Failure::new(input.name(), cause)))
            }
            Unit::Begin(file) => Made::Begin(file),
            Unit::Part(file, part) => {
                let cleaned = self.clean_part(&file, part, finish);
                Made::Part(file, cleaned)
            }
            Unit::End(file, failure) => Made::End(file, failure),
        }
    }

    fn one<T>(&self, input: &Input, finish: impl FnOnce(&Done<'_>) -> Result<T, Cause>) -> Result<(Record, T), Cause> {
        // Taken, not borrowed: should this thread come here again while it waits for another, it finds a fresh one.
        let mut buffer = BUFFER.take();
        let finished = input.open(&mut buffer, self.map).map_err(Cause::Read).and_then(|file| {
            let finished = self.opened(input, &file, finish);
            // Whatever else went wrong may come of it.
            file.check().map_err(Cause::Read)?;
            finished
        });
        // A giant among small files must not stay in memory.
        if buffer.capacity() as u64 <= MAP_FROM {
            BUFFER.set(buffer);
        }
        finished
    }

    fn opened<T>(
        &self,
        input: &Input,
        file: &Opened<'_>,
        finish: impl FnOnce(&Done<'_>) -> Result<T, Cause>,
    ) -> Result<(Record, T), Cause> {
        let unpacked = unpacked(file).map_err(Cause::Read)?;
        let text = unpacked.as_ref().map_or(&**file, |(_, text)| text);
        let document = Document { text, path: input.path(), url: self.url, source: self.source, lang: self.lang };
        let compression = unpacked.as_ref().map(|&(compression, _)| compression);
        let done = self.clean(&document, input.name().into())?;
        let done = Done { file, seen: file.seen, is_mapped: file.is_mapped(), compression, ..done };
        let finished = finish(&done)?;
        Ok((done.record, finished))
    }

    /// Cleans a document, if it is a text.
    fn clean<'t>(&self, document: &Document<'t>, name: Name) -> Result<Done<'t>, Cause> {
        let judged = match sniff(document.text) {
            Content::Wide(wide) => return Err(Cause::Encoding(wide)),
            Content::Binary if !self.force => Err(LeftAlone::Binary),
            Content::Html if !self.force => Err(LeftAlone::Html),
            Content::Json if !self.force => Err(LeftAlone::Json),
            _ => Ok(judge(self.rules, document, &self.options)),
        };
        Ok(match judged {
            Ok(judgement) => done(name, *document, judgement),
            Err(left) => left_alone(name, *document, left),
        })
    }
}

/// Files that come next to each other and lie in the same directory are best left to one thread: two that write to one
/// directory wait for each other. All else stands alone: no text in memory and no chunk is taken ahead of its time.
fn are_neighbours<K>(one: &Unit<K>, other: &Unit<K>) -> bool {
    match (one, other) {
        (Unit::Document(Input::File(one), _), Unit::Document(Input::File(other), _)) => one.parent() == other.parent(),
        _ => false,
    }
}

/// What is compressed in a file, if it is a text.
fn unpacked(file: &[u8]) -> io::Result<Option<(Compression, Vec<u8>)>> {
    let Some(compression) = Compression::of_magic(file) else { return Ok(None) };
    let mut decoder = compression.decoder(file)?;
    let mut text = Vec::new();
    decoder.by_ref().take(UNPACKED_SAMPLE).read_to_end(&mut text)?;
    if sniff(&text) == Content::Binary {
        return Ok(None);
    }
    decoder.take(MAX_UNPACKED).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_UNPACKED {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "its text has more than a gibibyte"));
    }
    Ok(Some((compression, text)))
}

/// How many bytes of a compressed file tell whether it holds a text.
const UNPACKED_SAMPLE: u64 = 64 << 10;

/// How long a compressed text may be: a small file can hold more than any machine has memory for.
const MAX_UNPACKED: u64 = 1 << 30;

/// The categories of a removal, each once and in the order of their names.
pub fn categories(rules: &Ruleset, removal: &Removal) -> Vec<&'static str> {
    let mut names: Vec<_> = removal.rules.iter().map(|&rule| rules.rule(rule).category).map(Category::name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn left_alone(name: Name, document: Document<'_>, left: LeftAlone) -> Done<'_> {
    let bytes = document.text.len() as u64;
    let record = Record {
        name,
        status: Status::Left(left),
        bytes_in: bytes,
        bytes_out: bytes,
        removals: Vec::new(),
        sources: Vec::new(),
        matched: false,
        metadata: Vec::new(),
    };
    Done::of(record, document)
}

fn done(name: Name, document: Document<'_>, judgement: Judgement) -> Done<'_> {
    let gone: usize = judgement.removals.iter().map(|removal| removal.span.len()).sum();
    let record = Record {
        name,
        status: match judgement.outcome {
            Outcome::Unchanged => Status::Unchanged,
            Outcome::Cleaned => Status::Cleaned,
            Outcome::Left(left) => Status::Left(LeftAlone::Cleaning(left)),
        },
        bytes_in: document.text.len() as u64,
        bytes_out: (document.text.len() - gone) as u64,
        removals: judgement.removals,
        sources: judgement.sources,
        matched: judgement.matched,
        metadata: judgement.metadata,
    };
    Done::of(record, document)
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;

    const PACK: &str = "schema = 1\n[[line]]\nid = \"t.ad\"\ncategory = \"ad\"\nany = [\"Advertisement\"]\n\
        why = \"label of an ad slot\"\nstrips = [\"Advertisement\"]\n";

    fn rules() -> Ruleset {
        Ruleset::builder().bundled(false).text("t.toml", PACK).build().unwrap()
    }

    fn batch(rules: &Ruleset, threads: usize) -> Batch<'_> {
        Batch { threads, ..Batch::of(rules) }
    }

    fn text(bytes: &[u8]) -> Result<(Input, ()), Failure> {
        Ok((Input::Text { path: None, bytes: bytes.to_vec() }, ()))
    }

    fn run(batch: &Batch<'_>, inputs: Vec<Result<(Input, ()), Failure>>) -> (Vec<String>, Report) {
        let mut told = Vec::new();
        let report = batch.run(
            inputs.into_iter(),
            |done, ()| {
                assert_eq!(done.parts().collect::<Vec<_>>().concat(), &*done.text());
                Ok(String::from_utf8_lossy(&done.text()).into_owned())
            },
            &mut |result: Told<'_, String>| {
                told.push(result.map_or_else(ToString::to_string, |(_, text)| text));
                ControlFlow::Continue(())
            },
        );
        (told, report)
    }

    #[test]
    fn results_come_in_order_with_failures_among_them() {
        let rules = rules();
        for threads in [1, 3] {
            let inputs = vec![
                text(b"One.\nAdvertisement\nTwo.\n"),
                Ok((Input::File("/does/not/exist".into()), ())),
                text(b"\xff\xfeT\x00"),
                text(b"Three.\n"),
            ];
            let (told, report) = run(&batch(&rules, threads), inputs);
            assert_eq!(
                told,
                [
                    "One.\nTwo.\n",
                    "/does/not/exist: No such file or directory (os error 2)",
                    "-: it is UTF-16, not UTF-8; convert it first: iconv -f UTF-16 -t UTF-8 -",
                    "Three.\n",
                ]
            );
            assert_eq!((report.documents, report.changed, report.failures.len()), (2, 1, 2));
        }
    }

    #[test]
    fn what_is_no_text_is_left_alone_unless_forced() {
        let rules = rules();
        let binary: &[u8] = b"\x00 The council voted on Monday.\nAdvertisement\n";
        let (told, report) = run(&batch(&rules, 1), vec![text(binary)]);
        assert_eq!(told, ["\0 The council voted on Monday.\nAdvertisement\n"]);
        assert_eq!(report.left["binary"].count, 1);
        let forced = Batch { force: true, ..batch(&rules, 1) };
        assert_eq!(run(&forced, vec![text(binary)]).0, ["\0 The council voted on Monday.\n"]);
    }

    #[test]
    fn paths_are_quoted_for_the_shell_where_they_must_be() {
        assert_eq!(shell_word("a/b-c.txt"), "a/b-c.txt");
        assert_eq!(shell_word("it's.txt"), r"'it'\''s.txt'");
    }
}
