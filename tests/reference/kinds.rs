//! What each kind of rule finds in a text.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use bstr::ByteSlice;
use deboil::fold::View;
use deboil::layout;
use deboil::page::Page;
use deboil::rule::anchor::Anchor;
use deboil::rule::kind::block::Block;
use deboil::rule::kind::cut::Cut;
use deboil::rule::kind::headline::{self, Headline};
use deboil::rule::kind::phrase::{Phrase, Reach};
use deboil::rule::kind::regex::Regex as RegexKind;
use deboil::rule::kind::repeat::Unit;
use deboil::rule::kind::run::Run;
use deboil::rule::kind::sequence::{Sequence, Step};
use deboil::rule::kind::{Kind, line};
use deboil::rule::literal::{How, Literal};
use deboil::rule::matcher::Matcher;
use deboil::rule::pattern::{Anchoring, Pattern};
use deboil::rule::{Rule, Where};
use deboil::{Span, sentence};
use regex_automata::meta::Regex;
use regex_syntax::hir::{Capture, Class, ClassUnicodeRange, Hir, HirKind, Repetition};

use super::text::{Line, Text};
use super::versions;

/// What a rule found: the line that its guards look at, and the bytes that would go.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) line: usize,
    pub(crate) spans: Vec<Span>,
}

/// All that a rule finds, guards aside.
pub(crate) fn find(rule: &Rule, text: &Text, document_words: u64, edited: &dyn Fn(usize) -> bool) -> BTreeSet<Found> {
    let all = 0..text.lines.len();
    match &rule.kind {
        Kind::Phrase(phrase) => all.flat_map(|line| in_line(phrase, text, line)).collect(),
        Kind::Line(kind) => whole_lines(all.filter(|&line| is_line(kind, &text.lines[line])), text),
        Kind::Regex(regex) => all.flat_map(|line| by_pattern(regex, text, line)).collect(),
        Kind::Block(block) => blocks(block, text),
        Kind::Cut(cut) => cuts(cut, text, document_words),
        Kind::Sequence(sequence) => sequences(sequence, rule, text),
        Kind::Run(run) => runs(run, rule, text),
        Kind::Headline(headline) => headlines(headline, text),
        Kind::Article(article) => {
            let runs = article.outside(&Page::of(&text.bytes)).into_iter();
            let spans = |lines: &[usize]| lines.iter().map(|&line| text.lines[line].full).collect();
            runs.map(|lines| Found { line: lines[0], spans: spans(&lines) }).collect()
        }
        Kind::Repeat(repeat) => match repeat.unit {
            Unit::Paragraph => paragraphs(text),
            Unit::Pullquote => whole_lines(all.filter(|&line| is_pullquote(text, line)), text),
            Unit::Line => halves(text, edited, versions::last_copy),
            Unit::Versions => halves(text, edited, versions::later_version),
        },
    }
}

fn whole_lines(lines: impl Iterator<Item = usize>, text: &Text) -> BTreeSet<Found> {
    lines.map(|line| Found { line, spans: vec![text.lines[line].full] }).collect()
}

// Literals and matchers.

/// A text in which a literal is looked for: a folded view, or the bytes of the line themselves.
#[derive(Clone, Copy)]
struct Seen<'t> {
    text: &'t [u8],
    view: Option<&'t View>,
}

impl Seen<'_> {
    /// The bytes of the line that a range of the text stands for, if it can be had without the rest.
    fn original(self, range: Range<usize>) -> Option<Range<usize>> {
        self.view.map_or(Some(range.clone()), |view| view.original(range))
    }
}

fn seen<'t>(literal: &Literal, line: &'t Line) -> Vec<Seen<'t>> {
    if literal.exact {
        return vec![Seen { text: &line.raw, view: None }];
    }
    line.folded.iter().map(|view| Seen { text: view.text().as_bytes(), view: Some(view) }).collect()
}

/// All places at which a literal stands in a text without starting or ending inside a word.
fn places(literal: &Literal, text: &[u8]) -> Vec<Range<usize>> {
    let needle = literal.needle.as_bytes();
    let starts = (0..text.len()).filter(|&start| text[start..].starts_with(needle));
    let places = starts.map(|start| start..start + needle.len());
    places
        .filter(|place| !literal.boundary || (is_boundary(text, place.start) && is_boundary(text, place.end)))
        .collect()
}

fn is_boundary(text: &[u8], at: usize) -> bool {
    let in_word = |c: char| (c.is_alphanumeric() || c == '_') && !layout::is_unspaced(c);
    let before = text[..at].chars().next_back();
    let after = text[at..].chars().next();
    !(before.is_some_and(in_word) && after.is_some_and(in_word))
}

fn stands(how: How, place: &Range<usize>, text: &[u8]) -> bool {
    let starts = place.start == 0;
    let ends = place.end == text.len();
    match how {
        How::Equals => starts && ends,
        How::Starts => starts,
        How::Ends => ends,
        How::Contains => true,
    }
}

/// Whether a line has what a matcher says, wherever it stands.
pub(crate) fn has(matcher: &Matcher, line: &Line) -> bool {
    let literal = matcher.literals.is_empty()
        || matcher.literals.iter().any(|literal| {
            let holds =
                |seen: Seen| places(literal, seen.text).iter().any(|place| stands(matcher.how, place, seen.text));
            seen(literal, line).into_iter().any(holds)
        });
    let pattern = matcher
        .pattern
        .as_ref()
        .is_none_or(|pattern| line.kept.iter().any(|view| compiled(pattern).is_match(view.text())));
    literal && pattern
}

/// A pattern as the engine of the regex crate compiles it.
fn compiled(pattern: &Pattern) -> Regex {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default();
    }
    let source = match pattern.anchoring {
        Anchoring::Anywhere => pattern.source.clone(),
        Anchoring::Whole => format!("^(?:{})$", pattern.source),
    };
    COMPILED.with_borrow_mut(|all| {
        let compile = |source: &String| {
            let hir = regex_syntax::parse(source).expect("the rule was loaded");
            let compiled = Regex::builder().build_from_hir(&with_all_letters(&hir));
            compiled.unwrap_or_else(|error| panic!("{error}: {source}"))
        };
        all.entry(source).or_insert_with_key(compile).clone()
    })
}

/// A pattern in which a class that holds all letters holds all characters beyond ASCII.
fn with_all_letters(hir: &Hir) -> Hir {
    let HirKind::Class(Class::Unicode(letters)) = regex_syntax::parse(r"\p{L}").unwrap().into_kind() else {
        unreachable!("a class is a class");
    };
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            let mut common = class.clone();
            common.intersect(&letters);
            let private = class.iter().any(|range| (range.start()..=range.end()).contains(&'\u{e000}'));
            let mut wide = class.clone();
            if common == letters && !private {
                wide.push(ClassUnicodeRange::new('\u{80}', char::MAX));
            }
            Hir::class(Class::Unicode(wide))
        }
        HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
            let sub = Box::new(with_all_letters(sub));
            Hir::repetition(Repetition { min: *min, max: *max, greedy: *greedy, sub })
        }
        HirKind::Capture(Capture { index, name, sub }) => {
            Hir::capture(Capture { index: *index, name: name.clone(), sub: Box::new(with_all_letters(sub)) })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(with_all_letters).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(with_all_letters).collect()),
        _ => hir.clone(),
    }
}

/// Whether a line is marked by a matcher: it is filled, has what the matcher says and stands where it says.
pub(crate) fn marks(matcher: &Matcher, text: &Text, line: usize) -> bool {
    let line = &text.lines[line];
    !line.blank && has(matcher, line) && matcher.place.is_none_or(|place| place.holds(line.region))
}

fn any_marks(matchers: &[Matcher], text: &Text, line: usize) -> bool {
    matchers.iter().any(|matcher| marks(matcher, text, line))
}

// The kinds.

fn in_line(phrase: &Phrase, text: &Text, line: usize) -> Vec<Found> {
    let mut found = Vec::new();
    for literal in &phrase.any {
        for seen in seen(literal, &text.lines[line]) {
            for place in places(literal, seen.text) {
                let bytes = reach(&phrase.reach, seen.text, place).and_then(|range| seen.original(range));
                let content = text.lines[line].content;
                let bytes = bytes.map(|bytes| spaced(content.of(&text.bytes), bytes));
                let span = bytes.map(|bytes| Span::new(content.start + bytes.start, content.start + bytes.end));
                found.extend(span.map(|span| Found { line, spans: vec![span] }));
            }
        }
    }
    found
}

/// What of a text goes with a literal.
fn reach(reach: &Reach, text: &[u8], place: Range<usize>) -> Option<Range<usize>> {
    let (range, most) = match reach {
        Reach::Literal => return Some(place),
        Reach::Through(ends, most) => {
            let behind = ends.iter().flat_map(|end| places(end, text)).filter(|end| end.start >= place.end);
            let first = behind.min_by_key(|end| (end.start, end.end))?;
            (place.start..first.end, most)
        }
        Reach::Sentence(most) => (sentence::around(text, place), most),
    };
    (layout::words(&text[range.clone()]) <= *most).then_some(range)
}

/// A part of a line with the space before it; at the line's start with the space after it. One that brings space of its
/// own stays as it is.
fn spaced(line: &[u8], part: Range<usize>) -> Range<usize> {
    let before = line[..part.start].trim_end().len();
    let after = line.len() - line[part.end..].trim_start().len();
    match line[part.clone()].trim().len() == part.len() {
        false => part,
        true if before > 0 => before..part.end,
        true => part.start..after,
    }
}

fn is_line(kind: &line::Line, line: &Line) -> bool {
    kind.any.iter().any(|literal| {
        seen(literal, line).into_iter().any(|seen| {
            let mut places = places(literal, seen.text).into_iter();
            places.any(|place| stands(kind.how, &place, seen.text) && seen.original(place).is_some())
        })
    })
}

fn by_pattern(regex: &RegexKind, text: &Text, line: usize) -> Vec<Found> {
    let Line { kept, folded, full, content, .. } = &text.lines[line];
    // What the author gave is asked for; what is derived from the pattern must make no difference.
    let has = |anchor: &Anchor| folded.iter().any(|view| view.text().contains(&anchor.needle));
    if !regex.keywords.is_empty() && !regex.keywords.iter().any(has) {
        return Vec::new();
    }
    let pattern = &compiled(&regex.pattern);
    if !pattern.group_info().all_names().any(|(_, _, name)| name == Some("junk")) {
        let matches = kept.iter().any(|view| pattern.is_match(view.text()));
        return matches.then(|| Found { line, spans: vec![*full] }).into_iter().collect();
    }
    let pieces = kept.iter().flat_map(|view| pieces(pattern, view));
    let span = |bytes: Range<usize>| Span::new(content.start + bytes.start, content.start + bytes.end);
    pieces.map(|bytes| Found { line, spans: vec![span(bytes)] }).collect()
}

/// The group `junk` in a view with the space around it, and what the group is when that is gone, and so on.
fn pieces(pattern: &Regex, view: &View) -> Vec<Range<usize>> {
    // What is left of the view, each byte with its place in it.
    let mut left: Vec<(u8, usize)> = view.text().bytes().zip(0..).collect();
    let mut pieces = Vec::new();
    let most = ((2 << 20) / left.len().max(1)).clamp(1, 32);
    while pieces.len() < most {
        let text = String::from_utf8(left.iter().map(|(byte, _)| *byte).collect()).expect("whole characters go");
        let mut groups = pattern.create_captures();
        pattern.captures(&text, &mut groups);
        let Some(junk) = groups.get_group_by_name("junk").map(|junk| junk.range()) else { break };
        let junk = spaced(text.as_bytes(), junk);
        let Some(&[(_, first), ..]) = left.get(junk.clone()) else { break };
        let Some(bytes) = view.original(first..left[junk.end - 1].1 + 1) else { break };
        pieces.push(bytes);
        left.drain(junk);
    }
    pieces
}

fn blocks(block: &Block, text: &Text) -> BTreeSet<Found> {
    let mut found = BTreeSet::new();
    let mut line = 0;
    while line < text.lines.len() {
        let end = if any_marks(&block.from, text, line) { last_of(block, text, line) } else { None };
        if let Some(last) = end {
            found.insert(Found { line, spans: vec![text.span_of(line, last)] });
        }
        line = end.unwrap_or(line) + 1;
    }
    found
}

/// The last line of a block.
fn last_of(block: &Block, text: &Text, first: usize) -> Option<usize> {
    let end = (first + 1..text.lines.len()).find(|&line| any_marks(&block.end, text, line))?;
    let last = if block.through { end } else { end - 1 };
    (last - first < block.max_lines).then_some(last)
}

fn cuts(cut: &Cut, text: &Text, document_words: u64) -> BTreeSet<Found> {
    let side = if cut.head { Where::Head } else { Where::Tail };
    let marked = |&line: &usize| side.holds(text.lines[line].region) && any_marks(&cut.marker, text, line);
    let all: Vec<usize> = (0..text.lines.len()).filter(marked).collect();
    let Some(&marker) = (if cut.head { all.last() } else { all.first() }) else { return BTreeSet::new() };
    let (first, last) = if cut.head { (0, marker) } else { (marker, text.lines.len() - 1) };
    let words: u32 = text.lines[first..=last].iter().map(|line| line.words).sum();
    let fits = f64::from(words) <= cut.max_fraction * document_words as f64;
    fits.then(|| Found { line: marker, spans: vec![text.span_of(first, last)] }).into_iter().collect()
}

fn sequences(sequence: &Sequence, rule: &Rule, text: &Text) -> BTreeSet<Found> {
    let mut found = BTreeSet::new();
    let filled = text.filled();
    let mut rest = &filled[..];
    while !rest.is_empty() {
        let row = row(&sequence.steps, text, rest).filter(|row| row.iter().any(|(_, drop)| *drop));
        let mut taken = 1;
        if let Some(row) = row {
            let gone: Vec<usize> = row.iter().filter(|(_, drop)| *drop).map(|(line, _)| *line).collect();
            let is_in_place = rule.place.is_none_or(|place| place.holds(text.lines[gone[0]].region));
            taken = if is_in_place { row.len() } else { 1 };
            found.insert(Found { line: gone[0], spans: gone.iter().map(|&line| text.lines[line].full).collect() });
        }
        rest = &rest[taken..];
    }
    found
}

/// The lines that some steps match, and whether each goes; a step that may be left out is taken if it can be.
fn row(steps: &[Step], text: &Text, lines: &[usize]) -> Option<Vec<(usize, bool)>> {
    let Some((step, steps_left)) = steps.split_first() else { return Some(Vec::new()) };
    let taken = lines.split_first().filter(|(line, _)| is_step(step, text, **line)).and_then(|(&line, lines_left)| {
        let later = row(steps_left, text, lines_left)?;
        Some([vec![(line, step.drop)], later].concat())
    });
    if taken.is_none() && step.optional { row(steps_left, text, lines) } else { taken }
}

fn is_step(step: &Step, text: &Text, at: usize) -> bool {
    let line = &text.lines[at];
    let how = step.matcher.as_ref().map_or(How::Equals, |matcher| matcher.how);
    let has_case = |literal: &Literal| {
        line.kept
            .iter()
            .map(|view| view.text().as_bytes())
            .any(|view| places(literal, view).iter().any(|place| stands(how, place, view)))
    };
    step.words.as_ref().is_none_or(|words| words.contains(&line.words))
        && step.terminal.is_none_or(|terminal| line.terminal == terminal)
        && step.matcher.as_ref().is_none_or(|matcher| marks(matcher, text, at))
        && (step.cased.is_empty() || step.cased.iter().any(has_case))
        && step.copy.is_none_or(|copy| copies(text, at).is_empty() != copy)
        && step.headline.is_none_or(|wanted| headline::reads_like_one(text.lines[at].content.of(&text.bytes)) == wanted)
}

/// The other lines that hold all words of a line, four or more, in a row, and more besides.
fn copies(text: &Text, at: usize) -> Vec<usize> {
    let words = |line: usize| -> Vec<&str> {
        let bare = text.lines[line].folded.first();
        bare.map(|view| versions::words(view.text()).into_iter().map(|word| word.1).collect()).unwrap_or_default()
    };
    let wanted = words(at);
    let holds = |&other: &usize| {
        let there = words(other);
        there.len() > wanted.len() && there.windows(wanted.len()).any(|row| row == wanted)
    };
    if wanted.len() < 4 { Vec::new() } else { (0..text.lines.len()).filter(|&o| o != at).filter(holds).collect() }
}

fn runs(run: &Run, rule: &Rule, text: &Text) -> BTreeSet<Found> {
    let filled = text.filled();
    let is_short = |&at: &usize| {
        let line = &text.lines[at];
        let protected = rule.unless.iter().any(|matcher| marks(matcher, text, at));
        is_alone(text, at) && line.words <= run.max_words && !line.terminal && !protected
    };
    let mut found = BTreeSet::new();
    let mut start = 0;
    while start < filled.len() {
        let length = filled[start..].iter().take_while(|line| is_short(line)).count();
        let gone = if length > 0 { run_that_goes(run, text, &filled, start..start + length) } else { None };
        if let Some(gone) = gone {
            let spans = filled[gone.clone()].iter().map(|&line| text.lines[line].full).collect();
            found.insert(Found { line: filled[gone.start], spans });
        }
        start += length.max(1);
    }
    found
}

/// Which of the filled lines go with a run: all of it if no marker is asked for, else what follows the first marker, or
/// what stands before the last, and the marker with it. A marker may itself be short.
fn run_that_goes(run: &Run, text: &Text, filled: &[usize], short: Range<usize>) -> Option<Range<usize>> {
    let is_marker = |matchers: &[Matcher], at: usize| any_marks(matchers, text, filled[at]);
    let after = (short.start.saturating_sub(1)..short.end).find(|&at| is_marker(&run.after, at));
    let before = (short.start..filled.len().min(short.end + 1)).rev().find(|&at| is_marker(&run.before, at));
    let (lines, gone) = match (run.after.is_empty() && run.before.is_empty(), after, before) {
        (true, _, _) => (short.len(), short),
        (_, Some(marker), _) => ((short.end - 1 - marker), marker..short.end),
        (_, _, Some(marker)) => (marker - short.start, short.start..marker + 1),
        _ => return None,
    };
    (lines >= run.min_lines).then_some(gone)
}

/// Whether a line is a paragraph of its own.
fn is_alone(text: &Text, line: usize) -> bool {
    text.layout.paragraphs().contains(&(line..line + 1))
}

fn headlines(headline: &Headline, text: &Text) -> BTreeSet<Found> {
    let layout = &text.layout;
    let between = (1..layout.paragraphs().len())
        .filter(|&at| layout.is_prose(at - 1) && at + 1 < layout.paragraphs().len() && layout.is_prose(at + 1));
    let lines = between.filter_map(|at| {
        let (lines, next) = (&layout.paragraphs()[at], &layout.paragraphs()[at + 1]);
        (lines.len() == 1 && is_headline(headline, text, lines.start, next.start)).then_some(lines.start)
    });
    whole_lines(lines, text)
}

/// A line of so many words without a full stop that reads like a headline, when the next line begins no word in lower case.
fn is_headline(headline: &Headline, text: &Text, at: usize, next: usize) -> bool {
    let line = &text.lines[at];
    let next = text.lines[next].content.of(&text.bytes).trim().chars().next();
    headline.words.contains(&line.words)
        && !line.terminal
        && headline::reads_like_one(line.content.of(&text.bytes))
        && !next.is_some_and(char::is_lowercase)
}

/// Paragraphs of prose that stand above already.
fn paragraphs(text: &Text) -> BTreeSet<Found> {
    let layout = &text.layout;
    let bare = |line: usize| text.lines[line].folded[0].text();
    let words = |at: usize| layout.paragraphs()[at].clone().map(bare).collect::<Vec<_>>().join(" ");
    let prose: Vec<usize> = (0..layout.paragraphs().len()).filter(|&at| layout.is_prose(at)).collect();
    let again = prose.iter().filter(|&&at| prose.iter().any(|&above| above < at && words(above) == words(at)));
    let lines = again.map(|&at| &layout.paragraphs()[at]);
    lines.map(|lines| Found { line: lines.start, spans: vec![text.span_of(lines.start, lines.end - 1)] }).collect()
}

/// Whether a line stands alone below the first prose, has six words or more, no full stop, and repeats prose.
fn is_pullquote(text: &Text, at: usize) -> bool {
    let line = &text.lines[at];
    let first = (0..text.layout.paragraphs().len()).find(|&at| text.layout.is_prose(at));
    let below = first.is_some_and(|first| at > text.layout.paragraphs()[first].start);
    let is_prose = |line: &Line| line.words >= layout::PROSE_WORDS && line.terminal;
    below
        && is_alone(text, at)
        && line.words >= 6
        && !line.terminal
        && copies(text, at).into_iter().any(|copy| is_prose(&text.lines[copy]))
}

/// The first halves of lines that no half was taken from.
fn halves(text: &Text, edited: &dyn Fn(usize) -> bool, second: impl Fn(&str) -> Option<usize>) -> BTreeSet<Found> {
    let mut found = BTreeSet::new();
    for line in text.filled().into_iter().filter(|&line| !edited(line)) {
        let content = text.lines[line].content;
        let first_half = text.lines[line].folded.iter().find_map(|view| {
            let start = second(view.text())?;
            let second = view.original(start..view.text().len())?;
            let first = view.original(0..start)?;
            Some(Span::new(content.start + first.start, content.start + second.start))
        });
        found.extend(first_half.map(|span| Found { line, spans: vec![span] }));
    }
    found
}
