//! Annotation queues as clients write and read them.

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::annotations::view::Shown as ShownQueue;
use cairn_core::annotations::{Changes, Create, Item, Lock, Scope};
use cairn_core::command::ProjectRef;
use cairn_core::ids::{AnnotationQueueId, ProjectId};
use cairn_core::rejection::Rejection;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::wire::{Shown, body, decimal_out, parse};

#[derive(Deserialize)]
struct QueueIn<'a> {
    id: Option<Uuid>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    name: Option<String>,
    description: Option<String>,
    instructions: Option<String>,
    scope: Option<String>,
    #[serde(alias = "commentsEnabled")]
    comments_enabled: Option<bool>,
    #[serde(alias = "feedbackDefinitionNames")]
    feedback_definition_names: Option<Vec<String>>,
    #[serde(alias = "annotatorsPerItem")]
    annotators_per_item: Option<u32>,
    #[serde(alias = "lockTimeoutSeconds")]
    lock_timeout_seconds: Option<u32>,
    #[serde(borrow)]
    automation: Option<&'a RawValue>,
    #[serde(borrow, alias = "annotatorView")]
    annotator_view: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct BatchIn<'a> {
    #[serde(borrow, alias = "annotationQueues")]
    annotation_queues: Option<Vec<QueueIn<'a>>>,
}

pub(super) fn create(bytes: Bytes) -> Result<Create, Rejection> {
    parse(bytes, |bytes| {
        let queue: QueueIn<'_> = serde_json::from_slice(bytes)?;
        Ok(queue.create(bytes, ""))
    })
}

pub(super) fn create_many(bytes: Bytes) -> Result<Vec<Create>, Rejection> {
    parse(bytes, |bytes| {
        let batch: BatchIn<'_> = serde_json::from_slice(bytes)?;
        let all = batch.annotation_queues.unwrap_or_default().into_iter().enumerate();
        Ok(all.map(|(at, queue)| queue.create(bytes, &format!("annotationQueues[{at}]."))).collect())
    })
}

pub(super) fn changes(bytes: Bytes) -> Result<Changes, Rejection> {
    parse(bytes, |bytes| {
        let queue: QueueIn<'_> = serde_json::from_slice(bytes)?;
        Ok(Ok(queue.changes(bytes)))
    })
}

impl QueueIn<'_> {
    fn create(self, bytes: &Bytes, place: &str) -> Result<Create, Rejection> {
        let missing = |field: &str| Rejection::invalid(format!("{place}{field} must not be null"));
        let unknown = |name: &str| {
            Rejection::malformed("Unable to process JSON").hint(format!("scope `{name}` is unknown"))
        };
        let project = self.project_id.ok_or_else(|| missing("projectId"))?;
        let scope = self.scope.as_deref().ok_or_else(|| missing("scope"))?;
        Ok(Create {
            id: self.id.map(AnnotationQueueId::new).transpose()?,
            project: ProjectRef::Id(ProjectId::known(project)),
            scope: Scope::parse(scope).ok_or_else(|| unknown(scope))?,
            changes: self.changes(bytes),
        })
    }

    fn changes(self, bytes: &Bytes) -> Changes {
        Changes {
            name: self.name,
            description: self.description,
            instructions: self.instructions,
            comments_enabled: self.comments_enabled,
            feedback_definition_names: crate::wire::tags(self.feedback_definition_names),
            annotators_per_item: self.annotators_per_item,
            lock_timeout_seconds: self.lock_timeout_seconds,
            automation: body(bytes, self.automation),
            annotator_view: body(bytes, self.annotator_view),
        }
    }
}

#[derive(Serialize)]
struct ReviewerOut {
    username: String,
    /// Items that they judged.
    status: u64,
}

#[derive(Serialize)]
struct ScoreOut {
    name: String,
    value: Option<Box<RawValue>>,
}

#[derive(Serialize)]
pub(super) struct QueueOut {
    id: String,
    project_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_name: Option<String>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<String>,
    scope: &'static str,
    comments_enabled: bool,
    feedback_definition_names: Vec<String>,
    annotators_per_item: u32,
    lock_timeout_seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    automation: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotator_view: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviewers: Vec<ReviewerOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    feedback_scores: Vec<ScoreOut>,
    items_count: u64,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

impl QueueOut {
    pub(super) fn new(shown: ShownQueue, reader: &Reader) -> Result<Self, Error> {
        let ShownQueue { queue, progress } = shown;
        let json = |text: Option<String>| text.and_then(|text| RawValue::from_string(text).ok());
        let scores = progress.scores();
        let feedback_scores = scores
            .map(|(name, value)| ScoreOut { name: name.to_owned(), value: decimal_out(value) })
            .collect();
        let reviewers = progress.reviewers.into_iter();
        Ok(Self {
            id: queue.id.to_string(),
            project_id: queue.project_id.to_string(),
            project_name: reader.project(queue.project_id)?.map(|view| view.project.name),
            name: queue.name,
            description: queue.description,
            instructions: queue.instructions,
            scope: queue.scope.name(),
            comments_enabled: queue.comments_enabled,
            feedback_definition_names: queue.feedback_definition_names,
            annotators_per_item: queue.annotators_per_item,
            lock_timeout_seconds: queue.lock_timeout_seconds,
            automation: json(queue.automation),
            annotator_view: json(queue.annotator_view),
            feedback_scores,
            reviewers: reviewers.map(|(username, status)| ReviewerOut { username, status }).collect(),
            items_count: progress.items,
            created_at: Shown(queue.created_at.to_micros()),
            created_by: queue.created_by,
            last_updated_at: Shown(queue.last_updated_at.to_micros()),
            last_updated_by: queue.last_updated_by,
        })
    }
}

#[derive(Serialize)]
pub(super) struct ItemsOut {
    pub(super) content: Vec<ItemOut>,
}

#[derive(Serialize)]
pub(super) struct ItemOut {
    id: String,
    source: &'static str,
}

impl ItemOut {
    pub(super) fn new(id: Uuid, item: &Item) -> Self {
        Self { id: id.to_string(), source: item.source.name() }
    }
}

#[derive(Serialize)]
pub(super) struct LocksOut {
    pub(super) locks: BTreeMap<String, LockOut>,
}

#[derive(Serialize)]
pub(super) struct LockOut {
    active_locks: usize,
    locked_by: Vec<String>,
}

impl LockOut {
    pub(super) fn new(locks: Vec<Lock>) -> Self {
        Self { active_locks: locks.len(), locked_by: locks.into_iter().map(|lock| lock.by).collect() }
    }
}

#[derive(Serialize)]
pub(super) struct AcquiredOut {
    acquired: bool,
    item_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    locked_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Shown>,
}

impl AcquiredOut {
    /// The lock of who asked, or else the one that ends first.
    pub(super) fn new(item: Uuid, mut locks: Vec<Lock>, who: &str) -> Self {
        locks.sort_by_key(|lock| (lock.by != who, lock.until));
        let shown = locks.into_iter().next();
        Self {
            acquired: shown.as_ref().is_some_and(|lock| lock.by == who),
            item_id: item.to_string(),
            locked_by: shown.as_ref().map(|lock| lock.by.clone()),
            expires_at: shown.map(|lock| Shown(lock.until.to_micros())),
        }
    }
}
