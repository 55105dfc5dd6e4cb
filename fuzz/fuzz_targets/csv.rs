#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| deboil_fuzz::csv::check(bytes));
