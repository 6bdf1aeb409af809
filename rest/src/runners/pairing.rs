//! Pairing over REST: a program asks for it, and a browser proves that its person agrees.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_actors::runners::secrets::secret;
use cairn_core::access::RunnerWrite;
use cairn_core::ids::ProjectId;
use cairn_core::rejection::Rejection;
use cairn_core::runners::Kind;
use cairn_core::runners::pairing::Request;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::projects::created;
use crate::routes::Server;
use crate::wire::plain;

#[derive(Deserialize)]
struct SessionIn {
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "activationKey")]
    activation_key: Option<String>,
    #[serde(alias = "ttlSeconds")]
    ttl_seconds: Option<i64>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct ActivationIn {
    #[serde(alias = "runnerName")]
    runner_name: Option<String>,
    hmac: Option<String>,
}

#[derive(Serialize)]
struct SessionOut {
    session_id: String,
    runner_id: String,
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    body: Body,
) -> Answer {
    let session: SessionIn = body.read(plain).await?;
    let project = session.project_id.ok_or_else(|| Rejection::invalid("projectId must not be null"))?;
    let key = bytes("activationKey", session.activation_key.as_deref())?;
    let kind = session.kind.ok_or_else(|| Rejection::invalid("type must not be null"))?;
    let unknown =
        || Rejection::malformed(format!("type `{kind}` is unknown")).hint("use `connect` or `endpoint`");
    let kind = Kind::parse(&kind).ok_or_else(unknown)?;
    let request = Request::new(ProjectId::known(project), key, kind, session.ttl_seconds)?;
    let pairing = server.handles.pair_runner(&grant, request).await?;
    let shown =
        SessionOut { session_id: pairing.session_id.to_string(), runner_id: pairing.runner_id.to_string() };
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

pub(crate) async fn activate(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(session): Id,
    body: Body,
) -> Answer {
    let ActivationIn { runner_name, hmac } = body.read(plain).await?;
    let proof = bytes("hmac", hmac.as_deref())?;
    let name = runner_name.unwrap_or_default();
    let id = server.handles.activate_runner(&grant, session, name, proof).await?;
    Ok(created("local-runners", Some(id.uuid())))
}

fn bytes(field: &str, text: Option<&str>) -> Result<[u8; 32], Rejection> {
    secret(field, text.ok_or_else(|| Rejection::invalid(format!("{field} must not be null")))?)
}
