//! Names and links.

use std::fs;

use crate::stage::{JUNK, PROSE, Stage};

fn with_junk() -> String {
    format!("{PROSE}\n{JUNK}")
}

#[cfg(unix)]
#[test]
fn no_link_below_the_output_is_followed() {
    for (inputs, target) in [("in", "../in/sub"), ("in", "../elsewhere"), ("in/sub", "..")] {
        let stage = Stage::new();
        for file in ["in/a.txt", "in/sub/b.txt", "in/sub/sub/c.txt"] {
            stage.write(file, with_junk());
            stage.write(file.replace("txt", "jsonl"), format!("{{\"text\":{:?}}}\n", with_junk()));
        }
        fs::create_dir(stage.path("elsewhere")).unwrap();
        fs::create_dir(stage.path("out")).unwrap();
        stage.link(target, "out/sub");
        let run = stage.clean(&[inputs, "-o", "out", "--ledger", "l.jsonl"]);
        let what = "`out/sub` is a link, and leads elsewhere; remove it, or write to another directory";
        assert!(run.status == 2 && run.stderr.contains(what), "{}", run.stderr);
        assert!(fs::read_dir(stage.path("elsewhere")).unwrap().next().is_none(), "nothing is written there");
        for file in ["in/a.txt", "in/sub/b.txt", "in/sub/sub/c.txt"] {
            assert_eq!(stage.read(file), with_junk().as_bytes(), "no original goes");
        }
        let first = if inputs == "in" { "out/a.txt" } else { "out/b.txt" };
        assert_eq!(stage.read(first), PROSE.as_bytes(), "the others are cleaned");
        stage.write("cleaned/a.txt", PROSE);
        stage.write("cleaned/sub/b.txt", PROSE);
        let run = stage.run(["restore", "cleaned", "--ledger", "l.jsonl", "-o", "out"]);
        assert!(run.status == 2 && run.stderr.contains(what), "{}", run.stderr);
        assert_eq!(stage.read("in/sub/b.txt"), with_junk().as_bytes());
    }
}

#[cfg(unix)]
#[test]
fn the_output_directory_may_be_a_link_that_leads_to_no_input() {
    let stage = Stage::new();
    stage.write("in/sub/a.txt", with_junk());
    fs::create_dir(stage.path("disk")).unwrap();
    stage.link("disk", "out");
    assert_eq!(stage.clean(&["in", "-o", "out"]).status, 0);
    assert_eq!(stage.read("disk/sub/a.txt"), PROSE.as_bytes());
    stage.link("in/sub", "back");
    let run = stage.clean(&["in", "-o", "back"]);
    assert!(run.status == 2 && run.stderr.contains("the output directory `back` lies in the input `in`"));
    assert_eq!(stage.read("in/sub/a.txt"), with_junk().as_bytes());
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_may_hold_any_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let stage = Stage::new();
    let names: [&[u8]; 6] =
        [b"line\nfeed.txt", b"\xff\xfe.txt", b"-o", b"tab\t\"quote\".txt", b"\x1b[31m.txt", b" .txt"];
    for name in names {
        stage.write(std::path::Path::new("in").join(OsStr::from_bytes(name)), with_junk());
    }
    let run = stage.clean(&["in", "-o", "out", "--ledger", "l.jsonl", "--report", "r.json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(stage.run(["restore", "out", "--ledger", "l.jsonl", "-o", "back"]).status, 0);
    for name in names {
        let name = OsStr::from_bytes(name);
        assert_eq!(stage.read(std::path::Path::new("out").join(name)), PROSE.as_bytes());
        assert_eq!(stage.read(std::path::Path::new("back").join(name)), with_junk().as_bytes());
    }
}
