//! The way in by POST.

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use cairn_core::limits::GRAPHQL_BODY_BYTES_MAX;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::world::{World, trace_id};

async fn send(world: &World, request: Request<Body>) -> (StatusCode, Value) {
    let response: Response<Body> = crate::router(world.handles.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

fn post(body: impl Into<Body>) -> Request<Body> {
    Request::post("/graphql")
        .header("content-type", "application/json; charset=utf-8")
        .body(body.into())
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_as_json() {
    let world = World::open();
    let body = json!({
        "query": "query A { server { workspace } } query B($n: String!) { projectByName(name: $n) { id } }",
        "operationName": "B",
        "variables": { "n": "none" },
        "extensions": { "anything": 1 },
    });
    let answer = send(&world, post(body.to_string())).await;
    assert_eq!(answer, (StatusCode::OK, json!({ "data": { "projectByName": null } })));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_refused_as_json() {
    let world = World::open();
    let huge = vec![b' '; GRAPHQL_BODY_BYTES_MAX + 1];
    let cases = [
        (post("{"), StatusCode::BAD_REQUEST, "INVALID"),
        (post("{}"), StatusCode::BAD_REQUEST, "INVALID"),
        (post(r#"[{"query": "{ __typename }"}]"#), StatusCode::BAD_REQUEST, "INVALID"),
        (post(r#"{"query": "{ __typename }", "variables": [1]}"#), StatusCode::BAD_REQUEST, "INVALID"),
        (post(huge), StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE"),
        (
            Request::post("/graphql").header("content-type", "text/plain").body(Body::from("{}")).unwrap(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "INVALID",
        ),
        (
            Request::get("/graphql?query={__typename}").body(Body::empty()).unwrap(),
            StatusCode::UPGRADE_REQUIRED,
            "INVALID",
        ),
    ];
    for (request, status, code) in cases {
        let (answered, body) = send(&world, request).await;
        assert_eq!((answered, &body["errors"][0]["extensions"]["code"]), (status, &json!(code)), "{body}");
        assert!(!body["errors"][0]["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_is_no_graphql_is_told_where() {
    let world = World::open();
    let (status, body) = send(&world, post(r#"{"query": "{ server "}"#)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["errors"][0]["locations"][0]["line"], json!(1), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_header_names_the_workspace() {
    let world = World::open();
    let ask = |workspace| {
        let mut request = post(r#"{"query": "{ server { workspace } }"}"#);
        request.headers_mut().insert("Comet-Workspace", axum::http::HeaderValue::from_static(workspace));
        request
    };
    let (_, body) = send(&world, ask("default")).await;
    assert_eq!(body["data"]["server"]["workspace"], json!("default"));
    let (status, body) = send(&world, ask("nobody's")).await;
    assert_eq!(
        (status, &body["errors"][0]["message"]),
        (StatusCode::NOT_FOUND, &json!("Workspace not found"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_comes_as_server_sent_events_to_whoever_accepts_them() {
    let world = World::open();
    world.traces([1, 2]).await;
    let project = world.project_id().await;
    let query = "subscription($p: ID!) { traceChanges(projectId: $p, after: \"0\") { traceId } }";
    let body = json!({ "query": query, "variables": { "p": project } });
    let mut request = post(body.to_string());
    request.headers_mut().insert("accept", "text/event-stream".parse().unwrap());
    let response = crate::router(world.handles.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut parts = response.into_body().into_data_stream();
    let mut told = String::new();
    while told.matches("event: next").count() < 2 {
        let part = tokio::time::timeout(std::time::Duration::from_secs(20), parts.next()).await;
        told.push_str(std::str::from_utf8(&part.expect("nothing was told").unwrap().unwrap()).unwrap());
    }
    for number in [1, 2] {
        let line = json!({ "data": { "traceChanges": { "traceId": trace_id(number).to_string() } } });
        assert!(told.contains(&format!("event: next\ndata: {line}\n\n")), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_comes_as_the_client_would_rather_have_it_and_a_subscription_as_it_can() {
    let world = World::open();
    let both = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    let query = r#"{"query": "{ server { workspace } }"}"#;
    let subscription = r#"{"query": "query a { server { workspace } } subscription b { projectChanges { position } }", "operationName": "b"}"#;
    for (body, accept, kind) in [
        (query, both, "application/json"),
        (query, "*/*", "application/json"),
        (query, "text/event-stream;q=0, application/json;q=0.1", "application/json"),
        (query, "text/event-stream, application/json", "text/event-stream"),
        (subscription, both, "text/event-stream"),
    ] {
        let mut request = post(body.to_owned());
        request.headers_mut().insert("accept", accept.parse().unwrap());
        let response = crate::router(world.handles.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], kind, "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_as_server_sent_events_is_one_and_the_end() {
    let world = World::open();
    let mut request = post(r#"{"query": "{ server { workspace } }"}"#);
    request.headers_mut().insert("accept", "application/json;q=0.5, text/event-stream".parse().unwrap());
    let response = crate::router(world.handles.clone()).oneshot(request).await.unwrap();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let told =
        "event: next\ndata: {\"data\":{\"server\":{\"workspace\":\"default\"}}}\n\nevent: complete\n\n";
    assert_eq!(std::str::from_utf8(&bytes).unwrap(), told);
}
