//! Values that stay packed until someone asks for them.
//!
//! Of the rules that are part of the program a run needs few. The others stay what they are in the program's file: bytes.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde::ser::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that may still be packed, in which case the first use of it unpacks it.
pub struct Packed<T> {
    bytes: &'static [u8],
    value: OnceLock<Box<T>>,
}

impl<T> From<T> for Packed<T> {
    fn from(value: T) -> Self {
        Self { bytes: &[], value: Box::new(value).into() }
    }
}

impl<T: DeserializeOwned> Deref for Packed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        let unpack = || postcard::from_bytes(self.bytes).expect("the program packed it");
        self.value.get_or_init(|| Box::new(unpack()))
    }
}

impl<T: DeserializeOwned> Packed<T> {
    /// The value, to be changed.
    pub fn value_mut(&mut self) -> &mut T {
        let _ = &**self;
        self.bytes = &[];
        self.value.get_mut().expect("it was unpacked just now")
    }
}

impl<T> Packed<T> {
    /// Whether it was packed, and nobody could change it since.
    pub(super) fn is_as_packed(&self) -> bool {
        !self.bytes.is_empty()
    }
}

impl<T: DeserializeOwned + fmt::Debug> fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Serialize> Serialize for Packed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value.get() {
            Some(value) => serializer.serialize_bytes(&postcard::to_allocvec(value).map_err(S::Error::custom)?),
            None => serializer.serialize_bytes(self.bytes),
        }
    }
}

impl<'de: 'static, T> Deserialize<'de> for Packed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { bytes: <&'de [u8]>::deserialize(deserializer)?, value: OnceLock::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_there_when_it_is_asked_for() {
        let packed: Packed<Vec<String>> = vec!["lamp".to_owned(), "pier".to_owned()].into();
        let bytes: &'static [u8] = postcard::to_allocvec(&packed).unwrap().leak();
        let again: Packed<Vec<String>> = postcard::from_bytes(bytes).unwrap();
        assert_eq!(postcard::to_allocvec(&again).unwrap(), bytes, "packed as before");
        assert_eq!(*again, ["lamp", "pier"]);
        assert_eq!(postcard::to_allocvec(&again).unwrap(), bytes, "and packed anew");
    }
}
