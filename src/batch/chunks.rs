//! Cuts a stream of records into chunks of whole records.

use std::io::{self, Read};
use std::mem;
use std::sync::Arc;

use super::budget::{Budget, Permit};
use crate::text::format::RecordFormat;

/// How many bytes a chunk has at least, if there are so many. Where it is cut depends on the bytes alone, not on how
/// they arrive.
pub(super) const CHUNK: usize = 512 << 10;

/// The longest record that is read. What is longer is none: its end was not recognised.
pub(super) const MAX_RECORD: usize = 1 << 30;

/// Whole records.
#[derive(Debug)]
pub(super) struct Chunk {
    /// How they are read.
    pub(super) format: Arc<dyn RecordFormat>,
    /// Their bytes.
    pub(super) bytes: Vec<u8>,
    /// The number of the line that the first one starts in, from 1.
    pub(super) line: u64,
    /// What keeps others waiting until the chunk is done.
    pub(super) permit: Permit,
}

/// Why there are no more chunks.
#[derive(Debug)]
pub(super) enum Cut {
    /// The stream failed.
    Read(io::Error),
    /// A record is longer than any record is.
    TooLong,
}

/// The chunks of a stream.
pub(super) struct Chunks {
    stream: Box<dyn Read + Send>,
    format: Arc<dyn RecordFormat>,
    /// What was read, and is in no chunk yet.
    rest: Vec<u8>,
    line: u64,
    is_over: bool,
    error: Option<io::Error>,
    max_record: usize,
}

impl Chunks {
    /// The chunks of some bytes and a stream. `line` is that of the first byte.
    pub(super) fn new(format: Arc<dyn RecordFormat>, start: Vec<u8>, line: u64, stream: Box<dyn Read + Send>) -> Self {
        Self { stream, format, rest: start, line, is_over: false, error: None, max_record: MAX_RECORD }
    }

    /// The line that comes next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next chunk.
    pub(super) fn next(&mut self, budget: &Arc<Budget>) -> Option<Result<Chunk, Cut>> {
        if self.is_over && self.rest.is_empty() {
            return self.error.take().map(|error| Err(Cut::Read(error)));
        }
        let mut permit = budget.take(CHUNK);
        let mut bytes = mem::take(&mut self.rest);
        let mut wanted = CHUNK;
        let whole = loop {
            self.fill(&mut bytes, wanted);
            permit.grow_to(bytes.len());
            let whole = if self.is_over && self.error.is_none() { bytes.len() } else { self.format.whole(&bytes) };
            if whole > 0 || self.is_over {
                break whole;
            }
            if bytes.len() >= self.max_record {
                self.is_over = true;
                return Some(Err(Cut::TooLong));
            }
            wanted = bytes.len() * 2;
        };
        if whole == 0 {
            return self.error.take().map(|error| Err(Cut::Read(error)));
        }
        // Of a stream that failed, what is no whole record is lost.
        self.rest = if self.is_over { Vec::new() } else { bytes[whole..].to_vec() };
        bytes.truncate(whole);
        let line = self.line;
        self.line += self.format.lines(&bytes);
        Some(Ok(Chunk { format: Arc::clone(&self.format), bytes, line, permit }))
    }

    /// Reads until there are as many bytes as are wanted, or no more.
    fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) {
        let missing = wanted.saturating_sub(bytes.len());
        if self.is_over || missing == 0 {
            return;
        }
        match self.stream.by_ref().take(missing as u64).read_to_end(bytes) {
            Ok(read) => self.is_over = read < missing,
            Err(error) => {
                self.is_over = true;
                self.error = Some(error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::format::{FieldNames, Format};

    /// Some bytes, a few at a time, and then an error or the end.
    struct Trickle(Vec<u8>, usize, Option<io::Error>);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let len = self.1.min(self.0.len()).min(buffer.len());
            if len == 0 && !buffer.is_empty() {
                return self.2.take().map_or(Ok(0), Err);
            }
            buffer[..len].copy_from_slice(&self.0[..len]);
            self.0.drain(..len);
            Ok(len)
        }
    }

    fn chunks(stream: impl Read + Send + 'static, max_record: usize) -> (Vec<(u64, usize)>, Option<String>) {
        let format = Format::Jsonl.open(&FieldNames::default(), b"", true).unwrap().unwrap().format;
        let mut chunks = Chunks { max_record, ..Chunks::new(format, Vec::new(), 1, Box::new(stream)) };
        let (budget, mut cut) = (Budget::new(CHUNK), Vec::new());
        loop {
            match chunks.next(&budget) {
                None => return (cut, None),
                Some(Ok(chunk)) => cut.push((chunk.line, chunk.bytes.len())),
                Some(Err(error)) => return (cut, Some(format!("{}: {error:?}", chunks.line()))),
            }
        }
    }

    #[test]
    fn where_a_chunk_ends_does_not_depend_on_how_the_bytes_arrive() {
        let lines = (0..200).map(|number| "x".repeat(number * 97) + "\n").collect::<String>() + "no end";
        let (whole, error) = chunks(io::Cursor::new(lines.clone().into_bytes()), MAX_RECORD);
        assert!(whole.len() > 3 && error.is_none());
        assert_eq!(whole.iter().map(|(_, len)| len).sum::<usize>(), lines.len());
        for step in [997, 70_000] {
            assert_eq!(chunks(Trickle(lines.clone().into_bytes(), step, None), MAX_RECORD).0, whole);
        }
    }

    #[test]
    fn a_record_longer_than_a_chunk_is_one_chunk_and_an_endless_one_an_error() {
        let long = "x".repeat(3 * CHUNK) + "\n";
        let file = || io::Cursor::new(["a\n", &long, "b\n"].concat().into_bytes());
        assert_eq!(chunks(file(), MAX_RECORD), (vec![(1, 2), (2, long.len() + 2)], None));
        assert_eq!(chunks(file(), 2 * CHUNK), (vec![(1, 2)], Some("2: TooLong".into())));
    }

    #[test]
    fn of_a_stream_that_fails_the_whole_records_come_first() {
        let error = || Some(io::Error::other("gone"));
        let (cut, error) = chunks(Trickle(b"a\nb\nc".to_vec(), 2, error()), MAX_RECORD);
        assert_eq!(cut, [(1, 4)]);
        assert!(error.unwrap().starts_with("3: Read("));
    }
}
