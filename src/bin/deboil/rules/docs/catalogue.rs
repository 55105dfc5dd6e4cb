//! What the pages of the catalogue say.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use deboil::bundled::PACKS;
use deboil::rule::{Confidence, Mode, Role, Source, Status};
use deboil::{Category, Pack, Rule, Ruleset};

use super::markdown::{anchor, code, escaped};

/// Languages of bundled packs, by their tags.
const LANGUAGES: &[(&str, &str)] = &[
    ("de", "German"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fr", "French"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("zh", "Chinese"),
];

const INTRODUCTION: &str = "\
# The bundled rules

What deboil deletes without any rules of your own. `deboil rules docs -o docs/rules` writes these pages from the rule
files under [`rules/`](../../rules); the [rule manual](../../rules/README.md) says what the kinds do. `deboil rules show
ID` shows a rule with all of its examples.
";

/// A page of the catalogue.
pub(super) struct Page {
    /// The name of its file.
    pub(super) name: String,
    pub(super) text: String,
}

/// Packs that share a page.
struct Group<'r> {
    /// The name of its file, without its ending.
    name: String,
    title: String,
    packs: Vec<&'r Pack>,
}

/// All pages: one for each group of packs, and before them one that leads there.
pub(super) fn pages(rules: &Ruleset) -> Vec<Page> {
    let groups = groups(rules);
    let index = Page { name: "README.md".to_owned(), text: index(&groups) };
    let page = |group: &Group| Page { name: group.file(), text: group.text() };
    std::iter::once(index).chain(groups.iter().map(page)).collect()
}

/// Generic packs by category, publishers by language, and the others by what they are.
fn groups(rules: &Ruleset) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(usize, String), Group> = BTreeMap::new();
    for pack in rules.packs() {
        let (rank, name, title) = group_of(pack);
        let group = groups.entry((rank, name.clone())).or_insert_with(|| Group { name, title, packs: Vec::new() });
        group.packs.push(pack);
    }
    groups.into_values().collect()
}

/// The place of a pack's group among all, its name, and its title.
fn group_of(pack: &Pack) -> (usize, String, String) {
    let Some(source) = &pack.source else {
        let name = category_of(pack).map_or("other", Category::name);
        return (0, format!("generic-{name}"), format!("All texts: {name}"));
    };
    let lang = language(pack);
    match source.role {
        Role::Publisher => (1, format!("publishers-{}", lang.0), format!("Publishers: {}", lang.1)),
        Role::Agency => (2, "agencies".to_owned(), "News agencies".to_owned()),
        Role::Platform => (3, "platforms".to_owned(), "Software of sites".to_owned()),
        Role::Archive => (4, "archives".to_owned(), "Archives of pages".to_owned()),
    }
}

/// The category of a generic pack, by the name of its file.
fn category_of(pack: &Pack) -> Option<Category> {
    file_name(pack).split('.').next()?.parse().ok()
}

fn file_name(pack: &Pack) -> &str {
    pack.file.rsplit('/').next().unwrap_or(&pack.file)
}

/// The language that the rules of a pack are for, its tag and its name.
fn language(pack: &Pack) -> (&str, &str) {
    let mut tags = pack.rules.iter().map(|rule| rule.langs.as_slice());
    let first = tags.next().unwrap_or_default();
    match first {
        [tag] if tags.all(|other| other == first) => {
            let known = LANGUAGES.iter().find(|(known, _)| known == tag);
            known.copied().unwrap_or((tag.as_str(), tag.as_str()))
        }
        _ => ("several", "several languages"),
    }
}

fn rules_of(packs: &[&Pack]) -> usize {
    packs.iter().map(|pack| pack.rules.len()).sum()
}

/// The page that leads to the others.
fn index(groups: &[Group]) -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n| page | packs | rules |\n| --- | --: | --: |\n");
    for group in groups {
        let row =
            format!("| [{}]({}) | {} | {} |", group.title, group.file(), group.packs.len(), rules_of(&group.packs));
        text.push_str(&(row + "\n"));
    }
    let all: usize = groups.iter().map(|group| rules_of(&group.packs)).sum();
    let packs: usize = groups.iter().map(|group| group.packs.len()).sum();
    writeln!(text, "| all | {packs} | {all} |").expect("a string takes all");
    text.push_str("\n## Sources\n\nA source is known by its address, its path or marks in the text.\n\n");
    text.push_str("| source | name | hosts | rules |\n| --- | --- | --- | --: |\n");
    for (group, pack, source) in sources(groups) {
        let link = format!("[`{}`]({}#{})", source.id, group.file(), anchor(&heading(pack)));
        let hosts = source.hosts.join(", ");
        let row = format!("| {link} | {} | {hosts} | {} |", escaped(&source.name), pack.rules.len());
        text.push_str(&(row + "\n"));
    }
    text
}

/// All sources in the order of their ids.
fn sources<'g, 'r>(groups: &'g [Group<'r>]) -> Vec<(&'g Group<'r>, &'r Pack, &'r Source)> {
    let with_source =
        |group: &'g Group<'r>| group.packs.iter().filter_map(move |&pack| Some((group, pack, pack.source.as_deref()?)));
    let mut sources: Vec<_> = groups.iter().flat_map(with_source).collect();
    sources.sort_by_key(|(_, _, source)| &source.id);
    sources
}

impl Group<'_> {
    fn file(&self) -> String {
        format!("{}.md", self.name)
    }

    fn text(&self) -> String {
        let mut text = format!("# {}\n", self.title);
        if let Some(category) =
            self.packs.first().filter(|pack| pack.source.is_none()).and_then(|pack| category_of(pack))
        {
            let meaning = category.meaning();
            write!(text, "\nThese rules run on every text, whoever published it: {meaning}.\n")
                .expect("a string takes all");
        }
        text.push_str("\n[All pages](README.md)\n");
        self.packs.iter().for_each(|pack| text.push_str(&section(pack)));
        text
    }
}

/// The heading of a pack: its source's name, or its language.
fn heading(pack: &Pack) -> String {
    match &pack.source {
        Some(source) => source.name.clone(),
        None if file_name(pack).split('.').count() > 2 => language(pack).1.to_owned(),
        None => "All languages".to_owned(),
    }
}

/// A pack: what it is, and a row for each of its rules.
fn section(pack: &Pack) -> String {
    let file = format!("[`{0}`](../../rules/{0})", pack.file);
    let mut text = format!("\n## {}\n\n", escaped(&heading(pack)));
    match &pack.source {
        Some(source) => text.push_str(&format!("{}; {file}\n", known_by(source))),
        None => text.push_str(&format!("{file}\n")),
    }
    let remark = remark(pack);
    if !remark.is_empty() {
        text.push_str(&format!("\n{}\n", escaped(&remark)));
    }
    text.push_str("\n| rule | deletes | why | such as |\n| --- | --- | --- | --- |\n");
    pack.rules.iter().for_each(|rule| text.push_str(&row(rule)));
    text
}

fn known_by(source: &Source) -> String {
    let hosts = source.hosts.iter().map(|host| format!("`{host}`")).collect::<Vec<_>>().join(", ");
    let id = &source.id;
    if hosts.is_empty() { format!("Source `{id}`") } else { format!("Source `{id}`: {hosts}") }
}

/// What stands at the top of a rule file about all of it.
fn remark(pack: &Pack) -> String {
    let text = PACKS.iter().find(|(file, _)| *file == pack.file).map_or("", |(_, text)| text);
    let lines = text.lines().map_while(|line| line.strip_prefix('#'));
    lines.map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
}

fn row(rule: &Rule) -> String {
    let what = format!("{} by `{}`{}", rule.category, rule.kind.name(), condition(rule));
    let example = rule.strips.first().map(|example| code(&example.text)).unwrap_or_default();
    format!("| `{}` | {what} | {} | {example} |\n", rule.id, escaped(&rule.why))
}

/// What must be asked for so that the rule runs.
fn condition(rule: &Rule) -> String {
    let asked = [
        (rule.modes == [Mode::FullPage], "`--full-page`"),
        (rule.status == Status::Preview, "`--preview`"),
        (rule.confidence == Confidence::Low, "`--aggressive`"),
    ];
    let asked: Vec<&str> = asked.iter().filter(|(is_asked, _)| *is_asked).map(|(_, flag)| *flag).collect();
    if asked.is_empty() { String::new() } else { format!(", with {}", asked.join(", ")) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_is_on_one_page_and_every_link_leads_to_one_heading() {
        let rules = Ruleset::bundled();
        let pages = pages(&rules);
        for (_, rule) in rules.rules() {
            let row = format!("\n| `{}` |", rule.id);
            assert_eq!(pages.iter().map(|page| page.text.matches(&row).count()).sum::<usize>(), 1, "{}", rule.id);
        }
        for group in groups(&rules) {
            let headings: BTreeSet<String> = group.packs.iter().map(|pack| anchor(&heading(pack))).collect();
            assert_eq!(headings.len(), group.packs.len(), "{}: two packs have one heading", group.name);
        }
    }
}
