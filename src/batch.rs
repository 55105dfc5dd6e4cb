//! Many inputs in parallel: opened, told apart, cleaned, finished by the caller, handed over in their order.
//!
//! A bad input never stops the others: what went wrong is collected. Nothing here prints or ends the program, and the
//! threads are the batch's own.

mod ordered;
pub mod report;

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread;

use crate::clean::{Judgement, Left, Metadata, Options, Outcome, Removal, apply, judge};
use crate::rule::set::{Ruleset, SourceIdx};
use crate::text::document::Document;
use crate::text::input::{self, MAP_FROM, MapChoice};
use crate::text::sniff::{Content, Wide, sniff};
pub use report::Report;

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
}

impl Input {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Text { path, .. } => path.as_deref(),
        }
    }

    /// What it is called in reports: its path, or `-`.
    pub fn name(&self) -> &Path {
        self.path().unwrap_or(Path::new("-"))
    }

    fn open<'b>(&'b self, buffer: &'b mut Vec<u8>, map: MapChoice) -> io::Result<input::Bytes<'b>> {
        match self {
            Self::File(path) => input::open(path, buffer, map),
            Self::Text { bytes, .. } => Ok(input::Bytes::Read(bytes)),
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
    /// It is records, of which a text is a part.
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
            Self::Json => f.write_str("JSON records, not a text; extract the texts first"),
            Self::Cleaning(left) => left.fmt(f),
        }
    }
}

/// What was done to a document.
#[derive(Clone, Debug)]
pub struct Record {
    /// What it is called.
    pub path: PathBuf,
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
    /// The text before.
    pub original: &'a [u8],
}

impl<'a> Done<'a> {
    /// The parts of the text that stay, in order: what is left without a copy of it.
    pub fn parts(&self) -> impl Iterator<Item = &'a [u8]> {
        apply::kept(self.original.len(), &self.record.removals).map(|span| span.of(self.original))
    }

    /// The text after; borrowed when it is the same.
    pub fn text(&self) -> Cow<'a, [u8]> {
        apply::left(self.original, &self.record.removals)
    }
}

/// An input that could not be cleaned.
#[derive(Debug)]
pub struct Failure {
    /// What it is called.
    pub path: PathBuf,
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
    /// What is left of it cannot be written to the path.
    Write(PathBuf, io::Error),
}

impl Failure {
    /// Why, without the path.
    pub fn reason(&self) -> String {
        match &self.cause {
            Cause::Read(error) => error.to_string(),
            Cause::Walk(what) => what.clone(),
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
        write!(f, "{}: {}", self.path.display(), self.reason())
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

impl Batch<'_> {
    /// Cleans all inputs. Each comes with something of the caller's that `finish`, which runs on many threads, gets
    /// back with the cleaned document; `sink` is told of each input on this thread, in the order of the inputs, and
    /// may end the batch.
    pub fn run<K: Send, T: Send>(
        &self,
        inputs: impl Iterator<Item = Result<(Input, K), Failure>> + Send,
        finish: impl Fn(&Done<'_>, K) -> Result<T, Cause> + Sync,
        mut sink: impl FnMut(Told<'_, T>) -> ControlFlow<()>,
    ) -> Report {
        let mut report = Report::new(self.rules);
        let work = |input: Result<(Input, K), Failure>| {
            let (input, kept) = input?;
            self.one(&input, |done| finish(done, kept)).map_err(|cause| Failure { path: input.name().into(), cause })
        };
        ordered::map_in_order(self.threads(), inputs, are_neighbours, work, |result| match result {
            Ok((record, finished)) => {
                report.add(self.rules, &record);
                sink(Ok((&record, finished)))
            }
            Err(failure) => {
                let flow = sink(Err(&failure));
                report.failures.push(failure);
                flow
            }
        });
        report
    }

    fn threads(&self) -> usize {
        match self.threads {
            0 => thread::available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        }
    }

    fn one<T>(&self, input: &Input, finish: impl FnOnce(&Done<'_>) -> Result<T, Cause>) -> Result<(Record, T), Cause> {
        // Taken, not borrowed: should this thread come here again while it waits for another, it finds a fresh one.
        let mut buffer = BUFFER.take();
        let finished = input.open(&mut buffer, self.map).map_err(Cause::Read).and_then(|bytes| {
            let done = self.clean(input, &bytes)?;
            let finished = finish(&done)?;
            Ok((done.record, finished))
        });
        // A giant among small files must not stay in memory.
        if buffer.capacity() as u64 <= MAP_FROM {
            BUFFER.set(buffer);
        }
        finished
    }

    /// Cleans the bytes of an input, if they are a text.
    fn clean<'t>(&'t self, input: &'t Input, bytes: &'t [u8]) -> Result<Done<'t>, Cause> {
        let judged = match sniff(bytes) {
            Content::Wide(wide) => return Err(Cause::Encoding(wide)),
            Content::Binary if !self.force => Err(LeftAlone::Binary),
            Content::Html if !self.force => Err(LeftAlone::Html),
            Content::Json if !self.force => Err(LeftAlone::Json),
            _ => Ok(judge(self.rules, &self.document(input, bytes), &self.options)),
        };
        Ok(judged.map_or_else(|left| left_alone(input, bytes, left), |judgement| done(input, bytes, judgement)))
    }

    fn document<'t>(&'t self, input: &'t Input, text: &'t [u8]) -> Document<'t> {
        Document { text, path: input.path(), url: self.url, source: self.source, lang: self.lang }
    }
}

/// What comes next to each other and lies in the same directory is best left to one thread: two that write to one
/// directory wait for each other. Texts that are in memory are not taken ahead of their time.
fn are_neighbours<K>(one: &Result<(Input, K), Failure>, other: &Result<(Input, K), Failure>) -> bool {
    match (one, other) {
        (Ok((Input::File(one), _)), Ok((Input::File(other), _))) => one.parent() == other.parent(),
        _ => false,
    }
}

fn left_alone<'t>(input: &Input, bytes: &'t [u8], left: LeftAlone) -> Done<'t> {
    let record = Record {
        path: input.name().into(),
        status: Status::Left(left),
        bytes_in: bytes.len() as u64,
        bytes_out: bytes.len() as u64,
        removals: Vec::new(),
        sources: Vec::new(),
        matched: false,
        metadata: Vec::new(),
    };
    Done { record, original: bytes }
}

fn done<'t>(input: &Input, bytes: &'t [u8], judgement: Judgement) -> Done<'t> {
    let gone: usize = judgement.removals.iter().map(|removal| removal.span.len()).sum();
    let record = Record {
        path: input.name().into(),
        status: match judgement.outcome {
            Outcome::Unchanged => Status::Unchanged,
            Outcome::Cleaned => Status::Cleaned,
            Outcome::Left(left) => Status::Left(LeftAlone::Cleaning(left)),
        },
        bytes_in: bytes.len() as u64,
        bytes_out: (bytes.len() - gone) as u64,
        removals: judgement.removals,
        sources: judgement.sources,
        matched: judgement.matched,
        metadata: judgement.metadata,
    };
    Done { record, original: bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = "schema = 1\n[[line]]\nid = \"t.ad\"\ncategory = \"ad\"\nany = [\"Advertisement\"]\n\
        why = \"label of an ad slot\"\nstrips = [\"Advertisement\"]\n";

    fn rules() -> Ruleset {
        Ruleset::builder().bundled(false).text("t.toml", PACK).build().unwrap()
    }

    fn batch(rules: &Ruleset, threads: usize) -> Batch<'_> {
        let options = Options::default();
        Batch { rules, options, source: None, url: None, lang: None, map: MapChoice::Auto, force: false, threads }
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
            |result| {
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
