//! Rows as they are after cleaning, to be written.

use std::iter;

use bytes::Bytes;
use parquet::data_type::ByteArray;

use super::rows::Rows;
use crate::layout::Span;
use crate::text::format::{Edit, append};

/// Rows of one row group that stood next to each other.
#[derive(Debug)]
pub(crate) struct CleanedRows {
    pub(super) group: usize,
    pub(super) start: usize,
    /// Of the rows that stay: how far up their texts are defined, and the texts that there are.
    pub(super) levels: Vec<i16>,
    pub(super) texts: Vec<ByteArray>,
    /// The values of each added column, none for a row that could not be read.
    pub(super) added: Vec<Vec<Option<String>>>,
    /// Rows that are left out, by their numbers in the row group.
    pub(super) left_out: Vec<usize>,
    /// Whether any text is another one, or a row is left out.
    pub(super) has_other_texts: bool,
    /// Whether a text that should be another one stays as it is.
    pub(super) has_refused: bool,
}

impl CleanedRows {
    /// Those of which none is there yet.
    pub(crate) fn new(rows: &Rows, added: usize) -> Self {
        Self {
            group: rows.group,
            start: rows.start,
            levels: Vec::with_capacity(rows.len()),
            texts: Vec::with_capacity(rows.len()),
            added: vec![Vec::with_capacity(rows.len()); added],
            left_out: Vec::new(),
            has_other_texts: false,
            has_refused: false,
        }
    }

    /// The next row is there, without some bytes of its text and with the values of the added columns.
    pub(crate) fn put(&mut self, rows: &Rows, row: usize, removals: &[Span], added: Vec<String>) {
        let text = rows.text.values[row].clone();
        let new = text.map(|text| if removals.is_empty() { text } else { without(text.data(), removals) });
        self.push(rows.text.levels[row], new, added.into_iter().map(Some));
        self.has_other_texts |= !removals.is_empty();
    }

    /// The next row is there as it was.
    pub(crate) fn keep(&mut self, rows: &Rows, row: usize) {
        self.push(rows.text.levels[row], rows.text.values[row].clone(), iter::repeat(None));
    }

    /// The next row is there, with another text.
    pub(crate) fn replace(&mut self, rows: &Rows, row: usize, text: Vec<u8>) {
        self.push(rows.text.levels[row], Some(Bytes::from(text).into()), iter::empty());
        self.has_other_texts = true;
    }

    /// The next row is there as it was, though it should have another text.
    pub(crate) fn refuse(&mut self, rows: &Rows, row: usize) {
        self.keep(rows, row);
        self.has_refused = true;
    }

    /// The next row is not there.
    pub(crate) fn leave_out(&mut self, row: usize) {
        self.left_out.push(self.start + row);
        self.has_other_texts = true;
    }

    /// Whether anything is other than it was.
    pub(crate) fn is_changed(&self) -> bool {
        self.has_other_texts || !self.added.is_empty()
    }

    fn push(&mut self, level: i16, text: Option<ByteArray>, added: impl Iterator<Item = Option<String>>) {
        self.levels.push(level);
        self.texts.extend(text);
        self.added.iter_mut().zip(added).for_each(|(column, value)| column.push(value));
    }
}

fn without(text: &[u8], removals: &[Span]) -> ByteArray {
    let edits: Vec<Edit> = removals.iter().map(|&span| Edit::removal(span)).collect();
    let mut new = Vec::with_capacity(text.len());
    append(text, &edits, &mut new);
    Bytes::from(new).into()
}
