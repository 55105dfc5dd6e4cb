//! What the bundled rules make of articles in the form that each source has, line by line.
//!
//! A fixture is `tests/fixtures/<source>/<name>.txt`; its snapshot is `snapshots/<source>__<name>.snap`. A file
//! `<name>.expected.txt` beside it, written by hand, holds what must be left, byte for byte. If the texts of a source bear no
//! mark of it, `<name>.url` says where the article was scraped from.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use deboil::{Cleaned, Document, Options, Outcome, Removal, Ruleset, Span, clean};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// One set for all tests: its patterns compile once.
static RULES: LazyLock<Ruleset> = LazyLock::new(Ruleset::bundled);

#[test]
fn every_fixture_comes_out_as_its_snapshot_shows() {
    let rules = &*RULES;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for fixture in fixtures() {
            insta::assert_snapshot!(name_of(&fixture), shown(rules, &fixture));
        }
    });
}

#[test]
fn every_fixture_leaves_what_was_written_down_by_hand() {
    let rules = &*RULES;
    let wrong: Vec<String> = fixtures().iter().filter_map(|fixture| difference(rules, fixture)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fixture_is_known_to_be_of_its_source() {
    let rules = &*RULES;
    for fixture in fixtures() {
        let source = folder_of(&fixture);
        if rules.source_by_id(&source).is_none() {
            continue;
        }
        let text = fs::read(&fixture).unwrap();
        let url = url_of(&fixture);
        let cleaned = cleaned(rules, url.as_deref(), &text);
        let ids: Vec<&str> = cleaned.sources.iter().map(|&index| rules.source(index).id.as_str()).collect();
        // A page of traps may bear no mark of its source. What bears one needs no address.
        let is_trap = fixture.file_stem().is_some_and(|name| name.to_string_lossy().starts_with("traps"));
        assert!(is_trap || ids.contains(&source.as_str()), "{}: {ids:?}", fixture.display());
        let unnamed = self::cleaned(rules, None, &text).sources;
        assert!(url.is_none() || unnamed.is_empty(), "{}: its text says where it is from", fixture.display());
    }
}

#[test]
fn a_cleaned_fixture_is_clean() {
    let rules = &*RULES;
    for fixture in fixtures() {
        let text = fs::read(&fixture).unwrap();
        let url = url_of(&fixture);
        let once = cleaned(rules, url.as_deref(), &text);
        let twice = cleaned(rules, url.as_deref(), &once.text);
        assert_eq!(twice.outcome, Outcome::Unchanged, "{}", fixture.display());
    }
}

#[test]
fn each_bundled_source_has_a_fixture() {
    let rules = &*RULES;
    let folders: Vec<String> = fixtures().iter().map(|fixture| folder_of(fixture)).collect();
    let publishers =
        rules.packs().iter().filter(|pack| pack.file.starts_with("publishers/") || pack.file.starts_with("archives/"));
    for source in publishers.filter_map(|pack| pack.source.as_ref()) {
        assert!(folders.contains(&source.id), "write tests/fixtures/{}/<name>.txt", source.id);
    }
}

fn fixtures() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(FIXTURES).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut files = Vec::new();
    for folder in folders {
        let mut inner: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        inner.retain(|path| path.extension().is_some_and(|end| end == "txt"));
        inner.retain(|path| !path.to_string_lossy().ends_with(".expected.txt"));
        inner.sort();
        files.extend(inner);
    }
    assert!(files.len() > 10, "the fixtures are missing");
    files
}

fn folder_of(fixture: &Path) -> String {
    fixture.parent().and_then(Path::file_name).unwrap().to_string_lossy().into_owned()
}

fn name_of(fixture: &Path) -> String {
    format!("{}__{}", folder_of(fixture), fixture.file_stem().unwrap().to_string_lossy())
}

/// Where a fixture says that it was scraped from, if it does.
fn url_of(fixture: &Path) -> Option<String> {
    Some(fs::read_to_string(fixture.with_extension("url")).ok()?.trim().to_owned())
}

fn cleaned<'t>(rules: &Ruleset, url: Option<&'t str>, text: &'t [u8]) -> Cleaned<'t> {
    clean(rules, &Document { url, ..Document::new(text) }, &Options::default())
}

fn difference(rules: &Ruleset, fixture: &Path) -> Option<String> {
    let expected = fs::read(fixture.with_extension("expected.txt")).ok()?;
    let text = fs::read(fixture).unwrap();
    let url = url_of(fixture);
    let cleaned = cleaned(rules, url.as_deref(), &text);
    (cleaned.text != expected.as_slice()).then(|| format!("{} differs from its expected text", fixture.display()))
}

/// The whole document: two spaces before lines that stay, `- ` before lines that go, `~ ` before lines of which a part
/// goes, with the part in `⟦…⟧`; behind what goes, its rules.
fn shown(rules: &Ruleset, fixture: &Path) -> String {
    let text = &fs::read(fixture).unwrap()[..];
    let url = url_of(fixture);
    let cleaned = cleaned(rules, url.as_deref(), text);
    let sources: Vec<&str> = cleaned.sources.iter().map(|&index| rules.source(index).id.as_str()).collect();
    let mut shown = format!("sources: {}\noutcome: {:?}\n\n", sources.join(", "), cleaned.outcome);
    let mut start = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let span = Span::new(start, start + line.len());
        start = span.end;
        let here: Vec<&Removal> = cleaned.removals.iter().filter(|removal| overlap(removal.span, span) > 0).collect();
        shown.push_str(&shown_line(rules, text, span, &here));
        shown.push('\n');
    }
    shown
}

fn shown_line(rules: &Ruleset, text: &[u8], line: Span, removals: &[&Removal]) -> String {
    let plain = |span: Span| String::from_utf8_lossy(span.of(text)).trim_end_matches(['\n', '\r']).to_owned();
    let gone: usize = removals.iter().map(|removal| overlap(removal.span, line)).sum();
    if gone == 0 {
        return format!("  {}", plain(line)).trim_end().to_owned();
    }
    let mut ids: Vec<&str> =
        removals.iter().flat_map(|removal| &removal.rules).map(|&rule| rules.rule(rule).id.as_str()).collect();
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
