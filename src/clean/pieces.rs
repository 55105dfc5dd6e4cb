//! Which bytes of a text the bytes are that removals leave of it.

use crate::layout::Span;

use super::{Removal, apply};

/// The parts of a text that stay, in order.
pub(super) struct Pieces(Vec<Piece>);

/// A part of a text that stays.
struct Piece {
    /// Where it is in the text.
    original: Span,
    /// Where it starts in what is left.
    start: usize,
}

impl Piece {
    fn end(&self) -> usize {
        self.start + self.original.len()
    }
}

impl Pieces {
    /// What stays of a text of `len` bytes. The removals are in order and do not overlap.
    pub(super) fn left(len: usize, removals: &[Removal]) -> Self {
        let mut start = 0;
        let pieces = apply::kept(len, removals).map(|original| {
            let piece = Piece { original, start };
            start = piece.end();
            piece
        });
        Self(pieces.collect())
    }

    /// The spans of the text that a span of what is left stands for.
    pub(super) fn originals(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let first = self.0.partition_point(|piece| piece.end() <= span.start);
        self.0[first..].iter().take_while(move |piece| piece.start < span.end).map(move |piece| {
            let original = |at: usize| piece.original.start + (at - piece.start);
            Span::new(original(span.start.max(piece.start)), original(span.end.min(piece.end())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_found_in_the_text() {
        // Of `0123456789` stay `12`, `5` and `789`.
        let removals =
            [(0, 1), (3, 5), (6, 7)].map(|(start, end)| Removal { span: Span::new(start, end), rules: vec![] });
        let pieces = Pieces::left(10, &removals);
        let originals = |start, end| -> Vec<_> {
            pieces.originals(Span::new(start, end)).map(|span| (span.start, span.end)).collect()
        };
        assert_eq!(originals(0, 6), [(1, 3), (5, 6), (7, 10)]);
        assert_eq!(originals(0, 2), [(1, 3)]);
        assert_eq!(originals(1, 3), [(2, 3), (5, 6)]);
        assert_eq!(originals(2, 4), [(5, 6), (7, 8)]);
        assert_eq!(originals(4, 5), [(8, 9)]);
    }
}
