//! The JSON Schema of rule files says what loading says: it holds for every bundled file and every file of the manual.
//!
//! That it rejects what loading rejects is tested beside the messages, in `mistakes.rs`.
#![cfg(feature = "schema")]

use deboil::bundled::PACKS;
use jsonschema::Validator;

mod schema_values;

use schema_values::{json_of, validator};

const MANUAL: &str = include_str!("../rules/README.md");
const README: &str = include_str!("../README.md");

#[test]
fn the_bundled_files_hold_to_it() {
    let validator = validator();
    for (name, text) in PACKS {
        assert_valid(&validator, name, text);
    }
}

#[test]
fn the_files_of_the_manual_hold_to_it() {
    let validator = validator();
    let blocks: Vec<&str> = [MANUAL, README].into_iter().flat_map(blocks).collect();
    assert!(blocks.len() > 30, "{} blocks", blocks.len());
    blocks.iter().for_each(|block| assert_valid(&validator, "the manual", block));
}

/// What stands in the blocks that are rule files.
fn blocks(page: &'static str) -> impl Iterator<Item = &'static str> {
    page.split("\n```toml").skip(1).filter_map(|rest| rest.split_once('\n')?.1.split("\n```").next())
}

fn assert_valid(validator: &Validator, name: &str, text: &str) {
    let json = json_of(text).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name}: {}\n{text}", errors.join("\n"));
}
