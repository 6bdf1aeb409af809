//! Spans over REST: writes in every way that clients have, reads by id, pages and streams.

pub(crate) mod input;
mod output;

use axum::extract::State;
use axum::http::StatusCode;
use cairn_core::access::{TraceDelete, TraceRead, TraceWrite};
use cairn_core::ids::SpanId;
use cairn_core::query::Entity;
use cairn_core::rejection::Rejection;
use cairn_core::spans::Delete;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{self, ListQuery, ReadQuery};
use crate::projects::created;
use crate::routes::Server;
use crate::traces::output::Show;
use crate::wire::gathered;
use output::SpanOut;

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    body: Body,
) -> Answer {
    let command = body.read(input::create).await?;
    let outcome = server.handles.execute(&grant, command).await?;
    Ok(created("spans", outcome.created))
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
    let id = SpanId::new(id)?;
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

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<TraceDelete>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Delete { ids: vec![SpanId::known(id)] }).await?;
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
        let Some(span) = reader.span(SpanId::known(id))? else { return Ok(None) };
        let project = reader.project(span.project_id)?.map(|view| view.project.name);
        Ok(Some(gathered::json(&SpanOut::new(span, reader, &show)?.in_project(project))?))
    });
    Ok(found.await?.ok_or_else(|| Rejection::not_found(format!("Span id: {id} not found")))?)
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    lists::list(Entity::Span, shown, server, grant, query).await
}

pub(crate) async fn search(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    body: Body,
) -> Answer {
    lists::search(Entity::Span, shown, server, grant, body).await
}

pub(crate) fn shown(reader: &Reader, id: Uuid, show: &Show) -> Result<Option<SpanOut>, Error> {
    let found = reader.span(SpanId::known(id))?;
    found.map(|span| SpanOut::new(span, reader, show)).transpose()
}
