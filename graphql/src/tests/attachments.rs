//! Files of traces and spans.

use bytes::Bytes;
use cairn_actors::attachments::Upload;
use cairn_core::access::{Permission, Principal, TraceRead, TraceWrite};
use cairn_core::attachments::Owner;
use cairn_core::command::ProjectRef;
use futures_util::stream::iter;
use serde_json::{Value, json};

use super::world::{World, only_error, span, span_id, trace_id};

const SHOW: &str = "query($id: ID!) { trace(id: $id) {
    attachments { name mimeType size url place createdBy }
    spans { nodes { attachments { name } } }
} }";
const DELETE: &str = "mutation($trace: ID, $span: ID, $names: [String!]!) {
    deleteAttachments(traceId: $trace, spanId: $span, names: $names)
}";

async fn attach(world: &World, owner: Owner, name: &str, content: &'static str) {
    let upload =
        Upload { owner, project: ProjectRef::Default, name: name.to_owned(), mime_type: None, gzip: false };
    let grant = Principal::open(world.session.workspace()).grant::<TraceWrite>().unwrap();
    let bytes = iter([Ok::<_, std::io::Error>(Bytes::from_static(content.as_bytes()))]);
    world.handles.attach(&grant, upload, bytes).await.unwrap();
}

async fn shown(world: &World) -> Value {
    world.ask(SHOW, json!({ "id": trace_id(1).to_string() })).await["trace"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_shown_with_their_addresses_and_can_be_taken_off() {
    let world = World::open();
    world.traces([1]).await;
    world.spans(vec![span(1, 1), span(2, 1)]).await;
    attach(&world, Owner::Trace(trace_id(1)), "a b.txt", "hello").await;
    attach(&world, Owner::Trace(trace_id(1)), "c.json", "{}").await;
    attach(&world, Owner::Span(span_id(2)), "of a span", "x").await;
    let project = world.project_id().await;
    let trace = shown(&world).await;
    let url = format!(
        "/api/v1/private/attachment/download?workspace_name=default&container_id={project}&entity_type=trace\
         &entity_id={}&file_name=a%20b.txt&mime_type=text%2Fplain",
        trace_id(1)
    );
    assert_eq!(
        trace["attachments"][0],
        json!({
            "name": "a b.txt", "mimeType": "text/plain", "size": 5, "url": url, "place": null, "createdBy": "admin",
        })
    );
    let of_spans = |trace: &Value| trace["spans"]["nodes"].clone();
    assert_eq!(
        of_spans(&trace),
        json!([{ "attachments": [] }, { "attachments": [{ "name": "of a span" }] }])
    );
    let names = json!({ "trace": trace_id(1).to_string(), "names": ["a b.txt", "unknown"] });
    assert_eq!(world.ask(DELETE, names).await, json!({ "deleteAttachments": true }));
    let names = json!({ "span": span_id(2).to_string(), "names": ["of a span"] });
    world.ask(DELETE, names).await;
    let trace = shown(&world).await;
    assert_eq!(trace["attachments"].as_array().unwrap().len(), 1);
    assert_eq!(of_spans(&trace), json!([{ "attachments": [] }, { "attachments": [] }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_not_taken_off_without_the_permission_or_off_nothing() {
    let world = World::open();
    let names = json!({ "trace": trace_id(1).to_string(), "names": ["a"] });
    let answer = world.respond(&world.limited(&[TraceRead::NAME]), DELETE, names).await;
    assert_eq!(only_error(&answer).0, "`eve` lacks the permission `trace_write`");
    let (message, _) = world.refusal(DELETE, json!({ "names": ["a"] })).await;
    assert_eq!(message, "name one of `traceId` and `spanId`");
}
