//! Texts, as they are and compressed.

use deboil::text::compression::Compression;

use crate::stage::{JUNK, PROSE, Stage};

/// Some bytes as a file of gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    Compression::Gzip.compressed(bytes).unwrap()
}

/// What is left of a text.
fn left(text: &[u8]) -> Vec<u8> {
    let stage = Stage::new();
    stage.write("a.txt", text);
    let run = stage.clean(&["a.txt", "-q", "--force"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    run.stdout
}

/// Each with a line of junk at its end, in which nothing but that line is junk.
#[test]
fn of_a_text_that_is_hard_to_read_the_junk_goes_and_nothing_else() {
    let every_byte: Vec<u8> = (0..=255).filter(|&byte| byte != b'\n').collect();
    let every_pair: Vec<u8> =
        (0x80..=0xff).flat_map(|first| (0x80..=0xff).flat_map(move |second| [first, second, b' '])).collect();
    let hard: Vec<Vec<u8>> = vec![
        "word ".repeat(1 << 20).into_bytes(),
        vec![b'\n'; 1_000_000],
        vec![0; 1 << 20],
        every_byte.repeat(100),
        every_pair,
        b"\xf0\x9f\x98".repeat(1_000),
        b"\xed\xa0\x80\xc0\xaf\xf4\x90\x80\x80".repeat(1_000),
        vec![b'\r'; 100_000],
        b"a\rb\r\nc\n\rd\r\r\n\n".repeat(1_000),
        "\u{feff}".repeat(100_000).into_bytes(),
        format!("a{}", "\u{301}\u{323}".repeat(1 << 18)).into_bytes(),
        "\u{fdfa}".repeat(1 << 16).into_bytes(),
        "\u{200b}\u{ad}".repeat(1 << 18).into_bytes(),
        "\u{202e}\u{2066}".repeat(1 << 16).into_bytes(),
    ];
    for hard in hard {
        let start = [PROSE.as_bytes(), b"\n", &hard, b"\n", PROSE.as_bytes()].concat();
        let shown = hard[..hard.len().min(20)].escape_ascii().to_string();
        assert!(left(&[&start, JUNK.as_bytes()].concat()) == start, "{shown}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_line() {
    assert_eq!(left(format!("\u{feff}{JUNK}{PROSE}").as_bytes()), PROSE.as_bytes());
    assert_eq!(left(format!("\u{feff}\u{feff}{JUNK}\r\n{PROSE}").as_bytes()), PROSE.as_bytes());
}

/// Character references are read once, and once more where they were escaped twice; never until nothing is left to read.
#[test]
fn references_in_references_are_not_followed_for_ever() {
    let nested = format!("&{}lt;", "amp;".repeat(100_000));
    for hard in [nested, "&#0".repeat(50_000), "&".repeat(1 << 18), format!("&#{}65;", "0".repeat(1 << 18))] {
        let text = format!("{PROSE}\n{hard}\n\n{PROSE}");
        assert_eq!(left(format!("{text}{JUNK}").as_bytes()), text.as_bytes());
    }
    assert_eq!(left(format!("{PROSE}\n&#65;dvertisement\n&amp;#65;dvertisement\n").as_bytes()), PROSE.as_bytes());
}

/// So many mebibytes of one byte behind a start, a frame each.
fn bomb(start: &str, mebibytes: usize) -> Vec<u8> {
    let frame = |bytes: &[u8]| Compression::Zstd.compressed(bytes).unwrap();
    [frame(start.as_bytes()), frame(&vec![b'a'; 1 << 20]).repeat(mebibytes)].concat()
}

#[test]
fn a_bomb_is_a_failure_of_its_own() {
    let stage = Stage::new();
    stage.write("in/a.txt", format!("{PROSE}\n{JUNK}"));
    stage.write("in/b.txt.zst", bomb("", 1025));
    stage.write("in/c.jsonl.zst", bomb("{\"text\":\"", 1025));
    let run = stage.clean(&["in", "-o", "out", "-j1"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("in/b.txt.zst: its text has more than a gibibyte"), "{}", run.stderr);
    assert!(run.stderr.contains("in/c.jsonl.zst:1: a record has no end in a gibibyte"), "{}", run.stderr);
    assert_eq!(stage.read("out/a.txt"), PROSE.as_bytes());
    assert!(!stage.path("out/b.txt.zst").exists() && !stage.path("out/c.jsonl.zst").exists());
}
