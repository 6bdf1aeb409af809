//! The habits of the repository as tests: each rule is a small function, proven to catch a violation, then run on the tree.
//! What a compiler or clippy already refuses is not repeated here.

#![expect(clippy::expect_used, reason = "a tree that cannot be read is a failed test")]

#[path = "tidy/crates.rs"]
mod crates;
#[path = "tidy/length.rs"]
mod length;
#[path = "tidy/licences.rs"]
mod licences;
#[path = "tidy/locks.rs"]
mod locks;
#[path = "tidy/rows.rs"]
mod rows;
#[path = "tidy/tree.rs"]
mod tree;
#[path = "tidy/words.rs"]
mod words;

use tree::File;

/// Fails with every violation on a line of its own.
#[track_caller]
fn clean(violations: &[String]) {
    assert!(violations.is_empty(), "the tree is not tidy:\n  {}", violations.join("\n  "));
}

/// The violations of one rule over files made up for the test.
fn caught(rule: fn(&File) -> Vec<String>, path: &str, text: &str) -> Vec<String> {
    rule(&File::for_test(path, text))
}
