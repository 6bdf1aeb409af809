#![no_main]

use cairn_tests::bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::log(bytes));
