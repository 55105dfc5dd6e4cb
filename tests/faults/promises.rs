//! What holds after any fault.

use std::io::Read as _;
use std::path::Path;

use deboil::text::compression::Compression;

use crate::scene::{BACKUP, STDOUT, Scene, Stage, Tree, difference, is_temporary};

/// What a command starts from and what it makes.
pub(crate) struct Expected {
    pub(crate) before: Tree,
    pub(crate) after: Tree,
}

/// Whether a file may be one that only a part of the work went into: what tells of a run, not what was cleaned.
fn tells_of_run(scene: Scene, path: &Path) -> bool {
    scene.ledger.is_some_and(|ledger| path == Path::new(ledger))
        || [STDOUT, "report"].iter().any(|it| path == Path::new(it))
}

/// Each file is whole: what it was, or what it is to be. None is missing, and none is there that nobody asked for,
/// temporary ones included.
pub(crate) fn check_whole(scene: Scene, expected: &Expected, now: &Tree) -> Result<(), String> {
    let Expected { before, after } = expected;
    if let Some(lost) = before.keys().find(|path| !now.contains_key(*path)) {
        return Err(format!("`{}` is lost", lost.display()));
    }
    for (path, bytes) in now.iter().filter(|(path, _)| !tells_of_run(scene, path)) {
        if before.get(path) != Some(bytes) && after.get(path) != Some(bytes) {
            let what = if before.contains_key(path) || after.contains_key(path) { "torn" } else { "left behind" };
            return Err(format!("`{}` is {what}: {}", path.display(), bytes.escape_ascii()));
        }
        let backup = path.with_file_name(format!("{}{BACKUP}", path.file_name().unwrap().to_string_lossy()));
        let is_replaced = before.get(path).is_some_and(|old| old != bytes);
        if is_replaced && after.contains_key(&backup) && now.get(&backup) != before.get(path) {
            return Err(format!("`{}` is replaced, and not kept", path.display()));
        }
    }
    Ok(())
}

/// What holds when the program was killed: what it left behind under names of its own is in nobody's way.
pub(crate) fn check_killed(scene: Scene, expected: &Expected, stage: &Stage) -> Result<(), String> {
    let mut now = stage.tree();
    now.retain(|path, _| !is_temporary(path));
    check_whole(scene, expected, &now)?;
    check_second_run(scene, expected, stage)
}

/// A run that nothing disturbs ends as if there had been no other before it, and with the ledgers of both, what was
/// replaced comes back.
pub(crate) fn check_second_run(scene: Scene, expected: &Expected, stage: &Stage) -> Result<(), String> {
    let ledger = scene.ledger.filter(|_| scene.in_place);
    let args: Vec<&str> = scene.args.iter().map(|&arg| if Some(arg) == ledger { "again" } else { arg }).collect();
    let printed = succeed(stage, &args)?;
    if expected.after.get(Path::new(STDOUT)) != Some(&printed) {
        return Err(format!("a second run prints something else: {}", printed.escape_ascii()));
    }
    let same = |tree: &Tree| -> Tree {
        let is_told = |path: &Path| tells_of_run(scene, path) || path == Path::new("again");
        let is_compared =
            |path: &Path| path != Path::new(STDOUT) && !is_temporary(path) && !(scene.in_place && is_told(path));
        tree.iter().filter(|(path, _)| is_compared(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    };
    let (now, after) = (same(&stage.tree()), same(&expected.after));
    if now != after {
        return Err(format!("a second run ends otherwise: {}", difference(&now, &after)));
    }
    stage.remove_temporary(ledger);
    match ledger.filter(|_| scene.args[0] == "clean") {
        Some(ledger) => check_restored(ledger, expected, stage),
        None => Ok(()),
    }
}

/// A run that goes on where one was killed, if that had not done all, ends like an undisturbed one, its ledger is the same, and gives back what was
/// cleaned.
pub(crate) fn check_resumed(scene: Scene, expected: &Expected, stage: &Stage) -> Result<(), String> {
    if stage.has_journal() || stage.tree() != expected.after {
        succeed(stage, &resuming(scene))?;
    }
    let ledger = Path::new(scene.ledger.expect("it has a ledger"));
    let mut now = stage.tree();
    // What stays beside files that were replaced is no ledger of which a line is whole.
    let is_left = |path: &Path, bytes: &[u8]| {
        is_temporary(path) && (scene.in_place && path.starts_with("in") || !unpacked(bytes).contains(&b'\n'))
    };
    now.retain(|path, bytes| !is_left(path, bytes));
    let with_lines = |mut tree: Tree| {
        tree.entry(ledger.to_owned()).and_modify(|bytes| *bytes = unpacked(bytes));
        tree
    };
    let (now, after) = (with_lines(now), with_lines(expected.after.clone()));
    if now != after {
        return Err(format!("a resumed run ends otherwise: {}", difference(&now, &after)));
    }
    let (cleaned, back) = if scene.in_place { ("in", "-i") } else { ("out", "-oback") };
    succeed(stage, &["restore", cleaned, back, "--ledger", &ledger.to_string_lossy(), "-q"])?;
    let now = stage.tree();
    let place = |path: &Path| {
        if scene.in_place { path.into() } else { Path::new("back").join(path.strip_prefix("in").unwrap()) }
    };
    let mut originals = expected.before.iter().filter(|(path, _)| path.starts_with("in"));
    match originals.find(|(path, bytes)| !now.get(&place(path)).is_some_and(|now| is_same(path, bytes, now))) {
        None => Ok(()),
        Some((path, _)) => Err(format!("the ledger does not bring `{}` back", path.display())),
    }
}

/// The command that goes on where one was killed.
pub(crate) fn resuming(scene: Scene) -> Vec<&'static str> {
    scene.args.iter().copied().chain(["--resume"]).collect()
}

fn check_restored(ledger: &str, expected: &Expected, stage: &Stage) -> Result<(), String> {
    succeed(stage, &["restore", "in", "-i", "--ledger", "again", "-q"])?;
    if stage.path(ledger).exists() {
        mend(stage, ledger)?;
        succeed(stage, &["restore", "in", "-i", "--ledger", ledger, "-q"])?;
    }
    let now = stage.tree();
    match expected.before.iter().find(|(path, bytes)| path.starts_with("in") && !is_same(path, bytes, &now[*path])) {
        None => Ok(()),
        Some((path, _)) => Err(format!("the ledger does not bring `{}` back", path.display())),
    }
}

/// Does with a ledger that is cut off what the program says of it.
fn mend(stage: &Stage, ledger: &str) -> Result<(), String> {
    let output = stage.run(&["restore", "in", "-i", "--ledger", ledger, "-q"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        return Ok(());
    }
    let advice = told.split_once("put ").and_then(|(place, rest)| Some((place, rest.split_once(" in place of")?.0)));
    let (place, end) = advice.ok_or_else(|| format!("the ledger cannot be read: {told}"))?;
    let line: usize = place.split(':').nth(1).and_then(|line| line.parse().ok()).ok_or(told.clone())?;
    let lines = String::from_utf8(std::fs::read(stage.path(ledger)).unwrap()).unwrap();
    let kept: String = lines.split_inclusive('\n').take(line - 1).collect();
    std::fs::write(stage.path(ledger), kept + end + "\n").unwrap();
    Ok(())
}

/// What is compressed is compressed anew.
fn is_same(path: &Path, one: &[u8], other: &[u8]) -> bool {
    assert!(path.is_relative());
    unpacked(one) == unpacked(other)
}

/// Bytes without their compression, as far as they are whole.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let Some(compression) = Compression::of_magic(bytes) else { return bytes.to_vec() };
    let mut text = Vec::new();
    let _ = compression.decoder(bytes).unwrap().read_to_end(&mut text);
    text
}

/// Runs a command that is to succeed, and gives what it prints.
fn succeed(stage: &Stage, args: &[&str]) -> Result<Vec<u8>, String> {
    let output = stage.run(args);
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("`deboil {}`: {}", args.join(" "), String::from_utf8_lossy(&output.stderr))),
    }
}
