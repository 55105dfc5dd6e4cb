//! What lines that differ in numbers and dates have in common.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A number, with what groups its digits or divides hours from minutes.
const NUMBER: &str = r"\d+(?:[.,:]\d+)*";

/// What a slot for the name of a month or a day matches.
const NAME: &str = r"\p{L}{3,9}";

/// What stands in a template for a number, and for the name of a month or a day: no text that is folded holds them.
const NUMBER_SLOT: char = '\u{1}';
const NAME_SLOT: char = '\u{2}';

/// The names of months and days in the languages of the bundled rules, and how English shortens them.
const NAMES: &str = "jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|mar(?:ch|s)?|märz|apr(?:il)?|avril|may|mai|june?|juin|juni|\
    july?|juillet|juli|aug(?:ust)?|août|sept?(?:ember|embre)?|oct(?:ober|obre)?|oktober|nov(?:ember|embre)?|dec(?:ember)?|\
    décembre|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|\
    febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|\
    novembro|dezembro|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|\
    montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche";

/// A case-folded text with slots for its numbers and for the names of months and days beside them; `None` if it has no
/// number.
pub(super) fn of(folded: &str) -> Option<String> {
    static PARTS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(&format!(r"(?P<number>{NUMBER})|\b(?:{NAMES})\b")).expect("the pattern is valid"));
    if !folded.contains(|c: char| c.is_numeric()) {
        return None;
    }
    let mut template = String::with_capacity(folded.len());
    let mut copied = 0;
    let parts: Vec<(Range<usize>, bool)> =
        PARTS.captures_iter(folded).map(|part| (part.get_match().range(), part.name("number").is_some())).collect();
    for (at, (range, is_number)) in parts.iter().enumerate() {
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|other| parts.get(other));
        if !is_number && !beside.clone().any(|(other, _)| are_close(folded, range, other)) {
            continue;
        }
        template.push_str(&folded[copied..range.start]);
        template.push(if *is_number { NUMBER_SLOT } else { NAME_SLOT });
        copied = range.end;
    }
    template.push_str(&folded[copied..]);
    template.contains(NUMBER_SLOT).then_some(template)
}

/// Whether only what divides the parts of a date stands between two of them: "may" is no month in "may not".
fn are_close(folded: &str, one: &Range<usize>, other: &Range<usize>) -> bool {
    let between = &folded[one.end.min(other.end)..one.start.max(other.start)];
    between.chars().all(|c| " ,./-".contains(c))
}

/// Whether a text is a template.
pub(super) fn has_slots(template: &str) -> bool {
    template.contains([NUMBER_SLOT, NAME_SLOT])
}

/// Whether a template holds little but a date.
pub(super) fn is_date(template: &str) -> bool {
    let letters = template.chars().filter(|c| c.is_alphabetic()).count();
    template.contains(NAME_SLOT) && letters <= 4
}

/// The pattern of the lines that have a template.
pub(super) fn pattern(template: &str) -> String {
    let mut pattern = String::from("(?i)");
    for part in template.split_inclusive([NUMBER_SLOT, NAME_SLOT]) {
        let text = part.trim_end_matches([NUMBER_SLOT, NAME_SLOT]);
        // Folded text has no character that only spaces out a pattern, so a dash need not be escaped.
        pattern.push_str(&regex::escape(text).replace("\\-", "-"));
        match part.chars().next_back() {
            Some(NUMBER_SLOT) => pattern.push_str(NUMBER),
            Some(NAME_SLOT) => pattern.push_str(NAME),
            _ => {}
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_slots() {
        let same = |one: &str, other: &str| of(one).is_some() && of(one) == of(other);
        assert!(same("12 comments", "1,204 comments"));
        assert!(same("posted friday, march 3 at 9:14 pm", "posted monday, dec 12 at 11:01 pm"));
        assert!(!same("12 comments", "12 readers"));
        assert_eq!(of("march against the pier"), None);
        assert!(same("© 2017 it may not be sold", "© 2018 it may not be sold"));
    }

    #[test]
    fn the_pattern_of_a_template_matches_its_lines() {
        let pattern = Regex::new(&format!("^(?:{})$", pattern(&of("page 1 of 12 (feb 3) - next?").unwrap()))).unwrap();
        assert!(pattern.is_match("Page 3 of 7 (Mar 21) - Next?"));
        assert!(!pattern.is_match("Page three of 7 (Mar 21) - Next?"));
    }

    #[test]
    fn a_date_alone_is_known() {
        assert!(is_date(&of("november 23, 2010").unwrap()));
        assert!(!is_date(&of("updated november 23, 2010").unwrap()));
    }
}
