//! What the fuzz targets check, one module for each. `fuzz/README.md` says how to run them.
//!
//! A check takes any bytes and panics if what the design promises does not hold. What it compares with is what the tests of
//! the project compare with.

pub mod compressed;
pub mod csv;
pub mod differential;
pub mod document;
pub mod jsonl;
pub mod ledger;
pub mod parquet;
mod records;
pub mod restore;
pub mod rule_file;
pub mod sections;
pub mod seeds;
pub mod wet;

// What is instrumented calls it, whatever program it is part of.
use libfuzzer_sys as _;

#[path = "../../tests/generate/mod.rs"]
mod generate;
#[path = "../../tests/promises/mod.rs"]
mod promises;
#[path = "../../tests/reference/mod.rs"]
mod reference;
#[path = "../../tests/round_trip/mod.rs"]
mod round_trip;
