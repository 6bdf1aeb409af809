//! Traces in the log and as rows. A row is the trace's merge register; bodies stay in the events it points at.

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::feedback::Tally;
use cairn_core::ids::{ProjectId, TraceId};
use cairn_core::json::Json;
use cairn_core::merge::{Origin, TagEdits};
use cairn_core::spans;
use cairn_core::time::Timestamp;
use cairn_core::traces::{ErrorInfo, Event, Fields, Patched, RowRecorded};
use prost::Message;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::log::pieces::{self, Large};
use crate::rows::uuid;

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StoredError {
    #[prost(string, tag = "1")]
    exception_type: String,
    #[prost(string, optional, tag = "2")]
    message: Option<String>,
    #[prost(string, tag = "3")]
    traceback: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StoredTags {
    #[prost(string, repeated, tag = "1")]
    pub(crate) tags: Vec<String>,
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
    #[prost(string, optional, tag = "8")]
    thread_id: Option<String>,
    #[prost(double, optional, tag = "9")]
    ttft: Option<f64>,
    #[prost(string, optional, tag = "10")]
    source: Option<String>,
    #[prost(string, optional, tag = "11")]
    environment: Option<String>,
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
}

#[derive(Clone, PartialEq, Message)]
struct StoredDeletion {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

/// What the spans of a trace add up to. It exists as soon as there is one span, with or without the trace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    pub spans: u64,
    pub llm_spans: u64,
    pub tool_spans: u64,
    pub usage: BTreeMap<String, i64>,
    pub cost: Decimal,
    /// How many spans name each provider.
    pub providers: BTreeMap<String, u64>,
    /// What the scores of the spans come to, by name.
    pub scores: BTreeMap<String, Tally>,
}

/// What one span adds to its trace.
pub(crate) struct Share<'a> {
    pub(crate) kind: spans::Kind,
    pub(crate) usage: Option<&'a BTreeMap<String, i64>>,
    pub(crate) cost: Option<Decimal>,
    pub(crate) provider: Option<&'a str>,
}

impl Sums {
    pub(crate) fn add(&mut self, share: &Share<'_>) {
        self.spans += 1;
        self.llm_spans += u64::from(share.kind == spans::Kind::Llm);
        self.tool_spans += u64::from(share.kind == spans::Kind::Tool);
        for (key, value) in share.usage.into_iter().flatten() {
            let sum = self.usage.entry(key.clone()).or_default();
            *sum = sum.saturating_add(*value);
        }
        self.cost = self.cost.saturating_add(share.cost.unwrap_or_default());
        if let Some(provider) = share.provider.filter(|provider| !provider.is_empty()) {
            *self.providers.entry(provider.to_owned()).or_default() += 1;
        }
    }

    /// Takes in what something else adds up to.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.spans += other.spans;
        self.llm_spans += other.llm_spans;
        self.tool_spans += other.tool_spans;
        for (key, value) in &other.usage {
            let sum = self.usage.entry(key.clone()).or_default();
            *sum = sum.saturating_add(*value);
        }
        self.cost = self.cost.saturating_add(other.cost);
        for (provider, count) in &other.providers {
            *self.providers.entry(provider.clone()).or_default() += count;
        }
    }

    /// Lets go of what something else adds up to.
    pub(crate) fn shed(&mut self, other: &Self) {
        self.spans = self.spans.saturating_sub(other.spans);
        self.llm_spans = self.llm_spans.saturating_sub(other.llm_spans);
        self.tool_spans = self.tool_spans.saturating_sub(other.tool_spans);
        for (key, value) in &other.usage {
            self.spend(key, *value);
        }
        self.cost = self.cost.saturating_sub(other.cost);
        for (provider, count) in &other.providers {
            self.forget(provider, *count);
        }
    }

    /// The scores of one span are other ones now.
    pub(crate) fn retally(&mut self, before: &[(String, Decimal)], after: &[(String, Decimal)]) {
        for (name, value) in before {
            if let Some(tally) = self.scores.get_mut(name) {
                tally.remove(*value);
                if tally.is_empty() {
                    self.scores.remove(name);
                }
            }
        }
        for (name, value) in after {
            self.scores.entry(name.clone()).or_default().add(*value);
        }
    }

    pub(crate) fn remove(&mut self, share: &Share<'_>) {
        self.spans = self.spans.saturating_sub(1);
        self.llm_spans = self.llm_spans.saturating_sub(u64::from(share.kind == spans::Kind::Llm));
        self.tool_spans = self.tool_spans.saturating_sub(u64::from(share.kind == spans::Kind::Tool));
        for (key, value) in share.usage.into_iter().flatten() {
            self.spend(key, *value);
        }
        self.cost = self.cost.saturating_sub(share.cost.unwrap_or_default());
        if let Some(provider) = share.provider {
            self.forget(provider, 1);
        }
    }

    fn spend(&mut self, key: &str, value: i64) {
        if let Some(sum) = self.usage.get_mut(key) {
            *sum = sum.saturating_sub(value);
            if *sum == 0 {
                self.usage.remove(key);
            }
        }
    }

    fn forget(&mut self, provider: &str, spans: u64) {
        if let Some(count) = self.providers.get_mut(provider) {
            *count = count.saturating_sub(spans);
            if *count == 0 {
                self.providers.remove(provider);
            }
        }
    }
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    match event {
        Event::Recorded(row) => {
            let (fields, large) = store(&row.fields);
            let stored = StoredRow {
                id: Bytes::copy_from_slice(row.id.bytes()),
                project_id: Bytes::copy_from_slice(row.project_id.bytes()),
                origin: store_origin(row.origin),
                version: row.version.as_nanos(),
                start_time: row.start_time.as_nanos(),
                fields,
            };
            (Kind::TraceRecorded, pieces::encode(&stored, ROW_FIELDS, large))
        }
        Event::Patched(patch) => {
            let (fields, large) = store(&patch.fields);
            let stored = StoredPatch {
                id: Bytes::copy_from_slice(patch.id.bytes()),
                project_id: Bytes::copy_from_slice(patch.project_id.bytes()),
                version: patch.version.as_nanos(),
                fields,
                tags_added: patch.tag_edits.added.clone(),
                tags_removed: patch.tag_edits.removed.clone(),
            };
            (Kind::TracePatched, pieces::encode(&stored, PATCH_FIELDS, large))
        }
        Event::Deleted { id } => {
            let stored = StoredDeletion { id: Bytes::copy_from_slice(id.bytes()) };
            (Kind::TraceDeleted, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    match kind {
        Kind::TraceRecorded => {
            let stored = StoredRow::decode(payload).ok()?;
            Some(Event::Recorded(Box::new(RowRecorded {
                id: TraceId::known(uuid(&stored.id)?),
                project_id: ProjectId::known(uuid(&stored.project_id)?),
                origin: load_origin(stored.origin)?,
                version: Timestamp::from_nanos(stored.version),
                start_time: Timestamp::from_nanos(stored.start_time),
                fields: load(stored.fields),
            })))
        }
        Kind::TracePatched => {
            let stored = StoredPatch::decode(payload).ok()?;
            Some(Event::Patched(Box::new(Patched {
                id: TraceId::known(uuid(&stored.id)?),
                project_id: ProjectId::known(uuid(&stored.project_id)?),
                version: Timestamp::from_nanos(stored.version),
                fields: load(stored.fields),
                tag_edits: TagEdits { added: stored.tags_added, removed: stored.tags_removed },
            })))
        }
        _ => Some(Event::Deleted { id: TraceId::known(uuid(&StoredDeletion::decode(payload).ok()?.id)?) }),
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
        thread_id: fields.thread_id.clone(),
        ttft: fields.ttft,
        source: fields.source.clone(),
        environment: fields.environment.clone(),
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
        thread_id: stored.thread_id,
        ttft: stored.ttft,
        source: stored.source,
        environment: stored.environment,
    }
}

pub(crate) fn store_error(error: &ErrorInfo) -> StoredError {
    let ErrorInfo { exception_type, message, traceback } = error.clone();
    StoredError { exception_type, message, traceback }
}

pub(crate) fn load_error(stored: StoredError) -> ErrorInfo {
    let StoredError { exception_type, message, traceback } = stored;
    ErrorInfo { exception_type, message, traceback }
}

pub(crate) const fn store_origin(origin: Origin) -> u32 {
    match origin {
        Origin::Single => 1,
        Origin::Batch => 2,
    }
}

pub(crate) const fn load_origin(stored: u32) -> Option<Origin> {
    match stored {
        1 => Some(Origin::Single),
        2 => Some(Origin::Batch),
        _ => None,
    }
}
