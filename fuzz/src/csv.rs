//! Any bytes as CSV and as TSV: they come back by the ledger, and the `csv` crate reads the same records with other texts.

use csv::{ByteRecord, ReaderBuilder};
use deboil::text::format::Format;

use crate::records;

/// Takes a file.
pub fn check(bytes: &[u8]) {
    for (format, delimiter) in [(Format::Csv, b','), (Format::Tsv, b'\t')] {
        let Some(left) = records::check(Some(format), false, bytes) else { continue };
        records::check(Some(format), true, bytes);
        let (before, after) = (read(delimiter, bytes), read(delimiter, &left));
        assert_eq!(before.len(), after.len());
        let text = before[0].iter().rposition(|name| name == b"text");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.len(), after.len());
            for (column, (before, after)) in before.iter().zip(after).enumerate() {
                assert!(before == after || Some(column) == text, "{before:?} {after:?}");
            }
        }
    }
}

fn read(delimiter: u8, file: &[u8]) -> Vec<ByteRecord> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(file);
    reader.byte_records().map(|record| record.expect("any bytes are records")).collect()
}
