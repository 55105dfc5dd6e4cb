//! What a text looks like: lines, blocks, paragraphs, prose, and where the article's head and tail are.
//!
//! Offsets are bytes. This module knows nothing of rules.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::ops::Range;

use bstr::ByteSlice;
use unicode_script::{Script, UnicodeScript};

/// A range of bytes of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// How many bytes it holds.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether all of `other` lies in it.
    pub fn covers(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The bytes of `text` that it stands for.
    pub fn of(self, text: &[u8]) -> &[u8] {
        &text[self.start..self.end]
    }
}

/// A line of a text.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Its bytes with the line feed, if it has one.
    pub full: Span,
    /// Its bytes without the line feed.
    pub content: Span,
    /// Whether it holds only white space (and what does not show).
    pub blank: bool,
    /// Whether it ends in terminal punctuation, closing quotes and brackets allowed.
    pub terminal: bool,
}

/// Where in the document a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    /// Before the end of the first prose.
    Head,
    /// Neither head nor tail.
    Body,
    /// Where no prose follows.
    Tail,
    /// In the head and the tail at once: the document has one prose paragraph or none.
    Both,
}

/// The fewest words of a prose paragraph.
pub const PROSE_WORDS: u32 = 10;

/// How far down a title may stand: below a kicker or a masthead.
const TITLE_PARAGRAPHS: usize = 2;

/// A title has fewer words than this.
const TITLE_WORDS: u32 = 25;

/// The widest column at which a person or a program wraps text by hand, in characters.
const WRAP_WIDTH: usize = 120;

/// A text, its lines, and how they belong together. Words are counted when someone asks for them.
#[derive(Debug, Default)]
pub struct Layout<'t> {
    text: Cow<'t, [u8]>,
    lines: Vec<Line>,
    /// The words of each line, or [`UNCOUNTED`].
    words: Vec<Cell<u32>>,
    paragraphs: Vec<Range<usize>>,
    paragraph_of: Vec<u32>,
    /// The line at which the head ends, and that at which the tail starts.
    ends: OnceCell<(usize, usize)>,
}

/// Marks a blank line in `paragraph_of`.
const NO_PARAGRAPH: u32 = u32::MAX;

/// In place of a number of words; a line that has so many is counted each time.
const UNCOUNTED: u32 = u32::MAX;

/// The layout of what is left of a text.
pub(crate) struct Remainder {
    pub(crate) layout: Layout<'static>,
    /// For each line the line of the former text that it is, if that stayed as it was.
    pub(crate) same: Vec<Option<usize>>,
}

impl<'t> Layout<'t> {
    /// Lays out a text.
    pub fn of(text: impl Into<Cow<'t, [u8]>>) -> Self {
        let text = text.into();
        let mut lines = Vec::with_capacity(memchr::memchr_iter(b'\n', &text).count() + 1);
        lines.extend(spans(&text).map(|full| describe(&text, full)));
        let words = vec![Cell::new(UNCOUNTED); lines.len()];
        Self::having(text, lines, words)
    }

    fn having(text: Cow<'t, [u8]>, lines: Vec<Line>, words: Vec<Cell<u32>>) -> Self {
        let mut layout = Self { text, lines, words, ..Self::default() };
        layout.find_paragraphs();
        layout
    }

    /// The layout of what is left when only some spans of the text stay, in order. What is known of lines that stay as they
    /// are is not found out anew.
    pub(crate) fn left(&self, stays: &[Span]) -> Remainder {
        let text = stays.iter().map(|span| span.of(&self.text)).collect::<Vec<_>>().concat();
        let mut same = Vec::with_capacity(self.lines.len());
        let (mut lines, mut words) = (Vec::with_capacity(self.lines.len()), Vec::with_capacity(self.lines.len()));
        let mut former = Former { lines: &self.lines, stays, at: 0, line: 0 };
        for full in spans(&text) {
            let old = former.line_at(full);
            lines.push(old.map_or_else(|| describe(&text, full), |old| self.lines[old].moved_to(full)));
            words.push(old.map_or(Cell::new(UNCOUNTED), |old| self.words[old].clone()));
            same.push(old);
        }
        Remainder { layout: Layout::having(text.into(), lines, words), same }
    }

    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The lines, in order.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The paragraphs, in order, each as a range of lines: a block of non-blank lines if it is hard-wrapped,
    /// else each line of the block alone (many extractors put no blank line between paragraphs).
    pub fn paragraphs(&self) -> &[Range<usize>] {
        &self.paragraphs
    }

    /// The paragraph that a line belongs to; `None` if it is blank.
    pub fn paragraph_of(&self, line: usize) -> Option<usize> {
        match self.paragraph_of[line] {
            NO_PARAGRAPH => None,
            index => Some(index as usize),
        }
    }

    /// Whether a paragraph is prose: ten or more words that end in terminal punctuation.
    pub fn is_prose(&self, paragraph: usize) -> bool {
        let lines = self.paragraphs[paragraph].clone();
        if !self.lines[lines.end - 1].terminal {
            return false;
        }
        let words: u32 = lines.clone().map(|line| self.words_of(line)).sum();
        let may_be_title = paragraph < TITLE_PARAGRAPHS && words < TITLE_WORDS;
        words >= PROSE_WORDS && !(may_be_title && is_like_title(&self.text, &self.lines[lines]))
    }

    /// Where a line stands.
    pub fn region(&self, line: usize) -> Region {
        let &(head_end, tail_start) = self.ends.get_or_init(|| self.find_ends());
        match (line < head_end, line >= tail_start) {
            (true, true) => Region::Both,
            (true, false) => Region::Head,
            (false, true) => Region::Tail,
            (false, false) => Region::Body,
        }
    }

    /// The line that holds a byte.
    pub fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.full.end <= offset).min(self.lines.len().saturating_sub(1))
    }

    /// The lines that hold the bytes of a span.
    pub fn lines_of(&self, span: Span) -> Range<usize> {
        let first = self.lines.partition_point(|line| line.full.end <= span.start);
        first..self.lines.partition_point(|line| line.full.start < span.end)
    }

    /// How many words a line has.
    pub fn words_of(&self, line: usize) -> u32 {
        let known = &self.words[line];
        if known.get() == UNCOUNTED {
            known.set(words(self.lines[line].content.of(&self.text)));
        }
        known.get()
    }

    /// The words of all lines.
    pub fn words(&self) -> u64 {
        (0..self.lines.len()).map(|line| u64::from(self.words_of(line))).sum()
    }

    fn find_paragraphs(&mut self) {
        self.paragraph_of = vec![NO_PARAGRAPH; self.lines.len()];
        self.paragraphs.reserve(self.lines.iter().filter(|line| !line.blank).count());
        let mut start = 0;
        while start < self.lines.len() {
            if self.lines[start].blank {
                start += 1;
                continue;
            }
            let rest = &self.lines[start..];
            let end = start + rest.iter().position(|line| line.blank).unwrap_or(rest.len());
            if is_hard_wrapped(&self.text, &self.lines[start..end]) {
                self.add_paragraph(start..end);
            } else {
                (start..end).for_each(|line| self.add_paragraph(line..line + 1));
            }
            start = end;
        }
    }

    fn add_paragraph(&mut self, lines: Range<usize>) {
        self.paragraph_of[lines.clone()].fill(self.paragraphs.len() as u32);
        self.paragraphs.push(lines);
    }

    fn find_ends(&self) -> (usize, usize) {
        let mut prose = (0..self.paragraphs.len()).filter(|&paragraph| self.is_prose(paragraph));
        let Some(first) = prose.next() else { return (self.lines.len(), 0) };
        let last = prose.next_back().unwrap_or(first);
        (self.paragraphs[first].end, self.paragraphs[last].start)
    }
}

/// The lines of a text, line feeds included.
fn spans(text: &[u8]) -> impl Iterator<Item = Span> {
    let mut start = 0;
    text.lines_with_terminator().map(move |line| {
        let full = Span::new(start, start + line.len());
        start = full.end;
        full
    })
}

fn describe(text: &[u8], full: Span) -> Line {
    let content = Span::new(full.start, full.end - usize::from(full.of(text).ends_with(b"\n")));
    let bytes = content.of(text);
    Line { full, content, blank: bytes.chars().all(is_invisible), terminal: ends_terminally(bytes) }
}

impl Line {
    /// The same line where it stands in another text.
    fn moved_to(self, full: Span) -> Self {
        Self { full, content: Span::new(full.start, full.start + self.content.len()), ..self }
    }
}

/// A former text, and how far what is left of it has been looked at.
struct Former<'a> {
    lines: &'a [Line],
    /// The spans that stay, from that in hand.
    stays: &'a [Span],
    /// Where the span in hand starts in what is left.
    at: usize,
    /// A line that does not end before what comes next.
    line: usize,
}

impl Former<'_> {
    /// The former line that a line of what is left is; lines must be asked for in order.
    fn line_at(&mut self, full: Span) -> Option<usize> {
        while let [span, rest @ ..] = self.stays
            && self.at + span.len() <= full.start
        {
            (self.at, self.stays) = (self.at + span.len(), rest);
        }
        let span = self.stays.first().filter(|span| full.end <= self.at + span.len())?;
        let start = span.start + full.start - self.at;
        while self.lines[self.line].full.end <= start {
            self.line += 1;
        }
        (self.lines[self.line].full == Span::new(start, start + full.len())).then_some(self.line)
    }
}

/// Whether a character is white space or shows nothing at all.
fn is_invisible(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Counts the words of some bytes: runs of letters and digits, apostrophes and hyphens inside them allowed. In scripts
/// that write no spaces two characters count as a word.
pub fn words(bytes: &[u8]) -> u32 {
    let (count, unspaced) = counted(bytes);
    count + u32::div_ceil(unspaced, 2)
}

/// How many words start in some bytes, and how many characters are of scripts that write no spaces.
fn counted(bytes: &[u8]) -> (u32, u32) {
    let (mut count, mut unspaced) = (0, 0);
    // The part in which the character before stands.
    let mut before = Part::Between;
    let mut rest = bytes;
    while !rest.is_empty() {
        let ascii = rest.find_non_ascii_byte().unwrap_or(rest.len());
        let (started, last) = ascii_words(&rest[..ascii], before);
        (count, before) = (count + started, last);
        rest = &rest[ascii..];
        while rest.first().is_some_and(|byte| !byte.is_ascii()) {
            let (part, size) = part_beyond_ascii(rest);
            rest = &rest[size..];
            count += u32::from(part == Part::Word && !before.goes_on());
            unspaced += u32::from(part == Part::Unspaced);
            before = part.after(before);
        }
    }
    (count, unspaced)
}

/// Where the words of a text start, for who asks for many parts of it: each takes no more than a search in a table.
pub struct WordStarts {
    words: Vec<usize>,
    /// Where the characters stand of scripts that write no spaces.
    unspaced: Vec<usize>,
}

impl WordStarts {
    /// Finds the words of a text.
    pub fn of(text: &[u8]) -> Self {
        let mut starts = Self { words: Vec::new(), unspaced: Vec::new() };
        let (mut at, mut before) = (0, Part::Between);
        while at < text.len() {
            let (part, size) = part_at(&text[at..]);
            match part {
                Part::Word if !before.goes_on() => starts.words.push(at),
                Part::Unspaced => starts.unspaced.push(at),
                _ => {}
            }
            (at, before) = (at + size, part.after(before));
        }
        starts
    }

    /// Counts the words of a part of the text as [`words`] does.
    pub fn count(&self, text: &[u8], part: Range<usize>) -> u32 {
        // What a character starts depends on the two before it, and of the first ones those are cut off.
        let mut rest = part.start;
        for _ in 0..2 {
            rest += text.get(rest..part.end).filter(|rest| !rest.is_empty()).map_or(0, |rest| part_at(rest).1);
        }
        let within = |starts: &[usize], from| {
            starts.partition_point(|&start| start < part.end) - starts.partition_point(|&start| start < from)
        };
        let (first, first_unspaced) = counted(&text[part.start..rest]);
        let unspaced = first_unspaced + within(&self.unspaced, rest) as u32;
        first + within(&self.words, rest) as u32 + u32::div_ceil(unspaced, 2)
    }
}

/// How many words start in a text of ASCII, and the part in which its last character stands, if `before` is that in which
/// the character before it does.
fn ascii_words(text: &[u8], mut before: Part) -> (u32, Part) {
    let mut count = 0;
    // What a character starts depends on the two before it.
    for &byte in &text[..text.len().min(2)] {
        count += u32::from(is_of_word(byte) && !before.goes_on());
        before = part_of(byte).after(before);
    }
    let [.., last, end] = *text else { return (count, before) };
    let mut at = 0;
    while at + 2 < text.len() {
        let next = (at + BLOCK).min(text.len() - 2);
        count += u32::from(starts(&text[at..next + 2]));
        at = next;
    }
    (count, part_of(end).after(part_of(last).after(Part::Between)))
}

/// So many characters are counted at once: their number fits in a byte.
const BLOCK: usize = 128;

/// How many characters of a short text of ASCII, but for its first two, start a word. Without branches, so that the compiler
/// takes many of them at once.
fn starts(text: &[u8]) -> u8 {
    let each = text.iter().zip(&text[1..]).zip(&text[2..]);
    let starts = each.map(|((&first, &second), &third)| {
        let goes_on = is_of_word(second) | (is_joint(second) & is_of_word(first));
        u8::from(is_of_word(third) & !goes_on)
    });
    starts.sum()
}

/// Whether a character of ASCII is a letter or a digit.
fn is_of_word(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10)
}

/// Whether a character of ASCII joins two parts of a word.
fn is_joint(byte: u8) -> bool {
    (byte == b'\'') | (byte == b'-')
}

/// What a character is to words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// It is of one.
    Word,
    /// It joins two parts of one, if a part stands on either side.
    Joint,
    /// It stands between words.
    Between,
    /// It is of a script that writes no spaces.
    Unspaced,
}

impl Part {
    /// Whether a letter behind it belongs to the same word.
    fn goes_on(self) -> bool {
        matches!(self, Self::Word | Self::Joint)
    }

    /// What it is behind a character that stands in some part.
    fn after(self, before: Self) -> Self {
        match self {
            Self::Word => Self::Word,
            Self::Joint if before == Self::Word => Self::Joint,
            Self::Joint | Self::Between | Self::Unspaced => Self::Between,
        }
    }
}

/// What a character of ASCII is to words.
fn part_of(byte: u8) -> Part {
    match byte {
        _ if is_of_word(byte) => Part::Word,
        _ if is_joint(byte) => Part::Joint,
        _ => Part::Between,
    }
}

/// What the first character of a text is to words, and its bytes.
fn part_at(text: &[u8]) -> (Part, usize) {
    match text[0] {
        byte if byte.is_ascii() => (part_of(byte), 1),
        _ => part_beyond_ascii(text),
    }
}

/// What the first character of a text beyond ASCII is to words, and its bytes.
fn part_beyond_ascii(text: &[u8]) -> (Part, usize) {
    let (c, size) = bstr::decode_utf8(text);
    let part = match c {
        Some('\u{2019}' | '\u{2010}' | '\u{2011}') => Part::Joint,
        // Other punctuation and most of Latin, known without a search in tables.
        Some('\u{2000}'..='\u{206f}') => Part::Between,
        Some('\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}') => Part::Word,
        Some(c) if is_unspaced(c) => Part::Unspaced,
        Some(c) if c.is_alphanumeric() => Part::Word,
        _ => Part::Between,
    };
    (part, size)
}

/// Whether a character belongs to a script that writes no spaces between words.
pub fn is_unspaced(c: char) -> bool {
    // The marks that lengthen a vowel belong to two scripts, and so to none.
    matches!(c, 'ー' | 'ｰ')
        || c >= '\u{0e00}'
            && matches!(
                c.script(),
                Script::Han
                    | Script::Hiragana
                    | Script::Katakana
                    | Script::Thai
                    | Script::Lao
                    | Script::Khmer
                    | Script::Myanmar
            )
}

/// Whether some bytes end in terminal punctuation. Behind it may stand what closes with it, and what extraction leaves there:
/// footnote marks, tags, ornaments, a link's target.
fn ends_terminally(bytes: &[u8]) -> bool {
    // Nothing that may stand behind it ends in one of these.
    match bytes.last() {
        Some(b'.' | b'!' | b'?') => return true,
        Some(byte) if byte.is_ascii_alphanumeric() => return false,
        _ => {}
    }
    let mut rest = bytes;
    loop {
        let shorter = without_trailer(rest);
        if shorter.len() == rest.len() {
            return rest.chars().next_back().is_some_and(is_terminal)
                || TERMINAL_SPELLINGS.iter().any(|end| rest.ends_with(end.as_bytes()));
        }
        rest = shorter;
    }
}

/// Terminal punctuation that is spelt out or misread.
const TERMINAL_SPELLINGS: &[&str] = &["&hellip;", "â€¦"];

/// Closing quotes and spaces that are spelt out or misread.
const CLOSING_SPELLINGS: &[&str] =
    &["&nbsp;", "&rdquo;", "&rsquo;", "&quot;", "&#8221;", "&#8217;", "â€\u{9d}", "â€™", "â€œ"];

/// The bytes without one thing that may stand behind terminal punctuation.
fn without_trailer(bytes: &[u8]) -> &[u8] {
    let text = bytes.trim_end_with(|c| is_invisible(c) || is_ornament(c));
    if let Some(shorter) = without_markup(text) {
        return shorter;
    }
    if let Some(spelling) = CLOSING_SPELLINGS.iter().find(|spelling| text.ends_with(spelling.as_bytes())) {
        return &text[..text.len() - spelling.len()];
    }
    if TERMINAL_SPELLINGS.iter().any(|end| text.ends_with(end.as_bytes())) {
        return text;
    }
    match text.chars().next_back().filter(|&c| is_closing(c)) {
        Some(c) => &text[..text.len() - c.len_utf8()],
        None => text,
    }
}

/// The bytes without a tag, a footnote's number in brackets, or a link's target at their end.
fn without_markup(text: &[u8]) -> Option<&[u8]> {
    let (open, longest) = match text.last()? {
        b'>' => (&b"<"[..], 16),
        b']' => (&b"["[..], 6),
        b')' => (&b"]("[..], 2048),
        _ => return None,
    };
    let start = text.len().saturating_sub(longest);
    let at = start + text[start..].rfind(open)?;
    let inner = &text[at + open.len()..text.len() - 1];
    let fits = match open {
        b"<" => inner.iter().all(|byte| byte.is_ascii_alphanumeric() || b"/ ".contains(byte)),
        b"[" => !inner.is_empty() && inner.iter().all(u8::is_ascii_digit),
        _ => !inner.contains(&b' '),
    };
    fits.then(|| &text[..at])
}

/// Whether a character adorns the end of a text: a square, a heart, a small number.
fn is_ornament(c: char) -> bool {
    let is_mark = matches!(c, '–' | '—' | '…' | '：' | '、' | '，' | '；' | '¦' | '€' | '™' | 'œ');
    let is_small_number = matches!(c, '¹' | '²' | '³' | '⁰'..='⁹');
    is_small_number || (!c.is_ascii() && !c.is_alphanumeric() && !is_terminal(c) && !is_closing(c) && !is_mark)
}

/// Whether a character ends a sentence.
pub fn is_terminal(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '｡' | '！' | '？' | '．' | '।' | '؟' | '۔')
}

/// Whether a character may stand behind a sentence's terminal punctuation.
pub fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '›' | ')' | ']' | '*' | '_' | '」' | '』' | '“' | '‘')
}

/// Whether a paragraph that stands where a title stands may be one although it ends in terminal punctuation: a question, an
/// exclamation, a quotation, or an abbreviation.
fn is_like_title(text: &[u8], lines: &[Line]) -> bool {
    let [line] = lines else { return false };
    let content = line.content.of(text).trim();
    let last_word = content.fields().last().unwrap_or_default();
    let is_abbreviation = last_word.ends_with(b".") && last_word[..last_word.len() - 1].contains(&b'.');
    content.chars().next_back().is_some_and(|c| matches!(c, '?' | '!' | '？' | '！') || is_closing(c))
        || is_abbreviation
}

/// Whether the line ends of a block come from wrapping at a column: each line but the last is so long that the next
/// line's first word would not have fitted on it.
fn is_hard_wrapped(text: &[u8], lines: &[Line]) -> bool {
    let width = |line: &Line| line.content.of(text).trim().chars().count();
    if lines.len() < 2 || lines.iter().any(|line| line.content.len() > WRAP_WIDTH * 4) {
        return false;
    }
    let widths: Vec<usize> = lines.iter().map(width).collect();
    let widest = widths.iter().copied().max().unwrap_or(0);
    // Two lines prove little: a title above a byline looks the same unless the first is full and goes on.
    let narrowest = if lines.len() == 2 { 60 } else { 30 };
    if !(narrowest..=WRAP_WIDTH).contains(&widest) || (lines.len() == 2 && lines[0].terminal) {
        return false;
    }
    lines.windows(2).zip(&widths).all(|(pair, &width)| {
        let next = pair[1].content.of(text).trim_start();
        width + 1 + first_word(next) > widest
    })
}

/// How many characters the first word has. Scripts without spaces are broken behind any character, but not before a mark.
fn first_word(text: &[u8]) -> usize {
    let word = text.split_str(" ").next().unwrap_or_default();
    if text.chars().next().is_some_and(is_unspaced) { 2 } else { word.chars().count() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PROSE: &str = "The council met on Monday and voted for the plan after two hours of debate.";

    #[test]
    fn lines_keep_every_byte() {
        let text: &[u8] = b"a\n\nb\r\n\xff c";
        let layout = Layout::of(text);
        let full: Vec<_> = layout.lines().iter().map(|line| line.full.of(text)).collect();
        assert_eq!(full.concat(), text);
        assert_eq!(layout.lines().iter().map(|line| line.blank).collect::<Vec<_>>(), [false, true, false, false]);
    }

    #[test]
    fn words_count_apostrophes_hyphens_and_scripts_without_spaces() {
        assert_eq!(words(b"It's a well-known  fact: 42!"), 5);
        assert_eq!(words("It’s naïve".as_bytes()), 2);
        assert_eq!(words("記者会見で発表した。".as_bytes()), 5);
    }

    #[test]
    fn terminal_punctuation_may_stand_inside_closing_quotes() {
        for text in ["He left.", "“He left.”", "Who?)", "**Done!**", "終わり。"] {
            assert!(Layout::of(text.as_bytes()).lines()[0].terminal, "{text}");
        }
        for text in [
            "He left.[12]",
            "He left.¹",
            "He left. ■",
            "He left.<br>",
            "<p>He left.</p>",
            "[He left.](https://example.org/a)",
            "He left.&nbsp;",
            "He left&hellip;",
            "He leftâ€¦",
        ] {
            assert!(Layout::of(text.as_bytes()).lines()[0].terminal, "{text}");
        }
        for text in
            ["He left", "He left [12]", "A price of 5€", "He left:", "In 1914 –", "[He left](https://example.org/a.)"]
        {
            assert!(!Layout::of(text.as_bytes()).lines()[0].terminal, "{text}");
        }
    }

    #[test]
    fn a_wrapped_block_is_one_paragraph_and_other_lines_are_one_each() {
        let wrapped = "The council met on Monday evening and\nvoted for the plan after two hours of\ndebate.\n";
        assert_eq!(Layout::of(wrapped.as_bytes()).paragraphs(), std::slice::from_ref(&(0..3)));
        let lines = format!("A short title\n{PROSE}\n{PROSE}\n");
        assert_eq!(Layout::of(lines.as_bytes()).paragraphs(), [0..1, 1..2, 2..3]);
    }

    #[test]
    fn head_ends_with_the_first_prose_and_tail_begins_with_the_last() {
        let text = format!("Title\n\n{PROSE}\n\nShort\n\n{PROSE}\n\nEnd\n");
        let layout = Layout::of(text.as_bytes());
        let regions: Vec<_> = [0, 2, 4, 6, 8].map(|line| layout.region(line)).into();
        assert_eq!(regions, [Region::Head, Region::Head, Region::Body, Region::Tail, Region::Tail]);
    }

    #[test]
    fn a_question_at_the_top_is_a_title_and_no_prose() {
        let title = "Will the harbour ever open again after the worst storm in a hundred years?";
        let text = format!("{title}\n\nA subtitle without a stop\n\n{PROSE}\n\n{title}\n\n{PROSE}\n");
        let layout = Layout::of(text.as_bytes());
        let prose: Vec<bool> = (0..layout.paragraphs().len()).map(|index| layout.is_prose(index)).collect();
        assert_eq!(prose, [false, false, true, true, true]);
    }

    #[test]
    fn the_lines_of_a_span_are_those_that_hold_a_byte_of_it() {
        let layout = Layout::of(b"ab\n\ncd\n");
        assert_eq!(layout.lines_of(Span::new(0, 3)), 0..1);
        assert_eq!(layout.lines_of(Span::new(2, 4)), 0..2);
        assert_eq!(layout.lines_of(Span::new(1, 5)), 0..3);
        assert_eq!(layout.lines_of(Span::new(3, 4)), 1..2);
    }

    #[test]
    fn a_text_without_prose_is_head_and_tail() {
        assert_eq!(Layout::of(b"a\nb\n").region(1), Region::Both);
    }

    #[test]
    fn lines_of_a_script_without_spaces_are_paragraphs_unless_they_are_full() {
        let text = "市议会周一晚上经过两个小时的辩论通过了关于夜间渡轮的计划。\n相关阅读\n渡轮每晚运送大约九十名乘客，每名乘客亏损三元。\n（完）\n";
        let layout = Layout::of(text.as_bytes());
        assert_eq!(layout.paragraphs().len(), 4);
        assert_eq!(layout.region(2), Region::Tail);
    }

    #[test]
    fn a_lengthened_vowel_is_no_word_of_its_own() {
        assert_eq!(words("ニュースセンター".as_bytes()), 4);
    }

    /// The words of a text, character by character.
    fn words_slowly(text: &str) -> u32 {
        let (mut count, mut unspaced, mut before) = (0, 0, Part::Between);
        for c in text.chars() {
            let part = match c {
                '\'' | '-' | '\u{2019}' | '\u{2010}' | '\u{2011}' => Part::Joint,
                c if is_unspaced(c) => Part::Unspaced,
                c if c.is_alphanumeric() => Part::Word,
                _ => Part::Between,
            };
            count += u32::from(part == Part::Word && !before.goes_on());
            unspaced += u32::from(part == Part::Unspaced);
            before = part.after(before);
        }
        count + u32::div_ceil(unspaced, 2)
    }

    proptest! {
        #[test]
        fn counting_many_characters_at_once_counts_the_same(text in "([a-zA-Z0-9'\\- .]{0,40}|[\u{a0}-\u{250}]|[\u{2000}-\u{206f}]|[中ー]){0,12}") {
            prop_assert_eq!(words(text.as_bytes()), words_slowly(&text));
        }

        #[test]
        fn a_part_of_a_text_has_the_words_that_it_has_alone(text in "([a-c'\\- \u{2019}.]|[中ー]|é){0,24}") {
            let starts = WordStarts::of(text.as_bytes());
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            for (at, &start) in places.iter().enumerate() {
                for &end in &places[at..] {
                    prop_assert_eq!(starts.count(text.as_bytes(), start..end), words(&text.as_bytes()[start..end]));
                }
            }
        }
    }
}
