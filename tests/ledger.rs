//! What the ledger keeps of a cleaning gives back what was cleaned, byte for byte: of documents and rules that chance
//! makes, in every format that it knows.

mod generate;
#[cfg(feature = "parquet")]
mod parquet_files;
mod round_trip;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use deboil::batch::RecordOptions;
use deboil::ledger::{Beginning, Found, Line, Selection, Written};
use deboil::text::format::Format;
use deboil::{Options, Ruleset};
use proptest::collection::vec;
use proptest::prelude::*;

use generate::{JUNK, case, documents};
use round_trip::{Cleaned, cleaned, found, restored, stream, without_others};

/// How many cases are tried, if `PROPTEST_CASES` does not say.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
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

/// A rule of the ones that deleted something.
fn one_of(ledger: &[u8], index: prop::sample::Index) -> Selection {
    let (ledger, _) = found(ledger);
    let rules: Vec<&String> = ledger.rules().keys().collect();
    let rule = (!rules.is_empty()).then(|| rules[index.index(rules.len())].clone());
    Selection { rules: rule.into_iter().collect(), categories: BTreeSet::new() }
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
        let Cleaned { bytes: cleaned, ledger, has_failed } = cleaned(&packs.load(), options, text_only, stream(&text));
        prop_assert!(!has_failed);
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
        let options = options(Format::Jsonl, meta, removals);
        let Cleaned { bytes: cleaned, ledger, has_failed } = cleaned(&rules(), Options::default(), options, stream(file.as_bytes()));
        prop_assert!(!has_failed);
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
        let options = options(Format::Csv, meta, removals);
        let Cleaned { bytes: cleaned, ledger, has_failed } = cleaned(&rules(), Options::default(), options, stream(&file));
        prop_assert!(!has_failed);
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
        let options = options(Format::Wet, false, false);
        let Cleaned { bytes: cleaned, ledger, has_failed } = cleaned(&rules(), Options::default(), options, stream(file.as_bytes()));
        prop_assert!(!has_failed);
        let back = restored(&ledger, cleaned.clone(), &Selection::default());
        check_told_apart(&ledger, file.as_bytes(), &cleaned);
        prop_assert_eq!(String::from_utf8(back).unwrap(), file);
        restored(&ledger, cleaned, &one_of(&ledger, index));
    }
}

#[cfg(feature = "parquet")]
mod tables {
    use std::io::Write as _;

    use deboil::batch::Input;
    use deboil::ledger::{Fate, RestoredTable};

    use super::*;
    use crate::round_trip::found_in;

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
            let Cleaned { bytes: cleaned, ledger, has_failed } = cleaned(&rules(), Options::default(), options, input);
            prop_assert!(!has_failed);
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

// What fuzzing has found, each once.

#[test]
fn records_that_end_in_a_carriage_return_alone_come_back() {
    for file in
        ["text\n\rIt rained. (Why?)", "id,text\r1,It rained. (Why?)\r2,\"It snowed.\r(Why?)\"\r3,It rained. ha ha\r\n"]
    {
        let options = options(Format::Csv, true, false);
        let Cleaned { bytes, ledger, has_failed } =
            cleaned(&rules(), Options::default(), options, stream(file.as_bytes()));
        assert!(!has_failed && bytes != file.as_bytes());
        assert_eq!(restored(&ledger, bytes, &Selection::default()), file.as_bytes());
    }
}
