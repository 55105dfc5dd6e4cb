//! Says of a document what the ledger keeps of it.

use std::borrow::Cow;
use std::path::Path;

use super::{Bytes, Edited, Entry, Extent, Hash, Head, Piece, RecordFile, Removed};
use crate::batch::{Cause, Done, RecordsOf, Spelled, Status};
use crate::clean::Removal;
use crate::rule::set::Ruleset;
use crate::text::format::Edit;

impl<'a> Entry<'a> {
    /// What the ledger keeps of a document, if it changed. `output` is the path that it has below the directory that it
    /// is written to.
    pub fn of(rules: &'a Ruleset, done: &'a Done<'_>, output: &Path) -> Option<Self> {
        let record = &done.record;
        let (cleaned, original) = match &done.spelled {
            Some(spelled) if spelled.edits.is_empty() => return None,
            Some(spelled) => (after(spelled.bytes, spelled.edits), Extent::of([spelled.bytes])),
            None if record.status != Status::Cleaned => return None,
            None => (Extent::of(done.parts()), Extent::of([done.document.text])),
        };
        let (removals, edits) = match &done.spelled {
            Some(spelled) => in_record(rules, &record.removals, *spelled),
            None => (in_text(rules, &record.removals, done.document.text), Vec::new()),
        };
        Some(Self {
            path: Bytes::path(&record.name.path),
            output: Bytes::names(output),
            line: record.name.line,
            id: record.name.id.as_deref().map(Cow::Borrowed),
            cleaned,
            original,
            removals,
            edits,
        })
    }
}

impl<'a> RecordFile<'a> {
    /// What the ledger says of a file of records.
    pub fn of<K>(records: &'a RecordsOf<'_, K>, output: &Path) -> Self {
        let head = (!records.head_edits.is_empty()).then(|| Head {
            cleaned: after(records.head, records.head_edits),
            original: Extent::of([records.head]),
            edits: records.head_edits.iter().map(|edit| edited(records.head, edit)).collect(),
        });
        Self {
            path: records.path.map_or(Bytes::from(&b"-"[..]), Bytes::path),
            output: Bytes::names(output),
            format: Cow::Borrowed(records.format.name()),
            head,
        }
    }
}

impl Piece<'static> {
    /// What a cleaned table will not have any more beside texts; nothing of a file that is none.
    pub fn of<K>(records: &RecordsOf<'_, K>) -> impl Iterator<Item = Result<Self, Cause>> + use<K> {
        #[cfg(feature = "parquet")]
        let pieces = Self::of_table(records);
        #[cfg(not(feature = "parquet"))]
        let (pieces, _) = (std::iter::empty(), records);
        pieces
    }
}

impl Extent {
    /// That of bytes, which come in parts.
    pub(super) fn of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut bytes = 0;
        let blake3 = Hash::of(parts.into_iter().inspect(|part| bytes += part.len() as u64));
        Self { bytes, blake3 }
    }
}

/// The extent of some bytes as they are after edits.
fn after(bytes: &[u8], edits: &[Edit]) -> Extent {
    let ends = edits.iter().map(|edit| (edit.span.start, &*edit.new)).chain([(bytes.len(), &b""[..])]);
    let starts = [0].into_iter().chain(edits.iter().map(|edit| edit.span.end));
    Extent::of(starts.zip(ends).flat_map(|(start, (end, new))| [&bytes[start..end], new]))
}

fn in_text<'a>(rules: &'a Ruleset, removals: &'a [Removal], text: &'a [u8]) -> Vec<Removed<'a>> {
    removals.iter().map(|removal| removed(rules, removal, None, removal.span.of(text))).collect()
}

/// The removals of a record, and what else changed in it.
fn in_record<'a>(
    rules: &'a Ruleset,
    removals: &'a [Removal],
    spelled: Spelled<'a>,
) -> (Vec<Removed<'a>>, Vec<Edited<'a>>) {
    let (gone, others): (Vec<&Edit>, Vec<&Edit>) =
        spelled.edits.iter().partition(|edit| edit.new.is_empty() && spelled.text.covers(edit.span));
    debug_assert_eq!(gone.len(), removals.len());
    let removals = removals
        .iter()
        .zip(gone)
        .map(|(removal, edit)| removed(rules, removal, Some(edit.span.start as u64), edit.span.of(spelled.bytes)));
    (removals.collect(), others.into_iter().map(|edit| edited(spelled.bytes, edit)).collect())
}

fn removed<'a>(rules: &'a Ruleset, removal: &Removal, at: Option<u64>, bytes: &'a [u8]) -> Removed<'a> {
    let named = removal.rules.iter().map(|&rule| {
        let rule = rules.rule(rule);
        (Cow::Borrowed(rule.id.as_str()), Cow::Borrowed(rule.category.name()))
    });
    let (start, end) = (removal.span.start as u64, removal.span.end as u64);
    Removed { start, end, rules: named.collect(), at, bytes: bytes.into() }
}

fn edited<'a>(bytes: &'a [u8], edit: &Edit) -> Edited<'a> {
    Edited { at: edit.span.start as u64, old: edit.span.of(bytes).into(), new: edit.new.len() as u64 }
}
