//! What the page must know of rules and sources, and the text of rule files that corrections are made of.
//!
//! A correction of a bundled rule is a copy of it in a file of one's own, which takes its place; one of a bundled
//! source is a source of one's own that extends it. What stands in one's own files is changed there.

use std::collections::HashMap;

use deboil::rule::named::NamedPatterns;
use deboil::rule::{Kind, PackIdx, Rule};
use deboil::{Pack, RuleIdx, Ruleset, SourceIdx, check};
use serde::Serialize;
use toml_edit::visit_mut::VisitMut;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, KeyMut, Table, Value, value};

use crate::rules::text_of;

/// The key that marks the place of what the page adds to a table; no rule file has it.
const MARK: &str = "corrections";

/// A rule.
#[derive(Serialize)]
pub(super) struct RuleRow<'r> {
    id: &'r str,
    category: &'static str,
    kind: &'static str,
    why: &'r str,
    /// The file that it stands in, and for those of one's own the line.
    origin: String,
    is_bundled: bool,
    /// None if its file is gone, or no copy would do its work.
    copy: Option<RuleCopy>,
}

/// The table of a rule, without what the page may change; of that, each value as it is written.
#[derive(Serialize)]
struct RuleCopy {
    before: String,
    after: String,
    unless: Vec<String>,
    strips: Vec<String>,
    keeps: Vec<String>,
    status: Option<String>,
    /// Whether `keeps` can show what the rule leaves alone.
    is_proven_by_lines: bool,
}

/// A source.
#[derive(Serialize)]
pub(super) struct SourceRow<'r> {
    id: &'r str,
    name: &'r str,
    origin: &'r str,
    is_bundled: bool,
    /// Whether all lines by which its texts are known go when they are cleaned.
    loses_signatures: bool,
    copy: Option<SourceCopy>,
}

/// The table of a source, without what it disables.
#[derive(Serialize)]
struct SourceCopy {
    before: String,
    after: String,
    disable: Vec<String>,
}

/// Reads rule files as they are written.
pub(super) struct Rulebook<'r> {
    rules: &'r Ruleset,
    files: HashMap<PackIdx, Option<DocumentMut>>,
}

impl<'r> Rulebook<'r> {
    pub(super) fn new(rules: &'r Ruleset) -> Self {
        Self { rules, files: HashMap::new() }
    }

    pub(super) fn rule(&mut self, index: RuleIdx) -> RuleRow<'r> {
        let (rule, pack) = (self.rules.rule(index), self.rules.pack_of(index));
        let file = self.file(self.rules.pack_index(index));
        RuleRow {
            id: &rule.id,
            category: rule.category.name(),
            kind: rule.kind.name(),
            why: &rule.why,
            origin: if pack.bundled { pack.file.clone() } else { format!("{}:{}", pack.file, rule.origin.line) },
            is_bundled: pack.bundled,
            copy: file.and_then(|file| rule_copy(file, pack, rule)),
        }
    }

    pub(super) fn source(&mut self, index: SourceIdx) -> SourceRow<'r> {
        let (source, number) = (self.rules.source(index), self.rules.source_pack(index));
        let pack = &self.rules.packs()[number as usize];
        let loses_signatures = check::loses_signatures(self.rules, number);
        SourceRow {
            id: &source.id,
            name: &source.name,
            origin: &pack.file,
            is_bundled: pack.bundled,
            loses_signatures,
            copy: self.file(number).and_then(|file| source_copy(file, pack, &source.id)),
        }
    }

    fn file(&mut self, pack: PackIdx) -> Option<&DocumentMut> {
        let read = || text_of(&self.rules.packs()[pack as usize])?.parse().ok();
        self.files.entry(pack).or_insert_with(read).as_ref()
    }
}

fn rule_copy(file: &DocumentMut, pack: &Pack, rule: &Rule) -> Option<RuleCopy> {
    // Outside the pack of its source it would be refused: it takes the headings of other texts.
    if pack.bundled && matches!(rule.kind, Kind::Headline(_)) {
        return None;
    }
    let kind = rule.kind.name();
    let tables = file.get(kind)?.clone().into_array_of_tables().ok()?;
    let is_it = |table: &Table| table.get("id").and_then(Item::as_str) == Some(&rule.id);
    let mut table = tables.into_iter().find(is_it)?;
    if pack.bundled {
        SpellOut(named_patterns(file)?).visit_table_mut(&mut table);
    }
    let [unless, strips, keeps] = ["unless", "strips", "keeps"].map(|key| take(&mut table, key));
    let status = take(&mut table, "status").pop();
    if pack.bundled {
        carry_over(file, pack, &mut table);
    }
    table.decor_mut().clear();
    table.insert(MARK, value(true));
    let mut tables = ArrayOfTables::new();
    tables.push(table);
    let (before, after) = printed(kind, Item::ArrayOfTables(tables))?;
    let is_proven_by_lines = matches!(rule.kind, Kind::Phrase(_) | Kind::Line(_) | Kind::Regex(_));
    Some(RuleCopy { before, after, unless, strips, keeps, status, is_proven_by_lines })
}

/// The named patterns of a file.
fn named_patterns(file: &DocumentMut) -> Option<NamedPatterns> {
    let mut named = NamedPatterns::default();
    for (name, item) in file.get("patterns").and_then(Item::as_table).into_iter().flatten() {
        let values = values_of(Some(item.clone()));
        let expanded = values.iter().map(|value| Some(named.expand(value.as_str()?).ok()?.text));
        let alternatives = expanded.collect::<Option<Vec<String>>>()?;
        named.insert(name, &alternatives).ok()?;
    }
    Some(named)
}

/// Puts the named patterns of a file into the patterns of a rule.
struct SpellOut(NamedPatterns);

impl VisitMut for SpellOut {
    fn visit_table_like_kv_mut(&mut self, key: KeyMut<'_>, item: &mut Item) {
        let written = item.as_str().filter(|_| key == "pattern");
        match written.and_then(|written| self.0.expand(written).ok().filter(|expanded| expanded.text != written)) {
            Some(expanded) => *item = value(expanded.text),
            None => self.visit_item_mut(item),
        }
    }
}

/// Says in the table of a rule what its file says for all.
fn carry_over(file: &DocumentMut, pack: &Pack, table: &mut Table) {
    if let Some(source) = &pack.source {
        let mut needs: Array = values_of(table.remove("needs")).into_iter().collect();
        needs.push(format!("source:{}", source.id));
        table.insert("needs", value(needs));
    }
    if let Some(langs) = file.get("langs").filter(|_| !table.contains_key("langs")) {
        table.insert("langs", langs.clone());
    }
}

fn source_copy(file: &DocumentMut, pack: &Pack, id: &str) -> Option<SourceCopy> {
    let mut table = file.get("source")?.as_table()?.clone();
    let mut disable = take(&mut table, "disable");
    if pack.bundled {
        // A file of one's own that names the source adds to it.
        table = Table::from_iter([("id", id)]);
        disable.clear();
    }
    table.decor_mut().clear();
    table.insert(MARK, value(true));
    let (before, after) = printed("source", Item::Table(table))?;
    Some(SourceCopy { before, after, disable })
}

/// A table as it is written, up to the mark and from there on.
fn printed(key: &str, item: Item) -> Option<(String, String)> {
    let mut file = DocumentMut::new();
    file.insert(key, item);
    let text = file.to_string();
    let (before, after) = text.split_once(&format!("\n{MARK} = true\n"))?;
    Some((format!("{before}\n"), after.to_owned()))
}

/// Takes a key out of a table; what it holds, each value as it is written.
fn take(table: &mut Table, key: &str) -> Vec<String> {
    values_of(table.remove(key)).into_iter().map(|value| value.to_string()).collect()
}

/// One value, or those of a list, without the space around them.
fn values_of(item: Option<Item>) -> Vec<Value> {
    let values = match item.map(Item::into_value) {
        Some(Ok(Value::Array(array))) => array.into_iter().collect(),
        Some(Ok(value)) => vec![value],
        _ => Vec::new(),
    };
    values.into_iter().map(|value| value.decorated("", "")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"langs = ["en"]
[source]
id = "gazette" # ours
disable = ["gazette.other"]
[[source.signature]]
any = ["The Gazette"]

# A comment.
[[line]]
id = "gazette.other"
category = "ad"
any = ["x"]
why = "y"

[[line]]
id = "gazette.ad"
category = "ad"
any = [
  "Advertisement", # a label
]
unless = ["said", { pattern = 'a "b"' }]
why = "label of an ad slot"
strips = ["Advertisement"]
"#;

    fn rulebook() -> (Ruleset, DocumentMut) {
        let rules = Ruleset::builder().bundled(false).text("gazette.toml", FILE).build().unwrap();
        (rules, FILE.parse().unwrap())
    }

    /// A pack that came with the program, as far as copies ask.
    fn bundled(file: &str) -> Pack {
        let (rules, tests, warnings) = (Vec::new(), Vec::new().into(), Vec::new());
        Pack { bundled: true, file: file.to_owned(), source: None, rules, tests, warnings }
    }

    #[test]
    fn a_rule_is_copied_without_what_the_page_may_change() {
        let (rules, file) = rulebook();
        let index = rules.by_id("gazette.ad").unwrap();
        let copy = rule_copy(&file, rules.pack_of(index), rules.rule(index)).unwrap();
        let text = "[[line]]\nid = \"gazette.ad\"\ncategory = \"ad\"\nany = [\n  \"Advertisement\", # a label\n]\n\
                    why = \"label of an ad slot\"\n";
        assert_eq!((&*copy.before, &*copy.after), (text, ""));
        assert_eq!(copy.unless, ["\"said\"", "{ pattern = 'a \"b\"' }"]);
        assert_eq!((copy.strips, copy.keeps, copy.status), (vec!["\"Advertisement\"".to_owned()], vec![], None));
    }

    #[test]
    fn a_bundled_rule_takes_along_what_its_file_says_for_all() {
        let (rules, file) = rulebook();
        let index = rules.by_id("gazette.ad").unwrap();
        let own = rules.pack_of(index);
        let bundled = bundled(&own.file);
        let copy = rule_copy(&file, &bundled, rules.rule(index)).unwrap();
        assert!(copy.before.ends_with("langs = [\"en\"]\n"), "{}", copy.before);
    }

    #[test]
    fn a_bundled_rule_is_copied_with_its_named_patterns_spelled_out() {
        let named = r#"
[patterns]
z = '\d+'
a = ["(?&z) May", 'June']

[[regex]]
id = "gazette.day"
category = "timestamp"
pattern = '''Printed on (?&a)'''
unless = [{ pattern = 'again on (?&z)' }]
why = "line of the gazette"
"#;
        let rules = Ruleset::builder().bundled(false).text("gazette.toml", named).build().unwrap();
        let bundled = bundled("gazette.toml");
        let rule = rules.rule(rules.by_id("gazette.day").unwrap());
        let copy = rule_copy(&named.parse().unwrap(), &bundled, rule).unwrap();
        assert!(copy.before.contains(r"pattern = 'Printed on (?:(?:\d+) May|June)'"), "{}", copy.before);
        assert_eq!(copy.unless, [r"{ pattern = 'again on (?:\d+)' }"]);
    }

    #[test]
    fn a_source_keeps_what_it_is_known_by() {
        let (rules, file) = rulebook();
        let index = rules.by_id("gazette.ad").unwrap();
        let copy = source_copy(&file, rules.pack_of(index), "gazette").unwrap();
        assert_eq!(copy.before, "[source]\nid = \"gazette\" # ours\n");
        assert_eq!(copy.after, "[[source.signature]]\nany = [\"The Gazette\"]\n");
        assert_eq!(copy.disable, ["\"gazette.other\""]);
    }
}
