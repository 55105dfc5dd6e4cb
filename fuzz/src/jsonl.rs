//! Any bytes as JSON Lines: they come back by the ledger, and `serde_json` reads the same records with clean texts.

use deboil::text::format::Format;
use deboil::{Document, Options, clean};
use serde_json::Value;

use crate::records;

/// Takes a file.
pub fn check(bytes: &[u8]) {
    let left = records::check(Some(Format::Jsonl), false, bytes).expect("any line may be a record");
    records::check(Some(Format::Jsonl), true, bytes);
    let lines = |file| <[u8]>::split(file, |&byte: &u8| byte == b'\n');
    assert_eq!(lines(bytes).count(), lines(&left).count());
    for (before, after) in lines(bytes).zip(lines(&left)) {
        let Ok(Value::Object(mut wanted)) = serde_json::from_slice(before) else { continue };
        if let Some(Value::String(text)) = wanted.get_mut("text") {
            let document = Document::new(text.as_bytes());
            let cleaned = clean(records::rules(), &document, &Options::default()).text.into_owned();
            *text = String::from_utf8(cleaned).expect("what goes of a string are strings");
        }
        assert_eq!(serde_json::from_slice::<Value>(after).unwrap(), Value::Object(wanted));
    }
}
