//! What the rules mean, slowly and plainly: the specification that the library is compared with.
//!
//! For every rule every line is looked at in every view, every literal is tried at every place, every pattern on every
//! line, and every pass starts from nothing. Only the leaves are shared with the library: the layout of a text, the
//! folded views of a line, where sentences end, what reads like a headline, an article or two versions, the reading of rule
//! files.

pub(crate) mod decide;
pub(crate) mod kinds;
pub(crate) mod text;
pub(crate) mod versions;

use std::collections::BTreeSet;

use deboil::rule::kind::Kind;
use deboil::rule::kind::phrase::Reach;
use deboil::rule::literal::How;
use deboil::rule::{Confidence, Mode, Need, Role, Rule, RuleIdx, Status};
use deboil::{Document, Options, Removal, Ruleset, SourceIdx, Span};

use kinds::Found;
use text::Text;

/// How often the rules go over a document.
const PASSES: usize = 4;

/// What is found in a document and what goes of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Explained {
    /// A line for each match: pass, step, rule, bytes of the document, what came of it.
    pub(crate) matches: BTreeSet<String>,
    /// What goes of the document, in order.
    pub(crate) removals: Vec<Removal>,
    /// Why it was left alone, if it was.
    pub(crate) left: Option<&'static str>,
}

/// A match, and what comes of it.
pub(crate) struct Match {
    pub(crate) rule: RuleIdx,
    pub(crate) found: Found,
    /// What stands against it; it goes if nothing does.
    pub(crate) against: Option<&'static str>,
}

/// What has happened to a document so far.
struct State<'a> {
    rules: &'a Ruleset,
    options: &'a Options,
    original: Text,
    active: Vec<RuleIdx>,
    sources: Vec<SourceIdx>,
    /// The rules that have matched so far with nothing of their own against it.
    hit: BTreeSet<RuleIdx>,
    removals: Vec<Removal>,
    matches: Vec<(usize, &'static str, RuleIdx, Span, Option<&'static str>)>,
}

/// What the rules find in a document and what goes of it. Cleaning what is left must change nothing.
pub(crate) fn explain(rules: &Ruleset, document: &Document, options: &Options) -> Explained {
    let (state, stable) = go_over(rules, document, options);
    let left = without(document.text, &state.removals);
    let (again, _) = go_over(rules, &Document { text: &left, ..*document }, options);
    state.finish(stable && again.removals.is_empty())
}

/// Whether a rule of one line would delete a Chinese or Japanese sentence that its author did not write down, and is for other
/// languages.
fn is_foreign(rule: &Rule, text: &Text, found: &Found) -> bool {
    let takes_more = match &rule.kind {
        Kind::Phrase(phrase) => !matches!(phrase.reach, Reach::Literal),
        Kind::Line(line) => line.how != How::Equals,
        kind => matches!(kind, Kind::Regex(_)),
    };
    let has_stops = |lang: &String| ["zh", "ja", "yue", "cmn", "wuu", "lzh"].contains(&lang.as_str());
    let is_for_others = !rule.langs.is_empty() && !rule.langs.iter().any(has_stops);
    let gone = found.spans.iter().map(|span| String::from_utf8_lossy(span.of(&text.bytes)).into_owned());
    takes_more && is_for_others && gone.collect::<Vec<_>>().join(" ").contains(['。', '｡', '！', '？'])
}

/// Goes over a document until nothing goes. False if that does not happen.
fn go_over<'a>(rules: &'a Ruleset, document: &Document, options: &'a Options) -> (State<'a>, bool) {
    let original = Text::of(document.text);
    let sources = sources(rules, document, &original);
    let active = active(rules, &sources, document, options);
    let (hit, removals, matches) = (BTreeSet::new(), Vec::new(), Vec::new());
    let mut state = State { rules, options, original, active, sources, hit, removals, matches };
    for pass in 1..=PASSES {
        let certain = state.step(pass, "Certain");
        let context = state.step(pass, "Context");
        if !(certain || context) {
            return (state, true);
        }
    }
    (state, false)
}

impl State<'_> {
    /// One step of a pass over what stands. True if something went.
    fn step(&mut self, pass: usize, step: &'static str) -> bool {
        let text = Text::without(&self.original.bytes, &self.removals);
        let mut matches = Vec::new();
        for &index in &self.active {
            let rule = self.rules.rule(index);
            if is_certain(rule) != (step == "Certain") {
                continue;
            }
            let edited = |line: usize| self.edited(text.lines[line].number, index);
            for found in kinds::find(rule, &text, self.original.words(), &edited) {
                let against = self.against(rule, &text, &found);
                matches.push(Match { rule: index, found, against });
            }
        }
        // A rule that another one needs hits where nothing in its own words is against it.
        self.hit.extend(matches.iter().filter(|found| found.against.is_none()).map(|found| found.rule));
        for found in matches.iter_mut().filter(|found| found.against.is_none()) {
            let rule = self.rules.rule(found.rule);
            if !rule.needs.iter().all(|need| self.is_met(need)) {
                found.against = Some("Needs");
            } else if self.options.keep.contains(rule.category) {
                found.against = Some("Category");
            } else if rule.beside {
                found.against = Some("Beside");
            }
        }
        decide::settle_neighbours(&self.original, &text, &mut matches);
        let removals = decide::removals(&text, &matches);
        for found in &matches {
            let spans = found.found.spans.iter().map(|&span| text.original(span));
            self.matches.extend(spans.map(|span| (pass, step, found.rule, span, found.against)));
        }
        for removal in &removals {
            let spans = text.originals(removal.span);
            self.removals.extend(spans.into_iter().map(|span| Removal { span, rules: removal.rules.clone() }));
        }
        self.removals.sort_by_key(|removal| removal.span);
        !removals.is_empty()
    }

    /// What in the words of the rule itself stands against a match.
    fn against(&self, rule: &Rule, text: &Text, found: &Found) -> Option<&'static str> {
        let line = &text.lines[found.line];
        if rule.place.is_some_and(|place| !place.holds(line.region)) {
            return Some("Where");
        }
        let is_limited = match &rule.kind {
            Kind::Phrase(phrase) => matches!(phrase.reach, Reach::Literal),
            Kind::Run(_) => false,
            _ => true,
        };
        if is_limited && rule.max_words.is_some_and(|most| line.words > most) {
            return Some("MaxWords");
        }
        let original = &self.original.lines[line.number];
        if rule.unless.iter().any(|matcher| kinds::has(matcher, original)) {
            return Some("Unless");
        }
        is_foreign(rule, text, found).then_some("Langs")
    }

    fn is_met(&self, need: &Need) -> bool {
        match need {
            Need::Rule(rule) => self.hit.iter().any(|&index| self.rules.rule(index).id == rule.id),
            Need::Source(source) => self.sources.iter().any(|&index| self.rules.source(index).id == source.id),
        }
    }

    /// Whether a rule has deleted a part of a line of the document.
    fn edited(&self, number: usize, rule: RuleIdx) -> bool {
        let line = self.original.lines[number].full;
        let touches = |span: Span| span.start < line.end && line.start < span.end;
        self.removals.iter().any(|removal| removal.rules.contains(&rule) && touches(removal.span))
    }

    fn finish(mut self, stable: bool) -> Explained {
        let words = self.original.words();
        let most = if self.options.mode == Mode::FullPage { 0.95 } else { 0.7 };
        let keeps_copy = |rule: &RuleIdx| matches!(self.rules.rule(*rule).kind, Kind::Repeat(_));
        let lost = self.removals.iter().filter(|removal| !removal.rules.iter().all(keeps_copy));
        let lost: u64 = lost.map(|r| u64::from(deboil::layout::words(r.span.of(&self.original.bytes)))).sum();
        let left = if !stable {
            Some("Unstable")
        } else if lost as f64 > most * words as f64 {
            Some("Bound")
        } else {
            None
        };
        if left.is_some() {
            self.removals.clear();
        }
        let shown = self.matches.iter().map(|&(pass, step, rule, span, against)| {
            let verdict = match against.or(left) {
                Some(reason) => format!("Kept({reason})"),
                None => "Removed".to_owned(),
            };
            shown(self.rules, pass, step, rule, span, &verdict)
        });
        Explained { matches: shown.collect(), removals: self.removals, left }
    }
}

/// A match as a line of text.
pub(crate) fn shown(rules: &Ruleset, pass: usize, step: &str, rule: RuleIdx, span: Span, verdict: &str) -> String {
    format!("{}..{} {} {verdict} (pass {pass}, {step})", span.start, span.end, rules.rule(rule).id)
}

/// For each byte of a text the rules that delete it, if it goes.
pub(crate) fn fates(text: &[u8], removals: &[Removal]) -> Vec<Option<Vec<RuleIdx>>> {
    let of = |at: usize| removals.iter().find(|removal| removal.span.start <= at && at < removal.span.end);
    (0..text.len()).map(|at| of(at).map(|removal| removal.rules.clone())).collect()
}

/// A text without what goes of it.
pub(crate) fn without(text: &[u8], removals: &[Removal]) -> Vec<u8> {
    let goes = |at: usize| removals.iter().any(|removal| removal.span.start <= at && at < removal.span.end);
    text.iter().enumerate().filter(|(at, _)| !goes(*at)).map(|(_, &byte)| byte).collect()
}

/// Phrase, line, regex, block, cut and article without `where`, `needs` or neighbours.
fn is_certain(rule: &Rule) -> bool {
    use Kind::{Article, Block, Cut, Line, Phrase, Regex};
    let first = matches!(rule.kind, Phrase(_) | Line(_) | Regex(_) | Block(_) | Cut(_) | Article(_));
    first && rule.place.is_none() && rule.needs.is_empty() && !rule.beside
}

/// The publisher that the caller names, else those whose signature stands in the text; platforms, archives and agencies
/// by either; and the sources that these extend.
fn sources(rules: &Ruleset, document: &Document, text: &Text) -> Vec<SourceIdx> {
    let named = rules.sources().filter(|(_, source)| Some(source.id.as_str()) == document.source);
    let mut found: Vec<SourceIdx> = named.map(|(index, _)| index).collect();
    let is_publisher = |index: SourceIdx| rules.source(index).role == Role::Publisher;
    let is_known = found.iter().any(|&index| is_publisher(index));
    for (index, source) in rules.sources() {
        let signed = |line| source.signatures.iter().any(|signature| kinds::marks(signature, text, line));
        let may_apply = !is_known || !is_publisher(index);
        if may_apply && !found.contains(&index) && (0..text.lines.len()).any(signed) {
            found.push(index);
        }
    }
    let mut at = 0;
    while at < found.len() {
        for other in &rules.source(found[at]).extends {
            let extended = rules.sources().find(|(_, source)| source.id == other.id).map(|(index, _)| index);
            found.extend(extended.filter(|index| !found.contains(index)));
        }
        at += 1;
    }
    found
}

/// The rules that run.
fn active(rules: &Ruleset, sources: &[SourceIdx], document: &Document, options: &Options) -> Vec<RuleIdx> {
    let runs = |&(index, rule): &(RuleIdx, &Rule)| {
        let pack = rules.pack_index(index);
        let applies =
            rules.pack_of(index).source.is_none() || sources.iter().any(|&source| rules.source_pack(source) == pack);
        let disabled = sources.iter().any(|&source| rules.source(source).disable.iter().any(|off| off.id == rule.id));
        let speaks = document.lang.is_none_or(|lang| rule.langs.is_empty() || rule.langs.iter().any(|l| l == lang));
        applies
            && !disabled
            && speaks
            && (rule.modes.is_empty() || rule.modes.contains(&options.mode))
            && (rule.status != Status::Preview || options.preview)
            && (rule.confidence != Confidence::Low || options.aggressive)
    };
    rules.rules().filter(runs).map(|(index, _)| index).collect()
}
