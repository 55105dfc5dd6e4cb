//! Runs the proofs that rules bring along: what they must delete, what they must leave alone.

use std::collections::BTreeSet;

use crate::clean::{Options, Outcome, Scope, Verdict, explain_in, find};
use crate::error::{Error, Errors};
use crate::rule::set::Ruleset;
use crate::rule::{Example, PackIdx, Rule, RuleIdx, Test};
use crate::text::document::Document;

/// The examples of a rule that it does not live up to.
pub fn examples(rule: &Rule) -> Vec<Error> {
    let fails = |example: &&Example, must: bool| find::deletes_alone(rule, example.text.as_bytes()) != must;
    let error = |example: &Example, what: &str, cure: &str| {
        Error::at(example.place.clone(), format!("{what} by `{}`", rule.id), cure)
    };
    let strips = rule.strips.iter().filter(|example| fails(example, true));
    let strips = strips
        .map(|example| error(example, "this example of `strips` is not stripped", "mend the rule or the example"));
    let keeps = rule.keeps.iter().filter(|example| fails(example, false));
    let keeps = keeps
        .map(|example| error(example, "this example of `keeps` is not kept", "narrow the rule or mend the example"));
    strips.chain(keeps).collect()
}

/// Runs the examples of all rules that did not come with the program, whose own are run by its tests.
///
/// # Errors
///
/// The examples that fail.
pub fn own_packs(rules: &Ruleset) -> Result<(), Errors> {
    let own = rules.packs().iter().filter(|pack| !pack.bundled);
    let failed: Vec<Error> = own.flat_map(|pack| &pack.rules).flat_map(|rule| examples(rule)).collect();
    if failed.is_empty() { Ok(()) } else { Err(Errors(failed)) }
}

/// What a test of a pack showed.
#[derive(Debug)]
pub struct Tested {
    /// What is wrong, if the output is not as it must be.
    pub failure: Option<Error>,
    /// The rules that deleted something.
    pub exercised: BTreeSet<RuleIdx>,
}

/// Runs a test with the rules of its pack alone.
pub fn test(rules: &Ruleset, pack: PackIdx, test: &Test) -> Tested {
    let options = Options { mode: test.mode, aggressive: test.aggressive, preview: test.preview, ..Options::default() };
    let document = Document { lang: test.lang.as_deref(), ..Document::new(test.input.as_bytes()) };
    let explained = explain_in(rules, &document, &options, Scope::Pack(pack));
    let left = explained.text_left(&document);
    let failure = (left != test.output.as_bytes()).then(|| {
        let what = match &explained.outcome {
            Outcome::Left(why) => format!("the test `{}` fails: the document was left alone, {why}", test.name),
            _ => {
                format!(
                    "the test `{}` fails: {}",
                    test.name,
                    first_difference(&test.output, &String::from_utf8_lossy(&left))
                )
            }
        };
        Error::at(test.place.clone(), what, "mend the rules or the test; `deboil explain` shows what each rule does")
    });
    let removed = explained.matches.iter().filter(|finding| finding.verdict == Verdict::Removed);
    Tested { failure, exercised: removed.map(|finding| finding.rule).collect() }
}

fn first_difference(wanted: &str, got: &str) -> String {
    let (mut wanted, mut got) = (wanted.split('\n'), got.split('\n'));
    let mut line = 0;
    loop {
        line += 1;
        match (wanted.next(), got.next()) {
            (None, None) => return "the texts differ".to_owned(),
            (left, right) if left != right => {
                let show = |text: Option<&str>| text.map_or("nothing".to_owned(), |text| format!("{text:?}"));
                return format!("line {line} should be {}, is {}", show(left), show(right));
            }
            _ => {}
        }
    }
}
