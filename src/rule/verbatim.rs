//! Bytes that a pattern names, and where in a line they stand.

use bstr::ByteSlice;

use super::search::bits;

/// Bytes that stand in a line as they are, one at least.
#[derive(Debug)]
pub(super) struct Verbatim {
    bytes: Vec<u8>,
    /// Which of them is the rarest in text.
    rarest: usize,
}

impl Verbatim {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let rarest = (0..bytes.len()).max_by_key(|&at| bits(bytes[at])).unwrap_or(0);
        Self { bytes: bytes.to_vec(), rarest }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The first place between two at which they start to stand.
    pub(super) fn first_between(&self, first: usize, last: usize, line: &[u8]) -> Option<usize> {
        let mut from = first + self.rarest;
        loop {
            let places = line.get(from..line.len().min(last + self.rarest + 1))?;
            let at = from + places.find_byte(self.bytes[self.rarest])?;
            if self.stand_at(at - self.rarest, line) {
                return Some(at - self.rarest);
            }
            from = at + 1;
        }
    }

    /// The last place between two at which they start to stand.
    pub(super) fn last_between(&self, first: usize, last: usize, line: &[u8]) -> Option<usize> {
        let from = first + self.rarest;
        let mut end = line.len().min(last + self.rarest + 1);
        loop {
            let at = from + line.get(from..end)?.rfind_byte(self.bytes[self.rarest])?;
            if self.stand_at(at - self.rarest, line) {
                return Some(at - self.rarest);
            }
            end = at;
        }
    }

    fn stand_at(&self, at: usize, line: &[u8]) -> bool {
        line[at..].starts_with(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_found_wherever_it_stands(bytes in "[abx]{1,4}", line in "[abx]{0,30}", first in 0..34_usize, more in 0..34_usize) {
            let (text, line) = (Verbatim::of(bytes.as_bytes()), line.as_bytes());
            let stands = |at: &usize| line.get(*at..).is_some_and(|rest| rest.starts_with(bytes.as_bytes()));
            prop_assert_eq!(text.first_between(first, first + more, line), (first..=first + more).find(stands));
            prop_assert_eq!(text.last_between(first, first + more, line), (first..=first + more).rev().find(stands));
        }
    }
}
