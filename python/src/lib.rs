//! The native part of the Python package `deboil`: what runs without the interpreter's lock, and little else. What
//! people see of it, with its documentation, is in `python/deboil/`.

mod arrow;
mod cleaner;
mod document;
mod error;
mod fork;
mod made;
mod offsets;
mod pool;
mod work;

use pyo3::prelude::*;

/// The native part of the package.
#[pymodule]
mod _deboil {
    use deboil::Category;
    use pyo3::prelude::*;
    use pyo3::types::PyTuple;

    #[pymodule_export]
    use crate::arrow::ArrowStream;
    #[pymodule_export]
    use crate::cleaner::{Cleaner, bundled_rules, configuration};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let categories = Category::ALL.iter().map(|category| category.name());
        module.add("CATEGORIES", PyTuple::new(module.py(), categories.collect::<Vec<_>>())?)?;
        module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
        crate::fork::register(module.py())
    }
}
