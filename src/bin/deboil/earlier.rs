//! The ledgers of earlier runs, with which this one goes on: what they have of files that are done is taken over.
//!
//! Of a run that was killed the ledger lies beside its place, under a name that the journal says; of one that ended, in its
//! place. A run that takes lines over removes the ledgers that had them when its own has them all, so where there are
//! several, what they have of one file is the same, or cut off in one of them.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use deboil::ledger::{Beginning, Bytes, Header, Line, LineJson, Written};
use deboil::text::output;

use crate::journal::{Journal, Key, Noted, Tally, key_of, key_of_name};
use crate::paint::count;
use crate::plan::Destination;
use crate::resume::Before;
use crate::status::Stop;

/// Ledgers of earlier runs.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    files: Vec<PathBuf>,
    /// Where the one is that was in the place of the new one.
    aside: Option<PathBuf>,
    /// The inputs whose lines are taken over.
    taken: HashMap<Key, Lines>,
    /// Those of them that are not what a run left, nor what they were: nothing more may go from them.
    unknown: HashSet<Key>,
}

/// What a ledger has of an input.
struct Section {
    key: Key,
    path: PathBuf,
    beginning: Beginning,
    documents: u64,
    lines: u64,
}

/// The lines that ledgers have of an input.
#[derive(Clone, Copy, Debug)]
struct Lines {
    /// Which of the ledgers has them.
    file: usize,
    /// How many documents they are of.
    documents: u64,
    lines: u64,
    /// Whether it is one document, or a table: then only what changed has a line.
    only_changed: bool,
}

impl Earlier {
    /// The ledgers of the runs that a journal tells of.
    pub(crate) fn files(ledger: &Path, noted: &Noted) -> Vec<PathBuf> {
        let names = noted.ledgers.iter().filter_map(|name| name.file_name()).filter(|name| output::is_temporary(name));
        let mut files: Vec<PathBuf> =
            names.map(|name| ledger.with_file_name(name)).filter(|file| is_ledger(file)).collect();
        files.sort();
        files.dedup();
        if files.is_empty() && noted.goes_on() && is_ledger(ledger) {
            files.push(ledger.to_owned());
        }
        files
    }

    /// Rejects what one ledger cannot have: what runs with other rules took from files that they replaced.
    pub(crate) fn check(ledger: &Path, destination: &Destination, noted: &Noted) -> Result<(), Stop> {
        let files = Self::files(ledger, noted);
        let is_other = ledger.exists() && !files.iter().any(|file| file == ledger);
        let is_in_place = matches!(destination, Destination::InPlace { .. });
        match files.first().filter(|_| !noted.goes_on()) {
            _ if !is_in_place => Ok(()),
            Some(file) => {
                let what = format!(
                    "`{}` alone has what another run took, with other rules, options or another version",
                    file.display()
                );
                Err(Stop::new(what, "move it to a name of its own, and name a new ledger, to restore by both"))
            }
            None if is_other => Err(is_there_already(ledger)),
            None => Ok(()),
        }
    }

    /// Reads ledgers. What is done, but has no lines in them, is done anew; in place, where that is too late, it is an
    /// error.
    pub(crate) fn read(
        files: Vec<PathBuf>,
        header: &Header,
        destination: &Destination,
        before: &mut Before,
    ) -> Result<Self, Stop> {
        let is_in_place = matches!(destination, Destination::InPlace { .. });
        let mut earlier = Self::default();
        for path in files {
            let file = earlier.files.len();
            let is_own = each_section(&path, header, |section| {
                let is_done = before.has(&section.key);
                let is_gone = || is_in_place && !section.beginning.is_original(&section.path, &header.fields);
                if is_done || is_gone() {
                    earlier.take(section, file, is_done);
                }
            })?;
            earlier.files.extend(is_own.then_some(path));
        }
        let has_added = !header.fields.added.is_empty();
        let missing = before.forget(|key, tally| !has_all(earlier.taken.get(key), tally, has_added));
        if missing > 0 && is_in_place {
            let what =
                format!("no ledger here has what went from {} that an earlier run replaced", count(missing, "file"));
            let cure = "put the ledger of that run where --ledger says, or name a new one without --resume";
            return Err(Stop::new(what, cure));
        }
        earlier.taken.retain(|key, _| is_in_place || before.has(key));
        Ok(earlier)
    }

    fn take(&mut self, section: &Section, file: usize, is_done: bool) {
        let Section { key, beginning, documents, lines, .. } = section;
        let only_changed = beginning.file.is_none() || beginning.end.is_some();
        let found = Lines { file, documents: *documents, lines: *lines, only_changed };
        let best = self.taken.entry(*key).or_insert(found);
        if found.lines > best.lines {
            *best = found;
        }
        if !is_done {
            self.unknown.insert(*key);
        }
    }

    /// Hands over all lines that are taken over.
    pub(crate) fn each_line(&self, mut take: impl FnMut(&LineJson) -> Result<(), Stop>) -> Result<(), Stop> {
        for (number, path) in self.files.iter().enumerate() {
            let mut is_taken = false;
            for read in Written::open(path)?.into_iter().flatten() {
                let (json, line) = read?;
                if let Some(path) = path_of(&line) {
                    is_taken = self.taken.get(&key_of_name(path)).is_some_and(|lines| lines.file == number);
                }
                if is_taken {
                    take(&json)?;
                }
            }
        }
        Ok(())
    }

    /// Gives the ledger that is in its place a name of its own, as those of killed runs have: there will be another one.
    pub(crate) fn set_aside(&mut self, ledger: &Path, journal: Option<&mut Journal>, syncs: bool) -> Result<(), Stop> {
        let Some(file) = self.files.iter_mut().find(|file| *file == ledger) else { return Ok(()) };
        let name = output::names_of(process::id()) + "ledger";
        journal.into_iter().for_each(|journal| journal.note_ledger(name.as_ref(), syncs));
        let aside = ledger.with_file_name(name);
        fs::rename(&*file, &aside)
            .map_err(|error| Stop::new(format!("cannot set the ledger `{}` aside: {error}", ledger.display()), ""))?;
        file.clone_from(&aside);
        self.aside = Some(aside);
        Ok(())
    }

    /// Puts that one back, as there is no other one.
    pub(crate) fn put_back(&self, ledger: &Path) {
        if let Some(aside) = &self.aside {
            // If that fails, the next run finds it where it is.
            let _ = fs::rename(aside, ledger);
        }
    }

    /// Removes the ledgers: another one has all that they had.
    pub(crate) fn remove(&self) {
        for file in &self.files {
            // What stays is taken over once more by the run that follows.
            let _ = fs::remove_file(file);
        }
    }

    /// Whether any line is taken over.
    pub(crate) fn has_lines(&self) -> bool {
        !self.taken.is_empty()
    }

    /// Whether nothing more may go from a file.
    pub(crate) fn is_unknown(&self, path: &Path) -> bool {
        self.unknown.contains(&key_of(path))
    }
}

/// Says that a ledger would be lost.
pub(crate) fn is_there_already(ledger: &Path) -> Stop {
    let what = format!("the ledger `{}` is there already: it alone has what another run took", ledger.display());
    Stop::new(what, "name a new one, to restore by both")
}

fn is_ledger(path: &Path) -> bool {
    matches!(Written::open(path), Ok(Some(_)))
}

/// Whether a ledger has a line for each document of an input of which something went.
fn has_all(lines: Option<&Lines>, tally: &Tally, has_added: bool) -> bool {
    match lines {
        Some(lines) if lines.only_changed || !has_added => lines.documents >= tally.changed,
        Some(lines) => lines.documents >= tally.documents,
        // To each record something is added; one document may be a text.
        None => tally.changed == 0 && (!has_added || tally.documents <= 1),
    }
}

/// Goes through what a ledger has, input by input. Says whether it is one that this run can go on with.
fn each_section(path: &Path, header: &Header, mut take: impl FnMut(&Section)) -> Result<bool, Stop> {
    let Some(written) = Written::open(path)? else { return Ok(false) };
    if written.header() != header {
        return Ok(false);
    }
    let mut current: Option<Section> = None;
    for read in written {
        let (_, line) = read?;
        if let Some(path) = path_of(&line) {
            let key = key_of_name(path);
            let is_new = matches!(line, Line::File(_)) || current.as_ref().is_none_or(|section| section.key != key);
            if is_new {
                current.iter().for_each(&mut take);
                let path = path.to_path();
                current = Some(Section { key, path, beginning: Beginning::default(), documents: 0, lines: 0 });
            }
        }
        if let Some(section) = &mut current {
            section.add(line);
        }
    }
    current.iter().for_each(take);
    Ok(true)
}

impl Section {
    fn add(&mut self, line: Line<'static>) {
        let Self { beginning, documents, lines, .. } = self;
        *lines += 1;
        match line {
            Line::File(file) => beginning.file = Some(file),
            Line::Piece(piece) if beginning.end.is_none() => beginning.end = Some(piece),
            Line::Document(entry) => {
                *documents += 1;
                beginning.first.get_or_insert(entry);
            }
            _ => {}
        }
    }
}

/// The path of the input that a line is about, if it says one.
fn path_of<'l>(line: &'l Line<'_>) -> Option<&'l Bytes<'l>> {
    match line {
        Line::File(file) => Some(&file.path),
        Line::Document(entry) => Some(&entry.path),
        _ => None,
    }
}
