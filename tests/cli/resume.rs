//! `deboil clean --resume`: what an earlier run did is not done again, and what comes out is as if nothing had happened.

use std::fs::{self, File};
use std::path::Path;

use serde_json::Value;

use crate::sandbox::{PROSE, Run, Sandbox, assert_all, assert_snapshot};

const JOURNAL: &str = ".deboil-journal";

/// Cleans `in` into `out`, and says which files that did.
fn resumed(sandbox: &Sandbox, more: &[&str]) -> Vec<String> {
    did(sandbox, &[&["clean", "in", "-o", "out", "--resume"], more].concat())
}

fn did(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let run = sandbox.run(&[args, &["--report", "report.json"]].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let report: Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    let mut paths: Vec<String> =
        report["documents"].as_array().unwrap().iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect();
    paths.dedup();
    paths
}

/// What is below a directory but for the journal.
fn outputs(sandbox: &Sandbox, directory: &str) -> String {
    let tree = sandbox.tree(directory);
    tree.lines().filter(|line| !line.starts_with(JOURNAL)).map(|line| format!("{line}\n")).collect()
}

/// How many files there are below a directory, which may change or not be there yet.
fn count_files(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { count_files(&entry.path()) } else { 1 }).sum()
}

const ALL: [&str; 3] = ["in/a.txt", "in/sub/b.txt", "in/sub/clean.md"];

#[test]
fn what_is_done_is_not_done_again() {
    let sandbox = Sandbox::with_texts();
    let runs = [(); 2].map(|()| sandbox.run(&["clean", "in", "-o", "out", "--resume", "--report", "report.json"]));
    assert_all("resume", &runs);
    assert_snapshot("clean-directory-tree", &outputs(&sandbox, "out"));
    let report: Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    let before = &report["total"]["done_before"];
    assert_eq!(*before, serde_json::json!({"files": 3, "documents": 3, "changed": 2, "left_alone": 0}));
    assert_eq!(report["total"]["documents"], 0);
}

#[test]
fn a_journal_goes_when_all_is_done_and_nobody_wants_it() {
    let sandbox = Sandbox::with_texts();
    for args in [&["clean", "in", "-o", "out"][..], &["clean", "in", "--in-place"]] {
        sandbox.write("out/.deboil-journal", "of a run that was killed");
        sandbox.write("in/.deboil-journal", "of a run that was killed");
        assert_eq!(sandbox.run(args).status, 0);
        assert!(!sandbox.path(args.last().copied().filter(|it| *it == "out").unwrap_or("in")).join(JOURNAL).exists());
    }
}

#[test]
fn a_run_that_does_nothing_leaves_nothing() {
    let sandbox = Sandbox::with_texts();
    fs::create_dir(sandbox.path("empty")).unwrap();
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--compare", "missing.json"]).status, 2);
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--report", "in/a.txt/report.json"]).status, 2);
    assert_eq!(sandbox.run(&["clean", "empty", "-o", "out"]).status, 0);
    assert!(!sandbox.path("out").exists());
}

#[test]
fn what_is_other_than_it_was_is_done_again() {
    let sandbox = Sandbox::with_texts();
    assert_eq!(resumed(&sandbox, &[]), ALL);
    assert!(resumed(&sandbox, &[]).is_empty());
    let expected = outputs(&sandbox, "out");

    fs::remove_file(sandbox.path("out/sub/b.txt")).unwrap();
    assert_eq!(resumed(&sandbox, &[]), ["in/sub/b.txt"], "its output is gone");
    sandbox.write("out/a.txt", "");
    assert_eq!(resumed(&sandbox, &[]), ["in/a.txt"], "its output is empty, as after a power cut");
    sandbox.write("out/sub/clean.md", PROSE.replace("harbour", "Harbour"));
    assert_eq!(resumed(&sandbox, &[]), ["in/sub/clean.md"], "its output was edited");
    assert_eq!(outputs(&sandbox, "out"), expected);

    // As long as it was, and as old.
    let path = sandbox.path("in/sub/clean.md");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    sandbox.write("in/sub/clean.md", PROSE.replace("harbour", "Harbour"));
    File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    assert_eq!(resumed(&sandbox, &[]), ["in/sub/clean.md"], "the input is another one");
    assert!(sandbox.read("out/sub/clean.md").contains("Harbour"));
    sandbox.write("in/new.txt", PROSE);
    assert_eq!(resumed(&sandbox, &[]), ["in/new.txt"]);
    assert!(resumed(&sandbox, &[]).is_empty());
}

#[test]
fn other_rules_and_options_do_all_anew() {
    let sandbox = Sandbox::with_texts();
    assert_eq!(resumed(&sandbox, &[]), ALL);
    for more in [&["--keep", "ad"][..], &[], &["--source", "gazette"], &["--tidy"], &["--text-field", "body"], &[]] {
        assert_eq!(resumed(&sandbox, more), ALL, "{more:?}");
        assert!(resumed(&sandbox, more).is_empty(), "{more:?}");
    }
    let rules = sandbox.read("rules/generic.toml");
    sandbox.write("rules/generic.toml", rules.replace("\"Advertisement\"]\nwhy", "\"Advertisement\", \"Ad\"]\nwhy"));
    let run = sandbox.run(&["clean", "in", "-o", "out", "--resume"]);
    run.assert("resume-other-rules");
    sandbox.write("deboil.toml", "rules = [\"rules\"]\n[source.gazette]\nkeep = [\"masthead\"]\n");
    assert_eq!(resumed(&sandbox, &[]), ALL);
    assert!(sandbox.read("out/sub/b.txt").starts_with("The Gazette"));
}

#[test]
fn a_journal_that_is_cut_off_anywhere_counts_as_far_as_it_goes() {
    let sandbox = Sandbox::with_texts();
    resumed(&sandbox, &[]);
    let (expected, journal) = (outputs(&sandbox, "out"), fs::read(sandbox.path("out/.deboil-journal")).unwrap());
    let mut most = 0;
    for length in (0..journal.len()).step_by(7) {
        let torn = [&journal[..length], &b"\0\0\0"[..length % 4 % 3]].concat();
        sandbox.write("out/.deboil-journal", torn);
        let done = 3 - resumed(&sandbox, &[]).len();
        assert!(done >= most, "{length}");
        most = done;
        assert_eq!(outputs(&sandbox, "out"), expected);
        assert!(resumed(&sandbox, &[]).is_empty(), "{length}");
    }
    assert_eq!(most, 3);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_at_any_moment_can_be_resumed() {
    use std::process::Command;
    let sandbox = Sandbox::new();
    for number in 0..600 {
        sandbox.write(format!("in/{}/{number}.txt", number % 7), format!("{PROSE}\nAdvertisement\n\n{number}\n"));
    }
    let record = format!("{{\"text\": {:?}}}\n", format!("{PROSE}\nAdvertisement\n"));
    sandbox.write("in/9.jsonl", record.repeat(3000));
    assert_eq!(sandbox.run(&["clean", "in", "-o", "undisturbed"]).status, 0);
    let expected = sandbox.tree("undisturbed");
    for moment in [0, 1, 50, 400, 600] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_deboil"))
            .current_dir(sandbox.path(""))
            .args(["clean", "in", "-o", "out", "-q", "--no-bundled"])
            .spawn()
            .unwrap();
        while child.try_wait().unwrap().is_none() && count_files(&sandbox.path("out")) <= moment {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--resume"]).status, 0);
        assert_eq!(outputs(&sandbox, "out"), expected, "killed after {moment} files");
        assert_eq!(resumed(&sandbox, &[]), [""; 0]);
        fs::remove_dir_all(sandbox.path("out")).unwrap();
    }
}

#[test]
fn what_a_killed_run_left_behind_goes_and_what_others_have_stays() {
    let sandbox = Sandbox::with_texts();
    let key = "0".repeat(64);
    sandbox.write("out/.deboil-journal", format!("{{\"run\":{{\"schema\":1,\"key\":{key:?},\"process\":61714}}}}\n"));
    sandbox.write("out/sub/.deboil-f112-3", "half a te");
    sandbox.write("out/sub/.deboil-f1122-3", "of another process");
    assert_eq!(resumed(&sandbox, &[]), ALL);
    assert!(!sandbox.path("out/sub/.deboil-f112-3").exists());
    assert!(sandbox.path("out/sub/.deboil-f1122-3").exists());

    let journal = sandbox.read("out/.deboil-journal");
    let run = journal.lines().next().unwrap();
    let process = serde_json::from_str::<Value>(run).unwrap()["run"]["process"].as_u64().unwrap();
    let ledger = format!("in/.deboil-{process:x}-0");
    sandbox.write("in/.deboil-journal", format!("{run}\n"));
    sandbox.write(&ledger, "all that is left of what went");
    assert_eq!(did(&sandbox, &["clean", "in", "--in-place", "--resume"]), ALL);
    assert!(sandbox.path(&ledger).exists());
}

#[test]
fn a_file_of_records_is_done_as_a_whole() {
    let sandbox = Sandbox::new();
    let record = format!("{{\"text\": {:?}}}\n", format!("{PROSE}\nAdvertisement\n"));
    sandbox.write("in/junk.jsonl", record.repeat(3));
    sandbox.write("in/clean.csv", "id,text\n1,Rain fell on the town.\n");
    let bad = format!("{record}no JSON\n");
    sandbox.write("in/bad.jsonl", &bad);
    let clean = |more: &[&str]| sandbox.run(&[&["clean", "in", "-o", "out", "--resume"], more].concat());
    assert_all("resume-records", &[clean(&[]), clean(&[]), clean(&["--removals-field", "removals"])]);
    sandbox.write("in/bad.jsonl", record.repeat(2));
    assert_eq!(resumed(&sandbox, &["--removals-field", "removals"]), ["in/bad.jsonl"]);
    fs::remove_file(sandbox.path("out/junk.jsonl")).unwrap();
    assert_eq!(resumed(&sandbox, &["--removals-field", "removals"]), ["in/junk.jsonl"]);
    assert_eq!(sandbox.read("out/junk.jsonl").matches("\"rules\":[\"test.ad\"]").count(), 3);
}

#[test]
fn files_that_are_cleaned_in_place_are_cleaned_once() {
    let sandbox = Sandbox::with_texts();
    let record = format!("{{\"text\": {:?}}}\n", format!("{PROSE}\nAdvertisement\n"));
    sandbox.write("in/junk.jsonl", record.repeat(3));
    let original = fs::read(sandbox.path("in/junk.jsonl")).unwrap();
    let args = ["clean", "in", "--in-place", "--removals-field", "removals", "--resume"];
    assert_eq!(did(&sandbox, &args), ["in/a.txt", "in/junk.jsonl", "in/sub/b.txt", "in/sub/clean.md"]);
    let cleaned = outputs(&sandbox, "in");
    assert!(did(&sandbox, &args).is_empty());
    assert_eq!(outputs(&sandbox, "in"), cleaned, "what went is still told of");

    // As if the run had been killed after the line of the journal, and before the file took its place.
    sandbox.write("in/junk.jsonl", original);
    assert_eq!(did(&sandbox, &args), ["in/junk.jsonl"]);
    assert_eq!(outputs(&sandbox, "in"), cleaned);

    sandbox.write("in/a.txt", format!("{PROSE}\nAdvertisement\n"));
    assert_eq!(did(&sandbox, &args), ["in/a.txt"]);
    assert_eq!(sandbox.read("in/a.txt"), PROSE);
}

#[test]
fn the_journal_can_be_kept_elsewhere() {
    let sandbox = Sandbox::with_texts();
    let args = ["clean", "in/a.txt", "in/sub", "--in-place", "--resume=journal"];
    assert_eq!(did(&sandbox, &args), ALL);
    assert!(did(&sandbox, &args).is_empty());
    assert!(!sandbox.path("in/.deboil-journal").exists() && sandbox.path("journal").exists());
}

#[test]
fn two_runs_do_not_write_to_one_journal() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("out/.deboil-journal", "");
    let file = File::open(sandbox.path("out/.deboil-journal")).unwrap();
    file.lock().unwrap();
    sandbox.run(&["clean", "in", "-o", "out", "--resume"]).assert("resume-locked");
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out"]).status, 0, "a run without --resume does without it");
    assert_eq!(sandbox.read("out/.deboil-journal"), "");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_journal_is_not_followed() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("precious.txt", "mine");
    sandbox.link("../precious.txt", "in/.deboil-journal");
    sandbox.run(&["clean", "in", "--in-place", "--resume"]).assert("resume-link");
    assert_eq!(sandbox.run(&["clean", "in", "--in-place"]).status, 0);
    assert_eq!(sandbox.read("precious.txt"), "mine");
    assert!(fs::symlink_metadata(sandbox.path("in/.deboil-journal")).unwrap().is_symlink());
}

#[test]
fn what_failed_is_tried_again() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("out/sub/b.txt/taken", "");
    let first = sandbox.run(&["clean", "in", "-o", "out"]);
    fs::remove_dir_all(sandbox.path("out/sub/b.txt")).unwrap();
    let second = sandbox.run(&["clean", "in", "-o", "out", "--resume"]);
    assert_all("resume-failures", &[first, second]);
    assert_snapshot("clean-directory-tree", &outputs(&sandbox, "out"));
}

#[test]
fn what_cannot_be_resumed_is_refused() {
    let sandbox = Sandbox::with_texts();
    let before = sandbox.tree("");
    let runs: Vec<Run> = [
        &["clean", "in/a.txt", "--resume"][..],
        &["clean", "in", "--check", "--resume"],
        &["clean", "in", "--in-place", "--resume", "--learn"],
        &["clean", "in/a.txt", "in/sub", "--in-place", "--resume"],
        &["clean", "in", "-o", "out", "--resume=in/a.txt"],
        &["clean", "in", "-o", "out", "--resume=report.json", "--report", "report.json"],
    ]
    .iter()
    .map(|args| sandbox.run(args))
    .collect();
    assert!(runs.iter().all(|run| run.status == 2));
    assert_all("resume-mistakes", &runs);
    assert_eq!(sandbox.tree(""), before);
}

/// The state of a run with a ledger that was killed before it could note anything in its journal: lines of the ledger that
/// were written lie beside its place.
fn killed(sandbox: &Sandbox, args: &[&str], ledger: &[u8]) {
    let journal = if args.contains(&"-i") { "in/.deboil-journal" } else { "out/.deboil-journal" };
    assert_eq!(sandbox.run(args).status, 0);
    let noted = sandbox.read(journal);
    let run = noted.lines().next().unwrap();
    let process = serde_json::from_str::<Value>(run).unwrap()["run"]["process"].as_u64().unwrap();
    fs::remove_file(sandbox.path("l")).unwrap();
    let draft = format!(".deboil-{process:x}-0");
    sandbox.write(&draft, ledger);
    sandbox.write(journal, format!("{run}\n{{\"ledger\":{draft:?}}}\n"));
}

const IN_PLACE: [&str; 5] = ["clean", "in", "-i", "--ledger", "l"];
const TO_DIRECTORY: [&str; 6] = ["clean", "in", "-o", "out", "--ledger", "l"];

fn with_resume<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [args, &["--resume"]].concat()
}

#[test]
fn a_ledger_goes_on_wherever_it_was_cut_off() {
    let sandbox = Sandbox::with_texts();
    let originals: Vec<(&str, String)> = ALL.iter().map(|&path| (path, sandbox.read(path))).collect();
    assert_eq!(sandbox.run(&TO_DIRECTORY).status, 0);
    let (in_directory, cleaned) = (sandbox.read("l"), sandbox.tree("out"));
    fs::remove_file(sandbox.path("l")).unwrap();
    fs::remove_dir_all(sandbox.path("out")).unwrap();
    for args in [&IN_PLACE[..], &TO_DIRECTORY] {
        let is_in_place = args.contains(&"-i");
        let whole = if is_in_place {
            in_directory.replace("\"in_place\":false", "\"in_place\":true").replace("\"output\":\"", "\"output\":\"in/")
        } else {
            in_directory.clone()
        };
        let lines: Vec<usize> = whole.match_indices('\n').map(|(at, _)| at + 1).collect();
        for cut in lines.iter().flat_map(|&end| [end - 1, end]).filter(|&cut| cut > lines[0]) {
            killed(&sandbox, &with_resume(args), &whole.as_bytes()[..cut]);
            let written = whole[..cut].matches("}]}}\n").count();
            // What has no line is what it was.
            for (path, text) in originals.iter().skip(written) {
                sandbox.write(path, text);
            }
            let run = sandbox.run(&with_resume(args));
            assert_eq!(run.status, 0, "{}", run.stderr);
            assert_eq!(sandbox.read("l"), whole, "{cut}");
            assert_eq!(outputs(&sandbox, if is_in_place { "in" } else { "out" }), cleaned);
            let back = if is_in_place { ["in", "-i"] } else { ["out", "-oin"] };
            let restore = [&["restore", "--ledger", "l", "--exclude", ".*"][..], &back].concat();
            assert_eq!(sandbox.run(&restore).status, 0);
            for (path, text) in &originals {
                assert_eq!(sandbox.read(path), *text);
            }
            fs::remove_file(sandbox.path("l")).unwrap();
            let _ = fs::remove_file(sandbox.path("in/.deboil-journal"));
            let _ = fs::remove_dir_all(sandbox.path("out"));
        }
    }
    let left = fs::read_dir(sandbox.path("")).unwrap().flatten();
    assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with(".deboil")));
}

#[test]
fn a_ledger_grows_with_what_is_cleaned() {
    for args in [&IN_PLACE[..], &TO_DIRECTORY] {
        let sandbox = Sandbox::with_texts();
        let cleaned = if args.contains(&"-i") { "in" } else { "out" };
        let before = sandbox.read("in/a.txt");
        assert_eq!(did(&sandbox, &with_resume(args)), ALL);
        let first = sandbox.read("l");
        let new = format!("{PROSE}\nAdvertisement\n");
        sandbox.write("in/b.txt", &new);
        assert_eq!(did(&sandbox, &with_resume(args)), ["in/b.txt"]);
        assert!(did(&sandbox, &with_resume(args)).is_empty());
        let (lines, grown) = (first.lines().count(), sandbox.read("l"));
        assert_eq!(
            grown.lines().take(lines - 1).collect::<Vec<_>>(),
            first.lines().take(lines - 1).collect::<Vec<_>>()
        );
        let restored = sandbox.run(&["restore", cleaned, "--ledger", "l", "-o", "back"]);
        assert_eq!(restored.status, 0);
        assert_eq!([sandbox.read("back/a.txt"), sandbox.read("back/b.txt")], [before, new]);
    }
}

#[test]
fn what_the_ledger_lacks_is_cleaned_again() {
    let sandbox = Sandbox::with_texts();
    assert_eq!(did(&sandbox, &with_resume(&TO_DIRECTORY)), ALL);
    let whole = sandbox.read("l");
    fs::remove_file(sandbox.path("l")).unwrap();
    assert_eq!(did(&sandbox, &with_resume(&TO_DIRECTORY)), ["in/a.txt", "in/sub/b.txt"], "nothing went of the third");
    assert_eq!(sandbox.read("l"), whole);
}

#[test]
fn what_one_ledger_cannot_have_is_refused() {
    let sandbox = Sandbox::with_texts();
    let texts: Vec<String> = ALL.iter().map(|path| sandbox.read(path)).collect();
    assert_eq!(sandbox.run(&IN_PLACE).status, 0);
    let no_journal = sandbox.run(&with_resume(&IN_PLACE));
    fs::remove_file(sandbox.path("l")).unwrap();
    ALL.iter().zip(&texts).for_each(|(path, text)| sandbox.write(path, text));

    assert_eq!(sandbox.run(&with_resume(&IN_PLACE)).status, 0);
    let ledger = sandbox.read("l");
    let before = outputs(&sandbox, "in");
    let other_options = sandbox.run(&[&with_resume(&IN_PLACE)[..], &["--keep", "ad"]].concat());
    fs::remove_file(sandbox.path("l")).unwrap();
    let no_ledger = sandbox.run(&with_resume(&IN_PLACE));
    assert_eq!(outputs(&sandbox, "in"), before);
    sandbox.write("l", &ledger);
    sandbox.write("in/a.txt", format!("{PROSE}\nOf another day.\nAdvertisement\n"));
    let edited = sandbox.run(&with_resume(&IN_PLACE));
    assert!(sandbox.read("in/a.txt").contains("Advertisement"));
    assert_eq!(sandbox.read("l"), ledger, "nothing of it is lost");
    assert_all("resume-ledger", &[no_journal, other_options, no_ledger, edited]);
}
