//! Environments over REST.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{EnvironmentRead, EnvironmentWrite};
use cairn_core::environments::{Changes, Command, Environment};
use cairn_core::ids::EnvironmentId;
use cairn_core::rejection::Rejection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::lists::Page;
use crate::projects::created;
use crate::routes::Server;
use crate::wire::{self, Ids, Shown};

#[derive(Deserialize)]
struct EnvironmentIn {
    id: Option<Uuid>,
    name: Option<String>,
    description: Option<String>,
    color: Option<String>,
    position: Option<i32>,
}

#[derive(Serialize)]
struct EnvironmentOut {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<i32>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

impl From<&Environment> for EnvironmentOut {
    fn from(environment: &Environment) -> Self {
        Self {
            id: environment.id.to_string(),
            name: environment.name.clone(),
            description: environment.description.clone(),
            color: environment.color.clone(),
            position: environment.position,
            created_at: Shown(environment.created_at.to_micros()),
            created_by: environment.created_by.clone(),
            last_updated_at: Shown(environment.last_updated_at.to_micros()),
            last_updated_by: environment.last_updated_by.clone(),
        }
    }
}

impl EnvironmentIn {
    fn changes(self) -> Changes {
        let Self { id: _, name, description, color, position } = self;
        Changes { name, description, color, position }
    }
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<EnvironmentWrite>,
    body: Body,
) -> Answer {
    let environment: EnvironmentIn = body.read(wire::plain).await?;
    let id = environment.id.map(EnvironmentId::new).transpose()?;
    let outcome =
        server.handles.execute(&grant, Command::Create { id, changes: environment.changes() }).await?;
    Ok(created("environments", outcome.created))
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<EnvironmentWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let environment: EnvironmentIn = body.read(wire::plain).await?;
    let command = Command::Update { id: EnvironmentId::known(id), changes: environment.changes() };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_many(
    State(server): State<Server>,
    Granted(grant): Granted<EnvironmentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let ids = ids.into_iter().map(EnvironmentId::known).collect();
    server.handles.execute(&grant, Command::Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<EnvironmentRead>,
    Id(id): Id,
) -> Answer {
    let environments = server.handles.read(&grant, |reader| Ok(reader.environments()?)).await?;
    let environment = environments
        .get(EnvironmentId::known(id))
        .ok_or_else(|| Rejection::not_found("Environment not found"))?;
    Ok(Json(EnvironmentOut::from(environment)).into_response())
}

/// All of them on one page, oldest first: there are never many.
pub(crate) async fn list(State(server): State<Server>, Granted(grant): Granted<EnvironmentRead>) -> Answer {
    let environments = server.handles.read(&grant, |reader| Ok(reader.environments()?)).await?;
    let content: Vec<EnvironmentOut> = environments.all().into_iter().map(EnvironmentOut::from).collect();
    let total = content.len();
    Ok(Json(Page { number: 1, size: total, total, content, sortable_by: &["created_at"] }).into_response())
}
