//! What a file that takes another one's place takes over from it.

use std::fs::{File, FileTimes, Metadata};
use std::io;
use std::path::Path;

/// Whether a file that takes another one's place gets its times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// It is as new as it is.
    #[default]
    New,
    /// It looks as old as the other one: the times of its last change and of the last time that it was read.
    Kept,
}

/// What a file that takes another one's place takes over from it.
#[derive(Debug)]
pub(super) struct Dress {
    times: Option<FileTimes>,
}

impl Dress {
    /// Gives a file the permissions of another one, and where the system lets us, its owner and its extended attributes
    /// (access control lists are such). Its times come last, as whatever is written changes them.
    pub(super) fn put_on(file: &File, path: &Path, model: &Metadata, times: Times) -> io::Result<Self> {
        copy_owner(file, model);
        file.set_permissions(model.permissions())?;
        copy_attributes(file, path);
        let times = (times == Times::Kept).then(|| times_of(model)).transpose()?;
        Ok(Self { times })
    }

    /// Gives the file what it takes over when all is written.
    pub(super) fn finish(&self, file: &File) -> io::Result<()> {
        self.times.map_or(Ok(()), |times| file.set_times(times))
    }
}

fn times_of(model: &Metadata) -> io::Result<FileTimes> {
    Ok(FileTimes::new().set_accessed(model.accessed()?).set_modified(model.modified()?))
}

/// Only the superuser may give files away; for anyone else the owner is the same already.
#[cfg(unix)]
fn copy_owner(file: &File, model: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(model.uid()), Some(model.gid()));
}

#[cfg(not(unix))]
fn copy_owner(_: &File, _: &Metadata) {}

/// Some belong to the system, and some file systems have none: what cannot be copied stays behind.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
fn copy_attributes(file: &File, path: &Path) {
    use rustix::buffer::spare_capacity;
    use rustix::fs::{XattrFlags, fsetxattr, getxattr, listxattr};
    use rustix::io::Errno;
    /// Most files have no attributes, and none has more than the system's 64 KiB in one.
    const ROOM: [usize; 2] = [256, 64 << 10];
    let read = |read: &dyn Fn(&mut Vec<u8>) -> Result<usize, Errno>| {
        ROOM.iter().find_map(|&room| {
            let mut bytes = Vec::with_capacity(room);
            read(&mut bytes).is_ok().then_some(bytes)
        })
    };
    let names = read(&|names| listxattr(path, spare_capacity(names))).unwrap_or_default();
    for name in names.split(|&byte| byte == 0).filter(|name| !name.is_empty()) {
        if let Some(value) = read(&|value| getxattr(path, name, spare_capacity(value))) {
            let _ = fsetxattr(file, name, &value, XattrFlags::empty());
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
fn copy_attributes(_: &File, _: &Path) {}
