//! The spellings of a string that the folding table takes for one.

use proptest::prelude::*;

/// The spellings of a character, itself first.
fn of_char(c: char) -> &'static [&'static str] {
    match c {
        '\'' => &["'", "’", "‘", "&rsquo;", "&#8217;", "&#x2019;", "&amp;rsquo;", "&#39;", "â€™", "´", "`"],
        '"' => &["\"", "“", "”", "„", "&quot;", "&ldquo;", "â€œ"],
        '-' => &["-", "–", "—", "‑", "−", "&ndash;", "&amp;mdash;", "â€”"],
        ' ' => &[" ", "  ", "\u{a0}", "&nbsp;", "\t", "\u{2009}", "\u{3000}", " \u{200b}"],
        '…' => &["…", "...", "&hellip;", "â€¦"],
        '!' => &["!", "！", "&excl;"],
        '?' => &["?", "？", "&quest;"],
        ':' => &[":", "：", "&colon;"],
        'é' => &["é", "e\u{301}", "&eacute;", "Ã©", "É"],
        'ß' => &["ß", "ss", "ẞ", "&szlig;"],
        _ => &[],
    }
}

/// A spelling of a string: each character in one of its spellings, or the string as it is.
pub(crate) fn spelled(plain: &str) -> BoxedStrategy<String> {
    let plain = plain.to_owned();
    let noise = proptest::collection::vec((0_usize..64, 0_usize..12), plain.chars().count());
    let varied = (noise, 0_usize..9).prop_map({
        let plain = plain.clone();
        move |(noise, how)| decorated(&respelled(&plain, &noise), how)
    });
    prop_oneof![Just(plain), varied].boxed()
}

fn respelled(plain: &str, noise: &[(usize, usize)]) -> String {
    let mut out = String::new();
    for (c, &(pick, other)) in plain.chars().zip(noise) {
        let ways = of_char(c);
        match (pick, ways.is_empty()) {
            (0..24, false) => out.push_str(ways[other % ways.len()]),
            (24..28, true) => out.extend(c.to_uppercase()),
            (28..30, true) => out.extend(c.to_lowercase()),
            (30, true) if c.is_ascii_graphic() => out.extend(char::from_u32(c as u32 + 0xfee0)),
            (31, true) => out.push_str(&format!("{c}\u{ad}")),
            (32, true) => out.push_str(&format!("\u{200b}{c}")),
            (33, true) => out.push_str(&format!("&#{};", c as u32)),
            (34, _) => out.push_str(&format!("&amp;#x{:x};", c as u32)),
            _ => out.push(c),
        }
    }
    // A ligature is written for two characters.
    if noise.first().is_some_and(|(pick, _)| pick % 4 == 0) {
        out.replace("ffi", "ﬃ").replace("fi", "ﬁ")
    } else {
        out
    }
}

fn decorated(text: &str, how: usize) -> String {
    match how {
        0 => format!("**{text}**"),
        1 => format!("__{text}__"),
        2 => format!("*{text}*"),
        3 => format!("[{text}](https://example.com/a_b)"),
        4 => format!("[**{text}**](/x)"),
        5 => format!("**[{text}](/x(y)z)**"),
        _ => text.to_owned(),
    }
}
