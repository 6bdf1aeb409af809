//! Experiments that are made, run, finished and given up through GraphQL alone.

use serde_json::{Value, json};
use uuid::Uuid;

use super::dataset;
use crate::tests::world::{World, trace_id};

const CREATE: &str = "mutation($input: CreateExperimentInput!) { createExperiment(input: $input) {
    id name status dataset { name } datasetVersion { number } scores { name value } metadata } }";
const ADD: &str = "mutation($items: [ExperimentItemInput!]!) { addExperimentItems(items: $items) }";
const FINISH: &str = "mutation($ids: [ID!]!) { finishExperiments(ids: $ids) { id status finishedAt } }";

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_is_made_and_its_runs_are_added_and_taken_out() {
    let world = World::open();
    let items = dataset(&world, 1).await;
    world.traces([1]).await;
    let input = json!({
        "name": "first", "datasetName": "qa", "metadata": "{\"model\": \"m\"}",
        "scores": [{ "name": "f1", "value": 0.25 }],
    });
    let made = world.ask(CREATE, json!({ "input": input })).await["createExperiment"].clone();
    assert_eq!((&made["name"], &made["status"]), (&json!("first"), &json!("RUNNING")));
    assert_eq!((&made["dataset"]["name"], &made["datasetVersion"]["number"]), (&json!("qa"), &json!(1)));
    assert_eq!(made["scores"], json!([{ "name": "f1", "value": 0.25 }]));
    assert_eq!(made["metadata"], json!("{\"model\": \"m\"}"));
    let item = json!({
        "experimentId": made["id"], "datasetItemId": items[0].to_string(), "traceId": trace_id(1).to_string(),
    });
    world.ask(ADD, json!({ "items": [item] })).await;
    let read = "query($id: ID!) { experiment(id: $id) { itemCount items { nodes { id } } } }";
    let data = world.ask(read, json!({ "id": made["id"] })).await["experiment"].clone();
    assert_eq!(data["itemCount"], json!(1));
    let id = data["items"]["nodes"][0]["id"].clone();
    let one = "query($id: ID!) { experimentItem(id: $id) { trace { name } experiment { name } } }";
    let data = world.ask(one, json!({ "id": id })).await;
    let expected = json!({ "trace": { "name": "run 1" }, "experiment": { "name": "first" } });
    assert_eq!(data["experimentItem"], expected);
    world.ask("mutation($ids: [ID!]!) { deleteExperimentItems(ids: $ids) }", json!({ "ids": [id] })).await;
    assert_eq!(world.ask(one, json!({ "id": id })).await["experimentItem"], Value::Null);
    let nowhere = json!({ "input": { "datasetName": " " } });
    let (message, extensions) = world.refusal(CREATE, nowhere).await;
    assert_eq!((message.as_str(), &extensions["code"]), ("datasetName must not be blank", &json!("INVALID")));
    let stray = json!({
        "experimentId": Uuid::nil().to_string(), "datasetItemId": items[0].to_string(),
        "traceId": trace_id(1).to_string(),
    });
    let refusal = world.refusal(ADD, json!({ "items": [stray] })).await;
    assert_ne!(refusal.1["code"], json!("INTERNAL"), "{}", refusal.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn experiments_are_finished_given_up_and_changed_together() {
    let world = World::open();
    dataset(&world, 1).await;
    let [one, two] = [super::experiment(&world, "one").await, super::experiment(&world, "two").await];
    let unknown = Uuid::nil().to_string();
    let ids = json!({ "ids": [one.to_string(), unknown, two.to_string()] });
    let done = world.ask(FINISH, ids.clone()).await["finishExperiments"].clone();
    assert_eq!(done.as_array().unwrap().len(), 2);
    assert!(done[0]["id"] == json!(one.to_string()) && done[0]["status"] == json!("COMPLETED"));
    assert!(done[1]["finishedAt"].is_string());
    let cancel = "mutation($ids: [ID!]!) { cancelExperiments(ids: $ids) { status } }";
    let data = world.ask(cancel, json!({ "ids": [two.to_string()] })).await;
    assert_eq!(data["cancelExperiments"], json!([{ "status": "CANCELLED" }]));
    let update = "mutation($ids: [ID!]!, $input: UpdateExperimentsInput!) {
        updateExperiments(ids: $ids, input: $input) { name tags } }";
    let mut variables = ids;
    variables["input"] = json!({ "addTags": ["best"], "removeTags": ["nightly"] });
    let data = world.ask(update, variables).await;
    let expected = json!([{ "name": "one", "tags": ["best"] }, { "name": "two", "tags": ["best"] }]);
    assert_eq!(data["updateExperiments"], expected);
    let (message, extensions) = world.refusal(FINISH, json!({ "ids": [] })).await;
    assert_eq!(extensions["code"], json!("INVALID"), "{message}");
    let reader = world.limited(&["experiment_read"]);
    let answer = world.respond(&reader, FINISH, json!({ "ids": [one.to_string()] })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("FORBIDDEN"));
}
