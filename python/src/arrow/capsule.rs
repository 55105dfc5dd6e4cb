//! Arrow data from and to other libraries of the process, by the capsules that Python knows them by.
//!
//! A capsule of a known name holds a structure whose layout the Arrow specification fixes; what is in it is moved out,
//! and an empty one left, as the specification asks for.
#![allow(unsafe_code, reason = "a capsule gives a bare pointer")]

use std::ffi::CStr;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{ArrowArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, DataType};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";

/// Batches of rows, from wherever.
pub(crate) type Batches = Box<dyn RecordBatchReader + Send>;

/// The batches of a Python object that has the Arrow interface.
pub(crate) fn import(data: &Bound<'_, PyAny>) -> PyResult<Batches> {
    if let Some(export) = data.getattr_opt("__arrow_c_stream__")? {
        return import_stream(export.call0()?.cast()?);
    }
    let Some(export) = data.getattr_opt("__arrow_c_array__")? else {
        let kind = data.get_type().name()?.to_string();
        return Err(PyTypeError::new_err(format!("`{kind}` has neither `__arrow_c_stream__` nor `__arrow_c_array__`")));
    };
    let capsules = export.call0()?.cast_into::<PyTuple>()?;
    import_array(capsules.get_item(0)?.cast()?, capsules.get_item(1)?.cast()?)
}

fn import_stream(capsule: &Bound<'_, PyCapsule>) -> PyResult<Batches> {
    let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name holds such a stream.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
    Ok(Box::new(ArrowArrayStreamReader::try_new(stream).map_err(|error| no_table(&error))?))
}

fn import_array(schema: &Bound<'_, PyCapsule>, array: &Bound<'_, PyCapsule>) -> PyResult<Batches> {
    let schema = schema.pointer_checked(Some(SCHEMA))?.cast::<FFI_ArrowSchema>();
    let array = array.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
    // SAFETY: capsules of these names hold such structures, and what makes both says that they belong together.
    let data = unsafe { from_ffi(FFI_ArrowArray::from_raw(array.as_ptr()), schema.as_ref()) };
    let data = data.map_err(|error| no_table(&error))?;
    if !matches!(data.data_type(), DataType::Struct(_)) || data.null_count() > 0 {
        return Err(no_table(&ArrowError::SchemaError(data.data_type().to_string())));
    }
    let batch = RecordBatch::from(StructArray::from(data));
    let schema = batch.schema();
    Ok(Box::new(RecordBatchIterator::new([Ok(batch)], schema)))
}

fn no_table(error: &ArrowError) -> PyErr {
    PyValueError::new_err(format!("this is no table with a column of texts ({error}); pass a table or a batch of rows"))
}

/// A capsule with batches.
pub(crate) fn export(py: Python<'_>, batches: Batches) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(batches), STREAM)
}
