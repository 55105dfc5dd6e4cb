//! What is done without the interpreter's lock.

use deboil::batch::LeftAlone;
use deboil::text::sniff::{Content, sniff};
use deboil::{Document, Explanation, Metadata, Options, Outcome, Removal, Ruleset, SourceIdx, Span};

use crate::document::{Given, Text};
use crate::offsets::{Offsets, starts_code_point};

/// How documents are cleaned.
pub(crate) struct Task {
    pub(crate) rules: Ruleset,
    pub(crate) options: Options,
    /// Whether what is no text is cleaned as if it were one.
    pub(crate) force: bool,
}

/// What became of a document.
#[derive(Clone)]
pub(crate) enum Status {
    Unchanged,
    Cleaned,
    /// It was left alone for a reason.
    Left(String),
}

impl From<Outcome> for Status {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Unchanged => Self::Unchanged,
            Outcome::Cleaned => Self::Cleaned,
            Outcome::Left(left) => Self::Left(left.to_string()),
        }
    }
}

/// A cleaned document.
pub(crate) struct Done {
    pub(crate) status: Status,
    /// What is left, if it is less.
    pub(crate) text: Option<Vec<u8>>,
    pub(crate) removals: Vec<Removal>,
    pub(crate) sources: Vec<SourceIdx>,
    pub(crate) metadata: Vec<Metadata>,
    pub(crate) offsets: Offsets,
}

/// An explained document.
pub(crate) struct Explained {
    pub(crate) status: Status,
    pub(crate) explanation: Option<Explanation>,
    pub(crate) offsets: Offsets,
}

impl Task {
    /// Cleans a document.
    pub(crate) fn clean(&self, given: &Given) -> Done {
        if let Some(reason) = self.obstacle(given.text.bytes()) {
            return left_alone(reason);
        }
        let cleaned = deboil::clean(&self.rules, &given.document(), &self.options);
        if let Text::Surrogates(..) = given.text
            && cuts_code_point(given.text.bytes(), &cleaned.removals)
        {
            return left_alone("a rule would cut a lone surrogate in two".to_owned());
        }
        let offsets = offsets(&given.text, cleaned.removals.iter().map(|removal| removal.span));
        Done {
            text: (cleaned.outcome == Outcome::Cleaned).then(|| cleaned.text.into_owned()),
            status: cleaned.outcome.into(),
            removals: cleaned.removals,
            sources: cleaned.sources,
            metadata: cleaned.metadata,
            offsets,
        }
    }

    /// What is left of a document, if it is less.
    pub(crate) fn left(&self, document: &Document) -> Option<Vec<u8>> {
        if self.obstacle(document.text).is_some() {
            return None;
        }
        let cleaned = deboil::clean(&self.rules, document, &self.options);
        (cleaned.outcome == Outcome::Cleaned).then(|| cleaned.text.into_owned())
    }

    /// Explains a document.
    pub(crate) fn explain(&self, given: &Given) -> Explained {
        if let Some(reason) = self.obstacle(given.text.bytes()) {
            return Explained { status: Status::Left(reason), explanation: None, offsets: Offsets::Bytes };
        }
        let mut explanation = deboil::explain(&self.rules, &given.document(), &self.options);
        explanation.forget_repetitions();
        let matches = explanation.matches.iter().map(|found| found.span);
        let offsets = offsets(&given.text, matches.chain(explanation.removals.iter().map(|removal| removal.span)));
        Explained { status: explanation.outcome.clone().into(), explanation: Some(explanation), offsets }
    }

    /// Why a document is not to be cleaned, seen from outside.
    fn obstacle(&self, text: &[u8]) -> Option<String> {
        let left = match sniff(text) {
            Content::Wide(wide) => return Some(format!("it is {wide}, not UTF-8; decode it first")),
            _ if self.force => return None,
            Content::Binary => LeftAlone::Binary,
            Content::Html => LeftAlone::Html,
            // The program has other advice.
            Content::Json => return Some("JSON records, not a text; extract the texts first".to_owned()),
            Content::Text => return None,
        };
        Some(left.to_string())
    }
}

fn left_alone(reason: String) -> Done {
    Done {
        status: Status::Left(reason),
        text: None,
        removals: Vec::new(),
        sources: Vec::new(),
        metadata: Vec::new(),
        offsets: Offsets::Bytes,
    }
}

/// The bytes of a lone surrogate are no UTF-8, so a pattern may see each for itself.
fn cuts_code_point(text: &[u8], removals: &[Removal]) -> bool {
    let is_inside = |offset: usize| text.get(offset).is_some_and(|&byte| !starts_code_point(byte));
    removals.iter().any(|removal| is_inside(removal.span.start) || is_inside(removal.span.end))
}

fn offsets(text: &Text, spans: impl Iterator<Item = Span>) -> Offsets {
    if !text.is_str() {
        return Offsets::Bytes;
    }
    Offsets::in_code_points(text.bytes(), spans.flat_map(|span| [span.start, span.end]))
}
