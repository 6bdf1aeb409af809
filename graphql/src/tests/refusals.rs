//! What is refused, and how it is told.

use cairn_actors::failure::Failure;
use cairn_core::access::{Permission, ProjectRead, TraceRead, WorkspaceRead};
use cairn_core::ids::{Position, RequestId};
use cairn_core::rejection::{Rejection, RejectionKind};
use serde_json::{Value, json};

use super::world::{PROJECT, World, only_error};
use crate::error::Problem;

const TRACES: &str = "query($project: ID!, $first: Int, $after: String, $sort: Sort, $filter: String) {
    project(id: $project) { traces(first: $first, after: $after, sort: $sort, filter: $filter) {
        nodes { id } pageInfo { endCursor }
    } }
}";

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_cannot_be_read_is_told_where_and_with_a_suggestion() {
    let world = World::open();
    world.traces([1]).await;
    let project = world.project_id().await;
    let (message, extensions) =
        world.refusal(TRACES, json!({ "project": project, "filter": "name:x AND durtion > 1s" })).await;
    assert_eq!(message, "`durtion` is not a field of traces");
    let expected = json!({ "code": "BAD_FILTER", "at": 11, "length": 7, "suggestion": "duration" });
    assert_eq!(extensions, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sort_by_an_unknown_or_unsorted_field_is_refused() {
    let world = World::open();
    world.traces([1]).await;
    let project = world.project_id().await;
    let (message, extensions) =
        world.refusal(TRACES, json!({ "project": project, "sort": { "field": "cots" } })).await;
    assert_eq!(message, "`cots` is not a field of traces");
    assert_eq!(extensions, json!({ "code": "BAD_SORT", "at": 0, "suggestion": "cost" }));
    let (_, extensions) =
        world.refusal(TRACES, json!({ "project": project, "sort": { "field": "input" } })).await;
    assert_eq!(extensions["code"], json!("BAD_SORT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_size_and_a_cursor_are_checked() {
    let world = World::open();
    world.traces(1..4).await;
    let project = world.project_id().await;
    for first in [-1, 2_001] {
        let (message, extensions) =
            world.refusal(TRACES, json!({ "project": project, "first": first })).await;
        assert_eq!(message, format!("`first` must be between 0 and 2000, it is {first}"));
        assert_eq!(extensions["code"], json!("INVALID"));
    }
    let page =
        world.ask(TRACES, json!({ "project": project, "first": 1, "sort": { "field": "name" } })).await;
    let cursor = page["project"]["traces"]["pageInfo"]["endCursor"].clone();
    let (message, _) = world.refusal(TRACES, json!({ "project": project, "after": cursor })).await;
    assert_eq!(message, "`after` is a cursor of another list or another order; start without it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_none_is_refused_and_an_unknown_one_is_null() {
    let world = World::open();
    let query = "query($id: ID!) { trace(id: $id) { id } }";
    let (message, extensions) = world.refusal(query, json!({ "id": "seven" })).await;
    assert_eq!(
        (message.as_str(), &extensions["code"]),
        ("`seven` is not an id; ids are UUIDs", &json!("INVALID"))
    );
    let unknown = json!({ "id": "0190babc-62a0-71d2-832a-0fef00000000" });
    assert_eq!(world.ask(query, unknown).await, json!({ "trace": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_does_what_it_says_or_tells_why_not() {
    let world = World::open();
    let create = "mutation($name: String!) { createProject(input: { name: $name, description: \"d\" }) { id name description visibility } }";
    let project = world.ask(create, json!({ "name": "one" })).await["createProject"].clone();
    assert_eq!((&project["description"], &project["visibility"]), (&json!("d"), &json!("PRIVATE")));
    let (message, extensions) = world.refusal(create, json!({ "name": "ONE" })).await;
    assert_eq!((message.as_str(), &extensions["code"]), ("Project already exists", &json!("CONFLICT")));

    let update =
        "mutation($id: ID!) { updateProject(input: { id: $id, name: \"two\" }) { name description } }";
    let updated = world.ask(update, json!({ "id": project["id"] })).await;
    assert_eq!(updated["updateProject"], json!({ "name": "two", "description": "d" }));
    let delete = "mutation($id: ID!) { deleteProject(id: $id) }";
    assert_eq!(world.ask(delete, json!({ "id": project["id"] })).await, json!({ "deleteProject": true }));
    let (_, extensions) = world.refusal(update, json!({ "id": project["id"] })).await;
    assert_eq!(extensions["code"], json!("NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_traces_are_gone() {
    let world = World::open();
    world.traces([1, 2]).await;
    let id = super::world::trace_id(1).to_string();
    world.ask("mutation($id: ID!) { deleteTraces(ids: [$id]) }", json!({ "id": id })).await;
    let query = "query($name: String!) { projectByName(name: $name) { traceCount traces { totalCount } } }";
    let data = world.ask(query, json!({ "name": PROJECT })).await;
    assert_eq!(data["projectByName"], json!({ "traceCount": 1, "traces": { "totalCount": 1 } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_asks_for_its_permission() {
    let world = World::open();
    world.traces([1]).await;
    let project = world.project_id().await;
    let trace = super::world::trace_id(1).to_string();
    let variables = json!({ "project": project, "trace": trace });
    let cases = [
        ("{ server { version } }", WorkspaceRead::NAME),
        ("{ projects { nodes { id } } }", ProjectRead::NAME),
        ("query($project: ID!) { project(id: $project) { id } }", ProjectRead::NAME),
        ("query($trace: ID!) { trace(id: $trace) { input } }", TraceRead::NAME),
        ("query($trace: ID!) { span(id: $trace) { id } }", TraceRead::NAME),
        ("query($project: ID!) { search(projectId: $project, text: \"a\") { totalCount } }", TraceRead::NAME),
        ("mutation { createProject(input: { name: \"x\" }) { id } }", "project_write"),
        ("mutation($trace: ID!) { deleteTraces(ids: [$trace]) }", "trace_delete"),
    ];
    for (query, permission) in cases {
        let answer = world.respond(&world.limited(&[]), query, variables.clone()).await;
        let (message, extensions) = only_error(&answer);
        assert_eq!(message, format!("`eve` lacks the permission `{permission}`"), "{query}");
        assert_eq!(extensions["code"], json!("FORBIDDEN"));
    }
    // Of an answer, only what is not allowed is missing.
    let limited = world.limited(&[ProjectRead::NAME]);
    let query = "query($project: ID!) { project(id: $project) { name traces { totalCount } } }";
    let answer = world.respond(&limited, query, variables).await;
    assert_eq!(only_error(&answer).1["code"], json!("FORBIDDEN"));
}

fn told(failure: Failure) -> Value {
    let error: async_graphql::Error = Problem::from(failure).into();
    serde_json::to_value(error).unwrap()
}

#[test]
fn a_fault_is_told_by_its_number_alone() {
    let id = RequestId::known(uuid::Uuid::nil());
    let fault = told(Failure::Fault(id));
    assert_eq!(fault["extensions"], json!({ "code": "INTERNAL", "id": id.to_string() }));
    let overloaded = told(Rejection::new(RejectionKind::Overloaded, "Too Many Requests").into());
    assert_eq!(overloaded["extensions"], json!({ "code": "OVERLOADED", "retryAfterSeconds": 1 }));
    let unready = told(Rejection::new(RejectionKind::NotReady, "2 of 9 changes so far").into());
    assert_eq!(unready["extensions"], json!({ "code": "NOT_READY", "retryAfterSeconds": 1 }));
}

/// As over REST and by the ping: whoever is refused has to know whom to call.
#[test]
fn what_stops_all_writing_is_told_with_its_cause() {
    let stopped = told(Failure::ReadOnly("No space left on device (os error 28)".to_owned()));
    assert_eq!(stopped["extensions"], json!({ "code": "READ_ONLY" }));
    assert_eq!(
        stopped["message"],
        "the server cannot write and accepts nothing more: No space left on device (os error 28)"
    );
}

#[test]
fn damage_is_told_by_its_place() {
    let damaged = told(Failure::Damaged { workspace: "default".to_owned(), at: Position(7) });
    assert_eq!(damaged["extensions"]["code"], "DAMAGED");
    assert_eq!(
        damaged["message"],
        "the log of the workspace `default` is damaged at position 7; run `cairn verify` to learn more"
    );
}
