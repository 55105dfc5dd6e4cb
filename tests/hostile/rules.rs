//! Rule files.

use std::fmt::Write as _;

use crate::stage::{PROSE, Stage};

/// Cleans a text with a rule file.
fn cleaned(rules: impl AsRef<[u8]>, text: &str) -> (i32, String, String) {
    let stage = Stage::new();
    stage.write("r.toml", rules);
    stage.write("a.txt", text);
    let run = stage.run(["clean", "--isolated", "--no-bundled", "-q", "--rules", "r.toml", "a.txt"]);
    (run.status, String::from_utf8_lossy(&run.stdout).into_owned(), run.stderr)
}

fn rule(kind: &str, id: &str, keys: &str) -> String {
    format!("[[{kind}]]\nid = \"{id}\"\ncategory = \"ad\"\nwhy = \"test\"\n{keys}\n")
}

#[test]
fn many_rules_are_only_many() {
    let mut rules = String::from("schema = 1\n");
    for number in 0..20_000 {
        rules += &rule("line", &format!("x.r{number}"), &format!("any = [\"Junk of the number {number}\"]"));
    }
    let text = format!("{PROSE}\nJunk of the number 17777\nJunk of the number 20000\n");
    let left = format!("{PROSE}\nJunk of the number 20000\n");
    assert_eq!(cleaned(rules, &text), (0, left, String::new()));
}

#[test]
fn a_pattern_that_would_fill_the_memory_is_an_error() {
    for pattern in [r"(?:\pL{1000}){1000}", "(?:(?:(?:x{100}){100}){100}){100}", r"(?:\w{300}|\W{300}){300}"] {
        let (status, _, said) = cleaned(
            format!("schema = 1\n{}", rule("regex", "x.a", &format!("pattern = '{pattern}'\nkeywords = ['xx']"))),
            PROSE,
        );
        assert_eq!(status, 2);
        assert!(said.starts_with("r.toml:6:") && said.contains("use smaller repetitions or split the rule"), "{said}");
    }
    let nested = format!("{}a{}", "(".repeat(5_000), ")".repeat(5_000));
    let (status, _, said) =
        cleaned(format!("schema = 1\n{}", rule("regex", "x.a", &format!("pattern = '{nested}'"))), PROSE);
    assert!(status == 2 && said.starts_with("r.toml:6:") && said.contains("nested parentheses"), "{said}");
}

#[test]
fn what_is_no_toml_has_a_place_and_a_cure() {
    for (bytes, what) in [
        (b"schema = 1\n\xff\xfe\0\0".to_vec(), "r.toml:2:1: a byte that is not UTF-8; save the rule file as UTF-8"),
        (b"\x7fELF\0\0".to_vec(), "r.toml:1:1: "),
        (format!("schema = 1\nx = {}", "[".repeat(100_000)).into_bytes(), "r.toml:2:"),
        (format!("schema = 1\n{}b = 1", "a.".repeat(100_000)).into_bytes(), "r.toml:1:1: broken TOML"),
        (format!("schema = 1\n{}", "[[line]]\n".repeat(3_000)).into_bytes(), "r.toml:2:1: "),
    ] {
        let (status, left, said) = cleaned(bytes, PROSE);
        assert!((status, &*left) == (2, "") && said.starts_with(what), "{what}: {}", &said[..said.len().min(300)]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_is_an_error() {
    let stage = Stage::new();
    stage.write("a.txt", PROSE);
    let run = stage.run(["clean", "--isolated", "--rules", "/dev/zero", "a.txt"]);
    assert_eq!(run.status, 2);
    assert_eq!(
        run.stderr,
        "/dev/zero: it has more than 128 MiB, which no rule file has; name a rule file, or divide it\n"
    );
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_a_fifo_among_rule_files() {
    let stage = Stage::new();
    stage.write("a.txt", PROSE);
    stage.write("rules/a.toml", "schema = 1\n");
    stage.link(".", "rules/loop");
    let run = stage.run(["clean", "--isolated", "-q", "--rules", "rules", "a.txt"]);
    assert_eq!((run.status, run.stdout), (0, PROSE.into()), "{}", run.stderr);
    assert!(std::process::Command::new("mkfifo").arg(stage.path("rules/b.toml")).status().unwrap().success());
    let run = stage.run(["clean", "--isolated", "--rules", "rules", "a.txt"]);
    assert_eq!(run.status, 2);
    assert_eq!(run.stderr, "rules/b.toml: it is no file, though it is named like one; remove it\n");
}

#[test]
fn packs_that_extend_each_other_in_a_circle_are_an_error() {
    let stage = Stage::new();
    stage.write("a.txt", PROSE);
    for (id, next) in [("a", "b"), ("b", "c"), ("c", "a")] {
        let mut pack = String::from("schema = 1\n[source]\n");
        write!(
            pack,
            "id = \"{id}\"\nrole = \"publisher\"\nname = \"N\"\nhosts = [\"{id}.example\"]\nextends = [\"{next}\"]\n"
        )
        .unwrap();
        stage.write(format!("rules/{id}.toml"), pack);
    }
    let run = stage.run(["clean", "--isolated", "--no-bundled", "--rules", "rules", "a.txt"]);
    assert!(run.status == 2 && run.stderr.contains("leads back to itself; break the cycle"), "{}", run.stderr);
}

#[test]
fn steps_that_may_be_left_out_are_tried_once_at_each_line() {
    for copy in ["", "copy = true, "] {
        for last in ["", ", { do = \"keep\", any = [\"Never\"] }"] {
            let step = format!("{{ do = \"keep\", words = [1, 90], {copy}optional = true }}, ");
            let steps = format!("steps = [{}{{ do = \"drop\", any = [\"Junk\"] }}{last}]", step.repeat(60));
            let above = (0..80).map(|number| format!("{PROSE} It was the lamp of number {number}.\n"));
            let above: String = above.collect();
            let text = format!("{above}Junk\n\n{PROSE}\n");
            let left = if last.is_empty() { format!("{above}\n{PROSE}\n") } else { text.clone() };
            assert_eq!(cleaned(rule("sequence", "x", &steps), &text), (0, left, String::new()), "{copy}{last}");
        }
    }
}
