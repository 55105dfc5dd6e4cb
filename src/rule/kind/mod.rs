//! The kinds of rules: what each finds on a page.
//!
//! A kind is a file here and a row in [`Kind`]; the compiler names the rest.

pub mod article;
pub mod block;
pub mod cut;
pub mod headline;
pub mod line;
pub mod phrase;
pub mod regex;
pub mod repeat;
pub mod run;
pub mod sequence;
pub mod versions;

use std::ops::Range;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use crate::layout::{Layout, Span};
use crate::page::Page;

use super::Rule;
use super::anchor::Anchor;
use super::matcher::{Matcher, without_return};

/// What a kind looks at, besides the rule and the hits of its anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depends {
    /// Each line with a hit by itself.
    Line,
    /// The page.
    Page,
    /// What the document was like, or what became of it so far.
    Document,
}

/// Defines the kinds: the variant, its name in rule files, what it looks at, and whether it is asked in the first step: a
/// match of it is a matter of one line (or of the lines between two markers) alone, or it reads the page with all its junk.
macro_rules! kinds {
    ($($variant:ident($inner:ty) $name:literal $depends:ident $local:literal,)*) => {
        /// What a rule does.
        #[derive(Debug, Serialize, Deserialize)]
        pub enum Kind {
            $(#[doc = concat!("`[[", $name, "]]`")] $variant($inner),)*
        }

        impl Kind {
            /// The names of all kinds.
            pub const NAMES: &[&str] = &[$($name,)*];

            /// Its name in rule files.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            /// What it looks at.
            pub fn depends(&self) -> Depends {
                match self {
                    $(Self::$variant(_) => Depends::$depends,)*
                }
            }

            /// Whether it is asked in the first step, if nothing else keeps it from that.
            pub fn is_asked_first(&self) -> bool {
                match self {
                    $(Self::$variant(_) => $local,)*
                }
            }

            /// The literals of which one stands in every document in which the rule finds something.
            pub fn anchors(&self) -> Vec<Anchor> {
                match self {
                    $(Self::$variant(kind) => kind.anchors(),)*
                }
            }

            /// What the rule finds on a page, by the hits of its anchors there.
            pub fn find(&self, look: &Look, hits: &[Hit]) -> Vec<Found> {
                match self {
                    $(Self::$variant(kind) => kind.find(look, hits),)*
                }
            }
        }
    };
}

kinds! {
    Phrase(phrase::Phrase) "phrase" Line true,
    Line(line::Line) "line" Line true,
    Regex(regex::Regex) "regex" Line true,
    Block(block::Block) "block" Page true,
    Cut(cut::Cut) "cut" Document true,
    Sequence(sequence::Sequence) "sequence" Page false,
    Run(run::Run) "run" Page false,
    Headline(headline::Headline) "headline" Page false,
    Repeat(repeat::Repeat) "repeat" Document false,
    Article(article::Article) "article" Page true,
}

/// Where an anchor was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// The line.
    pub line: u32,
    /// The view; `None` if raw bytes were searched.
    pub view: Option<u32>,
    /// The first byte in the view, or in the raw line.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
    /// Which of the rule's anchors it is.
    pub anchor: u32,
}

impl Hit {
    /// The text in which the anchor was seen: the view, or the raw line.
    pub fn text<'p>(&self, page: &'p Page) -> &'p [u8] {
        match self.view {
            Some(view) => page.view_bytes(view as usize),
            None => without_return(page.content(self.line as usize)),
        }
    }

    /// Where in that text.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of the page that a range of that text stands for.
    pub fn original(&self, page: &Page, range: Range<usize>) -> Option<Span> {
        match self.view {
            Some(view) => page.original(view as usize, range),
            None => {
                let start = page.layout.lines()[self.line as usize].content.start;
                Some(Span::new(start + range.start, start + range.end))
            }
        }
    }
}

/// What a kind may ask when it looks for its junk.
pub struct Look<'a> {
    /// The text.
    pub page: &'a Page<'a>,
    /// The rule that looks.
    pub rule: &'a Rule,
    /// The whole document as it was given.
    pub document: &'a Layout<'a>,
    /// The lines of which this rule has already deleted a part.
    pub edited: &'a dyn Fn(usize) -> bool,
    /// Whether to find, for a person to read, what stays anyway for where it stands or for its length.
    pub thorough: bool,
}

impl Look<'_> {
    /// Whether a line stands where the rule looks.
    pub fn is_in_place(&self, line: usize) -> bool {
        self.rule.place.is_none_or(|place| place.holds(self.page.layout.region(line)))
    }

    /// Whether something in a line protects it.
    pub fn is_protected(&self, line: usize) -> bool {
        self.rule.unless.iter().any(|matcher| matcher.holds(self.page, line))
    }
}

/// What a rule found: the bytes that would go, all or none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where the rule looked: the line whose place, words and protection decide.
    pub line: usize,
    /// The bytes, in order.
    pub spans: Vec<Span>,
}

impl Found {
    fn one(line: usize, span: Span) -> Self {
        Self { line, spans: vec![span] }
    }

    /// The same in a line of another page that is the same; for what lies in one line.
    pub(crate) fn moved(&self, from: &Page, to: &Page, line: usize) -> Self {
        let (old, new) = (from.layout.lines()[self.line].full.start, to.layout.lines()[line].full.start);
        let spans = self.spans.iter().map(|span| Span::new(span.start - old + new, span.end - old + new));
        Self { line, spans: spans.collect() }
    }
}

/// The span with the white space before it, or at the line's start with the white space after it. A span that brings
/// white space of its own stays as it is.
fn with_space(text: &[u8], span: Span, line: Span) -> Span {
    let own = span.of(text);
    if own.trim().len() < own.len() {
        return span;
    }
    let start = line.start + text[line.start..span.start].trim_end().len();
    if start > line.start {
        return Span::new(start, span.end);
    }
    let after = &text[span.end..line.end];
    Span::new(span.start, span.end + after.len() - after.trim_start().len())
}

/// The distinct lines of some hits, in order.
fn lines_of(hits: &[Hit]) -> impl Iterator<Item = usize> {
    let mut lines: Vec<usize> = hits.iter().map(|hit| hit.line as usize).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.into_iter()
}

/// The anchors of a list of alternatives; none if one of them has none.
fn anchors_of(matchers: &[Matcher]) -> Vec<Anchor> {
    if are_anchored(matchers) { matchers.iter().flat_map(Matcher::anchors).collect() } else { Vec::new() }
}

/// Whether each alternative has anchors.
fn are_anchored(matchers: &[Matcher]) -> bool {
    !matchers.is_empty() && matchers.iter().all(Matcher::is_anchored)
}

/// Whether one of some alternatives matches a line.
fn any_holds(matchers: &[Matcher], page: &Page, line: usize) -> bool {
    matchers.iter().any(|matcher| matcher.holds(page, line))
}

/// The lines that one of some markers matches: among the hits if the markers have anchors, else among all.
fn marked_lines(matchers: &[Matcher], page: &Page, hits: &[Hit]) -> Vec<usize> {
    let holds = |&line: &usize| any_holds(matchers, page, line);
    if are_anchored(matchers) {
        lines_of(hits).filter(holds).collect()
    } else {
        (0..page.len()).filter(holds).collect()
    }
}
