//! Optimizations over REST. How they are read and written is in the files beside this one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cairn_core::access::{Grant, OptimizationRead, OptimizationWrite};
use cairn_core::ids::{DatasetId, OptimizationId, ProjectId};
use cairn_core::optimizations::{Command, Optimization, not_found};
use cairn_core::query::{Query as Condition, opik};
use cairn_core::rejection::Rejection;
use cairn_storage::error::Error;
use cairn_storage::optimizations::reading::OPTIMIZATION_FIELDS;
use cairn_storage::reader::Reader;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::projects::created;
use crate::routes::Server;
use crate::wire::{self, Ids};
use output::OptimizationOut;

mod input;
mod output;

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<OptimizationWrite>,
    body: Body,
) -> Answer {
    let write = body.read(input::write).await?;
    let outcome = server.handles.execute(&grant, Command::Create(Box::new(write))).await?;
    Ok(created("optimizations", outcome.created))
}

pub(crate) async fn put(
    State(server): State<Server>,
    Granted(grant): Granted<OptimizationWrite>,
    body: Body,
) -> Answer {
    let write = body.read(input::write).await?;
    let outcome = server.handles.execute(&grant, Command::Put(Box::new(write))).await?;
    Ok(created("optimizations", outcome.created))
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<OptimizationWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let changes = Box::new(body.read(input::changes).await?);
    server.handles.execute(&grant, Command::Update { id: OptimizationId::known(id), changes }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<OptimizationWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let ids = ids.into_iter().map(OptimizationId::known).collect();
    server.handles.execute(&grant, Command::Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<OptimizationRead>,
    Id(id): Id,
) -> Answer {
    let found = server.handles.read(&grant, move |reader| {
        let optimization = reader.optimization(OptimizationId::known(id))?.ok_or_else(|| not_found(id))?;
        Ok(OptimizationOut::new(optimization, reader)?)
    });
    Ok(axum::Json(found.await?).into_response())
}

/// Runs of the studio write logs; none is made here, so there is none to be had.
pub(crate) async fn studio_logs(
    State(server): State<Server>,
    Granted(grant): Granted<OptimizationRead>,
    Id(id): Id,
) -> Answer<Response> {
    let known = server
        .handles
        .read(&grant, move |reader| Ok(reader.optimization(OptimizationId::known(id))?))
        .await?;
    known.ok_or_else(|| not_found(id))?;
    Err(Rejection::not_found(format!("Not found logs of the optimization with id '{id}'")).into())
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    dataset_id: Option<Uuid>,
    dataset_name: Option<String>,
    name: Option<String>,
    dataset_deleted: Option<bool>,
    studio_only: Option<bool>,
    project_id: Option<Uuid>,
    filters: Option<String>,
}

/// Which optimizations are wanted.
struct Wanted {
    dataset: Option<DatasetId>,
    dataset_name: Option<String>,
    name: Option<String>,
    dataset_deleted: Option<bool>,
    studio_only: bool,
    project: Option<ProjectId>,
    condition: Condition,
}

impl Wanted {
    fn find(&self, reader: &Reader) -> Result<Vec<Optimization>, Error> {
        let datasets = reader.datasets()?;
        let holds = |text: &str, part: &str| text.to_lowercase().contains(part);
        let mut optimizations = reader.optimizations()?;
        optimizations.retain(|optimization| {
            let dataset = datasets.get(optimization.dataset_id);
            self.dataset.is_none_or(|wanted| optimization.dataset_id == wanted)
                && self
                    .dataset_name
                    .as_ref()
                    .is_none_or(|part| dataset.is_some_and(|dataset| holds(&dataset.name, part)))
                && self.dataset_deleted.is_none_or(|deleted| dataset.is_none() == deleted)
                && self.name.as_ref().is_none_or(|part| holds(&optimization.name, part))
                && (!self.studio_only || optimization.studio_config.is_some())
                && self.project.is_none_or(|project| optimization.project_id == Some(project))
        });
        if self.condition == Condition::All {
            return Ok(optimizations);
        }
        let mut kept = Vec::with_capacity(optimizations.len());
        for optimization in optimizations {
            if reader.optimization_matches(&optimization, &self.condition)? {
                kept.push(optimization);
            }
        }
        Ok(kept)
    }
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<OptimizationRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    answer(server, grant, query).await
}

pub(crate) async fn list_of_project(
    State(server): State<Server>,
    Granted(grant): Granted<OptimizationRead>,
    Id(id): Id,
    Query(mut query): Query<ListQuery>,
) -> Answer {
    query.project_id = Some(id);
    answer(server, grant, query).await
}

async fn answer(server: Server, grant: Grant<OptimizationRead>, query: ListQuery) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let wanted = Wanted {
        dataset: query.dataset_id.map(DatasetId::known),
        dataset_name: query.dataset_name.map(|name| name.to_lowercase()),
        name: query.name.map(|name| name.to_lowercase()),
        dataset_deleted: query.dataset_deleted,
        studio_only: query.studio_only == Some(true),
        project: query.project_id.map(ProjectId::known),
        condition: opik::own_filters(OPTIMIZATION_FIELDS, query.filters.as_deref().unwrap_or_default())?,
    };
    let page = server.handles.read(&grant, move |reader| {
        let optimizations = wanted.find(reader)?;
        let total = optimizations.len();
        let shown = optimizations.into_iter().skip((number - 1) * size).take(size);
        let content = shown.map(|optimization| OptimizationOut::new(optimization, reader));
        let content = content.collect::<Result<Vec<_>, _>>()?;
        Ok(Page { number, size: content.len(), total, content, sortable_by: &[] })
    });
    Ok(axum::Json(page.await?).into_response())
}
