//! Tables are rewritten and read back by the reader of the `parquet` crate.

use std::fs::File;
use std::io::Write;
use std::ops::Range;

use bytes::Bytes;
use parquet::basic::{BrotliLevel, GzipLevel, ZstdLevel};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{CompressedPage, PageWriter};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray};
use parquet::file::metadata::{FileMetaData, KeyValue, ParquetMetaDataWriter, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::serialized_reader::ReadOptionsBuilder;
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::record::{Field, Row};
use parquet::schema::parser::parse_message_type;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::layout::Span;

/// Columns of all types, before and behind the text.
const SCHEMA: &str = "message articles {
    required int64 id (INTEGER(64,false)) = 7;
    optional group body { optional binary text (STRING) = 9; optional binary lead; }
    required binary url (STRING);
    optional group tags (LIST) { repeated group list { optional binary element (STRING); } }
    optional group counts (MAP) { repeated group key_value { required int32 key; optional double value; } }
    optional boolean flag;
    optional int96 when;
    optional float score;
    required fixed_len_byte_array(3) code;
}";

/// The column of the text.
pub(super) const TEXT: usize = 1;

/// What is deleted of texts that have it, at their start.
pub(super) const JUNK: &str = "junk ";

pub(super) fn names(added: &[&str]) -> FieldNames {
    let added = added.iter().map(|&name| name.to_owned()).collect();
    FieldNames { text: "body.text".to_owned(), added, ..FieldNames::default() }
}

/// The text of a row: every fifth has none.
pub(super) fn text(row: usize, is_junk: bool) -> Option<String> {
    (row % 5 != 3).then(|| format!("{}Row {row} says that all is well.", if is_junk { JUNK } else { "" }))
}

/// A table with row groups of these numbers of rows. Of the rows that `junk` names, the text starts with junk.
pub(super) fn written(groups: &[usize], properties: WriterPropertiesBuilder, junk: impl Fn(usize) -> bool) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let pair = KeyValue::new("mine".to_owned(), "kept".to_owned());
    let properties = properties.set_key_value_metadata(Some(vec![pair])).set_created_by("a test".to_owned()).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut row = 0;
    for &len in groups {
        let mut group = writer.next_row_group().unwrap();
        let mut number = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            write_column(column.untyped(), number, row..row + len, &junk);
            column.close().unwrap();
            number += 1;
        }
        group.close().unwrap();
        row += len;
    }
    writer.into_inner().unwrap()
}

fn write_column(writer: &mut ColumnWriter<'_>, number: usize, rows: Range<usize>, junk: &impl Fn(usize) -> bool) {
    let len = rows.len();
    let bytes =
        |values: Vec<String>| values.into_iter().map(|value| value.into_bytes().into()).collect::<Vec<ByteArray>>();
    match writer {
        ColumnWriter::Int64ColumnWriter(writer) => {
            writer.write_batch(&rows.map(|row| row as i64).collect::<Vec<_>>(), None, None).unwrap()
        }
        ColumnWriter::ByteArrayColumnWriter(writer) if number == TEXT => {
            let levels: Vec<i16> = rows.clone().map(|row| if text(row, false).is_some() { 2 } else { 1 }).collect();
            let values = rows.filter_map(|row| text(row, junk(row))).collect();
            writer.write_batch(&bytes(values), Some(&levels), None).unwrap()
        }
        ColumnWriter::ByteArrayColumnWriter(writer) if number == 2 => {
            let levels: Vec<i16> = rows.map(|row| (row % 3) as i16).collect();
            let values = levels.iter().filter(|&&level| level == 2).map(|_| "lead".to_owned()).collect();
            writer.write_batch(&bytes(values), Some(&levels), None).unwrap()
        }
        ColumnWriter::ByteArrayColumnWriter(writer) if number == 3 => {
            let values = rows.map(|row| format!("https://gazette.example/{row}")).collect();
            writer.write_batch(&bytes(values), None, None).unwrap()
        }
        // Two tags in each row, of which the second is none.
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let (levels, repetitions) = ([3, 2].repeat(len), [0, 1].repeat(len));
            let values = rows.map(|row| format!("tag {}", row % 4)).collect();
            writer.write_batch(&bytes(values), Some(&levels), Some(&repetitions)).unwrap()
        }
        ColumnWriter::Int32ColumnWriter(writer) => {
            let (levels, repetitions) = ([2, 2, 2].repeat(len), [0, 1, 1].repeat(len));
            let values: Vec<i32> = (0..3 * len as i32).collect();
            writer.write_batch(&values, Some(&levels), Some(&repetitions)).unwrap()
        }
        ColumnWriter::DoubleColumnWriter(writer) => {
            let (levels, repetitions) = ([3, 2, 3].repeat(len), [0, 1, 1].repeat(len));
            writer.write_batch(&vec![0.5; 2 * len], Some(&levels), Some(&repetitions)).unwrap()
        }
        ColumnWriter::BoolColumnWriter(writer) => {
            writer.write_batch(&vec![true; len], Some(&vec![1; len]), None).unwrap()
        }
        ColumnWriter::Int96ColumnWriter(writer) => writer.write_batch(&[], Some(&vec![0; len]), None).unwrap(),
        ColumnWriter::FloatColumnWriter(writer) => {
            writer.write_batch(&vec![1.5; len], Some(&vec![1; len]), None).unwrap()
        }
        ColumnWriter::FixedLenByteArrayColumnWriter(writer) => {
            let values = rows.map(|row| FixedLenByteArray::from(format!("{:03}", row % 1000).into_bytes()));
            writer.write_batch(&values.collect::<Vec<_>>(), None, None).unwrap()
        }
    };
}

/// A table of one column, of texts that all have a value or may have none, in one row group of these pages.
pub(super) fn of_pages(codec: Compression, repetition: &str, rows: u32, pages: Vec<CompressedPage>) -> Vec<u8> {
    let schema = format!("message articles {{ required group body {{ {repetition} binary text (STRING); }} }}");
    let schema = Arc::new(SchemaDescriptor::new(Arc::new(parse_message_type(&schema).unwrap())));
    let mut file = Vec::new();
    let mut sink = TrackedWrite::new(&mut file);
    sink.write_all(MAGIC).unwrap();
    let mut writer = SerializedPageWriter::new(&mut sink);
    pages.into_iter().for_each(|page| writer.write_page(page).map(drop).unwrap());
    writer.close().unwrap();
    let len = sink.bytes_written() - MAGIC.len();
    drop(sink);
    let chunk = ColumnChunkMetaData::builder(schema.column(0))
        .set_compression(codec)
        .set_num_values(rows.into())
        .set_data_page_offset(MAGIC.len() as i64)
        .set_total_compressed_size(len as i64);
    let group = RowGroupMetaData::builder(Arc::clone(&schema)).set_num_rows(rows.into());
    let group = group.add_column_metadata(chunk.build().unwrap()).build().unwrap();
    let metadata = FileMetaData::new(1, rows.into(), None, None, schema, None);
    ParquetMetaDataWriter::new(&mut file, &ParquetMetaData::new(metadata, vec![group])).finish().unwrap();
    file
}

pub(super) fn opened(bytes: &[u8], names: &FieldNames) -> Result<Arc<Table>, String> {
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    Table::open(file, names).map(Arc::new).map_err(|Broken(what)| what)
}

/// Takes the junk out of the texts of a table, a few rows at a time, and leaves some rows out. Added columns say the
/// number of the row.
pub(super) fn rewritten(bytes: &[u8], added: &[&str], left_out: impl Fn(u64) -> bool) -> Result<Vec<u8>, String> {
    let table = opened(bytes, &names(added))?;
    let (mut reader, mut writer, mut new) = (Arc::clone(&table).rows(), table.writer(), Vec::new());
    let mut sink = |bytes: &[u8]| {
        new.extend_from_slice(bytes);
        Ok::<(), Broken>(())
    };
    let write = || -> Result<(), Broken> {
        while let Some(rows) = reader.next(1) {
            writer.put(cleaned(&rows?, added.len(), &left_out), &mut sink)?;
        }
        writer.end(&mut sink)
    };
    write().map_err(|Broken(what)| what)?;
    Ok(new)
}

fn cleaned(rows: &Rows, added: usize, left_out: &impl Fn(u64) -> bool) -> CleanedRows {
    let mut cleaned = CleanedRows::new(rows, added);
    for row in 0..rows.len() {
        let number = rows.first + row as u64;
        match rows.fields(row) {
            _ if left_out(number) => cleaned.leave_out(row),
            Err(_) => cleaned.keep(rows, row),
            Ok(fields) => {
                let is_junk = fields.text.starts_with(JUNK.as_bytes());
                let removals: Vec<Span> = is_junk.then(|| Span::new(0, JUNK.len())).into_iter().collect();
                cleaned.put(rows, row, &removals, vec![format!("row {number}"); added]);
            }
        }
    }
    cleaned
}

pub(super) fn reader(bytes: &[u8]) -> SerializedFileReader<Bytes> {
    let options = ReadOptionsBuilder::new().with_page_index().with_encoding_stats_as_mask(false).build();
    SerializedFileReader::new_with_options(Bytes::copy_from_slice(bytes), options).unwrap()
}

pub(super) fn rows(bytes: &[u8]) -> Vec<Row> {
    reader(bytes).get_row_iter(None).unwrap().map(Result::unwrap).collect()
}

/// The bytes of a column.
pub(super) fn chunk<'f>(file: &'f [u8], metadata: &ParquetMetaData, group: usize, column: usize) -> &'f [u8] {
    let (start, len) = metadata.row_group(group).column(column).byte_range();
    &file[start as usize..(start + len) as usize]
}

/// What is said of a column, but where it is and, of the text, how much it takes.
pub(super) fn known(metadata: &ParquetMetaData, group: usize, column: usize) -> String {
    let chunk = metadata.row_group(group).column(column);
    let mut encodings: Vec<_> = chunk.encodings().collect();
    encodings.sort();
    let common = format!(
        "{:?} {} {encodings:?} {:?} {:?}",
        chunk.compression_codec(),
        chunk.num_values(),
        chunk.dictionary_page_offset().is_some(),
        chunk.definition_level_histogram(),
    );
    if column == TEXT {
        return common + &format!("{}", chunk.statistics().is_some());
    }
    let column_index = metadata.column_index().map(|indexes| &indexes[group][column]);
    format!(
        "{common} {:?} {:?} {:?} {column_index:?} {:?} {}",
        chunk.statistics(),
        chunk.page_encoding_stats(),
        chunk.repetition_level_histogram(),
        chunk.unencoded_byte_array_data_bytes(),
        chunk.bloom_filter_length().is_some(),
    )
}

/// Each setting that files are written with.
pub(super) fn settings() -> Vec<WriterPropertiesBuilder> {
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ];
    let mut settings = Vec::new();
    for (number, codec) in codecs.into_iter().enumerate() {
        for (version, has_dictionary) in [
            (WriterVersion::PARQUET_1_0, true),
            (WriterVersion::PARQUET_2_0, true),
            (WriterVersion::PARQUET_2_0, false),
        ] {
            let has_index = number % 2 == 0;
            let statistics = if has_index { EnabledStatistics::Page } else { EnabledStatistics::Chunk };
            settings.push(
                WriterProperties::builder()
                    .set_compression(codec)
                    .set_writer_version(version)
                    .set_dictionary_enabled(has_dictionary)
                    .set_bloom_filter_enabled(number % 3 == 0)
                    .set_bloom_filter_max_ndv(100)
                    .set_statistics_enabled(statistics)
                    .set_offset_index_disabled(!has_index)
                    .set_data_page_row_count_limit(7)
                    .set_write_batch_size(7),
            );
        }
    }
    settings
}

/// Row groups of which the second has no junk.
pub(super) const GROUPS: [usize; 3] = [20, 9, 31];

pub(super) fn in_first_or_third(row: usize) -> bool {
    !(20..29).contains(&row) && row % 4 == 2
}

#[test]
fn all_but_the_texts_stays_byte_for_byte_whatever_the_settings() {
    for settings in settings() {
        let old = written(&GROUPS, settings.clone(), in_first_or_third);
        let new = rewritten(&old, &[], |_| false).unwrap();
        let (before, after) = (reader(&old), reader(&new));
        let (before, after) = (before.metadata(), after.metadata());
        assert_eq!(before.file_metadata(), after.file_metadata());
        for group in 0..GROUPS.len() {
            assert_eq!(before.row_group(group).num_rows(), after.row_group(group).num_rows());
            assert_eq!(before.row_group(group).ordinal(), after.row_group(group).ordinal());
            for column in 0..before.row_group(group).num_columns() {
                assert_eq!(known(before, group, column), known(after, group, column));
                let is_same = chunk(&old, before, group, column) == chunk(&new, after, group, column);
                assert_eq!(is_same, column != TEXT || group == 1, "column {column} of {group}");
            }
        }
        let clean = written(&GROUPS, settings, |_| false);
        assert_eq!(rows(&new), rows(&clean));
        assert_eq!(rewritten(&clean, &[], |_| false).unwrap(), clean, "what does not change is copied");
        assert_eq!(rewritten(&new, &[], |_| false).unwrap(), new);
    }
}

#[test]
fn pages_are_found_by_their_index_and_values_by_their_bloom_filter() {
    let settings = WriterProperties::builder().set_bloom_filter_enabled(true).set_write_batch_size(5);
    let old = written(&GROUPS, settings.set_data_page_row_count_limit(5), in_first_or_third);
    let new = rewritten(&old, &["added"], |_| false).unwrap();
    let file = Bytes::copy_from_slice(&new);
    let metadata = reader(&new);
    let metadata = metadata.metadata();
    for (group, indexes) in metadata.offset_index().unwrap().iter().enumerate() {
        for (column, index) in indexes.iter().enumerate() {
            let (start, len) = metadata.row_group(group).column(column).byte_range();
            let pages = index.page_locations();
            assert!(pages[0].offset as u64 >= start);
            let last = pages.last().unwrap();
            assert_eq!((last.offset + i64::from(last.compressed_page_size)) as u64, start + len);
        }
        let filter = |column: usize| {
            let chunk = metadata.row_group(group).column(column);
            Sbbf::read_from_column_chunk(chunk, &file).unwrap().unwrap()
        };
        let row = GROUPS[..group].iter().sum::<usize>() + 2;
        assert!(filter(TEXT).check(&ByteArray::from(text(row, false).unwrap().into_bytes())));
        assert!(filter(3).check(&ByteArray::from(format!("https://gazette.example/{row}").into_bytes())));
    }
}

#[test]
fn rows_that_are_left_out_are_left_out_of_all_columns() {
    for settings in settings() {
        let old = written(&GROUPS, settings, in_first_or_third);
        let is_left_out = |number: u64| [1, 2, 20, 29, 60].contains(&number);
        let new = rewritten(&old, &[], is_left_out).unwrap();
        let clean = written(&GROUPS, WriterProperties::builder(), |_| false);
        let mut expected = rows(&clean);
        let mut number = 0;
        expected.retain(|_| {
            number += 1;
            !is_left_out(number)
        });
        assert_eq!(rows(&new), expected);
        assert_eq!(
            reader(&new).metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect::<Vec<_>>(),
            [17, 8, 30]
        );
    }
}

#[test]
fn added_columns_come_last_or_replace_those_of_their_name() {
    let old = written(&GROUPS, WriterProperties::builder(), in_first_or_third);
    let new = rewritten(&old, &["last", "tags", "id"], |_| false).unwrap();
    let (before, after) = (rows(&old), rows(&new));
    let names = |row: &Row| row.get_column_iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&after[0]), [&names(&before[0])[..], &["last".to_owned()]].concat());
    for (number, (before, after)) in before.iter().zip(&after).enumerate() {
        for ((name, old), (_, new)) in before.get_column_iter().zip(after.get_column_iter()) {
            match name.as_str() {
                "tags" | "id" => assert_eq!(*new, Field::Str(format!("row {}", number + 1))),
                "body" => {}
                _ => assert_eq!(old, new),
            }
        }
    }
    let schema = reader(&new).metadata().file_metadata().schema_descr_ptr();
    assert!(is_string(&schema.column(schema.num_columns() - 1)));
    assert_eq!(schema.column(TEXT).self_type().get_basic_info().id(), 9);
    let without_rows = written(&[], WriterProperties::builder(), |_| false);
    assert_eq!(rows(&rewritten(&without_rows, &["last"], |_| false).unwrap()), []);
    let empty_groups = written(&[0, 3, 0], WriterProperties::builder(), |_| true);
    assert_eq!(rows(&rewritten(&empty_groups, &["last"], |_| false).unwrap()).len(), 3);
}

#[test]
fn a_row_group_is_no_longer_sorted_by_texts_that_change() {
    let sorting = |column_idx| SortingColumn { column_idx, descending: false, nulls_first: true };
    let settings =
        WriterProperties::builder().set_sorting_columns(Some(vec![sorting(0), sorting(TEXT as i32), sorting(2)]));
    let new = rewritten(&written(&GROUPS, settings, in_first_or_third), &["added"], |_| false).unwrap();
    let sorted: Vec<_> =
        reader(&new).metadata().row_groups().iter().map(|group| group.sorting_columns().cloned()).collect();
    let all = vec![sorting(0), sorting(TEXT as i32), sorting(2)];
    assert_eq!(sorted, [Some(vec![sorting(0)]), Some(all), Some(vec![sorting(0)])]);
}

#[test]
fn rows_are_known_by_number_address_and_name() {
    let bytes = written(&GROUPS, WriterProperties::builder(), |_| false);
    let table = opened(&bytes, &names(&[])).unwrap();
    for number in [1, 20, 21, 29, 30, 60] {
        let found = Arc::clone(&table).row(number).unwrap().unwrap();
        let fields = found.fields(0).unwrap();
        let row = number as usize - 1;
        assert_eq!((found.first, found.len()), (number, 1));
        assert_eq!(*fields.text, *text(row, false).unwrap_or_default().as_bytes());
        assert_eq!(fields.url.unwrap(), format!("https://gazette.example/{row}"));
        assert_eq!(fields.id.unwrap(), row.to_string());
    }
    assert!(Arc::clone(&table).row(61).is_none() && table.row(0).is_none());
}

#[test]
fn what_cannot_be_read_is_named_for_what_it_is() {
    let bytes = written(&GROUPS, WriterProperties::builder(), |_| false);
    let of = |bytes: &[u8], text: &str| opened(bytes, &FieldNames { text: text.to_owned(), ..names(&[]) }).unwrap_err();
    assert_eq!(of(b"", "text"), "it is no Parquet file, which starts with `PAR1`");
    assert_eq!(of(b"\x1f\x8b\x08\x00", "text"), "it is compressed by gzip as a whole; decompress it first");
    let cut = "it is cut off: its end is no footer of Parquet; fetch or write it anew";
    for len in [4, 11, 12, 100, bytes.len() - 1] {
        assert_eq!(of(&bytes[..len], "text"), cut);
    }
    let mut long = bytes.clone();
    let end = long.len() - 8;
    long[end..end + 4].fill(0xff);
    assert_eq!(of(&long, "text"), cut);
    assert_eq!(of(&[b"PARE", &bytes[4..]].concat(), "text"), "it is encrypted; decrypt it first");
    assert_eq!(
        of(&bytes, "text"),
        "it has no column `text`: its columns are `id`, `body.text`, `body.lead`, `url`, `tags.list.element`, \
         `counts.key_value.key`, `counts.key_valu…"
    );
    assert_eq!(of(&bytes, "score"), "its column `score` holds FLOAT, not texts");
    assert_eq!(of(&bytes, "code"), "its column `code` holds FIXED_LEN_BYTE_ARRAY, not texts");
    assert_eq!(of(&bytes, "tags.list.element"), "its column `tags.list.element` holds lists, not a text in each row");
    assert!(opened(&bytes, &FieldNames { text: "body.lead".to_owned(), ..names(&[]) }).is_ok());
}

#[test]
fn columns_whose_bytes_are_elsewhere_are_not_copied() {
    let bytes = written(&GROUPS, WriterProperties::builder(), |_| false);
    let changed = |change: &dyn Fn(ColumnChunkMetaData) -> ColumnChunkMetaData| {
        let mut builder = reader(&bytes).metadata().clone().into_builder();
        let mut groups = builder.take_row_groups();
        let mut group = groups.remove(1).into_builder();
        let chunks = group.take_columns().into_iter().map(change).collect();
        groups.insert(1, group.set_column_metadata(chunks).build().unwrap());
        let footer = builder.set_row_groups(groups).set_column_index(None).set_offset_index(None).build();
        let mut file = bytes.clone();
        ParquetMetaDataWriter::new(&mut file, &footer).finish().unwrap();
        rewritten(&file, &[], |_| false)
    };
    let to = |chunk: ColumnChunkMetaData, size| chunk.into_builder().set_total_compressed_size(size).build().unwrap();
    let corrupt = Err("it is corrupt: row group 2 does not lie within it".to_owned());
    assert_eq!(changed(&|chunk| to(chunk, 1 << 40)), corrupt);
    assert_eq!(changed(&|chunk| to(chunk, -1)), corrupt);
    let elsewhere = changed(&|chunk| chunk.into_builder().set_file_path("b.parquet".to_owned()).build().unwrap());
    assert_eq!(elsewhere, Err("its columns are in other files, such as `b.parquet`; write it as one file".to_owned()));
    let odd = changed(&|chunk| match chunk.dictionary_page_offset() {
        None => chunk.into_builder().set_dictionary_page_offset(Some(0)).build().unwrap(),
        Some(_) => chunk,
    });
    assert!(odd.is_ok(), "a dictionary at 0 is none");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_rows_of_any_groups_lose_what_they_should(
        groups in vec(0_usize..40, 0..4),
        junk in vec(any::<bool>(), 160),
        left_out in vec(prop::bool::weighted(0.1), 160),
        settings in prop::sample::select(settings()),
        is_added in any::<bool>(),
    ) {
        let old = written(&groups, settings, |row| junk[row]);
        let added: &[&str] = if is_added { &["added"] } else { &[] };
        let new = rewritten(&old, added, |number| left_out[number as usize - 1]).unwrap();
        let mut number = 0;
        let mut expected = rows(&written(&groups, WriterProperties::builder(), |_| false));
        expected.retain(|_| { number += 1; !left_out[number - 1] });
        let found: Vec<String> = rows(&new).iter().map(ToString::to_string).collect();
        prop_assert_eq!(found.len(), expected.len());
        for (row, expected) in found.iter().zip(&expected) {
            let expected = expected.to_string();
            prop_assert!(row.starts_with(expected.trim_end_matches('}')), "{} and {}", row, expected);
        }
    }

    #[test]
    fn no_bytes_are_too_odd_to_be_opened(
        places in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = written(&GROUPS, WriterProperties::builder(), in_first_or_third);
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        // That it comes back is all that is asked of it.
        let _ = rewritten(&bytes, &["added"], |number| number % 7 == 0);
    }
}
