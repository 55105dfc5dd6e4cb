//! The explanation for people.

use std::io::{self, Write};

use bstr::{BStr, ByteSlice};
use deboil::{Finding, Removal, Step, Verdict};

use super::View;
use super::lines::{Fate, Line};
use crate::args::Show;
use crate::paint::{Paint, count};

/// How many characters of a text in a line are quoted.
const QUOTED: usize = 60;

pub(super) fn write(out: &mut Vec<u8>, view: &View<'_>, show: Show, paint: Paint) -> io::Result<()> {
    let printer = Printer { view, paint };
    match show {
        Show::Lines => printer.write_lines(out),
        Show::Matches => printer.write_matches(out),
        Show::Removals => printer.write_removals(out),
    }
}

struct Printer<'a> {
    view: &'a View<'a>,
    paint: Paint,
}

impl Printer<'_> {
    fn write_lines(&self, out: &mut Vec<u8>) -> io::Result<()> {
        self.write_head(out)?;
        let width = self.view.lines.len().to_string().len();
        for (number, line) in self.view.lines.iter().enumerate() {
            self.write_line(out, number, line, width)?;
            for &found in &line.matches {
                self.write_note(out, &self.view.explanation.matches[found], width)?;
            }
        }
        Ok(())
    }

    fn write_head(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let view = self.view;
        let gone: usize = view.explanation.removals.iter().map(|removal| removal.span.len()).sum();
        let (lines, bytes) = (count(view.lines.len() as u64, "line"), count(gone as u64, "byte"));
        let removals = count(view.explanation.removals.len() as u64, "removal");
        let name = self.paint.name(view.name().display());
        writeln!(out, "{name}: {}; {lines}, {removals} of {bytes}", view.outcome())?;
        for recognised in &view.explanation.sources {
            let id = &view.rules.source(recognised.source).id;
            writeln!(out, "source {} by {}", self.paint.name(id), view.how(recognised.by))?;
        }
        out.push(b'\n');
        Ok(())
    }

    fn write_line(&self, out: &mut Vec<u8>, number: usize, line: &Line, width: usize) -> io::Result<()> {
        let content = line.content.of(self.view.document.text);
        write!(out, "{} ", self.paint.place(format!("{:>width$}", number + 1)))?;
        match line.fate {
            Fate::Kept => out.extend([b"  ", content].concat()),
            Fate::Changed => self.paint.note([b"~ ", content].concat()).write_to(out)?,
            Fate::Removed => self.paint.removed([b"- ", content].concat()).write_to(out)?,
        }
        // Else the notes below the line name the rules.
        if line.fate != Fate::Kept && line.matches.is_empty() {
            write!(out, "{}", self.paint.faint(format!("  [{}]", self.rules_of(line).join(", "))))?;
        }
        out.push(b'\n');
        Ok(())
    }

    fn rules_of(&self, line: &Line) -> Vec<&str> {
        let mut ids: Vec<_> =
            line.removals.iter().flat_map(|&gone| self.who(&self.view.explanation.removals[gone])).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Who deletes it; white space away from removals goes by the user's wish, not by a rule.
    fn who(&self, removal: &Removal) -> Vec<&str> {
        if removal.rules.is_empty() { vec!["--tidy"] } else { self.view.rule_ids(&removal.rules) }
    }

    fn write_note(&self, out: &mut Vec<u8>, found: &Finding, width: usize) -> io::Result<()> {
        let rule = self.view.rules.rule(found.rule);
        let what = match self.where_in_lines(found) {
            Some(lines) => format!(" {lines}"),
            None => String::new(),
        };
        let how = format!("({}, {})", rule.category, step(found));
        let indent = " ".repeat(width + 5);
        writeln!(out, "{indent}{}{what} by {} {how}: {}", self.verdict(found), self.paint.name(&rule.id), rule.why)
    }

    fn verdict(&self, found: &Finding) -> String {
        match found.verdict {
            Verdict::Removed => self.paint.removed("removed").to_string(),
            Verdict::Kept(reason) => format!("{} ({reason}), matched", self.paint.added("kept")),
        }
    }

    /// What of the lines it takes, unless it is just one line.
    fn where_in_lines(&self, found: &Finding) -> Option<String> {
        let (first, last) = self.lines_of(found);
        let line = &self.view.lines[first];
        if first != last {
            return Some(format!("through line {}", last + 1));
        }
        let is_all = found.span.of(self.view.document.text).trim() == line.content.of(self.view.document.text).trim();
        (!is_all).then(|| self.quoted(found))
    }

    fn lines_of(&self, found: &Finding) -> (usize, usize) {
        let last = found.span.end.saturating_sub(1).max(found.span.start);
        (self.view.line_of(found.span.start), self.view.line_of(last))
    }

    fn quoted(&self, found: &Finding) -> String {
        quote(found.span.of(self.view.document.text))
    }

    /// A line each: where, what came of it, the rule, the category, when, the text.
    fn write_matches(&self, out: &mut Vec<u8>) -> io::Result<()> {
        for found in &self.view.explanation.matches {
            let line = self.view.line_of(found.span.start);
            let before = &self.view.document.text[self.view.lines[line].full.start..found.span.start];
            let place = format!("{}:{}:{}", self.view.name().display(), line + 1, before.chars().count() + 1);
            let rule = self.view.rules.rule(found.rule);
            let what = match found.verdict {
                Verdict::Removed => self.paint.removed("removed").to_string(),
                Verdict::Kept(reason) => format!("{} ({reason})", self.paint.added("kept")),
            };
            let (place, id) = (self.paint.place(place), self.paint.name(&rule.id));
            writeln!(out, "{place}: {what} {id} ({}, {}) {}", rule.category, step(found), self.quoted(found))?;
        }
        Ok(())
    }

    /// A line each: where, how much, the rules, the text.
    fn write_removals(&self, out: &mut Vec<u8>) -> io::Result<()> {
        for removal in &self.view.explanation.removals {
            let first = self.view.line_of(removal.span.start) + 1;
            let last = self.view.line_of(removal.span.end - 1) + 1;
            let lines = if first == last { first.to_string() } else { format!("{first}-{last}") };
            let place = self.paint.place(format!("{}:{lines}", self.view.name().display()));
            let bytes = count(removal.span.len() as u64, "byte");
            let who = self.who(removal).join(", ");
            let text = quote(removal.span.of(self.view.document.text));
            writeln!(out, "{place}: {bytes} by {} {text}", self.paint.name(who))?;
        }
        Ok(())
    }
}

fn step(found: &Finding) -> String {
    let step = match found.step {
        Step::Certain => "certain",
        Step::Context => "by its neighbourhood",
    };
    format!("{step}, pass {}", found.pass)
}

/// The start of a text, in one line.
fn quote(text: &[u8]) -> String {
    let text = BStr::new(text).to_string();
    let mut line: String = text
        .chars()
        .take(QUOTED)
        .flat_map(|char| match char {
            '"' | '\'' => vec![char],
            _ => char.escape_debug().collect(),
        })
        .collect();
    if text.chars().nth(QUOTED).is_some() {
        line.push('…');
    }
    format!("\"{line}\"")
}
