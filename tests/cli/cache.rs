//! What of a user's rules is kept for the next run.

use std::fs;
use std::path::PathBuf;

use crate::sandbox::{PROSE, Run, Sandbox};

/// A rule file that is worth keeping: many lines, of which one is given.
fn rules(line: &str) -> String {
    let rule = |number: usize, text: &str| {
        format!("[[line]]\nid = \"x.{number}\"\ncategory = \"ad\"\nwhy = \"label of a slot\"\nany = [\"{text}\"]\n\n")
    };
    let others = (1..800).map(|number| rule(number, &format!("Advertisement number {number}, and more of it")));
    format!("schema = 1\n\n{}{}", rule(0, line), others.collect::<String>())
}

fn clean(sandbox: &Sandbox, more: &[&str]) -> Run {
    let args: Vec<&str> =
        ["clean", "-", "--rules", "mine.toml", "--no-bundled", "-q"].into_iter().chain(more.iter().copied()).collect();
    Run::of(&args, sandbox.command(&args).write_stdin("Lamp oil\nSoap\nIt rained in the harbour all day.\n"))
}

fn entries(sandbox: &Sandbox) -> Vec<PathBuf> {
    let folder = sandbox.path("cache/compiled-rules");
    fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

/// Cleans by rules with a line, and gives the entry that is new.
fn kept(sandbox: &Sandbox, line: &str) -> PathBuf {
    let before = entries(sandbox);
    sandbox.write("mine.toml", rules(line));
    clean(sandbox, &[]);
    let new: Vec<PathBuf> = entries(sandbox).into_iter().filter(|entry| !before.contains(entry)).collect();
    <[PathBuf; 1]>::try_from(new).expect("one entry for one set of rules").into_iter().next().unwrap()
}

/// Where the entry of the rules at hand, which delete soap, holds other ones, which delete lamp oil.
fn forged() -> Sandbox {
    let sandbox = Sandbox::new();
    let lamp = kept(&sandbox, "Lamp oil");
    fs::copy(lamp, kept(&sandbox, "Soap")).unwrap();
    sandbox
}

const WITHOUT_LAMP: &str = "Soap\nIt rained in the harbour all day.\n";
const WITHOUT_SOAP: &str = "Lamp oil\nIt rained in the harbour all day.\n";

#[test]
fn rules_are_kept_for_the_next_run() {
    let sandbox = Sandbox::new();
    kept(&sandbox, "Lamp oil");
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_LAMP);
    kept(&sandbox, "Soap");
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_SOAP, "other rules, another entry");
    assert_eq!(entries(&sandbox).len(), 2);
    let sandbox = forged();
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_LAMP, "what was kept is what is used");
    assert_eq!(clean(&sandbox, &["--no-cache"]).stdout, WITHOUT_SOAP);
}

#[test]
fn what_is_broken_is_built_anew() {
    let sandbox = Sandbox::new();
    let entry = kept(&sandbox, "Lamp oil");
    let whole = fs::read(&entry).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for broken in [&flipped[..], &whole[..whole.len() / 2], &whole[..3], b""] {
        fs::write(&entry, broken).unwrap();
        let run = clean(&sandbox, &[]);
        assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, WITHOUT_LAMP, ""));
        assert!(fs::read(&entry).unwrap() == whole, "it is written anew");
    }
}

#[test]
fn nothing_is_kept_that_is_not_worth_it_or_not_wanted_or_wrong() {
    let sandbox = Sandbox::with_texts();
    sandbox.run(&["clean", "in", "-o", "out"]);
    sandbox.write("mine.toml", rules("Lamp oil"));
    clean(&sandbox, &["--no-cache"]);
    sandbox.write("mine.toml", rules("Lamp oil\"]\nstrips = [\"Soap"));
    for _ in 0..2 {
        let run = clean(&sandbox, &[]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "rules that fail their examples");
    }
    assert_eq!(entries(&sandbox), Vec::<PathBuf>::new());
}

#[test]
fn a_cache_that_cannot_be_written_is_done_without() {
    let sandbox = Sandbox::new();
    sandbox.write("mine.toml", rules("Lamp oil"));
    sandbox.write("cache", "a file where the directory would be");
    let run = clean(&sandbox, &[]);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, WITHOUT_LAMP, ""));
}

#[cfg(unix)]
#[test]
fn nobody_else_may_write_into_it() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = Sandbox::new();
    kept(&sandbox, "Lamp oil");
    for folder in ["cache", "cache/compiled-rules"] {
        assert_eq!(fs::metadata(sandbox.path(folder)).unwrap().permissions().mode() & 0o777, 0o700, "{folder}");
    }
}

/// The usual case: a file of one's own beside the bundled rules, which are kept by their numbers.
#[test]
fn a_file_beside_the_bundled_rules_is_kept() {
    let sandbox = Sandbox::new();
    let rule = "[[line]]\nid = \"x\"\ncategory = \"ad\"\nwhy = \"label of a slot\"\nany = [\"Lamp oil\"]\n";
    sandbox.write("mine.toml", format!("schema = 1\n\n{rule}"));
    let clean = |more: &[&str]| {
        let args = [&["clean", "-", "--isolated", "--rules", "mine.toml"], more].concat();
        let text = format!("{PROSE}\nLamp oil\n{PROSE}\nAdvertisement\n{PROSE}");
        Run::of(&args, sandbox.command(&args).write_stdin(text))
    };
    let anew = clean(&["--no-cache"]);
    assert_eq!(anew.stdout, format!("{PROSE}\n{PROSE}\n{PROSE}"));
    for _ in 0..2 {
        let run = clean(&[]);
        assert_eq!((run.status, &run.stdout, &run.stderr), (0, &anew.stdout, &anew.stderr));
        assert_eq!(entries(&sandbox).len(), 1);
    }
}

/// What the configuration says of rules is in no entry, so that it may change.
#[test]
fn what_is_said_of_rules_later_holds() {
    let sandbox = Sandbox::new();
    sandbox.write("deboil.toml", "");
    sandbox.write("mine.toml", rules("Lamp oil"));
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_LAMP);
    sandbox.write("deboil.toml", "disable = [\"x.0\"]\n");
    let run = clean(&sandbox, &[]);
    assert!(run.stdout.starts_with("Lamp oil\n"), "{}{}", run.stdout, run.stderr);
    sandbox.write("deboil.toml", "");
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_LAMP);
    assert_eq!(entries(&sandbox).len(), 1);
}

#[test]
fn a_check_looks_at_the_files_themselves() {
    let sandbox = Sandbox::new();
    sandbox.write("mine.toml", rules("Lamp oil").replacen('\n', "\n[patterns]\nunused = 'a lamp'\n", 1));
    // By the same rules as `rules check` has.
    sandbox.run(&["clean", "-", "--rules", "mine.toml", "-q"]);
    assert_eq!(entries(&sandbox).len(), 1);
    let run = sandbox.run(&["rules", "check", "mine.toml"]);
    assert!(run.stdout.contains("no pattern holds `unused`"), "{}", run.stdout);
}

#[test]
fn an_empty_name_is_none() {
    let sandbox = Sandbox::new();
    sandbox.write("mine.toml", rules("Lamp oil"));
    let args = ["clean", "-", "--rules", "mine.toml", "--no-bundled", "-q"];
    let mut command = sandbox.command(&args);
    command.env("DEBOIL_CACHE_DIR", "").env("XDG_CACHE_HOME", sandbox.path("home")).env("HOME", sandbox.path("home"));
    let run = Run::of(&args, command.write_stdin("Lamp oil\nSoap\n"));
    assert_eq!(run.stdout, "Soap\n");
    assert!(!sandbox.path("compiled-rules").exists());
    let under_home = [
        "home/deboil/compiled-rules",
        "home/.cache/deboil/compiled-rules",
        "home/Library/Caches/deboil/compiled-rules",
    ];
    assert!(under_home.iter().any(|folder| sandbox.path(folder).is_dir()));
}

#[cfg(unix)]
#[test]
fn nothing_is_believed_that_others_may_write() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = forged();
    let folder = sandbox.path("cache/compiled-rules");
    for mode in [0o777, 0o720, 0o702] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_SOAP, "it is built anew");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_LAMP, "it is believed again");
}
