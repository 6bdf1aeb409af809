//! Projects over REST.

pub(crate) mod activities;
pub(crate) mod figures;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_core::access::{ProjectRead, ProjectWrite};
use cairn_core::ids::ProjectId;
use cairn_core::projects::{Changes, Command, Visibility};
use cairn_core::rejection::Rejection;
use cairn_storage::reader::ProjectView;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use uuid::Uuid;

use self::figures::ProjectFigures;
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, Sorting, page_and_size, read_sorting};
use crate::routes::Server;
use crate::wire;

const SORTABLE: &[&str] = &["id", "name", "last_updated_at", "created_at", "last_updated_trace_at"];

#[derive(Deserialize)]
struct ProjectIn {
    name: Option<String>,
    description: Option<String>,
    visibility: Option<String>,
}

#[derive(Deserialize)]
struct Retrieve {
    name: Option<String>,
    #[serde(default, alias = "includeStats")]
    include_stats: Option<bool>,
}

#[derive(Deserialize)]
struct Ids {
    ids: Vec<Uuid>,
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    name: Option<String>,
    sorting: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct ProjectOut {
    id: String,
    name: String,
    visibility: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    created_at: String,
    created_by: String,
    last_updated_at: String,
    last_updated_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_trace_at: Option<String>,
}

#[derive(Serialize)]
struct Detailed {
    #[serde(flatten)]
    project: ProjectOut,
    #[serde(flatten)]
    figures: Option<ProjectFigures>,
}

impl From<ProjectView> for ProjectOut {
    fn from(view: ProjectView) -> Self {
        let project = view.project;
        Self {
            id: project.id.to_string(),
            name: project.name,
            visibility: project.visibility.name(),
            description: project.description,
            created_at: project.created_at.to_micros().to_string(),
            created_by: project.created_by,
            last_updated_at: project.last_updated_at.to_micros().to_string(),
            last_updated_by: project.last_updated_by,
            last_updated_trace_at: view.last_updated_trace_at.map(|time| time.to_micros().to_string()),
        }
    }
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectWrite>,
    body: Body,
) -> Answer {
    let ProjectIn { name, description, visibility } = body.read(wire::plain).await?;
    let name = name.ok_or_else(|| Rejection::invalid("name must not be blank"))?;
    let visibility = read_visibility(visibility)?.unwrap_or_default();
    let outcome = server.handles.execute(&grant, Command::Create { name, description, visibility }).await?;
    Ok(created("projects", outcome.created))
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let ProjectIn { name, description, visibility } = body.read(wire::plain).await?;
    let changes = Changes { name, description, visibility: read_visibility(visibility)? };
    server.handles.execute(&grant, Command::Update { id: ProjectId::known(id), changes }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectWrite>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Command::Delete { ids: vec![ProjectId::known(id)] }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_many(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let ids = ids.into_iter().map(ProjectId::known).collect();
    server.handles.execute(&grant, Command::Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    Id(id): Id,
) -> Answer {
    let view = server.handles.read(&grant, move |reader| Ok(reader.project(ProjectId::known(id))?)).await?;
    let view = view.ok_or_else(|| Rejection::not_found("Project not found"))?;
    Ok(axum::Json(ProjectOut::from(view)).into_response())
}

pub(crate) async fn retrieve(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    body: Body,
) -> Answer {
    let Retrieve { name, include_stats } = body.read(wire::plain).await?;
    let name = name.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Rejection::invalid("name must not be blank"))?;
    let missing = Rejection::not_found(format!("Project name: {name} not found"));
    let now = server.handles.now();
    let found = server.handles.read(&grant, move |reader| {
        let Some(view) = reader.project_by_name(&name)? else { return Ok(None) };
        let with_figures = include_stats == Some(true);
        let id = view.project.id;
        let figures = with_figures.then(|| ProjectFigures::of(reader, id, now)).transpose()?;
        Ok(Some(Detailed { project: view.into(), figures }))
    });
    Ok(axum::Json(found.await?.ok_or(missing)?).into_response())
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    let (page, size) = page_and_size(query.page, query.size)?;
    let sort = query
        .sorting
        .map(|sorting| read_sorting(&sorting, |field| SORTABLE.contains(&field)))
        .transpose()?
        .flatten();
    let mut projects = server.handles.read(&grant, |reader| Ok(reader.projects()?)).await?;
    if let Some(part) = query.name.map(|name| name.to_lowercase()) {
        projects.retain(|view| view.project.name.to_lowercase().contains(&part));
    }
    if let Some(sort) = sort {
        // The list comes newest first, and a stable sort keeps that among equals.
        projects.sort_by(|one, other| sort.apply(compare(&sort, one, other)));
    }
    let total = projects.len();
    let shown = projects.into_iter().skip((page - 1) * size).take(size);
    let content: Vec<ProjectOut> = shown.map(ProjectOut::from).collect();
    let body = Page { number: page, size: content.len(), total, content, sortable_by: SORTABLE };
    Ok(axum::Json(body).into_response())
}

fn compare(sort: &Sorting, one: &ProjectView, other: &ProjectView) -> Ordering {
    let (a, b) = (&one.project, &other.project);
    match sort.field.as_str() {
        "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        "last_updated_at" => a.last_updated_at.cmp(&b.last_updated_at),
        "created_at" => a.created_at.cmp(&b.created_at),
        "last_updated_trace_at" => one.last_updated_trace_at.cmp(&other.last_updated_trace_at),
        _ => a.id.cmp(&b.id),
    }
}

pub(crate) fn read_visibility(visibility: Option<String>) -> Result<Option<Visibility>, Rejection> {
    let unknown = |name: &str| {
        Rejection::malformed(format!("visibility `{name}` is unknown")).hint("use `private` or `public`")
    };
    visibility.map(|name| Visibility::parse(&name).ok_or_else(|| unknown(&name))).transpose()
}

/// 201 with the place of the new thing and no body.
pub(crate) fn created(collection: &str, id: Option<Uuid>) -> Response {
    let location = id.and_then(|id| HeaderValue::from_str(&format!("/v1/private/{collection}/{id}")).ok());
    let mut response = StatusCode::CREATED.into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
