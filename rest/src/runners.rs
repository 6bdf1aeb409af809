//! Runners over REST: what they say of themselves, and what people see of them. Their jobs, the commands to their
//! machines and their pairing are in files of their own.

pub(crate) mod bridge;
pub(crate) mod jobs;
pub(crate) mod pairing;
mod wire;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{RunnerRead, RunnerWrite};
use cairn_core::ids::{ProjectId, RunnerId};
use cairn_core::rejection::Rejection;
use cairn_core::runners::runner_not_found;
use cairn_core::runners::state::RunnerStatus;
use serde::Deserialize;
use uuid::Uuid;

use self::wire::{AgentsIn, CancelledOut, HeartbeatIn, RunnerOut, ZeroPage, zero_window};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::routes::Server;
use crate::wire::{plain, plain_or_empty};

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    project_id: Option<Uuid>,
    status: Option<String>,
    page: Option<i64>,
    size: Option<i64>,
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    let project =
        query.project_id.ok_or_else(|| Rejection::malformed("query param project_id must not be null"))?;
    let unknown = |name: &str| {
        Rejection::malformed(format!("status `{name}` is unknown"))
            .hint("use `pairing`, `connected` or `disconnected`")
    };
    let status =
        query.status.map(|name| RunnerStatus::parse(&name).ok_or_else(|| unknown(&name))).transpose()?;
    let (number, window) = zero_window(query.page, query.size)?;
    let runners = server.handles.runners(&grant, ProjectId::known(project), status, window).await?;
    let page = ZeroPage::of(number, runners);
    Ok(Json(page.map(RunnerOut::from)).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerRead>,
    Id(id): Id,
) -> Answer {
    let runner = server.handles.runner(&grant, RunnerId::known(id)).await?.ok_or_else(runner_not_found)?;
    Ok(Json(RunnerOut::from(runner)).into_response())
}

pub(crate) async fn disconnect(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.disconnect_runner(&grant, RunnerId::known(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn hear(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
    body: Body,
) -> Answer {
    let HeartbeatIn { capabilities } = body.read(plain_or_empty).await?;
    let capabilities = capabilities.unwrap_or_default();
    let cancelled = server.handles.hear_runner(&grant, RunnerId::known(id), capabilities).await?;
    Ok(Json(CancelledOut::from(cancelled)).into_response())
}

pub(crate) async fn set_agents(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let agents: AgentsIn = body.read(plain).await?;
    server.handles.set_runner_agents(&grant, RunnerId::known(id), wire::agents(agents)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn patch_checklist(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let patch = body.read(wire::whole).await?;
    server.handles.patch_runner_checklist(&grant, RunnerId::known(id), patch).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Two ids of a path.
fn ids((one, other): &(String, String)) -> Result<(Uuid, Uuid), Rejection> {
    let read = |text: &str| Uuid::parse_str(text).map_err(|_| Rejection::not_found("HTTP 404 Not Found"));
    Ok((read(one)?, read(other)?))
}
