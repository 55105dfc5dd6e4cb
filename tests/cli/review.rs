//! `deboil review`: what is in the page, and when there is none. What a reader does with it: `tests/browser.rs`.

use std::fs;

use serde_json::Value;

use crate::sandbox::{PROSE, Run, Sandbox};

/// What the page's scripts read.
fn data(sandbox: &Sandbox) -> Value {
    let page = sandbox.read("review.html");
    let start = "<script type=\"application/json\" id=\"data\">";
    let (_, rest) = page.split_once(start).expect("it holds data");
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn review(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.run(&[&["review"], args, &["-o", "review.html"]].concat())
}

fn names(data: &Value) -> Vec<&str> {
    data["documents"].as_array().unwrap().iter().map(|document| document["name"].as_str().unwrap()).collect()
}

/// A document as it came, and what is left of it.
fn texts(document: &Value) -> (String, String) {
    let parts = document["parts"].as_array().unwrap();
    let text = |part: &Value| part.as_str().or(part["text"].as_str()).unwrap().to_owned();
    (parts.iter().map(text).collect(), parts.iter().filter(|part| part.is_string()).map(text).collect())
}

#[test]
fn the_page_holds_what_clean_does() {
    let sandbox = Sandbox::with_texts();
    let run = review(&sandbox, &["in"]);
    run.assert("review");
    let data = data(&sandbox);
    assert_eq!(names(&data), ["in/a.txt", "in/sub/b.txt", "in/sub/clean.md"]);
    for document in data["documents"].as_array().unwrap() {
        let name = document["name"].as_str().unwrap();
        assert_eq!(texts(document), (sandbox.read(name), sandbox.run(&["clean", name, "-q"]).stdout));
    }
    let cleaned = sandbox.run(&["clean", "in", "--check", "--report", "report.json"]);
    assert_eq!(run.stderr, cleaned.stderr, "it ends with the same account");
    let report: Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    for total in ["documents", "changed", "bytes_in", "bytes_out", "failed"] {
        assert_eq!(data["totals"][total], report["total"][total], "{total}");
    }
}

#[test]
fn the_page_is_the_same_whatever_the_threads() {
    let sandbox = Sandbox::with_texts();
    let pages = ["1", "2", "5"].map(|threads| {
        assert_eq!(review(&sandbox, &["in", "-j", threads]).status, 0);
        sandbox.read("review.html")
    });
    assert!(pages.iter().all(|page| *page == pages[0]));
}

#[test]
fn the_options_of_clean_count() {
    let sandbox = Sandbox::with_texts();
    let rules = |args: &[&str]| {
        assert_eq!(review(&sandbox, args).status, 0);
        let data = data(&sandbox);
        let rules = data["rules"].as_object().unwrap();
        rules.values().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rules(&["in"]), ["gazette.masthead", "test.ad", "test.more"]);
    assert_eq!(rules(&["in", "--keep", "ad,related"]), ["gazette.masthead"]);
    assert_eq!(rules(&["in", "--glob", "a.*"]), ["test.ad", "test.more"]);
    assert_eq!(review(&sandbox, &["in", "--source", "gazete"]).status, 2);
}

#[test]
fn records_and_standard_input_are_documents_too() {
    let sandbox = Sandbox::new();
    let line = |text: &str| format!("{}\n", serde_json::json!({"id": "x", "text": text}));
    let records = line(&format!("{PROSE}\nAdvertisement\n")) + "broken\n" + &line(PROSE);
    sandbox.write("in.jsonl", &records);
    let run = review(&sandbox, &["in.jsonl", "-q"]);
    assert_eq!(run.status, 2, "a record cannot be read");
    assert_eq!(names(&data(&sandbox)), ["in.jsonl:1", "in.jsonl:3"]);
    assert_eq!(data(&sandbox)["failures"].as_array().unwrap().len(), 1);
    let text = format!("{PROSE}\nAdvertisement\n");
    let run = sandbox.run_with(&["review", "-", "--stdin-filename", "x.txt", "-o", "review.html"], text);
    assert_eq!((run.status, names(&data(&sandbox))), (0, vec!["x.txt"]));
    assert_eq!(data(&sandbox)["title"], "standard input");
}

#[test]
fn what_fails_is_named_and_stops_nothing() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("in/wide.txt", b"\xff\xfea\0");
    let run = review(&sandbox, &["in", "missing.txt", "-q"]);
    run.assert("review-failures");
    let data = data(&sandbox);
    assert_eq!(data["documents"].as_array().unwrap().len(), 3);
    assert_eq!((&data["totals"]["failed"], data["failures"].as_array().unwrap().len()), (&2.into(), 2));
}

#[test]
fn a_page_is_never_one_of_its_documents() {
    let sandbox = Sandbox::with_texts();
    for _ in 0..2 {
        assert_eq!(sandbox.run(&["review", "in", "-o", "in/review.html"]).status, 0);
    }
    assert!(!sandbox.read("in/review.html").contains("\"name\":\"in/review.html\""));
    let run = sandbox.run(&["review", "in/a.txt", "-o", "in/../in/a.txt"]);
    run.assert("review-over-input");
    assert!(sandbox.read("in/a.txt").starts_with(PROSE));
}

#[test]
fn there_is_a_whole_page_or_none() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("taken/x", "");
    let before = sandbox.tree(".");
    for output in ["taken", "in/a.txt/review.html"] {
        let run = sandbox.run(&["review", "in", "-o", output]);
        assert_eq!(run.status, 2);
        assert!(run.stderr.starts_with(&format!("error: cannot write the page `{output}`: ")), "{}", run.stderr);
    }
    assert_eq!(sandbox.tree("."), before, "nothing is left behind");
    sandbox.write("review.html", "an earlier page");
    assert_eq!(review(&sandbox, &["in", "--rules", "missing.toml"]).status, 2);
    assert_eq!(sandbox.read("review.html"), "an earlier page");
}

#[test]
fn no_text_or_name_becomes_markup() {
    let sandbox = Sandbox::new();
    let hostile = "</script><script>alert(1)</script><!-- \u{2028}\u{2029} {{ data }}";
    sandbox.write("in/<b>&\"'.txt", format!("{hostile}\n\n{PROSE}\nAdvertisement\n"));
    assert_eq!(review(&sandbox, &["in/<b>&\"'.txt"]).status, 0);
    let page = sandbox.read("review.html");
    assert!(page.contains("&lt;b&gt;&amp;&quot;&#x27;.txt – deboil review</title>") && !page.contains("<b>"));
    assert!(!page.contains(['\u{2028}', '\u{2029}']) && !page.contains("alert(1)</script>"));
    assert_eq!(page.matches("</script>").count(), 2, "the data and the scripts");
    assert!(texts(&data(&sandbox)["documents"][0]).0.starts_with(hostile));
}

#[cfg(unix)]
#[test]
fn bytes_that_are_not_utf8_are_shown_as_such() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new();
    let text = [b"caf\xe9\n\n".as_slice(), PROSE.as_bytes(), b"\nAdvertisement\n"].concat();
    sandbox.write("in/a.txt", &text);
    let name = std::ffi::OsStr::from_bytes(b"in/\xff.txt");
    fs::write(sandbox.path(name), text).unwrap();
    assert_eq!(review(&sandbox, &["in"]).status, 0);
    assert_eq!(names(&data(&sandbox)), ["in/a.txt", "in/\u{fffd}.txt"]);
    assert!(texts(&data(&sandbox)["documents"][1]).1.starts_with("caf\u{fffd}\n\n"));
}

#[test]
fn what_is_no_text_or_too_long_is_listed_without_its_text() {
    let sandbox = Sandbox::new();
    sandbox.write("in/a.bin", b"\0\x01\x02");
    sandbox.write("in/b.txt", PROSE.repeat(20_000));
    assert_eq!(review(&sandbox, &["in"]).status, 0);
    let data = data(&sandbox);
    assert_eq!(names(&data), ["in/a.bin", "in/b.txt"]);
    assert!(data["documents"].as_array().unwrap().iter().all(|document| document["parts"].is_null()));
    assert_eq!(data["documents"][0]["reason"], "a binary file, not a text");
}
