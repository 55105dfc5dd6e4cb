//! Tables in Parquet: what of them changes, and what is said of those that cannot be read.

use std::fs;

use crate::parquet_files;
use crate::sandbox::{PROSE, Sandbox, assert_all, assert_snapshot};

/// A text with junk in it.
fn text() -> String {
    format!("Advertisement\n\n{PROSE}")
}

/// A directory with a table of five rows in three row groups: of the second one nothing changes.
fn with_table() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("in")).unwrap();
    let (junk, clean) = (text(), PROSE.as_bytes());
    let junk = junk.as_bytes();
    let rows = [Some(clean), Some(junk), Some(clean), None, Some(junk)];
    parquet_files::write(&sandbox.path("in/a.parquet"), 2, &rows);
    sandbox
}

fn rows(sandbox: &Sandbox, path: &str) -> String {
    parquet_files::rows(fs::read(sandbox.path(path)).unwrap()).join("\n") + "\n"
}

#[test]
fn of_a_table_the_texts_change() {
    let sandbox = with_table();
    sandbox.run(&["clean", "in", "-o", "out", "-v", "-j", "1"]).assert("tables-clean");
    assert_snapshot("tables-clean-rows", &rows(&sandbox, "out/a.parquet"));
    assert_eq!(sandbox.run(&["clean", "out", "--check", "-q"]).status, 0, "what is clean stays");
    let printed = sandbox.command(&["clean", "in/a.parquet", "-q", "--no-bundled"]).output().unwrap().stdout;
    assert_eq!(printed, fs::read(sandbox.path("out/a.parquet")).unwrap());
    fs::copy(sandbox.path("in/a.parquet"), sandbox.path("records")).unwrap();
    let unnamed = sandbox.command(&["clean", "records", "-q", "--no-bundled"]).output().unwrap().stdout;
    assert_eq!(unnamed, printed, "the contents say that it is Parquet");
}

#[test]
fn a_table_is_checked_compared_explained_and_replaced() {
    let sandbox = with_table();
    let runs = [
        sandbox.run(&["clean", "in", "--check", "-q"]),
        sandbox.run(&["clean", "in", "--diff", "-q"]),
        sandbox.run(&["explain", "in/a.parquet", "--record", "5"]),
        sandbox.run(&["explain", "in/a.parquet"]),
        sandbox.run(&["explain", "in/a.parquet", "--record", "6"]),
        sandbox.run(&["explain", "in/a.parquet", "--record", "1", "--text-field", "body"]),
    ];
    assert_all("tables-check", &runs);
    let before = fs::read(sandbox.path("in/a.parquet")).unwrap();
    assert_eq!(sandbox.run(&["clean", "in", "-i", "--backup", ".orig"]).status, 0);
    assert_eq!(fs::read(sandbox.path("in/a.parquet.orig")).unwrap(), before);
    let replaced = fs::read(sandbox.path("in/a.parquet")).unwrap();
    assert_eq!(sandbox.run(&["clean", "in/a.parquet", "-o", "out"]).status, 0);
    assert_eq!(fs::read(sandbox.path("out/a.parquet")).unwrap(), replaced, "what does not change is copied");
}

#[test]
fn what_was_deleted_is_added_as_columns() {
    let sandbox = with_table();
    let added = ["clean", "in", "-o", "out", "--meta-field", "after", "--removals-field", "removals"];
    assert_eq!(sandbox.run(&added).status, 0);
    assert_snapshot("tables-added", &rows(&sandbox, "out/a.parquet"));
}

#[test]
fn bad_rows_are_kept_left_out_or_end_their_file() {
    let sandbox = Sandbox::new();
    let junk = text();
    let bad: &[u8] = b"Advertisement\n\nGr\xf6\xdfe\n";
    let rows = [Some(junk.as_bytes()), Some(bad), Some(junk.as_bytes()), Some(bad)];
    parquet_files::write(&sandbox.path("a.parquet"), 3, &rows);
    let runs = ["keep", "skip", "fail"].map(|what| {
        let run = sandbox.run(&["clean", "a.parquet", "-o", what, "--on-error", what, "--removals-field", "removals"]);
        assert_eq!(run.status, 2);
        run
    });
    assert_all("tables-bad", &runs);
    let left = |path| parquet_files::len(fs::read(sandbox.path(path)).unwrap());
    assert_eq!((left("keep/a.parquet"), left("skip/a.parquet")), (4, 2));
    assert!(!sandbox.path("fail/a.parquet").exists());
}

#[test]
fn tables_that_cannot_be_read_are_named_and_the_others_are_cleaned() {
    let sandbox = with_table();
    let whole = fs::read(sandbox.path("in/a.parquet")).unwrap();
    sandbox.write("in/b.parquet", &whole[..whole.len() / 2]);
    sandbox.write("in/c.pq", "id,text\n");
    let mut corrupt = whole.clone();
    let end_of_first_group = whole.windows(8).position(|bytes| bytes == b"1.0, \"on").unwrap();
    corrupt[4..end_of_first_group].fill(0xff);
    sandbox.write("in/d.parquet", corrupt);
    sandbox.write("in/e.parquet.gz", [&[0x1f, 0x8b, 8, 0][..], &whole].concat());
    sandbox.write("in/f.txt", text());
    sandbox.run(&["clean", "in", "-o", "out", "-q"]).assert("tables-failures");
    let mut left: Vec<_> = fs::read_dir(sandbox.path("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["a.parquet", "f.txt"]);
    let runs = [
        sandbox.run_with(&["clean", "-", "-q"], whole.clone()),
        sandbox.run_with(&["clean", "-", "-q", "--format", "parquet"], whole),
        sandbox.run(&["clean", "in/a.parquet", "-q", "--text-field", "id"]),
        sandbox.run(&["clean", "in/a.parquet", "-q", "--text-field", "body"]),
    ];
    assert_all("tables-mistakes", &runs);
}
