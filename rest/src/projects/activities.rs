//! What happened in a project lately.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use cairn_core::access::ProjectRead;
use cairn_core::ids::ProjectId;
use cairn_core::limits::ACTIVITY_PAGE_ITEMS_MAX;
use cairn_core::rejection::Rejection;
use cairn_storage::projects::activities::{Activity, ActivityWindow};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Granted, Id, Query};
use crate::lists::page_and_size;
use crate::routes::Server;
use crate::wire::Shown;

#[derive(Deserialize)]
pub(crate) struct PageQuery {
    page: Option<i64>,
    size: Option<i64>,
}

#[derive(Serialize)]
struct ActivitiesOut {
    page: usize,
    size: usize,
    total: usize,
    content: Vec<ActivityOut>,
}

#[derive(Serialize)]
struct ActivityOut {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Uuid,
    name: String,
    resource_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    created_at: Shown,
}

impl From<Activity> for ActivityOut {
    fn from(activity: Activity) -> Self {
        let Activity { kind, id, name, resource_id, created_by, created_at } = activity;
        let created_at = Shown(created_at.to_micros());
        Self { kind: kind.name(), id, name, resource_id, created_by, created_at }
    }
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    Id(id): Id,
    Query(query): Query<PageQuery>,
) -> Answer {
    let (page, size) = page_and_size(query.page, query.size)?;
    if size > ACTIVITY_PAGE_ITEMS_MAX {
        let message = format!("size must be less than or equal to {ACTIVITY_PAGE_ITEMS_MAX}");
        return Err(Rejection::invalid(message).into());
    }
    let project = ProjectId::known(id);
    let found = server.handles.read(&grant, move |reader| {
        reader.project(project)?.ok_or_else(|| Rejection::not_found("Project not found"))?;
        let window = ActivityWindow { after: None, limit: page * size };
        let found = reader.project_activities(project, window)?;
        let shown = found.newest.into_iter().skip((page - 1) * size);
        let content: Vec<ActivityOut> = shown.map(ActivityOut::from).collect();
        Ok(ActivitiesOut { page, size: content.len(), total: found.total, content })
    });
    Ok(Json(found.await?).into_response())
}
