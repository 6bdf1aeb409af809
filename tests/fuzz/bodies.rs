//! One function a target, each from bytes to nothing.

use cairn_core::limits::{QUERY_CHARS_MAX, QUERY_DEPTH_MAX};
use cairn_core::query::{Entity, Query, opik};
use cairn_core::time::Timestamp;
use cairn_storage::log::outside;
use serde_json::{Value, json};

use crate::face::Face;

const NOW: Timestamp = Timestamp::from_millis(1_793_536_245_000);

const ROUND_TRIP_BYTES_MAX: usize = QUERY_CHARS_MAX / 10;

/// The first byte says of what kind of thing is asked.
fn entity(bytes: &[u8]) -> Option<(Entity, &str)> {
    let (kind, text) = bytes.split_first()?;
    let entity = match kind {
        b't' => Entity::Trace,
        b'c' => Entity::Thread,
        _ => Entity::Span,
    };
    Some((entity, std::str::from_utf8(text).ok()?))
}

/// Text of the query language: what can be read is written so that it is read as the same.
pub fn query(bytes: &[u8]) {
    let Some((entity, text)) = entity(bytes) else { return };
    let Ok(query) = Query::parse(entity, text, NOW) else { return };
    let written = query.to_string();
    if is_near_the_bounds(text) {
        return;
    }
    let again = Query::parse(entity, &written, NOW);
    assert_eq!(again.as_ref(), Ok(&query), "`{text}` was written as `{written}`");
}

/// What is written may be longer and deeper than what was read, and so beyond what is read again.
fn is_near_the_bounds(text: &str) -> bool {
    let deeper = text.matches(['(', '-']).count() + text.to_lowercase().matches("not").count();
    text.len() > ROUND_TRIP_BYTES_MAX || deeper > QUERY_DEPTH_MAX / 2
}

/// Filters and sortings as JSON of the Opik clients.
pub fn opik_filters(bytes: &[u8]) {
    let Some((entity, text)) = entity(bytes) else { return };
    if let Ok(query) = opik::filters(entity, text) {
        assert!(!query.to_string().is_empty(), "a tree has a text");
    }
    if let Ok(Some(sort)) = opik::sorting(entity, text) {
        assert!(!sort.field.to_string().is_empty(), "a field has a name");
    }
}

/// A block of the log, or a single payload: the first byte says which.
pub fn log(bytes: &[u8]) {
    match bytes.split_first() {
        Some((b'b', block)) => {
            // Damage is an answer.
            let _ = outside::block(block);
        }
        Some((_, record)) => {
            if let Some((head, payload)) = record.split_first_chunk::<4>() {
                let [kind, version] = [[head[0], head[1]], [head[2], head[3]]].map(u16::from_le_bytes);
                assert!(
                    outside::payload(kind, version, payload).is_none_or(|same| same),
                    "read again it is another"
                );
            }
        }
        None => {}
    }
}

/// Where bodies go, by the first byte from `0` on.
const ROUTES: [(&str, &str); 16] = [
    ("POST", "traces/batch"),
    ("POST", "spans/batch"),
    ("PUT", "traces/feedback-scores"),
    ("PUT", "spans/feedback-scores"),
    ("PUT", "datasets/items"),
    ("PUT", "experiments/items/bulk"),
    ("PATCH", "traces/batch"),
    ("PATCH", "spans/batch"),
    ("PUT", "traces/threads/feedback-scores"),
    ("POST", "guardrails"),
    ("PUT", "assertion-results"),
    ("POST", "experiments"),
    ("POST", "prompts"),
    ("POST", "annotation-queues/batch"),
    ("POST", "spans/search"),
    ("POST", "traces/threads/search"),
];

/// Batches of the Opik clients.
pub fn json(face: &Face, bytes: &[u8]) {
    let Some((route, body)) = bytes.split_first() else { return };
    let (method, path) = ROUTES[usize::from(route.wrapping_sub(b'0')) % ROUTES.len()];
    let path = format!("/v1/private/{path}");
    answered(&face.ask(method, &path, "application/json", body));
}

pub fn otlp_json(face: &Face, bytes: &[u8]) {
    answered(&face.ask("POST", "/v1/private/otel/v1/traces", "application/json", bytes));
}

pub fn otlp_protobuf(face: &Face, bytes: &[u8]) {
    answered(&face.ask("POST", "/v1/private/otel/v1/traces", "application/x-protobuf", bytes));
}

fn answered((status, body): &(u16, Vec<u8>)) {
    assert!(*status < 500, "{status}: {}", String::from_utf8_lossy(body));
}

/// Documents against a schema with few things behind it.
pub fn graphql(face: &Face, bytes: &[u8]) {
    let Ok(document) = std::str::from_utf8(bytes) else { return };
    let body = json!({ "query": document }).to_string();
    let (status, answer) = face.ask("POST", "/graphql", "application/json", body.as_bytes());
    assert!(status < 500, "{status}");
    let answer: Value = serde_json::from_slice(&answer).expect("GraphQL answers in JSON");
    for error in answer["errors"].as_array().into_iter().flatten() {
        assert_ne!(error["extensions"]["code"], "INTERNAL", "{error}");
    }
}
