//! `deboil explain`.

use serde_json::{Value, json};

use crate::sandbox::{PROSE, Sandbox, assert_snapshot};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let glued = PROSE.replace('\n', " Read more here.\n");
    let text =
        format!("The Gazette | News that stays\n\n{PROSE}\nAdvertisement\n\n{glued}\nThe Gazette | News that stays\n");
    sandbox.write("a.txt", text);
    sandbox
}

#[test]
fn lines_matches_and_removals_are_shown() {
    let sandbox = sandbox();
    sandbox.run(&["explain", "a.txt"]).assert("explain-lines");
    sandbox.run(&["explain", "a.txt", "--show", "matches"]).assert("explain-matches");
    sandbox.run(&["explain", "a.txt", "--show", "removals"]).assert("explain-removals");
    sandbox.run(&["explain", "a.txt", "--keep", "ad", "--source", "gazette"]).assert("explain-kept");
}

#[test]
fn programs_get_json() {
    let sandbox = sandbox();
    for (show, parts) in
        [("lines", &["lines", "matches", "removals"][..]), ("matches", &["matches"]), ("removals", &["removals"])]
    {
        let run = sandbox.run(&["explain", "a.txt", "--format", "json", "--show", show]);
        let explanation: Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(parts.iter().all(|part| explanation[part].is_array()), "{show}");
        assert_eq!(explanation.as_object().unwrap().len(), 4 + parts.len());
    }
    let run = sandbox.run(&["explain", "a.txt", "--format", "json"]);
    assert_snapshot("explain-json", &run.stdout);
}

#[test]
fn how_many_words_go_is_said_whether_they_may_go_or_not() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "rules.toml",
        r#"
schema = 1

[[line]]
id = "label"
category = "ad"
any = ["Promoted"]
why = "a label"

[[block]]
id = "box"
category = "ad"
from = "Our offers"
through = "All offers"
max_lines = 3
why = "a box"

[[repeat]]
id = "copies"
category = "duplicate"
unit = "paragraph"
why = "a second copy"
"#,
    );
    sandbox.write("a.txt", format!("{PROSE}\nPromoted\n\nOur offers\nTen good books\nAll offers\n\n{PROSE}"));
    let words = |max_removed: &str| {
        let args = ["explain", "a.txt", "--format", "json", "--rules", "rules.toml", "--max-removed"];
        let run = sandbox.run(&[&args[..], &[max_removed]].concat());
        serde_json::from_str::<Value>(&run.stdout).unwrap()["words"].clone()
    };
    let all = 2 * PROSE.split_whitespace().count() + 8;
    assert_eq!(words("1"), json!({ "all": all, "lost": 8, "lost_vaguely": 7 }));
    assert_eq!(words("0"), words("1"));
}

#[test]
fn standard_input_is_explained_too() {
    let sandbox = Sandbox::new();
    let text = format!("{PROSE}\nAdvertisement\n");
    sandbox.run_with(&["explain", "-", "--stdin-filename", "x.txt"], text).assert("explain-stdin");
}

#[test]
fn what_is_no_text_is_not_explained() {
    let sandbox = Sandbox::new();
    sandbox.write("binary", b"\0Advertisement\n");
    sandbox.write("wide", b"\xff\xfea\0");
    sandbox.write("page", "<html>\n<head>\n");
    for name in ["binary", "wide", "page"] {
        let run = sandbox.run(&["explain", name]);
        assert_eq!(run.status, 2);
        run.assert(&format!("explain-{name}"));
    }
    assert_eq!(sandbox.run(&["explain", "binary", "--force"]).status, 0);
}

#[test]
fn sources_are_known_in_several_ways() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("plain.txt", PROSE);
    for origin in [["--url", "https://www.gazette.example/x"], ["--source", "gazette"]] {
        let run = sandbox.run(&[&["explain", "plain.txt"], &origin[..]].concat());
        assert!(run.stdout.contains(&format!("source gazette by {}\n", origin[0])), "{}", run.stdout);
    }
}
