//! Any bytes as a rule file: mistakes have a place and a cure; rules without mistakes keep the promises.

use std::fs;

use deboil::{Errors, Ruleset, check};

use crate::document::ways;
use crate::promises::promises;
use crate::records::scratch;

const PROSE: &str = "The council met on Monday evening and voted for the new harbour after two hours of debate.\n";

/// Takes a rule file.
pub fn check(bytes: &[u8]) {
    let file = scratch();
    fs::write(file.path(), bytes).unwrap();
    match Ruleset::builder().bundled(false).path(file.path()).build() {
        Ok(rules) => {
            for pack in 0..rules.packs().len() {
                let findings = check::check(&rules, pack as u32);
                findings.iter().for_each(|finding| drop(finding.error.to_string()));
            }
            let text = document(bytes);
            for options in ways() {
                promises(&rules, text.as_bytes(), &options).unwrap_or_else(|broken| panic!("{broken}\n{text:?}"));
            }
        }
        Err(errors) => check_errors(&errors, bytes),
    }
}

/// Each mistake says where it is and what to do.
fn check_errors(Errors(errors): &Errors, bytes: &[u8]) {
    assert!(!errors.is_empty());
    let lines = 1 + bytes.iter().filter(|&&byte| byte == b'\n').count();
    for error in errors {
        let place = error.place.as_ref().unwrap_or_else(|| panic!("without a place: {error}"));
        assert!((1..=lines).contains(&place.line) && place.column > 0, "{error}");
        assert!(!error.what.is_empty() && !error.cure.is_empty(), "{error}");
    }
}

/// A document in which all stands that the rules may look for: each string of the file in a line of its own.
fn document(bytes: &[u8]) -> String {
    let file = String::from_utf8_lossy(bytes);
    let strings: Vec<&str> = file.split(['"', '\'']).map(str::trim).filter(|part| !part.is_empty()).collect();
    format!("{PROSE}\n{}\n\n{PROSE}{}\n", strings.join("\n"), strings.join(" "))
}
