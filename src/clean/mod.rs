//! Cleans a document: the pipeline from its bytes to what is left of them.
//!
//! Each pass finds what the rules match and decides what of it goes, first what is certain, then what its neighbourhood
//! tells, until nothing changes. Only bytes of the document are ever deleted, and each deletion names its rules.

pub(crate) mod apply;
mod bound;
mod decide;
pub(crate) mod find;
#[doc(hidden)]
pub mod parts;
mod pieces;
mod protect;
mod scanned;
pub mod sources;
mod standing;
mod tidy;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use crate::layout::{Layout, Span};
use crate::rule::kind::Kind;
use crate::rule::set::{Ruleset, SourceIdx};
use crate::rule::{Categories, Confidence, Mode, PackIdx, Rule, RuleIdx, Status};
use crate::text::document::Document;
pub use bound::Lost;
use find::{Active, Search};
pub use protect::Protect;
use scanned::Scanned;
use sources::{Origin, Recognised};
use standing::Standing;

/// How often the rules go over what they left before a document counts as unstable.
pub const PASSES: u32 = 4;

/// What of the rules runs, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the text is.
    pub mode: Mode,
    /// Categories that are found but not deleted.
    pub keep: Categories,
    /// Whether preview rules run.
    pub preview: bool,
    /// Whether rules of low confidence run.
    pub aggressive: bool,
    /// Whether blank runs and trailing spaces away from deletions are folded, too.
    pub tidy: bool,
    /// Lines that no rule may touch.
    pub protect: Protect,
    /// The largest share of its words, from 0 to 1, that a document may lose to rules that go by where text stands, or are of
    /// low confidence; of all rules together, if it is more than the usual. 0.7 is usual, and 0.95 for whole pages.
    pub max_removed: Option<f64>,
}

impl Options {
    /// Whether they let a rule run.
    pub fn let_run(&self, rule: &Rule) -> bool {
        (rule.modes.is_empty() || rule.modes.contains(&self.mode))
            && (rule.status != Status::Preview || self.preview)
            && (rule.confidence != Confidence::Low || self.aggressive)
    }
}

/// Bytes of the document that go, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The bytes.
    pub span: Span,
    /// The rules that delete them; empty for white space that [`Options::tidy`] folds.
    pub rules: Vec<RuleIdx>,
}

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was deleted.
    Unchanged,
    /// Something was deleted.
    Cleaned,
    /// Something would have been deleted, but the document was left alone.
    Left(Left),
}

/// Why a document was left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// It still changed after the last pass.
    Unstable,
    /// It would have lost too much.
    OverBound {
        /// The words that it would have lost.
        lost: u64,
        /// The words that it has.
        words: u64,
        /// Whether only those are meant that went by rules which do not name each word that they delete.
        vague: bool,
    },
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unstable => write!(f, "still changing after {PASSES} passes"),
            Self::OverBound { lost, words, vague: false } => write!(f, "would have lost {lost} of its {words} words"),
            Self::OverBound { lost, words, vague: true } => {
                write!(f, "would have lost {lost} of its {words} words to rules that go by structure or are not sure")
            }
        }
    }
}

/// What a deleted line said of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// `published`, `updated`, `byline`, `section` or `url`.
    pub name: &'static str,
    /// What it said, folded with its case kept.
    pub value: String,
}

/// A cleaned document.
#[derive(Clone, Debug)]
pub struct Cleaned<'a> {
    /// What is left; borrowed if nothing was deleted.
    pub text: Cow<'a, [u8]>,
    /// What was deleted: bytes of the document, in order, without overlap.
    pub removals: Vec<Removal>,
    /// The sources that it comes from, publishers first.
    pub sources: Vec<SourceIdx>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether a rule matched where it looks, deleted or not.
    pub matched: bool,
    /// What deleted lines said of it.
    pub metadata: Vec<Metadata>,
}

/// What became of a document, as [`Cleaned`] says it: what is left is the document without the removals, and whoever
/// writes it need not put it together first.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    pub(crate) removals: Vec<Removal>,
    pub(crate) sources: Vec<SourceIdx>,
    pub(crate) outcome: Outcome,
    pub(crate) matched: bool,
    pub(crate) metadata: Vec<Metadata>,
}

/// The two steps of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Rules whose matches count for themselves.
    Certain,
    /// Rules that look around their matches, on what the first step left.
    Context,
}

/// A match, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleIdx,
    /// The bytes of the document.
    pub span: Span,
    /// The line of the document whose place, words and protection decided, without its end.
    pub line: Span,
    /// The pass, from 1.
    pub pass: u32,
    /// The step of the pass.
    pub step: Step,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It went.
    Removed,
    /// It stayed.
    Kept(Reason),
}

impl Verdict {
    /// Whether the rule looks at such lines where it matched.
    pub fn is_in_reach(self) -> bool {
        !matches!(self, Self::Kept(Reason::Where | Reason::MaxWords))
    }
}

/// Why a match stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It stands in another part of the document than the rule looks at.
    Where,
    /// Something in its line protects it.
    Unless,
    /// What the rule needs did not hit.
    Needs,
    /// No neighbour goes.
    Beside,
    /// Its line is longer than the rule may delete.
    MaxWords,
    /// It holds a sentence of a language that the rule is not for.
    Langs,
    /// Its category is kept.
    Category,
    /// It stands in lines that no rule may touch.
    Protected,
    /// The document would have lost too much.
    Bound,
    /// The document was still changing after the last pass.
    Unstable,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Where => "it stands elsewhere than the rule looks",
            Self::Unless => "something in its line protects it",
            Self::Needs => "what the rule needs is not in the document",
            Self::Beside => "no line beside it goes",
            Self::MaxWords => "its line has more words than `max_words`",
            Self::Langs => "it holds a sentence of a language that the rule is not for",
            Self::Category => "its category is kept",
            Self::Protected => "it stands in a quote or in code, which is protected",
            Self::Bound => "the document would lose too much",
            Self::Unstable => "the document keeps changing",
        })
    }
}

/// All that was found in a document, for a person to read.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The sources, and how each was recognised.
    pub sources: Vec<Recognised>,
    /// What became of the document.
    pub outcome: Outcome,
    /// All matches, in the order of their bytes.
    pub matches: Vec<Finding>,
    /// What was deleted.
    pub removals: Vec<Removal>,
    /// The words that the document has.
    pub words: u64,
    /// The words that it loses, or would have lost if it was left alone.
    pub lost: Lost,
}

impl Explanation {
    /// Leaves out repetitions: a match that stays is found again in each pass, and once is enough to tell of it.
    pub fn forget_repetitions(&mut self) {
        let mut seen = HashSet::new();
        self.matches.retain(|found| found.verdict == Verdict::Removed || seen.insert((found.rule, found.span)));
    }

    /// What is left of the document that was explained.
    pub fn text_left(&self, document: &Document) -> Vec<u8> {
        apply::without(document.text, &self.removals)
    }
}

/// Which rules of a set run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    /// The generic ones and those of the document's sources.
    Sources,
    /// Those of a pack and of the packs that it extends, whose source is taken as given.
    Pack(PackIdx),
}

/// Deletes the junk of a document.
pub fn clean<'a>(rules: &Ruleset, document: &Document<'a>, options: &Options) -> Cleaned<'a> {
    let Judgement { removals, sources, outcome, matched, metadata } = judge(rules, document, options);
    Cleaned { text: apply::left(document.text, &removals), removals, sources, outcome, matched, metadata }
}

/// Says what goes of a document.
pub(crate) fn judge(rules: &Ruleset, document: &Document, options: &Options) -> Judgement {
    Run::of(rules, document, options, Scope::Sources, None).finish()
}

/// Says what was found in a document, what went and why.
pub fn explain(rules: &Ruleset, document: &Document, options: &Options) -> Explanation {
    explain_in(rules, document, options, Scope::Sources)
}

/// As [`explain`], with a part of the rules.
pub(crate) fn explain_in(rules: &Ruleset, document: &Document, options: &Options, scope: Scope) -> Explanation {
    let run = Run::of(rules, document, options, scope, Some(Vec::new()));
    let (outcome, removals) = run.judged();
    let mut matches = run.trace.unwrap_or_default();
    if let Outcome::Left(left) = &outcome {
        let reason = if *left == Left::Unstable { Reason::Unstable } else { Reason::Bound };
        let removed = matches.iter_mut().filter(|finding| finding.verdict == Verdict::Removed);
        removed.for_each(|finding| finding.verdict = Verdict::Kept(reason));
    }
    matches.sort_by_key(|finding| (finding.span, finding.pass, finding.rule));
    let words = Layout::of(document.text).words();
    Explanation { sources: run.sources, outcome, matches, removals, words, lost: run.lost }
}

/// The rules' way over a document.
struct Run<'r> {
    rules: &'r Ruleset,
    sources: Vec<Recognised>,
    standing: Standing,
    matched: bool,
    settled: bool,
    lost: Lost,
    /// What is too much if all of it goes.
    over_bound: Option<Left>,
    /// All that goes, if it goes.
    removals: Vec<Removal>,
    metadata: Vec<Metadata>,
    trace: Option<Vec<Finding>>,
}

impl<'r> Run<'r> {
    fn of(
        rules: &'r Ruleset,
        document: &Document,
        options: &'r Options,
        scope: Scope,
        trace: Option<Vec<Finding>>,
    ) -> Self {
        let first = Scanned::of(rules, document.text);
        let origin = Origin::of(rules, document, scope);
        let sources = origin.sources(rules, &first);
        let active = Active::of(rules, &sources, document, options, scope);
        let mut search = Search::new(rules, active, &first.page.layout, trace.is_some());
        let mut run = Self {
            rules,
            sources,
            standing: Standing::whole(&first.page),
            matched: false,
            settled: false,
            lost: Lost::default(),
            over_bound: None,
            removals: Vec::new(),
            metadata: Vec::new(),
            trace,
        };
        let mut left = run.pass(1, &mut search, &first);
        run.settled = left.is_none();
        for pass in 2..=PASSES {
            let Some(scanned) = left else { break };
            left = run.pass(pass, &mut search, &scanned);
            run.settled = left.is_none() && is_clean(rules, document, &origin, options, scope, &scanned);
        }
        run.removals = run.standing.removals();
        if options.tidy && tidy::add(document.text, &mut run.removals) {
            // Blank lines that go bring together what a rule may look for.
            let scanned = first.without(rules, &run.removals);
            run.settled &= is_clean(rules, document, &origin, options, scope, &scanned);
        }
        run.lost = Lost::of(rules, &first.page.layout, &run.removals);
        run.over_bound = bound::exceeded(options, &first.page.layout, run.lost);
        run
    }

    /// Goes over a text once; what is left of it, if that is less.
    fn pass(&mut self, pass: u32, search: &mut Search, scanned: &Scanned) -> Option<Scanned<'static>> {
        let certain = self.step(pass, Step::Certain, search, scanned);
        let left = (!certain.is_empty()).then(|| scanned.without(self.rules, &certain));
        let sofar = left.as_ref().map_or(scanned, |left| left);
        let context = self.step(pass, Step::Context, search, sofar);
        if context.is_empty() { left } else { Some(sofar.without(self.rules, &context)) }
    }

    /// Finds, decides and takes note; what goes of the text that was scanned.
    fn step(&mut self, pass: u32, step: Step, search: &mut Search, scanned: &Scanned) -> Vec<Removal> {
        let page = &scanned.page;
        let mut matches = search.find(step, scanned, &self.standing);
        self.matched |= matches.iter().any(|found| found.verdict.is_in_reach());
        decide::settle_neighbours(page, &self.standing, &mut matches);
        let removals = decide::removals(page, &matches);
        self.note(pass, step, scanned, &matches);
        self.standing.remove(page, &removals);
        removals
    }

    fn note(&mut self, pass: u32, step: Step, scanned: &Scanned, matches: &[find::Match]) {
        for found in matches.iter().filter(|found| found.verdict == Verdict::Removed) {
            if let Kind::Regex(regex) = &self.rules.rule(found.rule).kind {
                let metadata = regex.metadata(&scanned.page, found.line);
                self.metadata.extend(metadata.into_iter().map(|(name, value)| Metadata { name, value }));
            }
        }
        let Some(trace) = &mut self.trace else { return };
        let standing = &self.standing;
        let each = matches.iter().flat_map(|found| found.spans.iter().map(move |&span| (found, span)));
        trace.extend(each.map(|(found, span)| Finding {
            rule: found.rule,
            span: standing.original(span),
            line: standing.original_span(found.line),
            pass,
            step,
            verdict: found.verdict,
        }));
    }

    /// What became of the document, and what goes of it in the end.
    fn judged(&self) -> (Outcome, Vec<Removal>) {
        let left = if self.settled { self.over_bound.clone() } else { Some(Left::Unstable) };
        match left {
            Some(left) => (Outcome::Left(left), Vec::new()),
            None if self.removals.is_empty() => (Outcome::Unchanged, Vec::new()),
            None => (Outcome::Cleaned, self.removals.clone()),
        }
    }

    fn finish(self) -> Judgement {
        let (outcome, removals) = self.judged();
        Judgement {
            removals,
            sources: self.sources.iter().map(|recognised| recognised.source).collect(),
            matched: self.matched,
            metadata: if outcome == Outcome::Cleaned { self.metadata } else { Vec::new() },
            outcome,
        }
    }
}

/// Whether nothing would go of a text that came as a document of its own: it knows nothing of what stood around it, of
/// the sources whose signatures are gone, of what protected a line.
fn is_clean(
    rules: &Ruleset,
    document: &Document,
    origin: &Origin,
    options: &Options,
    scope: Scope,
    scanned: &Scanned,
) -> bool {
    let document = &Document { text: scanned.page.text(), ..*document };
    let sources = origin.sources(rules, scanned);
    let active = Active::of(rules, &sources, document, options, scope);
    let mut search = Search::new(rules, active, &scanned.page.layout, false);
    let standing = Standing::whole(&scanned.page);
    [Step::Certain, Step::Context].into_iter().all(|step| {
        let mut matches = search.find(step, scanned, &standing);
        decide::settle_neighbours(&scanned.page, &standing, &mut matches);
        matches.iter().all(|found| found.verdict != Verdict::Removed)
    })
}
