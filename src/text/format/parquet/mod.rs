//! Parquet: a table in columns, whose footer says where they stand. So it is read from files alone, which have an end
//! to start from; it is written from front to back.
//!
//! Of the column of texts, those row groups are decoded and encoded anew in which a text changes. All else is copied as
//! the bytes that it is.

mod arrow_schema;
mod chunk;
mod cleaned;
mod counts;
mod encode;
mod fields;
mod file;
mod footer;
mod layout;
mod metadata;
mod original;
mod output;
mod pages;
mod rows;
mod thrift;
mod writer;

use std::fmt;
use std::fs::File;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, LogicalType, Type as PhysicalType};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::Length;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, SchemaDescriptor};

use super::{FieldNames, shown};
pub(crate) use cleaned::CleanedRows;
use file::SharedFile;
use layout::Layout;
use original::Original;
pub(crate) use original::{Kept, Piece};
use pages::CheckedPages;
pub(crate) use rows::{RowReader, Rows};
pub(crate) use writer::TableWriter;

/// What files start and end with.
const MAGIC: &[u8] = b"PAR1";

/// Whether a file starts as a table does, be it one that cannot be read.
pub(super) fn is_start(start: &[u8]) -> bool {
    start.starts_with(MAGIC) || start.starts_with(b"PARE")
}

/// What is wrong with a table, as the text says.
#[derive(Debug)]
pub(crate) struct Broken(pub(crate) String);

impl From<ParquetError> for Broken {
    fn from(error: ParquetError) -> Self {
        let what = match error {
            ParquetError::General(what) | ParquetError::NYI(what) | ParquetError::EOF(what) => what,
            ParquetError::External(error) => error.to_string(),
            other => other.to_string(),
        };
        Self(format!("it is corrupt, or Parquet of a kind that is not known: {what}"))
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Runs what decodes a part of a file. On some bytes that no writer writes, decoders of the `parquet` crate panic.
fn guarded<T>(decode: impl FnOnce() -> Result<T, Broken>) -> Result<T, Broken> {
    let decoded = panic::catch_unwind(AssertUnwindSafe(decode));
    decoded.unwrap_or_else(|_| Err(Broken("it is corrupt; fetch or write it anew".to_owned())))
}

/// An open table.
pub(crate) struct Table {
    file: SharedFile,
    metadata: ParquetMetaData,
    known: Known,
    layout: Layout,
    /// What the table was before it was cleaned, if it is to become that again.
    original: Option<Original>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("known", &self.known).field("layout", &self.layout).finish_non_exhaustive()
    }
}

impl Table {
    /// Reads what the footer of a file says, and finds the columns.
    pub(crate) fn open(file: File, names: &FieldNames) -> Result<Self, Broken> {
        names.check().map_err(Broken)?;
        let file = SharedFile::new(file)?;
        footer::check(&file)?;
        let metadata = guarded(|| metadata::read(&file, 0, PageIndexPolicy::Optional))?;
        let known = Known::find(metadata.file_metadata().schema_descr(), names)?;
        check_chunks(&metadata, file.len())?;
        let is_lzo = |group: &RowGroupMetaData| matches!(group.column(known.text).compression(), Compression::LZO);
        if metadata.row_groups().iter().any(is_lzo) {
            return Err(Broken(format!(
                "its column `{}` is compressed by LZO; write it with another codec",
                names.text
            )));
        }
        let layout = Layout::new(metadata.file_metadata(), &names.added)?;
        Ok(Self { file, metadata, known, layout, original: None })
    }

    /// Reads all rows.
    pub(crate) fn rows(self: Arc<Self>) -> RowReader {
        RowReader::new(self)
    }

    /// Reads a row by its number, from 1.
    pub(crate) fn row(self: Arc<Self>, number: u64) -> Option<Result<Rows, Broken>> {
        RowReader::new(self).row(number)
    }

    /// Writes the table with other texts, and with what is added.
    pub(crate) fn writer(self: Arc<Self>) -> TableWriter {
        TableWriter::new(self)
    }

    /// Whether its columns are others than they were, whatever becomes of the texts.
    pub(crate) fn has_other_columns(&self) -> bool {
        self.layout.is_other
    }

    /// What the new table is to be like.
    fn model(&self) -> &ParquetMetaData {
        self.original.as_ref().map_or(&self.metadata, |original| &original.metadata)
    }

    /// The columns of a row group of the new table, in the order in which they are written.
    fn order(&self, group: usize) -> Vec<usize> {
        match &self.original {
            Some(original) => by_place(&original.metadata, group),
            None => (0..self.layout.origins.len()).collect(),
        }
    }

    /// How many rows a row group has, if there is such a group.
    fn rows_of(&self, group: usize) -> Option<usize> {
        let group = self.metadata.row_groups().get(group)?;
        Some(usize::try_from(group.num_rows()).unwrap_or(0))
    }

    fn has_utf8_text(&self) -> bool {
        is_string(&self.column(self.known.text))
    }

    fn column(&self, column: usize) -> ColumnDescPtr {
        self.metadata.file_metadata().schema_descr().column(column)
    }

    fn chunk(&self, group: usize, column: usize) -> &ColumnChunkMetaData {
        self.metadata.row_group(group).column(column)
    }

    fn reader(&self, group: usize, column: usize) -> Result<ColumnReader, ParquetError> {
        let (chunk, rows) = (self.chunk(group, column), self.rows_of(group).unwrap_or(0));
        let pages = CheckedPages::new(&self.file, chunk, self.column(column), rows)?;
        Ok(get_column_reader(self.column(column), Box::new(pages)))
    }
}

/// The numbers of the columns that hold what is asked of a record.
#[derive(Debug)]
struct Known {
    text: usize,
    url: Option<usize>,
    id: Option<usize>,
    lang: Option<usize>,
}

impl Known {
    fn find(schema: &SchemaDescriptor, names: &FieldNames) -> Result<Self, Broken> {
        let Some(text) = column(schema, &names.text) else {
            let known: Vec<_> = schema.columns().iter().map(|column| column.path().string().into()).collect();
            let what = format!("it has no column `{}`: its columns are {}", names.text, shown(&known));
            return Err(Broken(what));
        };
        check_text(&schema.column(text))?;
        let single = |name: &str| column(schema, name).filter(|&at| schema.column(at).max_rep_level() == 0);
        let is_bytes = |&at: &usize| schema.column(at).physical_type() == PhysicalType::BYTE_ARRAY;
        Ok(Self {
            text,
            url: single(&names.url).filter(is_bytes),
            id: single(&names.id),
            lang: names.lang.as_deref().and_then(single).filter(is_bytes),
        })
    }
}

/// The column of a name; of a name with dots, the one that it leads to, if none has the whole name.
fn column(schema: &SchemaDescriptor, name: &str) -> Option<usize> {
    let named = (0..schema.num_columns()).filter(|&at| schema.column(at).path().string() == name);
    named.min_by_key(|&at| schema.column(at).path().parts().len())
}

/// Rejects a column whose values are no texts.
fn check_text(column: &ColumnDescriptor) -> Result<(), Broken> {
    let name = column.path().string();
    if column.max_rep_level() > 0 {
        return Err(Broken(format!("its column `{name}` holds lists, not a text in each row")));
    }
    let is_bytes = column.physical_type() == PhysicalType::BYTE_ARRAY
        && column.converted_type() == ConvertedType::NONE
        && column.logical_type_ref().is_none();
    if is_bytes || is_string(column) {
        return Ok(());
    }
    let kind = match (column.logical_type_ref(), column.converted_type()) {
        (Some(kind), _) => format!("{kind:?}"),
        (None, ConvertedType::NONE) => column.physical_type().to_string(),
        (None, kind) => kind.to_string(),
    };
    Err(Broken(format!("its column `{name}` holds {kind}, not texts")))
}

/// Whether a column says of itself that its values are UTF-8.
fn is_string(column: &ColumnDescriptor) -> bool {
    match column.logical_type_ref() {
        Some(LogicalType::String | LogicalType::Json | LogicalType::Enum) => true,
        Some(_) => false,
        None => matches!(column.converted_type(), ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM),
    }
}

/// Rejects a table whose columns are not in the file, or are more than the file: that would be written again and again.
fn check_chunks(metadata: &ParquetMetaData, len: u64) -> Result<(), Broken> {
    let mut left = len;
    for (number, group) in metadata.row_groups().iter().enumerate() {
        if let Some(chunk) = group.columns().iter().find(|chunk| chunk.file_path().is_some()) {
            let other = chunk.file_path().unwrap_or_default();
            return Err(Broken(format!("its columns are in other files, such as `{other}`; write it as one file")));
        }
        let mut is_whole = |chunk: &ColumnChunkMetaData| {
            let (start, size) = (u64::try_from(start(chunk)).ok()?, u64::try_from(chunk.compressed_size()).ok()?);
            let filter = u64::try_from(chunk.bloom_filter_length().unwrap_or(0)).ok()?;
            left = left.checked_sub(size)?.checked_sub(filter)?;
            start.checked_add(size).filter(|&end| end <= len)
        };
        if group.num_rows() < 0 || !group.columns().iter().all(|chunk| is_whole(chunk).is_some()) {
            let what = format!("it is corrupt: row group {} does not lie within it", number + 1);
            return Err(Broken(what));
        }
    }
    Ok(())
}

/// The columns of a row group, in the order of their places in the file.
fn by_place(metadata: &ParquetMetaData, group: usize) -> Vec<usize> {
    let chunks = metadata.row_group(group).columns();
    let mut columns: Vec<usize> = (0..chunks.len()).collect();
    columns.sort_by_key(|&column| start(&chunks[column]));
    columns
}

/// Where the bytes of a column start.
fn start(chunk: &ColumnChunkMetaData) -> i64 {
    chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset())
}

#[cfg(test)]
mod tests;
