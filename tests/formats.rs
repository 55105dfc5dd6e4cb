//! In whatever format texts come, the same is left of them, and other programs read it.

#[cfg(feature = "parquet")]
mod parquet_files;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use deboil::batch::{Batch, Cause, Collect, Done, Failure, Input, RecordOptions, Told};
use deboil::text::compression::Compression;
use deboil::text::input::MapChoice;
use deboil::{Document, Options, Ruleset, clean};
use serde_json::{Value, json};

/// The articles of all fixtures, as far as they are UTF-8, which JSON must be.
fn texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let mut files: Vec<_> = files.collect();
    files.sort();
    files.iter().filter_map(|file| String::from_utf8(fs::read(file).unwrap()).ok()).collect()
}

/// Collects the bytes of a file of records, and the texts in it.
#[derive(Default)]
struct Collected {
    file: Vec<u8>,
    texts: Vec<String>,
}

impl Collect<(), String> for Collected {
    fn tell(&mut self, told: Told<'_, String>) -> ControlFlow<()> {
        self.texts.push(told.unwrap().1);
        ControlFlow::Continue(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        self.file.extend_from_slice(bytes);
        Ok(())
    }
}

/// Cleans a file of records on some threads.
fn cleaned(rules: &Ruleset, path: &Path, threads: usize) -> Collected {
    let (options, records) = (Options::default(), RecordOptions::default());
    let (source, url, lang, map, force) = (None, None, None, MapChoice::Auto, false);
    let batch = Batch { rules, options, source, url, lang, map, force, records, threads };
    let mut collected = Collected::default();
    let finish = |done: &Done<'_>, (): &()| Ok(String::from_utf8(done.text().to_vec()).unwrap());
    batch.run([Ok::<_, Failure>((Input::File(path.into()), ()))].into_iter(), finish, &mut collected);
    collected
}

fn jsonl(texts: &[String]) -> Vec<u8> {
    let line = |(number, text): (usize, &String)| format!("{}\n", json!({"id": number, "text": text, "after": 1.0}));
    texts.iter().enumerate().map(line).collect::<String>().into_bytes()
}

fn delimited(texts: &[String], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(["id", "text", "after"]).unwrap();
    for (number, text) in texts.iter().enumerate() {
        writer.write_record([&number.to_string(), text, "1.0, \"one\""]).unwrap();
    }
    writer.into_inner().unwrap()
}

fn wet(texts: &[String]) -> Vec<u8> {
    let record = |text: &String| {
        let length = text.len();
        format!("WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: {length}\r\n\r\n{text}\r\n\r\n")
    };
    texts.iter().map(record).collect::<String>().into_bytes()
}

/// The texts as a table, in row groups.
#[cfg(feature = "parquet")]
fn parquet(folder: &Path, texts: &[String]) -> Vec<u8> {
    let path = folder.join("made.parquet");
    parquet_files::write(&path, 100, &texts.iter().map(|text| Some(text.as_bytes())).collect::<Vec<_>>());
    fs::read(path).unwrap()
}

#[test]
fn in_every_format_the_same_is_left_of_the_same_texts() {
    let (rules, texts, folder) = (Ruleset::bundled(), texts(), tempfile::tempdir().unwrap());
    assert!(texts.len() > 200);
    let left: Vec<String> = texts
        .iter()
        .map(|text| clean(&rules, &Document::new(text.as_bytes()), &Options::default()).text.into_owned())
        .map(|text| String::from_utf8(text).unwrap())
        .collect();
    for (name, file, expected) in [
        ("a.jsonl", jsonl(&texts), jsonl(&left)),
        ("a.jsonl.zst", Compression::Zstd.compressed(&jsonl(&texts)).unwrap(), jsonl(&left)),
        ("a.csv", delimited(&texts, b','), delimited(&left, b',')),
        ("a.tsv", delimited(&texts, b'\t'), delimited(&left, b'\t')),
        ("a.warc.wet", wet(&texts), wet(&left)),
        #[cfg(feature = "parquet")]
        ("a.parquet", parquet(folder.path(), &texts), parquet(folder.path(), &left)),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, file).unwrap();
        for threads in [1, 3] {
            let collected = cleaned(&rules, &path, threads);
            assert!(collected.texts == left, "{name}");
            assert!(records(name, &collected.file) == records(name, &expected), "{name}");
        }
    }
}

/// The records of a file. Where there are quotes or pages, they need not be those of a writer: what a reader finds
/// counts.
fn records(name: &str, file: &[u8]) -> Vec<csv::StringRecord> {
    let delimiter = match name {
        "a.csv" => b',',
        "a.tsv" => b'\t',
        #[cfg(feature = "parquet")]
        "a.parquet" => return vec![csv::StringRecord::from(parquet_files::rows(file.to_vec()))],
        _ => return vec![csv::StringRecord::from(vec![std::str::from_utf8(file).unwrap()])],
    };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(file);
    reader.records().map(Result::unwrap).collect()
}

/// Prints the texts of a file as JSON.
const READ: &str = "
import csv, json, sys
path = sys.argv[1]
csv.field_size_limit(1 << 30)
with open(path, encoding='utf-8', newline='' if path.endswith('sv') else '\\n') as file:
    if path.endswith('.jsonl'):
        texts = [json.loads(line)['text'] for line in file]
    else:
        texts = [row['text'] for row in csv.DictReader(file, dialect='excel-tab' if path.endswith('.tsv') else 'excel')]
json.dump(texts, sys.stdout)
";

#[test]
fn python_reads_what_is_left() {
    let (rules, texts, folder) = (Ruleset::bundled(), texts(), tempfile::tempdir().unwrap());
    for (name, file) in
        [("a.jsonl", jsonl(&texts)), ("a.csv", delimited(&texts, b',')), ("a.tsv", delimited(&texts, b'\t'))]
    {
        let path = folder.path().join(name);
        fs::write(&path, file).unwrap();
        let collected = cleaned(&rules, &path, 2);
        fs::write(&path, collected.file).unwrap();
        let output = Command::new("python3").args(["-c", READ]).arg(&path).output().expect("`python3` is on the path");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let read: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(read == json!(collected.texts), "{name}");
    }
}
