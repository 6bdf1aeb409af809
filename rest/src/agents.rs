//! Agent configurations over REST. What goes in and out is in `wire`.

mod wire;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_actors::failure::Failure;
use cairn_core::access::{AgentRead, AgentWrite, Grant};
use cairn_core::agents::state::{Blueprint, overlay};
use cairn_core::agents::{Command, blueprint_not_found, configuration_not_found, mask_not_found};
use cairn_core::ids::{BlueprintId, ProjectId};
use cairn_core::rejection::Rejection;
use cairn_storage::agents::read::{Detailed, Selector};
use cairn_storage::reader::Reader;
use serde::Deserialize;
use uuid::Uuid;

use self::wire::{BlueprintOut, DraftIn, EnvironmentIn, EnvironmentsIn, HistoryPage, KeysIn};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::page_and_size;
use crate::projects::created;
use crate::routes::Server;
use crate::wire::plain;

const COLLECTION: &str = "agent-configs/blueprints";

#[derive(Deserialize)]
pub(crate) struct MaskQuery {
    mask_id: Option<Uuid>,
}

#[derive(Deserialize)]
pub(crate) struct PageQuery {
    page: Option<i64>,
    size: Option<i64>,
}

/// The first version of a project, told as it is then.
pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<AgentWrite>,
    Granted(reading): Granted<AgentRead>,
    body: Body,
) -> Answer {
    let draft: DraftIn = body.read(plain).await?;
    let outcome = server.handles.execute(&grant, Command::Create(draft.read()?)).await?;
    let id = outcome.created.unwrap_or_default();
    let mut response =
        show(&server, &reading, None, move |reader| Ok(reader.agent_blueprint(BlueprintId::known(id))?))
            .await?;
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/private/{COLLECTION}/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<AgentWrite>,
    body: Body,
) -> Answer {
    let draft: DraftIn = body.read(plain).await?;
    let outcome = server.handles.execute(&grant, Command::Update(draft.read()?)).await?;
    Ok(created(COLLECTION, outcome.created))
}

pub(crate) async fn apply_mask(
    State(server): State<Server>,
    Granted(grant): Granted<AgentWrite>,
    Path((project, mask)): Path<(String, String)>,
) -> Answer {
    let (project_id, mask_id) = (project_in(&project)?, BlueprintId::known(id_in(&mask)?));
    let outcome = server.handles.execute(&grant, Command::ApplyMask { project_id, mask_id }).await?;
    Ok(created(COLLECTION, outcome.created))
}

/// 204 if none of the keys was there.
pub(crate) async fn remove_keys(
    State(server): State<Server>,
    Granted(grant): Granted<AgentWrite>,
    body: Body,
) -> Answer {
    let keys: KeysIn = body.read(plain).await?;
    let outcome = server.handles.execute(&grant, keys.read()?).await?;
    Ok(match outcome.created {
        Some(id) => created(COLLECTION, Some(id)),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

pub(crate) async fn set_environments(
    State(server): State<Server>,
    Granted(grant): Granted<AgentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let environments: EnvironmentsIn = body.read(plain).await?;
    server.handles.execute(&grant, environments.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn set_environment(
    State(server): State<Server>,
    Granted(grant): Granted<AgentWrite>,
    Path((environment, project)): Path<(String, String)>,
    body: Body,
) -> Answer<StatusCode> {
    let EnvironmentIn { blueprint_name } = body.read(plain).await?;
    let project_id = project_in(&project)?;
    let version = blueprint_name.unwrap_or_default();
    server.handles.execute(&grant, Command::SetEnvironment { project_id, environment, version }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn remove_environment(
    State(server): State<Server>,
    Granted(grant): Granted<AgentWrite>,
    Path((environment, project)): Path<(String, String)>,
) -> Answer<StatusCode> {
    let project_id = project_in(&project)?;
    server.handles.execute(&grant, Command::RemoveEnvironment { project_id, environment }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<AgentRead>,
    Id(id): Id,
    Query(query): Query<MaskQuery>,
) -> Answer {
    show(&server, &grant, query.mask_id, move |reader| Ok(reader.agent_blueprint(BlueprintId::known(id))?))
        .await
}

pub(crate) async fn read_named(
    server: State<Server>,
    grant: Granted<AgentRead>,
    Path((project, name)): Path<(String, String)>,
    query: Query<MaskQuery>,
) -> Answer {
    select(server, grant, &project, Selector::Name(name), query).await
}

pub(crate) async fn read_in_environment(
    server: State<Server>,
    grant: Granted<AgentRead>,
    Path((environment, project)): Path<(String, String)>,
    query: Query<MaskQuery>,
) -> Answer {
    select(server, grant, &project, Selector::Environment(environment), query).await
}

pub(crate) async fn read_latest(
    server: State<Server>,
    grant: Granted<AgentRead>,
    Path(project): Path<String>,
    query: Query<MaskQuery>,
) -> Answer {
    select(server, grant, &project, Selector::Latest, query).await
}

async fn select(
    State(server): State<Server>,
    Granted(grant): Granted<AgentRead>,
    project: &str,
    selector: Selector,
    Query(query): Query<MaskQuery>,
) -> Answer {
    let project = project_in(project)?;
    show(&server, &grant, query.mask_id, move |reader| Ok(reader.select_agent_blueprint(project, &selector)?))
        .await
}

/// Only what the version changed.
pub(crate) async fn read_delta(
    State(server): State<Server>,
    Granted(grant): Granted<AgentRead>,
    Id(id): Id,
) -> Answer {
    show(&server, &grant, None, move |reader| {
        let Some(mut blueprint) = reader.agent_blueprint(BlueprintId::known(id))? else { return Ok(None) };
        let delta = reader.agent_delta(&blueprint)?;
        blueprint.values = delta.added.into_iter().chain(delta.modified).collect();
        Ok(Some(blueprint))
    })
    .await
}

/// Versions, newest first, without masks.
pub(crate) async fn history(
    State(server): State<Server>,
    Granted(grant): Granted<AgentRead>,
    Id(project): Id,
    Query(query): Query<PageQuery>,
) -> Answer {
    let (page, size) = page_and_size(query.page, query.size)?;
    let project = ProjectId::known(project);
    let body = server.handles.read(&grant, move |reader| {
        let configuration = reader.agent_configuration(project)?.ok_or_else(configuration_not_found)?;
        let skipped = u32::try_from((page - 1) * size).unwrap_or(u32::MAX);
        let newest = configuration.versions.saturating_sub(skipped);
        let content: Vec<BlueprintOut> = reader
            .agent_versions(project, newest, size)?
            .into_iter()
            .map(|blueprint| {
                let environments = configuration.environments_at(blueprint.id);
                BlueprintOut::from(Detailed { environments, blueprint })
            })
            .collect();
        Ok(HistoryPage { page, size: content.len(), total: configuration.versions, content })
    });
    Ok(Json(body.await?).into_response())
}

/// A blueprint, with a mask of its project over it if one is asked for.
async fn show(
    server: &Server,
    grant: &Grant<AgentRead>,
    mask: Option<Uuid>,
    find: impl FnOnce(&Reader) -> Result<Option<Blueprint>, Failure> + Send + 'static,
) -> Answer<Response> {
    let read = server.handles.read(grant, move |reader| {
        let mut blueprint = find(reader)?.ok_or_else(blueprint_not_found)?;
        if let Some(mask) = mask {
            let mask = reader.agent_blueprint(BlueprintId::known(mask))?;
            let mask = mask.filter(|mask| mask.is_mask() && mask.project_id == blueprint.project_id);
            blueprint.values = overlay(blueprint.values, &mask.ok_or_else(mask_not_found)?);
        }
        Ok(reader.detail_agent_blueprint(blueprint)?)
    });
    Ok(Json(BlueprintOut::from(read.await?)).into_response())
}

fn project_in(text: &str) -> Result<ProjectId, Rejection> {
    id_in(text).map(ProjectId::known)
}

fn id_in(text: &str) -> Result<Uuid, Rejection> {
    Uuid::parse_str(text).map_err(|_| Rejection::not_found("HTTP 404 Not Found"))
}
