//! The rule manual, `rules/README.md`, and the tutorial, `docs/new-publisher.md`, are true: each block is run, word for word.
//!
//! A block says by the words behind its backquotes what it is:
//!
//! - `toml FILE`: a rule file. It loads alone (`toml FILE bundled`: on top of the bundled rules), and its proofs hold.
//! - `text before`, then `text after`: what the last rule file makes of a text; `text same`: a text that it leaves alone.
//!   More words are options: `aggressive`, `preview`, `full-page`, `lang=TAG`, `url=URL`.
//! - `text FILE`: another file.
//! - `console`: commands and what they print, in the folder of the section, which has its files.
//!
//! The rows of a table that starts with `in the text` are lines that the last rule file deletes.

use std::fs;

use deboil::check::{Severity, check};
use deboil::rule::Kind;
use deboil::{Category, Document, Mode, Options, Ruleset, clean, prove};
use tempfile::TempDir;

const MANUAL: &str = include_str!("../rules/README.md");
const TUTORIAL: &str = include_str!("../docs/new-publisher.md");

/// What a line of junk stands in: alone it would be all of its document.
const PROSE: &str = "The harbour master closed the old pier on Tuesday, and the ferries went elsewhere.\n";

/// A part of the manual that can be run.
enum Part<'m> {
    /// A heading: files are those of a section.
    Section,
    /// A block: the number of its first line, the words behind its backquotes, and what is in it.
    Block(usize, Vec<&'m str>, String),
    /// A line of a table of texts that go.
    Row(usize, String),
}

#[test]
fn every_block_is_run() {
    let run = run(MANUAL);
    assert!(run.blocks > 60 && run.rows > 10, "{} blocks, {} rows", run.blocks, run.rows);
}

#[test]
fn every_step_of_the_tutorial_is_run() {
    assert!(run(TUTORIAL).blocks > 10);
}

fn run(text: &'static str) -> Run {
    let mut run = Run::default();
    let parts = parts(text);
    let blocks = parts.iter().filter(|part| matches!(part, Part::Block(..))).count();
    for part in parts {
        match part {
            Part::Section => run.folder = Folder::default(),
            Part::Block(line, words, text) => run.block(line, &words, text),
            Part::Row(line, text) => run.row(line, &text),
        }
    }
    assert!(run.before.is_none(), "the last `text before` has no `text after`");
    assert_eq!((run.blocks, text.matches("\n```").count()), (blocks, 2 * blocks), "all blocks are run");
    assert!(run.wrong.is_empty(), "{}", run.wrong.join("\n"));
    run
}

#[test]
fn every_kind_has_its_chapter_and_every_category_its_row() {
    for kind in Kind::NAMES {
        assert!(MANUAL.contains(&format!("\n### {kind}\n")), "{kind}");
    }
    let rows: Vec<String> =
        Category::ALL.iter().map(|category| format!("| `{category}` | {} |", category.meaning())).collect();
    assert!(MANUAL.contains(&rows.join("\n")), "the table of categories is\n{}", rows.join("\n"));
}

#[test]
fn every_link_in_it_leads_somewhere() {
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|&c| c.is_alphanumeric() || c == '-' || c == '_').collect::<String>()
    };
    let headings: Vec<String> = MANUAL
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|rest| anchor(rest.trim_start_matches('#').trim()))
        .collect();
    for target in MANUAL.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(headings.iter().any(|heading| heading == target), "#{target}");
    }
}

fn parts(text: &'static str) -> Vec<Part<'static>> {
    let mut parts = Vec::new();
    let mut lines = text.lines().enumerate();
    let mut in_table = false;
    while let Some((number, line)) = lines.next() {
        in_table = line.starts_with('|') && (in_table || line.starts_with("| in the text |"));
        if let Some(info) = line.strip_prefix("```") {
            let inner: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            let text = inner.iter().map(|line| format!("{line}\n")).collect();
            parts.push(Part::Block(number + 1, info.split(' ').collect(), text));
        } else if line.starts_with("## ") {
            parts.push(Part::Section);
        } else if let Some(text) = line.strip_prefix("| ").filter(|_| in_table).and_then(code) {
            parts.push(Part::Row(number + 1, unescaped(text)));
        }
    }
    parts
}

/// The text of the code that a table's row starts with.
fn code(row: &str) -> Option<&str> {
    let fence = &row[..row.find(|c| c != '`')?];
    row[fence.len()..].split_once(fence).filter(|_| !fence.is_empty()).map(|(text, _)| text)
}

/// A text with `\u{…}` as the characters that they stand for.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        out.push_str(rest);
    }
    out
}

/// Where the files of a section are.
struct Folder(TempDir);

impl Default for Folder {
    fn default() -> Self {
        Self(TempDir::new().unwrap())
    }
}

impl Folder {
    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// What the parts of the manual say to those below them.
#[derive(Default)]
struct Run {
    rules: Option<Ruleset>,
    folder: Folder,
    before: Option<(usize, Vec<String>, String)>,
    blocks: usize,
    rows: usize,
    wrong: Vec<String>,
}

impl Run {
    fn block(&mut self, line: usize, words: &[&str], text: String) {
        self.blocks += 1;
        let options = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        match words {
            ["toml", file] => self.load(line, file, text, false),
            ["toml", file, "bundled"] => self.load(line, file, text, true),
            ["text", "before", rest @ ..] => {
                let earlier = self.before.replace((line, options(rest), text));
                assert!(earlier.is_none(), "line {line}: the `text before` above has no `text after`");
            }
            ["text", "after"] => {
                let (line, options, before) = self.before.take().expect("`text after` follows `text before`");
                self.clean(line, &options, &before, &text);
            }
            ["text", "same", rest @ ..] => self.clean(line, &options(rest), &text, &text),
            ["text", file] => self.folder.write(file, &text),
            ["console"] => self.console(line, &text),
            _ => panic!("line {line}: a block of an unknown sort: {words:?}"),
        }
    }

    fn load(&mut self, line: usize, file: &str, text: String, bundled: bool) {
        let rules = Ruleset::builder().bundled(bundled).text(file, &text).build();
        let rules = rules.unwrap_or_else(|errors| panic!("line {line}: {errors}"));
        self.wrong.extend(prove::own_packs(&rules).err().map(|errors| format!("line {line}: {errors}")));
        let own = rules.packs().len() as u32 - 1;
        let errors = check(&rules, own).into_iter().filter(|finding| finding.severity == Severity::Error);
        self.wrong.extend(errors.map(|finding| format!("line {line}: {}", finding.error)));
        self.folder.write(file, &text);
        self.rules = Some(rules);
    }

    fn clean(&mut self, line: usize, words: &[String], before: &str, after: &str) {
        let mut options = Options::default();
        let mut document = Document::new(before.as_bytes());
        for word in words {
            match word.split_once('=').unwrap_or((word, "")) {
                ("aggressive", "") => options.aggressive = true,
                ("preview", "") => options.preview = true,
                ("full-page", "") => options.mode = Mode::FullPage,
                ("lang", tag) => document.lang = Some(tag),
                ("url", url) => document.url = Some(url),
                _ => panic!("line {line}: unknown option {word}"),
            }
        }
        let rules = self.rules.as_ref().expect("a rule file stands above");
        let cleaned = clean(rules, &document, &options);
        let left = String::from_utf8_lossy(&cleaned.text);
        if left != after {
            self.wrong.push(format!("line {line}: {:?}, left is\n{left}", cleaned.outcome));
        }
    }

    fn row(&mut self, line: usize, text: &str) {
        self.rows += 1;
        self.clean(line, &[], &format!("{PROSE}{text}\n"), PROSE);
    }

    /// Runs the commands of a block. Without a shell such as `sh` the examples cannot be run.
    #[cfg(unix)]
    fn console(&mut self, line: usize, text: &str) {
        let commands = text.lines().filter_map(|line| line.strip_prefix("$ "));
        let printed: String =
            commands.map(|command| format!("$ {command}\n{}", printed(command, self.folder.0.path()))).collect();
        if printed != text {
            self.wrong.push(format!("line {line}: printed is\n{printed}"));
        }
    }

    #[cfg(not(unix))]
    fn console(&mut self, _: usize, _: &str) {}
}

/// What a command prints, on both streams.
#[cfg(unix)]
fn printed(command: &str, folder: &std::path::Path) -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_deboil"));
    let path = std::env::join_paths(
        [program.parent().unwrap().into(), "/usr/bin".into(), "/bin".into()] as [std::path::PathBuf; 3]
    );
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("{command} 2>&1")]).current_dir(folder).env("PATH", path.unwrap());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        shell.env_remove(variable);
    }
    String::from_utf8_lossy(&shell.output().unwrap().stdout).into_owned()
}
