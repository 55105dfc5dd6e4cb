//! Finds the files to clean: one after the other, in an order that depends on their names alone.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::iter;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use bstr::{ByteSlice, ByteVec};
use deboil::Ruleset;
use deboil::batch::{Cause, Failure};
use deboil::rule::settings::FILE as CONFIGURATION;
use deboil::text::output::TEMPORARY;
use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder};

use crate::args::FileArgs;
use crate::status::Stop;

/// A file to clean.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its path as the user would write it.
    pub(crate) path: PathBuf,
    /// Its path below the input that it was found in, or its name.
    pub(crate) relative: PathBuf,
    /// The number of that input.
    pub(crate) root: usize,
    /// Whether its true path may be another one than that of its input and the rest.
    pub(crate) is_linked: bool,
}

/// All inputs of a run. Going through them twice finds the same twice, as long as nobody changes them.
#[derive(Clone, Debug)]
pub(crate) struct Inputs {
    roots: Arc<[Root]>,
    filter: Arc<Filter>,
    rule_files: Arc<HashSet<PathBuf>>,
    hidden: bool,
    ignore: bool,
    follow: bool,
}

/// One input.
#[derive(Debug)]
pub(crate) struct Root {
    /// Where to look.
    pub(crate) path: PathBuf,
    /// What comes before the paths found in it.
    prefix: PathBuf,
    /// What it is.
    pub(crate) kind: RootKind,
}

/// What an input is.
#[derive(Clone, Debug)]
pub(crate) enum RootKind {
    /// A file, or what should be one.
    File,
    /// A directory with all in it.
    Directory,
    /// What cannot be looked at, by the number of the system's error.
    Unseen(i32),
    /// What matches a glob that the shell passed on as it was.
    Glob(GlobMatcher),
}

impl Root {
    /// An input as the user named it.
    fn named(path: &Path) -> Result<Self, Stop> {
        let of = |path: PathBuf, kind| Ok(Self { path, prefix: PathBuf::new(), kind });
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => of(path.into(), RootKind::Directory),
            Err(_) if is_glob(path) && fs::symlink_metadata(path).is_err() => {
                let (base, pattern) = split_glob(path);
                of(base, RootKind::Glob(compile(&pattern, &pattern)?.compile_matcher()))
            }
            Err(error) => of(path.into(), RootKind::of_error(&error)),
            Ok(_) => of(path.into(), RootKind::File),
        }
    }

    /// An input of a file list: it keeps the path by which it is listed, without what leads out of a directory.
    fn listed(path: PathBuf) -> Self {
        let kind = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => RootKind::Directory,
            Ok(_) => RootKind::File,
            Err(error) => RootKind::of_error(&error),
        };
        let mut prefix: PathBuf = path.components().filter(|part| matches!(part, Component::Normal(_))).collect();
        if !matches!(kind, RootKind::Directory) {
            prefix.pop();
        }
        Self { path, prefix, kind }
    }

    /// The path that something found in it has in the output.
    fn relative(&self, path: &Path) -> PathBuf {
        let below = match self.kind {
            RootKind::File => Path::new(path.file_name().unwrap_or(OsStr::new("-"))),
            _ => path.strip_prefix(&self.path).unwrap_or(path),
        };
        self.prefix.join(below)
    }
}

impl RootKind {
    /// Of what is not there, who opens it can say more.
    fn of_error(error: &io::Error) -> Self {
        match error.raw_os_error() {
            Some(number) if error.kind() != io::ErrorKind::NotFound => Self::Unseen(number),
            _ => Self::File,
        }
    }
}

fn is_glob(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().find_byteset(b"*?[{").is_some()
}

/// The directory that a glob starts from, and the rest of it.
fn split_glob(path: &Path) -> (PathBuf, String) {
    let is_plain = |part: &Component<'_>| !is_glob(Path::new(part.as_os_str()));
    let base: PathBuf = path.components().take_while(is_plain).collect();
    let pattern = path.strip_prefix(&base).unwrap_or(path).to_string_lossy().into_owned();
    let base = if base.as_os_str().is_empty() { PathBuf::from(".") } else { base };
    (base, pattern)
}

fn compile(pattern: &str, named: &str) -> Result<Glob, Stop> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    glob.map_err(|error| {
        Stop::new(format!("bad glob `{named}`: {}", error.kind()), "write special characters as `[*]`")
    })
}

/// What `--glob` and `--exclude` say.
#[derive(Debug)]
struct Filter {
    only: Option<GlobSet>,
    without: GlobSet,
}

impl Filter {
    fn new(args: &FileArgs, backup: Option<&str>) -> Result<Self, Stop> {
        let only = (!args.glob.is_empty()).then(|| set(args.glob.iter().cloned())).transpose()?;
        // The originals that an earlier run kept are no documents.
        let backups = backup.map(|suffix| format!("*{}", globset::escape(suffix)));
        let temporary = format!("{}*", globset::escape(TEMPORARY));
        let without = set(args.exclude.iter().cloned().chain(backups).chain([temporary]))?;
        Ok(Self { only, without })
    }

    fn takes(&self, relative: &Path) -> bool {
        self.only.as_ref().is_none_or(|only| only.is_match(relative)) && !self.leaves_out(relative)
    }

    fn leaves_out(&self, relative: &Path) -> bool {
        self.without.is_match(relative)
    }
}

/// A glob without a slash matches names at any depth.
fn set(globs: impl Iterator<Item = String>) -> Result<GlobSet, Stop> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let plain = glob.strip_suffix('/').unwrap_or(&glob);
        let anchored = plain.strip_prefix("./").or_else(|| plain.strip_prefix('/'));
        set.add(match anchored {
            Some(rest) => compile(rest, &glob)?,
            None if plain.contains('/') => compile(plain, &glob)?,
            None => compile(&format!("**/{plain}"), &glob)?,
        });
    }
    set.build().map_err(|error| Stop::new(format!("the globs are too large together: {error}"), "use fewer"))
}

impl Inputs {
    /// The inputs that the command line names. `backup` ends the names of files that an earlier run made.
    pub(crate) fn new(named: &[PathBuf], args: &FileArgs, backup: Option<&str>) -> Result<Self, Stop> {
        let roots = match &args.file_list {
            Some(list) => read_list(list, args.null)?.into_iter().map(Root::listed).collect(),
            None => named.iter().map(|path| Root::named(path)).collect::<Result<_, _>>()?,
        };
        Ok(Self {
            roots,
            filter: Arc::new(Filter::new(args, backup)?),
            rule_files: Arc::default(),
            hidden: args.hidden,
            ignore: !args.no_ignore,
            follow: args.follow,
        })
    }

    /// Without the rules by which they are cleaned, which may lie in a directory beside the texts: what a rule deletes stands
    /// in its file, too.
    pub(crate) fn without_rules(self, rules: &Ruleset) -> Self {
        let own = rules.packs().iter().filter(|pack| !pack.bundled);
        let rule_files = own.filter_map(|pack| fs::canonicalize(&pack.file).ok()).collect();
        Self { rule_files: Arc::new(rule_files), ..self }
    }

    fn is_rule_file(&self, path: &Path) -> bool {
        path.file_name() == Some(OsStr::new(CONFIGURATION))
            || path.extension() == Some(OsStr::new("toml"))
                && fs::canonicalize(path).is_ok_and(|path| self.rule_files.contains(&path))
    }

    /// The inputs as they were named.
    pub(crate) fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// The only input, if there is only one and it is a file.
    pub(crate) fn single_file(&self) -> Option<&Path> {
        match &*self.roots {
            [Root { kind: RootKind::File | RootKind::Unseen(_), path, .. }] => Some(path),
            _ => None,
        }
    }

    /// The files, and what cannot be looked at.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Result<Found, Failure>> + Send + use<> {
        let inputs = self.clone();
        (0..self.roots.len()).flat_map(move |root| inputs.below(root))
    }

    fn below(&self, root: usize) -> Box<dyn Iterator<Item = Result<Found, Failure>> + Send> {
        let Root { path, kind, .. } = &self.roots[root];
        match kind {
            RootKind::File => Box::new(self.file(root, path.clone(), true).map(Ok).into_iter()),
            &RootKind::Unseen(error) => {
                let cause = Cause::Read(io::Error::from_raw_os_error(error));
                Box::new(iter::once(Err(Failure::new(path, cause))))
            }
            RootKind::Directory => Box::new(self.walk(root)),
            RootKind::Glob(glob) => {
                let mut found = self.walk(root).peekable();
                match found.peek() {
                    Some(_) => Box::new(found),
                    None => Box::new(iter::once(Err(no_match(path, glob.glob())))),
                }
            }
        }
    }

    /// A file, unless the user leaves it out.
    fn file(&self, root: usize, path: PathBuf, is_linked: bool) -> Option<Found> {
        let relative = self.roots[root].relative(&path);
        self.filter.takes(&relative).then_some(Found { path, relative, root, is_linked })
    }

    fn walk(&self, root: usize) -> impl Iterator<Item = Result<Found, Failure>> + Send + use<> {
        let (filter, roots) = (Arc::clone(&self.filter), Arc::clone(&self.roots));
        let is_taken =
            move |entry: &DirEntry| entry.depth() == 0 || !filter.leaves_out(&roots[root].relative(entry.path()));
        let walk = WalkBuilder::new(&self.roots[root].path)
            .standard_filters(self.ignore)
            .hidden(!self.hidden)
            .follow_links(self.follow)
            // Those of one directory share all but their names, and names alone take longer to get at.
            .sort_by_file_path(|one, other| one.as_os_str().cmp(other.as_os_str()))
            .filter_entry(is_taken)
            .build();
        let inputs = self.clone();
        let mut above = Vec::new();
        walk.filter_map(move |entry| match entry {
            Ok(entry) if leads_to_directory(&entry) => {
                above.truncate(entry.depth());
                above.push(entry.into_path());
                None
            }
            Ok(entry) => {
                let is_linked = inputs.follow || entry.path_is_symlink();
                inputs.in_directory(root, entry.into_path(), is_linked).map(Ok)
            }
            Err(error) => {
                let place = error.depth().and_then(|depth| above.get(depth.checked_sub(1)?));
                let place = place.unwrap_or(&inputs.roots[root].path).clone();
                inputs.cannot_look(root, error, &place)
            }
        })
    }

    /// A file found in a directory, unless the user leaves it out.
    fn in_directory(&self, root: usize, path: PathBuf, is_linked: bool) -> Option<Found> {
        let root_path = &self.roots[root].path;
        if let RootKind::Glob(glob) = &self.roots[root].kind
            && !path.strip_prefix(root_path).unwrap_or(&path).ancestors().any(|above| glob.is_match(above))
        {
            return None;
        }
        if self.is_rule_file(&path) {
            return None;
        }
        let shown = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
        self.file(root, shown, is_linked)
    }

    /// `place` is where it is, if the error does not say it.
    fn cannot_look(&self, root: usize, error: ignore::Error, place: &Path) -> Option<Result<Found, Failure>> {
        let (path, cause) = reason(error, place);
        // A link that leads nowhere is a file like any other here: who opens it can say what is wrong.
        if matches!(cause, Cause::Read(_)) && path.is_symlink() {
            return self.in_directory(root, path, true).map(Ok);
        }
        Some(Err(Failure::new(path, cause)))
    }
}

/// Whether it is a directory, or a link to one that is not followed.
fn leads_to_directory(entry: &DirEntry) -> bool {
    let Some(kind) = entry.file_type() else { return false };
    kind.is_dir() || kind.is_symlink() && entry.path().is_dir()
}

fn reason(error: ignore::Error, path: &Path) -> (PathBuf, Cause) {
    match error {
        ignore::Error::WithPath { path, err } => reason(*err, &path),
        ignore::Error::WithDepth { err, .. } => reason(*err, path),
        ignore::Error::Loop { ancestor, child } => {
            let message = format!("it is a link to `{}`, in which it lies", ancestor.display());
            (child, Cause::Walk(message))
        }
        ignore::Error::Io(error) => (path.to_owned(), Cause::Read(error)),
        other => (path.to_owned(), Cause::Walk(other.to_string())),
    }
}

fn no_match(base: &Path, glob: &Glob) -> Failure {
    let path = base.join(glob.glob());
    let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
    Failure::new(path, Cause::Walk("no file matches".to_owned()))
}

/// The paths in a file list.
fn read_list(list: &Path, null: bool) -> Result<Vec<PathBuf>, Stop> {
    let cannot_read =
        |error: io::Error| Stop::new(format!("cannot read the file list `{}`: {error}", list.display()), "");
    if list == Path::new("-") {
        return paths(io::stdin().lock(), null).map_err(cannot_read);
    }
    let file = fs::File::open(list).map_err(cannot_read)?;
    paths(BufReader::new(file), null).map_err(cannot_read)
}

fn paths(list: impl BufRead, null: bool) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for name in list.split(if null { b'\0' } else { b'\n' }) {
        let mut name = name?;
        if !null && name.ends_with(b"\r") {
            name.pop();
        }
        if !name.is_empty() {
            paths.push(name.into_path_buf().map_err(|_| io::ErrorKind::InvalidData)?);
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_starts_from_the_directory_before_its_first_special_character() {
        let split = |glob: &str| split_glob(Path::new(glob));
        assert_eq!(split("a/b*/c.txt"), ("a".into(), "b*/c.txt".into()));
        assert_eq!(split("*.txt"), (".".into(), "*.txt".into()));
        assert_eq!(split("/x/**"), ("/x".into(), "**".into()));
    }

    #[test]
    fn a_glob_without_a_slash_matches_names_at_any_depth() {
        let matches = |glob: &str, path: &str| set([glob.to_owned()].into_iter()).unwrap().is_match(path);
        assert!(matches("*.txt", "a/b.txt"));
        assert!(!matches("/*.txt", "a/b.txt"));
        assert!(matches("a/*.txt", "a/b.txt"));
        assert!(matches("drafts/", "x/drafts"));
    }

    #[test]
    fn lists_are_split_at_line_ends_or_zeros() {
        let listed = |list: &[u8], null| paths(list, null).unwrap();
        assert_eq!(listed(b"a\r\n\nb c\n", false), [Path::new("a"), Path::new("b c")]);
        assert_eq!(listed(b"a\nb\0c", true), [Path::new("a\nb"), Path::new("c")]);
    }

    #[test]
    fn a_listed_file_keeps_its_path_without_what_leads_out() {
        let relative = |path: &str| Root::listed(path.into()).relative(Path::new(path));
        assert_eq!(relative("a/b.txt"), Path::new("a/b.txt"));
        assert_eq!(relative("../a/./b.txt"), Path::new("a/b.txt"));
        assert_eq!(relative("/a/b.txt"), Path::new("a/b.txt"));
    }
}
