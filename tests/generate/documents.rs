//! Documents: prose with the junk of the rules in it.

use bstr::BString;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::spellings::spelled;

const SENTENCES: &[&str] = &[
    "The council met on Monday evening and voted for the new harbour after two hours of debate.",
    "“We had a very good talk about the harbour and it will go on,” she said on Tuesday.",
    "Mr. Olsen said the boats would stay in the bay until the end of the long winter.",
    "The council met on Tuesday evening and voted for the new harbour after four hours of debate.",
    "It rained.",
    "記者会見で市長は新しい港の計画について詳しく説明し、市民の理解を求めた。",
    "Nobody knew why the **old** [bridge](https://example.com/b) had been closed for so many weeks.",
    "A well-known caf\u{e9} on the Stra\u{df}e said it would share this office with more people from here on.",
];

const SHORT: &[&str] = &[
    "We had a very good talk about the harbour",
    "The council met on Monday evening",
    "Home",
    "World news",
    "# A title of five words",
    "- a point in a list",
    "> quoted by someone",
    "A subhead",
    "ha ha ha ha",
    "-----",
    "***",
    "f**k and sh*t",
    "&amp; so on",
    "caf\u{fffd}",
    "Photo: A. Smith",
    "12 comments",
    "Share this article",
    "Read more... on page 3",
    "It ended well. (Why?)",
    "Updated: May 2",
    "Related: a bridge",
    "Office finder for all",
];

/// A document with some strings in it: any lines, any line ends, with or without the last.
pub(crate) fn document(pool: &[&'static str]) -> BoxedStrategy<BString> {
    of(select(pool.to_vec()).prop_flat_map(spelled).boxed())
}

/// A document with junk of a kind.
pub(crate) fn of(junk: BoxedStrategy<String>) -> BoxedStrategy<BString> {
    let end =
        prop_oneof![6 => Just("\n"), 1 => Just("\r\n"), 6 => Just("\n\n"), 1 => Just("\n \t\n"), 1 => Just("\n\n\n")];
    let lines = vec((line(junk), end), 0..14);
    (lines, 0..6_usize)
        .prop_map(|(lines, last)| {
            let mut text: Vec<u8> = lines.into_iter().flat_map(|(line, end)| [line, end.into()].concat()).collect();
            match last {
                0 => text.truncate(text.trim_ascii_end().len()),
                1 => text.splice(0..0, *b"\n\n").for_each(drop),
                2 => text.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
                _ => {}
            }
            text.into()
        })
        .boxed()
}

fn line(junk: BoxedStrategy<String>) -> BoxedStrategy<Vec<u8>> {
    let sentence = || select(SENTENCES).prop_map(str::to_owned);
    let between = select(&["", " ", " ", ". ", ", "][..]);
    let glued = (vec(prop_oneof![sentence(), junk.clone()], 2..4), between).prop_map(|(parts, by)| parts.join(by));
    let twice = (prop_oneof![sentence(), junk.clone()], select(&["", " "][..]), 2..5_usize)
        .prop_map(|(part, by, times)| vec![part; times].join(by));
    let marked = (select(&["# ", "> ", "- ", "* ", "**", "  ", "1. ", "Photo: ", "Related: "][..]), junk.clone())
        .prop_map(|(mark, junk)| format!("{mark}{junk}"));
    let wrapped = sentence().prop_map(|text| text.replacen(" voted", "\nvoted", 1).replacen(" said", "\nsaid", 1));
    let text = prop_oneof![
        8 => sentence(),
        8 => junk,
        4 => glued,
        2 => twice,
        3 => select(SHORT).prop_map(str::to_owned),
        2 => marked,
        1 => wrapped,
        1 => select(SHORT).prop_flat_map(spelled),
        1 => "[a-zA-Z *_\\[\\]()&;#'.…-]{0,24}",
    ];
    let bytes = text.prop_map(String::into_bytes);
    let invalid = (bytes.clone(), any::<prop::sample::Index>(), 0x80..=0xff_u8).prop_map(|(mut bytes, at, byte)| {
        bytes.insert(at.index(bytes.len() + 1), byte);
        bytes
    });
    prop_oneof![12 => bytes, 1 => invalid].boxed()
}
