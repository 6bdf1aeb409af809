//! Subscriptions over a real socket, and the end of a server to which somebody listens.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::binary::{Server, folder};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(port: u16) -> Socket {
    let mut request = format!("ws://127.0.0.1:{port}/graphql").into_client_request().unwrap();
    let protocol = "graphql-transport-ws".parse().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
    let (mut socket, _) = connect_async(request).await.unwrap();
    send(&mut socket, &json!({ "type": "connection_init" })).await;
    assert_eq!(receive(&mut socket).await["type"], "connection_ack");
    socket
}

async fn send(socket: &mut Socket, message: &Value) {
    socket.send(Message::text(message.to_string())).await.unwrap();
}

async fn receive(socket: &mut Socket) -> Value {
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

async fn subscribe(socket: &mut Socket, project: &str, after: Option<&str>) {
    let query = "subscription($project: ID!, $after: Position) { traceChanges(projectId: $project, after: $after) \
                 { position kind trace { name } } }";
    let payload = json!({ "query": query, "variables": { "project": project, "after": after } });
    send(socket, &json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
}

/// Follows the kinds of things that changed, and takes the answer that says from where on.
async fn follow(socket: &mut Socket, after: Option<&str>) -> String {
    let query = "subscription($after: Position) { changes(kinds: [ENVIRONMENT, TRACE], after: $after) \
                 { position changed { kind ids } } }";
    let payload = json!({ "query": query, "variables": { "after": after } });
    send(socket, &json!({ "id": "2", "type": "subscribe", "payload": payload })).await;
    let (kinds, position) = changed(socket).await;
    assert_eq!(kinds, Vec::<String>::new());
    position
}

/// Of which kinds the next changes are, and their position.
async fn changed(socket: &mut Socket) -> (Vec<String>, String) {
    let message = receive(socket).await;
    let changes = &message["payload"]["data"]["changes"];
    let things = changes["changed"].as_array().unwrap_or_else(|| panic!("{message}"));
    let kinds = things.iter().map(|things| things["kind"].as_str().unwrap().to_owned());
    (kinds.collect(), changes["position"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_in_a_workspace_is_told_by_kinds_and_goes_on_where_it_was() {
    let data = folder();
    let (server, _data) =
        tokio::task::spawn_blocking(move || (Server::start(data.path()), data)).await.unwrap();
    let server = std::sync::Arc::new(server);
    let write = |name: &'static str| {
        let server = std::sync::Arc::clone(&server);
        tokio::task::spawn_blocking(move || server.trace("shop", name))
    };
    let mut socket = connect(server.port).await;
    let start = follow(&mut socket, None).await;
    write("one").await.unwrap();
    let (kinds, position) = changed(&mut socket).await;
    assert_eq!(kinds, ["TRACE"]);
    assert_ne!(position, start);
    drop(socket);
    write("two").await.unwrap();
    let mut socket = connect(server.port).await;
    assert_eq!(follow(&mut socket, Some(&position)).await, position);
    let (kinds, later) = changed(&mut socket).await;
    assert_eq!(kinds, ["TRACE"]);
    assert_ne!(later, position);
}

/// The name and position of the next change.
async fn change(socket: &mut Socket) -> (String, String) {
    let message = receive(socket).await;
    let change = &message["payload"]["data"]["traceChanges"];
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{message}")).to_owned();
    (text(&change["trace"]["name"]), text(&change["position"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_subscription_goes_on_where_it_was() {
    let data = folder();
    let server = tokio::task::spawn_blocking(move || (Server::start(data.path()), data)).await.unwrap();
    let ((server, _data), port) = {
        let port = server.0.port;
        (server, port)
    };
    let server = std::sync::Arc::new(server);
    let write = |name: &'static str| {
        let server = std::sync::Arc::clone(&server);
        tokio::task::spawn_blocking(move || server.trace("shop", name))
    };
    write("zero").await.unwrap();
    let asked = std::sync::Arc::clone(&server);
    let project = tokio::task::spawn_blocking(move || asked.project("shop")).await.unwrap();
    let mut socket = connect(port).await;
    subscribe(&mut socket, &project, Some("0")).await;
    assert_eq!(change(&mut socket).await.0, "zero");
    write("one").await.unwrap();
    let (name, position) = change(&mut socket).await;
    assert_eq!(name, "one");
    drop(socket);
    write("two").await.unwrap();
    write("three").await.unwrap();
    let mut socket = connect(port).await;
    subscribe(&mut socket, &project, Some(&position)).await;
    assert_eq!(change(&mut socket).await.0, "two");
    assert_eq!(change(&mut socket).await.0, "three");

    let server = std::sync::Arc::into_inner(server).unwrap();
    let ended = tokio::task::spawn_blocking(move || server.terminate()).await.unwrap();
    assert!(ended.success(), "although somebody still listens: {ended}");
}
