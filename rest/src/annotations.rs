//! Annotation queues over REST. How they are read and written is in the file beside this one.

mod wire;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{AnnotationRead, AnnotationWrite};
use cairn_core::annotations::view::QUEUES;
use cairn_core::annotations::{Command, Lock, Queue, not_found};
use cairn_core::command::check_batch;
use cairn_core::ids::AnnotationQueueId;
use cairn_core::limits::BATCH_ITEMS_MAX;
use cairn_core::query::catalogue;
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::wire::{ItemOut, ItemsOut, LockOut, LocksOut, QueueOut};
use crate::error::{Answer, Refused};
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::projects::created;
use crate::routes::Server;
use crate::wire::{Ids, plain};

/// A queue as the traces and threads in it name it.
#[derive(Serialize)]
pub(crate) struct QueueRef {
    id: String,
    name: String,
}

impl QueueRef {
    /// `None` if there are none.
    pub(crate) fn all(queues: Vec<Queue>) -> Option<Vec<Self>> {
        let shown = |queue: Queue| Self { id: queue.id.to_string(), name: queue.name };
        (!queues.is_empty()).then(|| queues.into_iter().map(shown).collect())
    }
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    name: Option<String>,
    filters: Option<String>,
    sorting: Option<String>,
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationWrite>,
    body: Body,
) -> Answer {
    let create = body.read(wire::create).await?;
    let outcome = server.handles.execute(&grant, Command::Create(Box::new(create))).await?;
    Ok(created("annotation-queues", outcome.created))
}

pub(crate) async fn create_many(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let all = body.read(wire::create_many).await?;
    server.handles.execute(&grant, Command::CreateMany(all)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let changes = Box::new(body.read(wire::changes).await?);
    server.handles.execute(&grant, Command::Update { id: AnnotationQueueId::known(id), changes }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(plain).await?;
    let ids = ids.into_iter().map(AnnotationQueueId::known).collect();
    server.handles.execute(&grant, Command::Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationRead>,
    Id(id): Id,
) -> Answer {
    let found = server.handles.read(&grant, move |reader| {
        let queue = reader.annotation_queue(AnnotationQueueId::known(id))?.ok_or_else(not_found)?;
        Ok(QueueOut::new(queue, reader)?)
    });
    Ok(Json(found.await?).into_response())
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let filter = QUEUES.filters(query.filters.as_deref())?;
    let sort = QUEUES.sorting(query.sorting.as_deref())?;
    let part = query.name.unwrap_or_default().to_lowercase();
    let page = server.handles.read(&grant, move |reader| {
        let mut queues = reader.annotation_queues()?;
        queues.retain(|shown| {
            shown.queue.name.to_lowercase().contains(&part) && catalogue::holds(&filter, shown)
        });
        if let Some(sort) = sort {
            catalogue::sort(&mut queues, &sort, |shown| shown.queue.id.uuid());
        }
        let total = queues.len();
        let shown = queues.into_iter().skip((number - 1) * size).take(size);
        let content = shown.map(|queue| QueueOut::new(queue, reader)).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { number, size: content.len(), total, content, sortable_by: QUEUES.sortable_by })
    });
    Ok(Json(page.await?).into_response())
}

pub(crate) async fn add_items(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids: items } = body.read(plain).await?;
    server.handles.execute(&grant, Command::AddItems { id: AnnotationQueueId::known(id), items }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn remove_items(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids: items } = body.read(plain).await?;
    server.handles.execute(&grant, Command::RemoveItems { id: AnnotationQueueId::known(id), items }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Searched {
    ids: Option<Vec<Uuid>>,
}

/// Those of some items that are in the queue; without any named, the oldest.
pub(crate) async fn search_items(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationRead>,
    Id(id): Id,
    body: Body,
) -> Answer {
    let Searched { ids } = body.read(plain).await?;
    if let Some(ids) = &ids {
        check_batch("ids", ids.len())?;
    }
    let id = AnnotationQueueId::known(id);
    let found = server.handles.read(&grant, move |reader| {
        reader.annotation_queue(id)?.ok_or_else(not_found)?;
        let Some(ids) = ids else { return Ok(reader.annotation_items(id, None, BATCH_ITEMS_MAX)?) };
        let mut items = Vec::with_capacity(ids.len());
        for item in ids {
            items.extend(reader.annotation_item(id, item)?.map(|row| (item, row)));
        }
        Ok(items)
    });
    let content = found.await?.into_iter().map(|(id, item)| ItemOut::new(id, &item)).collect();
    Ok(Json(ItemsOut { content }).into_response())
}

pub(crate) async fn locks(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationRead>,
    Id(id): Id,
) -> Answer {
    let (id, now) = (AnnotationQueueId::known(id), server.handles.now());
    let found = server.handles.read(&grant, move |reader| {
        reader.annotation_queue(id)?.ok_or_else(not_found)?;
        Ok(reader.annotation_locks(id)?)
    });
    let mut locks = BTreeMap::new();
    for (item, held) in found.await? {
        let held = alive(held, now);
        if !held.is_empty() {
            locks.insert(item.to_string(), LockOut::new(held));
        }
    }
    Ok(Json(LocksOut { locks }).into_response())
}

/// Tells who has the item now, whether that is who asks or somebody else.
pub(crate) async fn lock(
    State(server): State<Server>,
    Granted(grant): Granted<AnnotationWrite>,
    Path((id, item)): Path<(String, String)>,
) -> Answer {
    let missing = || Refused::from(Rejection::not_found("HTTP 404 Not Found"));
    let id = AnnotationQueueId::known(Uuid::parse_str(&id).map_err(|_| missing())?);
    let item = Uuid::parse_str(&item).map_err(|_| missing())?;
    server.handles.execute(&grant, Command::Lock { id, item }).await?;
    let now = server.handles.now();
    let who = grant.principal().name().to_string();
    let readable = grant.principal().grant::<AnnotationRead>()?;
    let held =
        server.handles.read(&readable, move |reader| Ok(reader.annotation_locks_on(id, item)?)).await?;
    Ok(Json(wire::AcquiredOut::new(item, alive(held, now), &who)).into_response())
}

fn alive(mut locks: Vec<Lock>, now: Timestamp) -> Vec<Lock> {
    locks.retain(|lock| lock.until > now);
    locks
}
