//! Runs a pattern over lines in the way that costs least.
//!
//! Most patterns of a large set are asked of few lines, for which it is quicker to try a pattern step by step than to compile
//! it. One that has taken as many steps as compiling takes is compiled: first to a simpler form, which denies most lines, and if
//! what that lets pass takes many steps, too, as it is. All ways give the same answer.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex_automata::nfa::thompson::BuildError;
use regex_syntax::hir::Hir;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::backtracker::{self, Memory};
use super::engine::Engine;
use super::form::Form;
use super::program::Program;
use super::relaxed::{Answer, Relaxed};

/// After so many steps the simpler form is compiled.
const STEPS_UNTIL_RELAXED: usize = 50_000;

/// After so many steps the pattern itself is compiled.
const STEPS_UNTIL_ENGINE: usize = 400_000;

/// So many steps may be tried for a line, and so many more for each byte of it, but no more than the last number.
const STEPS_OF_LINE: usize = 1_000;
const STEPS_OF_BYTE: usize = 32;
const STEPS_MAX: usize = 64_000;

/// A pattern, ready to be held against lines.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Runner {
    /// A [`Form`]: most are never asked for.
    #[serde(serialize_with = "as_bytes", deserialize_with = "of_bytes")]
    packed: Vec<u8>,
    /// How many steps were tried so far.
    #[serde(skip)]
    spent: AtomicUsize,
    #[serde(skip)]
    program: OnceLock<Option<Box<Program>>>,
    #[serde(skip)]
    relaxed: OnceLock<Box<Relaxed>>,
    #[serde(skip)]
    engine: OnceLock<Box<Engine>>,
}

impl Runner {
    /// That of a pattern.
    pub(super) fn of(form: &Form) -> Self {
        let packed = postcard::to_allocvec(form).expect("a form is plain data");
        Self {
            packed,
            spent: AtomicUsize::new(0),
            program: OnceLock::new(),
            relaxed: OnceLock::new(),
            engine: OnceLock::new(),
        }
    }

    /// That of a pattern of the program's own, for any text.
    ///
    /// # Panics
    ///
    /// The pattern is broken.
    pub(super) fn for_any_text(pattern: &str) -> Self {
        Self::of(&Form::for_any_text(&regex_syntax::parse(pattern).expect("the pattern is valid")))
    }

    /// Compiles the pattern now.
    ///
    /// # Errors
    ///
    /// It is too large.
    pub(super) fn compile(&self) -> Result<(), Box<BuildError>> {
        let engine = Engine::new(&self.form().hir())?;
        let _ = self.engine.set(Box::new(engine));
        Ok(())
    }

    /// Whether the pattern matches somewhere in a text.
    pub(super) fn matches(&self, text: &str) -> bool {
        let is_new = self.spent() < STEPS_UNTIL_RELAXED;
        if is_new && let Some(tried) = self.attempt(text, |_| ()) {
            return tried.is_some();
        }
        match self.relaxed().answer(text) {
            Answer::No => false,
            Answer::Yes => true,
            Answer::Maybe => {
                let may_try = !is_new && self.spent() < STEPS_UNTIL_ENGINE;
                let tried = if may_try { self.attempt(text, |_| ()) } else { None };
                tried.map_or_else(|| self.engine().is_match(text), |tried| tried.is_some())
            }
        }
    }

    /// Where each of so many named groups stands in the first match in a text.
    pub(super) fn groups(&self, text: &str, count: usize) -> Option<Vec<Option<Range<usize>>>> {
        let spent = self.spent();
        let denied = (spent >= STEPS_UNTIL_RELAXED && self.relaxed().answer(text) == Answer::No)
            || (spent >= STEPS_UNTIL_ENGINE && !self.engine().is_match(text));
        if denied {
            return None;
        }
        let of_memory = |memory: &Memory| (0..count).map(|number| memory.group(number)).collect();
        self.attempt(text, of_memory).unwrap_or_else(|| self.engine().groups(text, count))
    }

    /// What the program finds; none if that would take too many steps.
    fn attempt<T>(&self, text: &str, found: impl FnOnce(&Memory) -> T) -> Option<Option<T>> {
        thread_local! {
            static MEMORY: RefCell<Memory> = RefCell::default();
        }
        let program = self.program.get_or_init(|| Program::of(&self.form()).map(Box::new)).as_ref()?;
        let allowed = (STEPS_OF_LINE + STEPS_OF_BYTE * text.len()).min(STEPS_MAX);
        let mut left = allowed;
        let tried = MEMORY.with_borrow_mut(|memory| {
            let matches = backtracker::run(program, text, &mut left, memory)?;
            Some(matches.then(|| found(memory)))
        });
        // Threads may count less than was spent: it is a guide, no account.
        self.spent.store(self.spent() + allowed - left, Ordering::Relaxed);
        tried
    }

    fn spent(&self) -> usize {
        self.spent.load(Ordering::Relaxed)
    }

    fn form(&self) -> Form {
        postcard::from_bytes(&self.packed).expect("it was packed here")
    }

    fn relaxed(&self) -> &Relaxed {
        self.relaxed.get_or_init(|| Box::new(Relaxed::of(&self.form())))
    }

    /// The compiled form. A pattern that is too large, which [`Runner::compile`] tells, matches nothing.
    fn engine(&self) -> &Engine {
        self.engine.get_or_init(|| {
            let nothing = |_| Engine::new(&Hir::fail()).expect("what matches nothing compiles");
            Box::new(Engine::new(&self.form().hir()).unwrap_or_else(nothing))
        })
    }
}

fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

fn of_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    <&[u8]>::deserialize(deserializer).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runner(pattern: &str) -> Runner {
        Runner::of(&Form::of(&regex_syntax::parse(pattern).unwrap()))
    }

    #[test]
    fn all_ways_give_the_same_answer() {
        let texts =
            ["Photo by Ann Holm", "A photo by Émile Ohm ran.", "photo by ann", "", "By the way, no name follows"];
        let pattern = r"^(?:.* )??(?i:photo )?[Bb]y (?P<who>\p{Lu}\w+(?: \p{Lu}\w+){0,5})\b.*$";
        let (runner, wanted) = (runner(pattern), regex::Regex::new(pattern).unwrap());
        for spent in [0, STEPS_UNTIL_RELAXED, STEPS_UNTIL_ENGINE] {
            runner.spent.store(spent, Ordering::Relaxed);
            for text in texts {
                assert_eq!(runner.matches(text), wanted.is_match(text), "{text} after {spent} steps");
                let groups = wanted.captures(text).map(|groups| vec![groups.name("who").map(|who| who.range())]);
                assert_eq!(runner.groups(text, 1), groups, "{text} after {spent} steps");
            }
        }
        assert!(runner.relaxed.get().is_some() && runner.engine.get().is_some());
    }

    #[test]
    fn a_line_that_takes_many_steps_is_left_to_what_is_compiled() {
        let runner = runner("^(?:a|b|ab)*(?P<x>c)$");
        let text = "ab".repeat(100);
        assert!(!runner.matches(&text));
        assert!(runner.relaxed.get().is_some());
        assert_eq!(runner.groups(&format!("{text}c"), 1), Some(vec![Some(200..201)]));
    }

    #[test]
    fn what_has_no_program_is_compiled() {
        let runner = runner("^(?:a?b?)*(?P<x>c)$");
        assert_eq!(runner.groups("abbac", 1), Some(vec![Some(4..5)]));
        assert!(!runner.matches("abcab") && runner.matches("c"));
    }
}
