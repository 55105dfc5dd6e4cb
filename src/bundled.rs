//! The rules that are part of the program, as `build.rs` found them under `rules/`.

/// Each rule file's path under `rules/` and its text, in the order of their paths.
pub const PACKS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// All of them put together: [`crate::Ruleset::packed`].
pub const IMAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));

/// A number that is another one where they are others.
pub const FINGERPRINT: u64 = include!(concat!(env!("OUT_DIR"), "/fingerprint.rs"));

/// A number that is another one where the code is another that reads rules and puts them together.
pub const CODE: u64 = include!(concat!(env!("OUT_DIR"), "/code.rs"));
