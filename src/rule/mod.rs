//! What a rule is: the checked form, between the mirror of the TOML ([`mod@file`]) and the compiled set ([`set`]).

use serde::{Deserialize, Serialize};

pub mod anchor;
mod backtracker;
pub mod category;
mod classes;
mod dfa;
mod engine;
pub mod file;
pub mod file_visitors;
mod form;
pub(crate) mod index;
pub mod kind;
pub mod literal;
pub mod load;
pub mod matcher;
pub mod named;
mod outline;
mod packed;
mod paths;
pub mod pattern;
mod program;
mod relaxed;
mod rows;
mod runner;
mod saved;
#[cfg(rule_schema)]
pub mod schema;
mod search;
pub mod set;
pub mod settings;
pub mod spanned;
mod toml_text;
mod verbatim;
pub mod words;

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Place};
use crate::layout::Region;
pub use category::{Categories, Category};
pub use kind::Kind;
use matcher::Matcher;
pub use packed::Packed;

/// The index of a rule in its [`set::Ruleset`].
pub type RuleIdx = u32;

/// The index of a pack in its [`set::Ruleset`].
pub type PackIdx = u32;

/// The part of the document that a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Where {
    /// Before the end of the first prose.
    Head,
    /// Neither head nor tail.
    Body,
    /// Where no prose follows.
    Tail,
}

impl Where {
    /// Whether a line that stands in `region` is in this part.
    pub fn holds(self, region: Region) -> bool {
        match self {
            Self::Head => matches!(region, Region::Head | Region::Both),
            Self::Body => region == Region::Body,
            Self::Tail => matches!(region, Region::Tail | Region::Both),
        }
    }
}

/// What the input is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// What an extractor left of a page.
    #[default]
    Extracted,
    /// The text of a whole page, menus and all.
    FullPage,
}

/// How settled a rule is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It runs.
    #[default]
    Stable,
    /// It runs when preview rules are asked for.
    Preview,
    /// It runs, and will go.
    Deprecated,
}

/// How sure a rule is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// It runs.
    #[default]
    High,
    /// It runs when aggressive rules are asked for.
    Low,
}

/// What a rule needs to have hit in the same document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Need {
    /// Another rule, by id.
    Rule(Reference),
    /// A source, by id.
    Source(Reference),
}

/// The id of a rule or a source, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The id.
    pub id: String,
    /// Where it stands.
    pub place: Place,
}

/// A day: year, month, day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day, from 1.
    pub day: u8,
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.parse::<toml::value::Datetime>().ok().filter(|it| it.time.is_none());
        let day = parsed.and_then(|it| it.date).ok_or("write a day, such as 2026-11-01")?;
        Ok(Self { year: day.year, month: day.month, day: day.day })
    }
}

/// An example of a rule, and where it stands in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Example {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// A checked rule.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Its name, such as `generic.share-bar`.
    pub id: String,
    /// What kind of junk it deletes.
    pub category: Category,
    /// Why it exists.
    pub why: String,
    /// What it does.
    pub kind: Kind,
    /// When the junk was last seen.
    pub last_seen: Option<Date>,
    /// Texts that it must delete, or delete from.
    pub strips: Vec<Example>,
    /// Texts that it must leave alone.
    pub keeps: Vec<Example>,
    /// The longest line, in words, that it may touch (in a run: the longest line of the run).
    pub max_words: Option<u32>,
    /// The part of the document that it looks at; everywhere if `None`.
    pub place: Option<Where>,
    /// What protects a line.
    pub unless: Vec<Matcher>,
    /// What must hit in the same document.
    pub needs: Vec<Need>,
    /// Whether a neighbour must go, too.
    pub beside: bool,
    /// The modes in which it runs; all if empty.
    pub modes: Vec<Mode>,
    /// The languages that it is for; all if empty.
    pub langs: Vec<String>,
    /// How settled it is.
    pub status: Status,
    /// How sure it is.
    pub confidence: Confidence,
    /// Where it is defined.
    pub origin: Place,
}

impl Rule {
    /// Whether a match of it counts for itself: such rules run before those that look around them.
    pub fn is_certain(&self) -> bool {
        self.kind.is_asked_first() && self.place.is_none() && self.needs.is_empty() && !self.beside
    }
}

/// What a source is to the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// It published the text.
    #[default]
    Publisher,
    /// It is the software that carried it.
    Platform,
    /// It keeps copies of pages.
    Archive,
    /// It supplies texts to publishers.
    Agency,
}

/// Who published, archived or re-published texts, and how that is recognised.
#[derive(Debug, Serialize, Deserialize)]
pub struct Source {
    /// Its name in `--source`, `extends` and `needs`.
    pub id: String,
    /// What it is to the text.
    pub role: Role,
    /// What people call it.
    pub name: String,
    /// Host names; their subdomains count too.
    pub hosts: Vec<String>,
    /// Globs of paths under which its texts lie.
    pub paths: Vec<String>,
    /// Ids of sources whose rules apply as well.
    pub extends: Vec<Reference>,
    /// Ids of rules of other packs that do not apply.
    pub disable: Vec<Reference>,
    /// Categories that are found in its texts, but not deleted.
    pub keep: Categories,
    /// Ways to recognise it in the text; one is enough.
    pub signatures: Vec<Matcher>,
    /// Where it is defined.
    pub origin: Place,
}

/// A whole document with what must be left of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Test {
    /// What it shows.
    pub name: String,
    /// The document.
    pub input: String,
    /// What must be left.
    pub output: String,
    /// The mode to run in.
    pub mode: Mode,
    /// The document's language.
    pub lang: Option<String>,
    /// Whether rules of low confidence run.
    pub aggressive: bool,
    /// Whether preview rules run.
    pub preview: bool,
    /// Where it stands.
    pub place: Place,
}

/// A checked rule file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Pack {
    /// The file, as named by the user or relative to `rules/`.
    pub file: String,
    /// Whether it came with the program.
    pub bundled: bool,
    /// Whose texts it is for; `None` for a generic pack.
    pub source: Option<Packed<Source>>,
    /// Its rules.
    pub rules: Vec<Packed<Rule>>,
    /// Its tests.
    pub tests: Packed<Vec<Test>>,
    /// What loading noticed in it that stops nobody.
    #[serde(skip)]
    pub warnings: Vec<Error>,
}
