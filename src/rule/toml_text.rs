//! Reads the TOML of a rule file, and says in an author's words what is wrong with it, and where.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

use crate::error::{Error, Errors, Places, did_you_mean};

use super::file::RuleFile;
use super::kind::Kind;

/// The tables that are not rules.
const OTHER_TABLES: &[&str] = &["patterns", "source", "test"];

/// The keys above all tables.
const FILE_KEYS: &[&str] = &["schema", "min_version", "langs"];

/// What the keys take, as an author would write it.
const EXAMPLES: &[(&str, &str)] = &[
    ("after", "\"…\""),
    ("aggressive", "true"),
    ("any", "[\"…\"]"),
    ("before", "\"…\""),
    ("beside", "true"),
    ("boundary", "false"),
    ("category", "\"ad\""),
    ("confidence", "\"low\""),
    ("copy", "true"),
    ("disable", "[\"generic.share-bar\"]"),
    ("do", "\"drop\""),
    ("exact", "true"),
    ("exact_case", "true"),
    ("extend", "\"sentence\""),
    ("extends", "[\"wordpress\"]"),
    ("from", "\"…\""),
    ("hosts", "[\"example.com\"]"),
    ("id", "\"example.ad-label\""),
    ("input", "\"\"\"…\"\"\""),
    ("keeps", "[\"…\"]"),
    ("keywords", "[\"…\"]"),
    ("langs", "[\"en\"]"),
    ("last_seen", "2026-11-01"),
    ("marker", "\"…\""),
    ("match", "\"starts\""),
    ("max_fraction", "0.3"),
    ("max_lines", "20"),
    ("max_words", "20"),
    ("min_lines", "4"),
    ("min_version", "\"0.1\""),
    ("mode", "\"full-page\""),
    ("modes", "[\"full-page\"]"),
    ("name", "\"…\""),
    ("needs", "\"source:example\""),
    ("optional", "true"),
    ("output", "\"\"\"…\"\"\""),
    ("paths", "[\"**/example.com/**\"]"),
    ("pattern", "'…'"),
    ("preview", "true"),
    ("role", "\"platform\""),
    ("schema", "1"),
    ("signature", "[{ any = [\"…\"] }]"),
    ("status", "\"preview\""),
    ("steps", "[{ do = \"drop\", any = [\"…\"] }]"),
    ("strips", "[\"…\"]"),
    ("terminal", "false"),
    ("through", "\"…\""),
    ("unit", "\"pullquote\""),
    ("unless", "\"…\""),
    ("until", "\"…\""),
    ("where", "\"tail\""),
    ("why", "\"where the junk was seen\""),
    ("words", "[3, 20]"),
];

/// What the TOML parser says, what is meant by it, and what to do.
const SYNTAX: &[(&str, &str, &str)] = &[
    ("invalid basic string", "a string without its closing quote", "end it with `\"`"),
    ("invalid literal string", "a string without its closing quote", "end it with `'`"),
    ("invalid multi-line basic string", "a string without its closing quotes", "end it with `\"\"\"`"),
    ("invalid multi-line literal string", "a string without its closing quotes", "end it with `'''`"),
    ("missing opening quote", "a text without its opening quote", "start it with the quote that it ends with"),
    ("unclosed array table", "a table's name without its closing brackets", "close it with `]]`"),
    ("unclosed array", "a list without its end", "close it with `]`"),
    ("unclosed table", "a table's name without its closing bracket", "close it with `]`"),
    ("unclosed inline table", "a table without its end", "close it with `}`"),
    (
        "missing comma",
        "two values without a comma between them",
        "write a `,` here or end the list with `]`; a text that holds a quote needs the other quotes",
    ),
    (
        "missing escaped value",
        "no such escape",
        "write patterns in single quotes, `'…'`: there a backslash is a backslash",
    ),
    ("invalid unquoted key", "a sign that no key has", "write `key = value`"),
    (
        "key with no value",
        "neither `key = value` nor the name of a table",
        "write `key = value`, or `#` before a remark",
    ),
    (
        "unexpected key or value",
        "the value has ended here, and more follows",
        "put a text that holds a quote into the other quotes, or `#` before a remark",
    ),
    ("invalid boolean", "no such value", "write `true` or `false`"),
];

/// Reads a rule file: what of it has the right form, and the mistakes of the rest.
///
/// # Errors
///
/// The first mistake of broken TOML, of which nothing can be read.
pub(crate) fn read(file: &str, text: &str) -> Result<(RuleFile, Vec<Error>), Errors> {
    match toml::from_str(text) {
        Ok(mirror) => Ok((mirror, Vec::new())),
        Err(_) => Salvage { places: Places::of(file, text), text, errors: Vec::new() }.read(),
    }
}

/// Reads a file table by table: a mistake in one does not hide those in others.
struct Salvage<'t> {
    places: Places<'t>,
    text: &'t str,
    errors: Vec<Error>,
}

impl<'t> Salvage<'t> {
    fn read(mut self) -> Result<(RuleFile, Vec<Error>), Errors> {
        let (document, broken) = DeTable::parse_recoverable(self.text);
        let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        let first = broken.iter().min_by_key(|error| (start(error), !error.message().contains("string")));
        if let Some(first) = first {
            return Err(self.error(first, syntax).into());
        }
        let span = document.span();
        let mut good = DeTable::new();
        for (key, value) in document.into_inner() {
            let value = self.sound(&key, value);
            good.extend(value.map(|value| (key, value)));
        }
        let mirror = RuleFile::deserialize(Deserializer::from(Spanned::new(span, good)));
        let mirror = mirror.map_err(|error| Errors::from(self.error(&error, form)))?;
        Ok((mirror, self.errors))
    }

    /// What of a value can be read: of an array of tables those tables that can.
    fn sound(&mut self, key: &Spanned<DeKey<'t>>, value: Spanned<DeValue<'t>>) -> Option<Spanned<DeValue<'t>>> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(list) => {
                let mut sound = DeArray::new();
                let was_empty = list.is_empty();
                for element in list {
                    let alone = DeValue::Array(DeArray::from_iter([element.clone()]));
                    if self.can_be_read(key, Spanned::new(span.clone(), alone)) {
                        sound.push(element);
                    }
                }
                (was_empty || !sound.is_empty()).then(|| Spanned::new(span, DeValue::Array(sound)))
            }
            other => {
                let value = Spanned::new(span, other);
                self.can_be_read(key, value.clone()).then_some(value)
            }
        }
    }

    /// Whether a value can be read when it is all that the file holds; if not, its mistake is noted.
    fn can_be_read(&mut self, key: &Spanned<DeKey<'t>>, value: Spanned<DeValue<'t>>) -> bool {
        let span = value.span();
        let alone: DeTable<'t> = [(key.clone(), value)].into_iter().collect();
        let read = RuleFile::deserialize(Deserializer::from(Spanned::new(span, alone)));
        let mistake = read.err().map(|error| self.error(&error, form));
        let sound = mistake.is_none();
        self.errors.extend(mistake);
        sound
    }

    fn error(&self, error: &toml::de::Error, say: impl Fn(&str, &str, usize) -> (String, String)) -> Error {
        let end = error.span().map_or(0, |span| span.start);
        // A string of several lines without its end ends with the file: its start says more.
        let is_open = error.message().starts_with("invalid multi-line") && error.message().contains("string");
        let quotes = || ["\"\"\"", "'''"].into_iter().filter_map(|quotes| self.text[..end].rfind(quotes)).max();
        let offset = is_open.then(quotes).flatten().unwrap_or(end);
        let (what, cure) = say(error.message(), self.text, offset);
        Error::at(self.places.at(offset), what, cure)
    }
}

type DeKey<'t> = std::borrow::Cow<'t, str>;

/// What is wrong with the syntax at an offset, and what to do.
fn syntax(message: &str, text: &str, offset: usize) -> (String, String) {
    let rest = text.get(offset..).unwrap_or_default();
    let (what, cure) = if key_of(text, offset) == Some("last_seen") {
        ("a date that there is not".to_owned(), as_in("last_seen"))
    } else if message.starts_with("duplicate key") {
        let name = word(rest);
        (format!("`{name}` is written twice"), "leave one of them out, or join them".to_owned())
    } else if message.starts_with("string values must be quoted") {
        unquoted(rest)
    } else if let Some((_, what, cure)) = SYNTAX.iter().find(|(start, ..)| message.starts_with(start)) {
        ((*what).to_owned(), (*cure).to_owned())
    } else {
        (message.replace('\n', " "), "mend the syntax here".to_owned())
    };
    (format!("broken TOML: {what}"), cure)
}

fn unquoted(rest: &str) -> (String, String) {
    let what = match rest.chars().next() {
        None | Some('\r' | '\n' | '#') => {
            return ("a key without a value".to_owned(), "write `key = value`".to_owned());
        }
        Some('“' | '”' | '„' | '‘' | '’') => "curly quotes are no quotes here",
        Some(_) => "a text without quotes",
    };
    (what.to_owned(), "put it into straight quotes: `\"…\"` or `'…'`".to_owned())
}

/// What is wrong with the form of a value at an offset, and what to do.
fn form(message: &str, text: &str, offset: usize) -> (String, String) {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field") {
        return unknown_key(&names, text, offset);
    }
    if message.starts_with("missing field") {
        let key = names.first().copied().unwrap_or_default();
        let is_source = word(text.get(offset..).unwrap_or_default()) == "source";
        let example = if is_source { "\"example\"" } else { example(key).unwrap_or("…") };
        return (format!("missing key `{key}`"), format!("add `{key} = {example}`"));
    }
    if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        return wrong_type(found, expected, text, offset);
    }
    (format!("wrong value: {}", message.replace('\n', " ")), "write another one".to_owned())
}

fn unknown_key(names: &[&str], text: &str, offset: usize) -> (String, String) {
    let (key, known) = names.split_first().map_or(("", &[][..]), |(key, known)| (*key, known));
    let is_of_file = Kind::NAMES.iter().all(|kind| known.contains(kind));
    if is_of_file && text[..offset].trim_end().ends_with('[') {
        let tables = Kind::NAMES.iter().chain(OTHER_TABLES).copied();
        return (format!("unknown kind of rule `{key}`"), did_you_mean(key, tables));
    }
    let what = format!("unknown key `{key}`");
    let tables: Vec<String> = Kind::NAMES.iter().map(|kind| format!("`[[{kind}]]`")).collect();
    if is_of_file && !FILE_KEYS.contains(&key) && EXAMPLES.iter().any(|(other, _)| *other == key) {
        return (what, format!("write it into a table, below its name: {} or `[source]`", tables.join(", ")));
    }
    let known = if is_of_file { FILE_KEYS.to_vec() } else { own_first(known) };
    (what, did_you_mean(key, known))
}

/// The keys that only some tables have before those that every rule has.
fn own_first<'k>(known: &[&'k str]) -> Vec<&'k str> {
    let everywhere = known.iter().position(|&key| key == "confidence").map_or(0, |at| at + 1);
    let (shared, own) = known.split_at(everywhere);
    [own, shared].concat()
}

fn wrong_type(found: &str, expected: &str, text: &str, offset: usize) -> (String, String) {
    let rest = text.get(offset..).unwrap_or_default();
    let name = word(rest);
    if found == "map" && expected == "a sequence" && rest.starts_with('[') {
        return (format!("`[{name}]` is one table, a list of them belongs here"), format!("write `[[{name}]]`"));
    }
    if found == "map" && rest.starts_with("[[") {
        return (format!("`[[{name}]]` is a list of tables, one belongs here"), format!("write `[{name}]`"));
    }
    let what = format!("wrong type: this is {}, {} belongs here", plain(found), plain(expected));
    let key = key_of(text, offset).filter(|key| example(key).is_some());
    (what, key.map_or_else(|| "write that instead".to_owned(), as_in))
}

/// A type in plain words.
fn plain(name: &str) -> &str {
    let kind = name.split(['`', '"']).next().unwrap_or_default().trim();
    match kind {
        "string" | "a string" => "a text in quotes",
        "integer" | "i64" => "a whole number",
        "f64" => "a number",
        "floating point" => "a fraction",
        "boolean" => "true or false",
        "a boolean" => "`true` or `false`, without quotes,",
        "sequence" | "a sequence" => "a list",
        "map" => "a table",
        "datetime" | "a TOML datetime" => "a date without quotes",
        _ if kind.starts_with("struct") => "a table",
        _ => name,
    }
}

fn as_in(key: &str) -> String {
    format!("write it as in `{key} = {}`", example(key).unwrap_or("…"))
}

fn example(key: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(other, _)| *other == key).map(|(_, example)| *example)
}

/// The first word of a text, brackets before it left out.
fn word(text: &str) -> &str {
    let text = text.trim_start_matches('[').trim_start();
    text.split(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).next().unwrap_or_default()
}

/// The key of the value at an offset, if it stands on the same line.
fn key_of(text: &str, offset: usize) -> Option<&str> {
    let line = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let before = text[line..offset].rsplit_once('=')?.0.trim_end();
    before.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next()
}

/// Where in a file the byte `offset` of a string's value stands; `span` is where the string is written, quotes included.
pub(crate) fn offset_in(text: &str, span: Range<usize>, offset: usize) -> usize {
    let written = &text[span.clone()];
    let quote = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| written.starts_with(quote)).unwrap_or_default();
    let mut at = quote.len();
    at += usize::from(quote.len() == 3 && written[at..].starts_with('\n'));
    let escapes = quote.starts_with('"');
    let mut value = 0;
    while value < offset && at < written.len() {
        let rest = &written[at..];
        let (written_len, value_len) = if escapes { escaped(rest) } else { one(rest) };
        at += written_len;
        value += value_len;
    }
    span.start + at
}

fn one(rest: &str) -> (usize, usize) {
    let len = rest.chars().next().map_or(1, char::len_utf8);
    (len, len)
}

/// How many bytes the first character takes as it is written in a basic string, and in the string's value.
fn escaped(rest: &str) -> (usize, usize) {
    if !rest.starts_with('\\') {
        return one(rest);
    }
    match rest.as_bytes().get(1) {
        Some(b'u') => (6, code_len(rest.get(2..6))),
        Some(b'U') => (10, code_len(rest.get(2..10))),
        Some(b'x') => (4, code_len(rest.get(2..4))),
        _ => (2, 1),
    }
}

fn code_len(digits: Option<&str>) -> usize {
    let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    code.and_then(char::from_u32).map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_in_a_value_is_found_in_the_file() {
        let literal = "pattern = 'ab(c'";
        assert_eq!(&literal[offset_in(literal, 10..16, 2)..], "(c'");
        let basic = r#"pattern = "a\\\u00e9(c""#;
        assert_eq!(&basic[offset_in(basic, 10..basic.len(), 4)..], "(c\"");
    }

    #[test]
    fn a_value_has_the_key_of_its_line() {
        let text = "a = 1\nsteps = [{ do = \"drop\", words = 3 }]\n";
        assert_eq!(key_of(text, text.find('3').unwrap()), Some("words"));
        assert_eq!(key_of("any = [\n  7,\n]", 10), None);
    }
}
