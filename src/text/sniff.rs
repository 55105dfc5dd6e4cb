//! Tells texts from what is none: binary files, pages of HTML, texts in wide encodings.

use std::fmt;

use bstr::ByteSlice;
use content_inspector::ContentType;
use serde::de::IgnoredAny;

/// What the bytes of an input are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A text that can be cleaned.
    Text,
    /// No text.
    Binary,
    /// The source of a page, not the text of one.
    Html,
    /// Records, of which a text is a part.
    Json,
    /// A text in an encoding whose letters are no bytes.
    Wide(Wide),
}

/// An encoding that must be converted before a text can be cleaned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wide {
    /// UTF-16, either byte order.
    Utf16,
    /// UTF-32, either byte order.
    Utf32,
}

impl Wide {
    /// Its name, for people and for `iconv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf16 => "UTF-16",
            Self::Utf32 => "UTF-32",
        }
    }
}

impl fmt::Display for Wide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How many bytes are looked at for control characters.
const SAMPLE: usize = 8 * 1024;

/// How many of them are counted at a time: their number fits in a byte.
const COUNTED: usize = 128;

/// Tells what an input is by how it starts.
pub fn sniff(bytes: &[u8]) -> Content {
    match content_inspector::inspect(bytes) {
        ContentType::UTF_16LE | ContentType::UTF_16BE => Content::Wide(Wide::Utf16),
        ContentType::UTF_32LE | ContentType::UTF_32BE => Content::Wide(Wide::Utf32),
        ContentType::BINARY => Content::Binary,
        _ if is_full_of_controls(&bytes[..bytes.len().min(SAMPLE)]) => Content::Binary,
        _ if is_page(bytes) => Content::Html,
        _ if is_json(bytes) => Content::Json,
        _ => Content::Text,
    }
}

/// Whether the bytes start with a JSON object, or a list of them. Deleting lines and phrases would break the records.
fn is_json(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let opens = start.starts_with(b"{")
        || start.strip_prefix(b"[").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"));
    let mut values = serde_json::Deserializer::from_slice(start).into_iter::<IgnoredAny>();
    opens && matches!(values.next(), Some(Ok(_)))
}

/// Whether more than one byte in twenty is a control character that no text needs. Compressed data without a zero in
/// its first kilobyte has twice as many; a text with a few stray ones stays a text.
fn is_full_of_controls(sample: &[u8]) -> bool {
    // Counts of a byte each, of blocks of a round size, so that the compiler counts in many bytes at once.
    let count = |bytes: &[u8]| bytes.iter().fold(0, |count: u8, &byte| count + u8::from(is_control(byte)));
    let controls: usize = sample.chunks(COUNTED).map(|bytes| usize::from(count(bytes))).sum();
    controls > 3 && controls * 20 > sample.len()
}

/// Whether a byte is a control character that no text needs. Without branches.
fn is_control(byte: u8) -> bool {
    let is_needed = (byte.wrapping_sub(0x08) <= b'\r' - 0x08) | (byte == 0x1b);
    ((byte < 0x20) & !is_needed) | (byte == 0x7f)
}

/// Whether the bytes are the source of a page: they start as one, and no article follows it. An article that shows a
/// listing with `<html>` starts with words, or goes on after the listing.
fn is_page(bytes: &[u8]) -> bool {
    starts_as_page(after_preamble(bytes)) && !goes_on_after_page(bytes)
}

/// What comes after byte order mark, white space, XML declaration and comments.
fn after_preamble(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    while let Some(after) = after_enclosed(rest, b"<?xml", b"?>").or_else(|| after_enclosed(rest, b"<!--", b"-->")) {
        rest = after.trim_ascii_start();
    }
    rest
}

fn after_enclosed<'a>(bytes: &'a [u8], open: &[u8], close: &[u8]) -> Option<&'a [u8]> {
    let inner = bytes.strip_prefix(open)?;
    Some(&inner[inner.find(close)? + close.len()..])
}

/// Whether a tag that only a page has stands first, and more markup, not words, after it.
fn starts_as_page(rest: &[u8]) -> bool {
    let tags: [&[u8]; 4] = [b"<!doctype html", b"<html", b"<head", b"<body"];
    let Some(after_name) = tags.iter().find_map(|tag| strip_prefix_ignoring_case(rest, tag)) else { return false };
    let is_whole_name = after_name.first().is_none_or(|&byte| byte == b'>' || byte.is_ascii_whitespace());
    let after_tag = after_name.find_byte(b'>').map_or(&b""[..], |at| after_name[at + 1..].trim_ascii_start());
    is_whole_name && (after_tag.is_empty() || after_tag.starts_with(b"<"))
}

fn strip_prefix_ignoring_case<'a>(bytes: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = bytes.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The fewest words after `</html>` that make an article rather than a server's last remark.
const ARTICLE_WORDS: usize = 10;

/// Whether words, not markup, follow the last `</html>`.
fn goes_on_after_page(bytes: &[u8]) -> bool {
    let closes = |&at: &usize| strip_prefix_ignoring_case(&bytes[at..], b"</html>").is_some();
    let Some(at) = memchr::memrchr_iter(b'<', bytes).find(closes) else { return false };
    let after = bytes[at + b"</html>".len()..].trim_ascii_start();
    !after.starts_with(b"<") && after.fields().take(ARTICLE_WORDS).count() == ARTICLE_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_need_tabs_ends_of_lines_backspaces_and_escapes_but_no_other_control_characters() {
        let controls: Vec<u8> = (0..=0xff).filter(|&byte| is_control(byte)).collect();
        let needed = |byte: &u8| [8, b'\t', b'\n', 0x0b, 0x0c, b'\r', 0x1b].contains(byte);
        assert_eq!(controls, (0..0x20).filter(|byte| !needed(byte)).chain([0x7f]).collect::<Vec<_>>());
    }

    #[test]
    fn pages_of_html_are_recognised_by_how_they_start() {
        for page in [
            "<!DOCTYPE html><html><head>",
            "\u{feff}\n  <!doctype HTML PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">\n<html>",
            "<?xml version=\"1.0\"?>\n<!-- saved from url -->\n<html xmlns=\"x\">\n<head>",
            "<HTML>\n<!-- x -->\n<body>",
            "<html>",
            "<body class=\"x\"><p>Words.</p>",
            "<html><body><p>Words.</p></body></html>\nServed from cache in 3 ms.",
        ] {
            assert_eq!(sniff(page.as_bytes()), Content::Html, "{page}");
        }
    }

    #[test]
    fn an_article_about_html_is_a_text() {
        for text in [
            "How to write a page:\n\n<!DOCTYPE html>\n<html>\n<head>\n",
            "<html> is the root of each page, and <body> comes second.",
            "<header>Words</header>",
            "<htmlx>",
            "<p>A stray tag.",
            "<html>\n<body></body>\n</html>\n\nThat is all that a page needs, as we shall see in what follows.",
        ] {
            assert_eq!(sniff(text.as_bytes()), Content::Text, "{text}");
        }
    }

    #[test]
    fn binary_files_are_recognised() {
        assert_eq!(sniff(b"\x7fELF\x00\x01"), Content::Binary);
        assert_eq!(sniff(b"%PDF-1.7"), Content::Binary);
        let noise: Vec<u8> = (0..4_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect();
        assert_eq!(sniff(&noise), Content::Binary);
    }

    #[test]
    fn texts_in_any_eight_bit_encoding_are_texts() {
        assert_eq!(sniff(b""), Content::Text);
        assert_eq!(sniff("Größe\n".as_bytes()), Content::Text);
        assert_eq!(sniff(b"Gr\xf6\xdfe \x02 \x1b[1m\n"), Content::Text);
        assert_eq!(sniff(&[0x83, 0x65, 0x83, 0x58, 0x83, 0x67]), Content::Text);
    }

    #[test]
    fn records_are_recognised_by_their_first_object() {
        for records in ["{\"text\": \"a\"}\n{\"text\": 1}\n", "{\n  \"a\": []\n}", "[\n {}, {}]"] {
            assert_eq!(sniff(records.as_bytes()), Content::Json, "{records}");
        }
        for text in ["{{#choiceCards}} Advertisement", "[1] A footnote.", "{not json}", "[Photo] Words."] {
            assert_eq!(sniff(text.as_bytes()), Content::Text, "{text}");
        }
    }

    #[test]
    fn wide_encodings_are_named() {
        assert_eq!(sniff(b"\xff\xfea\x00"), Content::Wide(Wide::Utf16));
        assert_eq!(sniff(b"\xfe\xff\x00a"), Content::Wide(Wide::Utf16));
        assert_eq!(sniff(b"\xff\xfe\x00\x00a\x00\x00\x00"), Content::Wide(Wide::Utf32));
    }
}
