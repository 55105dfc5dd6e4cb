//! A value and where it stands in its file.

use std::ops::Range;

use serde::{Deserialize, Deserializer};

/// A value of a rule file and the bytes that it is written in: [`toml::Spanned`] in a type of our own, so that a schema
/// can be derived from what holds it.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    span: Range<usize>,
    value: T,
}

impl<T> Spanned<T> {
    /// A value and its bytes.
    pub fn new(span: Range<usize>, value: T) -> Self {
        Self { span, value }
    }

    /// The bytes in which it is written, quotes and brackets included.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The value.
    pub fn get_ref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::deserialize(deserializer)?;
        Ok(Self { span: spanned.span(), value: spanned.into_inner() })
    }
}
