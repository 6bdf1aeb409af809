//! Dataset items made from traces and spans: what went in, what came out, and what else is asked for.

use axum::extract::State;
use axum::http::StatusCode;
use cairn_core::access::{DatasetWrite, TraceRead};
use cairn_core::datasets::DatasetRef;
use cairn_core::datasets::derived::{Derivation, Enrichment, Sources};
use cairn_core::datasets::items::Policy;
use cairn_core::ids::{DatasetId, SpanId, TraceId};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::input::PolicyIn;
use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::routes::Server;
use crate::wire;

#[derive(Deserialize)]
struct DerivedIn {
    #[serde(alias = "traceIds")]
    trace_ids: Option<Vec<Uuid>>,
    #[serde(alias = "spanIds")]
    span_ids: Option<Vec<Uuid>>,
    #[serde(default, alias = "enrichmentOptions")]
    enrichment_options: EnrichmentIn,
    evaluators: Option<Box<RawValue>>,
    #[serde(alias = "executionPolicy")]
    execution_policy: Option<PolicyIn>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "options as clients send them, each by itself")]
struct EnrichmentIn {
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

impl From<EnrichmentIn> for Enrichment {
    fn from(options: EnrichmentIn) -> Self {
        Self {
            spans: options.include_spans,
            tags: options.include_tags,
            feedback_scores: options.include_feedback_scores,
            usage: options.include_usage,
            metadata: options.include_metadata,
        }
    }
}

pub(crate) async fn from_traces(
    server: State<Server>,
    granted: (Granted<DatasetWrite>, Granted<TraceRead>),
    id: Id,
    body: Body,
) -> Answer<StatusCode> {
    let sources = |asked: &mut DerivedIn| {
        let ids = asked.trace_ids.take().unwrap_or_default();
        Sources::Traces(ids.into_iter().map(TraceId::known).collect())
    };
    derive(server, granted, id, body, sources).await
}

pub(crate) async fn from_spans(
    server: State<Server>,
    granted: (Granted<DatasetWrite>, Granted<TraceRead>),
    id: Id,
    body: Body,
) -> Answer<StatusCode> {
    let sources = |asked: &mut DerivedIn| {
        let ids = asked.span_ids.take().unwrap_or_default();
        Sources::Spans(ids.into_iter().map(SpanId::known).collect())
    };
    derive(server, granted, id, body, sources).await
}

async fn derive(
    State(server): State<Server>,
    (Granted(grant), Granted(reads)): (Granted<DatasetWrite>, Granted<TraceRead>),
    Id(id): Id,
    body: Body,
    sources: fn(&mut DerivedIn) -> Sources,
) -> Answer<StatusCode> {
    let mut asked: DerivedIn = body.read(wire::plain).await?;
    let derivation = Derivation {
        dataset: DatasetRef::Id(DatasetId::known(id)),
        sources: sources(&mut asked),
        enrichment: asked.enrichment_options.into(),
        evaluators: asked.evaluators.map(|raw| raw.get().to_owned()),
        policy: asked.execution_policy.map(Policy::from),
    };
    server.handles.derive_items(&grant, &reads, derivation).await?;
    Ok(StatusCode::NO_CONTENT)
}
