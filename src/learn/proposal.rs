//! A rule that the evidence speaks for.

use crate::rule::{Category, Confidence, Mode};

/// A text that a rule deletes, or looks for, and what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The text; of a pattern, the pattern.
    pub text: String,
    /// In how many texts it stands and where, for a person to read.
    pub evidence: String,
}

/// What a rule deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Whole lines.
    Lines(Vec<Item>),
    /// Lines that start with a text.
    Starts(Vec<Item>),
    /// Texts inside lines.
    Phrases(Vec<Item>),
    /// The name of the site behind titles.
    TitleEnds(Vec<Item>),
    /// Whole lines between the paragraphs of the article, which above it are titles.
    HeadlinesInside(Vec<Item>),
    /// The same below the article.
    HeadlinesBelow(Vec<Item>),
    /// Lines by a pattern.
    Pattern(Item),
    /// What follows a line of the tail, with it.
    Cut(Vec<Item>),
    /// Of a whole page what is not its article.
    Article {
        /// Lines below the last of which the article starts: literals and patterns.
        after: Vec<Marker>,
        /// Lines above the first of which it ends.
        before: Vec<Marker>,
        /// Whether pages say their title once more above the article.
        title: bool,
    },
}

impl Form {
    /// Its texts, if it is a list of them.
    pub fn items(&self) -> &[Item] {
        match self {
            Self::Lines(items)
            | Self::Starts(items)
            | Self::Phrases(items)
            | Self::TitleEnds(items)
            | Self::HeadlinesInside(items)
            | Self::HeadlinesBelow(items)
            | Self::Cut(items) => items,
            Self::Pattern(_) | Self::Article { .. } => &[],
        }
    }

    /// The same for the first half of its texts, and for the second, if there are enough of them.
    pub(super) fn halves(&self) -> Option<(Self, Self)> {
        let of: fn(Vec<Item>) -> Self = match self {
            Self::Lines(_) => Self::Lines,
            Self::Starts(_) => Self::Starts,
            Self::Phrases(_) => Self::Phrases,
            Self::TitleEnds(_) => Self::TitleEnds,
            Self::HeadlinesInside(_) => Self::HeadlinesInside,
            Self::HeadlinesBelow(_) => Self::HeadlinesBelow,
            Self::Cut(_) => Self::Cut,
            Self::Pattern(_) | Self::Article { .. } => return None,
        };
        let items = self.items();
        let (first, second) = items.split_at_checked(items.len() / 2).filter(|(first, _)| !first.is_empty())?;
        Some((of(first.to_vec()), of(second.to_vec())))
    }
}

/// A line by which a rule finds its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The literal or the pattern, and what speaks for it.
    pub item: Item,
    /// Whether it is a pattern.
    pub is_pattern: bool,
}

/// A rule that the evidence speaks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// What it is called in its file, behind the source's id.
    pub name: String,
    /// What kind of junk it deletes.
    pub category: Category,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it deletes.
    pub form: Form,
    /// In one sentence where that stands.
    pub why: String,
    /// Lines that it deletes, or deletes from.
    pub strips: Vec<String>,
    /// Lines of articles, which it leaves alone.
    pub keeps: Vec<String>,
    /// What the texts were that it was learnt from, and the only ones that it is for if they were whole pages.
    pub mode: Mode,
    /// How many bytes of the corpus it would delete, if that is known: 0 for `[[article]]`.
    pub bytes: u64,
}
