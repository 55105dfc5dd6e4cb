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

/// The sentence of `text` in which `range` lies, its closing punctuation included; more than one if `range` does.
pub fn around(text: &[u8], range: Range<usize>) -> Range<usize> {
    let start = ends(&text[..range.start]).last().map_or(0, |end| end + leading_space(&text[end..]));
    // The literal may bring its own full stop.
    let inner = range.end - trailing_closers(&text[range.clone()]);
    let end = ends(&text[start..]).map(|end| start + end).find(|&end| end >= inner.max(range.end));
    start..end.unwrap_or(text.len())
}

/// The offsets at which sentences of `text` end: behind terminal punctuation and what closes with it, before white space
/// (or a capital that is glued to it) or at the end; behind full-width punctuation anywhere.
pub fn ends(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    text.char_indices().filter(|&(_, _, c)| is_terminal(c)).filter_map(|(start, end, c)| {
        let close = end
            + text[end..].chars().take_while(|&c| is_closing(c) || is_terminal(c)).map(char::len_utf8).sum::<usize>();
        let next = text[close..].chars().next();
        let breaks = match next {
            None => true,
            Some(_) if matches!(c, '。' | '｡' | '！' | '？') => true,
            Some(next) if next.is_whitespace() => !is_abbreviation(&text[..start], c),
            Some(next) => (next.is_uppercase() || "\"“‘'".contains(next)) && !is_abbreviation(&text[..start], c),
        };
        breaks.then_some(close)
    })
}

/// Whether the full stop behind `before` belongs to an abbreviation or an initial.
fn is_abbreviation(before: &[u8], stop: char) -> bool {
    if stop != '.' {
        return false;
    }
    let start = before.rfind_byteset(b" \t(\"'").map_or(0, |at| at + 1);
    let word = before[start..].to_str_lossy();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let is_initial = letters == 1 && word.chars().count() == 1;
    let is_dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 2);
    is_initial || is_dotted || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

fn leading_space(text: &[u8]) -> usize {
    text.len() - text.trim_start().len()
}

fn trailing_closers(text: &[u8]) -> usize {
    text.chars().rev().take_while(|&c| is_closing(c) || is_terminal(c)).map(char::len_utf8).sum()
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
