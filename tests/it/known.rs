//! What a client wrote is in its lists, however much others write meanwhile: a cookie says what that was.

use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header::{COOKIE, SET_COOKIE};
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
fn a_client_is_given_what_it_knows_when_it_writes_and_when_it_knows_nothing() {
    let data = folder();
    let server = Server::start(data.path());
    let projects = server.url("/api/v1/private/projects");
    let first = kept(&sent(server.client.get(&projects), "")).unwrap();
    assert_eq!(kept(&sent(server.client.get(&projects), &first)), None);
    let second = kept(&sent(server.client.post(&projects).json(&json!({ "name": "ours" })), &first)).unwrap();
    assert_ne!(first, second);
    let graphql = server.url("/graphql");
    let ask = |query: &str| server.client.post(&graphql).json(&json!({ "query": query }));
    assert_eq!(kept(&sent(ask("{ projects { totalCount } }"), &second)), None);
    assert_eq!(kept(&sent(ask("{ projects { totalCount } }"), "")).as_ref(), Some(&second));
    let written = ask(r#"mutation { createProject(input: { name: "theirs" }) { id } }"#);
    let third = kept(&sent(written, &second)).unwrap();
    assert!(third > second, "{third} comes after {second}");
    let elsewhere = "cairn-known=00000000-0000-0000-0000-0000000000ff.1";
    assert_eq!(kept(&sent(server.client.get(&projects), elsewhere)), Some(third));
}

/// More than a list waits for unless it must.
const OTHERS: usize = 3_000;

#[test]
fn what_a_client_wrote_is_in_its_lists_however_much_others_write() {
    let data = folder();
    let server = Server::start(data.path());
    let batch = server.url("/api/v1/private/traces/batch");
    let mut cookie = String::new();
    for round in 0..4 {
        let name = format!("mine-{round}");
        for _ in 0..OTHERS / 1_000 {
            sent(server.client.post(&batch).json(&traces("shared", "theirs", 1_000)), "");
        }
        let own = sent(server.client.post(&batch).json(&traces("shared", &name, 1)), &cookie);
        cookie = kept(&own).unwrap();
        let filters = json!([{ "field": "name", "operator": "=", "value": name }]).to_string();
        let mut list = reqwest::Url::parse(&server.url("/api/v1/private/traces")).unwrap();
        list.query_pairs_mut().append_pair("project_name", "shared").append_pair("filters", &filters);
        let found = sent(server.client.get(list), &cookie).json::<Value>().unwrap();
        assert_eq!(found["total"], 1, "{name}");
    }
}
