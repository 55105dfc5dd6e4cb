//! What the tests tell.

use std::io::{self, Write};

/// Says why a test is skipped, past the test runner, which keeps back what tests print.
pub(crate) fn skipped(why: &str) {
    io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes()).unwrap();
}

/// Says how much was tried; `cargo test --test faults -- --nocapture` shows it.
#[expect(clippy::print_stdout, reason = "the test runner keeps it back until someone asks for it")]
pub(crate) fn figure(args: &[&str], figure: &str) {
    println!("deboil {}: {figure}", args.join(" "));
}
