//! Writes what is left of a text when some of its bytes go.

use std::borrow::Cow;

use crate::layout::Span;

use super::Removal;

/// The text without the removals, which are in order and do not overlap.
pub(super) fn without(text: &[u8], removals: &[Removal]) -> Vec<u8> {
    let gone: usize = removals.iter().map(|removal| removal.span.len()).sum();
    let mut left = Vec::with_capacity(text.len() - gone);
    kept(text.len(), removals).for_each(|span| left.extend_from_slice(span.of(text)));
    left
}

/// What is left of a text; borrowed if that is all of it.
pub(crate) fn left<'t>(text: &'t [u8], removals: &[Removal]) -> Cow<'t, [u8]> {
    if removals.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(without(text, removals)) }
}

/// The spans of a text of `len` bytes that stay.
pub(crate) fn kept(len: usize, removals: &[Removal]) -> impl Iterator<Item = Span> {
    let starts = std::iter::once(0).chain(removals.iter().map(|removal| removal.span.end));
    let ends = removals.iter().map(|removal| removal.span.start).chain(std::iter::once(len));
    starts.zip(ends).map(|(start, end)| Span::new(start, end)).filter(|span| !span.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_removed_stays_as_it_is() {
        let removal = |start, end| Removal { span: Span::new(start, end), rules: Vec::new() };
        assert_eq!(without(b"abcdef", &[removal(0, 1), removal(2, 4)]), b"bef");
        assert_eq!(without(b"ab", &[]), b"ab");
        assert_eq!(without(b"ab", &[removal(0, 2)]), b"");
        assert!(matches!(left(b"ab", &[removal(0, 1)]), Cow::Owned(left) if left == b"b"));
        assert!(matches!(left(b"ab", &[]), Cow::Borrowed(b"ab")));
    }
}
