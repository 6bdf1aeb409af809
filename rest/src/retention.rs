//! Retention rules over REST.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{RetentionRead, RetentionWrite};
use cairn_core::ids::{ProjectId, RetentionRuleId, WorkspaceId};
use cairn_core::rejection::Rejection;
use cairn_core::retention::{Command, Create, Period, Rule, Scope};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::projects::created;
use crate::routes::Server;
use crate::wire::{self, Shown};

#[derive(Deserialize)]
struct RuleIn {
    project_id: Option<Uuid>,
    #[serde(default)]
    organization_level: Option<bool>,
    retention: Option<String>,
    apply_to_past: Option<bool>,
}

#[derive(Serialize)]
struct RuleOut {
    id: String,
    workspace_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    /// Of rules that were made where environments can be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    level: &'static str,
    retention: &'static str,
    apply_to_past: bool,
    enabled: bool,
    created_by: String,
    created_at: Shown,
    last_updated_by: String,
    last_updated_at: Shown,
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    #[serde(default)]
    include_inactive: bool,
}

impl RuleIn {
    fn read(self) -> Result<Create, Rejection> {
        let name = self.retention.ok_or_else(|| Rejection::invalid("retention must not be null"))?;
        let period = Period::named(&name).ok_or_else(|| {
            Rejection::malformed(format!("`{name}` is no retention"))
                .hint("use short_14d, base_60d, extended_400d or unlimited")
        })?;
        let organization = self.organization_level.unwrap_or_default();
        let scope = Scope::of(organization, self.project_id.map(ProjectId::known), None)?;
        Ok(Create { scope, period, apply_to_past: self.apply_to_past.unwrap_or_default() })
    }
}

impl RuleOut {
    fn of(rule: &Rule, workspace: WorkspaceId) -> Self {
        Self {
            id: rule.id.to_string(),
            workspace_id: workspace.to_string(),
            project_id: rule.scope.project().map(|id| id.to_string()),
            environment: rule.scope.environment().map(str::to_owned),
            level: rule.scope.level(),
            retention: rule.period.name(),
            apply_to_past: rule.apply_to_past,
            enabled: rule.enabled,
            created_by: rule.created_by.clone(),
            created_at: Shown(rule.created_at.to_micros()),
            last_updated_by: rule.last_updated_by.clone(),
            last_updated_at: Shown(rule.last_updated_at.to_micros()),
        }
    }
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<RetentionWrite>,
    Granted(reading): Granted<RetentionRead>,
    body: Body,
) -> Answer {
    let create = body.read(|body| wire::plain::<RuleIn>(body)?.read()).await?;
    let id = server.handles.execute(&grant, Command::Create(create)).await?.created;
    let rules = server.handles.read(&reading, |reader| Ok(reader.retention()?)).await?;
    let made = id.and_then(|id| rules.get(RetentionRuleId::known(id))).ok_or_else(not_found)?;
    let mut response = created("retention/rules", id);
    *response.body_mut() = Json(RuleOut::of(made, grant.workspace())).into_response().into_body();
    response
        .headers_mut()
        .insert(axum::http::header::CONTENT_TYPE, axum::http::HeaderValue::from_static("application/json"));
    Ok(response)
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<RetentionRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let rules = server.handles.read(&grant, |reader| Ok(reader.retention()?)).await?;
    let wanted = || rules.all().filter(|rule| rule.enabled || query.include_inactive);
    let shown = wanted().skip((number - 1) * size).take(size);
    let content: Vec<RuleOut> = shown.map(|rule| RuleOut::of(rule, grant.workspace())).collect();
    let (size, total) = (content.len(), wanted().count());
    Ok(Json(Page { number, size, total, content, sortable_by: &[] }).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<RetentionRead>,
    Id(id): Id,
) -> Answer {
    let rules = server.handles.read(&grant, |reader| Ok(reader.retention()?)).await?;
    let rule = rules.get(RetentionRuleId::known(id)).ok_or_else(not_found)?;
    Ok(Json(RuleOut::of(rule, grant.workspace())).into_response())
}

pub(crate) async fn deactivate(
    State(server): State<Server>,
    Granted(grant): Granted<RetentionWrite>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Command::Deactivate(RetentionRuleId::known(id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn not_found() -> Rejection {
    Rejection::not_found("Retention rule not found")
}
