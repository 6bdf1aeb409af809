//! The program exports its own traces, into another server or into itself, and never because of what it exported.

use std::collections::BTreeSet;
use std::io::Read;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::binary::{Server, cairn, folder, wait_until};
use crate::operate::{scrape, value};

const PROJECT: &str = "cairn itself";
/// The exporter sends more often than it would.
const DELAY_MS: &str = "50";
/// Twice what the program keeps waiting, in spans; a read is two.
const READS: usize = 8_192;

/// Exports to an OTLP endpoint on a port.
fn export_to(command: &mut Command, port: u16) {
    command
        .env("CAIRN_OWN_TRACES", "true")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://127.0.0.1:{port}/api/v1/private/otel"))
        .env("OTEL_EXPORTER_OTLP_HEADERS", "projectName=cairn%20itself")
        .env("OTEL_BSP_SCHEDULE_DELAY", DELAY_MS);
}

fn exported(server: &Server) -> f64 {
    let text = scrape(server);
    let counted = text.contains("cairn_own_spans_total{outcome=\"exported\"}");
    if counted { value(&text, "cairn_own_spans_total", "outcome=\"exported\"") } else { 0.0 }
}

/// Of each trace its name and the names of its spans, without those of which the server is asked here.
fn traces(server: &Server) -> Vec<(String, BTreeSet<String>)> {
    let query = "query Look($project: ID!) { project(id: $project) { traces(first: 100) {
        nodes { name spans { nodes { name } } } } } }";
    let data = server.ask(query, &json!({ "project": server.project(PROJECT) }));
    let text = |row: &Value| row["name"].as_str().unwrap().to_owned();
    let list = |value: &Value| value["nodes"].as_array().unwrap().clone();
    let traces = list(&data["project"]["traces"]);
    traces.iter().map(|trace| (text(trace), list(&trace["spans"]).iter().map(text).collect())).collect()
}

fn has(traces: &[(String, BTreeSet<String>)], name: &str, spans: &[&str]) -> bool {
    traces.iter().any(|(trace, found)| trace == name && spans.iter().all(|span| found.contains(*span)))
}

fn use_it(server: &Server, data: &std::path::Path) {
    server.trace("shop", "first");
    server.ask("query Names { projects { nodes { name } } }", &json!({}));
    let backup = folder();
    let done = cairn(data, &["backup", &backup.path().join("to").display().to_string()]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn tells_all(found: &[(String, BTreeSet<String>)]) -> bool {
    has(found, "POST /v1/private/traces/batch", &["write", "commit"])
        && has(found, "query Names", &["read"])
        && has(found, "GET /v1/cairn/backup/workspace", &["backup", "read"])
        && has(found, "index columns", &[])
        && has(found, "index text", &[])
}

#[test]
fn a_server_shows_what_another_one_does() {
    let (shown, data) = (folder(), folder());
    let looking = Server::start(shown.path());
    let server = Server::start_with(data.path(), |command, _| export_to(command, looking.port));
    use_it(&server, data.path());
    wait_until("spans are exported", || exported(&server) > 0.0);
    wait_until("requests, commits, reads, steps of indexes and backups are there", || {
        tells_all(&traces(&looking))
    });
    let names: BTreeSet<String> = traces(&looking).into_iter().map(|(name, _)| name).collect();
    assert!(!names.iter().any(|name| name.contains("is-alive") || name.contains("metrics")), "{names:?}");
    assert!(exported(&looking) < 0.5, "nobody asked the other one");
    assert!(server.terminate().success());
    assert!(looking.terminate().success());
}

#[test]
fn a_server_shows_what_it_does_itself_and_then_is_quiet() {
    let data = folder();
    let server = Server::start_with(data.path(), export_to);
    use_it(&server, data.path());
    wait_until("spans are exported", || exported(&server) > 0.0);
    wait_until_quiet(&server);
    let found = traces(&server);
    assert!(tells_all(&found), "{found:?}");
    assert!(!found.iter().any(|(name, _)| name.contains("otel")), "{found:?}");
    wait_until_quiet(&server);
    assert!(server.terminate().success());
}

fn wait_until_quiet(server: &Server) {
    let head = || value(&scrape(server), "cairn_log_position", "workspace=\"default\"");
    // Whoever is traced for an export exports again after each delay, twenty times a second.
    let quiet = Duration::from_secs(2);
    let (mut seen, mut since) = (head(), Instant::now());
    wait_until("nothing is written any more", || {
        let now = head();
        if now > seen {
            (seen, since) = (now, Instant::now());
        }
        since.elapsed() > quiet
    });
}

#[test]
fn spans_that_nobody_takes_are_dropped_and_counted_and_nobody_waits() {
    let data = folder();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let listens = std::thread::spawn(move || {
        // Takes what comes and never answers, until the client goes.
        let (mut taken, _) = silent.accept().unwrap();
        let mut sink = Vec::new();
        taken.read_to_end(&mut sink).is_ok()
    });
    let server = Server::start_with(data.path(), |command, _| {
        export_to(command, port);
        command.env("OTEL_EXPORTER_OTLP_TIMEOUT", "60000");
    });
    let dropped = "cairn_own_spans_total{outcome=\"dropped\"}";
    for number in 0..READS {
        let answer = server.client.get(server.url("/api/v1/private/projects")).send().unwrap();
        assert_eq!(answer.status(), 200);
        if number % 256 == 0 && scrape(&server).contains(dropped) {
            break;
        }
    }
    assert!(scrape(&server).contains(dropped), "{}", scrape(&server));
    drop(server);
    assert!(listens.join().unwrap());
}

#[test]
fn what_cannot_be_exported_as_asked_for_is_said_at_the_start() {
    let data = folder();
    let refused = Command::new(crate::binary::program())
        .args(["serve", "--listen", "127.0.0.1:0", "--grpc-listen", "off", "--own-traces", "--data"])
        .arg(data.path())
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317")
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("setting `OTEL_EXPORTER_OTLP_PROTOCOL`: `grpc`"), "{said}");
}
