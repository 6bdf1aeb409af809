//! OTLP as JSON, read into the messages of protobuf: both spellings of names, numbers as text, ids as hex or base64.
//! Only what the mapping reads is taken; everything else is ignored.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_PAD_INDIFFERENT, URL_SAFE_PAD_INDIFFERENT};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1 as common;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1 as trace;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde::{Deserialize, Deserializer};

const TRACE_ID_BYTES: usize = 16;
const SPAN_ID_BYTES: usize = 8;

pub(super) fn read(body: &[u8]) -> Result<ExportTraceServiceRequest, serde_json::Error> {
    serde_json::from_slice::<Request>(body).map(Into::into)
}

/// In the JSON of protobuf, null stands for the default.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default, alias = "resource_spans", deserialize_with = "or_default")]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans {
    #[serde(default, alias = "scope_spans", deserialize_with = "or_default")]
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Deserialize)]
struct ScopeSpans {
    scope: Option<Scope>,
    #[serde(default, deserialize_with = "or_default")]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Scope {
    #[serde(default, deserialize_with = "or_default")]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Span {
    #[serde(default, alias = "trace_id", deserialize_with = "or_default")]
    trace_id: String,
    #[serde(default, rename = "spanId", alias = "span_id", deserialize_with = "or_default")]
    id: String,
    #[serde(default, alias = "parent_span_id", deserialize_with = "or_default")]
    parent_span_id: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, alias = "start_time_unix_nano", deserialize_with = "or_default")]
    start_time_unix_nano: Number<u64>,
    #[serde(default, alias = "end_time_unix_nano", deserialize_with = "or_default")]
    end_time_unix_nano: Number<u64>,
    #[serde(default, deserialize_with = "or_default")]
    attributes: Vec<KeyValue>,
    #[serde(default, deserialize_with = "or_default")]
    events: Vec<Event>,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default, alias = "time_unix_nano", deserialize_with = "or_default")]
    time_unix_nano: Number<u64>,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    attributes: Vec<KeyValue>,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    code: Option<Code>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Number(i32),
    Text(String),
}

#[derive(Deserialize)]
struct KeyValue {
    #[serde(default, deserialize_with = "or_default")]
    key: String,
    value: Option<AnyValue>,
}

#[derive(Deserialize)]
struct AnyValue {
    #[serde(rename = "stringValue", alias = "string_value")]
    text: Option<String>,
    #[serde(rename = "boolValue", alias = "bool_value")]
    flag: Option<bool>,
    #[serde(rename = "intValue", alias = "int_value")]
    whole: Option<Number<i64>>,
    #[serde(rename = "doubleValue", alias = "double_value")]
    float: Option<Number<f64>>,
    #[serde(rename = "arrayValue", alias = "array_value")]
    array: Option<Values<Self>>,
    #[serde(rename = "kvlistValue", alias = "kvlist_value")]
    object: Option<Values<KeyValue>>,
    #[serde(rename = "bytesValue", alias = "bytes_value")]
    bytes: Option<Base64>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Values<T> {
    #[serde(default, deserialize_with = "or_default")]
    values: Vec<T>,
}

/// A number, or the text of one, as 64-bit numbers are written.
#[derive(Clone, Copy, Default)]
struct Number<T>(T);

impl<'de, T: Deserialize<'de> + std::str::FromStr> Deserialize<'de> for Number<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<T> {
            Number(T),
            Text(String),
        }
        match Either::deserialize(from)? {
            Either::Number(number) => Ok(Self(number)),
            Either::Text(text) => text
                .parse()
                .map(Self)
                .map_err(|_| serde::de::Error::custom(format!("`{text}` is not a number of the right type"))),
        }
    }
}

struct Base64(Vec<u8>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        base64(&text).map(Self).ok_or_else(|| serde::de::Error::custom("bytes must be written in base64"))
    }
}

fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD_PAD_INDIFFERENT.decode(text).or_else(|_| URL_SAFE_PAD_INDIFFERENT.decode(text)).ok()
}

/// Which of the two an id is written in is told by its length. One that cannot be read becomes one that no span may
/// have, so that only its span is refused.
fn id<const BYTES: usize>(text: &str) -> Vec<u8> {
    const UNREADABLE: u8 = 1;
    let bytes = match text.len() {
        0 => return Vec::new(),
        length if length == BYTES * 2 => hex::decode(text).ok(),
        _ => base64(text),
    };
    bytes.unwrap_or_else(|| vec![UNREADABLE])
}

impl From<Request> for ExportTraceServiceRequest {
    fn from(request: Request) -> Self {
        Self { resource_spans: request.resource_spans.into_iter().map(Into::into).collect() }
    }
}

impl From<ResourceSpans> for trace::ResourceSpans {
    fn from(resource: ResourceSpans) -> Self {
        Self { scope_spans: resource.scope_spans.into_iter().map(Into::into).collect(), ..Self::default() }
    }
}

impl From<ScopeSpans> for trace::ScopeSpans {
    fn from(scope: ScopeSpans) -> Self {
        let named = |scope: Scope| common::InstrumentationScope { name: scope.name, ..Default::default() };
        Self {
            scope: scope.scope.map(named),
            spans: scope.spans.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

impl From<Span> for trace::Span {
    fn from(span: Span) -> Self {
        Self {
            trace_id: id::<TRACE_ID_BYTES>(&span.trace_id),
            span_id: id::<SPAN_ID_BYTES>(&span.id),
            parent_span_id: id::<SPAN_ID_BYTES>(&span.parent_span_id),
            name: span.name,
            start_time_unix_nano: span.start_time_unix_nano.0,
            end_time_unix_nano: span.end_time_unix_nano.0,
            attributes: key_values(span.attributes),
            events: span.events.into_iter().map(Into::into).collect(),
            status: span.status.map(Into::into),
            ..Self::default()
        }
    }
}

impl From<Event> for trace::span::Event {
    fn from(event: Event) -> Self {
        Self {
            time_unix_nano: event.time_unix_nano.0,
            name: event.name,
            attributes: key_values(event.attributes),
            ..Self::default()
        }
    }
}

impl From<Status> for trace::Status {
    fn from(status: Status) -> Self {
        let code = match status.code {
            None => 0,
            Some(Code::Number(number)) => number,
            Some(Code::Text(name)) => StatusCode::from_str_name(&name).map_or(0, |code| code as i32),
        };
        Self { message: status.message, code }
    }
}

fn key_values(entries: Vec<KeyValue>) -> Vec<common::KeyValue> {
    let entry = |entry: KeyValue| common::KeyValue {
        key: entry.key,
        value: entry.value.map(Into::into),
        ..common::KeyValue::default()
    };
    entries.into_iter().map(entry).collect()
}

impl From<AnyValue> for common::AnyValue {
    fn from(any: AnyValue) -> Self {
        let array = |list: Values<AnyValue>| {
            Value::ArrayValue(common::ArrayValue {
                values: list.values.into_iter().map(Into::into).collect(),
            })
        };
        let object = |list: Values<KeyValue>| {
            Value::KvlistValue(common::KeyValueList { values: key_values(list.values) })
        };
        let value = any
            .text
            .map(Value::StringValue)
            .or_else(|| any.flag.map(Value::BoolValue))
            .or_else(|| any.whole.map(|number| Value::IntValue(number.0)))
            .or_else(|| any.float.map(|number| Value::DoubleValue(number.0)))
            .or_else(|| any.array.map(array))
            .or_else(|| any.object.map(object))
            .or_else(|| any.bytes.map(|bytes| Value::BytesValue(bytes.0)));
        Self { value }
    }
}
