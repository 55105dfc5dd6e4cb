//! Any rules and any text: the promises hold, and the slow reference finds the same.

use deboil::{Document, Options};
use libfuzzer_sys::Corpus;

use crate::document::ways;
use crate::promises::{agreement, promises};
use crate::sections;

/// Takes rule files and a document. Inputs whose rules do not load are not kept: `rule_file` has those.
pub fn check(bytes: &[u8]) -> Corpus {
    let Some((rules, text)) = sections::read(bytes) else { return Corpus::Reject };
    for options in ways() {
        promises(&rules, text, &options).unwrap_or_else(|broken| panic!("{broken}"));
        let compared = Options { tidy: false, ..options };
        agreement(&rules, &Document::new(text), &compared).unwrap_or_else(|broken| panic!("{broken}"));
    }
    Corpus::Keep
}
