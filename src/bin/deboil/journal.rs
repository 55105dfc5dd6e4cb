//! The journal of a run: which inputs are done, so that a later run can go on where this one stopped.
//!
//! A line says of an input what was read and what was written, by their hashes, so it matters neither when it was written
//! nor whether it is true any more: who goes on compares. Lines are written whole, some at a time; what a killed run did
//! not write is done twice.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::mem;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process;

use deboil::batch::{Batch, Record, Status};
use deboil::bundled;
use deboil::ledger::{Bytes, Hash};
use deboil::text::output::is_temporary;
use serde::{Deserialize, Serialize};

use crate::contents::Contents;
use crate::status::Stop;

/// The version of the form. It changes whenever a program of the version before would read a journal wrongly.
const SCHEMA: u32 = 1;

/// How many bytes of lines are written at once.
const BUFFER: usize = 8 << 10;

/// A line of a journal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    /// A run starts.
    Run(Run),
    /// The run writes a ledger, which has this name beside its place as long as it is not whole.
    Ledger(Bytes<'a>),
    /// An input is done.
    #[serde(borrow)]
    Done(Entry<'a>),
    /// The run came to its end, and left nothing behind.
    End(()),
}

/// A run, as far as it matters to those after it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    schema: u32,
    /// The hash of the rules, and of all options that change what is written.
    key: Hash,
    /// The number of the process, after which its temporary files are named.
    process: u32,
}

impl Run {
    /// This run.
    pub(crate) fn of(batch: &Batch<'_>, is_in_place: bool, has_ledger: bool) -> Self {
        Self { schema: SCHEMA, key: key(batch, is_in_place, has_ledger), process: process::id() }
    }

    fn does_the_same(&self, other: &Self) -> bool {
        (self.schema, self.key) == (other.schema, other.key)
    }
}

/// What the outputs depend on beside the inputs.
fn key(batch: &Batch<'_>, is_in_place: bool, has_ledger: bool) -> Hash {
    let rules = batch.rules;
    let bundled = rules.packs().iter().any(|pack| pack.bundled).then_some(bundled::FINGERPRINT);
    let settings = serde_json::to_string(rules.settings()).expect("ids, places and categories are all JSON can hold");
    let Batch { options, source, url, lang, force, records, .. } = batch;
    let options = format!("{:?}", (bundled, options, source, url, lang, force, records, is_in_place, has_ledger));
    let files = rules.files().iter().map(|(_, text)| text.as_str());
    let parts: Vec<&str> = [env!("CARGO_PKG_VERSION"), &settings, &options].into_iter().chain(files).collect();
    let lengths = format!("{:?}", parts.iter().map(|part| part.len()).collect::<Vec<_>>());
    Hash::of([lengths.as_str()].into_iter().chain(parts).map(str::as_bytes))
}

/// An input that is done.
#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    /// As the user named it: a source may be recognised by it.
    #[serde(borrow)]
    path: Bytes<'a>,
    /// What was in it, if it still is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read: Option<Contents>,
    /// What is in its output, which may be itself.
    wrote: Contents,
    #[serde(flatten)]
    tally: Tally,
}

/// What was done to the documents of some inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// How many there were.
    pub(crate) documents: u64,
    /// How many lost something.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) changed: u64,
    /// In how many any rule matched.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) matched: u64,
    /// How many were left alone.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) left_alone: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Tally {
    /// That of one document.
    pub(crate) fn of(record: &Record) -> Self {
        Self {
            documents: 1,
            changed: u64::from(record.status == Status::Cleaned),
            matched: u64::from(record.matched),
            left_alone: u64::from(matches!(record.status, Status::Left(_))),
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.documents += other.documents;
        self.changed += other.changed;
        self.matched += other.matched;
        self.left_alone += other.left_alone;
    }
}

/// A line that says that an input is done, with its line feed: threads make lines, and one writes them.
#[derive(Debug)]
pub(crate) struct DoneLine(Vec<u8>);

impl DoneLine {
    /// That of an input; `read` is what it still is beside its output, if it is.
    pub(crate) fn new(path: &Path, read: Option<Contents>, wrote: Contents, tally: Tally) -> Self {
        Self(Line::Done(Entry { path: Bytes::path(path), read, wrote, tally }).to_json())
    }
}

impl Line<'_> {
    fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec(self).expect("all keys are strings");
        json.push(b'\n');
        json
    }
}

/// A journal that is being written.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
    /// Whether it stays when nothing is left to do.
    stays: bool,
    /// Whether nobody needs it: nothing is noted yet, or nothing is left to do.
    is_idle: bool,
    /// Whether the directory was made for it.
    has_made_directory: bool,
    error: Option<io::Error>,
}

impl Journal {
    /// Starts a journal that is gone when all is done. Where that cannot be, there is none: the work matters more.
    pub(crate) fn start(path: PathBuf, run: Run) -> Option<Self> {
        let mut journal = Self::open(path, false).ok()??;
        journal.begin(run).ok()?;
        Some(journal)
    }

    /// Opens the journal of earlier runs, and says what it notes that still counts. Nothing is changed if `check` finds that
    /// this run cannot go on with it.
    pub(crate) fn resume(
        path: PathBuf,
        run: Run,
        check: impl FnOnce(&Noted) -> Result<(), Stop>,
    ) -> Result<(Self, Noted), Stop> {
        let cannot_use = |error: io::Error| {
            let what = format!("cannot use the journal `{}`: {error}", path.display());
            Stop::new(what, "name another one with --resume=FILE, or leave --resume out")
        };
        let Some(mut journal) = Self::open(path.clone(), true).map_err(cannot_use)? else {
            let what = format!("another run is at work, and has the journal `{}`", path.display());
            return Err(Stop::new(what, "wait for its end"));
        };
        let noted = Noted::read(&journal.file, &run).map_err(cannot_use)?;
        // A power cut may have torn one that the program named, and nobody else has any use for that name.
        let is_ours = path.file_name().is_some_and(is_temporary);
        if !is_ours && !noted.is_journal && journal.file.metadata().map_err(cannot_use)?.len() > 0 {
            let what = format!("`{}` is no journal, and would be written over", path.display());
            return Err(Stop::new(what, "name another file with --resume=FILE"));
        }
        if let Err(stop) = check(&noted) {
            // One that was made for this run goes.
            journal.stays = noted.is_journal;
            return Err(stop);
        }
        journal.file.set_len(noted.length).and_then(|()| journal.begin_behind(&noted, run)).map_err(cannot_use)?;
        Ok((journal, noted))
    }

    /// Opens a journal, or makes it. Nobody else writes to it as long as it is open; none if somebody does.
    fn open(path: PathBuf, stays: bool) -> io::Result<Option<Self>> {
        let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty() && !directory.exists());
        directory.map_or(Ok(()), fs::create_dir_all)?;
        let has_made_directory = directory.is_some();
        let file = open_itself(&path)?;
        match file.try_lock() {
            // Where files cannot be locked, the user sees to it that one run is at work.
            Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => Err(error),
            Err(TryLockError::WouldBlock) => Ok(None),
            _ => {
                let buffer = Vec::with_capacity(BUFFER);
                Ok(Some(Self { path, file, buffer, stays, is_idle: true, has_made_directory, error: None }))
            }
        }
    }

    fn begin(&mut self, run: Run) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.write_all(&Line::Run(run).to_json())
    }

    fn begin_behind(&mut self, noted: &Noted, run: Run) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(noted.length))?;
        self.file.write_all(&Line::Run(run).to_json())
    }

    /// Notes under which name beside its place the ledger of the run lies. That is written at once, and is on the disk if it
    /// `syncs`.
    pub(crate) fn note_ledger(&mut self, name: &OsStr, syncs: bool) {
        self.buffer.extend(Line::Ledger(Bytes::path(Path::new(name))).to_json());
        self.flush();
        if syncs && self.error.is_none() {
            self.error = self.file.sync_data().err();
        }
    }

    /// Whether what was noted is written before a line is noted.
    pub(crate) fn is_full_for(&self, line: &DoneLine) -> bool {
        self.buffer.len() + line.0.len() > BUFFER
    }

    /// Notes that an input is done.
    pub(crate) fn note(&mut self, line: &DoneLine) {
        self.is_idle = false;
        if self.is_full_for(line) {
            self.flush();
        }
        self.buffer.extend_from_slice(&line.0);
    }

    /// Writes all that was noted. What cannot be written is done again some day, and the run goes on.
    pub(crate) fn flush(&mut self) {
        let lines = mem::take(&mut self.buffer);
        if self.error.is_none() {
            self.error = self.file.write_all(&lines).err();
        }
    }

    /// Ends the journal. If nothing is left to do it goes, unless it is wanted again.
    pub(crate) fn finish(mut self, is_all_done: bool) -> Ended {
        self.is_idle = is_all_done;
        if is_all_done && !self.stays {
            return Ended::Well;
        }
        if is_all_done {
            self.buffer.extend(Line::End(()).to_json());
        }
        self.flush();
        match self.error.take() {
            Some(error) => Ended::Broken(self.path.clone(), error),
            None if is_all_done => Ended::Well,
            None => Ended::Wanted(self.path.clone()),
        }
    }
}

/// Opens a file, or makes it. In a directory full of scrapes anybody may have put something under that name: a link is not
/// followed, as what it points to would be written over, and a FIFO is not waited for.
fn open_itself(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    let no_file = || io::Error::new(io::ErrorKind::InvalidInput, "it is a link, or no file at all");
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(no_file());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(no_file()) }
}

/// A run may end before anything is done, too.
impl Drop for Journal {
    fn drop(&mut self) {
        if self.stays || !self.is_idle {
            return;
        }
        // What cannot be removed helps nobody, and harms nobody.
        let _ = fs::remove_file(&self.path);
        if let Some(directory) = self.path.parent().filter(|_| self.has_made_directory) {
            let _ = fs::remove_dir(directory);
        }
    }
}

/// What became of a journal.
pub(crate) enum Ended {
    /// Nobody needs to hear of it.
    Well,
    /// It says what need not be done again.
    Wanted(PathBuf),
    /// It could not be written.
    Broken(PathBuf, io::Error),
}

/// The inputs that a journal says are done.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    entries: HashMap<Key, (Seal, Tally)>,
    /// The processes that did not come to their end.
    pub(crate) killed: HashSet<u32>,
    /// The names that their ledgers have beside their places.
    pub(crate) ledgers: Vec<PathBuf>,
    /// Whether there were runs that did something else: other rules, other options, another version.
    pub(crate) is_of_others: bool,
    /// Whether it is a journal at all.
    is_journal: bool,
    /// How many bytes of it are whole lines of this form.
    length: u64,
}

/// What tells paths apart.
pub(crate) type Key = [u8; 16];

/// What tells apart what was read and written.
type Seal = [u8; 16];

/// The key of a path, as the user named it.
pub(crate) fn key_of(path: &Path) -> Key {
    key_of_name(&Bytes::path(path))
}

/// The key of a path, as files keep it.
pub(crate) fn key_of_name(path: &Bytes<'_>) -> Key {
    Contents::of(&path.0).bytes()
}

fn seal_of(read: Option<Contents>, wrote: Contents) -> Seal {
    read.map_or_else(|| wrote.bytes(), |read| Contents::of(&[read.bytes(), wrote.bytes()].concat()).bytes())
}

impl Noted {
    /// Reads a journal as far as it is whole: what a power cut left behind its last line counts for nothing.
    fn read(file: &File, own: &Run) -> io::Result<Self> {
        let (mut noted, mut lines, mut line) = (Self::default(), BufReader::new(file), Vec::new());
        let mut is_own = false;
        while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            match serde_json::from_slice(&line) {
                Ok(Line::Run(run)) => {
                    is_own = run.does_the_same(own);
                    noted.begin(&run, is_own);
                }
                Ok(Line::Done(entry)) if is_own => noted.add(&entry),
                Ok(_) if !noted.is_journal => break,
                Ok(Line::Done(_)) => {}
                Ok(Line::Ledger(name)) => noted.ledgers.push(name.to_path()),
                Ok(Line::End(())) => {
                    noted.killed.clear();
                    noted.ledgers.clear();
                }
                Err(_) => break,
            }
            noted.length += line.len() as u64;
            line.clear();
        }
        if noted.is_of_others {
            noted.length = 0;
        }
        Ok(noted)
    }

    /// A run that does something else writes over what those before it wrote.
    fn begin(&mut self, run: &Run, is_own: bool) {
        if !is_own {
            self.entries.clear();
        }
        self.is_of_others = !is_own;
        self.is_journal = true;
        self.killed.insert(run.process);
    }

    fn add(&mut self, entry: &Entry<'_>) {
        let key = key_of_name(&entry.path);
        self.entries.insert(key, (seal_of(entry.read, entry.wrote), entry.tally));
    }

    /// Whether the last run did what this one does.
    pub(crate) fn goes_on(&self) -> bool {
        self.is_journal && !self.is_of_others
    }

    /// Whether no input is noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What was done to an input, if all is still as noted: `now` says what is in it, unless it is its own output, and
    /// what is in its output.
    pub(crate) fn done(
        &self,
        path: &Path,
        now: impl FnOnce() -> Option<(Option<Contents>, Contents)>,
    ) -> Option<Tally> {
        let &(seal, tally) = self.entries.get(&key_of(path))?;
        let (read, wrote) = now()?;
        (seal_of(read, wrote) == seal).then_some(tally)
    }
}
