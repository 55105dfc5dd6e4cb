//! The program is killed at random moments, while many threads work.
//!
//! `DEBOIL_KILLS=1000 cargo test --test faults killed` kills it a thousand times in each way.

use std::env;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use proptest::test_runner::{RngAlgorithm, TestRng};

use crate::promises::{Expected, check_killed, check_resumed};
use crate::scene::{BACKUP, Scene, Stage, text};
use crate::told;

/// How many texts there are, so that a run takes some time.
const TEXTS: usize = 200;

#[test]
fn killed_while_cleaning_to_a_directory() {
    kill(Scene::of(&["clean", "in", "-o", "out", "-j4", "--no-bundled", "--ledger", "l"]).with_ledger("l"));
}

#[test]
fn killed_while_cleaning_in_place() {
    kill(Scene::of(&["clean", "in", "-i", "-j4", "--no-bundled", "--backup", BACKUP]).in_place());
}

#[test]
fn killed_while_cleaning_in_place_with_a_ledger() {
    let args = &["clean", "in", "-i", "-j4", "--no-bundled", "--ledger", "l"];
    kill(Scene::of(args).in_place().with_ledger("l"));
}

#[test]
fn killed_and_resumed_with_a_ledger() {
    let in_place = &["clean", "in", "-i", "-j4", "--no-bundled", "--ledger", "l"];
    kill_and(Scene::of(in_place).in_place().with_ledger("l"), check_resumed);
    let to_directory = &["clean", "in", "-o", "out", "-j4", "--no-bundled", "--ledger", "l"];
    kill_and(Scene::of(to_directory).with_ledger("l"), check_resumed);
}

fn kill(scene: Scene) {
    kill_and(scene, check_killed);
}

/// Kills a command at random moments, and checks what holds then.
fn kill_and(scene: Scene, check: fn(Scene, &Expected, &Stage) -> Result<(), String>) {
    let kills = env::var("DEBOIL_KILLS").map_or(20, |kills| kills.parse().expect("DEBOIL_KILLS is a number"));
    let stage = scene.set();
    for number in 0..TEXTS {
        stage.write(format!("in/many/{}/{number}.txt", number % 7), text(1 + number % 3).as_bytes());
    }
    let before = stage.tree();
    let started = Instant::now();
    assert!(stage.run(scene.args).status.success());
    let whole_run = started.elapsed();
    let expected = Expected { before, after: stage.tree() };
    let (mut random, mut amid) = (Random::new(), 0);
    for kill in 0..kills {
        stage.reset(&expected.before);
        // The moment is chosen by the clock; what must hold does not depend on it.
        let is_amid = kill_after(&stage, scene, random.below(whole_run));
        amid += u32::from(is_amid);
        let checked = check(scene, &expected, &stage);
        checked.unwrap_or_else(|what| panic!("kill {kill}: {what}"));
    }
    told::figure(scene.args, &format!("{kills} kills, {amid} of them while files were written"));
}

/// Whether some of the work was done, and not all.
fn kill_after(stage: &Stage, scene: Scene, delay: Duration) -> bool {
    let before = stage.tree();
    let mut command = stage.command(scene.args);
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(delay);
    running.kill().unwrap();
    !running.wait().unwrap().success() && stage.tree() != before
}

/// The same random numbers each time.
struct Random(TestRng);

impl Random {
    fn new() -> Self {
        Self(TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    }

    fn below(&mut self, duration: Duration) -> Duration {
        use proptest::prelude::Rng as _;
        duration.mul_f64(f64::from(self.0.next_u32()) / f64::from(u32::MAX))
    }
}
