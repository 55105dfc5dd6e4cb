//! Patterns: regular expressions on the folded view of a line with its case kept, and the literals that every match holds.

use std::collections::BTreeSet;
use std::ops::Range;

use regex_automata::nfa::thompson::BuildError;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use serde::{Deserialize, Serialize};

use crate::fold::{self, Case};

use super::anchor::Anchor;
use super::form::Form;
use super::literal::How;
use super::outline::Outline;
use super::runner::Runner;

/// The shortest literal, in bytes, that is worth looking for.
pub const LITERAL_MIN: usize = 2;

/// The length, in bytes, from which a literal is rare.
const LITERAL_RARE: usize = 8;

/// The most bytes of a literal that are looked for.
const LITERAL_MAX: usize = 16;

/// By how much a literal at an edge of the line may be shorter and yet hit as seldom as one anywhere, in bytes.
const EDGE_BONUS: usize = 3;

/// The most alternatives that are followed when literals are derived from a pattern.
const ALTERNATIVES_MAX: usize = 256;

/// The most characters of a class that is followed, and the most once they are case-folded.
const CLASS_MAX: usize = 4 * FOLDED_MAX;
const FOLDED_MAX: usize = 4;

/// How a pattern is held against a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Anchoring {
    /// It matches the line as a whole.
    Whole,
    /// It matches somewhere in the line.
    Anywhere,
}

/// A pattern that was checked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pattern {
    /// The pattern, with the named ones put in.
    pub source: String,
    /// Where to look for it: of these one stands in every line that the pattern matches. Empty if none can be derived.
    pub anchors: Vec<Anchor>,
    /// The names of its groups, and where in the pattern each stands.
    pub groups: Vec<(String, usize)>,
    /// How it is held against a line.
    pub anchoring: Anchoring,
    /// What every line that it matches has, if it is held against the line as a whole.
    outline: Option<Outline>,
    runner: Runner,
}

/// What is wrong with a pattern, and where in it (a byte offset) if that is known.
#[derive(Debug, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub cure: String,
    /// Where in the pattern.
    pub offset: Option<usize>,
}

impl Pattern {
    /// Reads a pattern. It is compiled when it has been tried often, which for most patterns of a large set is never.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where.
    pub fn new(source: &str, anchoring: Anchoring) -> Result<Self, PatternError> {
        let hir = parsed(source)?;
        let mut groups = Vec::new();
        collect_groups(source, &hir, &mut groups);
        let anchors = anchors(&hir, anchoring);
        let form = Form::of(&anchored(&hir, anchoring));
        let outline = (anchoring == Anchoring::Whole).then(|| Outline::of(&hir, &form.hir()));
        Ok(Self { source: source.to_owned(), anchors, groups, anchoring, outline, runner: Runner::of(&form) })
    }

    /// Compiles the pattern now.
    ///
    /// # Errors
    ///
    /// It is too large.
    pub fn compile(&self) -> Result<(), PatternError> {
        self.runner.compile().map_err(|error| too_large(&error))
    }

    /// Whether the pattern matches a folded line with its case kept.
    pub fn matches(&self, line: &str) -> bool {
        self.fits(line) && self.runner.matches(line)
    }

    /// Where the groups of the first match of the pattern stand in a folded line with its case kept.
    pub fn captures(&self, line: &str) -> Option<Captured<'_>> {
        let groups = if self.fits(line) { self.runner.groups(line, self.groups.len()) } else { None };
        groups.map(|groups| Captured { pattern: self, groups })
    }

    /// Whether the pattern may match a line: it need not be compiled for most lines.
    fn fits(&self, line: &str) -> bool {
        self.outline.as_ref().is_none_or(|outline| outline.fits(line.as_bytes()))
    }

    /// Whether it has a group of this name.
    pub fn has_group(&self, name: &str) -> bool {
        self.groups.iter().any(|(group, _)| group == name)
    }
}

/// Where the groups of a match stand.
#[derive(Debug)]
pub struct Captured<'p> {
    pattern: &'p Pattern,
    groups: Vec<Option<Range<usize>>>,
}

impl Captured<'_> {
    /// Where the group of a name stands, if there is one and it took part in the match.
    pub fn group(&self, name: &str) -> Option<Range<usize>> {
        let number = self.pattern.groups.iter().position(|(group, _)| group == name)?;
        self.groups[number].clone()
    }
}

/// Reads a pattern that is a part of others.
///
/// # Errors
///
/// What is wrong with it, and where.
pub(crate) fn check(source: &str) -> Result<(), PatternError> {
    parsed(source).map(drop)
}

fn parsed(source: &str) -> Result<Hir, PatternError> {
    if source.is_empty() {
        let cure = "write what the line looks like, or delete it";
        return Err(PatternError { what: "empty pattern".to_owned(), cure: cure.to_owned(), offset: Some(0) });
    }
    let hir = regex_syntax::parse(source).map_err(|error| syntax_error(&error))?;
    reject_what_folding_changes(source, &hir)?;
    Ok(hir)
}

/// The pattern, held against a line as it is to be.
fn anchored(hir: &Hir, anchoring: Anchoring) -> Hir {
    match anchoring {
        Anchoring::Anywhere => hir.clone(),
        Anchoring::Whole => Hir::concat(vec![Hir::look(Look::Start), hir.clone(), Hir::look(Look::End)]),
    }
}

fn too_large(error: &BuildError) -> PatternError {
    let what = match error.size_limit() {
        Some(limit) => format!("the pattern compiles to more than {limit} bytes"),
        None => format!("the pattern does not compile: {error}"),
    };
    PatternError { what, cure: "use smaller repetitions or split the rule".to_owned(), offset: None }
}

fn syntax_error(error: &regex_syntax::Error) -> PatternError {
    let (what, offset) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span().start.offset),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), error.span().start.offset),
        other => (other.to_string(), 0),
    };
    let cure = if what.contains("supported") {
        "say it without; `unless` can protect a line instead"
    } else {
        "mend it here; the syntax is that of the Rust crate `regex`"
    };
    PatternError { what: format!("broken pattern: {what}"), cure: cure.to_owned(), offset: Some(offset) }
}

/// A pattern with something that folding turns into something else can never match.
fn reject_what_folding_changes(source: &str, hir: &Hir) -> Result<(), PatternError> {
    let mut literals = Vec::new();
    collect_literals(hir, &mut literals);
    let never = |what: String, cure: String, written: &str| PatternError {
        what: format!("the pattern can never match: {what} before it is tried"),
        cure,
        offset: source.find(written),
    };
    if literals.iter().any(|text| text.contains("  ")) {
        let what = "several spaces are folded to one".to_owned();
        return Err(never(what, "write one space".to_owned(), "  "));
    }
    let mut buffer = [0; 4];
    for c in literals.iter().flat_map(|text| text.chars()).filter(|&c| c != ' ') {
        let c: &str = c.encode_utf8(&mut buffer);
        let folded = if c.trim().is_empty() { " ".to_owned() } else { fold::literal(c, Case::Kept) };
        if !folded.contains(c) {
            let shown = c.escape_debug();
            let (what, cure) = if folded.is_empty() {
                (format!("`{shown}` is folded away"), "leave it out".to_owned())
            } else {
                (format!("`{shown}` is folded to `{folded}`"), format!("write `{folded}`"))
            };
            return Err(never(what, cure, c));
        }
    }
    Ok(())
}

fn collect_groups(source: &str, hir: &Hir, out: &mut Vec<(String, usize)>) {
    match hir.kind() {
        HirKind::Capture(capture) => {
            if let Some(name) = &capture.name {
                let offset = source.find(&format!("<{name}>")).map_or(0, |at| at + 1);
                out.push((name.to_string(), offset));
            }
            collect_groups(source, &capture.sub, out);
        }
        HirKind::Repetition(repetition) => collect_groups(source, &repetition.sub, out),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| collect_groups(source, part, out));
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => {}
    }
}

fn collect_literals(hir: &Hir, out: &mut Vec<String>) {
    match hir.kind() {
        HirKind::Literal(literal) => out.extend(String::from_utf8(literal.0.to_vec())),
        HirKind::Repetition(repetition) => collect_literals(&repetition.sub, out),
        HirKind::Capture(capture) => collect_literals(&capture.sub, out),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| collect_literals(part, out));
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => {}
    }
}

/// Case-folded literals of which every line that the pattern matches holds one, where they say; empty if there are none
/// worth looking for.
fn anchors(hir: &Hir, anchoring: Anchoring) -> Vec<Anchor> {
    let required = Required::of(hir);
    let (looks, whole) = (hir.properties(), anchoring == Anchoring::Whole);
    let starts = whole || looks.look_set_prefix().contains(Look::Start);
    let ends = whole || looks.look_set_suffix().contains(Look::End);
    let inner = better(required.exact.and_then(useful), required.best);
    let places = [
        (How::Starts, Some(required.head).filter(|set| starts && are_long(set))),
        (How::Ends, Some(required.tail).filter(|set| ends && are_long(set))),
        (How::Contains, inner),
    ];
    let found = places.into_iter().filter_map(|(how, set)| Some((how, set?)));
    // Of equal ones the first counts: it is looked for once a line.
    let best = found.rev().max_by_key(|(how, set)| rarity(*how, set));
    let (how, set) = best.unwrap_or((How::Contains, Literals::new()));
    let short: Literals = set.iter().map(|literal| shortened(literal, how).to_owned()).collect();
    let covers = |one: &str, other: &str| one != other && how.stands(one, other);
    let needed = short.iter().filter(|literal| !short.iter().any(|other| covers(other, literal)));
    needed.map(|needle| Anchor { needle: needle.clone(), exact: false, how }).collect()
}

/// As much of a literal as is looked for: more would not make it rarer. At the end of a line its end counts.
fn shortened(literal: &str, how: How) -> &str {
    match how {
        How::Ends => &literal[literal.ceil_char_boundary(literal.len().saturating_sub(LITERAL_MAX))..],
        _ => &literal[..literal.floor_char_boundary(LITERAL_MAX)],
    }
}

/// How seldom a set of literals hits: a literal that must stand at an edge of the line hits as seldom as a longer one.
fn rarity(how: How, set: &Literals) -> usize {
    rarity_at(how, shortest(set))
}

fn rarity_at(how: How, len: usize) -> usize {
    let bonus = if how == How::Contains { 0 } else { EDGE_BONUS };
    (len + bonus).min(LITERAL_RARE + EDGE_BONUS)
}

/// Whether some anchors hit at least as seldom as others do.
pub(crate) fn are_as_rare(some: &[Anchor], others: &[Anchor]) -> bool {
    let rarest = |anchors: &[Anchor]| anchors.iter().map(|anchor| rarity_at(anchor.how, anchor.needle.len())).min();
    rarest(some) >= rarest(others)
}

type Literals = BTreeSet<String>;

/// What is known of the strings that a part of a pattern matches, case-folded.
struct Required {
    /// All of them, if they are few.
    exact: Option<Literals>,
    /// A set of literals of which each of them holds one.
    best: Option<Literals>,
    /// A set of literals of which each of them starts with one; the empty one starts all.
    head: Literals,
    /// A set of literals of which each of them ends with one.
    tail: Literals,
}

impl Required {
    fn unknown() -> Self {
        Self { exact: None, best: None, head: any(), tail: any() }
    }

    fn one_of(exact: Literals) -> Self {
        Self { head: exact.clone(), tail: exact.clone(), exact: Some(exact), best: None }
    }

    fn of(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Self::one_of(any()),
            HirKind::Literal(literal) => std::str::from_utf8(&literal.0)
                .map_or_else(|_| Self::unknown(), |text| Self::one_of(Literals::from([case_folded(text)]))),
            HirKind::Class(class) => Self::of_class(class),
            HirKind::Repetition(repetition) => Self::of_repetition(&repetition.sub, repetition.min, repetition.max),
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(parts) => Self::of_concat(parts),
            HirKind::Alternation(parts) => Self::of_alternation(parts),
        }
    }

    fn of_class(class: &Class) -> Self {
        let Class::Unicode(class) = class else { return Self::unknown() };
        let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
        let few: Vec<char> = chars.take(CLASS_MAX + 1).collect();
        if few.len() > CLASS_MAX {
            return Self::unknown();
        }
        // `(?i)a` is the class of `a` and `A`: folded, they are one literal.
        let folded: Literals = few.iter().map(|c| case_folded(c.encode_utf8(&mut [0; 4]))).collect();
        if folded.len() <= FOLDED_MAX { Self::one_of(folded) } else { Self::unknown() }
    }

    fn of_repetition(sub: &Hir, min: u32, max: Option<u32>) -> Self {
        let sub = Self::of(sub);
        match (min, max) {
            (1, Some(1)) => sub,
            (0, Some(1)) => match sub.exact {
                Some(set) => Self::one_of(set.into_iter().chain([String::new()]).collect()),
                None => Self::unknown(),
            },
            (0, _) => Self::unknown(),
            _ => Self { exact: None, best: better(sub.exact.and_then(useful), sub.best), ..sub },
        }
    }

    fn of_concat(parts: &[Hir]) -> Self {
        let parts: Vec<Self> = parts.iter().map(Self::of).collect();
        let head = edge(parts.iter().map(|part| (&part.exact, &part.head)), product);
        let tail = edge(parts.iter().rev().map(|part| (&part.exact, &part.tail)), |sofar, next| product(next, sofar));
        let mut run = Some(any());
        let mut whole = true;
        let mut best = None;
        for part in parts {
            best = better(best, part.best);
            match run.as_ref().zip(part.exact.as_ref()).and_then(|(run, exact)| product(run, exact)) {
                Some(longer) => run = Some(longer),
                None => {
                    whole = false;
                    run = Some(part.exact.unwrap_or_else(any));
                }
            }
            best = better(best, run.clone().and_then(useful));
        }
        Self { exact: run.filter(|_| whole), best, head, tail }
    }

    fn of_alternation(parts: &[Hir]) -> Self {
        let parts: Vec<Self> = parts.iter().map(Self::of).collect();
        let exact = parts.iter().map(|part| part.exact.clone()).collect::<Option<Vec<_>>>().map(union);
        if let Some(exact) = exact.filter(|set| set.len() <= ALTERNATIVES_MAX) {
            return Self::one_of(exact);
        }
        let few = |set: Literals| Some(set).filter(|set| set.len() <= ALTERNATIVES_MAX);
        let head = few(union(parts.iter().map(|part| part.head.clone()).collect())).unwrap_or_else(any);
        let tail = few(union(parts.iter().map(|part| part.tail.clone()).collect())).unwrap_or_else(any);
        let best = parts.into_iter().map(|part| better(part.exact.and_then(useful), part.best));
        Self { exact: None, best: best.collect::<Option<Vec<_>>>().map(union).and_then(few), head, tail }
    }
}

/// Literals of which one stands in any text.
fn any() -> Literals {
    Literals::from([String::new()])
}

/// The literals at one edge of the strings that some parts match one after another, given from that edge on, each as all
/// that it matches and what stands at that edge of it.
fn edge<'p>(
    parts: impl Iterator<Item = (&'p Option<Literals>, &'p Literals)>,
    join: impl Fn(&Literals, &Literals) -> Option<Literals>,
) -> Literals {
    let mut sofar = any();
    for (exact, at_edge) in parts {
        if shortest(&sofar) >= LITERAL_RARE {
            break;
        }
        match exact.as_ref().and_then(|exact| join(&sofar, exact)) {
            Some(longer) => sofar = longer,
            None => return join(&sofar, at_edge).unwrap_or(sofar),
        }
    }
    sofar
}

fn union(sets: Vec<Literals>) -> Literals {
    sets.into_iter().flatten().collect()
}

/// All strings of `left` followed by all strings of `right`, if they are few.
fn product(left: &Literals, right: &Literals) -> Option<Literals> {
    let few = left.len() * right.len() <= ALTERNATIVES_MAX;
    few.then(|| left.iter().flat_map(|head| right.iter().map(move |tail| format!("{head}{tail}"))).collect())
}

/// Folds a piece of a pattern, which holds nothing that folding would change but its case.
fn case_folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { folded_piece(text) }
}

/// Folds a piece of a line. It keeps white space at its edges, since they are the edges of no line.
pub(super) fn folded_piece(text: &str) -> String {
    if text.trim().is_empty() {
        return " ".to_owned();
    }
    let edge = |has: bool| if has { " " } else { "" };
    let folded = fold::literal(text, Case::Folded);
    format!("{}{folded}{}", edge(text.starts_with(char::is_whitespace)), edge(text.ends_with(char::is_whitespace)))
}

/// The literals, if all of them are worth looking for.
fn useful(set: Literals) -> Option<Literals> {
    are_long(&set).then_some(set)
}

/// Whether there are literals and all of them are worth looking for.
fn are_long(set: &Literals) -> bool {
    set.iter().map(|text| text.trim().len()).min().unwrap_or(0) >= LITERAL_MIN
}

/// The length of the shortest literal, in bytes.
fn shortest(set: &Literals) -> usize {
    set.iter().map(String::len).min().unwrap_or(0)
}

/// The set whose shortest literal is longer, as it hits less often; beyond a length at which it is rare anyway, the set
/// that has fewer literals.
fn better(left: Option<Literals>, right: Option<Literals>) -> Option<Literals> {
    let rank = |set: &Literals| (shortest(set).min(LITERAL_RARE), usize::MAX - set.len(), shortest(set));
    match (left, right) {
        (Some(left), Some(right)) => Some(if rank(&left) >= rank(&right) { left } else { right }),
        (left, right) => left.or(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(pattern: &str, anchoring: Anchoring) -> (Option<How>, Vec<String>) {
        let anchors = Pattern::new(pattern, anchoring).unwrap().anchors;
        (anchors.first().map(|anchor| anchor.how), anchors.into_iter().map(|anchor| anchor.needle).collect())
    }

    #[test]
    fn anchors_come_from_the_pattern_itself() {
        let cases: &[(&str, How, &[&str])] = &[
            (r"Photograph: \w+", How::Starts, &["photograph: "]),
            (r"(?i)updated: \d+", How::Starts, &["updated: "]),
            (r"\d+ (minutes|hours) later", How::Ends, &["hours later", "minutes later"]),
            (r"\d+ (minutes|hours) later \d+", How::Contains, &[" hours later ", " minutes later "]),
            (r"(Reporting by .+; )?Editing by .+", How::Contains, &["editing by "]),
            (r"Posts? on", How::Starts, &["post on", "posts on"]),
            (r"By .+ contributed to this report.*", How::Contains, &[" contributed to "]),
        ];
        for &(pattern, how, needles) in cases {
            let wanted = (Some(how), needles.iter().map(|&needle| needle.to_owned()).collect());
            assert_eq!(derived(pattern, Anchoring::Whole), wanted, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_may_stand_anywhere_is_looked_for_at_an_edge_only_if_it_says_so() {
        assert_eq!(derived("Photo", Anchoring::Anywhere).0, Some(How::Contains));
        assert_eq!(derived("^Photo", Anchoring::Anywhere).0, Some(How::Starts));
        assert_eq!(derived("Photo$", Anchoring::Anywhere).0, Some(How::Ends));
        assert_eq!(derived("^Photo|Photo$", Anchoring::Anywhere).0, Some(How::Contains));
    }

    #[test]
    fn a_pattern_without_a_literal_has_no_anchors() {
        for pattern in [r"\d+", r".*", r"(foo)?", r"foo|\d+", r"a"] {
            assert_eq!(derived(pattern, Anchoring::Whole), (None, Vec::new()), "{pattern}");
        }
    }

    #[test]
    fn a_whole_pattern_is_anchored_around_its_alternatives() {
        let pattern = Pattern::new("true|false|null", Anchoring::Whole).unwrap();
        assert!(pattern.matches("false"));
        assert!(!pattern.matches("a false alarm"));
    }

    #[test]
    fn a_trailing_comment_does_not_swallow_the_anchor() {
        let pattern = Pattern::new("(?x) Advertisement # a label", Anchoring::Whole).unwrap();
        assert!(pattern.matches("Advertisement"));
        assert!(!pattern.matches("Advertisements"));
    }

    #[test]
    fn a_broken_pattern_says_where() {
        let error = Pattern::new("Photo (", Anchoring::Whole).unwrap_err();
        assert_eq!((error.what.as_str(), error.offset), ("broken pattern: unclosed group", Some(6)));
    }

    #[test]
    fn a_character_that_is_folded_away_is_an_error() {
        let error = Pattern::new("Let’s", Anchoring::Whole).unwrap_err();
        assert!(error.what.contains("can never match"), "{}", error.what);
        assert_eq!(error.cure, "write `'`");
    }
}
