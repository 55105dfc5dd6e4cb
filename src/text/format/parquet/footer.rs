//! The end of a file, looked at before it is read: what is no Parquet, and what is encrypted.

use parquet::file::reader::Length;

use super::fields::{ENCRYPTION_ALGORITHM, FILE_METADATA};
use super::file::SharedFile;
use super::thrift::Thrift;
use super::{Broken, MAGIC};
use crate::text::compression::Compression;

/// What files start and end with if even their footer is encrypted.
const ENCRYPTED: &[u8] = b"PARE";

/// What follows the footer: its length in four bytes, and the magic ones.
const TAIL: u64 = 8;

/// Where the footer of a file that was checked starts.
pub(super) fn start(file: &SharedFile) -> Result<u64, Broken> {
    let tail = file.len().checked_sub(TAIL).ok_or_else(cut_off)?;
    tail.checked_sub(len_of(&file.bytes(tail, TAIL)?)).ok_or_else(cut_off)
}

/// How many bytes the footer has with all that follows it, if it is the end of these.
pub(super) fn len(end: &[u8]) -> Option<usize> {
    let tail = end.len().checked_sub(TAIL as usize)?;
    let len = usize::try_from(len_of(&end[tail..]) + TAIL).ok()?;
    (len <= end.len()).then_some(len)
}

/// Rejects what is no Parquet file, or one that is encrypted.
pub(super) fn check(file: &SharedFile) -> Result<(), Broken> {
    let start = file.bytes(0, file.len().min(4))?;
    if let Some(compression) = Compression::of_magic(&start) {
        return Err(Broken(format!("it is compressed by {compression} as a whole; decompress it first")));
    }
    if start == ENCRYPTED {
        return Err(encrypted());
    }
    if start != MAGIC {
        return Err(Broken("it is no Parquet file, which starts with `PAR1`".to_owned()));
    }
    let tail = file.len().checked_sub(TAIL).filter(|&tail| tail >= 4).ok_or_else(cut_off)?;
    let bytes = file.bytes(tail, TAIL)?;
    if bytes[4..] != *MAGIC {
        return Err(cut_off());
    }
    let len = len_of(&bytes);
    let footer = file.bytes(tail.checked_sub(len).ok_or_else(cut_off)?, len)?;
    check_fields(&footer)
}

/// The same of the end of a file.
pub(super) fn check_end(end: &[u8]) -> Result<(), Broken> {
    let footer = len(end).ok_or_else(cut_off)?;
    check_fields(&end[end.len() - footer..end.len() - TAIL as usize])
}

/// The length of the footer, as what follows it says.
fn len_of(tail: &[u8]) -> u64 {
    u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]).into()
}

fn cut_off() -> Broken {
    Broken("it is cut off: its end is no footer of Parquet; fetch or write it anew".to_owned())
}

fn encrypted() -> Broken {
    Broken("it is encrypted; decrypt it first".to_owned())
}

/// Rejects a footer that cannot be read, and one that says that columns are encrypted. The reader of the `parquet` crate
/// ignores that, and their bytes would be copied as if they were not.
fn check_fields(footer: &[u8]) -> Result<(), Broken> {
    let mut is_encrypted = false;
    let read = Thrift::new(footer).fields(|value, id| {
        is_encrypted |= id == ENCRYPTION_ALGORITHM;
        value.skip_known(FILE_METADATA, id)
    });
    match read {
        _ if is_encrypted => Err(encrypted()),
        Some(()) => Ok(()),
        None => Err(Broken("it is corrupt: its footer cannot be read; fetch or write it anew".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(footer: &[u8]) -> &'static str {
        match check_fields(footer) {
            Ok(()) => "nothing",
            Err(Broken(what)) if what == encrypted().0 => "encrypted",
            Err(_) => "corrupt",
        }
    }

    #[test]
    fn the_algorithm_is_found_behind_values_of_all_kinds() {
        // The version, a schema of one element {type, name}, rows, no row groups; field 20 as a double; or 8 as a structure.
        let footer = [0x15, 2, 0x19, 0x1c, 0x15, 2, 0x38, 1, b'a', 0, 0x16, 0, 0x19, 0x0c];
        assert_eq!(said(&[&footer[..], &[0]].concat()), "nothing");
        assert_eq!(said(&[&footer[..], &[0x07, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat()), "nothing");
        assert_eq!(said(&[&footer[..], &[0x4c, 0x1c, 0, 0, 0]].concat()), "encrypted");
        assert_eq!(said(&[&footer[..], &[0x0c, 16, 0, 0]].concat()), "encrypted", "a number in full");
        assert_eq!(said(&footer), "corrupt", "it has no end");
        assert_eq!(said(&[0x18, 1, b'a', 0]), "corrupt", "its version is a text");
    }

    #[test]
    fn no_bytes_are_too_odd_to_be_looked_at() {
        let deep = [0x1c; 10_000];
        let many = [&[0x09, 60, 0xfc][..], &[0xff; 8], &[0x7f]].concat();
        let truths = [0x09, 60, 0xf1, 0xff, 0xff, 0xff, 0xff, 7, 0];
        for bytes in [
            &deep[..],
            &many,
            &truths,
            &[0x09, 60, 0xff, 0xff, 0xff, 0xff, 0x0f],
            &[0x08, 60, 0xff],
            &[0x0c],
            &[0x1f],
            &[],
        ] {
            assert_eq!(said(bytes), "corrupt", "{bytes:?}");
        }
    }
}
