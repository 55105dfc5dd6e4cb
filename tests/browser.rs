//! The page of `deboil review` in a real browser: `tests/browser/` clicks, types and reads, run by pytest in a virtual
//! environment below the target folder. It needs `python3`, 3.11 or later, and Chromium; without that its tests are
//! skipped, which is told.

#![cfg(all(unix, feature = "cli"))]

mod virtual_environment;

use std::io::{self, Write};
use std::process::Command;

use virtual_environment::{environment, run, summary};

const REQUIREMENTS: &str = "tests/browser/requirements.txt";

#[test]
fn the_page_does_what_a_reader_expects() {
    let environment = environment("browser", REQUIREMENTS);
    let mut test = Command::new(environment.join("bin/pytest"));
    test.args(["-p", "no:cacheprovider", "-r", "s", "tests/browser"]).env("DEBOIL", env!("CARGO_BIN_EXE_deboil"));
    // Nothing is written beside the sources.
    let said = run(test.env("PYTHONDONTWRITEBYTECODE", "1"), "the tests of the page fail");
    // Written past the capture of output, which hides what a test that passes prints.
    io::stderr().write_all(summary(&said, "tests in the browser").as_bytes()).unwrap();
}
