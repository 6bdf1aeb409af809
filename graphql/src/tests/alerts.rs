//! Alerts: made, changed and listed, fired to a receiver that is there, and followed meanwhile.

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use cairn_core::access::{Permission, ProjectRead};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::live::{next_of, subscribe};
use super::world::{World, only_error};

const CREATE: &str = "mutation($input: AlertInput!) { createAlert(input: $input) {
    id name isEnabled destination url hasSecret headers { key value } metadata { key value } projectId
    triggers { eventType projectIds guardrails groups { thresholds { scoreName bound windowSeconds isBelow } } } } }";
const UPDATE: &str =
    "mutation($id: ID!, $input: AlertInput!) { updateAlert(id: $id, input: $input) { name hasSecret } }";
const DELETE: &str = "mutation($ids: [ID!]!) { deleteAlerts(ids: $ids) }";
const TEST: &str = "mutation($id: ID, $input: AlertInput!) {
    testAlert(id: $id, input: $input) { isDelivered status error body } }";
const FIRINGS: &str = "query($id: ID!, $after: String) { alert(id: $id) { firings(first: 1, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { eventType count metadata delivery status error attempts } } } }";

/// A receiver that answers as it is told to; what comes is told.
async fn receiver(status: StatusCode) -> (String, mpsc::Receiver<(HeaderMap, Value)>) {
    let (told, hear) = mpsc::channel(10);
    let answer = move |headers: HeaderMap, axum::Json(body): axum::Json<Value>| {
        let told = told.clone();
        async move {
            told.send((headers, body)).await.unwrap();
            status
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", post(answer))).await });
    (url, hear)
}

fn about(url: &str, event_type: &str) -> Value {
    json!({ "name": "on call", "url": url, "triggers": [{ "eventType": event_type }] })
}

async fn made(world: &World, input: Value) -> Value {
    world.ask(CREATE, json!({ "input": input })).await["createAlert"].clone()
}

async fn prompt(world: &World, name: &str) {
    let create = "mutation($input: CreatePromptInput!) { createPrompt(input: $input) { id } }";
    let input = json!({ "projectId": world.project_id().await, "name": name });
    world.ask(create, json!({ "input": input })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_made_changed_found_deleted_and_restored_and_its_secret_is_shown_to_nobody() {
    let world = World::open();
    world.traces([1]).await;
    let project = world.project_id().await;
    let input = json!({
        "name": " on call ", "url": "https://example.com/hook", "secret": "open sesame", "projectId": project,
        "headers": [{ "key": "X-Team", "value": "shop" }],
        "triggers": [
            { "eventType": "TRACE_SCORE", "groups": [{ "thresholds": [
                { "scoreName": "quality", "bound": 0.5, "windowSeconds": 300, "isBelow": true },
            ] }] },
            { "eventType": "GUARDRAILS_TRIGGERED", "guardrails": ["PII"] },
        ],
    });
    let alert = made(&world, input.clone()).await;
    let threshold = json!({ "scoreName": "quality", "bound": 0.5, "windowSeconds": 300, "isBelow": true });
    let expected = json!({
        "id": alert["id"], "name": "on call", "isEnabled": true, "destination": "GENERAL",
        "url": "https://example.com/hook", "hasSecret": true, "metadata": [], "projectId": project,
        "headers": [{ "key": "X-Team", "value": "shop" }],
        "triggers": [
            { "eventType": "TRACE_SCORE", "projectIds": [], "guardrails": [],
              "groups": [{ "thresholds": [threshold] }] },
            { "eventType": "GUARDRAILS_TRIGGERED", "projectIds": [], "guardrails": ["PII"], "groups": [] },
        ],
    });
    assert_eq!(alert, expected);
    let mut changed = input;
    changed["name"] = json!("renamed");
    changed.as_object_mut().unwrap().remove("secret");
    let kept = world.ask(UPDATE, json!({ "id": alert["id"], "input": changed })).await;
    assert_eq!(kept["updateAlert"], json!({ "name": "renamed", "hasSecret": true }));
    let before = world.position().await;
    changed["secret"] = json!("");
    let taken = world.ask(UPDATE, json!({ "id": alert["id"], "input": changed })).await;
    assert_eq!(taken["updateAlert"]["hasSecret"], false);
    let past = "query($at: Position!, $id: ID!) { asOf(position: $at) { alert(id: $id) { hasSecret } } }";
    let found = world.ask(past, json!({ "at": before, "id": alert["id"] })).await;
    assert_eq!(found["asOf"]["alert"]["hasSecret"], true);
    let log = "query($id: ID!) { history(id: $id) { nodes { kind fields { after } } } }";
    let told = world.ask(log, json!({ "id": alert["id"] })).await.to_string();
    assert!(told.contains("alert_replaced") && !told.contains("sesame"), "{told}");
    world.ask(DELETE, json!({ "ids": [alert["id"]] })).await;
    let list = "query($name: String, $project: ID) { alerts(name: $name, projectId: $project) {
        totalCount nodes { name } } }";
    assert_eq!(world.ask(list, json!({})).await["alerts"]["totalCount"], 0);
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": alert["id"] })).await;
    let found = world.ask(list, json!({ "name": "NAM", "project": project })).await;
    assert_eq!(found["alerts"], json!({ "totalCount": 1, "nodes": [{ "name": "renamed" }] }));
    let other = json!({ "project": super::world::trace_id(1).to_string() });
    assert_eq!(world.ask(list, other).await["alerts"]["totalCount"], 0);
    let (message, _) = world.refusal(CREATE, json!({ "input": { "name": "x", "url": "nowhere" } })).await;
    assert!(message.starts_with("webhook.url must be an address"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_hidden_from_who_may_not_see_them() {
    let world = World::open();
    let stranger = world.limited(&[ProjectRead::NAME]);
    let answer = world.respond(&stranger, "{ alerts { totalCount } }", json!({})).await;
    assert!(only_error(&answer).0.contains("lacks the permission `alert_read`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_together_is_told_in_one_message_and_followed_until_it_is_delivered() {
    let world = World::open();
    world.traces([1]).await;
    world.handles.watch_alerts(Duration::from_secs(2));
    let (url, mut hear) = receiver(StatusCode::ACCEPTED).await;
    let mut input = about(&url, "PROMPT_CREATED");
    input["secret"] = json!("open sesame");
    input["headers"] = json!([{ "key": "X-Team", "value": "shop" }]);
    let changes = "subscription($after: Position) { alertChanges(after: $after) { kind alert { name } } }";
    let mut told = subscribe(&world, changes, json!({ "after": world.position().await }));
    let alert = made(&world, input).await;
    let said = next_of(&mut told, "alertChanges").await;
    assert_eq!(said, json!({ "kind": "UPSERTED", "alert": { "name": "on call" } }));
    let firings = "subscription($id: ID, $after: Position) { alertFirings(alertId: $id, after: $after) {
        firing { eventType count delivery status attempts } } }";
    let after = json!({ "id": alert["id"], "after": world.position().await });
    prompt(&world, "one").await;
    prompt(&world, "two").await;
    let (headers, body) = hear.recv().await.unwrap();
    assert_eq!(headers["authorization"], "Bearer open sesame");
    assert_eq!(headers["x-team"], "shop");
    assert_eq!(headers["user-agent"], "Opik-Webhook/1.0");
    let payload = &body["payload"];
    assert_eq!((&payload["eventCount"], &payload["eventType"]), (&json!(2), &json!("prompt:created")));
    let names = [&payload["metadata"][0]["name"], &payload["metadata"][1]["name"]];
    assert_eq!(names, ["one", "two"]);
    let mut followed = subscribe(&world, firings, after);
    let settled = loop {
        let said = next_of(&mut followed, "alertFirings").await["firing"].clone();
        if said["delivery"] != "PENDING" {
            break said;
        }
    };
    let expected = json!({
        "eventType": "PROMPT_CREATED", "count": 2, "delivery": "DELIVERED", "status": 202, "attempts": 1,
    });
    assert_eq!(settled, expected);
    prompt(&world, "three").await;
    assert_eq!(hear.recv().await.unwrap().1["payload"]["eventCount"], 1);
    let page = world.ask(FIRINGS, json!({ "id": alert["id"] })).await["alert"]["firings"].clone();
    assert_eq!((&page["totalCount"], &page["nodes"][0]["count"]), (&json!(2), &json!(1)));
    let after = json!({ "id": alert["id"], "after": page["pageInfo"]["endCursor"] });
    let page = world.ask(FIRINGS, after).await["alert"]["firings"].clone();
    assert_eq!((&page["pageInfo"]["hasNextPage"], &page["nodes"][0]["count"]), (&json!(false), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_says_how_the_message_was_taken_and_follows_no_redirect() {
    let world = World::open();
    let (url, mut hear) = receiver(StatusCode::OK).await;
    let tested =
        world.ask(TEST, json!({ "input": about(&url, "PROMPT_DELETED") })).await["testAlert"].clone();
    assert_eq!((&tested["isDelivered"], &tested["status"]), (&json!(true), &json!(200)));
    let (_, body) = hear.recv().await.unwrap();
    let sent: Value = serde_json::from_str(tested["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, sent);
    let (url, _hear) = receiver(StatusCode::FOUND).await;
    let tested =
        world.ask(TEST, json!({ "input": about(&url, "PROMPT_DELETED") })).await["testAlert"].clone();
    assert_eq!(tested["error"], "the receiver answered 302, a redirect, which is not followed");
    let nobody = about("http://127.0.0.1:1/hook", "PROMPT_DELETED");
    let tested = world.ask(TEST, json!({ "input": nobody })).await["testAlert"].clone();
    assert_eq!(tested["error"], "the receiver cannot be reached; check the address");
    assert_eq!(world.ask("{ alerts { totalCount } }", json!({})).await["alerts"]["totalCount"], 0);
}
