//! Where a byte offset lies in a Python string, which counts code points.

/// Places in a text, by their byte offsets.
pub(crate) enum Offsets {
    /// Places are counted in bytes.
    Bytes,
    /// Places are counted in code points: each byte offset that was asked for, in order, with those before it.
    CodePoints(Vec<(usize, usize)>),
}

impl Offsets {
    /// Counts the code points before some byte offsets, in one sweep over the text.
    ///
    /// The text may hold lone surrogates, written as UTF-8 writes other code points.
    pub(crate) fn in_code_points(text: &[u8], byte_offsets: impl Iterator<Item = usize>) -> Self {
        let mut sorted: Vec<usize> = byte_offsets.collect();
        sorted.sort_unstable();
        sorted.dedup();
        let (mut at, mut count) = (0, 0);
        let counted = sorted.into_iter().map(|offset| {
            count += text[at..offset].iter().filter(|&&byte| starts_code_point(byte)).count();
            at = offset;
            (offset, count)
        });
        Self::CodePoints(counted.collect())
    }

    /// The place of a byte offset that was asked for.
    pub(crate) fn of(&self, byte_offset: usize) -> usize {
        match self {
            Self::Bytes => byte_offset,
            Self::CodePoints(counted) => counted[counted.partition_point(|&(offset, _)| offset < byte_offset)].1,
        }
    }
}

/// Whether a byte of UTF-8 is the first of a code point.
pub(crate) fn starts_code_point(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}
