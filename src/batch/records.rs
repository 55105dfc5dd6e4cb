//! Cleans some records of a file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::budget::Permit;
use super::chunks::Chunk;
use super::units::{Part, RecordFile};
use super::{Batch, Cause, Done, Failure, Name, Record, Spelled, categories};
use crate::clean::{Metadata, Removal};
use crate::layout::Span;
use crate::rule::set::Ruleset;
use crate::text::document::Document;
#[cfg(feature = "parquet")]
use crate::text::format::parquet::{CleanedRows, Rows};
use crate::text::format::{self, Edit, FieldNames, Fields, Format, RecordFormat};

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

/// Some records of a file, cleaned.
pub(super) struct CleanedPart<T> {
    /// What is left of them.
    pub(super) left: Left,
    /// What was done, record by record.
    pub(super) outcomes: Outcomes<T>,
    /// Whether anything is other than it was.
    pub(super) is_changed: bool,
    /// What keeps others waiting until all this is handed over.
    pub(super) _permit: Permit,
}

/// Records, as they are written.
pub(super) enum Left {
    Bytes(Vec<u8>),
    #[cfg(feature = "parquet")]
    Rows(CleanedRows),
}

/// What was done, record by record.
pub(super) struct Outcomes<T> {
    pub(super) told: Vec<Result<(Record, T), Failure>>,
    /// Whether the last failure ends the file.
    pub(super) is_fatal: bool,
}

/// A record that was read.
struct Given<'r> {
    line: u64,
    fields: Result<Option<Fields<'r>>, String>,
    /// How it is spelled, if its bytes are in one place.
    spelled: Option<(&'r dyn RecordFormat, &'r [u8])>,
}

/// What becomes of a record.
enum Fate {
    /// Something may change in it.
    Edited(Changes),
    /// It stays as it is.
    Kept,
    /// It is not written.
    LeftOut,
}

/// What changes in a record.
#[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "rows alone have no bytes to edit"))]
struct Changes {
    /// What goes of its text.
    removals: Vec<Span>,
    /// The values of the added fields, in their order.
    added: Vec<String>,
    /// What that means for its bytes, if they are in one place.
    edits: Vec<Edit>,
}

impl Batch<'_> {
    /// Cleans some records of a file.
    pub(super) fn clean_part<K, T>(
        &self,
        file: &RecordFile<K>,
        part: Part,
        finish: &impl Fn(&Done<'_>, &K) -> Result<T, Cause>,
    ) -> CleanedPart<T> {
        match part {
            Part::Chunk(chunk) => self.clean_chunk(file, chunk, finish),
            #[cfg(feature = "parquet")]
            Part::Rows(rows, permit) => self.clean_rows(file, &rows, permit, finish),
        }
    }

    fn clean_chunk<K, T>(
        &self,
        file: &RecordFile<K>,
        chunk: Chunk,
        finish: &impl Fn(&Done<'_>, &K) -> Result<T, Cause>,
    ) -> CleanedPart<T> {
        let (mut left, mut outcomes) = (Vec::with_capacity(chunk.bytes.len()), Outcomes::new());
        let (mut rest, mut line, mut is_changed) = (chunk.bytes.as_slice(), chunk.line, false);
        while !rest.is_empty() && !outcomes.is_fatal {
            let (record, behind) = rest.split_at(chunk.format.first(rest).unwrap_or(rest.len()));
            let start = left.len();
            let spelled = Some((&*chunk.format, record));
            let given = Given { line, fields: chunk.format.read(record), spelled };
            match self.fate(file, given, finish, &mut outcomes) {
                Fate::Edited(changes) => format::append(record, &changes.edits, &mut left),
                Fate::Kept => left.extend_from_slice(record),
                Fate::LeftOut => {}
            }
            is_changed |= left[start..] != *record;
            if let Some(compression) = file.record_compression {
                let record = left.split_off(start);
                let compressed = compression.compressed(&record).expect("a vector takes all that is written to it");
                left.extend_from_slice(&compressed);
            }
            line += chunk.format.lines(record);
            rest = behind;
        }
        CleanedPart { left: Left::Bytes(left), outcomes, is_changed, _permit: chunk.permit }
    }

    #[cfg(feature = "parquet")]
    fn clean_rows<K, T>(
        &self,
        file: &RecordFile<K>,
        rows: &Rows,
        permit: Permit,
        finish: &impl Fn(&Done<'_>, &K) -> Result<T, Cause>,
    ) -> CleanedPart<T> {
        let (mut left, mut outcomes) = (CleanedRows::new(rows, self.records.names().added.len()), Outcomes::new());
        for row in 0..rows.len() {
            let (line, fields) = (rows.first + row as u64, rows.fields(row).map(Some));
            match self.fate(file, Given { line, fields, spelled: None }, finish, &mut outcomes) {
                Fate::Edited(Changes { removals, added, .. }) => left.put(rows, row, &removals, added),
                Fate::Kept => left.keep(rows, row),
                Fate::LeftOut => left.leave_out(row),
            }
            if outcomes.is_fatal {
                break;
            }
        }
        let is_changed = left.is_changed();
        CleanedPart { left: Left::Rows(left), outcomes, is_changed, _permit: permit }
    }

    /// Cleans a record, if it could be read, and says what becomes of it.
    fn fate<K, T>(
        &self,
        file: &RecordFile<K>,
        given: Given<'_>,
        finish: &impl Fn(&Done<'_>, &K) -> Result<T, Cause>,
        outcomes: &mut Outcomes<T>,
    ) -> Fate {
        let Given { line, fields, spelled } = given;
        let fields = match fields {
            Ok(Some(fields)) => fields,
            Ok(None) => return Fate::Kept,
            Err(what) => return self.bad(file, line, Cause::Record(what), outcomes),
        };
        match self.clean_record(file, line, &fields, spelled, finish) {
            Ok((record, finished, changes)) => {
                outcomes.told.push(Ok((record, finished)));
                Fate::Edited(changes)
            }
            Err(cause) => self.bad(file, line, cause, outcomes),
        }
    }

    fn bad<K, T>(&self, file: &RecordFile<K>, line: u64, cause: Cause, outcomes: &mut Outcomes<T>) -> Fate {
        outcomes.told.push(Err(Failure::at(file.name(), line, cause)));
        outcomes.is_fatal = self.records.on_error == OnError::Fail;
        if self.records.on_error == OnError::Keep { Fate::Kept } else { Fate::LeftOut }
    }

    /// Cleans the text of a record.
    fn clean_record<K, T>(
        &self,
        file: &RecordFile<K>,
        line: u64,
        fields: &Fields<'_>,
        spelled: Option<(&dyn RecordFormat, &[u8])>,
        finish: &impl Fn(&Done<'_>, &K) -> Result<T, Cause>,
    ) -> Result<(Record, T, Changes), Cause> {
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
        let removals: Vec<Span> = done.record.removals.iter().map(|removal| removal.span).collect();
        let added = self.added(&done);
        let edits = spelled.map_or_else(Vec::new, |(format, bytes)| format.edits(bytes, fields, &removals, &added));
        let spelled = spelled.map(|(_, bytes)| Spelled { bytes, text: fields.spelling, edits: &edits });
        let done = Done { spelled, ..done };
        let finished = finish(&done, &file.kept)?;
        Ok((done.record, finished, Changes { removals, added, edits }))
    }

    /// The values of the added fields, in their order.
    fn added(&self, done: &Done<'_>) -> Vec<String> {
        let meta = self.records.meta_field.is_some().then(|| meta_json(&done.record.metadata));
        let removals = self.records.removals_field.is_some();
        let removals = removals.then(|| removals_json(self.rules, done.document.text, &done.record.removals));
        meta.into_iter().chain(removals).collect()
    }
}

impl<T> Outcomes<T> {
    fn new() -> Self {
        Self { told: Vec::new(), is_fatal: false }
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
