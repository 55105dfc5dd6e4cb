//! What the bundled rules make of articles in the form that each source has, line by line.
//!
//! A fixture is `tests/fixtures/<source>/<name>.txt`; its snapshot is `snapshots/<source>__<name>.snap`. A file
//! `<name>.expected.txt` beside it, written by hand, holds what must be left, byte for byte. If the texts of a source bear no
//! mark of it, `<name>.url` says where the article was scraped from.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{fmt, fs};

use deboil::{Cleaned, Document, Options, Outcome, Removal, Ruleset, Span, clean};

/// How the names of the files end that stand beside a text.
const EXPECTED: &str = "expected.txt";
const URL: &str = "url";

/// One set for all tests: its patterns compile once.
static RULES: LazyLock<Ruleset> = LazyLock::new(Ruleset::bundled);

static FIXTURES: LazyLock<Vec<Fixture>> = LazyLock::new(fixtures);

/// An article in the form of a source.
struct Fixture {
    /// The source, by its id, and a name.
    source: String,
    name: String,
    text: Vec<u8>,
    /// Where it says that it was scraped from, if it does.
    url: Option<String>,
    /// What must be left of it, if that was written down.
    expected: Option<Vec<u8>>,
}

impl Fixture {
    fn read(path: &Path) -> Self {
        let part = |part: Option<&OsStr>| part.unwrap().to_string_lossy().into_owned();
        Self {
            source: part(path.parent().and_then(Path::file_name)),
            name: part(path.file_stem()),
            text: fs::read(path).unwrap(),
            url: fs::read_to_string(path.with_extension(URL)).ok().map(|url| url.trim().to_owned()),
            expected: fs::read(path.with_extension(EXPECTED)).ok(),
        }
    }

    fn cleaned(&self) -> Cleaned<'_> {
        let document = Document { url: self.url.as_deref(), ..Document::new(&self.text) };
        clean(&RULES, &document, &Options::default())
    }

    /// The whole document: two spaces before lines that stay, `- ` before lines that go, `~ ` before lines of which a part
    /// goes, with the part in `⟦…⟧`; behind what goes, its rules.
    fn shown(&self) -> String {
        let cleaned = self.cleaned();
        let mut shown = format!("sources: {}\noutcome: {:?}\n\n", ids(&cleaned).join(", "), cleaned.outcome);
        let mut start = 0;
        for line in self.text.split_inclusive(|&byte| byte == b'\n') {
            let span = Span::new(start, start + line.len());
            start = span.end;
            let here: Vec<&Removal> =
                cleaned.removals.iter().filter(|removal| overlap(removal.span, span) > 0).collect();
            shown.push_str(&shown_line(&self.text, span, &here));
            shown.push('\n');
        }
        shown
    }
}

impl fmt::Display for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}__{}", self.source, self.name)
    }
}

#[test]
fn every_fixture_comes_out_as_its_snapshot_shows() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for fixture in FIXTURES.iter() {
            insta::assert_snapshot!(fixture.to_string(), fixture.shown());
        }
    });
}

#[test]
fn every_fixture_leaves_what_was_written_down_by_hand() {
    let differs = |fixture: &&Fixture| fixture.expected.as_ref().is_some_and(|text| *fixture.cleaned().text != **text);
    let wrong: Vec<String> = FIXTURES.iter().filter(differs).map(Fixture::to_string).collect();
    assert!(wrong.is_empty(), "not as expected: {}", wrong.join(", "));
}

#[test]
fn every_fixture_is_known_to_be_of_its_source() {
    for fixture in FIXTURES.iter().filter(|fixture| RULES.source_by_id(&fixture.source).is_some()) {
        let cleaned = fixture.cleaned();
        // A page of traps may bear no mark of its source. What bears one needs no address.
        let is_trap = fixture.name.starts_with("traps");
        assert!(is_trap || ids(&cleaned).contains(&fixture.source.as_str()), "{fixture}: {:?}", ids(&cleaned));
        let unnamed = clean(&RULES, &Document::new(&fixture.text), &Options::default()).sources;
        assert!(fixture.url.is_none() || unnamed.is_empty(), "{fixture}: its text says where it is from");
    }
}

#[test]
fn a_cleaned_fixture_is_clean() {
    for fixture in FIXTURES.iter() {
        let text = fixture.cleaned().text;
        let document = Document { url: fixture.url.as_deref(), ..Document::new(&text) };
        assert_eq!(clean(&RULES, &document, &Options::default()).outcome, Outcome::Unchanged, "{fixture}");
    }
}

#[test]
fn each_bundled_source_has_a_fixture() {
    let publishers =
        RULES.packs().iter().filter(|pack| pack.file.starts_with("publishers/") || pack.file.starts_with("archives/"));
    for source in publishers.filter_map(|pack| pack.source.as_ref()) {
        let has_one = FIXTURES.iter().any(|fixture| fixture.source == source.id);
        assert!(has_one, "write tests/fixtures/{}/<name>.txt", source.id);
    }
}

#[test]
fn nothing_is_left_of_a_fixture_that_is_gone() {
    let names: BTreeSet<String> = FIXTURES.iter().map(Fixture::to_string).collect();
    for path in files(&root("tests/fixtures")) {
        let source = path.parent().and_then(Path::file_name).unwrap().to_string_lossy();
        let file = path.file_name().unwrap().to_string_lossy();
        let name = [EXPECTED, URL, "txt"].iter().find_map(|end| file.strip_suffix(&format!(".{end}")));
        let name = name.unwrap_or_else(|| panic!("{} is no part of a fixture", path.display()));
        assert!(names.contains(&format!("{source}__{name}")), "{} has no text", path.display());
    }
    let beside = fs::read_dir(root("snapshots")).unwrap().map(|entry| entry.unwrap().path());
    for snapshot in beside.filter(|path| path.is_file()) {
        let name = snapshot.file_stem().unwrap().to_string_lossy();
        assert!(names.contains(&*name), "{} has no fixture", snapshot.display());
    }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The files in the folders of a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let inner = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = inner(folder).flat_map(|folder| inner(&folder)).collect();
    files.sort();
    files
}

fn fixtures() -> Vec<Fixture> {
    let is_text = |path: &&PathBuf| {
        let name = path.to_string_lossy();
        name.ends_with(".txt") && !name.ends_with(&format!(".{EXPECTED}"))
    };
    let fixtures: Vec<Fixture> =
        files(&root("tests/fixtures")).iter().filter(is_text).map(|path| Fixture::read(path)).collect();
    assert!(fixtures.len() > 10, "the fixtures are missing");
    fixtures
}

/// The sources that a text was taken for.
fn ids<'r>(cleaned: &Cleaned) -> Vec<&'r str> {
    cleaned.sources.iter().map(|&index| RULES.source(index).id.as_str()).collect()
}

fn shown_line(text: &[u8], line: Span, removals: &[&Removal]) -> String {
    let plain = |span: Span| String::from_utf8_lossy(span.of(text)).trim_end_matches(['\n', '\r']).to_owned();
    let gone: usize = removals.iter().map(|removal| overlap(removal.span, line)).sum();
    if gone == 0 {
        return format!("  {}", plain(line)).trim_end().to_owned();
    }
    let mut ids: Vec<&str> =
        removals.iter().flat_map(|removal| &removal.rules).map(|&rule| RULES.rule(rule).id.as_str()).collect();
    ids.dedup();
    let ids = ids.join(", ");
    if gone == line.len() {
        return format!("- {} ({ids})", plain(line));
    }
    let mut marked = String::new();
    let mut at = line.start;
    for removal in removals {
        marked += &plain(Span::new(at, removal.span.start));
        marked += &format!("⟦{}⟧", plain(removal.span));
        at = removal.span.end;
    }
    format!("~ {marked}{} ({ids})", plain(Span::new(at, line.end)))
}

fn overlap(left: Span, right: Span) -> usize {
    left.end.min(right.end).saturating_sub(left.start.max(right.start))
}
