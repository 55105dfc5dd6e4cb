//! The ledger, and what comes back by it.

use std::fs;

use deboil::text::compression::Compression;
use serde_json::Value;

use crate::records::{ODDITIES, mixed, record};
use crate::sandbox::{PROSE, Sandbox, assert_all, assert_snapshot};

/// Texts in `in`, what is left of them in `out`, and `ledger.jsonl`.
fn cleaned() -> Sandbox {
    let sandbox = Sandbox::with_texts();
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--ledger", "ledger.jsonl"]).status, 0);
    sandbox
}

#[test]
fn a_directory_comes_back() {
    let sandbox = cleaned();
    assert_snapshot("ledger", &sandbox.read("ledger.jsonl").replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    sandbox.run(&["restore", "out", "--ledger", "ledger.jsonl", "-o", "back"]).assert("ledger-restore");
    assert_eq!(sandbox.tree("back"), sandbox.tree("in"));
    let nowhere = sandbox.run(&["restore", "out", "--ledger", "ledger.jsonl"]);
    assert!(nowhere.status == 2 && nowhere.stderr.ends_with("say where they go: --output DIR or --in-place\n"));
    let one = sandbox.run(&["restore", "out/sub/b.txt", "--ledger", "ledger.jsonl", "-q"]);
    assert_eq!((one.status, one.stdout, one.stderr), (0, sandbox.read("in/sub/b.txt"), String::new()));
    assert_eq!(sandbox.run(&["restore", "out/sub", "--ledger", "ledger.jsonl", "-o", "part"]).status, 0);
    assert_eq!(sandbox.tree("part"), sandbox.tree("in/sub"), "a part of the output is found as well");
}

#[test]
fn what_was_cleaned_in_place_comes_back_in_place() {
    let sandbox = Sandbox::with_texts();
    let before = sandbox.tree("in");
    for ledger in ["ledger.jsonl", "ledger.jsonl.gz", "ledger.jsonl.zst"] {
        assert_eq!(sandbox.run(&["clean", "in", "-i", "--ledger", ledger]).status, 0);
        assert_ne!(sandbox.tree("in"), before);
        assert_eq!(sandbox.run(&["restore", "in/sub", "in/a.txt", "-i", "--ledger", ledger]).status, 0);
        assert_eq!(sandbox.tree("in"), before);
    }
    let again = sandbox.run(&["clean", "in", "-i", "--ledger", "ledger.jsonl"]);
    assert!(again.status == 2 && again.stderr.contains("name a new one, to restore by both"), "{}", again.stderr);
    let start = fs::read(sandbox.path("ledger.jsonl.zst")).unwrap();
    assert_eq!(Compression::of_magic(&start), Some(Compression::Zstd));
    let again = sandbox.run(&["restore", "in", "-i", "--ledger", "ledger.jsonl"]);
    assert_eq!((again.status, sandbox.tree("in")), (0, before), "what is the original already stays");
    let missing = sandbox.run(&["restore", "in/none.txt", "-i", "--ledger", "ledger.jsonl", "-q"]);
    assert_eq!(missing.status, 2);
    assert!(missing.stderr.contains("in/none.txt: No such file"), "{}", missing.stderr);
}

#[test]
fn standard_input_and_output_come_back() {
    let sandbox = Sandbox::new();
    let text = format!("{PROSE}\nAdvertisement\n");
    let cleaned = sandbox.run_with(&["clean", "-", "--ledger", "ledger.jsonl", "-q"], text.as_str());
    let back = sandbox.run_with(&["restore", "-", "--ledger", "ledger.jsonl", "-q"], cleaned.stdout);
    assert_eq!((back.status, back.stdout), (0, text.clone()));
    let file = record("").repeat(2);
    sandbox.write("in.jsonl", &file);
    let cleaned = sandbox.run(&["clean", "in.jsonl", "--ledger", "ledger.jsonl", "-q"]);
    let named = ["restore", "-", "--ledger", "ledger.jsonl", "--stdin-filename", "in.jsonl", "-q"];
    assert_eq!(sandbox.run_with(&named, cleaned.stdout.clone()).stdout, file);
    let nameless = sandbox.run_with(&["restore", "--ledger", "ledger.jsonl", "-q"], cleaned.stdout);
    assert_eq!((nameless.status, nameless.stdout), (2, String::new()));
    assert!(nameless.stderr.contains("name it with --stdin-filename"), "{}", nameless.stderr);
}

#[test]
fn what_was_edited_since_is_refused_and_the_rest_comes_back() {
    let sandbox = cleaned();
    sandbox.write("out/a.txt", sandbox.read("out/a.txt") + "A note.\n");
    sandbox.write("out/new.txt", "What the ledger does not know.\n");
    sandbox.run(&["restore", "out", "--ledger", "ledger.jsonl", "-o", "back"]).assert("ledger-edited");
    assert_eq!(sandbox.read("back/sub/b.txt"), sandbox.read("in/sub/b.txt"));
    assert_eq!(sandbox.read("back/new.txt"), sandbox.read("out/new.txt"));
    assert!(!sandbox.path("back/a.txt").exists());
    fs::remove_file(sandbox.path("out/a.txt")).unwrap();
    let missing = sandbox.run(&["restore", "out", "--ledger", "ledger.jsonl", "-o", "back"]);
    assert!(missing.stderr.contains("1 file of the ledger, not among the inputs"), "{}", missing.stderr);
}

/// A directory with a text from which two rules delete one line together, and each another one.
fn with_two_rules() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "rules/home.toml",
        "schema = 1\n[[line]]\nid = \"test.home\"\ncategory = \"navigation\"\nany = [\"Advertisement\", \"Go home\"]\n\
         why = \"menu\"\nstrips = [\"Go home\"]\n",
    );
    let lines = ["Advertisement", "Go home", "It rained. Read more here.", PROSE];
    sandbox.write("in/a.txt", lines.join("\n\n"));
    let json = serde_json::json!({"text": lines.join("\n\n"), "n": 1}).to_string();
    sandbox.write("in/b.jsonl", json.replace("Go", "\\u0047o") + "\n");
    sandbox.write("in/c.csv", format!("text,n\n\"{}\",1\n", lines.join("\n\n")));
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--ledger", "l", "--removals-field", "gone"]).status, 0);
    sandbox
}

#[test]
fn one_rule_is_undone_and_what_others_delete_stays_deleted() {
    let sandbox = with_two_rules();
    let gone = |args: &[&str]| {
        let run = sandbox.run(&[&["restore", "out", "--ledger", "l", "-o", "back"], args].concat());
        assert_eq!(run.status, 0, "{}", run.stderr);
        let text = sandbox.read("back/a.txt");
        let json: Value = serde_json::from_str(&sandbox.read("back/b.jsonl")).unwrap();
        let csv = csv::Reader::from_path(sandbox.path("back/c.csv")).unwrap().records().next().unwrap().unwrap();
        assert_eq!((json["text"].as_str().unwrap(), &csv[0]), (&*text, &*text), "{args:?}");
        let is_gone = |line: &&str| !text.contains(*line);
        ["Advertisement", "Go home", "Read more here."].into_iter().filter(is_gone).collect::<Vec<_>>()
    };
    assert_eq!(gone(&["--rule", "test.home"]), ["Advertisement", "Read more here."]);
    assert_eq!(gone(&["--category", "navigation"]), ["Advertisement", "Read more here."]);
    assert_eq!(gone(&["--rule", "test.home", "--category", "ad"]), ["Read more here."]);
    assert_eq!(gone(&["--rule", "test.ad"]), ["Advertisement", "Go home", "Read more here."]);
    assert_eq!(gone(&["--category", "related"]), ["Advertisement", "Go home"]);
    assert_eq!(gone(&["--rule", "test.more", "--rule", "test.home", "--rule", "test.ad"]), [""; 0]);
    let json = |path: &str| serde_json::from_str::<Value>(&sandbox.read(path)).unwrap();
    assert_eq!(json("back/b.jsonl")["gone"], json("out/b.jsonl")["gone"], "fields that were added stay");
    assert!(sandbox.read("back/b.jsonl").contains("\\u0047o home"), "escapes come back as they were");
    let slip = sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back", "--rule", "test.hom"]);
    let none = sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back", "--category", "share"]);
    assert_eq!(sandbox.tree("back"), sandbox.tree("out"), "nothing of this category went");
    assert_all("ledger-rules", &[slip, none]);
}

#[test]
fn records_come_back_with_all_their_escapes() {
    let sandbox = mixed();
    sandbox.write("in/odd.jsonl", ODDITIES.iter().map(|rest| record(rest)).collect::<String>() + "\nnonsense\n");
    sandbox.write("in/sub/f.tsv", "text\nAdvertisement\nRead more here. \"Ha \"ha\".\"\n");
    for added in [&[][..], &["--meta-field", "meta", "--removals-field", "n"]] {
        for threads in ["1", "3"] {
            let args = ["clean", "in", "-o", "out", "--ledger", "out.jsonl", "-j", threads];
            // The second time, the archive fails: it has no fields.
            assert_eq!(sandbox.run(&[&args[..], added].concat()).status, 2);
            if !added.is_empty() {
                fs::copy(sandbox.path("in/e.warc.wet"), sandbox.path("out/e.warc.wet")).unwrap();
            }
            sandbox.run(&["restore", "out", "--ledger", "out.jsonl", "-o", "back"]);
            assert_eq!(sandbox.tree("back"), sandbox.tree("in"), "{added:?}");
        }
    }
}

#[test]
fn compressed_records_come_back_and_each_of_an_archive_is_a_member() {
    let sandbox = mixed();
    for (name, compression) in [("b.jsonl", Compression::Zstd), ("e.warc.wet", Compression::Gzip)] {
        let bytes = compression.compressed(sandbox.read(format!("in/{name}")).as_bytes()).unwrap();
        sandbox.write(format!("packed/{name}.packed"), bytes);
    }
    sandbox.write("packed/a.txt.gz", Compression::Gzip.compressed(sandbox.read("in/a.txt").as_bytes()).unwrap());
    assert_eq!(sandbox.run(&["clean", "packed", "-o", "out", "--ledger", "l"]).status, 0);
    assert_eq!(sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back"]).status, 0);
    for (name, original) in
        [("a.txt.gz", "in/a.txt"), ("b.jsonl.packed", "in/b.jsonl"), ("e.warc.wet.packed", "in/e.warc.wet")]
    {
        let bytes = fs::read(sandbox.path(format!("back/{name}"))).unwrap();
        let compression = Compression::of_magic(&bytes).expect("it is compressed");
        let text = std::io::read_to_string(compression.decoder(&*bytes).unwrap()).unwrap();
        assert_eq!(text, sandbox.read(original), "{name}");
    }
}

#[test]
fn of_records_that_were_edited_or_are_gone_the_others_come_back() {
    let sandbox = Sandbox::new();
    let file: String = (0..4).map(|n| record(&format!(", \"n\": {n}"))).collect();
    sandbox.write("in/a.jsonl", &file);
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--ledger", "l"]).status, 0);
    let cleaned = sandbox.read("out/a.jsonl");
    sandbox.write("out/a.jsonl", cleaned.replace("\"n\": 1", "\"n\": 10"));
    let edited = sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back"]);
    let lines: Vec<&str> = file.lines().collect();
    let back = sandbox.read("back/a.jsonl");
    assert_eq!(back.lines().map(|line| lines.contains(&line)).collect::<Vec<_>>(), [true, false, true, true]);
    let cut: String = cleaned.split_inclusive('\n').take(2).collect();
    sandbox.write("out/a.jsonl", cut);
    let gone = sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back"]);
    assert_eq!(sandbox.read("back/a.jsonl"), file.split_inclusive('\n').take(2).collect::<String>());
    assert_all("ledger-records-edited", &[edited, gone]);
}

#[test]
fn a_ledger_that_is_no_whole_one_is_an_error() {
    let sandbox = cleaned();
    let ledger = sandbox.read("ledger.jsonl");
    let lines: Vec<&str> = ledger.split_inclusive('\n').collect();
    let run = |ledger: &str| {
        sandbox.write("l", ledger);
        let run = sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back"]);
        assert!(run.status == 2 && !sandbox.path("back").exists());
        run
    };
    let runs = [
        run(&ledger.replacen("1,\"deboil\":\"", "2,\"deboil\":\"9.", 1).replacen(env!("CARGO_PKG_VERSION"), "0", 1)),
        run(&lines[..2].concat()),
        run(&ledger[..ledger.len() - 3]),
        run(&ledger.replacen("\"start\"", "\"strt\"", 1)),
        run(&[lines[0], lines[2], lines[3]].concat()),
        run(&[lines[0], lines[1], lines[1], lines[3]].concat()),
        run(&ledger.repeat(2)),
        run("no ledger\n"),
        run(""),
    ];
    assert_all("ledger-corrupt", &runs);
    sandbox.write("l", lines[..2].concat() + "{\"end\":{\"documents\":1}}\n");
    let advised = sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back"]);
    assert_eq!((advised.status, sandbox.read("back/a.txt")), (0, sandbox.read("in/a.txt")), "as the message says");
}

#[test]
fn what_a_ledger_says_wrongly_is_not_written() {
    let sandbox = cleaned();
    let ledger = sandbox.read("ledger.jsonl");
    sandbox.write("l", ledger.replacen("Advertisement", "advertisement", 1).replacen("\"start\":", "\"start\":9", 1));
    let run = sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("out/a.txt: what the ledger says of it is corrupt"), "{}", run.stderr);
    assert!(!sandbox.path("back/a.txt").exists());
}

#[test]
fn no_path_in_a_ledger_leads_out_of_the_output() {
    let sandbox = cleaned();
    let before = sandbox.tree("");
    for outside in ["../a.txt", "/tmp/a.txt", "sub/../../a.txt"] {
        sandbox.write(
            "l",
            sandbox.read("ledger.jsonl").replacen("\"output\":\"a.txt\"", &format!("\"output\":{outside:?}"), 1),
        );
        assert_eq!(sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back/back"]).status, 0);
        assert_eq!(sandbox.read("back/back/a.txt"), sandbox.read("out/a.txt"), "no file is meant");
        fs::remove_dir_all(sandbox.path("back/back")).unwrap();
    }
    fs::remove_dir(sandbox.path("back")).unwrap();
    fs::remove_file(sandbox.path("l")).unwrap();
    assert_eq!(sandbox.tree(""), before);
}

#[test]
fn a_ledger_never_takes_the_place_of_a_text() {
    let sandbox = Sandbox::with_texts();
    let before = sandbox.tree("");
    let runs = [
        sandbox.run(&["clean", "in", "-o", "out", "--ledger", "in/a.txt"]),
        sandbox.run(&["clean", "in", "-i", "--ledger", "./in/sub/b.txt"]),
        sandbox.run(&["clean", "in", "-o", "out", "--ledger", "out/sub/clean.md"]),
        sandbox.run(&["clean", "in", "-o", "out", "--ledger", "l", "--report", "l"]),
        sandbox.run(&["clean", "in", "-o", "out", "--ledger", "in"]),
        sandbox.run(&["clean", "in", "-o", "out", "--ledger", "l", "--on-error", "skip"]),
        sandbox.run(&["clean", "in", "--check", "--ledger", "l"]),
    ];
    assert_eq!(sandbox.tree(""), before);
    assert_all("ledger-place", &runs);
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--ledger", "out/ledger.jsonl"]).status, 0);
    let among = sandbox.run(&["restore", "out", "--ledger", "out/ledger.jsonl", "-o", "back"]);
    assert!(among.status == 2 && among.stderr.contains("is one of the inputs"), "{}", among.stderr);
    let without = ["restore", "out", "--ledger", "out/ledger.jsonl", "-o", "back", "--exclude", "ledger.jsonl"];
    assert_eq!(sandbox.run(&without).status, 0);
    assert_eq!(sandbox.tree("back"), sandbox.tree("in"));
}

#[test]
fn the_ledger_is_the_same_whatever_the_threads_and_whole_where_inputs_fail() {
    let sandbox = mixed();
    sandbox.write("in/bad.jsonl", format!("{}nonsense\n", record("")));
    let ledger = |threads: &str| {
        let run = sandbox.run(&["clean", "in", "-o", "out", "--ledger", "l", "-j", threads]);
        assert_eq!(run.status, 2);
        sandbox.read("l")
    };
    // Nothing goes of it, and a text follows.
    sandbox.write("in/c.jsonl", format!("{{\"text\": \"{}\"}}\n", PROSE.trim_end()));
    sandbox.write("in/c.txt", format!("{PROSE}\nAdvertisement\n"));
    let one = ledger("1");
    assert!(one.ends_with("}}\n") && one.contains("bad.jsonl") && !one.contains("c.jsonl"));
    assert_eq!(ledger("4"), one);
}

#[cfg(unix)]
#[test]
fn a_path_may_be_any_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9\n.txt");
    let text = format!("{PROSE}\nAdvertisement\n");
    sandbox.write(std::path::Path::new("in").join(name), &text);
    assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--ledger", "l"]).status, 0);
    assert!(sandbox.read("l").contains("\"output\":{\"base64\":"));
    assert_eq!(sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back"]).status, 0);
    assert_eq!(sandbox.tree("back"), sandbox.tree("in"));
}

#[cfg(unix)]
#[test]
fn an_original_goes_only_when_the_ledger_has_what_went() {
    for blocks in 1..=4 {
        let sandbox = Sandbox::with_texts();
        let before = sandbox.tree("in");
        // A file that would grow beyond so many blocks is as one on a full disk.
        let program = env!("CARGO_BIN_EXE_deboil");
        let limited =
            format!("trap '' XFSZ; ulimit -f {blocks}; exec {program} clean in -i --no-bundled --ledger l -j 1");
        let mut shell = assert_cmd::Command::new("sh");
        let status = shell.current_dir(sandbox.path("")).args(["-c", &limited]).output().unwrap().status.code();
        // Where nothing was replaced, there is no ledger.
        let written = fs::read_to_string(sandbox.path("l")).unwrap_or_default();
        let (whole, _) = written.rsplit_once('\n').unwrap_or_default();
        let documents = whole.matches("{\"document\":").count();
        match status {
            Some(0) => assert_eq!(documents, 2),
            _ if documents == 0 => {}
            // As the message of a ledger that is cut off says.
            _ => sandbox.write("l", format!("{whole}\n{{\"end\":{{\"documents\":{documents}}}}}\n")),
        }
        // It says what of the work is done.
        let _ = fs::remove_file(sandbox.path("in/.deboil-journal"));
        assert_eq!(sandbox.tree("in") == before, documents == 0, "{blocks}");
        if documents > 0 {
            assert_eq!(sandbox.run(&["restore", "in", "-i", "--ledger", "l"]).status, 0);
        }
        assert_eq!(sandbox.tree("in"), before);
    }
}

#[cfg(feature = "parquet")]
mod tables {
    use super::*;
    use crate::parquet_files;

    /// A directory with a table of five rows in three row groups; nothing goes of the second.
    fn with_table() -> Sandbox {
        let sandbox = Sandbox::with_texts();
        parquet_files::write(&sandbox.path("in/t.parquet"), 2, &rows(&[true, true, false, false, true]));
        sandbox
    }

    /// Texts, some with junk.
    fn rows(junk: &[bool]) -> Vec<Option<&'static [u8]>> {
        let text = |&is_junk: &bool| if is_junk { JUNK.as_bytes() } else { PROSE.as_bytes() };
        junk.iter().map(|is_junk| Some(text(is_junk))).collect()
    }

    const JUNK: &str = "Advertisement\n\nIt rained. Read more here.\nIt rained all day, and the street was wet.\n";

    fn table(sandbox: &Sandbox, path: &str) -> Vec<String> {
        parquet_files::rows(fs::read(sandbox.path(path)).unwrap())
    }

    #[test]
    fn a_table_comes_back() {
        let sandbox = with_table();
        let before = sandbox.tree("in");
        for added in [&[][..], &["--meta-field", "after", "--removals-field", "gone"]] {
            for ledger in ["l", "l.zst"] {
                let clean = ["clean", "in", "-o", "out", "--ledger", ledger];
                assert_eq!(sandbox.run(&[&clean[..], added].concat()).status, 0);
                assert_ne!(table(&sandbox, "out/t.parquet"), table(&sandbox, "in/t.parquet"));
                assert_eq!(sandbox.run(&["restore", "out", "--ledger", ledger, "-o", "back"]).status, 0);
                assert_eq!(sandbox.tree("back"), before, "{added:?}");
            }
            let in_place = ["clean", "in", "-i", "--ledger", "i"];
            assert_eq!(sandbox.run(&[&in_place[..], added].concat()).status, 0);
            assert_ne!(sandbox.tree("in"), before);
            for _ in 0..2 {
                assert_eq!(sandbox.run(&["restore", "in", "-i", "--ledger", "i"]).status, 0);
                assert_eq!(sandbox.tree("in"), before, "what is the original already stays");
            }
            fs::remove_file(sandbox.path("i")).unwrap();
        }
        let ledger = sandbox.read("l").replace(env!("CARGO_PKG_VERSION"), "VERSION");
        let table: Vec<&str> = ledger.lines().filter(|line| line.contains("t.parquet")).collect();
        assert_snapshot("ledger-table", &table.join("\n"));
    }

    #[test]
    fn of_a_table_one_rule_is_undone() {
        let sandbox = with_table();
        let clean = ["clean", "in", "-o", "out", "--ledger", "l", "--removals-field", "after"];
        assert_eq!(sandbox.run(&clean).status, 0);
        let restore = |args: &[&str]| {
            let restore = ["restore", "out/t.parquet", "--ledger", "l", "-o", "back"];
            assert_eq!(sandbox.run(&[&restore[..], args].concat()).status, 0);
            table(&sandbox, "back/t.parquet")
        };
        let cleaned = table(&sandbox, "out/t.parquet");
        let with = |what: &str, to: &str| cleaned.iter().map(|row| row.replace(what, to)).collect::<Vec<_>>();
        assert_eq!(restore(&["--category", "related"]), with("rained.\nIt", "rained. Read more here.\nIt"));
        assert_eq!(
            restore(&["--rule", "test.ad"]),
            with("text: \"It rained.\n", "text: \"Advertisement\n\nIt rained.\n")
        );
        assert_eq!(restore(&["--category", "share"]), cleaned);
        let bytes = |path: &str| fs::read(sandbox.path(path)).unwrap();
        assert!(bytes("back/t.parquet") == bytes("out/t.parquet"), "nothing of this category went");
    }

    #[test]
    fn of_a_table_that_was_edited_the_other_rows_come_back() {
        let sandbox = with_table();
        assert_eq!(sandbox.run(&["clean", "in", "-o", "out", "--ledger", "l"]).status, 0);
        let whole = fs::read(sandbox.path("out/t.parquet")).unwrap();
        // The first of the rows, in which the last word is another one.
        let mut edited = whole.clone();
        let at = edited.windows(4).position(|bytes| bytes == b"wet.").unwrap();
        edited[at..at + 3].copy_from_slice(b"dry");
        sandbox.write("out/t.parquet", edited);
        let one = sandbox.run(&["restore", "out/t.parquet", "--ledger", "l", "-o", "back"]);
        let (back, original) = (table(&sandbox, "back/t.parquet"), table(&sandbox, "in/t.parquet"));
        let is_back: Vec<bool> = back.iter().zip(&original).map(|(back, original)| back == original).collect();
        assert_eq!(is_back, [false, true, true, true, true]);
        fs::remove_dir_all(sandbox.path("back")).unwrap();
        parquet_files::write(&sandbox.path("out/t.parquet"), 3, &rows(&[true; 5]));
        let rewritten = sandbox.run(&["restore", "out/t.parquet", "--ledger", "l", "-o", "back"]);
        sandbox.write("out/t.parquet", &whole[..whole.len() / 2]);
        let cut = sandbox.run(&["restore", "out/t.parquet", "--ledger", "l", "-o", "back"]);
        let piped = ["restore", "-", "--ledger", "l", "--stdin-filename", "t.parquet"];
        let piped = sandbox.run_with(&piped, whole);
        assert!(!sandbox.path("back").exists());
        assert_all("ledger-table-edited", &[one, rewritten, cut, piped]);
    }

    #[test]
    fn what_a_ledger_says_wrongly_of_a_table_is_not_written() {
        let sandbox = with_table();
        let clean = ["clean", "in/t.parquet", "-o", "out", "--ledger", "l", "--removals-field", "after"];
        assert_eq!(sandbox.run(&clean).status, 0);
        let ledger = sandbox.read("l");
        let lines: Vec<&str> = ledger.split_inclusive('\n').collect();
        assert!(lines[3].starts_with("{\"piece\":"));
        let run = |lines: &[&str]| {
            sandbox.write("l", lines.concat());
            let run = sandbox.run(&["restore", "out", "--ledger", "l", "-o", "back"]);
            assert!(run.status == 2 && !sandbox.path("back/t.parquet").exists());
            run
        };
        let longer = lines[2].replacen("\"base64\":\"", "\"base64\":\"AAAA", 1);
        let elsewhere = lines[3].replacen("\"at\":", "\"at\":1", 1);
        let runs = [
            run(&[&lines[..2], &lines[4..]].concat()),
            run(&[&lines[..2], &[&longer], &lines[3..]].concat()),
            run(&[&lines[..3], &[&elsewhere], &lines[4..]].concat()),
            run(&[&lines[..1], &lines[2..]].concat()),
        ];
        assert_all("ledger-table-corrupt", &runs);
    }
}
