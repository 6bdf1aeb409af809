//! Queries of charts over REST: saved as SQL, and run for the widget that holds them or as they come.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use cairn_actors::dashboards::charts::{chart_of_widget, rows, saved_query};
use cairn_core::access::{DashboardRead, DashboardWrite, Grant, TraceRead};
use cairn_core::dashboards::charts::Chart;
use cairn_core::dashboards::{Command, SavedQuery, Scope};
use cairn_core::ids::{DashboardId, ProjectId, SavedQueryId};
use cairn_core::query::sql::{Period, Question};
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::aggregate::table::Cell;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::datasets::{not_blank, optional_project};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::routes::Server;
use crate::wire::{Instant, Shown, instant, plain, plain_or_empty};

#[derive(Deserialize)]
struct QueryIn {
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    sql: Option<String>,
}

#[derive(Serialize)]
struct QueryOut {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    sql: String,
    created_at: Shown,
    created_by: String,
}

impl From<SavedQuery> for QueryOut {
    fn from(query: SavedQuery) -> Self {
        Self {
            id: query.id.to_string(),
            project_id: query.project_id.map(|id| id.to_string()),
            sql: query.sql,
            created_at: Shown(query.created_at.to_micros()),
            created_by: query.created_by,
        }
    }
}

pub(crate) async fn save(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardWrite>,
    body: Body,
) -> Answer {
    let QueryIn { project_id, sql } = body.read(plain).await?;
    let project = optional_project(project_id, None)?;
    let command = Command::SaveQuery { project, sql: sql.unwrap_or_default() };
    let outcome = server.handles.execute(&grant, command).await?;
    let readable = grant.principal().grant::<DashboardRead>()?;
    let saved = shown(server, readable, outcome.created.unwrap_or_default()).await?;
    Ok((StatusCode::CREATED, saved).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardRead>,
    Id(id): Id,
) -> Answer {
    shown(server, grant, id).await
}

async fn shown(server: Server, grant: Grant<DashboardRead>, id: Uuid) -> Answer<Response> {
    let read = move |reader: &Reader| saved_query(reader, SavedQueryId::known(id));
    let query = server.handles.read(&grant, read).await?;
    Ok(Json(QueryOut::from(query)).into_response())
}

#[derive(Deserialize)]
struct PeriodIn {
    #[serde(alias = "intervalStart")]
    interval_start: Option<Instant>,
    #[serde(alias = "intervalEnd")]
    interval_end: Option<Instant>,
}

#[derive(Serialize)]
struct ResultsOut {
    results: Vec<Map<String, Value>>,
}

/// Runs what the widget of a saved dashboard asks. The request carries no SQL.
pub(super) async fn run(
    State(server): State<Server>,
    Granted(grant): Granted<DashboardRead>,
    Extension(scope): Extension<Scope>,
    Path((id, widget)): Path<(String, String)>,
    body: Body,
) -> Answer {
    let id = Uuid::parse_str(&id).map_err(|_| Rejection::not_found("HTTP 404 Not Found"))?;
    let PeriodIn { interval_start, interval_end } = body.read(plain_or_empty).await?;
    let start = instant(interval_start, "", "intervalStart")?;
    let end = instant(interval_end, "", "intervalEnd")?;
    let period =
        Period { start: start.unwrap_or(Timestamp::EPOCH), end: end.unwrap_or_else(|| server.handles.now()) };
    let traces = grant.principal().grant::<TraceRead>()?;
    let id = DashboardId::known(id);
    let chart = server.handles.read(&grant, move |reader| chart_of_widget(reader, scope, id, &widget));
    answer(server.clone(), traces, chart.await?, period).await
}

#[derive(Deserialize)]
struct AnalyticsIn {
    query: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
}

/// Runs SQL as it comes, over the whole workspace or a project of it.
pub(crate) async fn analyse(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    body: Body,
) -> Answer {
    analyse_in(server, grant, None, body).await
}

pub(crate) async fn analyse_project(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Id(id): Id,
    body: Body,
) -> Answer {
    analyse_in(server, grant, Some(ProjectId::known(id)), body).await
}

async fn analyse_in(
    server: Server,
    grant: Grant<TraceRead>,
    project: Option<ProjectId>,
    body: Body,
) -> Answer {
    let AnalyticsIn { query, project_id } = body.read(plain).await?;
    let sql = not_blank("query", query)?;
    let project = project.or(project_id.map(ProjectId::known));
    let period = Period { start: Timestamp::EPOCH, end: server.handles.now() };
    answer(server, grant, Chart { sql, project }, period).await
}

async fn answer(server: Server, grant: Grant<TraceRead>, chart: Chart, period: Period) -> Answer {
    let question = Question::parse(&chart.sql, period)?;
    let results = server.handles.read(&grant, move |reader| {
        let rows = rows(reader, &question, chart.project)?;
        // Nulls are said, so that every row has every column.
        let row = |cells: Vec<Cell>| {
            let names = question.columns.iter().map(|column| column.name.clone());
            names.zip(cells.into_iter().map(Value::from)).collect()
        };
        Ok(ResultsOut { results: rows.into_iter().map(row).collect() })
    });
    Ok(Json(results.await?).into_response())
}
