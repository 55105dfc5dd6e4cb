//! Compressed files: what was compressed stays compressed, and what is broken is said.

use std::fs;
use std::io::Read;

use deboil::text::compression::Compression::{self, Gzip, Zstd};

use crate::sandbox::{PROSE, Run, Sandbox};

fn packed(compression: Compression, text: &str) -> Vec<u8> {
    compression.compressed(text.as_bytes()).unwrap()
}

fn unpacked(compression: Compression, sandbox: &Sandbox, path: &str) -> String {
    let mut text = String::new();
    let file = fs::File::open(sandbox.path(path)).unwrap();
    compression.decoder(file).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Many records, each with junk, and what is left of them.
fn records(count: usize) -> (String, String) {
    let clean = |n: usize| format!("{{\"n\": {n}, \"text\": \"{}\"}}\n", PROSE.trim_end());
    let dirty = |n: usize| clean(n).replace("\"}", "\\n\\nAdvertisement\"}");
    let cleaned = |n: usize| clean(n).replace("\"}", "\\n\"}");
    ((0..count).map(dirty).collect(), (0..count).map(cleaned).collect())
}

#[test]
fn what_was_compressed_stays_compressed() {
    let sandbox = Sandbox::new();
    let (dirty, clean) = records(3);
    let text = format!("{PROSE}\nAdvertisement\n");
    sandbox.write("in/a.jsonl.gz", [packed(Gzip, &dirty), packed(Gzip, &dirty)].concat());
    sandbox.write("in/b.jsonl.zst", packed(Zstd, &dirty));
    sandbox.write("in/c.txt.gz", packed(Gzip, &text));
    sandbox.write("in/d.zst", packed(Zstd, &text));
    sandbox.write("in/e", packed(Zstd, &dirty));
    let run = sandbox.run(&["clean", "in", "-o", "out", "-q"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(unpacked(Gzip, &sandbox, "out/a.jsonl.gz"), clean.repeat(2));
    assert_eq!(unpacked(Zstd, &sandbox, "out/b.jsonl.zst"), clean);
    assert_eq!(unpacked(Gzip, &sandbox, "out/c.txt.gz"), PROSE);
    assert_eq!(unpacked(Zstd, &sandbox, "out/d.zst"), PROSE);
    assert_eq!(unpacked(Zstd, &sandbox, "out/e"), clean);
    assert_eq!(sandbox.run(&["clean", "in", "-i", "-q"]).status, 0);
    assert_eq!(unpacked(Gzip, &sandbox, "in/a.jsonl.gz"), clean.repeat(2));
}

#[test]
fn standard_output_is_not_compressed() {
    let sandbox = Sandbox::new();
    let (dirty, clean) = records(3);
    sandbox.write("a.jsonl.zst", packed(Zstd, &dirty));
    assert_eq!(sandbox.run(&["clean", "a.jsonl.zst", "-q"]).stdout, clean);
    assert_eq!(sandbox.run_with(&["clean", "-", "-q"], packed(Gzip, &dirty)).stdout, clean);
    assert_eq!(sandbox.run_with(&["clean", "-q"], packed(Gzip, &format!("Advertisement\n\n{PROSE}"))).stdout, PROSE);
}

#[test]
fn what_does_not_change_is_copied_byte_for_byte() {
    let sandbox = Sandbox::new();
    let clean = records(3).1;
    // Nobody would compress them so again.
    let files = [("in/a.jsonl.gz", packed(Gzip, &clean)), ("in/b.txt.gz", packed(Gzip, PROSE))];
    for (path, bytes) in &files {
        sandbox.write(path, [bytes.as_slice(), &packed(Gzip, "")].concat());
    }
    sandbox.write("in/c.tar.gz", packed(Gzip, "a\0\0\0"));
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "-q"]).status, 0);
    assert_eq!(sandbox.tree("out"), sandbox.tree("in"));
}

#[test]
fn each_record_of_an_archive_is_a_member_of_its_own() {
    let sandbox = Sandbox::new();
    let record = |text: &str| {
        let length = text.len();
        format!("WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: {length}\r\n\r\n{text}\r\n\r\n")
    };
    let dirty = record(&format!("{PROSE}\nAdvertisement\n"));
    sandbox.write("in/a.warc.wet.gz", [packed(Gzip, &dirty), packed(Gzip, &record(PROSE))].concat());
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "-q"]).status, 0);
    assert_eq!(fs::read(sandbox.path("out/a.warc.wet.gz")).unwrap(), packed(Gzip, &record(PROSE)).repeat(2));
}

#[test]
fn what_is_cut_off_or_corrupt_is_named_and_not_written() {
    let sandbox = Sandbox::new();
    let (dirty, clean) = records(10_000);
    let packed_records = packed(Gzip, &dirty);
    sandbox.write("in/a.jsonl.gz", &packed_records[..packed_records.len() / 2]);
    sandbox.write("in/b.jsonl.zst", b"\x28\xb5\x2f\xfdnonsense");
    sandbox.write("in/c.txt.gz", &packed(Gzip, PROSE)[..20]);
    sandbox.write("in/d.jsonl.gz", packed(Gzip, &dirty));
    let run = sandbox.run(&["clean", "in", "-o", "out", "-q"]);
    assert_eq!(run.status, 2);
    let told: Vec<&str> = run.stderr.lines().collect();
    assert!(told[1].starts_with("  in/a.jsonl.gz:") && told[1].ends_with(": the gzip stream is cut off"), "{told:?}");
    assert!(told[2].starts_with("  in/b.jsonl.zst: the zstd stream is corrupt: "), "{told:?}");
    assert_eq!(told[3], "  in/c.txt.gz: the gzip stream is cut off");
    assert_eq!(fs::read_dir(sandbox.path("out")).unwrap().count(), 1);
    assert_eq!(unpacked(Gzip, &sandbox, "out/d.jsonl.gz"), clean);
    let half: Run = sandbox.run(&["clean", "in/a.jsonl.gz", "-q"]);
    assert_eq!(half.status, 2);
    assert!(half.stdout.len() > 1000 && clean.starts_with(&half.stdout), "whole records, as far as there are some");
}
