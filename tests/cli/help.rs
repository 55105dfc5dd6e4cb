//! Every `--help`, and what is generated from the arguments.

use crate::sandbox::{Run, Sandbox, assert_all};

fn run(args: &[&str]) -> Run {
    Run::of(args, &mut Sandbox::new().command(args))
}

#[test]
fn every_help_page() {
    run(&["--help"]).assert("help");
    run(&["clean", "--help"]).assert("help-clean");
    run(&["clean", "-h"]).assert("help-clean-short");
    run(&["explain", "--help"]).assert("help-explain");
    run(&["restore", "--help"]).assert("help-restore");
    run(&["review", "--help"]).assert("help-review");
    run(&["rules", "--help"]).assert("help-rules");
    run(&["rules", "list", "--help"]).assert("help-rules-list");
    run(&["rules", "show", "--help"]).assert("help-rules-show");
    run(&["rules", "check", "--help"]).assert("help-rules-check");
    run(&["rules", "try", "--help"]).assert("help-rules-try");
    run(&["rules", "new", "--help"]).assert("help-rules-new");
    run(&["rules", "docs", "--help"]).assert("help-rules-docs");
    run(&["rules", "schema", "--help"]).assert("help-rules-schema");
}

#[test]
fn without_a_command_or_with_a_wrong_one() {
    let runs = [run(&[]), run(&["claen"]), run(&["--generate", "man", "clean"]), run(&["--generate", "manual"])];
    assert!(runs.iter().all(|run| run.status == 2));
    assert_all("no-command", &runs);
}

#[test]
fn completions_know_the_flags() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["--generate", &format!("complete-{shell}")]);
        assert_eq!(script.status, 0);
        assert!(script.stdout.contains("must-match"), "{shell}");
    }
}

#[test]
fn the_manual_covers_all_commands() {
    let manual = run(&["--generate", "man"]);
    assert_eq!(manual.status, 0);
    for section in [
        "DEBOIL CLEAN",
        "DEBOIL EXPLAIN",
        "DEBOIL RESTORE",
        "DEBOIL REVIEW",
        "DEBOIL RULES",
        "DEBOIL RULES LIST",
        "DEBOIL RULES SHOW",
        "DEBOIL RULES CHECK",
        "DEBOIL RULES TRY",
        "DEBOIL RULES NEW",
        "DEBOIL RULES DOCS",
        "DEBOIL RULES SCHEMA",
    ] {
        assert!(manual.stdout.contains(&format!(".SH \"{section}\"")), "{section}");
    }
}
