//! The way in by POST.

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use cairn_core::limits::GRAPHQL_BODY_BYTES_MAX;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::world::World;

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
