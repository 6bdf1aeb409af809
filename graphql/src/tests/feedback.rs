//! What a person says of traces and spans while looking at them: scores and tags; and single values out of their bodies.

use serde_json::json;

use super::world::{World, span, span_id, trace_id};

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_is_scored_and_the_score_is_taken_away() {
    let world = World::open();
    world.traces([1]).await;
    let id = trace_id(1).to_string();
    let give = "mutation($id: ID!, $score: ScoreInput!) {
        scoreTrace(id: $id, score: $score) { feedbackScores { name value reason source } } }";
    let score = json!({ "name": "tone", "value": 0.25, "reason": "curt" });
    let given = world.ask(give, json!({ "id": id, "score": score })).await;
    let expected = json!([{ "name": "tone", "value": 0.25, "reason": "curt", "source": "ui" }]);
    assert_eq!(given["scoreTrace"]["feedbackScores"], expected);
    let clear = "mutation($id: ID!) { clearTraceScore(id: $id, name: \"tone\") { feedbackScores { name } } }";
    let cleared = world.ask(clear, json!({ "id": id })).await;
    assert_eq!(cleared["clearTraceScore"]["feedbackScores"], json!([]));
    let (_, extensions) = world.refusal(give, json!({ "id": trace_id(9).to_string(), "score": score })).await;
    assert_eq!(extensions["code"], json!("NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_is_scored() {
    let world = World::open();
    world.traces([1]).await;
    world.spans(vec![span(1, 1)]).await;
    let give = "mutation($id: ID!) {
        scoreSpan(id: $id, score: { name: \"tone\", value: 1 }) { feedbackScores { name value } } }";
    let given = world.ask(give, json!({ "id": span_id(1).to_string() })).await;
    assert_eq!(given["scoreSpan"]["feedbackScores"], json!([{ "name": "tone", "value": 1.0 }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_added_and_taken_away() {
    let world = World::open();
    world.traces([1, 2]).await;
    let tag = "mutation($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
        tagTraces(ids: $ids, add: $add, remove: $remove) { tags } }";
    let ids = [trace_id(1).to_string(), trace_id(2).to_string()];
    world.ask(tag, json!({ "ids": ids, "add": ["a", "b"], "remove": [] })).await;
    let changed = world.ask(tag, json!({ "ids": ids, "add": ["c"], "remove": ["a"] })).await;
    assert_eq!(changed["tagTraces"], json!([{ "tags": ["b", "c"] }, { "tags": ["b", "c"] }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_looked_up_within_bodies() {
    let world = World::open();
    world.traces([7]).await;
    let values = "query($id: ID!, $paths: [String!]!) { trace(id: $id) { values(paths: $paths) } }";
    let id = trace_id(7).to_string();
    let paths = json!(["input.question", "output.answer", "output.nothing", "metadata.a"]);
    let found = world.ask(values, json!({ "id": id, "paths": paths })).await;
    assert_eq!(found["trace"]["values"], json!(["what is 7?", "7", null, null]));
    let (message, _) = world.refusal(values, json!({ "id": id, "paths": ["name"] })).await;
    assert_eq!(message, "`name` is not a path, try `metadata.name`");
}
