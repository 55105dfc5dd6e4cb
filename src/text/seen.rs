//! Whether a file is still what it was.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// What a file was when it was looked at: which one, how long, and changed when. A change that leaves the length as it was is
/// seen as finely as the system's clock for files ticks, every few milliseconds as a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen(State);

impl Seen {
    /// What the system says of a file.
    pub fn of(metadata: &Metadata) -> Self {
        Self(state(metadata))
    }

    /// What the system says of the file that a path leads to.
    pub fn at(path: &Path) -> io::Result<Self> {
        Ok(Self::of(&fs::metadata(path)?))
    }

    /// Fails if a path leads to another file now, or to one that was changed.
    pub fn check(self, path: &Path) -> io::Result<()> {
        match Self::at(path) {
            Ok(now) if now == self => Ok(()),
            Ok(_) => Err(io::Error::other("it was changed meanwhile, and stays as it is now; try again")),
            Err(error) => Err(error),
        }
    }
}

/// Device and number of the file; its length; seconds and nanoseconds of the last change of its bytes, and of all else.
#[cfg(unix)]
type State = (u64, u64, u64, [i64; 4]);

#[cfg(unix)]
fn state(metadata: &Metadata) -> State {
    use std::os::unix::fs::MetadataExt;
    let times = [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()];
    (metadata.dev(), metadata.ino(), metadata.len(), times)
}

/// Its length and the time of its last change.
#[cfg(not(unix))]
type State = (u64, Option<std::time::SystemTime>);

#[cfg(not(unix))]
fn state(metadata: &Metadata) -> State {
    (metadata.len(), metadata.modified().ok())
}
