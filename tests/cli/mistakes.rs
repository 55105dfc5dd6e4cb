//! Every mistake that a user can make on the command line has its message, before anything is written.

use crate::sandbox::{PROSE, Run, Sandbox, assert_all};

/// Runs that must fail, in one snapshot; nothing is written.
fn assert_mistakes(name: &str, sandbox: &Sandbox, runs: &[&[&str]]) {
    let before = sandbox.tree("");
    let runs: Vec<Run> = runs.iter().map(|args| sandbox.run(args)).collect();
    for run in &runs {
        assert_eq!(run.status, 2, "{}", run.stderr);
    }
    assert_eq!(sandbox.tree(""), before);
    assert_all(name, &runs);
}

#[test]
fn texts_must_have_somewhere_to_go() {
    let sandbox = Sandbox::with_texts();
    assert_mistakes(
        "mistakes-no-destination",
        &sandbox,
        &[
            &["clean", "in"],
            &["clean", "in/a.txt", "in/sub/clean.md"],
            &["clean", "in/*.txt"],
            &["clean", "-", "-o", "out"],
            &["clean", "-", "--in-place"],
            &["clean", "-", "in"],
        ],
    );
}

#[test]
fn flags_that_contradict_each_other() {
    let sandbox = Sandbox::with_texts();
    assert_mistakes(
        "mistakes-conflicts",
        &sandbox,
        &[
            &["clean", "in", "-o", "out", "--in-place"],
            &["clean", "in", "--check", "--diff"],
            &["clean", "in", "--check", "--keep", "ad", "--only", "ad"],
            &["clean", "in", "--check", "-q", "-v"],
            &["clean", "in", "-o", "out", "--backup", ".orig"],
            &["clean", "in", "--in-place", "--link"],
            &["clean", "in", "--link"],
            &["clean", "in", "--check", "-0"],
            &["clean", "in", "--check", "--file-list", "list"],
            &["clean", "in", "--check", "-j", "0"],
            &["clean", "in", "--in-place", "--backup", ""],
            &["clean", "in", "--in-place", "--backup", "/x"],
            &["clean", "in", "--check", "--url", "https://x.example/"],
            &["clean", "in/a.txt", "--stdin-filename", "x"],
            &["explain", "in/a.txt", "--stdin-filename", "x"],
        ],
    );
}

#[test]
fn unknown_names_have_a_nearest_known_one() {
    let sandbox = Sandbox::with_texts();
    assert_mistakes(
        "mistakes-unknown",
        &sandbox,
        &[
            &["clean", "in", "--check", "--keep", "adz"],
            &["clean", "in", "--check", "--source", "gazete"],
            &["clean", "in", "--check", "--source", "times"],
            &["explain", "in/a.txt", "--source", "gazete"],
            &["rules", "show", "test.da"],
            &["rules", "show", "something.else"],
            &["rules", "list", "--source", "gazete"],
            &["rules", "list", "--category", "adz"],
            &["clean", "in", "--chek"],
        ],
    );
}

#[cfg(unix)]
#[test]
fn an_output_that_is_no_directory() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("file", "x");
    sandbox.link("nowhere", "broken");
    assert_mistakes(
        "mistakes-output-file",
        &sandbox,
        &[
            &["clean", "in", "-o", "file"],
            &["clean", "in/a.txt", "-o", "file"],
            &["clean", "in", "-o", "file/below"],
            &["clean", "in", "-o", "broken"],
        ],
    );
    assert_eq!(sandbox.read("file"), "x");
}

#[cfg(unix)]
#[test]
fn an_output_in_its_input() {
    let sandbox = Sandbox::with_texts();
    sandbox.link("in", "link");
    assert_mistakes(
        "mistakes-output-inside",
        &sandbox,
        &[
            &["clean", "in", "-o", "in"],
            &["clean", "in", "-o", "in/out"],
            &["clean", "in", "-o", "new/../in/out"],
            &["clean", "in", "-o", "link"],
            &["clean", "link", "-o", "in/sub"],
            &["clean", ".", "-o", "out"],
            &["clean", "in/**", "-o", "in/out"],
        ],
    );
    assert!(!sandbox.path("in/out").exists());
}

#[cfg(unix)]
#[test]
fn two_inputs_with_one_output_and_inputs_that_would_be_lost() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("other/sub/clean.md", PROSE);
    sandbox.write("out/raw/a.txt", PROSE);
    sandbox.write("out/raw/raw/a.txt", PROSE);
    sandbox.link("out/raw/a.txt", "a.txt");
    assert_mistakes(
        "mistakes-collisions",
        &sandbox,
        &[
            &["clean", "in", "other", "-o", "new"],
            &["clean", "in/sub/clean.md", "other/sub/clean.md", "-o", "new"],
            &["clean", "in/a.txt", "in/a.txt", "-o", "new"],
            &["clean", "in/a.txt", "-o", "in"],
            &["clean", "out/raw", "-o", "out"],
            &["clean", "a.txt", "-o", "out/raw"],
        ],
    );
    assert!(!sandbox.path("new").exists());
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out"]).status, 0, "other files in it do no harm");
}

#[test]
fn files_that_cannot_be_read_or_written() {
    let sandbox = Sandbox::with_texts();
    assert_mistakes(
        "mistakes-files",
        &sandbox,
        &[
            &["clean", "--file-list", "missing", "-o", "out"],
            &["clean", "in", "--check", "--rules", "missing.toml"],
            &["clean", "in", "--check", "--report", "in/a.txt/report.json"],
            &["clean", "in", "--check", "--glob", "a["],
            &["explain", "missing.txt"],
            &["explain", "in"],
        ],
    );
}

#[test]
fn configurations_and_rules_with_mistakes() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("deboil.toml", "rulez = [\"rules\"]\n");
    assert_mistakes("mistakes-config", &sandbox, &[&["clean", "in", "--check"]]);
    assert_mistakes("mistakes-no-rules", &sandbox, &[&["clean", "in", "--check", "--isolated"]]);
    sandbox.write("deboil.toml", "rules = [\"mine.toml\"]\n");
    sandbox.write("mine.toml", "schema = 1\n\n[[line]]\nid = \"x\"\n");
    let run = sandbox.run(&["clean", "in", "--check"]);
    assert_eq!(run.status, 2);
    // The message itself is the library's, and is tested there.
    assert!(run.stderr.lines().all(|line| line.contains("mine.toml:3:")), "{}", run.stderr);
}
