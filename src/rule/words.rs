//! The words by which rule files choose one of a few things.

use std::marker::PhantomData;
use std::ops::Deref;

use serde::{Deserialize, Deserializer};

use super::file::{Action, Extent, Text};
use super::kind::repeat::Unit;
use super::literal::How;
use super::{Confidence, Mode, Role, Status, Where};

/// What rule files have words for.
pub trait Word: Copy + 'static {
    /// Each word, and what it stands for.
    const WORDS: &'static [(&'static str, Self)];

    /// What is said of it to those who choose.
    fn meaning(self) -> Option<&'static str> {
        None
    }
}

/// A word that stands for a `T`, or should, and where it is written.
#[derive(Debug)]
pub struct Choice<T> {
    text: Text,
    stands_for: PhantomData<T>,
}

impl<T> Deref for Choice<T> {
    type Target = Text;

    fn deref(&self) -> &Text {
        &self.text
    }
}

impl<'de, T> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|text| Self { text, stands_for: PhantomData })
    }
}

/// Gives types their words.
macro_rules! words {
    ($($type:ty { $($text:literal $value:expr,)* })*) => {
        $(impl Word for $type {
            const WORDS: &'static [(&'static str, Self)] = &[$(($text, $value),)*];
        })*
    };
}

words! {
    Option<Where> {
        "head" Some(Where::Head),
        "body" Some(Where::Body),
        "tail" Some(Where::Tail),
        "anywhere" None,
    }
    Mode {
        "extracted" Mode::Extracted,
        "full-page" Mode::FullPage,
    }
    Status {
        "stable" Status::Stable,
        "preview" Status::Preview,
        "deprecated" Status::Deprecated,
    }
    Confidence {
        "high" Confidence::High,
        "low" Confidence::Low,
    }
    How {
        "equals" How::Equals,
        "starts" How::Starts,
        "ends" How::Ends,
        "contains" How::Contains,
    }
    Role {
        "publisher" Role::Publisher,
        "platform" Role::Platform,
        "archive" Role::Archive,
        "agency" Role::Agency,
    }
    Unit {
        "paragraph" Unit::Paragraph,
        "pullquote" Unit::Pullquote,
        "line" Unit::Line,
        "versions" Unit::Versions,
    }
    Action {
        "drop" Action::Drop,
        "keep" Action::Keep,
    }
    Extent {
        "sentence" Extent::Sentence,
    }
}
