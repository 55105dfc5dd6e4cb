//! Runs a compiled pattern over a line, with little memory for each of hundreds of patterns.
//!
//! The regex crate's own type compiles three automata for a pattern and keeps a set of caches for each thread. Here a
//! pattern has one automaton. Whether it matches is asked of a lazy DFA, which says no to most lines. A DFA cannot tell word
//! boundaries beside what is not ASCII: there another one is asked, of the pattern without its boundaries, which matches
//! whatever the pattern does. Only what neither denies is left to the slower engines, whose caches all patterns of a thread
//! share.

use std::cell::RefCell;
use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{self as lazy, DFA};
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, BuildError, NFA};
use regex_automata::util::captures::Captures;
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::{Capture, Hir, HirKind, Look, Repetition};

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

/// The bytes with which the backtracker notes where it has been.
const VISITED_LIMIT: usize = 256 << 10;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Engine {
    dfa: LazyDfa,
    /// The pattern without word boundaries, if it has any.
    unbound: Option<Unbound>,
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
            unbound: hir.properties().look_set().contains_word().then(|| Unbound::of(hir)),
            backtracker: backtracker.map_err(Box::new)?,
            pikevm: PikeVM::new_from_nfa(nfa).map_err(Box::new)?,
        })
    }

    /// Whether the pattern matches somewhere in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let input = Input::new(text).earliest(true);
        self.dfa.is_match(&input).unwrap_or_else(|| {
            self.unbound.as_ref().is_none_or(|unbound| unbound.may_match(&input))
                && self.search_slowly(input, &mut Captures::matches(self.groups()))
        })
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

fn compile(hir: &Hir) -> Result<NFA, Box<BuildError>> {
    let config = thompson::Config::new().nfa_size_limit(Some(SIZE_LIMIT));
    thompson::Compiler::new().configure(config).build_from_hir(hir).map_err(Box::new)
}

/// A DFA whose states are made when a text first needs them, with little memory as long as it gets by with that.
#[derive(Debug)]
struct LazyDfa {
    small: Dfa,
    large: OnceLock<Dfa>,
}

impl LazyDfa {
    fn of(nfa: NFA) -> Self {
        Self { small: Dfa::of(nfa, CACHE_LIMIT), large: OnceLock::new() }
    }

    /// Whether it matches; `None` if it must give up.
    fn is_match(&self, input: &Input) -> Option<bool> {
        if let Some(large) = self.large.get() {
            return large.search(input).0;
        }
        let (matches, cleared) = self.small.search(input);
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

/// A pattern without its word boundaries, compiled when a text first needs it.
#[derive(Debug)]
struct Unbound {
    pattern: Hir,
    dfa: OnceLock<Option<LazyDfa>>,
}

impl Unbound {
    fn of(hir: &Hir) -> Self {
        Self { pattern: without_boundaries(hir), dfa: OnceLock::new() }
    }

    fn may_match(&self, input: &Input) -> bool {
        let dfa = self.dfa.get_or_init(|| compile(&self.pattern).ok().map(LazyDfa::of));
        dfa.as_ref().and_then(|dfa| dfa.is_match(input)).unwrap_or(true)
    }
}

fn without_boundaries(hir: &Hir) -> Hir {
    let within = |hir: &Hir| Box::new(without_boundaries(hir));
    let all = |parts: &[Hir]| parts.iter().map(without_boundaries).collect();
    match hir.kind() {
        HirKind::Look(look) if !matches!(look, Look::Start | Look::End) => Hir::empty(),
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: within(&repetition.sub), ..repetition.clone() })
        }
        HirKind::Capture(capture) => Hir::capture(Capture { sub: within(&capture.sub), ..capture.clone() }),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        _ => hir.clone(),
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
