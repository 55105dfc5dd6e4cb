//! Opens files: small ones are read into a buffer that is used again, large ones are mapped into memory.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

/// The size from which [`MapChoice::Auto`] maps a file.
///
/// Setting a map up and tearing it down costs more than copying a small file: at 5 KB, mapping took three times as
/// long as reading on one thread and thirteen times on two, which share the page tables. Between a quarter of a
/// megabyte and one both take about as long; at four, mapping took three quarters of the time, at sixteen half of it
/// on two threads, and a mapped file needs no second place in memory. `--mmap always` and `--mmap never` show it on
/// files of one size that start with a zero byte: they are copied without being cleaned.
pub const MAP_FROM: u64 = 1 << 20;

/// Whether files are mapped into memory. The result is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MapChoice {
    /// Where that is the faster way.
    #[default]
    Auto,
    /// Wherever it is possible.
    Always,
    /// Nowhere.
    Never,
}

impl MapChoice {
    fn holds_for(self, size: u64) -> bool {
        match self {
            Self::Auto => size >= MAP_FROM,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The bytes of an opened file.
#[derive(Debug)]
pub enum Bytes<'b> {
    /// They were read into the caller's buffer.
    Read(&'b [u8]),
    /// They are mapped.
    Mapped(Mmap),
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Mapped(map) => map,
        }
    }
}

/// Opens a file. Links are followed; what is neither a file nor a link to one is an error, and is not waited for.
pub fn open<'b>(path: &Path, buffer: &'b mut Vec<u8>, choice: MapChoice) -> io::Result<Bytes<'b>> {
    let (mut file, size) = open_file(path)?;
    if choice.holds_for(size)
        && let Ok(map) = map(&file)
    {
        return Ok(Bytes::Mapped(map));
    }
    buffer.clear();
    read(&mut file, size, buffer)?;
    Ok(Bytes::Read(buffer))
}

/// Opens a file as [`open`] does, to read it piece by piece.
pub fn open_stream(path: &Path) -> io::Result<File> {
    Ok(open_file(path)?.0)
}

/// A file and its size; an error if it is none.
fn open_file(path: &Path) -> io::Result<(File, u64)> {
    let file = open_without_waiting(path).map_err(|error| name_obstacle(path, error))?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata.len())) } else { Err(not_a_file(metadata.file_type())) }
}

/// Nobody may write to a FIFO, and a device may be a terminal: opening must not wait for one or make it ours.
#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Reads a file that should hold `size` bytes to its end, behind what is in the buffer.
///
/// There is always room for more than that. So if what comes is as much as it should be, the file ends there, and
/// nobody need ask once more.
#[cfg(unix)]
fn read(file: &mut File, size: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    use rustix::buffer::spare_capacity;
    buffer.try_reserve(usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1))?;
    let got = rustix::io::retry_on_intr(|| rustix::io::read(&*file, spare_capacity(buffer)))?;
    if got as u64 != size {
        file.read_to_end(buffer)?;
    }
    check_length(size, buffer)
}

#[cfg(not(unix))]
fn read(file: &mut File, size: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    file.read_to_end(buffer)?;
    check_length(size, buffer)
}

/// Rejects what is left of a file that another program cut off meanwhile. One that grew is read as far as it goes.
fn check_length(size: u64, read: &[u8]) -> io::Result<()> {
    if (read.len() as u64) < size {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it became shorter while it was read; try again"));
    }
    Ok(())
}

#[expect(unsafe_code, reason = "mapping a file cannot be had without")]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the map is read only and private to this process, and its length is fixed here. What remains is
    // another process that changes the file while it is mapped: that is the risk of every program that maps files,
    // and who has such files says `MapChoice::Never`. Nothing here trusts the bytes: they need not be UTF-8, and
    // offsets are checked against the slice on each use.
    unsafe { Mmap::map(file) }
}

/// Says what is at a path that cannot be opened: of a link to nowhere that it is one, as to hear of a file that is there
/// that it is not helps nobody; of a socket that it is no file.
fn name_obstacle(path: &Path, error: io::Error) -> io::Error {
    match (fs::metadata(path), fs::read_link(path)) {
        (Ok(metadata), _) if !metadata.is_file() && !metadata.is_dir() => not_a_file(metadata.file_type()),
        (Err(_), Ok(target)) if error.kind() == io::ErrorKind::NotFound => {
            let message = format!("it is a broken link: `{}` does not exist", target.display());
            io::Error::new(error.kind(), message)
        }
        _ => error,
    }
}

/// Says what something is that is no file.
pub(super) fn not_a_file(kind_of_it: FileType) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("it is {}, not a file", kind(kind_of_it)))
}

/// What a directory entry is that is no file.
#[cfg(unix)]
fn kind(of: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match of {
        _ if of.is_dir() => "a directory",
        _ if of.is_fifo() => "a FIFO",
        _ if of.is_socket() => "a socket",
        _ => "a device",
    }
}

/// What a directory entry is that is no file.
#[cfg(not(unix))]
fn kind(of: FileType) -> &'static str {
    if of.is_dir() { "a directory" } else { "a special file" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(bytes: &[u8], choice: MapChoice) -> (bool, Vec<u8>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        let mut buffer = b"of the file before".to_vec();
        let opened = open(file.path(), &mut buffer, choice).unwrap();
        (matches!(opened, Bytes::Mapped(_)), opened.to_vec())
    }

    #[test]
    fn mapped_or_read_the_bytes_are_the_same() {
        for choice in [MapChoice::Auto, MapChoice::Always, MapChoice::Never] {
            assert_eq!(opened(b"text\xff", choice).1, b"text\xff");
            assert_eq!(opened(b"", choice).1, b"");
        }
    }

    #[test]
    fn only_large_files_are_mapped_unasked() {
        assert!(!opened(&[b'a'; 5_000], MapChoice::Auto).0);
        assert!(opened(&[b'a'; MAP_FROM as usize], MapChoice::Auto).0);
        assert!(opened(b"a", MapChoice::Always).0);
        assert!(!opened(&[b'a'; MAP_FROM as usize], MapChoice::Never).0);
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_read_whole_or_not_at_all() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "text").unwrap();
        let read_as = |size| {
            let mut buffer = Vec::new();
            read(&mut File::open(file.path()).unwrap(), size, &mut buffer).map(|()| buffer)
        };
        assert_eq!(read_as(2).unwrap(), b"text", "it grew");
        assert_eq!(read_as(9).unwrap_err().to_string(), "it became shorter while it was read; try again");
    }

    #[test]
    fn what_is_no_file_is_named_for_what_it_is() {
        let of = |path: &Path| open(path, &mut Vec::new(), MapChoice::Auto).unwrap_err().to_string();
        assert_eq!(of(&std::env::temp_dir()), "it is a directory, not a file");
        assert_eq!(of(Path::new("/does/not/exist")), "No such file or directory (os error 2)");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_waits_for_what_is_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let (fifo, socket, link) =
            (directory.path().join("fifo"), directory.path().join("socket"), directory.path().join("link"));
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        std::os::unix::net::UnixListener::bind(&socket).unwrap();
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        let of = |path: &Path| open(path, &mut Vec::new(), MapChoice::Auto).unwrap_err().to_string();
        assert_eq!(of(&fifo), "it is a FIFO, not a file");
        assert_eq!(of(&socket), "it is a socket, not a file");
        assert_eq!(of(&link), "it is a broken link: `nowhere` does not exist");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_is_read_to_its_end_whatever_the_system_says_of_its_length() {
        let mut buffer = Vec::new();
        let opened = open(Path::new("/proc/self/status"), &mut buffer, MapChoice::Auto).unwrap();
        assert!(opened.starts_with(b"Name:") && opened.ends_with(b"\n"));
        assert!(opened.len() > 100);
    }
}
