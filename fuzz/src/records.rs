//! Files of records, in any format that is read from front to back.

use std::sync::LazyLock;

use deboil::batch::RecordOptions;
use deboil::ledger::{Found, Selection};
use deboil::text::format::Format;
use deboil::{Options, Ruleset};
use tempfile::NamedTempFile;

use crate::round_trip::{Cleaned, cleaned, found, restored, stream};

/// Rules of which some delete lines and others parts of them, and that keep something as data.
static RULES: LazyLock<Ruleset> = LazyLock::new(|| {
    let rule = |kind, id, keys| format!("[[{kind}]]\nid = '{id}'\ncategory = 'ad'\nwhy = 'test'\n{keys}\n");
    let rules = [
        "schema = 1\n".to_owned(),
        rule("line", "line", "any = ['Advertisement', 'Share', '\"We are back\"']"),
        rule("phrase", "phrase", "any = ['(Why?)', 'ha', 'é', '\"x\"', '😀']\nboundary = false"),
        rule("phrase", "exact", "any = ['junk']\nexact = true\nboundary = false"),
        rule("regex", "regex", "pattern = 'Updated: (?P<updated>.*)'"),
    ];
    Ruleset::builder().bundled(false).text("rules.toml", &rules.concat()).build().unwrap()
});

/// A file to write to.
pub(crate) fn scratch() -> NamedTempFile {
    NamedTempFile::new().expect("there is room for a file")
}

/// The rules that all files of records are cleaned by.
pub(crate) fn rules() -> &'static Ruleset {
    &RULES
}

/// No rules.
pub(crate) fn none() -> &'static Ruleset {
    static NONE: LazyLock<Ruleset> =
        LazyLock::new(|| Ruleset::builder().bundled(false).text("none.toml", "schema = 1\n").build().unwrap());
    &NONE
}

/// What is asked of records. Fields can be added to those that have fields.
pub(crate) fn options(format: Option<Format>, adds: bool) -> RecordOptions {
    RecordOptions {
        format,
        meta_field: adds.then(|| "meta".to_owned()),
        removals_field: adds.then(|| "removals".to_owned()),
        ..RecordOptions::default()
    }
}

/// Cleans a file, and sees that it comes back, and what each rule deleted; what is left of it, if it could be read.
pub(crate) fn check(format: Option<Format>, adds: bool, bytes: &[u8]) -> Option<Vec<u8>> {
    let clean = |rules, adds, bytes| cleaned(rules, Options::default(), options(format, adds), stream(bytes));
    let untouched = clean(none(), false, bytes);
    assert!(untouched.has_failed || untouched.bytes == bytes, "without a rule, nothing changes");
    let Cleaned { bytes: left, ledger, has_failed } = clean(rules(), adds, bytes);
    if has_failed {
        return None;
    }
    match found(&ledger) {
        (known, Some(Found::Records(_))) => {
            assert_eq!(restored(&ledger, left.clone(), &Selection::default()), bytes);
            for rule in known.rules().keys() {
                let selection = Selection { rules: [rule.clone()].into(), ..Selection::default() };
                restored(&ledger, left.clone(), &selection);
            }
        }
        (_, Some(Found::Text(entry))) => assert_eq!(entry.restore(&left).unwrap(), bytes),
        (_, None) => assert_eq!(left, bytes),
    }
    if !adds {
        assert_eq!(clean(rules(), false, &left).bytes, left, "what is clean stays as it is");
    }
    Some(left)
}
