//! Files of records, of which a text is a part: where each record ends, where its text stands, and how what goes of the
//! text goes of the record. All other bytes of a record stay as they are.
//!
//! A format is a file beside this one, and its row in [`Format`].

mod delimited;
mod jsonl;
#[cfg(feature = "parquet")]
#[cfg_attr(not(feature = "ledger"), expect(dead_code, unused_imports, reason = "by a ledger alone tables come back"))]
pub(crate) mod parquet;
mod spelling;
mod wet;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use crate::layout::Span;
use crate::text::compression::Compression;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One text, Markdown or not.
    Text,
    /// A JSON object in each line.
    Jsonl,
    /// Fields between commas.
    Csv,
    /// Fields between tabs.
    Tsv,
    /// The text records of a web archive.
    Wet,
    /// A table in columns.
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Jsonl,
        Self::Csv,
        Self::Tsv,
        Self::Wet,
        #[cfg(feature = "parquet")]
        Self::Parquet,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Wet => "wet",
            #[cfg(feature = "parquet")]
            Self::Parquet => "parquet",
        }
    }

    /// What it is, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Text => "one text, Markdown or not",
            Self::Jsonl => "JSON Lines: an object in each line",
            Self::Csv => "fields between commas, the first record names them",
            Self::Tsv => "the same with tabs",
            Self::Wet => "text records of Common Crawl",
            #[cfg(feature = "parquet")]
            Self::Parquet => "a table in columns, in a file",
        }
    }

    /// What the name of a file says, that of its compression left out. Names that may stand for several formats say
    /// nothing.
    pub fn of_path(path: &Path) -> Option<Self> {
        let inner = if Compression::of_path(path).is_some() { Path::new(path.file_stem()?) } else { path };
        match inner.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" | "text" | "md" | "markdown" => Some(Self::Text),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            "wet" => Some(Self::Wet),
            #[cfg(feature = "parquet")]
            "parquet" | "pq" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// What the first bytes of a file say. Fields between commas or tabs are not told from texts.
    pub fn of_content(start: &[u8]) -> Self {
        #[cfg(feature = "parquet")]
        if parquet::is_start(start) {
            return Self::Parquet;
        }
        if wet::is_start(start) {
            Self::Wet
        } else if jsonl::is_start(start) {
            Self::Jsonl
        } else {
            Self::Text
        }
    }

    /// Gets ready to read records, by the first bytes of the file. `Ok(None)` if more bytes are needed. A text has no
    /// records.
    pub fn open(self, names: &FieldNames, start: &[u8], is_all: bool) -> Result<Option<Opened>, String> {
        names.check()?;
        match self {
            Self::Text => Err("a text has no records".to_owned()),
            Self::Jsonl => Ok(Some(Opened::new(jsonl::Jsonl::new(names)))),
            Self::Csv => delimited::open(b',', names, start, is_all),
            Self::Tsv => delimited::open(b'\t', names, start, is_all),
            Self::Wet => wet::Wet::new(names).map(|wet| Some(Opened::new(wet))),
            #[cfg(feature = "parquet")]
            Self::Parquet => Err("Parquet is read from its end, which a stream does not have; save it as a file, \
                and name that"
                .to_owned()),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| format!("unknown format `{name}`"))
    }
}

/// What the fields of records are called. In JSON, a name with dots leads into objects, if no field has the whole name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldNames {
    /// The text. A record must have it.
    pub text: String,
    /// The address that the record was scraped from.
    pub url: String,
    /// What the record is called in reports.
    pub id: String,
    /// The language of the text, if there is such a field.
    pub lang: Option<String>,
    /// Fields that are added, or replaced where they are.
    pub added: Vec<String>,
}

impl Default for FieldNames {
    fn default() -> Self {
        Self { text: "text".into(), url: "url".into(), id: "id".into(), lang: None, added: Vec::new() }
    }
}

impl FieldNames {
    /// Rejects added fields that would replace the text, or each other.
    pub fn check(&self) -> Result<(), String> {
        for (number, name) in self.added.iter().enumerate() {
            let is_above = self.text.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'));
            if *name == self.text || is_above {
                return Err(format!("the field `{name}` holds the text, and cannot be added"));
            }
            if self.added[..number].contains(name) {
                return Err(format!("the field `{name}` cannot be added twice"));
            }
        }
        Ok(())
    }
}

/// A file whose records can be read.
#[derive(Debug)]
pub struct Opened {
    /// How they are read.
    pub format: Arc<dyn RecordFormat>,
    /// How many bytes come before the first record.
    pub head: usize,
    /// What changes in them.
    pub head_edits: Vec<Edit>,
}

impl Opened {
    fn new(format: impl RecordFormat + 'static) -> Self {
        Self { format: Arc::new(format), head: 0, head_edits: Vec::new() }
    }
}

/// How the records of a file are read and written.
pub trait RecordFormat: fmt::Debug + Send + Sync {
    /// The length of the first record, with what ends it; `None` if its end is not among the bytes.
    fn first(&self, bytes: &[u8]) -> Option<usize>;

    /// How many of the bytes are whole records.
    fn whole(&self, bytes: &[u8]) -> usize {
        let mut end = 0;
        while let Some(len) = self.first(&bytes[end..]) {
            end += len;
        }
        end
    }

    /// How many lines end in some of the bytes: with each record, one at least.
    fn lines(&self, bytes: &[u8]) -> u64 {
        memchr::memchr_iter(b'\n', bytes).count() as u64
    }

    /// Finds the fields of a record; `Ok(None)` if it is none that could hold a text. An error says what is wrong with
    /// the record.
    fn read<'r>(&self, record: &'r [u8]) -> Result<Option<Fields<'r>>, String>;

    /// What changes in a record whose text loses some of its bytes, and which gets the values of
    /// [`FieldNames::added`], as JSON. In the order of their places. Each removal is an edit within
    /// [`Fields::spelling`] that puts nothing there; no other edit there is of that kind.
    fn edits(&self, record: &[u8], fields: &Fields<'_>, removals: &[Span], added: &[String]) -> Vec<Edit>;

    /// The values of [`FieldNames::added`] in a record to which they were added; `None` if one is missing.
    fn added(&self, record: &[u8], fields: &Fields<'_>) -> Option<Vec<String>> {
        fields.added.iter().map(|place| String::from_utf8((*place)?.of(record).to_vec()).ok()).collect()
    }

    /// Whether each record is compressed for itself, as a reader of the format expects.
    fn compresses_records(&self) -> bool {
        false
    }
}

/// What is known of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields<'r> {
    /// Where the text is spelled.
    pub spelling: Span,
    /// The text; empty if the record says that it has none.
    pub text: Cow<'r, [u8]>,
    /// The address it was scraped from.
    pub url: Option<Cow<'r, str>>,
    /// What it is called.
    pub id: Option<Cow<'r, str>>,
    /// Its language.
    pub lang: Option<Cow<'r, str>>,
    /// Where the values of [`FieldNames::added`] are, as far as the record has such fields.
    pub added: Vec<Option<Span>>,
    /// Where fields are added.
    pub end: usize,
}

/// Bytes of a record that become others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes; empty where something is added.
    pub span: Span,
    /// What stands there then.
    pub new: Vec<u8>,
}

impl Edit {
    pub(crate) fn removal(span: Span) -> Self {
        Self { span, new: Vec::new() }
    }

    fn new(span: Span, new: impl Into<Vec<u8>>) -> Self {
        Self { span, new: new.into() }
    }
}

/// Adds some bytes to others, changed by edits that are in order and do not overlap.
pub fn append(bytes: &[u8], edits: &[Edit], to: &mut Vec<u8>) {
    let mut from = 0;
    for edit in edits {
        to.extend_from_slice(&bytes[from..edit.span.start]);
        to.extend_from_slice(&edit.new);
        from = edit.span.end;
    }
    to.extend_from_slice(&bytes[from..]);
}

/// The names of some columns, as far as they are short: in a file of another format, the first line can be anything.
fn shown(names: &[Cow<'_, str>]) -> String {
    let all = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match all.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &all[..end]),
        None => all,
    }
}

/// How many characters of the names of columns are shown.
const MAX_SHOWN: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_files_hold() {
        let of = |name: &str| Format::of_path(Path::new(name));
        assert_eq!(of("a.jsonl"), Some(Format::Jsonl));
        assert_eq!(of("a.NDJSON.gz"), Some(Format::Jsonl));
        assert_eq!(of("a/b.tsv.zst"), Some(Format::Tsv));
        assert_eq!(of("CC-MAIN-00000.warc.wet.gz"), Some(Format::Wet));
        assert_eq!(of("a.md"), Some(Format::Text));
        assert_eq!([of("a.json"), of("a"), of("a.gz"), of(".csv")], [None; 4]);
    }

    #[test]
    fn contents_say_what_files_hold() {
        for start in ["{\"text\": \"a\"}\n{\"text\": 1}\n", "\n {}", "\u{feff}{\"a\": \"cut o"] {
            assert_eq!(Format::of_content(start.as_bytes()), Format::Jsonl, "{start}");
        }
        assert_eq!(Format::of_content(b"WARC/1.0\r\nWARC-Type: warcinfo\r\n"), Format::Wet);
        for start in [
            "",
            "{\n  \"a\": 1\n}\n",
            "[{}]",
            "{{a}}\n{}",
            "{not json}",
            "WARC is an archive.",
            "{",
            "{\"a\": 1}\nis JSON.",
        ] {
            assert_eq!(Format::of_content(start.as_bytes()), Format::Text, "{start}");
        }
    }

    #[test]
    fn added_fields_replace_neither_the_text_nor_each_other() {
        let check = |text: &str, added: &[&str]| {
            let added = added.iter().map(|name| (*name).to_owned()).collect();
            FieldNames { text: text.into(), added, ..FieldNames::default() }.check()
        };
        assert_eq!(check("data.text", &["meta", "data.t", "dat"]), Ok(()));
        for (text, added) in [("text", &["text"][..]), ("data.text", &["data"]), ("text", &["a", "a"])] {
            assert!(check(text, added).is_err(), "{added:?}");
        }
    }

    #[test]
    fn names_of_formats_are_read_back() {
        for &format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        assert!("xml".parse::<Format>().is_err());
    }
}
