//! Reads a table by and by, of each row what is asked of a record.

use std::borrow::Cow;
use std::sync::Arc;

use parquet::basic::ConvertedType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::{ByteArray, ByteArrayType, DataType};

use super::{Broken, Table, guarded};
use crate::text::format::Fields;

/// How many rows are decoded at a time.
const STEP: usize = 16;

/// What a row takes beside its text, in bytes, about.
const ROW: usize = 64;

/// Rows of one row group that stand next to each other.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(super) group: usize,
    /// The number of the first one in its row group, from 0.
    pub(super) start: usize,
    /// The number of the first one in the table, from 1.
    pub(crate) first: u64,
    pub(super) text: Texts,
    is_utf8: bool,
    url: Vec<Option<String>>,
    id: Vec<Option<String>>,
    lang: Vec<Option<String>>,
}

impl Rows {
    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        self.text.levels.len()
    }

    /// How many bytes they take, about.
    pub(crate) fn size(&self) -> usize {
        self.text.size()
    }

    /// The text of one of them, by its number from 0, if it has one.
    pub(crate) fn text(&self, row: usize) -> Option<&[u8]> {
        self.text.values[row].as_ref().map(ByteArray::data)
    }

    /// Whether a text may stand in their column.
    pub(crate) fn may_have(&self, text: &[u8]) -> bool {
        !self.is_utf8 || std::str::from_utf8(text).is_ok()
    }

    /// What is known of one of them, by its number from 0. A row without a text has an empty one.
    pub(crate) fn fields(&self, row: usize) -> Result<Fields<'_>, String> {
        let text = self.text.values[row].as_ref().map_or(&[][..], ByteArray::data);
        if self.is_utf8 && std::str::from_utf8(text).is_err() {
            return Err("its text is not UTF-8, though its column says so".to_owned());
        }
        let known = |column: &'_ [Option<String>]| column.get(row).cloned().flatten().map(Cow::Owned);
        Ok(Fields {
            text: Cow::Borrowed(text),
            url: known(&self.url),
            id: known(&self.id),
            lang: known(&self.lang),
            ..Fields::default()
        })
    }
}

/// Reads the rows of a table, from one on.
pub(crate) struct RowReader {
    table: Arc<Table>,
    group: usize,
    /// How many rows of the group were read.
    at: usize,
    /// The number of the next row in the table, from 1.
    next: u64,
    columns: Option<Columns>,
}

impl RowReader {
    pub(super) fn new(table: Arc<Table>) -> Self {
        Self { table, group: 0, at: 0, next: 1, columns: None }
    }

    /// The number of the row that comes next, from 1.
    pub(crate) fn next_row(&self) -> u64 {
        self.next
    }

    /// The next rows: so many that they have a size, if there are as many in the row group. Stops where the table
    /// cannot be read.
    pub(crate) fn next(&mut self, size: usize) -> Option<Result<Rows, Broken>> {
        let len = self.begin_group()?;
        let rows = guarded(|| self.read(len, size, usize::MAX));
        if rows.is_err() {
            self.group = usize::MAX;
        }
        Some(rows)
    }

    /// A row by its number, from 1.
    pub(super) fn row(mut self, number: u64) -> Option<Result<Rows, Broken>> {
        while let Some(len) = self.begin_group() {
            match usize::try_from(number.checked_sub(self.next)?) {
                Ok(before) if before < len => {
                    return Some(guarded(|| self.skip(before).and_then(|()| self.read(len, 0, 1))));
                }
                _ => {
                    self.next = self.next.saturating_add(len as u64);
                    self.at = len;
                }
            }
        }
        None
    }

    /// Goes to the next row group if this one is over. Says how many rows it has.
    fn begin_group(&mut self) -> Option<usize> {
        loop {
            let len = self.table.rows_of(self.group)?;
            if self.at < len {
                return Some(len);
            }
            (self.group, self.at, self.columns) = (self.group + 1, 0, None);
        }
    }

    fn skip(&mut self, rows: usize) -> Result<(), Broken> {
        let columns = self.columns()?;
        columns.text.reader.skip_records(rows)?;
        for column in [&mut columns.url, &mut columns.id, &mut columns.lang].into_iter().flatten() {
            column.skip(rows)?;
        }
        self.at += rows;
        self.next += rows as u64;
        Ok(())
    }

    fn read(&mut self, len: usize, size: usize, max: usize) -> Result<Rows, Broken> {
        let (group, start, first) = (self.group, self.at, self.next);
        let is_utf8 = self.table.has_utf8_text();
        let max = max.min(len - start);
        let columns = self.columns()?;
        let mut text = Texts::default();
        while text.levels.len() < max && (text.size() < size || text.levels.is_empty()) {
            columns.text.read(STEP.min(max - text.levels.len()), &mut text)?;
        }
        let rows = text.levels.len();
        let read = |column: &mut Option<Strings>| column.as_mut().map_or(Ok(Vec::new()), |column| column.read(rows));
        let (url, id, lang) = (read(&mut columns.url)?, read(&mut columns.id)?, read(&mut columns.lang)?);
        self.at += rows;
        self.next += rows as u64;
        Ok(Rows { group, start, first, text, is_utf8, url, id, lang })
    }

    fn columns(&mut self) -> Result<&mut Columns, Broken> {
        if self.columns.is_none() {
            self.columns = Some(Columns::open(&self.table, self.group)?);
        }
        Ok(self.columns.as_mut().expect("it was opened"))
    }
}

/// The columns of a row group that are read.
struct Columns {
    text: TextReader,
    url: Option<Strings>,
    id: Option<Strings>,
    lang: Option<Strings>,
}

impl Columns {
    fn open(table: &Table, group: usize) -> Result<Self, Broken> {
        let strings = |column: Option<usize>| column.map(|column| Strings::open(table, group, column)).transpose();
        Ok(Self {
            text: TextReader::open(table, group)?,
            url: strings(table.known.url)?,
            id: strings(table.known.id)?,
            lang: strings(table.known.lang)?,
        })
    }
}

/// Texts of some rows.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// How far up each is defined.
    pub(super) levels: Vec<i16>,
    pub(super) values: Vec<Option<ByteArray>>,
    bytes: usize,
}

impl Texts {
    fn size(&self) -> usize {
        self.bytes + ROW * self.levels.len()
    }
}

/// Reads the texts of a row group.
pub(super) struct TextReader {
    reader: ColumnReaderImpl<ByteArrayType>,
    max_level: i16,
}

impl TextReader {
    pub(super) fn open(table: &Table, group: usize) -> Result<Self, Broken> {
        let max_level = table.column(table.known.text).max_def_level();
        Ok(Self { reader: get_typed_column_reader(table.reader(group, table.known.text)?), max_level })
    }

    /// Reads the next texts behind others.
    pub(super) fn read(&mut self, rows: usize, texts: &mut Texts) -> Result<(), Broken> {
        let values = read(&mut self.reader, self.max_level, rows, &mut texts.levels)?;
        texts.bytes += values.iter().flatten().map(ByteArray::len).sum::<usize>();
        texts.values.extend(values);
        Ok(())
    }
}

/// Reads a column of strings or numbers, both as strings.
struct Strings {
    reader: ColumnReader,
    max_level: i16,
    is_unsigned: bool,
}

impl Strings {
    fn open(table: &Table, group: usize, column: usize) -> Result<Self, Broken> {
        let known = table.column(column);
        let is_unsigned = matches!(known.converted_type(), ConvertedType::UINT_32 | ConvertedType::UINT_64);
        Ok(Self { reader: table.reader(group, column)?, max_level: known.max_def_level(), is_unsigned })
    }

    fn read(&mut self, rows: usize) -> Result<Vec<Option<String>>, Broken> {
        let (max_level, is_unsigned) = (self.max_level, self.is_unsigned);
        let mut levels = Vec::new();
        match &mut self.reader {
            ColumnReader::ByteArrayColumnReader(reader) => {
                let values = read(reader, max_level, rows, &mut levels)?;
                Ok(strings(values, |value| String::from_utf8_lossy(value.data()).into_owned()))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                let values = read(reader, max_level, rows, &mut levels)?;
                Ok(strings(values, |value| if is_unsigned { (value as u32).to_string() } else { value.to_string() }))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                let values = read(reader, max_level, rows, &mut levels)?;
                Ok(strings(values, |value| if is_unsigned { (value as u64).to_string() } else { value.to_string() }))
            }
            _ => Ok(Vec::new()),
        }
    }

    fn skip(&mut self, rows: usize) -> Result<(), Broken> {
        match &mut self.reader {
            ColumnReader::ByteArrayColumnReader(reader) => reader.skip_records(rows)?,
            ColumnReader::Int32ColumnReader(reader) => reader.skip_records(rows)?,
            ColumnReader::Int64ColumnReader(reader) => reader.skip_records(rows)?,
            _ => 0,
        };
        Ok(())
    }
}

fn strings<V>(values: Vec<Option<V>>, string: impl Fn(V) -> String) -> Vec<Option<String>> {
    values.into_iter().map(|value| value.map(&string)).collect()
}

/// The next values of a column that is no list. Says behind others how far up each is defined; a value is where that is
/// all the way.
fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    max_level: i16,
    rows: usize,
    levels: &mut Vec<i16>,
) -> Result<Vec<Option<T::T>>, Broken> {
    let (from, mut values) = (levels.len(), Vec::new());
    let (read, _, _) = reader.read_records(rows, Some(levels), None, &mut values)?;
    if read < rows {
        return Err(Broken("a column has fewer rows than its row group".to_owned()));
    }
    levels.resize(from + rows, max_level);
    if levels[from..].iter().any(|level| !(0..=max_level).contains(level)) {
        return Err(Broken("it is corrupt: a value is defined beyond its column".to_owned()));
    }
    let mut values = values.into_iter();
    Ok(levels[from..].iter().map(|&level| if level == max_level { values.next() } else { None }).collect())
}
