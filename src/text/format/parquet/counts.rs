//! How many values a page says that it has, held against what it has: the `parquet` crate takes memory for all values of
//! a dictionary at once, and for all lengths of values that are encoded as differences.

use parquet::basic::{Encoding, Type};
use parquet::column::page::Page;
use parquet::schema::types::ColumnDescriptor;

use super::pages::MOST;
use super::thrift::varint;

/// How much memory a value of a dictionary takes, about, or the lengths of a value.
const VALUE: u64 = 32;

/// Whether a page can have as many values as it says.
pub(super) fn are_plausible(page: &Page, column: &ColumnDescriptor) -> bool {
    let (said, most) = (u64::from(page.num_values()), MOST / VALUE);
    let lengths = |bytes| differences(bytes, said.min(most));
    match page.encoding() {
        _ if page.is_dictionary_page() => said <= most.min(8 * page.buffer().len() as u64 / bits(column)),
        Encoding::DELTA_LENGTH_BYTE_ARRAY => values(page, column).and_then(lengths).is_some(),
        // Of each value, what it has of the one before it, and what it has of its own.
        Encoding::DELTA_BYTE_ARRAY => values(page, column).and_then(lengths).and_then(lengths).is_some(),
        _ => true,
    }
}

/// How many bits a value of a dictionary has at least.
fn bits(column: &ColumnDescriptor) -> u64 {
    match column.physical_type() {
        Type::BOOLEAN => 1,
        Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 32,
        Type::INT64 | Type::DOUBLE => 64,
        Type::INT96 => 96,
        Type::FIXED_LEN_BYTE_ARRAY => 8 * u64::try_from(column.type_length()).unwrap_or(0).max(1),
    }
}

/// The bytes of a page behind its levels.
fn values<'p>(page: &'p Page, column: &ColumnDescriptor) -> Option<&'p [u8]> {
    match page {
        Page::DataPage { buf, num_values, def_level_encoding, rep_level_encoding, .. } => {
            let behind = |bytes, encoding, level| behind_levels(bytes, encoding, level, *num_values);
            let bytes = behind(&buf[..], *rep_level_encoding, column.max_rep_level())?;
            behind(bytes, *def_level_encoding, column.max_def_level())
        }
        Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
            buf.get(def_levels_byte_len.checked_add(*rep_levels_byte_len)? as usize..)
        }
        Page::DictionaryPage { buf, .. } => Some(buf),
    }
}

/// What follows the levels of a page of the first version.
#[expect(deprecated, reason = "old files have it")]
fn behind_levels(bytes: &[u8], encoding: Encoding, max_level: i16, count: u32) -> Option<&[u8]> {
    let len = match encoding {
        _ if max_level == 0 => 0,
        Encoding::BIT_PACKED => {
            let bits = u64::from(u16::BITS - max_level.unsigned_abs().leading_zeros());
            usize::try_from((u64::from(count) * bits).div_ceil(8)).ok()?
        }
        _ => 4 + u32::from_le_bytes(*bytes.first_chunk()?) as usize,
    };
    bytes.get(len..)
}

/// What follows numbers that are encoded as differences, if they are no more than these: blocks of some, in each of them
/// parts whose numbers have the same length. As Encodings.md of the format says, "Delta Encoding".
fn differences(mut bytes: &[u8], most: u64) -> Option<&[u8]> {
    let (block, parts, count) = (varint(&mut bytes)?, varint(&mut bytes)?, varint(&mut bytes)?);
    let (part, _first) = (block.checked_div(parts)?, varint(&mut bytes)?);
    if count > most || part == 0 {
        return None;
    }
    let mut left = count.saturating_sub(1);
    while left > 0 {
        let _least = varint(&mut bytes)?;
        let (bits, rest) = bytes.split_at_checked(usize::try_from(parts).ok()?)?;
        bytes = rest;
        for &bits in bits.iter().take(usize::try_from(left.div_ceil(part)).ok()?) {
            bytes = bytes.get(usize::try_from(u64::from(bits).checked_mul(part)? / 8).ok()?..)?;
            left = left.saturating_sub(part);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::basic::Compression;
    use parquet::column::page::CompressedPage;

    use super::super::Broken;
    use super::super::tests::{names, of_pages, opened};
    use super::*;

    fn data(encoding: Encoding, num_values: u32, bytes: &[u8]) -> Page {
        Page::DataPage {
            buf: Bytes::copy_from_slice(bytes),
            num_values,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        }
    }

    fn dictionary(num_values: u32, bytes: &[u8]) -> Page {
        let buf = Bytes::copy_from_slice(bytes);
        Page::DictionaryPage { buf, num_values, encoding: Encoding::PLAIN, is_sorted: false }
    }

    /// The texts of the rows of a table that has these pages, or what is wrong with them.
    fn texts(repetition: &str, rows: u32, pages: &[Page]) -> Result<Vec<Option<String>>, String> {
        let pages = pages.iter().map(|page| CompressedPage::new(page.clone(), page.buffer().len())).collect();
        let table = opened(&of_pages(Compression::UNCOMPRESSED, repetition, rows, pages), &names(&[])).unwrap();
        let rows = table.rows().next(usize::MAX).unwrap().map_err(|Broken(what)| what)?;
        let text = |row| rows.text(row).map(|text| String::from_utf8(text.to_vec()).unwrap());
        Ok((0..rows.len()).map(text).collect())
    }

    const TOO_MANY: &str =
        "it is corrupt, or Parquet of a kind that is not known: a page says that it has more values than it can have";

    /// Three lengths of 1, 3 and 2: a block of 128 in four parts, of which the first has two bits for each difference.
    const LENGTHS: [u8; 18] = [0x80, 1, 4, 3, 2, 1, 2, 0, 0, 0, 0b0011, 0, 0, 0, 0, 0, 0, 0];

    fn some(texts: &[&str]) -> Result<Vec<Option<String>>, String> {
        Ok(texts.iter().map(|&text| Some(text.to_owned())).collect())
    }

    #[test]
    fn a_dictionary_has_no_more_values_than_bytes_for_them() {
        let words = [1, 0, 0, 0, b'a', 0, 0, 0, 0, 1, 0, 0, 0, b'b'];
        let numbers = data(Encoding::RLE_DICTIONARY, 2, &[2, 3, 0b1000]);
        assert_eq!(texts("required", 2, &[dictionary(3, &words), numbers.clone()]), some(&["a", "b"]));
        for said in [4, 1 << 20, i32::MAX as u32] {
            assert_eq!(texts("required", 2, &[dictionary(said, &words), numbers.clone()]), Err(TOO_MANY.to_owned()));
        }
    }

    #[test]
    fn lengths_are_no_more_than_the_values_of_the_page() {
        let lengths = |count: &[u8]| [&LENGTHS[..3], count, &LENGTHS[4..]].concat();
        let page =
            |count: &[u8]| data(Encoding::DELTA_LENGTH_BYTE_ARRAY, 3, &[&lengths(count)[..], b"abbbcc"].concat());
        assert_eq!(texts("required", 3, &[page(&[3])]), some(&["a", "bbb", "cc"]));
        for count in [&[4][..], &[0xff, 0xff, 0xff, 0xff, 7], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]] {
            assert_eq!(texts("required", 3, &[page(count)]), Err(TOO_MANY.to_owned()), "{count:?}");
            // Behind the lengths of what values have of the ones before them.
            let bytes = [&[0x80, 1, 4, 3, 0, 0, 0, 0, 0, 0], &lengths(count)[..], b"abbbcc"].concat();
            assert_eq!(texts("required", 3, &[data(Encoding::DELTA_BYTE_ARRAY, 3, &bytes)]), Err(TOO_MANY.to_owned()));
        }
    }

    #[test]
    fn lengths_stand_behind_levels() {
        // Three rows, of which the second has none, told by one group of eight bits; or all three by a run.
        for levels in [&[2, 0, 0, 0, 3, 0b101][..], &[2, 0, 0, 0, 6, 1]] {
            let bytes = [levels, &LENGTHS, b"abbbcc"].concat();
            let found = texts("optional", 3, &[data(Encoding::DELTA_LENGTH_BYTE_ARRAY, 3, &bytes)]).unwrap();
            assert_eq!(found[0].as_deref(), Some("a"));
        }
        let page = Page::DataPageV2 {
            buf: [&[3, 0b101][..], &LENGTHS, b"abbbcc"].concat().into(),
            num_values: 3,
            encoding: Encoding::DELTA_LENGTH_BYTE_ARRAY,
            num_nulls: 1,
            num_rows: 3,
            def_levels_byte_len: 2,
            rep_levels_byte_len: 0,
            is_compressed: false,
            statistics: None,
        };
        let found = texts("optional", 3, &[page]).unwrap();
        assert_eq!(found, [Some("a".to_owned()), None, Some("bbb".to_owned())]);
    }

    #[test]
    fn differences_end_where_their_blocks_end() {
        // The same as the lengths, and what follows; one number, which has no block; none.
        assert_eq!(differences(&[&LENGTHS[..], b"end"].concat(), 3), Some(&b"end"[..]));
        assert_eq!(differences(&[0x80, 1, 4, 1, 9, 7], 3), Some(&[7][..]));
        assert_eq!(differences(&[0x80, 1, 4, 0, 0, 7], 3), Some(&[7][..]));
        // Of a second block, no more than the parts that have numbers.
        let two = [&[0x80, 1, 4, 0x82, 1, 0][..], &[0, 0, 0, 0, 0], &[0, 8, 8, 8, 8], &[0; 32], b"end"].concat();
        assert_eq!(differences(&two, 130), Some(&b"end"[..]));
        for (bytes, what) in [
            (&[0x80, 1, 0, 1, 0][..], "no parts"),
            (&[3, 4, 3, 0, 0, 0, 0, 0, 0], "parts of nothing"),
            (&[0x80, 1, 4, 3, 0, 0, 8, 8, 8, 8, 0], "cut off"),
            (&[0x80, 0xff, 0xff], "cut off in a number"),
            (&[0xff; 40], "numbers without an end"),
        ] {
            assert_eq!(differences(bytes, 3), None, "{what}");
        }
    }
}
