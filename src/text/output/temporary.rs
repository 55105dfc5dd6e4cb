//! Files under a name of their own until they take their place.

use std::ffi::{OsStr, OsString};
use std::io;
use std::mem;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use super::TEMPORARY;
use super::directory::Directory;

/// How many names are tried: a process that was killed may have left files behind under the names of this one.
const TRIES: usize = 1_000;

/// A file under a name of its own; it is gone when this is, unless it took its place.
#[derive(Debug)]
pub(super) struct Temporary {
    directory: Arc<Directory>,
    name: OsString,
    is_placed: bool,
}

impl Temporary {
    /// A file that `make` makes under a name that nothing has, and what else it gives.
    pub(super) fn make<T>(
        directory: &Arc<Directory>,
        make: impl Fn(&Directory, &OsStr) -> io::Result<T>,
    ) -> io::Result<(Self, T)> {
        let mut tries = 1..=TRIES;
        loop {
            let name = next_name();
            match make(directory, &name) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries.next().is_some() => {}
                made => {
                    let made = made?;
                    return Ok((Self { directory: Arc::clone(directory), name, is_placed: false }, made));
                }
            }
        }
    }

    /// Gives the file its true name. A file that had that name is gone.
    pub(super) fn place(mut self, name: &OsStr) -> io::Result<()> {
        self.directory.rename(&self.name, name)?;
        self.is_placed = true;
        Ok(())
    }

    /// Leaves the file to the caller, who moves or removes it by its name.
    pub(super) fn leave(mut self) -> OsString {
        self.is_placed = true;
        mem::take(&mut self.name)
    }

    /// Gives the file its true name, too, if it has that one not yet. A file that had that name is gone.
    ///
    /// Of two names of one file the system moves neither onto the other, so this one is removed in any case.
    pub(super) fn place_link(self, name: &OsStr) -> io::Result<()> {
        self.directory.rename(&self.name, name)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_placed {
            // It is gone already, or nobody can help it.
            let _ = self.directory.remove(&self.name);
        }
    }
}

/// How the names of the temporary files of a process start.
pub fn names_of(process: u32) -> String {
    format!("{TEMPORARY}{process:x}-")
}

/// A name that no other thread and no other process of this machine takes.
fn next_name() -> OsString {
    // To ask for it is a call into the system.
    static NAMES: LazyLock<String> = LazyLock::new(|| names_of(process::id()));
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}{:x}", *NAMES, NEXT.fetch_add(1, Ordering::Relaxed)).into()
}
