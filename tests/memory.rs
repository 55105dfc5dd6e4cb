//! The promise that memory does not grow with the number of documents, in files of their own or in one stream, cleaned or
//! learnt from.

#![cfg(target_os = "linux")]

#[cfg(feature = "parquet")]
mod parquet_files;

use std::env;
use std::fs;
use std::io::{self, Read};
#[cfg(feature = "ledger")]
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use deboil::batch::{Batch, Cause, Collect, Done, Failure, Input, RecordOptions, Stream, Told};
use deboil::learn::{Observer, Survey};
#[cfg(feature = "ledger")]
use deboil::ledger::{
    Bytes, Entry, Extent, Found, Hash, Header, Ledger, Line, RecordFile, Removed, RestoredRecords, Selection, Writer,
};
use deboil::text::format::Format;
use deboil::{Document, Mode, Options, Ruleset, clean};

/// Tells a process that it runs one test.
const ALONE: &str = "DEBOIL_TEST_ALONE";

/// By how much it may grow once the rules have seen each kind of document, in KiB: caches still settle.
const GROWTH: u64 = 4 << 10;

/// By how much it may grow for a stream ten times as long, in KiB: how many chunks are in work at once is a matter of
/// chance, within bounds.
const STREAM_GROWTH: u64 = 12 << 10;

const PACK: &str = "schema = 1\n[[line]]\nid = \"t.ad\"\ncategory = \"ad\"\nany = [\"Advertisement\"]\n\
    why = \"label of an ad slot\"\nstrips = [\"Advertisement\"]\n";

/// Runs a test, named as it is here, in a process of its own: the peak of one would hide the growth of another.
fn alone(name: &str, test: impl FnOnce()) {
    if env::var_os(ALONE).is_some() {
        return test();
    }
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args([name, "--exact", "--nocapture"]).env(ALONE, "").output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// By how much the peak grows, in KiB, when so many more are cleaned.
fn growth(few: usize, many: usize, clean: impl Fn(usize)) -> u64 {
    clean(few);
    let first = peak();
    clean(many);
    peak() - first
}

/// The most memory that this process has had so far, in KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The articles of all fixtures, of all sources and languages.
fn texts() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    files.map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn memory_does_not_grow_with_the_number_of_documents() {
    alone("memory_does_not_grow_with_the_number_of_documents", || {
        let (rules, texts) = (Ruleset::bundled(), texts());
        let clean_all = || {
            for text in &texts {
                clean(&rules, &Document::new(text), &Options::default());
            }
        };
        clean_all();
        let first = peak();
        (0..2).for_each(|_| clean_all());
        assert!(peak() <= first + GROWTH, "{} KiB more for the same documents again", peak() - first);
    });
}

/// Takes all that comes out, and counts it.
struct Counted(u64);

impl Collect<(), ()> for Counted {
    fn tell(&mut self, told: Told<'_, ()>) -> ControlFlow<()> {
        assert!(told.is_ok());
        ControlFlow::Continue(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        self.0 += bytes.len() as u64;
        Ok(())
    }
}

#[test]
fn memory_does_not_grow_with_the_length_of_a_stream_of_records() {
    alone("memory_does_not_grow_with_the_length_of_a_stream_of_records", || {
        let rules = Ruleset::builder().bundled(false).text("t.toml", PACK).build().unwrap();
        let prose = "Officials said on Tuesday that the harbour would be widened by the end of next year. ".repeat(400);
        let record = format!("{{\"text\": \"{prose}\\n\\nAdvertisement\", \"n\": 1}}\n").into_bytes();
        let clean_records = |count: usize| {
            let repeated = Repeated { record: record.clone(), at: 0, left: count };
            let input = Input::Stream { path: None, stream: Stream(Box::new(repeated)) };
            assert!(clean_all(&rules, input, Some(Format::Jsonl), count) > (prose.len() * count) as u64);
        };
        let (few, many) = (600, 6_000);
        let grown = growth(few, many, clean_records);
        assert!(grown <= STREAM_GROWTH, "{grown} KiB more for {} KiB of records", (record.len() * (many - few)) >> 10);
    });
}

/// Cleans so many records, all of which change. Says how many bytes came out.
fn clean_all(rules: &Ruleset, input: Input, format: Option<Format>, count: usize) -> u64 {
    let records = RecordOptions { format, ..RecordOptions::default() };
    let batch = Batch { records, threads: 2, ..Batch::of(rules) };
    let mut counted = Counted(0);
    let finish = |_: &Done<'_>, (): &()| Ok(());
    let report = batch.run([Ok::<_, Failure>((input, ()))].into_iter(), finish, &mut counted);
    assert_eq!((report.documents, report.changed), (count as u64, count as u64));
    counted.0
}

#[cfg(feature = "parquet")]
#[test]
fn memory_does_not_grow_with_the_length_of_a_table_or_its_row_groups() {
    alone("memory_does_not_grow_with_the_length_of_a_table_or_its_row_groups", || {
        let rules = Ruleset::builder().bundled(false).text("t.toml", PACK).build().unwrap();
        let prose = "Officials said on Tuesday that the harbour would be widened by the end of next year. ".repeat(400);
        let text = format!("{prose}\n\nAdvertisement").into_bytes();
        let folder = tempfile::tempdir().unwrap();
        let clean_rows = |count: usize| {
            let path = folder.path().join(format!("{count}.parquet"));
            parquet_files::write_groups(&path, std::iter::once(std::iter::repeat_n(Some(&text[..]), count)));
            assert!(clean_all(&rules, Input::File(path), None, count) > (prose.len() * count) as u64);
        };
        let (few, many) = (200, 2_000);
        let grown = growth(few, many, clean_rows);
        assert!(grown <= STREAM_GROWTH, "{grown} KiB more for {} KiB of texts", (text.len() * (many - few)) >> 10);
    });
}

/// A name for a number, in letters: lines that differ in numbers alone are of one kind.
fn name(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// Learns from so many texts that all differ, but for a line. Says how many rules that gave.
fn learn_from(count: usize) -> usize {
    let text = |number: usize| {
        let keeper = name(number);
        let prose: String = (0..20)
            .map(|line| format!("The keeper {keeper} of lamp {} said on Tuesday that it had burned.\n\n", name(line)))
            .collect();
        format!("Lamp {keeper} of the northern coast\n\n{prose}Get the Port Letter every Friday\n")
    };
    let survey = Survey::default();
    (0..count).for_each(|number| survey.add("port", text(number).as_bytes()));
    let observer = Observer::of(survey, Mode::Extracted);
    let mut evidence = observer.evidence().remove("port").unwrap();
    for number in 0..count {
        evidence.add(&format!("{number}.txt"), observer.observe("port", text(number).as_bytes(), &[], &[]));
    }
    evidence.proposals().len()
}

#[test]
fn memory_does_not_grow_with_the_number_of_texts_to_learn_from() {
    alone("memory_does_not_grow_with_the_number_of_texts_to_learn_from", || {
        let grown = growth(500, 5_000, |count| assert!(learn_from(count) > 0));
        assert!(grown <= GROWTH, "{grown} KiB more");
    });
}

#[cfg(feature = "ledger")]
#[test]
fn memory_does_not_grow_with_the_length_of_a_ledger() {
    alone("memory_does_not_grow_with_the_length_of_a_ledger", || {
        let gone = "Advertisement ".repeat(2_000);
        let (original, cleaned) = (format!("{{\"text\":\"{gone}x\"}}\n"), "{\"text\":\"x\"}\n");
        let folder = tempfile::tempdir().unwrap();
        let restore_records = |count: usize| {
            let path = folder.path().join("ledger.jsonl");
            write_ledger(&path, &gone, (cleaned, &original), count as u64);
            let mut ledger = Ledger::open(&path).unwrap();
            let Some(Found::Records(file)) = ledger.find("a.jsonl".as_ref(), "a.jsonl".as_ref()).unwrap() else {
                panic!("it holds records");
            };
            let repeated = Repeated { record: cleaned.into(), at: 0, left: count };
            let all = Selection::default();
            let records = RestoredRecords::open(&mut ledger, &file, &all, repeated).unwrap();
            assert_eq!(records.filter(|record| record.as_ref().unwrap().bytes == original.as_bytes()).count(), count);
        };
        let (few, many) = (600, 6_000);
        let grown = growth(few, many, restore_records);
        assert!(grown <= STREAM_GROWTH, "{grown} KiB more for {} KiB that went", (gone.len() * (many - few)) >> 10);
    });
}

/// Writes a ledger of so many equal records, of which some bytes went from the start of the text.
#[cfg(feature = "ledger")]
fn write_ledger(path: &Path, gone: &str, (cleaned, original): (&str, &str), count: u64) {
    let extent = |text: &str| Extent { bytes: text.len() as u64, blake3: Hash::of([text.as_bytes()]) };
    let name = || Bytes::from(&b"a.jsonl"[..]);
    let removed = Removed {
        start: 0,
        end: gone.len() as u64,
        rules: [("t.ad".into(), "ad".into())].into(),
        at: Some(9),
        bytes: gone.as_bytes().into(),
    };
    let mut ledger = Writer::new(BufWriter::new(fs::File::create(path).unwrap()), Header::default()).unwrap();
    let file = RecordFile { path: name(), output: name(), format: "jsonl".into(), head: None };
    ledger.add(&Line::File(file).to_json()).unwrap();
    for line in 1..=count {
        let entry = Entry {
            path: name(),
            output: name(),
            line: Some(line),
            id: None,
            cleaned: extent(cleaned),
            original: extent(original),
            removals: vec![removed.clone()],
            edits: Vec::new(),
        };
        ledger.add(&Line::Document(entry).to_json()).unwrap();
    }
    ledger.finish().unwrap().flush().unwrap();
}

/// The same record, many times.
struct Repeated {
    record: Vec<u8>,
    at: usize,
    left: usize,
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        let len = buffer.len().min(self.record.len() - self.at);
        buffer[..len].copy_from_slice(&self.record[self.at..self.at + len]);
        self.at += len;
        if self.at == self.record.len() {
            (self.at, self.left) = (0, self.left - 1);
        }
        Ok(len)
    }
}
