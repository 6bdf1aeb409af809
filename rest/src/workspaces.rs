//! Health, version, and who one is in which workspace.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cairn_core::access::WorkspaceRead;
use serde_json::{Value, json};

use crate::error::Answer;
use crate::extract::Granted;
use crate::routes::Server;

pub(crate) async fn ping(State(server): State<Server>) -> Response {
    let faults = server.handles.faults();
    if faults.is_empty() {
        return Json(json!({ "message": "Healthy Server", "healthy": true })).into_response();
    }
    let body = json!({ "message": faults.join("; "), "healthy": false });
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}

pub(crate) async fn version(State(server): State<Server>) -> Json<Value> {
    Json(json!({ "version": server.version }))
}

pub(crate) async fn auth(_: Granted<WorkspaceRead>) -> StatusCode {
    StatusCode::NO_CONTENT
}

pub(crate) async fn workspace(
    State(server): State<Server>,
    Granted(grant): Granted<WorkspaceRead>,
) -> Json<Value> {
    Json(json!({ "workspace_name": server.handles.workspace_name(grant.workspace()) }))
}

pub(crate) async fn permissions(
    State(server): State<Server>,
    Granted(grant): Granted<WorkspaceRead>,
) -> Answer<Json<Value>> {
    let body = json!({
        "user_name": grant.principal().name().as_ref(),
        "workspace_name": server.handles.workspace_name(grant.workspace()),
        "permissions": [],
    });
    Ok(Json(body))
}
