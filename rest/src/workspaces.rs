//! Health, version, what the server can do, and who one is in which workspace.

pub(crate) mod configuration;
pub mod forking;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cairn_core::access::WorkspaceRead;
use cairn_core::limits::PAGE_ITEMS_DEFAULT;
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

/// The version of the interface: clients compare it with the first one that could do a thing.
const INTERFACE_VERSION: &str = "2.2.122";

pub(crate) async fn version() -> Json<Value> {
    Json(json!({ "version": INTERFACE_VERSION }))
}

/// Which generation of the interface a workspace is of; there is only the newer one.
pub(crate) async fn generation(_: Granted<WorkspaceRead>) -> Json<Value> {
    Json(json!({ "opik_version": "version_2" }))
}

pub(crate) async fn auth(_: Granted<WorkspaceRead>) -> StatusCode {
    StatusCode::NO_CONTENT
}

pub(crate) async fn workspace(
    State(server): State<Server>,
    Granted(grant): Granted<WorkspaceRead>,
) -> Json<Value> {
    Json(json!({ "workspace_name": server.handles.workspace_name(grant.workspace()).as_deref() }))
}

pub(crate) async fn permissions(
    State(server): State<Server>,
    Granted(grant): Granted<WorkspaceRead>,
) -> Answer<Json<Value>> {
    let body = json!({
        "user_name": grant.principal().name().as_ref(),
        "workspace_name": server.handles.workspace_name(grant.workspace()).as_deref(),
        "permissions": [],
    });
    Ok(Json(body))
}

/// What clients show or hide by. A feature is told of here when it is there, and not before.
pub(crate) async fn toggles(_: Granted<WorkspaceRead>) -> Json<Value> {
    const PRESENT: &[&str] = &[
        "annotation_queue_automation_enabled",
        "custom_charts_enabled_for_workspace",
        "dataset_export_enabled",
        "dataset_versioning_enabled",
        "guardrails_enabled",
    ];
    const ABSENT: &[&str] = &[
        "agent_insights_enabled",
        "agent_insights_guidance_enabled",
        "alerts_enabled",
        "anthropic_provider_enabled",
        "bedrock_provider_enabled",
        "cost_intelligence_enabled",
        "customllm_provider_enabled",
        "demo_data_enabled",
        "event_bridge_alerts_enabled",
        "export_enabled",
        "gemini_provider_enabled",
        "ollama_provider_enabled",
        "ollie_enabled",
        "online_scoring_tracing_enabled",
        "openai_provider_enabled",
        "openrouter_provider_enabled",
        "opik_ai_enabled",
        "project_homepage_enabled",
        "python_evaluator_enabled",
        "span_llm_as_judge_enabled",
        "span_user_defined_metric_python_enabled",
        "trace_thread_python_evaluator_enabled",
        "vertexai_provider_enabled",
        "welcome_wizard_enabled",
    ];
    let present = PRESENT.iter().map(|name| ((*name).to_owned(), Value::from(true)));
    let absent = ABSENT.iter().map(|name| ((*name).to_owned(), Value::from(false)));
    let mut toggles: serde_json::Map<String, Value> = present.chain(absent).collect();
    toggles.insert("default_page_size".to_owned(), PAGE_ITEMS_DEFAULT.into());
    Json(Value::Object(toggles))
}
