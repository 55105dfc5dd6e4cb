//! Writes files that appear whole or not at all.

mod directory;
mod dress;
mod temporary;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, IoSlice, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::input::not_a_file;
use super::seen::Seen;
use directory::Directory;
use dress::Dress;
pub use dress::Times;
use temporary::Temporary;
pub use temporary::names_of;

/// How the names of temporary files start; they are no documents, whoever left them behind.
pub const TEMPORARY: &str = ".deboil-";

/// Whether a file of this name, without its folder, is one of those.
pub fn is_temporary(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(TEMPORARY.as_bytes())
}

/// How many directories are held open: more than threads write to at a time, few beside what a process may open.
const HELD: usize = 64;

/// A file in the making: it takes its place when it is finished, and leaves nothing behind when it is not.
#[derive(Debug)]
pub struct Draft {
    temporary: Temporary,
    file: File,
    name: OsString,
    /// What it takes over from the file whose place it takes.
    dress: Option<Dress>,
    original: Option<Original>,
    syncs: bool,
}

/// A file that is to be replaced as it was when it was read, and not if anybody changed it since.
#[derive(Clone, Debug)]
struct Original {
    path: PathBuf,
    seen: Seen,
}

impl Original {
    fn check(&self) -> io::Result<()> {
        self.seen.check(&self.path)
    }
}

impl Draft {
    /// Starts a file, with the directories above it. A file that is there will be replaced, a link too: what it points
    /// to stays as it is. A device or a FIFO, or a link to one, is an error: nothing may take its place.
    pub fn new(path: &Path) -> io::Result<Self> {
        let (directory, name) = split(path)?;
        if let Ok(there) = fs::metadata(path)
            && !there.is_file()
            && !there.is_dir()
        {
            return Err(not_a_file(there.file_type()));
        }
        Self::within(&Arc::new(open_or_make(directory)?), name)
    }

    fn within(directory: &Arc<Directory>, name: &OsStr) -> io::Result<Self> {
        let (temporary, file) = Temporary::make(directory, Directory::create)?;
        Ok(Self { temporary, file, name: name.to_owned(), dress: None, original: None, syncs: false })
    }

    /// Starts a file that will replace another one; of a link, the file that it points to. `suffix` is put after the
    /// file's name to name one beside it instead, with the same permissions and owner.
    pub fn replacing(path: &Path, suffix: Option<&OsStr>, times: Times) -> io::Result<Self> {
        let (path, model) = follow(path)?;
        let mut name = path.as_os_str().to_owned();
        name.push(suffix.unwrap_or_default());
        Self::new(Path::new(&name))?.dressed_like(&path, &model, times)
    }

    /// The file, which only takes the place of a file that is still what it was when it was seen.
    pub fn in_place_of(self, path: &Path, seen: Option<Seen>) -> Self {
        Self { original: seen.map(|seen| Original { path: path.to_owned(), seen }), ..self }
    }

    fn dressed_like(mut self, path: &Path, model: &Metadata, times: Times) -> io::Result<Self> {
        self.dress = Some(Dress::put_on(&self.file, path, model, times)?);
        Ok(self)
    }

    /// The file, which is on the disk before it takes its place if it `syncs`.
    pub fn syncing(self, syncs: bool) -> Self {
        Self { syncs, ..self }
    }

    /// Ends it when all is written: it takes over what comes last, and is on the disk if it should be.
    fn complete(&self) -> io::Result<()> {
        self.dress.as_ref().map_or(Ok(()), |dress| dress.finish(&self.file))?;
        if self.syncs { self.file.sync_data() } else { Ok(()) }
    }

    /// Puts the file in its place: whole or not at all, whatever fails and whatever signal comes; after a power cut, if it
    /// is one that syncs.
    pub fn finish(self) -> io::Result<()> {
        self.complete()?;
        self.original.as_ref().map_or(Ok(()), Original::check)?;
        self.temporary.place(&self.name)
    }

    /// What puts the file in its place at the path for which it was made, when all is written.
    fn ready(self, path: &Path) -> io::Result<Ready> {
        self.complete()?;
        Ok(self.detach(path).1)
    }

    /// The file to write to, and what puts it in its place at the path for which the draft was made. Nothing is synced.
    pub fn detach(self, path: &Path) -> (File, Ready) {
        let temporary = path.with_file_name(self.temporary.leave());
        let ready = Ready { temporary, path: path.to_owned(), original: self.original, is_placed: false };
        (self.file, ready)
    }
}

/// A file that waits to take its place; it leaves nothing behind when it never does. Nothing is held open for it, so any
/// number may wait.
#[derive(Debug)]
pub struct Ready {
    temporary: PathBuf,
    path: PathBuf,
    original: Option<Original>,
    is_placed: bool,
}

impl Ready {
    /// The path that it is to have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fails if the file may not take its place, as the one that it was to replace is not what it was.
    pub fn check(&self) -> io::Result<()> {
        self.original.as_ref().map_or(Ok(()), Original::check)
    }

    /// The path that it has until then.
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Puts the file in its place. A file that is there is gone.
    pub fn place(mut self) -> io::Result<()> {
        self.check()?;
        fs::rename(&self.temporary, &self.path)?;
        self.is_placed = true;
        Ok(())
    }

    /// Puts a file in its place that nobody can make again. If that fails, it stays where it is, as the error says.
    pub fn place_or_leave(mut self) -> io::Result<()> {
        self.is_placed = true;
        fs::rename(&self.temporary, &self.path).map_err(|error| {
            let what = format!("{error}; it lies at `{}`: move it from there", self.temporary.display());
            io::Error::new(error.kind(), what)
        })
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        if !self.is_placed {
            // It is gone already, or nobody can help it.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.file.write_vectored(parts)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// How a file is replaced.
#[derive(Clone, Copy, Debug, Default)]
pub struct Replacing<'b> {
    /// What is put after the file's name to name the file that keeps the original, and the original.
    pub backup: Option<(&'b OsStr, &'b [u8])>,
    /// What the file was when it was read: one that was changed since is not replaced, and that is an error.
    pub seen: Option<Seen>,
    /// The times of both.
    pub times: Times,
}

/// Writes many files, on any number of threads. Directories in which it wrote are held open for the files that follow,
/// so one that is moved meanwhile takes these with it.
#[derive(Debug, Default)]
pub struct Writer {
    root: Option<PathBuf>,
    held: RwLock<HashMap<PathBuf, Arc<Directory>>>,
    syncs: bool,
}

impl Writer {
    /// One that waits, if it `syncs`, until each file is on the disk before it takes its place.
    pub fn new(syncs: bool) -> Self {
        Self { syncs, ..Self::default() }
    }

    /// The same, below a directory; where [`check_way`] fails it writes nothing.
    pub fn below(root: &Path, syncs: bool) -> Self {
        Self { root: Some(root.to_owned()), syncs, ..Self::default() }
    }

    /// Writes a file in one step, with the directories above it. Its bytes are those of all parts, one after the other.
    pub fn write<'p>(&self, path: &Path, parts: impl IntoIterator<Item = &'p [u8]>) -> io::Result<()> {
        self.draft(path, parts)?.finish()
    }

    /// Does what [`Writer::write`] does but for the last step.
    pub fn prepare<'p>(&self, path: &Path, parts: impl IntoIterator<Item = &'p [u8]>) -> io::Result<Ready> {
        self.draft(path, parts)?.ready(path)
    }

    fn draft<'p>(&self, path: &Path, parts: impl IntoIterator<Item = &'p [u8]>) -> io::Result<Draft> {
        let mut draft = self.in_directory_of(path, Draft::within)?.syncing(self.syncs);
        write_parts(&mut draft, parts)?;
        Ok(draft)
    }

    /// Makes a path another name of a file in one step, with the directories above it. Fails where the system does not
    /// allow that, on another device above all; then nothing is changed.
    pub fn link(&self, original: &Path, path: &Path) -> io::Result<()> {
        self.in_directory_of(path, |directory, name| match directory.link(original, name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let (temporary, ()) = Temporary::make(directory, |directory, name| directory.link(original, name))?;
                temporary.place_link(name)
            }
            linked => linked,
        })
    }

    /// Replaces what is in a file in one step by the bytes of all parts; of a link, what is in the file that it points
    /// to.
    pub fn replace<'p>(
        &self,
        path: &Path,
        parts: impl IntoIterator<Item = &'p [u8]>,
        how: &Replacing<'_>,
    ) -> io::Result<()> {
        self.replacement(path, parts, how)?.0.finish()
    }

    /// Does what [`Writer::replace`] does but for the last step. The backup is in its place.
    pub fn prepare_replacement<'p>(
        &self,
        path: &Path,
        parts: impl IntoIterator<Item = &'p [u8]>,
        how: &Replacing<'_>,
    ) -> io::Result<Ready> {
        let (draft, path) = self.replacement(path, parts, how)?;
        draft.ready(&path)
    }

    fn replacement<'f, 'p>(
        &self,
        path: &'f Path,
        parts: impl IntoIterator<Item = &'p [u8]>,
        how: &Replacing<'_>,
    ) -> io::Result<(Draft, Cow<'f, Path>)> {
        let (path, model) = follow(path)?;
        let draft = |target: &Path| {
            let draft = self.in_directory_of(target, Draft::within)?.dressed_like(&path, &model, how.times)?;
            Ok::<_, io::Error>(draft.syncing(self.syncs))
        };
        if let Some((suffix, original)) = how.backup {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            let kept = draft(Path::new(&name)).and_then(|mut backup| {
                write_parts(&mut backup, [original])?;
                backup.finish()
            });
            kept.map_err(|error| cannot_keep(Path::new(&name), &error))?;
        }
        let mut replacement = draft(&path)?.in_place_of(&path, how.seen);
        write_parts(&mut replacement, parts)?;
        Ok((replacement, path))
    }

    /// Does something in the directory of a path, with the name that the path ends in. The directory is made if it is
    /// missing.
    fn in_directory_of<T>(&self, path: &Path, act: impl Fn(&Arc<Directory>, &OsStr) -> io::Result<T>) -> io::Result<T> {
        let (directory, name) = split(path)?;
        if let Some(held) = self.held(directory) {
            match act(&held, name) {
                // It was removed after it was opened.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => return done,
            }
        }
        act(&self.hold(directory)?, name)
    }

    fn held(&self, path: &Path) -> Option<Arc<Directory>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).get(path).map(Arc::clone)
    }

    fn hold(&self, path: &Path) -> io::Result<Arc<Directory>> {
        if let Some(root) = &self.root
            && let Ok(below) = path.strip_prefix(root)
        {
            check_way(root, below)?;
        }
        let directory = Arc::new(open_or_make(path)?);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.len() == HELD {
            held.clear();
        }
        held.insert(path.to_owned(), Arc::clone(&directory));
        Ok(directory)
    }
}

/// Waits until the disk knows the names of the files that were made in the directory of a path.
pub fn sync_directory_of(path: &Path) -> io::Result<()> {
    let (directory, _) = split(path)?;
    // Elsewhere a directory cannot be opened.
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

/// Says that the original of a file that is to be replaced cannot be kept under another name.
pub fn cannot_keep(backup: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot keep the original as `{}`: {error}", backup.display()))
}

/// Checks that no link stands on the way from a directory down to a path below it: what is written there would end elsewhere,
/// in the place of an original if the link leads back to the inputs. The directory itself may be a link.
pub fn check_way(root: &Path, below: &Path) -> io::Result<()> {
    let mut path = root.to_owned();
    for name in below {
        path.push(name);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                let what = format!(
                    "`{}` is a link, and leads elsewhere; remove it, or write to another directory",
                    path.display()
                );
                return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            _ => {}
        }
    }
    Ok(())
}

/// What a link to a file points to, or the path of a file itself, and what is known of the file.
fn follow(path: &Path) -> io::Result<(Cow<'_, Path>, Metadata)> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        let target = fs::canonicalize(path)?;
        let metadata = fs::metadata(&target)?;
        return Ok((target.into(), metadata));
    }
    Ok((path.into(), metadata))
}

/// As a rule all parts go with one call.
fn write_parts<'p>(out: &mut impl Write, parts: impl IntoIterator<Item = &'p [u8]>) -> io::Result<()> {
    let mut parts: Vec<IoSlice<'_>> = parts.into_iter().filter(|part| !part.is_empty()).map(IoSlice::new).collect();
    let mut left = &mut parts[..];
    while !left.is_empty() {
        match out.write_vectored(left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut left, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn open_or_make(directory: &Path) -> io::Result<Directory> {
    match Directory::open(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(directory)?;
            Directory::open(directory)
        }
        opened => opened,
    }
}

/// The directory and the name that a path is made of.
fn split(path: &Path) -> io::Result<(&Path, &OsStr)> {
    let names_file = |name: &&OsStr| path.as_os_str().as_encoded_bytes().ends_with(name.as_encoded_bytes());
    let Some(name) = path.file_name().filter(names_file) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is the path of a directory"));
    };
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    Ok((directory.unwrap_or(Path::new(".")), name))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn writing_makes_directories_and_leaves_no_other_file() {
        let (directory, writer) = (tempfile::tempdir().unwrap(), Writer::default());
        let path = directory.path().join("a/b/c.txt");
        writer.write(&path, [&b"one"[..]]).unwrap();
        writer.write(&path, [&b"t"[..], b"", b"wo"]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        writer.write(&path, []).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
        assert_eq!(names(path.parent().unwrap()), ["c.txt"]);
    }

    #[test]
    fn parts_are_written_whole_however_many_there_are_and_however_few_bytes_are_taken_at_a_time() {
        struct Slow(Vec<u8>);
        impl Write for Slow {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.extend(&bytes[..bytes.len().min(3)]);
                Ok(bytes.len().min(3))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let bytes: Vec<u8> = (0..10_000).map(|at| at as u8).collect();
        let mut slow = Slow(Vec::new());
        write_parts(&mut slow, bytes.chunks(7)).unwrap();
        assert_eq!(slow.0, bytes);
        let path = tempfile::tempdir().unwrap().path().join("many");
        Writer::default().write(&path, bytes.chunks(1)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn a_directory_that_is_removed_meanwhile_is_made_again() {
        let (directory, writer) = (tempfile::tempdir().unwrap(), Writer::default());
        let path = directory.path().join("a/b.txt");
        writer.write(&path, [&b"one"[..]]).unwrap();
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
        writer.write(&path, [&b"two"[..]]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn directories_are_not_held_open_without_end() {
        let (directory, writer) = (tempfile::tempdir().unwrap(), Writer::default());
        for number in 0..3 * HELD {
            writer.write(&directory.path().join(format!("{number}/a.txt")), [&b"one"[..]]).unwrap();
            assert!(writer.held.read().unwrap().len() <= HELD);
        }
        assert_eq!(names(directory.path()).len(), 3 * HELD);
    }

    #[test]
    fn files_that_a_killed_process_left_behind_are_in_nobodys_way() {
        let directory = tempfile::tempdir().unwrap();
        let handle = Arc::new(Directory::open(directory.path()).unwrap());
        let (first, _) = Temporary::make(&handle, Directory::create).unwrap();
        let left = names(directory.path());
        let taken = std::cell::Cell::new(3);
        let make = |directory: &Directory, name: &OsStr| match taken.replace(taken.get() - 1) {
            1.. => Err(io::ErrorKind::AlreadyExists.into()),
            _ => directory.create(name),
        };
        drop(Temporary::make(&handle, make).unwrap());
        assert_eq!(names(directory.path()), left);
        drop(first);
        assert!(names(directory.path()).is_empty());
    }

    #[test]
    fn errors_do_not_name_the_temporary_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Writer::default().write(&file.path().join("below"), []).unwrap_err();
        assert_eq!(error.to_string(), "Not a directory (os error 20)");
    }

    #[test]
    fn the_path_of_a_directory_is_no_file() {
        for path in ["reports/", "reports/.", "..", "/"] {
            assert_eq!(Draft::new(Path::new(path)).unwrap_err().to_string(), "it is the path of a directory");
        }
    }

    #[test]
    fn what_is_no_file_is_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let (fifo, link) = (directory.path().join("fifo"), directory.path().join("link"));
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        symlink("fifo", &link).unwrap();
        for path in [fifo, link] {
            assert_eq!(Draft::new(&path).unwrap_err().to_string(), "it is a FIFO, not a file");
        }
        assert_eq!(names(directory.path()), ["fifo", "link"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let (directory, writer) = (tempfile::tempdir().unwrap(), Writer::default());
        let taken = directory.path().join("taken");
        fs::create_dir(&taken).unwrap();
        fs::write(taken.join("x"), "").unwrap();
        writer.write(&taken, [&b"one"[..]]).unwrap_err();
        writer.link(&taken.join("x"), &taken).unwrap_err();
        assert_eq!(names(directory.path()), ["taken"]);
    }

    #[test]
    fn replacing_keeps_permissions_links_and_the_original() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        fs::write(&file, "one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        let how = Replacing { backup: Some((OsStr::new(".orig"), b"one")), ..Replacing::default() };
        Writer::default().replace(&link, [&b"two"[..]], &how).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(fs::read(directory.path().join("file.orig")).unwrap(), b"one");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn replacing_keeps_attributes_and_where_asked_times() {
        let directory = tempfile::tempdir().unwrap();
        let (path, old) = (directory.path().join("file"), std::time::UNIX_EPOCH + std::time::Duration::from_secs(77));
        let modified = || fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, "one").unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        let has_attributes =
            rustix::fs::setxattr(&path, "user.note", &[b'x'; 1000], rustix::fs::XattrFlags::empty()).is_ok();
        for times in [Times::Kept, Times::New] {
            let how = Replacing { times, ..Replacing::default() };
            Writer::default().replace(&path, [&b"two"[..]], &how).unwrap();
            assert_eq!(modified() == old, times == Times::Kept);
            let mut value = Vec::with_capacity(2000);
            let read = rustix::fs::getxattr(&path, "user.note", rustix::buffer::spare_capacity(&mut value));
            assert_eq!(read.ok(), has_attributes.then_some(1000));
        }
    }

    #[test]
    fn another_name_of_a_replaced_file_keeps_the_original() {
        let directory = tempfile::tempdir().unwrap();
        let (path, other) = (directory.path().join("file"), directory.path().join("other"));
        fs::write(&path, "one").unwrap();
        fs::hard_link(&path, &other).unwrap();
        Writer::default().replace(&path, [&b"two"[..]], &Replacing::default()).unwrap();
        assert_eq!((fs::read(&path).unwrap(), fs::read(&other).unwrap()), (b"two".to_vec(), b"one".to_vec()));
    }

    #[test]
    fn a_linked_file_has_two_names_and_replaces_what_had_the_second() {
        let (directory, writer) = (tempfile::tempdir().unwrap(), Writer::default());
        let (original, path) = (directory.path().join("original"), directory.path().join("out/path"));
        let inode = |path: &Path| fs::symlink_metadata(path).unwrap().ino();
        fs::write(&original, "one").unwrap();
        for _ in 0..2 {
            writer.link(&original, &path).unwrap();
            assert_eq!(inode(&path), inode(&original));
        }
        writer.write(&path, [&b"two"[..]]).unwrap();
        assert_eq!(fs::read(&original).unwrap(), b"one");
        writer.link(&original, &path).unwrap();
        assert_eq!(inode(&path), inode(&original));
        assert_eq!(names(path.parent().unwrap()), ["path"]);
    }

    #[test]
    fn what_is_ready_takes_its_place_or_leaves_nothing_behind() {
        let (directory, writer) = (tempfile::tempdir().unwrap(), Writer::default());
        let path = directory.path().join("a.txt");
        drop(writer.prepare(&path, [&b"one"[..]]).unwrap());
        assert!(names(directory.path()).is_empty());
        let ready = writer.prepare(&path, [&b"one"[..]]).unwrap();
        assert!(!path.exists());
        ready.place().unwrap();
        let how = Replacing { backup: Some((OsStr::new(".orig"), b"one")), ..Replacing::default() };
        let ready = writer.prepare_replacement(&path, [&b"two"[..]], &how).unwrap();
        assert_eq!((ready.path(), fs::read(&path).unwrap()), (&*path, b"one".to_vec()));
        ready.place().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(directory.path()), ["a.txt", "a.txt.orig"]);
    }

    #[test]
    fn of_a_link_the_file_that_it_points_to_is_linked() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link, path) =
            (directory.path().join("file"), directory.path().join("link"), directory.path().join("path"));
        fs::write(&file, "one").unwrap();
        symlink("file", &link).unwrap();
        Writer::default().link(&link, &path).unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }
}
