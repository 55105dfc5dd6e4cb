//! What the README and the pages on pipelines, ledgers and reviews show is what the program does.

use std::path::Path;
use std::process::Command;

use deboil::{Ruleset, prove};

const README: &str = include_str!("../README.md");
const PIPELINES: &str = include_str!("../docs/pipelines.md");
const REVIEW: &str = include_str!("../docs/review.md");
const LEDGER: &str = include_str!("../docs/ledger.md");

#[test]
fn the_rule_file_loads_and_proves_itself() {
    let rules = Ruleset::builder().bundled(false).text("harbour-times.toml", block("toml")).build().unwrap();
    prove::own_packs(&rules).unwrap();
}

#[test]
fn the_difference_is_what_the_command_prints() {
    let shown = block("diff");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_deboil"));
    command.current_dir(root).args(["clean", "examples/scrapes/scmp-ferry.txt", "--diff", "--color", "never", "-q"]);
    let printed = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert_eq!(printed.trim_end(), shown.trim_end());
}

#[test]
fn the_first_command_cleans_the_samples() {
    let out = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_deboil"));
    command.current_dir(root).args(["clean", "examples/scrapes", "-o"]).arg(out.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let junk = ["WPeMatico", "Democracy Dies", "PUBLISHED", "Version 1", "Sign Up", "contributed to this report"];
    for sample in std::fs::read_dir(root.join("examples/scrapes")).unwrap() {
        let cleaned = std::fs::read_to_string(out.path().join(sample.unwrap().file_name())).unwrap();
        assert!(junk.iter().all(|text| !cleaned.contains(text)), "{cleaned}");
    }
}

#[cfg(unix)]
#[test]
fn the_pipelines_run() {
    for line in block_of(PIPELINES, "sh").lines() {
        // Not everybody has `jq`.
        let line = line.split(" | jq").next().unwrap();
        let output = shell(Path::new(env!("CARGO_MANIFEST_DIR")), line);
        assert!(!output.stdout.is_empty() && output.status.code() != Some(2), "{line}: {output:?}");
    }
}

/// A directory with the samples in it, in which commands find the program.
#[cfg(unix)]
fn with_samples() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    std::os::unix::fs::symlink(samples, directory.path().join("examples")).unwrap();
    directory
}

#[cfg(unix)]
fn shell(directory: &Path, script: &str) -> std::process::Output {
    let program = Path::new(env!("CARGO_BIN_EXE_deboil")).parent().unwrap().display().to_string();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.current_dir(directory).env("PATH", &path).args(["-e", "-c", script]);
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn the_samples_come_back_by_their_ledger() {
    let directory = with_samples();
    let output = shell(directory.path(), block_of(LEDGER, "sh"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let sample = std::fs::read(directory.path().join("examples/scrapes/scmp-ferry.txt")).unwrap();
    assert!(output.stdout == sample, "the last command prints it");
}

#[cfg(unix)]
#[test]
fn the_lines_of_a_ledger_are_as_shown() {
    let directory = with_samples();
    let start = LEDGER.find("A `document` is a text").unwrap();
    let script = block_of(&LEDGER[start..], "sh").replace(" | jq", "");
    let printed = shell(directory.path(), &script).stdout;
    let line = printed.rsplit(|&byte| byte == b'\n').nth(1).unwrap();
    let json = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).unwrap();
    assert_eq!(json(line), json(block_of(&LEDGER[start..], "json").as_bytes()));
    let ledger = std::fs::read(directory.path().join("ledger.jsonl")).unwrap();
    let header = ledger.split(|&byte| byte == b'\n').next().unwrap();
    assert_eq!(json(header), json(block_of(LEDGER, "json").as_bytes()));
}

#[test]
fn the_page_of_the_samples_is_written() {
    let out = tempfile::tempdir().unwrap();
    let words = block_of(REVIEW, "sh").strip_prefix("deboil ").unwrap().split_whitespace();
    let args = words.map(|word| if word == "review.html" { out.path().join(word) } else { word.into() });
    let mut command = Command::new(env!("CARGO_BIN_EXE_deboil"));
    assert!(command.current_dir(env!("CARGO_MANIFEST_DIR")).args(args).status().unwrap().success());
    assert!(std::fs::read_to_string(out.path().join("review.html")).unwrap().contains("scmp-ferry.txt"));
}

/// The first block of a language.
fn block(language: &str) -> &'static str {
    block_of(README, language)
}

fn block_of(page: &'static str, language: &str) -> &'static str {
    let start = page.find(&format!("```{language}\n")).unwrap() + language.len() + 4;
    &page[start..start + page[start..].find("\n```").unwrap() + 1]
}
