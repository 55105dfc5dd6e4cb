//! `deboil rules`.

use serde_json::Value;

use crate::sandbox::{PROSE, Run, Sandbox, assert_all};

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

#[test]
fn a_rule_is_shown_with_its_named_patterns() {
    let sandbox = Sandbox::new();
    let patterns = "# Of dates.\n[patterns]\nday = '\\d{1,2}'\nmonth = [\n  'May', # in English\n  'June',\n]\n\
        date = '(?&day) (?&month)'\nyear = '\\d{4}'\n";
    let rule = "[[regex]]\nid = \"test.printed\"\ncategory = \"timestamp\"\npattern = 'Printed on (?&date)'\nwhy = \"x\"\n\
        strips = [\"Printed on 3 May\"]\nkeeps = [\"Printed in May\"]\n";
    sandbox.write("mine.toml", format!("schema = 1\n\n{patterns}\n{rule}"));
    sandbox.run(&["rules", "show", "test.printed", "--rules", "mine.toml"]).assert("rules-show-named");
    sandbox.run(&["rules", "check", "mine.toml"]).assert("rules-check-named");
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

#[test]
fn a_rule_is_tried_before_there_is_one() {
    let sandbox = Sandbox::with_texts();
    sandbox.write("in/c.txt", format!("{PROSE}\nADVERTISEMENT\n\n{PROSE}\nAdvertisement revenue\n"));
    let tries: [&[&str]; 7] = [
        &["Advertisement", "in"],
        &["Advertisement", "in", "--match", "starts", "--where", "head", "--hits", "1"],
        &["Read more here.", "in", "--phrase", "--category", "related", "--id", "my.more"],
        &["(?i)ad\\w+ (?P<junk>rev.+)", "in", "--regex"],
        &["the gazette | news that stays", "in/sub", "--cut", "--where", "head", "--unless", "revenue"],
        &["No such line", "in"],
        &["a text\nof two lines", "in"],
    ];
    let runs = tries.map(|args| {
        let args = [&["rules", "try"], args].concat();
        Run::of(&args, &mut sandbox.command(&args))
    });
    assert_all("rules-try", &runs);
}

/// What is printed at the end goes into a rule file as it is.
#[test]
fn the_rule_that_was_tried_does_what_was_shown() {
    let sandbox = Sandbox::with_texts();
    let tries: [&[&str]; 5] = [
        &["Advertisement"],
        &["The Gazette", "--match", "starts"],
        &["Read more here.", "--phrase"],
        &["'Adver' \\w+|Adv\\w+ment", "--regex"],
        &["be widened", "--phrase", "--through", "next year.", "--max-words", "10"],
    ];
    for args in tries {
        let args = [&["rules", "try"], args, &["in"]].concat();
        let run = Run::of(&args, &mut sandbox.command(&args));
        let rule = run.stdout.split_once("\n[[").map(|(_, rule)| format!("[[{rule}")).expect("a rule is printed");
        sandbox.write("tried.toml", rule);
        let check = sandbox.run(&["rules", "check", "tried.toml"]);
        assert!(check.status == 0 && !check.stdout.contains("strips"), "{}{}", check.stdout, check.stderr);
        let clean = sandbox.run(&["clean", "in", "--check", "--rules", "tried.toml", "--isolated"]);
        let changed = clean.stdout.lines().count();
        assert!(changed > 0 && run.stdout.contains(&format!("in {changed} of 3 documents")), "{}", run.stdout);
    }
}

#[test]
fn what_cannot_be_read_fails_a_try_and_does_not_stop_it() {
    let sandbox = Sandbox::with_texts();
    let args = ["rules", "try", "Advertisement", "missing.txt", "in"];
    let run = Run::of(&args, &mut sandbox.command(&args));
    assert_eq!(run.status, 2);
    assert!(run.stdout.contains("2 hits in 2 of 3 documents"), "{}", run.stdout);
    assert!(run.stderr.contains("missing.txt"), "{}", run.stderr);
}

#[test]
fn a_check_tells_what_the_rules_do_to_a_corpus() {
    let sandbox = Sandbox::with_texts();
    let rule = |id: &str, rest: &str| {
        format!("[[line]]\nid = \"{id}\"\ncategory = \"ad\"\nwhy = \"seen\"\nkeeps = [\"No\"]\n{rest}\n")
    };
    let mine = [
        rule("my.adverts", "any = [\"Advertisement\"]\nstrips = [\"Advertisement\"]\nwhere = \"anywhere\"\n"),
        rule("my.gone", "any = [\"Nowhere to be seen\"]\nstrips = [\"Nowhere to be seen\"]\nlast_seen = 2025-03-02\n"),
        rule("my.trial", "any = [\"On trial\"]\nstrips = [\"On trial\"]\nstatus = \"preview\"\n"),
    ];
    sandbox.write("mine.toml", mine.concat());
    for name in ["in/d.txt", "in/e.txt"] {
        sandbox.write(name, format!("{PROSE}\nAdvertisement\n"));
    }
    let of = ["--corpus", "in", "--today", "2026-03-03"];
    let check = |args: &[&str]| sandbox.run(&[&["rules", "check"], args, of.as_slice()].concat());
    let runs =
        [check(&["--rules", "mine.toml"]), check(&["mine.toml", "--top", "1"]), check(&["mine.toml", "--preview"])];
    assert_all("rules-check-corpus", &runs);
    let run = check(&["mine.toml", "--format", "json", "-j", "1"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["corpus"]["overlaps"][0]["removals"], 4);
    let rules = json["corpus"]["rules"].as_array().unwrap();
    let of_rules = |key: &str| rules.iter().map(|rule| rule[key].clone()).collect::<Vec<_>>();
    assert_eq!(of_rules("id"), ["my.adverts", "my.gone", "my.trial"]);
    assert_eq!(of_rules("documents"), [4, 0, 0]);
    assert_eq!(of_rules("stale"), [false, true, false]);
    assert_eq!(of_rules("asked"), [true, true, false]);
    let warnings = json["findings"].as_array().unwrap();
    assert!(warnings.iter().all(|finding| finding["severity"] == "warning"), "{warnings:?}");
}

#[test]
fn a_check_of_a_corpus_says_what_is_wrong() {
    let sandbox = Sandbox::with_texts();
    let runs = [
        sandbox.run(&["rules", "check", "--full-page"]),
        sandbox.run(&["rules", "check", "--corpus", "in", "--today", "yesterday"]),
        sandbox.run(&["rules", "check", "--corpus", "in/sub", "--corpus", "missing"]),
        sandbox.run(&["rules", "check", "--top", "3"]),
    ];
    assert!(runs.iter().all(|run| run.status == 2));
    assert_all("rules-check-corpus-mistakes", &runs);
}

#[test]
fn a_new_pack_passes_its_check_with_and_without_the_rules_that_it_suggests() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["rules", "new", "https://www.harbour-times.example/news", "-o", "packs/new.toml"]);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let pack = sandbox.read("packs/new.toml");
    let is_suggested = |line: &str| line.starts_with('#') && !line.starts_with("# ");
    let uncommented: String =
        pack.lines().map(|line| format!("{}\n", if is_suggested(line) { &line[1..] } else { line })).collect();
    assert!(uncommented.matches("\n[[").count() > 5, "{uncommented}");
    sandbox.write("packs/all.toml", uncommented);
    for file in ["packs/new.toml", "packs/all.toml"] {
        let check = sandbox.run(&["rules", "check", file]);
        assert_eq!((check.status, check.stdout.as_str()), (0, ""), "{}", check.stderr);
        let with_bundled = ["rules", "check", file];
        let check = Run::of(&with_bundled, &mut sandbox.command(&with_bundled));
        assert_eq!((check.status, check.stdout.as_str()), (0, ""), "{}", check.stderr);
    }
}

#[test]
fn a_new_pack_takes_no_place_of_another() {
    let sandbox = Sandbox::new();
    sandbox.write("there.toml", "precious");
    let runs = [
        sandbox.run(&["rules", "new", "bay.example", "-o", "there.toml"]),
        sandbox.run(&["rules", "new", "gazette.example"]),
        sandbox.run(&["rules", "new", "bay"]),
        sandbox.run(&["rules", "new", "bay.example", "--id", "the bay"]),
    ];
    assert!(runs.iter().all(|run| run.status == 2 && run.stdout.is_empty()));
    assert_all("rules-new-mistakes", &runs);
    assert_eq!(sandbox.read("there.toml"), "precious");
    sandbox.run(&["rules", "new", "news.gazette.org"]).assert("rules-new");
}

/// What the pages say is the matter of the bundled rules, and is tested with them.
#[test]
fn the_catalogue_is_written_and_checked() {
    let sandbox = Sandbox::new();
    let docs = |args: &[&str]| {
        let args = [&["rules", "docs", "-o", "pages"], args].concat();
        Run::of(&args, &mut sandbox.command(&args))
    };
    assert_eq!(docs(&[]).status, 0);
    assert_eq!(docs(&["--check"]).status, 0);
    sandbox.write("pages/archives.md", "old");
    sandbox.write("pages/of-another-age.md", "old");
    std::fs::remove_file(sandbox.path("pages/agencies.md")).unwrap();
    let check = docs(&["--check"]);
    assert_eq!(check.status, 1);
    check.assert("rules-docs-check");
}

/// A project in `project` that builds on a shared folder of packs, as a checkout of git would leave it.
fn project() -> Sandbox {
    let sandbox = Sandbox::with_texts();
    sandbox.write("shared/deboil.toml", "rules = [\"packs\"]\ndisable = [\"test.ad\"]\n");
    sandbox.write("shared/packs/generic.toml", sandbox.read("rules/generic.toml"));
    sandbox.write("shared/packs/news/gazette.toml", sandbox.read("rules/gazette.toml"));
    for other in [".git/config.toml", ".hidden.toml", "deboil.toml", "README.md"] {
        sandbox.write(format!("shared/packs/{other}"), "no = \"rule file\"");
    }
    let own = "extends = [\"../shared\"]\nrules = [\"mine.toml\"]\n\n[source.gazette]\ndisable = [\"test.more\"]\n";
    sandbox.write("project/deboil.toml", format!("{own}keep = [\"masthead\"]\n"));
    let mine = "[[phrase]]\nid = \"test.more\"\ncategory = \"related\"\nany = [\"Read more here.\"]\nwhy = \"mine\"\n";
    sandbox.write("project/mine.toml", mine);
    sandbox
}

fn in_project(sandbox: &Sandbox, args: &[&str]) -> Run {
    let all: Vec<&str> = args.iter().copied().chain(["--no-bundled"]).collect();
    Run::of(args, sandbox.command(&all).current_dir(sandbox.path("project")))
}

#[test]
fn the_merged_rules_are_listed_with_what_becomes_of_them() {
    let sandbox = project();
    in_project(&sandbox, &["rules", "list", "--effective"]).assert("rules-list-effective");
    let run = in_project(&sandbox, &["rules", "list", "--effective", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(rows[0]["off"], "../shared/deboil.toml:2:12");
    assert_eq!(rows[1]["kept_for"][0], "gazette");
    assert_eq!(rows[2]["replaces"][0], "../shared/packs/generic.toml:15:6");
    assert_eq!(rows[2]["off_for"][0]["source"], "gazette");
}

#[test]
fn what_the_configuration_says_is_done() {
    let sandbox = project();
    sandbox.write(
        "project/page.txt",
        format!("The Gazette | News that stays\n\n{}", PROSE.replace('\n', " Read more here.\n")),
    );
    sandbox.write("project/other.txt", format!("Advertisement\n\n{}", PROSE.replace('\n', " Read more here.\n")));
    let page = in_project(&sandbox, &["clean", "page.txt", "-q"]);
    assert_eq!((page.status, page.stdout), (0, sandbox.read("project/page.txt")), "{}", page.stderr);
    let other = in_project(&sandbox, &["clean", "other.txt", "-q"]);
    assert_eq!((other.status, other.stdout), (0, format!("Advertisement\n\n{PROSE}")), "{}", other.stderr);
    sandbox.write("project/deboil.toml", "rules = [\"../rules\"]\nkeep = [\"related\", \"ad\"]\n");
    let kept = in_project(&sandbox, &["clean", "other.txt", "-q"]);
    assert_eq!((kept.status, kept.stdout), (0, sandbox.read("project/other.txt")));
    let said = in_project(&sandbox, &["clean", "other.txt", "-q", "--keep", "related"]);
    assert_eq!(said.stdout, PROSE.replace('\n', " Read more here.\n"), "the command line counts more");
    in_project(&sandbox, &["explain", "other.txt"]).assert("rules-configured-explain");
}

#[test]
fn mistakes_in_a_configuration_have_their_place() {
    let sandbox = project();
    let run = |config: &str| {
        sandbox.write("project/deboil.toml", format!("rules = [\"../rules\"]\n{config}"));
        let args = ["rules", "list"];
        Run::of(&args, sandbox.command(&args).current_dir(sandbox.path("project")))
    };
    let runs = [
        run("disable = [\"test.adz\"]\nkeep = [\"ad\"]\n"),
        run("[source.gazete]\nkeep = [\"ad\"]\n"),
        run("[source.gazette]\ndisable = [\"nothing.such\"]\n"),
        run("keep = [\"weather\"]\n"),
        run("extends = [\".\"]\n"),
        run("extends = [\"../nowhere\"]\n"),
    ];
    assert!(runs.iter().all(|run| run.status == 2 && run.stdout.is_empty()));
    assert_all("rules-configuration-mistakes", &runs);
}

#[test]
fn of_a_pack_for_a_newer_program_nothing_else_is_said() {
    let sandbox = Sandbox::new();
    sandbox.write("new.toml", "min_version = \"99.0\"\n\n[[hologram]]\nid = \"x\"\n");
    sandbox.run(&["rules", "check", "new.toml"]).assert("rules-newer");
}
