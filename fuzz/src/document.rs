//! Any bytes, cleaned by the bundled rules: what the design promises of documents holds.

use std::sync::LazyLock;

use deboil::{Mode, Options, Protect, Ruleset};

use crate::promises::promises;

static BUNDLED: LazyLock<Ruleset> = LazyLock::new(Ruleset::bundled);

/// As most users clean, and as those do who want all of it.
pub(crate) fn ways() -> [Options; 2] {
    let protect = Protect { quotes: true, code: true };
    let all =
        Options { mode: Mode::FullPage, preview: true, aggressive: true, tidy: true, protect, ..Options::default() };
    [Options::default(), all]
}

/// Takes a document.
pub fn check(bytes: &[u8]) {
    for options in ways() {
        promises(&BUNDLED, bytes, &options).unwrap_or_else(|broken| panic!("{broken}"));
    }
}
