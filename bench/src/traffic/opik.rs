//! Traces as the batches that an Opik client sends over REST.

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Kind, Span, Trace};

#[derive(Serialize)]
struct Traces<'a> {
    traces: Vec<TraceRow<'a>>,
}

#[derive(Serialize)]
struct Spans<'a> {
    spans: Vec<SpanRow<'a>>,
}

#[derive(Serialize)]
struct TraceRow<'a> {
    id: Uuid,
    project_name: &'a str,
    name: &'a str,
    start_time: String,
    end_time: String,
    input: &'a RawValue,
    output: &'a RawValue,
    thread_id: &'a str,
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    user: &'a str,
}

#[derive(Serialize)]
struct SpanRow<'a> {
    id: Uuid,
    trace_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<Uuid>,
    project_name: &'a str,
    name: &'a str,
    r#type: &'a str,
    start_time: String,
    end_time: String,
    input: &'a RawValue,
    output: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_info: Option<ErrorInfo>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the wire")]
struct Usage {
    prompt_tokens: u32,
    completion_tokens: u32,
    total_tokens: u32,
}

#[derive(Serialize)]
struct ErrorInfo {
    exception_type: &'static str,
    message: &'static str,
    traceback: &'static str,
}

const FAILURE: ErrorInfo = ErrorInfo {
    exception_type: "TimeoutError",
    message: "the step took too long",
    traceback: "Traceback (most recent call last):\n  File \"agent.py\", line 12",
};

/// The bodies for `traces/batch` and `spans/batch`.
pub fn encode(traces: &[Trace], project: &str) -> serde_json::Result<(Vec<u8>, Vec<u8>)> {
    let rows: Result<Vec<_>, _> =
        traces.iter().filter_map(|trace| Some(trace_of(trace, trace.spans.first()?, project))).collect();
    let spans: Result<Vec<_>, _> = traces
        .iter()
        .flat_map(|trace| trace.spans.iter().enumerate().map(|(at, span)| span_of(trace, at, span, project)))
        .collect();
    Ok((serde_json::to_vec(&Traces { traces: rows? })?, serde_json::to_vec(&Spans { spans: spans? })?))
}

fn trace_of<'a>(trace: &'a Trace, root: &'a Span, project: &'a str) -> serde_json::Result<TraceRow<'a>> {
    Ok(TraceRow {
        id: Uuid::from_bytes(trace.id),
        project_name: project,
        name: root.name,
        start_time: time(root.begin_nanos),
        end_time: time(root.end_nanos),
        input: serde_json::from_str(&root.input)?,
        output: serde_json::from_str(&root.output)?,
        thread_id: &trace.session,
        metadata: Metadata { user: &trace.user },
    })
}

fn span_of<'a>(
    trace: &'a Trace,
    at: usize,
    span: &'a Span,
    project: &'a str,
) -> serde_json::Result<SpanRow<'a>> {
    let call = span.call.as_ref();
    Ok(SpanRow {
        id: id(trace, at),
        trace_id: Uuid::from_bytes(trace.id),
        parent_span_id: (at > 0).then(|| id(trace, 0)),
        project_name: project,
        name: span.name,
        r#type: kind(span.kind),
        start_time: time(span.begin_nanos),
        end_time: time(span.end_nanos),
        input: serde_json::from_str(&span.input)?,
        output: serde_json::from_str(&span.output)?,
        model: call.map(|call| call.model.name),
        provider: call.map(|call| call.model.provider),
        usage: call.map(|call| Usage {
            prompt_tokens: call.input_tokens,
            completion_tokens: call.output_tokens,
            total_tokens: call.input_tokens + call.output_tokens,
        }),
        error_info: span.failed.then_some(FAILURE),
    })
}

/// The trace's id with the number of the span in it: a version 7 id as well, and unique.
pub fn id(trace: &Trace, at: usize) -> Uuid {
    Uuid::from_u128(u128::from_be_bytes(trace.id) ^ (at as u128 + 1))
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Llm => "llm",
        Kind::Tool => "tool",
        Kind::Agent | Kind::Chain | Kind::Retriever => "general",
    }
}

/// RFC 3339 in UTC.
fn time(nanos: u64) -> String {
    DateTime::from_timestamp_nanos(nanos.cast_signed()).to_rfc3339_opts(SecondsFormat::Millis, true)
}
