//! Anchors: the literals that say where on a page a rule is worth asking.

use serde::{Deserialize, Serialize};

use super::literal::How;

/// A literal that is looked for on behalf of a rule: one of a rule's anchors stands in every line at which the rule finds
/// something, or, if it looks at several lines, in that of its marker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Anchor {
    /// What is looked for: folded, or with `exact` as it is.
    pub needle: String,
    /// Whether raw bytes are searched.
    pub exact: bool,
    /// Where in the line it must stand.
    pub how: How,
}
