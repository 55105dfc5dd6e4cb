//! What of a user's rules is kept for the next run.

use std::fs;
use std::path::PathBuf;

use crate::sandbox::{Run, Sandbox};

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

const WITHOUT_LAMP: &str = "Soap\nIt rained in the harbour all day.\n";
const WITHOUT_SOAP: &str = "Lamp oil\nIt rained in the harbour all day.\n";

#[test]
fn rules_are_kept_for_the_next_run() {
    let sandbox = Sandbox::new();
    sandbox.write("mine.toml", rules("Lamp oil"));
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_LAMP);
    let [lamp] = &entries(&sandbox)[..] else { panic!("one entry for one set of rules") };
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_LAMP);
    sandbox.write("mine.toml", rules("Soap"));
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_SOAP, "other rules, another entry");
    let soap = entries(&sandbox).into_iter().find(|entry| entry != lamp).unwrap();
    fs::copy(lamp, soap).unwrap();
    assert_eq!(clean(&sandbox, &[]).stdout, WITHOUT_LAMP, "what was kept is what is used");
    assert_eq!(clean(&sandbox, &["--no-cache"]).stdout, WITHOUT_SOAP);
}

#[test]
fn what_is_broken_is_built_anew() {
    let sandbox = Sandbox::new();
    sandbox.write("mine.toml", rules("Lamp oil"));
    clean(&sandbox, &[]);
    let entry = entries(&sandbox).pop().unwrap();
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
    sandbox.write("mine.toml", rules("Lamp oil"));
    clean(&sandbox, &[]);
    for folder in ["cache", "cache/compiled-rules"] {
        assert_eq!(fs::metadata(sandbox.path(folder)).unwrap().permissions().mode() & 0o777, 0o700, "{folder}");
    }
}
