//! Writes a table with other texts.

use std::iter;
use std::mem;
use std::sync::Arc;

use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, ParquetMetaData, ParquetMetaDataBuilder, RowGroupMetaData, SortingColumn,
};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::Length;

use super::chunk::Chunk;
use super::cleaned::CleanedRows;
use super::encode::{self, Encoder};
use super::layout::Origin;
use super::original::{Kept, write_kept};
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
    /// The columns that come back from elsewhere.
    kept: Kept,
}

/// What is other in a row group than it was.
#[derive(Default)]
struct Changes {
    /// The texts, from the first change on: all from the start of the row group.
    text: Option<Text>,
    /// The columns that are written, by their numbers.
    written: Vec<(usize, Chunk)>,
    /// Where the first of them starts in the file.
    start: Option<u64>,
    /// The added columns that are not written yet.
    added: Vec<Option<Encoder>>,
    /// Rows that are left out, by their numbers in the group.
    left_out: Vec<usize>,
    /// Whether a text is not what it was, though all are to be.
    has_refused: bool,
}

/// Texts that are written as they come. Where rows may be left out and columns added, no other column can be written
/// before all rows came: then the texts stand before all others of their row group.
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
        let mut writer = Self {
            table,
            out: Output::new(),
            group: 0,
            changes: Changes::default(),
            written: Written::default(),
            kept: Box::new(iter::empty()),
        };
        writer.changes.added = writer.encoders();
        writer
    }

    /// The same, with columns that were kept elsewhere.
    pub(crate) fn with(self, kept: Kept) -> Self {
        Self { kept, ..self }
    }

    /// The next rows.
    pub(crate) fn put<E: From<Broken>>(&mut self, rows: CleanedRows, sink: &mut Sink<'_, E>) -> Result<(), E> {
        while self.group < rows.group {
            self.end_group(sink)?;
        }
        if rows.has_other_texts && self.changes.text.is_none() {
            self.start_text(rows.start, sink)?;
        }
        self.changes.has_refused |= rows.has_refused;
        for (encoder, values) in self.changes.added.iter_mut().flatten().zip(rows.added) {
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
        if !self.is_begun() && !self.table.layout.is_other {
            return self.out.copy(&self.table.file, 0..self.table.file.len(), sink);
        }
        self.begin(sink)?;
        let Self { table, out, written, .. } = self;
        let at = out.len();
        let end = out.end(&footer(&table, written)).map_err(Broken::from)?;
        let end = match &table.original {
            Some(original) => guarded(|| original.end(at, end))?,
            None => end,
        };
        sink(&end)
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
    fn encoders(&self) -> Vec<Option<Encoder>> {
        let table = &self.table;
        let encoder = |column| {
            let properties = properties(table, self.group, table.known.text);
            Some(Encoder::new(table.layout.schema.column(column), properties))
        };
        let is_over = self.group == table.metadata.num_row_groups();
        if is_over { Vec::new() } else { table.layout.added().map(encoder).collect() }
    }

    /// Starts the column of texts, with those of the row group that were passed over.
    fn start_text<E: From<Broken>>(&mut self, passed: usize, sink: &mut Sink<'_, E>) -> Result<(), E> {
        self.begin(sink)?;
        let mut changes = mem::take(&mut self.changes);
        changes.start = Some(self.out.len());
        if self.table.original.is_some() {
            let text = self.table.layout.new_number(self.table.known.text);
            let before = self.table.order(self.group).into_iter().take_while(|&column| Some(column) != text);
            before.into_iter().try_for_each(|column| self.write_column(self.group, column, &mut changes, sink))?;
        }
        let encoder = Encoder::new(self.table.column(self.table.known.text), text_properties(&self.table, self.group));
        changes.text = Some(Text { encoder, start: self.out.len() });
        self.changes = changes;
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
        if self.table.layout.is_other {
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
        mut changes: Changes,
        sink: &mut Sink<'_, E>,
    ) -> Result<(), E> {
        let table = Arc::clone(&self.table);
        let start = changes.start.unwrap_or(self.out.len());
        let sorting = sorting(&table, group, &changes);
        if let Some(text) = changes.text.take() {
            self.write_text(text, &mut changes, sink)?;
        }
        for column in table.order(group) {
            if changes.written.iter().all(|&(written, _)| written != column) {
                self.write_column(group, column, &mut changes, sink)?;
            }
        }
        changes.written.sort_by_key(|&(column, _)| column);
        let mut chunks: Vec<Chunk> = changes.written.into_iter().map(|(_, chunk)| chunk).collect();
        self.write_bloom_filters(&mut chunks, sink)?;
        self.written.add(&table, group, changes.left_out.len(), start, sorting, chunks).map_err(Broken::from)?;
        Ok(())
    }

    /// Writes what is left of the texts.
    fn write_text<E: From<Broken>>(
        &mut self,
        text: Text,
        changes: &mut Changes,
        sink: &mut Sink<'_, E>,
    ) -> Result<(), E> {
        let (chunk, _) = self.end_column(text.encoder, sink)?;
        let column = self.table.layout.new_number(self.table.known.text).expect("texts are never replaced");
        self.add_chunk(column, chunk, text.start, changes)
    }

    /// Writes a column of a row group, but for one of other texts.
    fn write_column<E: From<Broken>>(
        &mut self,
        group: usize,
        column: usize,
        changes: &mut Changes,
        sink: &mut Sink<'_, E>,
    ) -> Result<(), E> {
        let (chunk, at) = match self.table.layout.origins[column] {
            Origin::Old(old) if changes.left_out.is_empty() => self.copy(group, old, sink)?,
            Origin::Old(old) => self.shorten(group, old, &changes.left_out, sink)?,
            Origin::Added(number) => {
                let encoder = changes.added[number].take().expect("an added column has one place");
                self.end_column(encoder, sink)?
            }
            Origin::Kept(number) => {
                let at = self.out.len();
                let original = self.table.model();
                (write_kept(original, (group, number), &mut self.kept, &mut self.out, sink)?, at)
            }
        };
        self.add_chunk(column, chunk, at, changes)
    }

    /// A column was written, from a place on.
    fn add_chunk<E: From<Broken>>(&self, column: usize, chunk: Chunk, at: u64, changes: &mut Changes) -> Result<(), E> {
        let descriptor = self.table.layout.schema.column(column);
        changes.written.push((column, chunk.moved(at, descriptor).map_err(Broken::from)?));
        Ok(())
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
        let chunk = guarded(|| Chunk::of(&self.table, group, column))?;
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
    properties_of(table, group, table.chunk(group, column))
}

/// How the texts of a row group are encoded.
fn text_properties(table: &Table, group: usize) -> WriterProperties {
    let column = table.known.text;
    let number = if table.original.is_some() { table.layout.new_number(column) } else { Some(column) };
    properties_of(table, group, table.model().row_group(group).column(number.expect("texts are never replaced")))
}

fn properties_of(table: &Table, group: usize, model: &ColumnChunkMetaData) -> WriterProperties {
    let (rows, has_page_index) = (table.rows_of(group).unwrap_or(0), table.metadata.offset_index().is_some());
    encode::properties(model, rows as u64, has_page_index)
}

/// By what columns a row group is sorted: the first ones, up to one that is another now. One that is as it was before it
/// was cleaned is sorted as then.
fn sorting(table: &Table, group: usize, changes: &Changes) -> Option<Vec<SortingColumn>> {
    if table.original.is_some() && !changes.has_refused {
        return table.model().row_group(group).sorting_columns().cloned();
    }
    let same = |sorting: &SortingColumn| {
        let column = usize::try_from(sorting.column_idx).ok()?;
        let is_same = column != table.known.text || changes.text.is_none();
        let new = table.layout.new_number(column).filter(|_| is_same)?;
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
        let old = table.model().row_group(group);
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
    let old = table.model().file_metadata();
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
