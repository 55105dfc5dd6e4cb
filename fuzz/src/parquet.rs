//! Any bytes as Parquet: the `parquet` crate reads the same rows with other texts.

use std::fs;
use std::panic::{self, PanicHookInfo};

use deboil::batch::Input;
use deboil::text::format::Format;
use deboil::{Options, Ruleset};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Row;

use crate::records::{none, options, rules, scratch};
use crate::round_trip::{Cleaned, cleaned};

/// Lets the panics of the `parquet` crate and what it uses pass: deboil takes them for what they are, corrupt files.
pub fn init() {
    let abort = panic::take_hook();
    let is_foreign = |info: &PanicHookInfo<'_>| info.location().is_some_and(|at| at.file().contains("/registry/src/"));
    panic::set_hook(Box::new(move |info| {
        if !is_foreign(info) {
            abort(info);
        }
    }));
}

/// Takes a file.
pub fn check(bytes: &[u8]) {
    let untouched = clean(none(), false, bytes);
    assert!(untouched.has_failed || untouched.bytes == bytes, "without a rule, nothing changes");
    for adds in [false, true] {
        let Cleaned { bytes: left, has_failed, .. } = clean(rules(), adds, bytes);
        if has_failed {
            continue;
        }
        if !adds {
            let again = clean(rules(), false, &left);
            assert!(!again.has_failed && again.bytes == left, "what is clean stays as it is");
        }
        if let Some(before) = rows(bytes) {
            let after = rows(&left).expect("what was read is read again");
            assert_eq!(without_new(&before), without_new(&after));
        }
    }
}

fn clean(rules: &Ruleset, adds: bool, bytes: &[u8]) -> Cleaned {
    let file = scratch();
    fs::write(file.path(), bytes).unwrap();
    let input = Input::File(file.path().to_owned());
    cleaned(rules, Options::default(), options(Some(Format::Parquet), adds), input)
}

/// The rows of a table, if all of them can be read.
fn rows(bytes: &[u8]) -> Option<Vec<Row>> {
    let bytes = bytes::Bytes::copy_from_slice(bytes);
    let read = || {
        let reader = SerializedFileReader::new(bytes).ok()?;
        reader.get_row_iter(None).ok()?.collect::<Result<Vec<_>, _>>().ok()
    };
    panic::catch_unwind(panic::AssertUnwindSafe(read)).ok().flatten()
}

/// The rows without the columns that cleaning changes or adds.
fn without_new(rows: &[Row]) -> Vec<Vec<String>> {
    let is_old = |name: &str| !["text", "meta", "removals"].contains(&name);
    let old = |row: &Row| {
        let columns = row.get_column_iter().filter(|(name, _)| is_old(name));
        columns.map(|(name, value)| format!("{name}: {value:?}")).collect()
    };
    rows.iter().map(old).collect()
}
