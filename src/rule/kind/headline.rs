//! `[[headline]]`: the headline of another article, standing alone between blocks of prose.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use crate::page::Page;
use crate::rule::anchor::Anchor;
use crate::rule::runner::Runner;

use super::{Found, Hit, Look};

/// Deletes headlines between paragraphs.
#[derive(Debug, Serialize, Deserialize)]
pub struct Headline {
    /// How many words a headline has.
    pub words: RangeInclusive<u32>,
}

impl Headline {
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        Vec::new()
    }

    pub(super) fn find(&self, look: &Look, _: &[Hit]) -> Vec<Found> {
        let layout = &look.page.layout;
        let inner = 1..layout.paragraphs().len().max(2) - 1;
        let between = inner.filter(|&index| layout.is_prose(index - 1) && layout.is_prose(index + 1));
        let alone = between.filter(|&index| layout.paragraphs()[index].len() == 1);
        let lines = alone.map(|index| layout.paragraphs()[index].start);
        let headlines = lines.filter(|&line| self.is_headline(look.page, line) && !goes_on(look.page, line));
        headlines.map(|line| Found::one(line, layout.lines()[line].full)).collect()
    }

    fn is_headline(&self, page: &Page, line: usize) -> bool {
        self.words.contains(&page.words(line)) && !page.is_terminal(line) && reads_like_one(page.content(line))
    }
}

/// Whether the text of a line may be a headline, its length and its end aside.
pub fn reads_like_one(text: &[u8]) -> bool {
    let text = text.trim();
    !is_capitals(text) && !is_numbered(text) && !is_quote(text) && !is_open(text) && !is_of_the_text(text)
}

/// What a headline does not hold: a start in lower case, a label in capitals, a speaker, an author, a score, a telephone
/// number, the number of a footnote or of an item.
static OF_THE_TEXT: LazyLock<[Runner; 10]> = LazyLock::new(|| {
    [
        r"^\p{Ll}",
        r"^(?:\p{Lu}+ )*\p{Lu}{2,}: ",
        r"^(?:\w+ )?\w+ [-–—] ",
        r", (?:\w+ )?by \p{Lu}",
        r"^(?:\p{Lu}\w+ )+\d+, (?:\p{Lu}\w+ )+\d+\b",
        r"\b[Tt]el(?:ephone)?[.:]",
        r"[.!?]\d{1,3}$",
        r"^(?:On|Why|How) (?:why|what|how|when|who|where|whether) ",
        r"^(?:Step|No\.?|Part|Day|Rule|Chapter|Lesson) \d",
        r"^\d{1,2} (?:The|A|An|In|On|At|He|She|It|They|We|You|Do|Don)\b",
    ]
    .map(Runner::for_any_text)
});

fn is_of_the_text(text: &[u8]) -> bool {
    let text = text.to_str_lossy();
    OF_THE_TEXT.iter().any(|form| form.matches(&text))
}

/// Whether the next paragraph goes on where the line stops: the line is a part of a broken sentence.
fn goes_on(page: &Page, line: usize) -> bool {
    let next = page.next_filled(line + 1).map(|next| page.content(next));
    next.and_then(|text| text.trim_start().chars().next()).is_some_and(char::is_lowercase)
}

/// Whether a line starts with a number, a bullet or a dash: it belongs to a list or names a speaker.
fn is_numbered(text: &[u8]) -> bool {
    let first = text.split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
    let digits = first.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let enclosed = first.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")"));
    let in_parentheses = enclosed.is_some_and(|inner| !inner.is_empty() && inner.len() <= 3);
    let numbered = in_parentheses
        || digits > 0 && matches!(first.get(digits), Some(b'.' | b')' | b':')) && digits + 1 == first.len();
    let marked = text.chars().next().is_some_and(|c| matches!(c, '-' | '–' | '—' | '*' | '•' | '#' | '>' | '+' | '|'));
    numbered || marked
}

/// Whether a line is a quotation as a whole, or the start of one.
fn is_quote(text: &[u8]) -> bool {
    let is_mark = |c: char| matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '\'' | '「');
    if !text.chars().next().is_some_and(is_mark) {
        return false;
    }
    let last = text.chars().next_back();
    last.is_some_and(is_mark) || text.chars().filter(|&c| is_mark(c)).count() == 1
}

/// Words after which a sentence goes on.
const OPEN_WORDS: &[&str] = &["a", "an", "and", "but", "her", "his", "of", "or", "that", "the", "their", "with"];

/// Whether a line leads to something: it ends in a colon, a comma, a dash, a closing parenthesis or a word after which a
/// sentence goes on; or is a row of a table or an address.
fn is_open(text: &[u8]) -> bool {
    let ends_open =
        text.chars().next_back().is_some_and(|c| matches!(c, ':' | ',' | ';' | '-' | '–' | '—' | '(' | ')'));
    let last_word = text.fields().last().unwrap_or_default();
    let goes_on = OPEN_WORDS.iter().any(|word| last_word == word.as_bytes());
    ends_open || goes_on || text.contains(&b'|') || text.contains_str("://") || text.contains_str("www.")
}

/// Whether a line is set in capitals, as subheads and signs are.
fn is_capitals(text: &[u8]) -> bool {
    !text.chars().any(char::is_lowercase) && text.chars().any(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_the_text_is_no_headline() {
        let of_the_text = [
            "and the boats came home",
            "ÜBER UNS: The Harbour",
            "Ann Holm – The boats come home",
            "The Boats, sung by Émile Ohm",
            "Rovers 3, United 2",
            "Harbour office Tel. 123",
            "The boats came home.12",
            "On why the boats came home",
            "Step 4 Row home",
            "12 The boats",
        ];
        for text in of_the_text {
            assert!(is_of_the_text(text.as_bytes()), "{text}");
        }
        for text in
            ["Boats come home by night", "Olsen’s – boats", "Hotel. The end", "Stepping 4 times", "“Boats” – home"]
        {
            assert!(!is_of_the_text(text.as_bytes()), "{text}");
        }
        assert!(!is_of_the_text(b"\xff\xfe - boats") && is_of_the_text(b"x\xff, by Ann"));
    }
}
