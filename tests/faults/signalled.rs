//! A signal comes before each call for a file in turn: between two calls, nothing on the disk changes, so that these are
//! all moments that there are.

use std::path::Path;

use nix::sys::signal::Signal;

use crate::calls::Fault;
use crate::promises::{Expected, check_killed, check_resumed, check_second_run, check_whole, resuming};
use crate::rehearsal::rehearse;
use crate::scene::{BACKUP, PROGRAM, Scene, Stage, difference};
use crate::told;
use crate::tracer::{self, Traced};

const IN_PLACE: Scene = Scene::of(&["clean", "in", "-i", "-j1", "--no-bundled"]).in_place();
const WITH_BACKUPS: Scene = Scene::of(&["clean", "in", "-i", "-j1", "--no-bundled", "--backup", BACKUP]).in_place();
const WITH_LEDGER: Scene =
    Scene::of(&["clean", "in", "-i", "-j1", "--no-bundled", "--ledger", "l"]).in_place().with_ledger("l");
const TO_DIRECTORY: Scene =
    Scene::of(&["clean", "in", "-o", "out", "-j1", "--no-bundled", "--ledger", "l"]).with_ledger("l");
/// Archives have no fields to add.
const WITH_PACKED_LEDGER: &[&str] = &[
    "clean",
    "in",
    "-i",
    "-j1",
    "--no-bundled",
    "--ledger",
    "l.zst",
    "--removals-field",
    "gone",
    "--exclude",
    "*.wet*",
];

#[test]
fn kill_while_cleaning_in_place() {
    kill_at_each_moment(IN_PLACE);
    kill_at_each_moment(WITH_BACKUPS);
}

#[test]
fn kill_while_cleaning_with_a_ledger() {
    kill_at_each_moment(WITH_LEDGER);
    kill_at_each_moment(TO_DIRECTORY);
}

#[test]
fn kill_and_resume_with_a_ledger() {
    resume_at_each_moment(WITH_LEDGER);
    resume_at_each_moment(TO_DIRECTORY);
    resume_at_each_moment(Scene::of(WITH_PACKED_LEDGER).in_place().with_ledger("l.zst"));
}

#[test]
fn kill_while_restoring() {
    let before = &["clean", "in", "-i", "--no-bundled", "--ledger", "l"];
    kill_at_each_moment(Scene::of(&["restore", "in", "-i", "--ledger", "l"]).in_place().after(before));
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    for scene in [IN_PLACE, WITH_LEDGER, TO_DIRECTORY] {
        interrupt_at_each_moment(scene);
    }
}

/// The calls that follow one which may have changed something.
fn moments(undisturbed: &Traced) -> impl Iterator<Item = usize> {
    (1..undisturbed.calls.len()).filter(|&number| undisturbed.calls[number - 1].what.changes_files())
}

/// Runs a command anew for each moment, and tells how many signals `turn` says there were.
fn at_each_moment(scene: Scene, what: &str, mut turn: impl FnMut(&Stage, &Expected, &Traced, usize) -> u32) {
    let Some((stage, expected, undisturbed)) = rehearse(scene) else { return };
    let mut signals = 0;
    for number in moments(&undisturbed) {
        stage.reset(&expected.before);
        signals += turn(&stage, &expected, &undisturbed, number);
    }
    told::figure(scene.args, &format!("{signals} {what}"));
    assert!(signals > 10, "most come while there is something to do");
}

/// Kills a command at each moment.
fn kill_at_each_moment(scene: Scene) {
    at_each_moment(scene, "kills", |stage, expected, _, number| {
        kill(stage, scene, number);
        let checked = check_killed(scene, expected, stage);
        checked.unwrap_or_else(|what| panic!("killed before call {number}: {what}"));
        1
    });
}

/// Kills a command at each moment, and the one that goes on with it at another one.
fn resume_at_each_moment(scene: Scene) {
    at_each_moment(scene, "kills, also of the run that goes on", |stage, expected, undisturbed, number| {
        kill(stage, scene, number);
        let moment = number * 31 % undisturbed.calls.len();
        let fault = Some((moment, Fault::Signal(Signal::SIGKILL)));
        let again = tracer::run(Path::new(PROGRAM), &resuming(scene), stage.directory(), fault).unwrap();
        let checked = check_resumed(scene, expected, stage);
        checked.unwrap_or_else(|what| panic!("killed before call {number}, then before call {moment}: {what}"));
        1 + u32::from(again.status.is_none())
    });
}

fn kill(stage: &Stage, scene: Scene, number: usize) {
    assert_eq!(run(stage, scene, number, Signal::SIGKILL).status, None);
}

/// Interrupts a command at each moment, by two signals in turn.
fn interrupt_at_each_moment(scene: Scene) {
    at_each_moment(scene, "interruptions", |stage, expected, _, number| {
        let signal = if number % 2 == 0 { Signal::SIGINT } else { Signal::SIGTERM };
        let ended = run(stage, scene, number, signal);
        let checked = check_interrupted(scene, expected, stage, &ended);
        checked.unwrap_or_else(|what| panic!("{signal} before call {number}: {what}\n{}", ended.stderr));
        u32::from(ended.status == Some(130))
    });
}

fn check_interrupted(scene: Scene, expected: &Expected, stage: &Stage, ended: &Traced) -> Result<(), String> {
    let now = stage.tree();
    check_whole(scene, expected, &now)?;
    match ended.status {
        // It ended before it watched for signals, and before it wrote anything.
        None if now == expected.before => {}
        // It was done when the signal came.
        Some(0) if now == expected.after => {}
        Some(130) if ended.stderr.contains("interrupted: the rest is not done") => {}
        other => return Err(format!("it ends with {other:?}: {}", difference(&now, &expected.before))),
    }
    check_second_run(scene, expected, stage)
}

fn run(stage: &Stage, scene: Scene, number: usize, signal: Signal) -> Traced {
    let fault = Some((number, Fault::Signal(signal)));
    tracer::run(Path::new(PROGRAM), scene.args, stage.directory(), fault).unwrap()
}
