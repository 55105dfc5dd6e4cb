//! Runs a command to its end, to know what it does.

use std::path::Path;

use crate::promises::Expected;
use crate::scene::{PROGRAM, Scene, Stage};
use crate::told;
use crate::tracer::{self, Traced};

/// Runs a command to its end. None if no program may be traced.
pub(crate) fn rehearse(scene: Scene) -> Option<(Stage, Expected, Traced)> {
    tracer::stay_on_one_processor();
    let stage = scene.set();
    let before = stage.tree();
    match tracer::run(Path::new(PROGRAM), scene.args, stage.directory(), None) {
        Ok(undisturbed) => {
            let expected = Expected { before, after: stage.tree() };
            Some((stage, expected, undisturbed))
        }
        Err(error) => {
            told::skipped(&format!("nothing comes between two calls, as no program may be traced: {error}"));
            None
        }
    }
}
