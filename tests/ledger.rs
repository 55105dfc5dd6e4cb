//! What the ledger keeps of a cleaning gives back what was cleaned, byte for byte: of documents and rules that chance
//! makes, in every format that it knows.

mod generate;
#[cfg(feature = "parquet")]
mod parquet_files;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use deboil::batch::{Batch, Cause, Collect, Done, Failure, Input, Record, RecordOptions, RecordsOf, Stream, Told};
use deboil::ledger::{
    Beginning, Entry, Fate, Fields, Found, Header, Ledger, Line, LineJson, Piece, RecordFile, RestoredRecords,
    Selection, Writer, Written,
};
use deboil::text::format::Format;
use deboil::{Options, Ruleset};
use proptest::collection::vec;
use proptest::prelude::*;

use generate::{JUNK, case, documents};

/// How many cases are tried, if `PROPTEST_CASES` does not say.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Takes what comes out of a batch, and writes its ledger.
struct Cleaned {
    bytes: Vec<u8>,
    ledger: Writer<Vec<u8>>,
}

impl Collect<(), (Vec<u8>, Option<LineJson>)> for Cleaned {
    fn settle(&mut self, _: &Record, made: &mut (Vec<u8>, Option<LineJson>)) -> Result<(), Cause> {
        made.1.iter().for_each(|line| self.ledger.add(line).unwrap());
        Ok(())
    }

    fn tell(&mut self, told: Told<'_, (Vec<u8>, Option<LineJson>)>) -> ControlFlow<()> {
        // Some records are bad ones.
        if let Ok((record, (text, _))) = told
            && record.name.line.is_none()
        {
            self.bytes = text;
        }
        ControlFlow::Continue(())
    }

    fn begin(&mut self, records: &RecordsOf<'_, ()>) -> Result<(), Cause> {
        self.ledger.add(&Line::File(RecordFile::of(records, Path::new(NAME))).to_json()).unwrap();
        for piece in Piece::of(records) {
            self.ledger.add(&Line::Piece(piece?).to_json()).unwrap();
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

const NAME: &str = "sub/a";

/// Cleans some bytes; what is left of them, and its ledger.
fn cleaned(rules: &Ruleset, options: Options, records: RecordOptions, bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let stream = Stream(Box::new(Cursor::new(bytes.to_vec())));
    cleaned_input(rules, options, records, Input::Stream { path: Some(NAME.into()), stream })
}

/// Cleans an input; what is left of it, and its ledger.
fn cleaned_input(rules: &Ruleset, options: Options, records: RecordOptions, input: Input) -> (Vec<u8>, Vec<u8>) {
    let names = records.names();
    let header = Header { fields: Fields { text: names.text, added: names.added }, ..Header::default() };
    let mut collected = Cleaned { bytes: Vec::new(), ledger: Writer::new(Vec::new(), header).unwrap() };
    let batch = Batch { options, records, threads: 1, force: true, ..Batch::of(rules) };
    let finish = |done: &Done<'_>, (): &()| {
        let line = Entry::of(rules, done, Path::new(NAME)).map(|entry| Line::Document(entry).to_json());
        Ok((done.text().into_owned(), line))
    };
    batch.run([Ok::<_, Failure>((input, ()))].into_iter(), finish, &mut collected);
    (collected.bytes, collected.ledger.finish().unwrap())
}

/// Opens a ledger and looks the only file up.
fn found(ledger: &[u8]) -> (Ledger, Option<Found>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), ledger).unwrap();
    found_in(file.path())
}

fn found_in(ledger: &Path) -> (Ledger, Option<Found>) {
    let mut ledger = Ledger::open(ledger).unwrap();
    let found = ledger.find(Path::new(NAME), Path::new(NAME)).unwrap();
    (ledger, found)
}

/// Checks that an original and what is left of it are told apart by what the ledger has of it.
fn check_told_apart(ledger: &[u8], original: &[u8], cleaned: &[u8]) {
    let file = |bytes: &[u8]| {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        file
    };
    let ledger = file(ledger);
    let lines = Written::open(ledger.path()).unwrap().expect("it has a header");
    let (fields, mut beginning) = (lines.header().fields.clone(), Beginning::default());
    for line in lines {
        match line.unwrap().1 {
            Line::File(file) => beginning.file = Some(file),
            Line::Piece(piece) => beginning.end = beginning.end.or(Some(piece)),
            Line::Document(entry) => beginning.first = beginning.first.or(Some(entry)),
            Line::Header(_) | Line::End(_) => panic!("they are read already"),
        }
    }
    if beginning.first.is_some() {
        assert!(beginning.is_original(file(original).path(), &fields), "{beginning:?}");
        assert!(!beginning.is_original(file(cleaned).path(), &fields), "{beginning:?}");
    }
}

/// Restores a file of records; nothing of it may be refused.
fn restored(ledger: &[u8], cleaned: Vec<u8>, selection: &Selection) -> Vec<u8> {
    let (mut ledger, found) = found(ledger);
    let Some(Found::Records(file)) = found else { panic!("it holds records") };
    let mut records = RestoredRecords::open(&mut ledger, &file, selection, Cursor::new(cleaned)).unwrap();
    let mut restored = records.head().to_vec();
    for record in records.by_ref() {
        let record = record.unwrap();
        assert!(matches!(record.fate, Fate::Kept | Fate::Restored), "{record:?}");
        restored.extend_from_slice(&record.bytes);
    }
    restored
}

/// A rule of the ones that deleted something.
fn one_of(ledger: &[u8], index: prop::sample::Index) -> Selection {
    let (ledger, _) = found(ledger);
    let rules: Vec<&String> = ledger.rules().keys().collect();
    let rule = (!rules.is_empty()).then(|| rules[index.index(rules.len())].clone());
    Selection { rules: rule.into_iter().collect(), categories: BTreeSet::new() }
}

/// A text without the removals that another rule than the selected one made, too.
fn without_others(entry: &Entry<'_>, text: &[u8], selection: &Selection) -> Vec<u8> {
    let stays = |at: usize| {
        !entry.removals.iter().any(|removed| {
            (removed.start..removed.end).contains(&(at as u64))
                && (removed.rules.is_empty() || removed.rules.keys().any(|rule| !selection.rules.contains(&**rule)))
        })
    };
    text.iter().enumerate().filter(|&(at, _)| stays(at)).map(|(_, &byte)| byte).collect()
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_text_comes_back_whatever_the_rules(
        (packs, text) in case(),
        tidy in any::<bool>(),
        index in any::<prop::sample::Index>(),
    ) {
        let options = Options { tidy, ..Options::default() };
        let text_only = RecordOptions { format: Some(Format::Text), ..RecordOptions::default() };
        let (cleaned, ledger) = cleaned(&packs.load(), options, text_only, &text);
        let Some(Found::Text(entry)) = found(&ledger).1 else {
            prop_assert_eq!(&cleaned[..], &text[..]);
            return Ok(());
        };
        prop_assert_eq!(&entry.restore(&cleaned).unwrap()[..], &text[..]);
        check_told_apart(&ledger, &text, &cleaned);
        let selection = one_of(&ledger, index);
        if !selection.is_all() {
            let selected = entry.restore_selected(&cleaned, &selection).unwrap();
            prop_assert_eq!(selected, without_others(&entry, &text, &selection));
        }
    }
}

/// Rules that find much in any document.
fn rules() -> Ruleset {
    let mut pack = String::from("schema = 1\n");
    for (number, junk) in JUNK.iter().enumerate().filter(|(_, junk)| junk.len() > 3) {
        let kind = if number % 2 == 0 { "line" } else { "phrase" };
        write!(
            pack,
            "[[{kind}]]\nid = \"t.{number}\"\ncategory = \"ad\"\nany = [{junk:?}]\nwhy = \"junk\"\nstrips = [{junk:?}]\n"
        )
        .unwrap();
    }
    Ruleset::builder().bundled(false).text("t.toml", &pack).build().unwrap()
}

/// Texts with much junk and little else, so that all of a text may go.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let document = prop_oneof![
        4 => documents::document(JUNK).prop_map(|text| String::from_utf8_lossy(&text).into_owned()),
        1 => Just(String::new()),
        1 => Just("ha ha \"So it is.\" \u{1f600}\\".to_owned()),
        1 => Just("\"We're back\" \"said\" ".to_owned()),
    ];
    vec(document, 1..5)
}

/// A text as JSON spells it, with some of its characters escaped that need not be.
fn spelled(text: &str, escaped: &[bool]) -> String {
    let mut spelled = String::new();
    for (char, &is_escaped) in text.chars().zip(escaped.iter().cycle()) {
        if is_escaped {
            char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| write!(spelled, "\\u{unit:04X}").unwrap());
        } else {
            let string = serde_json::to_string(&char).unwrap();
            spelled += &string[1..string.len() - 1];
        }
    }
    spelled
}

fn options(format: Format, meta: bool, removals: bool) -> RecordOptions {
    RecordOptions {
        format: Some(format),
        meta_field: meta.then(|| "meta".to_owned()),
        removals_field: removals.then(|| "removals".to_owned()),
        ..RecordOptions::default()
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_json_lines_come_back(
        texts in texts(),
        escaped in vec(prop::bool::weighted(0.2), 40),
        others in (r#", "meta": "it was there"|, "n" : 1.50|"#, r"[\t ]{0,2}"),
        (meta, removals) in any::<(bool, bool)>(),
        index in any::<prop::sample::Index>(),
    ) {
        let line = |text: &String| format!("{{\"text\" : \"{}\"{}}}{}\n", spelled(text, &escaped), others.0, others.1);
        let mut file: String = texts.iter().map(line).collect();
        file.insert_str(0, "\n{\"text\": null}\n");
        let (cleaned, ledger) = cleaned(&rules(), Options::default(), options(Format::Jsonl, meta, removals), file.as_bytes());
        let back = restored(&ledger, cleaned.clone(), &Selection::default());
        check_told_apart(&ledger, file.as_bytes(), &cleaned);
        prop_assert_eq!(String::from_utf8(back).unwrap(), file);
        let selection = one_of(&ledger, index);
        if selection.is_all() {
            return Ok(());
        }
        // As fields that were added stay, the selected rule is the only difference.
        let selected = String::from_utf8(restored(&ledger, cleaned.clone(), &selection)).unwrap();
        let values = |file: &str| file.lines().filter_map(|line| serde_json::from_str(line).ok()).collect::<Vec<serde_json::Value>>();
        for (now, before) in values(&selected).iter().zip(values(std::str::from_utf8(&cleaned).unwrap())) {
            let text = |value: &serde_json::Value| value["text"].as_str().map_or(0, str::len);
            prop_assert!(text(now) >= text(&before));
            prop_assert_eq!(&now["meta"], &before["meta"]);
            prop_assert_eq!(&now["removals"], &before["removals"]);
        }
    }

    #[test]
    fn any_table_of_fields_comes_back(
        texts in texts(),
        style in prop_oneof![Just(csv::QuoteStyle::Always), Just(csv::QuoteStyle::Necessary)],
        is_last in any::<bool>(),
        (meta, removals) in any::<(bool, bool)>(),
        index in any::<prop::sample::Index>(),
    ) {
        let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
        let row = |text: &str, other: &str| if is_last { [other.to_owned(), text.into()] } else { [text.to_owned(), other.into()] };
        writer.write_record(row("text", "n")).unwrap();
        texts.iter().for_each(|text| writer.write_record(row(text, "1, or \"two\"")).unwrap());
        let mut file = writer.into_inner().unwrap();
        // Fields that nobody but a careless writer leaves without quotes.
        file.extend_from_slice(row("ha ha \"So it is.\" ha ha", "x").join(",").as_bytes());
        file.extend_from_slice(b"\r\n\r\n1,2,3\n");
        let (cleaned, ledger) = cleaned(&rules(), Options::default(), options(Format::Csv, meta, removals), &file);
        let back = restored(&ledger, cleaned.clone(), &Selection::default());
        check_told_apart(&ledger, &file, &cleaned);
        prop_assert_eq!(String::from_utf8(back).unwrap(), String::from_utf8(file).unwrap());
        restored(&ledger, cleaned, &one_of(&ledger, index));
    }

    #[test]
    fn any_archive_comes_back(texts in texts(), index in any::<prop::sample::Index>()) {
        let record = |text: &String| {
            let length = text.len();
            format!(
                "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Block-Digest: sha1:A\r\ncontent-length:  {length}\r\n\r\n{text}\r\n\r\n"
            )
        };
        let file: String = texts.iter().map(record).collect();
        let (cleaned, ledger) = cleaned(&rules(), Options::default(), options(Format::Wet, false, false), file.as_bytes());
        let back = restored(&ledger, cleaned.clone(), &Selection::default());
        check_told_apart(&ledger, file.as_bytes(), &cleaned);
        prop_assert_eq!(String::from_utf8(back).unwrap(), file);
        restored(&ledger, cleaned, &one_of(&ledger, index));
    }
}

#[cfg(feature = "parquet")]
mod tables {
    use std::io::Write as _;

    use deboil::ledger::RestoredTable;

    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    /// Restores a table; no row of it may be refused.
    fn restored(ledger: &[u8], cleaned: &[u8], selection: &Selection) -> Vec<u8> {
        // It is read a second time for columns.
        let kept = file(ledger);
        let (mut ledger, found) = found_in(kept.path());
        let Some(Found::Records(records)) = found else { panic!("it is a table") };
        let cleaned = file(cleaned).reopen().unwrap();
        let table = RestoredTable::open(&mut ledger, &records, selection, cleaned).unwrap();
        let (mut restored, mut rows) = (Vec::new(), 0);
        let mut write = |bytes: &[u8]| {
            restored.extend_from_slice(bytes);
            Ok(())
        };
        let mut tell = |row, fate| {
            rows += 1;
            assert_eq!(row, rows);
            assert!(matches!(fate, Fate::Kept | Fate::Restored), "{fate:?}");
        };
        table.write(&mut write, &mut tell).unwrap();
        restored
    }

    proptest! {
        #![proptest_config(cases(100))]

        #[test]
        fn any_table_of_columns_comes_back(
            texts in vec(prop::option::weighted(0.9, texts()), 0..6),
            rows in 1_usize..4,
            added in prop::sample::subsequence(vec!["after", "id", "new"], 0..=2),
            index in any::<prop::sample::Index>(),
        ) {
            let texts: Vec<Option<String>> = texts.into_iter().map(|texts| texts.map(|texts| texts.concat())).collect();
            let bytes: Vec<Option<&[u8]>> = texts.iter().map(|text| text.as_deref().map(str::as_bytes)).collect();
            let path = tempfile::NamedTempFile::new().unwrap();
            parquet_files::write(path.path(), rows, &bytes);
            let original = fs::read(path.path()).unwrap();
            let mut options = options(Format::Parquet, false, false);
            let mut added = added.into_iter().map(str::to_owned);
            (options.meta_field, options.removals_field) = (added.next(), added.next());
            let input = Input::File(path.path().to_owned());
            let (cleaned, ledger) = cleaned_input(&rules(), Options::default(), options, input);
            let back = restored(&ledger, &cleaned, &Selection::default());
            check_told_apart(&ledger, &original, &cleaned);
            prop_assert!(back == original, "a file that this writer wrote comes back byte for byte");
            prop_assert!(restored(&ledger, &original, &Selection::default()) == original, "the original stays");
            let selection = one_of(&ledger, index);
            if selection.is_all() {
                return Ok(());
            }
            // As columns that were added stay, the selected rule is the only difference.
            let selected = parquet_files::rows(restored(&ledger, &cleaned, &selection));
            for (now, before) in selected.iter().zip(parquet_files::rows(cleaned)) {
                prop_assert!(now.len() >= before.len());
                prop_assert_eq!(now.split("after").last(), before.split("after").last());
            }
        }
    }
}
