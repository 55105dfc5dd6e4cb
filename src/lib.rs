//! Takes the boilerplate out of scraped text.
//!
//! Declarative rules say what is junk; one pass over a text finds it, and what is decided to go is deleted. Nothing is
//! ever rewritten: what is left is the text minus some of its bytes, and each of them is accounted for.
//!
//! ```
//! use deboil::{Document, Options, Ruleset, clean};
//!
//! let rules = Ruleset::bundled();
//! let scraped = b"Council backs harbour plan\n\n\
//!     The council voted on Monday for a new harbour after two hours of debate.\n\n\
//!     Let\xe2\x80\x99s block ads! (Why?)\n\n\
//!     Powered by WPeMatico\n";
//! let cleaned = clean(&rules, &Document::new(scraped), &Options::default());
//! assert!(cleaned.text.ends_with(b"two hours of debate.\n"));
//! for removal in &cleaned.removals {
//!     println!("{:?}: {}", removal.span, rules.rule(removal.rules[0]).id);
//! }
//! ```

pub mod batch;
pub mod bundled;
pub mod check;
pub mod clean;
pub mod config;
pub mod copies;
pub mod error;
pub mod fold;
pub mod layout;
pub mod learn;
#[cfg(feature = "ledger")]
pub mod ledger;
pub mod page;
pub mod prove;
pub mod rule;
pub mod sentence;
pub mod text;
mod threads;

pub use clean::{
    Cleaned, Explanation, Finding, Left, Lost, Metadata, Options, Outcome, Protect, Reason, Removal, Step, Verdict,
    clean, explain,
};
pub use error::{Error, Errors};
pub use layout::Span;
pub use rule::set::{Ruleset, RulesetBuilder, SourceIdx};
pub use rule::{Categories, Category, Mode, Pack, Rule, RuleIdx, Source};
pub use text::document::Document;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
