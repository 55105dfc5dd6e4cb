//! Prints what the `[[article]]` rules see of pages: `features DIR` writes a row for each line of each text of a directory.
//!
//! Columns, tab-separated: file name, number of the line from 0, its words, then the features in their order. The first
//! row names them. `fit.py` reads it.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use deboil::Ruleset;
use deboil::page::Page;
use deboil::rule::kind::Kind;
use deboil::rule::kind::article::{FEATURES, Features};

fn main() -> io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("usage: features DIR"));
    };
    let rules = Ruleset::bundled();
    let cues = rules.rules().find_map(|(_, rule)| match &rule.kind {
        Kind::Article(article) => Some(&article.cues),
        _ => None,
    });
    let cues = cues.expect("a bundled rule keeps articles");
    let mut out = BufWriter::new(io::stdout().lock());
    let names: Vec<&str> = FEATURES.iter().map(|(name, _)| *name).collect();
    writeln!(out, "file\tline\twords\t{}", names.join("\t"))?;
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    for path in paths {
        let text = std::fs::read(&path)?;
        let page = Page::of(&text);
        let lines: Vec<usize> = (0..page.len()).filter(|&line| !page.is_blank(line)).collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (line, features) in lines.iter().zip(Features::of(&page, &lines, cues).lines) {
            let columns: Vec<String> = features.iter().map(|value| format!("{value:.4}")).collect();
            writeln!(out, "{name}\t{line}\t{}\t{}", page.words(*line), columns.join("\t"))?;
        }
    }
    out.flush()
}
