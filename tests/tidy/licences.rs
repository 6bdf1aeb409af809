//! `deny.toml` held against what is really built, without a tool that a fresh machine would lack: licences, bans, sources.
//! Advisories need a database from the network and are left to `cargo deny`.

use std::collections::BTreeSet;
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};
use toml::{Table, Value};

use crate::clean;
use crate::tree::root;

struct Rules {
    allowed: BTreeSet<String>,
    /// Crates with a licence that is allowed for them alone.
    exceptions: Vec<(String, BTreeSet<String>)>,
    banned: BTreeSet<String>,
    sources: BTreeSet<String>,
}

impl Rules {
    fn parse(text: &str) -> Option<Self> {
        let deny: Table = text.parse().ok()?;
        let licences = deny.get("licenses")?;
        let exception =
            |entry: &Value| Some((entry.get("crate")?.as_str()?.to_owned(), strings(entry.get("allow"))));
        let banned = deny.get("bans")?.get("deny").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            allowed: strings(licences.get("allow")),
            exceptions: licences.get("exceptions")?.as_array()?.iter().filter_map(exception).collect(),
            banned: banned.filter_map(|entry| Some(entry.get("crate")?.as_str()?.to_owned())).collect(),
            sources: strings(deny.get("sources")?.get("allow-registry")),
        })
    }

    fn violations(&self, package: &Package<'_>) -> Vec<String> {
        let name = package.name;
        let excepted = self.exceptions.iter().find(|(of, _)| of == name).map(|(_, allowed)| allowed);
        let allows = |licence: &str| {
            self.allowed.contains(licence) || excepted.is_some_and(|allowed| allowed.contains(licence))
        };
        let mut found = Vec::new();
        match package.licence {
            Some(licence) if satisfied(licence, &allows) => {}
            licence => {
                found.push(format!("`{name}`: licence `{}` is not allowed", licence.unwrap_or("none")));
            }
        }
        if self.banned.contains(name) {
            found.push(format!("`{name}` is banned"));
        }
        let from = package.source.map(|source| source.trim_start_matches("registry+"));
        if let Some(from) = from.filter(|from| !self.sources.contains(*from)) {
            found.push(format!("`{name}`: source `{from}` is not allowed"));
        }
        found
    }
}

struct Package<'a> {
    name: &'a str,
    licence: Option<&'a str>,
    /// Nothing for a crate of this workspace.
    source: Option<&'a str>,
}

fn strings(list: Option<&Value>) -> BTreeSet<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Whether an SPDX expression can be met: `OR` needs one side, `AND` both and binds tighter. `/` is the old `OR`.
fn satisfied(expression: &str, allows: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let met = either(&mut words, allows);
    met && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, allows: &dyn Fn(&str) -> bool) -> bool {
    let mut met = both(words, allows);
    while words.next_if_eq(&"OR").is_some() {
        met |= both(words, allows);
    }
    met
}

fn both(words: &mut Words<'_>, allows: &dyn Fn(&str) -> bool) -> bool {
    let mut met = one(words, allows);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allows);
    }
    met
}

fn one(words: &mut Words<'_>, allows: &dyn Fn(&str) -> bool) -> bool {
    match words.next() {
        Some("(") => either(words, allows) & (words.next() == Some(")")),
        Some(licence) if words.next_if_eq(&"WITH").is_some() => {
            words.next().is_some_and(|exception| allows(&format!("{licence} WITH {exception}")))
        }
        Some(licence) => allows(licence),
        None => false,
    }
}

/// Everything that is built for this machine; packages of other platforms need not be on it.
fn built() -> Metadata {
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc tells its version");
    let told = String::from_utf8(rustc.stdout).expect("rustc speaks UTF-8");
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc tells its host");
    let options = ["--offline", "--locked", "--filter-platform", host].map(str::to_owned);
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(options)
        .exec()
        .expect("cargo knows the dependencies")
}

fn rules() -> Rules {
    let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml is at the root");
    Rules::parse(&text).expect("deny.toml has its sections")
}

#[test]
fn an_expression_is_met_by_one_side_of_or_and_both_of_and() {
    let allows = |licence: &str| ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].contains(&licence);
    let met = |expression| satisfied(expression, &allows);
    assert!(
        met("MIT") && met("GPL-2.0-only OR MIT") && met("GPL-2.0-only/MIT") && met("(MIT OR X) AND Zlib")
    );
    assert!(met("Apache-2.0 WITH LLVM-exception OR X") && met("X AND Y OR MIT"));
    assert!(!met("X") && !met("MIT AND X") && !met("Apache-2.0") && !met("(MIT OR X) AND Y") && !met(""));
    assert!(!met("MIT Zlib") && !met("(MIT"));
}

#[test]
fn a_licence_a_ban_and_a_source_are_caught() {
    let rules = Rules::parse(
        "[licenses]\nallow = [\"MIT\"]\nexceptions = [{ crate = \"odd\", allow = [\"MPL-2.0\"] }]\n\
         [bans]\ndeny = [{ crate = \"sled\", reason = \"r\" }]\n[sources]\nallow-registry = [\"https://a\"]\n",
    )
    .expect("rules");
    let found = |name, licence, source| {
        rules.violations(&Package { name, licence: Some(licence), source: Some(source) })
    };
    assert!(found("good", "MIT", "registry+https://a").is_empty());
    assert!(found("odd", "MPL-2.0", "registry+https://a").is_empty());
    assert_eq!(found("bad", "MPL-2.0", "registry+https://a"), ["`bad`: licence `MPL-2.0` is not allowed"]);
    assert_eq!(found("sled", "MIT", "registry+https://a"), ["`sled` is banned"]);
    assert_eq!(found("fork", "MIT", "git+https://b"), ["`fork`: source `git+https://b` is not allowed"]);
    assert_eq!(rules.violations(&Package { name: "none", licence: None, source: None }).len(), 1);
}

#[test]
fn what_is_built_keeps_to_deny_toml() {
    let (rules, built) = (rules(), built());
    let mut found = Vec::new();
    for package in &built.packages {
        let source = package.source.as_ref().map(|source| source.repr.as_str());
        let licence = package.license.as_deref();
        found.extend(rules.violations(&Package { name: &package.name, licence, source }));
    }
    assert!(built.packages.len() > 100, "the list of dependencies is far too short to be true");
    clean(&found);
}

#[test]
fn deny_toml_excepts_nothing_that_is_not_built() {
    let built = built();
    let gone =
        rules().exceptions.into_iter().filter(|(name, _)| !built.packages.iter().any(|p| *p.name == *name));
    clean(&gone.map(|(name, _)| format!("`{name}` is excepted but not built")).collect::<Vec<_>>());
}
