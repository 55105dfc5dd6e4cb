//! However the work is done, the result is the same.

mod generate;

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use bstr::BString;
use deboil::batch::{Batch, Done, Failure, Input, RecordOptions, Told};
use deboil::text::input::{MAP_FROM, MapChoice};
use deboil::{Document, Options, Ruleset, clean};
use proptest::strategy::Strategy;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

/// How files are opened, and how many threads work.
const CONFIGURATIONS: &[(MapChoice, usize)] = &[
    (MapChoice::Never, 1),
    (MapChoice::Never, 2),
    (MapChoice::Never, 4),
    (MapChoice::Always, 1),
    (MapChoice::Always, 2),
    (MapChoice::Always, 4),
    (MapChoice::Auto, 3),
    (MapChoice::Auto, 0),
];

/// A file and what is left of it, with the account of what went.
type Cleaned = (PathBuf, BString, String);

#[test]
fn the_bundled_rules_do_the_same_in_every_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let article =
        "The council met on Monday evening and voted for the new harbour after two hours.\n\nAdvertisement\n\n";
    let large = article.repeat(MAP_FROM as usize / article.len() + 1);
    let mut texts: Vec<BString> = vec![large.into(), "".into(), "\n".into(), b"caf\xe9\xff\nAdvertisement\n".into()];
    for source in fs::read_dir("tests/fixtures").unwrap() {
        let fixtures = fs::read_dir(source.unwrap().path()).unwrap().map(|entry| entry.unwrap().path());
        texts.extend(fixtures.map(|path| fs::read(path).unwrap().into()));
    }
    every_configuration_does_the_same(&Ruleset::bundled(), &written(&folder, &texts));
}

#[test]
fn any_rules_do_the_same_in_every_configuration() {
    let mut chance = TestRunner::deterministic();
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let (packs, text) = generate::case().new_tree(&mut chance).unwrap().current();
        let documents = generate::documents::document(generate::JUNK);
        let others = (0..20).map(|_| documents.new_tree(&mut chance).unwrap().current());
        let texts: Vec<BString> = others.chain([text]).collect();
        every_configuration_does_the_same(&packs.load(), &written(&folder, &texts));
    }
}

fn every_configuration_does_the_same(rules: &Ruleset, files: &[PathBuf]) {
    let options = Options { aggressive: true, preview: true, ..Options::default() };
    let one_by_one: Vec<Cleaned> = files.iter().map(|path| alone(rules, &options, path)).collect();
    for &(map, threads) in CONFIGURATIONS {
        let (options, records) = (options.clone(), RecordOptions::default());
        let batch = Batch { rules, options, source: None, url: None, lang: None, map, force: true, records, threads };
        assert_eq!(in_batch(&batch, files), one_by_one, "{map:?}, {threads} threads");
        let backwards: Vec<PathBuf> = files.iter().rev().cloned().collect();
        let mut result = in_batch(&batch, &backwards);
        result.reverse();
        assert_eq!(result, one_by_one, "{map:?}, {threads} threads, backwards");
    }
}

/// The paths of some texts in files of their own.
fn written(folder: &TempDir, texts: &[BString]) -> Vec<PathBuf> {
    let write = |(number, text): (usize, &BString)| {
        let path = folder.path().join(format!("{number:03}.txt"));
        fs::write(&path, text).unwrap();
        path
    };
    texts.iter().enumerate().map(write).collect()
}

fn alone(rules: &Ruleset, options: &Options, path: &PathBuf) -> Cleaned {
    let text = fs::read(path).unwrap();
    let cleaned = clean(rules, &Document { path: Some(path), ..Document::new(&text) }, options);
    (path.clone(), cleaned.text.into_owned().into(), format!("{:?}", cleaned.removals))
}

fn in_batch(batch: &Batch, files: &[PathBuf]) -> Vec<Cleaned> {
    let mut told = Vec::new();
    let inputs = files.iter().map(|path| Ok::<_, Failure>((Input::File(path.clone()), ())));
    let finish = |done: &Done<'_>, (): &()| Ok(BString::from(done.text().into_owned()));
    batch.run(inputs, finish, &mut |result: Told<'_, BString>| {
        let (record, text) = result.unwrap();
        told.push((record.name.path.clone(), text, format!("{:?}", record.removals)));
        ControlFlow::Continue(())
    });
    told
}
