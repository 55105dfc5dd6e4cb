//! Texts and the files that hold them.

pub mod document;
pub mod input;
pub mod output;
pub mod sniff;
