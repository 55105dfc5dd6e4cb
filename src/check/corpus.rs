//! What rules do to a corpus: how often each fires, where, and which others delete the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::clean::{Explanation, Options, Verdict};
use crate::layout::{Layout, Span};
use crate::rule::set::{Ruleset, SourceIdx};
use crate::rule::{Date, RuleIdx};

/// What a rule did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// In how many documents it deleted something.
    pub documents: u64,
    /// How often.
    pub removals: u64,
    /// How many bytes, those counted that another rule deletes as well.
    pub bytes: u64,
    /// How many of the removals start in a paragraph of prose.
    pub in_prose: u64,
}

impl Usage {
    fn add(&mut self, other: Self) {
        self.documents += other.documents;
        self.removals += other.removals;
        self.bytes += other.bytes;
        self.in_prose += other.in_prose;
    }
}

/// Two rules, in their order.
pub type Pair = (RuleIdx, RuleIdx);

/// What the rules did to one document.
#[derive(Clone, Debug, Default)]
pub struct Firings {
    sources: Vec<SourceIdx>,
    usage: BTreeMap<RuleIdx, Usage>,
    /// How often two rules deleted the same bytes.
    overlaps: BTreeMap<Pair, u64>,
}

impl Firings {
    /// Those of a document of some sources in which no rule matched.
    pub fn none(sources: &[SourceIdx]) -> Self {
        Self { sources: sources.to_vec(), ..Self::default() }
    }

    /// Counts what fired in a document of which this is the text.
    pub fn of(explanation: &Explanation, text: &[u8]) -> Self {
        let sources = explanation.sources.iter().map(|recognised| recognised.source).collect();
        let removed = explanation.matches.iter().filter(|finding| finding.verdict == Verdict::Removed);
        let mut by_span: BTreeMap<Span, BTreeSet<RuleIdx>> = BTreeMap::new();
        for finding in removed {
            by_span.entry(finding.span).or_default().insert(finding.rule);
        }
        let mut firings = Self { sources, ..Self::default() };
        if by_span.is_empty() {
            return firings;
        }
        let layout = Layout::of(text);
        for (span, rules) in &by_span {
            firings.add(&layout, *span, rules);
        }
        firings
    }

    fn add(&mut self, layout: &Layout, span: Span, rules: &BTreeSet<RuleIdx>) {
        let paragraph = layout.paragraph_of(layout.line_at(span.start));
        let in_prose = u64::from(paragraph.is_some_and(|paragraph| layout.is_prose(paragraph)));
        for &rule in rules {
            let usage = self.usage.entry(rule).or_insert(Usage { documents: 1, ..Usage::default() });
            usage.add(Usage { documents: 0, removals: 1, bytes: span.len() as u64, in_prose });
            for &other in rules.range(rule + 1..) {
                *self.overlaps.entry((rule, other)).or_default() += 1;
            }
        }
    }
}

/// What the rules of a set did to many documents.
#[derive(Clone, Debug)]
pub struct Coverage {
    documents: u64,
    usage: Vec<Usage>,
    seen: BTreeSet<SourceIdx>,
    overlaps: BTreeMap<Pair, u64>,
}

impl Coverage {
    /// That of no document yet.
    pub fn new(rules: &Ruleset) -> Self {
        let usage = vec![Usage::default(); rules.len()];
        Self { documents: 0, usage, seen: BTreeSet::new(), overlaps: BTreeMap::new() }
    }

    /// Adds a document.
    pub fn add(&mut self, firings: &Firings) {
        self.documents += 1;
        self.seen.extend(&firings.sources);
        firings.usage.iter().for_each(|(&rule, usage)| self.usage[rule as usize].add(*usage));
        firings.overlaps.iter().for_each(|(&pair, times)| *self.overlaps.entry(pair).or_default() += times);
    }

    /// How many documents were added.
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// What a rule did.
    pub fn usage(&self, rule: RuleIdx) -> Usage {
        self.usage[rule as usize]
    }

    /// The pairs of rules that deleted the same bytes, and how often, the most frequent first.
    pub fn overlaps(&self) -> Vec<(Pair, u64)> {
        let mut overlaps: Vec<(Pair, u64)> = self.overlaps.iter().map(|(&pair, &times)| (pair, times)).collect();
        overlaps.sort_by_key(|&(pair, times)| (u64::MAX - times, pair));
        overlaps
    }

    /// Whether a rule could have fired: the options let it run, and it is for all texts or for those of a source that a
    /// document has.
    pub fn was_asked(&self, rules: &Ruleset, index: RuleIdx, options: &Options) -> bool {
        let has_source = rules.pack_of(index).source.is_none()
            || self.seen.iter().any(|&source| rules.source_pack(source) == rules.pack_index(index));
        has_source && rules.disabled(index).is_none() && options.let_run(rules.rule(index))
    }

    /// Whether a rule's junk seems to have gone: it was last seen before the same day a year ago, and is not in the
    /// corpus.
    pub fn is_stale(&self, rules: &Ruleset, index: RuleIdx, today: Date) -> bool {
        let year_ago = Date { year: today.year.saturating_sub(1), ..today };
        self.usage(index).removals == 0 && rules.rule(index).last_seen.is_some_and(|seen| seen < year_ago)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::explain;
    use crate::text::document::Document;

    const PROSE: &str = "The harbour master closed the old pier on Tuesday, and the ferries went elsewhere.";

    const RULES: &str = r#"
[[line]]
id = "my.ad"
category = "ad"
why = "seen"
any = ["Advertisement"]
last_seen = 2024-05-01

[[regex]]
id = "my.ad-pattern"
category = "ad"
why = "seen"
pattern = "Advert[a-z]+"

[[phrase]]
id = "my.more"
category = "related"
why = "seen"
any = ["Read more here."]

[[line]]
id = "my.gone"
category = "ad"
why = "seen"
any = ["Nowhere to be found"]
last_seen = 2024-05-01

[[line]]
id = "my.trial"
category = "ad"
why = "seen"
any = ["On trial"]
status = "preview"
"#;

    const SOURCE: &str = r#"
[source]
id = "gazette"

[[source.signature]]
any = ["The Gazette and its motto"]

[[line]]
id = "gazette.name"
category = "masthead"
why = "seen"
any = ["Elsewhere"]
"#;

    fn rules() -> Ruleset {
        Ruleset::builder().bundled(false).text("x.toml", RULES).text("y.toml", SOURCE).build().unwrap()
    }

    fn covered(rules: &Ruleset, texts: &[String]) -> Coverage {
        let mut coverage = Coverage::new(rules);
        for text in texts {
            let explanation = explain(rules, &Document::new(text.as_bytes()), &Options::default());
            coverage.add(&Firings::of(&explanation, text.as_bytes()));
        }
        coverage
    }

    #[test]
    fn each_rule_is_counted() {
        let rules = rules();
        let index = |id: &str| rules.by_id(id).unwrap();
        let texts =
            [format!("{PROSE} Read more here.\n\nAdvertisement\n\n{PROSE}\n\nAdvertisement\n"), PROSE.to_owned()];
        let coverage = covered(&rules, &texts);
        assert_eq!(coverage.documents(), 2);
        let bytes = 2 * "Advertisement".len() as u64;
        let ad = coverage.usage(index("my.ad"));
        assert_eq!((ad.documents, ad.removals, ad.in_prose), (1, 2, 0));
        assert!(ad.bytes >= bytes, "{ad:?}");
        let more = coverage.usage(index("my.more"));
        assert_eq!((more.documents, more.removals, more.in_prose), (1, 1, 1));
        assert_eq!(coverage.overlaps(), [((index("my.ad"), index("my.ad-pattern")), 2)]);
    }

    #[test]
    fn a_rule_is_stale_if_its_junk_was_seen_neither_lately_nor_here() {
        let rules = rules();
        let coverage = covered(&rules, &[format!("{PROSE}\n\nAdvertisement\n")]);
        let is_stale =
            |id: &str, year, month, day| coverage.is_stale(&rules, rules.by_id(id).unwrap(), Date { year, month, day });
        assert!(is_stale("my.gone", 2025, 5, 2));
        assert!(!is_stale("my.gone", 2025, 5, 1), "a year is not over");
        assert!(!is_stale("my.ad", 2026, 1, 1), "it is in the corpus");
        assert!(!is_stale("my.more", 2026, 1, 1), "nobody said when it was seen");
    }

    #[test]
    fn a_rule_is_asked_if_it_runs_on_one_of_the_documents() {
        let rules = rules();
        let asked =
            |coverage: &Coverage, id: &str| coverage.was_asked(&rules, rules.by_id(id).unwrap(), &Options::default());
        let coverage = covered(&rules, &[PROSE.to_owned()]);
        assert!(asked(&coverage, "my.gone"));
        assert!(!asked(&coverage, "my.trial"));
        assert!(!asked(&coverage, "gazette.name"));
        assert!(asked(&covered(&rules, &["The Gazette and its motto\n".to_owned()]), "gazette.name"));
    }
}
