//! Encodes columns as the file that they come from has them.

use std::ops::Range;
use std::sync::Arc;

use parquet::basic::{Encoding, PageType, Type};
use parquet::column::page::{CompressedPage, PageWriteSpec, PageWriter};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, ColumnWriterImpl, get_column_writer};
use parquet::data_type::{ByteArray, ByteArrayType, DataType};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::output::Buffer;

/// How a column is to be encoded: as far as the file says it, as it was.
pub(super) fn properties(model: &ColumnChunkMetaData, rows: u64, has_page_index: bool) -> WriterProperties {
    let statistics = match (has_page_index, model.statistics()) {
        (true, Some(_)) => EnabledStatistics::Page,
        (false, Some(_)) => EnabledStatistics::Chunk,
        (_, None) => EnabledStatistics::None,
    };
    let pages = model.page_encoding_stats().map_or(&[][..], Vec::as_slice);
    let is_v2 = pages.iter().any(|page| page.page_type == PageType::DATA_PAGE_V2);
    let mut builder = WriterProperties::builder()
        .set_compression(model.compression())
        .set_writer_version(if is_v2 { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 })
        .set_dictionary_enabled(model.dictionary_page_offset().is_some())
        .set_encoding(encoding(model))
        .set_statistics_enabled(statistics)
        .set_offset_index_disabled(!has_page_index);
    if model.bloom_filter_offset().is_some() {
        builder = builder.set_bloom_filter_enabled(true).set_bloom_filter_max_ndv(rows.max(1));
    }
    builder.build()
}

/// The encoding of what is not in a dictionary, if it is one that the column's type can have: a file may say anything.
fn encoding(model: &ColumnChunkMetaData) -> Encoding {
    let is_had = |encoding: &Encoding| can_have(model.column_type(), *encoding);
    model.encodings().find(is_had).unwrap_or(Encoding::PLAIN)
}

/// Whether values of a type can have an encoding other than the plain one.
fn can_have(kind: Type, encoding: Encoding) -> bool {
    match encoding {
        Encoding::DELTA_BINARY_PACKED => matches!(kind, Type::INT32 | Type::INT64),
        Encoding::DELTA_LENGTH_BYTE_ARRAY => kind == Type::BYTE_ARRAY,
        Encoding::DELTA_BYTE_ARRAY => matches!(kind, Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY),
        Encoding::BYTE_STREAM_SPLIT => !matches!(kind, Type::BOOLEAN | Type::INT96 | Type::BYTE_ARRAY),
        _ => false,
    }
}

/// A column of texts or bytes in the making.
pub(super) struct Encoder {
    writer: ColumnWriterImpl<'static, ByteArrayType>,
    pages: Buffer,
    has_levels: bool,
}

impl Encoder {
    pub(super) fn new(column: ColumnDescPtr, properties: WriterProperties) -> Self {
        let (pages, has_levels) = (Buffer::default(), column.max_def_level() > 0);
        let page_writer = Pages { buffer: pages.clone(), len: 0 };
        let writer = ColumnWriterImpl::new(column, Arc::new(properties), Box::new(page_writer));
        Self { writer, pages, has_levels }
    }

    /// Adds rows: their definition levels, and the values of those that have one.
    pub(super) fn put(&mut self, levels: &[i16], values: &[ByteArray]) -> Result<(), ParquetError> {
        self.writer.write_batch(values, self.has_levels.then_some(levels), None).map(drop)
    }

    /// The pages that were finished since this was asked last. Places in the column are counted from its start.
    pub(super) fn take(&self) -> Vec<u8> {
        self.pages.take()
    }

    /// The pages that were not taken yet, and what is known of the column.
    pub(super) fn close(self) -> Result<(Vec<u8>, ColumnCloseResult), ParquetError> {
        let result = self.writer.close()?;
        Ok((self.pages.take(), result))
    }
}

/// Encodes a column of any type anew, without some of its rows.
pub(super) fn without_rows(
    reader: ColumnReader,
    column: ColumnDescPtr,
    properties: WriterProperties,
    kept: impl Iterator<Item = Range<usize>>,
) -> Result<(Vec<u8>, ColumnCloseResult), ParquetError> {
    use {ColumnReader as R, ColumnWriter as W};
    let pages = Buffer::default();
    let page_writer = Pages { buffer: pages.clone(), len: 0 };
    let writer = get_column_writer(column, Arc::new(properties), Box::new(page_writer));
    let result = match (reader, writer) {
        (R::BoolColumnReader(reader), W::BoolColumnWriter(writer)) => copy_rows(reader, writer, kept),
        (R::Int32ColumnReader(reader), W::Int32ColumnWriter(writer)) => copy_rows(reader, writer, kept),
        (R::Int64ColumnReader(reader), W::Int64ColumnWriter(writer)) => copy_rows(reader, writer, kept),
        (R::Int96ColumnReader(reader), W::Int96ColumnWriter(writer)) => copy_rows(reader, writer, kept),
        (R::FloatColumnReader(reader), W::FloatColumnWriter(writer)) => copy_rows(reader, writer, kept),
        (R::DoubleColumnReader(reader), W::DoubleColumnWriter(writer)) => copy_rows(reader, writer, kept),
        (R::ByteArrayColumnReader(reader), W::ByteArrayColumnWriter(writer)) => copy_rows(reader, writer, kept),
        (R::FixedLenByteArrayColumnReader(reader), W::FixedLenByteArrayColumnWriter(writer)) => {
            copy_rows(reader, writer, kept)
        }
        _ => unreachable!("both are made for one column"),
    };
    Ok((pages.take(), result?))
}

/// How many rows are decoded at a time.
const STEP: usize = 1024;

fn copy_rows<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    mut writer: ColumnWriterImpl<'static, T>,
    kept: impl Iterator<Item = Range<usize>>,
) -> Result<ColumnCloseResult, ParquetError> {
    let mut at = 0;
    for rows in kept {
        reader.skip_records(rows.start - at)?;
        at = rows.start;
        while at < rows.end {
            let (mut levels, mut repetitions, mut values) = (Vec::new(), Vec::new(), Vec::new());
            let step = STEP.min(rows.end - at);
            let (read, _, _) = reader.read_records(step, Some(&mut levels), Some(&mut repetitions), &mut values)?;
            if read < step {
                return Err(ParquetError::EOF("a column has fewer rows than its row group".to_owned()));
            }
            let column = writer.get_descriptor();
            let (has_levels, is_repeated) = (column.max_def_level() > 0, column.max_rep_level() > 0);
            let (levels, repetitions) = (has_levels.then_some(&levels[..]), is_repeated.then_some(&repetitions[..]));
            writer.write_batch(&values, levels, repetitions)?;
            at += step;
        }
    }
    writer.close()
}

/// Writes the pages of a column, their places counted from its start.
struct Pages {
    buffer: Buffer,
    len: u64,
}

impl PageWriter for Pages {
    fn write_page(&mut self, page: CompressedPage) -> Result<PageWriteSpec, ParquetError> {
        let mut sink = TrackedWrite::new(&mut self.buffer);
        let mut writer = SerializedPageWriter::new(&mut sink);
        let mut spec = writer.write_page(page)?;
        writer.close()?;
        spec.offset = self.len;
        self.len += spec.bytes_written;
        Ok(spec)
    }

    fn close(&mut self) -> Result<(), ParquetError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use parquet::schema::types::{ColumnDescriptor, ColumnPath, Type as SchemaType};

    use super::*;

    #[test]
    fn a_column_is_encoded_as_its_type_can_be_whatever_its_file_says() {
        use Encoding::{BYTE_STREAM_SPLIT, DELTA_BINARY_PACKED, DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY, PLAIN};
        use Type::{BOOLEAN, BYTE_ARRAY, DOUBLE, FIXED_LEN_BYTE_ARRAY, FLOAT, INT32, INT64, INT96};
        // As Encodings.md of the format says.
        for (kind, had) in [
            (BOOLEAN, vec![]),
            (INT32, vec![BYTE_STREAM_SPLIT, DELTA_BINARY_PACKED]),
            (INT64, vec![BYTE_STREAM_SPLIT, DELTA_BINARY_PACKED]),
            (INT96, vec![]),
            (FLOAT, vec![BYTE_STREAM_SPLIT]),
            (DOUBLE, vec![BYTE_STREAM_SPLIT]),
            (BYTE_ARRAY, vec![DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY]),
            (FIXED_LEN_BYTE_ARRAY, vec![BYTE_STREAM_SPLIT, DELTA_BYTE_ARRAY]),
        ] {
            let schema = SchemaType::primitive_type_builder("column", kind).with_length(4).build().unwrap();
            let path = ColumnPath::new(vec!["column".to_owned()]);
            let column = Arc::new(ColumnDescriptor::new(Arc::new(schema), 0, 0, path));
            for said in [BYTE_STREAM_SPLIT, DELTA_BINARY_PACKED, DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY] {
                let model = ColumnChunkMetaData::builder(column.clone()).set_encodings(vec![said]).build().unwrap();
                let wanted = if had.contains(&said) { said } else { PLAIN };
                assert_eq!(encoding(&model), wanted, "{kind} as {said}");
                // The crate panics at some that it cannot encode.
                let pages = Box::new(Pages { buffer: Buffer::default(), len: 0 });
                get_column_writer(column.clone(), Arc::new(properties(&model, 1, false)), pages);
            }
        }
    }
}
