//! Texts as Markdown shows them unchanged, in the cells of tables too.

/// How much of an example is shown, in characters and in words: enough to know it by.
const SHOWN: usize = 90;
const WORDS: usize = 7;

/// A text that is read as Markdown, with what it would take for marks escaped.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' | '|' | '<' | '*' | '_' | '`' | '[' | ']' | '~' => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The start of the first line of a text, as code.
pub(super) fn code(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let mut shown: String = start(line).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if start(line) != text.trim() {
        shown.push('…');
    }
    // A table is cut into cells before code is looked for.
    let shown = shown.replace('|', "\\|");
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if shown.starts_with('`') || shown.ends_with('`') { " " } else { "" };
    if shown.is_empty() { String::new() } else { format!("{fence}{space}{shown}{space}{fence}") }
}

/// As much of a line as is shown.
fn start(line: &str) -> &str {
    let end_of_chars = line.char_indices().nth(SHOWN).map_or(line.len(), |(at, _)| at);
    let starts_word = |&(at, c): &(usize, char)| c.is_alphanumeric() && !line[..at].ends_with(char::is_alphanumeric);
    let end_of_words = line.char_indices().filter(starts_word).nth(WORDS).map_or(line.len(), |(at, _)| at);
    line[..end_of_chars.min(end_of_words)].trim_end()
}

/// What GitHub calls the place of a heading.
pub(super) fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|&c| c.is_alphanumeric() || c == '-' || c == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_fenced_by_more_quotes_than_it_has() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a `b` | c"), "``a `b` \\| c``");
        assert_eq!(code("`b`"), "`` `b` ``");
        assert_eq!(code("one\ntwo"), "`one…`");
        assert_eq!(code(&"x".repeat(200)).chars().count(), SHOWN + 3);
        assert_eq!(code("a b c d e f g h i"), "`a b c d e f g…`");
        assert_eq!(code(" \n"), "");
    }

    #[test]
    fn marks_are_escaped() {
        assert_eq!(escaped("a|b <c> *d*\ne"), "a\\|b \\<c> \\*d\\* e");
        assert_eq!(anchor("The Post (US)"), "the-post-us");
    }
}
