//! Words that must not stand in the repository: unfinished work, silenced checks, and where somebody's machine keeps things.
//! Each is written in two parts here, so that this file is clean under its own rule.

use crate::tree::{File, violations};
use crate::{caught, clean};

struct Banned {
    text: &'static str,
    /// All files where empty.
    extensions: &'static [&'static str],
    instead: &'static str,
}

const fn everywhere(text: &'static str, instead: &'static str) -> Banned {
    Banned { text, extensions: &[], instead }
}

const fn rust(text: &'static str, instead: &'static str) -> Banned {
    Banned { text, extensions: &["rs"], instead }
}

const fn script(text: &'static str) -> Banned {
    Banned { text, extensions: &["ts", "tsx", "js", "mjs", "jsx"], instead: "run every test or delete it" }
}

const fn python(text: &'static str) -> Banned {
    Banned { text, extensions: &["py"], instead: "run every test or delete it" }
}

const BANNED: &[Banned] = &[
    everywhere(concat!("TO", "DO"), "do it, or write an issue"),
    everywhere(concat!("FIX", "ME"), "fix it, or write an issue"),
    everywhere(concat!("/wo", "rk/"), "a path of one machine"),
    everywhere(concat!("/ro", "ot/"), "a path of one machine"),
    everywhere(concat!("registry.", "npmjs.org"), "a client knows its registry"),
    everywhere(concat!("registry.", "yarnpkg.com"), "a client knows its registry"),
    everywhere(concat!("pypi", ".org"), "a client knows its registry"),
    everywhere(concat!("files.python", "hosted.org"), "a client knows its registry"),
    everywhere(concat!("index.", "crates.io"), "a client knows its registry"),
    everywhere(concat!("static.", "crates.io"), "a client knows its registry"),
    everywhere(concat!("deb.", "debian.org"), "a client knows its registry"),
    rust(concat!("to", "do!"), "write it"),
    rust(concat!("unimpl", "emented!"), "write it"),
    rust(concat!("#[ig", "nore"), "run every test or delete it"),
    rust(concat!("#[al", "low("), "`#[expect(lint, reason = \"…\")]`"),
    rust(concat!("#![al", "low("), "`#![expect(lint, reason = \"…\")]`"),
    script(concat!(".sk", "ip(")),
    script(concat!(".on", "ly(")),
    script(concat!(".to", "do(")),
    script(concat!("sk", "ip: true")),
    script(concat!("@ts-", "ignore")),
    script(concat!("@ts-", "nocheck")),
    script(concat!("biome-", "ignore-all")),
    python(concat!("mark.", "skip")),
    python(concat!("mark.", "xfail")),
    python(concat!("pytest.", "skip(")),
    python(concat!("pytest.", "xfail(")),
    python(concat!("import", "orskip(")),
    python(concat!("unittest.", "skip")),
];

fn banned_word(file: &File) -> Vec<String> {
    let Some(text) = file.written() else { return Vec::new() };
    let concerned: Vec<&Banned> = BANNED
        .iter()
        .filter(|banned| banned.extensions.is_empty() || banned.extensions.contains(&file.extension()))
        .filter(|banned| text.contains(banned.text))
        .collect();
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for banned in concerned.iter().filter(|banned| has_word(line, banned.text)) {
            found.push(format!("{}:{}: `{}`: {}", file.path, at + 1, banned.text, banned.instead));
        }
    }
    found
}

/// Whether the line has the text, and not as a part of a longer word.
pub(crate) fn has_word(line: &str, text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(text).any(|(at, _)| {
        let before = line.get(..at).and_then(|part| part.chars().next_back());
        let after = line.get(at + text.len()..).and_then(|part| part.chars().next());
        let joins =
            |end: Option<char>, beside: Option<char>| end.is_some_and(is_part) && beside.is_some_and(is_part);
        !joins(text.chars().next(), before) && !joins(text.chars().next_back(), after)
    })
}

fn trailing_space(file: &File) -> Vec<String> {
    let Some(text) = file.written() else { return Vec::new() };
    let ends_in_space = |line: &str| line.ends_with([' ', '\t', '\r']);
    let lines = text.split('\n').enumerate().filter(|(_, line)| ends_in_space(line));
    lines.map(|(at, _)| format!("{}:{}: space at the end of the line", file.path, at + 1)).collect()
}

#[test]
fn every_banned_word_is_caught() {
    for banned in BANNED {
        let extension = banned.extensions.first().unwrap_or(&"md");
        let text = format!("first\nhere {} is\n", banned.text);
        let caught = caught(banned_word, &format!("a.{extension}"), &text);
        assert!(
            caught.iter().any(|line| line.starts_with(&format!("a.{extension}:2: `{}`", banned.text))),
            "{text}"
        );
    }
}

#[test]
fn a_banned_word_inside_another_is_none() {
    assert!(caught(banned_word, "a.md", concat!("METO", "DOS")).is_empty());
    assert!(caught(banned_word, "a.rs", "rows.iter().skip(2)").is_empty());
    assert!(caught(banned_word, "a.rs", concat!("fn masto", "do!()")).is_empty());
}

#[test]
fn space_at_the_end_of_a_line_is_caught() {
    assert_eq!(caught(trailing_space, "a.md", "one \ntwo\n\tthree\t\n").len(), 2);
    assert_eq!(caught(trailing_space, "a.md", "windows\r\n").len(), 1);
    assert!(caught(trailing_space, "a.md", "one\n two\n").is_empty());
}

#[test]
fn the_tree_has_no_banned_word() {
    clean(&violations(banned_word));
}

#[test]
fn the_tree_has_no_space_at_the_end_of_a_line() {
    clean(&violations(trailing_space));
}
