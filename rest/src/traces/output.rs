//! Traces as clients read them: what is missing or empty has no key.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;
use cairn_core::annotations::Queue;
use cairn_core::attachments::Owner;
use cairn_core::feedback::OfSpan;
use cairn_core::ids::TraceId;
use cairn_core::limits::EMBEDDED_READ_BYTES_MAX;
use cairn_core::merge::BodyRef;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::{Part, Trace};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::annotations::QueueRef;
use crate::comments::CommentOut;
use crate::feedback::ScoreOut;
use crate::guardrails::ValidationOut;
use crate::wire::gathered::WithBodies;
use crate::wire::{BodyOut, ErrorOut, Shown, decimal_out, not_blank};

/// What a read wants to see.
#[derive(Debug)]
pub(crate) struct Show {
    pub(crate) truncate: bool,
    /// References to files stay references.
    pub(crate) strip_attachments: bool,
    /// Bytes of files that may still be put back into bodies.
    room: Cell<u64>,
    /// Names of fields to leave out.
    pub(crate) exclude: HashSet<String>,
}

impl Default for Show {
    fn default() -> Self {
        let room = Cell::new(EMBEDDED_READ_BYTES_MAX);
        Self { truncate: false, strip_attachments: false, room, exclude: HashSet::new() }
    }
}

impl Show {
    pub(crate) fn asked(
        truncate: Option<bool>,
        strip_attachments: Option<bool>,
        exclude: HashSet<String>,
    ) -> Self {
        let (truncate, strip_attachments) = (truncate == Some(true), strip_attachments == Some(true));
        Self { truncate, strip_attachments, exclude, ..Self::default() }
    }

    /// What was put back is sent and forgotten: the next may have as much.
    pub(crate) fn refill(&self) {
        self.room.set(EMBEDDED_READ_BYTES_MAX);
    }

    pub(crate) fn keep<T>(&self, field: &str, value: Option<T>) -> Option<T> {
        value.filter(|_| !self.exclude.contains(field))
    }

    /// A body as it is wanted; files stand in it again unless references are.
    pub(crate) fn body(
        &self,
        reader: &Reader,
        owner: Owner,
        part: Part,
        body: Option<&BodyRef>,
    ) -> Result<Option<BodyOut>, Error> {
        let name = match part {
            Part::Input => "input",
            Part::Output => "output",
            Part::Metadata => "metadata",
        };
        let Some(body) = self.keep(name, body) else { return Ok(None) };
        let truncate = self.truncate && part != Part::Metadata;
        let Some(json) = reader.bodies().read(part, body)? else { return Ok(None) };
        let json = if self.truncate || self.strip_attachments {
            json
        } else {
            let mut room = self.room.get();
            let json = reader.with_files(owner, json, &mut room)?;
            self.room.set(room);
            json
        };
        Ok(Some(BodyOut { json, truncate }))
    }
}

/// The experiment whose item a trace stands for.
#[derive(Serialize)]
struct ExperimentRef {
    id: String,
    name: String,
    dataset_id: String,
    dataset_item_id: String,
}

#[derive(Serialize)]
pub(crate) struct TraceOut {
    id: String,
    project_id: String,
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
    span_feedback_scores: Option<Vec<ScoreOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guardrails_validations: Option<Vec<ValidationOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Vec<CommentOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    llm_span_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_tool_spans: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_id: Option<String>,
    visibility_mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    experiment: Option<ExperimentRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    providers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotation_queues: Option<Vec<QueueRef>>,
}

impl WithBodies for TraceOut {
    fn bodies(&self) -> impl Iterator<Item = &Bytes> {
        [&self.input, &self.output, &self.metadata].into_iter().flatten().map(|body| body.json.bytes())
    }
}

impl TraceOut {
    pub(crate) fn in_queues(mut self, queues: Vec<Queue>, show: &Show) -> Self {
        self.annotation_queues = show.keep("annotation_queues", QueueRef::all(queues));
        self
    }

    pub(crate) fn new(
        trace: Trace,
        span_scores: &[OfSpan],
        reader: &Reader,
        show: &Show,
    ) -> Result<Self, Error> {
        let duration = trace.duration();
        let owner = Owner::Trace(trace.id);
        let (fields, sums) = (trace.fields, trace.sums);
        let cost = Some(sums.cost).filter(|cost| !cost.is_zero()).and_then(decimal_out);
        let providers: Vec<String> = sums.providers.into_keys().collect();
        Ok(Self {
            id: trace.id.to_string(),
            project_id: trace.project_id.to_string(),
            name: show.keep("name", fields.name),
            start_time: show.keep("start_time", Some(Shown(trace.start_time))),
            end_time: show.keep("end_time", fields.end_time.map(Shown)),
            input: show.body(reader, owner, Part::Input, fields.input.as_ref())?,
            output: show.body(reader, owner, Part::Output, fields.output.as_ref())?,
            metadata: show.body(reader, owner, Part::Metadata, fields.metadata.as_ref())?,
            tags: show.keep("tags", fields.tags.filter(|tags| !tags.is_empty())),
            error_info: show.keep("error_info", fields.error.map(Into::into)),
            usage: show.keep("usage", Some(sums.usage)),
            created_at: show.keep("created_at", Some(Shown(trace.created_at.to_micros()))),
            last_updated_at: Shown(trace.last_updated_at),
            created_by: show.keep("created_by", Some(trace.created_by)),
            last_updated_by: show.keep("last_updated_by", Some(trace.last_updated_by)),
            feedback_scores: show.keep("feedback_scores", ScoreOut::all(&trace.scores)),
            span_feedback_scores: ScoreOut::across(span_scores, &sums.scores),
            guardrails_validations: show.keep("guardrails_validations", ValidationOut::all(&trace.checks)),
            comments: show.keep("comments", CommentOut::all(trace.comments)),
            total_estimated_cost: show.keep("total_estimated_cost", cost),
            span_count: show.keep("span_count", Some(sums.spans)),
            llm_span_count: show.keep("llm_span_count", Some(sums.llm_spans)),
            has_tool_spans: show.keep("has_tool_spans", Some(sums.tool_spans > 0)),
            duration: show.keep("duration", duration),
            ttft: show.keep("ttft", fields.ttft),
            thread_id: show.keep("thread_id", fields.thread_id.and_then(not_blank)),
            visibility_mode: "default",
            experiment: None,
            providers: show.keep("providers", Some(providers).filter(|providers| !providers.is_empty())),
            source: show.keep("source", fields.source),
            environment: show.keep("environment", fields.environment.and_then(not_blank)),
            annotation_queues: None,
        })
    }

    pub(crate) fn in_experiment(mut self, reader: &Reader, id: TraceId) -> Result<Self, Error> {
        if let Some(item) = reader.experiment_item_of(id)? {
            self.experiment = reader.experiment(item.experiment_id)?.map(|experiment| ExperimentRef {
                id: experiment.id.to_string(),
                name: experiment.name,
                dataset_id: experiment.dataset_id.to_string(),
                dataset_item_id: item.dataset_item_id.to_string(),
            });
        }
        Ok(self)
    }
}
