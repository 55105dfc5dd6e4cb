//! Any rules and any text: what they delete comes back, all of it or what one rule deleted.

use std::collections::BTreeSet;

use deboil::Options;
use deboil::ledger::{Found, Selection};
use deboil::text::format::Format;
use libfuzzer_sys::Corpus;

use crate::records::options;
use crate::round_trip::{cleaned, found, stream, without_others};
use crate::sections;

/// Takes rule files and a document. Inputs whose rules do not load are not kept: `rule_file` has those.
pub fn check(bytes: &[u8]) -> Corpus {
    let Some((rules, text)) = sections::read(bytes) else { return Corpus::Reject };
    for tidy in [false, true] {
        let options_of_text = Options { tidy, ..Options::default() };
        let cleaned = cleaned(&rules, options_of_text, options(Some(Format::Text), false), stream(text));
        if cleaned.has_failed {
            continue;
        }
        let (ledger, Some(Found::Text(entry))) = found(&cleaned.ledger) else {
            assert_eq!(cleaned.bytes, text);
            continue;
        };
        assert_eq!(entry.restore(&cleaned.bytes).unwrap(), text);
        for rule in ledger.rules().keys() {
            let selection = Selection { rules: BTreeSet::from([rule.clone()]), categories: BTreeSet::new() };
            let selected = entry.restore_selected(&cleaned.bytes, &selection).unwrap();
            assert_eq!(selected, without_others(&entry, text, &selection));
        }
    }
    Corpus::Keep
}
