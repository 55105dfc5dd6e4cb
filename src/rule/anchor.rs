//! Anchors: the literals that say where on a page a rule is worth asking.

use serde::{Deserialize, Serialize};

use super::literal::How;

/// A literal that is looked for on behalf of a rule: it stands in every line in which the rule finds something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Anchor {
    /// What is looked for: folded, or with `exact` as it is.
    pub needle: String,
    /// Whether raw bytes are searched.
    pub exact: bool,
    /// Where in the line it must stand.
    pub how: How,
}
