//! Writes files that appear whole or not at all.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// How the names of temporary files start; they are no documents, whoever left them behind.
pub const TEMPORARY: &str = ".deboil-";

/// A file in the making: it takes its place when it is finished, and leaves nothing behind when it is not.
#[derive(Debug)]
pub struct Draft {
    temporary: NamedTempFile,
    path: PathBuf,
}

impl Draft {
    /// Starts a file, with the directories above it. A file that is there will be replaced, a link too: what it points
    /// to stays as it is.
    pub fn new(path: &Path) -> io::Result<Self> {
        let temporary = match temporary_beside(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(directory_of(path))?;
                temporary_beside(path)
            }
            made => made,
        }?;
        Ok(Self { temporary, path: path.to_owned() })
    }

    /// Takes the permissions and, where the system lets us, the owner of another file.
    fn dress_like(&self, model: &Path) -> io::Result<()> {
        let metadata = fs::metadata(model)?;
        copy_owner(self.temporary.as_file(), &metadata);
        self.temporary.as_file().set_permissions(metadata.permissions())
    }

    /// Puts the file in its place.
    ///
    /// Nothing is synced to the disk: "whole or not at all" holds against errors and signals, not against a power cut,
    /// which would cost more than the cleaning itself.
    pub fn finish(self) -> io::Result<()> {
        self.temporary.persist(&self.path)?;
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.flush()
    }
}

/// Writes a file in one step, with the directories above it.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = Draft::new(path)?;
    draft.write_all(bytes)?;
    draft.finish()
}

/// Replaces what is in a file in one step; of a link, what is in the file that it points to. `backup` is put after the
/// file's name to name the file that keeps `original`.
pub fn replace(path: &Path, bytes: &[u8], backup: Option<(&OsStr, &[u8])>) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    if let Some((suffix, original)) = backup {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        write_like(&path, Path::new(&name), original)?;
    }
    write_like(&path, &path, bytes)
}

fn write_like(model: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = Draft::new(path)?;
    draft.dress_like(model)?;
    draft.write_all(bytes)?;
    draft.finish()
}

/// The file is opened here, not by the builder: so it has the permissions of any new file, not those of a secret, and
/// errors do not name a path that nobody asked for.
fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let open = |temporary: &Path| File::options().write(true).create_new(true).open(temporary);
    tempfile::Builder::new().prefix(TEMPORARY).make_in(directory_of(path), open)
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}

/// Only the superuser may give files away; for anyone else the owner is the same already.
#[cfg(unix)]
fn copy_owner(file: &File, metadata: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(metadata.uid()), Some(metadata.gid()));
}

#[cfg(not(unix))]
fn copy_owner(_: &File, _: &Metadata) {}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn writing_makes_directories_and_leaves_no_other_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b/c.txt");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(path.parent().unwrap()), ["c.txt"]);
    }

    #[test]
    fn errors_do_not_name_the_temporary_file() {
        let file = NamedTempFile::new().unwrap();
        let error = write(&file.path().join("below"), b"").unwrap_err();
        assert_eq!(error.to_string(), "Not a directory (os error 20)");
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("taken")).unwrap();
        fs::write(directory.path().join("taken/x"), "").unwrap();
        write(&directory.path().join("taken"), b"one").unwrap_err();
        assert_eq!(names(directory.path()), ["taken"]);
    }

    #[test]
    fn replacing_keeps_permissions_links_and_the_original() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        fs::write(&file, "one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        replace(&link, b"two", Some((OsStr::new(".orig"), b"one"))).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(fs::read(directory.path().join("file.orig")).unwrap(), b"one");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
