//! The command line as a user sees it: what is printed, what is written, what the exit status says.
//!
//! Each test works in a directory of its own, with rules of its own, so that the bundled ones may change freely.

mod cache;
mod clean;
mod compressed;
mod explain;
mod guards;
mod help;
mod inputs;
mod learn;
mod ledger;
mod mistakes;
#[cfg(feature = "parquet")]
#[path = "../parquet_files/mod.rs"]
mod parquet_files;
mod records;
mod resume;
mod review;
mod rules;
mod sandbox;
#[cfg(feature = "parquet")]
mod tables;
