//! Annotation queues: traces or threads that wait for people to judge them. The judgements themselves are feedback
//! scores; here is which of them count, and who looks at what.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{AnnotationWrite, Needs};
use crate::annotations::automation::Automation;
use crate::command::{ProjectRef, check_batch, check_text};
use crate::event::Recorded;
use crate::feedback::{self, SCORE_DIGITS};
use crate::ids::{AnnotationQueueId, ProjectId};
use crate::json::Json;
use crate::limits::{
    ANNOTATION_JSON_BYTES_MAX, ANNOTATION_LOCK_SECONDS_DEFAULT, ANNOTATION_LOCK_SECONDS_MAX,
    ANNOTATION_TEXT_CHARS_MAX, ANNOTATORS_PER_ITEM_MAX, FEEDBACK_DEFINITIONS_MAX, NAME_CHARS_MAX,
};
use crate::rejection::Rejection;
use crate::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    Trace,
    Thread,
}

impl Scope {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Thread => "thread",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Trace, Self::Thread].into_iter().find(|scope| scope.name() == name)
    }
}

/// How an item came into a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Source {
    Manual,
    Automated,
}

impl Source {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automated => "automated",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Manual, Self::Automated].into_iter().find(|source| source.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Create {
    pub id: Option<AnnotationQueueId>,
    pub project: ProjectRef,
    pub scope: Scope,
    pub changes: Changes,
}

/// What may be changed of a queue. On creation a name is needed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub name: Option<String>,
    pub description: Option<String>,
    pub instructions: Option<String>,
    pub comments_enabled: Option<bool>,
    pub feedback_definition_names: Option<Vec<String>>,
    pub annotators_per_item: Option<u32>,
    pub lock_timeout_seconds: Option<u32>,
    pub automation: Option<Json>,
    pub annotator_view: Option<Json>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Sent again under the same id, it changes nothing.
    Create(Box<Create>),
    /// All or none: an id that is taken refuses them all.
    CreateMany(Vec<Create>),
    Update {
        id: AnnotationQueueId,
        changes: Box<Changes>,
    },
    Delete {
        ids: Vec<AnnotationQueueId>,
    },
    /// Traces, or threads by the ids of their own. They need not be there yet; those that are in the queue stay.
    AddItems {
        id: AnnotationQueueId,
        items: Vec<Uuid>,
    },
    RemoveItems {
        id: AnnotationQueueId,
        items: Vec<Uuid>,
    },
    /// Keeps an item for who asks. It changes nothing if others have it.
    Lock {
        id: AnnotationQueueId,
        item: Uuid,
    },
}

impl Needs for Command {
    type Permission = AnnotationWrite;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Created(Box<Created>),
    Updated { id: AnnotationQueueId, changes: Box<Changes> },
    Deleted { id: AnnotationQueueId },
    ItemsAdded { id: AnnotationQueueId, items: Vec<Uuid>, source: Source },
    ItemsRemoved { id: AnnotationQueueId, items: Vec<Uuid> },
    ItemLocked { id: AnnotationQueueId, item: Uuid, by: String, until: Timestamp },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Created {
    pub id: AnnotationQueueId,
    pub project_id: ProjectId,
    pub scope: Scope,
    pub changes: Changes,
}

impl Event {
    pub const fn queue_id(&self) -> AnnotationQueueId {
        match self {
            Self::Created(created) => created.id,
            Self::Updated { id, .. }
            | Self::Deleted { id }
            | Self::ItemsAdded { id, .. }
            | Self::ItemsRemoved { id, .. }
            | Self::ItemLocked { id, .. } => *id,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    pub id: AnnotationQueueId,
    pub project_id: ProjectId,
    pub scope: Scope,
    pub name: String,
    pub description: Option<String>,
    pub instructions: Option<String>,
    pub comments_enabled: bool,
    /// The scores that are wanted; any, if there is none.
    pub feedback_definition_names: Vec<String>,
    /// So many people complete an item.
    pub annotators_per_item: u32,
    pub lock_timeout_seconds: u32,
    /// JSON text, by which traces and threads come in by themselves.
    pub automation: Option<String>,
    /// JSON text.
    pub annotator_view: Option<String>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// A trace or thread in a queue, with what people said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub source: Source,
    pub added_at: Timestamp,
    pub added_by: String,
    pub review: Review,
}

/// The scores of an item that count for its queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// By name: the mean over the people who gave one.
    pub scores: BTreeMap<String, Decimal>,
    /// The people who gave any.
    pub reviewers: BTreeSet<String>,
}

/// Somebody looks at an item until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    pub by: String,
    pub until: Timestamp,
}

/// What an item of a queue is to one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They can judge it.
    Waiting,
    /// They did.
    Judged,
    /// Enough others did.
    Complete,
    /// Others look at it now, and with those who judged it they are enough.
    Taken,
}

/// How far a queue has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub items: u64,
    /// Items that enough people have judged.
    pub completed: u64,
    /// Items that each has judged.
    pub reviewers: BTreeMap<String, u64>,
    scores: BTreeMap<String, (Decimal, u64)>,
}

impl Command {
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create(create) => create.check(""),
            Self::CreateMany(all) => {
                check_batch("annotationQueues", all.len())?;
                all.iter()
                    .enumerate()
                    .try_for_each(|(at, create)| create.check(&format!("annotationQueues[{at}].")))
            }
            Self::Update { changes, .. } => changes.check(""),
            Self::Delete { ids } => check_batch("ids", ids.len()),
            Self::AddItems { items, .. } | Self::RemoveItems { items, .. } => check_batch("ids", items.len()),
            Self::Lock { .. } => Ok(()),
        }
    }

    /// Bytes of the bodies that the command carries.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Create(create) => create.changes.bytes(),
            Self::CreateMany(all) => all.iter().map(|create| create.changes.bytes()).sum(),
            Self::Update { changes, .. } => changes.bytes(),
            Self::Delete { .. } | Self::AddItems { .. } | Self::RemoveItems { .. } | Self::Lock { .. } => 0,
        }
    }
}

impl Create {
    fn check(&self, place: &str) -> Result<(), Rejection> {
        if self.changes.name.is_none() {
            return Err(Rejection::invalid(format!("{place}name must not be blank")));
        }
        self.changes.check(place)
    }
}

impl Changes {
    fn check(&self, place: &str) -> Result<(), Rejection> {
        if self.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Rejection::invalid(format!("{place}name must not be blank")));
        }
        check_text(place, "name", self.name.as_deref(), NAME_CHARS_MAX)?;
        check_text(place, "description", self.description.as_deref(), ANNOTATION_TEXT_CHARS_MAX)?;
        check_text(place, "instructions", self.instructions.as_deref(), ANNOTATION_TEXT_CHARS_MAX)?;
        let names = self.feedback_definition_names.as_deref().unwrap_or_default();
        if names.len() > FEEDBACK_DEFINITIONS_MAX {
            return Err(Rejection::invalid(format!(
                "{place}feedbackDefinitionNames size must be between 0 and {FEEDBACK_DEFINITIONS_MAX}"
            )));
        }
        if let Some(at) = names.iter().position(|name| name.trim().is_empty()) {
            return Err(Rejection::invalid(format!(
                "{place}feedbackDefinitionNames[{at}] must not be blank"
            )));
        }
        for (field, value, most) in [
            ("annotatorsPerItem", self.annotators_per_item, ANNOTATORS_PER_ITEM_MAX),
            ("lockTimeoutSeconds", self.lock_timeout_seconds, ANNOTATION_LOCK_SECONDS_MAX),
        ] {
            if value.is_some_and(|value| !(1..=most).contains(&value)) {
                return Err(Rejection::invalid(format!("{place}{field} must be between 1 and {most}")));
            }
        }
        if let Some(json) = &self.automation {
            Automation::read(json)?;
        }
        for (field, json) in [("automation", &self.automation), ("annotatorView", &self.annotator_view)] {
            if json.as_ref().is_some_and(|json| json.bytes().len() > ANNOTATION_JSON_BYTES_MAX) {
                return Err(Rejection::invalid(format!(
                    "{place}{field} must not have more than {ANNOTATION_JSON_BYTES_MAX} bytes"
                )));
            }
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        [&self.automation, &self.annotator_view].into_iter().flatten().map(|json| json.bytes().len()).sum()
    }

    /// Whether the reviews of items must be looked at anew.
    pub const fn changes_reviews(&self) -> bool {
        self.feedback_definition_names.is_some() || self.annotators_per_item.is_some()
    }
}

pub fn not_found() -> Rejection {
    Rejection::not_found("Annotation queue not found")
}

pub fn taken(id: AnnotationQueueId) -> Rejection {
    Rejection::conflict(format!("Annotation queue with id '{id}' already exists"))
}

impl Queue {
    pub fn new(event: &Recorded<Created>) -> Self {
        let created = &event.event;
        let mut queue = Self {
            id: created.id,
            project_id: created.project_id,
            scope: created.scope,
            name: String::new(),
            description: None,
            instructions: None,
            comments_enabled: false,
            feedback_definition_names: Vec::new(),
            annotators_per_item: 1,
            lock_timeout_seconds: ANNOTATION_LOCK_SECONDS_DEFAULT,
            automation: None,
            annotator_view: None,
            created_at: event.time,
            created_by: event.principal.to_string(),
            last_updated_at: event.time,
            last_updated_by: event.principal.to_string(),
        };
        queue.apply(&event.with(created.changes.clone()));
        queue
    }

    pub fn apply(&mut self, event: &Recorded<Changes>) {
        let changes = event.event.clone();
        if let Some(name) = changes.name {
            self.name = name;
        }
        self.description = changes.description.or_else(|| self.description.take());
        self.instructions = changes.instructions.or_else(|| self.instructions.take());
        self.comments_enabled = changes.comments_enabled.unwrap_or(self.comments_enabled);
        if let Some(names) = changes.feedback_definition_names {
            self.feedback_definition_names = names;
        }
        self.annotators_per_item = changes.annotators_per_item.unwrap_or(self.annotators_per_item);
        self.lock_timeout_seconds = changes.lock_timeout_seconds.unwrap_or(self.lock_timeout_seconds);
        let text = |json: Json| json.as_str().to_owned();
        self.automation = changes.automation.map(text).or_else(|| self.automation.take());
        self.annotator_view = changes.annotator_view.map(text).or_else(|| self.annotator_view.take());
        self.last_updated_at = event.time;
        self.last_updated_by = event.principal.to_string();
    }

    /// What of an item's scores counts here: what people said (not what judged by itself), under a name that is
    /// wanted, and not for another queue.
    pub fn review(&self, scores: &feedback::State) -> Review {
        let mut review = Review::default();
        let mut sums: BTreeMap<&str, (Decimal, u64)> = BTreeMap::new();
        for given in &scores.given {
            let score = &given.score;
            let is_wanted = self.feedback_definition_names.is_empty()
                || self.feedback_definition_names.contains(&score.name);
            let is_here = score.queue_id.is_none_or(|queue| queue == self.id.uuid());
            if !is_wanted || !is_here || score.source == AUTOMATIC || given.is_assertion() {
                continue;
            }
            let (sum, count) = sums.entry(&score.name).or_default();
            *sum += score.value;
            *count += 1;
            review.reviewers.insert(given.author.clone());
        }
        let means = sums.into_iter().filter_map(|(name, sum)| Some((name.to_owned(), mean(sum)?)));
        review.scores = means.collect();
        review
    }

    /// What brings things in by itself, if anything does.
    pub fn automation(&self) -> Option<Automation> {
        let json = Json::stored(self.automation.clone()?.into());
        Automation::read(&json).ok().filter(|automation| automation.enabled)
    }

    pub fn completes(&self, review: &Review) -> bool {
        review.reviewers.len() >= usize::try_from(self.annotators_per_item).unwrap_or(usize::MAX)
    }

    /// Whether somebody else may look at an item: the people who judged it or look at it now are not enough yet.
    pub fn has_room(&self, review: &Review, locks: &[Lock], who: &str, now: Timestamp) -> bool {
        let looking = locks.iter().filter(|lock| lock.until > now).map(|lock| lock.by.as_str());
        let mut people: BTreeSet<&str> = review.reviewers.iter().map(String::as_str).chain(looking).collect();
        people.remove(who);
        people.len() < usize::try_from(self.annotators_per_item).unwrap_or(usize::MAX)
    }

    /// What an item is to somebody who reviews.
    pub fn standing(&self, review: &Review, locks: &[Lock], who: &str, now: Timestamp) -> Standing {
        if review.reviewers.contains(who) {
            Standing::Judged
        } else if self.completes(review) {
            Standing::Complete
        } else if self.has_room(review, locks, who, now) {
            Standing::Waiting
        } else {
            Standing::Taken
        }
    }

    /// The event that keeps an item for somebody, longer if it is kept already; `None` if others have it.
    pub fn lock(
        &self,
        item: Uuid,
        review: &Review,
        locks: &[Lock],
        who: &str,
        now: Timestamp,
    ) -> Option<Event> {
        let timeout = Duration::from_secs(self.lock_timeout_seconds.into());
        let until = Timestamp::from_nanos(
            now.as_nanos().saturating_add(i64::try_from(timeout.as_nanos()).unwrap_or(i64::MAX)),
        );
        self.has_room(review, locks, who, now).then(|| Event::ItemLocked {
            id: self.id,
            item,
            by: who.to_owned(),
            until,
        })
    }
}

/// The source of scores that no person gave.
const AUTOMATIC: &str = "online_scoring";

fn mean((sum, count): (Decimal, u64)) -> Option<Decimal> {
    Some(sum.checked_div(Decimal::from(count))?.round_dp(SCORE_DIGITS).normalize())
}

/// The locks of an item after somebody took it; those that have run out are forgotten.
pub fn locked(locks: &mut Vec<Lock>, by: &str, until: Timestamp, now: Timestamp) {
    locks.retain(|lock| lock.until > now && lock.by != by);
    locks.push(Lock { by: by.to_owned(), until });
}

impl Progress {
    pub fn add(&mut self, review: &Review, is_complete: bool) {
        self.items += 1;
        self.completed += u64::from(is_complete);
        for who in &review.reviewers {
            *self.reviewers.entry(who.clone()).or_default() += 1;
        }
        for (name, value) in &review.scores {
            let (sum, count) = self.scores.entry(name.clone()).or_default();
            *sum += value;
            *count += 1;
        }
    }

    pub fn remove(&mut self, review: &Review, is_complete: bool) {
        self.items = self.items.saturating_sub(1);
        self.completed = self.completed.saturating_sub(u64::from(is_complete));
        for who in &review.reviewers {
            if let Some(items) = self.reviewers.get_mut(who) {
                *items = items.saturating_sub(1);
            }
        }
        self.reviewers.retain(|_, items| *items > 0);
        for (name, value) in &review.scores {
            if let Some((sum, count)) = self.scores.get_mut(name) {
                *sum -= value;
                *count = count.saturating_sub(1);
            }
        }
        self.scores.retain(|_, (_, count)| *count > 0);
    }

    /// By name: the mean over the items that have the score.
    pub fn scores(&self) -> impl Iterator<Item = (&str, Decimal)> {
        self.scores.iter().filter_map(|(name, sum)| Some((name.as_str(), mean(*sum)?)))
    }
}

pub mod automation;
pub mod view;

#[cfg(test)]
mod tests;
