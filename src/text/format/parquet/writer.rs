//! Writes a table with other texts.

use std::mem;
use std::sync::Arc;

use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, ParquetMetaData, ParquetMetaDataBuilder, RowGroupMetaData, SortingColumn};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::Length;

use super::chunk::Chunk;
use super::cleaned::CleanedRows;
use super::encode::{self, Encoder};
use super::layout::Origin;
use super::output::{Output, Sink};
use super::rows::{TextReader, Texts};
use super::{Broken, MAGIC, Table, guarded, start};

/// How many rows are encoded at a time that were passed over before.
const STEP: usize = 16;

/// Writes a table from front to back. As long as nothing changes, nothing is written: a table that stays the same is
/// copied at its end.
pub(crate) struct TableWriter {
    table: Arc<Table>,
    out: Output,
    /// The row group that the next rows are of.
    group: usize,
    changes: Changes,
    written: Written,
}

/// What is other in a row group than it was.
#[derive(Default)]
struct Changes {
    /// The texts, from the first change on: all from the start of the row group.
    text: Option<Text>,
    /// The added columns.
    added: Vec<Encoder>,
    /// Rows that are left out, by their numbers in the group.
    left_out: Vec<usize>,
}

/// Texts that are written as they come, and so stand before all other columns of their row group.
struct Text {
    encoder: Encoder,
    /// Where they start in the file.
    start: u64,
}

/// What the footer says of what was written.
#[derive(Default)]
struct Written {
    groups: Vec<RowGroupMetaData>,
    column_indexes: Vec<Vec<ColumnIndexMetaData>>,
    offset_indexes: Vec<Vec<OffsetIndexMetaData>>,
}

impl TableWriter {
    pub(super) fn new(table: Arc<Table>) -> Self {
        let (changes, written) = (Changes::default(), Written::default());
        let mut writer = Self { table, out: Output::new(), group: 0, changes, written };
        writer.changes.added = writer.encoders();
        writer
    }

    /// The next rows.
    pub(crate) fn put<E: From<Broken>>(&mut self, rows: CleanedRows, sink: &mut Sink<'_, E>) -> Result<(), E> {
        while self.group < rows.group {
            self.end_group(sink)?;
        }
        if rows.has_other_texts && self.changes.text.is_none() {
            self.start_text(rows.start, sink)?;
        }
        for (encoder, values) in self.changes.added.iter_mut().zip(rows.added) {
            put_optional(encoder, values).map_err(Broken::from)?;
        }
        self.changes.left_out.extend(rows.left_out);
        self.put_text(&rows.levels, &rows.texts, sink)
    }

    /// There are no more rows.
    pub(crate) fn end<E: From<Broken>>(mut self, sink: &mut Sink<'_, E>) -> Result<(), E> {
        while self.group < self.table.metadata.num_row_groups() {
            self.end_group(sink)?;
        }
        if !self.is_begun() && self.table.layout.added().next().is_none() {
            return self.out.copy(&self.table.file, 0..self.table.file.len(), sink);
        }
        self.begin(sink)?;
        let Self { table, out, written, .. } = self;
        out.finish(&footer(&table, written), sink)
    }

    fn is_begun(&self) -> bool {
        self.out.len() > 0
    }

    /// Starts the file, with all row groups that were passed over.
    fn begin<E: From<Broken>>(&mut self, sink: &mut Sink<'_, E>) -> Result<(), E> {
        if !self.is_begun() {
            self.out.write(MAGIC, sink)?;
            (0..self.group).try_for_each(|group| self.write_group(group, Changes::default(), sink))?;
        }
        Ok(())
    }

    /// The encoders of the added columns, if there is a row group to come.
    fn encoders(&self) -> Vec<Encoder> {
        let table = &self.table;
        let encoder =
            |column| Encoder::new(table.layout.schema.column(column), properties(table, self.group, table.known.text));
        let is_over = self.group == table.metadata.num_row_groups();
        if is_over { Vec::new() } else { table.layout.added().map(encoder).collect() }
    }

    /// Starts the column of texts, with those of the row group that were passed over.
    fn start_text<E: From<Broken>>(&mut self, passed: usize, sink: &mut Sink<'_, E>) -> Result<(), E> {
        self.begin(sink)?;
        let column = self.table.known.text;
        let encoder = Encoder::new(self.table.column(column), properties(&self.table, self.group, column));
        self.changes.text = Some(Text { encoder, start: self.out.len() });
        let mut reader = TextReader::open(&self.table, self.group)?;
        for from in (0..passed).step_by(STEP) {
            let mut texts = Texts::default();
            guarded(|| reader.read(STEP.min(passed - from), &mut texts))?;
            let values: Vec<ByteArray> = texts.values.into_iter().flatten().collect();
            self.put_text(&texts.levels, &values, sink)?;
        }
        Ok(())
    }

    /// Adds texts, if the column was started.
    fn put_text<E: From<Broken>>(
        &mut self,
        levels: &[i16],
        texts: &[ByteArray],
        sink: &mut Sink<'_, E>,
    ) -> Result<(), E> {
        let Some(Text { encoder, .. }) = &mut self.changes.text else { return Ok(()) };
        encoder.put(levels, texts).map_err(Broken::from)?;
        self.out.write(&encoder.take(), sink)
    }

    /// The row group is over.
    fn end_group<E: From<Broken>>(&mut self, sink: &mut Sink<'_, E>) -> Result<(), E> {
        let changes = mem::take(&mut self.changes);
        if !changes.added.is_empty() {
            self.begin(sink)?;
        }
        if self.is_begun() {
            self.write_group(self.group, changes, sink)?;
        }
        self.group += 1;
        self.changes.added = self.encoders();
        Ok(())
    }

    /// Writes what of a row group is not written yet.
    fn write_group<E: From<Broken>>(
        &mut self,
        group: usize,
        changes: Changes,
        sink: &mut Sink<'_, E>,
    ) -> Result<(), E> {
        let Changes { text, added, left_out } = changes;
        let table = Arc::clone(&self.table);
        let start = text.as_ref().map_or(self.out.len(), |text| text.start);
        let has_other_texts = text.is_some();
        let mut text = text.map(|text| self.end_text(text, sink)).transpose()?;
        let mut added: Vec<Option<Encoder>> = added.into_iter().map(Some).collect();
        let mut chunks = Vec::with_capacity(table.layout.origins.len());
        for (column, &origin) in table.layout.origins.iter().enumerate() {
            let (chunk, at) = match origin {
                Origin::Old(old) if old == table.known.text && has_other_texts => {
                    text.take().expect("there is one column of texts")
                }
                Origin::Old(old) if left_out.is_empty() => self.copy(group, old, sink)?,
                Origin::Old(old) => self.shorten(group, old, &left_out, sink)?,
                Origin::Added(number) => {
                    let encoder = added[number].take().expect("an added column has one place");
                    self.end_column(encoder, sink)?
                }
            };
            let column = table.layout.schema.column(column);
            chunks.push(chunk.moved(at, column).map_err(Broken::from)?);
        }
        self.write_bloom_filters(&mut chunks, sink)?;
        let sorting = sorting(&table, group, has_other_texts);
        self.written.add(&table, group, left_out.len(), start, sorting, chunks).map_err(Broken::from)?;
        Ok(())
    }

    /// Writes what is left of the texts.
    fn end_text<E: From<Broken>>(&mut self, text: Text, sink: &mut Sink<'_, E>) -> Result<(Chunk, u64), E> {
        let (chunk, _) = self.end_column(text.encoder, sink)?;
        Ok((chunk, text.start))
    }

    /// Writes what is left of a column. Says where that starts.
    fn end_column<E: From<Broken>>(&mut self, encoder: Encoder, sink: &mut Sink<'_, E>) -> Result<(Chunk, u64), E> {
        let at = self.out.len();
        let (pages, result) = encoder.close().map_err(Broken::from)?;
        self.out.write(&pages, sink)?;
        Ok((result.into(), at))
    }

    /// Copies a column of a row group. Says where it starts.
    fn copy<E: From<Broken>>(
        &mut self,
        group: usize,
        column: usize,
        sink: &mut Sink<'_, E>,
    ) -> Result<(Chunk, u64), E> {
        let at = self.out.len();
        let chunk = guarded(|| Ok(Chunk::of(&self.table, group, column)?))?;
        let start = start(&chunk.metadata) as u64;
        let end = start + chunk.metadata.compressed_size() as u64;
        self.out.copy(&self.table.file, start..end, sink)?;
        Ok((chunk, at))
    }

    /// Encodes a column of a row group without some of its rows. Says where it starts.
    fn shorten<E: From<Broken>>(
        &mut self,
        group: usize,
        column: usize,
        left_out: &[usize],
        sink: &mut Sink<'_, E>,
    ) -> Result<(Chunk, u64), E> {
        let (at, table) = (self.out.len(), &self.table);
        let rows = table.rows_of(group).unwrap_or(0);
        let starts = [0].into_iter().chain(left_out.iter().map(|row| row + 1));
        let kept = starts.zip(left_out.iter().copied().chain([rows])).map(|(start, end)| start..end);
        let (pages, result) = guarded(|| {
            let reader = table.reader(group, column)?;
            Ok(encode::without_rows(reader, table.column(column), properties(table, group, column), kept)?)
        })?;
        self.out.write(&pages, sink)?;
        Ok((result.into(), at))
    }

    fn write_bloom_filters<E: From<Broken>>(&mut self, chunks: &mut [Chunk], sink: &mut Sink<'_, E>) -> Result<(), E> {
        for chunk in chunks {
            let Some(filter) = &chunk.bloom_filter else { continue };
            let mut bytes = Vec::new();
            filter.write(&mut bytes).map_err(Broken::from)?;
            let builder = chunk.metadata.clone().into_builder();
            let builder = builder.set_bloom_filter_offset(Some(self.out.len() as i64));
            let builder = builder.set_bloom_filter_length(i32::try_from(bytes.len()).ok());
            chunk.metadata = builder.build().map_err(Broken::from)?;
            self.out.write(&bytes, sink)?;
        }
        Ok(())
    }
}

fn put_optional(encoder: &mut Encoder, values: Vec<Option<String>>) -> Result<(), ParquetError> {
    let levels: Vec<i16> = values.iter().map(|value| value.is_some().into()).collect();
    let values: Vec<ByteArray> = values.into_iter().flatten().map(|value| value.into_bytes().into()).collect();
    encoder.put(&levels, &values)
}

/// How a column of a row group is encoded.
fn properties(table: &Table, group: usize, column: usize) -> WriterProperties {
    let (rows, has_page_index) = (table.rows_of(group).unwrap_or(0), table.metadata.offset_index().is_some());
    encode::properties(table.chunk(group, column), rows as u64, has_page_index)
}

/// By what columns a row group is still sorted: the first ones, up to one that is another now.
fn sorting(table: &Table, group: usize, has_other_texts: bool) -> Option<Vec<SortingColumn>> {
    let same = |sorting: &SortingColumn| {
        let column = usize::try_from(sorting.column_idx).ok()?;
        let new = table.layout.new_number(column).filter(|_| column != table.known.text || !has_other_texts)?;
        Some(SortingColumn { column_idx: new as i32, ..sorting.clone() })
    };
    let columns: Vec<_> = table.metadata.row_group(group).sorting_columns()?.iter().map_while(same).collect();
    (!columns.is_empty()).then_some(columns)
}

impl Written {
    /// A row group was written, from a place on.
    fn add(
        &mut self,
        table: &Table,
        group: usize,
        left_out: usize,
        start: u64,
        sorting: Option<Vec<SortingColumn>>,
        chunks: Vec<Chunk>,
    ) -> Result<(), ParquetError> {
        let old = table.metadata.row_group(group);
        let (mut columns, mut column_indexes, mut offset_indexes) = (Vec::new(), Vec::new(), Vec::new());
        for chunk in chunks {
            columns.push(chunk.metadata);
            column_indexes.push(chunk.column_index.unwrap_or(ColumnIndexMetaData::NONE));
            offset_indexes.extend(chunk.offset_index);
        }
        let mut builder = RowGroupMetaData::builder(table.layout.schema.clone())
            .set_num_rows(old.num_rows() - left_out as i64)
            .set_total_byte_size(columns.iter().map(|column| column.uncompressed_size()).sum())
            .set_column_metadata(columns)
            .set_sorting_columns(sorting);
        if let Some(ordinal) = old.ordinal() {
            builder = builder.set_ordinal(ordinal);
        }
        if old.file_offset().is_some() {
            builder = builder.set_file_offset(start as i64);
        }
        self.groups.push(builder.build()?);
        self.column_indexes.push(column_indexes);
        self.offset_indexes.push(offset_indexes);
        Ok(())
    }
}

fn footer(table: &Table, written: Written) -> ParquetMetaData {
    let Written { groups, column_indexes, offset_indexes } = written;
    let old = table.metadata.file_metadata();
    let rows = groups.iter().map(RowGroupMetaData::num_rows).sum();
    let (created_by, key_values) = (old.created_by().map(str::to_owned), table.layout.key_values.clone());
    let file = FileMetaData::new(old.version(), rows, created_by, key_values, table.layout.schema.clone(), None);
    let has_page_index = table.metadata.offset_index().is_some();
    ParquetMetaDataBuilder::new(file)
        .set_row_groups(groups)
        .set_column_index(has_page_index.then_some(column_indexes))
        .set_offset_index(has_page_index.then_some(offset_indexes))
        .build()
}
