//! Finds many needles in a text.
//!
//! Each needle is known by one or more windows of its bytes, whose hash is looked up in a bitmap first: most places of a text are
//! passed over with that one look. Only where a window may stand is it looked up and the needle itself compared. (Hashing a
//! block of bytes to tell many patterns apart is Wu and Manber's, *A Fast Algorithm for Multi-Pattern Searching*, 1994.)

mod anywhere;
mod edge;
mod keyed;

use std::ops::Range;

use memchr::memmem;

pub(super) use anywhere::Anywhere;
pub(super) use edge::Edge;
pub(super) use keyed::Side;

/// Where one needle stands in a text, places that overlap included.
fn places(needle: &[u8], text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let finder = memmem::Finder::new(needle);
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + finder.find(text.get(from..)?)?;
        from = start + 1;
        Some(start..start + needle.len())
    })
}
