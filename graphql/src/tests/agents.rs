//! Agent configurations: versions, masks over them, and the environments that they are in.

use serde_json::{Value, json};

use super::world::{PROJECT, World};

const CREATE: &str = "mutation($input: AgentBlueprintInput!) {
    createAgentConfiguration(input: $input) { id name projectId environments description }
}";
const ADD: &str = "mutation($input: AgentBlueprintInput!) {
    addAgentBlueprint(input: $input) { id name isMask environments description
        delta { added { key } modified { key value } removed } }
}";

fn input(values: &[(&str, &str)]) -> Value {
    let values: Vec<Value> =
        values.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    json!({ "projectName": PROJECT, "values": values })
}

async fn first(world: &World) -> Value {
    let variables = json!({ "input": input(&[("model", "a"), ("prompt", "p")]) });
    world.ask(CREATE, variables).await["createAgentConfiguration"].clone()
}

async fn add(world: &World, input: Value) -> Value {
    world.ask(ADD, json!({ "input": input })).await["addAgentBlueprint"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_added_masked_and_moved_between_environments() {
    let world = World::open();
    let made = first(&world).await;
    assert_eq!((&made["name"], &made["environments"]), (&json!("v1"), &json!(["prod"])));
    let second = add(&world, input(&[("model", "b"), ("size", "1")])).await;
    assert_eq!(second["description"], json!("Added size. Modified model. Removed prompt."));
    assert_eq!(
        second["delta"],
        json!({ "added": [{ "key": "size" }], "modified": [{ "key": "model", "value": "b" }], "removed": ["prompt"] })
    );
    let mut mask = input(&[("model", "c")]);
    mask["isMask"] = json!(true);
    let mask = add(&world, mask).await;
    assert_eq!((&mask["name"], &mask["isMask"]), (&Value::Null, &json!(true)));
    let set = "mutation($project: ID!, $id: ID!) {
        setAgentEnvironment(projectId: $project, environment: \"prod\", blueprintId: $id) { environments { name blueprintId } } }";
    let data = world.ask(set, json!({ "project": made["projectId"], "id": second["id"] })).await;
    let expected = json!([{ "name": "prod", "blueprintId": second["id"] }]);
    assert_eq!(data["setAgentEnvironment"]["environments"], expected);
    let query = "query($project: ID!, $mask: ID!) { agentConfiguration(projectId: $project) {
        versionCount masks { id } latest(maskId: $mask) { values { key value } }
        versionIn(environment: \"prod\") { name } version(name: \"v1\") { environments values { key } } } }";
    let data = world.ask(query, json!({ "project": made["projectId"], "mask": mask["id"] })).await;
    let expected = json!({
        "versionCount": 2,
        "masks": [{ "id": mask["id"] }],
        "latest": { "values": [{ "key": "model", "value": "c" }, { "key": "size", "value": "1" }] },
        "versionIn": { "name": "v2" },
        "version": { "environments": [], "values": [{ "key": "model" }, { "key": "prompt" }] },
    });
    assert_eq!(data["agentConfiguration"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_paged_newest_first() {
    let world = World::open();
    let made = first(&world).await;
    for number in 2..=5 {
        add(&world, input(&[("model", &number.to_string())])).await;
    }
    let query = "query($project: ID!, $after: String) { agentConfiguration(projectId: $project) {
        versions(first: 2, after: $after) { totalCount nodes { number } pageInfo { hasNextPage endCursor } } } }";
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let data = world.ask(query, json!({ "project": made["projectId"], "after": after })).await;
        let page = &data["agentConfiguration"]["versions"];
        assert_eq!(page["totalCount"], json!(5));
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["number"].clone()));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_configuration_of_a_project_is_refused() {
    let world = World::open();
    first(&world).await;
    let (message, extensions) = world.refusal(CREATE, json!({ "input": input(&[("model", "b")]) })).await;
    assert_eq!(
        (message.as_str(), &extensions["code"]),
        ("Agent config already exists for the project", &json!("CONFLICT"))
    );
}
