//! `deboil learn`, and `deboil clean --learn`.

use crate::sandbox::{Sandbox, assert_all};

const TOPICS: [&str; 4] = ["ferry", "bakery", "tram", "orchestra"];

/// An article that shares no line with those of other topics.
fn article(topic: &str) -> String {
    format!(
        "Why the {topic} had to leave the harbour\n\nThe {topic} left on Monday before anybody could stop it, said \
         {topic} friends.\n\nNobody at the {topic} wanted to talk about it when the reporter of the {topic} called.\n"
    )
}

/// A text of a paper that puts the same around each article.
fn text(topic: &str) -> String {
    format!("{}\nGet the Port Letter every Friday\n{} people liked this\n", article(topic), 3 * topic.len())
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    for topic in TOPICS {
        sandbox.write(format!("in/port.example/{topic}.txt"), text(topic));
    }
    sandbox
}

#[test]
fn the_rules_of_a_source_are_printed() {
    let sandbox = sandbox();
    let learn = ["learn", "in", "--source", "port", "--host", "port.example"];
    sandbox.run(&learn).assert("learn");
    let one = sandbox.run(&[&learn[..], &["-j", "1"]].concat());
    assert_eq!(one.stdout, sandbox.run(&learn).stdout, "whatever the threads");
}

#[test]
fn a_learnt_file_proves_itself_and_cleans() {
    let sandbox = sandbox();
    let run = sandbox.run(&["learn", "in", "--source", "port", "-o", "mine/port.example.toml"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert!(sandbox.read("mine/port.example.toml").contains("hosts = [\"port.example\"]"));
    let check = sandbox.run(&["rules", "check", "mine"]);
    assert_eq!(check.status, 0, "{}{}", check.stdout, check.stderr);
    sandbox.run(&["clean", "in", "--rules", "mine", "-o", "out"]);
    for topic in TOPICS {
        assert_eq!(sandbox.read(format!("out/port.example/{topic}.txt")), article(topic));
    }
}

#[test]
fn a_file_that_is_there_is_kept_or_added_to() {
    let sandbox = sandbox();
    let learn = ["learn", "in", "--source", "port", "-o", "mine/port.toml"];
    let own = "# Mine.\nschema = 1\n[source]\nid = \"port\"   # as the paper calls itself\n\n[[line]]\nid = \"port.letter\"\n\
               category = \"signup\"\nany = [\"Get the Port Letter every Friday\"]\nwhy = \"seen\"\nstrips = [\"Get the Port Letter every Friday\"]\n";
    sandbox.write("mine/port.toml", own);
    sandbox.run(&learn).assert("learn-taken");
    assert_eq!(sandbox.read("mine/port.toml"), own);
    let update = [&learn[..], &["--update"]].concat();
    assert_eq!(sandbox.run(&update).status, 0);
    let added = sandbox.read("mine/port.toml");
    let more = added.strip_prefix(own).expect("what a person wrote stays as it was");
    assert!(more.contains("people liked this") && !more.contains("Port Letter"), "{more}");
    assert_eq!(sandbox.run(&update).status, 0);
    assert_eq!(sandbox.read("mine/port.toml"), added, "nothing is learnt twice");
}

#[test]
fn a_doubtful_rule_that_a_person_kept_is_not_learnt_again() {
    let sandbox = Sandbox::new();
    for topic in TOPICS {
        let headed = text(topic).replace("\n\nNobody", "\n\nWhat happens now\n\nNobody");
        sandbox.write(format!("in/{topic}.txt"), headed);
    }
    let learn = ["learn", "in", "--source", "port", "-o", "mine/port.toml"];
    assert_eq!(sandbox.run(&learn).status, 0);
    let learnt = sandbox.read("mine/port.toml");
    let doubtful = "\nconfidence = \"low\"\n";
    assert!(learnt.contains("What happens now") && learnt.contains(doubtful), "{learnt}");
    for kept in [learnt.clone(), learnt.replace(doubtful, "\nstatus = \"preview\"\n")] {
        sandbox.write("mine/port.toml", &kept);
        assert_eq!(sandbox.run(&[&learn[..], &["--update"]].concat()).status, 0);
        assert_eq!(sandbox.read("mine/port.toml"), kept);
    }
}

#[test]
fn a_mixed_directory_gets_a_file_for_each_source() {
    let sandbox = sandbox();
    for topic in TOPICS {
        let text = format!("The Gazette | News that stays\n\n{}\nWritten on the Gazette's own paper\n", article(topic));
        sandbox.write(format!("in/mixed/{topic}.txt"), text);
    }
    sandbox.write("in/loose.txt", article("lamp"));
    sandbox.run(&["learn", "in", "--all", "-o", "mine"]).assert("learn-all");
    assert!(sandbox.read("mine/gazette.toml").contains("Written on the Gazette's own paper"));
    assert!(sandbox.read("mine/port.example.toml").contains("Get the Port Letter every Friday"));
    sandbox.run(&["learn", "in", "--all"]).assert("learn-all-nowhere");
}

#[cfg(unix)]
#[test]
fn names_of_files_stay_in_their_comments() {
    let sandbox = sandbox();
    sandbox.write("in/a\nschema = 2\n.txt", text("anchor"));
    sandbox.run(&["learn", "in", "--source", "port", "-o", "mine/port.toml"]);
    assert!(sandbox.read("mine/port.toml").contains("schema = 2"), "the first text is the example");
    let check = sandbox.run(&["rules", "check", "mine"]);
    assert_eq!(check.status, 0, "{}{}", check.stdout, check.stderr);
}

#[test]
fn what_is_learnt_does_not_keep_other_rules_from_running() {
    let sandbox = sandbox();
    sandbox.run(&["learn", "in", "--source", "own", "-o", "mine/gazette.example.toml"]).assert("learn-known-host");
    assert!(!sandbox.path("mine").exists());
    let own = "schema = 1\n[source]\nid = \"own\"\nhosts = [\"gazette.example\"]\n";
    sandbox.write("mine/own.toml", own);
    sandbox.run(&["rules", "check", "mine"]).assert("rules-check-known-host");
    let other = sandbox.run(&["learn", "in", "--source", "port", "--update", "-o", "mine/own.toml"]);
    assert_eq!((other.status, sandbox.read("mine/own.toml").as_str()), (2, own), "{}", other.stderr);
    assert!(other.stderr.contains("mine/own.toml:3:6: the file is of the source `own`"), "{}", other.stderr);
}

#[test]
fn where_nothing_is_to_be_learnt_that_is_told() {
    let sandbox = sandbox();
    sandbox.run(&["learn", "in", "--source", "port", "-o", "rules/port.example.toml"]);
    sandbox.run(&["learn", "in", "--source", "port", "-o", "mine/port.example.toml"]).assert("learn-nothing");
    // Who named the file goes on with it.
    assert_eq!(sandbox.run(&["clean", "in", "--rules", "mine", "-o", "out"]).status, 0);
    sandbox.run(&["learn", "in", "--all", "-o", "all"]);
    assert!(!sandbox.path("all").exists());
}

#[test]
fn rules_beside_the_texts_are_no_texts() {
    let sandbox = sandbox();
    sandbox.run(&["learn", "in", "--source", "port", "-o", "rules/port.example.toml"]);
    let rules = sandbox.tree("rules");
    let run = sandbox.run(&["clean", ".", "--in-place"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(sandbox.tree("rules"), rules);
    assert_eq!(sandbox.read("in/port.example/tram.txt"), article("tram"));
    sandbox.write("in/notes.toml", text("lamp"));
    sandbox.run(&["clean", "in", "--in-place", "--source", "port"]);
    assert_eq!(sandbox.read("in/notes.toml"), article("lamp"), "what is no rule file is a text");
}

#[test]
fn what_is_learnt_in_a_folder_is_for_that_folder_whatever_its_name() {
    let sandbox = Sandbox::new();
    let folder = "in/The [Port] Times {1}";
    for topic in TOPICS {
        sandbox.write(format!("{folder}/{topic}.txt"), text(topic));
    }
    sandbox.write("in/P/lamp.txt", text("lamp"));
    let run = sandbox.run(&["clean", "in", "--learn", "-o", "out"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(sandbox.read(format!("{}/tram.txt", folder.replacen("in", "out", 1))), article("tram"));
    assert_eq!(sandbox.read("out/P/lamp.txt"), text("lamp"));
}

#[test]
fn what_cannot_be_learnt_from_is_named() {
    let sandbox = sandbox();
    sandbox.write("in/wide.txt", b"\xff\xfeT\x00");
    let run = sandbox.run(&["learn", "in", "--source", "port"]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.contains("Port Letter") && run.stderr.contains("UTF-16"), "{}", run.stderr);
    sandbox.run(&["learn", "in/port.example/tram.txt", "--source", "port"]).assert("learn-one-text");
    let from_stdin = sandbox.run_with(&["learn", "-", "--source", "port"], text("tram"));
    let bad_source = sandbox.run(&["learn", "in", "--source", "the port"]);
    assert_all("learn-mistakes", &[from_stdin, bad_source]);
}

#[test]
fn cleaning_can_learn_first() {
    let sandbox = sandbox();
    sandbox.run(&["clean", "in", "--learn", "-o", "out"]).assert("learn-and-clean");
    for topic in TOPICS {
        assert_eq!(sandbox.read(format!("out/port.example/{topic}.txt")), article(topic));
    }
    for topic in TOPICS {
        sandbox.write(format!("flat/{topic}.txt"), text(topic));
    }
    sandbox.run(&["clean", "flat", "--learn", "--source", "port", "-o", "named"]);
    sandbox.run(&["clean", "flat", "--learn", "-o", "unnamed"]);
    assert_eq!(sandbox.read("named/tram.txt"), article("tram"));
    assert_eq!(sandbox.read("unnamed/tram.txt"), article("tram"));
    sandbox.run_with(&["clean", "-", "--learn"], text("tram")).assert("learn-stdin");
}

#[test]
fn whole_pages_are_told_from_what_an_extractor_left() {
    let sandbox = Sandbox::new();
    for topic in TOPICS {
        let menu: String =
            (0..20).map(|item| format!("Menu of the {}\n", ["day", "week", "year", "town"][item % 4])).collect();
        sandbox.write(format!("in/{topic}.txt"), format!("{menu}\n{}\n{menu}", article(topic)));
    }
    let run = sandbox.run(&["learn", "in", "--source", "port"]);
    assert!(run.stderr.ends_with("the texts are whole pages: clean them with --full-page\n"), "{}", run.stderr);
    assert!(run.stdout.contains("modes = [\"full-page\"]"), "{}", run.stdout);
    let never = sandbox.run(&["learn", "in", "--source", "port", "--full-page=never"]);
    assert!(!never.stdout.contains("full-page"), "{}", never.stdout);
}
