//! The second reading: where what recurs stands, and what stands around it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::layout::Span;
use crate::page::Page;
use crate::rule::Mode;
use crate::rule::kind::article::ARTICLE_WORDS;

use super::evidence::{Evidence, Place, Seen};
use super::survey::{Recurring, Survey, text_key, title_key};
use super::units::{self, Shape, Unit};

/// A line of a whole page that stays is of its article if it has so many words; shorter ones stay by chance.
const ARTICLE_LINE_WORDS: u32 = 8;

/// So much of the article may stand on the other side of what is called its head or tail.
const EDGE: f32 = 0.02;

/// Looks at texts for what recurs in them.
pub struct Observer {
    recurring: Recurring,
    mode: Mode,
}

/// What a text shows.
#[derive(Debug)]
pub struct Observed {
    /// What tells the text from others.
    pub(super) text: u64,
    pub(super) seen: Vec<Seen>,
    /// A line of the article.
    pub(super) article_line: Option<String>,
    /// What tells its title from those of other texts.
    pub(super) title: Option<u64>,
    /// Whether the title stands once more above the article.
    pub(super) is_titled: bool,
}

impl Observer {
    /// Begins the second reading, of the same texts.
    pub fn of(survey: Survey, mode: Mode) -> Self {
        Self { recurring: survey.recurring(), mode }
    }

    /// The sources that were surveyed, in the order of their names, each with what is to be filled with what its texts show.
    pub fn evidence(&self) -> BTreeMap<String, Evidence> {
        let empty = |(source, texts): (&str, u64)| (source.to_owned(), Evidence::of(texts, self.mode));
        self.recurring.sources().map(empty).collect()
    }

    /// Looks at a text of a source. `gone` is what rules delete of it for what it says, `outside` what is deleted for
    /// standing around the article of a whole page. Threads may share it.
    pub fn observe(&self, source: &str, text: &[u8], gone: &[Span], outside: &[Span]) -> Observed {
        let page = Page::of(text);
        let mut units = units::of(&page);
        units.retain(|unit| self.recurring.recurs(source, unit.key(source)));
        let whole = recurring_lines(&units);
        units.retain(|unit| unit.shape != Shape::Sentence || !whole.contains(&unit.line));
        let sight = Sight::of(source, &page, &units, self.mode, gone, outside);
        let mut seen = if sight.is_copy() { Vec::new() } else { sight.seen(units) };
        let title = self.recurring.title(source, &page);
        seen.extend(self.headlines(source, &page, &sight));
        seen.iter_mut().for_each(|one| one.texts_with = self.recurring.texts_with(one.key));
        let article_line = sight.article.first().map(|&line| page.kept(line).bare.text().to_owned());
        let is_titled = title.as_ref().is_some_and(|(line, title)| sight.has_above_article(*line, title));
        let title = title.map(|(_, title)| title_key(source, &title));
        Observed { text: text_key(text), seen, article_line, title, is_titled }
    }

    /// What may be the titles of other texts among the lines of a page.
    fn headlines<'a>(&'a self, source: &'a str, page: &'a Page, sight: &'a Sight) -> impl Iterator<Item = Seen> + 'a {
        let own: Vec<String> = units::title_lines(page).iter().map(|&line| units::title(page, line)).collect();
        let below = page.filled()[own.len()..].iter().copied();
        let lines = below.filter(move |&line| {
            let folded = page.view(page.views(line).start);
            !own.iter().any(|own| own == folded) && self.recurring.may_be_title(source, folded)
        });
        lines.map(|line| {
            let folded = page.view(page.views(line).start).to_owned();
            let spelled = page.kept(line).bare.text().to_owned();
            sight.look(Unit { shape: Shape::Headline, folded, spelled, line }, &[line])
        })
    }
}

/// A page with what is known of its article.
struct Sight<'p> {
    source: &'p str,
    page: &'p Page<'p>,
    /// Whether each line is deleted for what it says.
    gone: Vec<bool>,
    /// The lines of the article.
    article: Vec<usize>,
    /// The words of the article that stand above each line, and in all.
    article_above: Vec<u32>,
    /// The words of prose that stand above each line.
    prose_above: Vec<u32>,
    /// How many lines that do not recur stand above each line.
    varied_above: Vec<u32>,
}

impl<'p> Sight<'p> {
    fn of(
        source: &'p str,
        page: &'p Page<'p>,
        recurring: &[Unit],
        mode: Mode,
        gone: &[Span],
        outside: &[Span],
    ) -> Self {
        let recurs = recurring_lines(recurring);
        let (gone, outside) = (covered(page, gone), covered(page, outside));
        let is_prose = |line: usize| units::is_prose(page, line);
        let is_article = |line: usize| match mode {
            Mode::FullPage => !gone[line] && !outside[line] && page.words(line) >= ARTICLE_LINE_WORDS,
            Mode::Extracted => !gone[line] && is_prose(line) && !recurs.contains(&line),
        };
        let words = |holds: &dyn Fn(usize) -> bool| {
            sums((0..page.len()).map(|line| if holds(line) { page.words(line) } else { 0 }))
        };
        let (article_above, prose_above) = (words(&is_article), words(&is_prose));
        let varied_above = sums((0..page.len()).map(|line| u32::from(!page.is_blank(line) && !recurs.contains(&line))));
        let article = (0..page.len()).filter(|&line| is_article(line) && page.words(line) > 0).collect();
        Self { source, page, article, article_above, prose_above, varied_above, gone }
    }

    /// What is seen of each unit, those of one text together.
    fn seen(&self, units: Vec<Unit>) -> Vec<Seen> {
        let mut lines: HashMap<u64, Vec<usize>> = HashMap::new();
        units.iter().for_each(|unit| lines.entry(unit.key(self.source)).or_default().push(unit.line));
        let first = |unit: Unit| Some((lines.remove(&unit.key(self.source))?, unit));
        units.into_iter().filter_map(first).map(|(lines, unit)| self.look(unit, &lines)).collect()
    }

    /// Looks at a unit that stands in some lines.
    fn look(&self, unit: Unit, lines: &[usize]) -> Seen {
        let line = unit.line;
        let content = self.page.content(line);
        Seen {
            key: unit.key(self.source),
            texts_with: 0,
            line: line as u64 + 1,
            times: lines.len() as u32,
            bytes: if unit.shape == Shape::Sentence { unit.spelled.len() } else { content.len() } as u64,
            words: self.page.words(line),
            is_prose: units::is_prose(self.page, line),
            is_first: self.page.filled().first() == Some(&line),
            place: self.place(line),
            heads: self.place(line) == Place::Body
                && self.page.next_filled(line + 1).is_some_and(|next| self.is_article(next)),
            is_gone: lines.iter().all(|&line| self.gone[line]),
            is_article: self.is_article(line),
            above_end: lines
                .iter()
                .find(|&&line| self.prose_above[line] >= ARTICLE_WORDS)
                .map(|&line| self.share_above(line)),
            below_start: lines
                .iter()
                .rev()
                .find(|&&line| self.prose_above[line] < ARTICLE_WORDS)
                .map(|&line| self.share_above(line + 1)),
            to_article: self.lines_to_article(line),
            varied_below: self.varied_above[self.page.len()] - self.varied_above[line + 1],
            shape: unit.shape,
            folded: unit.folded,
            spelled: unit.spelled,
        }
    }

    /// Whether all its prose recurs, as that of an article does which was scraped again when little of it had changed: where
    /// its lines stand cannot be said.
    fn is_copy(&self) -> bool {
        self.article.is_empty() && self.prose_above.last().is_some_and(|&words| words > 0)
    }

    fn is_article(&self, line: usize) -> bool {
        self.article_above[line + 1] > self.article_above[line]
    }

    /// The share of the article that stands above a line.
    fn share_above(&self, line: usize) -> f32 {
        self.article_above[line] as f32 / self.article_above[self.page.len()].max(1) as f32
    }

    fn place(&self, line: usize) -> Place {
        match self.share_above(line) {
            _ if self.article_above[self.page.len()] == 0 => Place::Tail,
            share if share <= EDGE && !self.is_article(line) => Place::Head,
            share if share >= 1.0 - EDGE => Place::Tail,
            _ => Place::Body,
        }
    }

    /// How many lines stand between a line of the head and the article, or between the article and a line of its tail.
    fn lines_to_article(&self, line: usize) -> u32 {
        let at = self.article.partition_point(|&other| other < line);
        let below = self.article[at..].iter().find(|&&other| other > line).map(|&other| other - line);
        let above = self.article[..at].last().map(|&other| line - other);
        match self.place(line) {
            Place::Head => below.unwrap_or(0) as u32,
            _ => above.unwrap_or(0) as u32,
        }
    }

    /// Whether the title, which is a line, stands once more between that and the article.
    fn has_above_article(&self, title_line: usize, title: &str) -> bool {
        let lines = self.page.filled().iter().copied().filter(|&line| line > title_line);
        lines
            .take_while(|&line| self.share_above(line) <= EDGE)
            .any(|line| self.page.view_bytes(self.page.views(line).start) == title.as_bytes())
    }
}

/// The lines that recur as a whole.
fn recurring_lines(units: &[Unit]) -> HashSet<usize> {
    units.iter().filter(|unit| matches!(unit.shape, Shape::Line | Shape::Template)).map(|unit| unit.line).collect()
}

/// Whether all the text of each line lies in some spans, which are in order.
fn covered(page: &Page, spans: &[Span]) -> Vec<bool> {
    let lines = page.layout.lines().iter();
    lines
        .map(|line| {
            let at = spans.partition_point(|span| span.end <= line.content.start);
            spans.get(at).is_some_and(|span| !line.content.is_empty() && span.covers(line.content))
        })
        .collect()
}

/// The sums of the values before each place, and of all.
fn sums(values: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut sum = 0;
    let sums = values.map(|value| {
        sum += value;
        sum
    });
    std::iter::once(0).chain(sums).collect()
}
