//! The promise that memory does not grow with the number of documents.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;

use deboil::{Document, Options, Ruleset, clean};

/// By how much it may grow once the rules have seen each kind of document, in KiB: caches still settle.
const GROWTH: u64 = 4 << 10;

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
}
