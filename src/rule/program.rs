//! A pattern as steps to be tried one after another. It is made in a fraction of the time that compiling takes, as counts are
//! not spelt out and classes stay what they are; [`super::backtracker`] runs it.

use bstr::ByteSlice;
use regex_syntax::hir::Look;

use super::form::{CharClass, Form, Part};
use super::outline::Bytes;
use super::verbatim::Verbatim;

/// The most steps of a program.
const STEPS_MAX: usize = 16_384;

/// A pattern as steps, from the first on.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) classes: Vec<Chars>,
    /// With which bytes a text may go on from each step.
    pub(super) starts: Vec<Starts>,
    /// Whether it can match at the start of a text only.
    pub(super) is_anchored: bool,
    /// How many groups have a name.
    pub(super) groups: usize,
}

/// What is done at a place in the text. If it can be done, the next step follows.
#[derive(Debug)]
pub(super) enum Step {
    /// These bytes stand here.
    Literal(Verbatim),
    /// A character of this class stands here.
    Class(u32),
    /// Characters of a class stand here, as many as there are or as few as will do.
    Span { class: u32, min: usize, max: usize, greedy: bool },
    /// Goes on with the first step, and if that leads nowhere with the second.
    Split(u32, u32),
    /// Goes on elsewhere.
    Jump(u32),
    /// A group starts or ends here.
    Mark(u32),
    /// The text starts or ends here, or a word does.
    Look(Look),
    /// The pattern has matched.
    Match,
}

/// What a text may go on with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Starts {
    bytes: Bytes,
    /// Nothing.
    end: bool,
}

impl Starts {
    const ANY: Self = Self { bytes: Bytes::ALL, end: true };
    const END: Self = Self { bytes: Bytes::NONE, end: true };

    fn with(bytes: Bytes) -> Self {
        Self { bytes, end: false }
    }

    fn or(self, other: Self) -> Self {
        Self { bytes: self.bytes.or(other.bytes), end: self.end || other.end }
    }

    /// Whether a text may go on with this.
    pub(super) fn hold(&self, byte: Option<&u8>) -> bool {
        byte.map_or(self.end, |&byte| self.bytes.holds(byte))
    }
}

/// The characters of a class.
#[derive(Debug)]
pub(super) struct Chars {
    /// Those of ASCII.
    ascii: Bytes,
    /// Whether it holds all beyond.
    is_wide: bool,
    /// If not: the first and the last of each range beyond.
    beyond: Vec<(u32, u32)>,
    /// The bytes of its characters, if each byte tells by itself whether its character is one of them.
    bytes: Option<Bytes>,
    /// The one byte that is none of these, if there is just one.
    all_but: Option<u8>,
}

impl Chars {
    fn of(class: &CharClass) -> Self {
        let in_ascii = |&(first, last): &(u32, u32)| Bytes::range(first as u8, last.min(0x7f) as u8);
        let ascii = class.ranges.iter().filter(|(first, _)| *first < 0x80).map(in_ascii);
        let beyond = class.ranges.iter().filter(|(_, last)| *last >= 0x80).copied();
        let (ascii, beyond): (Bytes, Vec<_>) = (ascii.fold(Bytes::NONE, Bytes::or), beyond.collect());
        let bytes = match class.is_wide {
            true => Some(ascii.or(Bytes::range(0x80, 0xff))),
            false => beyond.is_empty().then_some(ascii),
        };
        let all_but = bytes.as_ref().and_then(Bytes::all_but);
        Self { ascii, is_wide: class.is_wide, beyond, bytes, all_but }
    }

    /// With which bytes its characters start.
    fn starts(&self) -> Bytes {
        let has_beyond = self.is_wide || !self.beyond.is_empty();
        if has_beyond { self.ascii.or(Bytes::range(0xc2, 0xf4)) } else { self.ascii }
    }

    /// The first place from one on at which no character of the class stands, if each byte tells whether one does.
    fn stop(&self, text: &[u8], at: usize) -> Option<usize> {
        let rest = &text[at..];
        let stop = match self.all_but {
            Some(byte) => rest.find_byte(byte),
            None => self.bytes.map(|bytes| rest.iter().position(|&byte| !bytes.holds(byte)))?,
        };
        Some(at + stop.unwrap_or(rest.len()))
    }

    /// Where a run of characters of the class ends that starts at a place, of so many at most.
    pub(super) fn run(&self, text: &[u8], at: usize, most: usize) -> usize {
        // No text has more characters than bytes.
        if text.len() - at <= most
            && let Some(stop) = self.stop(text, at)
        {
            return stop;
        }
        let mut end = at;
        for _ in 0..most {
            let Some(next) = self.end(text, end) else { break };
            end = next;
        }
        end
    }

    /// Where the character at some place of a text ends, if it is of the class.
    #[inline]
    pub(super) fn end(&self, text: &[u8], at: usize) -> Option<usize> {
        let &byte = text.get(at)?;
        if byte.is_ascii() {
            return self.ascii.holds(byte).then_some(at + 1);
        }
        if self.is_wide {
            return Some(at + len(byte));
        }
        let (c, len) = bstr::decode_utf8(&text[at..]);
        let code = u32::from(c?);
        let range = self.beyond.partition_point(|(_, last)| *last < code);
        self.beyond.get(range).is_some_and(|(first, _)| *first <= code).then_some(at + len)
    }
}

/// How many bytes a character beyond ASCII has, by its first one.
fn len(first: u8) -> usize {
    match first {
        ..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0.. => 4,
    }
}

impl Program {
    /// That of a pattern; none if it has too many steps or parts that have no steps here.
    pub(super) fn of(form: &Form) -> Option<Self> {
        let mut program = Self {
            steps: Vec::new(),
            classes: form.classes.iter().map(Chars::of).collect(),
            starts: Vec::new(),
            is_anchored: form.root.is_anchored(),
            groups: 0,
        };
        program.add(&form.root)?;
        program.push(Step::Match)?;
        program.find_starts();
        Some(program)
    }

    /// The bytes that must stand where a step is taken, if it names them.
    pub(super) fn literal(&self, step: u32) -> Option<&Verbatim> {
        match self.steps[step as usize..].iter().find(|step| !matches!(step, Step::Mark(_)))? {
            Step::Literal(text) => Some(text),
            _ => None,
        }
    }

    fn push(&mut self, step: Step) -> Option<()> {
        self.steps.push(step);
        (self.steps.len() <= STEPS_MAX).then_some(())
    }

    fn next(&self) -> u32 {
        self.steps.len() as u32
    }

    fn add(&mut self, part: &Part) -> Option<()> {
        match part {
            Part::Empty => Some(()),
            &Part::Look(look) => self.push(Step::Look(Look::from_repr(look).filter(is_known)?)),
            Part::Literal(bytes) => self.push(Step::Literal(Verbatim::of(bytes))),
            &Part::Class(class) => self.push(Step::Class(class)),
            &Part::Repetition { min, max, greedy, ref part } => match **part {
                Part::Class(class) => {
                    let max = max.map_or(usize::MAX, |max| max as usize);
                    self.push(Step::Span { class, min: min as usize, max, greedy })
                }
                _ => self.repeat(part, min, max, greedy),
            },
            Part::Group(number, _, part) => {
                self.groups = self.groups.max(*number as usize + 1);
                self.push(Step::Mark(2 * number))?;
                self.add(part)?;
                self.push(Step::Mark(2 * number + 1))
            }
            Part::Concat(parts) => parts.iter().try_for_each(|part| self.add(part)),
            Part::Alternation(parts) => self.choose(parts),
        }
    }

    /// A part so many times. What may match nothing would be tried without end.
    fn repeat(&mut self, part: &Part, min: u32, max: Option<u32>, greedy: bool) -> Option<()> {
        for _ in 0..min {
            self.add(part)?;
        }
        let Some(max) = max else {
            if part.may_be_empty() {
                return None;
            }
            let split = self.split()?;
            self.add(part)?;
            self.push(Step::Jump(split as u32))?;
            self.leave(split, greedy);
            return Some(());
        };
        let mut splits = Vec::new();
        for _ in min..max {
            splits.push(self.split()?);
            self.add(part)?;
        }
        splits.into_iter().for_each(|split| self.leave(split, greedy));
        Some(())
    }

    fn choose(&mut self, parts: &[Part]) -> Option<()> {
        let (last, others) = parts.split_last()?;
        let mut jumps = Vec::new();
        for part in others {
            let split = self.split()?;
            self.add(part)?;
            jumps.push(self.steps.len());
            self.push(Step::Jump(0))?;
            self.leave(split, true);
        }
        self.add(last)?;
        let next = self.next();
        jumps.into_iter().for_each(|jump| self.steps[jump] = Step::Jump(next));
        Some(())
    }

    /// A split whose ways [`Self::leave`] sets.
    fn split(&mut self) -> Option<usize> {
        self.push(Step::Split(0, 0))?;
        Some(self.steps.len() - 1)
    }

    /// Lets a split lead to what stands behind it and to what will stand here, in this order if it is greedy.
    fn leave(&mut self, split: usize, greedy: bool) {
        let (inside, behind) = (split as u32 + 1, self.next());
        self.steps[split] = if greedy { Step::Split(inside, behind) } else { Step::Split(behind, inside) };
    }

    fn find_starts(&mut self) {
        self.starts = vec![Starts::ANY; self.steps.len()];
        for at in (0..self.steps.len()).rev() {
            self.starts[at] = self.starts_of(at);
        }
    }

    /// With what a text may go on from a step, when that is known of those behind it.
    fn starts_of(&self, at: usize) -> Starts {
        match &self.steps[at] {
            Step::Literal(text) => {
                text.bytes().first().map_or(Starts::ANY, |&byte| Starts::with(Bytes::range(byte, byte)))
            }
            &Step::Class(class) => Starts::with(self.classes[class as usize].starts()),
            &Step::Span { class, min, .. } => {
                let own = Starts::with(self.classes[class as usize].starts());
                if min > 0 { own } else { own.or(self.starts[at + 1]) }
            }
            &Step::Split(first, second) => self.starts[first as usize].or(self.starts[second as usize]),
            // Back to the start of a loop, of which nothing is known yet: then it is [`Starts::ANY`].
            &Step::Jump(to) => self.starts[to as usize],
            Step::Look(Look::End) => Starts::END,
            Step::Mark(_) | Step::Look(_) => self.starts[at + 1],
            Step::Match => Starts::ANY,
        }
    }
}

/// Whether a program can tell that something stands at a place.
fn is_known(look: &Look) -> bool {
    matches!(look, Look::Start | Look::End | Look::WordUnicode | Look::WordUnicodeNegate)
}
