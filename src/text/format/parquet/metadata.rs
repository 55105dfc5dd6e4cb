//! What the end of a file says of a table: the footer, and where the pages of its columns are. It is looked at before the
//! `parquet` crate reads it, which goes over lists of nothing for as long as they say that they are.

use std::ops::Range;

use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader,
};
use parquet::file::reader::ChunkReader;

use super::Broken;
use super::fields::{COLUMN_INDEX, OFFSET_INDEX};
use super::thrift::Thrift;

/// Reads it from a file whose footer was checked, or from the end of one that starts at a place.
pub(super) fn read<R: ChunkReader>(end: &R, at: u64, page_index: PageIndexPolicy) -> Result<ParquetMetaData, Broken> {
    let len = at.saturating_add(end.len());
    let options = || Some(ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false));
    let mut reader = ParquetMetaDataReader::new().with_metadata_options(options());
    reader.try_parse_sized(end, len)?;
    let mut metadata = reader.finish()?;
    if page_index != PageIndexPolicy::Skip {
        check_indexes(end, at, &metadata)?;
        let reader = ParquetMetaDataReader::new_with_metadata(metadata).with_metadata_options(options());
        let mut reader = reader.with_page_index_policy(page_index);
        reader.read_page_indexes_sized(end, len)?;
        metadata = reader.finish()?;
    }
    Ok(with_true_offsets(metadata)?)
}

/// Rejects a table whose page indexes are none, or are one for several columns.
fn check_indexes<R: ChunkReader>(end: &R, at: u64, metadata: &ParquetMetaData) -> Result<(), Broken> {
    let corrupt = || Broken("it is corrupt: what it says of its pages cannot be read".to_owned());
    let chunks = || metadata.row_groups().iter().flat_map(|group| group.columns());
    let places = chunks().flat_map(|chunk| {
        let column_index = chunk.column_index_offset().zip(chunk.column_index_length());
        let offset_index = chunk.offset_index_offset().zip(chunk.offset_index_length());
        [column_index.map(|place| (place, COLUMN_INDEX)), offset_index.map(|place| (place, OFFSET_INDEX))]
    });
    let range = |(start, len): (i64, i32)| {
        let start = u64::try_from(start).ok()?.checked_sub(at)?;
        Some(start..start.checked_add(u64::try_from(len).ok()?)?)
    };
    let ranges = places.flatten().map(|(place, fields)| Some((range(place)?, fields)));
    let ranges = ranges.collect::<Option<Vec<_>>>().ok_or_else(corrupt)?;
    let (Some(first), Some(last)) =
        (ranges.iter().map(|(range, _)| range.start).min(), ranges.iter().map(|(range, _)| range.end).max())
    else {
        return Ok(());
    };
    let bytes = end.get_bytes(first, usize::try_from(last - first).map_err(|_| corrupt())?)?;
    let mut left = last - first;
    for (Range { start, end }, fields) in ranges {
        left = left.checked_sub(end - start).ok_or_else(corrupt)?;
        let index = &bytes[(start - first) as usize..(end - first) as usize];
        Thrift::new(index).skip_fields(fields).ok_or_else(corrupt)?;
    }
    Ok(())
}

fn with_true_offsets(metadata: ParquetMetaData) -> Result<ParquetMetaData, ParquetError> {
    let mut builder = metadata.into_builder();
    let groups = builder.take_row_groups().into_iter().map(|group| {
        let mut builder = group.into_builder();
        let chunks = builder.take_columns().into_iter().map(without_empty_offset).collect::<Result<_, _>>()?;
        builder.set_column_metadata(chunks).build()
    });
    let groups = groups.collect::<Result<_, ParquetError>>()?;
    Ok(builder.set_row_groups(groups).build())
}

/// Some writers say that a dictionary is at 0 where there is none.
fn without_empty_offset(chunk: ColumnChunkMetaData) -> Result<ColumnChunkMetaData, ParquetError> {
    match chunk.dictionary_page_offset() {
        Some(0) => chunk.into_builder().set_dictionary_page_offset(None).build(),
        _ => Ok(chunk),
    }
}

#[cfg(test)]
mod tests {
    use parquet::file::metadata::ParquetMetaDataWriter;
    use parquet::file::properties::{EnabledStatistics, WriterProperties};
    use parquet::file::reader::FileReader;

    use super::super::tests::{GROUPS, in_first_or_third, names, opened, reader, rewritten, written};
    use super::*;

    /// A table with all that can be said of it.
    fn table() -> Vec<u8> {
        let settings = WriterProperties::builder().set_bloom_filter_enabled(true).set_bloom_filter_max_ndv(100);
        written(&GROUPS, settings.set_statistics_enabled(EnabledStatistics::Page), in_first_or_third)
    }

    /// Four million truth values that are none, in a field that nobody knows.
    const ENDLESS: [u8; 8] = [0x09, 0x7e, 0xf1, 0xff, 0xff, 0xff, 1, 0];

    /// The same bytes, but for some from a place on.
    fn with(mut bytes: Vec<u8>, at: Option<i64>, other: &[u8]) -> Vec<u8> {
        let at = at.unwrap() as usize;
        bytes[at..at + other.len()].copy_from_slice(other);
        bytes
    }

    fn what(bytes: &[u8]) -> String {
        rewritten(bytes, &[], |_| false).unwrap_err()
    }

    #[test]
    fn what_goes_on_without_an_end_is_not_read() {
        let bytes = table();
        let metadata = reader(&bytes);
        let chunk = metadata.metadata().row_group(0).column(0);
        for index in [chunk.column_index_offset(), chunk.offset_index_offset()] {
            let broken = with(bytes.clone(), index, &ENDLESS);
            assert_eq!(what(&broken), "it is corrupt: what it says of its pages cannot be read");
        }
        let broken = with(bytes.clone(), chunk.bloom_filter_offset(), &ENDLESS);
        assert_eq!(what(&broken), "it is corrupt: the filter of a column cannot be read");
        let footer = bytes.len() - 8 - u32::from_le_bytes(*bytes[..bytes.len() - 4].last_chunk().unwrap()) as usize;
        let broken = with(bytes.clone(), Some(footer as i64), &ENDLESS);
        assert_eq!(what(&broken), "it is corrupt: its footer cannot be read; fetch or write it anew");
        assert!(opened(&bytes, &names(&[])).is_ok());
    }

    #[test]
    fn columns_that_are_more_than_the_file_are_not_written() {
        let bytes = table();
        let changed = |change: &dyn Fn(ColumnChunkMetaData) -> ColumnChunkMetaData| {
            let mut builder = reader(&bytes).metadata().clone().into_builder();
            let groups = builder.take_row_groups().into_iter().map(|group| {
                let mut builder = group.into_builder();
                let chunks = builder.take_columns().into_iter().map(change).collect();
                builder.set_column_metadata(chunks).build().unwrap()
            });
            let groups = groups.collect();
            let footer = builder.set_row_groups(groups).set_column_index(None).set_offset_index(None).build();
            let mut file = bytes.clone();
            ParquetMetaDataWriter::new(&mut file, &footer).finish().unwrap();
            opened(&file, &names(&[])).map(drop)
        };
        assert_eq!(changed(&|chunk| chunk), Ok(()));
        let third = bytes.len() as i64 / 3;
        let wide = |chunk: ColumnChunkMetaData| {
            let builder = chunk.into_builder().set_data_page_offset(4).set_dictionary_page_offset(None);
            builder.set_total_compressed_size(third).build().unwrap()
        };
        assert_eq!(changed(&wide), Err("it is corrupt: row group 1 does not lie within it".to_owned()));
    }
}
