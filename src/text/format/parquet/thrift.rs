//! Bytes in the compact protocol of Thrift, of which little is asked: some numbers, among fields that are gone over.
//! As thrift-compact-protocol.md of Apache Thrift says.

/// How deep values may stand in each other; those of a footer go down some eight levels.
const MAX_DEPTH: usize = 64;

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const STRUCT: u8 = 12;

/// What is read of some bytes.
pub(super) struct Thrift<'f> {
    left: &'f [u8],
}

/// The value of a field, which is read or gone over.
pub(super) struct Value<'t, 'f> {
    thrift: &'t mut Thrift<'f>,
    kind: u8,
    depth: usize,
}

impl<'f> Thrift<'f> {
    pub(super) fn new(bytes: &'f [u8]) -> Self {
        Self { left: bytes }
    }

    /// How many bytes were not read yet.
    pub(super) fn left(&self) -> usize {
        self.left.len()
    }

    /// Reads a structure to its end: of each field its value and its number. Nothing if the bytes end before, or if a
    /// value is none.
    pub(super) fn fields(&mut self, each: impl FnMut(Value<'_, 'f>, i16) -> Option<()>) -> Option<()> {
        self.fields_at(MAX_DEPTH, each)
    }

    fn fields_at(&mut self, depth: usize, mut each: impl FnMut(Value<'_, 'f>, i16) -> Option<()>) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let mut last: i16 = 0;
        loop {
            let byte = self.byte()?;
            let (delta, kind) = (byte >> 4, byte & 0xf);
            last = match (kind, delta) {
                (0, _) => return Some(()),
                (_, 0) => i16::try_from(zigzag(self.varint()?)).ok()?,
                _ => last.checked_add(delta.into())?,
            };
            each(Value { thrift: self, kind, depth }, last)?;
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.left.split_first()?;
        self.left = rest;
        Some(first)
    }

    fn advance(&mut self, len: u64) -> Option<()> {
        self.left = self.left.get(usize::try_from(len).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        varint(&mut self.left)
    }
}

impl Value<'_, '_> {
    /// A number.
    pub(super) fn int(self) -> Option<i64> {
        matches!(self.kind, 4..=6).then_some(())?;
        self.thrift.varint().map(zigzag)
    }

    /// A truth value, which in a structure is said by its kind.
    pub(super) fn bool(self) -> Option<bool> {
        matches!(self.kind, TRUE | FALSE).then_some(self.kind == TRUE)
    }

    /// The fields of a structure.
    pub(super) fn fields(self, each: impl FnMut(Value<'_, '_>, i16) -> Option<()>) -> Option<()> {
        (self.kind == STRUCT).then_some(())?;
        self.thrift.fields_at(self.depth, each)
    }

    /// Goes over it.
    pub(super) fn skip(self) -> Option<()> {
        let Self { thrift, kind, depth } = self;
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => thrift.advance(1),
            4..=6 => thrift.varint().map(drop),
            7 => thrift.advance(8),
            8 => thrift.varint().and_then(|len| thrift.advance(len)),
            9 | 10 => skip_list(thrift, depth),
            STRUCT => thrift.fields_at(depth, |value, _| value.skip()),
            _ => None,
        }
    }
}

fn skip_list(thrift: &mut Thrift<'_>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    let header = thrift.byte()?;
    let len = if header >> 4 == 15 { thrift.varint()? } else { (header >> 4).into() };
    // Each value has a byte, or more: nobody goes over what is not there, one by one.
    if len > thrift.left() as u64 {
        return None;
    }
    // In a list, each truth value has a byte.
    let kind = if matches!(header & 0xf, TRUE | FALSE) { BYTE } else { header & 0xf };
    (0..len).try_for_each(|_| Value { thrift, kind, depth }.skip())
}

/// Takes a number off the front of bytes: seven bits in each, the low ones first.
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// A number whose lowest bit is its sign.
fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_or_gone_over() {
        // i32 -3, structure {true, 8 bytes in full}, a list of two texts, i64 1 as field 300, and what follows.
        let bytes = [0x15, 5, 0x1c, 0x11, 0x18, 1, b'a', 0, 0x19, 0x28, 1, b'b', 1, b'c', 0x06, 0xd8, 0x04, 2, 0, 9];
        let mut thrift = Thrift::new(&bytes);
        let mut read = Vec::new();
        let end = thrift.fields(|value, id| {
            match id {
                1 | 300 => read.push((id, value.int()?)),
                2 => value.fields(|value, id| {
                    match id {
                        1 => read.push((id, value.bool()?.into())),
                        _ => value.skip()?,
                    }
                    Some(())
                })?,
                _ => value.skip()?,
            }
            Some(())
        });
        assert_eq!((end, thrift.left()), (Some(()), 1));
        assert_eq!(read, [(1, -3), (1, 1), (300, 1)]);
        for len in 0..bytes.len() - 1 {
            assert_eq!(Thrift::new(&bytes[..len]).fields(|value, _| value.skip()), None, "cut off at {len}");
        }
        assert_eq!(Thrift::new(&bytes).fields(|value, _| value.bool().map(drop)), None, "a number is no truth value");
    }

    #[test]
    fn what_is_deep_or_long_has_an_end() {
        for bytes in [&[0x1c; 10_000][..], &[0x19; 10_000], &[0x19, 0xfc, 0xff, 0xff, 0xff, 0x7f], &[0x18, 0xff, 0x7f]]
        {
            assert_eq!(Thrift::new(bytes).fields(|value, _| value.skip()), None);
        }
    }
}
