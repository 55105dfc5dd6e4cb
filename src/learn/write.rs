//! Puts proposals into a rule file for a person to read.

use std::fmt::Write;

use crate::prove;
use crate::rule::set::Ruleset;
use crate::rule::{Confidence, Mode};

use super::proposal::{Form, Item, Marker, Proposal};

/// Whose texts the rules are for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'a> {
    /// The source's id.
    pub id: &'a str,
    /// Its host names.
    pub hosts: &'a [&'a str],
    /// Globs of the paths of its texts, if these tell it best.
    pub paths: &'a [&'a str],
    /// Whether its texts may be of other sources, too, as those of an archive are.
    pub is_archive: bool,
    /// How many texts the rules were learnt from.
    pub texts: u64,
}

/// The text of a rule file. Rules that do not do what their own evidence says are left out.
pub fn write(origin: &Origin, proposals: &[Proposal]) -> String {
    let mut text = format!(
        "# Learnt by `deboil learn` from {} texts. Read each rule: the notes say in how many of them a line stands,\n\
         # where, and in which. Delete what is no junk; `deboil rules check` tells what is wrong with the rest.\n\n\
         schema = 1\n\n[source]\nid = {}\n",
        origin.texts,
        quoted(origin.id)
    );
    if !origin.hosts.is_empty() {
        let _ = writeln!(text, "hosts = {}", list(origin.hosts.iter().copied()));
    }
    if !origin.paths.is_empty() {
        let _ = writeln!(text, "paths = {}", list(origin.paths.iter().copied()));
    }
    if origin.is_archive {
        text.push_str("role = \"archive\"\n");
    }
    for proposal in proven(origin, proposals) {
        text.push('\n');
        text.push_str(&rule(origin.id, &proposal));
    }
    text
}

/// The rules alone, to be added at the end of a file in which some ids are taken.
pub fn appended(origin: &Origin, proposals: &[Proposal], is_taken: impl Fn(&str) -> bool) -> String {
    let free = |name: &str| {
        let names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}-{number}")));
        names.into_iter().find(|name| !is_taken(&format!("{}.{name}", origin.id))).expect("there is no last number")
    };
    let mut text = String::new();
    for mut proposal in proven(origin, proposals) {
        proposal.name = free(&proposal.name);
        text.push('\n');
        text.push_str(&rule(origin.id, &proposal));
    }
    text
}

/// The proposals whose rules load and prove themselves; of those that do not, the halves that do.
fn proven(origin: &Origin, proposals: &[Proposal]) -> Vec<Proposal> {
    proposals.iter().flat_map(|proposal| halves_that_hold(origin, proposal)).collect()
}

fn halves_that_hold(origin: &Origin, proposal: &Proposal) -> Vec<Proposal> {
    if holds(origin, proposal) {
        return vec![proposal.clone()];
    }
    let Some((first, second)) = proposal.form.halves() else { return Vec::new() };
    let half = |form: Form, suffix: &str| {
        let is_of_it = |strip: &&String| form.items().iter().any(|item| strip.contains(&item.text));
        let strips = proposal.strips.iter().filter(is_of_it).cloned().collect();
        let name = format!("{}{suffix}", proposal.name);
        halves_that_hold(origin, &Proposal { name, form, strips, ..proposal.clone() })
    };
    [half(first, "-a"), half(second, "-b")].concat()
}

/// Whether a rule loads and does what its evidence says.
fn holds(origin: &Origin, proposal: &Proposal) -> bool {
    let text = format!("schema = 1\n[source]\nid = {}\n{}", quoted(origin.id), rule(origin.id, proposal));
    let rules = Ruleset::builder().bundled(false).text("learnt", &text).build();
    rules.is_ok_and(|rules| prove::own_packs(&rules).is_ok())
}

fn rule(source: &str, proposal: &Proposal) -> String {
    let mut text = String::new();
    let kind = match &proposal.form {
        Form::Lines(_) | Form::Starts(_) | Form::HeadlinesInside(_) | Form::HeadlinesBelow(_) => "line",
        Form::Phrases(_) | Form::TitleEnds(_) => "phrase",
        Form::Pattern(_) => "regex",
        Form::Cut(_) => "cut",
        Form::Article { .. } => "article",
    };
    let _ = writeln!(text, "[[{kind}]]");
    let _ = writeln!(text, "id = {}", quoted(&format!("{source}.{}", proposal.name)));
    let _ = writeln!(text, "category = {}", quoted(proposal.category.name()));
    if proposal.confidence == Confidence::Low {
        text.push_str("confidence = \"low\"\n");
    }
    if proposal.mode == Mode::FullPage {
        text.push_str("modes = [\"full-page\"]\n");
    }
    text.push_str(&form(proposal));
    let _ = writeln!(text, "why = {}", quoted(&proposal.why));
    if !proposal.strips.is_empty() {
        let _ = writeln!(text, "strips = {}", list(proposal.strips.iter().map(String::as_str)));
        let _ = writeln!(text, "keeps = {}", list(proposal.keeps.iter().map(String::as_str)));
    }
    text
}

fn form(proposal: &Proposal) -> String {
    match &proposal.form {
        Form::Lines(items) => items_of("any", items),
        Form::Starts(items) => format!("match = \"starts\"\nmax_words = 25\n{}", items_of("any", items)),
        Form::HeadlinesInside(items) => format!("where = \"body\"\n{}", items_of("any", items)),
        Form::HeadlinesBelow(items) => format!("where = \"tail\"\n{}", items_of("any", items)),
        Form::TitleEnds(items) => format!("where = \"head\"\n{}", items_of("any", items)),
        Form::Phrases(items) => items_of("any", items),
        Form::Cut(items) => format!("{}max_fraction = 0.3\n", items_of("marker", items)),
        Form::Pattern(item) => format!("{}\npattern = {}\n", note(item), quoted(&item.text)),
        Form::Article { after, before, title } => {
            let mut text = String::from(if *title { "title = true\n" } else { "" });
            [("after", after), ("before", before)].into_iter().filter(|(_, markers)| !markers.is_empty()).for_each(
                |(key, markers)| {
                    let _ = write!(text, "{key} = [\n{}]\n", markers.iter().map(marker).collect::<String>());
                },
            );
            text
        }
    }
}

fn items_of(key: &str, items: &[Item]) -> String {
    let lines: String = items.iter().map(|item| format!("  {},  {}\n", quoted(&item.text), note(item))).collect();
    format!("{key} = [\n{lines}]\n")
}

fn marker(marker: &Marker) -> String {
    let item = &marker.item;
    let text = if marker.is_pattern { format!("{{ pattern = {} }}", quoted(&item.text)) } else { quoted(&item.text) };
    format!("  {text},  {}\n", note(item))
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", texts.map(quoted).collect::<Vec<_>>().join(", "))
}

/// A text as a string of TOML, in the quotes in which the least of it is escaped.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// What stands behind the text of a rule; the names of files must not leave the line.
fn note(item: &Item) -> String {
    let in_line = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    format!("# {}", item.evidence.chars().map(in_line).collect::<String>())
}
