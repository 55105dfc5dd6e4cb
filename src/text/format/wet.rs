//! WET: the text records of Common Crawl, in the form of WARC. Each record has a header, a length, and so many bytes.
//!
//! Texts are the records of the type `conversion`; all others stay as they are. Where a text loses something, its
//! `Content-Length` is set and its digests, which no longer hold, are left out.

use std::borrow::Cow;

use bstr::ByteSlice;
use memchr::memmem;

use super::{Edit, FieldNames, Fields, RecordFormat};
use crate::layout::Span;

/// Whether a file starts with a record.
pub(super) fn is_start(start: &[u8]) -> bool {
    start.starts_with(START)
}

const START: &[u8] = b"WARC/1.";

/// What follows the bytes of a record: two line ends.
const SEPARATOR: usize = 4;

/// Reads WET.
#[derive(Debug)]
pub(super) struct Wet;

impl Wet {
    pub(super) fn new(names: &FieldNames) -> Result<Self, String> {
        match names.added.first() {
            Some(name) => Err(format!("its records have no fields, so that `{name}` cannot be added")),
            None => Ok(Self),
        }
    }
}

impl RecordFormat for Wet {
    fn first(&self, bytes: &[u8]) -> Option<usize> {
        if bytes.is_empty() {
            return None;
        }
        let Some(length) = whole_header(bytes).map(|header| header.content_length()) else {
            return if bytes.starts_with(START) { None } else { next_start(bytes) };
        };
        let Some((header, length)) = length else { return next_start(bytes) };
        let end = header.checked_add(usize::try_from(length).ok()?)?;
        let rest = bytes.get(end..)?.get(..SEPARATOR)?;
        Some(end + rest.iter().take_while(|byte| b"\r\n".contains(byte)).count())
    }

    fn read<'r>(&self, record: &'r [u8]) -> Result<Option<Fields<'r>>, String> {
        let header = whole_header(record).ok_or("it does not start as a WARC record does")?;
        let (start, length) = header.content_length().ok_or("its header has no `Content-Length`")?;
        let body = &record[start..];
        let Some(text) = usize::try_from(length).ok().and_then(|length| body.get(..length)) else {
            return Err(format!("it is cut off: {} of {length} bytes", body.len()));
        };
        if !header.value("WARC-Type").is_some_and(|kind| kind.eq_ignore_ascii_case(b"conversion")) {
            return Ok(None);
        }
        let string = |name: &str| header.value(name).map(|value| Cow::Owned(value.to_str_lossy().into_owned()));
        Ok(Some(Fields {
            spelling: Span::new(start, start + text.len()),
            text: Cow::Borrowed(text),
            url: string("WARC-Target-URI"),
            id: string("WARC-Record-ID"),
            ..Fields::default()
        }))
    }

    fn edits(&self, record: &[u8], fields: &Fields<'_>, removals: &[Span], _: &[String]) -> Vec<Edit> {
        let (Some(header), false) = (whole_header(record), removals.is_empty()) else { return Vec::new() };
        let gone: usize = removals.iter().map(|span| span.len()).sum();
        let mut edits = Vec::new();
        for line in header.lines() {
            if line.is_named("Content-Length") {
                edits.push(Edit::new(line.value, (fields.text.len() - gone).to_string()));
            } else if DIGESTS.iter().any(|name| line.is_named(name)) {
                edits.push(Edit::removal(line.full));
            }
        }
        let start = fields.spelling.start;
        edits.extend(removals.iter().map(|span| Edit::removal(Span::new(start + span.start, start + span.end))));
        edits
    }

    fn compresses_records(&self) -> bool {
        true
    }
}

/// What says that the bytes of a record are what they were.
const DIGESTS: [&str; 2] = ["WARC-Block-Digest", "WARC-Payload-Digest"];

/// Where the next record starts, after bytes that are none.
fn next_start(bytes: &[u8]) -> Option<usize> {
    memmem::find(bytes.get(1..)?, b"\nWARC/1.").map(|at| at + 2)
}

/// The header of a record, up to the empty line that ends it.
struct Header<'r>(&'r [u8]);

/// The header that some bytes start with, if they do and it is whole.
fn whole_header(bytes: &[u8]) -> Option<Header<'_>> {
    if !bytes.starts_with(START) {
        return None;
    }
    let mut end = 0;
    for line in bytes.lines_with_terminator() {
        end += line.len();
        if matches!(line, b"\n" | b"\r\n") {
            return Some(Header(&bytes[..end]));
        }
    }
    None
}

/// A line of a header: its bytes, and where its name and value are.
struct Line<'r> {
    full: Span,
    name: &'r [u8],
    value: Span,
}

impl Line<'_> {
    fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

impl<'r> Header<'r> {
    fn lines(&self) -> impl Iterator<Item = Line<'r>> {
        let header = self.0;
        let mut end = 0;
        header.lines_with_terminator().filter_map(move |line| {
            let start = end;
            end += line.len();
            let colon = line.find_byte(b':')?;
            let value = line[colon + 1..].trim_ascii();
            let from = end - line[colon + 1..].trim_ascii_start().len();
            Some(Line {
                full: Span::new(start, end),
                name: line[..colon].trim_ascii(),
                value: Span::new(from, from + value.len()),
            })
        })
    }

    fn value(&self, name: &str) -> Option<&'r [u8]> {
        let line = self.lines().find(|line| line.is_named(name))?;
        Some(line.value.of(self.0))
    }

    /// The length of the header, and that of what follows it.
    fn content_length(&self) -> Option<(usize, u64)> {
        Some((self.0.len(), self.value("Content-Length")?.to_str().ok()?.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::append;
    use super::*;

    fn record(kind: &str, body: &str) -> Vec<u8> {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://x.example/a:b\r\n\
             WARC-Block-Digest: sha1:ABC\r\ncontent-length:  {}\r\n\r\n{body}\r\n\r\n",
            body.len()
        )
        .into_bytes()
    }

    fn without(record: &[u8], spans: &[Span]) -> String {
        let fields = Wet.read(record).unwrap().unwrap();
        let mut new = Vec::new();
        append(record, &Wet.edits(record, &fields, spans, &[]), &mut new);
        String::from_utf8(new).unwrap()
    }

    #[test]
    fn a_text_loses_bytes_and_its_header_what_no_longer_holds() {
        let record = record("conversion", "junk Words.\n");
        let fields = Wet.read(&record).unwrap().unwrap();
        assert_eq!((&*fields.text, fields.url.as_deref()), (&b"junk Words.\n"[..], Some("http://x.example/a:b")));
        assert_eq!(
            without(&record, &[Span::new(0, 5)]),
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://x.example/a:b\r\n\
             content-length:  7\r\n\r\nWords.\n\r\n\r\n"
        );
        assert_eq!(without(&record, &[]).as_bytes(), record);
    }

    #[test]
    fn records_end_where_their_length_says() {
        let one = record("conversion", "a\r\n\r\nWARC/1.0\r\n\r\n");
        let two = [&one[..], &record("warcinfo", ""), b"WARC/1.0\r\n"].concat();
        assert_eq!(Wet.first(&two), Some(one.len()));
        assert_eq!(Wet.whole(&two), two.len() - 10);
        assert!((0..one.len()).all(|len| Wet.first(&one[..len]).is_none()));
        assert_eq!(Wet.read(&record("warcinfo", "a")), Ok(None));
    }

    #[test]
    fn what_is_no_record_is_one_bad_record_up_to_the_next() {
        let good = record("conversion", "a");
        for (bad, why) in [
            ("nonsense\r\n", "it does not start as a WARC record does"),
            ("WARC/1.0\r\nWARC-Type: conversion\r\n\r\nbody\r\n", "its header has no `Content-Length`"),
        ] {
            let file = [bad.as_bytes(), &good].concat();
            assert_eq!(Wet.first(&file), Some(bad.len()));
            assert_eq!(Wet.read(bad.as_bytes()).unwrap_err(), why);
        }
        let cut = &good[..good.len() - 5];
        assert_eq!(Wet.read(cut).unwrap_err(), "it is cut off: 0 of 1 bytes");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(parts in vec(prop::sample::select(vec![
            "WARC/1.0", "\r\n", "\r\n\r\n", "\n", "Content-Length:", " 3", "99999999999999999999", "WARC-Type: conversion",
        ]), 0..20)) {
            let file = parts.concat().into_bytes();
            let first = Wet.first(&file);
            prop_assert!(first.is_none_or(|len| 0 < len && len <= file.len()));
            if let Ok(Some(fields)) = Wet.read(&file) {
                let all = Span::new(0, fields.text.len());
                Wet.edits(&file, &fields, &[all], &[]);
            }
        }
    }
}
