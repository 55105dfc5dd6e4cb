//! Values of a rule file that may be written in more than one way: one or a list, a string or a table.
//!
//! Written out because an untagged enum would lose the place and the cause of a mistake inside it.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::file::{MatcherSpec, MatcherTable};
use super::spanned::Spanned;

/// One value or a list of them.
#[derive(Debug)]
pub enum OneOrMany<T> {
    /// A value alone.
    One(T),
    /// A list.
    Many(Vec<Spanned<T>>),
}

impl<T> OneOrMany<T> {
    /// The values, each with its place in the file; `whole` is the place of all.
    pub fn each(&self, whole: Range<usize>) -> Vec<(&T, Range<usize>)> {
        match self {
            Self::One(value) => vec![(value, whole)],
            Self::Many(values) => values.iter().map(|value| (value.get_ref(), value.span())).collect(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

struct OneOrManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a list")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(StrDeserializer::new(text)).map(OneOrMany::One)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(OneOrMany::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(OneOrMany::Many(values))
    }
}

impl<'de> Deserialize<'de> for MatcherSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MatcherVisitor)
    }
}

struct MatcherVisitor;

impl<'de> Visitor<'de> for MatcherVisitor {
    type Value = MatcherSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a table such as { pattern = '…' }")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<MatcherSpec, E> {
        Ok(MatcherSpec::Literal(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<MatcherSpec, A::Error> {
        let table = MatcherTable::deserialize(MapAccessDeserializer::new(map))?;
        Ok(MatcherSpec::Table(Box::new(table)))
    }
}
