//! Checks a pack beyond what loading it does: its proofs, and what in it can do nothing or costs too much.

pub mod corpus;

use std::collections::{BTreeSet, HashMap};

use crate::clean::{Options, Reason, Scope, Verdict, explain_in};
use crate::error::{Error, Place};
use crate::layout;
use crate::prove;
use crate::rule::kind::Kind;
use crate::rule::literal::{How, Literal};
use crate::rule::pattern::are_as_rare;
use crate::rule::set::Ruleset;
use crate::rule::{Pack, PackIdx, Rule, RuleIdx, Source};
use crate::text::document::Document;

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The pack is wrong.
    Error,
    /// The pack works, but something in it should be looked at.
    Warning,
}

/// Something that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, where, and what to do.
    pub error: Error,
}

/// An anchor shorter than this, in bytes, that may stand anywhere hits in every other line.
const ANCHOR_MIN: usize = 3;

/// Words that stand in nearly every text; alone they are no anchor.
const COMMON_WORDS: &[&str] = &[
    "about", "after", "also", "been", "from", "have", "here", "into", "more", "most", "news", "over", "said", "some",
    "story", "than", "that", "their", "them", "then", "there", "they", "this", "time", "were", "what", "when", "which",
    "will", "with", "would", "year", "your",
];

/// Checks a pack of a set, in the order of its file.
pub fn check(rules: &Ruleset, pack: PackIdx) -> Vec<Finding> {
    let content = &rules.packs()[pack as usize];
    let own: Vec<(RuleIdx, &Rule)> = rules.rules().filter(|&(index, _)| rules.pack_index(index) == pack).collect();
    let mut findings: Vec<Finding> = own.iter().flat_map(|(_, rule)| prove::examples(rule)).map(error).collect();
    findings.extend(proofs(rules, pack, content, &own));
    findings.extend(content.warnings.iter().cloned().map(warning));
    findings.extend(own.iter().flat_map(|(_, rule)| never_fires(rule)).map(warning));
    findings.extend(own.iter().flat_map(|(_, rule)| common_anchors(rule)).map(warning));
    findings.extend(own.iter().filter_map(|(_, rule)| needless_keywords(rule)).map(warning));
    findings.extend(useless_literals(rules, &own).into_iter().map(warning));
    findings.extend(content.source.iter().flat_map(|source| takes_hosts(rules, source)).map(warning));
    findings.extend(deletes_its_signatures(rules, pack, content).map(error));
    findings.sort_by_key(|finding| finding.error.place.as_ref().map(|place| (place.line, place.column)));
    findings
}

/// Hosts of a source that are those of another one, whose rules do not run on their texts any more.
fn takes_hosts(rules: &Ruleset, source: &Source) -> Vec<Error> {
    let is_extended = |other: &Source| source.extends.iter().any(|reference| reference.id == other.id);
    let others = rules.sources().filter(|(_, other)| other.id != source.id && !is_extended(other));
    others
        .filter_map(|(_, other)| Some((other, other.hosts.iter().find(|host| source.hosts.contains(host))?)))
        .map(|(other, host)| {
            let id = &other.id;
            let what =
                format!("`{host}` is of the source `{id}`, too: the rules of one of them do not run on its texts");
            let cure = format!("make it one source by `id = \"{id}\"`, or extend that one by `extends = [\"{id}\"]`");
            Error::at(source.origin.clone(), what, cure)
        })
        .collect()
}

fn error(error: Error) -> Finding {
    Finding { severity: Severity::Error, error }
}

fn warning(error: Error) -> Finding {
    Finding { severity: Severity::Warning, error }
}

/// Runs the tests, and finds the rules that nothing proves.
fn proofs(rules: &Ruleset, pack: PackIdx, content: &Pack, own: &[(RuleIdx, &Rule)]) -> Vec<Finding> {
    let tested: Vec<prove::Tested> = content.tests.iter().map(|test| prove::test(rules, pack, test)).collect();
    let exercised: BTreeSet<RuleIdx> = tested.iter().flat_map(|tested| tested.exercised.iter().copied()).collect();
    let mut findings: Vec<Finding> = tested.into_iter().filter_map(|tested| tested.failure).map(error).collect();
    let severity = if content.bundled { Severity::Error } else { Severity::Warning };
    let unproven = own.iter().filter_map(|(index, rule)| lacks_proof(rule, exercised.contains(index)));
    findings.extend(unproven.map(|error| Finding { severity, error }));
    findings
}

fn lacks_proof(rule: &Rule, exercised: bool) -> Option<Error> {
    let has_examples = matches!(rule.kind, Kind::Phrase(_) | Kind::Line(_) | Kind::Regex(_));
    let cure = match (has_examples, rule.strips.is_empty(), rule.keeps.is_empty(), exercised) {
        (true, true, _, _) => "add `strips = [\"…\"]`, a text that it deletes",
        (true, _, true, _) => "add `keeps = [\"…\"]`, a text like it that must stay",
        (false, _, _, false) => "add a `[[test]]` whose `input` holds what it deletes",
        _ => return None,
    };
    Some(Error::at(rule.origin.clone(), format!("no example exercises `{}`", rule.id), cure))
}

/// Ways in which a rule stands in its own way.
fn never_fires(rule: &Rule) -> Vec<Error> {
    let Some(literals) = literals(&rule.kind) else { return Vec::new() };
    let mut errors = Vec::new();
    let shortest = literals.iter().map(|literal| layout::words(literal.needle.as_bytes())).min().unwrap_or(0);
    if let Some(most) = rule.max_words.filter(|&most| most < shortest) {
        let what =
            format!("`{}` can never fire: its literals have {shortest} words or more, `max_words` is {most}", rule.id);
        errors.push(Error::at(rule.origin.clone(), what, "raise `max_words`"));
    }
    let protected =
        |literal: &Literal| rule.unless.iter().any(|matcher| matcher.holds_alone(literal.needle.as_bytes()));
    if literals.iter().all(protected) {
        let what = format!("`{}` can never fire: `unless` protects each of its literals", rule.id);
        errors.push(Error::at(rule.origin.clone(), what, "narrow `unless`"));
    }
    errors
}

/// The literals of a kind that is made of them.
fn literals(kind: &Kind) -> Option<&[Literal]> {
    match kind {
        Kind::Phrase(phrase) => Some(&phrase.any),
        Kind::Line(line) => Some(&line.any),
        _ => None,
    }
}

fn common_anchors(rule: &Rule) -> Vec<Error> {
    let is_short = |needle: &str| needle.len() < ANCHOR_MIN && needle.is_ascii();
    let is_common = |needle: &str| is_short(needle) || COMMON_WORDS.contains(&needle);
    let common: Vec<String> = rule
        .kind
        .anchors()
        .iter()
        .filter(|anchor| anchor.how == How::Contains && is_common(&anchor.needle))
        .map(|anchor| format!("`{}`", anchor.needle))
        .collect();
    if common.is_empty() {
        return Vec::new();
    }
    let what = format!("`{}` is looked for by {}, too common to be cheap", rule.id, common.join(", "));
    vec![Error::at(rule.origin.clone(), what, "use longer literals, or `keywords` that are rarer")]
}

/// Keywords that are no rarer than what the pattern says by itself, which keeps true when the pattern changes.
fn needless_keywords(rule: &Rule) -> Option<Error> {
    let Kind::Regex(regex) = &rule.kind else { return None };
    let needless = !regex.keywords.is_empty() && are_as_rare(&regex.pattern.anchors, &regex.keywords);
    let what = || format!("`{}` needs no `keywords`: its pattern holds texts that are as rare", rule.id);
    needless.then(|| Error::at(rule.origin.clone(), what(), "delete `keywords`"))
}

/// Literals that delete nothing that another rule does not delete as well.
fn useless_literals(rules: &Ruleset, own: &[(RuleIdx, &Rule)]) -> Vec<Error> {
    let always =
        |rule: &Rule| rule.is_certain() && rule.unless.is_empty() && rule.modes.is_empty() && rule.langs.is_empty();
    let mut covered: HashMap<(&str, &str), &str> = HashMap::new();
    for (index, rule) in rules.rules().filter(|(_, rule)| always(rule)) {
        let reaches = rules.pack_of(index).source.is_none() || own.iter().any(|(other, _)| *other == index);
        for literal in key(rule).into_iter().filter(|_| reaches) {
            covered.entry(literal).or_insert(&rule.id);
        }
    }
    let mut errors = Vec::new();
    for (_, rule) in own {
        let mut seen = BTreeSet::new();
        for (kind, literal) in key(rule) {
            let twice = !seen.insert(literal);
            let other = covered.get(&(kind, literal)).filter(|other| **other != rule.id);
            let by = if twice { Some("the same rule") } else { other.copied() };
            errors.extend(by.map(|by| {
                let what = format!("the literal `{literal}` of `{}` is useless: {by} deletes it already", rule.id);
                Error::at(rule.origin.clone(), what, "leave it out")
            }));
        }
    }
    errors
}

/// What a literal of a rule deletes: the way, and the literal.
fn key(rule: &Rule) -> Vec<(&'static str, &str)> {
    let way = match &rule.kind {
        Kind::Line(line) if line.how == How::Equals => "line",
        Kind::Phrase(phrase) if phrase.reach.is_literal() => "phrase",
        _ => return Vec::new(),
    };
    let folded = literals(&rule.kind).into_iter().flatten().filter(|literal| !literal.exact);
    folded.map(|literal| (way, literal.needle.as_str())).collect()
}

/// A pack that disables rules and deletes what it is recognised by would not be recognised when it cleans its own output,
/// and the disabled rules would run.
fn deletes_its_signatures(rules: &Ruleset, pack: PackIdx, content: &Pack) -> Option<Error> {
    let source = content.source.as_ref().filter(|source| !source.disable.is_empty())?;
    let place = source.disable.first().map_or_else(|| Place::file(&content.file), |reference| reference.place.clone());
    loses_signatures(rules, pack).then(|| {
        Error::at(
            place,
            format!("`{}` disables rules and deletes all of its own signatures", source.id),
            "keep one signature in the text, or disable nothing",
        )
    })
}

/// Whether the rules of a pack delete all signatures by which its source is known, if it has any: of such a source a
/// cleaned text is not known to be any more.
pub fn loses_signatures(rules: &Ruleset, pack: PackIdx) -> bool {
    let signatures = rules.packs()[pack as usize].source.iter().flat_map(|source| &source.signatures);
    let deleted = |literal: &Literal| {
        let document = Document::new(literal.needle.as_bytes());
        let explained = explain_in(rules, &document, &Options::default(), Scope::Pack(pack));
        let goes = [Verdict::Removed, Verdict::Kept(Reason::Bound)];
        explained.matches.iter().any(|finding| goes.contains(&finding.verdict))
    };
    let mut signatures = signatures.peekable();
    signatures.peek().is_some()
        && signatures.all(|signature| !signature.literals.is_empty() && signature.literals.iter().all(deleted))
}
