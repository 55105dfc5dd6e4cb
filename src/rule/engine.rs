//! Runs a compiled pattern over a line, with little memory for each of hundreds of patterns.
//!
//! The regex crate's own type compiles three automata for a pattern and keeps a set of caches for each thread. Here a
//! pattern has one automaton. Whether it matches is asked of a lazy DFA, which says no to most lines. A DFA cannot tell word
//! boundaries beside what is not ASCII. What it cannot tell is left to the slower engines, whose caches all patterns of a
//! thread share.

use std::cell::RefCell;
use std::ops::Range;

use regex_automata::Input;
use regex_automata::nfa::thompson::BuildError;
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::util::captures::{Captures, GroupInfo};
use regex_syntax::hir::Hir;

use super::dfa::{LazyDfa, compile};

/// The bytes with which the backtracker notes where it has been.
const VISITED_LIMIT: usize = 1 << 20;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Engine {
    dfa: LazyDfa,
    backtracker: BoundedBacktracker,
    pikevm: PikeVM,
}

impl Engine {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// It takes more than 10 MiB.
    pub(super) fn new(hir: &Hir) -> Result<Self, Box<BuildError>> {
        let nfa = compile(hir)?;
        let backtracking = backtrack::Config::new().visited_capacity(VISITED_LIMIT);
        let backtracker = BoundedBacktracker::builder().configure(backtracking).build_from_nfa(nfa.clone());
        Ok(Self {
            dfa: LazyDfa::of(nfa.clone()),
            backtracker: backtracker.map_err(Box::new)?,
            pikevm: PikeVM::new_from_nfa(nfa).map_err(Box::new)?,
        })
    }

    /// Whether the pattern matches somewhere in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let slowly = || self.search_slowly(Input::new(text).earliest(true), &mut Captures::matches(self.group_info()));
        self.dfa.is_match(text).unwrap_or_else(slowly)
    }

    /// Where each of so many named groups stands in the first match in a text.
    pub(super) fn groups(&self, text: &str, count: usize) -> Option<Vec<Option<Range<usize>>>> {
        let mut captures = Captures::all(self.group_info());
        let matches = self.is_match(text) && self.search_slowly(Input::new(text), &mut captures);
        // The first group is the match itself.
        let group = |number: usize| captures.get_group(number + 1).map(|group| group.range());
        matches.then(|| (0..count).map(group).collect())
    }

    fn group_info(&self) -> GroupInfo {
        self.pikevm.get_nfa().group_info().clone()
    }

    fn search_slowly(&self, input: Input, captures: &mut Captures) -> bool {
        thread_local! {
            static CACHES: RefCell<Option<(backtrack::Cache, pikevm::Cache)>> = const { RefCell::new(None) };
        }
        CACHES.with_borrow_mut(|caches| {
            let (backtracking, simulating) =
                caches.get_or_insert_with(|| (self.backtracker.create_cache(), self.pikevm.create_cache()));
            let slots = captures.slots_mut();
            let matching = if input.haystack().len() <= self.backtracker.max_haystack_len() {
                backtracking.reset(&self.backtracker);
                let searched = self.backtracker.try_search_slots(backtracking, &input, slots);
                searched.expect("the text is short enough")
            } else {
                simulating.reset(&self.pikevm);
                self.pikevm.search_slots(simulating, &input, slots)
            };
            captures.set_pattern(matching);
        });
        captures.is_match()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(pattern: &str) -> Engine {
        Engine::new(&regex_syntax::parse(pattern).unwrap()).unwrap()
    }

    /// Texts for the DFA, for the backtracker (`\b` beside a letter beyond ASCII) and for the PikeVM (a long text).
    #[test]
    fn all_engines_answer_as_the_regex_crate_does() {
        let long = format!("{} (Foto: Ann Holm/AP) é", "ab ".repeat(40_000));
        let texts = ["", "Foto: Ann Holm", "été (Foto: Ann Holm/AP)", "afoto: Ann", "x é", long.as_str()];
        for pattern in [
            r"\bfoto\b",
            r"(?i)\bfoto: (?P<who>[^()/]{3,20})",
            r"^.*?(?P<who>.)$",
            r"\bé",
            r"^$|(?P<who>x)",
            r"(?:\bx|(?P<who>foto)\B)+",
        ] {
            let (engine, wanted) = (engine(pattern), regex::Regex::new(pattern).unwrap());
            for text in texts {
                assert_eq!(engine.is_match(text), wanted.is_match(text), "{pattern}");
                let found = engine.groups(text, wanted.captures_len() - 1);
                let groups = wanted.captures(text);
                let groups = groups
                    .map(|groups| (1..groups.len()).map(|_| groups.name("who").map(|group| group.range())).collect());
                assert_eq!(found, groups, "{pattern}");
            }
        }
    }

    #[test]
    fn a_dfa_that_gives_up_hands_over() {
        // Each text makes states that the small cache cannot hold.
        let engine = engine(r"[ab]*a[ab]{60}c");
        let text: String =
            (0_u32..20_000).map(|at| if at.wrapping_mul(2_654_435_761) >> 31 == 0 { 'a' } else { 'b' }).collect();
        assert!(!engine.is_match(&text));
        assert!(engine.is_match(&format!("{text}a{}c", "b".repeat(60))));
    }

    #[test]
    fn a_pattern_that_is_too_large_is_an_error() {
        assert!(Engine::new(&regex_syntax::parse(r"(?:\p{Lu}{100}){100}").unwrap()).is_err());
    }
}
