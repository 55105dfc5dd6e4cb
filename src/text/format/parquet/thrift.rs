//! Bytes in the compact protocol of Thrift, of which little is asked: some numbers, among fields that are gone over.
//! As thrift-compact-protocol.md of Apache Thrift says.

use super::fields::{Fields, Kind};

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

    /// Goes over a structure to its end. The fields that are known are of their kinds.
    pub(super) fn skip_fields(&mut self, known: Fields) -> Option<()> {
        self.fields(|value, id| value.skip_known(known, id))
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

    /// Goes over it. A list or a map of truth values is none: some readers take each of these for one byte, others for
    /// nothing, and then go on from elsewhere.
    pub(super) fn skip(self) -> Option<()> {
        let Self { thrift, kind, depth } = self;
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => thrift.advance(1),
            4..=6 => thrift.varint().map(drop),
            7 => thrift.advance(8),
            8 => thrift.varint().and_then(|len| thrift.advance(len)),
            9 | 10 => {
                let (len, kind) = thrift.list()?;
                thrift.skip_many(len, &[kind], depth)
            }
            11 => {
                let len = thrift.varint()?;
                let kinds = if len > 0 { thrift.byte()? } else { 0 };
                thrift.skip_many(len, &[kinds >> 4, kinds & 0xf], depth)
            }
            STRUCT => thrift.fields_at(depth, |value, _| value.skip()),
            13 => thrift.advance(16),
            _ => None,
        }
    }

    /// The same of a field by its number, whose kind may be known.
    pub(super) fn skip_known(self, known: Fields, id: i16) -> Option<()> {
        match known.iter().find(|(number, _)| *number == id) {
            Some((_, kind)) => self.skip_as(*kind),
            None => self.skip(),
        }
    }

    fn skip_as(self, kind: Kind) -> Option<()> {
        match (kind, self.kind) {
            (Kind::Truth, TRUE | FALSE)
            | (Kind::Byte, BYTE)
            | (Kind::Int, 4..=6)
            | (Kind::Double, 7)
            | (Kind::Bytes, 8) => self.skip(),
            (Kind::Struct(known), STRUCT) => self.thrift.fields_at(self.depth, |value, id| value.skip_known(known, id)),
            (Kind::List(of), 9 | 10) => self.skip_list_of(*of),
            _ => None,
        }
    }

    fn skip_list_of(self, of: Kind) -> Option<()> {
        let Self { thrift, depth, .. } = self;
        let (depth, (len, kind)) = (depth.checked_sub(1)?, thrift.list()?);
        match of {
            // Of an empty list some writers do not say what it would hold.
            _ if len == 0 => Some(()),
            _ if len > thrift.left() as u64 => None,
            Kind::Truth => matches!(kind, TRUE | FALSE).then(|| thrift.advance(len))?,
            _ => (0..len).try_for_each(|_| Value { thrift, kind, depth }.skip_as(of)),
        }
    }
}

impl Thrift<'_> {
    /// How many values a list has, and of which kind.
    fn list(&mut self) -> Option<(u64, u8)> {
        let header = self.byte()?;
        let len = if header >> 4 == 15 { self.varint()? } else { (header >> 4).into() };
        Some((len, header & 0xf))
    }

    /// Goes over so many rows of values of these kinds.
    fn skip_many(&mut self, count: u64, kinds: &[u8], depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        // Each value has a byte, or more: nobody goes over what is not there, one by one.
        let is_there =
            count <= self.left() as u64 && (count == 0 || kinds.iter().all(|kind| !matches!(*kind, TRUE | FALSE)));
        is_there.then_some(())?;
        (0..count).try_for_each(|_| kinds.iter().try_for_each(|&kind| Value { thrift: self, kind, depth }.skip()))
    }
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
    fn fields_that_are_known_are_of_their_kinds() {
        const KNOWN: Fields = &[
            (1, Kind::List(&Kind::Truth)),
            (2, Kind::List(&Kind::Bytes)),
            (3, Kind::List(&Kind::Struct(&[(1, Kind::Truth), (2, Kind::Byte)]))),
            (4, Kind::Double),
        ];
        let are_whole = |bytes: &[u8]| Thrift::new(bytes).skip_fields(KNOWN).is_some();
        for (bytes, what) in [
            (&[0x19, 0x31, 1, 2, 1, 0][..], "three truth values"),
            (&[0x19, 0, 0], "an empty list that does not say of what"),
            (&[0x29, 0x28, 1, b'a', 0, 0], "two texts"),
            (&[0x39, 0x2c, 0x11, 0x13, 7, 0, 0x12, 0, 0], "two structures"),
            (&[0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0], "a number"),
            (&[0x5b, 2, 0x38, 7, 1, b'a', 8, 0, 0], "a map that is not known"),
            (&[0x5d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "sixteen bytes that are not known"),
        ] {
            assert!(are_whole(bytes), "{what}");
            assert!(!are_whole(&bytes[..bytes.len() - 1]), "{what}, cut off");
        }
        for (bytes, what) in [
            (&[0x19, 0x35, 1, 2, 1, 0][..], "numbers for truth values"),
            (&[0x19, 0xf1, 9, 2, 1, 0], "fewer truth values than there should be"),
            (&[0x28, 0, 0], "a text for a list of them"),
            (&[0x39, 0x1c, 0x15, 0, 0, 0], "a number in a structure for a truth value"),
            (&[0x45, 1, 0], "another number"),
            (&[0x59, 0x31, 1, 2, 1, 0], "truth values that are not known"),
            (&[0x5b, 2, 0x31, 0, 1, 0, 2, 0], "a map of them"),
        ] {
            assert!(!are_whole(bytes), "{what}");
        }
    }

    #[test]
    fn what_is_deep_or_long_has_an_end() {
        for bytes in [&[0x1c; 10_000][..], &[0x19; 10_000], &[0x19, 0xfc, 0xff, 0xff, 0xff, 0x7f], &[0x18, 0xff, 0x7f]]
        {
            assert_eq!(Thrift::new(bytes).fields(|value, _| value.skip()), None);
        }
    }
}
