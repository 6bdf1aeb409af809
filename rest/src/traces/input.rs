//! Traces as clients write them: one shape serves creations and updates, and each takes what it knows.

use std::borrow::Cow;

use bytes::Bytes;
use cairn_core::ids::TraceId;
use cairn_core::json::Json;
use cairn_core::merge::TagEdits;
use cairn_core::rejection::Rejection;
use cairn_core::traces::{Command, Fields, Update, Write};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::wire::{self, ErrorIn, Instant};

#[derive(Deserialize)]
pub(crate) struct TraceIn<'a> {
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
    #[serde(borrow, alias = "threadId")]
    thread_id: Option<Cow<'a, str>>,
    ttft: Option<f64>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    environment: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct BatchIn<'a> {
    #[serde(borrow)]
    traces: Option<Vec<TraceIn<'a>>>,
}

#[derive(Deserialize)]
struct UpdatesIn<'a> {
    ids: Option<Vec<Uuid>>,
    #[serde(borrow)]
    update: Option<TraceIn<'a>>,
    #[serde(alias = "mergeTags")]
    merge_tags: Option<bool>,
}

pub(super) fn create(body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let trace: TraceIn<'_> = serde_json::from_slice(body)?;
        Ok(trace.write(body, "").map(|write| Command::Create(Box::new(write))))
    })
}

pub(super) fn record(body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let batch: BatchIn<'_> = serde_json::from_slice(body)?;
        let traces = batch.traces.unwrap_or_default().into_iter().enumerate();
        let writes = traces.map(|(at, trace)| trace.write(body, &format!("traces[{at}].")));
        Ok(writes.collect::<Result<_, _>>().map(Command::Record))
    })
}

pub(super) fn update(id: TraceId, body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let trace: TraceIn<'_> = serde_json::from_slice(body)?;
        Ok(trace.update(body).map(|update| Command::Update { id, update: Box::new(update) }))
    })
}

pub(super) fn update_many(body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let updates: UpdatesIn<'_> = serde_json::from_slice(body)?;
        let Some(update) = updates.update else {
            return Ok(Err(Rejection::invalid("update must not be null")));
        };
        let ids = updates.ids.unwrap_or_default().into_iter().map(TraceId::known).collect();
        let merge_tags = updates.merge_tags.unwrap_or_default();
        Ok(update.update(body).map(|update| Command::UpdateMany {
            ids,
            update: Box::new(update),
            merge_tags,
        }))
    })
}

impl TraceIn<'_> {
    pub(crate) fn write(self, buffer: &Bytes, place: &str) -> Result<Write, Rejection> {
        let missing = || Rejection::invalid(format!("{place}startTime must not be null"));
        let start_time = self.start_time.ok_or_else(missing)?.get(place, "startTime")?;
        Ok(Write {
            id: self.id.map(TraceId::new).transpose()?,
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
        Ok(Update { project, fields: self.fields(buffer, "")?, tag_edits })
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
            thread_id: self.thread_id.map(Cow::into_owned),
            ttft: self.ttft,
            source: wire::source(self.source),
            environment: self.environment.map(Cow::into_owned),
        })
    }
}
