//! Spans as clients read them: what is missing or empty has no key.

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::attachments::Owner;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::{Part, Span};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::comments::CommentOut;
use crate::feedback::ScoreOut;
use crate::guardrails::ValidationOut;
use crate::traces::output::Show;
use crate::wire::gathered::WithBodies;
use crate::wire::{BodyOut, ErrorOut, Shown, decimal_out, not_blank};

#[derive(Serialize)]
pub(crate) struct SpanOut {
    id: String,
    project_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_name: Option<String>,
    trace_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_info: Option<ErrorOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Shown>,
    last_updated_at: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_scores: Option<Vec<ScoreOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guardrails_validations: Option<Vec<ValidationOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Vec<CommentOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
}

impl WithBodies for SpanOut {
    fn bodies(&self) -> impl Iterator<Item = &Bytes> {
        [&self.input, &self.output, &self.metadata].into_iter().flatten().map(|body| body.json.bytes())
    }
}

impl SpanOut {
    pub(crate) fn new(span: Span, reader: &Reader, show: &Show) -> Result<Self, Error> {
        let duration = span.duration();
        let owner = Owner::Span(span.id);
        let fields = span.fields;
        let cost = fields.cost.filter(|cost| !cost.is_zero()).and_then(decimal_out);
        Ok(Self {
            id: span.id.to_string(),
            project_id: span.project_id.to_string(),
            project_name: None,
            trace_id: span.trace_id.to_string(),
            parent_span_id: span.parent.map(|parent| parent.to_string()),
            kind: fields.kind.unwrap_or_default().name(),
            name: show.keep("name", fields.name),
            start_time: show.keep("start_time", Some(Shown(span.start_time))),
            end_time: show.keep("end_time", fields.end_time.map(Shown)),
            input: show.body(reader, owner, Part::Input, fields.input.as_ref())?,
            output: show.body(reader, owner, Part::Output, fields.output.as_ref())?,
            metadata: show.body(reader, owner, Part::Metadata, fields.metadata.as_ref())?,
            tags: show.keep("tags", fields.tags.filter(|tags| !tags.is_empty())),
            error_info: show.keep("error_info", fields.error.map(Into::into)),
            usage: show.keep("usage", fields.usage.filter(|usage| !usage.is_empty())),
            created_at: show.keep("created_at", Some(Shown(span.created_at.to_micros()))),
            last_updated_at: Shown(span.last_updated_at),
            created_by: show.keep("created_by", Some(span.created_by)),
            last_updated_by: show.keep("last_updated_by", Some(span.last_updated_by)),
            feedback_scores: show.keep("feedback_scores", ScoreOut::all(&span.scores)),
            guardrails_validations: show.keep("guardrails_validations", ValidationOut::all(&span.checks)),
            comments: show.keep("comments", CommentOut::all(span.comments)),
            total_estimated_cost: show.keep("total_estimated_cost", cost),
            total_estimated_cost_version: show.keep("total_estimated_cost_version", span.cost_version),
            duration: show.keep("duration", duration),
            ttft: show.keep("ttft", fields.ttft),
            model: show.keep("model", fields.model.and_then(not_blank)),
            provider: show.keep("provider", fields.provider.and_then(not_blank)),
            source: show.keep("source", fields.source),
            environment: show.keep("environment", fields.environment.and_then(not_blank)),
        })
    }

    /// A read by id tells the project's name too.
    pub(crate) fn in_project(mut self, name: Option<String>) -> Self {
        self.project_name = name;
        self
    }
}
