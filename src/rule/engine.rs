//! Runs a compiled pattern over a line, with little memory for each of hundreds of patterns.
//!
//! The regex crate's own type compiles three automata for a pattern and keeps a set of caches for each thread. Here a
//! pattern has one automaton. Whether it matches is asked of a lazy DFA, which says no to most lines; only then, or when the
//! DFA must give up, the slower engines run, whose caches all patterns of a thread share.

use std::cell::RefCell;

use regex_automata::hybrid::dfa::{self as lazy, DFA};
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, BuildError, NFA};
use regex_automata::util::captures::Captures;
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

/// The most bytes the automaton of a pattern may take: the regex crate's own default.
const SIZE_LIMIT: usize = 10 << 20;

/// The most bytes that a pattern's DFA may grow to for each thread; more if the pattern is so large that it needs them.
const CACHE_LIMIT: usize = 24 << 10;

/// How often that may be full before the DFA gives up on a line, unless its states served for some time.
const CLEARED_MAX: usize = 3;
const BYTES_PER_STATE: usize = 10;

/// The bytes with which the backtracker notes where it has been.
const VISITED_LIMIT: usize = 256 << 10;

type LazyCaches = Pool<lazy::Cache, Box<dyn Fn() -> lazy::Cache + Send + Sync>>;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Engine {
    dfa: DFA,
    caches: LazyCaches,
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
        let config = thompson::Config::new().nfa_size_limit(Some(SIZE_LIMIT));
        let nfa = thompson::Compiler::new().configure(config).build_from_hir(hir).map_err(Box::new)?;
        let dfa = lazy_dfa(nfa.clone());
        let of_thread = dfa.clone();
        let backtracking = backtrack::Config::new().visited_capacity(VISITED_LIMIT);
        let backtracker = BoundedBacktracker::builder().configure(backtracking).build_from_nfa(nfa.clone());
        Ok(Self {
            dfa,
            caches: Pool::new(Box::new(move || of_thread.create_cache())),
            backtracker: backtracker.map_err(Box::new)?,
            pikevm: PikeVM::new_from_nfa(nfa).map_err(Box::new)?,
        })
    }

    /// Whether the pattern matches somewhere in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let input = Input::new(text).earliest(true);
        let found = self.dfa.try_search_fwd(&mut self.caches.get(), &input);
        found.map_or_else(|_| self.search_slowly(input, &mut Captures::matches(self.groups())), |found| found.is_some())
    }

    /// Where the first match of the pattern and its groups stand in a text.
    pub(super) fn captures(&self, text: &str) -> Option<Captures> {
        let mut captures = Captures::all(self.groups());
        (self.is_match(text) && self.search_slowly(Input::new(text), &mut captures)).then_some(captures)
    }

    fn groups(&self) -> regex_automata::util::captures::GroupInfo {
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

fn lazy_dfa(nfa: NFA) -> DFA {
    let config = lazy::Config::new()
        .match_kind(MatchKind::LeftmostFirst)
        .unicode_word_boundary(true)
        .cache_capacity(CACHE_LIMIT)
        .skip_cache_capacity_check(true)
        .minimum_cache_clear_count(Some(CLEARED_MAX))
        .minimum_bytes_per_state(Some(BYTES_PER_STATE));
    DFA::builder().configure(config).build_from_nfa(nfa).expect("word boundaries and small caches are provided for")
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
        for pattern in [r"\bfoto\b", r"(?i)\bfoto: (?P<who>[^()/]{3,20})", r"^.*?(?P<who>.)$", r"\bé", r"^$|(?P<who>x)"]
        {
            let (engine, wanted) = (engine(pattern), regex::Regex::new(pattern).unwrap());
            for text in texts {
                assert_eq!(engine.is_match(text), wanted.is_match(text), "{pattern}");
                let found = engine.captures(text);
                let groups = wanted.captures(text);
                assert_eq!(
                    found.as_ref().and_then(|found| Some(found.get_match()?.range())),
                    groups.as_ref().map(|groups| groups.get(0).unwrap().range()),
                    "{pattern}"
                );
                assert_eq!(
                    found.and_then(|found| Some(found.get_group_by_name("who")?.range())),
                    groups.and_then(|groups| Some(groups.name("who")?.range())),
                    "{pattern}"
                );
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
