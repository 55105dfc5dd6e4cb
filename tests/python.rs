//! The Python package does what its own tests say: they are run by pytest in a virtual environment below the target
//! folder, which is made once for each set of requirements. It needs `python3`, 3.11 or later.

#![cfg(unix)]

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
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
    test.args(["-c", "python/pyproject.toml", "python/tests"]).env("DEBOIL", env!("CARGO_BIN_EXE_deboil"));
    // Nothing is written beside the sources.
    test.env("PYTHONDONTWRITEBYTECODE", "1").env("HYPOTHESIS_STORAGE_DIRECTORY", work.join("hypothesis"));
    run(&mut test, "the tests of the package fail");
}

/// A virtual environment with all that the tests need. One that was not finished is made anew.
fn environment() -> PathBuf {
    let requirements = fs::read_to_string(root().join(REQUIREMENTS)).unwrap();
    let mut hasher = DefaultHasher::new();
    requirements.hash(&mut hasher);
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("python-{:016x}", hasher.finish()));
    let finished = environment.join("finished");
    if !finished.exists() {
        let mut create = Command::new("python3");
        create.args(["-m", "venv", "--clear"]).arg(&environment);
        run(&mut create, "no virtual environment can be made; install Python 3.11 or later with its `venv` module");
        run(
            pip(&environment).args(["install", "--requirement", REQUIREMENTS]),
            "what the tests of the package need cannot be installed; they take it from PyPI, so the first run needs a \
             network",
        );
        fs::write(finished, "").unwrap();
    }
    environment
}

fn pip(environment: &Path) -> Command {
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
    pip
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(command: &mut Command, complaint: &str) {
    let output = command.current_dir(root()).output().unwrap_or_else(|error| panic!("{complaint}: {error}"));
    let said = || [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    assert!(output.status.success(), "{complaint}:\n{}", said());
}
