#![no_main]

use deboil_fuzz::parquet;

libfuzzer_sys::fuzz_target!(init: parquet::init(), |bytes: &[u8]| parquet::check(bytes));
