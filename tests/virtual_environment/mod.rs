//! Virtual environments of Python below the target folder, each made once for the requirements that it is to meet.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The environment with all that a file of requirements names. One that was not finished is made anew. `name` starts the
/// name of its folder, and of those that it takes the place of.
pub(crate) fn environment(name: &str, requirements: &str) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    fs::read_to_string(root().join(requirements)).unwrap().hash(&mut hasher);
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{:016x}", hasher.finish()));
    let finished = environment.join("finished");
    if !finished.exists() {
        remove_old_environments(name);
        let mut create = Command::new("python3");
        create.args(["-m", "venv", "--clear"]).arg(&environment);
        run(&mut create, "no virtual environment can be made; install Python 3.11 or later with its `venv` module");
        run(
            pip(&environment).args(["install", "--no-cache-dir", "--requirement", requirements]),
            "what the tests need cannot be installed; they take it from PyPI, so the first run needs a network",
        );
        fs::write(finished, "").unwrap();
    }
    environment
}

/// They may take gigabytes, and those of other requirements are of no more use.
fn remove_old_environments(name: &str) {
    let entries = fs::read_dir(env!("CARGO_TARGET_TMPDIR")).unwrap().map(|entry| entry.unwrap());
    let is_old = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(&format!("{name}-"));
    for old in entries.filter(is_old) {
        fs::remove_dir_all(old.path()).unwrap();
    }
}

/// The installer of an environment.
pub(crate) fn pip(environment: &Path) -> Command {
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
    pip
}

/// Runs a command in the root of the repository; what it says.
pub(crate) fn run(command: &mut Command, complaint: &str) -> String {
    let output = command.current_dir(root()).output().unwrap_or_else(|error| panic!("{complaint}: {error}"));
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    assert!(output.status.success(), "{complaint}:\n{said}");
    said
}

/// What pytest says in the end: the tests that it skipped and why, and how many there were of each kind.
pub(crate) fn summary(said: &str, what: &str) -> String {
    let skipped = said.lines().filter(|line| line.starts_with("SKIPPED"));
    let last = said.lines().rfind(|line| line.starts_with("====="));
    skipped.chain(last).map(|line| format!("{what}: {}\n", line.trim_matches(['=', ' ']))).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
