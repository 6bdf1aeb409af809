//! Threads over REST: pages and streams of them, one by its name, their lifecycle, and tags.

mod output;

use std::collections::HashSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use bytes::Bytes;
use cairn_core::access::{TraceDelete, TraceRead, TraceWrite};
use cairn_core::command::ProjectRef;
use cairn_core::ids::ThreadId;
use cairn_core::merge::TagEdits;
use cairn_core::query::Entity;
use cairn_core::rejection::Rejection;
use cairn_core::threads::{Command, Delete, TagChange, Which, not_found};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::Deserialize;
use uuid::Uuid;

use self::output::ThreadOut;
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{self, ListQuery, ProjectName, project};
use crate::routes::Server;
use crate::traces::output::Show;
use crate::wire;

/// Threads as requests name them: one, or several.
#[derive(Deserialize)]
struct NamedIn {
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "threadId")]
    thread_id: Option<String>,
    #[serde(alias = "threadIds")]
    thread_ids: Option<Vec<String>>,
    truncate: Option<bool>,
}

impl NamedIn {
    fn project(&mut self) -> Result<ProjectName, Rejection> {
        project(self.project_id, self.project_name.take())
    }

    fn all(mut self) -> Result<Which, Rejection> {
        let project = self.project()?.into();
        let mut names = self.thread_ids.unwrap_or_default();
        names.extend(self.thread_id);
        Ok(Which::Named { project, names })
    }

    fn one(mut self) -> Result<(ProjectName, String), Rejection> {
        let project = self.project()?;
        Ok((project, self.thread_id.ok_or_else(|| Rejection::invalid("threadId must not be blank"))?))
    }
}

impl From<ProjectName> for ProjectRef {
    fn from(project: ProjectName) -> Self {
        match project {
            ProjectName::Id(id) => Self::Id(id),
            ProjectName::Name(name) => Self::Name(name),
        }
    }
}

#[derive(Deserialize)]
struct TagsIn {
    tags: Option<Vec<String>>,
    #[serde(alias = "tagsToAdd")]
    tags_to_add: Option<Vec<String>>,
    #[serde(alias = "tagsToRemove")]
    tags_to_remove: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct ManyTagsIn {
    ids: Option<Vec<Uuid>>,
    update: Option<TagsIn>,
    #[serde(alias = "mergeTags")]
    merge_tags: Option<bool>,
}

impl From<TagsIn> for TagChange {
    fn from(tags: TagsIn) -> Self {
        let edits = TagEdits {
            added: wire::tags(tags.tags_to_add).unwrap_or_default(),
            removed: wire::tags(tags.tags_to_remove).unwrap_or_default(),
        };
        Self { tags: wire::tags(tags.tags), edits }
    }
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    lists::list(Entity::Thread, shown, server, grant, query).await
}

pub(crate) async fn search(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    body: Body,
) -> Answer {
    lists::search(Entity::Thread, shown, server, grant, body).await
}

pub(crate) async fn retrieve(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    body: Body,
) -> Answer {
    let named: NamedIn = body.read(wire::plain).await?;
    let show = Show::asked(named.truncate, None, HashSet::new());
    let (project, name) = named.one()?;
    let found = server.handles.read(&grant, move |reader| {
        let id = reader.thread_named(project.find(reader)?, &name)?;
        let thread = id.map(|id| shown(reader, id.uuid(), &show)).transpose()?.flatten();
        Ok(thread.ok_or_else(|| not_found(&name))?)
    });
    Ok(axum::Json(found.await?).into_response())
}

pub(crate) async fn close(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let named: NamedIn = body.read(wire::plain).await?;
    server.handles.execute(&grant, Command::Close(named.all()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn open(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let named: NamedIn = body.read(wire::plain).await?;
    server.handles.execute(&grant, Command::Open(named.all()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<TraceDelete>,
    body: Body,
) -> Answer<StatusCode> {
    let named: NamedIn = body.read(wire::plain).await?;
    server.handles.execute(&grant, Delete(named.all()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let change = body.read(wire::plain::<TagsIn>).await?.into();
    server.handles.execute(&grant, Command::Tag { id: ThreadId::known(id), change }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn update_many(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let command = body.read(many_tags).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn many_tags(body: Bytes) -> Result<Command, Rejection> {
    let ManyTagsIn { ids, update, merge_tags } = wire::plain(body)?;
    Ok(Command::TagMany {
        ids: ids.unwrap_or_default().into_iter().map(ThreadId::known).collect(),
        change: update.ok_or_else(|| Rejection::invalid("update must not be null"))?.into(),
        merge_tags: merge_tags.unwrap_or_default(),
    })
}

/// `None` for a thread that has no traces: there is nothing to show.
pub(crate) fn shown(reader: &Reader, id: Uuid, show: &Show) -> Result<Option<ThreadOut>, Error> {
    let thread = reader.thread(ThreadId::known(id))?.filter(|thread| !thread.is_empty());
    let Some(thread) = thread else { return Ok(None) };
    let queues = reader.annotation_queues_of(id)?;
    Ok(Some(ThreadOut::new(thread, queues, reader.bodies(), show)?))
}
