//! Agent insights over REST: the job of a project, and the issues that were found.

mod wire;

use std::cmp::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use cairn_core::access::{Grant, InsightRead, InsightWrite};
use cairn_core::ids::{IssueId, ProjectId};
use cairn_core::insights::state::{Issue, Summary};
use cairn_core::insights::{Command, Day, IssueStatus, Severity, issue_not_found, job_not_found};
use cairn_core::limits::INSIGHTS_PAGE_ITEMS_MAX;
use cairn_core::rejection::Rejection;
use cairn_storage::insights::read::{SORTABLE, Window, sort_value};
use serde::Deserialize;
use uuid::Uuid;

use self::wire::{GuidanceIn, IssueDetailed, IssueListed, JobOut, JobStatusIn, ReportIn, StatusIn};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size, read_sorting};
use crate::routes::Server;
use crate::wire::{parse, plain};

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    project_id: Option<Uuid>,
    from_date: Option<String>,
    to_date: Option<String>,
    status: Option<String>,
    severity: Option<String>,
    sorting: Option<String>,
    page: Option<i64>,
    size: Option<i64>,
}

pub(crate) async fn create_job(
    State(server): State<Server>,
    Granted(grant): Granted<InsightWrite>,
    Granted(reading): Granted<InsightRead>,
    Id(project): Id,
) -> Answer {
    let project_id = ProjectId::known(project);
    server.handles.execute(&grant, Command::CreateJob { project_id }).await?;
    let job = job(&server, &reading, project_id).await?;
    let mut response = (StatusCode::CREATED, Json(job)).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/private/agent-insights/jobs/{project}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(crate) async fn read_job(
    State(server): State<Server>,
    Granted(grant): Granted<InsightRead>,
    Id(project): Id,
) -> Answer<Json<JobOut>> {
    Ok(Json(job(&server, &grant, ProjectId::known(project)).await?))
}

pub(crate) async fn update_job(
    State(server): State<Server>,
    Granted(grant): Granted<InsightWrite>,
    Granted(reading): Granted<InsightRead>,
    Id(project): Id,
    body: Body,
) -> Answer<Json<JobOut>> {
    let status: JobStatusIn = body.read(plain).await?;
    let project_id = ProjectId::known(project);
    server.handles.execute(&grant, Command::SetJobStatus { project_id, status: status.read()? }).await?;
    Ok(Json(job(&server, &reading, project_id).await?))
}

pub(crate) async fn set_guidance(
    State(server): State<Server>,
    Granted(grant): Granted<InsightWrite>,
    Granted(reading): Granted<InsightRead>,
    Id(project): Id,
    body: Body,
) -> Answer<Json<JobOut>> {
    let GuidanceIn { guidance } = body.read(plain).await?;
    let project_id = ProjectId::known(project);
    let guidance = guidance.unwrap_or_default();
    server.handles.execute(&grant, Command::SetGuidance { project_id, guidance }).await?;
    Ok(Json(job(&server, &reading, project_id).await?))
}

/// It is noted that somebody wants the traces looked through now; whoever does so reads it in the log.
pub(crate) async fn trigger(
    State(server): State<Server>,
    Granted(grant): Granted<InsightWrite>,
    Id(project): Id,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Command::Trigger { project_id: ProjectId::known(project) }).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn job(
    server: &Server,
    grant: &Grant<InsightRead>,
    project: ProjectId,
) -> Result<JobOut, crate::error::Refused> {
    let found = server.handles.read(grant, move |reader| Ok(reader.insights_job(project)?)).await?;
    Ok(found.map(JobOut::from).ok_or_else(job_not_found)?)
}

pub(crate) async fn report(
    State(server): State<Server>,
    Granted(grant): Granted<InsightWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let read = |body| parse(body, |body| Ok(serde_json::from_slice::<ReportIn<'_>>(body)?.read(body)));
    server.handles.execute(&grant, body.read(read).await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn update_issue(
    State(server): State<Server>,
    Granted(grant): Granted<InsightWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let status: StatusIn = body.read(plain).await?;
    server.handles.execute(&grant, status.read(IssueId::known(id))?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<InsightRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    let (page, size) = page_and_size(query.page, query.size)?;
    if size > INSIGHTS_PAGE_ITEMS_MAX {
        return Err(Rejection::invalid(format!(
            "size must be less than or equal to {INSIGHTS_PAGE_ITEMS_MAX}"
        ))
        .into());
    }
    let project = project(query.project_id)?;
    let window = window(query.from_date.as_deref(), query.to_date.as_deref())?;
    let status = query.status.map(|name| wire::known("status", &name, IssueStatus::parse)).transpose()?;
    let severity = query.severity.map(|name| wire::known("severity", &name, Severity::parse)).transpose()?;
    let sort = query
        .sorting
        .map(|sorting| read_sorting(&sorting, |field| SORTABLE.contains(&field)))
        .transpose()?
        .flatten();
    let mut issues =
        server.handles.read(&grant, move |reader| Ok(reader.insights_issues(project, window)?)).await?;
    issues.retain(|(issue, _)| {
        status.is_none_or(|status| issue.status == status)
            && severity.is_none_or(|severity| issue.severity == severity)
    });
    if let Some(sort) = sort {
        // The list comes newest first, and a stable sort keeps that among equals.
        issues.sort_by(|one, other| sort.apply(compare(&sort.field, one, other)));
    }
    let total = issues.len();
    let shown = issues.into_iter().skip((page - 1) * size).take(size);
    let content: Vec<IssueListed> = shown.map(IssueListed::from).collect();
    let body = Page { number: page, size: content.len(), total, content, sortable_by: SORTABLE };
    Ok(Json(body).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<InsightRead>,
    Id(id): Id,
    Query(query): Query<ListQuery>,
) -> Answer {
    let project = project(query.project_id)?;
    let window = window(query.from_date.as_deref(), query.to_date.as_deref())?;
    let read = server.handles.read(&grant, move |reader| {
        let issue = reader.insights_issue(project, IssueId::known(id))?.ok_or_else(issue_not_found)?;
        let details = reader.insights_details(&issue, window)?;
        Ok(IssueDetailed::new(issue, details))
    });
    Ok(Json(read.await?).into_response())
}

fn compare(field: &str, (issue, summary): &(Issue, Summary), (other, its): &(Issue, Summary)) -> Ordering {
    sort_value(issue, summary, field).compare(&sort_value(other, its, field))
}

fn project(id: Option<Uuid>) -> Result<ProjectId, Rejection> {
    let missing = || Rejection::malformed("query param project_id must not be null");
    id.map(ProjectId::known).ok_or_else(missing)
}

fn window(from: Option<&str>, to: Option<&str>) -> Result<Window, Rejection> {
    let day = |name: &str, text: Option<&str>| {
        let malformed =
            || Rejection::malformed(format!("Invalid '{name}': it must be a date such as `2026-03-04`"));
        text.map(|text| Day::parse(text).ok_or_else(malformed)).transpose()
    };
    let window = Window { from: day("from_date", from)?, to: day("to_date", to)? };
    match (window.from, window.to) {
        (Some(from), Some(to)) if from > to => {
            Err(Rejection::malformed("Parameter 'from_date' must not be after 'to_date'"))
        }
        _ => Ok(window),
    }
}
