//! The Python package does what its own tests say: they are run by pytest in a virtual environment below the target
//! folder, which is made once for each set of requirements. It needs `python3`, 3.11 or later, and for Spark Java, 17 or
//! later; what pytest skips without it is told.

#![cfg(unix)]

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const REQUIREMENTS: &str = "python/requirements-test.txt";

#[test]
fn the_package_passes_its_tests() {
    let environment = environment();
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
    io::stderr().write_all(summary(&said).as_bytes()).unwrap();
}

/// What pytest says in the end: the tests that it skipped and why, and how many there were of each kind.
fn summary(said: &str) -> String {
    let skipped = said.lines().filter(|line| line.starts_with("SKIPPED"));
    let last = said.lines().rfind(|line| line.starts_with("====="));
    skipped.chain(last).map(|line| format!("tests in Python: {}\n", line.trim_matches(['=', ' ']))).collect()
}

/// A virtual environment with all that the tests need. One that was not finished is made anew.
fn environment() -> PathBuf {
    let requirements = fs::read_to_string(root().join(REQUIREMENTS)).unwrap();
    let mut hasher = DefaultHasher::new();
    requirements.hash(&mut hasher);
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("python-{:016x}", hasher.finish()));
    let finished = environment.join("finished");
    if !finished.exists() {
        remove_old_environments();
        let mut create = Command::new("python3");
        create.args(["-m", "venv", "--clear"]).arg(&environment);
        run(&mut create, "no virtual environment can be made; install Python 3.11 or later with its `venv` module");
        run(
            pip(&environment).args(["install", "--no-cache-dir", "--requirement", REQUIREMENTS]),
            "what the tests of the package need cannot be installed; they take it from PyPI, so the first run needs a \
             network",
        );
        fs::write(finished, "").unwrap();
    }
    environment
}

/// Each takes two gigabytes, and those of other requirements are of no more use.
fn remove_old_environments() {
    let entries = fs::read_dir(env!("CARGO_TARGET_TMPDIR")).unwrap().map(|entry| entry.unwrap());
    for old in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("python-")) {
        fs::remove_dir_all(old.path()).unwrap();
    }
}

fn pip(environment: &Path) -> Command {
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
    pip
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a command in the root of the repository; what it says.
fn run(command: &mut Command, complaint: &str) -> String {
    let output = command.current_dir(root()).output().unwrap_or_else(|error| panic!("{complaint}: {error}"));
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    assert!(output.status.success(), "{complaint}:\n{said}");
    said
}
