//! One span of OpenTelemetry as one of Cairn. Ids across batches and traces are made in `core::otel`.

use cairn_core::ids::{SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::limits::{NAME_CHARS_MAX, TAG_CHARS_MAX, TAGS_MAX, THREAD_ID_CHARS_MAX};
use cairn_core::otel;
use cairn_core::spans::{Fields, Kind};
use cairn_core::time::Timestamp;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::error::Exceptions;
use super::provider;
use super::rules::{Dialect, OPERATION_ID, Pattern, Rule, Target};
use super::usage::Usage;
use super::value::{Object, scalar, text_of, tree_of, write};

/// Refuses a span that cannot be placed, with the reason.
pub(super) fn map(span: &Span, scope: &str) -> Result<otel::Span, &'static str> {
    let trace_id = id(&span.trace_id).ok_or("its trace id must be 16 bytes, not all zero")?;
    let span_id = id(&span.span_id).ok_or("its span id must be 8 bytes, not all zero")?;
    let parent = match span.parent_span_id.as_slice() {
        none if none.iter().all(|byte| *byte == 0) => None,
        some => Some(id(some).ok_or("its parent span id must be 8 bytes")?),
    };
    let start_time = time(span.start_time_unix_nano).ok_or("it has no start time before the year 2262")?;
    let mut draft = Draft { dialect: Dialect::of(&span.name), ..Draft::default() };
    for attribute in &span.attributes {
        draft.take(attribute);
    }
    draft.take_events(&span.events);
    draft.take_scope(scope);
    let thread_id = draft.thread_id.as_ref().map(|(_, thread)| cut(thread, THREAD_ID_CHARS_MAX));
    let overrides = draft.overrides;
    let mut fields = draft.finish(span.status.as_ref());
    fields.name = (!span.name.is_empty()).then(|| cut(&span.name, NAME_CHARS_MAX));
    fields.end_time = time(span.end_time_unix_nano);
    Ok(otel::Span { trace_id, span_id, parent, overrides, start_time, fields, thread_id })
}

/// The first characters of a text.
pub(super) fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

fn id<const BYTES: usize>(bytes: &[u8]) -> Option<[u8; BYTES]> {
    bytes.try_into().ok().filter(|id: &[u8; BYTES]| id.iter().any(|byte| *byte != 0))
}

/// Zero stands for an unknown time.
fn time(unix_nanos: u64) -> Option<Timestamp> {
    i64::try_from(unix_nanos).ok().filter(|nanos| *nanos > 0).map(Timestamp::from_nanos)
}

/// How well an attribute tells the thread: a session may hold several conversations, and the name that Opik's users give
/// is meant for nothing else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ThreadRank {
    Session,
    Conversation,
    Named,
}

impl ThreadRank {
    fn of(key: &str) -> Self {
        match key {
            "thread_id" => Self::Named,
            "gen_ai.conversation.id" | "ai.telemetry.metadata.threadId" => Self::Conversation,
            _ => Self::Session,
        }
    }
}

/// What is known of a span while its attributes are read.
#[derive(Default)]
struct Draft<'a> {
    dialect: Dialect,
    input: Object<'a>,
    output: Object<'a>,
    metadata: Object<'a>,
    usage: Usage,
    /// What needs no second thought at the end.
    fields: Fields<Json>,
    answering_model: Option<String>,
    provider: Option<String>,
    vendor: Option<String>,
    dotted_provider: Option<String>,
    server_address: Option<String>,
    thread_id: Option<(ThreadRank, String)>,
    suggested_kind: Kind,
    said_kind: Option<Kind>,
    /// Its counts are those of the spans in it, which come in requests of their own.
    repeats_counts: bool,
    exceptions: Exceptions,
    overrides: otel::Overrides,
}

impl<'a> Draft<'a> {
    fn take(&mut self, attribute: &'a KeyValue) {
        let key = attribute.key.as_str();
        let value = attribute.value.as_ref();
        let rule = self.dialect.rule(key);
        if let Some(rule) = rule {
            self.take_kind(rule, value);
            self.repeats_counts |= key == OPERATION_ID && self.said_kind == Some(Kind::General);
        }
        let text = || text_of(value).map(|text| cut(&text, NAME_CHARS_MAX));
        match rule.map_or(self.dialect.otherwise(), |rule| rule.target) {
            Target::Input => self.input.put(key, |out| write(value, out)),
            Target::Output => self.output.put(key, |out| write(value, out)),
            Target::Metadata => self.metadata.put(key, |out| write(value, out)),
            Target::ServerAddress => {
                self.server_address = text();
                self.metadata.put(key, |out| write(value, out));
            }
            Target::Usage => {
                let name = match rule.map(|rule| rule.pattern) {
                    Some(Pattern::Prefix(prefix)) => key.strip_prefix(prefix).unwrap_or(key),
                    _ => key,
                };
                self.take_usage(name, attribute);
            }
            Target::UsageObject => self.take_usage("", attribute),
            Target::Model => self.fields.model = text().or(self.fields.model.take()),
            Target::AnsweringModel => self.answering_model = text().or(self.answering_model.take()),
            Target::Provider => self.provider = text().or(self.provider.take()),
            Target::Vendor => self.vendor = text().or(self.vendor.take()),
            Target::DottedProvider => self.dotted_provider = text().or(self.dotted_provider.take()),
            Target::Cost => self.take_cost(attribute),
            Target::CostObject => self.take_costs(attribute),
            Target::Thread => self.take_thread(attribute),
            Target::Tags => self.fields.tags = Some(tags(&tree_of(value))).filter(|tags| !tags.is_empty()),
            Target::Nothing => self.take_override(attribute),
        }
    }

    /// A tool is the more telling guess of two.
    fn take_kind(&mut self, rule: &Rule, value: Option<&AnyValue>) {
        if let Some(kind) = rule.kind.filter(|_| self.suggested_kind != Kind::Tool) {
            self.suggested_kind = kind;
        }
        if !rule.says.is_empty() {
            let text = text_of(value).unwrap_or_default();
            let said = rule.says.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind);
            self.said_kind = said.or(self.said_kind);
        }
    }

    /// What is no count is kept where people can read it.
    fn take_usage(&mut self, name: &str, attribute: &'a KeyValue) {
        let tree = tree_of(attribute.value.as_ref());
        let readable = !name.is_empty() || tree.is_object();
        if !readable || !self.usage.take(name, &tree) {
            self.metadata.put(&attribute.key, |out| write(attribute.value.as_ref(), out));
        }
    }

    fn take_cost(&mut self, attribute: &'a KeyValue) {
        let value = attribute.value.as_ref();
        self.fields.cost = text_of(value).and_then(|text| text.parse().ok());
        if self.fields.cost.is_none_or(|cost| cost.is_sign_negative()) {
            self.fields.cost = None;
            self.metadata.put(&attribute.key, |out| write(value, out));
        }
    }

    /// Langfuse sends costs as an object; one without a total is only told of.
    fn take_costs(&mut self, attribute: &'a KeyValue) {
        let tree = tree_of(attribute.value.as_ref());
        let total = tree.get("total").and_then(scalar_text).and_then(|text| text.parse::<Decimal>().ok());
        self.fields.cost = total.filter(|total| !total.is_sign_negative()).or(self.fields.cost);
        self.metadata.put(&attribute.key, |out| write(attribute.value.as_ref(), out));
    }

    /// What comes first counts, unless something more telling follows.
    fn take_thread(&mut self, attribute: &'a KeyValue) {
        let rank = ThreadRank::of(&attribute.key);
        if self.thread_id.as_ref().is_none_or(|(known, _)| rank > *known) {
            let thread = text_of(attribute.value.as_ref()).map(|text| (rank, text.into()));
            self.thread_id = thread.or(self.thread_id.take());
        }
    }

    /// An id of another version is ignored, as is anything else that is dropped.
    fn take_override(&mut self, attribute: &KeyValue) {
        let uuid = || text_of(attribute.value.as_ref()).and_then(|text| Uuid::try_parse(&text).ok());
        match attribute.key.as_str() {
            "opik.trace_id" => self.overrides.trace_id = uuid().and_then(|id| TraceId::new(id).ok()),
            "opik.span_id" => self.overrides.span_id = uuid().and_then(|id| SpanId::new(id).ok()),
            "opik.parent_span_id" => self.overrides.parent = uuid().and_then(|id| SpanId::new(id).ok()),
            _ => {}
        }
    }

    fn take_events(&mut self, events: &'a [Event]) {
        let mut kept = Vec::new();
        for event in events {
            if event.name == "exception" {
                self.exceptions.take(&event.attributes);
            }
            if self.dialect == Dialect::ClaudeCode && event.name == "tool.output" {
                self.output.put_all(&event.attributes);
            } else {
                kept.push(event);
            }
        }
        if !kept.is_empty() {
            self.metadata.put("opentelemetry.events", |out| write_events(&kept, out));
        }
    }

    fn take_scope(&mut self, scope: &'a str) {
        if !scope.is_empty() && scope != "logfire" {
            self.metadata.put("integration", |out| scalar(scope, out));
        }
    }

    fn finish(mut self, status: Option<&Status>) -> Fields<Json> {
        if let Some((_, thread)) = &self.thread_id {
            self.metadata.put("thread_id", |out| scalar(thread.as_str(), out));
        }
        let kind = self.said_kind.unwrap_or(self.suggested_kind);
        let provider = match self.dialect {
            Dialect::ClaudeCode => (kind == Kind::Llm).then(|| "anthropic".to_owned()),
            Dialect::Any => provider::name(
                self.dotted_provider,
                self.provider.or(self.vendor),
                self.server_address.as_deref(),
            ),
        };
        Fields {
            input: self.input.finish(),
            output: self.output.finish(),
            metadata: self.metadata.finish(),
            kind: Some(kind),
            error: self.exceptions.finish(status),
            model: self.answering_model.or(self.fields.model),
            usage: self.usage.finish(provider.as_deref()).filter(|_| !self.repeats_counts),
            provider,
            source: Some("sdk".to_owned()),
            ..self.fields
        }
    }
}

fn write_events(events: &[&Event], out: &mut Vec<u8>) {
    for (at, event) in events.iter().enumerate() {
        out.push(if at == 0 { b'[' } else { b',' });
        out.extend_from_slice(br#"{"name":"#);
        scalar(event.name.as_str(), out);
        out.extend_from_slice(br#","time_unix_nano":"#);
        scalar(event.time_unix_nano, out);
        out.extend_from_slice(br#","attributes":"#);
        let mut attributes = Object::default();
        attributes.put_all(&event.attributes);
        let attributes = attributes.finish();
        out.extend_from_slice(attributes.as_ref().map_or(b"{}".as_slice(), |json| json.bytes()));
        out.push(b'}');
    }
    out.push(b']');
}

/// Tags come as an array, or as text with commas between them.
fn tags(value: &Value) -> Vec<String> {
    let parts: Vec<String> = match value {
        Value::Array(items) => items.iter().filter_map(scalar_text).collect(),
        other => scalar_text(other).iter().flat_map(|text| text.split(',')).map(str::to_owned).collect(),
    };
    let mut tags = Vec::new();
    for tag in parts.iter().map(|tag| tag.trim()) {
        let fits = tags.len() < TAGS_MAX && tag.chars().count() <= TAG_CHARS_MAX;
        if fits && !tag.is_empty() && !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
