//! Cleans the records of a chunk.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::chunks::{Chunk, line_feeds};
use super::units::RecordFile;
use super::{Batch, Cause, Done, Failure, Name, Record, categories};
use crate::clean::{Metadata, Removal};
use crate::layout::Span;
use crate::rule::set::Ruleset;
use crate::text::document::Document;
use crate::text::format::{self, FieldNames, Fields, Format};

/// How files of records are read, and what is added to their records.
#[derive(Clone, Debug, Default)]
pub struct RecordOptions {
    /// What all inputs hold, if the caller knows it; else names and contents say.
    pub format: Option<Format>,
    /// What the fields are called. [`FieldNames::added`] is not used.
    pub fields: FieldNames,
    /// The field that gets what the deleted lines said.
    pub meta_field: Option<String>,
    /// The field that gets what was deleted.
    pub removals_field: Option<String>,
    /// What becomes of a record that cannot be read.
    pub on_error: OnError,
}

impl RecordOptions {
    /// The names of all fields, added ones too.
    pub fn names(&self) -> FieldNames {
        let added = self.meta_field.iter().chain(&self.removals_field).cloned().collect();
        FieldNames { added, ..self.fields.clone() }
    }
}

/// What becomes of a record that cannot be read. It is a failure in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// It passes as it is.
    #[default]
    Keep,
    /// It is left out.
    Skip,
    /// It ends its file.
    Fail,
}

/// The records of a chunk, cleaned.
pub(super) struct CleanedChunk<T> {
    /// Their bytes.
    pub(super) bytes: Vec<u8>,
    /// What was done, record by record.
    pub(super) told: Vec<Result<(Record, T), Failure>>,
    /// Whether any byte is another one.
    pub(super) is_changed: bool,
    /// Whether the last failure ends the file.
    pub(super) is_fatal: bool,
}

impl Batch<'_> {
    /// Cleans the records of a chunk.
    pub(super) fn clean_chunk<K, T>(
        &self,
        file: &RecordFile<K>,
        chunk: &Chunk,
        finish: &impl Fn(&Done<'_>, &K) -> Result<T, Cause>,
    ) -> CleanedChunk<T> {
        let mut cleaned = CleanedChunk {
            bytes: Vec::with_capacity(chunk.bytes.len()),
            told: Vec::new(),
            is_changed: false,
            is_fatal: false,
        };
        let (mut rest, mut line) = (chunk.bytes.as_slice(), chunk.line);
        while !rest.is_empty() && !cleaned.is_fatal {
            let (record, behind) = rest.split_at(file.format.first(rest).unwrap_or(rest.len()));
            self.clean_record(file, record, line, finish, &mut cleaned);
            line += line_feeds(record);
            rest = behind;
        }
        cleaned
    }

    fn clean_record<K, T>(
        &self,
        file: &RecordFile<K>,
        bytes: &[u8],
        line: u64,
        finish: &impl Fn(&Done<'_>, &K) -> Result<T, Cause>,
        cleaned: &mut CleanedChunk<T>,
    ) {
        let start = cleaned.bytes.len();
        let made = file.format.read(bytes).map_err(Cause::Record).and_then(|fields| match fields {
            Some(fields) => self.write_record(file, bytes, line, &fields, finish, &mut cleaned.bytes).map(Some),
            None => Ok(None),
        });
        match made {
            Ok(Some(told)) => cleaned.told.push(Ok(told)),
            Ok(None) => cleaned.bytes.extend_from_slice(bytes),
            Err(cause) => {
                cleaned.told.push(Err(Failure::at(file.name(), line, cause)));
                match self.records.on_error {
                    OnError::Keep => cleaned.bytes.extend_from_slice(bytes),
                    OnError::Skip => {}
                    OnError::Fail => cleaned.is_fatal = true,
                }
            }
        }
        cleaned.is_changed |= cleaned.bytes[start..] != *bytes;
        if let Some(compression) = file.record_compression() {
            let record = cleaned.bytes.split_off(start);
            let compressed = compression.compressed(&record).expect("a vector takes all that is written to it");
            cleaned.bytes.extend_from_slice(&compressed);
        }
    }

    /// Cleans the text of a record and adds what is left of the record to others.
    fn write_record<K, T>(
        &self,
        file: &RecordFile<K>,
        bytes: &[u8],
        line: u64,
        fields: &Fields<'_>,
        finish: &impl Fn(&Done<'_>, &K) -> Result<T, Cause>,
        to: &mut Vec<u8>,
    ) -> Result<(Record, T), Cause> {
        let document = Document {
            text: &fields.text,
            path: file.path.as_deref(),
            url: fields.url.as_deref().or(self.url),
            source: self.source,
            lang: fields.lang.as_deref().or(self.lang),
        };
        let id = fields.id.as_deref().map(str::to_owned);
        let name = Name { path: PathBuf::from(file.name()), line: Some(line), id };
        let done = self.clean(&document, name)?;
        let finished = finish(&done, &file.kept)?;
        let spans: Vec<Span> = done.record.removals.iter().map(|removal| removal.span).collect();
        let added = self.added(&done);
        format::append(bytes, &file.format.edits(bytes, fields, &spans, &added), to);
        Ok((done.record, finished))
    }

    /// The values of the added fields, in their order.
    fn added(&self, done: &Done<'_>) -> Vec<String> {
        let meta = self.records.meta_field.is_some().then(|| meta_json(&done.record.metadata));
        let removals = self.records.removals_field.is_some();
        let removals = removals.then(|| removals_json(self.rules, done.original, &done.record.removals));
        meta.into_iter().chain(removals).collect()
    }
}

/// What deleted lines said, by name. What several rules read in one line is said once.
fn meta_json(metadata: &[Metadata]) -> String {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for kept in metadata {
        let values = by_name.entry(kept.name).or_default();
        if !values.contains(&kept.value.as_str()) {
            values.push(&kept.value);
        }
    }
    json(&by_name)
}

#[derive(Serialize)]
struct RemovalRow<'a> {
    rules: Vec<&'a str>,
    categories: Vec<&'static str>,
    start: usize,
    end: usize,
    text: Cow<'a, str>,
}

/// What was deleted from a text. Bytes that are not UTF-8 are shown as such.
fn removals_json<'a>(rules: &'a Ruleset, text: &'a [u8], removals: &[Removal]) -> String {
    let row = |removal: &Removal| RemovalRow::<'a> {
        rules: removal.rules.iter().map(|&rule| rules.rule(rule).id.as_str()).collect(),
        categories: categories(rules, removal),
        start: removal.span.start,
        end: removal.span.end,
        text: String::from_utf8_lossy(removal.span.of(text)),
    };
    json(&removals.iter().map(row).collect::<Vec<_>>())
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("all keys are strings")
}
