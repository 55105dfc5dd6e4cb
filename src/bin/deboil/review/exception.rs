//! What of `unless` keeps a rule from a line.

use deboil::Span;
use deboil::rule::Rule;
use deboil::rule::literal::{How, Literal};
use deboil::rule::matcher::Matcher;
use serde::Serialize;

/// A line of more words is named by a part of it.
const WORDS_MAX: usize = 25;

/// How many words before and after a deletion inside a line tell it from others.
const WORDS_BEFORE: usize = 4;
const WORDS_AFTER: usize = 2;

/// A text that protects a line from a rule.
#[derive(Debug, Serialize)]
pub(super) struct Exception {
    form: Form,
    /// The text, as a string of TOML.
    text: String,
    /// The examples under `strips` that it protects, too: the rule cannot live up to them any more.
    spoils: Vec<usize>,
}

/// How a text is written under `unless`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    /// In a table with `match = "equals"`: it is the whole line.
    Equals,
    /// By itself: it stands somewhere in the line.
    Contains,
    /// In a table with `exact = true`: folding would leave nothing of it that can be found.
    Exact,
}

impl Exception {
    /// The narrowest text that protects a line from which something goes; none if no text does, as of a line that is
    /// too long to be looked at. `line` and `gone` are places in `text`.
    pub(super) fn of(rule: &Rule, text: &[u8], line: Span, gone: Span) -> Option<Self> {
        let bytes = line.of(text);
        let whole = String::from_utf8_lossy(bytes).trim().to_owned();
        let is_short = whole.split_whitespace().count() <= WORDS_MAX;
        let equals = is_short.then(|| (Form::Equals, whole.clone()));
        let excerpt = (Form::Contains, excerpt(text, line, gone));
        let forms = equals.into_iter().chain([excerpt, (Form::Contains, whole.clone()), (Form::Exact, whole)]);
        let mut forms = forms.map(|(form, text)| (form.matcher(&text), form, text));
        let (matcher, form, text) = forms.find(|(matcher, ..)| holds(matcher, bytes))?;
        Some(Self { form, text: quoted(&text), spoils: spoiled(rule, &matcher) })
    }
}

impl Form {
    /// What the loader makes of it.
    fn matcher(self, text: &str) -> Matcher {
        let (literal, how) = match self {
            Self::Equals => (Literal::folded(text, true), How::Equals),
            Self::Contains => (Literal::folded(text, true), How::Contains),
            Self::Exact => (Literal::exact(text, false), How::Contains),
        };
        Matcher { literals: vec![literal], how, pattern: None, place: None }
    }
}

fn holds(matcher: &Matcher, line: &[u8]) -> bool {
    matcher.literals.iter().all(|literal| !literal.needle.is_empty()) && matcher.holds_alone(line)
}

fn spoiled(rule: &Rule, matcher: &Matcher) -> Vec<usize> {
    let protects = |text: &str| text.lines().any(|line| matcher.holds_alone(line.as_bytes()));
    (0..).zip(&rule.strips).filter(|(_, example)| protects(&example.text)).map(|(at, _)| at).collect()
}

/// What goes of a line, with a few words around it; of more than a few words, the first.
fn excerpt(text: &[u8], line: Span, gone: Span) -> String {
    let lossy = |start, end| String::from_utf8_lossy(&text[start..end]).into_owned();
    let (start, end) = (gone.start.clamp(line.start, line.end), gone.end.clamp(line.start, line.end));
    let (before, junk, after) = (lossy(line.start, start), lossy(start, end), lossy(end, line.end));
    let words = junk.split_whitespace().count();
    let excerpt = if words > WORDS_MAX {
        first_words(&junk, WORDS_MAX).to_owned()
    } else {
        format!("{}{junk}{}", last_words(&before, WORDS_BEFORE), first_words(&after, WORDS_AFTER))
    };
    excerpt.trim().to_owned()
}

fn first_words(text: &str, count: usize) -> &str {
    text.split_whitespace().take(count).last().map_or("", |word| &text[..offset(text, word) + word.len()])
}

fn last_words(text: &str, count: usize) -> &str {
    text.split_whitespace().rev().take(count).last().map_or("", |word| &text[offset(text, word)..])
}

/// Where a part of a text starts in it.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// A text as a string of TOML, in which nothing is invisible.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\t' => quoted.push_str("\\t"),
            _ if is_invisible(character) => quoted.push_str(&format!("\\U{:08X}", character as u32)),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Controls, odd spaces, and what has no width or turns the direction of writing.
fn is_invisible(character: char) -> bool {
    let is_space = character.is_whitespace() && character != ' ';
    let is_mark = matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    character.is_control() || is_space || is_mark
}

#[cfg(test)]
mod tests {
    use deboil::Ruleset;
    use proptest::prelude::*;

    use super::*;

    const RULE: &str = "[[regex]]\nid = 'x'\ncategory = 'ad'\nwhy = 'test'\npattern = '.*Buy.*'\n\
        strips = ['Buy', 'Buy tea']\n";

    fn rules() -> Ruleset {
        Ruleset::builder().bundled(false).text("x.toml", RULE).build().unwrap()
    }

    fn exception(text: &[u8], line: Span, gone: Span) -> Exception {
        Exception::of(rules().rule(0), text, line, gone).unwrap()
    }

    fn of_line(line: &str) -> Exception {
        let span = Span::new(0, line.len());
        exception(line.as_bytes(), span, span)
    }

    #[test]
    fn a_short_line_is_named_as_a_whole() {
        let found = of_line("  Buy \"tea\" now ");
        assert_eq!((found.form, &*found.text), (Form::Equals, r#""Buy \"tea\" now""#));
        assert_eq!(found.spoils, [] as [usize; 0]);
        assert_eq!(of_line("BUY").spoils, [0]);
    }

    #[test]
    fn a_long_line_is_named_by_what_goes_of_it() {
        let line = format!("{} the end has come. Buy tea. And so on it goes. {}", "so ".repeat(20), "it ".repeat(20));
        let at = line.find(" Buy").unwrap();
        let found = exception(line.as_bytes(), Span::new(0, line.len()), Span::new(at, at + " Buy tea.".len()));
        assert_eq!((found.form, &*found.text), (Form::Contains, "\"the end has come. Buy tea. And so\""));
    }

    #[test]
    fn a_line_of_which_folding_leaves_nothing_is_named_by_its_bytes() {
        assert_eq!(of_line("\u{ad}\u{ad}").form, Form::Exact);
    }

    #[test]
    fn words_are_taken_from_either_end() {
        assert_eq!(first_words(" a b  c", 2), " a b");
        assert_eq!(last_words("a b  c ", 2), "b  c ");
        assert_eq!((first_words("", 2), last_words(" ", 2)), ("", ""));
    }

    proptest! {
        #[test]
        fn a_quoted_text_is_read_as_the_text(text in any::<String>()) {
            let toml: toml::Table = toml::from_str(&format!("text = {}", quoted(&text))).unwrap();
            prop_assert_eq!(toml["text"].as_str(), Some(&*text));
        }
    }
}
