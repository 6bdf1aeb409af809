//! Items made of traces and spans: which ones, and what they take along beside what went in and what came out.

use crate::command::check_batch;
use crate::datasets::DatasetRef;
use crate::datasets::items::{About, Origin, Policy};
use crate::ids::{SpanId, TraceId};
use crate::rejection::Rejection;

/// What an item takes along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "options as clients give them, each by itself")]
pub struct Enrichment {
    /// Of a trace; a span has none of its own.
    pub spans: bool,
    pub tags: bool,
    pub feedback_scores: bool,
    pub usage: bool,
    pub metadata: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sources {
    Traces(Vec<TraceId>),
    Spans(Vec<SpanId>),
}

/// One item is made of each source.
#[derive(Clone, Debug)]
pub struct Derivation {
    pub dataset: DatasetRef,
    pub sources: Sources,
    pub enrichment: Enrichment,
    /// A JSON array that each item carries.
    pub evaluators: Option<String>,
    pub policy: Option<Policy>,
}

impl Derivation {
    pub fn check(&self) -> Result<(), Rejection> {
        match &self.sources {
            Sources::Traces(ids) => check_batch("traceIds", ids.len()),
            Sources::Spans(ids) => check_batch("spanIds", ids.len()),
        }
    }

    pub fn about(&self, trace: TraceId, span: Option<SpanId>) -> About {
        About {
            origin: if span.is_some() { Origin::Span } else { Origin::Trace },
            trace_id: Some(trace.uuid()),
            span_id: span.map(SpanId::uuid),
            description: None,
            tags: Vec::new(),
            evaluators: self.evaluators.clone(),
            policy: self.policy,
        }
    }
}

pub fn trace_not_found(id: TraceId) -> Rejection {
    Rejection::not_found(format!("Trace id: {id} not found"))
}

pub fn span_not_found(id: SpanId) -> Rejection {
    Rejection::not_found(format!("Span id: {id} not found"))
}
