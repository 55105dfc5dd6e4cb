//! A directory with texts in every format, a command, and what becomes of it all.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use deboil::text::compression::Compression;
use deboil::text::output::TEMPORARY;
use tempfile::TempDir;

#[cfg(feature = "parquet")]
use crate::parquet_files;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_deboil");

const RULES: &str = "schema = 1\n[[line]]\nid = \"test.ad\"\ncategory = \"ad\"\nany = [\"Advertisement\"]\nwhy = \"label\"\n\
                     strips = [\"Advertisement\"]\n";

/// The file to which standard output goes.
pub(crate) const STDOUT: &str = "stdout";

/// The name of a journal.
const JOURNAL: &str = ".deboil-journal";

/// How the names of originals end that are kept.
pub(crate) const BACKUP: &str = ".orig";

/// What files hold, by their paths below a directory.
pub(crate) type Tree = BTreeMap<PathBuf, Vec<u8>>;

/// A command that is run in a directory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    pub(crate) args: &'static [&'static str],
    /// What is run before, to make what the command starts from.
    pub(crate) before: &'static [&'static str],
    /// Whether it replaces its inputs.
    pub(crate) in_place: bool,
    /// What its ledger is called.
    pub(crate) ledger: Option<&'static str>,
}

impl Scene {
    pub(crate) const fn of(args: &'static [&'static str]) -> Self {
        Self { args, before: &[], in_place: false, ledger: None }
    }

    pub(crate) const fn in_place(self) -> Self {
        Self { in_place: true, ..self }
    }

    pub(crate) const fn with_ledger(self, ledger: &'static str) -> Self {
        Self { ledger: Some(ledger), ..self }
    }

    pub(crate) const fn after(self, before: &'static [&'static str]) -> Self {
        Self { before, ..self }
    }

    /// A new directory in which all is ready for the command.
    pub(crate) fn set(self) -> Stage {
        self.set_in(TempDir::new().unwrap())
    }

    /// Makes all ready for the command in a directory.
    pub(crate) fn set_in(self, directory: TempDir) -> Stage {
        let stage = Stage { directory };
        stage.write(STDOUT, b"");
        stage.write("deboil.toml", b"rules = [\"rules\"]\n");
        stage.write("rules/test.toml", RULES.as_bytes());
        write_texts(&stage);
        #[cfg(feature = "parquet")]
        parquet_files::write(&stage.path("in/m.parquet"), 2, &[Some(text(1).as_bytes()), Some(b"Kept.\n"), None]);
        if !self.before.is_empty() {
            let output = stage.run(self.before);
            assert!(output.status.success(), "{output:?}");
        }
        stage
    }
}

/// A text with so many lines of junk.
pub(crate) fn text(ads: usize) -> String {
    let prose = "Officials said on Tuesday that the harbour would be widened by the end of next year.\n";
    format!("{prose}\n{}{}{prose}", "Advertisement\n\n".repeat(ads), prose.repeat(ads))
}

fn write_texts(stage: &Stage) {
    let packed = |compression: Compression, text: &str| compression.compressed(text.as_bytes()).unwrap();
    let json = |text: &str| serde_json::json!({ "text": text }).to_string() + "\n";
    let jsonl = json(&text(1)) + &json(&text(0)) + &json(&text(2));
    stage.write("in/a.txt", text(1).as_bytes());
    stage.write("in/b.md", text(0).as_bytes());
    stage.write("in/sub/c.txt", text(3).as_bytes());
    stage.write("in/sub/d.txt.gz", &packed(Compression::Gzip, &text(2)));
    stage.write("in/sub/e.txt.zst", &packed(Compression::Zstd, &text(1)));
    stage.write("in/f.jsonl", jsonl.as_bytes());
    stage.write("in/g.jsonl.gz", &packed(Compression::Gzip, &jsonl));
    stage.write("in/h.jsonl.zst", &packed(Compression::Zstd, &json(&text(0))));
    stage.write("in/i.csv", format!("id,text\n1,\"{}\"\n2,\"{}\"\n", text(1), text(0)).as_bytes());
    stage.write("in/j.tsv", b"text\tid\nAdvertisement\t1\nKept.\t2\n");
    stage.write("in/k.warc.wet", wet(&text(1)).as_bytes());
    stage.write("in/l.warc.wet.gz", &packed(Compression::Gzip, &wet(&text(2))));
    stage.write("in/n.bin", b"\0\x01\0\x02");
}

/// An archive with one record.
fn wet(text: &str) -> String {
    let head = "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:1>\r\n\
                WARC-Target-URI: https://news.example/1\r\nContent-Type: text/plain\r\n";
    format!("{head}Content-Length: {}\r\n\r\n{text}\r\n\r\n", text.len())
}

/// A directory in which a command is run.
pub(crate) struct Stage {
    directory: TempDir,
}

impl Stage {
    pub(crate) fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(below)
    }

    pub(crate) fn write(&self, below: impl AsRef<Path>, bytes: &[u8]) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// All files but journals, which stay where a run did not come to its end.
    pub(crate) fn tree(&self) -> Tree {
        let mut tree = self.files();
        tree.retain(|path, _| !path.ends_with(JOURNAL));
        tree
    }

    /// Whether a run did not come to its end.
    pub(crate) fn has_journal(&self) -> bool {
        self.files().keys().any(|path| path.ends_with(JOURNAL))
    }

    fn files(&self) -> Tree {
        let mut tree = Tree::new();
        self.add(Path::new(""), &mut tree);
        tree
    }

    fn add(&self, below: &Path, tree: &mut Tree) {
        for entry in fs::read_dir(self.path(below)).unwrap() {
            let entry = entry.unwrap();
            let path = below.join(entry.file_name());
            match entry.file_type().unwrap().is_dir() {
                true => self.add(&path, tree),
                false => drop(tree.insert(path, fs::read(entry.path()).unwrap())),
            }
        }
    }

    /// Puts back what was there, and nothing else.
    pub(crate) fn reset(&self, tree: &Tree) {
        let now = self.files();
        for path in now.keys().filter(|path| !tree.contains_key(*path)) {
            fs::remove_file(self.path(path)).unwrap();
        }
        for (path, bytes) in tree.iter().filter(|(path, bytes)| now.get(*path) != Some(bytes)) {
            self.write(path, bytes);
        }
        for output in ["out", "back"] {
            if !tree.keys().any(|path| path.starts_with(output)) && self.path(output).exists() {
                fs::remove_dir_all(self.path(output)).unwrap();
            }
        }
    }

    /// Removes the files that did not take their place. The one beside the ledger's place is the ledger, if it was
    /// begun.
    pub(crate) fn remove_temporary(&self, ledger: Option<&str>) {
        for path in self.tree().keys().filter(|path| is_temporary(path)) {
            let holds_lines = || fs::metadata(self.path(path)).unwrap().len() > 0;
            match ledger.filter(|_| path.parent() == Some(Path::new("")) && holds_lines()) {
                Some(ledger) => fs::rename(self.path(path), self.path(ledger)).unwrap(),
                None => fs::remove_file(self.path(path)).unwrap(),
            }
        }
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).current_dir(self.directory.path());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }
}

/// Whether a file is one that has not taken its place.
pub(crate) fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY))
}

/// Says how two trees differ.
pub(crate) fn difference(one: &Tree, other: &Tree) -> String {
    let mut told = String::new();
    for path in one.keys().chain(other.keys().filter(|path| !one.contains_key(*path))) {
        let shown = |tree: &Tree| tree.get(path).map_or("none".to_owned(), |bytes| bytes.escape_ascii().to_string());
        if one.get(path) != other.get(path) {
            writeln!(told, "{}: {}\n    not {}", path.display(), shown(one), shown(other)).unwrap();
        }
    }
    told
}
