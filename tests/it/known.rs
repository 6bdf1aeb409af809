//! What a client wrote is in its lists, however much others write meanwhile: what it knew before is taken from it.

use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header::{ACCEPT, COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::binary::{Server, folder};

/// What the server gives a client to keep, as the client sends it back.
fn kept(answer: &Response) -> Option<String> {
    let cookie = answer.headers().get(SET_COOKIE)?.to_str().unwrap();
    Some(cookie.split(';').next().unwrap().to_owned())
}

fn sent(request: RequestBuilder, cookie: &str) -> Response {
    let answer = request.header(COOKIE, cookie).send().unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().unwrap());
    answer
}

fn traces(project: &str, name: &str, count: usize) -> Value {
    let trace = |_| {
        json!({
            "id": Uuid::now_v7(), "project_name": project, "name": name, "start_time": "2026-01-02T03:04:05Z",
            "input": { "text": "words to be kept" },
        })
    };
    json!({ "traces": (0..count).map(trace).collect::<Vec<_>>() })
}

#[test]
fn a_client_learns_how_far_it_has_read_and_forgets_it_when_it_writes() {
    let data = folder();
    let server = Server::start(data.path());
    let projects = server.url("/api/v1/private/projects");
    let first = kept(&sent(server.client.get(&projects), "")).unwrap();
    assert!(first.starts_with("cairn-known=") && first.ends_with(".0"), "{first}");
    assert_eq!(kept(&sent(server.client.get(&projects), &first)), None);
    let gone = Some("cairn-known=".to_owned());
    assert_eq!(kept(&sent(server.client.post(&projects).json(&json!({ "name": "ours" })), &first)), gone);
    let otlp = server.client.post(server.url("/api/v1/private/otel/v1/traces"));
    assert_eq!(kept(&sent(otlp.json(&json!({ "resourceSpans": [] })), &first)), gone);
    let graphql = server.url("/graphql");
    let ask = |query: &str| server.client.post(&graphql).json(&json!({ "query": query }));
    let second = kept(&sent(ask("{ projects { totalCount } }"), "")).unwrap();
    assert_ne!(first, second);
    assert_eq!(kept(&sent(ask("{ projects { totalCount } }"), &second)), None);
    let written =
        |name: &str| ask(&format!(r#"mutation {{ createProject(input: {{ name: "{name}" }}) {{ id }} }}"#));
    assert_eq!(kept(&sent(written("theirs"), &second)), gone);
    assert_eq!(kept(&sent(written("streamed").header(ACCEPT, "text/event-stream"), &second)), gone);
    let elsewhere = "cairn-known=00000000-0000-0000-0000-0000000000ff.1";
    let third = kept(&sent(server.client.get(&projects), elsewhere)).unwrap();
    assert!(third > second, "{third} comes after {second}");
}

/// More than a list waits for unless it must.
const OTHERS: usize = 3_000;

#[test]
fn what_a_client_wrote_is_in_its_lists_however_much_others_write() {
    let data = folder();
    let server = Server::start(data.path());
    let batch = server.url("/api/v1/private/traces/batch");
    let projects = server.url("/api/v1/private/projects");
    for round in 0..4 {
        let name = format!("mine-{round}");
        let knows = kept(&sent(server.client.get(&projects), "")).unwrap();
        for _ in 0..OTHERS / 1_000 {
            sent(server.client.post(&batch).json(&traces("shared", "theirs", 1_000)), "");
        }
        let own = server.client.post(&batch).json(&traces("shared", &name, 1));
        let knows = kept(&sent(own, &knows)).unwrap_or(knows);
        let filters = json!([{ "field": "name", "operator": "=", "value": name }]).to_string();
        let mut list = reqwest::Url::parse(&server.url("/api/v1/private/traces")).unwrap();
        list.query_pairs_mut().append_pair("project_name", "shared").append_pair("filters", &filters);
        let found = sent(server.client.get(list), &knows).json::<Value>().unwrap();
        assert_eq!(found["total"], 1, "{name}");
    }
}
