//! What keeps a run from deleting too much.

use serde_json::Value;

use crate::sandbox::{PROSE, Run, Sandbox, assert_all, assert_snapshot};

/// Rules that take text which they do not name.
const VAGUE: &str = r#"schema = 1

[[cut]]
id = "test.comments"
category = "comment"
max_fraction = 0.9
why = "comments below the text"

[cut.marker]
any = ["Comments"]

[[line]]
id = "test.maybe"
category = "share"
any = ["Share it"]
confidence = "low"
why = "may be a headline"
strips = ["Share it"]

[[test]]
input = "One two three.\nComments\nFour.\n"
output = "One two three.\n"
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("rules/vague.toml", VAGUE);
    sandbox
}

#[test]
fn rules_that_do_not_name_what_they_delete_may_take_only_so_much() {
    let sandbox = sandbox();
    sandbox.write("cut.txt", format!("{PROSE}\nComments\n\nI like harbours, and I always did.\n"));
    sandbox.write("low.txt", format!("{PROSE}\n{}", "Share it\n\n".repeat(4)));
    sandbox.write("named.txt", format!("{PROSE}\n{}", "Advertisement\n\n".repeat(9)));
    let check = |more: &[&str]| {
        sandbox.run(&[&["clean", "cut.txt", "low.txt", "named.txt", "--check", "--aggressive"], more].concat())
    };
    let runs = [&[][..], &["--max-removed", "0.3"], &["--max-removed", "1"], &["--max-removed", "0"]].map(check);
    assert_all("guards-max-removed", &runs);
    sandbox.write("deboil.toml", "rules = [\"rules\"]\nmax_removed = 0.3\n");
    assert_eq!(check(&[]).stdout, runs[1].stdout);
    assert_eq!(check(&["--max-removed", "1"]).stdout, runs[2].stdout);
    sandbox.run(&["explain", "cut.txt", "--show", "matches"]).assert("guards-explain");
}

#[test]
fn a_share_is_a_number_from_0_to_1() {
    let sandbox = sandbox();
    let runs: Vec<Run> =
        ["2", "-0.1", "NaN", "half"].iter().map(|share| sandbox.run(&["clean", "--max-removed", share])).collect();
    assert_all("guards-no-share", &runs);
}

const QUOTED: &str = "\
Officials said on Tuesday that the harbour would be widened by the end of next year.

> Advertisement

```
Advertisement
```

Run it:

    Advertisement

Advertisement

Comments

> It rained. Read more here.

Rubbish.
";

#[test]
fn quotes_and_code_are_left_alone() {
    let sandbox = sandbox();
    sandbox.write("a.txt", QUOTED);
    let clean = |protect: &[&str]| sandbox.run(&[&["clean", "a.txt", "-q"], protect].concat()).stdout;
    let all: String = [&[][..], &["--protect", "quotes"], &["--protect", "code"], &["--protect", "quotes,code"]]
        .iter()
        .map(|protect| format!("=== {}\n{}", protect.join(" "), clean(protect)))
        .collect();
    assert_snapshot("guards-protect", &all);
    sandbox.write("deboil.toml", "rules = [\"rules\"]\nprotect = [\"quotes\", \"code\"]\n");
    assert_eq!(clean(&[]), clean(&["--protect", "code,quotes"]));
    sandbox.write("a.txt", clean(&[]));
    assert_eq!(clean(&[]), sandbox.read("a.txt"), "what is clean stays");
    sandbox.run(&["explain", "a.txt", "--show", "matches"]).assert("guards-protect-explain");
}

#[test]
fn a_protected_line_is_no_neighbour_that_goes() {
    let sandbox = Sandbox::new();
    let pack = "schema = 1\n[[line]]\nid = \"test.photo\"\ncategory = \"caption\"\nany = [\"Photo\"]\nbeside = true\n\
        why = \"label beside other junk\"\nstrips = [\"Photo\"]\n";
    sandbox.write("rules/photo.toml", pack);
    sandbox.write("a.txt", format!("{PROSE}\n> Advertisement\nPhoto\n\n{PROSE}"));
    assert!(!sandbox.run(&["clean", "a.txt", "-q"]).stdout.contains("Photo"));
    assert_eq!(sandbox.run(&["clean", "a.txt", "-q", "--protect", "quotes"]).stdout, sandbox.read("a.txt"));
}

#[test]
fn a_batch_that_loses_much_more_than_the_last_one_is_flagged() {
    let sandbox = Sandbox::new();
    let write = |ads: usize| {
        for number in 0..12 {
            let text =
                format!("The Gazette | News that stays\n\n{}{}", PROSE.repeat(4), "\nAdvertisement\n".repeat(ads));
            sandbox.write(format!("in/{number}.txt"), text);
            sandbox.write(format!("in/other/{number}.txt"), PROSE.repeat(4));
        }
    };
    let clean = |more: &[&str]| sandbox.run(&[&["clean", "in", "-o", "out", "--report", "report.json"], more].concat());
    write(1);
    assert_eq!(clean(&[]).status, 0);
    let same = clean(&["--compare", "report.json"]);
    assert_eq!((same.status, same.stderr.contains("jumps")), (0, false));
    write(12);
    let more = clean(&["--compare", "report.json", "-q"]);
    let report: Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    let jumps = report["total"]["jumps"].as_array().unwrap();
    assert_eq!(jumps.iter().filter(|jump| jump["source"] == "gazette" && jump["documents"] == 12).count(), 1);
    write(1);
    let fewer = clean(&["--compare", "report.json", "-q"]);
    sandbox.write("old.json", "{\"total\": {\"documents\": 1}}");
    let [old, missing] = ["old.json", "missing.json"].map(|file| clean(&["--compare", file]));
    assert_all("guards-compare", &[more, fewer, old, missing]);
}
