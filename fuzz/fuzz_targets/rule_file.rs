#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| deboil_fuzz::rule_file::check(bytes));
