//! Writes the page: a template with styles, scripts and data in it, so that it is one file that needs no other.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use deboil::batch::Report;
use deboil::text::output::Draft;
use deboil::{Category, RuleIdx, Ruleset, SourceIdx};
use minijinja::{Environment, Value, context};
use serde::Serialize;
use serde_json::value::RawValue;

use super::document::PackedRow;
use super::rulebook::{RuleRow, Rulebook, SourceRow};
use crate::args::ReviewArgs;
use crate::status::Stop;

const TEMPLATE: &str = include_str!("page/review.html");
const STYLE: &str = include_str!("page/review.css");

/// What the page runs, in this order.
const SCRIPTS: [&str; 10] = [
    include_str!("page/elements.js"),
    include_str!("page/model.js"),
    include_str!("page/corrections.js"),
    include_str!("page/selection.js"),
    include_str!("page/overview.js"),
    include_str!("page/reader.js"),
    include_str!("page/card.js"),
    include_str!("page/documents.js"),
    include_str!("page/panel.js"),
    include_str!("page/main.js"),
];

/// By how many degrees the hues of neighbours in the list of categories differ; all of them are different then.
const HUE_STEP: usize = 126;

/// A page in the making; it appears in its place when it is finished.
pub(super) struct Page {
    draft: Draft,
    path: PathBuf,
}

/// What the page's scripts read.
#[derive(Serialize)]
struct Data<'a> {
    version: &'static str,
    title: &'a str,
    totals: Totals,
    categories: Vec<CategoryRow>,
    rules: BTreeMap<RuleIdx, RuleRow<'a>>,
    sources: BTreeMap<SourceIdx, SourceRow<'a>>,
    failures: Vec<String>,
    documents: Vec<Box<RawValue>>,
}

#[derive(Serialize)]
struct Totals {
    documents: u64,
    changed: u64,
    left_alone: u64,
    failed: u64,
    bytes_in: u64,
    bytes_out: u64,
}

#[derive(Serialize)]
struct CategoryRow {
    name: &'static str,
    meaning: &'static str,
    hue: usize,
}

impl Page {
    /// Starts a page, before the work, as one that cannot be written is better known at once.
    pub(super) fn begin(path: &Path) -> Result<Self, Stop> {
        let draft = Draft::new(path).map_err(|error| cannot_write(path, &error))?;
        Ok(Self { draft, path: path.to_owned() })
    }

    /// Writes all of it and puts it in its place.
    pub(super) fn finish(
        self,
        args: &ReviewArgs,
        rules: &Ruleset,
        report: &Report,
        rows: Vec<PackedRow>,
    ) -> Result<(), Stop> {
        let title = title(args);
        let data = data(rules, report, &title, rows);
        let Self { mut draft, path } = self;
        let written = draft.write_all(render(&data).as_bytes());
        written.and_then(|()| draft.finish()).map_err(|error| cannot_write(&path, &error))
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Stop {
    Stop::new(format!("cannot write the page `{}`: {error}", path.display()), "")
}

/// What the page is of.
fn title(args: &ReviewArgs) -> String {
    let named = || args.inputs.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    match (&args.input.files.file_list, args.inputs.as_slice()) {
        (Some(list), _) => list.display().to_string(),
        (None, []) => "standard input".to_owned(),
        (None, [dash]) if dash == Path::new("-") => "standard input".to_owned(),
        _ => named(),
    }
}

fn data<'a>(rules: &'a Ruleset, report: &Report, title: &'a str, rows: Vec<PackedRow>) -> Data<'a> {
    let mut rulebook = Rulebook::new(rules);
    let used: BTreeSet<RuleIdx> = rows.iter().flat_map(|row| &row.rules).copied().collect();
    let known: BTreeSet<SourceIdx> = rows.iter().flat_map(|row| &row.sources).copied().collect();
    let mut failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    if report.unnamed_failures > 0 {
        failures.push(format!("and {} more", report.unnamed_failures));
    }
    Data {
        version: env!("CARGO_PKG_VERSION"),
        title,
        totals: Totals {
            documents: report.documents,
            changed: report.changed,
            left_alone: report.left_alone(),
            failed: report.failed(),
            bytes_in: report.bytes_in,
            bytes_out: report.bytes_out,
        },
        categories: categories(),
        rules: used.into_iter().map(|rule| (rule, rulebook.rule(rule))).collect(),
        sources: known.into_iter().map(|source| (source, rulebook.source(source))).collect(),
        failures,
        documents: rows.into_iter().map(|row| RawValue::from_string(row.json).expect("it is JSON")).collect(),
    }
}

fn categories() -> Vec<CategoryRow> {
    let row = |(at, category): (usize, &Category)| CategoryRow {
        name: category.name(),
        meaning: category.meaning(),
        hue: at * HUE_STEP % 360,
    };
    Category::ALL.iter().enumerate().map(row).collect()
}

fn render(data: &Data<'_>) -> String {
    let mut templates = Environment::new();
    templates.add_template("review.html", TEMPLATE).expect("the template is constant, and a test uses it");
    let page = templates.get_template("review.html").expect("it was just added");
    let category = |row: &CategoryRow| context! { name => row.name, hue => row.hue };
    let json = serde_json::to_string(data).expect("data has only string keys");
    let context = context! {
        title => data.title,
        categories => data.categories.iter().map(category).collect::<Value>(),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPTS.concat()),
        data => Value::from_safe_string(in_script(&json)),
    };
    page.render(context).expect("the template names what it is given")
}

/// JSON as it may stand in a script of HTML: nothing in it can end the script, or a line of it.
fn in_script(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => safe.push_str("\\u003c"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            _ => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_category_has_a_hue_of_its_own() {
        let hues: BTreeSet<usize> = categories().iter().map(|row| row.hue).collect();
        assert_eq!(hues.len(), Category::ALL.len());
    }

    #[test]
    fn no_text_ends_the_script_that_holds_it() {
        let text = "</script><!--\u{2028}\u{2029}é";
        let json = in_script(&serde_json::to_string(text).unwrap());
        assert!(!json.contains(['<', '\u{2028}', '\u{2029}']), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
