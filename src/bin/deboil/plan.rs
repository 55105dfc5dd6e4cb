//! Where the cleaned texts go, and whether they can go there: all that is wrong is said before anything is written.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::iter;
use std::path::{Component, Path, PathBuf};

use deboil::batch::Failure;
use deboil::text::output::Times;

use crate::args::OutputArgs;
use crate::status::Stop;
use crate::walk::{Found, Inputs, Root, RootKind};

/// The name of the journal; no document is called so, as for the program it is a temporary file.
const JOURNAL: &str = ".deboil-journal";

/// What is said of bytes that are no text.
pub(crate) const NOT_SHOWN: &str =
    "a terminal cannot show it; redirect it with `> FILE`, or write it with --output DIR";

/// Where the cleaned texts go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// To standard output, for one document.
    Stdout,
    /// Below a directory.
    Mirror {
        /// The directory.
        directory: PathBuf,
        /// Whether files that do not change are linked.
        link: bool,
    },
    /// Where they came from.
    InPlace {
        /// What the names of the kept originals end in.
        backup: Option<OsString>,
        /// Whether files look as old as before.
        times: Times,
    },
    /// Nowhere: the files that would change are named.
    Check,
    /// Nowhere: what would change is shown.
    Diff,
}

impl Destination {
    /// What the arguments say; standard output if they say nothing.
    pub(crate) fn of(args: &OutputArgs) -> Self {
        match &args.output {
            Some(directory) => Self::Mirror { directory: directory.clone(), link: args.link },
            None if args.in_place => Self::InPlace {
                backup: args.backup.clone().map(OsString::from),
                times: if args.preserve_times { Times::Kept } else { Times::New },
            },
            None if args.check => Self::Check,
            None if args.diff => Self::Diff,
            None => Self::Stdout,
        }
    }

    /// The path under which the ledger has a file: that below its input, under which it is written; where nothing else
    /// is written, the one by which the user named it.
    pub(crate) fn output<'p>(&self, named: &'p Path, below: &'p Path) -> &'p Path {
        let is_named = matches!(self, Self::InPlace { .. }) || below.as_os_str().is_empty();
        if is_named { named } else { below }
    }

    /// Where the journal of a run is, if nobody says where: in the directory that is written to; none if there is no such
    /// directory, or more than one.
    pub(crate) fn journal(&self, inputs: &Inputs) -> Option<PathBuf> {
        match (self, inputs.roots()) {
            (Self::Mirror { directory, .. }, _) => Some(directory.join(JOURNAL)),
            (Self::InPlace { .. }, [Root { kind: RootKind::Directory | RootKind::Glob(_), path, .. }]) => {
                Some(path.join(JOURNAL))
            }
            _ => None,
        }
    }

    /// Rejects a destination to which a text from standard input cannot go.
    pub(crate) fn check_stdin(&self) -> Result<(), Stop> {
        match self {
            Self::Mirror { .. } | Self::InPlace { .. } => Err(Stop::new(
                "standard input goes to standard output",
                "redirect it with `> FILE` instead of --output or --in-place",
            )),
            _ => Ok(()),
        }
    }

    /// Rejects a destination to which these inputs cannot go.
    pub(crate) fn check(&self, inputs: &Inputs) -> Result<(), Stop> {
        match self {
            Self::Stdout => check_stdout(inputs),
            Self::Mirror { directory, .. } => Mirror::new(directory, inputs).check(inputs),
            Self::InPlace { backup, .. } => check_backup(backup.as_ref()),
            Self::Check | Self::Diff => Ok(()),
        }
    }
}

fn check_stdout(inputs: &Inputs) -> Result<(), Stop> {
    let what = match inputs.roots() {
        [Root { kind: RootKind::File | RootKind::Unseen(_), .. }] => return Ok(()),
        [Root { kind: RootKind::Directory, path, .. }] => format!("`{}` is a directory", path.display()),
        [_] => "a glob can match many files".to_owned(),
        roots => format!("there are {} inputs", roots.len()),
    };
    Err(Stop::new(what, "say where the texts go: --output DIR, --in-place, or nowhere: --check, --diff"))
}

fn check_backup(suffix: Option<&OsString>) -> Result<(), Stop> {
    match suffix {
        Some(suffix) if suffix.is_empty() || Path::new(suffix).components().count() != 1 => Err(Stop::new(
            format!("`{}` cannot end a file name", suffix.display()),
            "write a suffix such as `--backup .orig`",
        )),
        _ => Ok(()),
    }
}

/// The true paths of inputs: those that no link leads to.
#[derive(Debug)]
struct TruePaths {
    /// The directory that each input is, or lies in.
    roots: Vec<PathBuf>,
}

impl TruePaths {
    fn of(inputs: &Inputs) -> Self {
        Self { roots: inputs.roots().iter().map(|root| true_path(directory_of(root))).collect() }
    }

    /// The path of a file, and if it may be a link, what it leads to.
    fn all(&self, inputs: &Inputs, found: &Found) -> (PathBuf, Option<PathBuf>) {
        let below = found.path.strip_prefix(directory_of(&inputs.roots()[found.root])).unwrap_or(&found.path);
        let target = found.is_linked.then(|| fs::canonicalize(&found.path).ok()).flatten();
        (self.roots[found.root].join(below), target)
    }
}

/// The files, each once, however many links and inputs lead to it: a file must not be replaced while it is read under
/// another name.
pub(crate) fn each_once(inputs: &Inputs) -> impl Iterator<Item = Result<Found, Failure>> + Send + use<> {
    let (inputs, paths) = (inputs.clone(), TruePaths::of(inputs));
    let mut seen = HashSet::new();
    inputs.iter().filter(move |found| {
        let Ok(found) = found else { return true };
        let (own, target) = paths.all(&inputs, found);
        seen.insert(hash(&target.unwrap_or(own)))
    })
}

/// Rejects a ledger that is an input, or over which an output would be written.
pub(crate) fn check_ledger(ledger: &Path, destination: &Destination, inputs: &Inputs) -> Result<(), Stop> {
    if ledger.is_dir() {
        return Err(Stop::new(format!("the ledger `{}` is a directory", ledger.display()), "name a file"));
    }
    let (path, paths) = (true_path(ledger), TruePaths::of(inputs));
    let below = match destination {
        Destination::Mirror { directory, .. } => path.strip_prefix(true_path(directory)).ok(),
        _ => None,
    };
    if below.is_none() && !path.exists() {
        return Ok(());
    }
    for found in inputs.iter().flatten() {
        let (own, target) = paths.all(inputs, &found);
        let what = if own == path || target.as_ref() == Some(&path) {
            format!("the ledger `{}` is one of the inputs", ledger.display())
        } else if below == Some(&found.relative) {
            format!("`{}` would be written over the ledger `{}`", found.path.display(), ledger.display())
        } else {
            continue;
        };
        return Err(Stop::new(what, "keep it elsewhere, or leave that input out with --exclude"));
    }
    Ok(())
}

/// An output directory and the inputs, by their true paths.
#[derive(Debug)]
struct Mirror {
    /// As the user named it.
    named: PathBuf,
    /// Free of links, though it need not exist.
    directory: PathBuf,
    inputs: TruePaths,
}

impl Mirror {
    fn new(named: &Path, inputs: &Inputs) -> Self {
        Self { named: named.to_owned(), directory: true_path(named), inputs: TruePaths::of(inputs) }
    }

    fn check(&self, inputs: &Inputs) -> Result<(), Stop> {
        self.check_directory()?;
        for (root, path) in inputs.roots().iter().zip(&self.inputs.roots) {
            if matches!(root.kind, RootKind::Directory | RootKind::Glob(_)) && self.directory.starts_with(path) {
                return Err(self.inside(&root.path, self.directory == *path));
            }
        }
        // One directory is mirrored file by file; only with more can two files become one, and only a directory
        // that holds an input can have that input written over.
        match inputs.roots() {
            [Root { kind: RootKind::Directory, .. }] if !self.inputs.roots[0].starts_with(&self.directory) => Ok(()),
            _ => self.check_files(inputs),
        }
    }

    fn check_directory(&self) -> Result<(), Stop> {
        let existing = self.named.ancestors().find(|above| above.symlink_metadata().is_ok());
        let what = match existing.filter(|above| !above.is_dir()) {
            None => return Ok(()),
            Some(file) if file == self.named => format!("`{}` is none", file.display()),
            Some(file) => format!("`{}`, above `{}`, is none", file.display(), self.named.display()),
        };
        Err(Stop::new(
            format!("--output takes a directory, and {what}"),
            "name another one, or write one text with `> FILE`",
        ))
    }

    fn inside(&self, input: &Path, is_same: bool) -> Stop {
        let place = if is_same { "is" } else { "lies in" };
        Stop::new(
            format!("the output directory `{}` {place} the input `{}`", self.named.display(), input.display()),
            "name a directory outside of it, or use --in-place",
        )
    }

    /// Goes through all files once to see that no two become one and none is written over. Only hashes are kept, so
    /// that a million files cost a few megabytes; a second round names the files.
    fn check_files(&self, inputs: &Inputs) -> Result<(), Stop> {
        let mut outputs = HashSet::new();
        let mut originals = HashSet::new();
        for found in inputs.iter().flatten() {
            originals.extend(self.originals(inputs, &found).iter().map(hash));
            let output = self.output(&found);
            if !outputs.insert(hash(&output)) {
                self.name_collision(inputs, &output)?;
            }
        }
        match outputs.is_disjoint(&originals) {
            true => Ok(()),
            false => self.name_overwritten(inputs, &originals),
        }
    }

    fn output(&self, found: &Found) -> PathBuf {
        self.directory.join(&found.relative)
    }

    fn originals(&self, inputs: &Inputs, found: &Found) -> Vec<PathBuf> {
        let (own, target) = self.inputs.all(inputs, found);
        iter::once(own).chain(target).collect()
    }

    fn name_collision(&self, inputs: &Inputs, output: &Path) -> Result<(), Stop> {
        let mut same = inputs.iter().flatten().filter(|found| self.output(found) == output);
        let (Some(first), Some(second)) = (same.next(), same.next()) else { return Ok(()) };
        let shown = self.named.join(&first.relative);
        Err(Stop::new(
            format!(
                "`{}` and `{}` would both become `{}`",
                first.path.display(),
                second.path.display(),
                shown.display()
            ),
            "clean the directory above them, or one after the other into two directories",
        ))
    }

    fn name_overwritten(&self, inputs: &Inputs, originals: &HashSet<u64>) -> Result<(), Stop> {
        let suspects = inputs.iter().flatten().filter(|found| originals.contains(&hash(&self.output(found))));
        for writer in suspects {
            let output = self.output(&writer);
            let is_input = |found: &Found| self.originals(inputs, found).contains(&output);
            if let Some(original) = inputs.iter().flatten().find(is_input) {
                return Err(self.overwritten(&writer, &original));
            }
        }
        Ok(())
    }

    fn overwritten(&self, writer: &Found, original: &Found) -> Stop {
        let what = if writer.path == original.path {
            format!("`{}` would be written over itself", writer.path.display())
        } else {
            format!("`{}` would be written over the input `{}`", writer.path.display(), original.path.display())
        };
        Stop::new(what, "name another output directory, or use --in-place")
    }
}

fn hash(path: &PathBuf) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

/// The directory that an input is, or lies in.
fn directory_of(root: &Root) -> &Path {
    match (&root.kind, root.path.parent()) {
        (RootKind::File | RootKind::Unseen(_), Some(parent)) if parent.as_os_str().is_empty() => Path::new("."),
        (RootKind::File | RootKind::Unseen(_), Some(parent)) => parent,
        _ => &root.path,
    }
}

/// A path without links and dots, whether or not all of it exists.
fn true_path(path: &Path) -> PathBuf {
    let mut part = path;
    let mut missing = Vec::new();
    loop {
        let existing = if part.as_os_str().is_empty() { Path::new(".") } else { part };
        if let Ok(existing) = fs::canonicalize(existing) {
            return missing.iter().rev().fold(existing, step);
        }
        let mut components = part.components();
        match components.next_back() {
            Some(last) => missing.push(last),
            None => return path.to_owned(),
        }
        part = components.as_path();
    }
}

fn step(mut path: PathBuf, part: &Component<'_>) -> PathBuf {
    match part {
        Component::ParentDir => drop(path.pop()),
        Component::CurDir => {}
        part => path.push(part),
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_true_path_need_not_exist() {
        let directory = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(directory.path()).unwrap();
        let path = |below: &str| true_path(&directory.path().join(below));
        assert_eq!(path("a/b"), real.join("a/b"));
        assert_eq!(path("a/../b"), real.join("b"));
        assert_eq!(path("."), real);
        assert!(true_path(Path::new("not/there")).is_absolute());
    }

    #[cfg(unix)]
    #[test]
    fn a_true_path_goes_through_links() {
        let directory = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(directory.path()).unwrap();
        fs::create_dir(real.join("a")).unwrap();
        std::os::unix::fs::symlink("a", real.join("link")).unwrap();
        assert_eq!(true_path(&directory.path().join("link/new")), real.join("a/new"));
    }
}
