//! What a line of a page looks like, and what stands around it, in numbers.
//!
//! Lines are those that are not blank. A *prose* line has at least [`PROSE_WORDS`] words and ends in terminal punctuation;
//! a *short* one has fewer than [`SHORT_WORDS`] and does not.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use bstr::ByteSlice;
use regex::Regex;

use crate::layout::PROSE_WORDS;
use crate::page::Page;
use crate::rule::kind::any_holds;
use crate::rule::matcher::Matcher;
use crate::rule::runner::Runner;

use super::Cues;

/// A line with fewer words that does not end like a sentence may be an item of a menu.
const SHORT_WORDS: u32 = 8;

/// A sentence has at least so many words.
const SENTENCE_WORDS: u32 = 3;

/// A cue has at most so many words.
const CUE_WORDS: u32 = 22;

/// How likely a line must be to be the page's title once more.
const TITLE_LIKE: f64 = 0.5;

/// In how many lines below it the prose is counted that a title heads.
const TITLE_REACH: usize = 40;

/// A cue for the article's end is one after so many words of prose below the title, and after such a share of all of them: what
/// stands above is a menu's or another article's.
const END_AFTER_WORDS: f64 = 60.0;
const END_AFTER_SHARE: f64 = 0.2;

/// How much less a line counts for each line that it is farther away: prose, short lines, cues.
const PROSE_DECAY: f64 = 0.93;
const SHORT_DECAY: f64 = 0.8;
const CUE_DECAY: f64 = 0.85;

/// How many kinds of cues are counted around a line.
const CUES: usize = 5;

/// The features of the lines of a page.
pub struct Features {
    /// A row for each line, with a column for each of [`FEATURES`].
    pub lines: Vec<Vec<f64>>,
    /// The words of prose above each line.
    pub(super) prose_above: Vec<f64>,
    /// The line that says the title once more, and heads the article.
    pub(super) title: Option<usize>,
    /// Whether each line says who wrote the article, or when.
    pub(super) bylines: Vec<bool>,
    /// Whether each line is a sentence that ends in a colon, and whether it is an item of a list.
    pub(super) lead_ins: Vec<bool>,
    pub(super) items: Vec<bool>,
    /// Whether each line ends as a sentence does and is no cue.
    pub(super) sentences: Vec<bool>,
}

impl Features {
    /// The features of some lines of a page: all that are not blank.
    pub fn of(page: &Page, lines: &[usize], cues: &Cues) -> Self {
        let own: Vec<Own> = own(page, lines);
        let cued: Vec<Cued> = lines.iter().map(|&line| Cued::of(page, line, cues)).collect();
        let around = Around::of(&own, &cued);
        let views = (0..lines.len()).map(|at| View::of(&own, &cued, &around, at));
        Self {
            lines: views.map(|view| FEATURES.iter().map(|(_, read)| read(&view)).collect()).collect(),
            bylines: own.iter().zip(&cued).map(|(own, cued)| cued.byline || own.is_date()).collect(),
            lead_ins: own.iter().map(|own| own.colon && own.words >= PROSE_WORDS).collect(),
            items: own.iter().map(|own| own.bullet).collect(),
            sentences: own.iter().zip(&cued).map(|(own, cued)| own.is_sentence() && !cued.is_cue()).collect(),
            prose_above: around.sums,
            title: around.title,
        }
    }
}

/// What a line looks like alone.
#[derive(Default)]
struct Own {
    words: u32,
    sentences: usize,
    commas: f64,
    terminal: bool,
    /// Shares of its words that are short and in lower case, that start with a capital, that start with a digit.
    function: f64,
    capitals: f64,
    numbers: f64,
    starts_low: bool,
    all_capitals: bool,
    bar: bool,
    colon: bool,
    question: bool,
    date: bool,
    address: bool,
    repeated: bool,
    quote: bool,
    ellipsis: bool,
    bullet: bool,
    parenthesis: bool,
    /// How much of its words and the title's they have in common.
    title: f64,
    gap_above: bool,
    gap_below: bool,
    first: bool,
}

impl Own {
    fn prose(&self) -> bool {
        self.words >= PROSE_WORDS && self.terminal
    }

    fn short(&self) -> bool {
        self.words < SHORT_WORDS && !self.terminal
    }

    /// Whether it holds a date and little else.
    fn is_date(&self) -> bool {
        self.date && !self.terminal && self.words < SHORT_WORDS
    }

    /// Whether it may be a short sentence of a text, and no address or beginning of something.
    fn is_sentence(&self) -> bool {
        self.terminal && self.words >= SENTENCE_WORDS && !self.address && !self.ellipsis
    }

    fn prose_words(&self) -> f64 {
        if self.prose() { f64::from(self.words) } else { 0.0 }
    }
}

fn own(page: &Page, lines: &[usize]) -> Vec<Own> {
    let texts: Vec<String> = lines.iter().map(|&line| page.content(line).trim().to_str_lossy().into_owned()).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    texts.iter().for_each(|text| *counts.entry(text).or_default() += 1);
    let title = texts.first().map(|text| word_set(text)).unwrap_or_default();
    let gap = |at: usize| at == 0 || at == lines.len() || lines[at] > lines[at - 1] + 1;
    let lined = |(at, text): (usize, &String)| Own {
        repeated: counts[text.as_str()] > 1,
        title: likeness(&word_set(text), &title),
        gap_above: gap(at),
        gap_below: gap(at + 1),
        first: at == 0,
        ..look(text, page.words(lines[at]), page.is_terminal(lines[at]))
    };
    texts.iter().enumerate().map(lined).collect()
}

fn look(text: &str, words: u32, terminal: bool) -> Own {
    static SENTENCE_END: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"[\w”"'’)][.!?]['"”’)]* +[\p{Lu}“"'(]|[。！？]"#));
    static BAR: LazyLock<Regex> = LazyLock::new(|| pattern("[|»›·•→×]| / "));
    // Not by the `regex` crate, which is slow at the edges of words in a line that is not all ASCII.
    static DATE: LazyLock<Runner> = LazyLock::new(|| {
        Runner::for_any_text(
            r"(?i)\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d+ (?:hour|day|minute|week|month|year)s? ago\b",
        )
    });
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"https?://|www\.|\S@\S+\.\w"));
    static BULLET: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[-*•·▪]|\d{1,2}[.)])\s"));
    let tokens: Vec<&str> = tokens(text).collect();
    let share = |holds: &dyn Fn(&str) -> bool| {
        tokens.iter().filter(|token| holds(token)).count() as f64 / tokens.len().max(1) as f64
    };
    let is_low = |token: &str| token.chars().all(|c| !c.is_uppercase()) && token.chars().any(char::is_lowercase);
    Own {
        words,
        terminal,
        sentences: SENTENCE_END.find_iter(text).count(),
        commas: text.matches([',', '、', '，']).count() as f64 / f64::from(words.max(1)),
        function: share(&|token| token.chars().count() <= 3 && is_low(token)),
        capitals: share(&|token| token.starts_with(char::is_uppercase)),
        numbers: share(&|token| token.starts_with(char::is_numeric)),
        starts_low: text.starts_with(char::is_lowercase),
        all_capitals: !text.contains(char::is_lowercase) && text.contains(char::is_alphabetic),
        bar: BAR.is_match(text),
        colon: text.ends_with(':'),
        question: text.ends_with('?'),
        date: text.contains(char::is_numeric) && DATE.matches(text),
        address: ADDRESS.is_match(text),
        quote: text.contains(['"', '“', '”']),
        ellipsis: text.ends_with("...") || text.ends_with('…'),
        bullet: BULLET.is_match(text),
        parenthesis: text.contains('('),
        ..Own::default()
    }
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is valid")
}

/// The words of a text: letters and digits, with apostrophes inside.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let split = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '_'));
    split.map(|token| token.trim_matches(['\'', '’'])).filter(|token| !token.is_empty())
}

/// The words of a text, each once, in order.
fn word_set(text: &str) -> Vec<Cow<'_, str>> {
    let mut words: Vec<Cow<str>> = tokens(text).map(lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn lowercase(word: &str) -> Cow<'_, str> {
    let is_lowercase = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lowercase { word.into() } else { word.to_lowercase().into() }
}

/// The share of the words of two sets that both have (Jaccard's coefficient); two words are too few to tell.
fn likeness(words: &[Cow<str>], title: &[Cow<str>]) -> f64 {
    if words.len() <= 2 {
        return 0.0;
    }
    let shared = words.iter().filter(|word| title.binary_search(word).is_ok()).count();
    shared as f64 / (words.len() + title.len() - shared) as f64
}

/// Which cues a line is.
struct Cued {
    kinds: [f64; CUES],
    byline: bool,
}

impl Cued {
    fn of(page: &Page, line: usize, cues: &Cues) -> Self {
        let is = |matchers: &[Matcher]| page.words(line) <= CUE_WORDS && any_holds(matchers, page, line);
        let kinds = [&cues.ends, &cues.shares, &cues.signups, &cues.legal, &cues.menus];
        Self { kinds: kinds.map(|matchers| f64::from(u8::from(is(matchers)))), byline: is(&cues.bylines) }
    }

    fn is_cue(&self) -> bool {
        self.byline || self.kinds != [0.0; CUES]
    }
}

/// What stands above and below each line.
struct Around {
    prose_above: Vec<f64>,
    prose_below: Vec<f64>,
    short_above: Vec<f64>,
    short_below: Vec<f64>,
    cues_above: Vec<[f64; CUES]>,
    cues_below: Vec<[f64; CUES]>,
    /// The words of prose above each line, and in all.
    sums: Vec<f64>,
    /// The line that says the title once more and heads most prose.
    title: Option<usize>,
    /// How many cues for the article's end stand above, and the words of prose since the last.
    ends: Vec<(f64, f64)>,
}

impl Around {
    fn of(own: &[Own], cued: &[Cued]) -> Self {
        let prose: Vec<f64> = own.iter().map(Own::prose_words).collect();
        let short: Vec<f64> = own.iter().map(|line| f64::from(u8::from(line.short()))).collect();
        let (sums, title) = (sums(&prose), title(own, &prose));
        Self {
            prose_above: above(&prose, PROSE_DECAY),
            prose_below: below(&prose, PROSE_DECAY),
            short_above: above(&short, SHORT_DECAY),
            short_below: below(&short, SHORT_DECAY),
            cues_above: cues(cued, above),
            cues_below: cues(cued, below),
            ends: ends(cued, &prose, &sums, title),
            title,
            sums,
        }
    }
}

/// For each line what stands above it, less the farther away it is.
fn above(values: &[f64], decay: f64) -> Vec<f64> {
    let mut sum = 0.0;
    let mut before = |&value: &f64| {
        let result = sum;
        sum = sum * decay + value;
        result
    };
    values.iter().map(&mut before).collect()
}

fn below(values: &[f64], decay: f64) -> Vec<f64> {
    let reversed: Vec<f64> = values.iter().rev().copied().collect();
    let mut result = above(&reversed, decay);
    result.reverse();
    result
}

fn cues(cued: &[Cued], side: fn(&[f64], f64) -> Vec<f64>) -> Vec<[f64; CUES]> {
    let columns: Vec<Vec<f64>> =
        (0..CUES).map(|kind| side(&cued.iter().map(|cued| cued.kinds[kind]).collect::<Vec<_>>(), CUE_DECAY)).collect();
    (0..cued.len()).map(|at| std::array::from_fn(|kind| columns[kind][at])).collect()
}

/// The sums of the values before each place, and of all.
fn sums(values: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut result = vec![0.0];
    result.extend(values.iter().map(|value| {
        sum += value;
        sum
    }));
    result
}

fn title(own: &[Own], prose: &[f64]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for at in (1..own.len()).filter(|&at| own[at].title >= TITLE_LIKE) {
        let headed: f64 = prose[at + 1..(at + 1 + TITLE_REACH).min(prose.len())].iter().sum();
        // Of two that head as much, the upper one does.
        if best.is_none_or(|(_, most)| headed > 1.2 * most) {
            best = Some((at, headed));
        }
    }
    best.map(|(at, _)| at)
}

fn ends(cued: &[Cued], prose: &[f64], sums: &[f64], title: Option<usize>) -> Vec<(f64, f64)> {
    let (mut seen, mut since) = (0.0, 0.0);
    let below_title = |line: usize| sums[line] - title.map_or(0.0, |title| sums[title]);
    let fewest = END_AFTER_WORDS.max(END_AFTER_SHARE * below_title(cued.len()));
    let is_end = |line: usize| {
        cued[line].kinds[0] > 0.0 && title.is_none_or(|title| line > title) && below_title(line + 1) >= fewest
    };
    let each = (0..cued.len()).map(|at| {
        if at > 0 {
            since += prose[at - 1];
            if is_end(at - 1) {
                (seen, since) = (seen + 1.0, 0.0);
            }
        }
        (seen, since)
    });
    each.collect()
}

/// A line with what is known of its surroundings.
pub struct View<'a> {
    line: &'a Own,
    previous: &'a Own,
    next: &'a Own,
    cued: &'a Cued,
    cues_above: [f64; CUES],
    cues_below: [f64; CUES],
    prose: f64,
    /// Logarithms of the words of prose above and below, less the farther away.
    prose_above: f64,
    prose_below: f64,
    short_above: f64,
    short_below: f64,
    /// The shares of the page's prose above and below.
    share_above: f64,
    share_below: f64,
    /// The logarithm of the words of the page's prose.
    prose_all: f64,
    /// Whether a cue for the article's end stands above, how many, and the logarithm of the words of prose since.
    ended: f64,
    ends: f64,
    since_end: f64,
    /// 1 below the title, -1 above it; how far it is, at most 1 in either direction.
    side_of_title: f64,
    from_title: f64,
    is_title: f64,
    /// The logarithm of the words of prose between the title and the line.
    prose_since_title: f64,
}

/// How many lines from the title are far.
const TITLE_FAR: f64 = 30.0;

impl<'a> View<'a> {
    fn of(own: &'a [Own], cued: &'a [Cued], around: &Around, at: usize) -> Self {
        static NONE: LazyLock<Own> = LazyLock::new(|| Own { capitals: 1.0, ..Own::default() });
        let all = around.sums[own.len()] + 1.0;
        let (ends, since) = around.ends[at];
        let distance = around.title.map(|title| at as f64 - title as f64);
        let since_title = around.title.filter(|&title| title <= at).map_or(0.0, |title| around.sums[title]);
        Self {
            line: &own[at],
            previous: at.checked_sub(1).map_or(&NONE, |above| &own[above]),
            next: own.get(at + 1).unwrap_or(&NONE),
            cued: &cued[at],
            cues_above: around.cues_above[at],
            cues_below: around.cues_below[at],
            prose: flag(own[at].prose()),
            prose_above: around.prose_above[at].ln_1p(),
            prose_below: around.prose_below[at].ln_1p(),
            short_above: around.short_above[at],
            short_below: around.short_below[at],
            share_above: around.sums[at] / all,
            share_below: (all - 1.0 - around.sums[at + 1]) / all,
            prose_all: all.ln(),
            ended: flag(ends > 0.0),
            ends: ends.min(3.0),
            since_end: if ends > 0.0 { since.ln_1p() } else { 0.0 },
            side_of_title: distance.map_or(0.0, |lines| if lines >= 0.0 { 1.0 } else { -1.0 }),
            from_title: distance.map_or(0.0, |lines| (lines / TITLE_FAR).clamp(-1.0, 1.0)),
            is_title: flag(around.title == Some(at)),
            prose_since_title: (around.sums[at] - since_title).ln_1p(),
        }
    }

    fn fragment(&self) -> f64 {
        flag(!self.line.terminal)
    }

    fn ended_late(&self) -> f64 {
        self.ended * flag(self.share_above > 0.5)
    }

    fn prose_around(&self) -> f64 {
        self.prose_above.min(self.prose_below)
    }
}

fn flag(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

fn log_words(line: &Own) -> f64 {
    f64::from(line.words).ln_1p()
}

fn at_least(line: &Own, words: u32) -> f64 {
    flag(line.words >= words)
}

/// A feature: its name and how it is read.
pub type Feature = (&'static str, fn(&View) -> f64);

/// The features, in the order of their columns.
pub const FEATURES: &[Feature] = &[
    ("log words", |v| log_words(v.line)),
    ("at most 3 words", |v| flag(v.line.words <= 3)),
    ("at least 8 words", |v| at_least(v.line, 8)),
    ("at least 15 words", |v| at_least(v.line, 15)),
    ("at least 30 words", |v| at_least(v.line, 30)),
    ("sentences, at most 3", |v| v.line.sentences.min(3) as f64),
    ("a sentence ends inside", |v| flag(v.line.sentences > 0)),
    ("commas per word", |v| v.line.commas.min(0.3)),
    ("terminal", |v| flag(v.line.terminal)),
    ("function words", |v| v.line.function),
    ("capitals", |v| v.line.capitals),
    ("numbers", |v| v.line.numbers),
    ("starts low", |v| flag(v.line.starts_low)),
    ("all capitals", |v| flag(v.line.all_capitals)),
    ("bar", |v| flag(v.line.bar)),
    ("colon", |v| flag(v.line.colon)),
    ("question", |v| flag(v.line.question)),
    ("date", |v| flag(v.line.date)),
    ("address", |v| flag(v.line.address)),
    ("repeated", |v| flag(v.line.repeated)),
    ("quote", |v| flag(v.line.quote)),
    ("ellipsis", |v| flag(v.line.ellipsis)),
    ("bullet", |v| flag(v.line.bullet)),
    ("parenthesis", |v| flag(v.line.parenthesis)),
    ("likeness to the title", |v| v.line.title),
    ("gap above", |v| flag(v.line.gap_above)),
    ("gap below", |v| flag(v.line.gap_below)),
    ("first line", |v| flag(v.line.first)),
    ("prose", |v| v.prose),
    ("previous: log words", |v| log_words(v.previous)),
    ("previous: terminal", |v| flag(v.previous.terminal)),
    ("previous: function words", |v| v.previous.function),
    ("previous: capitals", |v| v.previous.capitals),
    ("previous: prose", |v| flag(v.previous.prose())),
    ("next: log words", |v| log_words(v.next)),
    ("next: terminal", |v| flag(v.next.terminal)),
    ("next: function words", |v| v.next.function),
    ("next: capitals", |v| v.next.capitals),
    ("next: prose", |v| flag(v.next.prose())),
    ("prose above", |v| v.prose_above),
    ("prose below", |v| v.prose_below),
    ("prose on both sides", |v| v.prose_around()),
    ("short lines above", |v| v.short_above),
    ("short lines below", |v| v.short_below),
    ("share of prose above", |v| v.share_above),
    ("share of prose below", |v| v.share_below),
    ("prose of the page", |v| v.prose_all),
    ("is cue: end", |v| v.cued.kinds[0]),
    ("is cue: share", |v| v.cued.kinds[1]),
    ("is cue: sign-up", |v| v.cued.kinds[2]),
    ("is cue: legal", |v| v.cued.kinds[3]),
    ("is cue: menu", |v| v.cued.kinds[4]),
    ("is cue: byline", |v| flag(v.cued.byline)),
    ("cues above: end", |v| v.cues_above[0]),
    ("cues above: share", |v| v.cues_above[1]),
    ("cues above: sign-up", |v| v.cues_above[2]),
    ("cues above: legal", |v| v.cues_above[3]),
    ("cues above: menu", |v| v.cues_above[4]),
    ("cues below: end", |v| v.cues_below[0]),
    ("cues below: share", |v| v.cues_below[1]),
    ("cues below: sign-up", |v| v.cues_below[2]),
    ("cues below: legal", |v| v.cues_below[3]),
    ("cues below: menu", |v| v.cues_below[4]),
    ("ends above", |v| v.ends),
    ("ended", |v| v.ended),
    ("ended in the page's second half", |v| v.ended_late()),
    ("prose since the end", |v| v.since_end),
    ("side of the title", |v| v.side_of_title),
    ("lines from the title", |v| v.from_title),
    ("is the title", |v| v.is_title),
    ("prose since the title", |v| v.prose_since_title),
    ("prose, ended", |v| v.prose * v.ended),
    ("prose, ended late", |v| v.prose * v.ended_late()),
    ("prose, prose since the end", |v| v.prose * v.since_end),
    ("prose, side of the title", |v| v.prose * v.side_of_title),
    ("prose, prose above", |v| v.prose * v.prose_above),
    ("prose, prose below", |v| v.prose * v.prose_below),
    ("prose, share above", |v| v.prose * v.share_above),
    ("prose, share below", |v| v.prose * v.share_below),
    ("prose, prose since the title", |v| v.prose * v.prose_since_title),
    ("prose, short lines above", |v| v.prose * v.short_above),
    ("prose, short lines below", |v| v.prose * v.short_below),
    ("prose, function words", |v| v.prose * v.line.function),
    ("prose, ends above", |v| v.prose * v.cues_above[0]),
    ("prose, menus above", |v| v.prose * v.cues_above[4]),
    ("at least 30 words, ended", |v| at_least(v.line, 30) * v.ended),
    ("at least 15 words, side of the title", |v| at_least(v.line, 15) * v.side_of_title),
    ("terminal, capitals", |v| flag(v.line.terminal) * v.line.capitals),
    ("terminal, prose above", |v| flag(v.line.terminal) * v.prose_above),
    ("terminal, prose below", |v| flag(v.line.terminal) * v.prose_below),
    ("fragment, capitals", |v| v.fragment() * v.line.capitals),
    ("fragment, prose above", |v| v.fragment() * v.prose_above),
    ("fragment, prose below", |v| v.fragment() * v.prose_below),
    ("fragment, prose on both sides", |v| v.fragment() * v.prose_around()),
    ("fragment, prose since the title", |v| v.fragment() * v.prose_since_title),
    ("fragment, short lines above", |v| v.fragment() * v.short_above),
    ("fragment, short lines below", |v| v.fragment() * v.short_below),
    ("fragment, short lines on both sides", |v| v.fragment() * v.short_above.min(v.short_below)),
    ("fragment, middle of the page", |v| v.fragment() * v.share_above * v.share_below),
    ("ended, prose above", |v| v.ended * v.prose_above),
    ("ended, share below", |v| v.ended * v.share_below),
    ("ended late, prose below", |v| v.ended_late() * v.prose_below),
    ("middle of the page", |v| v.share_above * v.share_below),
    ("capitals, log words", |v| v.line.capitals * log_words(v.line)),
];

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: [usize; 0] = [];

    /// Below which lines the article has ended, given the words of prose of each line, cues for its end, and the title.
    fn ended(prose: &[f64], cues: &[usize], title: Option<usize>) -> Vec<usize> {
        let end = |line: usize| f64::from(u8::from(cues.contains(&line)));
        let cued = |line: usize| Cued { kinds: [end(line), 0.0, 0.0, 0.0, 0.0], byline: false };
        let cued: Vec<Cued> = (0..prose.len()).map(cued).collect();
        let ends = ends(&cued, prose, &sums(prose), title);
        (0..prose.len()).filter(|&line| ends[line].0 > 0.0).collect()
    }

    #[test]
    fn a_cue_ends_an_article_only_far_enough_below_its_title() {
        let prose = [90.0, 0.0, 0.0, 90.0, 0.0, 30.0];
        assert_eq!(ended(&prose, &[1, 4], Some(2)), [5]);
        assert_eq!(ended(&prose, &[1, 4], None), [2, 3, 4, 5]);
        assert_eq!(ended(&prose, &[2], Some(2)), NEVER);
        assert_eq!(ended(&[0.0, END_AFTER_WORDS - 1.0, 0.0, 9.0], &[2], Some(0)), NEVER);
        assert_eq!(ended(&[0.0, END_AFTER_WORDS, 0.0, 9.0], &[2], Some(0)), [3]);
    }

    #[test]
    fn a_cue_among_the_first_lines_of_a_long_article_ends_nothing() {
        assert_eq!(ended(&[0.0, 199.0, 0.0, 801.0], &[2], Some(0)), NEVER);
        assert_eq!(ended(&[0.0, 200.0, 0.0, 800.0], &[2], Some(0)), [3]);
    }
}
