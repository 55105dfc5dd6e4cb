//! HTML character references.

use memchr::memchr;

use super::table::Atom;

/// No name in the standard is longer; a number with more leading zeros than this is not found.
const LONGEST: usize = 40;

/// Whether a line may hold a reference.
pub(super) fn may_hold(line: &[u8]) -> bool {
    memchr(b'&', line).is_some_and(|start| memchr(b';', &line[start..]).is_some())
}

/// Decodes character references in place, also those whose own characters were escaped. True if
/// there were any.
///
/// What is decoded stands on the same stack as what is read, so that `&amp;` is the start of
/// `&amp;rsquo;` without a second pass over either.
pub(super) fn decode(atoms: &mut Vec<Atom>) -> bool {
    if !atoms.iter().any(|atom| atom.ch == '&') {
        return false;
    }
    let mut kept = 0;
    for read in 0..atoms.len() {
        atoms[kept] = atoms[read];
        kept += 1;
        while atoms[kept - 1].ch == ';' {
            let Some(length) = reduce(&mut atoms[..kept]) else {
                break;
            };
            kept = length;
        }
    }
    let found = kept < atoms.len();
    atoms.truncate(kept);
    found
}

/// Replaces the reference at the end of the stack by its characters, and returns the new height.
fn reduce(stack: &mut [Atom]) -> Option<usize> {
    let start = opening(stack)?;
    let reference: String = stack[start..].iter().map(|atom| atom.ch).collect();
    // Inside attributes a name must match as a whole, which keeps `&notit;` from being read as
    // `&not` and `it;`.
    let decoded = htmlize::unescape_attribute(&reference[..]);
    if decoded == reference {
        return None;
    }
    let whole = stack[start].through(*stack.last()?);
    let mut height = start;
    for (slot, ch) in stack[start..].iter_mut().zip(decoded.chars()) {
        *slot = whole.with(ch);
        height += 1;
    }
    Some(height)
}

/// Where the reference that ends with the last atom, a semicolon, starts.
fn opening(stack: &[Atom]) -> Option<usize> {
    let before = stack[..stack.len() - 1].iter().enumerate().rev().take(LONGEST);
    let (start, atom) = before.into_iter().find(|(_, atom)| !atom.ch.is_ascii_alphanumeric() && atom.ch != '#')?;
    (atom.ch == '&').then_some(start)
}
