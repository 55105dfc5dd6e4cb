//! What is as large as inputs get, at its full size. It takes minutes and gigabytes, and so is left to `.ci/run`, as what is in
//! `work.rs`; where there is too little memory or disk it says so.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::Command;

use crate::stage::{self, JUNK, PROSE, Stage};

const GIB: u64 = 1 << 30;

/// What a line of so many bytes may take of the memory: as a text and folded, with what else there is.
const MEMORY: u64 = 8 * GIB;

/// Its input and its output.
const DISK: u64 = 5 * GIB;

/// What of a line is repeated.
const WORDS: &str = "the council met in the old hall and spoke of nothing but rope, tar and sails; ";

/// Cleans the text of a stage, and says nothing.
fn clean(stage: &Stage) {
    let mut command = Command::new(stage::optimised());
    command.args(["clean", "-q", "--isolated", "--no-bundled", "--rules", "rules.toml"]);
    let output = command.args(["text.txt", "-o", "out"]).current_dir(stage.path("")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{:?}: {said}", output.status);
}

/// How many bytes of memory are free, as far as the system says.
fn free_memory() -> u64 {
    let said = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    said.lines().find_map(|line| line.strip_prefix("MemAvailable:")).map_or(0, kibibytes)
}

/// How many bytes of the disk with a directory are free, as far as the system says.
fn free_disk(directory: &Path) -> u64 {
    let output = Command::new("df").args(["-k", "--output=avail"]).arg(directory).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    said.lines().nth(1).map_or(0, kibibytes)
}

fn kibibytes(said: &str) -> u64 {
    said.split_whitespace().next().and_then(|count| count.parse::<u64>().ok()).unwrap_or_default() << 10
}

/// Writes a text of repeated words in one line, between two lines of junk.
fn write(path: &Path, count: u64) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    file.write_all(JUNK.as_bytes()).unwrap();
    (0..count).for_each(|_| file.write_all(WORDS.as_bytes()).unwrap());
    file.write_all(format!("\n{JUNK}{PROSE}").as_bytes()).unwrap();
    file.flush().unwrap();
}

/// Whether a file holds that text without the junk.
fn is_left(path: &Path, count: u64) -> bool {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path).unwrap());
    let mut words = [0; WORDS.len()];
    let mut rest = String::new();
    (0..count).all(|_| file.read_exact(&mut words).is_ok() && words == WORDS.as_bytes())
        && file.read_to_string(&mut rest).is_ok()
        && rest == format!("\n{PROSE}")
}

#[test]
#[ignore = "takes gigabytes of memory and disk, and an optimised program"]
fn a_line_of_two_gibibytes_is_a_line() {
    let stage = Stage::new();
    if free_memory() < MEMORY || free_disk(&stage.path("")) < DISK {
        // Past what the test runner swallows.
        let why = format!("SKIPPED: it takes {} GiB of memory and {} of disk\n", MEMORY / GIB, DISK / GIB);
        io::stderr().write_all(why.as_bytes()).unwrap();
        return;
    }
    let count = 2 * GIB / WORDS.len() as u64 + 1;
    write(&stage.path("text.txt"), count);
    clean(&stage);
    assert!(is_left(&stage.path("out/text.txt"), count));
}

#[test]
#[ignore = "takes an optimised program"]
fn a_hundred_thousand_rules_find_what_is_among_combining_characters_and_blank_lines() {
    let stage = Stage::new();
    let rule = |number| {
        format!("[[line]]\nid = \"x.r{number}\"\ncategory = \"ad\"\nwhy = \"test\"\nany = [\"Junk number {number}\"]\n")
    };
    stage.write("rules.toml", format!("schema = 1\n{}", (0..100_000).map(rule).collect::<String>()));
    let marks = format!("a{}", "\u{301}\u{323}".repeat(10_000_000 / 4));
    let kept = [PROSE, &"\n".repeat(1_000_000), PROSE, &marks, "\n", "Junk number 100000\n", PROSE].concat();
    stage.write("text.txt", format!("Junk number 77777\n{kept}Junk number 99999\n"));
    clean(&stage);
    assert!(stage.read("out/text.txt") == kept.as_bytes());
}
