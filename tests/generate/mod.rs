//! Documents and rule files, by chance.

use bstr::BString;
use proptest::prelude::*;
use proptest::sample::subsequence;

pub(crate) mod documents;
pub(crate) mod packs;
pub(crate) mod spellings;

/// Strings that the rules look for.
pub(crate) const JUNK: &[&str] = &[
    "Let's block ads!",
    "(Why?)",
    "Advertisement",
    "Share this",
    "Share",
    "Read more...",
    "Read more",
    "more here",
    "Don't miss out - sign up",
    "\"We're back\"",
    "ha ha",
    "a - a",
    "Office finder",
    "Straße",
    "café",
    "広告",
    "*",
    "Photo: A. Smith",
    "Related: more",
    "Updated: May 2",
    "12 comments",
    "[x]",
];

/// Rule files and a document that have some strings in common.
pub(crate) fn case() -> BoxedStrategy<(packs::Packs, BString)> {
    let pool = subsequence(JUNK, 2..6);
    pool.prop_flat_map(|pool| (packs::packs(&pool), documents::document(&pool))).boxed()
}
