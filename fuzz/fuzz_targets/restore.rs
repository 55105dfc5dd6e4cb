#![no_main]

use deboil_fuzz::{restore, sections};
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};

fuzz_mutator!(|bytes: &mut [u8], size: usize, max_size: usize, seed: u32| {
    sections::mutate(bytes, size, max_size, seed)
});
fuzz_target!(|bytes: &[u8]| -> Corpus { restore::check(bytes) });
