//! `deboil.toml`, found upwards from the working directory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::clean::Protect;
use crate::error::{Error, Place, Places, did_you_mean};
use crate::rule::category::Categories;
use crate::rule::file::Text;
use crate::rule::settings::{FILE, Settings, SourceSettings};
use crate::rule::spanned::Spanned;
use crate::rule::words::Choice;
use crate::rule::{Category, Reference};

/// What a project says once for all runs.
#[derive(Debug, Default)]
pub struct Config {
    /// Rule files and directories of them, from the working directory.
    pub rules: Vec<PathBuf>,
    /// Categories that are found, but not deleted.
    pub keep: Categories,
    /// Lines that no rule may touch.
    pub protect: Protect,
    /// As [`Options::max_removed`](crate::Options::max_removed).
    pub max_removed: Option<f64>,
    /// What it says of rules that others wrote.
    pub settings: Settings,
}

/// The mirror of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    /// Configurations that come before this one.
    #[serde(default)]
    extends: Vec<Spanned<PathBuf>>,
    #[serde(default)]
    rules: Vec<PathBuf>,
    #[serde(default)]
    disable: Vec<Text>,
    #[serde(default)]
    keep: Vec<Choice<Category>>,
    #[serde(default)]
    protect: Vec<Text>,
    max_removed: Option<Spanned<f64>>,
    /// By the id of a source.
    #[serde(default)]
    source: BTreeMap<String, Spanned<SourceTable>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    #[serde(default)]
    disable: Vec<Text>,
    #[serde(default)]
    keep: Vec<Choice<Category>>,
}

impl Config {
    /// Reads the nearest configuration at or above the working directory; the default if there is none.
    /// Whoever cannot be told whether there is one must not go on without it: it may say what stays.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or a mistake in it.
    pub fn find(working: &Path) -> Result<Self, Error> {
        // From the working directory, not from the root: so the paths in messages are short.
        let steps = |up: usize| iter::repeat_n("..", up).collect::<PathBuf>();
        let mut config = Self::default();
        for path in (0..working.ancestors().count()).map(|up| steps(up).join(FILE)) {
            if is_file(&working.join(&path)).map_err(|error| cannot_read(&path, &error))? {
                config.read(working, &path, &mut Vec::new())?;
                break;
            }
        }
        Ok(config)
    }

    /// Adds what a file says, and before it what the files say that it extends. `above` are those that extend this one.
    fn read(&mut self, working: &Path, path: &Path, above: &mut Vec<PathBuf>) -> Result<(), Error> {
        let file = path.display().to_string();
        let cannot_read = |error| cannot_read(path, &error);
        let text = fs::read_to_string(working.join(path)).map_err(cannot_read)?;
        let mirror = parse(&file, &text)?;
        let directory = path.parent().unwrap_or(Path::new(""));
        above.push(fs::canonicalize(working.join(path)).map_err(cannot_read)?);
        for base in &mirror.extends {
            let place = || Place::of(&file, &text, base.span().start);
            let base = directory.join(base.get_ref());
            let base = if working.join(&base).is_dir() { base.join(FILE) } else { base };
            match fs::canonicalize(working.join(&base)) {
                Err(error) => {
                    let what = format!("cannot read `{}`: {error}", base.display());
                    return Err(Error::at(place(), what, "name a `deboil.toml`, or the directory that holds one"));
                }
                Ok(real) if above.contains(&real) => {
                    let what = format!("`extends` leads back to `{}`", base.display());
                    return Err(Error::at(place(), what, "break the cycle: one of the files must stand on its own"));
                }
                Ok(_) => self.read(working, &base, above)?,
            }
        }
        above.pop();
        self.add(&Places::of(&file, &text), directory, &mirror)
    }

    fn add(&mut self, places: &Places<'_>, directory: &Path, mirror: &ConfigFile) -> Result<(), Error> {
        self.rules.extend(mirror.rules.iter().map(|rules| directory.join(rules)));
        self.keep = self.keep.union(categories(places, &mirror.keep)?);
        self.protect = self.protect.union(protect(places, &mirror.protect)?);
        if let Some(share) = &mirror.max_removed {
            let place = || places.at(share.span().start);
            self.max_removed =
                Some(checked_share(*share.get_ref()).map_err(|(what, cure)| Error::at(place(), what, cure))?);
        }
        self.settings.disable.extend(references(places, &mirror.disable));
        for (id, table) in &mirror.source {
            let source = Reference { id: id.clone(), place: places.at(table.span().start) };
            let table = table.get_ref();
            let (disable, keep) = (references(places, &table.disable), categories(places, &table.keep)?);
            self.settings.sources.push(SourceSettings { source, disable, keep });
        }
        Ok(())
    }
}

fn is_file(path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_file()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}

fn cannot_read(path: &Path, error: &io::Error) -> Error {
    let place = Place::file(&path.display().to_string());
    Error::at(place, format!("cannot read it: {error}"), "mend it, or use --isolated")
}

fn references(places: &Places<'_>, ids: &[Text]) -> Vec<Reference> {
    ids.iter().map(|id| Reference { id: id.get_ref().clone(), place: places.at(id.span().start) }).collect()
}

fn categories(places: &Places<'_>, names: &[Choice<Category>]) -> Result<Categories, Error> {
    let category = |name: &Choice<Category>| {
        name.get_ref().parse().map_err(|_| {
            let known = Category::ALL.iter().map(|category| category.name());
            let cure = did_you_mean(name.get_ref(), known);
            Error::at(places.at(name.span().start), format!("unknown category `{}`", name.get_ref()), cure)
        })
    };
    names.iter().map(category).collect()
}

fn protect(places: &Places<'_>, names: &[Text]) -> Result<Protect, Error> {
    let one = |name: &Text| {
        name.get_ref()
            .parse::<Protect>()
            .map_err(|what| Error::at(places.at(name.span().start), what, did_you_mean(name.get_ref(), Protect::NAMES)))
    };
    names.iter().map(one).collect()
}

/// A share of the words of a document, as [`Options::max_removed`](crate::Options::max_removed) takes it.
///
/// # Errors
///
/// What is wrong with it, and what to do.
pub fn checked_share(share: f64) -> Result<f64, (String, &'static str)> {
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    Err((format!("`{share}` is no share"), "write a number from 0 (nothing may go) to 1 (all may go), such as 0.5"))
}

fn parse(file: &str, text: &str) -> Result<ConfigFile, Error> {
    toml::from_str(text).map_err(|error| {
        let place = Place::of(file, text, error.span().map_or(0, |span| span.start));
        let message = error.message();
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        match quoted.split_first() {
            Some((key, known)) if message.starts_with("unknown field") => {
                Error::at(place, format!("unknown key `{key}`"), did_you_mean(key, known.iter().copied()))
            }
            _ => Error::at(place, message.replace('\n', " "), "the rule manual shows what it may hold"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(FILE), text).unwrap();
        Config::find(directory.path()).unwrap_err().to_string()
    }

    #[test]
    fn the_nearest_file_counts_and_paths_start_from_it() {
        let directory = tempfile::tempdir().unwrap();
        let below = directory.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        assert!(Config::find(&below).unwrap().rules.is_empty());
        fs::write(directory.path().join(FILE), "rules = [\"mine\"]").unwrap();
        assert_eq!(Config::find(&below).unwrap().rules, [Path::new("../../mine")]);
        assert_eq!(Config::find(directory.path()).unwrap().rules, [Path::new("mine")]);
        fs::write(directory.path().join("a").join(FILE), "").unwrap();
        assert!(Config::find(&below).unwrap().rules.is_empty());
    }

    #[test]
    fn a_file_adds_to_those_that_it_extends() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::create_dir_all(path("shared")).unwrap();
        fs::create_dir_all(path("mine")).unwrap();
        fs::write(path("shared/deboil.toml"), "rules = [\"packs\"]\nkeep = [\"byline\"]\ndisable = [\"a\"]\n").unwrap();
        fs::write(path("shared/more.toml"), "protect = [\"code\"]\nmax_removed = 0.5\n").unwrap();
        let own = "extends = [\"../shared\", \"../shared/more.toml\"]\nprotect = [\"quotes\"]\nrules = [\"own\"]\nkeep = [\"caption\"]\n[source.x]\ndisable = [\"b\"]\n";
        fs::write(path("mine/deboil.toml"), own).unwrap();
        let config = Config::find(&path("mine")).unwrap();
        assert_eq!(config.rules, [Path::new("../shared/packs"), Path::new("own")]);
        assert!(config.keep.contains(Category::Byline) && config.keep.contains(Category::Caption));
        assert_eq!((config.protect.names(), config.max_removed), (vec!["quotes", "code"], Some(0.5)));
        assert_eq!(config.settings.disable[0].place.to_string(), "../shared/deboil.toml:3:12");
        assert_eq!(config.settings.sources[0].source.id, "x");
        fs::write(path("shared/deboil.toml"), "extends = [\"../mine/deboil.toml\"]").unwrap();
        let cycle = Config::find(&path("mine")).unwrap_err().to_string();
        assert!(cycle.contains("leads back to `../shared/../mine/deboil.toml`"), "{cycle}");
    }

    #[test]
    fn mistakes_have_a_place_and_a_cure() {
        assert_eq!(mistake("\nrulez = []"), "deboil.toml:2:1: unknown key `rulez`; did you mean `rules`?");
        let known = "known are `extends`, `rules`, `disable`, `keep`, `protect`, `max_removed`, `source`";
        assert_eq!(mistake("theme = 1"), format!("deboil.toml:1:1: unknown key `theme`; {known}"));
        assert!(mistake("rules = 1").starts_with("deboil.toml:1:9: invalid type: integer `1`"));
        assert!(mistake("rules = [").starts_with("deboil.toml:1:"));
        assert_eq!(mistake("keep = [\"adz\"]"), "deboil.toml:1:9: unknown category `adz`; did you mean `ad`?");
        assert_eq!(mistake("protect = [\"cod\"]"), "deboil.toml:1:12: `cod` cannot be protected; did you mean `code`?");
        assert!(mistake("\nmax_removed = 1.5").starts_with("deboil.toml:2:15: `1.5` is no share; write a number"));
        assert!(mistake("max_removed = nan").contains("is no share"));
        assert!(mistake("extends = [\"nowhere\"]").starts_with("deboil.toml:1:12: cannot read `nowhere`"));
        assert!(mistake("[source.x]\nhosts = []").starts_with("deboil.toml:2:1: unknown key `hosts`"));
    }
}
