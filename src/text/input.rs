//! Opens files: small ones are read into a buffer that is used again, large ones are mapped into memory.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

/// The size from which [`MapChoice::Auto`] maps a file.
///
/// Setting a map up and tearing it down costs more than copying a small file: at 5 KB, mapping took three times as
/// long as reading on one thread and thirteen times on two, which share the page tables. From about a megabyte the
/// copy costs more, and a mapped file needs no second place in memory.
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

/// Opens a file. Links are followed; what is neither a file nor a link to one is an error, and is not opened.
pub fn open<'b>(path: &Path, buffer: &'b mut Vec<u8>, choice: MapChoice) -> io::Result<Bytes<'b>> {
    let metadata = fs::metadata(path).map_err(|error| name_broken_link(path, error))?;
    if !metadata.is_file() {
        let message = format!("it is {}, not a file", kind(metadata.file_type()));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let mut file = File::open(path)?;
    if choice.holds_for(metadata.len())
        && let Ok(map) = map(&file)
    {
        return Ok(Bytes::Mapped(map));
    }
    buffer.clear();
    file.read_to_end(buffer)?;
    Ok(Bytes::Read(buffer))
}

#[expect(unsafe_code, reason = "mapping a file cannot be had without")]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the map is read only and private to this process, and its length is fixed here. What remains is
    // another process that changes the file while it is mapped: that is the risk of every program that maps files,
    // and who has such files says `MapChoice::Never`. Nothing here trusts the bytes: they need not be UTF-8, and
    // offsets are checked against the slice on each use.
    unsafe { Mmap::map(file) }
}

/// Says of a link to nowhere that it is one: to hear of a file that is there that it is not helps nobody.
fn name_broken_link(path: &Path, error: io::Error) -> io::Error {
    match fs::read_link(path) {
        Ok(target) if error.kind() == io::ErrorKind::NotFound => {
            let message = format!("it is a broken link: `{}` does not exist", target.display());
            io::Error::new(error.kind(), message)
        }
        _ => error,
    }
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
    fn a_directory_is_named_for_what_it_is() {
        let error = open(&std::env::temp_dir(), &mut Vec::new(), MapChoice::Auto).unwrap_err();
        assert_eq!(error.to_string(), "it is a directory, not a file");
    }
}
