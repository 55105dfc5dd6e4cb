//! Rule files and a document in one input.

use deboil::Ruleset;
use libfuzzer_sys::fuzzer_mutate;

/// The line between two of them.
const BETWEEN: &str = "\n%%\n";

/// The rules that all sections but the last one hold, and the last one: the document. `None` if they hold none.
pub(crate) fn read(bytes: &[u8]) -> Option<(Ruleset, &[u8])> {
    let start = start_of_document(bytes)?;
    let files = std::str::from_utf8(&bytes[..start - BETWEEN.len()]).ok()?;
    let mut rules = Ruleset::builder().bundled(false);
    for (number, file) in files.split(BETWEEN).enumerate() {
        rules = rules.text(&format!("{number}.toml"), file);
    }
    Some((rules.build().ok()?, &bytes[start..]))
}

/// Changes an input of `size` bytes to one of `max_size` at most; its new size. Every other time only the document changes,
/// as rules that have changed seldom load.
pub fn mutate(bytes: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let is_document = |start: &usize| seed.is_multiple_of(2) && *start < max_size;
    let start = start_of_document(&bytes[..size]).filter(is_document).unwrap_or(0);
    start + fuzzer_mutate(&mut bytes[start..], size - start, max_size - start)
}

fn start_of_document(bytes: &[u8]) -> Option<usize> {
    Some(bytes.windows(BETWEEN.len()).rposition(|part| part == BETWEEN.as_bytes())? + BETWEEN.len())
}
