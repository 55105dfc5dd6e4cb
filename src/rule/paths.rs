//! Which source's texts lie under a path.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::OnceLock;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

use super::set::SourceIdx;
use crate::error::{Error, Errors};

/// The path globs of all sources, put together when a path is first asked for.
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
    /// The sources of `**/*.NAME/**` by the name.
    subdomains: HashMap<String, Vec<SourceIdx>>,
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
        let Compiled { folders, subdomains, others, sources } =
            self.compiled.get_or_init(|| compile(&self.globs).expect("the globs were compiled before"));
        let names = path.parent().into_iter().flat_map(Path::iter).filter_map(OsStr::to_str);
        let by_folder = names.clone().filter_map(|name| folders.get(name)).flatten();
        let parents = names.flat_map(|name| name.match_indices('.').map(|(dot, _)| &name[dot + 1..]));
        let by_subdomain = parents.filter_map(|name| subdomains.get(name)).flatten();
        let by_other = others.matches(path).into_iter().map(|glob| &sources[glob]);
        let mut found: Vec<SourceIdx> = by_folder.chain(by_subdomain).chain(by_other).copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn compile(globs: &[(String, SourceIdx)]) -> Result<Compiled, globset::Error> {
    let (mut folders, mut subdomains) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
    let (mut others, mut sources) = (GlobSetBuilder::new(), Vec::new());
    for (glob, source) in globs {
        if let Some(name) = folder(glob, "**/") {
            folders.entry(name.to_owned()).or_default().push(*source);
        } else if let Some(name) = folder(glob, "**/*.") {
            subdomains.entry(name.to_owned()).or_default().push(*source);
        } else {
            others.add(Glob::new(glob)?);
            sources.push(*source);
        }
    }
    Ok(Compiled { folders, subdomains, others: others.build()?, sources })
}

/// The name, or its end, of the folder under which all that a glob matches lies, if the glob says no more than that behind its
/// `start`.
fn folder<'g>(glob: &'g str, start: &str) -> Option<&'g str> {
    let name = glob.strip_prefix(start)?.strip_suffix("/**")?;
    let is_plain = !name.is_empty() && name != ".." && !name.contains(['/', '\\', '*', '?', '[', ']', '{', '}']);
    (is_plain && name != ".").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_matches_as_its_glob_does() {
        let folders =
            ["rt", "x/rt", "/rt/y", "./rt", "art", "rt.com", "RT", "a.rt", "x/.rt/y", "a.b.rt", "rt.", "..", ""];
        for text in ["**/rt/**", "**/*.rt/**"] {
            let paths = Paths::of(vec![(text.to_owned(), 7)]).unwrap();
            let glob = Glob::new(text).unwrap().compile_matcher();
            for path in folders.iter().flat_map(|folder| [folder.to_string(), format!("{folder}/a.txt")]) {
                let found = paths.sources(Path::new(&path)) == [7];
                assert_eq!(found, glob.is_match(&path), "{path} by {text}");
            }
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
