//! Ids of OpenTelemetry as ids of Cairn, the same in every batch. How attributes are read is the exporter's face.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::access::{Needs, TraceWrite};
use crate::command::ProjectRef;
use crate::ids::{ProjectId, SpanId, TraceId, uuid_v7};
use crate::json::Json;
use crate::limits::OTLP_SPANS_MAX;
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::{spans, traces};

pub type OtelTraceId = [u8; 16];
pub type OtelSpanId = [u8; 8];

/// What one exporter sent for one project.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub project: ProjectRef,
    pub spans: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub trace_id: OtelTraceId,
    pub span_id: OtelSpanId,
    pub parent: Option<OtelSpanId>,
    pub overrides: Overrides,
    pub start_time: Timestamp,
    pub fields: spans::Fields<Json>,
    /// What the trace takes over if this span has no parent.
    pub thread_id: Option<String>,
}

/// Ids that the application chose, so that the span joins a trace made elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    pub trace_id: Option<TraceId>,
    pub span_id: Option<SpanId>,
    /// Counts only together with a trace.
    pub parent: Option<SpanId>,
}

impl Needs for Batch {
    type Permission = TraceWrite;
}

impl Batch {
    pub fn check(&self) -> Result<(), Rejection> {
        if self.spans.len() > OTLP_SPANS_MAX {
            return Err(Rejection::invalid(format!(
                "a request may hold {OTLP_SPANS_MAX} spans at most, this one has {}",
                self.spans.len()
            ))
            .hint("lower the batch size of the exporter"));
        }
        Ok(())
    }

    /// Usage of a span whose children in this batch have usage of their own would be counted twice: drop it.
    pub fn drop_repeated_usage(&mut self) {
        let parents: HashSet<_> = self
            .spans
            .iter()
            .filter(|span| span.fields.usage.as_ref().is_some_and(|usage| !usage.is_empty()))
            .filter_map(|span| Some((span.trace_id, span.parent?)))
            .collect();
        for span in &mut self.spans {
            if parents.contains(&(span.trace_id, span.span_id)) {
                span.fields.usage = None;
            }
        }
    }

    /// The earliest start of each trace in this batch, in the order of their first spans.
    pub fn earliest_starts(&self) -> Vec<(OtelTraceId, Timestamp)> {
        let mut places: HashMap<OtelTraceId, usize> = HashMap::new();
        let mut starts: Vec<(OtelTraceId, Timestamp)> = Vec::new();
        for span in self.spans.iter().filter(|span| span.overrides.trace_id.is_none()) {
            let place = *places.entry(span.trace_id).or_insert_with(|| {
                starts.push((span.trace_id, span.start_time));
                starts.len() - 1
            });
            if let Some((_, start)) = starts.get_mut(place) {
                *start = (*start).min(span.start_time);
            }
        }
        starts
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A trace of an exporter was met for the first time in a project: from now on it has this id.
    TraceMet { otel_id: OtelTraceId, project_id: ProjectId, trace_id: TraceId },
}

pub fn trace_id(otel_id: OtelTraceId, earliest_start: Timestamp) -> TraceId {
    TraceId::known(uuid_v7(earliest_start, digest(&otel_id)))
}

/// A span's id follows from its trace's, so that a parent's is known before the parent arrives.
pub fn span_id(otel_id: OtelSpanId, trace_id: TraceId) -> SpanId {
    SpanId::known(uuid_v7(time_of(trace_id.uuid()), digest(&otel_id)))
}

impl Span {
    pub fn is_root(&self) -> bool {
        self.parent.is_none() && self.overrides.trace_id.is_none()
    }

    pub fn parent_in(&self, trace_id: TraceId) -> Option<SpanId> {
        let chosen = self.overrides.parent.filter(|_| self.overrides.trace_id.is_some());
        chosen.or_else(|| self.parent.map(|parent| span_id(parent, trace_id)))
    }

    /// The fields of the trace that a root span stands for.
    pub fn trace_fields(&self) -> traces::Fields<Json> {
        let span = &self.fields;
        traces::Fields {
            input: span.input.clone(),
            output: span.output.clone(),
            metadata: span.metadata.clone(),
            tags: span.tags.clone(),
            name: span.name.clone(),
            end_time: span.end_time,
            error: span.error.clone(),
            thread_id: self.thread_id.clone(),
            ttft: span.ttft,
            source: span.source.clone(),
            environment: span.environment.clone(),
        }
    }
}

fn digest(bytes: &[u8]) -> [u8; 10] {
    let hash = Sha256::digest(bytes);
    let mut rest = [0; 10];
    rest.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    rest
}

/// The time that a version 7 id carries.
pub fn time_of(id: Uuid) -> Timestamp {
    Timestamp::from_millis(i64::try_from(id.as_u128() >> 80).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_the_trace_and_its_first_start_only() {
        let start = Timestamp::from_millis(1_700_000_000_123);
        let trace = trace_id([1; 16], start);
        assert_eq!(trace, trace_id([1; 16], start));
        assert_eq!(trace.uuid().get_version_num(), 7);
        assert_eq!(time_of(trace.uuid()), start);
        let span = span_id([2; 8], trace);
        assert_eq!(time_of(span.uuid()), start);
        assert_ne!(span, span_id([3; 8], trace));
    }

    #[test]
    fn a_parent_override_needs_a_trace_override() {
        let chosen = SpanId::known(Uuid::from_u128(9));
        let mut span = Span {
            trace_id: [1; 16],
            span_id: [2; 8],
            parent: None,
            overrides: Overrides { parent: Some(chosen), ..Overrides::default() },
            start_time: Timestamp::EPOCH,
            fields: spans::Fields::default(),
            thread_id: None,
        };
        let trace = TraceId::known(Uuid::from_u128(1));
        assert_eq!(span.parent_in(trace), None);
        assert!(span.is_root());
        span.overrides.trace_id = Some(trace);
        assert_eq!(span.parent_in(trace), Some(chosen));
        assert!(!span.is_root());
    }
}
