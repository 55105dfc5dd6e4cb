//! Any bytes as a ledger: it is refused with a place, or what comes back has the hash that it says.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use deboil::ledger::{Entry, Fate, Found, Hash, Ledger, RecordFile, RestoredRecords, Selection};

use crate::records::scratch;
use crate::round_trip::NAME;

/// What cleaning left of a text.
pub const TEXT: &[u8] = b"It rained.\n\nIt snowed.\n";
/// What it left of files of records.
pub const JSONL: &[u8] = b"{\"text\": \"It rained.\\n\"}\n{\"id\": 2, \"text\": \"It snowed.\\n\"}\n";
/// See [`JSONL`].
pub const CSV: &[u8] = b"id,text,meta\n1,It rained.,\"{}\"\n2,\"It \"\"snowed\"\".\n\",\"{}\"\n";
/// See [`JSONL`].
pub const WET: &[u8] = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 10\r\n\r\nIt rained.\r\n\r\n";

/// Takes a ledger.
pub fn check(bytes: &[u8]) {
    let file = scratch();
    fs::write(file.path(), bytes).unwrap();
    let ledger = Ledger::open(file.path());
    let found = ledger.map(|mut ledger| (ledger.find(Path::new(NAME), Path::new(NAME)), ledger));
    match found {
        Ok((Ok(Some(Found::Text(entry))), ledger)) => selections(&ledger).iter().for_each(|it| check_text(&entry, it)),
        Ok((Ok(Some(Found::Records(records))), mut ledger)) => {
            for selection in selections(&ledger) {
                // Its lines are read anew.
                let again = ledger.find(Path::new(NAME), Path::new(NAME));
                assert_eq!(again, Ok(Some(Found::Records(records.clone()))));
                check_records(&mut ledger, &records, &selection);
            }
        }
        Ok((Ok(None), _)) => {}
        Ok((Err(error), _)) | Err(error) => {
            assert!(error.place.as_ref().is_some_and(|place| place.line > 0), "{error}");
            assert!(!error.cure.is_empty(), "{error}");
        }
    }
}

/// All, and each rule alone.
fn selections(ledger: &Ledger) -> Vec<Selection> {
    let of = |rule: &String| Selection { rules: [rule.clone()].into(), ..Selection::default() };
    [Selection::default()].into_iter().chain(ledger.rules().keys().take(4).map(of)).collect()
}

fn check_text(entry: &Entry<'_>, selection: &Selection) {
    let Ok(restored) = entry.restore(TEXT) else {
        assert!(entry.restore_selected(TEXT, selection).is_err());
        return;
    };
    assert_eq!((Hash::of([&*restored]), restored.len() as u64), (entry.original.blake3, entry.original.bytes));
    if let Ok(selected) = entry.restore_selected(TEXT, selection) {
        assert!(is_within(&selected, &restored) && is_within(TEXT, &selected));
    }
}

fn check_records(ledger: &mut Ledger, file: &RecordFile<'_>, selection: &Selection) {
    let cleaned = match &*file.format {
        "csv" | "tsv" => CSV,
        "wet" => WET,
        _ => JSONL,
    };
    let Ok(mut records) = RestoredRecords::open(ledger, file, selection, Cursor::new(cleaned)) else { return };
    let mut back = records.head().to_vec();
    let mut is_kept = back.is_empty() || cleaned.starts_with(&back);
    for record in records.by_ref() {
        let Ok(record) = record else { return };
        is_kept &= !matches!(record.fate, Fate::Restored);
        back.extend_from_slice(&record.bytes);
    }
    assert!(!is_kept || back == cleaned, "what is not restored stays as it is");
}

/// Whether some bytes are others without some of theirs.
fn is_within(part: &[u8], whole: &[u8]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|byte| whole.any(|other| other == byte))
}
