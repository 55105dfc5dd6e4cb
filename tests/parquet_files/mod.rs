//! Makes and reads tables in Parquet, by the crate of that name.

#![allow(dead_code, reason = "each test uses some of it")]

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// A number, a text or none, and one more column behind it.
const SCHEMA: &str = "message articles {
    required int64 id;
    optional binary text (STRING);
    required binary after (STRING);
}";

/// Writes texts as a table with row groups of so many rows.
pub(crate) fn write(path: &Path, rows: usize, texts: &[Option<&[u8]>]) {
    let groups = texts.chunks(rows).map(|texts| texts.iter().copied());
    write_groups(path, groups);
}

/// Writes texts as a table, each of the row groups while it comes.
pub(crate) fn write_groups<'t>(
    path: &Path,
    groups: impl Iterator<Item = impl Iterator<Item = Option<&'t [u8]>> + Clone>,
) {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties =
        WriterProperties::builder().set_compression(Compression::UNCOMPRESSED).set_dictionary_enabled(false);
    let mut writer =
        SerializedFileWriter::new(File::create(path).unwrap(), schema, Arc::new(properties.build())).unwrap();
    let mut id = 0;
    for texts in groups {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        for _ in texts.clone() {
            column.typed::<Int64Type>().write_batch(&[id], None, None).unwrap();
            id += 1;
        }
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        for text in texts.clone() {
            let value: Vec<ByteArray> = text.map(|text| text.to_vec().into()).into_iter().collect();
            let level = i16::from(text.is_some());
            column.typed::<ByteArrayType>().write_batch(&value, Some(&[level]), None).unwrap();
        }
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        for _ in texts {
            column.typed::<ByteArrayType>().write_batch(&["1.0, \"one\"".into()], None, None).unwrap();
        }
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
}

/// The rows of a table, one a line.
pub(crate) fn rows(file: Vec<u8>) -> Vec<String> {
    let reader = SerializedFileReader::new(Bytes::from(file)).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
}

/// How many rows a table has.
pub(crate) fn len(file: Vec<u8>) -> i64 {
    SerializedFileReader::new(Bytes::from(file)).unwrap().metadata().file_metadata().num_rows()
}
