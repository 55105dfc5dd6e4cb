//! The rule files that are part of the program.

/// Each file's path under `rules/` and its text, in the order of their paths; written by `build.rs`.
pub const PACKS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));
