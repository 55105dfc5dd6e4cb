//! One article, as the cleaning sees it.

use std::path::Path;

/// One article: its bytes and what is known of where it comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Document<'a> {
    /// The text; UTF-8 as a rule, any bytes in fact.
    pub text: &'a [u8],
    /// The path as the caller gave it.
    pub path: Option<&'a Path>,
    /// The address it was scraped from.
    pub url: Option<&'a str>,
    /// The id of the source, if the caller knows it.
    pub source: Option<&'a str>,
    /// The language (a BCP 47 tag), if the caller knows it.
    pub lang: Option<&'a str>,
}

impl<'a> Document<'a> {
    /// A text of which nothing else is known.
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, ..Self::default() }
    }
}
