//! Files of records: what of them changes, what is said of them, and what becomes of those that are bad.

use std::process::Command;

use serde_json::Value;

use crate::sandbox::{PROSE, Sandbox, assert_all, assert_snapshot};

/// A line of JSON Lines, with junk in it.
pub(crate) fn record(rest: &str) -> String {
    format!("{{\"text\": \"Advertisement\\n\\n{}\"{rest}}}\n", PROSE.trim_end())
}

/// What is left of it.
fn cleaned(rest: &str) -> String {
    record(rest).replace("Advertisement\\n\\n", "")
}

/// Objects with all that JSON allows.
pub(crate) const ODDITIES: [&str; 12] = [
    r#", "big": 123456789012345678901234567890, "float": 1.50, "tiny": 1e-400, "minus": -0"#,
    r#", "escapes": "\u0041\/\b\f\n\r\t\"\\", "pair": "\ud83d\ude00", "letter": "\u00e9é""#,
    r#", "half": "\ud800", "\udc00": 1"#,
    r#", "twice": 1, "twice": 2"#,
    r#", "deep": [[[[[[[[[[[[[[[[[[[[{"a": {"b": [{}]}}]]]]]]]]]]]]]]]]]]]]"#,
    r#", "none": null, "empty": "", "list": [ ], "object": {}"#,
    "\t,\r \"white\" : [ 1 ,2 ] ",
    r#", "text2": "Advertisement\n", "nested": {"text": "Advertisement\n"}"#,
    r#", "id": 12345678901234567890"#,
    r#", "": "no name""#,
    r#", "long": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx""#,
    "",
];

#[test]
fn nothing_but_the_text_of_a_json_record_changes() {
    let sandbox = Sandbox::new();
    let file: String = ODDITIES.iter().map(|rest| record(rest)).collect::<String>() + "\n{\"text\":null}\n \n";
    let expected: String = ODDITIES.iter().map(|rest| cleaned(rest)).collect::<String>() + "\n{\"text\":null}\n \n";
    let run = sandbox.run_with(&["clean", "--format", "jsonl", "-"], file.as_str());
    assert_eq!((run.status, run.stdout), (0, expected.clone()));
    let run = sandbox.run_with(&["clean", "-q"], file.trim_end());
    assert_eq!((run.status, run.stdout.as_str()), (0, expected.trim_end()), "the contents say that it is JSON Lines");
}

/// Reads two files of JSON Lines, and compares all but the texts. Numbers are compared as they are spelled.
const COMPARE: &str = "
import json, sys
read = lambda path: [json.loads(line, parse_int=str, parse_float=str, object_pairs_hook=list) for line in open(path, newline='\\n')]
old, new = read(sys.argv[1]), read(sys.argv[2])
without = lambda record: [member for member in record if member[0] != 'text']
assert len(old) == len(new) and all(without(a) == without(b) for a, b in zip(old, new))
assert all('Advertisement' in dict(record)['text'] for record in old)
assert not any('Advertisement' in dict(record)['text'] for record in new)
";

#[test]
fn python_reads_the_same_records_as_before() {
    let sandbox = Sandbox::new();
    sandbox.write("in/a.jsonl", ODDITIES.iter().map(|rest| record(rest)).collect::<String>());
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out"]).status, 0);
    let mut python = Command::new("python3");
    python.args(["-c", COMPARE]).args([sandbox.path("in/a.jsonl"), sandbox.path("out/a.jsonl")]);
    let output = python.output().expect("`python3` is on the path");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A good record among bad ones.
fn with_bad_records() -> String {
    let bad = "{\"id\": 1, \"body\": \"x\"}\nnonsense\n{\"text\": 5}\n{\"text\": \"cut off\n";
    format!("{}{bad}{}", record(""), record(", \"n\": 1"))
}

#[test]
fn bad_records_are_kept_skipped_or_end_their_file() {
    let sandbox = Sandbox::new();
    sandbox.write("a.jsonl", with_bad_records());
    let kept = sandbox.run(&["clean", "a.jsonl"]);
    assert_eq!(kept.stdout, with_bad_records().replace("Advertisement\\n\\n", ""));
    let skipped = sandbox.run(&["clean", "a.jsonl", "--on-error", "skip", "-q"]);
    assert_eq!(skipped.stdout, cleaned("") + &cleaned(", \"n\": 1"));
    let failed = sandbox.run(&["clean", "a.jsonl", "--on-error", "fail", "-q"]);
    assert_eq!(failed.stdout, cleaned(""));
    assert!([&kept, &skipped, &failed].iter().all(|run| run.status == 2));
    assert_all("records-bad", &[kept, skipped, failed]);
}

#[test]
fn a_file_that_fails_is_not_written_and_the_others_are() {
    let sandbox = Sandbox::new();
    sandbox.write("in/a.jsonl", with_bad_records());
    sandbox.write("in/b.jsonl", record(""));
    sandbox.write("in/c.csv", "id,body\n1,x\n");
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--on-error", "fail"]).status, 2);
    assert_eq!(sandbox.tree("out"), format!("b.jsonl: {}\n", cleaned("").as_bytes().escape_ascii()));
    let before = sandbox.tree("in");
    let run = sandbox.run(&["clean", "in/a.jsonl", "in/c.csv", "--in-place", "--on-error", "fail"]);
    assert_eq!(sandbox.tree("in"), before);
    run.assert("records-fail");
}

#[test]
fn of_many_bad_records_the_first_are_named_and_all_reported() {
    let sandbox = Sandbox::new();
    let run = sandbox.run_with(&["clean", "--format", "jsonl", "--report", "report.json"], "{}\n".repeat(1_000));
    assert!(run.stderr.contains("failures    1,000\n  -:1: it has no field"), "{}", run.stderr);
    assert!(run.stderr.ends_with("  and 990 more records (--report names all)\n"), "{}", run.stderr);
    let report: Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    assert_eq!(report["total"]["failed"], 1_000);
    assert_eq!(report["documents"][999]["line"], 1_000);
}

#[test]
fn fields_are_named_by_flags() {
    let sandbox = Sandbox::new();
    let text = format!("{PROSE}\nAdvertisement\n");
    let nested = serde_json::json!({"data": {"body": text}, "link": "https://gazette.example/1", "key": "k"});
    sandbox.write("a.jsonl", format!("{nested}\n"));
    let fields = ["--text-field", "data.body", "--url-field", "link", "--id-field", "key"];
    let run = sandbox.run(&[&["clean", "a.jsonl", "--report", "report.json"], &fields[..]].concat());
    assert_eq!((run.status, run.stdout), (0, format!("{nested}\n").replace("\\nAdvertisement\\n", "")));
    let report: Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    let row = &report["documents"][0];
    assert_eq!([&row["path"], &row["id"], &row["sources"][0]], ["a.jsonl", "k", "gazette"]);
    assert_eq!(row["line"], 1);
}

#[test]
fn what_was_deleted_is_added_to_each_record() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "rules/date.toml",
        "schema = 1\n[[regex]]\nid = \"test.date\"\ncategory = \"timestamp\"\npattern = \"Published: (?P<published>.*)\"\n\
         why = \"date\"\nstrips = [\"Published: today\"]\n",
    );
    sandbox.write(
        "in/a.jsonl",
        format!(
            "{{\"text\": \"{0}\\n\\nPublished: 1 May\\n\\u0041dvertisement\"}}\n{{\"text\": \"{0}\"}}\n",
            PROSE.trim_end()
        ),
    );
    sandbox.write("in/b.csv", format!("text,n\n\"{PROSE}\nPublished: 1 May\nAdvertisement\n\",1\nnothing,2\n"));
    let fields = ["--removals-field", "removals", "--meta-field", "meta"];
    let run = sandbox.run(&[&["clean", "in", "-o", "out", "-q"], &fields[..]].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let json = sandbox.read("out/a.jsonl");
    assert_snapshot("records-added", &(json + "\n" + &sandbox.read("out/b.csv")));
    let run = sandbox.run(&["clean", "in", "-o", "out", "--meta-field", "text"]);
    assert_eq!((run.status, run.stderr.as_str()), {
        (2, "error: the field `text` holds the text, and cannot be added; name another one\n")
    });
    // A text has no fields, and records of an archive have none that could be added.
    sandbox.write("b.wet", wet(PROSE));
    let run = sandbox.run(&["clean", "b.wet", "--meta-field", "meta", "-q"]);
    assert_eq!(run.stderr, "failures    1\n  b.wet: its records have no fields, so that `meta` cannot be added\n");
}

/// A file of two records, the second with a text.
fn wet(text: &str) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 5\r\n\r\na: b\n\r\n\r\n\
         WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://gazette.example/1\r\nContent-Length: {}\r\n\r\n\
         {text}\r\n\r\n",
        text.len()
    )
}

/// A directory of texts and of files of records, each with junk.
pub(crate) fn mixed() -> Sandbox {
    let sandbox = Sandbox::new();
    let text = format!("{PROSE}\nAdvertisement\n");
    sandbox.write("in/a.txt", &text);
    sandbox.write("in/b.jsonl", record("").repeat(3));
    sandbox
        .write("in/c.csv", format!("id,text,n\r\n7,\"{text}\",\"1\"\r\n8,\"Advertisement\n\nSaid \"\"he\"\".\",2\r\n"));
    sandbox.write("in/d.tsv", "n\ttext\n1\tRead more here. \"So it is.\"\n2\tNothing, here.\n");
    sandbox.write("in/e.warc.wet", wet(&text));
    sandbox.write("in/lines.json", record("").repeat(2));
    sandbox.write("in/list.json", format!("[{}]", record("").trim_end()));
    sandbox.write("in/object.json", record(""));
    sandbox.write("in/records", record(""));
    sandbox
}

#[test]
fn a_directory_may_hold_texts_and_records() {
    let sandbox = mixed();
    sandbox.run(&["clean", "in", "-o", "out", "-v", "-j", "1"]).assert("records-mixed");
    assert_snapshot("records-mixed-tree", &sandbox.tree("out"));
    assert_eq!(sandbox.run(&["clean", "out", "--check", "-q"]).status, 0, "what is clean stays");
}

#[test]
fn records_are_checked_compared_and_replaced() {
    let sandbox = mixed();
    let before = sandbox.tree("in");
    sandbox.run(&["clean", "in", "--check", "-q"]).assert("records-check");
    sandbox.run(&["clean", "in/c.csv", "--diff", "-q"]).assert("records-diff");
    assert_eq!(sandbox.tree("in"), before);
    sandbox.write("in/plain.jsonl", cleaned(""));
    let modified = |name: &str| std::fs::metadata(sandbox.path(name)).unwrap().modified().unwrap();
    let plain = modified("in/plain.jsonl");
    assert_eq!(sandbox.run(&["clean", "in", "-i", "--backup", ".orig"]).status, 0);
    assert_eq!(sandbox.read("in/b.jsonl"), cleaned("").repeat(3));
    assert_eq!(sandbox.read("in/b.jsonl.orig"), record("").repeat(3));
    assert_eq!(modified("in/plain.jsonl"), plain, "what does not change is not written");
}

#[test]
fn one_record_is_explained() {
    let sandbox = mixed();
    let runs = [
        sandbox.run(&["explain", "in/c.csv", "--record", "6"]),
        sandbox.run(&["explain", "in/e.warc.wet", "--record", "10", "--show", "removals"]),
        sandbox
            .run_with(&["explain", "-", "--input-format", "jsonl", "--record", "1", "--show", "removals"], record("")),
        sandbox.run(&["explain", "in/b.jsonl"]),
        sandbox.run(&["explain", "in/b.jsonl", "--record", "9"]),
        sandbox.run(&["explain", "in/b.jsonl", "--record", "1", "--text-field", "body"]),
        sandbox.run(&["explain", "in/a.txt", "--record", "1"]),
        sandbox.run(&["explain", "in/list.json"]),
    ];
    assert_all("records-explain", &runs);
}

#[test]
fn a_format_that_is_told_overrides_names_and_contents() {
    let sandbox = mixed();
    let text = sandbox.run(&["clean", "in/b.jsonl", "--format", "text", "-q"]);
    assert_eq!(text.stdout, record("").repeat(3), "JSON is no text");
    sandbox.write("x.txt", record(""));
    assert_eq!(sandbox.run(&["clean", "x.txt", "--format", "jsonl", "-q"]).stdout, cleaned(""));
    sandbox.run(&["clean", "x.txt", "--format", "csv"]).assert("records-wrong-format");
}
