//! Feedback definitions, environments and the configuration of the workspace.

use serde_json::{Value, json};

use super::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_has_the_details_of_one_type() {
    let world = World::open();
    let create = "mutation($input: FeedbackDefinitionInput!) { createFeedbackDefinition(input: $input) {
        id name type details { ... on BooleanDetails { trueLabel falseLabel } } } }";
    let labels = json!({ "trueLabel": "yes", "falseLabel": "no" });
    let input = json!({ "name": "right", "boolean": labels });
    let made = world.ask(create, json!({ "input": input })).await["createFeedbackDefinition"].clone();
    assert_eq!((&made["type"], &made["details"]), (&json!("BOOLEAN"), &labels));
    let both = json!({ "name": "wrong", "boolean": labels, "numerical": { "min": 0, "max": 1 } });
    let (message, _) = world.refusal(create, json!({ "input": both })).await;
    assert_eq!(message, "give one of `numerical`, `categorical` and `boolean`");
    let names = world.ask("{ feedbackDefinitions { name } }", json!({})).await;
    assert_eq!(names["feedbackDefinitions"], json!([{ "name": "right" }, { "name": "User feedback" }]));
    let delete = "mutation($ids: [ID!]!) { deleteFeedbackDefinitions(ids: $ids) }";
    world.ask(delete, json!({ "ids": [made["id"]] })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_is_made_and_changed() {
    let world = World::open();
    let create = "mutation { createEnvironment(input: { name: \"staging\", color: \"blue\" }) { id name } }";
    let made = world.ask(create, json!({})).await["createEnvironment"].clone();
    let (_, extensions) = world.refusal(create, json!({})).await;
    assert_eq!(extensions["code"], json!("CONFLICT"));
    let update =
        "mutation($id: ID!) { updateEnvironment(id: $id, input: { position: 2 }) { name color position } }";
    let changed = world.ask(update, json!({ "id": made["id"] })).await["updateEnvironment"].clone();
    assert_eq!(changed, json!({ "name": "staging", "color": "blue", "position": 2 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_is_null_until_it_is_set() {
    let world = World::open();
    let read = "{ workspaceConfiguration { threadTimeoutSeconds truncationOnTables colors { name color } } }";
    assert_eq!(world.ask(read, json!({})).await["workspaceConfiguration"], Value::Null);
    let set = "mutation($input: WorkspaceConfigurationInput) {
        configureWorkspace(input: $input) { threadTimeoutSeconds } }";
    world.ask(set, json!({ "input": { "threadTimeoutSeconds": 60 } })).await;
    let expected = json!({ "threadTimeoutSeconds": 60, "truncationOnTables": null, "colors": null });
    assert_eq!(world.ask(read, json!({})).await["workspaceConfiguration"], expected);
    world.ask(set, json!({})).await;
    assert_eq!(world.ask(read, json!({})).await["workspaceConfiguration"], Value::Null);
}
