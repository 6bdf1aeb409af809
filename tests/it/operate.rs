//! What an operator sees of a server: its metrics, what `cairn doctor` says, and how a damaged journal is repaired.

use std::path::PathBuf;

use serde_json::json;

use crate::binary::{Server, cairn, folder, wait_until};

/// The values of a metric, by its labels as they stand in the text.
fn metric(text: &str, name: &str) -> Vec<(String, f64)> {
    let of = |line: &str| {
        let rest = line.strip_prefix(name)?.strip_prefix('{')?;
        let (labels, value) = rest.split_once("} ")?;
        Some((labels.to_owned(), value.parse().unwrap()))
    };
    text.lines().filter_map(of).collect()
}

pub(crate) fn value(text: &str, name: &str, label: &str) -> f64 {
    let found = metric(text, name);
    found
        .iter()
        .find(|(labels, _)| labels.contains(label))
        .unwrap_or_else(|| panic!("{label} in {found:?}"))
        .1
}

/// A whole number, as it is written.
fn count(text: &str, name: &str, label: &str) -> String {
    value(text, name, label).to_string()
}

pub(crate) fn scrape(server: &Server) -> String {
    let answer = server.client.get(server.url("/metrics")).send().unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    answer.text().unwrap()
}

#[test]
fn metrics_count_what_was_written_and_what_was_refused() {
    let data = folder();
    let server = Server::start(data.path());
    for number in 0..3 {
        server.trace("shop", &format!("trace {number}"));
    }
    assert_eq!(server.post("/api/v1/private/projects", &json!({ "name": "shop" })).status(), 409);
    let text = scrape(&server);
    assert!(text.ends_with("# EOF\n"), "an unbroken answer says that it ends");
    assert_eq!(count(&text, "cairn_events_total", "row=\"traces\""), "3");
    assert_eq!(count(&text, "cairn_events_total", "row=\"projects\""), "1");
    assert_eq!(count(&text, "cairn_commands_total", "outcome=\"done\""), "3");
    assert_eq!(count(&text, "cairn_commands_total", "outcome=\"refused\""), "1");
    assert_eq!(count(&text, "cairn_acknowledged_seconds_count", "workspace=\"default\""), "3");
    assert_eq!(count(&text, "cairn_log_position", "workspace=\"default\""), "4");
    assert_eq!(count(&text, "cairn_http_requests_total", "face=\"rest\",status=\"4xx\""), "1");
    assert_eq!(count(&text, "cairn_read_only", "workspace=\"default\""), "0");
    for part in ["store", "columns", "text"] {
        assert!(value(&text, "cairn_data_bytes", &format!("part=\"{part}\"")) > 0.0, "{part}");
    }
    wait_until("the indexes have seen everything", || {
        metric(&scrape(&server), "cairn_index_lag_events").iter().all(|(_, lag)| *lag < 0.5)
    });
}

#[test]
fn metrics_stay_few_whatever_clients_name() {
    let data = folder();
    let server = Server::start(data.path());
    server.trace("shop", "first");
    let series = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
    // The first look is counted in the second.
    scrape(&server);
    let before = series(&scrape(&server));
    for number in 0..20 {
        server.trace(&format!("project {number}"), &format!("name {number}"));
        let path = format!("/api/v1/private/traces/{number}");
        assert_eq!(server.client.get(server.url(&path)).send().unwrap().status(), 404);
    }
    // The first answer of its kind may bring a series: requests that were not found.
    assert!(series(&scrape(&server)) <= before + 1);
}

#[test]
fn doctor_looks_at_a_folder_with_and_without_its_server() {
    let data = folder();
    let server = Server::start(data.path());
    server.trace("shop", "first");
    let with_server = cairn(data.path(), &["doctor"]);
    assert!(server.terminate().success());
    let without_server = cairn(data.path(), &["doctor"]);
    for (done, says) in [(with_server, "runs and writes"), (without_server, "does not run on this folder")] {
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
        assert!(said.contains(says), "{said}");
        for of in ["disk", "folder", "limits", "clock", "columns index", "text index"] {
            assert!(said.contains(&format!("  {of}: ")), "{of} in {said}");
        }
        assert!(said.contains("chain: holds over 2 events"), "{said}");
    }
}

#[test]
fn doctor_exits_badly_when_something_needs_care() {
    let data = folder();
    let server = Server::start(data.path());
    server.trace("shop", "first");
    assert!(server.terminate().success());
    let workspace =
        std::fs::read_dir(data.path().join("workspaces")).unwrap().next().unwrap().unwrap().path();
    // As a store of a program to come would say.
    std::fs::write(workspace.join("store").join("version"), b"FJL\x09").unwrap();
    let done = cairn(data.path(), &["doctor"]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("BAD   data: cannot be read"), "{said}");
}

/// The one journal of the default workspace.
fn journal(data: &std::path::Path) -> PathBuf {
    let workspace = std::fs::read_dir(data.join("workspaces")).unwrap().next().unwrap().unwrap().path();
    let journals: Vec<PathBuf> = std::fs::read_dir(workspace.join("store"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jnl"))
        .collect();
    assert_eq!(journals.len(), 1);
    journals[0].clone()
}

#[test]
fn a_damaged_journal_is_told_of_and_repaired_with_a_word_on_what_is_lost() {
    let data = folder();
    let server = Server::start(data.path());
    for number in 0..6 {
        server.trace("shop", &format!("trace {number}"));
    }
    drop(server);
    let path = journal(data.path());
    let mut bytes = std::fs::read(&path).unwrap();
    let name = b"trace 2";
    let at = bytes.windows(name.len()).position(|window| window == name).unwrap();
    bytes[at] = b'T';
    std::fs::write(&path, bytes).unwrap();

    for command in ["verify", "doctor", "log"] {
        let done = cairn(data.path(), &[command]);
        assert_eq!(done.status.code(), Some(1), "{command}");
        let said = [done.stdout, done.stderr].concat();
        assert!(String::from_utf8_lossy(&said).contains("cairn repair"), "{command}");
    }
    let done = cairn(data.path(), &["repair"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{said}");
    assert!(said.contains("LOST are the events 4 to 7"), "{said}");
    assert!(cairn(data.path(), &["verify"]).status.success());
    let server = Server::start(data.path());
    server.trace("shop", "after");
    assert!(server.terminate().success());
    let log = String::from_utf8(cairn(data.path(), &["log"]).stdout).unwrap();
    assert_eq!(log.lines().count(), 4, "{log}");
}

#[test]
fn a_server_that_is_told_to_end_while_it_still_starts_ends_as_any_other() {
    for _ in 0..5 {
        let data = folder();
        assert!(Server::launch(data.path()).terminate().success());
    }
}
