//! Finds what the rules match on a page, and what stands against each match.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use bstr::ByteSlice;

use crate::layout::{Layout, Span};
use crate::page::Page;
use crate::rule::index::Owner;
use crate::rule::kind::{Found, Kind, Look};
use crate::rule::literal::How;
use crate::rule::matcher::Matcher;
use crate::rule::set::{self, Ruleset, SourceIdx};
use crate::rule::{Categories, Need, Rule, RuleIdx};
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

/// Which rules run on a document.
pub(super) struct Active<'a> {
    document: &'a Document<'a>,
    options: &'a Options,
    sources: Vec<SourceIdx>,
    /// Whether each pack applies.
    packs: Vec<bool>,
}

impl<'a> Active<'a> {
    /// The rules of the packs that apply to a document of some sources, as far as the document and the options allow.
    pub(super) fn of(
        rules: &Ruleset,
        sources: &[Recognised],
        document: &'a Document,
        options: &'a Options,
        scope: Scope,
    ) -> Self {
        let mut packs = match scope {
            Scope::Sources => rules.packs().iter().map(|pack| pack.source.is_none()).collect(),
            Scope::Pack(_) => vec![false; rules.packs().len()],
        };
        if let Scope::Pack(pack) = scope {
            packs[pack as usize] = true;
        }
        let sources: Vec<SourceIdx> = sources.iter().map(|recognised| recognised.source).collect();
        sources.iter().for_each(|&source| packs[rules.source_pack(source) as usize] = true);
        Self { document, options, sources, packs }
    }

    /// Whether a rule's pack applies and the rule runs in the mode, which is known without unpacking the rule.
    fn may_hold(&self, rules: &Ruleset, index: RuleIdx) -> bool {
        self.packs[rules.pack_index(index) as usize] && rules.runs_in(index, self.options.mode)
    }

    /// Whether a rule of a pack that applies runs.
    fn holds(&self, rules: &Ruleset, rule: &Rule) -> bool {
        let disabled = |&source: &SourceIdx| rules.source(source).disable.iter().any(|other| other.id == rule.id);
        self.options.let_run(rule)
            && self.document.lang.is_none_or(|lang| speaks(rule, lang))
            && !self.sources.iter().any(disabled)
    }
}

/// Whether a rule is for texts in a language; a document's region (`en-GB`) does not count.
fn speaks(rule: &Rule, lang: &str) -> bool {
    let primary = lang.split(['-', '_']).next().unwrap_or_default();
    rule.langs.is_empty() || rule.langs.iter().any(|known| known.eq_ignore_ascii_case(primary))
}

/// Looks for what the active rules match, pass after pass.
pub(super) struct Search<'r> {
    rules: &'r Ruleset,
    active: Active<'r>,
    sources: Vec<&'r str>,
    /// The document as it came.
    document: &'r Layout<'r>,
    /// The categories that stay, by the options or by what is said of the sources.
    keep: Categories,
    /// Whether no rule may touch each line of the document; empty if all may be touched.
    protected: Vec<bool>,
    /// As [`Look::thorough`].
    thorough: bool,
    /// The rules that have hit so far.
    hit: BTreeSet<RuleIdx>,
}

impl<'r> Search<'r> {
    pub(super) fn new(rules: &'r Ruleset, active: Active<'r>, document: &'r Layout, thorough: bool) -> Self {
        let sources = active.sources.iter().map(|&source| rules.source(source).id.as_str()).collect();
        let of_sources = active.sources.iter().map(|&source| rules.source(source).keep);
        let keep = of_sources.fold(active.options.keep, Categories::union);
        let protected = active.options.protect.lines(document);
        Self { rules, active, sources, document, keep, protected, thorough, hit: BTreeSet::new() }
    }

    /// What the rules of a step match on a page.
    pub(super) fn find(&mut self, step: Step, scanned: &Scanned, standing: &Standing) -> Vec<Match> {
        let mut matches = Vec::new();
        for index in self.worth_asking(step, scanned) {
            let rule = self.rules.rule(index);
            let edited = |line| standing.was_edited(line, index);
            let page = &scanned.page;
            let look = Look { page, rule, document: self.document, edited: &edited, thorough: self.thorough };
            let mut known = None;
            for found in distinct(scanned.found(index, &look)) {
                let ask = || against(&look, found.line, standing, self.active.document.text);
                let line = OfLine::known(&mut known, found.line, ask);
                let against = line.against.or_else(|| is_foreign(rule, &found, page, line).then_some(Reason::Langs));
                if against.is_none() {
                    self.hit.insert(index);
                }
                let judged = self.judged(index, rule, found, against);
                self.spare(judged, &page.layout, standing, &mut matches);
            }
        }
        matches
    }

    /// Adds a match, but for what of it stands in protected lines: that is found, and stays. A match by a protected line
    /// stays as a whole.
    fn spare(&self, found: Match, layout: &Layout, standing: &Standing, matches: &mut Vec<Match>) {
        let is_protected = |line: usize| self.protected.get(standing.original_number(line)) == Some(&true);
        let goes = found.verdict == Verdict::Removed || found.beside;
        if self.protected.is_empty() || !goes {
            return matches.push(found);
        }
        let (mut kept, mut going) = (Vec::new(), Vec::new());
        let is_whole = is_protected(found.line);
        for &span in &found.spans {
            for line in layout.lines_of(span) {
                let full = layout.lines()[line].full;
                let part = Span::new(span.start.max(full.start), span.end.min(full.end));
                extend(if is_whole || is_protected(line) { &mut kept } else { &mut going }, part);
            }
        }
        if kept.is_empty() {
            return matches.push(found);
        }
        let verdict = Verdict::Kept(Reason::Protected);
        matches.push(Match { spans: kept, verdict, beside: false, ..found });
        if !going.is_empty() {
            matches.push(Match { spans: going, ..found });
        }
    }

    /// The active rules of a step that may find something on a page, each after those that it needs.
    fn worth_asking(&self, step: Step, scanned: &Scanned) -> Vec<RuleIdx> {
        let anchored = scanned.by_owner(self.rules).filter_map(|(owner, _)| match owner {
            Owner::Rule(index) => Some(index),
            Owner::Signature(..) => None,
        });
        let asked = anchored.chain(self.rules.unanchored().iter().copied());
        let applies = asked.filter(|&index| self.active.may_hold(self.rules, index));
        let of_step = |rule: &Rule| rule.is_certain() == (step == Step::Certain);
        let is_on = |index: &RuleIdx| self.rules.disabled(*index).is_none();
        let runs = |rule: &Rule| of_step(rule) && self.active.holds(self.rules, rule);
        let mut asked: Vec<_> = applies.filter(is_on).filter(|&index| runs(self.rules.rule(index))).collect();
        asked.sort_unstable_by_key(|&index| self.rules.rank(index));
        asked
    }

    fn judged(&self, index: RuleIdx, rule: &Rule, found: Found, against: Option<Reason>) -> Match {
        let needs = (!rule.needs.iter().all(|need| self.is_met(need))).then_some(Reason::Needs);
        let category = self.keep.contains(rule.category).then_some(Reason::Category);
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
            Need::Rule(rule) => self.rules.by_id(&rule.id).is_some_and(|index| self.hit.contains(&index)),
        }
    }
}

/// What is known of a line in which a rule matched: of its many matches, each would read all of it.
struct OfLine {
    line: usize,
    /// What stands against all matches in it.
    against: Option<Reason>,
    /// Where [`WIDE_STOPS`] stand.
    wide_stops: OnceCell<Vec<usize>>,
}

impl OfLine {
    fn new(line: usize, against: Option<Reason>) -> Self {
        Self { line, against, wide_stops: OnceCell::new() }
    }

    /// That of a line, which is `last` if that is the one that was asked of last.
    fn known(last: &mut Option<Self>, line: usize, ask: impl FnOnce() -> Option<Reason>) -> &Self {
        let last_one = last.take().filter(|last| last.line == line);
        last.insert(last_one.unwrap_or_else(|| Self::new(line, ask())))
    }

    fn has_wide_stop(&self, page: &Page, span: Span) -> bool {
        let stops = self.wide_stops.get_or_init(|| wide_stops(page, self.line));
        stops.get(stops.partition_point(|&stop| stop < span.start)).is_some_and(|&stop| stop < span.end)
    }
}

/// What in a rule's own words stands against a match in a line.
fn against(look: &Look, line: usize, standing: &Standing, original: &[u8]) -> Option<Reason> {
    out_of_reach(look, line).or_else(|| protected(look.rule, look.page, line, standing.original_line(original, line)))
}

/// What keeps a rule from a line, whatever the line says.
pub(super) fn out_of_reach(look: &Look, line: usize) -> Option<Reason> {
    if !look.is_in_place(line) {
        return Some(Reason::Where);
    }
    too_long(look.rule, look.page, line)
}

fn too_long(rule: &Rule, page: &Page, line: usize) -> Option<Reason> {
    let is_longer = |most| limits_line(&rule.kind) && page.words(line) > most;
    rule.max_words.is_some_and(is_longer).then_some(Reason::MaxWords)
}

/// What in a line of a page protects it, as that line came. Most are still what they were, and the page knows them.
fn protected(rule: &Rule, page: &Page, line: usize, original: &[u8]) -> Option<Reason> {
    let is_whole = page.content(line) == original;
    let holds = |matcher: &Matcher| match is_whole {
        true => matcher.holds_anywhere(page, line),
        false => matcher.holds_alone(original),
    };
    rule.unless.iter().any(holds).then_some(Reason::Unless)
}

/// Whether a rule that runs alone, wherever the text stands and comes from, would delete something of it.
pub(crate) fn deletes_alone(rule: &Rule, text: &[u8]) -> bool {
    let page = Page::of(text);
    let hits = set::scan_alone(rule, &page);
    let look = Look { page: &page, rule, document: &page.layout, edited: &|_| false, thorough: true };
    let found = rule.kind.find(&look, hits.of(0));
    let stays = |found: &Found| {
        too_long(rule, &page, found.line).is_some()
            || protected(rule, &page, found.line, page.content(found.line)).is_some()
            || is_foreign(rule, found, &page, &OfLine::new(found.line, None))
    };
    !found.iter().all(stays)
}

/// The languages whose sentences end as those of no other language do, and by what.
const WITH_WIDE_STOPS: [&str; 6] = ["zh", "ja", "yue", "cmn", "wuu", "lzh"];
const WIDE_STOPS: [&str; 4] = ["。", "｡", "！", "？"];

/// Whether a rule that looks at one line would delete a sentence of a language that it is not for: such a sentence was glued
/// to what the rule looks for, and `.` and `\w` in its pattern hold all scripts.
fn is_foreign(rule: &Rule, found: &Found, page: &Page, line: &OfLine) -> bool {
    takes_more_than_it_names(&rule.kind)
        && !WITH_WIDE_STOPS.iter().any(|lang| speaks(rule, lang))
        && found.spans.iter().any(|&span| line.has_wide_stop(page, span))
}

/// Where in a text the wide stops of a line stand.
fn wide_stops(page: &Page, line: usize) -> Vec<usize> {
    let start = page.layout.lines()[line].content.start;
    let places = WIDE_STOPS.iter().flat_map(|stop| page.content(line).find_iter(stop));
    let mut places: Vec<usize> = places.map(|at| start + at).collect();
    places.sort_unstable();
    places
}

/// Whether a rule looks at one line and may delete of it what its author did not write down.
fn takes_more_than_it_names(kind: &Kind) -> bool {
    match kind {
        Kind::Phrase(phrase) => !phrase.reach.is_literal(),
        Kind::Line(line) => line.how != How::Equals,
        Kind::Regex(_) => true,
        _ => false,
    }
}

/// Whether `max_words` speaks of the matched line; for some kinds it speaks of the deletion.
fn limits_line(kind: &Kind) -> bool {
    match kind {
        Kind::Phrase(phrase) => phrase.reach.is_literal(),
        Kind::Run(_) => false,
        _ => true,
    }
}

/// Adds a span to some, as a part of the last one if it goes on where that ends.
fn extend(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if last.end == span.start => last.end = span.end,
        _ => spans.push(span),
    }
}

/// The findings without those that two views of a line gave twice.
fn distinct(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|left, right| (left.line, &left.spans).cmp(&(right.line, &right.spans)));
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{Explanation, Finding, Protect, explain};

    /// What is found in a text by rules of which only their kinds' own keys are given.
    fn explained(rules: &str, document: &Document, options: &Options) -> Explanation {
        let rules = rules.replace("]]", "]]\ncategory = 'ad'\nwhy = 'test'");
        let rules = Ruleset::builder().bundled(false).text("x.toml", &rules).build().unwrap();
        let mut explanation = explain(&rules, document, options);
        explanation.forget_repetitions();
        explanation
    }

    /// Where the findings start and end, and whether they go, in the order of their bytes.
    fn places(found: &[Finding]) -> Vec<(usize, usize, Verdict)> {
        found.iter().map(|found| (found.span.start, found.span.end, found.verdict)).collect()
    }

    fn no_bound() -> Options {
        Options { max_removed: Some(1.0), ..Options::default() }
    }

    fn quotes() -> Options {
        Options { protect: Protect { quotes: true, code: false }, ..no_bound() }
    }

    const PROTECTED: Verdict = Verdict::Kept(Reason::Protected);

    #[test]
    fn of_a_block_over_protected_lines_the_rest_goes() {
        let block = "[[block]]\nid = 'x'\nfrom = 'from'\nthrough = 'to'\nmax_lines = 9";
        let document = Document::new(b"stays\nfrom\n> a\n> b\nc\n> d\nto\n");
        let wanted = [
            (6, 11, Verdict::Removed),
            (11, 19, PROTECTED),
            (19, 21, Verdict::Removed),
            (21, 25, PROTECTED),
            (25, 28, Verdict::Removed),
        ];
        assert_eq!(places(&explained(block, &document, &quotes()).matches), wanted);
        let all = Options { protect: Protect::default(), ..quotes() };
        assert_eq!(places(&explained(block, &document, &all).matches), [(6, 28, Verdict::Removed)]);
    }

    #[test]
    fn a_match_by_a_protected_line_stays_as_a_whole() {
        let block = "[[block]]\nid = 'x'\nfrom = 'from'\nthrough = 'to'\nmax_lines = 9";
        let document = Document::new(b"stays\n> from\na\nto\n");
        assert_eq!(places(&explained(block, &document, &quotes()).matches), [(6, 18, PROTECTED)]);
    }

    #[test]
    fn what_waits_for_a_neighbour_in_a_protected_line_waits_for_ever() {
        let rules = "[[line]]\nid = 'x'\nany = ['ad']\n[[line]]\nid = 'y'\nany = ['weak']\nbeside = true";
        let document = Document::new(b"stays\nad\n> weak\n");
        let wanted = [(6, 9, Verdict::Removed), (9, 16, PROTECTED)];
        assert_eq!(places(&explained(rules, &document, &quotes()).matches), wanted);
    }

    #[test]
    fn a_row_that_stands_elsewhere_takes_no_line_from_one_that_does_not() {
        let rules = "[[sequence]]\nid = 'x'\nwhere = 'tail'\nsteps = [{ do = 'drop', pattern = 'see.*' }, { do = 'keep', pattern = 'see.*' }]";
        let prose = "The keeper of the lamp saw the ferry come in late on Monday.";
        let text = format!("{prose}\n\nsee above\n\nsee {prose}\n\nsee below\n");
        let document = Document::new(text.as_bytes());
        let found = explained(rules, &document, &no_bound());
        let first = found.matches.iter().filter(|found| found.pass == 1).map(|found| found.verdict);
        assert_eq!(first.collect::<Vec<_>>(), [Verdict::Kept(Reason::Where), Verdict::Removed]);
    }

    /// The verdicts in the order of their bytes, of rules of a few lines.
    fn verdicts(rules: &str, text: &str) -> Vec<Verdict> {
        let found = explained(rules, &Document::new(text.as_bytes()), &no_bound());
        found.matches.iter().filter(|found| found.pass == 1).map(|found| found.verdict).collect()
    }

    #[test]
    fn what_stays_anyway_is_not_said_to_be_protected() {
        let rules = "[[line]]\nid = 'x'\nany = ['ad']\nunless = '>'";
        let found = explained(rules, &Document::new(b"stays\n> ad\n"), &quotes());
        assert_eq!(places(&found.matches), [(6, 11, Verdict::Kept(Reason::Unless))]);
    }

    #[test]
    fn what_protects_a_line_does_so_as_it_came() {
        let rules =
            "[[phrase]]\nid = 'x'\nany = ['old ']\n[[line]]\nid = 'y'\nany = ['ad']\nneeds = 'x'\nunless = 'old'";
        let left = |text: &str| {
            let document = Document::new(text.as_bytes());
            String::from_utf8(explained(rules, &document, &no_bound()).text_left(&document)).unwrap()
        };
        assert_eq!(left("stays\nold ad\nad\n"), "stays\nad\n");
        assert_eq!(left("stays\nad\n"), "stays\nad\n");
    }

    #[test]
    fn of_the_lines_in_which_a_rule_hits_each_is_asked_what_stands_against_it() {
        let rules = "[[phrase]]\nid = 'x'\nany = ['ad']\nunless = 'never'";
        let wanted = [Verdict::Removed, Verdict::Kept(Reason::Unless), Verdict::Kept(Reason::Unless), Verdict::Removed];
        assert_eq!(verdicts(rules, "an ad stays\nnever an ad or an ad\nan ad stays\n"), wanted);
        let text = "an ad stays\nan ad or an ad or an ad stays\nan ad stays\n";
        assert_eq!(verdicts(rules, text), [Verdict::Removed; 5]);
    }

    #[test]
    fn the_words_of_a_line_do_not_count_where_those_that_go_do() {
        let prose = "The keeper of the lamp saw the ferry come in late on Monday.";
        let sentence = "[[phrase]]\nid = 'x'\nany = ['see']\nextend = 'sentence'\nmax_words = 3";
        assert_eq!(verdicts(sentence, &format!("{prose} Now see this. {prose}\n")), [Verdict::Removed]);
        let run = "[[run]]\nid = 'x'\nafter = 'All that there is to see'\nmin_lines = 3\nmax_words = 2";
        let text = format!("{prose}\n\n{prose}\n\nAll that there is to see\nHome\nNews\nSport\n");
        assert_eq!(verdicts(run, &text), [Verdict::Removed; 4]);
        let line = "[[line]]\nid = 'x'\nany = ['see']\nmatch = 'starts'\nmax_words = 3";
        assert_eq!(
            verdicts(line, "stays\nsee all of this\nsee all this\n"),
            [Verdict::Kept(Reason::MaxWords), Verdict::Removed]
        );
    }

    #[test]
    fn a_rule_takes_no_sentence_of_a_script_that_its_languages_do_not_have() {
        let rule = |langs: &str| format!("[[regex]]\nid = 'x'\nlangs = {langs}\npattern = 'All rights reserved\\..*'");
        let text = "stays\nAll rights reserved. 港口。\nAll rights reserved. 港口\n";
        let foreign = [Verdict::Kept(Reason::Langs), Verdict::Removed];
        assert_eq!(verdicts(&rule("['en', 'de']"), text), foreign);
        for langs in ["['en', 'ja']", "['zh']", "['yue']", "[]"] {
            assert_eq!(verdicts(&rule(langs), text), [Verdict::Removed; 2], "{langs}");
        }
        let literal = "[[line]]\nid = 'x'\nlangs = ['ko']\nany = ['版權所有。']";
        assert_eq!(verdicts(literal, "stays\n版權所有。\n"), [Verdict::Removed]);
        let named = "[[phrase]]\nid = 'x'\nlangs = ['en']\nany = ['(ad)。']";
        assert_eq!(verdicts(named, "stays (ad)。 港口\n"), [Verdict::Removed]);
        let starts = "[[line]]\nid = 'x'\nlangs = ['en']\nany = ['Ad:']\nmatch = 'starts'\nmax_words = 9";
        assert_eq!(verdicts(starts, "stays\nAd: 港口！\nAd: 港口\n"), foreign);
        let through = "[[phrase]]\nid = 'x'\nlangs = ['en']\nany = ['Ad:']\nthrough = [';']\nmax_words = 9";
        assert_eq!(verdicts(through, "stays 港？ Ad: 港口｡; Ad: 港口; Ad: 港口\n"), foreign);
        let begins = through.replace("Ad:", "！Ad:");
        assert_eq!(verdicts(&begins, "stays\n！Ad: 港口; stays\n"), foreign[..1]);
        assert_eq!(verdicts(through, "stays Ad: 港口;。 stays\n"), foreign[1..]);
        let sentence = "[[phrase]]\nid = 'x'\nlangs = ['en']\nany = ['Ad:']\nextend = 'sentence'\nmax_words = 9";
        assert_eq!(verdicts(sentence, "stays. Ad: 港口？\nstays. Ad: 港口.\n"), foreign);
        let needs = format!("{}\n[[line]]\nid = 'y'\nany = ['weak']\nneeds = 'x'", rule("['en']"));
        let no_hit = [Verdict::Kept(Reason::Langs), Verdict::Kept(Reason::Needs)];
        assert_eq!(verdicts(&needs, "stays\nAll rights reserved. 港口。\nweak\n"), no_hit);
    }

    #[test]
    fn what_a_rule_needs_must_have_hit() {
        let rules = "[[line]]\nid = 'x'\nany = ['ad']\n[[line]]\nid = 'y'\nany = ['weak']\nneeds = 'x'";
        assert_eq!(verdicts(rules, "stays\nad\nweak\n"), [Verdict::Removed, Verdict::Removed]);
        assert_eq!(verdicts(rules, "stays\nweak\n"), [Verdict::Kept(Reason::Needs)]);
    }

    #[test]
    fn rules_that_look_around_run_on_what_the_others_left() {
        let rules = "[[line]]\nid = 'x'\nany = ['ad']\n[[sequence]]\nid = 'y'\nsteps = [{ do = 'drop', any = ['see'] }, { do = 'keep', any = ['also'] }]";
        let found = explained(rules, &Document::new(b"stays\nsee\nad\nalso\n"), &no_bound());
        let steps: Vec<_> = found.matches.iter().map(|found| (found.span.start, found.pass, found.step)).collect();
        assert_eq!(steps, [(6, 1, Step::Context), (10, 1, Step::Certain)]);
    }

    #[test]
    fn the_rules_of_a_source_run_on_its_texts_and_those_that_it_disables_do_not() {
        let pack =
            "[source]\nid = 's'\ndisable = ['x']\n[[line]]\nid = 'y'\ncategory = 'ad'\nwhy = 'test'\nany = ['own']";
        let generic = "[[line]]\nid = 'x'\ncategory = 'ad'\nwhy = 'test'\nany = ['ad']\n[[line]]\nid = 'z'\ncategory = 'ad'\nwhy = 'test'\nany = ['other']";
        let rules = Ruleset::builder().bundled(false).text("g.toml", generic).text("s.toml", pack).build().unwrap();
        let left = |source| {
            let document = Document { source, ..Document::new(b"ad\nown\nother\nstays\n") };
            String::from_utf8(explain(&rules, &document, &no_bound()).text_left(&document)).unwrap()
        };
        assert_eq!(left(None), "own\nstays\n");
        assert_eq!(left(Some("s")), "ad\nstays\n");
    }

    #[test]
    fn a_rule_for_some_languages_runs_where_the_language_is_one_of_them_or_not_known() {
        let rules = "[[line]]\nid = 'x'\nany = ['ad']\nlangs = ['de', 'en']";
        let runs = |lang| {
            let document = Document { lang, ..Document::new(b"ad\nstays\n") };
            !explained(rules, &document, &Options::default()).matches.is_empty()
        };
        assert!([None, Some("en"), Some("EN"), Some("de-AT"), Some("en_GB")].into_iter().all(runs));
        assert!(!runs(Some("fr")) && !runs(Some("fr-en")));
        let any = "[[line]]\nid = 'x'\nany = ['ad']";
        let french = Document { lang: Some("fr"), ..Document::new(b"ad\nstays\n") };
        assert_eq!(explained(any, &french, &Options::default()).matches.len(), 1);
    }

    #[test]
    fn a_proof_knows_how_long_the_line_may_be_and_what_protects_it() {
        let text = "[[line]]\nid = 'x'\ncategory = 'ad'\nwhy = 'test'\nany = ['see']\nmatch = 'starts'\nmax_words = 3\nunless = 'sea'";
        let rules = Ruleset::builder().bundled(false).text("x.toml", text).build().unwrap();
        let deletes = |text: &str| deletes_alone(rules.rule(0), text.as_bytes());
        assert!(deletes("see all this") && deletes("stays\nsee this"));
        assert!(!deletes("see all of this") && !deletes("see the sea") && !deletes("all of this"));
    }
}
