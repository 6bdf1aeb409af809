//! Threads as clients read them: what is missing or empty has no key.

use std::collections::BTreeMap;

use cairn_core::annotations::Queue;
use cairn_storage::error::Error;
use cairn_storage::threads::read::Thread;
use cairn_storage::view::{Bodies, Part};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::annotations::QueueRef;
use crate::comments::CommentOut;
use crate::feedback::ScoreOut;
use crate::traces::output::Show;
use crate::wire::{BodyOut, Shown, decimal_out, not_blank};

#[derive(Serialize)]
pub(crate) struct ThreadOut {
    /// What the client calls it.
    id: String,
    project_id: String,
    thread_model_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_message: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_scores: Option<Vec<ScoreOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Vec<CommentOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_of_messages: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Shown>,
    last_updated_at: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotation_queues: Option<Vec<QueueRef>>,
}

impl ThreadOut {
    pub(super) fn new(
        thread: Thread,
        queues: Vec<Queue>,
        bodies: &Bodies,
        show: &Show,
    ) -> Result<Self, Error> {
        let (duration, messages) = (thread.duration(), thread.messages());
        let message = |name, part, body: Option<_>| {
            let Some(body) = show.keep(name, body) else { return Ok(None) };
            let json = bodies.read(part, &body)?;
            Ok::<_, Error>(json.map(|json| BodyOut { json, truncate: show.truncate }))
        };
        let cost = Some(thread.sums.cost).filter(|cost| !cost.is_zero()).and_then(decimal_out);
        Ok(Self {
            project_id: thread.project_id.to_string(),
            thread_model_id: thread.id.to_string(),
            start_time: show.keep("start_time", Some(Shown(thread.start_time))),
            end_time: show.keep("end_time", thread.end_time.map(Shown)),
            duration: show.keep("duration", duration),
            first_message: message("first_message", Part::Input, thread.first_message)?,
            last_message: message("last_message", Part::Output, thread.last_message)?,
            feedback_scores: show.keep("feedback_scores", ScoreOut::all(&thread.scores)),
            comments: show.keep("comments", CommentOut::all(thread.comments)),
            status: show.keep("status", Some(thread.status.name())),
            number_of_messages: show.keep("number_of_messages", Some(messages)),
            total_estimated_cost: show.keep("total_estimated_cost", cost),
            usage: show.keep("usage", Some(thread.sums.usage)),
            tags: show.keep("tags", Some(thread.tags).filter(|tags| !tags.is_empty())),
            environment: show.keep("environment", thread.environment.and_then(not_blank)),
            created_at: show.keep("created_at", Some(Shown(thread.created_at.to_micros()))),
            last_updated_at: Shown(thread.last_updated_at),
            created_by: show.keep("created_by", Some(thread.created_by)),
            last_updated_by: show.keep("last_updated_by", Some(thread.last_updated_by)),
            annotation_queues: show.keep("annotation_queues", QueueRef::all(queues)),
            id: thread.name,
        })
    }
}
