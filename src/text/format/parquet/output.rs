//! The bytes of the new file, on their way to whoever takes them.

use std::io::{self, Write};
use std::mem;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataWriter};
use parquet::file::writer::TrackedWrite;

use super::Broken;
use super::file::SharedFile;

/// How many bytes are copied at a time.
const PIECE: u64 = 1 << 20;

/// Takes the bytes of a file, one piece after the other.
pub(crate) type Sink<'s, E> = dyn FnMut(&[u8]) -> Result<(), E> + 's;

/// Bytes that one part of the program writes and another one takes. Its clones are the same buffer.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    /// What was written since this was asked last.
    pub(super) fn take(&self) -> Vec<u8> {
        mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The new file. It knows how long it is, and hands on what is written at once.
pub(super) struct Output {
    writer: TrackedWrite<Buffer>,
    buffer: Buffer,
}

impl Output {
    pub(super) fn new() -> Self {
        let buffer = Buffer::default();
        Self { writer: TrackedWrite::new(buffer.clone()), buffer }
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> u64 {
        self.writer.bytes_written() as u64
    }

    pub(super) fn write<E: From<Broken>>(&mut self, bytes: &[u8], sink: &mut Sink<'_, E>) -> Result<(), E> {
        let written = self.writer.write_all(bytes).and_then(|()| self.writer.flush());
        written.map_err(Broken::from)?;
        self.hand_on(sink)
    }

    /// Copies a part of another file.
    pub(super) fn copy<E: From<Broken>>(
        &mut self,
        file: &SharedFile,
        part: Range<u64>,
        sink: &mut Sink<'_, E>,
    ) -> Result<(), E> {
        let mut at = part.start;
        while at < part.end {
            let len = PIECE.min(part.end - at);
            self.write(&file.bytes(at, len).map_err(Broken::from)?, sink)?;
            at += len;
        }
        Ok(())
    }

    /// What ends the file: its page index and its footer.
    pub(super) fn end(self, footer: &ParquetMetaData) -> Result<Vec<u8>, ParquetError> {
        let Self { writer, buffer } = self;
        ParquetMetaDataWriter::new_with_tracked(writer, footer).finish()?;
        Ok(buffer.take())
    }

    fn hand_on<E>(&mut self, sink: &mut Sink<'_, E>) -> Result<(), E> {
        let bytes = self.buffer.take();
        if bytes.is_empty() { Ok(()) } else { sink(&bytes) }
    }
}
