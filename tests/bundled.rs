//! The rules that come with the program: they are the files under `rules/`, and each proves itself.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use deboil::Ruleset;
use deboil::bundled::{IMAGE, PACKS};
use deboil::check::{Severity, check};
use deboil::fold::{self, Case};
use deboil::rule::Kind;
use deboil::rule::anchor::Anchor;
use deboil::rule::kind::regex::Regex;
use deboil::rule::load;
use deboil::rule::pattern::{Anchoring, Pattern};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// How many lines each pattern makes.
const LINES: usize = 8;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");

/// One set for all tests: its patterns compile once.
static RULES: LazyLock<Ruleset> = LazyLock::new(Ruleset::bundled);

/// The same, read from the files.
static READ: LazyLock<Ruleset> = LazyLock::new(|| {
    let packs = PACKS.iter().map(|(name, text)| load::load(name, text, true).unwrap());
    Ruleset::of(packs.collect()).unwrap()
});

#[test]
fn the_program_holds_the_files_under_rules() {
    let mut paths = Vec::new();
    collect(Path::new(FOLDER), &mut paths);
    let name = |path: &PathBuf| path.strip_prefix(FOLDER).unwrap().to_str().unwrap().replace('\\', "/");
    let mut files: Vec<(String, String)> =
        paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect();
    files.sort();
    let held: Vec<(String, String)> = PACKS.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
    let names = |files: &[(String, String)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&held), names(&files));
    assert!(held == files, "a file differs from what the program holds: build it again");
}

/// What the program holds needs no reading when it starts; it says what the files say all the same.
#[test]
fn what_is_packed_is_what_the_files_say() {
    assert!(READ.packed() == IMAGE, "the image differs from the files: build it again");
    let rules = |rules: &Ruleset| rules.rules().map(|(_, rule)| format!("{rule:?}")).collect::<Vec<_>>();
    assert_eq!(rules(&RULES).len(), rules(&READ).len());
    // Unpacked and packed again it is the same, too.
    assert!(RULES.packed() == IMAGE, "something is lost when the image is unpacked");
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
}

/// Patterns of bundled files are compiled when they are first needed; here they are compiled as those of a user are.
#[test]
fn every_file_loads_as_one_of_a_user() {
    let mistakes: Vec<String> = PACKS
        .iter()
        .filter_map(|(name, text)| load::load(name, text, false).err())
        .map(|errors| errors.to_string())
        .collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn every_pack_passes_its_check() {
    let findings: Vec<String> = (0..)
        .zip(READ.packs())
        .flat_map(|(pack, _)| check(&READ, pack))
        .map(|finding| {
            let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
            format!("{severity}: {}", finding.error)
        })
        .collect();
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

/// A rule of a later pack would silently take the place of an earlier one of the same id.
#[test]
fn every_id_is_given_once() {
    let mut first: HashMap<String, &str> = HashMap::new();
    for (name, text) in PACKS {
        for rule in load::load(name, text, true).unwrap().rules {
            if let Some(other) = first.insert(rule.id.clone(), name) {
                panic!("{} is in {other} and in {name}", rule.id);
            }
        }
    }
}

/// Packs of one source would silently become one.
#[test]
fn every_source_has_one_file() {
    let mut first: HashMap<String, &str> = HashMap::new();
    for (name, text) in PACKS {
        let Some(source) = load::load(name, text, true).unwrap().source else { continue };
        if let Some(other) = first.insert(source.id.clone(), name) {
            panic!("{} is in {other} and in {name}", source.id);
        }
    }
}

/// A pattern is tried only where its anchors stand, and on lines that its outline allows, so one that is wrong hides what
/// the pattern matches. Each pattern makes lines here that it matches as the regex crate understands it.
#[test]
fn a_line_that_a_pattern_matches_is_found_by_it() {
    let mut runner = TestRunner::deterministic();
    let (mut patterns, mut matched) = (0, 0);
    for (_, rule) in RULES.rules() {
        let Kind::Regex(Regex { pattern, keywords }) = &rule.kind else { continue };
        if !keywords.is_empty() {
            continue;
        }
        let Ok(lines) = proptest::string::string_regex(&pattern.source) else { continue };
        let reference = compiled(pattern);
        patterns += 1;
        for _ in 0..LINES {
            let line = lines.new_tree(&mut runner).unwrap().current();
            let kept = fold::views(line.as_bytes(), Case::Kept);
            let Some(view) = kept.iter().find(|view| reference.is_match(view.text())) else { continue };
            matched += 1;
            assert!(pattern.matches(view.text()), "{} does not match {line:?}", rule.id);
            let folded = fold::views(line.as_bytes(), Case::Folded);
            let stands = |anchor: &Anchor| folded.iter().any(|view| anchor.how.stands(&anchor.needle, view.text()));
            assert!(pattern.anchors.iter().any(stands), "{}: {line:?} holds none of {:?}", rule.id, pattern.anchors);
        }
    }
    assert!(patterns > 500 && matched > patterns * LINES / 3, "{matched} lines of {patterns} patterns");
}

/// A pattern as the regex crate compiles it.
fn compiled(pattern: &Pattern) -> regex::Regex {
    let source = match pattern.anchoring {
        Anchoring::Anywhere => pattern.source.clone(),
        Anchoring::Whole => format!("^(?:{})$", pattern.source),
    };
    regex::RegexBuilder::new(&source).size_limit(1 << 30).build().expect("the rule was loaded")
}

#[test]
fn every_id_starts_with_its_source() {
    for pack in RULES.packs() {
        let start = pack.source.as_ref().map_or("generic", |source| &source.id);
        for rule in &pack.rules {
            let name = rule.id.strip_prefix(start).and_then(|rest| rest.strip_prefix('.'));
            assert!(name.is_some_and(|name| !name.is_empty()), "{}: {} is not {start}.…", pack.file, rule.id);
        }
    }
}

#[test]
fn every_rule_says_why_and_proves_itself() {
    for pack in RULES.packs() {
        for rule in &pack.rules {
            assert!(rule.why.split_whitespace().count() >= 3, "{}: why?", rule.id);
            if matches!(rule.kind, Kind::Phrase(_) | Kind::Line(_) | Kind::Regex(_)) {
                assert!(!rule.strips.is_empty() && !rule.keeps.is_empty(), "{}: strips and keeps", rule.id);
            } else {
                assert!(!pack.tests.is_empty(), "{}: no [[test]] in its pack", rule.id);
            }
        }
    }
}

/// `generic/<category>.<lang>.toml`, `publishers/<host>.toml`, `archives/<host>.toml`.
#[test]
fn every_file_is_where_a_reader_looks_for_it() {
    for pack in RULES.packs() {
        let path = Path::new(&pack.file);
        let name = path.file_stem().unwrap().to_str().unwrap();
        match (path.parent().unwrap().to_str().unwrap(), &pack.source) {
            ("generic", None) => {
                let category = name.split('.').next().unwrap();
                assert!(category.parse::<deboil::Category>().is_ok(), "{}: no category", pack.file);
            }
            ("publishers" | "archives", Some(source)) => {
                assert!(source.hosts.iter().any(|host| host == name), "{}: not one of its hosts", pack.file);
            }
            ("platforms" | "agencies", Some(_)) => {}
            (folder, _) => panic!("{}: a pack of another sort than {folder}", pack.file),
        }
    }
}

#[cfg(feature = "cli")]
#[test]
fn the_catalogue_is_up_to_date() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_deboil"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["rules", "docs", "-o", "docs/rules", "--check"]);
    let output = command.output().unwrap();
    let said = |stream| String::from_utf8_lossy(stream).into_owned();
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
}
