//! Compressed files: gzip, of any number of members, and zstd, of any number of frames.
//!
//! Without the feature `compression`, they are binary files like any other.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;

#[cfg(feature = "compression")]
use flate2::{read::MultiGzDecoder, write::GzEncoder};

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// `.gz`
    Gzip,
    /// `.zst`
    Zstd,
}

/// How many bytes tell how a file is compressed.
pub const MAGIC: usize = 4;

impl Compression {
    /// What the first bytes of a file say.
    pub fn of_magic(start: &[u8]) -> Option<Self> {
        match start {
            _ if cfg!(not(feature = "compression")) => None,
            // The third byte is the only method that there is.
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// What the name of a file says.
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "gz" | "gzip" => Some(Self::Gzip),
            "zst" | "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Reads what is compressed in a stream, to its end. A stream that is cut off or corrupt is an error.
    #[cfg(feature = "compression")]
    pub fn decoder<'r>(self, stream: impl Read + Send + 'r) -> io::Result<Box<dyn Read + Send + 'r>> {
        Ok(match self {
            Self::Gzip => Box::new(Decoder { compression: self, inner: MultiGzDecoder::new(stream) }),
            Self::Zstd => Box::new(Decoder { compression: self, inner: zstd::Decoder::new(stream)? }),
        })
    }

    /// Never asked for: no file counts as compressed.
    #[cfg(not(feature = "compression"))]
    pub fn decoder<'r>(self, _: impl Read + Send + 'r) -> io::Result<Box<dyn Read + Send + 'r>> {
        Err(missing(self))
    }

    /// Compresses bytes as one gzip member or zstd frame.
    pub fn compressed(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut encoder = Encoder::new(Some(self), Vec::new())?;
        encoder.write_all(bytes)?;
        encoder.finish()
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(not(feature = "compression"))]
fn missing(compression: Compression) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, format!("deboil was built without {compression}"))
}

/// A decoder whose errors say what it decodes.
#[cfg(feature = "compression")]
struct Decoder<R> {
    compression: Compression,
    inner: R,
}

#[cfg(feature = "compression")]
impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            let how = match error.kind() {
                io::ErrorKind::Interrupted => return error,
                // It could not be read at all.
                _ if error.raw_os_error().is_some() => return error,
                io::ErrorKind::UnexpectedEof => "is cut off".to_owned(),
                _ => format!("is corrupt: {error}"),
            };
            io::Error::new(error.kind(), format!("the {} stream {how}", self.compression))
        })
    }
}

/// A writer that goes on where a signal interrupted it, as encoders do not at their end.
#[cfg(feature = "compression")]
pub struct Steady<W>(W);

#[cfg(feature = "compression")]
impl<W: Write> Write for Steady<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes a file, compressed or not. The same bytes always become the same file.
pub enum Encoder<W: Write> {
    /// As it is.
    Plain(W),
    /// As one member.
    #[cfg(feature = "compression")]
    Gzip(GzEncoder<Steady<W>>),
    /// As one frame.
    #[cfg(feature = "compression")]
    Zstd(zstd::Encoder<'static, Steady<W>>),
}

impl<W: Write> Encoder<W> {
    /// Starts a file.
    pub fn new(compression: Option<Compression>, writer: W) -> io::Result<Self> {
        Ok(match compression {
            None => Self::Plain(writer),
            #[cfg(not(feature = "compression"))]
            Some(compression) => return Err(missing(compression)),
            #[cfg(feature = "compression")]
            Some(Compression::Gzip) => Self::Gzip(GzEncoder::new(Steady(writer), flate2::Compression::default())),
            #[cfg(feature = "compression")]
            Some(Compression::Zstd) => {
                let mut encoder = zstd::Encoder::new(Steady(writer), zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
        })
    }

    /// Writes what is left of the file, and gives the writer back.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Plain(writer) => Ok(writer),
            #[cfg(feature = "compression")]
            Self::Gzip(encoder) => encoder.finish().map(|steady| steady.0),
            #[cfg(feature = "compression")]
            Self::Zstd(encoder) => encoder.finish().map(|steady| steady.0),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(writer) => writer.write(bytes),
            #[cfg(feature = "compression")]
            Self::Gzip(encoder) => encoder.write(bytes),
            #[cfg(feature = "compression")]
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(writer) => writer.flush(),
            #[cfg(feature = "compression")]
            Self::Gzip(encoder) => encoder.flush(),
            #[cfg(feature = "compression")]
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}

#[cfg(all(test, feature = "compression"))]
mod tests {
    use super::*;

    const BOTH: [Compression; 2] = [Compression::Gzip, Compression::Zstd];

    fn decoded(compression: Compression, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut decoded = Vec::new();
        let mut decoder = compression.decoder(bytes).unwrap();
        decoder.read_to_end(&mut decoded).map(|_| decoded).map_err(|error| error.to_string())
    }

    #[test]
    fn what_was_compressed_comes_back_from_any_number_of_members() {
        for compression in BOTH {
            let one = compression.compressed(b"one ").unwrap();
            assert_eq!(Compression::of_magic(&one), Some(compression));
            let three = [&one[..], &compression.compressed(b"").unwrap(), &one].concat();
            assert_eq!(decoded(compression, &three).unwrap(), b"one one ");
        }
    }

    #[test]
    fn what_is_cut_off_or_corrupt_is_an_error_that_says_so() {
        for compression in BOTH {
            let mut bytes = compression.compressed(&b"a text that is long enough to be cut ".repeat(50)).unwrap();
            let cut = decoded(compression, &bytes[..bytes.len() - 6]).unwrap_err();
            assert_eq!(cut, format!("the {compression} stream is cut off"));
            let last = bytes.len() - 6;
            bytes[last..].fill(b'x');
            let corrupt = decoded(compression, &bytes).unwrap_err();
            assert!(corrupt.starts_with(&format!("the {compression} stream is corrupt: ")), "{corrupt}");
        }
    }

    #[test]
    fn names_say_how_files_are_compressed() {
        let of = |name: &str| Compression::of_path(Path::new(name));
        assert_eq!(of("a.jsonl.gz"), Some(Compression::Gzip));
        assert_eq!(of("a.ZST"), Some(Compression::Zstd));
        assert_eq!([of("gz"), of("a.txt")], [None, None]);
    }
}
