//! Dataset items made from traces and spans: what went in, what came out, and what else is asked for.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use cairn_actors::failure::Failure;
use cairn_core::access::{DatasetWrite, TraceRead};
use cairn_core::command::check_batch;
use cairn_core::datasets::items::{About, ItemWrite, Origin, Policy};
use cairn_core::datasets::{Command, DatasetRef};
use cairn_core::ids::{DatasetId, SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::limits::BATCH_ITEMS_MAX;
use cairn_core::merge::BodyRef;
use cairn_core::rejection::Rejection;
use cairn_storage::reader::Reader;
use cairn_storage::view::Part;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::input::PolicyIn;
use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::feedback::ScoreOut;
use crate::routes::Server;
use crate::wire::{self, BodyOut};

#[derive(Deserialize)]
struct DerivedIn {
    #[serde(alias = "traceIds")]
    trace_ids: Option<Vec<Uuid>>,
    #[serde(alias = "spanIds")]
    span_ids: Option<Vec<Uuid>>,
    #[serde(default, alias = "enrichmentOptions")]
    enrichment_options: Enrichment,
    evaluators: Option<Box<RawValue>>,
    #[serde(alias = "executionPolicy")]
    execution_policy: Option<PolicyIn>,
}

/// What an item takes along.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "options as clients send them, each by itself")]
struct Enrichment {
    #[serde(alias = "includeSpans")]
    include_spans: bool,
    #[serde(alias = "includeTags")]
    include_tags: bool,
    #[serde(alias = "includeFeedbackScores")]
    include_feedback_scores: bool,
    #[serde(alias = "includeUsage")]
    include_usage: bool,
    #[serde(alias = "includeMetadata")]
    include_metadata: bool,
}

#[derive(Serialize)]
struct DataOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_output: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_scores: Option<Vec<ScoreOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spans: Option<Vec<SpanOut>>,
}

#[derive(Serialize)]
struct SpanOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<BodyOut>,
}

pub(crate) async fn from_traces(
    server: State<Server>,
    granted: (Granted<DatasetWrite>, Granted<TraceRead>),
    id: Id,
    body: Body,
) -> Answer<StatusCode> {
    derive(server, granted, id, body, Origin::Trace).await
}

pub(crate) async fn from_spans(
    server: State<Server>,
    granted: (Granted<DatasetWrite>, Granted<TraceRead>),
    id: Id,
    body: Body,
) -> Answer<StatusCode> {
    derive(server, granted, id, body, Origin::Span).await
}

async fn derive(
    State(server): State<Server>,
    (Granted(grant), Granted(reads)): (Granted<DatasetWrite>, Granted<TraceRead>),
    Id(id): Id,
    body: Body,
    origin: Origin,
) -> Answer<StatusCode> {
    let asked: DerivedIn = body.read(wire::plain).await?;
    let (field, ids) = match origin {
        Origin::Span => ("spanIds", asked.span_ids),
        _ => ("traceIds", asked.trace_ids),
    };
    let ids = ids.unwrap_or_default();
    check_batch(field, ids.len())?;
    let enrichment = asked.enrichment_options;
    let evaluators = asked.evaluators.map(|raw| raw.get().to_owned());
    let policy = asked.execution_policy.map(Policy::from);
    let items = server.handles.read(&reads, move |reader| {
        let mut items = Vec::with_capacity(ids.len().min(BATCH_ITEMS_MAX));
        for id in ids {
            let (data, trace_id, span_id) = match origin {
                Origin::Span => of_span(reader, SpanId::known(id), enrichment)?,
                _ => of_trace(reader, TraceId::known(id), enrichment)?,
            };
            let about = About {
                origin,
                trace_id: Some(trace_id),
                span_id,
                description: None,
                tags: Vec::new(),
                evaluators: evaluators.clone(),
                policy,
            };
            items.push(ItemWrite { id: None, data, about });
        }
        Ok(items)
    });
    let items = items.await?;
    let dataset = DatasetRef::Id(DatasetId::known(id));
    let command = Command::PutItems { dataset, items, group: None, copy_from: None };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn of_trace(reader: &Reader, id: TraceId, wanted: Enrichment) -> Result<(Json, Uuid, Option<Uuid>), Failure> {
    let missing = || Rejection::not_found(format!("Trace id: {id} not found"));
    let trace = reader.trace(id)?.ok_or_else(missing)?;
    let spans = if wanted.include_spans { Some(spans_of(reader, id)?) } else { None };
    let metadata = trace.fields.metadata.as_ref().filter(|_| wanted.include_metadata);
    let data = DataOut {
        input: body(reader, Part::Input, trace.fields.input.as_ref())?,
        expected_output: body(reader, Part::Output, trace.fields.output.as_ref())?,
        metadata: body(reader, Part::Metadata, metadata)?,
        tags: trace.fields.tags.filter(|_| wanted.include_tags),
        feedback_scores: ScoreOut::all(&trace.scores).filter(|_| wanted.include_feedback_scores),
        usage: Some(trace.sums.usage).filter(|usage| wanted.include_usage && !usage.is_empty()),
        spans,
    };
    Ok((json(&data)?, id.uuid(), None))
}

fn of_span(reader: &Reader, id: SpanId, wanted: Enrichment) -> Result<(Json, Uuid, Option<Uuid>), Failure> {
    let missing = || Rejection::not_found(format!("Span id: {id} not found"));
    let span = reader.span(id)?.ok_or_else(missing)?;
    let metadata = span.fields.metadata.as_ref().filter(|_| wanted.include_metadata);
    let data = DataOut {
        input: body(reader, Part::Input, span.fields.input.as_ref())?,
        expected_output: body(reader, Part::Output, span.fields.output.as_ref())?,
        metadata: body(reader, Part::Metadata, metadata)?,
        tags: span.fields.tags.filter(|_| wanted.include_tags),
        feedback_scores: ScoreOut::all(&span.scores).filter(|_| wanted.include_feedback_scores),
        usage: span.fields.usage.filter(|_| wanted.include_usage),
        spans: None,
    };
    Ok((json(&data)?, span.trace_id.uuid(), Some(id.uuid())))
}

fn spans_of(reader: &Reader, trace: TraceId) -> Result<Vec<SpanOut>, Failure> {
    let spans = reader.spans_of(trace, None, BATCH_ITEMS_MAX)?;
    let shown = spans.into_iter().map(|span| {
        Ok(SpanOut {
            input: body(reader, Part::Input, span.fields.input.as_ref())?,
            output: body(reader, Part::Output, span.fields.output.as_ref())?,
            kind: span.fields.kind.unwrap_or_default().name(),
            name: span.fields.name,
        })
    });
    shown.collect()
}

fn body(reader: &Reader, part: Part, body: Option<&BodyRef>) -> Result<Option<BodyOut>, Failure> {
    let Some(body) = body else { return Ok(None) };
    let json = reader.bodies().read(part, body)?;
    Ok(json.map(|json| BodyOut { json, truncate: false }))
}

fn json(data: &DataOut) -> Result<Json, Failure> {
    let bytes = serde_json::to_vec(data).map_err(|_| Rejection::malformed("Unable to process JSON"))?;
    Ok(Json::stored(Bytes::from(bytes)))
}
