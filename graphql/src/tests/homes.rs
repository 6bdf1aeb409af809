//! Who follows the traces of an experiment or annotation queue is told of those that come into it and of those that leave.

use cairn_core::experiments::{Command, Create, ItemWrite, Kind, Method, Status};
use cairn_core::ids::{DatasetItemId, ExperimentId, ExperimentItemId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::live::{Told, next_of, subscribe};
use super::world::{World, trace_id};

const CHANGES: &str = "subscription($project: ID!, $filter: String, $after: Position) {
    traceChanges(projectId: $project, filter: $filter, after: $after) { position kind traceId trace { id } } }";
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
    let trace_id = trace_id(trace);
    let item = ItemWrite { id: Some(ITEM), experiment_id, dataset_item_id, trace_id, policy: None };
    world.session.execute(Command::AddItems(vec![item])).await.unwrap();
}

async fn queue(world: &World) -> Value {
    let create = "mutation($project: ID!) { createAnnotationQueue(projectId: $project, scope: TRACE, input: {
        name: \"answers\" }) { id } }";
    let made = world.ask(create, json!({ "project": world.project_id().await })).await;
    made["createAnnotationQueue"]["id"].clone()
}

async fn queued(world: &World, how: &str, queue: &Value, numbers: &[u64]) {
    let mutation = format!("mutation($id: ID!, $items: [ID!]!) {{ {how}(id: $id, items: $items) {{ id }} }}");
    let items: Vec<String> = numbers.iter().map(|number| trace_id(*number).to_string()).collect();
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
