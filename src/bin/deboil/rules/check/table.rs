//! A few rules and what is said of each, for people.

use std::io::{self, Write};
use std::iter;

use crate::paint::{Paint, number};

/// Rows below a title and the heads of their cells.
pub(super) struct Table<'a> {
    /// What the rules have in common; stands above the first cells.
    pub(super) title: &'a str,
    /// What stands above the other cells.
    pub(super) heads: &'a [&'a str],
    /// Whether the other cells end below each other, as numbers do.
    pub(super) are_numbers: bool,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table<'_> {
    /// Writes at most `top` rows, and how many more there are; nothing if there is none.
    pub(super) fn write(&self, out: &mut Vec<u8>, paint: Paint, top: usize) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let title = format!("{}: {}", self.title, number(self.rows.len() as u64));
        let head: Vec<String> = iter::once(title).chain(self.heads.iter().map(|head| (*head).to_owned())).collect();
        let shown: Vec<Vec<String>> = self.rows.iter().take(top).map(|row| indented(row)).collect();
        let width = |column: usize| {
            let cells = iter::once(&head).chain(&shown).map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        writeln!(out, "\n{}", paint.name(self.line(&head, &widths)))?;
        shown.iter().try_for_each(|row| writeln!(out, "{}", self.line(row, &widths)))?;
        match self.rows.len() - shown.len() {
            0 => Ok(()),
            more => writeln!(out, "  and {} more (--top 0 names all)", number(more as u64)),
        }
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, &width))| match column {
            1.. if self.are_numbers => format!("{cell:>width$}"),
            _ => format!("{cell:<width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    }
}

fn indented(row: &[String]) -> Vec<String> {
    let first = row.first().map(|cell| format!("  {cell}"));
    first.into_iter().chain(row.iter().skip(1).cloned()).collect()
}
