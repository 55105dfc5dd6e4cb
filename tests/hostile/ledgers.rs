//! Ledgers that lie.

use crate::stage::{JUNK, PROSE, Stage};

/// A directory that was cleaned, and the lines of its ledger.
fn cleaned() -> (Stage, Vec<String>) {
    let stage = Stage::new();
    stage.write("in/a.txt", format!("{PROSE}\n{JUNK}\n{PROSE}"));
    stage.write("in/b.txt", format!("{JUNK}{PROSE}"));
    assert_eq!(stage.clean(&["in", "-o", "out", "--ledger", "l.jsonl", "-j1"]).status, 0);
    let ledger = String::from_utf8(stage.read("l.jsonl")).unwrap();
    (stage, ledger.split_inclusive('\n').map(str::to_owned).collect())
}

/// Every lie is of the first text alone: it is refused, and the second one comes back.
#[test]
fn a_place_that_is_none_is_refused_and_the_others_come_back() {
    let (stage, lines) = cleaned();
    let removal = lines[1].split_once("\"removals\":[").unwrap().1.split_once("]}}\n").unwrap().0;
    let start: usize = removal.split_once("\"start\":").unwrap().1.split_once(',').unwrap().0.parse().unwrap();
    let lie = |from: &str, to: &str| {
        assert!(removal.contains(from), "{from} in {removal}");
        lines[1].replace(removal, &removal.replace(from, to))
    };
    let start = format!("\"start\":{start},");
    let huge = u64::MAX;
    let lies = [
        lie(&start, "\"start\":1,"),
        lie(&start, "\"start\":9999,"),
        lie(&start, &format!("\"start\":{huge},")),
        lines[1].replace(removal, &format!("{removal},{removal}")),
        lines[1].replace(removal, ""),
        lie("Advertisement", "Advertisements"),
    ];
    for lie in lies {
        stage.write("l", [&lines[0], &lie, &lines[2], &lines[3]].map(String::as_str).concat());
        let run = stage.run(["restore", "out", "--ledger", "l", "-o", "back"]);
        assert_eq!(run.status, 2, "{lie}");
        assert!(run.stderr.contains("out/a.txt: what the ledger says of it is corrupt"), "{lie}{}", run.stderr);
        assert!(!stage.path("back/a.txt").exists());
        assert_eq!(stage.read("back/b.txt"), stage.read("in/b.txt"));
        std::fs::remove_dir_all(stage.path("back")).unwrap();
    }
}

/// Where a removal ends is proven by no hash; what stays gone must be what the removal has.
#[test]
fn an_end_that_lies_takes_nothing_else_along() {
    let (stage, lines) = cleaned();
    let (before, after) = lines[1].split_once("\"end\":").unwrap();
    let (end, after) = after.split_once(',').unwrap();
    let end: usize = end.parse().unwrap();
    for lie in [0, end - 1, end + 20, usize::MAX] {
        let lie = format!("{before}\"end\":{lie},{after}");
        stage.write("l", [&lines[0], &lie, &lines[2], &lines[3]].map(String::as_str).concat());
        let run = stage.run(["restore", "out", "--ledger", "l", "-o", "back", "--category", "share"]);
        assert!(run.stderr.contains("out/a.txt: what the ledger says of it is corrupt"), "{lie}{}", run.stderr);
        assert!(!stage.path("back/a.txt").exists());
    }
}

#[test]
fn numbers_and_nests_that_are_none_are_errors_with_their_place() {
    let (stage, lines) = cleaned();
    let huge = lines[1].replacen("\"bytes\":", "\"bytes\":99999999999999999999999", 1);
    let negative = lines[1].replacen("\"start\":", "\"start\":-", 1);
    let deep = format!("{{\"document\":{}\n", "[".repeat(100_000));
    for lie in [huge, negative, deep, "{\"document\":{}}\n".to_owned(), "\0\n".to_owned()] {
        stage.write("l", [&lines[0], &lie, &lines[3]].map(String::as_str).concat());
        let run = stage.run(["restore", "out", "--ledger", "l", "-o", "back"]);
        assert!(run.status == 2 && !stage.path("back").exists());
        assert!(
            run.stderr.starts_with("l:2:") && run.stderr.contains("use another copy of the ledger"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn a_bomb_in_place_of_a_header_is_no_ledger() {
    let (stage, _) = cleaned();
    stage.write("l.gz", crate::texts::gzip(&vec![b' '; 64 << 20]));
    let run = stage.run(["restore", "out", "--ledger", "l.gz", "-o", "back"]);
    assert!(run.status == 2 && run.stderr.contains("it is no ledger"), "{}", run.stderr);
}
