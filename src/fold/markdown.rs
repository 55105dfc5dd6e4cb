//! Markdown decoration: what stands at the edges of a line, and links and emphasis within.
//!
//! This is the part of Markdown that scraped text is full of, read as leniently as scrapers write
//! it. It never looks at a character more often than a fixed number of times, whatever the line is
//! made of.

use std::cmp::Reverse;
use std::ops::Range;

use bstr::ByteSlice;
use memchr::{memchr, memchr3};

use super::OUTSIDE;
use super::characters::{common_mark, is_hidden};
use super::table::Atom;

/// A link, an image or an emphasis, in bytes of the line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Enclosure {
    /// All of it.
    pub(super) outer: Range<u32>,
    /// From the first to the last character of its text; empty if it has none.
    pub(super) inner: Range<u32>,
    /// The one around it.
    pub(super) parent: u32,
}

impl Enclosure {
    /// Whether the bytes cover all its text, or all of it.
    pub(super) fn is_taken_by(&self, bytes: &Range<u32>) -> bool {
        let covered = |part: &Range<u32>| bytes.start <= part.start && part.end <= bytes.end;
        covered(&self.outer) || (!self.inner.is_empty() && covered(&self.inner))
    }

    fn include(&mut self, text: &Range<u32>) {
        if text.is_empty() {
            return;
        }
        let start = if self.inner.is_empty() { text.start } else { self.inner.start };
        self.inner = start..text.end;
    }
}

/// What is decoration in a line, and memory to find it in the next.
#[derive(Default, Debug)]
pub(super) struct Markdown {
    /// For each atom of the line, whether it is decoration.
    pub(super) decoration: Vec<bool>,
    /// Links and emphasis, each before those within it.
    pub(super) enclosures: Vec<Enclosure>,
    found: Vec<Found>,
    brackets: Vec<Range<usize>>,
    scopes: Vec<Scope>,
    openers: Vec<Run>,
    open: Vec<u32>,
}

/// A link or emphasis, in atoms of the line.
#[derive(Clone, Debug)]
struct Found {
    outer: Range<usize>,
    text: Range<usize>,
}

/// A run of `*` or `_` that may open or close emphasis.
#[derive(Clone, Debug)]
struct Run {
    ch: char,
    /// What of it is not used up.
    left: Range<usize>,
    length: usize,
    opens: bool,
    closes: bool,
}

impl Run {
    /// CommonMark's rule, which keeps `f**k and sh*t` as it is: of runs that could both open and
    /// close, one does not close another if their lengths add up to a multiple of three, unless
    /// both are.
    fn pairs(&self, closer: &Run) -> bool {
        let ambiguous = self.closes || closer.opens;
        let odd = (self.length + closer.length).is_multiple_of(3) && !self.length.is_multiple_of(3);
        self.ch == closer.ch && !(ambiguous && odd)
    }

    /// Runs of one kind find the same openers.
    fn kind(&self) -> usize {
        usize::from(self.ch == '*') * 6 + usize::from(self.opens) * 3 + self.length % 3
    }
}

/// The text of a link, within which emphasis must both start and end; or the whole line.
#[derive(Clone, Debug)]
struct Scope {
    start: usize,
    /// Where the text ends, and where the link does.
    end: usize,
    after: usize,
    /// For each kind of run, where the openers start that it has not been compared with.
    bottoms: [usize; 12],
}

impl Scope {
    fn new(text: Range<usize>, after: usize) -> Self {
        Self { start: text.start, end: text.end, after, bottoms: [text.start; 12] }
    }
}

impl Markdown {
    /// Finds the decoration of a line and tells each atom which enclosure it stands in. True if
    /// there is any.
    pub(super) fn read(&mut self, atoms: &mut [Atom]) -> bool {
        self.decoration.clear();
        self.enclosures.clear();
        if !is_worth_reading(atoms) {
            return false;
        }
        self.decoration.resize(atoms.len(), false);
        self.found.clear();
        let content = self.edges(atoms);
        self.links(atoms, content.clone());
        self.emphasis(atoms, content);
        self.nest(atoms);
        self.decoration.contains(&true)
    }

    /// Takes the decoration off the line's edges and returns what is between.
    fn edges(&mut self, atoms: &[Atom]) -> Range<usize> {
        let first = skip_blank(atoms, 0);
        let mut start = first;
        let mut heading = false;
        while let Some(end) = prefix(atoms, start) {
            heading |= atoms[start].is_raw('#');
            start = skip_blank(atoms, end);
        }
        self.decoration[first..start].fill(true);
        let end = if heading { heading_end(atoms, start) } else { atoms.len() };
        self.decoration[end..].fill(heading);
        let cell = only_cell(atoms, start..end);
        self.decoration[start..cell.start].fill(true);
        self.decoration[cell.end..end].fill(true);
        cell
    }

    fn links(&mut self, atoms: &[Atom], content: Range<usize>) {
        self.brackets.clear();
        let mut at = content.start;
        while at < content.end {
            at = match atoms[at].ch {
                '\\' | '!' | '[' | ']' => self.bracket(&atoms[..content.end], at),
                _ => at + 1,
            };
        }
        self.sort();
    }

    /// Reads what may be a bracket or an escape, and returns where to go on.
    fn bracket(&mut self, atoms: &[Atom], at: usize) -> usize {
        let next_opens = atoms.get(at + 1).is_some_and(|next| next.is_raw('['));
        if atoms[at].is_raw('\\') {
            return at + 2;
        }
        if atoms[at].is_raw('[') || (atoms[at].is_raw('!') && next_opens) {
            let text = at + if atoms[at].ch == '!' { 2 } else { 1 };
            self.brackets.push(at..text);
            return text;
        }
        if atoms[at].is_raw(']')
            && let Some(open) = self.brackets.pop()
            && let Some(end) = destination(atoms, at + 1)
        {
            self.enclose(Found { outer: open.start..end, text: open.end..at });
            return end;
        }
        at + 1
    }

    fn enclose(&mut self, found: Found) {
        self.decoration[found.outer.start..found.text.start].fill(true);
        self.decoration[found.text.end..found.outer.end].fill(true);
        self.found.push(found);
    }

    fn sort(&mut self) {
        self.found.sort_unstable_by_key(|found| (found.outer.start, Reverse(found.outer.end)));
    }

    fn emphasis(&mut self, atoms: &[Atom], content: Range<usize>) {
        self.openers.clear();
        self.scopes.clear();
        self.scopes.push(Scope::new(content.clone(), content.end));
        let links = self.found.len();
        let mut next = 0;
        let mut at = content.start;
        while let Some(scope) = self.scopes.last() {
            let link = self.found[next..links].first();
            let stop = link.map_or(scope.end, |link| link.outer.start.min(scope.end));
            at += atoms[at.min(stop)..stop].iter().take_while(|atom| !matches!(atom.ch, '*' | '_' | '\\')).count();
            if at < stop {
                at = self.mark(atoms, at, &content);
            } else if let Some(Found { outer, text }) = link.filter(|link| link.outer.start == at) {
                at = text.start;
                next += 1;
                let scope = Scope::new(text.clone(), outer.end);
                self.scopes.push(scope);
            } else {
                at = scope.after;
                self.leave();
            }
        }
        self.sort();
    }

    /// Reads what may be a mark of emphasis or an escape, and returns where to go on.
    fn mark(&mut self, atoms: &[Atom], at: usize, content: &Range<usize>) -> usize {
        if atoms[at].is_raw('\\') {
            return at + 2;
        }
        let Some(run) = run(atoms, at, content) else {
            return at + 1;
        };
        let end = run.left.end;
        self.pair(run);
        end
    }

    fn leave(&mut self) {
        if let Some(scope) = self.scopes.pop() {
            while self.openers.pop_if(|run| run.left.start >= scope.start).is_some() {}
        }
    }

    /// Closes what a run closes, and keeps the rest of it as an opener.
    fn pair(&mut self, mut run: Run) {
        while run.closes && !run.left.is_empty() {
            let Some(index) = self.opener(&run) else {
                break;
            };
            self.openers.truncate(index + 1);
            let opener = &mut self.openers[index];
            let width = if opener.left.len() > 1 && run.left.len() > 1 { 2 } else { 1 };
            opener.left.end -= width;
            run.left.start += width;
            let (start, end) = (opener.left.end, run.left.start);
            self.openers.pop_if(|opener| opener.left.is_empty());
            self.enclose(Found { outer: start..end, text: start + width..end - width });
        }
        if run.opens && !run.left.is_empty() {
            self.openers.push(run);
        }
    }

    /// The nearest opener for a closing run. What was looked at in vain is not looked at again for
    /// a run of its kind.
    fn opener(&mut self, run: &Run) -> Option<usize> {
        let bottom = &mut self.scopes.last_mut()?.bottoms[run.kind()];
        for (index, opener) in self.openers.iter().enumerate().rev() {
            tick();
            if opener.left.start < *bottom {
                break;
            }
            if opener.pairs(run) {
                return Some(index);
            }
        }
        *bottom = run.left.start;
        None
    }

    /// Turns what was found into enclosures that know the one around them, and tells the atoms
    /// theirs.
    fn nest(&mut self, atoms: &mut [Atom]) {
        self.open.clear();
        let mut next = 0;
        let outside = self.found.first().map_or(atoms.len(), |found| found.outer.start);
        for at in outside..atoms.len() {
            self.close(at);
            while let Some(found) = self.found.get(next).filter(|found| found.outer.start == at) {
                let outer = atoms[at].start..atoms[found.outer.end - 1].end;
                let parent = self.innermost();
                self.enclosures.push(Enclosure { outer, inner: 0..0, parent });
                self.open.push(next as u32);
                next += 1;
            }
            let Some(inside) = self.open.last().copied() else {
                continue;
            };
            let atom = &mut atoms[at];
            (atom.first, atom.last) = (inside, inside);
            if !self.decoration[at] && !is_blank(*atom) {
                self.enclosures[inside as usize].include(&(atom.start..atom.end));
            }
        }
        self.close(atoms.len());
    }

    /// Closes the enclosures that end here or before; their text is text of the ones around them.
    fn close(&mut self, at: usize) {
        while let Some(index) = self.open.pop_if(|index| self.found[*index as usize].outer.end <= at) {
            let inner = self.enclosures[index as usize].inner.clone();
            if let Some(&around) = self.open.last() {
                self.enclosures[around as usize].include(&inner);
            }
        }
    }

    fn innermost(&self) -> u32 {
        self.open.last().copied().unwrap_or(OUTSIDE)
    }
}

/// What of a line is decoration, as far as its bytes can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing.
    Nothing,
    /// What stands before this byte: marks of list items and quotations.
    Before(u32),
    /// Only all of its characters can tell.
    Unclear,
}

/// Tells what is decoration in most lines. In one that starts with a misread bullet that is not seen.
pub(super) fn told(line: &[u8]) -> Told {
    if memchr3(b'*', b'_', b'[', line).is_some() {
        return Told::Unclear;
    }
    let blank = |ch: char| ch.is_whitespace() || is_hidden(ch);
    match line.chars().find(|ch| !blank(*ch)) {
        Some('>' | '-' | '+' | '•') if memchr(b'|', line).is_none() => told_by_marks(line),
        Some('|') if has_cells(line) => Told::Nothing,
        Some('#' | '>' | '-' | '+' | '•' | '|') => Told::Unclear,
        _ => Told::Nothing,
    }
}

/// The same of a line that starts with a mark, and holds none of those that need not stand at its start.
fn told_by_marks(line: &[u8]) -> Told {
    let text = skip_marks(line);
    let is_text = match text {
        [b'#' | b'>' | b'-' | b'+', ..] => false,
        [byte, ..] if byte.is_ascii() => byte.is_ascii_graphic(),
        _ => common_mark(text).is_some() || text.chars().next().is_some_and(char::is_alphanumeric),
    };
    if is_text { Told::Before((line.len() - text.len()) as u32) } else { Told::Unclear }
}

/// What follows marks of list items and quotations at the start of a line, as [`prefix`] finds them.
fn skip_marks(line: &[u8]) -> &[u8] {
    let skip_blank = |text: &'_ [u8]| text.len() - text.trim_start_with(|ch| matches!(ch, ' ' | '\t')).len();
    let mut start = skip_blank(line);
    loop {
        let mark = match &line[start..] {
            [b'>', ..] | [b'-' | b'+', b' ' | b'\t', ..] => 1,
            [0xe2, 0x80, 0xa2, b' ' | b'\t', ..] => '•'.len_utf8(),
            text => return text,
        };
        start += mark;
        start += skip_blank(&line[start..]);
    }
}

/// Whether a row of a table has text in several cells, as far as its bytes can tell.
fn has_cells(row: &[u8]) -> bool {
    let cells = row.trim_with(|ch| matches!(ch, ' ' | '\t' | '|'));
    let is_text = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    is_text(cells.first()) && is_text(cells.last()) && memchr(b'|', cells).is_some()
}

/// Whether a line may have decoration. One made of nothing else is a rule or an ornament and has
/// none.
fn is_worth_reading(atoms: &[Atom]) -> bool {
    let mark = |atom: &Atom| matches!(atom.ch, '#' | '>' | '-' | '+' | '*' | '_' | '•' | '|');
    atoms.iter().any(|atom| mark(atom) || atom.ch == '[') && !atoms.iter().all(|atom| mark(atom) || is_blank(*atom))
}

fn is_blank(atom: Atom) -> bool {
    atom.ch.is_whitespace() || is_hidden(atom.ch)
}

fn skip_blank(atoms: &[Atom], from: usize) -> usize {
    from + atoms[from..].iter().take_while(|atom| is_blank(**atom)).count()
}

/// Where the heading, quotation or list mark that starts here ends.
fn prefix(atoms: &[Atom], at: usize) -> Option<usize> {
    let mark = *atoms.get(at)?;
    let hashes = atoms[at..].iter().take(7).take_while(|atom| atom.is_raw('#')).count();
    let end = at + hashes.max(1);
    let spaced = atoms.get(end).is_some_and(|atom| atom.ch.is_whitespace());
    let bullet = ['-', '*', '+'].iter().any(|&ch| mark.is_raw(ch)) || mark.ch == '•';
    (mark.is_raw('>') || spaced && (bullet || (1..=6).contains(&hashes))).then_some(end)
}

/// What stands in a row of a table of which one cell alone has text, or all that was given.
fn only_cell(atoms: &[Atom], row: Range<usize>) -> Range<usize> {
    let is_text = |at: &usize| !atoms[*at].is_raw('|') && !is_blank(atoms[*at]);
    let (Some(first), Some(last)) = (row.clone().find(is_text), row.clone().rfind(is_text)) else { return row };
    let has_pipe = |mut range: Range<usize>| range.any(|at| atoms[at].is_raw('|'));
    let is_row = has_pipe(row.start..first) && has_pipe(last + 1..row.end);
    if is_row && !has_pipe(first..last) { first..last + 1 } else { row }
}

/// Where the text of a heading ends that may be closed by hashes.
fn heading_end(atoms: &[Atom], start: usize) -> usize {
    let kept = |atoms: &[Atom], out: fn(Atom) -> bool| {
        start + atoms[start..].iter().rposition(|atom| !out(*atom)).map_or(0, |last| last + 1)
    };
    let text = kept(atoms, is_blank);
    let hashes = kept(&atoms[..text], |atom| atom.is_raw('#'));
    let spaced = hashes == start || atoms[hashes - 1].ch.is_whitespace();
    if spaced { hashes } else { text }
}

/// Where the destination of a link that starts here ends: parentheses with no more than one level
/// of others within.
///
/// A scan stops at the third parenthesis that is open at once, so however many fail, none but two
/// pass over one character.
fn destination(atoms: &[Atom], start: usize) -> Option<usize> {
    atoms.get(start).filter(|atom| atom.is_raw('('))?;
    let mut depth = 0;
    let mut at = start;
    while let Some(&atom) = atoms.get(at) {
        tick();
        if atom.is_raw('\\') {
            at += 1;
        } else if atom.is_raw('(') {
            depth += 1;
        } else if atom.is_raw(')') {
            depth -= 1;
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
        if depth > 2 {
            return None;
        }
    }
    None
}

/// The run of `*` or `_` that starts here. One of more than three is an ornament or a word left
/// out.
fn run(atoms: &[Atom], at: usize, content: &Range<usize>) -> Option<Run> {
    let ch = ['*', '_'].into_iter().find(|&ch| atoms[at].is_raw(ch))?;
    let length = atoms[at..content.end].iter().take_while(|atom| atom.is_raw(ch)).count();
    let neighbour = |index: Option<usize>| {
        let inside = index.filter(|index| content.contains(index));
        inside.map_or(' ', |index| atoms[index].ch)
    };
    let (before, after) = (neighbour(at.checked_sub(1)), neighbour(Some(at + length)));
    let joins = |ch: char, other: char| ch == '_' && other.is_alphanumeric();
    let usable = length <= 3;
    Some(Run {
        ch,
        left: at..at + length,
        length,
        opens: usable && !after.is_whitespace() && !joins(ch, before),
        closes: usable && !before.is_whitespace() && !joins(ch, after),
    })
}

#[cfg(test)]
thread_local! {
    pub(super) static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts, in tests, the steps of the two searches that could take more than linear time.
fn tick() {
    #[cfg(test)]
    STEPS.set(STEPS.get() + 1);
}
