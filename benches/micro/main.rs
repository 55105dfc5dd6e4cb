//! How many bytes a second each part of a cleaning takes in, on one core, by the number of rules and the share of junk.
//!
//! `cargo bench --bench micro` times all parts, `cargo bench --bench micro -- scan` those whose name holds `scan`.

mod work;

use deboil::clean::parts::{self, Matched};
use deboil::fold::Folder;
use deboil::layout::Layout;
use deboil::page::Page;
use deboil::{Document, Options, clean};
use divan::Bencher;
use divan::counter::BytesCount;

/// How many rules there are.
const RULES: [usize; 4] = [100, 1_000, 10_000, 100_000];

/// How many of a hundred paragraphs are junk or hold some.
const JUNK: [u64; 4] = [0, 5, 20, 50];

/// What the other number is while one of them changes.
const SOME_RULES: usize = 1_000;
const SOME_JUNK: u64 = 5;

fn main() {
    divan::main();
}

#[divan::bench(args = JUNK)]
fn layout(bencher: Bencher, junk: u64) {
    let text = work::document(junk);
    counting(bencher, &text).bench(|| Layout::of(text.as_bytes()).words());
}

#[divan::bench(args = JUNK)]
fn fold(bencher: Bencher, junk: u64) {
    let text = work::document(junk);
    counting(bencher, &text).bench(|| {
        let mut folder = Folder::new();
        (0..).zip(text.lines()).for_each(|(number, line)| folder.push(number, line.as_bytes()));
        folder
    });
}

#[divan::bench(args = RULES)]
fn scan_by_rules(bencher: Bencher, rules: usize) {
    scan(bencher, rules, SOME_JUNK);
}

#[divan::bench(args = JUNK)]
fn scan_by_junk(bencher: Bencher, junk: u64) {
    scan(bencher, SOME_RULES, junk);
}

fn scan(bencher: Bencher, rules: usize, junk: u64) {
    let (rules, text) = (work::rules(rules), work::document(junk));
    let page = Page::of(text.as_bytes());
    counting(bencher, &text).bench_local(|| parts::scan(&rules, &page));
}

#[divan::bench(args = JUNK)]
fn decide(bencher: Bencher, junk: u64) {
    let (rules, text) = (work::rules(SOME_RULES), work::document(junk));
    let matched = Matched::of(&rules, &Document::new(text.as_bytes()), &Options::default());
    counting(bencher, &text).bench_local(|| matched.decide());
}

#[divan::bench(args = JUNK)]
fn apply(bencher: Bencher, junk: u64) {
    let (rules, text) = (work::rules(SOME_RULES), work::document(junk));
    let removals = Matched::of(&rules, &Document::new(text.as_bytes()), &Options::default()).decide();
    counting(bencher, &text).bench(|| parts::apply(text.as_bytes(), &removals));
}

#[divan::bench(args = RULES)]
fn all_by_rules(bencher: Bencher, rules: usize) {
    all(bencher, rules, SOME_JUNK);
}

#[divan::bench(args = JUNK)]
fn all_by_junk(bencher: Bencher, junk: u64) {
    all(bencher, SOME_RULES, junk);
}

fn all(bencher: Bencher, rules: usize, junk: u64) {
    let (rules, text) = (work::rules(rules), work::document(junk));
    let document = Document::new(text.as_bytes());
    counting(bencher, &text).bench(|| clean(&rules, &document, &Options::default()));
}

/// The same, but it also shows how many bytes of the text a second takes in.
fn counting<'a, 'b>(bencher: Bencher<'a, 'b>, text: &str) -> Bencher<'a, 'b> {
    bencher.counter(BytesCount::of_str(text))
}
