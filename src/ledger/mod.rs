//! The ledger of a cleaning: what went, so that it can come back.
//!
//! A ledger is a file of JSON Lines. It says of each document that changed where it is, what it was and what it is now
//! (by length and hash), and of each removal its place, its rules and its bytes: nothing of what stayed. So its size is
//! that of what went. `docs/ledger.md` describes each line.
//!
//! ```
//! use deboil::batch::{Batch, Failure, Input, Told};
//! use deboil::ledger::{Entry, Header, Line, LineJson, Writer};
//! use std::{ops::ControlFlow, path::Path};
//!
//! let rules = deboil::Ruleset::bundled();
//! let scraped = b"What a day.\n\nPowered by WPeMatico\n";
//! let input = Input::Text { path: Some("day.txt".into()), bytes: scraped.to_vec() };
//! let mut left = Vec::new();
//! let mut ledger = Writer::new(Vec::new(), Header::default())?;
//! Batch::of(&rules).run(
//!     [Ok::<_, Failure>((input, ()))].into_iter(),
//!     |done, ()| {
//!         let entry = Entry::of(&rules, done, Path::new("day.txt"));
//!         Ok((done.text().into_owned(), entry.map(|entry| Line::Document(entry).to_json())))
//!     },
//!     &mut |told: Told<'_, (Vec<u8>, Option<LineJson>)>| {
//!         let (text, line) = told.expect("it is a text").1;
//!         left = text;
//!         line.map_or(Ok(()), |line| ledger.add(&line)).expect("a vector takes all");
//!         ControlFlow::Continue(())
//!     },
//! );
//! assert_eq!(left, b"What a day.\n");
//! let lines = String::from_utf8(ledger.finish()?).expect("JSON is UTF-8");
//! let Line::Document(entry) = serde_json::from_str(lines.lines().nth(1).unwrap())? else { panic!("it is a document") };
//! assert_eq!(entry.restore(&left).unwrap(), scraped);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod entry;
mod read;
mod records;
mod restore;
#[cfg(feature = "parquet")]
mod table;
mod value;
mod write;
mod written;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use read::{Found, Ledger};
pub use records::{Fate, Restored, RestoredRecords};
pub use restore::{Refusal, Selection};
#[cfg(feature = "parquet")]
pub use table::RestoredTable;
pub use value::{Bytes, Hash};
pub use write::{LineJson, Writer};
pub use written::{Beginning, Written};

/// The version of the format. It changes whenever a reader of the one before would read a ledger wrongly.
pub const SCHEMA: u32 = 1;

/// A line of a ledger. The first is the header, the last the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line<'a> {
    /// What holds for all that follows.
    Header(Header),
    /// A file of records, whose documents follow.
    File(RecordFile<'a>),
    /// A piece of the table that was named last.
    Piece(Piece<'a>),
    /// A document that changed.
    Document(Entry<'a>),
    /// That nothing is missing.
    End(End),
}

/// What holds for a whole ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The version of the program that wrote it.
    pub deboil: String,
    /// Whether the documents were replaced where they were: then [`Entry::output`] is the path by which they were named.
    pub in_place: bool,
    /// What the fields of records are called.
    pub fields: Fields,
}

impl Default for Header {
    fn default() -> Self {
        let deboil = env!("CARGO_PKG_VERSION").to_owned();
        Self { schema: SCHEMA, deboil, in_place: false, fields: Fields::default() }
    }
}

/// What the fields of records are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// The one that holds the text.
    pub text: String,
    /// Those that cleaning added.
    pub added: Vec<String>,
}

impl Default for Fields {
    fn default() -> Self {
        Self { text: "text".to_owned(), added: Vec::new() }
    }
}

/// A file of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordFile<'a> {
    /// As [`Entry::path`].
    pub path: Bytes<'a>,
    /// As [`Entry::output`].
    pub output: Bytes<'a>,
    /// What it holds, by the name that the command line has for it.
    pub format: Cow<'a, str>,
    /// What became of the bytes before its records, if they changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head<'a>>,
}

/// What became of the bytes before the records of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head<'a> {
    /// What they are now.
    pub cleaned: Extent,
    /// What they were.
    pub original: Extent,
    /// What changed in them.
    pub edits: Vec<Edited<'a>>,
}

/// Bytes of a table that the cleaned one does not have, beside those of its texts: the first of its pieces is its end, with
/// its footer; the others are columns that were replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece<'a> {
    /// The byte of the original file where they stood.
    pub at: u64,
    /// The bytes.
    pub bytes: Bytes<'a>,
    /// Their hash.
    pub blake3: Hash,
}

/// A document that changed: a text, or a record of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry<'a> {
    /// The path of its file, as reports name it.
    pub path: Bytes<'a>,
    /// The path of its file below the directory that it was written to, with slashes. It is looked up by this one, and
    /// never written to.
    pub output: Bytes<'a>,
    /// The line of the original that its record started in, or the row of the table that it is, from 1; none for a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What its record calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Cow<'a, str>>,
    /// What it is now: the text, also that of a row, or the whole record with what ends it.
    pub cleaned: Extent,
    /// What it was.
    pub original: Extent,
    /// What went, in order and without overlap.
    pub removals: Vec<Removed<'a>>,
    /// What else changed in a record: fields that were added, lengths and digests that no longer hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edited<'a>>,
}

/// The length and the hash of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// How many they are.
    pub bytes: u64,
    /// Their hash, as `b3sum` prints it.
    pub blake3: Hash,
}

/// A removal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removed<'a> {
    /// The first byte of the original text that went, from 0.
    pub start: u64,
    /// The byte after the last one.
    pub end: u64,
    /// The rules that deleted it, each with its category; none for white space that was folded everywhere.
    pub rules: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    /// Of a record, the byte of the original record at which the bytes stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// The bytes that went, of a record as they were spelled there.
    pub bytes: Bytes<'a>,
}

/// Bytes of a record that became others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edited<'a> {
    /// Where in the original they stood.
    pub at: u64,
    /// What they were.
    pub old: Bytes<'a>,
    /// How many bytes stand there now.
    pub new: u64,
}

/// The end of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// How many documents it holds.
    pub documents: u64,
}
