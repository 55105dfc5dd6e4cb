//! A column of a row group, and what the footer says of it.

use parquet::bloom_filter::Sbbf;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::reader::ChunkReader;
use parquet::schema::types::ColumnDescPtr;

use super::fields::BLOOM_FILTER_HEADER;
use super::thrift::Thrift;
use super::{Broken, Table, start};

/// A column of a row group. Places are those in the file, where nothing else is said.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) metadata: ColumnChunkMetaData,
    pub(super) column_index: Option<ColumnIndexMetaData>,
    pub(super) offset_index: Option<OffsetIndexMetaData>,
    pub(super) bloom_filter: Option<Sbbf>,
}

impl From<ColumnCloseResult> for Chunk {
    /// One whose places are counted from its start.
    fn from(result: ColumnCloseResult) -> Self {
        let ColumnCloseResult { metadata, column_index, offset_index, bloom_filter, .. } = result;
        Self { metadata, column_index, offset_index, bloom_filter }
    }
}

impl Chunk {
    /// One of a table.
    pub(super) fn of(table: &Table, group: usize, column: usize) -> Result<Self, Broken> {
        let metadata = table.chunk(group, column).clone();
        let bloom_filter = bloom_filter(&metadata, &table.file)?;
        Ok(Self {
            column_index: table.metadata.column_index().map(|indexes| indexes[group][column].clone()),
            offset_index: table.metadata.offset_index().map(|indexes| indexes[group][column].clone()),
            bloom_filter,
            metadata,
        })
    }

    /// The same at another place, as a column of the new file. Its indexes and its bloom filter have no place yet.
    pub(super) fn moved(mut self, to: u64, column: ColumnDescPtr) -> Result<Self, ParquetError> {
        let distance = to as i64 - start(&self.metadata);
        let old = self.metadata;
        let mut builder = ColumnChunkMetaData::builder(column)
            .set_compression_codec(old.compression_codec())
            .set_encodings_mask(*old.encodings_mask())
            .set_total_compressed_size(old.compressed_size())
            .set_total_uncompressed_size(old.uncompressed_size())
            .set_num_values(old.num_values())
            .set_data_page_offset(old.data_page_offset() + distance)
            .set_dictionary_page_offset(old.dictionary_page_offset().map(|at| at + distance))
            .set_index_page_offset(old.index_page_offset().map(|at| at + distance))
            .set_unencoded_byte_array_data_bytes(old.unencoded_byte_array_data_bytes())
            .set_repetition_level_histogram(old.repetition_level_histogram().cloned())
            .set_definition_level_histogram(old.definition_level_histogram().cloned());
        if let Some(statistics) = old.statistics() {
            builder = builder.set_statistics(statistics.clone());
        }
        if let Some(statistics) = old.geo_statistics() {
            builder = builder.set_geo_statistics(Box::new(statistics.clone()));
        }
        if let Some(pages) = old.page_encoding_stats() {
            builder = builder.set_page_encoding_stats(pages.clone());
        }
        for page in self.offset_index.iter_mut().flat_map(|index| &mut index.page_locations) {
            page.offset += distance;
        }
        self.metadata = builder.build()?;
        Ok(self)
    }
}

/// The most bytes that the header of a bloom filter has, which is four numbers.
const FILTER_HEADER: u64 = 64;

/// The bloom filter of a column, if it has one.
pub(super) fn bloom_filter<R: ChunkReader>(chunk: &ColumnChunkMetaData, file: &R) -> Result<Option<Sbbf>, Broken> {
    if let Some(start) = chunk.bloom_filter_offset() {
        let start = u64::try_from(start).unwrap_or(u64::MAX);
        let len = FILTER_HEADER.min(file.len().saturating_sub(start));
        let corrupt = || Broken("it is corrupt: the filter of a column cannot be read".to_owned());
        Thrift::new(&file.get_bytes(start, len as usize)?).skip_fields(BLOOM_FILTER_HEADER).ok_or_else(corrupt)?;
    }
    Ok(Sbbf::read_from_column_chunk(chunk, file)?)
}
