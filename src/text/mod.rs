//! Texts and the files that hold them.

pub mod compression;
pub mod document;
pub mod format;
pub mod input;
pub mod mapped;
pub mod output;
pub mod seen;
pub mod sniff;
