//! Every call for a file that the program makes fails in turn, in each way in which it can.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use crate::calls::{Fault, Kind};
use crate::promises::{Expected, check_second_run, check_whole};
use crate::scene::{BACKUP, PROGRAM, STDOUT, Scene, Stage, Tree, difference, is_temporary};
use crate::told;
use crate::tracer::{self, Call, Traced};

const RULES_ONLY: &[&str] = &["clean", "in", "-o", "out", "-j1", "--no-bundled"];

#[test]
fn cleaning_to_a_directory() {
    fail_each_call(Scene::of(RULES_ONLY));
}

#[test]
fn cleaning_mapped_files_with_a_report_and_links_and_syncing_them() {
    let args = &[
        "clean",
        "in",
        "-o",
        "out",
        "-j1",
        "--no-bundled",
        "--mmap",
        "always",
        "--link",
        "--report",
        "report",
        "--fsync",
        "always",
    ];
    fail_each_call(Scene::of(args));
}

#[test]
fn cleaning_with_a_ledger() {
    fail_each_call(Scene::of(&["clean", "in", "-o", "out", "-j1", "--no-bundled", "--ledger", "l"]).with_ledger("l"));
}

#[test]
fn cleaning_in_place() {
    fail_each_call(Scene::of(&["clean", "in", "-i", "-j1", "--no-bundled"]).in_place());
}

#[test]
fn cleaning_in_place_with_backups() {
    fail_each_call(Scene::of(&["clean", "in", "-i", "-j1", "--no-bundled", "--backup", BACKUP]).in_place());
}

#[test]
fn cleaning_in_place_with_a_ledger() {
    fail_each_call(
        Scene::of(&["clean", "in", "-i", "-j1", "--no-bundled", "--ledger", "l"]).in_place().with_ledger("l"),
    );
}

#[test]
fn cleaning_to_standard_output() {
    fail_each_call(Scene::of(&["clean", "in/a.txt", "-j1", "--no-bundled"]));
    fail_each_call(Scene::of(&["clean", "in/f.jsonl", "-j1", "--no-bundled"]));
}

#[test]
fn restoring() {
    let before = &["clean", "in", "-o", "out", "--no-bundled", "--ledger", "l"];
    fail_each_call(Scene::of(&["restore", "out", "--ledger", "l", "-o", "back"]).after(before));
}

#[test]
fn restoring_in_place() {
    let before = &["clean", "in", "-i", "--no-bundled", "--ledger", "l.zst"];
    fail_each_call(Scene::of(&["restore", "in", "-i", "--ledger", "l.zst"]).in_place().after(before));
}

/// Runs a command once for each call that it makes and each way in which that can fail.
fn fail_each_call(scene: Scene) {
    tracer::stay_on_one_processor();
    let stage = scene.set();
    let before = stage.tree();
    let undisturbed = match run(&stage, scene, None) {
        Ok(traced) => traced,
        Err(error) => return told::skipped(&format!("no call is made to fail, as no program may be traced: {error}")),
    };
    assert_eq!(undisturbed.status, Some(0), "{}", undisturbed.stderr);
    let expected = Expected { before, after: stage.tree() };
    let (mut faults, mut broken, mut ended) = (0, Vec::new(), HashSet::new());
    for (number, call) in undisturbed.calls.iter().enumerate() {
        for fault in call.what.faults() {
            stage.reset(&expected.before);
            let traced = run(&stage, scene, Some((number, fault))).unwrap();
            assert!(traced.calls[number].what == call.what, "the calls come in the same order each time");
            faults += 1;
            let turn = Turn { scene, expected: &expected, calls: &undisturbed.calls, number, fault };
            if let Err(what) = turn.check(&stage, &traced, &mut ended) {
                let Call { what: system, path, .. } = call;
                let stderr = &traced.stderr;
                broken.push(format!(
                    "call {number}, {} of `{}`, {fault:?}: {what}\n{stderr}",
                    system.name,
                    path.display()
                ));
            }
        }
    }
    told::figure(scene.args, &format!("{} calls, {faults} faults", undisturbed.calls.len()));
    assert!(broken.is_empty(), "of {faults} faults, {} break a promise:\n{}", broken.len(), broken.join("\n"));
}

fn run(stage: &Stage, scene: Scene, fault: Option<(usize, Fault)>) -> Result<Traced, nix::errno::Errno> {
    tracer::run(Path::new(PROGRAM), scene.args, stage.directory(), fault)
}

/// A run in which one call failed.
struct Turn<'a> {
    scene: Scene,
    expected: &'a Expected,
    /// The calls of a run in which none fails.
    calls: &'a [Call],
    number: usize,
    fault: Fault,
}

impl Turn<'_> {
    /// `ended` are the states in which runs ended from which a second one goes right.
    fn check(&self, stage: &Stage, traced: &Traced, ended: &mut HashSet<Tree>) -> Result<(), String> {
        self.move_ledger(stage, &traced.stderr);
        let mut now = stage.tree();
        if self.calls[self.number].what.kind == Kind::Remove {
            // What could not be removed is still there, and in nobody's way.
            now.retain(|path, _| !is_temporary(path));
        }
        check_whole(self.scene, self.expected, &now)?;
        match traced.status {
            Some(0) if now == self.expected.after => {}
            Some(0) => return Err(format!("it is not told: {}", difference(&now, &self.expected.after))),
            Some(2) if self.is_harmless() => return Err("it could go on".to_owned()),
            Some(2) => {
                self.check_told(&traced.stderr)?;
                self.check_others(&now)?;
            }
            other => return Err(format!("it ends with {other:?}")),
        }
        if !ended.contains(&now) {
            check_second_run(self.scene, self.expected, stage)?;
            ended.insert(now);
        }
        Ok(())
    }

    /// Moves a ledger to its place that could not be put there, as the program says.
    fn move_ledger(&self, stage: &Stage, stderr: &str) {
        let left = stderr.split_once("it lies at `").and_then(|(_, rest)| rest.split_once("`: move it"));
        if let (Some(ledger), Some((left, _))) = (self.scene.ledger, left) {
            std::fs::rename(stage.path(left), stage.path(ledger)).unwrap();
        }
    }

    /// Whether the program must go on as if nothing had happened. To list a directory is tried once, as Rust's library
    /// does.
    fn is_harmless(&self) -> bool {
        let Call { what, path, .. } = &self.calls[self.number];
        let lists =
            what.name == "openat" && self.expected.before.keys().any(|file| file.starts_with(path) && file != path);
        self.fault.is_harmless() && !lists
    }

    /// What failed is named, and why.
    fn check_told(&self, stderr: &str) -> Result<(), String> {
        let Fault::Error(error) = self.fault else { return Err("it is no failure".to_owned()) };
        if !stderr.contains(&format!("(os error {})", error as i32)) {
            return Err("the cause is not told".to_owned());
        }
        let concerned = self.concerned();
        let name = concerned.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = if name == STDOUT { "standard output" } else { &name };
        match stderr.contains(name) {
            true => Ok(()),
            false => Err(format!("the place `{}` is not told", concerned.display())),
        }
    }

    /// Files that the call was not for are done.
    fn check_others(&self, now: &Tree) -> Result<(), String> {
        let concerned = self.concerned();
        let mut parts = concerned.components();
        let Some(Component::Normal(root)) = parts.next() else { return Ok(()) };
        let below = parts.as_path();
        let is_document = ["in", "out", "back"].iter().any(|it| root == *it) && below != Path::new("");
        if !is_document {
            return Ok(());
        }
        let below = below.to_string_lossy();
        let below = below.strip_suffix(BACKUP).unwrap_or(&below);
        let is_of_it = |path: &Path| path.iter().skip(1).collect::<PathBuf>().to_string_lossy().starts_with(below);
        let is_told = |path: &Path| path.iter().count() > 1;
        let after = &self.expected.after;
        match after.iter().find(|(path, bytes)| is_told(path) && !is_of_it(path) && now.get(*path) != Some(bytes)) {
            None => Ok(()),
            Some((path, _)) => Err(format!("`{}` is not done, and not concerned", path.display())),
        }
    }

    /// What the call is for: of a temporary file, the file that it becomes, or the directory that it is in.
    fn concerned(&self) -> PathBuf {
        let path = &self.calls[self.number].path;
        if !is_temporary(path) {
            return path.clone();
        }
        let is_placed = |call: &&Call| call.what.kind == Kind::Rename && call.from.as_ref() == Some(path);
        let placed = self.calls.iter().find(is_placed);
        placed.map_or_else(|| path.parent().unwrap().to_owned(), |call| call.path.clone())
    }
}
