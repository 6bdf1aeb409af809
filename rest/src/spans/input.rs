//! Spans as clients write them: one shape serves creations and updates, and each takes what it knows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::ids::{SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::merge::TagEdits;
use cairn_core::rejection::Rejection;
use cairn_core::spans::{Command, Fields, Kind, Update, Write};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::wire::{self, ErrorIn, Instant};

#[derive(Deserialize)]
pub(crate) struct SpanIn<'a> {
    id: Option<Uuid>,
    #[serde(borrow, alias = "projectName")]
    project_name: Option<Cow<'a, str>>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "startTime")]
    start_time: Option<Instant>,
    #[serde(alias = "lastUpdatedAt")]
    last_updated_at: Option<Instant>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(alias = "endTime")]
    end_time: Option<Instant>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    output: Option<&'a RawValue>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    tags: Option<Vec<String>>,
    #[serde(alias = "tagsToAdd")]
    tags_to_add: Option<Vec<String>>,
    #[serde(alias = "tagsToRemove")]
    tags_to_remove: Option<Vec<String>>,
    #[serde(alias = "errorInfo")]
    error_info: Option<ErrorIn>,
    #[serde(alias = "traceId")]
    trace_id: Option<Uuid>,
    #[serde(alias = "parentSpanId")]
    parent_span_id: Option<Uuid>,
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    provider: Option<Cow<'a, str>>,
    #[serde(borrow)]
    usage: Option<BTreeMap<Cow<'a, str>, Option<&'a RawValue>>>,
    #[serde(borrow, alias = "totalEstimatedCost")]
    total_estimated_cost: Option<&'a RawValue>,
    ttft: Option<f64>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    environment: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct BatchIn<'a> {
    #[serde(borrow)]
    spans: Option<Vec<SpanIn<'a>>>,
}

#[derive(Deserialize)]
struct UpdatesIn<'a> {
    ids: Option<Vec<Uuid>>,
    #[serde(borrow)]
    update: Option<SpanIn<'a>>,
    #[serde(alias = "mergeTags")]
    merge_tags: Option<bool>,
}

pub(super) fn create(body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let span: SpanIn<'_> = serde_json::from_slice(body)?;
        Ok(span.write(body, "").map(|write| Command::Create(Box::new(write))))
    })
}

pub(super) fn record(body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let batch: BatchIn<'_> = serde_json::from_slice(body)?;
        let spans = batch.spans.unwrap_or_default().into_iter().enumerate();
        let writes = spans.map(|(at, span)| span.write(body, &format!("spans[{at}].")));
        Ok(writes.collect::<Result<_, _>>().map(Command::Record))
    })
}

pub(super) fn update(id: SpanId, body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let span: SpanIn<'_> = serde_json::from_slice(body)?;
        Ok(span.update(body).map(|update| Command::Update { id, update: Box::new(update) }))
    })
}

pub(super) fn update_many(body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let updates: UpdatesIn<'_> = serde_json::from_slice(body)?;
        let Some(update) = updates.update else {
            return Ok(Err(Rejection::invalid("update must not be null")));
        };
        let ids = updates.ids.unwrap_or_default().into_iter().map(SpanId::known).collect();
        let merge_tags = updates.merge_tags.unwrap_or_default();
        Ok(update.update(body).map(|update| Command::UpdateMany {
            ids,
            update: Box::new(update),
            merge_tags,
        }))
    })
}

impl SpanIn<'_> {
    /// A span whose trace is said by what it came with.
    pub(crate) fn write_within(
        mut self,
        trace: TraceId,
        buffer: &Bytes,
        place: &str,
    ) -> Result<Write, Rejection> {
        self.trace_id = Some(trace.uuid());
        self.write(buffer, place)
    }

    fn write(self, buffer: &Bytes, place: &str) -> Result<Write, Rejection> {
        let missing = || Rejection::invalid(format!("{place}startTime must not be null"));
        let start_time = self.start_time.ok_or_else(missing)?.get(place, "startTime")?;
        Ok(Write {
            id: self.id.map(SpanId::new).transpose()?,
            trace_id: self.trace_id(place)?,
            parent: self.parent_span_id.map(SpanId::known),
            start_time,
            last_updated_at: wire::instant(self.last_updated_at, place, "lastUpdatedAt")?,
            project: wire::project(self.project_id, self.project_name.clone(), place)?,
            fields: self.fields(buffer, place)?,
        })
    }

    fn update(mut self, buffer: &Bytes) -> Result<Update, Rejection> {
        let tag_edits = TagEdits {
            added: wire::tags(self.tags_to_add.take()).unwrap_or_default(),
            removed: wire::tags(self.tags_to_remove.take()).unwrap_or_default(),
        };
        let project = wire::project(self.project_id, self.project_name.take(), "")?;
        let (trace_id, parent) = (self.trace_id("")?, self.parent_span_id.map(SpanId::known));
        Ok(Update { project, trace_id, parent, fields: self.fields(buffer, "")?, tag_edits })
    }

    fn trace_id(&self, place: &str) -> Result<TraceId, Rejection> {
        let missing = || Rejection::invalid(format!("{place}traceId must not be null"));
        TraceId::new(self.trace_id.ok_or_else(missing)?)
    }

    fn fields(self, buffer: &Bytes, place: &str) -> Result<Fields<Json>, Rejection> {
        Ok(Fields {
            input: wire::body(buffer, self.input),
            output: wire::body(buffer, self.output),
            metadata: wire::body(buffer, self.metadata),
            tags: wire::tags(self.tags),
            name: self.name.map(Cow::into_owned),
            end_time: wire::instant(self.end_time, place, "endTime")?,
            error: self.error_info.map(Into::into),
            kind: kind(self.kind)?,
            model: self.model.map(Cow::into_owned),
            provider: self.provider.map(Cow::into_owned),
            usage: usage(self.usage, place)?,
            cost: cost(self.total_estimated_cost, place)?,
            ttft: self.ttft,
            source: wire::source(self.source),
            environment: self.environment.map(Cow::into_owned),
        })
    }
}

fn kind(kind: Option<Cow<'_, str>>) -> Result<Option<Kind>, Rejection> {
    let unknown = |name: &str| {
        Rejection::malformed("Unable to process JSON")
            .hint(format!("span type `{name}` is unknown: use `general`, `tool`, `llm` or `guardrail`"))
    };
    kind.map(|name| Kind::parse(&name).ok_or_else(|| unknown(&name))).transpose()
}

/// Counts are whole; nulls say nothing.
fn usage(
    usage: Option<BTreeMap<Cow<'_, str>, Option<&RawValue>>>,
    place: &str,
) -> Result<Option<BTreeMap<String, i64>>, Rejection> {
    let Some(usage) = usage else { return Ok(None) };
    let mut counts = BTreeMap::new();
    for (key, raw) in usage {
        let Some(raw) = raw else { continue };
        let count = wire::decimal(raw).filter(Decimal::is_integer).and_then(|count| count.to_i64());
        let refusal = || {
            Rejection::malformed("Unable to process JSON")
                .hint(format!("{place}usage.{key} must be a whole number"))
        };
        counts.insert(key.to_string(), count.ok_or_else(refusal)?);
    }
    Ok(Some(counts))
}

fn cost(raw: Option<&RawValue>, place: &str) -> Result<Option<Decimal>, Rejection> {
    let refusal = || {
        Rejection::malformed("Unable to process JSON")
            .hint(format!("{place}total_estimated_cost must be a number"))
    };
    raw.map(|raw| wire::decimal(raw).ok_or_else(refusal)).transpose()
}
