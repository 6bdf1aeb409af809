//! The protocol of subscriptions, without a socket.

use std::time::Duration;

use async_graphql::http::{WebSocket, WebSocketProtocols, WsMessage};
use cairn_core::limits::SUBSCRIPTIONS_PER_CONNECTION_MAX;
use futures_util::{Stream, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::world::World;
use crate::execution::Connection;
use crate::http::initialise;

const PATIENCE: Duration = Duration::from_secs(20);

/// What a client sends, and what it is sent.
fn connect(world: &World) -> (mpsc::UnboundedSender<Value>, impl Stream<Item = WsMessage> + Unpin + use<>) {
    let (sender, mut sent) = mpsc::unbounded_channel::<Value>();
    let incoming =
        futures_util::stream::poll_fn(move |context| sent.poll_recv(context)).map(|value| value.to_string());
    let handles = world.handles.clone();
    let socket = WebSocket::new(Connection::new(world.api.clone()), incoming, WebSocketProtocols::GraphQLWS)
        .on_connection_init(move |payload| async move { initialise(&handles, None, &payload) });
    (sender, Box::pin(socket))
}

async fn next(socket: &mut (impl Stream<Item = WsMessage> + Unpin)) -> Value {
    match tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().unwrap() {
        WsMessage::Text(text) => serde_json::from_str(&text).unwrap(),
        WsMessage::Close(code, reason) => json!({ "closed": code, "reason": reason }),
    }
}

fn subscribe(id: usize) -> Value {
    let query = "subscription { projectChanges { kind project { name } } }";
    json!({ "type": "subscribe", "id": id.to_string(), "payload": { "query": query } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_carries_queries_and_subscriptions() {
    let world = World::open();
    let (client, mut socket) = connect(&world);
    client.send(json!({ "type": "connection_init", "payload": { "workspace": "default" } })).unwrap();
    assert_eq!(next(&mut socket).await, json!({ "type": "connection_ack" }));
    let after = "subscription { projectChanges(after: \"0\") { kind project { name } } }";
    client.send(json!({ "type": "subscribe", "id": "a", "payload": { "query": after } })).unwrap();
    let query = "mutation { createProject(input: { name: \"new\" }) { name } }";
    client.send(json!({ "type": "subscribe", "id": "b", "payload": { "query": query } })).unwrap();
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(next(&mut socket).await);
    }
    let change = json!({ "projectChanges": { "kind": "UPSERTED", "project": { "name": "new" } } });
    assert!(told.contains(&json!({ "type": "next", "id": "a", "payload": { "data": change } })), "{told:?}");
    assert!(told.contains(&json!({ "type": "complete", "id": "b" })), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_workspace_is_refused() {
    let world = World::open();
    let (client, mut socket) = connect(&world);
    client.send(json!({ "type": "connection_init", "payload": { "workspace": "nobody's" } })).unwrap();
    assert_eq!(next(&mut socket).await, json!({ "closed": 1002, "reason": "Workspace not found" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_runs_before_the_connection_is_initialised() {
    let world = World::open();
    let (client, mut socket) = connect(&world);
    client.send(subscribe(1)).unwrap();
    assert_eq!(next(&mut socket).await["closed"], json!(1011));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_subscription_too_many_is_refused_until_another_ends() {
    let world = World::open();
    let (client, mut socket) = connect(&world);
    client.send(json!({ "type": "connection_init" })).unwrap();
    next(&mut socket).await;
    for id in 0..=SUBSCRIPTIONS_PER_CONNECTION_MAX {
        client.send(subscribe(id)).unwrap();
    }
    let refused = next(&mut socket).await;
    assert_eq!(refused["payload"]["errors"][0]["extensions"]["code"], json!("OVERLOADED"), "{refused}");
    assert_eq!(next(&mut socket).await["type"], json!("complete"));
    // Which of them came too late is a matter of chance, as they begin at once: another one ends.
    let other = if refused["id"] == "0" { "1" } else { "0" };
    client.send(json!({ "type": "complete", "id": other })).unwrap();
    assert_eq!(next(&mut socket).await, json!({ "type": "complete", "id": other }));
    let query = "{ server { workspace } }";
    client.send(json!({ "type": "subscribe", "id": "q", "payload": { "query": query } })).unwrap();
    let answered = next(&mut socket).await;
    assert_eq!(answered["payload"]["data"]["server"]["workspace"], json!("default"), "{answered}");
}
