//! Comments over REST: on traces, spans and threads.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{CommentModerate, CommentWrite, TraceRead};
use cairn_core::comments::{Add, Command, Comment, Delete, Moderate, missing};
use cairn_core::feedback::{Target, TargetKind};
use cairn_core::ids::{CommentId, SpanId, ThreadId, TraceId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::projects::created;
use crate::routes::Server;
use crate::wire::{self, Ids, Shown};

#[derive(Deserialize)]
struct CommentIn {
    text: Option<String>,
    #[serde(alias = "sourceQueueId")]
    source_queue_id: Option<Uuid>,
}

/// A comment as clients read it.
#[derive(Serialize)]
pub(crate) struct CommentOut {
    id: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_queue_id: Option<Uuid>,
    created_at: Shown,
    last_updated_at: Shown,
    created_by: String,
    last_updated_by: String,
}

impl CommentOut {
    /// `None` if there are none.
    pub(crate) fn all(comments: Vec<Comment>) -> Option<Vec<Self>> {
        (!comments.is_empty()).then(|| comments.into_iter().map(Self::from).collect())
    }
}

impl From<Comment> for CommentOut {
    fn from(comment: Comment) -> Self {
        Self {
            id: comment.id.to_string(),
            text: comment.text,
            source_queue_id: comment.queue_id,
            created_at: Shown(comment.created_at.to_micros()),
            last_updated_at: Shown(comment.last_updated_at.to_micros()),
            created_by: comment.created_by,
            last_updated_by: comment.last_updated_by,
        }
    }
}

pub(crate) async fn add_to_trace(
    server: State<Server>,
    grant: Granted<CommentWrite>,
    Id(id): Id,
    body: Body,
) -> Answer {
    add(server, grant, Target::Trace(TraceId::known(id)), &format!("traces/{id}"), body).await
}

pub(crate) async fn add_to_span(
    server: State<Server>,
    grant: Granted<CommentWrite>,
    Id(id): Id,
    body: Body,
) -> Answer {
    add(server, grant, Target::Span(SpanId::known(id)), &format!("spans/{id}"), body).await
}

pub(crate) async fn add_to_thread(
    server: State<Server>,
    grant: Granted<CommentWrite>,
    Id(id): Id,
    body: Body,
) -> Answer {
    add(server, grant, Target::Thread(ThreadId::known(id)), &format!("traces/threads/{id}"), body).await
}

async fn add(
    State(server): State<Server>,
    Granted(grant): Granted<CommentWrite>,
    target: Target,
    place: &str,
    body: Body,
) -> Answer {
    let CommentIn { text, source_queue_id } = body.read(wire::plain).await?;
    let add = Add { target, text: text.unwrap_or_default(), queue_id: source_queue_id };
    let outcome = server.handles.execute(&grant, Command::Add(add)).await?;
    let (parts, _) = created(&format!("{place}/comments"), outcome.created).into_parts();
    Ok((parts.status, parts.headers, Json(json!({ "id": outcome.created }))).into_response())
}

pub(crate) async fn read_of_trace(
    server: State<Server>,
    grant: Granted<TraceRead>,
    ids: Path<(String, String)>,
) -> Answer {
    read(server, grant, |id| Target::Trace(TraceId::known(id)), ids).await
}

pub(crate) async fn read_of_span(
    server: State<Server>,
    grant: Granted<TraceRead>,
    ids: Path<(String, String)>,
) -> Answer {
    read(server, grant, |id| Target::Span(SpanId::known(id)), ids).await
}

pub(crate) async fn read_of_thread(
    server: State<Server>,
    grant: Granted<TraceRead>,
    ids: Path<(String, String)>,
) -> Answer {
    read(server, grant, |id| Target::Thread(ThreadId::known(id)), ids).await
}

async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    target: fn(Uuid) -> Target,
    Path((on, id)): Path<(String, String)>,
) -> Answer {
    let known = |text: &str| Uuid::parse_str(text).map_err(|_| missing());
    let (target, id) = (target(known(&on)?), CommentId::known(known(&id)?));
    let found = server.handles.read(&grant, move |reader| Ok(reader.comment(id)?)).await?;
    let placed = found.filter(|placed| placed.target == target).ok_or_else(missing)?;
    Ok(Json(CommentOut::from(placed.comment)).into_response())
}

pub(crate) async fn edit_of_trace(
    server: State<Server>,
    grant: Granted<CommentWrite>,
    id: Id,
    body: Body,
) -> Answer<StatusCode> {
    edit(server, grant, TargetKind::Trace, id, body).await
}

pub(crate) async fn edit_of_span(
    server: State<Server>,
    grant: Granted<CommentWrite>,
    id: Id,
    body: Body,
) -> Answer<StatusCode> {
    edit(server, grant, TargetKind::Span, id, body).await
}

pub(crate) async fn edit_of_thread(
    server: State<Server>,
    grant: Granted<CommentWrite>,
    id: Id,
    body: Body,
) -> Answer<StatusCode> {
    edit(server, grant, TargetKind::Thread, id, body).await
}

async fn edit(
    State(server): State<Server>,
    Granted(grant): Granted<CommentWrite>,
    kind: TargetKind,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let CommentIn { text, .. } = body.read(wire::plain).await?;
    let (kind, text) = (Some(kind), text.unwrap_or_default());
    let command = Command::Edit { kind, id: CommentId::known(id), text };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_of_traces(
    server: State<Server>,
    grant: Granted<CommentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    delete(server, grant, TargetKind::Trace, body).await
}

pub(crate) async fn delete_of_spans(
    server: State<Server>,
    grant: Granted<CommentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    delete(server, grant, TargetKind::Span, body).await
}

pub(crate) async fn delete_of_threads(
    server: State<Server>,
    grant: Granted<CommentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    delete(server, grant, TargetKind::Thread, body).await
}

/// A moderator deletes whoever's, others their own.
async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<CommentWrite>,
    kind: TargetKind,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let delete = Delete { kind: Some(kind), ids: ids.into_iter().map(CommentId::known).collect() };
    match grant.principal().grant::<CommentModerate>() {
        Ok(moderator) => server.handles.execute(&moderator, Moderate(delete)).await?,
        Err(_) => server.handles.execute(&grant, Command::Delete(delete)).await?,
    };
    Ok(StatusCode::NO_CONTENT)
}
