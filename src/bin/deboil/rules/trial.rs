//! `deboil rules try`: what a rule would delete, before there is one.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;

use deboil::batch::{Done, Input, LeftAlone, Status as Became, Told};
use deboil::clean::Finding;
use deboil::layout::Layout;
use deboil::{Document, Error, Errors, Options, Ruleset, Verdict, explain};

use crate::account::Account;
use crate::paint::{Paint, count, number};
use crate::status::{Status, Stop};

use super::args::RulesTryArgs;
use super::draft::Draft;
use super::excerpt;

/// How many examples the rule gets.
const EXAMPLES: usize = 2;

/// How long an example may be, in bytes: what is longer is no line that a person would quote.
const EXAMPLE_MAX: usize = 200;

/// Tries a rule on some texts.
pub(crate) fn run(args: &RulesTryArgs) -> Result<Status, Stop> {
    let draft = Draft { text: &args.text, args: &args.draft };
    let rules = rules(draft)?;
    let inputs = args.reading.inputs(&args.inputs)?;
    let batch = args.reading.batch(&rules, Options::default());
    let limit = if args.hits == 0 { usize::MAX } else { args.hits };
    let mut teller = Teller { out: BufWriter::new(io::stdout().lock()), left: limit, sum: Sum::default(), stop: None };
    let options = batch.options.clone();
    let look = |done: &Done<'_>, (): &()| Ok(Seen::of(&rules, done, &options, draft, limit));
    let files = inputs.iter().map(|found| found.map(|found| (Input::File(found.path), ())));
    let report = batch.run(files, look, &mut |told: Told<'_, Seen>| teller.tell(told));
    if let Some(error) = teller.stop {
        return Err(error.into());
    }
    let Teller { mut out, sum, .. } = teller;
    sum.write(&mut out, report.documents)?;
    if sum.hits > 0 {
        let why = format!("stands in {} of {}", number(sum.documents), count(report.documents, "text"));
        write!(out, "\n{}", draft.toml(&why, &sum.examples))?;
    } else if sum.stays.is_empty() && draft.kind() == "line" {
        writeln!(out, "--match contains and --phrase look inside lines, --regex takes a pattern")?;
    }
    out.flush()?;
    let account = Account { rules: &rules, report: &report, paint: Paint::stderr() };
    // Without a standard error there is nobody to tell.
    let _ = account.write_failures(&mut io::stderr().lock());
    Ok(if report.failures.is_empty() { Status::Fine } else { Status::Error })
}

/// A set of the one rule. Its mistakes have no place: nobody wrote a file.
fn rules(draft: Draft<'_>) -> Result<Ruleset, Errors> {
    let rules = Ruleset::builder().bundled(false).text("the rule", &draft.toml("is tried", &[])).build();
    let without_place = |error: Error| Error { place: None, ..error };
    rules.map_err(|errors| Errors(errors.0.into_iter().map(without_place).collect()))
}

/// What the rule found in a document.
#[derive(Default)]
struct Seen {
    hits: u64,
    /// Hits of which nothing goes, by the reason.
    stays: BTreeMap<String, u64>,
    bytes: u64,
    is_in_prose: bool,
    /// The first hits as they are shown.
    shown: Vec<Vec<u8>>,
    /// Texts that the rule deletes, or deletes from.
    examples: Vec<String>,
}

impl Seen {
    fn of(rules: &Ruleset, done: &Done<'_>, options: &Options, draft: Draft<'_>, limit: usize) -> Self {
        let mut seen = Self::default();
        if matches!(done.record.status, Became::Left(LeftAlone::Binary | LeftAlone::Html | LeftAlone::Json)) {
            return seen;
        }
        let mut explanation = explain(rules, &Document::new(done.document.text), options);
        explanation.forget_repetitions();
        let layout = Layout::of(done.document.text);
        let paint = Paint::stdout();
        for found in &explanation.matches {
            seen.add(found, done.document.text, &layout, draft);
            if seen.shown.len() < limit {
                seen.shown.push(excerpt::of(&done.record.name.place(), done.document.text, &layout, found, paint));
            }
        }
        seen
    }

    fn add(&mut self, found: &Finding, text: &[u8], layout: &Layout, draft: Draft<'_>) {
        match found.verdict {
            Verdict::Kept(reason) => {
                *self.stays.entry(reason.to_string()).or_default() += 1;
                return;
            }
            Verdict::Removed => {}
        }
        self.hits += 1;
        self.bytes += found.span.len() as u64;
        self.is_in_prose |= excerpt::is_in_prose(layout, found.span);
        let line = layout.lines()[layout.line_at(found.span.start)].content;
        let example = if draft.kind() == "phrase" { found.span } else { line };
        let example = String::from_utf8_lossy(example.of(text)).trim().to_owned();
        if draft.has_examples()
            && self.examples.len() < EXAMPLES
            && example.len() <= EXAMPLE_MAX
            && !self.examples.contains(&example)
        {
            self.examples.push(example);
        }
    }
}

/// What the rule found in all documents.
#[derive(Default)]
struct Sum {
    hits: u64,
    documents: u64,
    in_prose: u64,
    bytes: u64,
    stays: BTreeMap<String, u64>,
    shown: u64,
    examples: Vec<String>,
}

impl Sum {
    fn add(&mut self, seen: Seen) {
        self.hits += seen.hits;
        self.documents += u64::from(seen.hits > 0);
        self.in_prose += u64::from(seen.is_in_prose);
        self.bytes += seen.bytes;
        for (reason, times) in seen.stays {
            *self.stays.entry(reason).or_default() += times;
        }
        for example in seen.examples {
            if self.examples.len() < EXAMPLES && !self.examples.contains(&example) {
                self.examples.push(example);
            }
        }
    }

    fn write(&self, out: &mut impl Write, documents: u64) -> io::Result<()> {
        let all = self.hits + self.stays.values().sum::<u64>();
        if all > self.shown {
            writeln!(out, "and {} (--hits 0 shows all)\n", count(all - self.shown, "more hit"))?;
        }
        let (of, bytes) = (count(documents, "document"), count(self.bytes, "byte"));
        let in_prose = match self.in_prose {
            0 => "none in prose".to_owned(),
            some => format!("{} in prose", number(some)),
        };
        let hit = format!("{} in {} of {of}", count(self.hits, "hit"), number(self.documents));
        match self.hits {
            0 => writeln!(out, "nothing would go from {of}")?,
            _ => writeln!(out, "{hit} ({in_prose}): {bytes} would go")?,
        }
        self.stays.iter().try_for_each(|(reason, times)| writeln!(out, "{} stay: {reason}", count(*times, "hit")))?;
        Ok(())
    }
}

/// Shows the first hits, and adds up all.
struct Teller<W> {
    out: W,
    /// How many hits are shown yet.
    left: usize,
    sum: Sum,
    stop: Option<io::Error>,
}

impl<W: Write> Teller<W> {
    /// Takes what was seen in a document; breaks when nobody reads any more.
    fn tell(&mut self, told: Told<'_, Seen>) -> ControlFlow<()> {
        let Ok((_, mut seen)) = told else { return ControlFlow::Continue(()) };
        for shown in seen.shown.drain(..).take(self.left) {
            if let Err(error) = self.out.write_all(&shown) {
                self.stop = Some(error);
                return ControlFlow::Break(());
            }
            self.left -= 1;
            self.sum.shown += 1;
        }
        self.sum.add(seen);
        ControlFlow::Continue(())
    }
}
