//! The mapping seen from outside: requests in, spans out.

mod conventions;
mod grpc;
mod http;
mod spans;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write;

use cairn_core::command::ProjectRef;
use cairn_core::otel;
use expect_test::Expect;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use serde_json::Value;

const START: u64 = 1_700_000_000_123_456_789;

/// A root span with the entries of an object as its attributes.
fn span(name: &str, attributes: Value) -> Span {
    Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        name: name.to_owned(),
        start_time_unix_nano: START,
        end_time_unix_nano: START + 1_500_000_000,
        attributes: key_values(attributes),
        ..Span::default()
    }
}

fn event(name: &str, attributes: Value) -> Event {
    Event {
        name: name.to_owned(),
        time_unix_nano: START + 1,
        attributes: key_values(attributes),
        ..Event::default()
    }
}

fn key_values(object: Value) -> Vec<KeyValue> {
    let Value::Object(entries) = object else { panic!("attributes must be an object") };
    // Whether serde_json keeps the order depends on the features of the whole build.
    let entries: BTreeMap<String, Value> = entries.into_iter().collect();
    let entry = |(key, value)| KeyValue { key, value: Some(any(value)), ..KeyValue::default() };
    entries.into_iter().map(entry).collect()
}

fn any(value: Value) -> AnyValue {
    let value = match value {
        Value::Null => return AnyValue::default(),
        Value::Bool(flag) => Any::BoolValue(flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Any::IntValue(whole),
            None => Any::DoubleValue(number.as_f64().unwrap()),
        },
        Value::String(text) => Any::StringValue(text),
        Value::Array(items) => Any::ArrayValue(ArrayValue { values: items.into_iter().map(any).collect() }),
        object @ Value::Object(_) => Any::KvlistValue(KeyValueList { values: key_values(object) }),
    };
    AnyValue { value: Some(value) }
}

fn request(scope: &str, spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope = Some(InstrumentationScope { name: scope.to_owned(), ..InstrumentationScope::default() });
    let scope_spans = vec![ScopeSpans { scope, spans, ..ScopeSpans::default() }];
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
    }
}

fn mapped(scope: &str, span: Span) -> otel::Span {
    let mapped = super::map(request(scope, vec![span]), ProjectRef::Default);
    assert_eq!(mapped.reasons, Vec::<String>::new());
    mapped.batch.spans.into_iter().next().unwrap()
}

fn check(scope: &str, span: Span, expected: Expect) {
    expected.assert_eq(&show(&mapped(scope, span)));
}

/// What a span says, one line a field.
fn show(span: &otel::Span) -> String {
    let fields = &span.fields;
    let mut out = String::new();
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            writeln!(out, "{name} {value}").unwrap();
        }
    };
    line("kind", fields.kind.map(|kind| kind.name().to_owned()));
    line("model", fields.model.clone());
    line("provider", fields.provider.clone());
    line("usage", fields.usage.as_ref().map(|usage| format!("{usage:?}")));
    line("cost", fields.cost.map(|cost| cost.to_string()));
    line("thread", span.thread_id.clone());
    line("tags", fields.tags.as_ref().map(|tags| tags.join(" | ")));
    line("error", fields.error.as_ref().map(|error| format!("{error:?}")));
    line("input", fields.input.as_ref().map(|json| json.as_str().to_owned()));
    line("output", fields.output.as_ref().map(|json| json.as_str().to_owned()));
    line("metadata", fields.metadata.as_ref().map(|json| json.as_str().to_owned()));
    out
}
