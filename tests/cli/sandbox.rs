//! A directory with rules, to run the program in.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// A paragraph of an article.
pub(crate) const PROSE: &str = "Officials said on Tuesday that the harbour would be widened by the end of next year.\n";

/// Rules for all texts.
const GENERIC: &str = r#"schema = 1

# The label that ad servers put above a slot.
[[line]]
id = "test.ad"
category = "ad"
any = ["Advertisement"]
why = "label of an ad slot"
last_seen = 2026-01-02
strips = ["Advertisement", "ADVERTISEMENT"]
keeps = ["Advertisement revenue fell in March."]

# Glued to paragraphs.
[[phrase]]
id = "test.more"
category = "related"
any = ["Read more here."]
why = "a link's text, glued to the paragraph"
strips = ["It rained. Read more here."]
"#;

/// Rules for the texts of one publisher.
const GAZETTE: &str = r#"schema = 1

[source]
id = "gazette"
role = "publisher"
name = "The Gazette"
hosts = ["gazette.example"]

[[source.signature]]
any = ["The Gazette | News that stays"]

[[line]]
id = "gazette.masthead"
category = "masthead"
any = ["The Gazette | News that stays"]
where = "head"
why = "name and motto above each article"
strips = ["The Gazette | News that stays"]
"#;

/// A directory to run the program in. The rules are those of its `deboil.toml`.
pub(crate) struct Sandbox {
    directory: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let sandbox = Self { directory: TempDir::new().unwrap() };
        sandbox.write("deboil.toml", "rules = [\"rules\"]\n");
        sandbox.write("rules/generic.toml", GENERIC);
        sandbox.write("rules/gazette.toml", GAZETTE);
        sandbox
    }

    /// One with a directory `in` of three texts, two of them with junk.
    pub(crate) fn with_texts() -> Self {
        let sandbox = Self::new();
        sandbox.write("in/a.txt", format!("{PROSE}\nAdvertisement\n\n{}", PROSE.replace('\n', " Read more here.\n")));
        sandbox.write("in/sub/b.txt", format!("The Gazette | News that stays\n\n{PROSE}\nAdvertisement\n"));
        sandbox.write("in/sub/clean.md", PROSE);
        sandbox
    }

    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(path)
    }

    pub(crate) fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        String::from_utf8_lossy(&fs::read(self.path(path)).unwrap()).into_owned()
    }

    #[cfg(unix)]
    pub(crate) fn link(&self, target: &str, path: &str) {
        std::os::unix::fs::symlink(target, self.path(path)).unwrap();
    }

    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deboil"));
        command.current_dir(self.directory.path()).args(args).env("DEBOIL_CACHE_DIR", self.path("cache"));
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs the program without the bundled rules.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, "")
    }

    /// Runs the program without the bundled rules, with a standard input.
    pub(crate) fn run_with(&self, args: &[&str], stdin: impl Into<Vec<u8>>) -> Run {
        // Who restores has no rules.
        let without = (args.first() != Some(&"restore")).then_some("--no-bundled");
        let all: Vec<&str> = args.iter().copied().chain(without).collect();
        Run::of(args, self.command(&all).write_stdin(stdin))
    }

    /// All files below a directory and what is in them.
    pub(crate) fn tree(&self, directory: &str) -> String {
        let mut paths = Vec::new();
        collect(&self.path(directory), &mut paths);
        paths.sort();
        let mut tree = String::new();
        for path in paths {
            let below = path.strip_prefix(self.path(directory)).unwrap().to_string_lossy().into_owned();
            writeln!(tree, "{below}: {}", fs::read(&path).unwrap().escape_ascii()).unwrap();
        }
        tree
    }
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => collect(&entry.path(), paths),
            kind if kind.is_file() => paths.push(entry.path()),
            _ => {}
        }
    }
}

/// What a run showed.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    shown: String,
}

impl Run {
    pub(crate) fn of(args: &[&str], command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let status = output.status.code().expect("no signal ends it");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let mut shown = format!("$ deboil {}\nstatus {status}\n", args.join(" "));
        for (name, stream) in [("stdout", &stdout), ("stderr", &stderr)] {
            if !stream.is_empty() {
                write!(shown, "--- {name}\n{stream}").unwrap();
            }
        }
        Self { status, stdout, stderr, shown }
    }

    /// Compares all of it with a snapshot.
    pub(crate) fn assert(&self, name: &str) {
        assert_snapshot(name, &self.shown);
    }
}

/// Compares several runs with one snapshot.
pub(crate) fn assert_all(name: &str, runs: &[Run]) {
    assert_snapshot(name, &runs.iter().map(|run| run.shown.as_str()).collect::<Vec<_>>().join("\n"));
}

/// Compares a text with a snapshot.
pub(crate) fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/cli");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
