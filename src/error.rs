//! What can go wrong with a rule file or an input: what, where, and what to do about it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where in a file something stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// The line, from 1; 0 when only the file is known.
    pub line: usize,
    /// The column in characters, from 1; 0 when only the file is known.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset in a file's text.
    pub fn of(file: &str, text: &str, offset: usize) -> Self {
        Places::of(file, text).at(offset)
    }

    /// A whole file.
    pub fn file(file: &str) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0 }
    }
}

/// Finds the places of many byte offsets in the text of a file.
#[derive(Debug)]
pub struct Places<'t> {
    file: &'t str,
    text: &'t str,
    /// Where each line starts.
    lines: Vec<usize>,
}

impl<'t> Places<'t> {
    /// Those of a file's text.
    pub fn of(file: &'t str, text: &'t str) -> Self {
        let lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        Self { file, text, lines: lines.collect() }
    }

    /// The place of a byte offset.
    pub fn at(&self, offset: usize) -> Place {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|&start| start <= offset);
        let column = self.text[self.lines[line - 1]..offset].chars().count() + 1;
        Place { file: self.file.to_owned(), line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            _ => write!(f, "{}:{}:{}", self.file, self.line, self.column),
        }
    }
}

/// A mistake: `FILE:LINE:COLUMN: what is wrong; what to do`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Where it is.
    pub place: Option<Place>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

impl Error {
    /// A mistake at a place.
    pub fn at(place: Place, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { place: Some(place), what: what.into(), cure: cure.into() }
    }

    /// A mistake with no place in a file.
    pub fn new(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { place: None, what: what.into(), cure: cure.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.what)?;
        if !self.cure.is_empty() {
            write!(f, "; {}", self.cure)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// All mistakes of one attempt, in the order of their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors(pub Vec<Error>);

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

impl From<Error> for Errors {
    fn from(error: Error) -> Self {
        Self(vec![error])
    }
}

/// The known word that an unknown one was probably meant to be.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |other: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &other.to_lowercase());
    let close = known.into_iter().map(|other| (distance(other), other)).min();
    close.filter(|&(distance, other)| distance <= 1 + word.len().min(other.len()) / 4).map(|(_, other)| other)
}

/// A cure for an unknown word: the nearest known one, or all of them.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", list(&known)),
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let place = Place::of("x.toml", "a\nbé = 1\n", 5);
        assert_eq!(place.to_string(), "x.toml:2:3");
    }

    #[test]
    fn an_error_says_where_what_and_what_to_do() {
        let error = Error::at(Place::file("x.toml"), "it is empty", "write a rule");
        assert_eq!(error.to_string(), "x.toml: it is empty; write a rule");
    }
}
