//! `deboil rules`.

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

#[test]
fn rules_are_listed() {
    let sandbox = Sandbox::new();
    sandbox.run(&["rules", "list"]).assert("rules-list");
    sandbox.run(&["rules", "list", "--category", "ad", "--source", "gazette"]).assert("rules-list-selected");
    let run = sandbox.run(&["rules", "list", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 3);
}

#[test]
fn a_rule_is_shown_with_its_text() {
    Sandbox::new().run(&["rules", "show", "test.ad"]).assert("rules-show");
}

/// What the findings are is the library's matter, and is tested there.
#[test]
fn a_check_fails_on_errors_and_forgives_warnings() {
    let sandbox = Sandbox::new();
    let fine = sandbox.run(&["rules", "check"]);
    assert_eq!(fine.status, 0, "{}{}", fine.stdout, fine.stderr);
    let rule = "schema = 1\n\n[[line]]\nid = \"x\"\ncategory = \"ad\"\nwhy = \"x\"\nany = [\"Sponsored content\"]\n";
    sandbox.write("mine/unproven.toml", rule);
    sandbox.write("mine/wrong.toml", format!("{}strips = [\"Something else\"]\n", rule.replace("\"x\"", "\"y\"")));
    sandbox.run(&["rules", "check", "mine/unproven.toml"]).assert("rules-check-warnings");
    sandbox.run(&["rules", "check", "mine"]).assert("rules-check-errors");
    let clean = sandbox.run_with(&["clean", "-", "--rules", "mine/wrong.toml"], "Sponsored content\n");
    assert_eq!((clean.status, clean.stdout.as_str()), (2, ""), "nothing is cleaned by a rule that fails its examples");
    clean.assert("rules-unproven-clean");
}

/// What it says is the library's matter, and is tested there.
#[test]
fn the_schema_is_printed() {
    let run = Run::of(&["rules", "schema"], &mut Sandbox::new().command(&["rules", "schema"]));
    assert_eq!(run.status, 0);
    let schema: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(schema["properties"]["schema"]["const"], 1);
}
