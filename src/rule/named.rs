//! Named patterns: what `[patterns]` of a rule file holds, put in place of `(?&name)` in other patterns.
//!
//! The notation is that of Perl and PCRE for a group that is called by its name. Here it is text that is put in, so it costs
//! nothing when the pattern runs.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::pattern::PatternError;
use crate::error::did_you_mean;

/// The most bytes of a pattern in which all names are replaced, and of all that a file holds together: names in names could
/// make them grow without end.
const EXPANDED_MAX: usize = 1 << 14;
const ALL_EXPANDED_MAX: usize = 1 << 24;

/// The named patterns of a file, as far as they were read.
#[derive(Debug, Default)]
pub struct NamedPatterns {
    patterns: BTreeMap<String, String>,
    used: RefCell<BTreeSet<String>>,
    /// How many bytes of patterns with names in them were made.
    expanded: Cell<usize>,
    /// Whether that was too much, which is said once.
    is_full: Cell<bool>,
    /// Whether some may be missing because they are not what they should be: nobody is told of their names then.
    is_partial: bool,
}

impl NamedPatterns {
    /// Those of a file, of which some cannot be read if it is partial.
    pub(super) fn new(is_partial: bool) -> Self {
        Self { is_partial, ..Self::default() }
    }

    /// Adds one: the alternatives, in which no name is left to be replaced.
    ///
    /// # Errors
    ///
    /// Together they are too long.
    pub fn insert(&mut self, name: &str, alternatives: &[String]) -> Result<(), PatternError> {
        let alternatives: Vec<Cow<str>> = alternatives.iter().map(|text| apart(text)).collect();
        let pattern = format!("(?:{})", alternatives.join("|"));
        if pattern.len() > EXPANDED_MAX {
            return Err(too_long(None));
        }
        self.patterns.insert(name.to_owned(), pattern);
        Ok(())
    }

    /// A pattern with the named ones in the places of their names.
    ///
    /// # Errors
    ///
    /// A name that there is not (yet), or too long a result.
    pub fn expand(&self, written: &str) -> Result<Expanded, PatternError> {
        let mut expanded = Expanded { text: String::new(), pieces: Vec::new() };
        let mut at = 0;
        while let Some((call, name)) = next_call(written, at) {
            let pattern = match self.patterns.get(name) {
                Some(_) if self.is_full.get() => name,
                Some(pattern) => pattern,
                None if self.is_partial => name,
                None => {
                    let known = self.patterns.keys().map(String::as_str);
                    let what = format!("no pattern `{name}` stands above");
                    return Err(PatternError { what, cure: cure(name, known), offset: Some(call.start) });
                }
            };
            expanded.push_own(at, &written[at..call.start]);
            expanded.push_named(call.start, pattern);
            self.expanded.set(self.expanded.get() + pattern.len());
            if expanded.text.len() > EXPANDED_MAX {
                return Err(too_long(Some(call.start)));
            }
            if self.expanded.get() > ALL_EXPANDED_MAX && !self.is_full.replace(true) {
                let what =
                    format!("the patterns of the file grow to more than {ALL_EXPANDED_MAX} bytes by their names");
                let cure = "use smaller named patterns, or split the file here".to_owned();
                return Err(PatternError { what, cure, offset: Some(call.start) });
            }
            self.used.borrow_mut().insert(name.to_owned());
            at = call.end;
        }
        expanded.push_own(at, &written[at..]);
        Ok(expanded)
    }

    /// Whether a pattern that was expanded holds a name.
    pub fn is_used(&self, name: &str) -> bool {
        self.used.borrow().contains(name)
    }
}

fn too_long(offset: Option<usize>) -> PatternError {
    let what = format!("the pattern grows to more than {EXPANDED_MAX} bytes by its names");
    PatternError { what, cure: "use smaller named patterns, or split the rule".to_owned(), offset }
}

/// An alternative whose flags, as `(?i)`, hold in no other one.
fn apart(alternative: &str) -> Cow<'_, str> {
    let is_of_flags = |c: char| c.is_ascii_alphabetic() || c == '-';
    let sets_flags =
        |(at, start): (usize, &str)| alternative[at + start.len()..].trim_start_matches(is_of_flags).starts_with(')');
    match alternative.match_indices("(?").any(sets_flags) {
        true => format!("(?:{alternative})").into(),
        false => alternative.into(),
    }
}

fn cure<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.collect();
    if known.is_empty() {
        format!("put `{name} = '…'` above it, into `[patterns]`")
    } else {
        did_you_mean(name, known)
    }
}

/// The names that stand in a pattern.
pub fn names(pattern: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (call, name) = next_call(pattern, at)?;
        at = call.end;
        Some(name)
    })
}

/// What people write where a name belongs; a space makes it a wrong one.
fn may_be_of_name(c: char) -> bool {
    c.is_alphanumeric() || "-_. ".contains(c)
}

/// Whether a pattern may have a name.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// The first call of a name from a byte on, and the name.
fn next_call(pattern: &str, from: usize) -> Option<(Range<usize>, &str)> {
    let mut at = from;
    loop {
        let start = at + pattern[at..].find(['\\', '(', '['])?;
        let rest = &pattern[start..];
        let name = rest.strip_prefix("(?&").and_then(|rest| rest.split_once(')')).map(|(name, _)| name);
        if let Some(name) = name.filter(|name| !name.is_empty() && name.chars().all(may_be_of_name)) {
            return Some((start..start + "(?&".len() + name.len() + ")".len(), name));
        }
        at = start
            + match rest.chars().next() {
                Some('\\') => "\\".len() + rest.chars().nth(1).map_or(0, char::len_utf8),
                Some('[') => class_len(rest),
                _ => "(".len(),
            };
    }
}

/// How long the class is with which some text starts: what looks like a call there is characters that stand for themselves.
fn class_len(text: &str) -> usize {
    let mut open = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => _ = chars.next(),
            '[' => {
                open += 1;
                chars.next_if(|&(_, c)| c == '^');
                // A bracket that comes first closes nothing.
                chars.next_if(|&(_, c)| c == ']');
            }
            ']' if open == 1 => return at + "]".len(),
            ']' => open -= 1,
            _ => {}
        }
    }
    text.len()
}

/// A pattern in which the names are replaced.
#[derive(Debug)]
pub struct Expanded {
    /// The pattern.
    pub text: String,
    pieces: Vec<Piece>,
}

/// What stands between two names, or for one: where it starts in the text, and where in the pattern as it is written.
#[derive(Debug)]
struct Piece {
    start: usize,
    written: usize,
    is_named: bool,
}

impl Expanded {
    fn push_own(&mut self, written: usize, text: &str) {
        self.pieces.push(Piece { start: self.text.len(), written, is_named: false });
        self.text.push_str(text);
    }

    fn push_named(&mut self, written: usize, text: &str) {
        self.pieces.push(Piece { start: self.text.len(), written, is_named: true });
        self.text.push_str(text);
    }

    /// Where in the pattern as it is written a byte of the text stands: of a named one that is where its name is.
    pub fn written(&self, offset: usize) -> usize {
        let piece = self.pieces.iter().rfind(|piece| piece.start <= offset).expect("the first starts at 0");
        if piece.is_named { piece.written } else { piece.written + offset - piece.start }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(patterns: &[(&str, &[&str])]) -> NamedPatterns {
        let mut named = NamedPatterns::default();
        for (name, alternatives) in patterns {
            named.insert(name, &alternatives.iter().map(|&text| text.to_owned()).collect::<Vec<_>>()).unwrap();
        }
        named
    }

    #[test]
    fn a_name_stands_for_its_alternatives() {
        let named = named(&[("month", &["May", "June"]), ("day", &["\\d+"])]);
        let expanded = named.expand("(?&day) (?&month), at (?&day)").unwrap();
        assert_eq!(expanded.text, "(?:\\d+) (?:May|June), at (?:\\d+)");
        assert!(named.is_used("day") && named.is_used("month"));
    }

    #[test]
    fn a_flag_holds_in_its_own_alternative() {
        let named = named(&[("month", &["(?i)may", "June"])]);
        assert_eq!(named.expand("(?&month)").unwrap().text, "(?:(?:(?i)may)|June)");
    }

    #[test]
    fn what_only_looks_like_a_call_stays() {
        let named = named(&[("a", &["x"])]);
        let in_classes = [
            "[(?&)]+ oil",
            r"[(?&!]+ \(ad\)",
            "[(?&a)] x",
            "[](?&a)]",
            "[^](?&a)]",
            r"[\](?&a)]",
            "[[x](?&a)]",
            "[(?&a)",
        ];
        for text in [r"\(?&a)", r"\\\(?&a)", "(?:a)", "(?&a", r"\"].into_iter().chain(in_classes) {
            assert_eq!(named.expand(text).unwrap().text, text);
        }
        assert!(!named.is_used("a"));
        for (text, expanded) in
            [(r"\\(?&a)", r"\\(?:x)"), ("[[:alpha:]é](?&a)", "[[:alpha:]é](?:x)"), (r"\[(?&a)", r"\[(?:x)")]
        {
            assert_eq!(named.expand(text).unwrap().text, expanded);
        }
    }

    #[test]
    fn a_place_is_that_in_the_pattern_as_it_is_written() {
        let expanded = named(&[("a", &["12345"])]).expand("é(?&a)z").unwrap();
        let places: Vec<usize> = (0..=expanded.text.len()).map(|offset| expanded.written(offset)).collect();
        assert_eq!(places, [0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 7, 8]);
    }

    #[test]
    fn names_in_names_do_not_grow_without_end() {
        let mut named = named(&[("n0", &["lol"])]);
        let error = (1..64).find_map(|level| {
            let text = format!("(?&n{0})(?&n{0})", level - 1);
            let expanded =
                named.expand(&text).and_then(|expanded| named.insert(&format!("n{level}"), &[expanded.text]));
            expanded.err()
        });
        assert!(error.unwrap().what.contains("16384"));
    }

    #[test]
    fn a_list_and_a_file_do_not_grow_without_end() {
        let long = "x".repeat(EXPANDED_MAX / 2);
        let mut named = named(&[("long", &[&long])]);
        let error = named.insert("list", &[long.clone(), long.clone(), long]).unwrap_err();
        assert!(error.what.starts_with("the pattern grows"), "{}", error.what);
        let errors: Vec<_> = (0..10_000).filter_map(|_| named.expand("(?&long)").err()).collect();
        let [error] = &errors[..] else { panic!("it is said once: {errors:?}") };
        assert!(error.what.starts_with("the patterns of the file grow"), "{}", error.what);
    }
}
