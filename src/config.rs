//! `deboil.toml`, found upwards from the working directory.

use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Place, did_you_mean};

const NAME: &str = "deboil.toml";

/// What a project says once for all runs.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Rule files and directories of them, relative to the file in which they are named.
    #[serde(default)]
    pub rules: Vec<PathBuf>,
}

impl Config {
    /// Reads the nearest configuration at or above the working directory; the default if there is none.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or a mistake in it.
    pub fn find(working: &Path) -> Result<Self, Error> {
        // From the working directory, not from the root: so the paths in messages are short.
        let steps = |up: usize| iter::repeat_n("..", up).collect::<PathBuf>();
        let mut directories = (0..working.ancestors().count()).map(steps);
        let nearest = directories.find(|directory| working.join(directory).join(NAME).is_file());
        nearest.map_or_else(|| Ok(Self::default()), |directory| Self::read(working, &directory))
    }

    fn read(working: &Path, directory: &Path) -> Result<Self, Error> {
        let file = directory.join(NAME).display().to_string();
        let cannot_read =
            |error| Error::at(Place::file(&file), format!("cannot read it: {error}"), "mend it, or use --isolated");
        let text = fs::read_to_string(working.join(directory).join(NAME)).map_err(cannot_read)?;
        let mut config = Self::parse(&file, &text)?;
        config.rules = config.rules.iter().map(|rules| directory.join(rules)).collect();
        Ok(config)
    }

    fn parse(file: &str, text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| {
            let place = Place::of(file, text, error.span().map_or(0, |span| span.start));
            let message = error.message();
            let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
            match quoted.split_first() {
                Some((key, known)) if message.starts_with("unknown field") => {
                    Error::at(place, format!("unknown key `{key}`"), did_you_mean(key, known.iter().copied()))
                }
                _ => Error::at(place, message.replace('\n', " "), "write `rules = [\"PATH\", …]`"),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        Config::parse("deboil.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn the_nearest_file_counts_and_paths_start_from_it() {
        let directory = tempfile::tempdir().unwrap();
        let below = directory.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        assert!(Config::find(&below).unwrap().rules.is_empty());
        fs::write(directory.path().join(NAME), "rules = [\"mine\"]").unwrap();
        assert_eq!(Config::find(&below).unwrap().rules, [Path::new("../../mine")]);
        assert_eq!(Config::find(directory.path()).unwrap().rules, [Path::new("mine")]);
        fs::write(directory.path().join("a").join(NAME), "").unwrap();
        assert!(Config::find(&below).unwrap().rules.is_empty());
    }

    #[test]
    fn mistakes_have_a_place_and_a_cure() {
        assert_eq!(mistake("\nrulez = []"), "deboil.toml:2:1: unknown key `rulez`; did you mean `rules`?");
        assert_eq!(mistake("theme = 1"), "deboil.toml:1:1: unknown key `theme`; known are `rules`");
        assert!(mistake("rules = 1").starts_with("deboil.toml:1:9: invalid type: integer `1`"));
        assert!(mistake("rules = [").starts_with("deboil.toml:1:"));
    }
}
