//! Tables: a column of texts is cleaned, batch by batch, and all else is handed through as it is.

mod capsule;
mod column;

use std::sync::{Mutex, PoisonError};

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use deboil::Document;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use rayon::prelude::*;

use crate::cleaner::Cleaner;
use crate::fork::detached;
use capsule::Batches;

/// A table that is cleaned while it is read, which can be done once.
#[pyclass(frozen, module = "deboil._deboil")]
pub(crate) struct ArrowStream(Mutex<Option<Batches>>);

#[pymethods]
impl ArrowStream {
    /// The batches, by Arrow's interface for C. They have the schema of the table, whichever is asked for.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let batches = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let again = || PyValueError::new_err("these batches were read already; call `clean_arrow` again");
        capsule::export(py, batches.ok_or_else(again)?)
    }
}

/// Cleans the column `text` of a table; the columns `url` and `lang`, if named, hold addresses and languages, and
/// `source` published all texts.
pub(crate) fn clean(
    cleaner: Bound<'_, Cleaner>,
    data: &Bound<'_, PyAny>,
    text: &str,
    url: Option<&str>,
    lang: Option<&str>,
    source: Option<String>,
) -> PyResult<ArrowStream> {
    source.as_ref().map_or(Ok(()), |source| cleaner.get().check_source(source))?;
    let batches = capsule::import(data)?;
    let schema = batches.schema();
    let text = find(&schema, text, column::is_text)?;
    let strings = |name: Option<&str>| name.map(|name| find(&schema, name, column::is_string)).transpose();
    let (url, lang) = (strings(url)?, strings(lang)?);
    let cleaning = Cleaning { batches, schema, cleaner: cleaner.unbind(), text, url, lang, source };
    Ok(ArrowStream(Mutex::new(Some(Box::new(cleaning)))))
}

/// The index of a column of a table.
fn find(schema: &Schema, name: &str, fits: impl Fn(&DataType) -> bool) -> PyResult<usize> {
    let Some((index, field)) = schema.column_with_name(name) else {
        let names: Vec<_> = schema.fields().iter().map(|field| format!("`{}`", field.name())).collect();
        return Err(PyValueError::new_err(format!("there is no column `{name}`; there are {}", names.join(", "))));
    };
    let kind = field.data_type();
    let no_text = || PyValueError::new_err(format!("the column `{name}` holds {kind}; cast it to strings first"));
    fits(kind).then_some(index).ok_or_else(no_text)
}

/// Batches that are cleaned when they are asked for.
struct Cleaning {
    batches: Batches,
    schema: SchemaRef,
    cleaner: Py<Cleaner>,
    text: usize,
    url: Option<usize>,
    lang: Option<usize>,
    source: Option<String>,
}

impl Iterator for Cleaning {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.batches.next()?;
        Some(batch.and_then(|batch| self.clean(batch)))
    }
}

impl RecordBatchReader for Cleaning {
    fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }
}

impl Cleaning {
    /// Cleans a batch; one of which nothing goes stays as it is.
    fn clean(&self, batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
        let texts = column::texts(batch.column(self.text));
        let left = self.left(&texts, &Strings::of(&batch, self.url), &Strings::of(&batch, self.lang));
        if left.iter().all(Option::is_none) {
            return Ok(batch);
        }
        let new: Vec<_> = texts.iter().zip(&left).map(|(text, left)| left.as_deref().or(*text)).collect();
        let mut columns = batch.columns().to_vec();
        columns[self.text] = column::column(batch.column(self.text).data_type(), &new)?;
        RecordBatch::try_new(batch.schema(), columns)
    }

    /// What is left of each text, where that is less. Whether the reader holds the interpreter's lock is not known.
    fn left(&self, texts: &[Option<&[u8]>], urls: &Strings, langs: &Strings) -> Vec<Option<Vec<u8>>> {
        let cleaner = self.cleaner.get();
        let source = self.source.as_deref();
        let clean = |(row, text): (usize, &Option<&[u8]>)| {
            let document = Document { url: urls.get(row), lang: langs.get(row), source, ..Document::new((*text)?) };
            cleaner.task.left(&document)
        };
        Python::attach(|py| {
            let pool = cleaner.pool.get();
            detached(py, || match pool {
                Some(pool) => pool.install(|| texts.par_iter().enumerate().map(clean).collect()),
                None => texts.iter().enumerate().map(clean).collect(),
            })
        })
    }
}

/// A column that tells of each row, if there is one.
struct Strings<'b>(Option<Vec<Option<&'b [u8]>>>);

impl<'b> Strings<'b> {
    fn of(batch: &'b RecordBatch, column: Option<usize>) -> Self {
        Self(column.map(|column| column::texts(batch.column(column))))
    }

    /// What is told of a row; nothing if it is no UTF-8, as another library may have checked less.
    fn get(&self, row: usize) -> Option<&'b str> {
        std::str::from_utf8(self.0.as_ref()?[row]?).ok()
    }
}
