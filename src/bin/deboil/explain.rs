//! `deboil explain`: each line of a document, what matched in it, what went, and why.

mod json;
mod lines;
mod text;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use deboil::batch::lookup::{self, Found, FoundRecord};
use deboil::batch::{Cause, Failure, Input, Name, RecordOptions, Stream};
use deboil::clean::sources::By;
use deboil::text::sniff::{Content, sniff};
use deboil::{Document, Explanation, Outcome, Ruleset, explain};

use crate::args::{ExplainArgs, Format};
use crate::paint::Paint;
use crate::setup;
use crate::status::{Status, Stop};
use lines::{Line, lines};

/// A document with all that was found in it.
struct View<'a> {
    rules: &'a Ruleset,
    name: PathBuf,
    document: &'a Document<'a>,
    explanation: Explanation,
    lines: Vec<Line>,
}

/// Explains a file, or standard input.
pub(crate) fn run(args: &ExplainArgs) -> Result<Status, Stop> {
    let rules = setup::load(&args.rules)?;
    setup::check_source(rules, &args.origin)?;
    let is_stdin = args.file == Path::new("-");
    if args.stdin_filename.is_some() && !is_stdin {
        return Err(setup::stdin_filename_without_stdin());
    }
    let path = if is_stdin { args.stdin_filename.as_deref() } else { Some(args.file.as_path()) };
    let found = find(args, path)?;
    check_content(args, &found.text)?;
    let origin = &args.origin;
    let document = Document {
        text: &found.text,
        path,
        url: found.url.as_deref().or(origin.url.as_deref()),
        source: origin.source.as_deref(),
        lang: found.lang.as_deref().or(origin.lang.as_deref()),
    };
    let mut explanation = explain(rules, &document, &setup::options(&args.what, &args.rules)?);
    explanation.forget_repetitions();
    let lines = lines(&found.text, &explanation);
    print(args, &View { rules, name: found.name.place(), document: &document, explanation, lines })?;
    Ok(Status::Fine)
}

/// Reads the document: the input, or one of its records.
fn find(args: &ExplainArgs, path: Option<&Path>) -> Result<FoundRecord, Stop> {
    let path = path.unwrap_or(Path::new("-"));
    let place = |line: Option<u64>| Name { path: path.into(), line, id: None }.place().display().to_string();
    let failed = |cause: Cause| {
        let line = args.record.filter(|_| matches!(cause, Cause::Record(_)));
        Stop::new(format!("{}: {}", place(line), Failure::new(path, cause).reason()), "")
    };
    let input = if args.file == Path::new("-") {
        Input::Stream { path: args.stdin_filename.clone(), stream: Stream(Box::new(io::stdin())) }
    } else {
        Input::File(args.file.clone())
    };
    let options = RecordOptions { format: args.input_format, fields: args.fields.names(), ..Default::default() };
    match lookup::find(input, &options, args.record).map_err(failed)? {
        Found::Text(text) if args.record.is_none() => {
            Ok(FoundRecord { name: path.into(), text, url: None, lang: None })
        }
        Found::Text(_) => {
            Err(Stop::new(format!("{}: it is a text, which has no records", place(None)), "leave out --record"))
        }
        Found::Record(_, Some(record)) => Ok(record),
        Found::Record(format, None) => Err(match args.record {
            Some(_) => Stop::new(format!("{}: no record with a text is there", place(args.record)), ""),
            None => Stop::new(
                format!("{}: it holds records ({format})", place(None)),
                "say which one by its line, or its row in a table, as reports name it: --record LINE",
            ),
        }),
    }
}

fn check_content(args: &ExplainArgs, bytes: &[u8]) -> Result<(), Stop> {
    let (what, cure) = match sniff(bytes) {
        Content::Wide(wide) => {
            (format!("it is {wide}, not UTF-8"), format!("convert it first: iconv -f {wide} -t UTF-8"))
        }
        Content::Binary if !args.force => {
            ("it is a binary file, not a text".into(), "--force explains it anyway".into())
        }
        Content::Html if !args.force => {
            ("it is a page of HTML".into(), "extract its text first, or use --force".into())
        }
        Content::Json if !args.force => (
            "it is JSON, not a text".into(),
            "explain JSON Lines with --input-format jsonl, make lines of a list with jq -c '.[]', or use --force"
                .into(),
        ),
        _ => return Ok(()),
    };
    Err(Stop::new(format!("{}: {what}", args.file.display()), cure))
}

fn print(args: &ExplainArgs, view: &View<'_>) -> Result<(), Stop> {
    let mut out = Vec::new();
    match args.format {
        Format::Text => text::write(&mut out, view, args.show, Paint::stdout())?,
        Format::Json => json::write(&mut out, view, args.show),
    }
    Ok(io::stdout().lock().write_all(&out)?)
}

impl View<'_> {
    fn name(&self) -> &Path {
        &self.name
    }

    fn rule_id(&self, rule: deboil::RuleIdx) -> &str {
        &self.rules.rule(rule).id
    }

    fn rule_ids(&self, rules: &[deboil::RuleIdx]) -> Vec<&str> {
        rules.iter().map(|&rule| self.rule_id(rule)).collect()
    }

    /// The number of the line, from 0, that a byte stands in.
    fn line_of(&self, byte: usize) -> usize {
        self.lines.partition_point(|line| line.full.start <= byte).saturating_sub(1)
    }

    /// How a source is known, in a phrase.
    fn how(&self, by: By) -> String {
        match by {
            By::Name => "--source".to_owned(),
            By::Url => "--url".to_owned(),
            By::Path => "its path".to_owned(),
            By::Signature(line) => format!("the signature in line {line}"),
            By::Extends(source) => format!("`{}`, which extends it", self.rules.source(source).id),
        }
    }

    /// What became of the document, in a phrase.
    fn outcome(&self) -> String {
        match &self.explanation.outcome {
            Outcome::Unchanged => "unchanged".to_owned(),
            Outcome::Cleaned => "cleaned".to_owned(),
            Outcome::Left(left) => format!("left alone: {left}"),
        }
    }
}
