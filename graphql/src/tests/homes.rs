//! Who follows the traces of an experiment or annotation queue is told of those that come into it and of those that leave;
//! likewise the spans of an experiment and the threads of a queue.

use std::collections::BTreeSet;

use cairn_core::access::TraceRead;
use cairn_core::experiments::{Command, Create, ItemWrite, Kind, Method, Status};
use cairn_core::ids::{DatasetItemId, ExperimentId, ExperimentItemId, Position};
use cairn_core::limits::{SUBSCRIPTION_HOME_SPANS_MAX, SUBSCRIPTION_TOUCHED_MAX};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::live::stretch;
use crate::spans::changes::Spans;

use super::live::{Told, next_of, subscribe};
use super::world::{World, span, span_id, trace, trace_id};

const CHANGES: &str = "subscription($project: ID!, $filter: String, $after: Position) {
    traceChanges(projectId: $project, filter: $filter, after: $after) { position kind traceId trace { id } } }";
const SPAN_CHANGES: &str = "subscription($project: ID!, $trace: ID, $filter: String, $after: Position) {
    spanChanges(projectId: $project, traceId: $trace, filter: $filter, after: $after) {
        position kind spanId span { id } } }";
const THREAD_CHANGES: &str = "subscription($project: ID!, $filter: String, $after: Position) {
    threadChanges(projectId: $project, filter: $filter, after: $after) { kind id thread { id threadId } } }";
const UNDO: &str = "mutation($at: Position!) { undo(position: $at) }";
const ITEM: ExperimentItemId = ExperimentItemId::known(Uuid::from_u128(0x17e3));

async fn follow(world: &World, filter: String, after: &Value) -> Told {
    let project = world.project_id().await;
    subscribe(world, CHANGES, json!({ "project": project, "filter": filter, "after": after }))
}

/// The next change, and of which trace it is; whatever did not go away is told whole.
async fn next(told: &mut Told) -> (String, u64) {
    let change = next_of(told, "traceChanges").await;
    assert_eq!(change["trace"]["id"], change["traceId"]);
    let number = (0..10).find(|number| change["traceId"] == json!(trace_id(*number).to_string()));
    (change["kind"].as_str().unwrap().to_owned(), number.unwrap())
}

fn came(number: u64) -> (String, u64) {
    ("UPSERTED".to_owned(), number)
}

fn left(number: u64) -> (String, u64) {
    ("LEFT".to_owned(), number)
}

async fn dataset_item(world: &World) -> DatasetItemId {
    let create = "mutation { createDataset(input: { name: \"qa\" }) { id } }";
    let id = world.ask(create, json!({})).await["createDataset"]["id"].clone();
    let put = "mutation($input: PutDatasetItemsInput!) { putDatasetItems(input: $input) {
        items(first: 10) { nodes { id } } } }";
    let input = json!({ "input": { "datasetId": id, "items": [{ "data": "{\"n\":1}" }] } });
    let items = world.ask(put, input).await["putDatasetItems"]["items"]["nodes"].clone();
    DatasetItemId::known(items[0]["id"].as_str().unwrap().parse().unwrap())
}

async fn experiment(world: &World) -> ExperimentId {
    let create = Create {
        id: None,
        name: None,
        dataset_name: "qa".to_owned(),
        project: None,
        kind: Kind::Regular,
        method: Method::Dataset,
        status: Status::Running,
        optimization_id: None,
        dataset_version_id: None,
        prompt_versions: Vec::new(),
        metadata: None,
        tags: Vec::new(),
        scores: Vec::new(),
    };
    let outcome = world.session.execute(Command::Create(Box::new(create))).await.unwrap();
    ExperimentId::known(outcome.created.unwrap())
}

async fn link(world: &World, experiment_id: ExperimentId, dataset_item_id: DatasetItemId, trace: u64) {
    link_as(world, Some(ITEM), experiment_id, dataset_item_id, trace).await;
}

async fn link_as(
    world: &World,
    id: Option<ExperimentItemId>,
    experiment_id: ExperimentId,
    dataset_item_id: DatasetItemId,
    trace: u64,
) {
    let item = ItemWrite { id, experiment_id, dataset_item_id, trace_id: trace_id(trace), policy: None };
    world.session.execute(Command::AddItems(vec![item])).await.unwrap();
}

async fn queue(world: &World) -> Value {
    queue_of(world, "TRACE").await
}

async fn queue_of(world: &World, scope: &str) -> Value {
    let create = "mutation($project: ID!, $scope: AnnotationScope!) {
        createAnnotationQueue(projectId: $project, scope: $scope, input: { name: \"answers\" }) { id } }";
    let made = world.ask(create, json!({ "project": world.project_id().await, "scope": scope })).await;
    made["createAnnotationQueue"]["id"].clone()
}

async fn queued(world: &World, how: &str, queue: &Value, numbers: &[u64]) {
    let items = numbers.iter().map(|number| json!(trace_id(*number).to_string())).collect();
    queued_things(world, how, queue, items).await;
}

async fn queued_things(world: &World, how: &str, queue: &Value, items: Vec<Value>) {
    let mutation = format!("mutation($id: ID!, $items: [ID!]!) {{ {how}(id: $id, items: $items) {{ id }} }}");
    world.ask(&mutation, json!({ "id": queue, "items": items })).await;
}

async fn delete(world: &World, what: &str, id: &Value) {
    let mutation = format!("mutation($ids: [ID!]!) {{ {what}(ids: $ids) }}");
    world.ask(&mutation, json!({ "ids": [id] })).await;
}

async fn restore(world: &World, id: &Value) {
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": id })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_that_comes_into_an_experiment_is_told_of_and_one_that_leaves_it() {
    let world = World::open();
    world.traces([1, 2]).await;
    let item = dataset_item(&world).await;
    let (one, other) = (experiment(&world).await, experiment(&world).await);
    let after = world.position().await;
    let mut of_one = follow(&world, format!("experiment_id:{one}"), &after).await;
    let mut of_other = follow(&world, format!("experiment_id:{other}"), &after).await;
    let mut unlinked = follow(&world, "missing:experiment_id".to_owned(), &after).await;
    let mut of_all = follow(&world, String::new(), &after).await;

    link(&world, one, item, 1).await;
    assert_eq!((next(&mut of_one).await, next(&mut unlinked).await), (came(1), left(1)));
    link(&world, other, item, 1).await;
    let moved = world.position().await;
    assert_eq!((next(&mut of_one).await, next(&mut of_other).await), (left(1), came(1)));
    world.ask(UNDO, json!({ "at": moved })).await;
    assert_eq!((next(&mut of_one).await, next(&mut of_other).await), (came(1), left(1)));
    link(&world, one, item, 2).await;
    assert_eq!(
        (next(&mut of_one).await, next(&mut of_one).await),
        (left(1), came(2)),
        "it is of another trace"
    );
    delete(&world, "deleteExperimentItems", &json!(ITEM.to_string())).await;
    assert_eq!(next(&mut of_one).await, left(2));
    world.ask(UNDO, json!({ "at": world.position().await })).await;
    assert_eq!(next(&mut of_one).await, came(2));
    delete(&world, "deleteExperiments", &json!(one.to_string())).await;
    assert_eq!(next(&mut of_one).await, left(2));
    restore(&world, &json!(one.to_string())).await;
    assert_eq!(next(&mut of_one).await, came(2));

    world.traces([3]).await;
    assert_eq!(next(&mut of_all).await, came(3), "who follows all is told only of what changed itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_that_comes_into_a_queue_is_told_of_and_one_that_leaves_it() {
    let world = World::open();
    world.traces([1, 2]).await;
    let queue = queue(&world).await;
    let after = world.position().await;
    let named = queue.as_str().unwrap();
    let mut inside = follow(&world, format!("annotation_queue_id:{named}"), &after).await;
    let mut outside = follow(&world, format!("NOT annotation_queue_id:{named}"), &after).await;

    queued(&world, "addAnnotationItems", &queue, &[1, 2]).await;
    for number in [1, 2] {
        assert_eq!((next(&mut inside).await, next(&mut outside).await), (came(number), left(number)));
    }
    queued(&world, "removeAnnotationItems", &queue, &[1]).await;
    assert_eq!((next(&mut inside).await, next(&mut outside).await), (left(1), came(1)));
    let removed = world.position().await;
    world.ask(UNDO, json!({ "at": removed })).await;
    assert_eq!((next(&mut inside).await, next(&mut outside).await), (came(1), left(1)));
    delete(&world, "deleteAnnotationQueues", &queue).await;
    for number in [1, 2] {
        assert_eq!((next(&mut inside).await, next(&mut outside).await), (left(number), came(number)));
    }
    restore(&world, &queue).await;
    for number in [1, 2] {
        assert_eq!((next(&mut inside).await, next(&mut outside).await), (came(number), left(number)));
    }
}

/// What is told of one home does not wait for what happens to the trace elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_breaks_off_between_two_moves_is_told_of_both() {
    let world = World::open();
    world.traces([1]).await;
    let (item, one, queue) = (dataset_item(&world).await, experiment(&world).await, queue(&world).await);
    let after = world.position().await;
    link(&world, one, item, 1).await;
    let linked = world.position().await;
    world.traces([2]).await;
    queued(&world, "addAnnotationItems", &queue, &[1]).await;
    world.traces([1]).await;

    let mut told = follow(&world, "has:experiment_id".to_owned(), &after).await;
    let first = next_of(&mut told, "traceChanges").await;
    assert_eq!((&first["position"], &first["kind"]), (&linked, &json!("UPSERTED")));
    let named = queue.as_str().unwrap();
    let mut told = follow(&world, format!("annotation_queue_id:{named}"), &first["position"]).await;
    assert_eq!((next(&mut told).await, next(&mut told).await), (came(1), came(1)), "queued, then written");
}

async fn follow_spans(world: &World, trace: Option<u64>, filter: String) -> Told {
    let trace = trace.map(|number| trace_id(number).to_string());
    let (project, after) = (world.project_id().await, world.position().await);
    let variables = json!({ "project": project, "trace": trace, "filter": filter, "after": after });
    subscribe(world, SPAN_CHANGES, variables)
}

async fn next_span(told: &mut Told) -> (String, u64) {
    let change = next_of(told, "spanChanges").await;
    assert_eq!(change["span"]["id"], change["spanId"]);
    let number = (0..30).find(|number| change["spanId"] == json!(span_id(*number).to_string()));
    (change["kind"].as_str().unwrap().to_owned(), number.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_come_into_an_experiment_and_leave_it_with_their_trace() {
    let world = World::open();
    world.traces([1, 2]).await;
    world.spans(vec![span(10, 1), span(11, 1), span(20, 2)]).await;
    let item = dataset_item(&world).await;
    let one = experiment(&world).await;
    let mut inside = follow_spans(&world, None, format!("experiment_id:{one}")).await;
    let mut outside = follow_spans(&world, Some(1), "missing:experiment_id".to_owned()).await;
    let mut named =
        follow_spans(&world, None, format!("experiment_id:{one} AND name:\"{}\"", "nobody")).await;
    let mut of_all = follow_spans(&world, None, String::new()).await;

    link(&world, one, item, 1).await;
    for number in [10, 11] {
        assert_eq!(
            (next_span(&mut inside).await, next_span(&mut outside).await),
            (came(number), left(number))
        );
    }
    link(&world, one, item, 2).await;
    let swapped = world.position().await;
    let told = [next_span(&mut inside).await, next_span(&mut inside).await, next_span(&mut inside).await];
    assert_eq!(told, [left(10), left(11), came(20)]);
    for number in [10, 11] {
        assert_eq!(next_span(&mut outside).await, came(number), "only those of its trace");
    }
    world.ask(UNDO, json!({ "at": swapped })).await;
    let told = [next_span(&mut inside).await, next_span(&mut inside).await, next_span(&mut inside).await];
    assert_eq!(told, [came(10), came(11), left(20)]);
    delete(&world, "deleteExperiments", &json!(one.to_string())).await;
    assert_eq!((next_span(&mut inside).await, next_span(&mut inside).await), (left(10), left(11)));

    let mut nobody = span(12, 1);
    nobody.fields.name = Some("nobody".to_owned());
    world.spans(vec![nobody]).await;
    assert_eq!(next_span(&mut of_all).await, came(12), "who follows all is told only of what changed itself");
    restore(&world, &json!(one.to_string())).await;
    assert_eq!(next_span(&mut named).await, came(12), "only what matches altogether");
}

/// What one reading takes is bounded, and nothing falls out between two readings.
#[tokio::test(flavor = "multi_thread")]
async fn many_spans_that_move_at_once_are_told_in_more_than_one_reading() {
    const EACH: u64 = 1_000;
    let traces = u64::try_from(SUBSCRIPTION_TOUCHED_MAX).unwrap() / EACH + 2;
    let world = World::open();
    world.traces(0..traces).await;
    for number in 0..traces {
        let spans = (0..EACH).map(|place| span(number * EACH + place, number));
        world.spans(spans.collect()).await;
    }
    let (item, one) = (dataset_item(&world).await, experiment(&world).await);
    let after = world.position().await;
    for number in 0..traces {
        link_as(&world, None, one, item, number).await;
    }
    let from = Position(after.as_str().unwrap().parse().unwrap());
    let reading =
        world.session.read::<TraceRead, _>(move |reader| Ok(stretch(&Spans::<true>, reader, from)?));
    let read = reading.await.unwrap().told.len();
    assert!((SUBSCRIPTION_TOUCHED_MAX..SUBSCRIPTION_TOUCHED_MAX + 1_000).contains(&read), "{read} at a time");

    let variables =
        json!({ "project": world.project_id().await, "filter": "has:experiment_id", "after": after });
    let mut told = subscribe(&world, SPAN_CHANGES, variables);
    let mut seen = BTreeSet::new();
    for _ in 0..traces * EACH {
        let change = next_of(&mut told, "spanChanges").await;
        assert!(seen.insert(change["spanId"].as_str().unwrap().to_owned()), "none twice");
    }
    world.spans(vec![span(traces * EACH, 0)]).await;
    let next = next_of(&mut told, "spanChanges").await;
    assert_eq!(next["spanId"], json!(span_id(traces * EACH).to_string()), "and no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_trace_with_very_many_spans_only_some_are_told() {
    let most = u64::try_from(SUBSCRIPTION_HOME_SPANS_MAX).unwrap();
    let world = World::open();
    world.traces([0]).await;
    let all: Vec<_> = (0..most + 10).map(|number| span(number, 0)).collect();
    for batch in all.chunks(1_000) {
        world.spans(batch.to_vec()).await;
    }
    let (item, one) = (dataset_item(&world).await, experiment(&world).await);
    let mut inside = follow_spans(&world, None, format!("experiment_id:{one}")).await;
    link(&world, one, item, 0).await;
    for _ in 0..most {
        assert_eq!(next_of(&mut inside, "spanChanges").await["kind"], json!("UPSERTED"));
    }
    world.spans(vec![span(2 * most, 0)]).await;
    let next = next_of(&mut inside, "spanChanges").await;
    assert_eq!(next["spanId"], json!(span_id(2 * most).to_string()));
}

async fn next_thread(told: &mut Told) -> (String, String) {
    let change = next_of(told, "threadChanges").await;
    assert_eq!(change["thread"]["id"], change["id"]);
    let name = change["thread"]["threadId"].as_str().unwrap();
    (change["kind"].as_str().unwrap().to_owned(), name.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_comes_into_a_queue_is_told_of_and_one_that_leaves_it() {
    let world = World::open();
    let talk = |number, thread: &str| {
        let mut write = trace(number);
        write.fields.thread_id = Some(thread.to_owned());
        write
    };
    let mut elsewhere = talk(3, "chat");
    elsewhere.project = cairn_core::command::ProjectRef::Name("elsewhere".to_owned());
    world.write_traces(vec![talk(1, "chat"), talk(2, "mail"), elsewhere]).await;
    let find = "query($project: ID!) { project(id: $project) { threads { nodes { id threadId } } } }";
    let found = world.ask(find, json!({ "project": world.project_id().await })).await;
    let nodes = found["project"]["threads"]["nodes"].as_array().unwrap().clone();
    let id = |name: &str| nodes.iter().find(|node| node["threadId"] == json!(name)).unwrap()["id"].clone();
    let (project, after) = (world.project_id().await, world.position().await);
    let queue = queue_of(&world, "THREAD").await;
    let named = queue.as_str().unwrap();
    let follow = |filter: String| {
        let variables = json!({ "project": project, "filter": filter, "after": after });
        subscribe(&world, THREAD_CHANGES, variables)
    };
    let mut inside = follow(format!("annotation_queue_id:{named}"));
    let mut outside = follow(format!("NOT annotation_queue_id:{named}"));
    let (came, left) = (
        |name: &str| ("UPSERTED".to_owned(), name.to_owned()),
        |name: &str| ("LEFT".to_owned(), name.to_owned()),
    );

    queued_things(&world, "addAnnotationItems", &queue, vec![id("chat"), id("mail")]).await;
    for name in ["chat", "mail"] {
        assert_eq!(
            (next_thread(&mut inside).await, next_thread(&mut outside).await),
            (came(name), left(name))
        );
    }
    queued_things(&world, "removeAnnotationItems", &queue, vec![id("chat")]).await;
    assert_eq!(
        (next_thread(&mut inside).await, next_thread(&mut outside).await),
        (left("chat"), came("chat"))
    );
    world.ask(UNDO, json!({ "at": world.position().await })).await;
    assert_eq!(
        (next_thread(&mut inside).await, next_thread(&mut outside).await),
        (came("chat"), left("chat"))
    );
    delete(&world, "deleteAnnotationQueues", &queue).await;
    for name in ["chat", "mail"] {
        assert_eq!(
            (next_thread(&mut inside).await, next_thread(&mut outside).await),
            (left(name), came(name))
        );
    }
    restore(&world, &queue).await;
    for name in ["chat", "mail"] {
        assert_eq!(
            (next_thread(&mut inside).await, next_thread(&mut outside).await),
            (came(name), left(name))
        );
    }
    world.write_traces(vec![talk(4, "mail")]).await;
    assert_eq!(next_thread(&mut inside).await, came("mail"), "it changed itself");
}
