//! A directory to run the program in, with a rule file that deletes one line.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A paragraph of an article.
pub(crate) const PROSE: &str = "Officials said on Tuesday that the harbour would be widened by the end of next year.\n";

/// The line that goes.
pub(crate) const JUNK: &str = "Advertisement\n";

const RULES: &str = "schema = 1\n\n[[line]]\nid = \"t.ad\"\ncategory = \"ad\"\nany = [\"Advertisement\"]\n\
    why = \"label of an ad slot\"\nstrips = [\"Advertisement\"]\nkeeps = [\"Advertisement rates rose.\"]\n";

/// A directory to run the program in.
pub(crate) struct Stage(TempDir);

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let stage = Self(TempDir::new().unwrap());
        stage.write("rules.toml", RULES);
        stage
    }

    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.path(path)).unwrap()
    }

    #[cfg(unix)]
    pub(crate) fn link(&self, target: &str, path: &str) {
        std::os::unix::fs::symlink(target, self.path(path)).unwrap();
    }

    /// Runs the program.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deboil"));
        let output = command.args(args).current_dir(self.0.path()).stdin(Stdio::null()).output().unwrap();
        Run {
            status: output.status.code().expect("no signal ends it"),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Cleans with the rule file of the directory.
    pub(crate) fn clean(&self, args: &[&str]) -> Run {
        self.run([&["clean", "--isolated", "--no-bundled", "--rules", "rules.toml"], args].concat())
    }
}

/// The program that `DEBOIL` names, which should be an optimised one, or else that of the tests.
#[cfg(target_os = "linux")]
pub(crate) fn optimised() -> PathBuf {
    let program = std::env::var_os("DEBOIL").unwrap_or_else(|| env!("CARGO_BIN_EXE_deboil").into());
    fs::canonicalize(program).unwrap()
}
