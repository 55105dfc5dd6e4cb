//! Compiled rules, kept for the next run: to read and index ten thousand rules takes longer than to clean hundreds of texts.
//!
//! An entry is named after the hash of all that it depends on, and starts with the hash of what follows. If anything is
//! wrong with it, the rules are compiled as if there were none, and it is written anew; none of that is worth a word.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use deboil::bundled;
use deboil::ledger::Hash;
use deboil::text::input::{self, MapChoice, Opened};
use deboil::text::output::Draft;
use deboil::{Ruleset, RulesetBuilder};
use etcetera::BaseStrategy;

use crate::contents::Contents;

/// What names the directory of the cache, if it is not to be that below the user's directory for caches.
const DIRECTORY: &str = "DEBOIL_CACHE_DIR";

/// Where entries lie in it.
const FOLDER: &str = "compiled-rules";

/// How many entries stay, the newest ones. With ten thousand rules one has some four megabytes.
const ENTRIES: usize = 16;

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
        Some(Self { entry: directory()?.join(FOLDER).join(key(files, with_bundled)?) })
    }

    /// What was kept.
    pub(crate) fn read(&self) -> Option<&'static [u8]> {
        // The rules stay for as long as the program runs.
        let buffer = Box::leak(Box::default());
        let bytes: &'static Opened<'_> = Box::leak(Box::new(input::open(&self.entry, buffer, MapChoice::Auto).ok()?));
        let (hash, rules) = bytes.split_first_chunk()?;
        (Contents::of(rules).bytes() == *hash).then_some(rules)
    }

    /// Keeps rules.
    pub(crate) fn write(&self, rules: &Ruleset) {
        // Whoever has no place for it does without.
        let _ = self.try_write(&rules.saved());
    }

    fn try_write(&self, rules: &[u8]) -> io::Result<()> {
        let folder = self.entry.parent().expect("it was put together of a folder and a name");
        make_private(folder)?;
        let mut draft = Draft::new(&self.entry)?;
        draft.write_all(&Contents::of(rules).bytes())?;
        draft.write_all(rules)?;
        draft.finish()?;
        keep_newest(folder, ENTRIES)
    }
}

/// The directory of the cache, if the user has one.
fn directory() -> Option<PathBuf> {
    match env::var_os(DIRECTORY) {
        Some(directory) => Some(directory.into()),
        None => Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("deboil")),
    }
}

/// The name of an entry: the hash of the rule files and of the program. Two programs of one version may be different ones
/// while they are developed, so size and age of the file count, too.
fn key(files: &[(String, String)], with_bundled: bool) -> Option<String> {
    let program = env::current_exe().and_then(fs::metadata).ok()?;
    let age = program.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let version = (env!("CARGO_PKG_VERSION"), bundled::FINGERPRINT, program.len(), age);
    let lengths: Vec<_> = files.iter().map(|(name, text)| (name.len(), text.len())).collect();
    let head = format!("{:?}", (version, with_bundled, lengths));
    let parts = files.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]);
    Some(Hash::of([head.as_bytes()].into_iter().chain(parts)).to_string())
}

fn is_key(name: &OsStr) -> bool {
    name.len() == KEY && name.as_encoded_bytes().iter().all(u8::is_ascii_hexdigit)
}

/// Makes a directory into which nobody else may write: what lies there is taken for what this program wrote.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Deletes all but the newest entries of a folder, and nothing that is none.
fn keep_newest(folder: &Path, count: usize) -> io::Result<()> {
    let age = |entry: &DirEntry| entry.metadata().and_then(|metadata| metadata.modified()).ok();
    let mut entries: Vec<DirEntry> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.retain(|entry| is_key(&entry.file_name()));
    entries.sort_by_cached_key(age);
    let old = entries.len().saturating_sub(count);
    entries[..old].iter().try_for_each(|entry| fs::remove_file(entry.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_entries_stay_and_what_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let entry = |name: &str| name.repeat(KEY);
        for (age, name) in [(30, entry("a")), (10, entry("b")), (40, entry("c")), (20, entry("d")), (5, "x".to_owned())]
        {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(age)).unwrap();
        }
        keep_newest(folder.path(), 2).unwrap();
        let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut left: Vec<String> = left.collect();
        left.sort();
        assert_eq!(left, [entry("a"), entry("c"), "x".to_owned()]);
        keep_newest(folder.path(), 5).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn the_key_is_that_of_all_names_and_texts() {
        let key = |files: &[(&str, &str)]| {
            let files: Vec<_> = files.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
            key(&files, true).unwrap()
        };
        let first = key(&[("a", "bc"), ("d", "")]);
        assert!(is_key(OsStr::new(&first)), "{first}");
        assert_eq!(first, key(&[("a", "bc"), ("d", "")]));
        for other in
            [&[("a", "bc")][..], &[("ab", "c"), ("d", "")], &[("d", ""), ("a", "bc")], &[("a", "b"), ("d", "c")]]
        {
            assert_ne!(first, key(other));
        }
    }
}
