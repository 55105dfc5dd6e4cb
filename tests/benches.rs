//! The one command of `benches/compare` makes table and plot, makes the same work from the same seed, and notices wrong
//! bytes; `benches/guards` counts what the guards make of texts. Both need `python3`.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Work that takes seconds, not minutes, in an unoptimised build.
const SMALL_WORK: &str =
    "--files 20 --big 200000 --jsonl 50000 --rules 400 --peer-rules 400 --rounds 1 --budget 0.1 --no-bundled";

/// Runs the comparison in a folder, which gets all that it writes.
fn compare(folder: &Path, deboil: &Path, options: &str) -> Output {
    let mut command = Command::new("python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/compare")).arg("--deboil").arg(deboil);
    for (option, name) in [("--work", "work"), ("--out", ""), ("--page", "page.md"), ("--plot", "plot.svg")] {
        command.arg(option).arg(folder.join(name));
    }
    command.args(SMALL_WORK.split(' ')).args(options.split(' ')).output().expect("`python3` is on the path")
}

fn this_deboil() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_deboil"))
}

/// A program in a folder that does what a shell is told.
fn program(folder: &Path, does: &str) -> PathBuf {
    let path = folder.join("program");
    fs::write(&path, format!("#!/bin/sh\n{does}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn one_command_makes_table_and_plot() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.md");
    fs::write(&page, "# Mine\n\n<!-- measured: made by benches/compare, changes here are lost -->\nold\n<!-- /measured -->\n\nMy end.\n")
        .unwrap();
    let output = compare(folder.path(), this_deboil(), "--seed 1");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(page).unwrap();
    assert!(page.starts_with("# Mine\n") && page.ends_with("\n\nMy end.\n") && !page.contains("\nold\n"), "{page}");
    for shown in [
        "### 20 small files",
        "### JSON Lines",
        "× `cp -r`",
        "× `cp`",
        "× `cat`",
        "ms over `true`",
        "| deboil | variants | 400 |",
        "| deboil -j 1 | variants | 400 |",
    ] {
        assert!(page.contains(shown), "no {shown} in {page}");
    }
    assert!(fs::read_to_string(folder.path().join("plot.svg")).unwrap().starts_with("<svg "));
}

#[test]
fn the_same_seed_makes_the_same_work() {
    let made = |seed| {
        let folder = tempfile::tempdir().unwrap();
        let output = compare(folder.path(), this_deboil(), &format!("--seed {seed} --make-only"));
        let work = String::from_utf8(output.stdout).unwrap();
        let read = |name: &str| fs::read(Path::new(work.trim()).join(name)).unwrap();
        ["expected.json", "small/0000/000019.txt", "text.txt", "records.jsonl", "rules/400/variants.toml"].map(read)
    };
    let (first, again, other) = (made(1), made(1), made(2));
    assert!(first == again);
    assert!(first[0] != other[0] && first[2] != other[2]);
}

#[test]
fn other_bytes_than_must_be_left_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    // It leaves the junk where it is.
    let idle = program(folder.path(), "for last; do :; done\nexec cat \"$last\"");
    let output = compare(folder.path(), &idle, "--only text");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("wrong bytes: deboil (lines, 400 rules)") && !said.contains("wrong bytes: grep"), "{said}");
    assert!(fs::read_to_string(folder.path().join("page.md")).unwrap().contains("WRONG"));
}

#[test]
fn what_it_costs_to_lose_nothing_is_shown_for_each_way_and_what_fails_is_an_error() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = |program: &Path| {
        let mut command = Command::new("python3");
        command.arg(root.join("benches/overhead")).arg(root.join("examples/scrapes"));
        command.args(["--rounds", "1", "--deboil"]).arg(program).args(["--", "--full-page"]);
        command.output().expect("`python3` is on the path")
    };
    let output = run(this_deboil());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8(output.stdout).unwrap();
    let compared = table.lines().filter(|row| row.contains("(than: "));
    assert_eq!((table.lines().count(), compared.clone().count()), (11, 7), "{table}");
    let ratio = |row: &str| row.split('|').nth(3).and_then(|ratio| ratio.trim().parse::<f64>().ok());
    assert!(compared.into_iter().all(|row| ratio(row).is_some_and(|ratio| ratio > 0.0)), "{table}");
    let folder = tempfile::tempdir().unwrap();
    let output = run(&program(folder.path(), "echo no disk >&2; exit 2"));
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).ends_with("\nno disk\n\n"), "{output:?}");
}

const RULES: &str = r#"schema = 1

[[line]]
id = "named"
category = "ad"
any = ["Promoted"]
why = "a label"

[[block]]
id = "box"
category = "ad"
from = "Our offers"
through = "All offers"
max_lines = 3
why = "a box, whatever is in it"
"#;

/// Prints what the guards make of the texts in a folder.
fn guards(texts: &Path, rules: &Path) -> Output {
    let mut command = Command::new("python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/guards")).arg(texts);
    command.args(["--splits", "3", "--deboil"]).arg(this_deboil()).args(["--", "--no-bundled", "--rules"]).arg(rules);
    command.output().expect("`python3` is on the path")
}

#[test]
fn what_the_guards_make_of_texts_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (texts, rules) = (folder.path().join("texts"), folder.path().join("rules.toml"));
    fs::create_dir(&texts).unwrap();
    fs::write(&rules, RULES).unwrap();
    let write = |name: &str, text: &str| fs::write(texts.join(name), text).unwrap();
    (0..20).for_each(|number| write(&format!("plain{number}.txt"), "The harbour is open.\n"));
    // Six of ten words go by their name, in more bytes than all other texts have: so halves always differ.
    write("promoted.txt", &format!("{}{}", "Promoted\n".repeat(60), "stays ".repeat(40)));
    write("offers.txt", "Our offers\nAll offers\nNobody came here today.\n");
    write("nothing.txt", "Promoted\nPromoted\n");
    write("picture.txt", "\0");
    let output = guards(&texts, &rules);
    let (shown, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{said}");
    assert!(said.contains("left out: ") && said.contains("picture.txt"), "{said}");
    for line in [
        "# 23 texts",
        "1 are left alone, and would lose 100.0 % (1). Of the other 22:",
        "| texts that lose nothing | 90.9 % | 95.5 % |",
        "| 90 % of the texts lose at most | 0.0 % | 0.0 % |",
        "| the five that lose most | 0.0 %, 0.0 %, 0.0 %, 50.0 %, 60.0 % | 0.0 %, 0.0 %, 0.0 %, 0.0 %, 50.0 % |",
        "| 0.4 | 2 | 1 |",
        "| 0.5 | 1 | 0 |",
        "Of 3 pairs after 3 splits --compare flags 3.",
        "| 15 | 3 |",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "no `{line}` in {shown}");
    }
}

#[test]
fn a_folder_without_texts_has_no_figures() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules.toml"), RULES).unwrap();
    let output = guards(folder.path(), &folder.path().join("rules.toml"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("holds fewer than two texts"), "{said}");
}
