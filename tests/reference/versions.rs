//! Two versions of a text side by side.

use std::ops::Range;

use deboil::rule::kind::versions::earlier;

/// The letters and digits that stand together in a text.
pub(crate) fn words(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((from..at, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Where the last copy starts in a text that says the same twice, and each time perhaps twice again.
pub(crate) fn last_copy(text: &str) -> Option<usize> {
    let second = second_copy(text)?;
    Some(last_copy(&text[second..]).map_or(second, |last| second + last))
}

/// Where the later of two versions starts, equal or changed; nowhere if that would again be two versions, or, of equal
/// ones that no space divides, again two equal ones.
pub(crate) fn later_version(text: &str) -> Option<usize> {
    if let Some(later) = second_copy(text).filter(|&later| text[..later] == text[later..]) {
        let half = &text[later..];
        if second_copy(half).is_none() {
            return Some(later);
        }
    }
    let divided = |text: &str| second_copy(text).or_else(|| earlier(text));
    divided(text).filter(|&later| divided(&text[later..]).is_none())
}

/// Where the second copy starts in a text that says the same twice, with or without a space between.
fn second_copy(text: &str) -> Option<usize> {
    let says_twice = |&at: &usize| {
        let first = text[..at].strip_suffix(' ').unwrap_or(&text[..at]);
        let glued = text[..at] == text[at..];
        (glued || first == &text[at..]) && text[at..].contains(char::is_alphabetic)
    };
    (1..text.len()).filter(|&at| text.is_char_boundary(at)).find(says_twice)
}
