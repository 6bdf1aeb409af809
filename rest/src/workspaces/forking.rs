//! Forking a workspace, as `cairn fork` asks a running server for it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_actors::workspaces::forking::Made;
use cairn_core::access::WorkspaceFork;
use cairn_core::workspaces::forking::Fork;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted};
use crate::routes::Server;
use crate::wire;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    pub name: String,
}

/// A fork, and what it took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    pub id: Uuid,
    pub name: String,
    pub position: u64,
    pub shared_files: u64,
    pub shared_bytes: u64,
    pub copied_files: u64,
    pub copied_bytes: u64,
}

impl From<Made> for Told {
    fn from(made: Made) -> Self {
        Self {
            id: made.id.uuid(),
            name: made.name,
            position: made.position.0,
            shared_files: made.cost.shared_files,
            shared_bytes: made.cost.shared_bytes,
            copied_files: made.cost.copied_files,
            copied_bytes: made.cost.copied_bytes,
        }
    }
}

pub(crate) async fn fork(
    State(server): State<Server>,
    Granted(grant): Granted<WorkspaceFork>,
    body: Body,
) -> Answer {
    let Asked { name } = body.read(wire::plain).await?;
    let made = server.handles.fork(&grant, Fork { name }).await?;
    Ok((StatusCode::CREATED, Json(Told::from(made))).into_response())
}
