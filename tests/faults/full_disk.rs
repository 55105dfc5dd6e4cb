//! The disk is full: a real one, mounted for the test, and a limit on the size of files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::promises::{Expected, check_second_run, check_whole};
use crate::scene::{BACKUP, PROGRAM, Scene, Stage, text};
use crate::told;

/// What the disk gives a file at least.
const PAGE: usize = 4096;

/// How much of the disk is free at most.
const PAGES: usize = 24;

/// The file that fills the disk.
const FILLER: &str = "filler";

#[test]
fn a_full_disk_while_cleaning_to_a_directory() {
    fill_disk(Scene::of(&["clean", "in", "-o", "out", "--no-bundled"]));
    fill_disk(Scene::of(&["clean", "in", "-o", "out", "--no-bundled", "--ledger", "l"]).with_ledger("l"));
}

#[test]
fn a_full_disk_while_cleaning_in_place() {
    fill_disk(Scene::of(&["clean", "in", "-i", "--no-bundled", "--backup", BACKUP]).in_place());
    fill_disk(Scene::of(&["clean", "in", "-i", "--no-bundled", "--ledger", "l"]).in_place().with_ledger("l"));
}

#[test]
fn a_full_disk_while_restoring() {
    let before = &["clean", "in", "-o", "out", "--no-bundled", "--ledger", "l"];
    fill_disk(Scene::of(&["restore", "out", "--ledger", "l", "-o", "back"]).after(before));
}

/// Runs a command with one more page free each time, until there is enough.
fn fill_disk(scene: Scene) {
    let disk = match Disk::mount() {
        Ok(disk) => disk,
        Err(why) => return told::skipped(&format!("no disk is filled, as none may be mounted: {why}")),
    };
    let stage = scene.set_in(TempDir::new_in(&disk.path).unwrap());
    let before = stage.tree();
    assert!(stage.run(scene.args).status.success());
    let expected = Expected { before, after: stage.tree() };
    let mut full = 0;
    for free in 0..PAGES {
        stage.reset(&expected.before);
        disk.fill(free * PAGE);
        let output = stage.run(scene.args);
        let told = String::from_utf8_lossy(&output.stderr);
        fs::remove_file(disk.path.join(FILLER)).unwrap();
        match output.status.code() {
            Some(0) => {}
            Some(2) if told.contains("No space left on device") || told.contains("no storage space") => full += 1,
            other => panic!("with {free} pages free it ends with {other:?}: {told}"),
        }
        let checked = check_whole(scene, &expected, &stage.tree());
        let checked = checked.and_then(|()| check_second_run(scene, &expected, &stage));
        checked.unwrap_or_else(|what| panic!("with {free} pages free: {what}\n{told}"));
    }
    told::figure(scene.args, &format!("the disk was full {full} times"));
    assert!(full > 3, "the disk is too large");
}

/// A disk of its own for a test; it goes with it.
struct Disk {
    path: PathBuf,
    _directory: TempDir,
}

impl Disk {
    fn mount() -> Result<Self, String> {
        let directory = TempDir::new().unwrap();
        let path = directory.path().to_owned();
        let mut mount = Command::new("mount");
        let output = mount.args(["-t", "tmpfs", "-o", "size=1m", "deboil"]).arg(&path).output();
        match output.map_err(|error| error.to_string())? {
            output if output.status.success() => Ok(Self { path, _directory: directory }),
            output => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        }
    }

    /// Leaves no more than so many bytes free.
    fn fill(&self, free: usize) {
        let mut filler = File::create(self.path.join(FILLER)).unwrap();
        let mut len = 0;
        let full = loop {
            match filler.write(&[0; PAGE]) {
                Ok(written) => len += written,
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        filler.set_len(len.saturating_sub(free) as u64).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.path).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{} is still mounted", self.path.display());
    }
}

#[test]
fn a_file_that_may_not_grow_so_large_is_a_failure_of_its_own() {
    for scene in [
        Scene::of(&["clean", "in", "-o", "out", "--no-bundled"]),
        Scene::of(&["clean", "in", "-i", "--no-bundled"]).in_place(),
    ] {
        let stage: Stage = scene.set();
        stage.write("in/big.txt", text(40).as_bytes());
        let before = stage.tree();
        assert!(stage.run(scene.args).status.success());
        let expected = Expected { before, after: stage.tree() };
        stage.reset(&expected.before);
        let mut limited = Command::new("sh");
        // Two kilobytes.
        limited.args(["-c", "ulimit -f 4; exec \"$@\"", "sh", PROGRAM]).args(scene.args).current_dir(stage.directory());
        let output = limited.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{:?}: {told}", output.status);
        assert!(told.contains("in/big.txt: cannot write") && told.contains("File too large"), "{told}");
        let now = stage.tree();
        check_whole(scene, &expected, &now).unwrap();
        let others = |path: &PathBuf| !path.ends_with("big.txt") && !path.ends_with("m.parquet");
        assert!(
            expected.after.iter().filter(|(path, _)| others(path)).all(|(path, bytes)| now.get(path) == Some(bytes))
        );
        check_second_run(scene, &expected, &stage).unwrap();
    }
}
