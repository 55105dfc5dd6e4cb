//! A directory in which files are made, linked, moved and removed by their names.
//!
//! Where the system lets us, it is held open, so that the way to it is gone once and not for each file.

pub(super) use system::Directory;

#[cfg(unix)]
mod system {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{self, AtFlags, CWD, Mode, OFlags};

    /// Files are made in a directory that cannot be listed, too, so nothing is asked but what it takes to name one in
    /// it.
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    const ACCESS: OFlags = OFlags::PATH;
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
    const ACCESS: OFlags = OFlags::RDONLY;

    /// A directory that is held open.
    #[derive(Debug)]
    pub(in super::super) struct Directory(OwnedFd);

    impl Directory {
        pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
            let flags = ACCESS | OFlags::DIRECTORY | OFlags::CLOEXEC;
            Ok(Self(rustix::io::retry_on_intr(|| fs::open(path, flags, Mode::empty()))?))
        }

        /// Makes a file to write to; an error if something has that name.
        pub(in super::super) fn create(&self, name: &OsStr) -> io::Result<File> {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            // What the umask leaves of it is what any new file has.
            let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::WGRP | Mode::ROTH | Mode::WOTH;
            Ok(rustix::io::retry_on_intr(|| fs::openat(&self.0, name, flags, mode))?.into())
        }

        /// Makes a name for the file at a path; an error if something has that name.
        pub(in super::super) fn link(&self, original: &Path, name: &OsStr) -> io::Result<()> {
            Ok(fs::linkat(CWD, original, &self.0, name, AtFlags::SYMLINK_FOLLOW)?)
        }

        /// Gives a file another name; what had that name is gone.
        pub(in super::super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
            Ok(fs::renameat(&self.0, from, &self.0, to)?)
        }

        pub(in super::super) fn remove(&self, name: &OsStr) -> io::Result<()> {
            Ok(fs::unlinkat(&self.0, name, AtFlags::empty())?)
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::ffi::OsStr;
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};

    /// The path of a directory.
    #[derive(Debug)]
    pub(in super::super) struct Directory(PathBuf);

    impl Directory {
        pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
            if fs::metadata(path)?.is_dir() {
                Ok(Self(path.to_owned()))
            } else {
                Err(io::ErrorKind::NotADirectory.into())
            }
        }

        /// Makes a file to write to; an error if something has that name.
        pub(in super::super) fn create(&self, name: &OsStr) -> io::Result<File> {
            File::options().write(true).create_new(true).open(self.0.join(name))
        }

        /// Makes a name for the file at a path; an error if something has that name.
        pub(in super::super) fn link(&self, original: &Path, name: &OsStr) -> io::Result<()> {
            fs::hard_link(fs::canonicalize(original)?, self.0.join(name))
        }

        /// Gives a file another name; what had that name is gone.
        pub(in super::super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
            fs::rename(self.0.join(from), self.0.join(to))
        }

        pub(in super::super) fn remove(&self, name: &OsStr) -> io::Result<()> {
            fs::remove_file(self.0.join(name))
        }
    }
}
