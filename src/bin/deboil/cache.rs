//! Compiled rules, kept for the next run: to read and index ten thousand rules takes longer than to clean hundreds of texts.
//!
//! An entry is named after the hash of all that it depends on, and starts with the hash of what follows. If anything is
//! wrong with it, the rules are compiled as if there were none, and it is written anew; none of that is worth a word.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, DirEntry, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use deboil::bundled;
use deboil::ledger::Hash;
use deboil::text::output::{Draft, is_temporary};
use deboil::{Ruleset, RulesetBuilder};
use etcetera::BaseStrategy;
use memmap2::{MmapMut, MmapOptions};

use crate::contents::Contents;

/// What names the directory of the cache, if it is not to be that below the user's directory for caches.
const DIRECTORY: &str = "DEBOIL_CACHE_DIR";

/// Where entries lie in it.
const FOLDER: &str = "compiled-rules";

/// How many entries stay, the newest ones. With ten thousand rules one has some four megabytes.
const ENTRIES: usize = 16;

/// After this time nobody writes a temporary file any more.
const LEFT_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// How many characters the name of an entry has: a hash.
const KEY: usize = 64;

/// Fewer bytes of rule files than these are compiled about as fast as an entry is read, if the bundled rules need not be put
/// together with them.
const WORTHWHILE: usize = 32 << 10;

/// The place of an entry.
pub(crate) struct Cache {
    entry: PathBuf,
}

impl Cache {
    /// The place of some rules; `None` if it is not worth while to keep them, or there is none.
    pub(crate) fn of(builder: &RulesetBuilder, with_bundled: bool) -> Option<Self> {
        let files = builder.files()?;
        let size: usize = files.iter().map(|(_, text)| text.len()).sum();
        if files.is_empty() || (!with_bundled && size < WORTHWHILE) {
            return None;
        }
        Some(Self { entry: directory()?.join(FOLDER).join(key(files, with_bundled)) })
    }

    /// What was kept.
    pub(crate) fn read(&self) -> Option<&'static [u8]> {
        check_private(self.folder()).ok()?;
        let bytes: &'static [u8] = Box::leak(Box::new(read_whole(&self.entry).ok()?));
        let (hash, rules) = bytes.split_first_chunk()?;
        (Contents::of(rules).bytes() == *hash).then_some(rules)
    }

    /// Keeps rules.
    pub(crate) fn write(&self, rules: &Ruleset) {
        // Whoever has no place for it does without.
        let _ = self.try_write(&rules.saved());
    }

    fn try_write(&self, rules: &[u8]) -> io::Result<()> {
        let folder = self.folder();
        make_private(folder)?;
        check_private(folder)?;
        let mut draft = Draft::new(&self.entry)?;
        draft.write_all(&Contents::of(rules).bytes())?;
        draft.write_all(rules)?;
        draft.finish()?;
        keep_newest(folder, ENTRIES)
    }

    fn folder(&self) -> &Path {
        self.entry.parent().expect("it was put together of a folder and a name")
    }
}

/// Reads a file into memory that stays for as long as the program runs. The file is not mapped: nobody may change what was
/// checked. The memory is asked for at once, as to get it page by page takes longer than to read the file.
fn read_whole(path: &Path) -> io::Result<MmapMut> {
    let mut file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    let mut memory = MmapOptions::new().len(length).populate().map_anon()?;
    file.read_exact(&mut memory)?;
    Ok(memory)
}

/// The directory of the cache, if the user has one.
fn directory() -> Option<PathBuf> {
    match env::var_os(DIRECTORY).filter(|directory| !directory.is_empty()) {
        Some(directory) => Some(directory.into()),
        None => Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("deboil")),
    }
}

/// The name of an entry: the hash of the rule files and of the code that reads and writes them.
fn key(files: &[(String, String)], with_bundled: bool) -> String {
    let version = (env!("CARGO_PKG_VERSION"), bundled::FINGERPRINT, bundled::CODE, env::consts::ARCH);
    let lengths: Vec<_> = files.iter().map(|(name, text)| (name.len(), text.len())).collect();
    let head = format!("{:?}", (version, with_bundled, lengths));
    let parts = files.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]);
    Hash::of([head.as_bytes()].into_iter().chain(parts)).to_string()
}

fn is_key(name: &OsStr) -> bool {
    name.len() == KEY && name.as_encoded_bytes().iter().all(u8::is_ascii_hexdigit)
}

/// Makes a directory, if it is not there, into which nobody else may write.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Rejects a directory into which somebody else may write: what lies there is taken for what this program wrote.
#[cfg(unix)]
fn check_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    const OTHERS_WRITE: u32 = 0o022;
    let metadata = fs::metadata(folder)?;
    let is_own = metadata.uid() == rustix::process::geteuid().as_raw();
    if is_own && metadata.mode() & OTHERS_WRITE == 0 { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Deletes all but the newest entries of a folder, and what killed runs left there. What is neither stays.
fn keep_newest(folder: &Path, count: usize) -> io::Result<()> {
    let found: Vec<DirEntry> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    let (mut entries, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|entry| is_key(&entry.file_name()));
    entries.sort_by_cached_key(written);
    let old = entries.len().saturating_sub(count);
    let left = others.iter().filter(|file| is_temporary(&file.file_name()) && age(file) > Some(LEFT_AFTER));
    // One that cannot be deleted, or is gone already, is in nobody's way.
    entries[..old].iter().chain(left).for_each(|file| drop(fs::remove_file(file.path())));
    Ok(())
}

fn written(file: &DirEntry) -> Option<SystemTime> {
    file.metadata().and_then(|metadata| metadata.modified()).ok()
}

fn age(file: &DirEntry) -> Option<Duration> {
    written(file)?.elapsed().ok()
}

#[cfg(test)]
mod tests {
    use deboil::text::output::TEMPORARY;

    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_newest_entries_stay_and_what_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let entry = |name: &str| name.repeat(KEY);
        // It cannot be deleted as a file, and keeps nothing else from that.
        fs::create_dir(folder.path().join(entry("0"))).unwrap();
        let directory = File::open(folder.path().join(entry("0"))).unwrap();
        directory.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let entries = [(30, entry("a")), (10, entry("b")), (40, entry("c")), (20, entry("d"))];
        for (age, name) in entries.into_iter().chain([(5, "x".to_owned()), (5, format!("{TEMPORARY}1-0"))]) {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(age)).unwrap();
        }
        let draft = format!("{TEMPORARY}2-0");
        File::create(folder.path().join(&draft)).unwrap();
        keep_newest(folder.path(), 2).unwrap();
        let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut left: Vec<String> = left.collect();
        left.sort();
        let expected = [draft, entry("0"), entry("a"), entry("c"), "x".to_owned()];
        assert_eq!(left, expected, "what another run writes just now stays, too");
    }

    #[test]
    fn the_key_is_that_of_all_names_and_texts() {
        let key = |files: &[(&str, &str)]| {
            let files: Vec<_> = files.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
            key(&files, true)
        };
        let first = key(&[("a", "bc"), ("d", "")]);
        assert!(is_key(OsStr::new(&first)), "{first}");
        assert_eq!(first, key(&[("a", "bc"), ("d", "")]));
        for other in
            [&[("a", "bc")][..], &[("ab", "c"), ("d", "")], &[("d", ""), ("a", "bc")], &[("a", "b"), ("d", "c")]]
        {
            assert_ne!(first, key(other));
        }
        let files = [("a".to_owned(), "bc".to_owned()), ("d".to_owned(), String::new())];
        assert_ne!(first, super::key(&files, false));
    }
}
