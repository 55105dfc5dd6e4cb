//! Another program changes an input while it is cleaned or restored, at each moment.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::calls::{Fault, Kind};
use crate::promises::Expected;
use crate::rehearsal::rehearse;
use crate::scene::{PROGRAM, Scene, Stage, Tree};
use crate::told;
use crate::tracer::{self, Call, Traced};

/// What another program does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meddling {
    /// Writes more to its end.
    Grow,
    /// Cuts it off behind its first line.
    Shrink,
    /// Leaves nothing of it: its pages are gone.
    Empty,
    /// Puts another file in its place.
    Replace,
}

impl Meddling {
    pub(crate) fn with(self, path: &Path) {
        let Ok(before) = fs::read(path) else { return };
        match self {
            Self::Grow => OpenOptions::new().append(true).open(path).unwrap().write_all(&more(path)).unwrap(),
            Self::Shrink => {
                let line = before.iter().position(|&byte| byte == b'\n').map_or(0, |end| end + 1);
                cut_off(path, line as u64);
            }
            Self::Empty => cut_off(path, 0),
            Self::Replace => {
                let other = path.with_extension("other");
                fs::write(&other, more(path)).unwrap();
                fs::rename(&other, path).unwrap();
            }
        }
    }
}

fn cut_off(path: &Path, len: u64) {
    OpenOptions::new().write(true).open(path).unwrap().set_len(len).unwrap();
}

/// What another program writes to a file, with junk in it.
fn more(path: &Path) -> Vec<u8> {
    let text = "Nobody had expected the bridge to open before noon.\n\nAdvertisement\n";
    match path.extension() {
        Some(extension) if extension == "jsonl" => serde_json::json!({ "text": text }).to_string() + "\n",
        _ => text.to_owned(),
    }
    .into_bytes()
}

const FILES: [&str; 2] = ["in/a.txt", "in/f.jsonl"];

#[test]
fn while_cleaning_in_place() {
    meddle_at_each_moment(Scene::of(&["clean", "in/a.txt", "in/f.jsonl", "-i", "-j1", "--no-bundled"]).in_place());
    let mapped = &["clean", "in/a.txt", "in/f.jsonl", "-i", "-j1", "--no-bundled", "--mmap", "always"];
    meddle_at_each_moment(Scene::of(mapped).in_place());
}

#[test]
fn while_cleaning_in_place_with_a_ledger() {
    let args = &["clean", "in/a.txt", "in/f.jsonl", "-i", "-j1", "--no-bundled", "--ledger", "l"];
    meddle_at_each_moment(Scene::of(args).in_place());
}

#[test]
fn while_restoring_in_place() {
    let before = &["clean", "in", "-i", "--no-bundled", "--ledger", "l"];
    let args = &["restore", "in/a.txt", "in/f.jsonl", "-i", "--ledger", "l"];
    meddle_at_each_moment(Scene::of(args).in_place().after(before));
}

#[test]
fn while_cleaning_mapped_files_to_a_directory() {
    let args = &["clean", "in/a.txt", "in/f.jsonl", "-o", "out", "-j1", "--no-bundled", "--mmap", "always"];
    meddle_at_each_moment(Scene::of(args));
}

/// Changes a file before each call for a file that a command makes.
fn meddle_at_each_moment(scene: Scene) {
    let Some((stage, expected, undisturbed)) = rehearse(scene) else { return };
    let mut times = 0;
    for file in FILES {
        for meddling in [Meddling::Grow, Meddling::Shrink, Meddling::Empty, Meddling::Replace] {
            let outcomes = Outcomes::of(scene, &stage, &expected, file, meddling);
            for number in 0..undisturbed.calls.len() {
                if scene.in_place && is_last_step(&undisturbed.calls[number], file) {
                    continue;
                }
                stage.reset(&expected.before);
                let fault = Some((number, Fault::Meddle(meddling, file)));
                let traced = tracer::run(Path::new(PROGRAM), scene.args, stage.directory(), fault).unwrap();
                let checked = outcomes.check(&stage.tree(), &traced);
                let name = undisturbed.calls[number].what.name;
                checked.unwrap_or_else(|what| {
                    panic!("{meddling:?} of {file} before call {number}, {name}: {what}\n{}", traced.stderr)
                });
                times += 1;
            }
        }
    }
    told::figure(scene.args, &format!("{times} changes of a file meanwhile"));
}

/// Whether it is the step that replaces a file, just after a last look at it. What is written to the file in between goes
/// with it.
fn is_last_step(call: &Call, file: &str) -> bool {
    call.what.kind == Kind::Rename && call.path == Path::new(file)
}

/// What may become of a file with which another program meddles.
struct Outcomes<'a> {
    file: &'static str,
    /// Where what becomes of it is found.
    output: &'static str,
    expected: &'a Expected,
    /// The files if the program is left alone after that.
    meddled_first: Tree,
    /// The same before it runs.
    meddled: Tree,
    /// The files if it is left alone before that.
    meddled_last: Tree,
    may_be_missing: bool,
}

impl<'a> Outcomes<'a> {
    fn of(scene: Scene, stage: &Stage, expected: &'a Expected, file: &'static str, meddling: Meddling) -> Self {
        let after = |tree: &Tree, runs: bool| {
            stage.reset(tree);
            meddling.with(&stage.path(file));
            if runs {
                stage.run(scene.args);
            }
            stage.tree()
        };
        let output = if scene.in_place { file } else { if file == FILES[0] { "out/a.txt" } else { "out/f.jsonl" } };
        Self {
            file,
            output,
            expected,
            meddled_first: after(&expected.before, true),
            meddled: after(&expected.before, false),
            meddled_last: after(&expected.after, false),
            may_be_missing: !scene.in_place,
        }
    }

    fn check(&self, now: &Tree, traced: &Traced) -> Result<(), String> {
        let others = FILES.iter().map(Path::new).filter(|&file| file != Path::new(self.file));
        for other in others {
            if now.get(other) != self.expected.after.get(other) {
                return Err(format!("`{}` is not done, and not concerned", other.display()));
            }
        }
        let (output, file) = (Path::new(self.output), Path::new(self.file));
        let is_told = traced.status == Some(2) && traced.stderr.contains(self.file);
        let became = now.get(output);
        let may_be = [&self.meddled_first, &self.meddled_last].map(|tree| tree.get(output));
        if may_be.contains(&became) && (became.is_some() || is_told) {
            return Ok(());
        }
        match became {
            None if self.may_be_missing && is_told => Ok(()),
            Some(_) if became == self.meddled.get(file) && is_told => Ok(()),
            Some(bytes) => Err(format!("it is neither old nor new, or not told of: {}", bytes.escape_ascii())),
            None => Err("it is missing, and not told of".to_owned()),
        }
    }
}
