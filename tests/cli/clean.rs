//! `deboil clean` where all goes well.

use std::fs;

use serde_json::Value;

use crate::sandbox::{PROSE, Run, Sandbox, assert_snapshot};

#[test]
fn a_directory_is_mirrored_and_an_account_given() {
    let sandbox = Sandbox::with_texts();
    sandbox.run(&["clean", "in", "-o", "out"]).assert("clean-directory");
    assert_snapshot("clean-directory-tree", &sandbox.tree("out"));
    assert_eq!(sandbox.run(&["clean", "out", "--check", "-q"]).status, 0, "what is clean stays");
}

#[test]
fn one_file_goes_to_standard_output() {
    Sandbox::with_texts().run(&["clean", "in/a.txt"]).assert("clean-file");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let sandbox = Sandbox::new();
    let text = format!("Advertisement\n\n{PROSE}");
    for args in [&["clean", "-q"][..], &["clean", "-", "-q"], &["clean", "-q", "-", "--stdin-filename", "x.txt"]] {
        let run = sandbox.run_with(args, text.as_str());
        assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, PROSE, ""));
    }
    sandbox
        .run_with(&["clean", "-", "--check", "--stdin-filename", "x.txt"], text.as_str())
        .assert("clean-stdin-check");
}

#[test]
fn an_existing_output_is_replaced() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("out/a.txt", "of an earlier run");
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out"]).status, 0);
    assert!(sandbox.read("out/a.txt").starts_with(PROSE));
}

#[cfg(unix)]
#[test]
fn what_does_not_change_is_linked_if_asked_for() {
    use std::os::unix::fs::MetadataExt;
    let sandbox = Sandbox::with_texts();
    let inode = |path: &str| fs::metadata(sandbox.path(path)).unwrap().ino();
    let before = sandbox.tree("in");
    sandbox.write("out/sub/clean.md", "of an earlier run");
    for _ in 0..2 {
        assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--link"]).status, 0);
        assert_snapshot("clean-directory-tree", &sandbox.tree("out"));
        assert_eq!(inode("out/sub/clean.md"), inode("in/sub/clean.md"));
        assert_ne!(inode("out/a.txt"), inode("in/a.txt"));
    }
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out"]).status, 0);
    assert_ne!(inode("out/sub/clean.md"), inode("in/sub/clean.md"));
    assert_eq!(sandbox.tree("in"), before, "a link is replaced, not written through");
}

#[cfg(unix)]
#[test]
fn files_of_records_are_linked_as_well() {
    use std::os::unix::fs::MetadataExt;
    let sandbox = Sandbox::new();
    let inode = |path: &str| fs::metadata(sandbox.path(path)).unwrap().ino();
    sandbox.write("in/clean.jsonl", "{\"text\": \"Rain fell.\"}\n{\"id\": 1}\n");
    sandbox.write("in/junk.jsonl", "{\"text\": \"Rain fell on the town.\\n\\nAdvertisement\\n\"}\n");
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--link"]).status, 2, "a record has no text");
    assert_eq!(inode("out/clean.jsonl"), inode("in/clean.jsonl"));
    assert_ne!(inode("out/junk.jsonl"), inode("in/junk.jsonl"));
    assert_eq!(sandbox.run(&["clean", "in", "-o", "skipped", "--link", "--on-error", "skip"]).status, 2);
    assert_ne!(inode("skipped/clean.jsonl"), inode("in/clean.jsonl"));
    assert_eq!(sandbox.read("skipped/clean.jsonl"), "{\"text\": \"Rain fell.\"}\n");
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_linked_is_copied() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run(&["clean", "/proc/version", "-o", "out", "--link"]).status, 0);
    assert_eq!(sandbox.read("out/version"), fs::read_to_string("/proc/version").unwrap());
}

#[test]
fn check_and_diff_write_nothing_and_find_something() {
    let sandbox = Sandbox::with_texts();
    let before = sandbox.tree("in");
    sandbox.run(&["clean", "in", "--check"]).assert("clean-check");
    sandbox.run(&["clean", "in", "--diff", "-q"]).assert("clean-diff");
    assert_eq!(sandbox.run(&["clean", "in/sub/clean.md", "--check"]).status, 0);
    assert_eq!(sandbox.run(&["clean", "in/sub/clean.md", "--diff"]).status, 0);
    assert_eq!(sandbox.tree("in"), before);
}

#[test]
fn colours_are_a_matter_of_taste() {
    let sandbox = Sandbox::with_texts();
    let is_coloured = |args: &[&str], variable: Option<&str>| {
        let mut command = sandbox.command(args);
        variable.map(|variable| command.env(variable, "1"));
        let run = Run::of(args, &mut command);
        (run.stdout + &run.stderr).contains('\x1b')
    };
    let diff = ["clean", "in", "--diff", "--no-bundled"];
    assert!(!is_coloured(&diff, None), "there is no terminal");
    assert!(is_coloured(&[&diff[..], &["--color", "always"]].concat(), None));
    assert!(is_coloured(&[&diff[..], &["--color", "always"]].concat(), Some("NO_COLOR")));
    assert!(!is_coloured(&[&diff[..], &["--color", "never"]].concat(), Some("CLICOLOR_FORCE")));
    assert!(!is_coloured(&[&diff[..], &["--color", "auto"]].concat(), Some("NO_COLOR")));
}

#[test]
fn escape_sequences_in_a_text_are_the_texts() {
    let sandbox = Sandbox::new();
    let text = format!("\x1b[1mTitle\x1b[0m\n\n{PROSE}");
    assert_eq!(sandbox.run_with(&["clean", "--color", "never"], text.as_str()).stdout, text);
}

#[cfg(unix)]
#[test]
fn in_place_rewrites_what_changes_and_keeps_the_original() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let sandbox = Sandbox::with_texts();
    let (changed, clean) = (sandbox.path("in/a.txt"), sandbox.path("in/sub/clean.md"));
    fs::set_permissions(&changed, fs::Permissions::from_mode(0o640)).unwrap();
    let (original, inode) = (sandbox.read("in/a.txt"), fs::metadata(&clean).unwrap().ino());
    sandbox.link("a.txt", "in/link.txt");
    let args = ["clean", "in", "--in-place", "--backup", ".orig"];
    sandbox.run(&args).assert("clean-in-place");
    assert_eq!(sandbox.read("in/a.txt.orig"), original);
    assert_eq!(fs::metadata(&changed).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::metadata(&clean).unwrap().ino(), inode, "an unchanged file is not touched");
    assert!(fs::symlink_metadata(sandbox.path("in/link.txt")).unwrap().is_symlink());
    let after = sandbox.tree("in");
    assert_snapshot("clean-in-place-tree", &after);
    assert_eq!(sandbox.run(&args).status, 0);
    assert_eq!(sandbox.tree("in"), after, "the originals are no documents");
}

#[test]
fn categories_are_kept_or_singled_out() {
    let sandbox = Sandbox::with_texts();
    let categories = |args: &[&str]| {
        let all = [&["clean", "in", "--check", "--report", "report.json"], args].concat();
        sandbox.run(&all);
        let report: Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
        report["total"]["by_category"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(categories(&[]), ["ad", "masthead", "related"]);
    assert_eq!(categories(&["--keep", "ad"]), ["masthead", "related"]);
    assert_eq!(categories(&["--keep", "ad,related"]), ["masthead"]);
    assert_eq!(categories(&["--only", "ad"]), ["ad"]);
}

#[test]
fn a_report_tells_programs_of_each_document() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("in/page.html", "<!DOCTYPE html>\n<html><body></body></html>\n");
    sandbox.write("in/wide.txt", "\u{feff}a".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    sandbox.run(&["clean", "in", "-o", "out", "--report", "reports/report.json", "-q"]).assert("clean-report");
    let report = sandbox.read("reports/report.json");
    serde_json::from_str::<Value>(&report).unwrap();
    assert_snapshot("clean-report-json", &report);
}

#[test]
fn must_match_fails_when_no_rule_fires() {
    let sandbox = Sandbox::with_texts();
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--must-match"]).status, 0);
    let kept = ["clean", "in/a.txt", "--must-match", "--keep", "ad,related"];
    assert_eq!(sandbox.run(&kept).status, 0, "what is kept was found all the same");
    sandbox.run(&["clean", "in/sub/clean.md", "--must-match", "-q"]).assert("clean-must-match");
}

#[test]
fn verbose_tells_of_each_document_and_quiet_of_none() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("in/binary", b"\0");
    sandbox.run(&["clean", "in", "-o", "out", "-v"]).assert("clean-verbose");
    let quiet = sandbox.run(&["clean", "in", "-o", "out", "-q"]);
    assert_eq!((quiet.status, quiet.stdout + &quiet.stderr), (0, String::new()));
}

#[test]
fn binary_files_and_pages_are_left_alone_unless_forced() {
    let sandbox = Sandbox::new();
    let (binary, page) =
        (format!("\0\n{PROSE}Advertisement\n"), format!("<html><body>\n{PROSE}Advertisement\n</body></html>\n"));
    sandbox.write("in/binary", &binary);
    sandbox.write("in/page.html", &page);
    sandbox.write("in/article.txt", format!("{PROSE}\n<!DOCTYPE html>\n<html>\n\nAdvertisement\n"));
    sandbox.run(&["clean", "in", "-o", "out"]).assert("clean-left-alone");
    assert_eq!((sandbox.read("out/binary"), sandbox.read("out/page.html")), (binary, page));
    assert!(!sandbox.read("out/article.txt").contains("Advertisement"));
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--force"]).status, 0);
    assert!(!(sandbox.read("out/binary") + &sandbox.read("out/page.html")).contains("Advertisement"));
}

#[test]
fn threads_and_maps_change_nothing() {
    let sandbox = Sandbox::new();
    for number in 0..200 {
        let junk = if number % 3 == 0 { "\nAdvertisement\n" } else { "" };
        sandbox.write(
            format!("in/{}/{number}.txt", number % 7),
            format!("{number}\n\n{}{junk}", PROSE.repeat(number % 5 + 1)),
        );
    }
    let outcome = |args: &[&str]| {
        let run = sandbox.run(&[&["clean", "in", "-o", "out", "--report", "report.json"], args].concat());
        (run.stdout, run.stderr, sandbox.tree("out"), sandbox.read("report.json"))
    };
    let first = outcome(&["-j1"]);
    for args in [&["-j2"][..], &["-j5", "--mmap", "always"], &["--mmap", "never"]] {
        assert!(outcome(args) == first, "{args:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_mistake() {
    use std::process::{Command, Stdio};
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", PROSE.repeat(10_000));
    let mut command = Command::new(env!("CARGO_BIN_EXE_deboil"));
    command.current_dir(sandbox.path("")).args(["clean", "a.txt", "--no-bundled"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[cfg(unix)]
#[test]
fn what_is_replaced_keeps_what_can_be_kept() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::time::{Duration, UNIX_EPOCH};
    let old = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for more in [&[][..], &["--preserve-times"]] {
        let sandbox = Sandbox::with_texts();
        sandbox.write("in/junk.jsonl", format!("{{\"text\": {:?}}}\n", format!("{PROSE}\nAdvertisement\n")));
        sandbox.link("../in/a.txt", "rules/link.txt");
        let metadata = |path: &str| fs::metadata(sandbox.path(path)).unwrap();
        for path in ["in/a.txt", "in/junk.jsonl", "in/sub/clean.md"] {
            fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(0o604)).unwrap();
            fs::File::options().write(true).open(sandbox.path(path)).unwrap().set_modified(old).unwrap();
        }
        fs::hard_link(sandbox.path("in/sub/b.txt"), sandbox.path("other.txt")).unwrap();
        let (inode, other) = (metadata("in/sub/clean.md").ino(), sandbox.read("other.txt"));
        let args = [&["clean", "in/junk.jsonl", "in/sub", "rules/link.txt", "--in-place"], more].concat();
        assert_eq!(sandbox.run(&args).status, 0);
        for path in ["in/a.txt", "in/junk.jsonl"] {
            assert!(!sandbox.read(path).contains("Advertisement"));
            assert_eq!(metadata(path).permissions().mode() & 0o777, 0o604, "{path}");
            assert_eq!(metadata(path).modified().unwrap() == old, !more.is_empty(), "{path}");
        }
        assert!(fs::symlink_metadata(sandbox.path("rules/link.txt")).unwrap().is_symlink());
        assert_eq!(sandbox.read("other.txt"), other, "another name of the file still has the original");
        assert_eq!((metadata("in/sub/clean.md").ino(), metadata("in/sub/clean.md").modified().unwrap()), (inode, old));
    }
}
