//! A document as Python hands it over.

use std::ffi::CStr;
use std::path::PathBuf;

use deboil::{Document, Span};
use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyString};

const UTF_8: &CStr = c"utf-8";
/// Lone surrogates are written as UTF-8 writes other code points.
const SURROGATES: &CStr = c"surrogatepass";

/// What Python knows of a document: a `deboil.Document`.
#[derive(FromPyObject)]
pub(crate) struct Given {
    pub(crate) text: Text,
    pub(crate) url: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) lang: Option<String>,
    pub(crate) path: Option<PathBuf>,
}

impl Given {
    /// The document as the rules see it.
    pub(crate) fn document(&self) -> Document<'_> {
        Document {
            text: self.text.bytes(),
            path: self.path.as_deref(),
            url: self.url.as_deref(),
            source: self.source.as_deref(),
            lang: self.lang.as_deref(),
        }
    }
}

/// A Python text, whose bytes can be read without the interpreter's lock.
pub(crate) enum Text {
    /// A string.
    Str(PyBackedStr),
    /// A string with lone surrogates, and its bytes.
    Surrogates(Py<PyString>, PyBackedBytes),
    /// Bytes.
    Bytes(PyBackedBytes),
}

impl Text {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Str(text) => text.as_bytes(),
            Self::Surrogates(_, bytes) | Self::Bytes(bytes) => bytes,
        }
    }

    /// Whether Python counts its code points.
    pub(crate) fn is_str(&self) -> bool {
        !matches!(self, Self::Bytes(_))
    }

    /// The object that was handed over.
    pub(crate) fn object<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Str(text) => Ok(text.as_py_str().bind(py).clone().into_any()),
            Self::Surrogates(text, _) => Ok(text.bind(py).clone().into_any()),
            Self::Bytes(bytes) => Ok(bytes.into_pyobject(py)?.into_any()),
        }
    }

    /// A part of it as a text of its kind.
    pub(crate) fn part<'py>(&self, py: Python<'py>, span: Span) -> PyResult<Bound<'py, PyAny>> {
        self.like(py, span.of(self.bytes()))
    }

    /// Some of its bytes as a text of its kind.
    pub(crate) fn like<'py>(&self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Str(_) => Ok(PyString::from_bytes(py, bytes)?.into_any()),
            Self::Surrogates(..) => {
                let bytes = PyBytes::new(py, bytes).into_any();
                Ok(PyString::from_encoded_object(&bytes, Some(UTF_8), Some(SURROGATES))?.into_any())
            }
            Self::Bytes(_) => Ok(PyBytes::new(py, bytes).into_any()),
        }
    }
}

impl FromPyObject<'_, '_> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self::Bytes(bytes.to_owned().into()));
        }
        let text = object.cast::<PyString>()?;
        match PyBackedStr::try_from(text.to_owned()) {
            Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(object.py()) => with_surrogates(&text),
            text => text.map(Self::Str),
        }
    }
}

fn with_surrogates(text: &Bound<'_, PyString>) -> PyResult<Text> {
    let bytes = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
    Ok(Text::Surrogates(text.clone().unbind(), bytes.cast_into::<PyBytes>()?.into()))
}
