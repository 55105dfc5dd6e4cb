//! Says in an author's words what the TOML reader found wrong, and where.

use std::ops::Range;

use crate::error::{Error, Errors, Place, did_you_mean};

use super::kind::Kind;

/// A mistake that the TOML reader found.
pub(crate) fn mistake(file: &str, text: &str, error: &toml::de::Error) -> Errors {
    let message = error.message();
    let names = quoted(message);
    let (what, cure) = if message.starts_with("unknown field") {
        unknown_key(&names)
    } else if message.starts_with("missing field") {
        let key = names.first().copied().unwrap_or_default();
        (format!("missing key `{key}`"), format!("add `{key} = …`"))
    } else if let Some(rest) =
        message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))
    {
        let (found, expected) = rest.split_once(", expected ").unwrap_or((rest, "another type"));
        (format!("wrong type: found {found}"), format!("write {expected}"))
    } else if let Some(rest) = message.strip_prefix("invalid length ") {
        (format!("wrong length {rest}"), "write as many values as the key takes".to_owned())
    } else {
        (format!("broken TOML: {}", message.replace('\n', " ")), "mend the syntax here".to_owned())
    };
    let offset = error.span().map_or(0, |span| span.start);
    Error::at(Place::of(file, text, offset), what, cure).into()
}

fn unknown_key(names: &[&str]) -> (String, String) {
    let (key, known) = names.split_first().map_or(("", &[][..]), |(key, known)| (*key, known));
    let is_top_level = Kind::NAMES.iter().all(|kind| known.contains(kind));
    let what = if is_top_level { format!("unknown rule kind or key `{key}`") } else { format!("unknown key `{key}`") };
    (what, did_you_mean(key, known.iter().copied()))
}

/// The words of a message that stand in back quotes.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
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
}
