//! Comments on traces and spans and who may take them back, and the verdicts of assertions.

use cairn_core::access::{CommentModerate, CommentWrite, Permission, TraceRead};
use cairn_core::command::ProjectRef;
use cairn_core::feedback::assertions::{Assertion, Write};
use cairn_core::feedback::{Command, Target};
use serde_json::{Value, json};

use super::world::{PROJECT, World, only_error, span, span_id, trace_id};

const ON_TRACE: &str = "mutation($id: ID!, $text: String!) { commentOnTrace(id: $id, text: $text) {
    comments { id text createdBy } } }";
const ON_SPAN: &str = "mutation($id: ID!, $text: String!) { commentOnSpan(id: $id, text: $text) {
    comments { id text createdBy } } }";

async fn on_trace(world: &World, number: u64, text: &str) -> Value {
    let id = trace_id(number).to_string();
    world.ask(ON_TRACE, json!({ "id": id, "text": text })).await["commentOnTrace"]["comments"].clone()
}

async fn on_span(world: &World, number: u64, text: &str) -> Value {
    let id = span_id(number).to_string();
    world.ask(ON_SPAN, json!({ "id": id, "text": text })).await["commentOnSpan"]["comments"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_written_changed_and_deleted() {
    let world = World::open();
    world.traces([1]).await;
    world.spans(vec![span(1, 1)]).await;
    for comments in [on_trace(&world, 1, "hm").await, on_span(&world, 1, "hm").await] {
        let made = comments[0]["id"].clone();
        assert_eq!(comments, json!([{ "id": made, "text": "hm", "createdBy": "admin" }]));
        let edit = "mutation($id: ID!) { editComment(id: $id, text: \"aha\") { id text } }";
        let edited = world.ask(edit, json!({ "id": made })).await;
        assert_eq!(edited["editComment"], json!({ "id": made, "text": "aha" }));
        let delete = "mutation($ids: [ID!]!) { deleteComments(ids: $ids) }";
        world.ask(delete, json!({ "ids": [made] })).await;
        let (_, extensions) = world.refusal(edit, json!({ "id": made })).await;
        assert_eq!(extensions["code"], json!("NOT_FOUND"));
    }
    assert_eq!(on_trace(&world, 1, "again").await.as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_of_others_are_for_moderators_to_delete() {
    let world = World::open();
    world.traces([1]).await;
    let made = on_trace(&world, 1, "hm").await[0]["id"].clone();
    let guest = world.limited(&[TraceRead::NAME, CommentWrite::NAME]);
    let edit = "mutation($id: ID!) { editComment(id: $id, text: \"mine\") { id } }";
    let (message, extensions) = only_error(&world.respond(&guest, edit, json!({ "id": made })).await);
    assert!(message.contains("was written by `admin`"), "{message}");
    assert_eq!(extensions["code"], json!("FORBIDDEN"));
    let delete = "mutation($ids: [ID!]!) { deleteComments(ids: $ids) }";
    let ids = json!({ "ids": [made] });
    let (_, extensions) = only_error(&world.respond(&guest, delete, ids.clone()).await);
    assert_eq!(extensions["code"], json!("FORBIDDEN"));
    let moderator = world.limited(&[CommentWrite::NAME, CommentModerate::NAME]);
    assert_eq!(world.respond(&moderator, delete, ids).await["data"]["deleteComments"], json!(true));
    assert_eq!(on_trace(&world, 1, "again").await.as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_with_comments_are_found_by_them() {
    let world = World::open();
    world.traces(1..5).await;
    world.spans(vec![span(1, 4)]).await;
    on_trace(&world, 2, "wrong answer").await;
    on_trace(&world, 3, "fine").await;
    on_span(&world, 1, "wrong tool").await;
    let project = world.project_id().await;
    let query = "query($project: ID!, $filter: String) { project(id: $project) {
        traces(filter: $filter) { nodes { id } } } }";
    for (filter, numbers) in [
        ("has:comments", vec![3, 2]),
        ("missing:comments", vec![4, 1]),
        ("comments:WRONG", vec![2]),
        ("comments ~ fine", vec![3]),
        ("answer comments:wrong", vec![2]),
    ] {
        let found = world.ask(query, json!({ "project": project, "filter": filter })).await;
        let ids: Vec<_> =
            numbers.iter().map(|number| json!({ "id": trace_id(*number).to_string() })).collect();
        assert_eq!(found["project"]["traces"]["nodes"], json!(ids), "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_of_assertions_are_read_with_the_trace() {
    let world = World::open();
    world.traces([1]).await;
    let assertion = Assertion {
        name: "is polite".to_owned(),
        passed: false,
        reason: Some("it shouted".to_owned()),
        source: "sdk".to_owned(),
    };
    let project = ProjectRef::Name(PROJECT.to_owned());
    let write = Write { target: Target::Trace(trace_id(1)), project, assertion };
    world.session.execute(Command::Assert(vec![write])).await.unwrap();
    let query = "query($id: ID!) { trace(id: $id) { feedbackScores { name }
        assertionResults { name passed reason } } }";
    let trace = world.ask(query, json!({ "id": trace_id(1).to_string() })).await["trace"].clone();
    let verdict = json!({ "name": "is polite", "passed": false, "reason": "it shouted" });
    assert_eq!(trace, json!({ "feedbackScores": [], "assertionResults": [verdict] }));
}
