//! The mirror of a rule file: what the TOML says, with the place of every value.
//!
//! Nothing here is checked beyond types and known keys; [`super::load`] turns it into [`super::Rule`]s.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::value::Datetime;

use super::file_visitors::OneOrMany;
use super::kind::repeat::Unit;
use super::literal::How;
use super::spanned::Spanned;
use super::words::Choice;
use super::{Category, Confidence, Mode, Role, Status, Where};

/// A string and where it stands in the file.
pub type Text = Spanned<String>;

/// One string or a list of strings.
pub type Texts = Option<Spanned<OneOrMany<String>>>;

/// One matcher or a list of matchers.
pub type Matchers = Option<Spanned<OneOrMany<MatcherSpec>>>;

/// A whole rule file.
#[derive(Debug, Deserialize)]
#[cfg_attr(rule_schema, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The version of this format; 1.
    pub schema: Option<Spanned<i64>>,
    /// The oldest deboil that understands the file.
    pub min_version: Option<Text>,
    /// The languages of all rules of the file (BCP 47 primary tags).
    #[serde(default)]
    pub langs: Vec<Text>,
    /// Patterns with a name, for which `(?&name)` stands in those below and in all patterns of rules; a list is one of its
    /// patterns.
    #[serde(default)]
    pub patterns: BTreeMap<String, Spanned<OneOrMany<String>>>,
    /// Who published, archived or re-published the texts that the rules are for; without it they apply to every text.
    pub source: Option<SourceTable>,
    /// Rules that delete a literal inside a line.
    #[serde(default)]
    pub phrase: Vec<Spanned<PhraseTable>>,
    /// Rules that delete a line by its text.
    #[serde(default)]
    pub line: Vec<Spanned<LineTable>>,
    /// Rules that delete a line, or a part of it, by a pattern.
    #[serde(default)]
    pub regex: Vec<Spanned<RegexTable>>,
    /// Rules that delete from one line to another.
    #[serde(default)]
    pub block: Vec<Spanned<BlockTable>>,
    /// Rules that delete everything after (or before) a marker.
    #[serde(default)]
    pub cut: Vec<Spanned<CutTable>>,
    /// Rules that recognise consecutive lines by their order.
    #[serde(default)]
    pub sequence: Vec<Spanned<SequenceTable>>,
    /// Rules that delete runs of short lines.
    #[serde(default)]
    pub run: Vec<Spanned<RunTable>>,
    /// Rules that delete headlines of other articles between paragraphs.
    #[serde(default)]
    pub headline: Vec<Spanned<HeadlineTable>>,
    /// Rules that delete what the document holds twice.
    #[serde(default)]
    pub repeat: Vec<Spanned<RepeatTable>>,
    /// Rules that keep the article of a whole page.
    #[serde(default)]
    pub article: Vec<Spanned<ArticleTable>>,
    /// Whole documents that the rules of the file are run on.
    #[serde(default)]
    pub test: Vec<Spanned<TestTable>>,
}

/// `[source]`: who published, archived or re-published a text, and how that is recognised.
#[derive(Debug, Deserialize)]
#[cfg_attr(rule_schema, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SourceTable {
    /// The source's name in `--source`, `extends` and `needs`.
    pub id: Text,
    /// `publisher` (default), `platform`, `archive` or `agency`.
    pub role: Option<Choice<Role>>,
    /// What people call it.
    pub name: Option<Text>,
    /// Host names; their subdomains count too.
    #[serde(default)]
    pub hosts: Vec<Text>,
    /// Globs of paths under which its texts lie.
    #[serde(default)]
    pub paths: Vec<Text>,
    /// Ids of sources whose rules apply as well.
    #[serde(default)]
    pub extends: Vec<Text>,
    /// Ids of rules of other packs that do not apply to this source.
    #[serde(default)]
    pub disable: Vec<Text>,
    /// Ways to recognise the source in the text; one is enough.
    #[serde(default)]
    pub signature: Vec<Spanned<MatcherTable>>,
}

/// A literal, a table with a literal or a pattern, or a list of these.
#[derive(Debug)]
pub enum MatcherSpec {
    /// A literal.
    Literal(String),
    /// `{ any = […], match = "…" }` or `{ pattern = "…" }`.
    Table(Box<MatcherTable>),
}

/// `{ any, match, pattern, where }`: what a line must look like; all that is given must hold.
#[derive(Debug, Deserialize)]
#[cfg_attr(rule_schema, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MatcherTable {
    /// Literals, of which one must match.
    #[serde(default)]
    pub any: Vec<Text>,
    /// How a literal matches the line.
    #[serde(rename = "match")]
    pub how: Option<Choice<How>>,
    /// A pattern of the whole line (in `unless`: of any part of it).
    pub pattern: Option<Text>,
    /// Where in the document the line must stand.
    #[serde(rename = "where")]
    pub place: Option<Choice<Option<Where>>>,
    /// Whether raw bytes are compared.
    pub exact: Option<bool>,
    /// Whether a literal must start and end at word boundaries.
    pub boundary: Option<bool>,
}

/// Defines a rule table: the keys that every kind has, and the kind's own.
macro_rules! rule_table {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[cfg_attr(rule_schema, derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The rule's name, unique in its file, such as `generic.share-bar`.
            pub id: Text,
            /// What kind of junk it deletes.
            pub category: Choice<Category>,
            /// Why the rule exists: where the text was seen, what puts it there.
            pub why: Text,
            /// When the junk was last seen in the wild, such as 2026-11-01, without quotes.
            #[cfg_attr(rule_schema, schemars(with = "Option<String>"))]
            pub last_seen: Option<Spanned<Datetime>>,
            /// Texts that the rule must delete, or delete from.
            #[serde(default)]
            pub strips: Vec<Text>,
            /// Texts that the rule must leave alone.
            #[serde(default)]
            pub keeps: Vec<Text>,
            /// The longest line, in words, that the rule may touch.
            pub max_words: Option<Spanned<i64>>,
            /// The part of the document that the rule looks at.
            #[serde(rename = "where")]
            pub place: Option<Choice<Option<Where>>>,
            /// Literals or patterns that protect a line that has them.
            pub unless: Matchers,
            /// Ids of rules (or `source:ID`) that must hit in the same document.
            pub needs: Texts,
            /// Whether the line before or after must go, too.
            pub beside: Option<bool>,
            /// The modes in which the rule runs.
            #[serde(default)]
            pub modes: Vec<Choice<Mode>>,
            /// The languages that the rule is for.
            #[serde(default)]
            pub langs: Vec<Text>,
            /// `stable` (default), `preview` or `deprecated`.
            pub status: Option<Choice<Status>>,
            /// `high` (default) or `low`.
            pub confidence: Option<Choice<Confidence>>,
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            /// The keys that every kind has, and the rest.
            pub(crate) fn common(&self) -> Common<'_> {
                Common {
                    id: &self.id,
                    category: &self.category,
                    why: &self.why,
                    last_seen: self.last_seen.as_ref(),
                    strips: &self.strips,
                    keeps: &self.keeps,
                    max_words: self.max_words.as_ref(),
                    place: self.place.as_ref(),
                    unless: &self.unless,
                    needs: &self.needs,
                    beside: self.beside.unwrap_or(false),
                    modes: &self.modes,
                    langs: &self.langs,
                    status: self.status.as_ref(),
                    confidence: self.confidence.as_ref(),
                }
            }
        }
    };
}

/// What the tables of all kinds share.
pub(crate) struct Common<'a> {
    pub(crate) id: &'a Text,
    pub(crate) category: &'a Choice<Category>,
    pub(crate) why: &'a Text,
    pub(crate) last_seen: Option<&'a Spanned<Datetime>>,
    pub(crate) strips: &'a [Text],
    pub(crate) keeps: &'a [Text],
    pub(crate) max_words: Option<&'a Spanned<i64>>,
    pub(crate) place: Option<&'a Choice<Option<Where>>>,
    pub(crate) unless: &'a Matchers,
    pub(crate) needs: &'a Texts,
    pub(crate) beside: bool,
    pub(crate) modes: &'a [Choice<Mode>],
    pub(crate) langs: &'a [Text],
    pub(crate) status: Option<&'a Choice<Status>>,
    pub(crate) confidence: Option<&'a Choice<Confidence>>,
}

rule_table! {
    /// `[[phrase]]`: deletes a literal inside a line.
    PhraseTable {
        /// The literals.
        any: Spanned<Vec<Text>>,
        /// Literals up to and with which it deletes, in the same line.
        through: Texts,
        /// `sentence`: the sentence around the literal goes.
        extend: Option<Choice<Extent>>,
        /// Whether raw bytes are compared.
        exact: Option<bool>,
        /// Whether the literal must start and end at word boundaries.
        boundary: Option<bool>,
    }
}

rule_table! {
    /// `[[line]]`: deletes a line by its text.
    LineTable {
        /// The literals.
        any: Spanned<Vec<Text>>,
        /// `equals` (default), `starts`, `ends` or `contains`.
        #[serde(rename = "match")]
        how: Option<Choice<How>>,
        /// Whether raw bytes are compared.
        exact: Option<bool>,
        /// Whether the literal must start and end at word boundaries.
        boundary: Option<bool>,
    }
}

rule_table! {
    /// `[[regex]]`: deletes a line that a pattern matches as a whole, or its group `junk`.
    RegexTable {
        /// The pattern.
        pattern: Text,
        /// Literals of which every matching line holds one.
        #[serde(default)]
        keywords: Vec<Text>,
    }
}

rule_table! {
    /// `[[block]]`: deletes from one line to another.
    BlockTable {
        /// The first line that goes.
        from: Matchers,
        /// The line after the last one that goes.
        until: Matchers,
        /// The last line that goes.
        through: Matchers,
        /// How many lines it may span, blank ones counted.
        max_lines: Spanned<i64>,
    }
}

rule_table! {
    /// `[[cut]]`: deletes from a marker in the tail to the end, or from the start to a marker in the head.
    CutTable {
        /// The line at which the junk starts (in the head: ends).
        marker: Matchers,
        /// The largest share of the document's words that may go.
        max_fraction: Spanned<f64>,
    }
}

rule_table! {
    /// `[[sequence]]`: recognises consecutive non-blank lines by their order.
    SequenceTable {
        /// What each line must look like, and whether it goes.
        steps: Vec<Spanned<StepTable>>,
    }
}

/// How far a phrase reaches, by `extend`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The sentence around the literal.
    Sentence,
}

/// What becomes of the line of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It goes.
    Drop,
    /// It stays.
    Keep,
}

/// A step of a sequence: what the line must look like, and whether it goes.
#[derive(Debug, Deserialize)]
#[cfg_attr(rule_schema, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepTable {
    /// `keep` or `drop`.
    #[serde(rename = "do")]
    pub action: Choice<Action>,
    /// Literals, of which one must match.
    #[serde(default)]
    pub any: Vec<Text>,
    /// How a literal matches the line.
    #[serde(rename = "match")]
    pub how: Option<Choice<How>>,
    /// Whether the literals' case counts.
    pub exact_case: Option<bool>,
    /// A pattern of the whole line.
    pub pattern: Option<Text>,
    /// The fewest and the most words of the line.
    pub words: Option<Spanned<Vec<i64>>>,
    /// Whether the line ends in terminal punctuation.
    pub terminal: Option<bool>,
    /// Whether the line is a copy of a sentence that stays.
    pub copy: Option<bool>,
    /// Whether the line reads like a headline.
    pub headline: Option<bool>,
    /// Whether the step may be left out.
    pub optional: Option<bool>,
}

rule_table! {
    /// `[[run]]`: deletes runs of short unpunctuated lines; `max_words` is the longest of them.
    RunTable {
        /// The fewest lines of a run.
        min_lines: Spanned<i64>,
        /// Markers: only a run that follows one goes, and the marker with it.
        after: Matchers,
        /// Markers: only a run that stands before one goes, and the marker with it.
        before: Matchers,
    }
}

rule_table! {
    /// `[[headline]]`: deletes headlines of other articles between paragraphs.
    HeadlineTable {
        /// The fewest and the most words of a headline.
        words: Spanned<Vec<i64>>,
    }
}

rule_table! {
    /// `[[repeat]]`: deletes what the document holds twice.
    RepeatTable {
        /// `paragraph`, `pullquote`, `line` or `versions`.
        unit: Choice<Unit>,
    }
}

rule_table! {
    /// `[[article]]`: deletes what is not the article of a page. The cues are lines that tell where on a page one is.
    ArticleTable {
        /// What follows an article.
        ends: Matchers,
        /// Share buttons.
        shares: Matchers,
        /// Calls to sign up or in.
        signups: Matchers,
        /// Rights and policies.
        legal: Matchers,
        /// Items of menus.
        menus: Matchers,
        /// Who wrote the article and when.
        bylines: Matchers,
        /// Lines below the last of which the article starts.
        after: Matchers,
        /// Lines above the first of which the article ends.
        before: Matchers,
        /// Whether the title, and who wrote the article and when, stay.
        title: Option<bool>,
    }
}

/// `[[test]]`: a document before and after.
#[derive(Debug, Deserialize)]
#[cfg_attr(rule_schema, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TestTable {
    /// What the test shows.
    pub name: Option<String>,
    /// The document.
    pub input: Text,
    /// What must be left of it.
    pub output: Text,
    /// The mode to run in.
    pub mode: Option<Choice<Mode>>,
    /// The document's language.
    pub lang: Option<String>,
    /// Whether rules of low confidence run.
    pub aggressive: Option<bool>,
    /// Whether preview rules run.
    pub preview: Option<bool>,
}
