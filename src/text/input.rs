//! Opens files: small ones are read into a buffer that is used again, large ones are mapped into memory.

use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

use super::mapped::{Mapped, became_shorter};
use super::seen::Seen;

/// The size from which [`MapChoice::Auto`] maps a file.
///
/// Setting a map up and tearing it down costs more than copying a small file: at 5 KB, mapping took three times as
/// long as reading on one thread and thirteen times on two, which share the page tables. Between a quarter of a
/// megabyte and one both take about as long; at four, mapping took three quarters of the time, at sixteen half of it
/// on two threads, and a mapped file needs no second place in memory. `--mmap always` and `--mmap never` show it on
/// files of one size that start with a zero byte: they are copied without being cleaned.
pub const MAP_FROM: u64 = 1 << 20;

/// Whether files are mapped into memory. The result is the same.
///
/// The first file that is mapped sets a handler of `SIGBUS` for the process, so that one that is cut off meanwhile is an error and
/// no end of the program; faults that are none of a mapped file go to the handler that was there before.
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

/// An opened file: its bytes, and what it was when it was opened.
#[derive(Debug)]
pub struct Opened<'b> {
    bytes: Bytes<'b>,
    /// What it was, if it is a file.
    pub seen: Option<Seen>,
}

#[derive(Debug)]
enum Bytes<'b> {
    /// They were read into the caller's buffer, or are in memory anyway.
    Read(&'b [u8]),
    Mapped(Mapped),
}

impl<'b> Opened<'b> {
    /// Bytes that are in memory, and no file.
    pub fn in_memory(bytes: &'b [u8]) -> Self {
        Self { bytes: Bytes::Read(bytes), seen: None }
    }

    /// Whether the bytes are mapped: then [`Opened::check`] must succeed before anything that was made of them is used.
    pub fn is_mapped(&self) -> bool {
        matches!(self.bytes, Bytes::Mapped(_))
    }

    /// Whether the bytes are those of the file, as far as they were read. Those that are not mapped always are.
    pub fn check(&self) -> io::Result<()> {
        match &self.bytes {
            Bytes::Read(_) => Ok(()),
            Bytes::Mapped(mapped) => mapped.check(),
        }
    }
}

impl Deref for Opened<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Read(bytes) => bytes,
            Bytes::Mapped(mapped) => mapped,
        }
    }
}

/// Opens a file. Links are followed; what is neither a file nor a link to one is an error, and is not waited for.
pub fn open<'b>(path: &Path, buffer: &'b mut Vec<u8>, choice: MapChoice) -> io::Result<Opened<'b>> {
    let (mut file, metadata) = open_and_look(path)?;
    let (size, seen) = (metadata.len(), Some(Seen::of(&metadata)));
    if choice.holds_for(size) {
        match Mapped::new(file) {
            Ok(mapped) => return Ok(Opened { bytes: Bytes::Mapped(mapped), seen }),
            Err(unmapped) => file = unmapped,
        }
    }
    buffer.clear();
    read(&mut file, size, buffer)?;
    Ok(Opened { bytes: Bytes::Read(buffer), seen })
}

/// Opens a file as [`open`] does, to read it from any place.
pub fn open_file(path: &Path) -> io::Result<File> {
    Ok(open_and_look(path)?.0)
}

/// Opens a file as [`open`] does, to read it from its start to its end.
pub fn open_stream(path: &Path) -> io::Result<FileStream> {
    let (file, metadata) = open_and_look(path)?;
    Ok(FileStream { file, missing: metadata.len() })
}

/// A file that is read from its start to its end. That it became shorter meanwhile is an error at its end.
#[derive(Debug)]
pub struct FileStream {
    file: File,
    /// How many bytes must come before its end may.
    missing: u64,
}

impl Read for FileStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.missing = self.missing.saturating_sub(read as u64);
        if read == 0 && !buffer.is_empty() && self.missing > 0 {
            return Err(became_shorter());
        }
        Ok(read)
    }
}

/// A file and what is known of it; an error if it is none.
fn open_and_look(path: &Path) -> io::Result<(File, Metadata)> {
    let file = open_without_waiting(path).map_err(|error| name_obstacle(path, error))?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(not_a_file(metadata.file_type())) }
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
        return Err(became_shorter());
    }
    Ok(())
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
        (opened.is_mapped(), opened.to_vec())
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
    fn a_file_that_changes_while_it_is_streamed_is_read_whole_or_not_at_all() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let read_to = |len| {
            fs::write(file.path(), "a long text").unwrap();
            let (mut stream, mut start, mut rest) = (open_stream(file.path()).unwrap(), [0; 3], Vec::new());
            stream.read_exact(&mut start).unwrap();
            File::options().write(true).open(file.path()).unwrap().set_len(len).unwrap();
            stream.read_to_end(&mut rest).map(|_| rest)
        };
        assert_eq!(read_to(11).unwrap(), b"ong text");
        assert_eq!(read_to(12).unwrap(), b"ong text\0", "it grew");
        for len in [0, 3, 10] {
            assert_eq!(read_to(len).unwrap_err().to_string(), "it became shorter while it was read; try again");
        }
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
