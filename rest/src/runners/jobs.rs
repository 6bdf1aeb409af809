//! Jobs over REST: asked for by people, taken and reported by runners.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{RunnerRead, RunnerWrite};
use cairn_core::ids::{JobId, ProjectId, RunnerId};
use serde::Deserialize;
use uuid::Uuid;

use super::wire::{JobIn, JobOut, LineIn, LineOut, ReportIn, ZeroPage, zero_window};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::projects::created;
use crate::routes::Server;
use crate::wire::{parse, plain};

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    project_id: Option<Uuid>,
    page: Option<i64>,
    size: Option<i64>,
}

#[derive(Deserialize)]
pub(crate) struct LogQuery {
    #[serde(default)]
    offset: i64,
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    body: Body,
) -> Answer {
    let read = |body| parse(body, |body| Ok(serde_json::from_slice::<JobIn<'_>>(body)?.read(body)));
    let (request, inputs) = body.read(read).await?;
    let id = server.handles.create_job(&grant, request, inputs).await?;
    Ok(created("local-runners/jobs", Some(id.uuid())))
}

/// The next job, or `null` after a while.
pub(crate) async fn next(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
) -> Answer {
    let job = server.handles.next_job(&grant, RunnerId::known(id)).await?;
    Ok(Json(job.map(JobOut::from)).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerRead>,
    Id(id): Id,
) -> Answer {
    let job = server.handles.job(&grant, JobId::known(id)).await?;
    Ok(Json(JobOut::from(job)).into_response())
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerRead>,
    Id(id): Id,
    Query(query): Query<ListQuery>,
) -> Answer {
    let (number, window) = zero_window(query.page, query.size)?;
    let project = query.project_id.map(ProjectId::known);
    let jobs = server.handles.jobs(&grant, RunnerId::known(id), project, None, window).await?;
    let page = ZeroPage::of(number, jobs);
    let page = server
        .handles
        .read(&grant, |reader| Ok(page.try_map(|job| reader.job_with_bodies(job).map(JobOut::from))?));
    Ok(Json(page.await?).into_response())
}

pub(crate) async fn report(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let read = |body| parse(body, |body| Ok(serde_json::from_slice::<ReportIn<'_>>(body)?.read(body)));
    let report = body.read(read).await?;
    server.handles.report_job(&grant, JobId::known(id), report).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn cancel(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.cancel_job(&grant, JobId::known(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn append_log(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let lines: Vec<LineIn> = body.read(plain).await?;
    let lines = lines.into_iter().map(Into::into).collect();
    server.handles.log_job(&grant, JobId::known(id), lines).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read_log(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerRead>,
    Id(id): Id,
    Query(LogQuery { offset }): Query<LogQuery>,
) -> Answer {
    let negative = |_| cairn_core::rejection::Rejection::invalid("offset must be greater than or equal to 0");
    let offset =
        if offset > i64::from(u32::MAX) { u32::MAX } else { u32::try_from(offset).map_err(negative)? };
    let lines = server.handles.job_log(&grant, JobId::known(id), offset).await?;
    let lines: Vec<LineOut> = lines.into_iter().map(LineOut::from).collect();
    Ok(Json(lines).into_response())
}
