//! Dashboards and insights views over REST: one model under two addresses. What their charts ask is beside this.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use cairn_core::access::{DashboardRead, DashboardWrite, Grant};
use cairn_core::dashboards::{Changes, Command, DASHBOARDS, Dashboard, Kind, Scope, not_found};
use cairn_core::ids::{DashboardId, ProjectId};
use cairn_core::query::catalogue;
use cairn_core::rejection::Rejection;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::datasets::optional_project;
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::routes::Server;
use crate::wire::{self, BodyOut, Ids, Shown, plain};

pub(crate) mod queries;

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    name: Option<String>,
    project_id: Option<Uuid>,
    filters: Option<String>,
    sorting: Option<String>,
}

#[derive(Deserialize)]
struct DashboardIn<'a> {
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    description: Option<String>,
    #[serde(borrow)]
    config: Option<&'a RawValue>,
}

impl DashboardIn<'_> {
    fn changes(self, body: &Bytes) -> Result<Changes, Rejection> {
        let unknown = |name: &str| {
            Rejection::malformed("Unable to process JSON").hint(format!("type `{name}` is unknown"))
        };
        let kind = self.kind.map(|name| Kind::parse(&name).ok_or_else(|| unknown(&name))).transpose()?;
        let config = wire::body(body, self.config);
        Ok(Changes { name: self.name, kind, description: self.description, config })
    }
}

#[derive(Serialize)]
struct DashboardOut {
    id: String,
    workspace_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    name: String,
    slug: String,
    #[serde(rename = "type")]
    kind: &'static str,
    scope: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<BodyOut>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

impl DashboardOut {
    fn new(dashboard: Dashboard, grant: &Grant<DashboardRead>, reader: &Reader) -> Result<Self, Error> {
        let config = reader.dashboard_config(&dashboard)?;
        Ok(Self {
            id: dashboard.id.to_string(),
            workspace_id: grant.workspace().to_string(),
            project_id: dashboard.project_id.map(|id| id.to_string()),
            slug: dashboard.slug(),
            name: dashboard.name,
            kind: dashboard.kind.name(),
            scope: dashboard.scope.name(),
            description: dashboard.description,
            config: config.map(|json| BodyOut { json, truncate: false }),
            created_at: Shown(dashboard.created_at.to_micros()),
            created_by: dashboard.created_by,
            last_updated_at: Shown(dashboard.last_updated_at.to_micros()),
            last_updated_by: dashboard.last_updated_by,
        })
    }
}

/// Dashboards, insights views and saved views are asked for the same, each at an address of its own.
pub(crate) fn routes(scope: Scope) -> Router<Server> {
    Router::new()
        .route("/", get(list).post(create))
        .route("/delete-batch", post(delete_many))
        .route("/{id}", get(read).patch(update).delete(delete))
        .route("/{id}/widgets/{widget}/query", post(queries::run))
        .layer(Extension(scope))
}

const fn address(scope: Scope) -> &'static str {
    match scope {
        Scope::Workspace => "dashboards",
        Scope::Insights => "insights-views",
        Scope::Logs => "saved-views",
    }
}

async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardWrite>,
    Extension(scope): Extension<Scope>,
    body: Body,
) -> Answer {
    let command = body
        .read(move |body| {
            wire::parse(body, |body| {
                let dashboard: DashboardIn<'_> = serde_json::from_slice(body)?;
                let project = optional_project(dashboard.project_id, dashboard.project_name.clone());
                Ok(project.and_then(|project| {
                    let changes = Box::new(dashboard.changes(body)?);
                    Ok(Command::Create { scope, project, changes })
                }))
            })
        })
        .await?;
    let outcome = server.handles.execute(&grant, command).await?;
    let id = outcome.created.unwrap_or_default();
    let readable = grant.principal().grant::<DashboardRead>()?;
    let mut response = shown(server, readable, scope, id, StatusCode::CREATED).await?;
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/private/{}/{id}", address(scope))) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardWrite>,
    Extension(scope): Extension<Scope>,
    Id(id): Id,
    body: Body,
) -> Answer {
    let changes = body
        .read(|body| {
            wire::parse(body, |body| {
                let dashboard: DashboardIn<'_> = serde_json::from_slice(body)?;
                Ok(dashboard.changes(body))
            })
        })
        .await?;
    let command = Command::Update { scope, id: DashboardId::known(id), changes: Box::new(changes) };
    server.handles.execute(&grant, command).await?;
    let readable = grant.principal().grant::<DashboardRead>()?;
    shown(server, readable, scope, id, StatusCode::OK).await
}

async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardWrite>,
    Extension(scope): Extension<Scope>,
    Id(id): Id,
) -> Answer<StatusCode> {
    remove(server, grant, scope, vec![id]).await
}

async fn delete_many(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardWrite>,
    Extension(scope): Extension<Scope>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(plain).await?;
    remove(server, grant, scope, ids).await
}

async fn remove(
    server: Server,
    grant: Grant<DashboardWrite>,
    scope: Scope,
    ids: Vec<Uuid>,
) -> Answer<StatusCode> {
    let ids = ids.into_iter().map(DashboardId::known).collect();
    server.handles.execute(&grant, Command::Delete { scope, ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardRead>,
    Extension(scope): Extension<Scope>,
    Id(id): Id,
) -> Answer {
    shown(server, grant, scope, id, StatusCode::OK).await
}

async fn shown(
    server: Server,
    grant: Grant<DashboardRead>,
    scope: Scope,
    id: Uuid,
    status: StatusCode,
) -> Answer {
    let shown = grant.clone();
    let found = server.handles.read(&grant, move |reader| {
        let dashboard = find(reader, scope, id)?.ok_or_else(|| not_found(scope))?;
        Ok(DashboardOut::new(dashboard, &shown, reader)?)
    });
    Ok((status, Json(found.await?)).into_response())
}

fn find(reader: &Reader, scope: Scope, id: Uuid) -> Result<Option<Dashboard>, Error> {
    Ok(reader.dashboard(DashboardId::known(id))?.filter(|dashboard| dashboard.scope == scope))
}

async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardRead>,
    Extension(scope): Extension<Scope>,
    Query(query): Query<ListQuery>,
) -> Answer {
    page(server, grant, scope, query).await
}

pub(crate) async fn list_of_project(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardRead>,
    Id(id): Id,
    Query(mut query): Query<ListQuery>,
) -> Answer {
    query.project_id = Some(id);
    page(server, grant, Scope::Workspace, query).await
}

async fn page(server: Server, grant: Grant<DashboardRead>, scope: Scope, query: ListQuery) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let filter = DASHBOARDS.filters(query.filters.as_deref())?;
    let sort = DASHBOARDS.sorting(query.sorting.as_deref())?;
    let part = query.name.unwrap_or_default().to_lowercase();
    let project = query.project_id.map(ProjectId::known);
    let shown = grant.clone();
    let page = server.handles.read(&grant, move |reader| {
        let state = reader.dashboards()?;
        let wanted = state.all().rev().filter(|dashboard| {
            dashboard.scope == scope
                && project.is_none_or(|project| dashboard.project_id == Some(project))
                && dashboard.name.to_lowercase().contains(&part)
                && catalogue::holds(&filter, *dashboard)
        });
        let mut dashboards: Vec<Dashboard> = wanted.cloned().collect();
        if let Some(sort) = sort {
            catalogue::sort(&mut dashboards, &sort, |dashboard| dashboard.id.uuid());
        }
        let total = dashboards.len();
        let content = dashboards.into_iter().skip((number - 1) * size).take(size);
        let content = content.map(|dashboard| DashboardOut::new(dashboard, &shown, reader));
        let content = content.collect::<Result<Vec<_>, _>>()?;
        Ok(Page { number, size: content.len(), total, content, sortable_by: DASHBOARDS.sortable_by })
    });
    Ok(Json(page.await?).into_response())
}
