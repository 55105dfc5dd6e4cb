//! Runs a [`Program`] over a line: where there are several ways to go on it takes the first, and comes back for the next if
//! that leads nowhere. So it finds the match that the regex crate finds.
//!
//! Some patterns make it try very many ways. Who runs it says how many steps it may take, so that time stays linear.

use std::ops::Range;

use regex_automata::util::look::LookMatcher;
use regex_syntax::hir::Look;

use super::program::{Chars, Program, Step};

/// Where a group starts or ends that took part in no match.
const NOWHERE: usize = usize::MAX;

/// Memory for one line at a time.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Where to come back to, the last first.
    ways: Vec<Way>,
    /// Where each group starts and ends.
    marks: Vec<usize>,
}

impl Memory {
    /// Where a group stood in the match.
    pub(super) fn group(&self, number: usize) -> Option<Range<usize>> {
        let (start, end) = (self.marks[2 * number], self.marks[2 * number + 1]);
        (start != NOWHERE && end != NOWHERE).then_some(start..end)
    }
}

/// What is left to be tried.
#[derive(Debug)]
enum Way {
    /// A step at a place.
    Step(u32, usize),
    /// What follows a span that ends here, or earlier down to the second place.
    Shorter(u32, usize, usize),
    /// What follows a span of a class that goes on beyond this place, by so many characters at most.
    Longer(u32, u32, usize, usize),
    /// Nothing, but a group stood there before.
    Mark(u32, usize),
}

/// Whether a pattern matches in a text, with its groups in `memory`; none if that takes more than `left` steps. What is left
/// of them is noted there.
pub(super) fn run(program: &Program, text: &str, left: &mut usize, memory: &mut Memory) -> Option<bool> {
    memory.marks.clear();
    memory.marks.resize(2 * program.groups, NOWHERE);
    let mut run = Run { program, text: text.as_bytes(), left, memory };
    let last = if program.is_anchored { 0 } else { text.len() };
    let mut at = 0;
    while let Some(start) = run.next_place(0, at, last) {
        run.spend(start - at + 1);
        if run.matches_at(start)? {
            return Some(true);
        }
        at = start + 1;
    }
    run.spend((last + 1).saturating_sub(at));
    Some(false)
}

struct Run<'a> {
    program: &'a Program,
    text: &'a [u8],
    left: &'a mut usize,
    memory: &'a mut Memory,
}

impl<'a> Run<'a> {
    fn matches_at(&mut self, start: usize) -> Option<bool> {
        self.memory.ways.clear();
        let (mut step, mut at) = (0, start);
        loop {
            *self.left = self.left.checked_sub(1)?;
            if matches!(self.program.steps[step as usize], Step::Match) {
                return Some(true);
            }
            match self.take(step, at).or_else(|| self.come_back()) {
                Some(next) => (step, at) = next,
                None => return Some(false),
            }
        }
    }

    /// The next step and its place, if this one can be taken here.
    fn take(&mut self, step: u32, at: usize) -> Option<(u32, usize)> {
        let next = step + 1;
        let program = self.program;
        match &program.steps[step as usize] {
            Step::Literal(text) => self.text[at..].starts_with(text.bytes()).then_some((next, at + text.bytes().len())),
            &Step::Class(class) => Some((next, self.chars(class).end(self.text, at)?)),
            &Step::Span { class, min, max, greedy } => {
                let least = (0..min).try_fold(at, |at, _| self.chars(class).end(self.text, at))?;
                self.spend(min);
                if greedy {
                    self.longest(step, class, least, max - min)
                } else {
                    self.lengthen(step, class, least, max - min)
                }
            }
            &Step::Split(first, second) => self.split(first, second, at),
            &Step::Jump(to) => Some((to, at)),
            &Step::Mark(mark) => {
                let before = std::mem::replace(&mut self.memory.marks[mark as usize], at);
                self.memory.ways.push(Way::Mark(mark, before));
                Some((next, at))
            }
            &Step::Look(look) => self.sees(look, at).then_some((next, at)),
            Step::Match => None,
        }
    }

    fn split(&mut self, first: u32, second: u32, at: usize) -> Option<(u32, usize)> {
        match (self.may_go_on(first, at), self.may_go_on(second, at)) {
            (true, true) => {
                self.memory.ways.push(Way::Step(second, at));
                Some((first, at))
            }
            (true, false) => Some((first, at)),
            (false, true) => Some((second, at)),
            (false, false) => None,
        }
    }

    /// What follows a span that is as long as can be, up to so many characters beyond some place.
    fn longest(&mut self, step: u32, class: u32, least: usize, more: usize) -> Option<(u32, usize)> {
        let most = self.chars(class).run(self.text, least, more);
        self.spend(most - least);
        self.shorten(step, most, least)
    }

    /// What follows a span that ends here, or as little before as will do.
    fn shorten(&mut self, step: u32, at: usize, least: usize) -> Option<(u32, usize)> {
        let Some(place) = self.last_place(step + 1, least, at) else {
            self.spend(at - least);
            return None;
        };
        self.spend(at - place);
        if let Some(before) = self.character_before(place, least) {
            self.memory.ways.push(Way::Shorter(step, before, least));
        }
        Some((step + 1, place))
    }

    /// What follows a span that ends here, or as little beyond as will do, by so many characters at most.
    fn lengthen(&mut self, step: u32, class: u32, mut at: usize, mut more: usize) -> Option<(u32, usize)> {
        while !self.may_go_on(step + 1, at) {
            more = more.checked_sub(1)?;
            at = self.chars(class).end(self.text, at)?;
            self.spend(1);
        }
        if more > 0 {
            self.memory.ways.push(Way::Longer(step, class, at, more));
        }
        Some((step + 1, at))
    }

    /// The next of the ways that are left.
    fn come_back(&mut self) -> Option<(u32, usize)> {
        loop {
            let next = match self.memory.ways.pop()? {
                Way::Step(step, at) => Some((step, at)),
                Way::Shorter(step, at, least) => self.shorten(step, at, least),
                Way::Longer(step, class, at, more) => {
                    let end = self.chars(class).end(self.text, at);
                    end.and_then(|end| self.lengthen(step, class, end, more - 1))
                }
                Way::Mark(mark, before) => {
                    self.memory.marks[mark as usize] = before;
                    None
                }
            };
            if next.is_some() {
                return next;
            }
        }
    }

    /// The first place between two at which a character starts and a step may be taken.
    fn next_place(&self, step: u32, first: usize, last: usize) -> Option<usize> {
        if let Some(text) = self.program.literal(step) {
            return text.first_between(first, last, self.text);
        }
        let starts = &self.program.starts[step as usize];
        let may_start = |&byte: &u8| starts_character(byte) && starts.hold(Some(&byte));
        let end = self.text.len();
        let place = self.text.get(first..end.min(last + 1))?.iter().position(may_start).map(|at| first + at);
        place.or_else(|| (last == end && starts.hold(None)).then_some(end))
    }

    /// The last place between two at which a character starts and a step may be taken.
    fn last_place(&self, step: u32, first: usize, last: usize) -> Option<usize> {
        if let Some(text) = self.program.literal(step) {
            return text.last_between(first, last, self.text);
        }
        if self.may_go_on(step, last) {
            return Some(last);
        }
        let starts = &self.program.starts[step as usize];
        let may_start = |&byte: &u8| starts_character(byte) && starts.hold(Some(&byte));
        self.text[first..last].iter().rposition(may_start).map(|at| first + at)
    }

    fn may_go_on(&self, step: u32, at: usize) -> bool {
        self.program.starts[step as usize].hold(self.text.get(at))
    }

    /// Where the character before a place starts, if that is not before another place.
    fn character_before(&self, at: usize, least: usize) -> Option<usize> {
        let before = self.text[least..at].iter().rposition(|&byte| starts_character(byte))?;
        Some(least + before)
    }

    fn chars(&self, class: u32) -> &'a Chars {
        &self.program.classes[class as usize]
    }

    fn spend(&mut self, steps: usize) {
        *self.left = self.left.saturating_sub(steps);
    }

    fn sees(&self, look: Look, at: usize) -> bool {
        let at_word = || LookMatcher::new().is_word_unicode(self.text, at).expect("the tables are compiled in");
        match look {
            Look::Start => at == 0,
            Look::End => at == self.text.len(),
            Look::WordUnicode => at_word(),
            Look::WordUnicodeNegate => !at_word(),
            _ => false,
        }
    }
}

/// Whether a byte is the first one of a character.
fn starts_character(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::form::Form;
    use super::*;

    /// If a pattern matches: where its group `x` stands, if it does.
    type Found = Option<Option<Range<usize>>>;

    /// What is found here, and what the regex crate finds.
    fn compared(pattern: &str, text: &str) -> (Found, Found) {
        let program = Program::of(&Form::of(&regex_syntax::parse(pattern).unwrap())).unwrap();
        let mut memory = Memory::default();
        let matches = run(&program, text, &mut 100_000, &mut memory).unwrap();
        let group = matches.then(|| (program.groups > 0).then(|| memory.group(0)).flatten());
        let wanted = regex::Regex::new(pattern).unwrap();
        let wanted = wanted.captures(text).map(|groups| groups.name("x").map(|group| group.range()));
        (group, wanted)
    }

    #[test]
    fn the_first_way_that_leads_to_the_end_counts() {
        for pattern in [
            r"^.*?(?P<x>b.?)c*$",
            r"^(?:.* )?(?P<x>[bé]{1,2}?)(?: .*)?$",
            r"^(?P<x>a|ab)(?:c|bcd)?.*$",
            r"^(?:(?P<x>a)|b|c| )*$",
            r"^(?:(?P<x>[ab] ?){2,3}|.*)$",
            r"^(?:a|(?P<x>b)){0,2}?c.*$",
            r"\b(?P<x>b\w*)",
            r"(?P<x>é)\B",
            r"(?P<x>[^a]+)$",
            r"^$|^ (?P<x>.)",
        ] {
            for text in ["", "abc", "a b c", "aabbcc", "é b éb", " é", "abcd", "ab ab ab", "béé", "日本 b日"] {
                let (found, wanted) = compared(pattern, text);
                assert_eq!(found, wanted, "{pattern} in {text:?}");
            }
        }
    }

    #[test]
    fn what_would_take_long_is_given_up() {
        let program = Program::of(&Form::of(&regex_syntax::parse("^(?:a|b|ab)*c$").unwrap())).unwrap();
        let mut left = 10_000;
        assert_eq!(run(&program, &"ab".repeat(100), &mut left, &mut Memory::default()), None);
        assert_eq!(left, 0);
    }

    #[test]
    fn patterns_that_are_too_large_or_could_go_on_without_end_have_no_program() {
        for pattern in ["(?:a?b?)*", "(?:ab){0,9000}", "(?m)^a"] {
            assert!(Program::of(&Form::of(&regex_syntax::parse(pattern).unwrap())).is_none(), "{pattern}");
        }
    }

    /// Patterns of all parts that a program has steps for.
    fn patterns() -> impl Strategy<Value = String> {
        let atoms = ["a", "b", "[ab]", "é", r"\w", ".", "[^b]", r"\b", "(?:)", " "];
        let atom = prop::sample::select(atoms.to_vec()).prop_map(str::to_owned);
        let part = atom.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
                (inner, prop::sample::select(vec!["?", "*", "+", "{2}", "{1,3}", "??", "*?", "{0,2}?", "{2,}"]))
                    .prop_map(|(part, count)| format!("(?:{part}){count}")),
            ]
        });
        (part.clone(), part.clone(), part, any::<bool>()).prop_map(|(before, group, after, whole)| match whole {
            true => format!("^(?:{before})(?P<x>{group})(?:{after})$"),
            false => format!("(?:{before})(?P<x>{group})(?:{after})"),
        })
    }

    proptest! {
        #[test]
        fn it_finds_what_the_regex_crate_finds(pattern in patterns(), text in "[abé ]{0,12}") {
            let form = Form::of(&regex_syntax::parse(&pattern).unwrap());
            if let Some(program) = Program::of(&form) {
                let mut memory = Memory::default();
                let matches = run(&program, &text, &mut 1_000_000, &mut memory);
                let wanted = regex::Regex::new(&pattern).unwrap();
                let wanted = wanted.captures(&text).map(|groups| groups.name("x").map(|group| group.range()));
                prop_assert_eq!(matches, Some(wanted.is_some()));
                if let Some(wanted) = wanted {
                    prop_assert_eq!(memory.group(0), wanted);
                }
            }
        }
    }
}
