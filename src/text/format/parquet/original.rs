//! What of a table a cleaned one does not have any more beside its texts: the footer, and columns that were replaced. By
//! that, the cleaned one becomes what it was.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::Length;

use super::chunk::{Chunk, bloom_filter};
use super::layout::Layout;
use super::output::{Output, Sink};
use super::{Broken, Table, by_place, footer, guarded, metadata, start};
use crate::text::format::FieldNames;

/// How many bytes of a column are in one piece.
const PIECE: u64 = 1 << 20;

/// Bytes of a table, and where they stand in it.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The first byte, from 0.
    pub(crate) at: u64,
    pub(crate) bytes: Vec<u8>,
}

/// The pieces of columns, as they were kept.
pub(crate) type Kept = Box<dyn Iterator<Item = Result<Piece, Broken>> + Send>;

/// Something to keep.
enum Part {
    Bytes(Range<u64>),
    /// The bloom filter of a column of a row group. Not every footer says how long it is.
    Filter(usize, usize),
}

impl Table {
    /// What a cleaned table has no more: first the end of the file, with the footer; then of each row group the columns
    /// that are replaced, in the order of their places, each with its bloom filter.
    pub(crate) fn pieces(self: Arc<Self>) -> impl Iterator<Item = Result<Piece, Broken>> {
        let replaced = self.layout.replaced(self.metadata.file_metadata().schema_descr().num_columns());
        let groups = if replaced.is_empty() { 0 } else { self.metadata.num_row_groups() };
        let end = footer::start(&self.file).map(|footer| Part::Bytes(self.end(footer, groups > 0)));
        let table = Arc::clone(&self);
        let columns = (0..groups).flat_map(move |group| {
            let parts = by_place(&table.metadata, group).into_iter().filter(|column| replaced.contains(column));
            parts.flat_map(|column| parts_of(table.chunk(group, column), group, column)).collect::<Vec<_>>()
        });
        [end].into_iter().chain(columns.map(Ok)).map(move |part| self.piece(&part?))
    }

    /// The end of the file: from the page index on if that is asked for, else the footer.
    fn end(&self, footer: u64, with_page_index: bool) -> Range<u64> {
        let chunks = self.metadata.row_groups().iter().flat_map(|group| group.columns());
        let indexes = chunks.flat_map(|chunk| [chunk.column_index_offset(), chunk.offset_index_offset()]).flatten();
        let first = indexes.filter_map(|at| u64::try_from(at).ok()).min().filter(|_| with_page_index);
        first.unwrap_or(footer).min(footer)..self.file.len()
    }

    fn piece(&self, part: &Part) -> Result<Piece, Broken> {
        match part {
            Part::Bytes(range) => {
                let bytes = self.file.bytes(range.start, range.end - range.start)?;
                Ok(Piece { at: range.start, bytes })
            }
            &Part::Filter(group, column) => {
                let chunk = self.chunk(group, column);
                let filter = guarded(|| bloom_filter(chunk, &self.file))?;
                let mut bytes = Vec::new();
                filter.map_or(Ok(()), |filter| filter.write(&mut bytes))?;
                Ok(Piece { at: filter_place(chunk).unwrap_or(0), bytes })
            }
        }
    }

    /// Opens a cleaned table, to be written as it was before: `end` is the first of the [pieces](Table::pieces) of the
    /// original, `text` and `added` are the names of the columns with which it was cleaned. `None` if its columns or its
    /// row groups are not those that cleaning left.
    pub(crate) fn open_cleaned(file: File, text: &str, added: &[String], end: &Piece) -> Result<Option<Self>, Broken> {
        let table = Self::open(file, &only_text(text))?;
        let original = Original::read(end, PageIndexPolicy::Skip)?;
        if rows(&original.metadata) != rows(&table.metadata) {
            return Ok(None);
        }
        let (before, now) = (original.metadata.file_metadata(), table.metadata.file_metadata());
        let Some(layout) = Layout::back(before, now, added)? else { return Ok(None) };
        let original = match layout.has_kept() {
            true => Original::read(end, PageIndexPolicy::Optional)?,
            false => original,
        };
        if layout.has_kept() && has_page_index(&original.metadata) != table.metadata.offset_index().is_some() {
            return Err(corrupt());
        }
        Ok(Some(Self { layout, original: Some(original), ..table }))
    }

    /// Opens a cleaned table, to be written with other texts.
    pub(crate) fn open_for_texts(file: File, text: &str) -> Result<Self, Broken> {
        Self::open(file, &only_text(text))
    }
}

/// The names of a table of which nothing is asked but the texts.
fn only_text(text: &str) -> FieldNames {
    FieldNames { text: text.to_owned(), url: String::new(), id: String::new(), ..FieldNames::default() }
}

/// What a table was before it was cleaned, as its end says.
pub(super) struct Original {
    pub(super) metadata: ParquetMetaData,
    /// Where the footer started, and the footer with all that follows.
    footer: Piece,
}

impl Original {
    fn read(end: &Piece, page_index: PageIndexPolicy) -> Result<Self, Broken> {
        let metadata = guarded(|| metadata_of(&end.bytes, end.at, page_index)).map_err(|_| corrupt())?;
        let columns = metadata.file_metadata().schema_descr().num_columns();
        if metadata.row_groups().iter().any(|group| group.num_columns() != columns) {
            return Err(corrupt());
        }
        let footer = footer::len(&end.bytes).ok_or_else(corrupt)?;
        let before = end.bytes.len() - footer;
        let at = end.at.checked_add(before as u64).ok_or_else(corrupt)?;
        let footer = Piece { at, bytes: end.bytes[before..].to_vec() };
        Ok(Self { metadata, footer })
    }

    /// The end of the new file, which starts at a place: with the old footer if that is still true, to the last byte.
    pub(super) fn end(&self, at: u64, mut new: Vec<u8>) -> Result<Vec<u8>, Broken> {
        let before = new.len() - footer::len(&new).ok_or_else(corrupt)?;
        let says = metadata_of(&new, at, PageIndexPolicy::Skip)?;
        if at + before as u64 == self.footer.at && says.row_groups() == self.metadata.row_groups() {
            new.truncate(before);
            new.extend_from_slice(&self.footer.bytes);
        }
        Ok(new)
    }
}

/// What the end of a table says of it; the end starts at a place.
fn metadata_of(end: &[u8], at: u64, page_index: PageIndexPolicy) -> Result<ParquetMetaData, Broken> {
    footer::check_end(end)?;
    metadata::read(&Bytes::copy_from_slice(end), at, page_index)
}

/// How many rows each row group has.
fn rows(metadata: &ParquetMetaData) -> Vec<i64> {
    metadata.row_groups().iter().map(RowGroupMetaData::num_rows).collect()
}

/// Whether it is known where the pages of all columns are.
fn has_page_index(metadata: &ParquetMetaData) -> bool {
    let columns = metadata.file_metadata().schema_descr().num_columns();
    let is_whole = |indexes: &Vec<Vec<_>>| {
        indexes.len() == metadata.num_row_groups() && indexes.iter().all(|index| index.len() == columns)
    };
    metadata.offset_index().is_some_and(is_whole)
}

fn parts_of(chunk: &ColumnChunkMetaData, group: usize, column: usize) -> Vec<Part> {
    let bytes = bytes_of(chunk);
    let starts = (bytes.start..bytes.end).step_by(PIECE as usize);
    let parts = starts.map(|start| Part::Bytes(start..bytes.end.min(start + PIECE)));
    parts.chain(chunk.bloom_filter_offset().map(|_| Part::Filter(group, column))).collect()
}

/// Where the bytes of a column are.
fn bytes_of(chunk: &ColumnChunkMetaData) -> Range<u64> {
    let start = u64::try_from(start(chunk)).unwrap_or(0);
    start..start.saturating_add(u64::try_from(chunk.compressed_size()).unwrap_or(0))
}

fn filter_place(chunk: &ColumnChunkMetaData) -> Option<u64> {
    u64::try_from(chunk.bloom_filter_offset()?).ok()
}

/// Writes a column that was replaced as it was. Says what is known of it.
pub(super) fn write_kept<E: From<Broken>>(
    original: &ParquetMetaData,
    (group, column): (usize, usize),
    kept: &mut Kept,
    out: &mut Output,
    sink: &mut Sink<'_, E>,
) -> Result<Chunk, E> {
    let metadata = original.row_group(group).column(column).clone();
    let Range { start: mut at, end } = bytes_of(&metadata);
    while at < end {
        let Piece { bytes, .. } = next_piece(kept, at)?;
        at += bytes.len() as u64;
        if at > end {
            return Err(corrupt().into());
        }
        out.write(&bytes, sink)?;
    }
    let filter = filter_place(&metadata).map(|at| next_piece(kept, at)).transpose()?;
    let filter = filter.map(|piece| guarded(|| read_filter(&metadata, piece.bytes))).transpose()?.flatten();
    let (column_indexes, offset_indexes) = (original.column_index(), original.offset_index());
    Ok(Chunk {
        column_index: column_indexes.and_then(|indexes| indexes.get(group)?.get(column).cloned()),
        offset_index: offset_indexes.and_then(|indexes| indexes.get(group)?.get(column).cloned()),
        bloom_filter: filter,
        metadata,
    })
}

fn next_piece(kept: &mut Kept, at: u64) -> Result<Piece, Broken> {
    let piece = kept.next().ok_or_else(corrupt)??;
    if piece.at == at && !piece.bytes.is_empty() { Ok(piece) } else { Err(corrupt()) }
}

fn read_filter(chunk: &ColumnChunkMetaData, bytes: Vec<u8>) -> Result<Option<Sbbf>, Broken> {
    let builder = chunk.clone().into_builder().set_bloom_filter_offset(Some(0)).set_bloom_filter_length(None);
    bloom_filter(&builder.build()?, &Bytes::from(bytes))
}

fn corrupt() -> Broken {
    Broken("what was kept of it is corrupt; use another copy of the ledger".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use parquet::file::metadata::SortingColumn;
    use parquet::file::properties::WriterProperties;
    use parquet::file::reader::FileReader;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::CleanedRows;
    use super::super::tests::{GROUPS, JUNK, TEXT, chunk, in_first_or_third, names, opened, reader, rewritten, rows};
    use super::super::tests::{settings, text, written};
    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    /// The pieces of a table.
    fn pieces(bytes: &[u8], added: &[&str]) -> Vec<Piece> {
        opened(bytes, &names(added)).unwrap().pieces().map(Result::unwrap).collect()
    }

    /// A cleaned table as it was: texts come back in these rows, of which some are refused.
    fn restored(
        cleaned: &[u8],
        mut pieces: Vec<Piece>,
        added: &[&str],
        junk: impl Fn(usize) -> bool,
        is_refused: impl Fn(usize) -> bool,
    ) -> Result<Option<Vec<u8>>, String> {
        let names = names(added);
        let end = pieces.remove(0);
        let table = Table::open_cleaned(file(cleaned), &names.text, &names.added, &end).map_err(|Broken(what)| what)?;
        let Some(table) = table.map(Arc::new) else { return Ok(None) };
        let mut reader = Arc::clone(&table).rows();
        let mut writer = table.writer().with(Box::new(pieces.into_iter().map(Ok)));
        let mut bytes = Vec::new();
        let mut sink = |part: &[u8]| {
            bytes.extend_from_slice(part);
            Ok::<(), Broken>(())
        };
        let write = || -> Result<(), Broken> {
            while let Some(rows) = reader.next(1) {
                let rows = rows?;
                let mut restored = CleanedRows::new(&rows, 0);
                for row in 0..rows.len() {
                    let number = rows.first as usize - 1 + row;
                    match rows.text(row) {
                        Some(_) if junk(number) && is_refused(number) => restored.refuse(&rows, row),
                        Some(text) if junk(number) => {
                            restored.replace(&rows, row, [JUNK.as_bytes(), text].concat());
                        }
                        _ => restored.keep(&rows, row),
                    }
                }
                writer.put(restored, &mut sink)?;
            }
            writer.end(&mut sink)
        };
        write().map_err(|Broken(what)| what)?;
        Ok(Some(bytes))
    }

    /// What a table says of itself, but where things are and how much space they take.
    fn said(bytes: &[u8]) -> String {
        let reader = reader(bytes);
        let metadata = reader.metadata();
        let groups = metadata.row_groups().iter().map(|group| (group.num_rows(), group.sorting_columns().cloned()));
        format!("{:?} {:?}", metadata.file_metadata(), groups.collect::<Vec<_>>())
    }

    #[test]
    fn a_table_becomes_what_it_was_whatever_the_settings() {
        let sorting = |column_idx| SortingColumn { column_idx, descending: false, nulls_first: true };
        for settings in settings() {
            let settings = settings.set_sorting_columns(Some(vec![sorting(0), sorting(TEXT as i32)]));
            let old = written(&GROUPS, settings, in_first_or_third);
            for added in [&[][..], &["last"], &["tags", "last", "id", "counts"]] {
                let cleaned = rewritten(&old, added, |_| false).unwrap();
                let back = restored(&cleaned, pieces(&old, added), added, in_first_or_third, |_| false);
                let back = back.unwrap().expect("it is what cleaning left");
                assert_eq!(said(&back), said(&old));
                assert_eq!(rows(&back), rows(&old));
                let (before, after) = (reader(&old), reader(&back));
                for group in 0..GROUPS.len() {
                    for column in (0..before.metadata().row_group(group).num_columns()).filter(|&it| it != TEXT) {
                        let chunk =
                            |file, reader: &dyn FileReader| chunk(file, reader.metadata(), group, column).to_vec();
                        assert_eq!(chunk(&back, &after), chunk(&old, &before), "column {column} of {group}");
                    }
                }
                assert_eq!(pages(&back), pages(&old), "{added:?}");
            }
        }
    }

    /// How the indexes and the bloom filters of all columns but that of the texts begin.
    fn pages(bytes: &[u8]) -> Vec<String> {
        let reader = reader(bytes);
        let (metadata, file) = (reader.metadata(), Bytes::copy_from_slice(bytes));
        let mut pages = Vec::new();
        for (group, columns) in metadata.row_groups().iter().enumerate() {
            for (column, chunk) in columns.columns().iter().enumerate().filter(|&(column, _)| column != TEXT) {
                let index = metadata.column_index().map(|indexes| &indexes[group][column]);
                let rows = metadata.offset_index().map(|indexes| {
                    let pages = indexes[group][column].page_locations();
                    pages.iter().map(|page| (page.first_row_index, page.compressed_page_size)).collect::<Vec<_>>()
                });
                let mut filter = Vec::new();
                let read = Sbbf::read_from_column_chunk(chunk, &file).unwrap();
                read.iter().for_each(|read| read.write(&mut filter).unwrap());
                pages.push(format!("{index:?} {rows:?} {filter:?}"));
            }
        }
        pages
    }

    #[test]
    fn a_table_that_this_writer_wrote_comes_back_as_the_same_file() {
        for settings in [WriterProperties::builder(), WriterProperties::builder().set_dictionary_enabled(false)] {
            let old = written(&GROUPS, settings, in_first_or_third);
            for added in [&[][..], &["last"], &["tags", "id"]] {
                let cleaned = rewritten(&old, added, |_| false).unwrap();
                assert_ne!(cleaned, old);
                let back = restored(&cleaned, pieces(&old, added), added, in_first_or_third, |_| false);
                assert!(back.unwrap().as_ref() == Some(&old), "{added:?}");
            }
        }
    }

    #[test]
    fn an_original_stays_and_what_was_edited_is_refused() {
        let old = written(&GROUPS, WriterProperties::builder(), in_first_or_third);
        let none = |_: usize| false;
        for added in [&[][..], &["last"], &["tags"]] {
            assert_eq!(restored(&old, pieces(&old, added), added, none, none), Ok(Some(old.clone())), "{added:?}");
        }
        let cleaned = rewritten(&old, &["last"], none_of).unwrap();
        let more = rewritten(&cleaned, &["more"], none_of).unwrap();
        assert_eq!(restored(&more, pieces(&old, &["last"]), &["last"], none, none), Ok(None));
        let fewer = rewritten(&cleaned, &[], |number| number == 7).unwrap();
        assert_eq!(restored(&fewer, pieces(&old, &["last"]), &["last"], none, none), Ok(None));
    }

    fn none_of(_: u64) -> bool {
        false
    }

    #[test]
    fn a_row_group_with_texts_that_were_edited_is_not_sorted_by_them() {
        let sorting = |column_idx| SortingColumn { column_idx, descending: false, nulls_first: true };
        let settings = WriterProperties::builder().set_sorting_columns(Some(vec![sorting(0), sorting(TEXT as i32)]));
        let old = written(&GROUPS, settings, in_first_or_third);
        let cleaned = rewritten(&old, &[], none_of).unwrap();
        let back = restored(&cleaned, pieces(&old, &[]), &[], in_first_or_third, |row| row == 2).unwrap().unwrap();
        let reader = reader(&back);
        let sorted: Vec<_> =
            reader.metadata().row_groups().iter().map(|group| group.sorting_columns().unwrap().len()).collect();
        assert_eq!(sorted, [1, 2, 2]);
        let texts = rows(&back).iter().filter(|row| row.to_string().contains(JUNK)).count();
        assert_eq!(texts, (0..60).filter(|&row| in_first_or_third(row) && text(row, true).is_some()).count() - 1);
    }

    #[test]
    fn pieces_that_are_not_those_of_the_table_are_refused() {
        let old = written(&GROUPS, WriterProperties::builder(), in_first_or_third);
        let cleaned = rewritten(&old, &["tags"], none_of).unwrap();
        let restored = |change: &dyn Fn(&mut Vec<Piece>)| {
            let mut pieces = pieces(&old, &["tags"]);
            change(&mut pieces);
            restored(&cleaned, pieces, &["tags"], in_first_or_third, |_| false).unwrap_err()
        };
        let corrupt = corrupt().0;
        assert_eq!(restored(&|pieces| pieces.truncate(2)), corrupt);
        assert_eq!(restored(&|pieces| pieces.swap(1, 2)), corrupt);
        assert_eq!(restored(&|pieces| pieces[1].bytes.push(0)), corrupt);
        assert_eq!(restored(&|pieces| pieces[1].bytes.clear()), corrupt);
        assert_eq!(restored(&|pieces| pieces[0].bytes.truncate(9)), corrupt);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_end_is_too_odd_to_be_read(
            places in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            at in any::<bool>(),
        ) {
            let old = written(&GROUPS, WriterProperties::builder(), in_first_or_third);
            let cleaned = rewritten(&old, &["tags"], none_of).unwrap();
            let mut pieces = pieces(&old, &["tags"]);
            for (place, byte) in places {
                let place = place.index(pieces[0].bytes.len());
                pieces[0].bytes[place] = byte;
            }
            pieces[0].at *= u64::from(at);
            // That it comes back is all that is asked of it.
            let _ = restored(&cleaned, pieces, &["tags"], in_first_or_third, |_| false);
        }
    }
}
