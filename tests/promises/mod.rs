//! The promises of the design, as checks of one document: what generated ones and fuzzed ones are held to.

use std::borrow::Cow;

use deboil::layout::words;
use deboil::rule::Confidence;
use deboil::{Document, Mode, Options, Outcome, Protect, Removal, Ruleset, Verdict, clean, explain};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::reference;

/// What holds for each document, whatever the rules.
pub(crate) fn promises(rules: &Ruleset, text: &[u8], options: &Options) -> TestCaseResult {
    let document = Document::new(text);
    let cleaned = clean(rules, &document, options);
    // Only deletes.
    let mut at = 0;
    for removal in &cleaned.removals {
        prop_assert!(at <= removal.span.start, "removals are in order and apart: {:?}", cleaned.removals);
        prop_assert!(removal.span.start < removal.span.end && removal.span.end <= text.len());
        at = removal.span.end;
    }
    prop_assert_eq!(&cleaned.text[..], &reference::without(text, &cleaned.removals)[..]);
    // Accounts for every byte.
    let named = |removal: &Removal| !removal.rules.is_empty() || options.tidy;
    prop_assert!(cleaned.removals.iter().all(named));
    // What is not cleaned is as it was.
    prop_assert_eq!(cleaned.outcome == Outcome::Cleaned, !cleaned.removals.is_empty());
    prop_assert_eq!(cleaned.outcome == Outcome::Cleaned, matches!(cleaned.text, Cow::Owned(_)));
    prop_assert!(cleaned.matched || options.tidy || cleaned.outcome == Outcome::Unchanged);
    // Says the same twice, and explains the same.
    let again = clean(rules, &document, options);
    prop_assert_eq!((&again.text, &again.removals), (&cleaned.text, &cleaned.removals));
    let explained = explain(rules, &document, options);
    prop_assert_eq!((&explained.removals, &explained.outcome), (&cleaned.removals, &cleaned.outcome));
    prop_assert_eq!(explained.matches.iter().any(|found| found.verdict.is_in_reach()), cleaned.matched);
    // Never loses more than it may; what has a copy that stays is not lost.
    let usual = if options.mode == Mode::FullPage { 0.95 } else { 0.7 };
    let is_copy = |removal: &&Removal| {
        removal.rules.iter().all(|rule| matches!(rules.rule(*rule).kind, deboil::rule::Kind::Repeat(_)))
    };
    let is_vague = |removal: &&Removal| {
        let by_line = ["phrase", "line", "regex"];
        let is_sure = |rule: &deboil::Rule| rule.confidence == Confidence::High && by_line.contains(&rule.kind.name());
        !removal.rules.iter().any(|&rule| is_sure(rules.rule(rule)))
    };
    let lost = || cleaned.removals.iter().filter(|removal| !is_copy(removal));
    let sum = |lost: &mut dyn Iterator<Item = &Removal>| lost.map(|removal| words(removal.span.of(text))).sum::<u32>();
    let all = f64::from(text.split(|&byte| byte == b'\n').map(words).sum::<u32>());
    let most = options.max_removed.unwrap_or(usual);
    prop_assert!(f64::from(sum(&mut lost())) <= most.max(usual) * all);
    prop_assert!(f64::from(sum(&mut lost().filter(is_vague))) <= most * all);
    // Touches no quote that is protected.
    let is_quote = |line: &&[u8]| line.starts_with(b">") && options.protect.quotes;
    let quotes =
        |text: &[u8]| text.split(|&byte| byte == b'\n').filter(is_quote).map(<[u8]>::to_vec).collect::<Vec<_>>();
    prop_assert!(options.tidy || quotes(&cleaned.text) == quotes(text));
    // Cleaning what is clean changes nothing.
    let twice = clean(rules, &Document { text: &cleaned.text, ..document }, options);
    prop_assert!(
        twice.removals.is_empty(),
        "cleaned: {:?}\ntwice: {:?}",
        String::from_utf8_lossy(&cleaned.text),
        String::from_utf8_lossy(&twice.text)
    );
    Ok(())
}

/// That the library finds and removes what the reference does, which knows the usual bound, and protects nothing.
pub(crate) fn agreement(rules: &Ruleset, document: &Document, options: &Options) -> TestCaseResult {
    let options = &Options { protect: Protect::default(), max_removed: None, ..options.clone() };
    let explained = explain(rules, document, options);
    let matches = explained.matches.iter().map(|found| {
        let verdict = match found.verdict {
            Verdict::Removed => "Removed".to_owned(),
            Verdict::Kept(reason) => format!("Kept({reason:?})"),
        };
        let step = format!("{:?}", found.step);
        reference::shown(rules, found.pass as usize, &step, found.rule, found.span, &verdict)
    });
    let wanted = reference::explain(rules, document, options);
    prop_assert_eq!(matches.collect::<std::collections::BTreeSet<_>>(), wanted.matches);
    let fates = |removals: &[Removal]| reference::fates(document.text, removals);
    prop_assert_eq!(fates(&explained.removals), fates(&wanted.removals));
    Ok(())
}
