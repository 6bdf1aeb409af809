//! How long a file and a function may be, and how large a file. Clippy counts code; here every line counts, in tests too.

use crate::tree::{File, violations};
use crate::{caught, clean};

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const FILE_BYTES_MAX: u64 = 1 << 20;
const SOURCES: &[&str] = &["rs", "ts", "tsx", "js", "mjs", "py"];

fn long_file(file: &File) -> Vec<String> {
    let Some(text) = file.written().filter(|_| SOURCES.contains(&file.extension())) else {
        return Vec::new();
    };
    match text.lines().count() {
        0..=FILE_LINES_MAX => Vec::new(),
        lines => vec![format!("{}: {lines} lines, at most {FILE_LINES_MAX}", file.path)],
    }
}

/// Relies on rustfmt: a function ends at the first line that closes a brace at the indentation of its first line.
fn long_function(file: &File) -> Vec<String> {
    let Some(text) = file.written().filter(|_| file.extension() == "rs") else {
        return Vec::new();
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| begins_function(line)) {
        let indent = indentation(line);
        let ends = |line: &&str| indentation(line) == indent && (line.ends_with('}') || line.ends_with(';'));
        let Some(after) = lines.iter().skip(at).position(ends) else { continue };
        if after >= FUNCTION_LINES_MAX {
            let length = after + 1;
            found.push(format!("{}:{}: {length} lines, at most {FUNCTION_LINES_MAX}", file.path, at + 1));
        }
    }
    found
}

fn large_file(file: &File) -> Vec<String> {
    match file.bytes {
        0..=FILE_BYTES_MAX => Vec::new(),
        bytes => vec![format!("{}: {bytes} bytes, at most {FILE_BYTES_MAX}", file.path)],
    }
}

fn mod_rs(file: &File) -> Vec<String> {
    if file.name() == "mod.rs" {
        vec![format!("{}: name it after its folder", file.path)]
    } else {
        Vec::new()
    }
}

fn begins_function(line: &str) -> bool {
    let mut words = line.split_whitespace().filter(|word| {
        !matches!(*word, "const" | "async" | "unsafe" | "extern" | "\"C\"") && !word.starts_with("pub")
    });
    words.next() == Some("fn")
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[test]
fn a_file_past_the_bound_is_caught() {
    let lines = "x\n".repeat(FILE_LINES_MAX);
    assert!(caught(long_file, "core/src/time.rs", &lines).is_empty());
    assert_eq!(caught(long_file, "core/src/time.rs", &format!("{lines}x\n")).len(), 1);
    assert_eq!(caught(long_file, "ui/src/app/App.tsx", &format!("{lines}x\n")).len(), 1);
    assert!(caught(long_file, "schema.graphql", &format!("{lines}x\n")).is_empty());
    assert!(caught(long_file, "ui/src/gql/graphql.ts", &format!("{lines}x\n")).is_empty());
}

#[test]
fn a_function_past_the_bound_is_caught() {
    let function = |lines: usize| {
        format!("    pub(crate) async fn f() {{\n{}    }}\n", "        x;\n".repeat(lines - 2))
    };
    assert!(caught(long_function, "rest/src/traces.rs", &function(FUNCTION_LINES_MAX)).is_empty());
    let caught = caught(long_function, "rest/src/traces.rs", &function(FUNCTION_LINES_MAX + 1));
    assert_eq!(caught, ["rest/src/traces.rs:1: 71 lines, at most 70"]);
}

#[test]
fn a_signature_without_a_body_is_no_long_function() {
    let text = format!("    fn f(\n        x: u8,\n    ) -> u8;\n\n{}    }}\n", "        x\n".repeat(80));
    assert!(caught(long_function, "core/src/access.rs", &text).is_empty());
}

#[test]
fn a_large_file_is_caught() {
    let large = |bytes| File { path: "a.bin".to_owned(), bytes, text: None };
    assert!(large_file(&large(FILE_BYTES_MAX)).is_empty());
    assert_eq!(large_file(&large(FILE_BYTES_MAX + 1)).len(), 1);
}

#[test]
fn mod_rs_is_caught() {
    assert_eq!(caught(mod_rs, "core/src/traces/mod.rs", "").len(), 1);
    assert!(caught(mod_rs, "core/src/traces.rs", "").is_empty());
}

#[test]
fn the_tree_has_no_long_or_large_file_and_no_long_function() {
    clean(&violations(long_file));
    clean(&violations(long_function));
    clean(&violations(large_file));
}

#[test]
fn the_tree_has_no_mod_rs() {
    clean(&violations(mod_rs));
}
