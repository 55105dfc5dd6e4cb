//! The native cleaner: rules, options, threads.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::{env, thread};

use deboil::config::{Config, checked_share};
use deboil::error::did_you_mean;
use deboil::rule::settings::Settings;
use deboil::{Categories, Category, Error, Errors, Mode, Options, Protect, Ruleset};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::arrow::{self, ArrowStream};
use crate::document::Given;
use crate::error::{rule_error, unknown_source};
use crate::fork::detached;
use crate::made::Maker;
use crate::pool::Pool;
use crate::work::Task;

/// What the nearest `deboil.toml` says, at or above the working directory: rule files, categories to keep, what to protect,
/// how much may go, and what it says of rules that others wrote, as JSON; empty if that is nothing.
#[pyfunction]
pub(crate) fn configuration(py: Python<'_>) -> PyResult<Configuration> {
    // A working directory that is gone has no configuration.
    let Ok(directory) = env::current_dir() else { return Ok(Default::default()) };
    let config = detached(py, || Config::find(&directory)).map_err(|error| rule_error(py, &error.into()))?;
    let keep = Category::ALL.iter().filter(|category| config.keep.contains(**category)).map(|category| category.name());
    Ok((config.rules, keep.collect(), config.protect.names(), config.max_removed, packed(&config.settings)))
}

type Configuration = (Vec<PathBuf>, Vec<&'static str>, Vec<&'static str>, Option<f64>, String);

/// Settings as a pickled cleaner holds them.
fn packed(settings: &Settings) -> String {
    if settings.is_empty() {
        return String::new();
    }
    serde_json::to_string(settings).expect("ids, places and categories are all JSON can hold")
}

fn unpacked(settings: &str) -> PyResult<Settings> {
    if settings.is_empty() {
        return Ok(Settings::default());
    }
    serde_json::from_str(settings).map_err(|error| PyValueError::new_err(format!("settings: {error}")))
}

/// The name and the text of each bundled rule file.
#[pyfunction]
pub(crate) fn bundled_rules() -> &'static [(&'static str, &'static str)] {
    deboil::bundled::PACKS
}

/// Rules that are loaded, and how they are applied.
#[pyclass(frozen, module = "deboil._deboil")]
pub(crate) struct Cleaner {
    pub(crate) task: Task,
    pub(crate) pool: Pool,
}

#[pymethods]
impl Cleaner {
    /// Loads rule files by their paths and rule files by name and text, and runs their proofs.
    #[new]
    #[pyo3(signature = (paths, texts, settings, threads, *, bundled, keep, aggressive, preview, full_page, force, protect, max_removed))]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn new(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        texts: Vec<(String, String)>,
        settings: &str,
        threads: Option<usize>,
        bundled: bool,
        keep: Vec<String>,
        aggressive: bool,
        preview: bool,
        full_page: bool,
        force: bool,
        protect: Vec<String>,
        max_removed: Option<f64>,
    ) -> PyResult<Self> {
        let protect = protect.iter().map(|name| protected(name)).collect::<PyResult<Protect>>()?;
        let max_removed = max_removed.map(checked_share).transpose().map_err(|(what, cure)| mistake(&what, cure))?;
        let keep = keep.iter().map(|name| category(name)).collect::<PyResult<Categories>>()?;
        let mode = if full_page { Mode::FullPage } else { Mode::Extracted };
        let options = Options { mode, keep, preview, aggressive, tidy: false, protect, max_removed };
        let pool = Pool::new(threads.unwrap_or_else(available_threads));
        let settings = unpacked(settings)?;
        let loaded = detached(py, || load(&paths, &texts, settings, bundled));
        let rules = loaded.map_err(|errors| rule_error(py, &errors))?;
        Ok(Self { task: Task { rules, options, force }, pool })
    }

    #[getter]
    fn files(&self) -> Vec<(String, String)> {
        self.task.rules.files().to_vec()
    }

    /// The ids of all sources that the rules know.
    fn sources(&self) -> Vec<&str> {
        self.task.rules.sources().map(|(_, source)| source.id.as_str()).collect()
    }

    /// Rejects the id of a source that the rules do not know.
    pub(crate) fn check_source(&self, id: &str) -> PyResult<()> {
        let rules = &self.task.rules;
        rules.source_by_id(id).map(|_| ()).ok_or_else(|| unknown_source(rules, id))
    }

    fn clean<'py>(&self, py: Python<'py>, document: Given) -> PyResult<Bound<'py, PyAny>> {
        let done = detached(py, || self.task.clean(&document));
        self.maker(py, &document).cleaned(&done)
    }

    /// Cleans documents on the cleaner's threads.
    fn clean_all<'py>(&self, py: Python<'py>, documents: Vec<Given>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let pool = self.pool.get();
        let clean = |document: &Given| self.task.clean(document);
        let done: Vec<_> = detached(py, || match pool {
            Some(pool) => pool.install(|| documents.par_iter().map(clean).collect()),
            None => documents.iter().map(clean).collect(),
        });
        documents.iter().zip(&done).map(|(document, done)| self.maker(py, document).cleaned(done)).collect()
    }

    /// Cleans a column of a table.
    fn clean_arrow(
        slf: Bound<'_, Self>,
        data: &Bound<'_, PyAny>,
        text: &str,
        url: Option<&str>,
        lang: Option<&str>,
        source: Option<String>,
    ) -> PyResult<ArrowStream> {
        arrow::clean(slf, data, text, url, lang, source)
    }

    fn explain<'py>(&self, py: Python<'py>, document: Given) -> PyResult<Bound<'py, PyAny>> {
        let explained = detached(py, || self.task.explain(&document));
        self.maker(py, &document).explanation(&explained)
    }
}

impl Cleaner {
    fn maker<'a, 'py>(&'a self, py: Python<'py>, document: &'a Given) -> Maker<'a, 'py> {
        Maker { py, rules: &self.task.rules, text: &document.text }
    }
}

fn category(name: &str) -> PyResult<Category> {
    let known = Category::ALL.iter().map(|category| category.name());
    name.parse().map_err(|what: String| mistake(&what, &did_you_mean(name, known)))
}

fn protected(name: &str) -> PyResult<Protect> {
    name.parse().map_err(|what: String| mistake(&what, &did_you_mean(name, Protect::NAMES)))
}

fn mistake(what: &str, cure: &str) -> PyErr {
    PyValueError::new_err(format!("{what}; {cure}"))
}

fn available_threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn load(paths: &[PathBuf], texts: &[(String, String)], settings: Settings, bundled: bool) -> Result<Ruleset, Errors> {
    let mut builder = Ruleset::builder().bundled(bundled).settings(settings);
    for path in paths {
        builder = builder.path(Path::new(path));
    }
    for (name, text) in texts {
        builder = builder.text(name, text);
    }
    let rules = builder.build()?;
    if rules.is_empty() {
        return Err(
            Error::new("there are no rules", "leave out `bundled=False`, or name a rule file in `rules`").into()
        );
    }
    deboil::prove::own_packs(&rules)?;
    Ok(rules)
}
