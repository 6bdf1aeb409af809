//! Traces over REST: writes in every way that clients have, reads by id, pages and streams.

pub(crate) mod input;
pub(crate) mod output;

use axum::extract::State;
use axum::http::StatusCode;
use cairn_core::access::{TraceDelete, TraceRead, TraceWrite};
use cairn_core::ids::TraceId;
use cairn_core::query::Entity;
use cairn_core::rejection::Rejection;
use cairn_core::traces::Delete;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{self, ListQuery, ReadQuery};
use crate::projects::created;
use crate::routes::Server;
use crate::wire;
use crate::wire::gathered;
use output::{Show, TraceOut};

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    body: Body,
) -> Answer {
    let command = body.read(input::create).await?;
    let outcome = server.handles.execute(&grant, command).await?;
    Ok(created("traces", outcome.created))
}

pub(crate) async fn record(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let command = body.read(input::record).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let id = TraceId::new(id)?;
    let command = body.read(move |body| input::update(id, body)).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn update_many(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let command = body.read(input::update_many).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Ids {
    ids: Vec<Uuid>,
}

pub(crate) async fn delete_many(
    State(server): State<Server>,
    Granted(grant): Granted<TraceDelete>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let ids = ids.into_iter().map(TraceId::known).collect();
    server.handles.execute(&grant, Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<TraceDelete>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Delete { ids: vec![TraceId::known(id)] }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Id(id): Id,
    Query(query): Query<ReadQuery>,
) -> Answer {
    let show = query.show();
    let found = server.handles.read(&grant, move |reader| {
        let trace = shown(reader, id, &show)?;
        Ok(trace.map(|trace| gathered::json(&trace)).transpose()?)
    });
    Ok(found.await?.ok_or_else(|| Rejection::not_found(format!("Trace id: {id} not found")))?)
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    lists::list(Entity::Trace, shown, server, grant, query).await
}

pub(crate) async fn search(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    body: Body,
) -> Answer {
    lists::search(Entity::Trace, shown, server, grant, body).await
}

pub(crate) fn shown(reader: &Reader, id: Uuid, show: &Show) -> Result<Option<TraceOut>, Error> {
    let Some(trace) = reader.trace(TraceId::known(id))? else { return Ok(None) };
    let is_wanted = !trace.sums.scores.is_empty() && show.keep("span_feedback_scores", Some(())).is_some();
    let span_scores = if is_wanted { reader.span_scores(trace.id)? } else { Vec::new() };
    let queues = reader.annotation_queues_of(id)?;
    let id = trace.id;
    let out = TraceOut::new(trace, &span_scores, reader, show)?.in_queues(queues, show);
    if show.keep("experiment", Some(())).is_none() {
        return Ok(Some(out));
    }
    out.in_experiment(reader, id).map(Some)
}
