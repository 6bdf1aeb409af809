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
    let sorted = "query($sort: Sort) { dashboards(sort: $sort) { nodes { name } } }";
    let by = json!({ "sort": { "field": "name", "direction": "ASC" } });
    let page = world.ask(sorted, by).await["dashboards"].clone();
    assert_eq!(page["nodes"], json!([{ "name": "first" }, { "name": "second" }]));
    let refused = world.refusal(sorted, json!({ "sort": { "field": "mood", "direction": "ASC" } })).await;
    assert_eq!(refused.1["code"], json!("BAD_SORT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn views_of_logs_are_saved_for_all_by_project() {
    let world = World::open();
    let create = "mutation($project: ID!, $name: String!) { createDashboard(projectId: $project, scope: LOGS,
        input: { name: $name, config: \"{\\\"search\\\":\\\"?filter=error:true\\\"}\" }) { id projectId scope config } }";
    let new_project = "mutation($name: String!) { createProject(input: { name: $name }) { id } }";
    let mut made = Vec::new();
    for name in ["shop", "desk"] {
        let project = world.ask(new_project, json!({ "name": name })).await["createProject"]["id"].clone();
        let view = world.ask(create, json!({ "project": project, "name": "failures" })).await;
        let view = view["createDashboard"].clone();
        assert_eq!((&view["projectId"], &view["scope"]), (&project, &json!("LOGS")));
        assert_eq!(view["config"], json!("{\"search\":\"?filter=error:true\"}"));
        let (message, _) = world.refusal(create, json!({ "project": project, "name": "failures" })).await;
        assert_eq!(message, "Saved view already exists");
        made.push(view);
    }
    let list = "query($project: ID!) { dashboards(scope: LOGS, projectId: $project) { nodes { id name } } }";
    let listed = async |at: usize| {
        world.ask(list, json!({ "project": made[at]["projectId"] })).await["dashboards"]["nodes"].clone()
    };
    assert_eq!(listed(0).await, json!([{ "id": made[0]["id"], "name": "failures" }]));
    let rename =
        "mutation($id: ID!) { updateDashboard(id: $id, scope: LOGS, input: { name: \"faults\" }) { name } }";
    world.ask(rename, json!({ "id": made[0]["id"] })).await;
    let delete = "mutation($ids: [ID!]!) { deleteDashboards(ids: $ids, scope: LOGS) }";
    world.ask(delete, json!({ "ids": [made[1]["id"]] })).await;
    assert_eq!(listed(1).await, json!([]));
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": made[1]["id"] })).await;
    assert_eq!(listed(1).await, json!([{ "id": made[1]["id"], "name": "failures" }]));
    assert_eq!(listed(0).await, json!([{ "id": made[0]["id"], "name": "faults" }]));
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

const CHART: &str =
    "query($sql: String!, $project: ID) { chart(sql: $sql, projectId: $project) { columns rows } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_query_of_a_chart_is_saved_and_run_by_the_widget_that_names_it() {
    let world = World::open();
    world.traces(1..4).await;
    let sql = "SELECT name, count() AS n FROM traces GROUP BY name ORDER BY name";
    let expected = json!({ "columns": ["name", "n"], "rows": "[[\"run 0\",1],[\"run 1\",1],[\"run 2\",1]]" });
    let project = world.project_id().await;
    let asked = json!({ "sql": sql, "project": project });
    assert_eq!(world.ask(CHART, asked).await["chart"], expected);
    let save = "mutation($sql: String!, $project: ID) { saveQuery(sql: $sql, projectId: $project) { id sql project { name } } }";
    let saved = world.ask(save, json!({ "sql": sql, "project": project })).await["saveQuery"].clone();
    assert_eq!((&saved["sql"], &saved["project"]["name"]), (&json!(sql), &json!("agents")));
    let read = "query($id: ID!) { savedQuery(id: $id) { id sql project { name } } }";
    assert_eq!(world.ask(read, json!({ "id": saved["id"] })).await["savedQuery"], saved);
    let config = json!({ "sections": [{ "widgets": [
        { "id": "w1", "config": { "saved_query_id": saved["id"] } }, { "id": "w2" },
    ] }] });
    let input = json!({ "name": "Runs", "config": config.to_string() });
    let made =
        world.ask(CREATE, json!({ "input": input, "scope": "WORKSPACE" })).await["createDashboard"].clone();
    let widget =
        "query($id: ID!, $widget: String!) { dashboard(id: $id) { widget(id: $widget) { columns rows } } }";
    let shown = world.ask(widget, json!({ "id": made["id"], "widget": "w1" })).await;
    assert_eq!(shown["dashboard"]["widget"], expected);
    for (name, message) in [("w2", "the widget has no saved query"), ("w3", "Widget not found")] {
        let (told, _) = world.refusal(widget, json!({ "id": made["id"], "widget": name })).await;
        assert_eq!(told, message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_makes_no_sense_is_neither_run_nor_saved() {
    let world = World::open();
    let (_, extensions) = world.refusal(CHART, json!({ "sql": "DROP TABLE traces" })).await;
    assert_eq!(extensions["code"], json!("INVALID"));
    let save = "mutation { saveQuery(sql: \" \") { id } }";
    assert_eq!(world.refusal(save, json!({})).await.1["code"], json!("INVALID"));
    // Who may see dashboards may not therefore see what is in the traces.
    let viewer = world.limited(&["dashboard_read"]);
    let answer = world.respond(&viewer, CHART, json!({ "sql": "SELECT count() FROM traces" })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("FORBIDDEN"));
}
