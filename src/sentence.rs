//! Where sentences start and end inside a line.

use std::ops::Range;

use bstr::ByteSlice;

use crate::layout::{is_closing, is_terminal};

/// Abbreviations that end in a full stop inside a sentence, lower case, without it.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "st", "sen", "rep", "gov", "gen", "lt", "col", "sgt", "capt", "prof", "rev", "jr", "sr",
    "vs", "no", "inc", "co", "corp", "ltd", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct",
    "nov", "dec", "e.g", "i.e", "etc",
];

/// The longest abbreviation that is known as one, in bytes, the full stops inside it included.
const ABBREVIATION_MAX: usize = 32;

/// The sentences of a text, for who asks for many: each takes no more than a search in a table.
pub struct Sentences {
    /// Where each sentence ends, and where the next one starts behind the space.
    ends: Vec<(usize, usize)>,
    /// What stands from each terminal mark through all that closes with it.
    marks: Vec<Range<usize>>,
}

impl Sentences {
    /// Finds the sentences of a text.
    pub fn of(text: &[u8]) -> Self {
        let (mut sentences, mut marks): (Vec<(usize, usize)>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
        for Mark { start, close, breaks } in self::marks(text) {
            match marks.last_mut() {
                Some(last) if last.end == close => {}
                _ => marks.push(start..close),
            }
            if breaks && sentences.last().is_none_or(|&(end, _)| end != close) {
                sentences.push((close, close + leading_space(&text[close..])));
            }
        }
        Self { ends: sentences, marks }
    }

    /// The sentence of the text in which `range` lies, its closing punctuation included; more than one if `range` does.
    pub fn around(&self, text: &[u8], range: Range<usize>) -> Range<usize> {
        let start = match self.stands_behind_mark(range.start) {
            true => range.start + leading_space(&text[range.clone()]),
            false => {
                let before = self.ends.partition_point(|&(end, _)| end < range.start);
                before.checked_sub(1).map_or(0, |last| self.ends[last].1.min(range.end))
            }
        };
        // The range may bring its own full stop.
        let end = self.ends.get(self.ends.partition_point(|&(end, _)| end < range.end));
        start..end.map_or(text.len(), |&(end, _)| end)
    }

    /// Whether what starts here is glued to the mark before it: then a sentence ends there, whatever the mark.
    fn stands_behind_mark(&self, at: usize) -> bool {
        self.marks.get(self.marks.partition_point(|mark| mark.end < at)).is_some_and(|mark| mark.start < at)
    }
}

/// The sentence of `text` in which `range` lies, as [`Sentences::around`] says it.
pub fn around(text: &[u8], range: Range<usize>) -> Range<usize> {
    Sentences::of(text).around(text, range)
}

/// The offsets at which sentences of `text` end: behind terminal punctuation and what closes with it, before white space
/// (or a capital that is glued to it) or at the end; behind full-width punctuation anywhere.
pub fn ends(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    marks(text).filter(|mark| mark.breaks).map(|mark| mark.close)
}

/// A terminal mark.
struct Mark {
    start: usize,
    /// The end of what closes with it.
    close: usize,
    /// Whether a sentence ends there.
    breaks: bool,
}

fn marks(text: &[u8]) -> impl Iterator<Item = Mark> + '_ {
    let mut close = 0;
    text.char_indices().filter(|&(_, _, c)| is_terminal(c)).map(move |(start, end, c)| {
        // Marks in a row close together.
        if end > close {
            close = end + closers(&text[end..]);
        }
        let next = text[close..].chars().next();
        let breaks = match next {
            None => true,
            Some(_) if matches!(c, '。' | '｡' | '！' | '？') => true,
            Some(next) if next.is_whitespace() => !is_abbreviation(&text[..start], c),
            Some(next) => (next.is_uppercase() || "\"“‘'".contains(next)) && !is_abbreviation(&text[..start], c),
        };
        Mark { start, close, breaks }
    })
}

/// How many bytes at the start of a text close with a mark before it.
fn closers(text: &[u8]) -> usize {
    text.chars().take_while(|&c| is_closing(c) || is_terminal(c)).map(char::len_utf8).sum()
}

/// Whether the full stop behind `before` belongs to an abbreviation or an initial.
fn is_abbreviation(before: &[u8], stop: char) -> bool {
    if stop != '.' {
        return false;
    }
    let near = &before[before.len().saturating_sub(ABBREVIATION_MAX + 1)..];
    let start = near.rfind_byteset(b" \t(\"'").map_or(0, |at| at + 1);
    if near.len() - start > ABBREVIATION_MAX {
        return false;
    }
    let word = near[start..].to_str_lossy();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let is_initial = letters == 1 && word.chars().count() == 1;
    let is_dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 2);
    is_initial || is_dotted || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

fn leading_space(text: &[u8]) -> usize {
    text.len() - text.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence<'t>(text: &'t str, part: &str) -> &'t str {
        let start = text.find(part).unwrap();
        &text[around(text.as_bytes(), start..start + part.len())]
    }

    #[test]
    fn a_sentence_ends_with_its_punctuation_and_quotes() {
        let text = "He left. “Follow us on Twitter.” She stayed.";
        assert_eq!(sentence(text, "Follow us"), "“Follow us on Twitter.”");
        assert_eq!(sentence(text, "left"), "He left.");
        assert_eq!(sentence(text, "stayed"), "She stayed.");
    }

    #[test]
    fn abbreviations_and_initials_end_no_sentence() {
        let text = "It rained. Mr. J. Smith of the U.S. Senate can be reached by mail. It snowed.";
        assert_eq!(sentence(text, "reached"), "Mr. J. Smith of the U.S. Senate can be reached by mail.");
    }

    #[test]
    fn a_literal_with_its_own_full_stop_is_its_sentence() {
        assert_eq!(sentence("One. Sign up here. Two.", "Sign up here."), "Sign up here.");
    }

    #[test]
    fn a_sentence_may_be_glued_to_the_next() {
        assert_eq!(sentence("It rained.Follow us on Twitter.He left.", "Follow us"), "Follow us on Twitter.");
    }

    #[test]
    fn full_width_marks_end_a_sentence_without_a_space() {
        assert_eq!(sentence("今天天气好。请扫一扫下载客户端。明天也好。", "扫一扫"), "请扫一扫下载客户端。");
    }
}
