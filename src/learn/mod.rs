//! Learns rules from a corpus: what recurs in the texts of one source, and how sure it is that it is junk.
//!
//! The texts are read twice. The [`Survey`] counts in how many of them each line, sentence and opening stands, in a sketch
//! of fixed size. The [`Observer`] takes down where those stand that recur, and what stands around them. Of that [`Evidence`]
//! proposals are made, and [`write()`] puts them into a rule file for a person to read.
//!
//! ```
//! use deboil::learn::{Observer, Origin, Survey, write};
//! use deboil::Mode;
//!
//! let pages = ["ferry", "tram", "bridge"].map(|what| {
//!     format!("The {what} is late again, the mayor said on Monday evening.\n\nGet the Port Letter every Friday\n")
//! });
//! let survey = Survey::default();
//! pages.iter().for_each(|page| survey.add("port-times", page.as_bytes()));
//! let observer = Observer::of(survey, Mode::Extracted);
//! let mut evidence = observer.evidence().remove("port-times").unwrap();
//! for (number, page) in pages.iter().enumerate() {
//!     evidence.add(&format!("{number}.txt"), observer.observe("port-times", page.as_bytes(), &[], &[]));
//! }
//! let proposals = evidence.proposals();
//! let origin = Origin { id: "port-times", hosts: &["porttimes.example"], ..Origin::default() };
//! assert!(write(&origin, &proposals).contains("Get the Port Letter every Friday"));
//! ```

mod category;
mod evidence;
mod frame;
mod judge;
mod observe;
mod proposal;
mod sketch;
mod survey;
mod template;
mod units;
mod write;

pub use evidence::Evidence;
pub use observe::{Observed, Observer};
pub use proposal::{Form, Proposal};
pub use survey::Survey;
pub use write::{Origin, appended, write};
