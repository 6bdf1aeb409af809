//! Lock files pin exact versions from the public default registries, and from nowhere else.

use serde_json::Value;

use crate::tree::{File, violations};
use crate::{caught, clean};

/// What the clients themselves write for their default registries.
const CARGO_SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM_HOST: &str = concat!("https://registry.", "npmjs.org/");

fn foreign_source(file: &File) -> Vec<String> {
    let Some(text) = file.text.as_deref() else { return Vec::new() };
    let found = match file.name() {
        "Cargo.lock" => foreign_in_cargo(text),
        "package-lock.json" => foreign_in_npm(text),
        "requirements.txt" => foreign_in_pip(text),
        _ => Vec::new(),
    };
    found.into_iter().map(|source| format!("{}: `{source}`", file.path)).collect()
}

fn foreign_in_cargo(text: &str) -> Vec<String> {
    let sources = text.lines().filter_map(|line| line.strip_prefix("source = "));
    sources
        .map(|source| source.trim_matches('"'))
        .filter(|source| *source != CARGO_SOURCE)
        .map(str::to_owned)
        .collect()
}

fn foreign_in_npm(text: &str) -> Vec<String> {
    let Ok(lock) = serde_json::from_str::<Value>(text) else {
        return vec!["not JSON".to_owned()];
    };
    let packages = lock.get("packages").and_then(Value::as_object).into_iter().flatten();
    let resolved = packages.filter_map(|(_, package)| package.get("resolved").and_then(Value::as_str));
    resolved.filter(|url| !url.starts_with(NPM_HOST)).map(str::to_owned).collect()
}

/// Every line a package with its exact version; its hashes may follow.
fn foreign_in_pip(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let pins = |line: &&str| line.starts_with("--hash=") || (line.contains("==") && !line.contains("://"));
    lines.filter(|line| !pins(line)).map(str::to_owned).collect()
}

#[test]
fn a_source_other_than_the_default_is_caught() {
    let cargo = format!("source = \"{CARGO_SOURCE}\"\nsource = \"git+https://example.com/a\"\n");
    assert_eq!(caught(foreign_source, "Cargo.lock", &cargo), ["Cargo.lock: `git+https://example.com/a`"]);
    let npm = format!(
        r#"{{"packages": {{"": {{}}, "a": {{"resolved": "{NPM_HOST}a/a-1.tgz"}}, "b": {{"resolved": "https://example.com/b.tgz"}}}}}}"#
    );
    assert_eq!(caught(foreign_source, "ui/package-lock.json", &npm).len(), 1);
    let pip =
        "# of the tests\nopik==2.1.0 \\\n    --hash=sha256:00\n--index-url https://example.com\nhttpx\n";
    assert_eq!(caught(foreign_source, "tests/sdk/python/requirements.txt", pip).len(), 2);
}

#[test]
fn lock_files_name_the_default_registries_alone() {
    clean(&violations(foreign_source));
}
