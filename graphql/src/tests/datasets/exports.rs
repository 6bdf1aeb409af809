//! Exports of datasets: asked for, listed, noticed.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{add, create};
use crate::tests::world::World;

const EXPORT: &str = "mutation($id: ID!) { exportDataset(datasetId: $id) { id datasetName versionNumber url viewedAt expiresAt } }";
const LIST: &str = "query($first: Int, $after: String) { datasetExports(first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage } nodes { id dataset { name } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_asked_for_found_and_noticed() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let empty = world.ask(EXPORT, json!({ "id": dataset })).await["exportDataset"].clone();
    assert_eq!(empty["versionNumber"], Value::Null);
    add(&world, &dataset, 0..3, &Value::Null).await;
    let made = world.ask(EXPORT, json!({ "id": dataset })).await["exportDataset"].clone();
    assert_eq!((&made["datasetName"], &made["versionNumber"]), (&json!("qa"), &json!(1)));
    let id = made["id"].as_str().unwrap();
    let url = format!("/api/v1/private/datasets/export-jobs/{id}/download?workspace_name=default");
    assert_eq!((&made["url"], &made["viewedAt"]), (&json!(url), &Value::Null));
    let page = world.ask(LIST, json!({ "first": 1 })).await["datasetExports"].clone();
    assert_eq!((&page["totalCount"], &page["nodes"][0]["id"]), (&json!(2), &made["id"]));
    let variables = json!({ "first": 1, "after": page["pageInfo"]["endCursor"] });
    let page = world.ask(LIST, variables).await["datasetExports"].clone();
    assert_eq!(page["nodes"], json!([{ "id": empty["id"], "dataset": { "name": "qa" } }]));
    assert_eq!(page["pageInfo"]["hasNextPage"], json!(false));
    let mark = "mutation($id: ID!) { markDatasetExportViewed(id: $id) { viewedAt } }";
    let viewed = world.ask(mark, json!({ "id": id })).await["markDatasetExportViewed"].clone();
    assert!(viewed["viewedAt"].is_string());
    let read = "query($id: ID!) { datasetExport(id: $id) { viewedAt } }";
    assert_eq!(world.ask(read, json!({ "id": id })).await["datasetExport"], viewed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_what_is_not_there_is_refused() {
    let world = World::open();
    let unknown = json!({ "id": Uuid::nil().to_string() });
    assert_eq!(world.refusal(EXPORT, unknown.clone()).await.1["code"], json!("NOT_FOUND"));
    let mark = "mutation($id: ID!) { markDatasetExportViewed(id: $id) { viewedAt } }";
    assert_eq!(world.refusal(mark, unknown.clone()).await.1["code"], json!("NOT_FOUND"));
    let read = "query($id: ID!) { datasetExport(id: $id) { id } }";
    assert_eq!(world.ask(read, unknown).await["datasetExport"], Value::Null);
}
