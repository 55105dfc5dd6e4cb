//! Makes the Python objects of `deboil._results` of what was found.

use deboil::clean::sources::{By, Recognised};
use deboil::{Explanation, Finding, Metadata, Removal, Ruleset, Step, Verdict};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::document::Text;
use crate::offsets::Offsets;
use crate::work::{Done, Explained, Status};

static CLEANED: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static REMOVAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static EXPLANATION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static MATCH: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static SOURCE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static WORDS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

fn class<'py>(py: Python<'py>, cell: &'static PyOnceLock<Py<PyType>>, name: &str) -> PyResult<&'py Bound<'py, PyType>> {
    cell.import(py, "deboil._results", name)
}

/// The objects that one document leads to.
pub(crate) struct Maker<'a, 'py> {
    pub(crate) py: Python<'py>,
    pub(crate) rules: &'a Ruleset,
    pub(crate) text: &'a Text,
}

impl<'py> Maker<'_, 'py> {
    /// A `Cleaned`.
    pub(crate) fn cleaned(&self, done: &Done) -> PyResult<Bound<'py, PyAny>> {
        let text = match &done.text {
            Some(left) => self.text.like(self.py, left)?,
            None => self.text.object(self.py)?,
        };
        let (status, reason) = status(&done.status);
        let removals = self.removals(&done.removals, &done.offsets)?;
        let sources = done.sources.iter().map(|&source| self.rules.source(source).id.as_str());
        let sources = PyTuple::new(self.py, sources.collect::<Vec<_>>())?;
        let class = class(self.py, &CLEANED, "Cleaned")?;
        class.call1((text, status, reason, removals, sources, self.metadata(&done.metadata)?))
    }

    /// An `Explanation`.
    pub(crate) fn explanation(&self, explained: &Explained) -> PyResult<Bound<'py, PyAny>> {
        let (status, reason) = status(&explained.status);
        let found = explained.explanation.as_ref();
        let sources = found.map_or(&[][..], |found| &found.sources);
        let sources: Vec<_> = sources.iter().map(|source| self.source(source)).collect::<PyResult<_>>()?;
        let matches = found.map_or(&[][..], |found| &found.matches);
        let matches: Vec<_> =
            matches.iter().map(|found| self.found(found, &explained.offsets)).collect::<PyResult<_>>()?;
        let removals = self.removals(found.map_or(&[][..], |found| &found.removals), &explained.offsets)?;
        let (sources, matches) = (PyTuple::new(self.py, sources)?, PyTuple::new(self.py, matches)?);
        let words = found.map(|found| self.words(found)).transpose()?;
        class(self.py, &EXPLANATION, "Explanation")?.call1((status, reason, sources, matches, removals, words))
    }

    fn words(&self, found: &Explanation) -> PyResult<Bound<'py, PyAny>> {
        class(self.py, &WORDS, "Words")?.call1((found.words, found.lost.words, found.lost.vaguely))
    }

    fn removals(&self, removals: &[Removal], offsets: &Offsets) -> PyResult<Bound<'py, PyTuple>> {
        let made: Vec<_> = removals.iter().map(|removal| self.removal(removal, offsets)).collect::<PyResult<_>>()?;
        PyTuple::new(self.py, made)
    }

    fn removal(&self, removal: &Removal, offsets: &Offsets) -> PyResult<Bound<'py, PyAny>> {
        let rules = || removal.rules.iter().map(|&rule| self.rules.rule(rule));
        let ids = PyTuple::new(self.py, rules().map(|rule| rule.id.as_str()).collect::<Vec<_>>())?;
        let categories = PyTuple::new(self.py, rules().map(|rule| rule.category.name()).collect::<Vec<_>>())?;
        let span = removal.span;
        let text = self.text.part(self.py, span)?;
        let (start, end) = (offsets.of(span.start), offsets.of(span.end));
        class(self.py, &REMOVAL, "Removal")?.call1((start, end, span.start, span.end, text, ids, categories))
    }

    fn found(&self, found: &Finding, offsets: &Offsets) -> PyResult<Bound<'py, PyAny>> {
        let rule = self.rules.rule(found.rule);
        let span = found.span;
        let text = self.text.part(self.py, span)?;
        let (start, end) = (offsets.of(span.start), offsets.of(span.end));
        let step = match found.step {
            Step::Certain => "certain",
            Step::Context => "context",
        };
        let (verdict, reason) = match found.verdict {
            Verdict::Removed => ("removed", None),
            Verdict::Kept(reason) => ("kept", Some(reason.to_string())),
        };
        let place = (start, end, span.start, span.end, text);
        let told = (found.pass, step, verdict, reason);
        class(self.py, &MATCH, "Match")?.call1((
            place.0,
            place.1,
            place.2,
            place.3,
            place.4,
            &rule.id,
            rule.category.name(),
            &rule.why,
            told.0,
            told.1,
            told.2,
            told.3,
        ))
    }

    fn source(&self, recognised: &Recognised) -> PyResult<Bound<'py, PyAny>> {
        let (by, line, extended_by) = match recognised.by {
            By::Name => ("name", None, None),
            By::Url => ("url", None, None),
            By::Path => ("path", None, None),
            By::Signature(line) => ("signature", Some(line), None),
            By::Extends(source) => ("extends", None, Some(&self.rules.source(source).id)),
        };
        let source = self.rules.source(recognised.source);
        class(self.py, &SOURCE, "Source")?.call1((&source.id, by, line, extended_by))
    }

    fn metadata(&self, metadata: &[Metadata]) -> PyResult<Bound<'py, PyDict>> {
        let made = PyDict::new(self.py);
        for Metadata { name, .. } in metadata {
            if !made.contains(name)? {
                let values = metadata.iter().filter(|other| other.name == *name).map(|other| &other.value);
                made.set_item(name, PyTuple::new(self.py, values.collect::<Vec<_>>())?)?;
            }
        }
        Ok(made)
    }
}

fn status(status: &Status) -> (&'static str, Option<&str>) {
    match status {
        Status::Unchanged => ("unchanged", None),
        Status::Cleaned => ("cleaned", None),
        Status::Left(reason) => ("left", Some(reason)),
    }
}
