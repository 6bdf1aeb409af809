//! A row has the same file name in every crate, and a module that is no row is listed here as what it is: infrastructure.

use std::collections::BTreeSet;

use crate::clean;
use crate::tree::FILES;

const ROWS: &[&str] = &[
    "agents",
    "alerts",
    "annotations",
    "attachments",
    "comments",
    "dashboards",
    "datasets",
    "definitions",
    "derived",
    "environments",
    "erasures",
    "evaluators",
    "experiments",
    "feedback",
    "guardrails",
    "history",
    "insights",
    "optimizations",
    "otel",
    "prices",
    "projects",
    "prompts",
    "providers",
    "retention",
    "runners",
    "search",
    "spans",
    "threads",
    "traces",
    "workspaces",
];

/// The folders that hold one module a row, and their modules that belong to no row.
const COLUMNS: &[(&str, &[&str])] = &[
    (
        "core/src/",
        &["access", "command", "event", "ids", "json", "limits", "merge", "query", "rejection", "time"],
    ),
    (
        "storage/src/",
        &[
            "aggregate",
            "aside",
            "backup",
            "bundle",
            "columns",
            "error",
            "follower",
            "index",
            "journal",
            "log",
            "past",
            "reader",
            "room",
            "rows",
            "shared",
            "signals",
            "slots",
            "staging",
            "store",
            "text",
            "view",
            "writer",
        ],
    ),
    (
        "actors/src/",
        &[
            "clerk",
            "clock",
            "failure",
            "followers",
            "handles",
            "health",
            "meter",
            "past",
            "registry",
            "runtime",
            "tests",
            "traced",
            "workspace",
        ],
    ),
    // `otlp` is a wire format; the row behind it is `otel`.
    (
        "rest/src/",
        &[
            "backup",
            "bundle",
            "error",
            "export",
            "extract",
            "health",
            "known",
            "lists",
            "log",
            "metrics",
            "otlp",
            "redirects",
            "routes",
            "statistics",
            "stream",
            "usage",
            "wire",
        ],
    ),
    (
        "graphql/src/",
        &[
            "bodies",
            "connection",
            "cursor",
            "error",
            "execution",
            "guard",
            "homes",
            "http",
            "live",
            "moment",
            "preview",
            "projections",
            "scalars",
            "schema",
            "session",
            "statistics",
            "tests",
        ],
    ),
    (
        "tests/it/",
        &[
            "backup",
            "binary",
            "cli",
            "deploy",
            "export",
            "faults",
            "fifty_thousand",
            "known",
            "live",
            "open_mode",
            "operate",
            "own_traces",
        ],
    ),
    ("ui/src/features/", &[]),
];

/// The first name below the folder, of a file or of its folder of parts; a crate's root is no module.
fn module<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    let below = path.strip_prefix(folder)?;
    let name = below.split('/').next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (!matches!(name, "lib" | "main")).then_some(name)
}

fn modules<'a>(folder: &str, paths: &[&'a str]) -> BTreeSet<&'a str> {
    paths.iter().filter_map(|path| module(folder, path)).collect()
}

fn stray_module(paths: &[&str]) -> Vec<String> {
    let core = modules("core/src/", paths);
    let mut found = Vec::new();
    for (folder, infrastructure) in COLUMNS {
        for name in modules(folder, paths) {
            match (ROWS.contains(&name), infrastructure.contains(&name)) {
                (true, _) if core.contains(name) => {}
                (true, _) => found.push(format!("{folder}{name}: the row has no core/src/{name}.rs")),
                (false, true) => {}
                (false, false) => {
                    found.push(format!("{folder}{name}: neither a row nor listed infrastructure"));
                }
            }
        }
    }
    found
}

/// What is listed but gone would let a new module of that name in unseen.
fn stale_listing(paths: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (folder, infrastructure) in COLUMNS {
        let present = modules(folder, paths);
        let stale = infrastructure.iter().filter(|name| !present.contains(**name));
        found.extend(stale.map(|name| format!("{folder}{name}: listed as infrastructure, but not there")));
    }
    found
}

fn paths() -> Vec<&'static str> {
    FILES.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn a_row_without_core_is_caught() {
    assert!(
        stray_module(&["core/src/traces.rs", "rest/src/traces.rs", "rest/src/traces/read.rs"]).is_empty()
    );
    assert_eq!(stray_module(&["rest/src/traces.rs"]), ["rest/src/traces: the row has no core/src/traces.rs"]);
    assert_eq!(stray_module(&["ui/src/features/spans/SpanTree.tsx"]).len(), 1);
}

#[test]
fn a_module_that_is_no_row_and_not_listed_is_caught() {
    let found = stray_module(&["core/src/lib.rs", "core/src/time.rs", "core/src/helpers.rs"]);
    assert_eq!(found, ["core/src/helpers: neither a row nor listed infrastructure"]);
}

#[test]
fn a_stale_listing_is_caught() {
    let found = stale_listing(&["core/src/access.rs"]);
    assert!(found.contains(&"core/src/time: listed as infrastructure, but not there".to_owned()));
    assert!(!found.contains(&"core/src/access: listed as infrastructure, but not there".to_owned()));
}

#[test]
fn every_module_is_a_row_of_core_or_listed_infrastructure() {
    clean(&stray_module(&paths()));
    clean(&stale_listing(&paths()));
}
