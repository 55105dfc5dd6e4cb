//! Any bytes as a file of which nothing is known, and the same bytes compressed: what is compressed is cleaned as what is not.

use std::fs;
use std::io::Read;

use deboil::Options;
use deboil::batch::Input;
use deboil::text::compression::Compression;
use deboil::text::format::Format;
use deboil::text::sniff::{Content, sniff};

use crate::records::{check as round_trip, options, rules, scratch};
use crate::round_trip::cleaned;

/// Takes a file.
pub fn check(bytes: &[u8]) {
    let _ = clean(None, bytes);
    if Compression::of_magic(bytes).is_some() {
        return;
    }
    round_trip(None, false, bytes);
    // What is no text is not decompressed.
    let text = Some(Format::Text).filter(|_| sniff(bytes) != Content::Binary);
    for format in [Format::Jsonl, Format::Wet].into_iter().chain(text) {
        let left = clean(Some(format), bytes);
        for compression in [Compression::Gzip, Compression::Zstd] {
            // As two members or frames, as some writers do.
            let (one, other) = bytes.split_at(bytes.len() / 2);
            let file = [one, other].map(|part| compression.compressed(part).unwrap()).concat();
            let left_of_file = clean(Some(format), &file);
            // Who collects the bytes of a file of records compresses them, unless each record is compressed for itself.
            let is_compressed = format == Format::Text || (format, compression) == (Format::Wet, Compression::Gzip);
            let unpack = |file| if is_compressed { decompressed(compression, file) } else { file };
            assert_eq!(left_of_file.map(unpack), left, "{format} {compression}");
        }
    }
}

/// What is left of a file, if it could be read.
fn clean(format: Option<Format>, bytes: &[u8]) -> Option<Vec<u8>> {
    let file = scratch();
    fs::write(file.path(), bytes).unwrap();
    let input = Input::File(file.path().to_owned());
    let cleaned = cleaned(rules(), Options::default(), options(format, false), input);
    (!cleaned.has_failed).then_some(cleaned.bytes)
}

fn decompressed(compression: Compression, bytes: Vec<u8>) -> Vec<u8> {
    let mut text = Vec::new();
    // Of no records there is no member.
    if !bytes.is_empty() {
        compression.decoder(&*bytes).unwrap().read_to_end(&mut text).unwrap();
    }
    text
}
