//! Items of experiments that are taken back.

use cairn_core::experiments::{Command, ItemWrite};
use cairn_core::feedback::Target;
use cairn_core::ids::{DatasetItemId, ExperimentId, ExperimentItemId};
use serde_json::{Value, json};

use uuid::Uuid;

use super::{READ, add, dataset, experiment};
use crate::tests::world::{World, trace_id};

const HISTORY: &str = "query($id: ID!) { history(id: $id) { nodes { position kind isUndone undoes fields { field before after } } } }";
const UNDO: &str = "mutation($at: Position!) { undo(position: $at) }";

async fn newest(world: &World, id: &Value, kind: &str) -> Value {
    let told = world.ask(HISTORY, json!({ "id": id })).await["history"]["nodes"].clone();
    told.as_array().unwrap().iter().find(|change| change["kind"] == kind).unwrap()["position"].clone()
}

async fn undo(world: &World, at: &Value) -> Value {
    world.ask(UNDO, json!({ "at": at })).await["undo"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn items_come_back_with_what_they_held_and_go_again() {
    let world = World::open();
    world.traces([1, 2]).await;
    let items = dataset(&world, 2).await;
    let experiment = experiment(&world, "first").await;
    add(&world, experiment, &[(items[0], 1), (items[1], 2)]).await;
    let id = json!(experiment.to_string());
    world.score(Target::Trace(trace_id(1)), 1).await;
    world.score(Target::Trace(trace_id(2)), 0).await;
    let seen = async || world.ask(READ, json!({ "id": id })).await["experiment"].clone();
    let before = seen().await;
    assert_eq!(before["figures"]["feedbackScores"], json!([{ "name": "quality", "value": 0.5 }]));
    let ids = "query($id: ID!) { experiment(id: $id) { items { nodes { id } } } }";
    let ids = world.ask(ids, json!({ "id": id })).await["experiment"]["items"]["nodes"].clone();
    let first = ids[0]["id"].clone();
    world.ask("mutation($ids: [ID!]!) { deleteExperimentItems(ids: $ids) }", json!({ "ids": [first] })).await;
    assert_eq!(seen().await["itemCount"], json!(1));
    let removed = newest(&world, &id, "experiment_item_removed").await;

    let undone = undo(&world, &removed).await;
    assert_eq!(seen().await, before);
    let told = world.ask(HISTORY, json!({ "id": id })).await["history"]["nodes"][0].clone();
    assert_eq!((&told["position"], &told["undoes"]), (&undone, &removed), "the experiment tells of it");
    let (message, _) = world.refusal(UNDO, json!({ "at": removed })).await;
    assert_eq!(message, format!("the change at position {} is undone already", removed.as_str().unwrap()));

    undo(&world, &undone).await;
    assert_eq!(seen().await["itemCount"], json!(1));
    let told = world.ask(HISTORY, json!({ "id": id })).await["history"]["nodes"].clone();
    let other = format!("items.{}.trace_id", ids[1]["id"].as_str().unwrap());
    let is_added = |change: &&Value| {
        change["kind"] == "experiment_item_added"
            && change["fields"].as_array().unwrap().iter().any(|field| field["field"] == other)
    };
    let added = told.as_array().unwrap().iter().find(is_added).unwrap()["position"].clone();
    undo(&world, &added).await;
    let left = seen().await;
    assert_eq!((&left["itemCount"], &left["items"]["nodes"]), (&json!(0), &json!([])));
    let taken = newest(&world, &id, "experiment_item_removed").await;
    undo(&world, &taken).await;
    assert_eq!(seen().await["itemCount"], json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_of_an_experiment_that_is_deleted_waits_for_it() {
    let world = World::open();
    let items = dataset(&world, 1).await;
    let experiment = experiment(&world, "first").await;
    add(&world, experiment, &[(items[0], 1)]).await;
    let id = json!(experiment.to_string());
    let added = newest(&world, &id, "experiment_item_added").await;
    world.ask("mutation($ids: [ID!]!) { deleteExperiments(ids: $ids) }", json!({ "ids": [id] })).await;
    let (message, extensions) = world.refusal(UNDO, json!({ "at": added })).await;
    assert_eq!(message, "its experiment is deleted");
    assert_eq!(extensions["hint"], json!("restore the experiment first"));
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": id })).await;
    let read = async || world.ask(READ, json!({ "id": id })).await["experiment"]["itemCount"].clone();
    assert_eq!(read().await, json!(1));
    undo(&world, &added).await;
    assert_eq!(read().await, json!(0));
    world.ask("mutation($ids: [ID!]!) { deleteExperiments(ids: $ids) }", json!({ "ids": [id] })).await;
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": id })).await;
    assert_eq!(read().await, json!(0), "an experiment that comes back does not bring what was taken back");
}

/// One item, in whatever experiment it is put.
const ITEM: ExperimentItemId = ExperimentItemId::known(Uuid::from_u128(0x17e3));

async fn put(world: &World, experiment_id: ExperimentId, dataset_item_id: DatasetItemId) {
    let item =
        ItemWrite { id: Some(ITEM), experiment_id, dataset_item_id, trace_id: trace_id(1), policy: None };
    world.session.execute(Command::AddItems(vec![item])).await.unwrap();
}

async fn delete(world: &World, experiment: ExperimentId) {
    let mutation = "mutation($ids: [ID!]!) { deleteExperiments(ids: $ids) }";
    world.ask(mutation, json!({ "ids": [experiment.to_string()] })).await;
}

async fn restore(world: &World, experiment: ExperimentId) {
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": experiment.to_string() })).await;
}

/// How many items there are in experiments, and how often their traces were scored.
async fn counts(world: &World, experiments: [ExperimentId; 2]) -> [(Value, Value); 2] {
    let mut counts = Vec::new();
    for id in experiments {
        let read = world.ask(READ, json!({ "id": id.to_string() })).await["experiment"].clone();
        assert_eq!(read["itemCount"], read["items"]["totalCount"]);
        counts.push((read["itemCount"].clone(), read["figures"]["feedbackScores"].clone()));
    }
    counts.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_was_only_moved_goes_back_to_the_experiment_that_it_came_from() {
    let world = World::open();
    world.traces([1]).await;
    let items = dataset(&world, 1).await;
    let both = [experiment(&world, "first").await, experiment(&world, "second").await];
    let [first, second] = both.map(|id| json!(id.to_string()));
    put(&world, both[0], items[0]).await;
    world.score(Target::Trace(trace_id(1)), 1).await;
    let (none, one) = ((json!(0), json!([])), (json!(1), json!([{ "name": "quality", "value": 1.0 }])));
    assert_eq!(counts(&world, both).await, [one.clone(), none.clone()]);
    put(&world, both[1], items[0]).await;
    assert_eq!(counts(&world, both).await, [none.clone(), one.clone()]);
    let moved = newest(&world, &second, "experiment_item_added").await;

    let undone = undo(&world, &moved).await;
    assert_eq!(counts(&world, both).await, [one.clone(), none.clone()]);
    let told = world.ask(HISTORY, json!({ "id": ITEM.to_string() })).await["history"]["nodes"].clone();
    let field = format!("items.{ITEM}.experiment_id");
    let written = [&first, &second].map(|id| json!(id.to_string()));
    assert_eq!(
        (&told[0]["position"], &told[0]["fields"]),
        (&undone, &json!([{ "field": field, "before": written[1], "after": written[0] }]))
    );
    assert_eq!(told[1]["fields"], json!([{ "field": field, "before": written[0], "after": written[1] }]));
    assert_eq!((&told[1]["position"], &told[1]["isUndone"]), (&moved, &json!(true)));
    let told = world.ask(HISTORY, json!({ "id": second })).await["history"]["nodes"][0].clone();
    assert_eq!((&told["position"], &told["undoes"]), (&undone, &moved), "the one that it leaves tells of it");

    undo(&world, &undone).await;
    assert_eq!(counts(&world, both).await, [none, one]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_does_not_go_back_to_an_experiment_that_is_deleted() {
    let world = World::open();
    let items = dataset(&world, 1).await;
    let both = [experiment(&world, "first").await, experiment(&world, "second").await];
    put(&world, both[0], items[0]).await;
    put(&world, both[1], items[0]).await;
    let moved = newest(&world, &json!(both[1].to_string()), "experiment_item_added").await;
    delete(&world, both[0]).await;
    let (message, extensions) = world.refusal(UNDO, json!({ "at": moved })).await;
    assert_eq!(message, "its experiment is deleted");
    assert_eq!(extensions["hint"], json!("restore the experiment first"));
    restore(&world, both[0]).await;
    let item_counts = async || counts(&world, both).await.map(|(items, _)| items);
    assert_eq!(
        item_counts().await,
        [0, 1],
        "what was moved on is not taken back by an experiment that comes back"
    );
    delete(&world, both[1]).await;
    delete(&world, both[0]).await;
    restore(&world, both[0]).await;
    restore(&world, both[1]).await;
    assert_eq!(item_counts().await, [0, 1]);
    undo(&world, &moved).await;
    assert_eq!(item_counts().await, [1, 0]);
}
