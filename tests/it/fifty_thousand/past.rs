//! Earlier moments, changes that are taken back, and what an operator does: backup, audit, erasure, verification.

use serde_json::{Value, json};

use super::model::{PROJECT, Row};
use super::{World, ask, succeeds};
use crate::binary::{Server, folder};

/// What is asked of a moment; the answers tell any two of them apart.
const QUESTIONS: &str = "
    project(id: $project) {
        traceCount spanCount threadCount
        slow: spans(filter: \"duration > 2s\", first: 20, sort: { field: \"duration\", direction: DESC }) {
            totalCount nodes { id name model durationMs totalTokens error { message } output }
        }
        failed: traces(filter: \"has:error OR metadata.user = user-3\", first: 5) {
            totalCount nodes { id name spanCount threadId input lastUpdatedAt }
        }
        said: spans(filter: $word, first: 1) { totalCount }
    }
    statistics(scope: { entity: SPAN, projectIds: [$project], from: \"2026-11-01T00:00:00Z\", to: \"2026-11-01T01:00:00Z\" },
               input: { measures: [\"duration\"], by: [\"name\"] }) {
        groups { by { value } count points { values { sum p50 p99 } } }
    }";
/// Needs rows and the index of small fields alone.
const SHORT: &str = "
    project(id: $project) {
        traceCount spanCount threadCount
        slow: spans(filter: \"duration > 2s\", first: 9, sort: { field: \"duration\", direction: DESC }) {
            totalCount nodes { id durationMs output }
        }
    }";
/// The share of the log at which it is looked at: what is replayed grows with it.
const MOMENTS: [f64; 2] = [0.031_4, 0.067_3];

pub(super) fn the_past_is_what_a_backup_restores(world: &World) {
    let room = folder();
    let backup = room.path().join("backup");
    let backup = backup.to_str().unwrap();
    world.succeeds(&["backup", backup]);
    let head = world.ask("{ server { position } }", json!({}))["server"]["position"].clone();
    let head: f64 = head.as_str().unwrap().parse().unwrap();
    let (then, now) = (
        format!(
            "query($project: ID!, $word: String, $at: Position!) {{ asOf(position: $at) {{ {QUESTIONS} }} }}"
        ),
        format!("query($project: ID!, $word: String) {{ {QUESTIONS} }}"),
    );
    let mut variables = json!({ "project": world.project, "word": world.model.word(100, 3) });
    for share in MOMENTS {
        let at = format!("{:.0}", head * share);
        let restored = room.path().join(&at);
        succeeds(&restored, &["restore", backup, "--until", &at]);
        let server = Server::start(&restored);
        let replayed = ask(&server, &now, variables.clone());
        assert!(server.terminate().success());
        variables["at"] = json!(at);
        assert_eq!(once_ready(world, &then, &variables)["asOf"], replayed, "at {at}");
        let spans = replayed["project"]["spanCount"].as_u64().unwrap();
        assert!(spans > 1_000 && spans < 10_000, "{spans} at {at}");
    }
}

/// A moment after all that was written is as now, and is told of while it is made.
pub(super) fn a_late_moment_is_made_while_its_reader_is_told_how_far_it_is(world: &World) {
    let head = world.ask("{ server { position } }", json!({}))["server"]["position"].clone();
    let variables = json!({ "project": world.project, "at": head });
    let now = world.ask(&format!("query($project: ID!) {{ {SHORT} }}"), variables.clone());
    let then = format!("query($project: ID!, $at: Position!) {{ asOf(position: $at) {{ {SHORT} }} }}");
    assert_eq!(once_ready(world, &then, &variables)["asOf"], now);
}

/// Asks again as long as the answer is being made, as every client does.
fn once_ready(world: &World, query: &str, variables: &Value) -> Value {
    let mut told = 0;
    loop {
        let asked = json!({ "query": query, "variables": variables });
        let mut answer: Value = world.server.post("/graphql", &asked).json().unwrap();
        if answer["errors"] == Value::Null {
            return answer["data"].take();
        }
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "NOT_READY", "{answer}");
        let message = error["message"].as_str().unwrap();
        let made =
            format!("the workspace as of position {} is being made: ", variables["at"].as_str().unwrap());
        if let Some(figures) = message.strip_prefix(&made) {
            let reached: u64 = figures.split(' ').next().unwrap().parse().unwrap();
            assert!(reached >= told, "{message} after {told}");
            told = reached;
        }
    }
}

fn one(world: &World, at: usize) -> &Row {
    world.model.spans[at * 8..].first().unwrap()
}

const TRACE: &str = "query($id: ID!) { trace(id: $id) { name spanCount output } }";

pub(super) fn a_change_is_undone(world: &World) {
    let id = &one(world, 4_321).trace;
    let known = world.ask(TRACE, json!({ "id": id }));
    let path = world.server.url(&format!("/api/v1/private/traces/{id}"));
    let update = json!({ "project_name": PROJECT, "name": "renamed", "output": "changed" });
    assert!(world.server.client.patch(path).json(&update).send().unwrap().status().is_success());
    assert_eq!(world.count("traces", "name = renamed"), 1);
    let history = "query($id: ID!) { history(id: $id, first: 1) { nodes { position kind } } }";
    let change = world.ask(history, json!({ "id": id }))["history"]["nodes"][0].clone();
    assert_eq!(change["kind"], json!("trace_patched"));
    let undo = "mutation($position: Position!) { undo(position: $position) }";
    world.ask(undo, json!({ "position": change["position"] }));
    assert_eq!(world.ask(TRACE, json!({ "id": id })), known);
    assert_eq!(world.count("traces", "name = renamed"), 0);
}

pub(super) fn what_was_deleted_comes_back(world: &World) {
    let id = &one(world, 1_234).trace;
    let known = world.ask(TRACE, json!({ "id": id }));
    let counts = || (world.count("traces", ""), world.count("spans", ""), world.count("spans", "type:llm"));
    let before = counts();
    let deleted = "mutation($ids: [ID!]!) { deleteTraces(ids: $ids) }";
    world.ask(deleted, json!({ "ids": [id] }));
    assert_eq!(counts(), (before.0 - 1, before.1 - 8, before.2 - 3));
    let trash = world.ask("{ trash { nodes { id kind } } }", json!({}));
    assert_eq!(trash["trash"], json!({ "nodes": [{ "id": id, "kind": "TRACE" }] }));
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": id }));
    assert_eq!((counts(), world.ask(TRACE, json!({ "id": id }))), (before, known));
}

pub(super) fn the_trail_names_every_event(world: &World) {
    let head = world.ask("{ server { position } }", json!({}))["server"]["position"].clone();
    let trail = world.succeeds(&["audit", "--export"]);
    assert_eq!(json!(trail.lines().count().to_string()), head);
    let kinds = |kind: &str| {
        let code = format!("\"event_code\":\"{kind}\"");
        trail.lines().filter(|line| line.contains(&code)).count()
    };
    assert_eq!(
        (kinds("span_recorded"), kinds("trace_recorded")),
        (world.model.spans.len(), world.model.spans.len() / 8)
    );
    let last: Value = serde_json::from_str(trail.lines().last().unwrap()).unwrap();
    assert_eq!(last["unmapped"]["position"].to_string(), head.as_str().unwrap());
}

pub(super) fn an_erased_trace_is_gone_and_the_chain_holds(world: World) {
    let row = one(&world, 2_500);
    let (traces, spans) = (world.count("traces", ""), world.count("spans", ""));
    let said = world.succeeds(&["erase", "--trace", &row.trace]);
    assert!(said.starts_with("erased: 1 traces, "), "{said}");
    assert_eq!((world.count("traces", ""), world.count("spans", "")), (traces - 1, spans - 8));
    assert_eq!(world.ask(TRACE, json!({ "id": row.trace }))["trace"], Value::Null);
    assert_eq!(world.count("spans", &format!("id:{}", row.id)), 0);
    let World { server, data, .. } = world;
    assert!(server.terminate().success());
    let said = succeeds(data.path(), &["verify"]);
    assert!(said.contains("the chain holds"), "{said}");
}
