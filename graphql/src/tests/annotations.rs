//! Annotation queues: made and filled, what is next for whom, and followed while people judge.

use cairn_core::feedback::Target;
use cairn_core::ids::ThreadId;
use serde_json::{Value, json};

use super::live::{next_of, subscribe};
use super::world::{World, trace, trace_id};

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

#[tokio::test(flavor = "multi_thread")]
async fn whoever_skips_an_item_gets_the_one_behind_it_and_from_the_last_the_first() {
    let world = World::open();
    world.traces([1, 2, 3]).await;
    let queue = made(&world, json!({ "name": "answers", "feedbackDefinitionNames": ["quality"] })).await;
    filled(&world, &queue, &[1, 2, 3]).await;
    let query = "query($id: ID!, $after: ID) { annotationQueue(id: $id) { nextItem(after: $after) { id } } }";
    let after = async |number: u64| {
        let found = world.ask(query, json!({ "id": queue["id"], "after": id(number) })).await;
        found["annotationQueue"]["nextItem"]["id"].clone()
    };
    assert_eq!((after(1).await, after(2).await, after(3).await), (id(2), id(3), id(1)));
    judge(&world, &queue, 2).await;
    assert_eq!(after(1).await, id(3));
    judge(&world, &queue, 3).await;
    assert_eq!(after(1).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_are_found_by_their_queue() {
    let world = World::open();
    world.traces([1, 2, 3]).await;
    let queue = made(&world, json!({ "name": "answers", "feedbackDefinitionNames": ["quality"] })).await;
    filled(&world, &queue, &[1, 3]).await;
    let query =
        "query($id: ID!, $filter: String) { project(id: $id) { traces(filter: $filter) { nodes { id } } } }";
    let found = async |filter: String| {
        let variables = json!({ "id": world.project_id().await, "filter": filter });
        let data = world.ask(query, variables).await;
        let nodes = data["project"]["traces"]["nodes"].as_array().unwrap().clone();
        nodes.into_iter().map(|node| node["id"].clone()).collect::<Vec<_>>()
    };
    let named = queue["id"].as_str().unwrap();
    assert_eq!(found(format!("annotation_queue_id:{named}")).await, [id(3), id(1)]);
    assert_eq!(found(format!("NOT annotation_queue_id:{named}")).await, [id(2)]);
    assert_eq!(found("has:annotation_queue_id".to_owned()).await, [id(3), id(1)]);
    assert_eq!(found("missing:annotation_queue_id".to_owned()).await, [id(2)]);
}

async fn judge(world: &World, queue: &Value, number: u64) {
    let score = "mutation($id: ID!, $score: ScoreInput!) { scoreTrace(id: $id, score: $score) { id } }";
    let given = json!({ "name": "quality", "value": 3, "annotationQueueId": queue["id"] });
    world.ask(score, json!({ "id": id(number), "score": given })).await;
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
    judge(&world, &queue, 1).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_item_says_what_it_is_to_a_reviewer() {
    let world = World::open();
    world.traces([1, 2, 3]).await;
    let queue = made(&world, json!({ "name": "answers" })).await;
    filled(&world, &queue, &[1, 2, 3]).await;
    world.score(Target::Trace(trace_id(1)), 3).await;
    let lock = "mutation($id: ID!, $item: ID!) { lockAnnotationItem(id: $id, item: $item) }";
    world.ask(lock, json!({ "id": queue["id"], "item": id(2) })).await;
    let query = "query($id: ID!) { annotationQueue(id: $id) { items { nodes {
        mine: standing bob: standing(reviewer: \"bob\") locks { by } } } } }";
    let before = world.reads();
    let found = world.ask(query, json!({ "id": queue["id"] })).await;
    assert_eq!(world.reads() - before, 3, "one for the queue, one for its items, one for their locks");
    let told = |mine: &str, bob: &str, locks: Value| json!({ "mine": mine, "bob": bob, "locks": locks });
    let expected = json!([
        told("JUDGED", "COMPLETE", json!([])),
        told("WAITING", "TAKEN", json!([{ "by": "admin" }])),
        told("WAITING", "WAITING", json!([])),
    ]);
    assert_eq!(found["annotationQueue"]["items"]["nodes"], expected);
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

const QUEUE: &str =
    "query($id: ID!) { annotationQueue(id: $id) { itemCount completedCount reviewers { name items }
    feedbackScores { name value }
    items(first: 10) { nodes { id source addedAt isComplete reviewers scores { name value } } } } }";

async fn seen(world: &World, queue: &Value) -> Value {
    world.ask(QUEUE, json!({ "id": queue["id"] })).await["annotationQueue"].clone()
}

async fn restore(world: &World, id: &Value) -> Value {
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": id })).await["restore"].clone()
}

async fn undo(world: &World, at: &Value) -> Value {
    world.ask("mutation($at: Position!) { undo(position: $at) }", json!({ "at": at })).await["undo"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_that_comes_back_is_in_its_queues_again_with_what_reviewers_said() {
    let world = World::open();
    world.traces([1, 2]).await;
    let queue = made(&world, json!({ "name": "answers" })).await;
    let other = made(&world, json!({ "name": "others" })).await;
    filled(&world, &queue, &[1, 2]).await;
    filled(&world, &other, &[1]).await;
    world.score(Target::Trace(trace_id(1)), 3).await;
    let before = (seen(&world, &queue).await, seen(&world, &other).await);
    assert_eq!((&before.0["itemCount"], &before.0["completedCount"]), (&json!(2), &json!(1)));

    world.delete(1).await;
    assert_eq!(seen(&world, &queue).await["itemCount"], json!(1));
    let back = restore(&world, &id(1)).await;
    assert_eq!((seen(&world, &queue).await, seen(&world, &other).await), before);
    let gone = undo(&world, &back).await;
    let left = seen(&world, &queue).await;
    assert_eq!((&left["itemCount"], &left["completedCount"]), (&json!(1), &json!(0)));
    undo(&world, &gone).await;
    assert_eq!((seen(&world, &queue).await, seen(&world, &other).await), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_stays_out_of_a_queue_that_comes_back_until_it_comes_back_itself() {
    let world = World::open();
    world.traces([1, 2]).await;
    let queue = made(&world, json!({ "name": "answers" })).await;
    // The third is named before it arrives.
    filled(&world, &queue, &[1, 2, 3]).await;
    world.score(Target::Trace(trace_id(1)), 3).await;
    let before = seen(&world, &queue).await;
    let remove = "mutation($ids: [ID!]!) { deleteAnnotationQueues(ids: $ids) }";
    for deleted_first in [true, false] {
        if deleted_first {
            world.delete(1).await;
        }
        world.ask(remove, json!({ "ids": [queue["id"]] })).await;
        if !deleted_first {
            world.delete(1).await;
        }
        restore(&world, &queue["id"]).await;
        assert_eq!(seen(&world, &queue).await["itemCount"], json!(2));
        restore(&world, &id(1)).await;
        assert_eq!(seen(&world, &queue).await, before);
    }

    world.delete(2).await;
    let take =
        "mutation($id: ID!, $items: [ID!]!) { removeAnnotationItems(id: $id, items: $items) { itemCount } }";
    world.ask(take, json!({ "id": queue["id"], "items": [id(1)] })).await;
    let removed = world.position().await;
    undo(&world, &removed).await;
    assert_eq!(seen(&world, &queue).await["itemCount"], json!(2), "the deleted one is not brought along");
    restore(&world, &id(2)).await;
    assert_eq!(seen(&world, &queue).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_added_by_a_change_that_is_taken_back_meanwhile_does_not_come_back_into_the_queue() {
    let world = World::open();
    world.traces([1]).await;
    let queue = made(&world, json!({ "name": "answers" })).await;
    filled(&world, &queue, &[1]).await;
    let added = world.position().await;
    world.delete(1).await;
    undo(&world, &added).await;
    restore(&world, &id(1)).await;
    assert_eq!(seen(&world, &queue).await["itemCount"], json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_comes_back_is_in_its_queues_again() {
    let world = World::open();
    let mut turn = trace(1);
    turn.fields.thread_id = Some("talk".to_owned());
    world.write_traces(vec![turn]).await;
    let threads = "query($id: ID!) { project(id: $id) { threads { nodes { id } } } }";
    let project = world.project_id().await;
    let found = world.ask(threads, json!({ "id": project })).await;
    let thread = found["project"]["threads"]["nodes"][0]["id"].clone();
    let create = "mutation($project: ID!) {
        createAnnotationQueue(projectId: $project, scope: THREAD, input: { name: \"talks\" }) { id } }";
    let queue = world.ask(create, json!({ "project": project })).await["createAnnotationQueue"].clone();
    let add =
        "mutation($id: ID!, $items: [ID!]!) { addAnnotationItems(id: $id, items: $items) { itemCount } }";
    world.ask(add, json!({ "id": queue["id"], "items": [thread] })).await;
    world.score(Target::Thread(ThreadId::known(thread.as_str().unwrap().parse().unwrap())), 2).await;
    let before = seen(&world, &queue).await;
    assert_eq!(before["completedCount"], json!(1));

    world.ask("mutation($ids: [ID!]!) { deleteThreads(ids: $ids) }", json!({ "ids": [thread] })).await;
    assert_eq!(seen(&world, &queue).await["itemCount"], json!(0));
    restore(&world, &id(1)).await;
    assert_eq!(seen(&world, &queue).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_and_their_items_are_sorted_over_all_their_pages() {
    let world = World::open();
    world.traces([1, 2, 3]).await;
    let wanted = |name: &str| json!({ "name": name, "feedbackDefinitionNames": ["quality"] });
    let half = made(&world, wanted("half")).await;
    made(&world, wanted("Empty")).await;
    let third = made(&world, wanted("third")).await;
    filled(&world, &half, &[1, 2]).await;
    filled(&world, &third, &[1, 2, 3]).await;
    judge(&world, &half, 1).await;
    judge(&world, &third, 2).await;
    let list =
        "query($after: String, $sort: Sort) { list: annotationQueues(first: 2, after: $after, sort: $sort) {
        nodes { it: name } pageInfo { hasNextPage endCursor } } }";
    let none = json!({});
    let by = async |field: &str, direction: &str| sorted(&world, list, &none, field, direction).await;
    assert_eq!(by("name", "ASC").await, ["Empty", "half", "third"]);
    assert_eq!(by("progress", "ASC").await, ["third", "half", "Empty"]);
    assert_eq!(by("progress", "DESC").await, ["half", "third", "Empty"], "what has none comes last");
    assert_eq!(by("item_count", "DESC").await, ["third", "half", "Empty"]);
    assert_eq!(by("created_at", "ASC").await, ["half", "Empty", "third"]);
    let refused = world.refusal(list, json!({ "sort": { "field": "mood", "direction": "ASC" } })).await;
    assert_eq!(refused.1["code"], json!("BAD_SORT"));

    let list = "query($id: ID!, $after: String, $sort: Sort) { annotationQueue(id: $id) {
        list: items(first: 2, after: $after, sort: $sort) { nodes { it: id } pageInfo { hasNextPage endCursor } } } }";
    let of = json!({ "id": third["id"] });
    let by = async |field: &str, direction: &str| sorted(&world, list, &of, field, direction).await;
    let named = |numbers: [u64; 3]| numbers.map(|number| trace_id(number).to_string());
    assert_eq!(by("state", "DESC").await, named([2, 3, 1]));
    assert_eq!(by("state", "ASC").await, named([3, 1, 2]));
    assert_eq!(by("scores.quality", "ASC").await, named([2, 3, 1]));
}

/// What a list comes to, page by page.
async fn sorted(world: &World, list: &str, of: &Value, field: &str, direction: &str) -> Vec<String> {
    let mut variables = of.clone();
    variables["sort"] = json!({ "field": field, "direction": direction });
    let mut all = Vec::new();
    loop {
        let data = world.ask(list, variables.clone()).await;
        let page = if data["list"].is_null() { &data["annotationQueue"]["list"] } else { &data["list"] };
        all.extend(
            page["nodes"].as_array().unwrap().iter().map(|node| node["it"].as_str().unwrap().to_owned()),
        );
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return all;
        }
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
}
