//! Annotation queues in the log and as rows: one row a queue, one an item, and how far each queue has come, kept up
//! with every score. Items are found by queue, and queues by item.

use bytes::Bytes;
use cairn_core::annotations::automation::Automation;
use cairn_core::annotations::{
    Changes, Created, Event, Item, Lock, Progress, Queue, Review, Scope, Source, locked,
};
use cairn_core::event::Recorded;
use cairn_core::feedback::{self, Target};
use cairn_core::ids::{AnnotationQueueId, ProjectId, ThreadId, TraceId};
use cairn_core::json::Json;
use cairn_core::limits::ANNOTATION_ITEMS_MAX;
use cairn_core::time::Timestamp;
use fjall::Keyspace;
use prost::Message;
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::{self, uuid};
use crate::slots::Slots;

pub mod reading;

/// What a commit sees and changes of annotation queues.
pub(crate) struct Annotations {
    queues: Slots<Queue>,
    items: Slots<Item>,
    /// Items that not enough people have judged yet.
    open: Slots<()>,
    of_item: Slots<()>,
    locks: Slots<Vec<Lock>>,
    progress: Slots<Progress>,
    /// Whether anything is in a queue: most workspaces have nothing there, and then no score is looked up.
    any: bool,
    /// The queues into which things come by themselves.
    automated: BTreeMap<AnnotationQueueId, Automated>,
}

struct Automated {
    project_id: ProjectId,
    scope: Scope,
    automation: Automation,
}

impl Annotations {
    pub(crate) fn open(keyspace: &Keyspace) -> Result<Self, Error> {
        let first = keyspace.prefix(rows::queues_of_items()).next();
        let mut automated = BTreeMap::new();
        for guard in keyspace.prefix(rows::annotation_queues()) {
            let queue: Queue = rows::read(&guard.into_inner()?.1)?;
            automated.extend(automation_of(&queue));
        }
        Ok(Self {
            queues: Slots::new(keyspace.clone()),
            items: Slots::new(keyspace.clone()),
            open: Slots::new(keyspace.clone()),
            of_item: Slots::new(keyspace.clone()),
            locks: Slots::new(keyspace.clone()),
            progress: Slots::new(keyspace.clone()),
            any: first.map(fjall::Guard::key).transpose()?.is_some(),
            automated,
        })
    }

    pub(crate) fn get(&mut self, id: AnnotationQueueId) -> Result<Option<&Queue>, Error> {
        self.queues.get(rows::annotation_queue(id))
    }

    pub(crate) fn item(&mut self, id: AnnotationQueueId, item: Uuid) -> Result<Option<&Item>, Error> {
        self.items.get(rows::queue_item(id, item))
    }

    pub(crate) fn locks(&mut self, id: AnnotationQueueId, item: Uuid) -> Result<&[Lock], Error> {
        Ok(self.locks.get(rows::queue_lock(id, item))?.map(Vec::as_slice).unwrap_or_default())
    }

    pub(crate) fn item_count(&mut self, id: AnnotationQueueId) -> Result<u64, Error> {
        Ok(self.progress.get(rows::queue_progress(id))?.map_or(0, |progress| progress.items))
    }

    pub(crate) fn project(
        &mut self,
        scores: &mut Slots<feedback::State>,
        recorded: &Recorded<Event>,
    ) -> Result<(), Error> {
        match &recorded.event {
            Event::Created(created) => {
                let queue = Queue::new(&recorded.with((**created).clone()));
                self.automated.extend(automation_of(&queue));
                self.queues.put(rows::annotation_queue(created.id), Some(queue));
            }
            Event::Updated { id, changes } => self.update(*id, changes, scores, recorded)?,
            Event::Deleted { id } => {
                for item in self.items_of(*id)? {
                    self.take_out(*id, item)?;
                }
                self.automated.remove(id);
                self.queues.put(rows::annotation_queue(*id), None);
                self.progress.put(rows::queue_progress(*id), None);
            }
            Event::ItemsAdded { id, items, source } => {
                let Some(queue) = self.get(*id)?.cloned() else { return Ok(()) };
                for item in items {
                    let added = Item {
                        source: *source,
                        added_at: recorded.time,
                        added_by: recorded.principal.to_string(),
                        review: review(&queue, *item, scores)?,
                    };
                    self.add(&queue, *item, added)?;
                }
            }
            Event::ItemsRemoved { id, items } => {
                for item in items {
                    self.take_out(*id, *item)?;
                }
            }
            Event::ItemLocked { id, item, by, until } => {
                let locks = self.locks.change(rows::queue_lock(*id, *item))?.get_or_insert_default();
                locked(locks, by, *until, recorded.time);
            }
        }
        Ok(())
    }

    /// Takes the scores of a trace or thread as they are now.
    pub(crate) fn reviewed(&mut self, target: Target, scores: &feedback::State) -> Result<(), Error> {
        if !self.any {
            return Ok(());
        }
        for id in self.queues_of(target.uuid())? {
            let Some(queue) = self.get(id)?.cloned() else { continue };
            self.judge(&queue, target.uuid(), queue.review(scores))?;
        }
        Ok(())
    }

    /// The queues that a trace or thread with these scores belongs into and is not in.
    pub(crate) fn wanting(
        &mut self,
        project_id: ProjectId,
        target: Target,
        scores: &feedback::State,
    ) -> Result<Vec<AnnotationQueueId>, Error> {
        let scope = match target {
            Target::Trace(_) => Scope::Trace,
            Target::Thread(_) => Scope::Thread,
            Target::Span(_) => return Ok(Vec::new()),
        };
        let mut wanting = Vec::new();
        for (id, queue) in &self.automated {
            if queue.project_id != project_id || queue.scope != scope || !queue.automation.wants(scores) {
                continue;
            }
            let items = self.progress.get(rows::queue_progress(*id))?.map_or(0, |progress| progress.items);
            let is_full = queue.automation.max_items_in_queue.is_some_and(|most| items >= most)
                || usize::try_from(items).is_ok_and(|items| items >= ANNOTATION_ITEMS_MAX);
            if !is_full && self.items.get(rows::queue_item(*id, target.uuid()))?.is_none() {
                wanting.push(*id);
            }
        }
        Ok(wanting)
    }

    /// Takes something out of all queues, and tells of which and what it was there.
    pub(crate) fn forget(&mut self, item: Uuid) -> Result<Vec<(AnnotationQueueId, Item)>, Error> {
        let mut taken = Vec::new();
        if !self.any {
            return Ok(taken);
        }
        for id in self.queues_of(item)? {
            taken.extend(self.take_out(id, item)?.map(|was| (id, was)));
        }
        Ok(taken)
    }

    /// Puts an item back into a queue, judged by the scores that it has now. A queue that is full by now stays as it is.
    pub(crate) fn take_back(
        &mut self,
        id: AnnotationQueueId,
        target: Target,
        was: Item,
        scores: &mut Slots<feedback::State>,
    ) -> Result<(), Error> {
        let Some(queue) = self.get(id)?.cloned() else { return Ok(()) };
        if usize::try_from(self.item_count(id)?).is_ok_and(|items| items >= ANNOTATION_ITEMS_MAX) {
            return Ok(());
        }
        let review = review(&queue, target.uuid(), scores)?;
        self.add(&queue, target.uuid(), Item { review, ..was })
    }

    fn update(
        &mut self,
        id: AnnotationQueueId,
        changes: &Changes,
        scores: &mut Slots<feedback::State>,
        recorded: &Recorded<Event>,
    ) -> Result<(), Error> {
        let Some(row) = self.queues.change(rows::annotation_queue(id))? else { return Ok(()) };
        row.apply(&recorded.with(changes.clone()));
        let queue = row.clone();
        self.automated.remove(&id);
        self.automated.extend(automation_of(&queue));
        if !changes.changes_reviews() {
            return Ok(());
        }
        let mut progress = Progress::default();
        for item in self.items_of(id)? {
            let review = review(&queue, item, scores)?;
            progress.add(&review, queue.completes(&review));
            self.mark(&queue, item, &review);
            if let Some(row) = self.items.change(rows::queue_item(id, item))? {
                row.review = review;
            }
        }
        self.progress.put(rows::queue_progress(id), Some(progress));
        Ok(())
    }

    fn add(&mut self, queue: &Queue, item: Uuid, added: Item) -> Result<(), Error> {
        if self.item(queue.id, item)?.is_some() {
            return Ok(());
        }
        self.any = true;
        self.of_item.put(rows::queue_of_item(item, queue.id), Some(()));
        self.mark(queue, item, &added.review);
        let progress = self.progress.change(rows::queue_progress(queue.id))?.get_or_insert_default();
        progress.add(&added.review, queue.completes(&added.review));
        self.items.put(rows::queue_item(queue.id, item), Some(added));
        Ok(())
    }

    /// Takes an item out of a queue, and tells what it was there.
    pub(crate) fn take_out(&mut self, id: AnnotationQueueId, item: Uuid) -> Result<Option<Item>, Error> {
        let Some(queue) = self.get(id)?.cloned() else { return Ok(None) };
        let Some(removed) = self.items.change(rows::queue_item(id, item))?.take() else { return Ok(None) };
        self.of_item.put(rows::queue_of_item(item, id), None);
        self.open.put(rows::open_item(id, item), None);
        self.locks.put(rows::queue_lock(id, item), None);
        if let Some(progress) = self.progress.change(rows::queue_progress(id))? {
            progress.remove(&removed.review, queue.completes(&removed.review));
        }
        Ok(Some(removed))
    }

    fn judge(&mut self, queue: &Queue, item: Uuid, review: Review) -> Result<(), Error> {
        let Some(row) = self.items.change(rows::queue_item(queue.id, item))? else { return Ok(()) };
        let before = std::mem::replace(&mut row.review, review.clone());
        if before == review {
            return Ok(());
        }
        self.mark(queue, item, &review);
        let progress = self.progress.change(rows::queue_progress(queue.id))?.get_or_insert_default();
        progress.remove(&before, queue.completes(&before));
        progress.add(&review, queue.completes(&review));
        Ok(())
    }

    /// Notes whether an item still waits for somebody.
    fn mark(&mut self, queue: &Queue, item: Uuid, review: &Review) {
        let waits = (!queue.completes(review)).then_some(());
        self.open.put(rows::open_item(queue.id, item), waits);
    }

    pub(crate) fn items_of(&self, id: AnnotationQueueId) -> Result<Vec<Uuid>, Error> {
        let prefix = rows::queue_items(id);
        let keys = self.items.keys(&prefix)?;
        Ok(keys.iter().filter_map(|key| key.get(prefix.len()..).and_then(uuid)).collect())
    }

    fn queues_of(&self, item: Uuid) -> Result<Vec<AnnotationQueueId>, Error> {
        let prefix = rows::queues_of_item(item);
        let keys = self.of_item.keys(&prefix)?;
        let ids = keys.iter().filter_map(|key| key.get(prefix.len()..).and_then(uuid));
        Ok(ids.map(AnnotationQueueId::known).collect())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.queues.flush(batch)?;
        self.items.flush(batch)?;
        self.open.flush(batch)?;
        self.of_item.flush(batch)?;
        self.locks.flush(batch)?;
        self.progress.flush(batch)
    }
}

fn automation_of(queue: &Queue) -> Option<(AnnotationQueueId, Automated)> {
    let automation = queue.automation()?;
    Some((queue.id, Automated { project_id: queue.project_id, scope: queue.scope, automation }))
}

fn review(queue: &Queue, item: Uuid, scores: &mut Slots<feedback::State>) -> Result<Review, Error> {
    let target = match queue.scope {
        Scope::Trace => Target::Trace(TraceId::known(item)),
        Scope::Thread => Target::Thread(ThreadId::known(item)),
    };
    let scores = scores.get(rows::scores(target))?;
    Ok(scores.map(|scores| queue.review(scores)).unwrap_or_default())
}

#[derive(Clone, PartialEq, Message)]
struct StoredNames {
    #[prost(string, repeated, tag = "1")]
    names: Vec<String>,
}

/// Created, with a project and a scope, or updated in what is there.
#[derive(Clone, PartialEq, Message)]
struct StoredQueue {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", optional, tag = "2")]
    project_id: Option<Bytes>,
    #[prost(string, optional, tag = "3")]
    scope: Option<String>,
    #[prost(string, optional, tag = "4")]
    name: Option<String>,
    #[prost(string, optional, tag = "5")]
    description: Option<String>,
    #[prost(string, optional, tag = "6")]
    instructions: Option<String>,
    #[prost(bool, optional, tag = "7")]
    comments_enabled: Option<bool>,
    #[prost(message, optional, tag = "8")]
    feedback_definition_names: Option<StoredNames>,
    #[prost(uint32, optional, tag = "9")]
    annotators_per_item: Option<u32>,
    #[prost(uint32, optional, tag = "10")]
    lock_timeout_seconds: Option<u32>,
    #[prost(bytes = "bytes", optional, tag = "11")]
    automation: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "12")]
    annotator_view: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredItems {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    items: Vec<Bytes>,
    /// Of items that are added.
    #[prost(string, optional, tag = "3")]
    source: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredLock {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    item: Bytes,
    #[prost(string, tag = "3")]
    by: String,
    #[prost(sfixed64, tag = "4")]
    until: i64,
}

#[derive(Clone, PartialEq, Message)]
struct StoredId {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let bytes = |id: &Uuid| Bytes::copy_from_slice(id.as_bytes());
    let id = bytes(&event.queue_id().uuid());
    let all = |items: &[Uuid]| items.iter().map(bytes).collect();
    match event {
        Event::Created(created) => {
            let mut stored = store(id, &created.changes);
            stored.project_id = Some(bytes(&created.project_id.uuid()));
            stored.scope = Some(created.scope.name().to_owned());
            (Kind::AnnotationQueueCreated, stored.encode_to_vec().into())
        }
        Event::Updated { changes, .. } => {
            (Kind::AnnotationQueueUpdated, store(id, changes).encode_to_vec().into())
        }
        Event::Deleted { .. } => (Kind::AnnotationQueueDeleted, StoredId { id }.encode_to_vec().into()),
        Event::ItemsAdded { items, source, .. } => {
            let source = Some(source.name().to_owned());
            let stored = StoredItems { id, items: all(items), source };
            (Kind::AnnotationItemsAdded, stored.encode_to_vec().into())
        }
        Event::ItemsRemoved { items, .. } => {
            let stored = StoredItems { id, items: all(items), source: None };
            (Kind::AnnotationItemsRemoved, stored.encode_to_vec().into())
        }
        Event::ItemLocked { item, by, until, .. } => {
            let stored = StoredLock { id, item: bytes(item), by: by.clone(), until: until.as_nanos() };
            (Kind::AnnotationItemLocked, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let known = |id: &Bytes| uuid(id).map(AnnotationQueueId::known);
    let all = |items: &[Bytes]| items.iter().map(|item| uuid(item)).collect::<Option<Vec<_>>>();
    Some(match kind {
        Kind::AnnotationQueueCreated => {
            let stored = StoredQueue::decode(payload).ok()?;
            Event::Created(Box::new(Created {
                id: known(&stored.id)?,
                project_id: ProjectId::known(uuid(stored.project_id.as_ref()?)?),
                scope: Scope::parse(stored.scope.as_deref()?)?,
                changes: load(stored),
            }))
        }
        Kind::AnnotationQueueUpdated => {
            let stored = StoredQueue::decode(payload).ok()?;
            Event::Updated { id: known(&stored.id)?, changes: Box::new(load(stored)) }
        }
        Kind::AnnotationItemsAdded => {
            let StoredItems { id, items, source } = StoredItems::decode(payload).ok()?;
            Event::ItemsAdded {
                id: known(&id)?,
                items: all(&items)?,
                source: Source::parse(source.as_deref()?)?,
            }
        }
        Kind::AnnotationItemsRemoved => {
            let StoredItems { id, items, .. } = StoredItems::decode(payload).ok()?;
            Event::ItemsRemoved { id: known(&id)?, items: all(&items)? }
        }
        Kind::AnnotationItemLocked => {
            let StoredLock { id, item, by, until } = StoredLock::decode(payload).ok()?;
            Event::ItemLocked { id: known(&id)?, item: uuid(&item)?, by, until: Timestamp::from_nanos(until) }
        }
        _ => Event::Deleted { id: known(&StoredId::decode(payload).ok()?.id)? },
    })
}

fn store(id: Bytes, changes: &Changes) -> StoredQueue {
    let body = |json: &Option<Json>| json.as_ref().map(|json| json.bytes().clone());
    StoredQueue {
        id,
        project_id: None,
        scope: None,
        name: changes.name.clone(),
        description: changes.description.clone(),
        instructions: changes.instructions.clone(),
        comments_enabled: changes.comments_enabled,
        feedback_definition_names: changes
            .feedback_definition_names
            .clone()
            .map(|names| StoredNames { names }),
        annotators_per_item: changes.annotators_per_item,
        lock_timeout_seconds: changes.lock_timeout_seconds,
        automation: body(&changes.automation),
        annotator_view: body(&changes.annotator_view),
    }
}

fn load(stored: StoredQueue) -> Changes {
    Changes {
        name: stored.name,
        description: stored.description,
        instructions: stored.instructions,
        comments_enabled: stored.comments_enabled,
        feedback_definition_names: stored.feedback_definition_names.map(|stored| stored.names),
        annotators_per_item: stored.annotators_per_item,
        lock_timeout_seconds: stored.lock_timeout_seconds,
        automation: stored.automation.map(Json::stored),
        annotator_view: stored.annotator_view.map(Json::stored),
    }
}
