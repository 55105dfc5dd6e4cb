//! Finds many needles in a text.
//!
//! Each needle is known by one or more windows of its bytes, whose hash is looked up in a bitmap first: most places of a text are
//! passed over with that one look. Only where a window may stand is it looked up and the needle itself compared. (Hashing a
//! block of bytes to tell many patterns apart is Wu and Manber's, *A Fast Algorithm for Multi-Pattern Searching*, 1994.)

mod anywhere;
mod edge;
mod keyed;
mod short;

pub(super) use anywhere::{Anywhere, bits};
pub(super) use edge::Edge;
pub(super) use keyed::Side;
