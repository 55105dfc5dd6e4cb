use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const SENTENCE: &str = "Let’s block ads! (Why?)";
const FOLDED: &str = "let's block ads! (why?)";

fn bare(line: &str) -> View {
    views(line.as_bytes(), Case::Folded).bare
}

fn fold(line: &str) -> String {
    bare(line).text().to_owned()
}

fn plain(line: &str) -> View {
    let views = views(line.as_bytes(), Case::Folded);
    views.plain.unwrap_or(views.bare)
}

/// What the part of the line would be deleted for this part of the folded text.
fn taken<'a>(view: &View, line: &'a str, part: &str) -> Option<&'a str> {
    let start = view.text().find(part).expect("the part is in the view");
    view.original(start..start + part.len()).map(|range| &line[range])
}

#[test]
fn every_spelling_of_a_sentence_is_one() {
    for line in [
        "Let's block ads! (Why?)",
        SENTENCE,
        "Let&rsquo;s block ads! (Why?)",
        "Let&#8217;s block ads! (Why?)",
        "Let&#x2019;s block ads! (Why?)",
        "Let&#146;s block ads! (Why?)",
        "Let&amp;rsquo;s block ads! (Why?)",
        "Let&amp;amp;#8217;s block ads! (Why?)",
        "Letâ€™s block ads! (Why?)",
        "Let&acirc;&euro;&trade;s block ads! (Why?)",
        "Let`s block ads! (Why?)",
        "Let\u{2b9}s block ads! (Why?)",
        "Let’s\u{a0}block\u{2009}ads!\t(Why?)",
        "Let’s&nbsp;block Â\u{a0} ads! \u{3000}(Why?)",
        "Let’s  block \u{200b} ads!   (Why?)",
        "Let’s b\u{ad}lock a&shy;ds! (\u{feff}Why?)",
        "LET’S BLOCK ADS! (WHY?)",
        "Ｌｅｔ＇ｓ ｂｌｏｃｋ ａｄｓ！ （Ｗｈｙ？）",
        "**Let’s block ads! (Why?)**",
        "***Let’s block ads!*** __(Why?)__",
        "Let’s _block_ ads! (Why?)",
        "Let’s [block ads](https://blockads.fivefilters.org/a_(b)_c)! (Why?)",
        "**Let’s [block ads!](https://blockads.fivefilters.org) [(Why?)](https://x.org/a*b)**",
        "> - **Let’s block ads!** (Why?)",
        "## Let’s block ads! (Why?) ##",
        "\u{feff}• Let’s block ads! (Why?)",
        "\u{200e}Let’s block ads! (Why?)\r",
    ] {
        let view = bare(line);
        assert_eq!(view.text(), FOLDED, "{line}");
        assert_eq!(view.original(0..FOLDED.len()), Some(edges(line.as_bytes())), "{line}");
    }
}

#[test]
fn a_sentence_in_a_line_maps_to_its_bytes() {
    for sentence in [
        "Let's block ads! (Why?)",
        SENTENCE,
        "Let&amp;rsquo;s block ads! (Why?)",
        "Letâ€™s block ads! (Why?)",
        "Let’s\u{a0} block a\u{ad}ds! (Why?)",
        "ＬET’S block ads! (Why?)",
        "**Let’s block ads! (Why?)**",
        "[Let’s block ads! (Why?)](https://x.org)",
        "**Let’s [block ads!](https://x.org) _(Why?)_**",
        "[![Let’s block ads! (Why?)](a.png \"x\")](https://x.org)",
    ] {
        for (before, after) in [("Über &amp; ", " the end…"), ("", " x"), ("a… ", ""), ("> # ß ", " _")] {
            let line = format!("{before}{sentence}{after}");
            let mut expected = before.len()..before.len() + sentence.len();
            let view = bare(&line);
            let start = view.text().find(FOLDED).expect("the sentence is found");
            let range = start..start + FOLDED.len();
            if range == (0..view.text().len()) {
                expected = edges(line.as_bytes());
            }
            assert_eq!(view.original(range), Some(expected), "{line}");
        }
    }
}

#[test]
fn references() {
    assert_eq!(fold("a &amp; b &lt;c&gt; AT&T &foo; &notit; &; &#; &#x;"), "a & b <c> at&t &foo; &notit; &; &#; &#x;");
    assert_eq!(fold("&amp;amp;amp;lt;"), "<");
    assert_eq!(fold("&am&#112;lt;"), "&amplt;");
    assert_eq!(fold("&am&#112;&semi;x"), "&x");
    assert_eq!(fold("&#0; &#x110000; &#99999999999999; &#128;"), "\u{fffd} \u{fffd} \u{fffd} €");
    assert_eq!(fold("&NotEqualTilde;"), "≂\u{338}");
    assert_eq!(fold("&RSQUO;"), "'");
    assert_eq!(fold("＆ＲＳＱＵＯ；"), "'");
}

#[test]
fn misread_sequences() {
    assert_eq!(fold("CafÃ© Â© â€œxâ€\u{9d} â€“ ðŸ˜€ â€¦ Â\u{a0}."), "café © \"x\" - 😀 ... .");
    assert_eq!(fold("Â, Ã’ or Été à"), "â, ò or été à");
    assert_eq!(fold("ï»¿x"), "x");
    assert_eq!(fold("â€¢ x"), "x");
    // A capital and a quote that look like a misread letter.
    assert_eq!(fold("“CAFÉ” CAFÉ’S CAFÉ&rsquo;S CAFÉ\u{a0}!"), "\"café\" café's café's café !");
    // Twice misread.
    assert_eq!(fold("itÃ¢â‚¬â„¢s"), "it's");
}

#[test]
fn quotes_and_dashes() {
    assert_eq!(fold("‘a’ ‚b‛ ′c´ `dʼ ‵"), "'a' 'b' 'c' 'd' '");
    assert_eq!(fold("“a” „b‟ ″c‶ 〝d〞"), "\"a\" \"b\" \"c\" \"d\"");
    assert_eq!(fold("‹a› «b»"), "‹a› «b»");
    assert_eq!(fold("x - ‐ ‑ ‒ – — ― − ﹣ － 〜"), "x - - - - - - - - - - -");
    assert_eq!(fold("– a"), "- a");
}

#[test]
fn what_has_no_width() {
    let line = "so\u{ad}ft \u{200b} x\u{fe0f}";
    let view = bare(line);
    assert_eq!(view.text(), "soft x");
    assert_eq!(taken(&view, line, "so"), Some("so"));
    assert_eq!(taken(&view, line, "ft"), Some("ft"));
    assert_eq!(taken(&view, line, "soft"), Some("so\u{ad}ft"));
    assert_eq!(taken(&view, line, "of"), Some("o\u{ad}f"));
    assert_eq!(taken(&view, line, " "), Some(" \u{200b} "));
    assert_eq!(taken(&view, line, "soft x"), Some(line));
}

#[test]
fn white_space() {
    let every = "a\t\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}b";
    assert_eq!(fold(every), "a b");
    assert_eq!(fold(" \t\u{a0}&nbsp;\r"), "");
    assert_eq!(fold(""), "");
    let line = "a  b c";
    let view = bare(line);
    assert_eq!(taken(&view, line, "a "), Some("a  "));
    assert_eq!(taken(&view, line, "b "), Some("b "));
}

#[test]
fn ellipses() {
    let line = "a… b...";
    let view = bare(line);
    assert_eq!(view.text(), "a... b...");
    assert_eq!(taken(&view, line, "a.."), None);
    assert_eq!(taken(&view, line, "a..."), Some("a…"));
    assert_eq!(taken(&view, line, "b.."), Some("b.."));
}

#[test]
fn normal_forms_and_case() {
    assert_eq!(fold("ﬁne ½ ² ａ Ⅷ ㎏ ｶﾞ"), "fine 1⁄2 2 a viii kg ガ");
    assert_eq!(fold("Straße ΣΊΣΥΦΟΣ ς ſ K Å İ"), "strasse σίσυφοσ σ s k å i\u{307}");
    assert_eq!(fold("e\u{301} E\u{301} é"), "é é é");
    assert_eq!(fold("e\u{200b}\u{301}"), "é");
    assert_eq!(fold("\u{1112}\u{1161}\u{11ab}"), "한");
    let views = views("Straße ﬁ".as_bytes(), Case::Kept);
    assert_eq!(views.bare.text(), "Straße fi");
}

#[test]
fn a_part_of_a_unit_is_no_match() {
    for (line, part) in [
        ("x straße", "stras"),
        ("x ﬁne", "ine"),
        ("x &hellip;", "x ."),
        ("x … y", ". y"),
        ("e\u{323}\u{302}\u{315} x", "ệ"),
        ("x &NotEqualTilde;y", "x ≂"),
        ("x İy", "x i"),
    ] {
        assert_eq!(taken(&bare(line), line, part), None, "{line}");
    }
    let line = "xéy";
    assert_eq!(bare(line).original(0..2), None);
    assert_eq!(bare(line).original(2..4), None);
    assert_eq!(bare(line).original(1..3), Some(1..3));
}

#[test]
fn ranges_that_are_none() {
    for line in ["abc", "äbc", "**abc**", ""] {
        let view = bare(line);
        assert_eq!(view.original(1..1), None);
        assert_eq!(view.original(0..99), None);
        let (start, end) = (2, 1);
        assert_eq!(view.original(start..end), None);
    }
}

#[test]
fn invalid_utf8_is_one_replacement_for_each_sequence() {
    let line = b"a \xff\xe2\x80 b";
    let view = views(line, Case::Folded).bare;
    assert_eq!(view.text(), "a \u{fffd}\u{fffd} b");
    assert_eq!(view.original(5..8), Some(3..5));
    assert_eq!(view.original(2..5), Some(2..3));
    assert_eq!(view.original(3..8), None);
}

#[test]
fn a_table_with_more_than_one_text_stays_one() {
    for line in ["| a | b |", "| a \\| b |", "| a", "a |", "a | b |", "| | |", "| --- |", "|"] {
        assert_eq!(fold(line), line, "{line}");
    }
    let line = "| | share it  ||";
    assert_eq!(taken(&bare(line), line, "share it"), Some(line));
}

#[test]
fn decoration() {
    for (line, expected) in [
        ("# Title", "title"),
        ("###### Title ##", "title"),
        ("####### Seven", "####### seven"),
        ("#hashtag", "#hashtag"),
        ("# C#", "c#"),
        ("Title ##", "title ##"),
        (">> - * + • x", "x"),
        ("-x", "-x"),
        ("1. x", "1. x"),
        ("- [ ] todo", "[ ] todo"),
        ("**bold** *it* __b__ _i_ ***both***", "bold it b i both"),
        ("**a *b* c** ***a** b* **a *b***", "a b c a b a b"),
        ("snake_case_name __init__x 2*3", "snake_case_name __init__x 2*3"),
        ("**Note:**glued", "note:glued"),
        ("5 * 3 * 2 ** x", "5 * 3 * 2 ** x"),
        ("f**k and sh*t", "f**k and sh*t"),
        ("name ____ date ____", "name ____ date ____"),
        ("****four****", "****four****"),
        ("a lone * and ** and _", "a lone * and ** and _"),
        (r"\*not\* \[a](b)", r"\*not\* \[a](b)"),
        ("&#42;not&#42;", "*not*"),
        ("[a](b) ![alt](c)d", "a altd"),
        ("[a [b](c) d](e)", "a b d"),
        ("[a][b] [c] (d) [e](f", "[a][b] [c] (d) [e](f"),
        ("[a](b(c)d(e)) [f](g(h(i)))", "a [f](g(h(i)))"),
        ("x[](u)y", "xy"),
        ("a[ ](u)b", "a b"),
        (r"\![a](u) *b* [c*](u) *d*", r"\!a b c* d"),
        (r"[a](u\)v) \", r"a \"),
        ("[a](u)![b](u)", "ab"),
        ("a [ b ](u) c", "a b c"),
        ("*a [b* c](u)", "*a b* c"),
        ("*a [b* c](u) d*", "a b* c d"),
        ("[a](x*y) *b*", "a b"),
        ("| Page 1 of 2 |  |  |", "page 1 of 2"),
        ("||  | **Share**\t||", "share"),
        ("> | a - b |", "a - b"),
    ] {
        assert_eq!(fold(line), expected, "{line}");
        let kept = plain(line);
        assert_eq!(kept.text(), literal(line, Case::Folded), "{line}");
    }
}

#[test]
fn a_line_of_decoration_alone_has_none() {
    for line in ["***", "---", "* * *", "#", "> **", "- - -", "**", "_", "•"] {
        let views = views(line.as_bytes(), Case::Folded);
        assert_eq!(views.bare.text(), line);
        assert!(views.plain.is_none(), "{line}");
    }
}

#[test]
fn a_part_of_an_enclosure_is_no_match() {
    let line = "see **Get [the news](u) now** here";
    for view in [bare(line), plain(line)] {
        for part in ["see", "here"] {
            assert_eq!(taken(&view, line, part), Some(part));
        }
        for part in ["news", "the", "get", "now", "see **get", "] now", "**"] {
            if view.text().contains(part) {
                assert_eq!(taken(&view, line, part), None, "{part}");
            }
        }
        assert_eq!(taken(&view, line, "the news"), None);
    }
    let view = bare(line);
    assert_eq!(taken(&view, line, "get the news now"), Some("**Get [the news](u) now**"));
    assert_eq!(taken(&view, line, "get the news"), None);
    assert_eq!(taken(&view, line, "see get the news now"), Some("see **Get [the news](u) now**"));
    let view = plain(line);
    assert_eq!(taken(&view, line, "[the news](u)"), None);
    assert_eq!(taken(&view, line, "get [the news](u) now"), Some("**Get [the news](u) now**"));
    assert_eq!(taken(&view, line, "[the news](u) now"), None);
}

#[test]
fn widening_takes_nested_decoration() {
    let line = "x [![Sign Up](i)](u) ***Why?*** y";
    let view = bare(line);
    assert_eq!(taken(&view, line, "sign up"), Some("[![Sign Up](i)](u)"));
    assert_eq!(taken(&view, line, "why?"), Some("***Why?***"));
    assert_eq!(taken(&view, line, "sign up why?"), Some("[![Sign Up](i)](u) ***Why?***"));
    assert_eq!(taken(&view, line, "sign"), None);
}

#[test]
fn spaces_at_the_edge_of_an_enclosure() {
    let line = "a [ b](u) c";
    let view = bare(line);
    assert_eq!(view.text(), "a b c");
    assert_eq!(taken(&view, line, "b"), Some("[ b](u)"));
    assert_eq!(taken(&view, line, "a b"), Some("a [ b](u)"));
    assert_eq!(taken(&view, line, "a "), None);
    assert_eq!(taken(&view, line, "a"), Some("a"));
}

#[test]
fn a_mark_outside_of_an_enclosure_joins_what_is_inside() {
    let line = "x **e**\u{301} y";
    let view = bare(line);
    assert_eq!(view.text(), "x é y");
    assert_eq!(taken(&view, line, "é"), Some("**e**\u{301}"));
    let line = "x**\u{301}y** z";
    assert_eq!(taken(&bare(line), line, "x\u{301}"), None);
    assert_eq!(taken(&bare(line), line, "x\u{301}y"), Some("x**\u{301}y**"));
}

#[test]
fn the_whole_view_takes_the_edges() {
    let line = "  > ## **Get the news** [Sign Up](#) ## \u{200b} ";
    let view = bare(line);
    assert_eq!(view.text(), "get the news sign up");
    assert_eq!(view.original(0..view.text().len()), Some(2..line.len() - 1));
    assert_eq!(taken(&view, line, "get the news"), Some("**Get the news**"));
}

#[test]
fn a_folder_finds_its_way() {
    let mut folder = Folder::new();
    let lines = ["  Plain text", "", "a **Bold** wörd", "- “so”"].map(str::as_bytes);
    for (number, line) in (7..).zip(lines) {
        folder.push(number, line);
    }
    assert_eq!(folder.buffer().as_bstr(), "plain text\n\na bold wörd\na **bold** wörd\n\"so\"\n- \"so\"\n");
    let original = |view, line: usize, range| folder.original(view, lines[line], range);
    let views: Vec<_> = folder.spans().iter().map(|placed| (placed.line, placed.plain)).collect();
    assert_eq!(views, [(7, false), (8, false), (9, false), (9, true), (10, false), (10, true)]);
    assert_eq!(original(0, 0, 6..10), Some(8..12));
    assert_eq!(original(2, 2, 2..6), Some(2..10));
    assert_eq!(original(3, 2, 4..8), Some(2..10));
    assert_eq!(original(3, 2, 4..7), None);
    assert_eq!(original(4, 3, 1..3), Some(5..7));
    assert_eq!(original(4, 3, 0..4), Some(0..10));
    assert_eq!(original(5, 3, 2..6), Some(2..10));
    assert_eq!(folder.text(3).as_bstr(), "a **bold** wörd");
}

#[test]
fn the_searches_of_markdown_are_linear() {
    let many = 2_000;
    for piece in [
        "[",
        "]",
        "](",
        "[x](",
        "[a](b(c)",
        "**a ",
        "a** ",
        "*a **b _c __d ",
        "a* b** c_ d__ ",
        "*a_ ",
        "[*a* ",
        "*[a](b)",
        "**x*y***z*",
        "[a*b](c",
        "(x](y)",
        "a**b*",
        "_*",
        "![",
        "[[a](b)",
    ] {
        for prefix in
            ["", "*a **b _c [d ", "[".repeat(many).as_str(), "*a ".repeat(many).as_str(), "_a ".repeat(many).as_str()]
        {
            let line = format!("{prefix}{}", piece.repeat(many));
            markdown::STEPS.set(0);
            let view = bare(&line);
            let steps = markdown::STEPS.get();
            assert!(steps <= 16 * line.len(), "{steps} steps for {} bytes of {piece}", line.len());
            assert!(view.text().len() <= line.len());
        }
    }
}

#[test]
fn long_lines_of_one_thing_are_folded() {
    for piece in ["&", "&amp;", "amp;", "&#0", ";", "\u{301}", "**", "Ã", "ﷺ", "\u{200b}", "[![x](y)](z)", "&a&#109;p;"]
    {
        let line = piece.repeat(20_000);
        for view in views(line.as_bytes(), Case::Folded).iter() {
            assert_eq!(view.original(0..view.text().len()).is_some(), !view.text().is_empty());
        }
    }
}

const PIECES: &[&str] = &[
    "a",
    "B",
    "word",
    "Straße",
    " ",
    "  ",
    "\t",
    "\u{a0}",
    "\u{200b}",
    "\u{ad}",
    "\u{feff}",
    "…",
    "...",
    "’",
    "“",
    "—",
    "-",
    "- ",
    "# ",
    "#",
    "> ",
    "* ",
    "*",
    "**",
    "***",
    "_",
    "__",
    "[",
    "]",
    "](",
    "](u)",
    "![",
    "(",
    ")",
    "\\",
    "•",
    "&",
    ";",
    "&amp;",
    "amp;",
    "&rsquo;",
    "&#8217;",
    "&#42;",
    "&nbsp;",
    "&hellip;",
    "&NotEqualTilde;",
    "&RSQUO;",
    "â€™",
    "Ã©",
    "Ã",
    "Â",
    "Á",
    "â",
    "€",
    "™",
    "«",
    "»",
    "\u{301}",
    "\u{345}",
    "\u{323}",
    "ﬁ",
    "ﷺ",
    "¨",
    "´",
    "İ",
    "ß",
    "ς",
    "ǰ",
    "ΐ",
    "ᾳ",
    "＆",
    "；",
    "ａ",
    "＃",
    "＊",
    "½",
    "\u{1161}",
    "\u{1100}",
    "한",
    "ﾞ",
    "ｶ",
    "日本",
    "😀",
    "\u{fe0f}",
    "\r",
    "\u{85}",
    "`",
];

/// What lines of lists, quotations and tables start with.
const MARKS_OF_LINES: &[&str] = &[
    "- ", "-", "> ", ">", "+ ", "• ", "•", "| ", "|", "#", "# ", " ", "\t", "\u{a0}", "\u{ad}", "é", "“", "a ",
    "Â\u{a0}",
];

/// Letters and marks that compose across each other.
const MARKS: [char; 26] = [
    'a', 'E', 'ﬁ', '\u{300}', '\u{301}', '\u{323}', '\u{302}', '\u{345}', '\u{338}', '=', 'ệ', '\u{1100}', '\u{1161}',
    '\u{11a8}', '가', '\u{3131}', '\u{314f}', 'カ', 'ｶ', '\u{3099}', 'ﾞ', '\u{9c7}', '\u{9be}', '\u{f73}', 'Α', 'Ω',
];

/// Whether a step before normalisation has to do with a character or its forms.
fn is_special(ch: char) -> bool {
    use unicode_normalization::UnicodeNormalization;

    ch == '&'
        || std::iter::once(ch).nfkc().any(|ch| mojibake::continues(ch) || mojibake::is_lead(ch) || ch.is_whitespace())
        || ch.to_lowercase().any(mojibake::is_lead)
        || !literal(&format!("a{ch}"), Case::Kept).chars().eq(std::iter::once('a').chain(std::iter::once(ch).nfkc()))
}

fn letter() -> impl Strategy<Value = char> {
    let any = any::<char>().prop_filter("no step before", |&ch| !is_special(ch));
    prop_oneof![select(&MARKS[..]), any]
}

fn tricky() -> impl Strategy<Value = String> {
    vec(select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

fn tricky_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>().prop_filter("no line feed", |byte| *byte != b'\n'), 1..3),
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Every range of a view either maps to bytes of the line that start and end on characters, or to
/// none.
fn check_ranges(line: &[u8], view: &View) {
    let text = view.text();
    let starts: std::collections::BTreeSet<usize> =
        line.char_indices().flat_map(|(start, end, _)| [start, end]).collect();
    for start in 0..=text.len() {
        for end in start..=text.len() {
            let Some(bytes) = view.original(start..end) else {
                continue;
            };
            assert!(start < end && text.is_char_boundary(start) && text.is_char_boundary(end));
            assert!(bytes.start < bytes.end && bytes.end <= line.len());
            assert!(starts.contains(&bytes.start) && starts.contains(&bytes.end));
            for enclosure in &view.enclosures {
                let outer = enclosure.outer.start as usize..enclosure.outer.end as usize;
                let apart = outer.end <= bytes.start || bytes.end <= outer.start;
                assert!(apart || (bytes.start <= outer.start && outer.end <= bytes.end));
            }
        }
    }
}

/// A stream either gives up or writes what rounds through the table write.
fn check_stream(line: &[u8]) {
    let mut scratch = Scratch::default();
    let decorated = scratch.read(line);
    for (case, all) in [(Case::Kept, true), (Case::Folded, true), (Case::Folded, !decorated)] {
        let (mut settled, mut streamed) = (Sheet::default(), Sheet::default());
        scratch.choose(all);
        let done = scratch.stream(Stream::new(line, case, &mut streamed)).is_some();
        scratch.settle(case);
        settled.write(&scratch.atoms);
        if done && !scratch.changed {
            assert_eq!(streamed.text, settled.text, "{}", line.as_bstr());
            assert_eq!(streamed.pieces, settled.pieces, "{}", line.as_bstr());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn folding_a_literal_again_changes_nothing(text in tricky()) {
        for case in [Case::Kept, Case::Folded] {
            let once = literal(&text, case);
            prop_assert_eq!(literal(&once, case), once);
        }
    }

    #[test]
    fn segments_normalise_as_the_whole(text in vec(letter(), 0..12)) {
        use caseless::Caseless;
        use unicode_normalization::UnicodeNormalization;

        let text = String::from_iter(text);
        prop_assert_eq!(literal(&text, Case::Kept), text.nfkc().collect::<String>());
        let folded = text.nfkc().default_case_fold().nfkc().collect::<String>();
        prop_assert_eq!(literal(&text, Case::Folded), folded);
    }

    #[test]
    fn the_plain_view_is_folded_as_a_literal(line in tricky()) {
        let view = plain(&line);
        prop_assert_eq!(view.text(), literal(&line, Case::Folded));
    }

    #[test]
    fn ranges_map_to_characters_and_whole_enclosures(line in tricky_bytes()) {
        for case in [Case::Kept, Case::Folded] {
            for view in views(&line, case).iter() {
                check_ranges(&line, view);
                let whole = view.original(0..view.text().len());
                prop_assert_eq!(whole, (!view.text().is_empty()).then(|| edges(&line)));
            }
        }
    }

    #[test]
    fn simple_lines_fold_as_any(line in "[ -~]{0,40}", case in select(&[Case::Kept, Case::Folded][..])) {
        let Some(edges) = characters::simple(line.as_bytes()) else { return Ok(()) };
        let (mut simple, mut any) = (Folder::new(), Folder::new());
        simple.fold_simple(0, line.as_bytes(), edges, case);
        any.fold_any(0, line.as_bytes(), case, Trace::Now);
        prop_assert_eq!(simple.buffer(), any.buffer());
        for start in 0..=simple.text(0).len() {
            for end in start..=simple.text(0).len() {
                let original = |folder: &Folder| folder.original(0, line.as_bytes(), start..end);
                prop_assert_eq!(original(&simple), original(&any));
            }
        }
    }

    #[test]
    fn streaming_folds_as_settling(line in tricky_bytes()) {
        check_stream(&line);
    }

    #[test]
    fn what_bytes_tell_of_a_line_is_what_its_characters_tell(
        start in vec(select(MARKS_OF_LINES), 0..6), rest in prop_oneof!["[a-z |>-]{0,12}", tricky()],
        how in select(&[(Case::Kept, Trace::Now), (Case::Folded, Trace::Now), (Case::Folded, Trace::Later)][..]),
    ) {
        let (line, (case, trace)) = (start.concat() + &rest, how);
        let (mut streamed, mut slow) = (Folder::new(), Folder::new());
        if streamed.fold_streaming(0, line.as_bytes(), case, trace).is_none() {
            prop_assert!(streamed.spans().is_empty() && streamed.buffer().is_empty() && streamed.sheet.pieces.is_empty());
            return Ok(());
        }
        slow.fold_slowly(0, line.as_bytes(), case);
        prop_assert_eq!(streamed.buffer().as_bstr(), slow.buffer().as_bstr());
        for (index, placed) in slow.spans().iter().enumerate() {
            prop_assert_eq!(streamed.spans()[index].plain, placed.plain);
            for start in 0..=slow.text(index).len() {
                for end in start..=slow.text(index).len() {
                    let range = start..end;
                    let original = |folder: &Folder| folder.original(index, line.as_bytes(), range.clone());
                    prop_assert_eq!(original(&streamed), original(&slow));
                }
            }
        }
    }

    #[test]
    fn a_folder_folds_as_views_do(lines in vec(tricky_bytes(), 0..5)) {
        let mut folder = Folder::new();
        let mut expected = Vec::new();
        for (number, line) in (0..).zip(&lines) {
            folder.push(number, line);
            expected.extend(views(line, Case::Folded).iter().map(|view| (number, view.clone())));
        }
        prop_assert_eq!(folder.spans().len(), expected.len());
        for (index, (number, view)) in expected.iter().enumerate() {
            let placed = &folder.spans()[index];
            prop_assert_eq!(placed.line, *number);
            prop_assert_eq!(folder.text(index).as_bstr(), view.text());
            for end in 0..=view.text().len() {
                let line = &lines[*number as usize];
                prop_assert_eq!(folder.original(index, line, end / 2..end), view.original(end / 2..end));
            }
        }
    }

    #[test]
    fn any_bytes_fold(line in vec(any::<u8>(), 0..60)) {
        for view in views(&line, Case::Folded).iter() {
            check_ranges(&line, view);
        }
    }
}

#[test]
fn list_items_quotations_and_rows_of_tables_are_read_from_start_to_end() {
    let is_streamed = |line: &str| Folder::new().fold_streaming(0, line.as_bytes(), Case::Folded, Trace::Now).is_some();
    for line in ["- one", " > - “two”", "• Über", "| one | two |", "+ 3", "no mark"] {
        assert!(is_streamed(line), "{line}");
    }
    for line in ["- **one**", "- - -", "-one", "| one |", "- a | b", "# one", "•\u{a0}one"] {
        assert!(!is_streamed(line), "{line}");
    }
}

#[test]
fn common_letters_are_as_their_tables_say() {
    use caseless::Caseless;
    use unicode_normalization::char::canonical_combining_class;
    use unicode_normalization::{IsNormalized, is_nfkc_quick};

    for ch in ('\0'..=char::MAX).filter(|&ch| normal::is_common(ch)) {
        assert_eq!(is_nfkc_quick([ch].into_iter()), IsNormalized::Yes, "{ch:?}");
        assert_eq!(canonical_combining_class(ch), 0, "{ch:?}");
        assert!(!ch.is_whitespace() && !characters::is_hidden(ch), "{ch:?}");
        assert_eq!(characters::softened(ch), ch);
    }
    for ch in ('\0'..=char::MAX).filter(|&ch| normal::is_folded(ch)) {
        assert!(normal::is_common(ch), "{ch:?}");
        assert!(std::iter::once(ch).default_case_fold().eq([ch]), "{ch:?}");
    }
}

#[test]
fn every_character_is_folded_once_and_for_all() {
    let searched = |ch: &char| !normal::is_folded(*ch);
    for ch in ('\0'..='\u{1ffff}').filter(searched) {
        let once = literal(&format!("a{ch}B"), Case::Folded);
        assert_eq!(literal(&once, Case::Folded), once, "{ch:?}");
        check_stream(format!("Á{ch}").as_bytes());
        check_stream(format!("{ch}\u{ad}é").as_bytes());
    }
}
