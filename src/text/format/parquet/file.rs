//! A file that is read from any place, by several threads.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

/// An open file. Whoever reads says from where, so that nobody moves the place of another.
#[derive(Clone, Debug)]
pub(super) struct SharedFile {
    file: Arc<Mutex<File>>,
    len: u64,
}

impl SharedFile {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self { file: Arc::new(Mutex::new(file)), len })
    }

    /// Bytes from a place on. Fewer than there should be are an error.
    pub(super) fn bytes(&self, start: u64, len: u64) -> io::Result<Vec<u8>> {
        // Asked first: a corrupt length must not take memory.
        if start.checked_add(len).is_none_or(|end| end > self.len) {
            let what = format!("it is cut off: {len} bytes should stand from byte {start} on");
            return Err(io::Error::new(ErrorKind::UnexpectedEof, what));
        }
        let mut bytes = Vec::new();
        self.section(start).take(len).read_to_end(&mut bytes)?;
        match bytes.len() as u64 == len {
            true => Ok(bytes),
            false => Err(io::Error::new(ErrorKind::UnexpectedEof, "it became shorter while it was read")),
        }
    }

    fn section(&self, at: u64) -> Section {
        Section { file: self.clone(), at }
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for SharedFile {
    type T = BufReader<Section>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(self.section(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        Ok(self.bytes(start, length as u64)?.into())
    }
}

/// The file from a place on.
#[derive(Debug)]
pub(super) struct Section {
    file: SharedFile,
    at: u64,
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn readers_do_not_move_each_other() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let file = SharedFile::new(file).unwrap();
        let (mut one, mut other) = (file.section(2), file.section(7));
        let read = |section: &mut Section| {
            let mut byte = [0];
            section.read_exact(&mut byte).unwrap();
            byte[0]
        };
        assert_eq!([read(&mut one), read(&mut other), read(&mut one), read(&mut other)], *b"2738");
        assert_eq!(file.bytes(8, 2).unwrap(), b"89");
        for (start, len) in [(8, 3), (u64::MAX, 1), (0, u64::MAX)] {
            assert_eq!(file.bytes(start, len).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        }
    }
}
