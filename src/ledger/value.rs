//! The values of a ledger that JSON has no type for: bytes, and hashes.

use std::borrow::Cow;
#[cfg(unix)]
use std::ffi::OsStr;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Some bytes: a string where they are UTF-8, else `{"base64": "…"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes<'a>(pub Cow<'a, [u8]>);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Spelled<'a> {
    Utf8(Cow<'a, str>),
    Other(InBase64),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InBase64 {
    base64: String,
}

impl<'a> Bytes<'a> {
    /// A path, as the system spells it.
    pub fn path(path: &'a Path) -> Self {
        path.as_os_str().as_encoded_bytes().into()
    }

    /// The path that they spell.
    pub fn to_path(&self) -> PathBuf {
        #[cfg(unix)]
        let path = <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(&self.0).into();
        #[cfg(not(unix))]
        let path = String::from_utf8_lossy(&self.0).into_owned().into();
        path
    }

    /// The names that a path is made of, with slashes between them: what leads out of a directory, or to its root, is
    /// none.
    pub(super) fn names(path: &Path) -> Bytes<'static> {
        let names = path.components().filter_map(|part| match part {
            Component::Normal(name) => Some(name.as_encoded_bytes()),
            _ => None,
        });
        Bytes(Cow::Owned(names.collect::<Vec<_>>().join(&b'/')))
    }
}

impl<'a> From<&'a [u8]> for Bytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }
}

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => InBase64 { base64: STANDARD.encode(&self.0) }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Cow::Owned(match Spelled::deserialize(deserializer)? {
            Spelled::Utf8(text) => text.into_owned().into_bytes(),
            Spelled::Other(InBase64 { base64 }) => STANDARD.decode(base64).map_err(D::Error::custom)?,
        })))
    }
}

/// A BLAKE3 hash, in hexadecimal digits.
///
/// Nobody can make two texts that have the same, so a text that has the hash of the one that was cleaned is that one,
/// whoever wrote it. A checksum that is not made for that would be faster; beside the cleaning, either takes no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(blake3::Hash);

impl Hash {
    /// That of bytes, which come in parts.
    pub fn of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_hex())
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = Cow::<str>::deserialize(deserializer)?;
        blake3::Hash::from_hex(digits.as_bytes()).map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_a_string_where_they_can_be() {
        for (bytes, json) in [(&b"a\n"[..], r#""a\n""#), (b"\xff\x00", r#"{"base64":"/wA="}"#), (b"", r#""""#)] {
            assert_eq!(serde_json::to_string(&Bytes::from(bytes)).unwrap(), json);
            assert_eq!(serde_json::from_str::<Bytes<'_>>(json).unwrap(), Bytes::from(bytes));
        }
        for wrong in [r#"{"base64":"?"}"#, r#"{"base32":""}"#, "1"] {
            assert!(serde_json::from_str::<Bytes<'_>>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_lead_nowhere_but_down() {
        let names = |path: &str| Bytes::names(Path::new(path));
        assert_eq!(names("./a//b.txt"), Bytes::from(&b"a/b.txt"[..]));
        assert_eq!(names("/../a/../b"), Bytes::from(&b"a/b"[..]));
    }

    #[test]
    fn a_hash_is_what_other_tools_print() {
        let digits = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(Hash::of([]).to_string(), digits);
        assert_eq!(Hash::of([&b"a"[..], b"b"]), Hash::of([&b"ab"[..]]));
        assert_eq!(serde_json::from_str::<Hash>(&format!("{digits:?}")).unwrap(), Hash::of([]));
    }
}
