//! Dashboards: made, changed and listed, and followed while others edit them.

use serde_json::{Value, json};

use super::live::{next_of, subscribe};
use super::world::World;

const CREATE: &str = "mutation($input: DashboardInput!, $scope: DashboardScope!) {
    createDashboard(input: $input, scope: $scope) { id name slug type scope config } }";
const UPDATE: &str = "mutation($id: ID!, $input: DashboardInput!) {
    updateDashboard(id: $id, input: $input) { name description config } }";
const DELETE: &str = "mutation($ids: [ID!]!) { deleteDashboards(ids: $ids) }";

async fn made(world: &World, name: &str, scope: &str) -> Value {
    let input = json!({ "name": name, "config": "{\"version\":  4}" });
    world.ask(CREATE, json!({ "input": input, "scope": scope })).await["createDashboard"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_keeps_its_config_to_the_letter() {
    let world = World::open();
    let dashboard = made(&world, "Who spends", "WORKSPACE").await;
    let expected = json!({
        "id": dashboard["id"], "name": "Who spends", "slug": "who-spends", "type": "MULTI_PROJECT",
        "scope": "WORKSPACE", "config": "{\"version\":  4}",
    });
    assert_eq!(dashboard, expected);
    let input = json!({ "description": "what" });
    let changed = world.ask(UPDATE, json!({ "id": dashboard["id"], "input": input })).await;
    let expected = json!({ "name": "Who spends", "description": "what", "config": "{\"version\":  4}" });
    assert_eq!(changed["updateDashboard"], expected);
    let again = json!({ "name": "Who spends", "config": "{}" });
    let (message, extensions) = world.refusal(CREATE, json!({ "input": again, "scope": "WORKSPACE" })).await;
    assert_eq!((message.as_str(), &extensions["code"]), ("Dashboard already exists", &json!("CONFLICT")));
    world.ask(DELETE, json!({ "ids": [dashboard["id"]] })).await;
    let gone =
        world.ask("query($id: ID!) { dashboard(id: $id) { id } }", json!({ "id": dashboard["id"] })).await;
    assert_eq!(gone["dashboard"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn insights_views_are_listed_apart() {
    let world = World::open();
    made(&world, "first", "WORKSPACE").await;
    made(&world, "second", "WORKSPACE").await;
    made(&world, "view", "INSIGHTS").await;
    let list = "query($scope: DashboardScope!, $name: String, $after: String) {
        dashboards(scope: $scope, name: $name, first: 1, after: $after) {
            totalCount pageInfo { hasNextPage endCursor } nodes { name } } }";
    let page = world.ask(list, json!({ "scope": "WORKSPACE" })).await["dashboards"].clone();
    assert_eq!((&page["totalCount"], &page["nodes"]), (&json!(2), &json!([{ "name": "second" }])));
    let after = json!({ "scope": "WORKSPACE", "after": page["pageInfo"]["endCursor"] });
    let page = world.ask(list, after).await["dashboards"].clone();
    assert_eq!(
        (&page["pageInfo"]["hasNextPage"], &page["nodes"]),
        (&json!(false), &json!([{ "name": "first" }]))
    );
    let page = world.ask(list, json!({ "scope": "INSIGHTS", "name": "VI" })).await["dashboards"].clone();
    assert_eq!(page["nodes"], json!([{ "name": "view" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_edits_of_others_are_told() {
    let world = World::open();
    let (first, second) =
        (made(&world, "first", "WORKSPACE").await, made(&world, "second", "WORKSPACE").await);
    let changes = "subscription($id: ID, $after: Position) { dashboardChanges(id: $id, after: $after) {
        kind dashboardId dashboard { description } } }";
    let variables = json!({ "id": second["id"], "after": world.position().await });
    let mut told = subscribe(&world, changes, variables);
    for dashboard in [&first, &second] {
        let input = json!({ "description": "edited" });
        world.ask(UPDATE, json!({ "id": dashboard["id"], "input": input })).await;
    }
    let said = next_of(&mut told, "dashboardChanges").await;
    let expected = json!({
        "kind": "UPSERTED", "dashboardId": second["id"], "dashboard": { "description": "edited" },
    });
    assert_eq!(said, expected);
    world.ask(DELETE, json!({ "ids": [first["id"], second["id"]] })).await;
    let said = next_of(&mut told, "dashboardChanges").await;
    assert_eq!(said, json!({ "kind": "DELETED", "dashboardId": second["id"], "dashboard": null }));
}
