//! How a text is spelled inside a record: runs of bytes that stand for themselves, and escapes between them.
//!
//! What goes from a text goes from its spelling; what stays keeps the spelling that it has.

use std::borrow::Cow;

use crate::layout::Span;

/// Bytes of a spelling that stand for other bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Escape {
    /// How many bytes it takes in the spelling.
    pub(super) len: usize,
    /// What it stands for; the first `meaning_len` bytes count.
    pub(super) meaning: [u8; 4],
    /// How many bytes it stands for.
    pub(super) meaning_len: usize,
}

impl Escape {
    /// One that stands for some bytes, four at most.
    pub(super) fn new(len: usize, bytes: &[u8]) -> Self {
        let mut meaning = [0; 4];
        meaning[..bytes.len()].copy_from_slice(bytes);
        Self { len, meaning, meaning_len: bytes.len() }
    }
}

/// The escapes of a format.
#[derive(Clone, Copy, Debug)]
pub(super) struct Escapes {
    /// What each starts with. Where it stands, an escape stands.
    pub(super) mark: u8,
    /// Reads the escape at the start of some bytes.
    pub(super) read: fn(&[u8]) -> Escape,
}

impl Escapes {
    /// The text that a spelling stands for; borrowed if it is the spelling itself.
    pub(super) fn decode<'r>(&self, spelling: &'r [u8]) -> Cow<'r, [u8]> {
        let Some(mut at) = memchr::memchr(self.mark, spelling) else { return Cow::Borrowed(spelling) };
        let mut text = Vec::with_capacity(spelling.len());
        let mut from = 0;
        loop {
            text.extend_from_slice(&spelling[from..at]);
            let escape = (self.read)(&spelling[at..]);
            text.extend_from_slice(&escape.meaning[..escape.meaning_len]);
            from = at + escape.len;
            match memchr::memchr(self.mark, &spelling[from..]) {
                Some(next) => at = from + next,
                None => break,
            }
        }
        text.extend_from_slice(&spelling[from..]);
        Cow::Owned(text)
    }

    /// Where spans of a text are spelled. The spans are in order and do not overlap. An escape of which a span takes a
    /// part stays.
    pub(super) fn spelled(&self, spelling: &[u8], spans: impl Iterator<Item = Span>) -> Vec<Span> {
        let mut walk = Walk { escapes: self, spelling, spelled: 0, told: 0 };
        let place = |span: Span| {
            let start = walk.to(span.start);
            let start = if start.is_inside { start.after } else { start.before };
            Span::new(start, walk.to(span.end).before.max(start))
        };
        spans.map(place).collect()
    }
}

/// A way through a spelling, from its start to its end.
struct Walk<'a> {
    escapes: &'a Escapes,
    spelling: &'a [u8],
    /// How many bytes of the spelling are behind.
    spelled: usize,
    /// How many bytes of the text are behind.
    told: usize,
}

/// A place in a spelling.
struct Place {
    before: usize,
    after: usize,
    is_inside: bool,
}

impl Walk<'_> {
    /// Goes on to a byte of the text.
    fn to(&mut self, target: usize) -> Place {
        while self.told < target {
            let rest = &self.spelling[self.spelled..];
            let wanted = target - self.told;
            let plain = memchr::memchr(self.escapes.mark, &rest[..wanted.min(rest.len())]).unwrap_or(wanted);
            (self.spelled, self.told) = (self.spelled + plain, self.told + plain);
            if plain == wanted {
                break;
            }
            let escape = (self.escapes.read)(&self.spelling[self.spelled..]);
            if self.told + escape.meaning_len > target {
                return Place { before: self.spelled, after: self.spelled + escape.len, is_inside: true };
            }
            (self.spelled, self.told) = (self.spelled + escape.len, self.told + escape.meaning_len);
        }
        Place { before: self.spelled, after: self.spelled, is_inside: false }
    }
}
