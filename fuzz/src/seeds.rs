//! What fuzzing starts from: the project's own rule files, fixtures and examples, and what its tests generate.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deboil::batch::RecordOptions;
use deboil::text::compression::Compression;
use deboil::text::format::Format;
use deboil::{Options, Ruleset};
use parquet::basic::{Compression as Codec, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::generate::{JUNK, case, documents};
use crate::ledger;
use crate::round_trip;

/// How many of the cases and documents that the tests would generate are taken.
const GENERATED: usize = 300;

/// Writes a folder of inputs for each target.
pub fn write(folder: &Path) {
    Seeds { folder: folder.to_owned(), runner: TestRunner::deterministic() }.write();
}

struct Seeds {
    folder: PathBuf,
    runner: TestRunner,
}

impl Seeds {
    fn write(mut self) {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let (rules, manual) = (files(&project.join("rules"), "toml"), blocks(&project.join("rules/README.md")));
        self.put("rule_file", rules.iter().chain(&manual).cloned());
        let texts = [files(&project.join("tests/fixtures"), "txt"), files(&project.join("examples"), "txt")].concat();
        self.put("document", texts);
        let cases: Vec<_> = (0..GENERATED).map(|_| self.one(case())).collect();
        let cases = cases.into_iter().map(|(packs, text)| {
            packs.load();
            [packs.generic.as_bytes(), b"\n%%\n", packs.source.as_bytes(), b"\n%%\n", &text].concat()
        });
        let shown = manual.iter().map(|rules| [rules, &b"\n%%\n"[..], &JUNK.join("\n\n").into_bytes()].concat());
        let cases: Vec<_> = cases.chain(shown).collect();
        self.put("restore", cases.clone());
        self.put("differential", cases);
        let texts: Vec<Vec<String>> = (0..GENERATED).map(|_| self.texts()).collect();
        self.put("jsonl", texts.iter().map(|texts| jsonl(texts)));
        self.put("csv", texts.iter().map(|texts| delimited(b',', texts)));
        self.put("csv", texts.iter().map(|texts| delimited(b'\t', texts)));
        self.put("wet", texts.iter().map(|texts| wet(texts)));
        for properties in properties() {
            self.put("parquet", texts.iter().step_by(40).map(|texts| parquet(properties(), texts)));
        }
        let plain: Vec<_> =
            texts.iter().take(20).flat_map(|texts| [jsonl(texts), wet(texts), texts.concat().into()]).collect();
        self.put("compressed", plain.iter().cloned());
        for compression in [Compression::Gzip, Compression::Zstd] {
            self.put("compressed", plain.iter().map(|file| compression.compressed(file).unwrap()));
        }
        self.put("ledger", ledgers());
    }

    /// Adds files to those of a target, named by what is in them.
    fn put(&self, target: &str, files: impl IntoIterator<Item = Vec<u8>>) {
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder).unwrap();
        for file in files {
            fs::write(folder.join(deboil::ledger::Hash::of([&*file]).to_string()), file).unwrap();
        }
    }

    fn one<T: std::fmt::Debug>(&mut self, strategy: impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.runner).unwrap().current()
    }

    /// The texts of some records.
    fn texts(&mut self) -> Vec<String> {
        let texts = self.one(proptest::collection::vec(documents::document(JUNK), 1..4));
        texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }
}

/// The files below a folder whose names end so.
fn files(folder: &Path, extension: &str) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            files.push(fs::read(path).unwrap());
        }
    }
    files
}

/// The rule files in a manual.
fn blocks(manual: &Path) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(manual).unwrap();
    let blocks = text.split("\n```toml").skip(1).map(|block| block.split_once('\n').unwrap().1);
    blocks.map(|block| block.split("\n```").next().unwrap().as_bytes().to_vec()).collect()
}

fn jsonl(texts: &[String]) -> Vec<u8> {
    let mut file = String::new();
    for (number, text) in texts.iter().enumerate() {
        let text = serde_json::Value::from(text.as_str()).to_string();
        let text = if number % 2 == 0 { text } else { text.replace('a', "\\u0061").replace('/', "\\/") };
        writeln!(file, "{{\"id\": {number}, \"text\": {text}, \"url\":\"http://x.example/\", \"n\" : 1.50}}").unwrap();
    }
    (file + "\n{\"text\": null}\nno JSON\n").into_bytes()
}

fn delimited(delimiter: u8, texts: &[String]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(["id", "text", "after"]).unwrap();
    for (number, text) in texts.iter().enumerate() {
        writer.write_record([&number.to_string(), text, "1, or \"two\""]).unwrap();
    }
    let mut file = writer.into_inner().unwrap();
    file.extend_from_slice(b"\r\n1\r\n");
    file
}

fn wet(texts: &[String]) -> Vec<u8> {
    let record = |text: &String| {
        let length = text.len();
        format!(
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://x.example/\r\nWARC-Block-Digest: sha1:A\r\n\
             Content-Length: {length}\r\n\r\n{text}\r\n\r\n"
        )
    };
    let first = "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 4\r\n\r\na: b\r\n\r\n".to_owned();
    [first].into_iter().chain(texts.iter().map(record)).collect::<String>().into_bytes()
}

/// How tables are written.
fn properties() -> Vec<fn() -> WriterPropertiesBuilder> {
    vec![
        || WriterProperties::builder().set_compression(Codec::UNCOMPRESSED).set_dictionary_enabled(false),
        || WriterProperties::builder().set_compression(Codec::SNAPPY),
        || {
            WriterProperties::builder()
                .set_compression(Codec::ZSTD(ZstdLevel::default()))
                .set_writer_version(WriterVersion::PARQUET_2_0)
        },
        || {
            WriterProperties::builder()
                .set_compression(Codec::GZIP(GzipLevel::default()))
                .set_max_row_group_row_count(Some(1))
        },
        || WriterProperties::builder().set_compression(Codec::LZ4_RAW).set_writer_version(WriterVersion::PARQUET_2_0),
    ]
}

/// A table with a row group for every two texts.
fn parquet(properties: WriterPropertiesBuilder, texts: &[String]) -> Vec<u8> {
    let schema = "message articles { required int64 id; optional binary text (STRING); required binary url (STRING); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
    for texts in texts.chunks(2) {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let ids: Vec<i64> = (0..=texts.len() as i64).collect();
        column.typed::<Int64Type>().write_batch(&ids, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = texts.iter().map(|text| text.as_str().into()).collect();
        // The last row has no text.
        let levels: Vec<i16> = texts.iter().map(|_| 1).chain([0]).collect();
        column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let urls: Vec<ByteArray> = ids.iter().map(|id| format!("http://x.example/{id}").as_str().into()).collect();
        column.typed::<ByteArrayType>().write_batch(&urls, None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

/// Ledgers of what the target of that name takes for cleaned.
fn ledgers() -> Vec<Vec<u8>> {
    let rules = "schema = 1\n[[line]]\nid = 'line'\ncategory = 'ad'\nwhy = 'test'\nany = ['Advertisement']\n\
        [[phrase]]\nid = 'phrase'\ncategory = 'share'\nwhy = 'test'\nany = ['(Why?)']\n";
    let rules = Ruleset::builder().bundled(false).text("rules.toml", rules).build().unwrap();
    let ledger = |format, adds: bool, scraped: &str, left: &[u8]| {
        let meta_field = adds.then(|| "meta".to_owned());
        let options = RecordOptions { format: Some(format), meta_field, ..RecordOptions::default() };
        let cleaned = round_trip::cleaned(&rules, Options::default(), options, round_trip::stream(scraped.as_bytes()));
        assert_eq!(cleaned.bytes, left, "{}", String::from_utf8_lossy(&cleaned.bytes));
        cleaned.ledger
    };
    let wet = |text: &str| {
        format!("WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: {}\r\n\r\n{text}\r\n\r\n", text.len())
    };
    let plain = vec![
        ledger(Format::Text, false, "It rained. (Why?)\n\nAdvertisement\n\nIt snowed.\n", ledger::TEXT),
        ledger(
            Format::Jsonl,
            false,
            "{\"text\": \"It rained.\\nAdvertisement\"}\n{\"id\": 2, \"text\": \"It snowed. (Why?)\\n\"}\n",
            ledger::JSONL,
        ),
        ledger(
            Format::Csv,
            true,
            "id,text\n1,It rained. (Why?)\n2,\"It \"\"snowed\"\".\nAdvertisement\"\n",
            ledger::CSV,
        ),
        ledger(Format::Wet, false, &wet("It rained. (Why?)"), ledger::WET),
    ];
    let compressed =
        [Compression::Gzip, Compression::Zstd].map(|compression| compression.compressed(&plain[0]).unwrap());
    plain.into_iter().chain(compressed).collect()
}
