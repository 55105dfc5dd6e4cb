//! What goes wrong, as Python exceptions.

use deboil::error::did_you_mean;
use deboil::{Errors, Ruleset};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};

/// A `deboil.RuleError` that holds all mistakes.
pub(crate) fn rule_error(py: Python<'_>, errors: &Errors) -> PyErr {
    static ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static MISTAKE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let made = || {
        let mistake = MISTAKE.import(py, "deboil._errors", "Mistake")?;
        let mistakes: Vec<_> = errors.0.iter().map(|error| made_mistake(mistake, error)).collect::<PyResult<_>>()?;
        ERROR.import(py, "deboil._errors", "RuleError")?.call1((PyTuple::new(py, mistakes)?,))
    };
    made().map_or_else(|error| error, PyErr::from_value)
}

fn made_mistake<'py>(mistake: &Bound<'py, PyType>, error: &deboil::Error) -> PyResult<Bound<'py, PyAny>> {
    let place = error.place.as_ref();
    let path = place.map(|place| &place.file);
    let in_file = place.filter(|place| place.line > 0);
    let (line, column) = (in_file.map(|place| place.line), in_file.map(|place| place.column));
    mistake.call1((path, line, column, &error.what, &error.cure, error.to_string()))
}

/// The mistake of naming a source that no rule file has: its rules would be missing without a word.
pub(crate) fn unknown_source(rules: &Ruleset, id: &str) -> PyErr {
    let known: Vec<&str> = rules.sources().map(|(_, source)| source.id.as_str()).collect();
    PyValueError::new_err(format!("unknown source `{id}`; {}", did_you_mean(id, known)))
}
