//! Annotation queues: what waits for people to judge it, how far they have come, and what is next for whom.

pub(crate) mod changes;
mod locks;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use cairn_core::access::AnnotationRead;
use cairn_core::annotations::view::Shown;
use cairn_core::annotations::{self, Changes, Command, Create, Lock, not_found};
use cairn_core::command::{ProjectRef, check_batch};
use cairn_core::ids::{AnnotationQueueId, ProjectId, ThreadId, TraceId};
use cairn_core::limits::ANNOTATION_ITEMS_MAX;
use cairn_core::time;
use cairn_storage::index::{Cursor, SortValue};
use uuid::Uuid;

use self::locks::LocksOn;
use crate::connection::{Found, Order, Page, Sort, page_cost, page_size};
use crate::cursor;
use crate::error::Result;
use crate::projects::Project;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};
use crate::threads::Thread;
use crate::traces::Trace;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "annotations::Scope")]
pub(crate) enum AnnotationScope {
    Trace,
    Thread,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "annotations::Source")]
pub(crate) enum AnnotationItemSource {
    Manual,
    Automated,
}

/// What an item is to one person.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "annotations::Standing")]
pub(crate) enum AnnotationStanding {
    /// They can judge it.
    Waiting,
    /// They did.
    Judged,
    /// Enough others did.
    Complete,
    /// Others look at it now, and with those who judged it they are enough.
    Taken,
}

pub(crate) struct AnnotationQueue(pub(crate) Shown);

/// Somebody who has judged items of a queue.
#[derive(SimpleObject)]
pub(crate) struct Reviewer {
    name: String,
    /// Items that they judged.
    items: u64,
}

/// A mean, under the name of what was scored.
#[derive(SimpleObject)]
pub(crate) struct ReviewScore {
    name: String,
    value: f64,
}

/// Somebody looks at an item until then.
#[derive(SimpleObject)]
pub(crate) struct AnnotationLock {
    by: String,
    until: Timestamp,
}

/// A trace or thread in a queue, with what people said of it there.
pub(crate) struct AnnotationItem {
    id: Uuid,
    queue: Arc<annotations::Queue>,
    item: annotations::Item,
}

impl AnnotationItem {
    fn new(queue: &Arc<annotations::Queue>, id: Uuid, item: annotations::Item) -> Self {
        Self { id, queue: Arc::clone(queue), item }
    }

    fn sort_value(&self, field: &str) -> SortValue {
        let review = &self.item.review;
        match field {
            "added_at" => SortValue::Whole(self.item.added_at.as_nanos()),
            "reviewer_count" => counted(review.reviewers.len()),
            "state" if self.queue.completes(review) => SortValue::Whole(2),
            "state" => SortValue::Whole(i64::from(!review.reviewers.is_empty())),
            _ => {
                let score = field.strip_prefix("scores.").and_then(|name| review.scores.get(name));
                score
                    .and_then(|score| f64::try_from(*score).ok())
                    .map_or(SortValue::Missing, SortValue::Number)
            }
        }
    }

    /// Also those that have run out.
    async fn all_locks(&self, context: &Context<'_>) -> Result<Vec<Lock>> {
        let key = LocksOn { queue: self.queue.id, item: self.id };
        Ok(loader(context)?.load_one(key).await?.unwrap_or_default())
    }
}

#[Object]
impl AnnotationItem {
    /// The id of the trace, or the thread's own.
    async fn id(&self) -> ID {
        self.id.into()
    }

    async fn source(&self) -> AnnotationItemSource {
        self.item.source.into()
    }

    async fn added_at(&self) -> Timestamp {
        Timestamp(self.item.added_at)
    }

    async fn added_by(&self) -> &str {
        &self.item.added_by
    }

    /// Enough people have judged it.
    async fn is_complete(&self) -> bool {
        self.queue.completes(&self.item.review)
    }

    /// What it is to who asks, or to `reviewer`.
    #[graphql(complexity = 5)]
    async fn standing(&self, context: &Context<'_>, reviewer: Option<String>) -> Result<AnnotationStanding> {
        let session = session(context)?;
        let locks = self.all_locks(context).await?;
        let who = reviewer.as_deref().unwrap_or_else(|| session.person());
        Ok(self.queue.standing(&self.item.review, &locks, who, session.now()).into())
    }

    async fn reviewers(&self) -> Vec<&str> {
        self.item.review.reviewers.iter().map(String::as_str).collect()
    }

    /// Means over the people who gave the score.
    async fn scores(&self) -> Vec<ReviewScore> {
        let scores = self.item.review.scores.iter();
        scores
            .map(|(name, value)| ReviewScore {
                name: name.clone(),
                value: f64::try_from(*value).unwrap_or_default(),
            })
            .collect()
    }

    /// Who looks at it now.
    #[graphql(complexity = "5 + child_complexity")]
    async fn locks(&self, context: &Context<'_>) -> Result<Vec<AnnotationLock>> {
        let now = session(context)?.now();
        let alive = self.all_locks(context).await?.into_iter().filter(|lock| lock.until > now);
        Ok(alive.map(|Lock { by, until }| AnnotationLock { by, until: Timestamp(until) }).collect())
    }

    /// Null in a queue of threads, and while the trace has not arrived.
    #[graphql(complexity = "5 + child_complexity")]
    async fn trace(&self, context: &Context<'_>) -> Result<Option<Trace>> {
        if self.queue.scope != annotations::Scope::Trace {
            return Ok(None);
        }
        let id = TraceId::known(self.id);
        let read =
            session(context)?.read::<cairn_core::access::TraceRead, _>(move |reader| Ok(reader.trace(id)?));
        Ok(read.await?.map(Trace::from))
    }

    /// Null in a queue of traces.
    #[graphql(complexity = "5 + child_complexity")]
    async fn thread(&self, context: &Context<'_>) -> Result<Option<Thread>> {
        if self.queue.scope != annotations::Scope::Thread {
            return Ok(None);
        }
        Ok(loader(context)?.load_one(ThreadId::known(self.id)).await?.map(Thread))
    }
}

#[Object]
impl AnnotationQueue {
    async fn id(&self) -> ID {
        self.0.queue.id.into()
    }

    async fn project_id(&self) -> ID {
        self.0.queue.project_id.into()
    }

    /// Null if the project was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Option<Project>> {
        Ok(loader(context)?.load_one(self.0.queue.project_id).await?.map(Project))
    }

    async fn name(&self) -> &str {
        &self.0.queue.name
    }

    async fn description(&self) -> Option<&str> {
        self.0.queue.description.as_deref()
    }

    async fn instructions(&self) -> Option<&str> {
        self.0.queue.instructions.as_deref()
    }

    async fn scope(&self) -> AnnotationScope {
        self.0.queue.scope.into()
    }

    async fn comments_enabled(&self) -> bool {
        self.0.queue.comments_enabled
    }

    /// The scores that are wanted; any, if there is none.
    async fn feedback_definition_names(&self) -> &[String] {
        &self.0.queue.feedback_definition_names
    }

    /// So many people complete an item.
    async fn annotators_per_item(&self) -> u32 {
        self.0.queue.annotators_per_item
    }

    async fn lock_timeout_seconds(&self) -> u32 {
        self.0.queue.lock_timeout_seconds
    }

    async fn automation(&self) -> Option<JsonText> {
        json(self.0.queue.automation.as_deref())
    }

    async fn annotator_view(&self) -> Option<JsonText> {
        json(self.0.queue.annotator_view.as_deref())
    }

    async fn item_count(&self) -> u64 {
        self.0.progress.items
    }

    /// Items that enough people have judged.
    async fn completed_count(&self) -> u64 {
        self.0.progress.completed
    }

    async fn reviewers(&self) -> Vec<Reviewer> {
        let reviewers = self.0.progress.reviewers.iter();
        reviewers.map(|(name, items)| Reviewer { name: name.clone(), items: *items }).collect()
    }

    /// Means over the items that have the score.
    async fn feedback_scores(&self) -> Vec<ReviewScore> {
        let scores = self.0.progress.scores();
        scores
            .map(|(name, value)| ReviewScore {
                name: name.to_owned(),
                value: f64::try_from(value).unwrap_or_default(),
            })
            .collect()
    }

    /// Oldest first unless sorted by `added_at`, `reviewer_count`, `state` (what waits, what somebody has judged, what
    /// enough have judged) or `scores.<name>`.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn items(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        sort: Option<Sort>,
    ) -> Result<Page<AnnotationItem>> {
        const LIST: &str = "annotation items";
        if let Some(sort) = sort {
            return self.sorted_items(context, sort, first, after).await;
        }
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(LIST, &after)).transpose()?;
        let queue = Arc::new(self.0.queue.clone());
        let total = usize::try_from(self.0.progress.items).unwrap_or(usize::MAX);
        let read = session(context)?.read::<AnnotationRead, _>(move |reader| {
            let place = after.as_ref().map(|after| after.id);
            // One more than is shown tells whether there is a next page.
            let items = reader.annotation_items(queue.id, place, first + 1)?;
            let placed = items.into_iter().map(|(id, item)| {
                (Cursor { value: SortValue::Id, id }, AnnotationItem::new(&queue, id, item))
            });
            Ok(Found::within(placed.collect(), LIST, first, after.is_some(), total))
        });
        Ok(read.await?.into_page(|item| item))
    }

    /// Of some traces or threads those that are items of the queue, in the order in which they are named. At most 1000.
    #[graphql(complexity = "20 + ids.len() * child_complexity")]
    async fn items_named(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<Vec<AnnotationItem>> {
        check_batch("ids", ids.len())?;
        let ids: Vec<Uuid> = ids.iter().map(uuid).collect::<Result<_>>()?;
        let queue = Arc::new(self.0.queue.clone());
        let read = session(context)?.read::<AnnotationRead, _>(move |reader| {
            let mut items = Vec::with_capacity(ids.len());
            for id in ids {
                let item = reader.annotation_item(queue.id, id)?;
                items.extend(item.map(|item| AnnotationItem::new(&queue, id, item)));
            }
            Ok(items)
        });
        Ok(read.await?)
    }

    /// The oldest item that waits for who asks (or for `reviewer`): not judged by them, and with room beside those who
    /// judged it or look at it now; `after` an item, from the beginning again behind the last. Null when nothing else is
    /// left for them.
    #[graphql(complexity = "20 + child_complexity")]
    async fn next_item(
        &self,
        context: &Context<'_>,
        reviewer: Option<String>,
        after: Option<ID>,
    ) -> Result<Option<AnnotationItem>> {
        let session = session(context)?;
        let after = after.as_ref().map(uuid).transpose()?;
        let (queue, now) = (Arc::new(self.0.queue.clone()), session.now());
        let who = reviewer.unwrap_or_else(|| session.person().to_owned());
        let read = session.read::<AnnotationRead, _>(move |reader| {
            let next = reader.next_annotation(&queue, after, &who, now)?;
            Ok(next.map(|(id, item)| AnnotationItem::new(&queue, id, item)))
        });
        Ok(read.await?)
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.queue.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.queue.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.queue.last_updated_at)
    }

    async fn last_updated_by(&self) -> &str {
        &self.0.queue.last_updated_by
    }
}

fn json(text: Option<&str>) -> Option<JsonText> {
    text.map(|text| JsonText(cairn_core::json::Json::stored(text.to_owned().into())))
}

impl AnnotationQueue {
    /// A queue holds so few items, and so little of each, that all of them can be put in order.
    async fn sorted_items(
        &self,
        context: &Context<'_>,
        sort: Sort,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<AnnotationItem>> {
        const SORTABLE: &[&str] = &["added_at", "reviewer_count", "state", "scores."];
        let order = Order::new("annotation items", SORTABLE, Some(sort), first, after)?;
        let queue = Arc::new(self.0.queue.clone());
        let read = session(context)?.read::<AnnotationRead, _>(move |reader| {
            let items = reader.annotation_items(queue.id, None, ANNOTATION_ITEMS_MAX)?;
            let items = items.into_iter().map(|(id, item)| AnnotationItem::new(&queue, id, item));
            order.sorted(items, |item| item.id, |item, field| Ok(item.sort_value(field)))
        });
        Ok(read.await?.into_page(|item| item))
    }
}

#[derive(Default)]
pub(crate) struct AnnotationQueries;

#[Object]
impl AnnotationQueries {
    /// Newest first unless sorted by `name`, `scope`, `item_count`, `progress` (the part of its items that is judged),
    /// `reviewer_count`, `created_at`, `created_by` or `last_updated_at`. `name` keeps those in whose name it stands,
    /// without regard to case.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn annotation_queues(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        name: Option<String>,
        project_id: Option<ID>,
        sort: Option<Sort>,
    ) -> Result<Page<AnnotationQueue>> {
        const SORTABLE: &[&str] = &[
            "name",
            "scope",
            "item_count",
            "progress",
            "reviewer_count",
            "created_at",
            "created_by",
            "last_updated_at",
        ];
        let order = Order::new("annotation queues", SORTABLE, sort, first, after)?;
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let part = name.unwrap_or_default().to_lowercase();
        let read = session(context)?.read::<AnnotationRead, _>(move |reader| {
            let mut queues = reader.annotation_queues()?;
            queues.retain(|shown| {
                project.is_none_or(|project| shown.queue.project_id == project)
                    && shown.queue.name.to_lowercase().contains(&part)
            });
            let value = |shown: &Shown, field: &str| Ok(sort_value(shown, field));
            order.sorted(queues, |shown| shown.queue.id.uuid(), value)
        });
        Ok(read.await?.into_page(AnnotationQueue))
    }

    async fn annotation_queue(&self, context: &Context<'_>, id: ID) -> Result<Option<AnnotationQueue>> {
        load(session(context)?, AnnotationQueueId::known(uuid(&id)?)).await
    }
}

fn sort_value(Shown { queue, progress }: &Shown, field: &str) -> SortValue {
    let time = |time: time::Timestamp| SortValue::Whole(time.as_nanos());
    let whole = |count: u64| SortValue::Whole(i64::try_from(count).unwrap_or(i64::MAX));
    match field {
        "name" => SortValue::Text(queue.name.to_lowercase()),
        "scope" => SortValue::Text(queue.scope.name().to_owned()),
        "item_count" => whole(progress.items),
        "progress" if progress.items == 0 => SortValue::Missing,
        #[expect(clippy::cast_precision_loss, reason = "counts of items are far below 2^53")]
        "progress" => SortValue::Number(progress.completed as f64 / progress.items as f64),
        "reviewer_count" => counted(progress.reviewers.len()),
        "created_at" => time(queue.created_at),
        "created_by" => SortValue::Text(queue.created_by.to_lowercase()),
        "last_updated_at" => time(queue.last_updated_at),
        _ => SortValue::Id,
    }
}

fn counted(count: usize) -> SortValue {
    SortValue::Whole(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What is left out stays as it is, or takes its default.
#[derive(InputObject)]
pub(crate) struct AnnotationQueueInput {
    /// Needed to make one.
    name: Option<String>,
    description: Option<String>,
    instructions: Option<String>,
    comments_enabled: Option<bool>,
    feedback_definition_names: Option<Vec<String>>,
    annotators_per_item: Option<u32>,
    lock_timeout_seconds: Option<u32>,
    automation: Option<JsonText>,
    annotator_view: Option<JsonText>,
}

impl From<AnnotationQueueInput> for Changes {
    fn from(input: AnnotationQueueInput) -> Self {
        let json = |json: Option<JsonText>| json.map(|json| json.0).filter(|json| !json.is_null());
        Self {
            name: input.name,
            description: input.description,
            instructions: input.instructions,
            comments_enabled: input.comments_enabled,
            feedback_definition_names: input.feedback_definition_names,
            annotators_per_item: input.annotators_per_item,
            lock_timeout_seconds: input.lock_timeout_seconds,
            automation: json(input.automation),
            annotator_view: json(input.annotator_view),
        }
    }
}

#[derive(Default)]
pub(crate) struct AnnotationMutations;

#[Object]
impl AnnotationMutations {
    async fn create_annotation_queue(
        &self,
        context: &Context<'_>,
        project_id: ID,
        scope: AnnotationScope,
        input: AnnotationQueueInput,
    ) -> Result<AnnotationQueue> {
        let session = session(context)?;
        let create = Create {
            id: None,
            project: ProjectRef::Id(ProjectId::known(uuid(&project_id)?)),
            scope: scope.into(),
            changes: input.into(),
        };
        let outcome = session.execute(Command::Create(Box::new(create))).await?;
        present(session, AnnotationQueueId::known(outcome.created.unwrap_or_default())).await
    }

    async fn update_annotation_queue(
        &self,
        context: &Context<'_>,
        id: ID,
        input: AnnotationQueueInput,
    ) -> Result<AnnotationQueue> {
        let session = session(context)?;
        let id = AnnotationQueueId::known(uuid(&id)?);
        session.execute(Command::Update { id, changes: Box::new(input.into()) }).await?;
        present(session, id).await
    }

    /// True also for what was not there.
    async fn delete_annotation_queues(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(AnnotationQueueId::known(uuid(id)?))).collect::<Result<_>>()?;
        session(context)?.execute(Command::Delete { ids }).await?;
        Ok(true)
    }

    /// Traces, or threads by the ids of their own. Those that are in the queue stay.
    async fn add_annotation_items(
        &self,
        context: &Context<'_>,
        id: ID,
        items: Vec<ID>,
    ) -> Result<AnnotationQueue> {
        let session = session(context)?;
        let id = AnnotationQueueId::known(uuid(&id)?);
        let items = items.iter().map(uuid).collect::<Result<_>>()?;
        session.execute(Command::AddItems { id, items }).await?;
        present(session, id).await
    }

    async fn remove_annotation_items(
        &self,
        context: &Context<'_>,
        id: ID,
        items: Vec<ID>,
    ) -> Result<AnnotationQueue> {
        let session = session(context)?;
        let id = AnnotationQueueId::known(uuid(&id)?);
        let items = items.iter().map(uuid).collect::<Result<_>>()?;
        session.execute(Command::RemoveItems { id, items }).await?;
        present(session, id).await
    }

    /// Keeps an item for who asks, for as long as the queue says. False if others have it.
    async fn lock_annotation_item(&self, context: &Context<'_>, id: ID, item: ID) -> Result<bool> {
        let session = session(context)?;
        let (id, item) = (AnnotationQueueId::known(uuid(&id)?), uuid(&item)?);
        session.execute(Command::Lock { id, item }).await?;
        let now = session.now();
        let locks = session
            .read::<AnnotationRead, _>(move |reader| Ok(reader.annotation_locks_on(id, item)?))
            .await?;
        Ok(locks.iter().any(|lock| lock.by == session.person() && lock.until > now))
    }
}

async fn load(session: &Session, id: AnnotationQueueId) -> Result<Option<AnnotationQueue>> {
    let read = session.read::<AnnotationRead, _>(move |reader| Ok(reader.annotation_queue(id)?));
    Ok(read.await?.map(AnnotationQueue))
}

/// A queue that was just written; somebody else may have deleted it since.
async fn present(session: &Session, id: AnnotationQueueId) -> Result<AnnotationQueue> {
    Ok(load(session, id).await?.ok_or_else(not_found)?)
}
