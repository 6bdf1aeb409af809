#![no_main]

use std::sync::LazyLock;

use cairn_tests::bodies;
use cairn_tests::face::Face;

static FACE: LazyLock<Face> = LazyLock::new(Face::default);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::otlp_protobuf(&FACE, bytes));
