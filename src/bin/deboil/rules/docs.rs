//! `deboil rules docs`: the catalogue of the bundled rules.

mod catalogue;
mod markdown;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use deboil::Ruleset;
use deboil::text::output::Writer;

use crate::paint::{Paint, count};
use crate::status::{Status, Stop};

use super::args::RulesDocsArgs;
use catalogue::Page;

/// Writes the pages, or compares them with those that are there.
pub(crate) fn run(args: &RulesDocsArgs) -> Result<Status, Stop> {
    let rules = Ruleset::bundled();
    let pages = catalogue::pages(&rules);
    if args.check {
        return check(&args.output, &pages);
    }
    let writer = Writer::default();
    for page in &pages {
        let path = args.output.join(&page.name);
        let failed = |error| Stop::new(format!("cannot write `{}`: {error}", path.display()), "name another directory");
        writer.write(&path, [page.text.as_bytes()]).map_err(failed)?;
    }
    // Without a standard error there is nobody to tell.
    let _ = writeln!(io::stderr(), "wrote {} to {}", count(pages.len() as u64, "page"), args.output.display());
    Ok(Status::Fine)
}

fn check(directory: &Path, pages: &[Page]) -> Result<Status, Stop> {
    let mut wrong = Vec::new();
    for page in pages {
        let path = directory.join(&page.name);
        match fs::read_to_string(&path) {
            Ok(text) if text == page.text => {}
            Ok(_) => wrong.push(format!("{}: it is not up to date", path.display())),
            Err(error) => wrong.push(format!("{}: cannot read it: {error}", path.display())),
        }
    }
    wrong.extend(left_over(directory, pages));
    let mut out = io::stdout().lock();
    let paint = Paint::stdout();
    wrong.iter().try_for_each(|what| writeln!(out, "{}: {what}", paint.bad("error")))?;
    if wrong.is_empty() {
        return Ok(Status::Fine);
    }
    // Without a standard error there is nobody to tell.
    let _ = writeln!(io::stderr(), "`deboil rules docs -o {}` writes them anew", directory.display());
    Ok(Status::Findings)
}

/// Pages that the catalogue has no more.
fn left_over(directory: &Path, pages: &[Page]) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_page = |name: &String| name.ends_with(".md") && pages.iter().all(|page| page.name != *name);
    let mut left: Vec<String> = names.filter(is_page).collect();
    left.sort();
    left.iter().map(|name| format!("{}: it is of no use any more; delete it", directory.join(name).display())).collect()
}
