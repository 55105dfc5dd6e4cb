//! What is in files, told apart by hashes.
//!
//! A hash that nobody can forge takes ten times as long, a tenth of the cleaning. These need not withstand anybody: whoever
//! makes two texts of one hash gets the second one taken for the first, which is as good as keeping it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use twox_hash::XxHash3_128;
use twox_hash::xxhash3_128::Hasher;

/// How many bytes of a file are read at once.
const BUFFER: usize = 128 << 10;

/// The hash of what is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contents(u128);

impl Contents {
    /// That of bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(XxHash3_128::oneshot(bytes))
    }

    /// That of bytes which come in parts.
    pub(crate) fn of_parts<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hasher = Hasher::new();
        parts.into_iter().for_each(|part| hasher.write(part));
        Self(hasher.finish_128())
    }

    /// That of a file, which is read piece by piece.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let (mut file, mut hasher, mut buffer) = (File::open(path)?, Hasher::new(), vec![0; BUFFER]);
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(Self(hasher.finish_128())),
                Ok(length) => hasher.write(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The bytes of the hash.
    pub(crate) fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl Serialize for Contents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Contents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = <&str>::deserialize(deserializer)?;
        u128::from_str_radix(digits, 16).map(Self).map_err(D::Error::custom)
    }
}

/// Something that is written, and the hash of it if somebody wants to know.
pub(crate) struct Watched<W> {
    inner: W,
    hasher: Option<Hasher>,
}

impl<W> Watched<W> {
    /// Watches what is written from now on.
    pub(crate) fn new(inner: W, is_wanted: bool) -> Self {
        Self { inner, hasher: is_wanted.then(Hasher::new) }
    }

    /// What was written to, and what was written.
    pub(crate) fn end(self) -> (W, Option<Contents>) {
        (self.inner, self.hasher.map(|hasher| Contents(hasher.finish_128())))
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.write(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_does_not_depend_on_how_the_bytes_come() {
        let bytes: Vec<u8> = (0..10_000).map(|at| at as u8).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let (mut watched, whole) = (Watched::new(Vec::new(), true), Contents::of(&bytes));
        bytes.chunks(7).for_each(|part| watched.write_all(part).unwrap());
        assert_eq!(watched.end(), (bytes.clone(), Some(whole)));
        assert_eq!(Contents::of_parts(bytes.chunks(999)), whole);
        assert_eq!(Contents::of_file(file.path()).unwrap(), whole);
        assert_ne!(Contents::of(&bytes[1..]), whole);
    }

    #[test]
    fn a_hash_has_32_digits() {
        let hash = Contents(0x00ab);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, "\"000000000000000000000000000000ab\"");
        assert_eq!(serde_json::from_str::<Contents>(&json).unwrap(), hash);
        assert!(serde_json::from_str::<Contents>("\"x\"").is_err());
    }
}
