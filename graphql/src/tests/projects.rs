//! What happened in a project lately.

use serde_json::{Value, json};

use super::world::{PROJECT, World};

const ACTIVITIES: &str = "query($id: ID!, $first: Int, $after: String) { project(id: $id) {
    activities(first: $first, after: $after) {
        totalCount pageInfo { endCursor hasNextPage } nodes { kind name resourceId createdBy } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_in_a_project_is_told_newest_first_in_pages() {
    let world = World::open();
    world.traces(1..4).await;
    let project = world.project_id().await;
    let create = "mutation($input: CreateDatasetInput!) { createDataset(input: $input) { id } }";
    let input = json!({ "input": { "projectId": project, "name": "qa" } });
    let dataset = world.ask(create, input).await["createDataset"]["id"].clone();
    let change = "mutation($input: ChangeDatasetItemsInput!) { changeDatasetItems(input: $input) { id } }";
    let mut base = Value::Null;
    for _ in 0..2 {
        let input =
            json!({ "datasetId": dataset, "added": [{ "data": "{\"n\": 1}" }], "baseVersionId": base });
        base = world.ask(change, json!({ "input": input })).await["changeDatasetItems"]["id"].clone();
    }
    let prompt = "mutation($input: CreatePromptInput!) { createPrompt(input: $input) { id } }";
    let input = json!({ "input": { "projectName": PROJECT, "name": "greet", "firstVersion": { "template": "hello" } } });
    let prompt = world.ask(prompt, input).await["createPrompt"]["id"].clone();
    let run = "mutation($input: CreateExperimentInput!) { createExperiment(input: $input) { id } }";
    let input = json!({ "input": { "projectId": project, "name": "first", "datasetName": "qa" } });
    let experiment = world.ask(run, input).await["createExperiment"]["id"].clone();
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "id": project, "first": 2, "after": after });
        let page = world.ask(ACTIVITIES, variables).await["project"]["activities"].clone();
        assert_eq!(page["totalCount"], json!(5));
        seen.extend(page["nodes"].as_array().unwrap().clone());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let by = json!("admin");
    let told = |kind: &str, name: &str, id: &Value, by: &Value| json!({ "kind": kind, "name": name, "resourceId": id, "createdBy": by });
    let expected = [
        told("EXPERIMENT", "first", &experiment, &by),
        told("PROMPT_VERSION", "greet", &prompt, &by),
        told("DATASET_VERSION", "qa", &dataset, &by),
        told("DATASET_VERSION", "qa", &dataset, &by),
        told("TRACE_DAILY", "3 traces", &json!(project), &Value::Null),
    ];
    assert_eq!(seen, expected);
    let (message, extensions) = world.refusal(ACTIVITIES, json!({ "id": project, "first": 101 })).await;
    assert_eq!(
        (message.as_str(), &extensions["code"]),
        ("`first` must be at most 100 here", &json!("INVALID"))
    );
}
