//! Finds what the rules match on a page, and what stands against each match.

use crate::layout::Span;
use crate::page::Page;
use crate::rule::kind::{Found, Kind, Look};
use crate::rule::set::{self, Owner, Ruleset};
use crate::rule::{Confidence, Need, PackIdx, Rule, RuleIdx, Status};
use crate::text::document::Document;

use super::scanned::Scanned;
use super::sources::Recognised;
use super::standing::Standing;
use super::{Options, Reason, Scope, Step, Verdict};

/// What a rule found on a page, and what comes of it.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) rule: RuleIdx,
    /// The line whose place, words and protection decide.
    pub(super) line: usize,
    /// The bytes of the page that would go.
    pub(super) spans: Vec<Span>,
    pub(super) verdict: Verdict,
    /// Whether it goes only if a neighbour does.
    pub(super) beside: bool,
}

/// Which rules run on a document, by index.
pub(super) fn active(
    rules: &Ruleset,
    sources: &[Recognised],
    document: &Document,
    options: &Options,
    scope: Scope,
) -> Vec<bool> {
    let mut packs: Vec<_> = sources.iter().map(|recognised| rules.source_pack(recognised.source)).collect();
    match scope {
        Scope::Sources => packs
            .extend((0..rules.packs().len() as PackIdx).filter(|&pack| rules.packs()[pack as usize].source.is_none())),
        Scope::Pack(pack) => packs.push(pack),
    }
    let disabled = |rule: &Rule| {
        sources.iter().any(|recognised| rules.source(recognised.source).disable.iter().any(|other| other.id == rule.id))
    };
    let runs = |(index, rule): (RuleIdx, &Rule)| {
        packs.contains(&rules.pack_index(index))
            && (rule.modes.is_empty() || rule.modes.contains(&options.mode))
            && (rule.status != Status::Preview || options.preview)
            && (rule.confidence != Confidence::Low || options.aggressive)
            && document.lang.is_none_or(|lang| speaks(rule, lang))
            && !disabled(rule)
    };
    rules.rules().map(runs).collect()
}

/// Whether a rule is for texts in a language; a document's region (`en-GB`) does not count.
fn speaks(rule: &Rule, lang: &str) -> bool {
    let primary = lang.split(['-', '_']).next().unwrap_or_default();
    rule.langs.is_empty() || rule.langs.iter().any(|known| known.eq_ignore_ascii_case(primary))
}

/// Looks for what the active rules match, pass after pass.
pub(super) struct Search<'r> {
    rules: &'r Ruleset,
    order: Vec<RuleIdx>,
    sources: Vec<&'r str>,
    options: &'r Options,
    /// The rules that have hit so far.
    hit: Vec<bool>,
}

impl<'r> Search<'r> {
    pub(super) fn new(rules: &'r Ruleset, active: Vec<bool>, sources: &[Recognised], options: &'r Options) -> Self {
        let order = rules.order().iter().copied().filter(|&rule| active[rule as usize]).collect();
        let sources = sources.iter().map(|recognised| rules.source(recognised.source).id.as_str()).collect();
        Self { rules, order, sources, options, hit: vec![false; active.len()] }
    }

    /// What the rules of a step match on a page.
    pub(super) fn find(
        &mut self,
        step: Step,
        scanned: &Scanned,
        standing: &Standing,
        document_words: u64,
        original: &[u8],
    ) -> Vec<Match> {
        let mut matches = Vec::new();
        for at in 0..self.order.len() {
            let index = self.order[at];
            let rule = self.rules.rule(index);
            if rule.is_certain() != (step == Step::Certain) {
                continue;
            }
            let hits = scanned.hits_of(Owner::Rule(index));
            if hits.is_empty() && self.rules.is_anchored(index) {
                continue;
            }
            let edited = |line| standing.was_edited(line, index);
            let look = Look { page: &scanned.page, rule, document_words, edited: &edited };
            for found in distinct(rule.kind.find(&look, hits)) {
                let against = against(&look, &found, standing, original);
                self.hit[index as usize] |= against.is_none();
                matches.push(self.judged(index, rule, found, against));
            }
        }
        matches
    }

    fn judged(&self, index: RuleIdx, rule: &Rule, found: Found, against: Option<Reason>) -> Match {
        let needs = (!rule.needs.iter().all(|need| self.is_met(need))).then_some(Reason::Needs);
        let category = self.options.keep.contains(rule.category).then_some(Reason::Category);
        let reason = against.or(needs).or(category);
        let beside = rule.beside && reason.is_none();
        let verdict = match reason.or(beside.then_some(Reason::Beside)) {
            Some(reason) => Verdict::Kept(reason),
            None => Verdict::Removed,
        };
        Match { rule: index, line: found.line, spans: found.spans, verdict, beside }
    }

    fn is_met(&self, need: &Need) -> bool {
        match need {
            Need::Source(source) => self.sources.contains(&source.id.as_str()),
            Need::Rule(rule) => self.rules.by_id(&rule.id).is_some_and(|index| self.hit[index as usize]),
        }
    }
}

/// What in a rule's own words stands against a match.
fn against(look: &Look, found: &Found, standing: &Standing, original: &[u8]) -> Option<Reason> {
    let (page, rule) = (look.page, look.rule);
    if rule.place.is_some_and(|place| !place.holds(page.layout.region(found.line))) {
        return Some(Reason::Where);
    }
    objection(rule, page, found.line, standing.original_line(original, found.line))
}

/// What in the matched line itself stands against a match.
fn objection(rule: &Rule, page: &Page, line: usize, original: &[u8]) -> Option<Reason> {
    if rule.max_words.is_some_and(|most| limits_line(&rule.kind) && page.words(line) > most) {
        return Some(Reason::MaxWords);
    }
    rule.unless.iter().any(|matcher| matcher.holds_alone(original)).then_some(Reason::Unless)
}

/// Whether a rule that runs alone, wherever the text stands and comes from, would delete something of it.
pub(crate) fn deletes_alone(rule: &Rule, text: &[u8]) -> bool {
    let page = Page::of(text);
    let hits = set::scan_alone(rule, &page);
    if hits.is_empty() && !rule.kind.anchors().is_empty() {
        return false;
    }
    let look = Look { page: &page, rule, document_words: page.layout.words(), edited: &|_| false };
    let found = rule.kind.find(&look, &hits);
    found.iter().any(|found| objection(rule, &page, found.line, page.content(found.line)).is_none())
}

/// Whether `max_words` speaks of the matched line; for some kinds it speaks of the deletion.
fn limits_line(kind: &Kind) -> bool {
    use crate::rule::kind::phrase::Reach;
    match kind {
        Kind::Phrase(phrase) => matches!(phrase.reach, Reach::Literal),
        Kind::Run(_) => false,
        _ => true,
    }
}

/// The findings without those that two views of a line gave twice.
fn distinct(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|left, right| (left.line, &left.spans).cmp(&(right.line, &right.spans)));
    found.dedup();
    found
}
