//! Traces as an OTLP request in protobuf, with the attributes of `OpenInference`, which every peer reads.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span as OtlpSpan, Status};
use prost::Message;

use super::{Kind, Span, Trace};

/// The request's bytes. Peers take the project from the resource.
pub fn encode(traces: &[Trace], project: &str) -> Vec<u8> {
    let spans = traces.iter().flat_map(|trace| trace.spans.iter().map(|span| span_of(trace, span))).collect();
    let scope = InstrumentationScope { name: "cairn-bench".to_owned(), ..InstrumentationScope::default() };
    let resource = Resource {
        attributes: vec![text("service.name", project), text("openinference.project.name", project)],
        ..Resource::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource),
            scope_spans: vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }],
            ..ResourceSpans::default()
        }],
    }
    .encode_to_vec()
}

fn span_of(trace: &Trace, span: &Span) -> OtlpSpan {
    let parent = trace.spans.first().map(|root| root.id).filter(|root| *root != span.id);
    let mut attributes = vec![
        text("openinference.span.kind", kind(span.kind)),
        text("input.value", &span.input),
        text("input.mime_type", "application/json"),
        text("output.value", &span.output),
        text("output.mime_type", "application/json"),
        text("session.id", &trace.session),
        text("user.id", &trace.user),
    ];
    if let Some(call) = &span.call {
        attributes.push(text("llm.model_name", call.model.name));
        attributes.push(text("llm.provider", call.model.provider));
        attributes.push(number("llm.token_count.prompt", call.input_tokens));
        attributes.push(number("llm.token_count.completion", call.output_tokens));
        attributes.push(number("llm.token_count.total", call.input_tokens + call.output_tokens));
    }
    OtlpSpan {
        trace_id: trace.id.to_vec(),
        span_id: span.id.to_vec(),
        parent_span_id: parent.map(|id| id.to_vec()).unwrap_or_default(),
        name: span.name.to_owned(),
        start_time_unix_nano: span.begin_nanos,
        end_time_unix_nano: span.end_nanos,
        attributes,
        events: span.failed.then(|| exception(span)).into_iter().collect(),
        status: Some(status(span)),
        ..OtlpSpan::default()
    }
}

fn status(span: &Span) -> Status {
    if span.failed {
        return Status { code: StatusCode::Error.into(), message: "the step failed".to_owned() };
    }
    Status { code: StatusCode::Ok.into(), ..Status::default() }
}

fn exception(span: &Span) -> Event {
    Event {
        time_unix_nano: span.end_nanos,
        name: "exception".to_owned(),
        attributes: vec![
            text("exception.type", "TimeoutError"),
            text("exception.message", "the step took too long"),
            text("exception.stacktrace", "Traceback (most recent call last):\n  File \"agent.py\", line 12"),
        ],
        ..Event::default()
    }
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Agent => "AGENT",
        Kind::Chain => "CHAIN",
        Kind::Llm => "LLM",
        Kind::Retriever => "RETRIEVER",
        Kind::Tool => "TOOL",
    }
}

fn text(key: &str, text: &str) -> KeyValue {
    pair(key, Value::StringValue(text.to_owned()))
}

fn number(key: &str, number: u32) -> KeyValue {
    pair(key, Value::IntValue(number.into()))
}

fn pair(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

#[cfg(test)]
mod tests {
    use crate::traffic::{SPANS_PER_TRACE, Trace, Traffic};

    #[test]
    fn a_span_is_about_as_long_on_the_wire_as_was_meant() {
        let traffic = Traffic::new(7);
        let traces: Vec<Trace> = (0..64).map(|number| traffic.trace(number)).collect();
        let bytes = super::encode(&traces, "bench").len() as u64 / (64 * SPANS_PER_TRACE);
        assert!((2_000..2_400).contains(&bytes), "{bytes} bytes a span");
    }
}
