//! Any bytes as WET: they come back by the ledger.

use deboil::text::format::Format;

use crate::records;

/// Takes a file.
pub fn check(bytes: &[u8]) {
    records::check(Some(Format::Wet), false, bytes);
}
