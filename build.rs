//! Checks the rule files under `rules/` and packs them, so that all of them become part of the program and none has to be
//! read when it starts. It is made of the modules that read rules.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "cargo and its user read what a build script prints")]
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    reason = "most of what the modules hold is for the program"
)]

#[path = "src/copies.rs"]
mod copies;
#[path = "src/error.rs"]
mod error;
#[path = "src/fold/mod.rs"]
mod fold;
#[path = "src/layout.rs"]
mod layout;
#[path = "src/page.rs"]
mod page;
#[path = "src/rule/mod.rs"]
mod rule;
#[path = "src/sentence.rs"]
mod sentence;
#[path = "src/threads.rs"]
mod threads;

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

use error::Errors;
use rule::load;
use rule::set::Ruleset;

mod bundled {
    /// The rules are what is packed here.
    pub const IMAGE: &[u8] = &[];
}

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    // Not the feature itself, as this script has it too, and does without the schema and what it is derived with.
    if env::var_os("CARGO_FEATURE_SCHEMA").is_some() {
        println!("cargo::rustc-cfg=rule_schema");
    }
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("rules");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut paths = Vec::new();
    collect(&root, &mut paths)?;
    let name = |path: &PathBuf| path.strip_prefix(&root).expect("found under it").to_string_lossy().replace('\\', "/");
    let mut files: Vec<(String, &PathBuf)> = paths.iter().map(|path| (name(path), path)).collect();
    files.sort();
    let row =
        |(name, path): &(String, &PathBuf)| format!("({name:?}, include_str!({:?})),\n", path.display().to_string());
    fs::write(out.join("packs.rs"), format!("&[\n{}]", files.iter().map(row).collect::<String>()))?;
    let texts = files.iter().map(|(name, path)| Ok((name.as_str(), read(path)?)));
    match packed(&texts.collect::<io::Result<Vec<_>>>()?) {
        Ok(image) => {
            fs::write(out.join("fingerprint.rs"), format!("{}", fingerprint(&image)))?;
            // This script is made of the code that reads rules.
            fs::write(out.join("code.rs"), format!("{}", fingerprint(&fs::read(env::current_exe()?)?)))?;
            fs::write(out.join("rules.bin"), image)
        }
        Err(errors) => {
            eprintln!("{errors}");
            process::exit(1);
        }
    }
}

/// A number that tells bytes apart: to hash an image takes longer than the program takes to start.
fn fingerprint(image: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(image);
    hasher.finish()
}

fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

fn packed(files: &[(&str, String)]) -> Result<Vec<u8>, Errors> {
    let (mut packs, mut errors) = (Vec::new(), Vec::new());
    for (name, text) in files {
        match load::load(name, text, true) {
            Ok(pack) => packs.push(pack),
            Err(mistakes) => errors.extend(mistakes.0),
        }
    }
    if !errors.is_empty() {
        return Err(Errors(errors));
    }
    Ruleset::of(packs).map(|rules| rules.packed())
}
