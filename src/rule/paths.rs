//! Which source's texts lie under a path.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::OnceLock;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

use super::set::SourceIdx;
use crate::error::{Error, Errors};

/// The path globs of all sources, compiled when a path is first asked for.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Paths {
    globs: Vec<(String, SourceIdx)>,
    #[serde(skip)]
    compiled: OnceLock<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    /// The sources of `**/NAME/**` by the name, as nearly all globs are such.
    folders: HashMap<String, Vec<SourceIdx>>,
    others: GlobSet,
    /// The source of each of the others.
    sources: Vec<SourceIdx>,
}

impl Paths {
    /// The globs of some sources.
    ///
    /// # Errors
    ///
    /// One of them is none.
    pub(super) fn of(globs: Vec<(String, SourceIdx)>) -> Result<Self, Errors> {
        let bad = |error: globset::Error| Errors::from(Error::new(format!("bad glob: {error}"), "mend `paths`"));
        let compiled = compile(&globs).map_err(bad)?;
        Ok(Self { globs, compiled: compiled.into() })
    }

    /// The sources one of whose globs matches a path.
    pub(super) fn sources(&self, path: &Path) -> Vec<SourceIdx> {
        let Compiled { folders, others, sources } =
            self.compiled.get_or_init(|| compile(&self.globs).expect("the globs were compiled before"));
        let names = path.parent().into_iter().flat_map(Path::iter).filter_map(OsStr::to_str);
        let by_folder = names.filter_map(|name| folders.get(name)).flatten().copied();
        let mut found: Vec<SourceIdx> =
            by_folder.chain(others.matches(path).into_iter().map(|glob| sources[glob])).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn compile(globs: &[(String, SourceIdx)]) -> Result<Compiled, globset::Error> {
    let mut folders: HashMap<String, Vec<SourceIdx>> = HashMap::new();
    let (mut others, mut sources) = (GlobSetBuilder::new(), Vec::new());
    for (glob, source) in globs {
        match folder(glob) {
            Some(name) => folders.entry(name.to_owned()).or_default().push(*source),
            None => {
                others.add(Glob::new(glob)?);
                sources.push(*source);
            }
        }
    }
    Ok(Compiled { folders, others: others.build()?, sources })
}

/// The name of the folder under which all that a glob matches lies, if that is all that it says.
fn folder(glob: &str) -> Option<&str> {
    let name = glob.strip_prefix("**/")?.strip_suffix("/**")?;
    let is_plain = !name.is_empty() && name != ".." && !name.contains(['/', '\\', '*', '?', '[', ']', '{', '}']);
    (is_plain && name != ".").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_matches_as_its_glob_does() {
        let paths = Paths::of(vec![("**/rt/**".to_owned(), 7)]).unwrap();
        let glob = Glob::new("**/rt/**").unwrap().compile_matcher();
        for path in
            ["rt/a.txt", "x/rt/a.txt", "/rt/y/a.txt", "./rt/a", "rt", "x/rt", "art/a.txt", "rt.com/a.txt", "RT/a"]
        {
            let found = paths.sources(Path::new(path)) == [7];
            assert_eq!(found, glob.is_match(path), "{path}");
        }
    }

    #[test]
    fn a_source_is_named_once_and_in_order() {
        let globs = [("**/b/**", 2), ("**/a*/**", 1), ("**/a/**", 1), ("*.md", 0)];
        let paths = Paths::of(globs.map(|(glob, source)| (glob.to_owned(), source)).into()).unwrap();
        assert_eq!(paths.sources(Path::new("b/a/x.md")), [0, 1, 2]);
        assert_eq!(paths.sources(Path::new("c/x.txt")), [0; 0]);
    }
}
