//! Rows of numbers that are read where they stand in the program's file.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Rows of `N` numbers each, which are the fields of an `R`. They are kept as bytes, the least significant first, so that a
/// table that was put together when the program was built is ready when it starts.
pub(super) struct Rows<R, const N: usize> {
    rows: Cow<'static, [[[u8; 4]; N]]>,
    fields: PhantomData<fn() -> R>,
}

impl<R: From<[u32; N]>, const N: usize> Rows<R, N> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// One of them.
    #[inline]
    pub(super) fn at(&self, at: usize) -> R {
        R::from(self.rows[at].map(u32::from_le_bytes))
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = R> {
        (0..self.len()).map(|at| self.at(at))
    }
}

impl<R: Into<[u32; N]>, const N: usize> FromIterator<R> for Rows<R, N> {
    fn from_iter<I: IntoIterator<Item = R>>(rows: I) -> Self {
        let bytes = |row: R| row.into().map(u32::to_le_bytes);
        Self { rows: rows.into_iter().map(bytes).collect(), fields: PhantomData }
    }
}

impl<R, const N: usize> Serialize for Rows<R, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.rows.as_flattened().as_flattened())
    }
}

impl<'de: 'static, R, const N: usize> Deserialize<'de> for Rows<R, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&'static [u8]>::deserialize(deserializer)?;
        let (numbers, odd_bytes) = bytes.as_chunks();
        let (rows, odd_numbers) = numbers.as_chunks();
        if odd_bytes.is_empty() && odd_numbers.is_empty() {
            return Ok(Self { rows: rows.into(), fields: PhantomData });
        }
        Err(D::Error::invalid_length(bytes.len(), &"whole rows"))
    }
}

impl<R: From<[u32; N]> + fmt::Debug, const N: usize> fmt::Debug for Rows<R, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_the_same_when_they_were_packed() {
        let rows: Rows<(u32, u32), 2> = [(1, 2), (300, u32::MAX)].into_iter().collect();
        let bytes: &'static [u8] = postcard::to_allocvec(&rows).unwrap().leak();
        let again: Rows<(u32, u32), 2> = postcard::from_bytes(bytes).unwrap();
        assert_eq!(again.iter().collect::<Vec<_>>(), [(1, 2), (300, u32::MAX)]);
        assert!(postcard::from_bytes::<Rows<[u32; 3], 3>>(bytes).is_err(), "four numbers are no rows of three");
    }
}
