//! Lines that no rule may touch: what an article quotes, and code.

use std::str::FromStr;

use bstr::ByteSlice;

use crate::layout::Layout;

/// Which lines are left alone, whatever they say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Protect {
    /// Markdown's quotes: lines that start with `>`.
    pub quotes: bool,
    /// Code: what stands between two fences of Markdown, and what is indented as code and can be nothing else.
    pub code: bool,
}

impl Protect {
    /// The names of what can be protected.
    pub const NAMES: [&str; 2] = ["quotes", "code"];

    /// What either of them protects.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self { quotes: self.quotes || other.quotes, code: self.code || other.code }
    }

    /// The names of what is protected.
    pub fn names(self) -> Vec<&'static str> {
        let is_on = [self.quotes, self.code];
        Self::NAMES.into_iter().zip(is_on).filter(|&(_, is_on)| is_on).map(|(name, _)| name).collect()
    }

    /// Whether each line of a document is protected; empty if none can be.
    pub(super) fn lines(self, document: &Layout) -> Vec<bool> {
        if self == Self::default() {
            return Vec::new();
        }
        let contents: Vec<&[u8]> = document.lines().iter().map(|line| line.content.of(document.text())).collect();
        let mut protected = vec![false; contents.len()];
        if self.quotes {
            let is_quote = |line: &[u8]| indent(line) <= MAX_INDENT && line.trim_start().starts_with(b">");
            protected.iter_mut().zip(&contents).for_each(|(protected, line)| *protected = is_quote(line));
        }
        if self.code {
            mark_fenced(&contents, &mut protected);
            mark_indented(document, &contents, &mut protected);
        }
        protected
    }
}

impl FromStr for Protect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "quotes" => Ok(Self { quotes: true, ..Self::default() }),
            "code" => Ok(Self { code: true, ..Self::default() }),
            _ => Err(format!("`{name}` cannot be protected")),
        }
    }
}

impl FromIterator<Self> for Protect {
    fn from_iter<I: IntoIterator<Item = Self>>(all: I) -> Self {
        all.into_iter().fold(Self::default(), Self::union)
    }
}

/// How far a line may be indented and be no code.
const MAX_INDENT: usize = 3;

/// How far a line is indented; a tab counts for four spaces.
fn indent(line: &[u8]) -> usize {
    line.iter()
        .map_while(|byte| match byte {
            b' ' => Some(1),
            b'\t' => Some(MAX_INDENT + 1),
            _ => None,
        })
        .sum()
}

/// A fence: what it is made of, how long it is, and whether something stands behind it.
fn fence(line: &[u8]) -> Option<(u8, usize, bool)> {
    let text = line.trim();
    let mark = *text.first().filter(|mark| b"`~".contains(mark))?;
    let length = text.iter().take_while(|&&byte| byte == mark).count();
    let info = &text[length..];
    let is_fence = length >= 3 && indent(line) <= MAX_INDENT && !(mark == b'`' && info.contains(&b'`'));
    is_fence.then_some((mark, length, !info.is_empty()))
}

/// Marks what stands between two fences, and the fences. One that is never closed protects nothing: scraped texts are cut off,
/// and all behind it would count as code.
fn mark_fenced(lines: &[&[u8]], protected: &mut [bool]) {
    let mut open: Option<(usize, u8, usize)> = None;
    for (number, line) in lines.iter().enumerate() {
        match (open, fence(line)) {
            (None, Some((mark, length, _))) => open = Some((number, mark, length)),
            (Some((start, mark, length)), Some((other, longer, false))) if other == mark && longer >= length => {
                protected[start..=number].fill(true);
                open = None;
            }
            _ => {}
        }
    }
}

/// Marks runs of indented lines that stand below a blank line and a line that is not indented. Below the item of a list they
/// belong to it, and indented prose is prose.
fn mark_indented(document: &Layout, lines: &[&[u8]], protected: &mut [bool]) {
    let is_blank = |line: usize| document.lines()[line].blank;
    let is_inside = |line: usize| is_blank(line) || indent(lines[line]) > MAX_INDENT;
    let is_prose = |&line: &usize| document.paragraph_of(line).is_some_and(|paragraph| document.is_prose(paragraph));
    let numbers: Vec<usize> = (0..lines.len()).collect();
    for run in numbers.chunk_by(|&line, &next| is_inside(line) == is_inside(next)) {
        let first = run[0];
        let above = first.checked_sub(1).map(|line| lines[line]);
        let is_apart = above.is_none_or(|above| is_blank(first) && may_precede_code(above));
        if is_inside(first) && is_apart && !run.iter().any(is_prose) {
            run.iter().for_each(|&line| protected[line] = true);
        }
    }
}

/// Whether a line is neither indented nor the item of a list.
fn may_precede_code(line: &[u8]) -> bool {
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_numbered = digits > 0 && line.get(digits).is_some_and(|byte| b".)".contains(byte));
    let is_item = line.starts_with_str("•") || line.first().is_some_and(|byte| b"-*+".contains(byte)) || is_numbered;
    indent(line) == 0 && !is_item
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The protected lines of a text that are not blank.
    fn protected<'t>(protect: &str, text: &'t str) -> Vec<&'t str> {
        let lines = protect.parse::<Protect>().unwrap().lines(&Layout::of(text.as_bytes()));
        text.lines()
            .zip(lines)
            .filter(|(line, protected)| *protected && !line.trim().is_empty())
            .map(|it| it.0)
            .collect()
    }

    #[test]
    fn what_is_protected_is_chosen_by_name() {
        let both: Protect = Protect::NAMES.iter().map(|name| name.parse::<Protect>().unwrap()).collect();
        assert_eq!(both, Protect { quotes: true, code: true });
        assert_eq!(both.names(), Protect::NAMES);
        let code: Protect = ["code"].iter().map(|name| name.parse::<Protect>().unwrap()).collect();
        assert_eq!((code, code.names()), (Protect { quotes: false, code: true }, vec!["code"]));
        assert_eq!("text".parse::<Protect>(), Err("`text` cannot be protected".to_owned()));
    }

    #[test]
    fn quotes_are_lines_that_start_with_their_mark() {
        assert_eq!(protected("quotes", "a > b\n> c\n  >> d\n    > code\n>\ne"), ["> c", "  >> d", ">"]);
        assert!(protected("code", "> c\n").is_empty());
    }

    #[test]
    fn code_stands_between_fences_of_one_kind() {
        assert_eq!(protected("code", "a\n```rust\nb\n~~~\n````\nc\n"), ["```rust", "b", "~~~", "````"]);
        assert_eq!(protected("code", "~~~ `x`\na\n~~~\nb\n"), ["~~~ `x`", "a", "~~~"]);
        assert!(protected("code", "a\n```\nb\n\nc\n").is_empty(), "it is never closed");
        assert!(protected("code", "```a``` b\nc\n```\n").is_empty(), "it is code in a line");
        assert!(protected("code", "``\na\n``\n").is_empty(), "it is too short");
        assert!(protected("code", "a\n    ```\nb\n    ```\n").is_empty(), "it is indented too far");
        assert_eq!(protected("code", "````\na\n```\nb\n````\n"), ["````", "a", "```", "b", "````"]);
    }

    #[test]
    fn indented_lines_are_code_where_they_can_be_nothing_else() {
        assert_eq!(protected("code", "Run it:\n\n    make\n\n\tmake test\nDone.\n"), ["    make", "\tmake test"]);
        assert_eq!(protected("code", "    first\n"), ["    first"]);
        assert_eq!(protected("code", ".config:\n\n    a = 1\n"), ["    a = 1"]);
        assert_eq!(protected("code", "7 files:\n\n    a\n"), ["    a"]);
        for item in ["- Run it", "* Run it", "+ Run it", "• Run it", "1. Run it", "12) Run it"] {
            assert!(protected("code", &format!("{item}\n\n    make\n")).is_empty(), "{item}");
        }
        for text in ["Run it:\n    make\n", "  a\n\n    make\n", "Run it:\n\n   make\n"] {
            assert!(protected("code", text).is_empty(), "{text}");
        }
        let prose = "Title\n\n    The harbour was closed on Monday after a ship had lost its anchor there.\n";
        assert!(protected("code", prose).is_empty());
    }
}
