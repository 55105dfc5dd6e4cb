//! Every call for the cache of rules fails in turn: that costs time, and nobody is told.

use std::path::Path;

use crate::calls::Fault;
use crate::scene::{PROGRAM, Scene, Stage, Tree, difference};
use crate::told;
use crate::tracer::{self, CACHE, Traced};

const SCENE: Scene = Scene::of(&["clean", "in", "-o", "out", "-j1", "--no-bundled"]);

#[test]
fn a_cache_that_fails_costs_time_alone() {
    tracer::stay_on_one_processor();
    let stage = SCENE.set();
    stage.write("rules/many.toml", many_rules().as_bytes());
    let without = stage.tree();
    if let Err(error) = run(&stage, None) {
        return told::skipped(&format!("no call is made to fail, as no program may be traced: {error}"));
    }
    let after = stage.tree();
    let mut with = without.clone();
    with.extend(after.clone().into_iter().filter(|(path, _)| path.starts_with(CACHE)));
    assert_eq!(with.len(), without.len() + 1, "the rules are kept");
    let faults: usize = [without, with].iter().map(|before| fail_each_call(&stage, before, &outputs(&after))).sum();
    told::figure(SCENE.args, &format!("{faults} faults of the cache"));
}

/// Runs the command once for each call for the cache and each way in which that can fail; how often that is.
fn fail_each_call(stage: &Stage, before: &Tree, expected: &Tree) -> usize {
    stage.reset(before);
    let undisturbed = run(stage, None).unwrap();
    let mut faults = 0;
    let of_cache = |path: &Path| path.starts_with(CACHE);
    for (number, call) in undisturbed.calls.iter().enumerate().filter(|(_, call)| of_cache(&call.path)) {
        for fault in call.what.faults() {
            stage.reset(before);
            let traced = run(stage, Some((number, fault))).unwrap();
            let what = format!("call {number}, {} of `{}`, {fault:?}", call.what.name, call.path.display());
            assert_eq!((traced.status, &traced.stderr), (Some(0), &undisturbed.stderr), "{what}");
            let now = outputs(&stage.tree());
            assert!(now == *expected, "{what}: {}", difference(&now, expected));
            let again = run(stage, None).unwrap();
            assert_eq!(again.status, Some(0), "again after {what}");
            assert!(outputs(&stage.tree()) == *expected, "again after {what}");
            faults += 1;
        }
    }
    assert!(faults > 5, "{faults} faults");
    faults
}

fn run(stage: &Stage, fault: Option<(usize, Fault)>) -> Result<Traced, nix::errno::Errno> {
    tracer::run(Path::new(PROGRAM), SCENE.args, stage.directory(), fault)
}

/// What is there beside the cache.
fn outputs(tree: &Tree) -> Tree {
    tree.iter()
        .filter(|(path, _)| !path.starts_with(CACHE))
        .map(|(path, bytes)| (path.clone(), bytes.clone()))
        .collect()
}

/// So many rules that they are worth keeping.
fn many_rules() -> String {
    let rule = |number: usize| {
        format!(
            "[[line]]\nid = \"many.{number}\"\ncategory = \"ad\"\nwhy = \"label of a slot\"\nany = [\"Slot {number} is free\"]\n"
        )
    };
    (0..500).map(rule).collect()
}
