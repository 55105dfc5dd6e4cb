//! A DFA whose states are made when a text first needs them, with little memory for each of hundreds of patterns.

use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{self as lazy, DFA};
use regex_automata::nfa::thompson::{self, BuildError, NFA};
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

/// The most bytes the automaton of a pattern may take: the regex crate's own default.
const SIZE_LIMIT: usize = 10 << 20;

/// The most bytes that a pattern's DFA may grow to for each thread; more if the pattern is so large that it needs them. Most
/// patterns are asked of few lines.
const CACHE_LIMIT: usize = 32 << 10;

/// The same for a pattern that has filled that more often than so.
const LARGE_CACHE_LIMIT: usize = 512 << 10;
const CLEARED_OFTEN: usize = 16;

/// How often that may be full before the DFA gives up on a line, unless its states served for some time.
const CLEARED_MAX: usize = 3;
const BYTES_PER_STATE: usize = 10;

/// The automaton of a pattern.
///
/// # Errors
///
/// It takes more than 10 MiB.
pub(super) fn compile(hir: &Hir) -> Result<NFA, Box<BuildError>> {
    let config = thompson::Config::new().nfa_size_limit(Some(SIZE_LIMIT));
    thompson::Compiler::new().configure(config).build_from_hir(hir).map_err(Box::new)
}

/// A DFA that takes little memory as long as it gets by with that.
#[derive(Debug)]
pub(super) struct LazyDfa {
    small: Dfa,
    large: OnceLock<Dfa>,
}

impl LazyDfa {
    pub(super) fn of(nfa: NFA) -> Self {
        Self { small: Dfa::of(nfa, CACHE_LIMIT), large: OnceLock::new() }
    }

    /// Whether it matches somewhere in a text; `None` if it must give up.
    pub(super) fn is_match(&self, text: &str) -> Option<bool> {
        let input = Input::new(text).earliest(true);
        if let Some(large) = self.large.get() {
            return large.search(&input).0;
        }
        let (matches, cleared) = self.small.search(&input);
        if cleared > CLEARED_OFTEN {
            self.large.get_or_init(|| Dfa::of(self.small.dfa.get_nfa().clone(), LARGE_CACHE_LIMIT));
        }
        matches
    }
}

type Caches = Pool<lazy::Cache, Box<dyn Fn() -> lazy::Cache + Send + Sync>>;

/// A lazy DFA with its caches.
#[derive(Debug)]
struct Dfa {
    dfa: DFA,
    caches: Caches,
}

impl Dfa {
    fn of(nfa: NFA, cache_limit: usize) -> Self {
        let config = lazy::Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .unicode_word_boundary(true)
            .cache_capacity(cache_limit)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(CLEARED_MAX))
            .minimum_bytes_per_state(Some(BYTES_PER_STATE));
        let built = DFA::builder().configure(config).build_from_nfa(nfa);
        let dfa = built.expect("word boundaries and small caches are provided for");
        let of_thread = dfa.clone();
        Self { dfa, caches: Pool::new(Box::new(move || of_thread.create_cache())) }
    }

    /// Whether it matches, `None` if it must give up; and how often this thread's cache was full so far.
    fn search(&self, input: &Input) -> (Option<bool>, usize) {
        let mut cache = self.caches.get();
        let searched = self.dfa.try_search_fwd(&mut cache, input);
        (searched.ok().map(|found| found.is_some()), cache.clear_count())
    }
}
