//! What a user says of rules that others wrote.

use serde::{Deserialize, Serialize};

use super::Reference;
use super::category::Categories;

/// The name of the file in which a user says it.
pub const FILE: &str = "deboil.toml";

/// What a user says of rules that others wrote.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    /// Rules that do not run, by id.
    pub disable: Vec<Reference>,
    /// What is said of the texts of some sources.
    pub sources: Vec<SourceSettings>,
}

impl Settings {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.disable.is_empty() && self.sources.is_empty()
    }
}

/// What is said of the texts of a source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SourceSettings {
    /// The source.
    pub source: Reference,
    /// Rules that do not run on its texts, by id.
    pub disable: Vec<Reference>,
    /// Categories that are found in its texts, but not deleted.
    pub keep: Categories,
}
