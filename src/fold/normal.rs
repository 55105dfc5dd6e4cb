//! NFKC and case folding.

use std::iter::once;

use caseless::Caseless;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::table::Atom;
use super::{Case, mojibake};

/// Below this no character joins one before it.
const FIRST_MARK: char = '\u{300}';

/// Normalises and folds case, segment by segment. True if the result may be work for the steps
/// before.
pub(super) fn normalise(atoms: &[Atom], out: &mut Vec<Atom>, case: Case) -> bool {
    out.clear();
    let mut stirred = false;
    let mut rest = atoms;
    while let [head, ..] = rest {
        let length = segment(rest);
        if let Some(ch) = (length == 1).then(|| alone(head.ch, case)).flatten() {
            stirred |= ch != head.ch && mojibake::is_lead(ch);
            out.push(head.with(ch));
        } else {
            stirred |= together(&rest[..length], out, case);
        }
        rest = &rest[length..];
    }
    stirred
}

/// How many atoms the first segment has: up to the next that composes with nothing before it.
fn segment(atoms: &[Atom]) -> usize {
    1 + atoms[1..].iter().take_while(|atom| !begins(atom.ch)).count()
}

/// Whether a character starts a segment.
pub(super) fn begins(ch: char) -> bool {
    if ch < FIRST_MARK || is_common(ch) {
        return true;
    }
    canonical_combining_class(ch) == 0
        && match is_nfkc_quick(once(ch)) {
            IsNormalized::Yes => true,
            IsNormalized::Maybe => false,
            IsNormalized::No => once(ch).nfkd().next().is_none_or(|first| first == ch || begins(first)),
        }
}

/// The form of a character that nothing joins, if that is one character again and stays as it is.
pub(super) fn alone(ch: char, case: Case) -> Option<char> {
    if ch.is_ascii() {
        return Some(if case == Case::Folded { ch.to_ascii_lowercase() } else { ch });
    }
    let folded = match case {
        Case::Folded if !is_folded(ch) => only(once(ch).default_case_fold())?,
        _ => ch,
    };
    (is_stable(ch) && (folded == ch || is_stable(folded))).then_some(folded)
}

/// Letters that normalisation leaves alone and that join nothing before them, known without a
/// search in its tables: most of Latin, Greek, Cyrillic, Hebrew, Arabic, kana, Han (with its
/// punctuation) and Hangul.
#[rustfmt::skip]
pub(super) fn is_common(ch: char) -> bool {
    matches!(
        ch,
        '\u{c0}'..='\u{131}' | '\u{391}'..='\u{3a1}' | '\u{3a3}'..='\u{3ce}' | '\u{400}'..='\u{482}'
        | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
    )
}

/// Whether a character is known, without a search, to be a common letter that case folding leaves
/// alone.
pub(super) fn is_folded(ch: char) -> bool {
    matches!(ch, 'à'..='ö' | 'ø'..='ÿ' | 'α'..='ρ' | 'σ'..='ώ' | 'а'..='џ') || (ch >= 'א' && is_common(ch))
}

/// Whether normalisation leaves a character alone that nothing joins.
pub(super) fn is_stable(ch: char) -> bool {
    ch < '\u{a0}' || is_common(ch) || is_nfkc_quick(once(ch)) == IsNormalized::Yes
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// Writes the form of a segment as one unit. True if that changed it.
fn together(segment: &[Atom], out: &mut Vec<Atom>, case: Case) -> bool {
    let chars = segment.iter().map(|atom| atom.ch);
    let whole = segment.iter().skip(1).fold(segment[0], |whole, atom| whole.through(*atom));
    let before = out.len();
    match case {
        Case::Kept => out.extend(chars.clone().nfkc().map(|ch| whole.with(ch))),
        // Folding can undo composition (`ǰ`), so what it leaves is composed again.
        Case::Folded => out.extend(chars.clone().nfkc().default_case_fold().nfkc().map(|ch| whole.with(ch))),
    }
    !chars.eq(out[before..].iter().map(|atom| atom.ch))
}
