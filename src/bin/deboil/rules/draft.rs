//! A rule in the making: what the arguments say of it, as TOML.

use std::fmt::Write as _;

use clap::ValueEnum;
use deboil::rule::Kind;

use super::args::{DraftArgs, LineMatch};

/// How many words may go where a rule needs a bound and none is named.
const MAX_WORDS: u32 = 20;

/// How much a cut may take where none is named.
const MAX_FRACTION: f64 = 0.5;

/// How many words of its text a rule is named by.
const NAMED_BY: usize = 5;

/// A rule that is not in a file yet.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) text: &'a str,
    pub(super) args: &'a DraftArgs,
}

impl Draft<'_> {
    /// The kind, by its name in rule files.
    pub(super) fn kind(self) -> &'static str {
        match self.args {
            DraftArgs { phrase: true, .. } => "phrase",
            DraftArgs { regex: true, .. } => "regex",
            DraftArgs { cut: true, .. } => "cut",
            _ => "line",
        }
    }

    /// Whether the rule says by `strips` and `keeps` what it does.
    pub(super) fn has_examples(self) -> bool {
        debug_assert!(Kind::NAMES.contains(&self.kind()));
        !self.args.cut
    }

    /// The rule as it stands in a rule file, with what is known of it so far.
    pub(super) fn toml(self, why: &str, strips: &[String]) -> String {
        let mut toml = format!("[[{}]]\n", self.kind());
        let mut say = |key: &str, value: &str| writeln!(toml, "{key} = {value}").expect("a string takes all");
        say("id", &quoted(&self.id()));
        say("category", &quoted(self.args.category.name()));
        self.what(&mut say);
        if let Some(max_words) = self.max_words() {
            say("max_words", &max_words.to_string());
        }
        if let Some(place) = self.args.place {
            say("where", &quoted(&name(&place)));
        }
        if !self.args.unless.is_empty() {
            say("unless", &list(&self.args.unless));
        }
        say("why", &quoted(why));
        if !strips.is_empty() {
            say("strips", &list(strips));
        }
        toml
    }

    /// What the rule looks for.
    fn what(self, say: &mut impl FnMut(&str, &str)) {
        let (text, args) = (quoted(self.text), self.args);
        match self.kind() {
            "regex" => say("pattern", &text),
            "cut" => {
                say("marker", &text);
                say("max_fraction", &MAX_FRACTION.to_string());
            }
            _ => {
                say("any", &format!("[{text}]"));
                if args.how != LineMatch::Equals {
                    say("match", &quoted(&name(&args.how)));
                }
                if let Some(through) = &args.through {
                    say("through", &quoted(through));
                }
            }
        }
    }

    fn max_words(self) -> Option<u32> {
        let is_needed = self.args.how != LineMatch::Equals || self.args.through.is_some();
        self.args.max_words.or(is_needed.then_some(MAX_WORDS))
    }

    fn id(self) -> String {
        let of_text = || {
            let words = self.text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let words: Vec<String> = words.take(NAMED_BY).map(str::to_lowercase).collect();
            format!("mine.{}", if words.is_empty() { "rule".to_owned() } else { words.join("-") })
        };
        self.args.id.clone().unwrap_or_else(of_text)
    }
}

/// The name of a value on the command line, which is that in rule files.
fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// A text as a string of TOML, in the quotes in which the least of it is escaped.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_text_is_read_as_it_was() {
        for text in ["plain", "it's", r#"say "yes""#, r"\d+ 'x'", r"\d+", "a\tb\u{1b}\r\n", "“”", "\u{85}"] {
            let table: toml::Table = format!("text = {}", quoted(text)).parse().unwrap();
            assert_eq!(table["text"].as_str(), Some(text));
        }
    }
}
