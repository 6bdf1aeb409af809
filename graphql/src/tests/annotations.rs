//! Annotation queues: made and filled, what is next for whom, and followed while people judge.

use cairn_core::feedback::Target;
use serde_json::{Value, json};

use super::live::{next_of, subscribe};
use super::world::{World, trace_id};

async fn made(world: &World, input: Value) -> Value {
    let create = "mutation($project: ID!, $input: AnnotationQueueInput!) {
        createAnnotationQueue(projectId: $project, scope: TRACE, input: $input) {
            id name scope annotatorsPerItem itemCount completedCount project { name } } }";
    let variables = json!({ "project": world.project_id().await, "input": input });
    world.ask(create, variables).await["createAnnotationQueue"].clone()
}

async fn filled(world: &World, queue: &Value, numbers: &[u64]) -> Value {
    let add =
        "mutation($id: ID!, $items: [ID!]!) { addAnnotationItems(id: $id, items: $items) { itemCount } }";
    let items: Vec<String> = numbers.iter().map(|number| trace_id(*number).to_string()).collect();
    world.ask(add, json!({ "id": queue["id"], "items": items })).await["addAnnotationItems"].clone()
}

async fn next(world: &World, queue: &Value, reviewer: Option<&str>) -> Value {
    let query =
        "query($id: ID!, $who: String) { annotationQueue(id: $id) { nextItem(reviewer: $who) { id } } }";
    let found = world.ask(query, json!({ "id": queue["id"], "who": reviewer })).await;
    found["annotationQueue"]["nextItem"]["id"].clone()
}

fn id(number: u64) -> Value {
    json!(trace_id(number).to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_made_filled_judged_and_deleted() {
    let world = World::open();
    world.traces([1, 2]).await;
    let queue = made(&world, json!({ "name": "answers", "feedbackDefinitionNames": ["quality"] })).await;
    assert_eq!(
        (&queue["scope"], &queue["annotatorsPerItem"], &queue["itemCount"]),
        (&json!("TRACE"), &json!(1), &json!(0))
    );
    assert_eq!(filled(&world, &queue, &[1, 2, 1]).await, json!({ "itemCount": 2 }));
    let score = "mutation($id: ID!, $score: ScoreInput!) { scoreTrace(id: $id, score: $score) { id } }";
    let given = json!({ "name": "quality", "value": 3, "annotationQueueId": queue["id"] });
    world.ask(score, json!({ "id": id(1), "score": given })).await;
    let query =
        "query($id: ID!) { annotationQueue(id: $id) { itemCount completedCount reviewers { name items }
        feedbackScores { name value }
        items(first: 1) { totalCount pageInfo { hasNextPage } nodes {
            id source isComplete reviewers scores { name value } trace { name } } } } }";
    let found = world.ask(query, json!({ "id": queue["id"] })).await["annotationQueue"].clone();
    let score = json!([{ "name": "quality", "value": 3.0 }]);
    let item = json!({
        "id": id(1), "source": "MANUAL", "isComplete": true, "reviewers": ["admin"], "scores": score,
        "trace": { "name": "run 1" },
    });
    let expected = json!({
        "itemCount": 2, "completedCount": 1, "reviewers": [{ "name": "admin", "items": 1 }],
        "feedbackScores": score,
        "items": { "totalCount": 2, "pageInfo": { "hasNextPage": true }, "nodes": [item] },
    });
    assert_eq!(found, expected);
    let named = "query($id: ID!, $ids: [ID!]!) { annotationQueue(id: $id) { itemsNamed(ids: $ids) { id } } }";
    let asked = json!({ "id": queue["id"], "ids": [id(2), id(9), id(1)] });
    let found = world.ask(named, asked).await["annotationQueue"]["itemsNamed"].clone();
    assert_eq!(found, json!([{ "id": id(2) }, { "id": id(1) }]));
    let none = json!({ "id": queue["id"], "ids": [] });
    assert_eq!(world.refusal(named, none).await.1["code"], json!("INVALID"));
    world
        .ask("mutation($ids: [ID!]!) { deleteAnnotationQueues(ids: $ids) }", json!({ "ids": [queue["id"]] }))
        .await;
    let lists = world.ask("{ annotationQueues { totalCount } }", json!({})).await;
    assert_eq!(lists["annotationQueues"]["totalCount"], json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_item_is_one_that_nobody_has_judged_or_looks_at() {
    let world = World::open();
    world.traces([1, 2, 3]).await;
    let queue = made(&world, json!({ "name": "answers" })).await;
    filled(&world, &queue, &[1, 2, 3]).await;
    assert_eq!(next(&world, &queue, None).await, id(1));
    world.score(Target::Trace(trace_id(1)), 3).await;
    assert_eq!(next(&world, &queue, None).await, id(2));
    let lock = "mutation($id: ID!, $item: ID!) { lockAnnotationItem(id: $id, item: $item) }";
    let locked = world.ask(lock, json!({ "id": queue["id"], "item": id(2) })).await;
    assert_eq!(locked["lockAnnotationItem"], json!(true));
    assert_eq!(next(&world, &queue, None).await, id(2), "one's own lock keeps nobody else's");
    assert_eq!(next(&world, &queue, Some("bob")).await, id(3));
    world.score(Target::Trace(trace_id(2)), 1).await;
    world.score(Target::Trace(trace_id(3)), 1).await;
    assert_eq!(next(&world, &queue, Some("bob")).await, Value::Null);
    let update = "mutation($id: ID!) { updateAnnotationQueue(id: $id, input: { annotatorsPerItem: 2 }) {
        completedCount } }";
    let changed = world.ask(update, json!({ "id": queue["id"] })).await;
    assert_eq!(changed["updateAnnotationQueue"]["completedCount"], json!(0));
    assert_eq!(next(&world, &queue, Some("bob")).await, id(1));
    assert_eq!(next(&world, &queue, None).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_as_it_is_made() {
    let world = World::open();
    world.traces([1, 2]).await;
    let queue = made(&world, json!({ "name": "answers" })).await;
    let changes =
        "subscription($id: ID!, $after: Position) { annotationQueueChanges(id: $id, after: $after) {
        kind annotationQueue { itemCount completedCount } } }";
    let variables = json!({ "id": queue["id"], "after": world.position().await });
    let mut told = subscribe(&world, changes, variables);
    filled(&world, &queue, &[1]).await;
    let said = next_of(&mut told, "annotationQueueChanges").await;
    assert_eq!(said["annotationQueue"]["itemCount"], json!(1));
    world.score(Target::Trace(trace_id(2)), 1).await;
    world.score(Target::Trace(trace_id(1)), 1).await;
    let said = next_of(&mut told, "annotationQueueChanges").await;
    assert_eq!(said["annotationQueue"], json!({ "itemCount": 1, "completedCount": 1 }));
    world
        .ask("mutation($ids: [ID!]!) { deleteAnnotationQueues(ids: $ids) }", json!({ "ids": [queue["id"]] }))
        .await;
    let said = next_of(&mut told, "annotationQueueChanges").await;
    assert_eq!(said, json!({ "kind": "DELETED", "annotationQueue": null }));
}
