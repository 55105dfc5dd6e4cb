//! What becomes of a rule where several files speak of it.

use deboil::error::Place;
use deboil::{Categories, RuleIdx, Ruleset};
use serde::Serialize;

/// What becomes of a rule.
#[derive(Serialize)]
pub(super) struct Effect {
    /// Where it is defined.
    pub(super) origin: String,
    /// Where the rules of its id are defined whose place it takes.
    replaces: Vec<String>,
    /// Where it is switched off for all texts.
    off: Option<String>,
    /// For which sources it is switched off.
    off_for: Vec<ForSource>,
    /// Whether what it finds stays, as its category is kept.
    kept: bool,
    /// For which sources what it finds stays.
    kept_for: Vec<String>,
}

#[derive(Serialize)]
struct ForSource {
    source: String,
    /// Where that is said.
    by: String,
}

impl Effect {
    /// What becomes of a rule of a set; `keep` is what stays of all texts.
    pub(super) fn of(rules: &Ruleset, index: RuleIdx, keep: Categories) -> Self {
        let rule = rules.rule(index);
        let replaced = rules.overridden().iter().filter(|other| other.id == rule.id);
        let off_for = rules.sources().flat_map(|(_, source)| {
            let named = source.disable.iter().filter(|other| other.id == rule.id);
            named.map(|other| ForSource { source: source.id.clone(), by: other.place.to_string() })
        });
        // Of a pack of a source, only what is kept of its own texts is told: on those of others it seldom runs.
        let own = rules.pack_of(index).source.as_ref();
        let is_told = |id: &str| own.is_none_or(|own| own.id == id);
        let kept_for = rules.sources().filter(|(_, source)| source.keep.contains(rule.category) && is_told(&source.id));
        Self {
            origin: rule.origin.to_string(),
            replaces: replaced.map(|other| other.origin.to_string()).collect(),
            off: rules.disabled(index).map(Place::to_string),
            off_for: off_for.collect(),
            kept: keep.contains(rule.category),
            kept_for: kept_for.map(|(_, source)| source.id.clone()).collect(),
        }
    }

    /// All but its origin, for people.
    pub(super) fn notes(&self) -> String {
        let off_for = self.off_for.iter().map(|off| format!("off for {} by {}", off.source, off.by));
        let notes = (self.replaces.iter().map(|place| format!("instead of {place}")))
            .chain(self.off.iter().map(|place| format!("off by {place}")))
            .chain(off_for)
            .chain(self.kept.then(|| "kept".to_owned()))
            .chain(self.kept_for.iter().map(|source| format!("kept for {source}")));
        notes.collect::<Vec<_>>().join(", ")
    }
}
