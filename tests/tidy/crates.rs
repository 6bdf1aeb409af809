//! Which crate may import which, where each guarded library lives, and that `core` is pure.
//! The tables are the design: a change here is the change to argue about.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use toml::{Table, Value};

use crate::tree::{FILES, File, root, violations};
use crate::words::has_word;
use crate::{caught, clean};

const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("cairn-core", &[]),
    ("cairn-storage", &["cairn-core"]),
    ("cairn-llm", &["cairn-core"]),
    ("cairn-evaluation", &["cairn-core", "cairn-llm"]),
    ("cairn-actors", &["cairn-core", "cairn-storage", "cairn-llm", "cairn-evaluation"]),
    ("cairn-rest", &["cairn-core", "cairn-storage", "cairn-actors"]),
    ("cairn-graphql", &["cairn-core", "cairn-storage", "cairn-actors"]),
    ("cairn-server", PRODUCT),
    // The program measures from outside, over the network alone; its micro-benchmarks need what they measure.
    ("cairn-bench", &["cairn-core", "cairn-storage"]),
    // Stands above everything: it runs the binary, and reads the schema and the stored formats that it promises.
    (
        "cairn-tests",
        &[
            "cairn-core",
            "cairn-storage",
            "cairn-actors",
            "cairn-rest",
            "cairn-graphql",
            "cairn-server",
            "cairn-bench",
        ],
    ),
];
const PRODUCT: &[&str] = &[
    "cairn-core",
    "cairn-storage",
    "cairn-llm",
    "cairn-evaluation",
    "cairn-actors",
    "cairn-rest",
    "cairn-graphql",
];

/// A guarded library and the crates that may name it. What is not listed is free to all but `core`.
const HOMES: &[(&str, &[&str])] = &[
    ("actix", &["cairn-actors"]),
    ("async-graphql", &["cairn-graphql"]),
    ("async-graphql-axum", &["cairn-graphql"]),
    ("axum", &["cairn-rest", "cairn-graphql", "cairn-server", "cairn-tests"]),
    ("cargo_metadata", &["cairn-tests"]),
    ("clap", &["cairn-server", "cairn-bench"]),
    ("criterion", &["cairn-bench"]),
    ("csv", &["cairn-rest", "cairn-server"]),
    ("ed25519-dalek", &["cairn-storage"]),
    ("fjall", &["cairn-storage"]),
    ("minijinja", &["cairn-core"]),
    ("infer", &["cairn-storage"]),
    ("mime_guess", &["cairn-actors", "cairn-server"]),
    ("object_store", &["cairn-storage"]),
    ("opentelemetry", &["cairn-server"]),
    ("opentelemetry-otlp", &["cairn-server"]),
    ("opentelemetry-proto", &["cairn-rest", "cairn-bench", "cairn-tests"]),
    ("opentelemetry_sdk", &["cairn-server"]),
    ("parquet", &["cairn-server"]),
    ("postcard", &["cairn-storage"]),
    ("prometheus-client", &["cairn-actors", "cairn-server"]),
    ("prost", &["cairn-storage", "cairn-rest", "cairn-bench", "cairn-tests"]),
    ("quick_cache", &["cairn-storage"]),
    ("rand", &["cairn-actors", "cairn-bench"]),
    // The object store asks over HTTPS with it, and alerts are sent.
    ("reqwest", &["cairn-actors", "cairn-storage", "cairn-bench", "cairn-tests"]),
    ("rustls", &["cairn-actors", "cairn-storage", "cairn-server", "cairn-bench", "cairn-tests"]),
    ("rust-embed", &["cairn-server"]),
    ("rustix", &["cairn-storage", "cairn-server"]),
    ("similar", &["cairn-core"]),
    ("syn", &["cairn-tests"]),
    ("tantivy", &["cairn-storage"]),
    ("tikv-jemallocator", &["cairn-server"]),
    ("tokio-tungstenite", &["cairn-bench", "cairn-tests"]),
    ("toml", &["cairn-server", "cairn-tests"]),
    ("tonic", &["cairn-rest", "cairn-server", "cairn-tests"]),
    ("tower-http", &["cairn-rest", "cairn-server"]),
    ("tracing-opentelemetry", &["cairn-server"]),
    ("tracing-subscriber", &["cairn-server"]),
    ("xxhash-rust", &["cairn-storage"]),
    ("yaml-rust2", &["cairn-tests"]),
    ("zstd", &["cairn-storage", "cairn-tests"]),
];
/// Serve tests alone: `dev-dependencies` wherever the crate is part of the product.
const FOR_TESTS: &[&str] = &["criterion", "expect-test", "proptest"];
/// All that `core` may name. None of them does IO, awaits, or (with our features) reads a clock or draws a number.
const PURE: &[&str] = &[
    "blake3",
    "bytes",
    "chrono",
    "hmac",
    "minijinja",
    "rust_decimal",
    "serde",
    "serde_json",
    "sha2",
    "similar",
    "strsim",
    "thiserror",
    "unicode-normalization",
    "uuid",
];
/// Features of those that would bring a clock or randomness into `core`.
const IMPURE_FEATURES: &[(&str, &[&str])] =
    &[("chrono", &["clock", "now", "default"]), ("uuid", &["v1", "v4", "v6", "v7", "rng"])];
const IMPURE_CODE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "Uuid::new_v4",
    "Uuid::now_v7",
    "rand::",
    "tokio::",
    "async fn",
    "async move",
    "async {",
    ".await",
];

/// One line of a crate's `dependencies`, of whatever kind.
struct Edge {
    from: String,
    to: String,
    for_tests: bool,
}

static METADATA: LazyLock<Metadata> = LazyLock::new(|| {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .expect("cargo knows the workspace")
});

fn edges() -> Vec<Edge> {
    let of = |package: &cargo_metadata::Package| {
        let from = package.name.to_string();
        let edge = move |dependency: &cargo_metadata::Dependency| Edge {
            from: from.clone(),
            to: dependency.name.clone(),
            for_tests: dependency.kind == DependencyKind::Development,
        };
        package.dependencies.iter().map(edge).collect::<Vec<_>>()
    };
    METADATA.packages.iter().flat_map(of).collect()
}

fn lookup<'a>(table: &[(&str, &'a [&'a str])], key: &str) -> Option<&'a [&'a str]> {
    table.iter().find(|(name, _)| *name == key).map(|(_, values)| *values)
}

fn upward_edge(edges: &[Edge]) -> Vec<String> {
    let own = edges.iter().filter(|edge| edge.to.starts_with("cairn-"));
    let upward =
        own.filter(|edge| !lookup(MAY_IMPORT, &edge.from).unwrap_or_default().contains(&edge.to.as_str()));
    upward.map(|edge| format!("`{}` must not import `{}`", edge.from, edge.to)).collect()
}

fn library_abroad(edges: &[Edge]) -> Vec<String> {
    let abroad =
        |edge: &&Edge| lookup(HOMES, &edge.to).is_some_and(|homes| !homes.contains(&edge.from.as_str()));
    edges.iter().filter(abroad).map(|edge| format!("`{}` must not name `{}`", edge.from, edge.to)).collect()
}

fn test_library_in_product(edges: &[Edge]) -> Vec<String> {
    let misplaced =
        |edge: &&Edge| FOR_TESTS.contains(&edge.to.as_str()) && !edge.for_tests && edge.from != "cairn-tests";
    let misplaced = edges.iter().filter(misplaced);
    misplaced.map(|edge| format!("`{}` is a dev-dependency of `{}` at most", edge.to, edge.from)).collect()
}

fn impure_library(edges: &[Edge]) -> Vec<String> {
    let of_core = edges.iter().filter(|edge| edge.from == "cairn-core" && !edge.for_tests);
    let impure = of_core.filter(|edge| !PURE.contains(&edge.to.as_str()));
    impure.map(|edge| format!("`cairn-core` must stay pure, without `{}`", edge.to)).collect()
}

fn impure_code(file: &File) -> Vec<String> {
    let Some(text) = file.text.as_deref().filter(|_| file.path.starts_with("core/src/")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        let impure = IMPURE_CODE.iter().filter(|impure| has_word(code, impure));
        found.extend(impure.map(|impure| format!("{}:{}: `{impure}` in pure code", file.path, at + 1)));
    }
    found
}

fn impure_feature(workspace: &Table) -> Vec<String> {
    let mut found = Vec::new();
    for (library, features) in IMPURE_FEATURES {
        let Some(entry) = dependency(workspace, library) else { continue };
        let chosen =
            entry.get("features").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        found.extend(
            chosen.filter(|name| features.contains(name)).map(|name| format!("`{library}` with `{name}`")),
        );
        let bare = entry.get("default-features").and_then(Value::as_bool) == Some(false);
        if !bare && features.contains(&"default") {
            found.push(format!("`{library}` with its default features"));
        }
    }
    found
}

fn dependency<'a>(workspace: &'a Table, library: &str) -> Option<&'a Value> {
    workspace.get("workspace")?.get("dependencies")?.get(library)
}

/// A crate's manifest takes lints, edition and every dependency from the workspace.
fn manifest_of_its_own(path: &str, manifest: &Table) -> Vec<String> {
    let inherits = |value: Option<&Value>| {
        value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
    };
    let mut found = Vec::new();
    if !inherits(manifest.get("lints")) {
        found.push(format!("{path}: `lints` not from the workspace"));
    }
    let package = manifest.get("package");
    for key in ["edition", "rust-version", "license", "publish", "version"] {
        if !inherits(package.and_then(|package| package.get(key))) {
            found.push(format!("{path}: `{key}` not from the workspace"));
        }
    }
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let named = manifest.get(kind).and_then(Value::as_table).into_iter().flatten();
        let own = named.filter(|(_, entry)| !inherits(Some(*entry)));
        found.extend(own.map(|(name, _)| format!("{path}: `{name}` not declared in the workspace")));
    }
    found
}

fn manifests() -> BTreeMap<String, Table> {
    let files = FILES.iter().filter(|file| file.name() == "Cargo.toml");
    let parsed = files.filter_map(|file| Some((file.path.clone(), file.text.as_deref()?.parse().ok()?)));
    parsed.collect()
}

fn edge(from: &str, to: &str, for_tests: bool) -> [Edge; 1] {
    [Edge { from: from.to_owned(), to: to.to_owned(), for_tests }]
}

#[test]
fn an_import_against_the_direction_is_caught() {
    assert_eq!(upward_edge(&edge("cairn-core", "cairn-storage", false)).len(), 1);
    assert_eq!(upward_edge(&edge("cairn-storage", "cairn-core", true)).len(), 0);
    assert_eq!(upward_edge(&edge("cairn-rest", "cairn-graphql", false)).len(), 1);
    assert_eq!(upward_edge(&edge("cairn-rest", "cairn-tests", true)).len(), 1);
    assert_eq!(upward_edge(&edge("cairn-unknown", "cairn-core", false)).len(), 1);
    assert_eq!(upward_edge(&edge("cairn-server", "cairn-rest", false)).len(), 0);
}

#[test]
fn a_library_away_from_its_home_is_caught() {
    assert_eq!(library_abroad(&edge("cairn-rest", "tantivy", false)).len(), 1);
    assert_eq!(library_abroad(&edge("cairn-storage", "actix", true)).len(), 1);
    assert_eq!(library_abroad(&edge("cairn-storage", "tantivy", false)).len(), 0);
    assert_eq!(library_abroad(&edge("cairn-rest", "serde", false)).len(), 0);
}

#[test]
fn a_test_library_in_the_product_is_caught() {
    assert_eq!(test_library_in_product(&edge("cairn-storage", "proptest", false)).len(), 1);
    assert_eq!(test_library_in_product(&edge("cairn-storage", "proptest", true)).len(), 0);
    assert_eq!(test_library_in_product(&edge("cairn-tests", "proptest", false)).len(), 0);
}

#[test]
fn an_impure_library_in_core_is_caught() {
    assert_eq!(impure_library(&edge("cairn-core", "tokio", false)).len(), 1);
    assert_eq!(impure_library(&edge("cairn-core", "proptest", true)).len(), 0);
    assert_eq!(impure_library(&edge("cairn-storage", "tokio", false)).len(), 0);
}

#[test]
fn impure_code_in_core_is_caught() {
    assert_eq!(caught(impure_code, "core/src/time.rs", "let now = std::time::SystemTime::now();").len(), 1);
    assert_eq!(caught(impure_code, "core/src/time.rs", "pub async fn read() {}").len(), 1);
    assert!(caught(impure_code, "core/src/time.rs", "x // no SystemTime here").is_empty());
    assert!(caught(impure_code, "core/src/query.rs", "Operand::Field").is_empty());
    assert!(caught(impure_code, "storage/src/time.rs", "use std::fs;").is_empty());
}

#[test]
fn a_feature_that_brings_a_clock_is_caught() {
    let parse =
        |line: &str| format!("[workspace.dependencies]\n{line}").parse::<Table>().expect("a manifest");
    assert_eq!(impure_feature(&parse("uuid = { version = \"1\", features = [\"v7\"] }")).len(), 1);
    assert_eq!(impure_feature(&parse("chrono = \"0.4\"")).len(), 1);
    assert!(impure_feature(&parse("chrono = { version = \"0.4\", default-features = false }")).is_empty());
}

#[test]
fn a_manifest_of_its_own_is_caught() {
    let manifest = "[package]\nname = \"a\"\nedition = \"2021\"\nlicense.workspace = true\nversion.workspace = true\n\
        rust-version.workspace = true\npublish.workspace = true\n[dependencies]\nserde = \"1\"\ntokio.workspace = true\n";
    let found = manifest_of_its_own("a/Cargo.toml", &manifest.parse().expect("a manifest"));
    assert_eq!(
        found,
        [
            "a/Cargo.toml: `lints` not from the workspace",
            "a/Cargo.toml: `edition` not from the workspace",
            "a/Cargo.toml: `serde` not declared in the workspace"
        ]
    );
}

#[test]
fn crates_import_downwards() {
    clean(&upward_edge(&edges()));
}

#[test]
fn libraries_stay_at_home() {
    clean(&library_abroad(&edges()));
    clean(&test_library_in_product(&edges()));
}

#[test]
fn core_is_pure() {
    clean(&impure_library(&edges()));
    clean(&violations(impure_code));
    clean(&impure_feature(manifests().get("Cargo.toml").expect("the workspace's manifest")));
}

#[test]
fn every_crate_inherits_from_the_workspace() {
    // The fuzz targets are a workspace of their own, for another compiler.
    let others = ["Cargo.toml", "fuzz/Cargo.toml"];
    let members: Vec<_> =
        manifests().into_iter().filter(|(path, _)| !others.contains(&path.as_str())).collect();
    assert_eq!(
        members.len(),
        METADATA.packages.len(),
        "a manifest that is no member, or the other way round"
    );
    let found: Vec<_> =
        members.iter().flat_map(|(path, manifest)| manifest_of_its_own(path, manifest)).collect();
    clean(&found);
}
