//! The bodies over the committed corpus, and over thousands of mutations of it, the same in every run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::face::Face;
use crate::{Body, TARGETS, Target};

/// Each costs microseconds, or a request to a server.
const MUTATIONS_ALONE: u64 = 20_000;
const MUTATIONS_SERVED: u64 = 1_000;
/// So many mutations of each target instead, for who has time.
const MUTATIONS: &str = "CAIRN_MUTATIONS";
const CHANGES_MAX: u64 = 6;
/// What parsers look for.
const TOKENS: [&str; 40] = [
    "\"",
    "\\",
    "'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "*",
    "~",
    "AND",
    "OR",
    "NOT",
    " TO ",
    "null",
    "true",
    "-1",
    "0",
    "1e309",
    "NaN",
    "9223372036854775808",
    "\\u0000",
    "\\ud800",
    "é",
    "🦊",
    "\u{0}",
    "\u{202e}",
    "...",
    "@skip(if: true)",
    "$v",
    "#",
    "query",
    "mutation",
    "fragment",
    "2026-11-01T00:00:00Z",
    "-24h",
    "0190babc-62a0-7000-8000-000000000001",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The inputs of a target, in the order of their names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder().join("corpus").join(name)).expect("a target has a corpus");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort_unstable();
    paths.iter().map(|path| std::fs::read(path).expect("a file")).collect()
}

/// `SplitMix64`: small, and the same everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).expect("small")).expect("small")
    }
}

fn mutate(input: &mut Vec<u8>, corpus: &[Vec<u8>], draw: &mut Draw) {
    let (from, length) = (draw.below(input.len() + 1), draw.below(24));
    let range = from..(from + length).min(input.len());
    match draw.below(7) {
        0 if !input.is_empty() => {
            let at = draw.below(input.len());
            input[at] ^= 1 << draw.below(8);
        }
        1 if !input.is_empty() => {
            let at = draw.below(input.len());
            input[at] = draw.next().to_le_bytes()[0];
        }
        2 => drop(input.drain(range)),
        3 => {
            let again = input[range].to_vec();
            input.splice(from..from, again);
        }
        4 => {
            let other = &corpus[draw.below(corpus.len())];
            let part = draw.below(other.len() + 1);
            let end = (part + length).min(other.len());
            input.splice(range, other[part..end].iter().copied());
        }
        5 => input.truncate(from),
        _ => {
            let token = TOKENS[draw.below(TOKENS.len())];
            input.splice(from..from, token.bytes());
        }
    }
}

fn check(target: &Target, face: &Face, input: &[u8]) {
    let run = || match target.body {
        Body::Alone(body) => body(input),
        Body::Served(body) => body(face, input),
    };
    if let Err(found) = catch_unwind(AssertUnwindSafe(run)) {
        eprintln!("{} fails over \"{}\"", target.name, input.escape_ascii());
        std::panic::resume_unwind(found);
    }
}

fn try_all(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let (corpus, face) = (corpus(name), Face::default());
    assert!(!corpus.is_empty(), "a target without a corpus");
    for input in &corpus {
        check(target, &face, input);
    }
    let usual = match target.body {
        Body::Alone(_) => MUTATIONS_ALONE,
        Body::Served(_) => MUTATIONS_SERVED,
    };
    let asked = std::env::var(MUTATIONS).ok();
    let mutations = asked.map_or(usual, |asked| asked.parse().expect("`CAIRN_MUTATIONS` is a number"));
    for seed in 0..mutations {
        let mut draw = Draw(seed);
        let mut input = corpus[draw.below(corpus.len())].clone();
        for _ in 0..=draw.next() % CHANGES_MAX {
            mutate(&mut input, &corpus, &mut draw);
        }
        check(target, &face, &input);
    }
}

#[test]
fn texts_of_the_query_language() {
    try_all("query");
}

#[test]
fn filters_of_the_opik_clients() {
    try_all("opik_filters");
}

#[test]
fn records_of_the_log() {
    try_all("log");
}

#[test]
fn batches_of_the_opik_clients() {
    try_all("json");
}

#[test]
fn otlp_as_json() {
    try_all("otlp_json");
}

#[test]
fn otlp_as_protobuf() {
    try_all("otlp_protobuf");
}

#[test]
fn graphql_documents() {
    try_all("graphql");
}

#[test]
fn every_target_can_be_fuzzed() {
    let names = |within: &str| {
        let entries = std::fs::read_dir(folder().join(within)).expect("a folder of `fuzz`");
        let name = |path: PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
        let mut names: Vec<String> = entries.map(|entry| name(entry.expect("an entry").path())).collect();
        names.sort_unstable();
        names
    };
    let mut known = TARGETS.map(|target| target.name.to_owned());
    known.sort_unstable();
    assert_eq!(names("fuzz_targets"), known);
    assert_eq!(names("corpus"), known);
}
