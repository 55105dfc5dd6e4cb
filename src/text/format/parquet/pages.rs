//! The pages of a column, each looked at before the `parquet` crate decodes it: that takes as much memory as a page says
//! that it needs, and a corrupt one may say anything.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::SerializedPageReader;
use parquet::schema::types::ColumnDescPtr;

use super::counts;
use super::fields::{DATA_PAGE_HEADER_V2, PAGE_HEADER};
use super::file::SharedFile;
use super::thrift::Thrift;

/// How many bytes a page may have, or its values may take: as many as a compressed text. Writers aim at a megabyte.
pub(super) const MOST: u64 = 1 << 30;

/// How many bytes of a header are read at first. Texts stand in it, too, of which some are long.
const HEADER: u64 = 512;

/// Reads the pages of a column from front to back.
pub(super) struct CheckedPages {
    pages: SerializedPageReader<SharedFile>,
    file: SharedFile,
    column: ColumnDescPtr,
    codec: Compression,
    /// Where the next page starts.
    at: u64,
    /// Where the column ends.
    end: u64,
}

impl CheckedPages {
    pub(super) fn new(
        file: &SharedFile,
        chunk: &ColumnChunkMetaData,
        column: ColumnDescPtr,
        rows: usize,
    ) -> Result<Self, ParquetError> {
        let pages = SerializedPageReader::new(Arc::new(file.clone()), chunk, rows, None)?;
        let (at, len) = chunk.byte_range();
        Ok(Self { pages, file: file.clone(), column, codec: chunk.compression(), at, end: at + len })
    }

    /// The header of the next page, if there is one.
    fn header(&self) -> Result<Option<Header>, ParquetError> {
        let left = self.end - self.at;
        if left == 0 {
            return Ok(None);
        }
        let mut len = HEADER.min(left);
        loop {
            match Header::read(&self.file.bytes(self.at, len)?) {
                Some(header) if header.len + header.packed <= left => return Ok(Some(header)),
                Some(_) => return Err(corrupt("a page does not end within its column")),
                None if len < left => len = (8 * len).min(left),
                None => return Err(corrupt("the header of a page does not tell what the page is")),
            }
        }
    }

    /// Where the page of a header ends.
    fn end_of(&self, header: &Header) -> u64 {
        self.at + header.len + header.packed
    }

    /// Rejects a page that takes more memory than it should.
    fn check(&self, header: &Header) -> Result<(), ParquetError> {
        let Header { unpacked, packed, levels, .. } = *header;
        if self.codec == Compression::UNCOMPRESSED || !header.is_compressed {
            return Ok(());
        }
        // Levels stand in the page as they are: more of them than bytes are a lie.
        let most = most(self.codec, packed).saturating_add(levels.min(packed));
        let allowed = most.min(MOST);
        if unpacked > allowed {
            let what = format!("a page of {packed} bytes says that it has {unpacked}, of which {allowed} are the most");
            return Err(corrupt(&what));
        }
        if most > MOST && self.has_more(header)? {
            return Err(corrupt(&format!("a page says that it has {unpacked} bytes, and has more")));
        }
        Ok(())
    }

    /// Whether a page has more bytes than it says, if its codec goes on to the end all the same.
    fn has_more(&self, header: &Header) -> Result<bool, ParquetError> {
        let levels = header.levels.min(header.packed);
        let bytes = || self.file.bytes(self.at + header.len + levels, header.packed - levels);
        let most = header.unpacked.saturating_sub(levels);
        Ok(match self.codec {
            Compression::GZIP(_) => is_longer(MultiGzDecoder::new(&bytes()?[..]), most),
            Compression::BROTLI(_) => is_longer(brotli::Decompressor::new(&bytes()?[..], 4096), most),
            Compression::LZ4 => is_longer(lz4_flex::frame::FrameDecoder::new(&bytes()?[..]), most),
            _ => false,
        })
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        if let Some(header) = self.header()? {
            self.check(&header)?;
            self.at = self.end_of(&header);
        }
        let page = self.pages.get_next_page()?;
        if page.as_ref().is_some_and(|page| !counts::are_plausible(page, &self.column)) {
            return Err(corrupt("a page says that it has more values than it can have"));
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        self.header()?;
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        if let Some(header) = self.header()? {
            self.at = self.end_of(&header);
        }
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool, ParquetError> {
        self.pages.at_record_boundary()
    }
}

impl Iterator for CheckedPages {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

fn corrupt(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

/// What is said of a page before it, all of it in bytes.
#[derive(Debug, PartialEq)]
struct Header {
    /// How long the header itself is.
    len: u64,
    /// How long the page is in the file.
    packed: u64,
    /// How long it is when it is decompressed.
    unpacked: u64,
    /// How much of it, at its start, is never compressed.
    levels: u64,
    is_compressed: bool,
}

impl Header {
    /// Reads one at the start of bytes. As PageHeader in parquet.thrift of the format says; nothing if a page of its kind
    /// has no values.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut thrift = Thrift::new(bytes);
        let (mut kind, mut unpacked, mut packed) = (None, None, None);
        let (mut levels, mut is_compressed) = (0, true);
        thrift.fields(|value, id| {
            match id {
                1 => kind = Some(value.int()?),
                2 => unpacked = Some(size(value.int()?)?),
                3 => packed = Some(size(value.int()?)?),
                8 => {
                    // Of a field that is there twice, the last one counts.
                    let mut lens = [0; 2];
                    is_compressed = true;
                    value.fields(|value, id| {
                        match id {
                            5 | 6 => lens[id as usize - 5] = size(value.int()?)?,
                            7 => is_compressed = value.bool()?,
                            _ => value.skip_known(DATA_PAGE_HEADER_V2, id)?,
                        }
                        Some(())
                    })?;
                    levels = lens.iter().sum();
                }
                _ => value.skip_known(PAGE_HEADER, id)?,
            }
            Some(())
        })?;
        const DATA: i64 = 0;
        const DICTIONARY: i64 = 2;
        const DATA_V2: i64 = 3;
        matches!(kind?, DATA | DICTIONARY | DATA_V2).then_some(())?;
        let len = (bytes.len() - thrift.left()) as u64;
        Some(Self { len, packed: packed?, unpacked: unpacked?, levels, is_compressed })
    }
}

/// A size as the format has it, in 31 bits.
fn size(value: i64) -> Option<u64> {
    i32::try_from(value).ok().and_then(|value| u64::try_from(value).ok())
}

/// How many bytes can come of so many of a codec at most: of snappy, 64 of three (format_description.txt); of LZ4, 255 of
/// one (lz4_Block_format.md); of gzip, 258 of two bits (RFC 1951); of zstd, a block of 128 KiB of four (RFC 8878). Of
/// brotli, sixteen MiB of a few bits (RFC 7932).
fn most(codec: Compression, packed: u64) -> u64 {
    let of_one = match codec {
        Compression::SNAPPY => 22,
        Compression::LZ4 | Compression::LZ4_RAW => 255,
        Compression::GZIP(_) => 258 * 4,
        Compression::ZSTD(_) => 32 << 10,
        _ => u64::MAX,
    };
    packed.saturating_mul(of_one)
}

/// Whether more can be read than this. What cannot be decompressed is for the crate to say.
fn is_longer(decoder: impl Read, most: u64) -> bool {
    io::copy(&mut decoder.take(most + 1), &mut io::sink()).is_ok_and(|len| len > most)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use parquet::basic::{BrotliLevel, Encoding, GzipLevel, PageType, ZstdLevel};
    use parquet::column::page::CompressedPage;
    use parquet::file::statistics::Statistics;

    use super::super::Broken;
    use super::super::tests::{names, of_pages, opened, rewritten};
    use super::*;

    const GZIP: fn() -> Compression = || Compression::GZIP(GzipLevel::default());
    const BROTLI: fn() -> Compression = || Compression::BROTLI(BrotliLevel::default());

    /// A page of one text, which is compressed, or is said to be.
    fn page(bytes: Vec<u8>, statistics: Option<Statistics>) -> Page {
        Page::DataPage {
            buf: bytes.into(),
            num_values: 1,
            encoding: Encoding::PLAIN,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics,
        }
    }

    /// A text as a page has it.
    fn text(len: usize) -> Vec<u8> {
        [&(len as u32).to_le_bytes()[..], &vec![b'a'; len]].concat()
    }

    /// What is said of a table of one page, which says how long it is.
    fn said(codec: Compression, bytes: Vec<u8>, len: usize) -> String {
        said_of(codec, CompressedPage::new(page(bytes, None), len))
    }

    fn said_of(codec: Compression, page: CompressedPage) -> String {
        let table = of_pages(codec, "required", 1, vec![page]);
        let table = opened(&table, &names(&[])).unwrap();
        match table.rows().next(1).unwrap() {
            Ok(rows) => format!("{} bytes", rows.text(0).unwrap().len()),
            Err(Broken(what)) => {
                what.trim_start_matches("it is corrupt, or Parquet of a kind that is not known: ").to_owned()
            }
        }
    }

    #[test]
    fn a_page_that_says_too_much_is_not_decompressed() {
        for (codec, most) in [
            (Compression::SNAPPY, 22_000),
            (Compression::LZ4, 255_000),
            (Compression::LZ4_RAW, 255_000),
            (GZIP(), 1_032_000),
            (Compression::ZSTD(ZstdLevel::default()), 32_768_000),
            (BROTLI(), 1 << 30),
        ] {
            let what = format!("a page of 1000 bytes says that it has 1600000000, of which {most} are the most");
            assert_eq!(said(codec, vec![0; 1000], 1_600_000_000), what, "{codec}");
            let at_most = said(codec, vec![0; 1000], most);
            assert!(!at_most.contains("are the most"), "{codec}: {at_most}");
        }
    }

    #[test]
    fn levels_that_are_no_part_of_a_page_make_it_no_longer() {
        let page = Page::DataPageV2 {
            buf: vec![0; 1000].into(),
            num_values: 1,
            encoding: Encoding::PLAIN,
            num_nulls: 0,
            num_rows: 1,
            def_levels_byte_len: 1 << 29,
            rep_levels_byte_len: 0,
            is_compressed: true,
            statistics: None,
        };
        let what = said_of(Compression::SNAPPY, CompressedPage::new(page, 1 << 29));
        assert_eq!(what, "a page of 1000 bytes says that it has 536870912, of which 23000 are the most");
    }

    #[test]
    fn a_page_that_has_more_than_it_says_is_not_decompressed() {
        // So long that their codecs could make more than a gibibyte of them.
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        gzip.write_all(&text(2 << 20)).unwrap();
        let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
        lz4.write_all(&text(1 << 20)).unwrap();
        let mut lz4 = lz4.finish().unwrap();
        // A frame may be followed by another.
        lz4 = lz4.repeat((5 << 20) / lz4.len());
        let mut brotli = Vec::new();
        brotli::CompressorWriter::new(&mut brotli, 4096, 5, 22).write_all(&text(1 << 20)).unwrap();
        for (codec, bytes, len) in
            [(GZIP(), gzip.finish().unwrap(), 2 << 20), (Compression::LZ4, lz4, 1 << 20), (BROTLI(), brotli, 1 << 20)]
        {
            assert_eq!(said(codec, bytes.clone(), 1000), "a page says that it has 1000 bytes, and has more", "{codec}");
            if codec != Compression::LZ4 {
                assert_eq!(said(codec, bytes, 4 + len), format!("{len} bytes"), "{codec}");
            }
        }
    }

    #[test]
    fn texts_in_a_header_are_gone_over_however_long() {
        let statistics =
            |len| Statistics::byte_array(Some(vec![b'a'; len].into()), Some(vec![b'b'; len].into()), None, None, false);
        for len in [10, 100, 1000, 100_000] {
            let page = page(text(8), Some(statistics(len)));
            let table = of_pages(Compression::UNCOMPRESSED, "required", 1, vec![CompressedPage::new(page, 12)]);
            assert_eq!(rewritten(&table, &[], |_| false).unwrap(), table);
            let table = opened(&table, &names(&[])).unwrap();
            assert_eq!(table.rows().next(1).unwrap().unwrap().text(0).unwrap(), b"aaaaaaaa");
        }
    }

    #[test]
    fn a_header_is_that_of_a_page_of_values_within_its_column() {
        let read = |kind: PageType, packed: u8| Header::read(&[0x15, 2 * kind as u8, 0x15, 40, 0x15, 2 * packed, 0]);
        let data = Header { len: 7, packed: 3, unpacked: 20, levels: 0, is_compressed: true };
        assert_eq!(read(PageType::DATA_PAGE, 3), Some(data));
        assert_eq!(read(PageType::INDEX_PAGE, 3), None);
        // Of the second version: levels of 5 and 4 bytes, and what is not compressed.
        let header = [0x15, 6, 0x15, 40, 0x15, 40, 0x5c, 0x55, 10, 0x15, 8, 0x12, 0, 0];
        let data = Header { len: 14, packed: 20, unpacked: 20, levels: 9, is_compressed: false };
        assert_eq!(Header::read(&header), Some(data));
        let twice = [&header[..13], &[0x0c, 16, 0, 0]].concat();
        let data = Header { len: 17, packed: 20, unpacked: 20, levels: 0, is_compressed: true };
        assert_eq!(Header::read(&twice), Some(data), "the last one counts");
        assert_eq!(Header::read(&[0x15, 0, 0x15, 1, 0x15, 2, 0]), None, "a negative size");
        assert_eq!(Header::read(&[0x15, 0, 0x15, 2, 0]), None, "no size in the file");
        let of = |bytes: &[u8]| {
            let mut table =
                of_pages(Compression::UNCOMPRESSED, "required", 1, vec![CompressedPage::new(page(text(8), None), 12)]);
            table[4..4 + bytes.len()].copy_from_slice(bytes);
            let Broken(what) = opened(&table, &names(&[])).unwrap().rows().next(1).unwrap().unwrap_err();
            what
        };
        assert!(of(&[0x15, 0, 0x15, 24, 0x15, 126]).ends_with("a page does not end within its column"));
        for bytes in [&[0x15, 2][..], &[0xff; 6]] {
            assert!(of(bytes).ends_with("the header of a page does not tell what the page is"));
        }
    }
}
