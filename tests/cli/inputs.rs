//! What is found in directories, globs and lists, and what is said of what cannot be read.

use std::fs;

use crate::sandbox::{PROSE, Sandbox, assert_snapshot};

/// The names that a check finds: each text has an ad.
fn found(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let run = sandbox.run(&[&["clean", "--check", "-q"], args].concat());
    let name = |line: &str| line.strip_prefix("would clean ").unwrap().split_once(": ").unwrap().0.to_owned();
    run.stdout.lines().map(name).collect()
}

fn with_ads(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    for name in names {
        sandbox.write(name, format!("{PROSE}\nAdvertisement\n"));
    }
    sandbox
}

#[cfg(target_os = "linux")]
#[test]
fn a_directory_full_of_oddities_is_cleaned_as_far_as_it_can_be() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let sandbox = with_ads(&["in/good.txt", "in/deep/good.txt"]);
    sandbox.write(OsStr::from_bytes(b"in/n\xe4me.txt"), format!("{PROSE}\nAdvertisement\n"));
    sandbox.write("in/empty.txt", "");
    sandbox.write("in/binary.bin", b"\x7fELF\0\0");
    sandbox.write("in/latin1.txt", [PROSE.as_bytes(), b"Gr\xf6\xdfe.\n\nAdvertisement\n"].concat());
    sandbox.write("in/utf16.txt", b"\xff\xfea\0");
    sandbox.write("in/one-line.txt", "word ".repeat(1_000_000));
    sandbox.link("nowhere", "in/broken");
    sandbox.link("itself", "in/itself");
    sandbox.link("good.txt", "in/link.txt");
    sandbox.link("..", "in/up");
    assert!(std::process::Command::new("mkfifo").arg(sandbox.path("in/fifo")).status().unwrap().success());
    sandbox.run(&["clean", "in", "-o", "out"]).assert("inputs-oddities");
    let tree = sandbox.tree("out").replace(&"word ".repeat(1_000_000), "(1,000,000 words)");
    assert_snapshot("inputs-oddities-tree", &tree);
    sandbox.run(&["clean", "in", "--check", "-L"]).assert("inputs-oddities-followed");
}

#[test]
fn files_come_in_the_order_of_their_names() {
    let sandbox = with_ads(&["in/b.txt", "in/a/z.txt", "in/a/y.txt", "in/c.txt"]);
    assert_eq!(found(&sandbox, &["in"]), ["in/a/y.txt", "in/a/z.txt", "in/b.txt", "in/c.txt"]);
    assert_eq!(found(&sandbox, &["in/c.txt", "in/a"]), ["in/c.txt", "in/a/y.txt", "in/a/z.txt"]);
}

#[test]
fn globs_that_the_shell_passed_on_are_expanded() {
    let sandbox = with_ads(&["in/a.txt", "in/b.md", "in/sub/c.txt", "top.txt", "in/[x].txt"]);
    assert_eq!(found(&sandbox, &["in/*.txt"]), ["in/[x].txt", "in/a.txt"]);
    assert_eq!(found(&sandbox, &["in/**/*.txt"]), ["in/[x].txt", "in/a.txt", "in/sub/c.txt"]);
    assert_eq!(found(&sandbox, &["in/s*"]), ["in/sub/c.txt"]);
    assert_eq!(found(&sandbox, &["*.txt"]), ["top.txt"]);
    assert_eq!(found(&sandbox, &["in/[x].txt"]), ["in/[x].txt"], "a file of that name comes first");
    sandbox.run(&["clean", "in/*.rst", "--check"]).assert("inputs-glob-without-match");
}

#[test]
fn files_are_selected_by_name_and_place() {
    let sandbox =
        with_ads(&["in/a.txt", "in/b.md", "in/drafts/c.txt", "in/x/drafts/d.md", "in/.hidden.txt", "in/skipped.txt"]);
    sandbox.write("in/.ignore", "skipped.txt\n");
    assert_eq!(found(&sandbox, &["in"]), ["in/a.txt", "in/b.md", "in/drafts/c.txt", "in/x/drafts/d.md"]);
    assert_eq!(found(&sandbox, &["in", "--glob", "*.md"]), ["in/b.md", "in/x/drafts/d.md"]);
    assert_eq!(found(&sandbox, &["in", "--exclude", "drafts"]), ["in/a.txt", "in/b.md"]);
    assert_eq!(found(&sandbox, &["in", "--exclude", "/drafts", "--glob", "*/**"]), ["in/x/drafts/d.md"]);
    assert!(found(&sandbox, &["in", "--hidden"]).contains(&"in/.hidden.txt".to_owned()));
    assert!(found(&sandbox, &["in", "--no-ignore"]).contains(&"in/skipped.txt".to_owned()));
    sandbox.run(&["clean", "in", "--check", "--glob", "*.rst"]).assert("inputs-nothing");
}

#[cfg(unix)]
#[test]
fn links_to_directories_are_followed_on_demand() {
    let sandbox = with_ads(&["in/a.txt", "elsewhere/b.txt"]);
    sandbox.link("../elsewhere", "in/link");
    sandbox.link("in", "named");
    assert_eq!(found(&sandbox, &["in"]), ["in/a.txt"]);
    assert_eq!(found(&sandbox, &["in", "-L"]), ["in/a.txt", "in/link/b.txt"]);
    assert_eq!(found(&sandbox, &["named"]), ["named/a.txt"], "what is named is followed");
}

#[test]
fn file_lists_keep_the_paths_that_they_list() {
    let sandbox = with_ads(&["in/a.txt", "in/sub/a.txt", "in/with\nline feed.txt", "in/rest/b.txt"]);
    sandbox.write("list", "in/a.txt\r\n\nin/sub/a.txt\nin/rest\n");
    assert_eq!(sandbox.run(&["clean", "--file-list", "list", "-o", "out"]).status, 0);
    assert_snapshot("inputs-list-tree", &sandbox.tree("out"));
    let zeros = "in/with\nline feed.txt\0in/missing.txt\0";
    sandbox.run_with(&["clean", "--file-list", "-", "-0", "-o", "out"], zeros).assert("inputs-list-zeros");
    assert_eq!(sandbox.read("out/in/with\nline feed.txt"), PROSE);
}

#[test]
fn a_missing_input_does_not_stop_the_others() {
    let sandbox = Sandbox::with_texts();
    sandbox.run(&["clean", "in/a.txt", "in/nothing.txt", "in/sub/clean.md", "-o", "out"]).assert("inputs-missing");
    sandbox.run(&["clean", "in/nothing.txt", "-q"]).assert("inputs-missing-alone");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_a_failure_of_its_own() {
    let sandbox = with_ads(&["in/a.txt", "in/b.txt"]);
    sandbox.write("out/a.txt/taken", "");
    sandbox.run(&["clean", "in", "-o", "out"]).assert("inputs-unwritable");
    fs::remove_file(sandbox.path("out/.deboil-journal")).unwrap();
    assert_eq!(sandbox.tree("out"), format!("a.txt/taken: \nb.txt: {}\n", PROSE.escape_default()));
}
