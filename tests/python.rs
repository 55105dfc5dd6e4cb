//! The Python package does what its own tests say: they are run by pytest in a virtual environment below the target
//! folder, which is made once for each set of requirements. It needs `python3`, 3.11 or later, and for Spark Java, 17 or
//! later; what pytest skips without it is told.

#![cfg(unix)]

mod virtual_environment;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use virtual_environment::{environment, pip, run, summary};

const REQUIREMENTS: &str = "python/requirements-test.txt";

#[test]
fn the_package_passes_its_tests() {
    let environment = environment("python", REQUIREMENTS);
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let wheels = work.join("wheels");
    // What the tests of the program were built from is not built again; cargo holds no lock while tests run.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    // A wheel of an earlier version must not be taken for the new one.
    let _ = fs::remove_dir_all(&wheels);
    let mut build = Command::new(environment.join("bin/maturin"));
    build.args(["build", "--profile", "dev", "--locked", "--manifest-path", "python/Cargo.toml", "--out"]).arg(&wheels);
    build.arg("--interpreter").arg(environment.join("bin/python")).env("CARGO_TARGET_DIR", target);
    run(&mut build, "the package cannot be built");
    let wheel = fs::read_dir(&wheels).unwrap().next().expect("maturin writes one wheel").unwrap().path();
    let mut install = pip(&environment);
    install.args(["install", "--no-deps", "--no-index", "--force-reinstall"]).arg(&wheel);
    run(&mut install, "the package cannot be installed");
    let mut test = Command::new(environment.join("bin/pytest"));
    test.args(["-c", "python/pyproject.toml", "-r", "s", "python/tests"]).env("DEBOIL", env!("CARGO_BIN_EXE_deboil"));
    // Nothing is written beside the sources.
    test.env("PYTHONDONTWRITEBYTECODE", "1").env("HYPOTHESIS_STORAGE_DIRECTORY", work.join("hypothesis"));
    let said = run(&mut test, "the tests of the package fail");
    // Written past the capture of output, which hides what a test that passes prints.
    io::stderr().write_all(summary(&said, "tests in Python").as_bytes()).unwrap();
}
