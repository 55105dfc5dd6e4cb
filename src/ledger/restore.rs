//! Gives a document back, or what some rules deleted from it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use super::{Edited, Entry, Extent, Head, Removed};
use crate::layout::Span;
use crate::text::format::{self, Edit};

/// Why a document is not given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not what cleaning left.
    Edited,
    /// It is what it was before it was cleaned.
    Original,
    /// What the ledger says of it does not give what it was.
    Corrupt,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Edited => "it was edited since it was cleaned; restore the file that cleaning wrote",
            Self::Original => "it is the original already",
            Self::Corrupt => "what the ledger says of it is corrupt; use another copy of the ledger",
        })
    }
}

impl std::error::Error for Refusal {}

/// Which removals come back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those of these rules, by id.
    pub rules: BTreeSet<String>,
    /// Those of rules of these categories, by name.
    pub categories: BTreeSet<String>,
}

impl Selection {
    /// Whether nothing is named, which stands for all.
    pub fn is_all(&self) -> bool {
        self.rules.is_empty() && self.categories.is_empty()
    }

    /// Whether a removal comes back: each rule that caused it is named, or its category is. What another rule deletes as
    /// well stays deleted.
    fn takes(&self, removed: &Removed<'_>) -> bool {
        let is_named = |(rule, category): (&Cow<'_, str>, &Cow<'_, str>)| {
            self.rules.contains(&**rule) || self.categories.contains(&**category)
        };
        self.is_all() || !removed.rules.is_empty() && removed.rules.iter().all(is_named)
    }
}

/// Bytes that stood at a place of the original, and how many stand there now.
struct Change<'e> {
    at: u64,
    old: &'e [u8],
    new: u64,
}

impl<'a> Entry<'a> {
    /// What a document was before it was cleaned, byte for byte. `cleaned` is what it is now: its text, or its record.
    pub fn restore(&self, cleaned: &[u8]) -> Result<Vec<u8>, Refusal> {
        let removals = self.removals.iter().map(|removed| Change {
            at: removed.at.unwrap_or(removed.start),
            old: &removed.bytes.0,
            new: 0,
        });
        undone(cleaned, removals.chain(changes(&self.edits)).collect(), &self.cleaned, &self.original)
    }

    /// What a text would be if only the removals had been made that are not selected.
    pub fn restore_selected(&self, cleaned: &[u8], selection: &Selection) -> Result<Vec<u8>, Refusal> {
        let original = self.restore(cleaned)?;
        let stays_gone = self.stays_gone(selection, original.len())?;
        self.check_gone(selection, stays_gone.iter().copied(), &original)?;
        if stays_gone.is_empty() {
            return Ok(original);
        }
        let mut restored = Vec::with_capacity(original.len());
        format::append(&original, &stays_gone.into_iter().map(Edit::removal).collect::<Vec<_>>(), &mut restored);
        Ok(restored)
    }

    /// Whether a selection takes any of its removals.
    pub fn has_any_of(&self, selection: &Selection) -> bool {
        selection.is_all() || self.removals.iter().any(|removed| selection.takes(removed))
    }

    /// Whether what does not come back is what the removals say that went: where a removal ends is proven by no hash.
    pub(super) fn check_gone(
        &self,
        selection: &Selection,
        mut gone: impl Iterator<Item = Span>,
        original: &[u8],
    ) -> Result<(), Refusal> {
        let stays_gone = self.removals.iter().filter(|removed| !selection.takes(removed));
        let is_as_said = |removed: &Removed<'_>, span: Span| {
            span.start as u64 == removed.at.unwrap_or(removed.start) && span.of(original) == &*removed.bytes.0
        };
        for removed in stays_gone {
            if !gone.by_ref().any(|span| is_as_said(removed, span)) {
                return Err(Refusal::Corrupt);
            }
        }
        Ok(())
    }

    /// The removals from a text of `len` bytes that do not come back.
    pub(super) fn stays_gone(&self, selection: &Selection, len: usize) -> Result<Vec<Span>, Refusal> {
        let mut from = 0;
        let mut spans = Vec::new();
        for removed in &self.removals {
            if removed.start < from || removed.end < removed.start || removed.end > len as u64 {
                return Err(Refusal::Corrupt);
            }
            from = removed.end;
            if !selection.takes(removed) {
                spans.push(Span::new(removed.start as usize, removed.end as usize));
            }
        }
        Ok(spans)
    }
}

impl Head<'_> {
    /// What the head of a file was before it was cleaned.
    pub(super) fn restore(&self, cleaned: &[u8]) -> Result<Vec<u8>, Refusal> {
        undone(cleaned, changes(&self.edits).collect(), &self.cleaned, &self.original)
    }
}

fn changes<'e>(edits: &'e [Edited<'_>]) -> impl Iterator<Item = Change<'e>> {
    edits.iter().map(|edit| Change { at: edit.at, old: &edit.old.0, new: edit.new })
}

/// Some bytes before changes were made to them.
fn undone(cleaned: &[u8], mut changes: Vec<Change<'_>>, after: &Extent, before: &Extent) -> Result<Vec<u8>, Refusal> {
    let is = Extent::of([cleaned]);
    if is != *after {
        return Err(if is == *before { Refusal::Original } else { Refusal::Edited });
    }
    // At one place, what was added came first.
    changes.sort_by_key(|change| (change.at, !change.old.is_empty()));
    match without_changes(cleaned, &changes) {
        Some(original) if Extent::of([&*original]) == *before => Ok(original),
        _ => Err(Refusal::Corrupt),
    }
}

/// `None` if the changes do not fit the bytes.
fn without_changes(cleaned: &[u8], changes: &[Change<'_>]) -> Option<Vec<u8>> {
    let (mut original, mut at) = (Vec::with_capacity(cleaned.len()), 0_usize);
    for change in changes {
        let kept = usize::try_from(change.at).ok()?.checked_sub(original.len())?;
        let end = at.checked_add(kept)?;
        original.extend_from_slice(cleaned.get(at..end)?);
        original.extend_from_slice(change.old);
        at = end.checked_add(usize::try_from(change.new).ok()?)?;
    }
    original.extend_from_slice(cleaned.get(at..)?);
    Some(original)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Bytes;

    /// A removal by rules, each with its category.
    fn removed(start: u64, bytes: &'static str, rules: &[(&'static str, &'static str)]) -> Removed<'static> {
        let rules = rules.iter().map(|&(rule, category)| (rule.into(), category.into())).collect();
        Removed { start, end: start + bytes.len() as u64, rules, at: None, bytes: Bytes::from(bytes.as_bytes()) }
    }

    fn added(at: u64, new: u64) -> Edited<'static> {
        Edited { at, old: Bytes::default(), new }
    }

    fn entry(original: &str, cleaned: &str, removals: Vec<Removed<'static>>) -> Entry<'static> {
        let (cleaned, original) = (Extent::of([cleaned.as_bytes()]), Extent::of([original.as_bytes()]));
        let (path, output) = (Bytes::default(), Bytes::default());
        Entry { path, output, line: None, id: None, cleaned, original, removals, edits: Vec::new() }
    }

    fn selected(rules: &[&str], categories: &[&str]) -> Selection {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Selection { rules: names(rules), categories: names(categories) }
    }

    const LEFT: &[u8] = b",  and rest";

    /// An entry of which one rule took something at the start, two something amid the text, and none white space at its end.
    fn sample() -> Entry<'static> {
        let first = removed(0, "ad", &[("one", "ad")]);
        let by_both = removed(4, "pull", &[("one", "ad"), ("two", "share")]);
        entry("ad, pull and rest  ", ",  and rest", vec![first, by_both, removed(17, "  ", &[])])
    }

    fn restored(entry: &Entry<'_>, cleaned: &[u8], selection: &Selection) -> Result<String, Refusal> {
        entry.restore_selected(cleaned, selection).map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn all_comes_back_if_nothing_is_named() {
        let entry = sample();
        assert_eq!(entry.restore(LEFT).unwrap(), b"ad, pull and rest  ");
        assert_eq!(restored(&entry, LEFT, &Selection::default()).unwrap(), "ad, pull and rest  ");
        assert!(entry.has_any_of(&Selection::default()));
    }

    #[test]
    fn what_comes_back_is_named_by_each_rule_that_took_it_or_by_its_category() {
        let entry = sample();
        for (rules, categories, left) in [
            (&["one"][..], &[][..], "ad,  and rest"),
            (&[], &["ad"], "ad,  and rest"),
            (&["two"], &[], ",  and rest"),
            (&["one", "two"], &[], "ad, pull and rest"),
            (&["two"], &["ad"], "ad, pull and rest"),
            (&["other"], &[], ",  and rest"),
        ] {
            let selection = selected(rules, categories);
            assert_eq!(restored(&entry, LEFT, &selection).unwrap(), left, "{selection:?}");
            assert_eq!(entry.has_any_of(&selection), left.len() > LEFT.len(), "{selection:?}");
        }
    }

    #[test]
    fn a_record_comes_back_as_it_was_spelled() {
        let (original, cleaned) = (r#"{"text":"a\u0020ad"}"#, r#"{"text":"a","n":1}"#);
        let removal = Removed { end: 4, at: Some(10), ..removed(1, "\\u0020ad", &[("one", "ad")]) };
        let entry = Entry { edits: vec![added(19, 6)], ..entry(original, cleaned, vec![removal]) };
        assert_eq!(entry.restore(cleaned.as_bytes()).unwrap(), original.as_bytes());
        let head = Head { cleaned: entry.cleaned, original: entry.original, edits: Vec::new() };
        assert_eq!(head.restore(cleaned.as_bytes()), Err(Refusal::Corrupt));
        let edit = Edited { at: 1, old: Bytes::from(&b"bc"[..]), new: 1 };
        let head = Head { cleaned: Extent::of([&b"aXd"[..]]), original: Extent::of([&b"abcd"[..]]), edits: vec![edit] };
        assert_eq!(head.restore(b"aXd").unwrap(), b"abcd");
    }

    #[test]
    fn at_one_place_what_was_added_stands_before_what_went() {
        let entry = Entry { edits: vec![added(1, 2)], ..entry("abc", "aXYc", vec![removed(1, "b", &[])]) };
        assert_eq!(entry.restore(b"aXYc").unwrap(), b"abc");
    }

    #[test]
    fn what_is_not_what_cleaning_left_is_refused() {
        let entry = entry("abc", "ac", vec![removed(1, "b", &[])]);
        assert_eq!(entry.restore(b"abc"), Err(Refusal::Original));
        assert_eq!(entry.restore(b"ad"), Err(Refusal::Edited));
        let lying = Entry { removals: vec![removed(1, "x", &[])], ..entry.clone() };
        assert_eq!(lying.restore(b"ac"), Err(Refusal::Corrupt));
        let beyond = Entry { removals: vec![removed(7, "b", &[])], ..entry };
        assert_eq!(beyond.restore(b"ac"), Err(Refusal::Corrupt));
        assert!(Refusal::Edited.to_string().contains("restore the file that cleaning wrote"));
    }

    #[test]
    fn places_that_cannot_be_are_refused_before_anything_comes_back_in_part() {
        let none = selected(&["other"], &[]);
        let kept = |removals| restored(&entry("abcd", "ad", removals), b"ad", &none);
        let [b, c, bc] = [removed(1, "b", &[]), removed(2, "c", &[]), removed(1, "bc", &[])];
        assert_eq!(kept(vec![b.clone(), c.clone()]).unwrap(), "ad", "one starts where the other ends");
        assert_eq!(kept(vec![removed(1, "", &[]), bc.clone()]).unwrap(), "ad", "one takes nothing");
        for (removals, what) in [
            (vec![c.clone(), b.clone()], "not in order"),
            (vec![Removed { end: 0, ..bc.clone() }], "it ends before it starts"),
            (vec![Removed { end: 9, ..bc.clone() }], "it ends behind the text"),
            (vec![Removed { end: 4, ..bc.clone() }], "it ends behind what went"),
        ] {
            assert_eq!(kept(removals), Err(Refusal::Corrupt), "{what}");
        }
        let elsewhere = Removed { at: Some(1), ..removed(2, "b", &[]) };
        assert_eq!(restored(&entry("abbc", "abc", vec![elsewhere]), b"abc", &none), Err(Refusal::Corrupt));
        let last = entry("ab", "a", vec![removed(1, "b", &[])]);
        assert_eq!(restored(&last, b"a", &none).unwrap(), "a");
    }
}
