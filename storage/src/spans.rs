//! Spans in the log and as rows. A row is the span's merge register, kept under its trace's id.

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::ids::{ProjectId, SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::merge::TagEdits;
use cairn_core::spans::{Event, Fields, Kind as SpanKind, Patched, RowRecorded};
use cairn_core::time::Timestamp;
use prost::Message;
use rust_decimal::Decimal;

use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::log::pieces::{self, Large};
use crate::prices::{StoredEstimate, load_estimate, store_estimate};
use crate::rows::uuid;
use crate::traces::{Share, StoredError, StoredTags, load_error, load_origin, store_error, store_origin};

#[derive(Clone, PartialEq, Message)]
struct StoredUsage {
    #[prost(btree_map = "string, int64", tag = "1")]
    values: BTreeMap<String, i64>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredFields {
    #[prost(bytes = "bytes", optional, tag = "1")]
    input: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    output: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    metadata: Option<Bytes>,
    #[prost(message, optional, tag = "4")]
    tags: Option<StoredTags>,
    #[prost(string, optional, tag = "5")]
    name: Option<String>,
    #[prost(sfixed64, optional, tag = "6")]
    end_time: Option<i64>,
    #[prost(message, optional, tag = "7")]
    error: Option<StoredError>,
    #[prost(double, optional, tag = "9")]
    ttft: Option<f64>,
    #[prost(string, optional, tag = "10")]
    source: Option<String>,
    #[prost(string, optional, tag = "11")]
    environment: Option<String>,
    /// 1 general, 2 tool, 3 llm, 4 guardrail.
    #[prost(uint32, optional, tag = "12")]
    kind: Option<u32>,
    #[prost(string, optional, tag = "13")]
    model: Option<String>,
    #[prost(string, optional, tag = "14")]
    provider: Option<String>,
    #[prost(message, optional, tag = "15")]
    usage: Option<StoredUsage>,
    /// Decimal text, US dollars.
    #[prost(string, optional, tag = "16")]
    cost: Option<String>,
}

/// The numbers of the fields within what they are nested in.
const ROW_FIELDS: u32 = 6;
const PATCH_FIELDS: u32 = 4;

#[derive(Clone, PartialEq, Message)]
struct StoredRow {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    project_id: Bytes,
    /// 1 single, 2 batch.
    #[prost(uint32, tag = "3")]
    origin: u32,
    #[prost(sfixed64, tag = "4")]
    version: i64,
    #[prost(sfixed64, tag = "5")]
    start_time: i64,
    #[prost(message, required, tag = "6")]
    fields: StoredFields,
    #[prost(bytes = "bytes", tag = "7")]
    trace_id: Bytes,
    #[prost(bytes = "bytes", optional, tag = "8")]
    parent: Option<Bytes>,
    /// Since version 2.
    #[prost(message, optional, tag = "9")]
    estimate: Option<StoredEstimate>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredPatch {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    project_id: Bytes,
    #[prost(sfixed64, tag = "3")]
    version: i64,
    #[prost(message, required, tag = "4")]
    fields: StoredFields,
    #[prost(string, repeated, tag = "5")]
    tags_added: Vec<String>,
    #[prost(string, repeated, tag = "6")]
    tags_removed: Vec<String>,
    #[prost(bytes = "bytes", tag = "7")]
    trace_id: Bytes,
    #[prost(bytes = "bytes", optional, tag = "8")]
    parent: Option<Bytes>,
    /// Since version 2.
    #[prost(message, optional, tag = "9")]
    estimate: Option<StoredEstimate>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredDeletion {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    trace_id: Bytes,
}

/// What this span adds to its trace.
pub(crate) fn share<Body>(fields: &Fields<Body>) -> Share<'_> {
    Share {
        kind: fields.kind.unwrap_or_default(),
        usage: fields.usage.as_ref(),
        cost: fields.cost,
        provider: fields.provider.as_deref(),
    }
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    match event {
        Event::Recorded(row) => {
            let (fields, large) = store(&row.fields);
            let stored = StoredRow {
                id: Bytes::copy_from_slice(row.id.bytes()),
                project_id: Bytes::copy_from_slice(row.project_id.bytes()),
                trace_id: Bytes::copy_from_slice(row.trace_id.bytes()),
                parent: row.parent.map(|parent| Bytes::copy_from_slice(parent.bytes())),
                origin: store_origin(row.origin),
                version: row.version.as_nanos(),
                start_time: row.start_time.as_nanos(),
                fields,
                estimate: row.estimate.as_ref().map(store_estimate),
            };
            (Kind::SpanRecorded, pieces::encode(&stored, ROW_FIELDS, large))
        }
        Event::Patched(patch) => {
            let (fields, large) = store(&patch.fields);
            let stored = StoredPatch {
                id: Bytes::copy_from_slice(patch.id.bytes()),
                project_id: Bytes::copy_from_slice(patch.project_id.bytes()),
                trace_id: Bytes::copy_from_slice(patch.trace_id.bytes()),
                parent: patch.parent.map(|parent| Bytes::copy_from_slice(parent.bytes())),
                version: patch.version.as_nanos(),
                fields,
                tags_added: patch.tag_edits.added.clone(),
                tags_removed: patch.tag_edits.removed.clone(),
                estimate: patch.estimate.as_ref().map(store_estimate),
            };
            (Kind::SpanPatched, pieces::encode(&stored, PATCH_FIELDS, large))
        }
        Event::Deleted { id, trace_id } => {
            let stored = StoredDeletion {
                id: Bytes::copy_from_slice(id.bytes()),
                trace_id: Bytes::copy_from_slice(trace_id.bytes()),
            };
            (Kind::SpanDeleted, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    match kind {
        Kind::SpanRecorded => {
            let stored = StoredRow::decode(payload).ok()?;
            Some(Event::Recorded(Box::new(RowRecorded {
                id: SpanId::known(uuid(&stored.id)?),
                project_id: ProjectId::known(uuid(&stored.project_id)?),
                trace_id: TraceId::known(uuid(&stored.trace_id)?),
                parent: stored.parent.as_deref().and_then(uuid).map(SpanId::known),
                origin: load_origin(stored.origin)?,
                version: Timestamp::from_nanos(stored.version),
                start_time: Timestamp::from_nanos(stored.start_time),
                fields: load(stored.fields),
                estimate: stored.estimate.and_then(load_estimate),
            })))
        }
        Kind::SpanPatched => {
            let stored = StoredPatch::decode(payload).ok()?;
            Some(Event::Patched(Box::new(Patched {
                id: SpanId::known(uuid(&stored.id)?),
                project_id: ProjectId::known(uuid(&stored.project_id)?),
                trace_id: TraceId::known(uuid(&stored.trace_id)?),
                parent: stored.parent.as_deref().and_then(uuid).map(SpanId::known),
                version: Timestamp::from_nanos(stored.version),
                fields: load(stored.fields),
                tag_edits: TagEdits { added: stored.tags_added, removed: stored.tags_removed },
                estimate: stored.estimate.and_then(load_estimate),
            })))
        }
        _ => {
            let stored = StoredDeletion::decode(payload).ok()?;
            Some(Event::Deleted {
                id: SpanId::known(uuid(&stored.id)?),
                trace_id: TraceId::known(uuid(&stored.trace_id)?),
            })
        }
    }
}

/// The fields, and of their bodies those that are too large to be copied.
fn store(fields: &Fields<Json>) -> (StoredFields, Vec<Large>) {
    let body = |json: &Option<Json>| json.as_ref().map(|json| json.bytes().clone());
    let [mut input, mut output, mut metadata] = [&fields.input, &fields.output, &fields.metadata].map(body);
    let large = pieces::take_large([&mut input, &mut output, &mut metadata]);
    let stored = StoredFields {
        input,
        output,
        metadata,
        tags: fields.tags.clone().map(|tags| StoredTags { tags }),
        name: fields.name.clone(),
        end_time: fields.end_time.map(Timestamp::as_nanos),
        error: fields.error.as_ref().map(store_error),
        ttft: fields.ttft,
        source: fields.source.clone(),
        environment: fields.environment.clone(),
        kind: fields.kind.map(store_kind),
        model: fields.model.clone(),
        provider: fields.provider.clone(),
        usage: fields.usage.clone().map(|values| StoredUsage { values }),
        cost: fields.cost.map(|cost| cost.to_string()),
    };
    (stored, large)
}

fn load(stored: StoredFields) -> Fields<Json> {
    Fields {
        input: stored.input.map(Json::stored),
        output: stored.output.map(Json::stored),
        metadata: stored.metadata.map(Json::stored),
        tags: stored.tags.map(|stored| stored.tags),
        name: stored.name,
        end_time: stored.end_time.map(Timestamp::from_nanos),
        error: stored.error.map(load_error),
        ttft: stored.ttft,
        source: stored.source,
        environment: stored.environment,
        kind: stored.kind.and_then(load_kind),
        model: stored.model,
        provider: stored.provider,
        usage: stored.usage.map(|usage| usage.values),
        cost: stored.cost.and_then(|cost| cost.parse::<Decimal>().ok()),
    }
}

const fn store_kind(kind: SpanKind) -> u32 {
    match kind {
        SpanKind::General => 1,
        SpanKind::Tool => 2,
        SpanKind::Llm => 3,
        SpanKind::Guardrail => 4,
    }
}

const fn load_kind(stored: u32) -> Option<SpanKind> {
    match stored {
        1 => Some(SpanKind::General),
        2 => Some(SpanKind::Tool),
        3 => Some(SpanKind::Llm),
        4 => Some(SpanKind::Guardrail),
        _ => None,
    }
}
