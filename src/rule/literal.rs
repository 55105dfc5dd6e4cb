//! Literals: strings that are looked for on the folded view of a line (or, with `exact`, on its raw bytes).

use std::ops::Range;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use crate::fold::{self, Case};
use crate::layout;

use super::anchor::Anchor;

/// How a literal matches a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum How {
    /// The line is the literal.
    #[default]
    Equals,
    /// The line starts with it.
    Starts,
    /// The line ends with it.
    Ends,
    /// The line holds it.
    Contains,
}

impl How {
    /// Whether a line that is `line` holds `literal` where it must stand.
    pub fn stands(self, literal: &str, line: &str) -> bool {
        match self {
            Self::Equals => line == literal,
            Self::Starts => line.starts_with(literal),
            Self::Ends => line.ends_with(literal),
            Self::Contains => line.contains(literal),
        }
    }

    /// Whether a literal found at `range` of a line of `len` bytes stands where it must.
    pub fn holds(self, range: &Range<usize>, len: usize) -> bool {
        match self {
            Self::Equals => range.start == 0 && range.end == len,
            Self::Starts => range.start == 0,
            Self::Ends => range.end == len,
            Self::Contains => true,
        }
    }
}

/// A string to look for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Literal {
    /// What is compared: the folded form, or with `exact` the string as it is.
    pub needle: String,
    /// Whether raw bytes are compared.
    pub exact: bool,
    /// Whether it must start and end at word boundaries.
    pub boundary: bool,
}

impl Literal {
    /// What is looked for on behalf of it when it matches as `how` says.
    pub fn anchor(&self, how: How) -> Anchor {
        Anchor { needle: self.needle.clone(), exact: self.exact, how }
    }

    /// A literal that is compared folded.
    pub fn folded(text: &str, boundary: bool) -> Self {
        Self { needle: fold::literal(text, Case::Folded), exact: false, boundary }
    }

    /// A literal that is compared as it is.
    pub fn exact(text: &str, boundary: bool) -> Self {
        Self { needle: text.to_owned(), exact: true, boundary }
    }

    /// Whether the literal may stand at `range` of `line`: it does not start or end inside a word.
    pub fn fits(&self, line: &[u8], range: &Range<usize>) -> bool {
        !self.boundary || (is_boundary(line, range.start) && is_boundary(line, range.end))
    }

    /// Where the literal stands in `line`, boundaries respected.
    pub fn find_in(&self, line: &[u8]) -> impl Iterator<Item = Range<usize>> {
        self.find_from(line, 0)
    }

    /// Where the literal stands in `line` from a byte on, boundaries respected.
    pub fn find_from(&self, line: &[u8], mut from: usize) -> impl Iterator<Item = Range<usize>> {
        // Places may overlap: of `ha ha` in `aha ha ha` the second one fits.
        let places = std::iter::from_fn(move || {
            let start = from + line[from..].find(self.needle.as_bytes())?;
            from = start + 1;
            Some(start..start + self.needle.len())
        });
        places.filter(|range| self.fits(line, range))
    }

    /// Whether the literal matches `line` as `how` says.
    pub fn matches(&self, line: &[u8], how: How) -> bool {
        let (len, needle) = (line.len(), self.needle.as_bytes());
        match how {
            How::Equals => line == needle,
            How::Starts => line.starts_with(needle) && self.fits(line, &(0..needle.len())),
            How::Ends => line.ends_with(needle) && self.fits(line, &(len - needle.len()..len)),
            How::Contains => self.find_in(line).next().is_some(),
        }
    }
}

/// Whether no word goes on across `at`.
fn is_boundary(line: &[u8], at: usize) -> bool {
    !joins(line[..at].chars().next_back(), line[at..].chars().next())
}

/// Whether two neighbouring characters belong to one word. Scripts that write no spaces have no such boundary.
fn joins(left: Option<char>, right: Option<char>) -> bool {
    let in_word = |c: char| (c.is_alphanumeric() || c == '_') && !layout::is_unspaced(c);
    left.is_some_and(in_word) && right.is_some_and(in_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_does_not_start_or_end_inside_a_word() {
        let literal = Literal::folded("Share", true);
        assert_eq!(literal.find_in(b"shares share, myshare (share)").collect::<Vec<_>>(), [7..12, 23..28]);
        assert_eq!(literal.find_from(b"myshare share", 2).collect::<Vec<_>>(), std::slice::from_ref(&(8..13)));
        let loose = Literal::folded("Share", false);
        assert_eq!(loose.find_in(b"shares").count(), 1);
    }

    #[test]
    fn a_place_that_does_not_fit_hides_none_that_overlaps_it() {
        let literal = Literal::folded("ha ha", true);
        assert_eq!(literal.find_in(b"aha ha ha").collect::<Vec<_>>(), std::slice::from_ref(&(4..9)));
    }

    #[test]
    fn scripts_without_spaces_have_no_boundaries() {
        let literal = Literal::folded("広告", true);
        assert!(literal.matches("続きは広告の後".as_bytes(), How::Contains));
    }

    #[test]
    fn how_says_where_the_literal_stands() {
        let literal = Literal::folded("Read more", true);
        let hits = |line: &str| {
            [How::Equals, How::Starts, How::Ends, How::Contains].map(|how| literal.matches(line.as_bytes(), how))
        };
        assert_eq!(hits("read more"), [true; 4]);
        assert_eq!(hits("read more here"), [false, true, false, true]);
        assert_eq!(hits("to read more"), [false, false, true, true]);
        assert_eq!(hits("to read more here"), [false, false, false, true]);
        assert_eq!(hits("read moreover"), [false; 4]);
    }
}
