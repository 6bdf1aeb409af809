//! What all workspaces recorded yesterday, in UTC, for whoever runs the server.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use axum::Json;
use axum::extract::State;
use cairn_core::access::{AuditRead, Principal};
use cairn_core::ids::{ProjectId, WorkspaceId};
use cairn_core::limits::PAGE_ITEMS_MAX;
use cairn_core::query::{Comparison, Entity, Field, Operand, Predicate, Query};
use cairn_core::time::Timestamp;
use cairn_storage::aggregate::{Aggregation, Bucket, Clock, Key};
use cairn_storage::error::Error;
use cairn_storage::reader::{Reader, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted};
use crate::routes::Server;
use crate::wire;

const DAY_MS: i64 = 24 * 3_600_000;

/// How many things somebody recorded in a project.
#[derive(Serialize)]
struct Recorded {
    workspace_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_name: Option<String>,
    user: String,
    count: u64,
}

#[derive(Serialize)]
struct Named {
    workspace_id: String,
    project_id: String,
    project_name: String,
}

#[derive(Deserialize)]
struct ProjectsIn {
    #[serde(alias = "workspaceIds")]
    workspace_ids: Vec<Uuid>,
    #[serde(alias = "projectIds")]
    project_ids: Option<Vec<Uuid>>,
    name: Option<String>,
    limit: Option<usize>,
}

pub(crate) async fn trace_counts(State(server): State<Server>, _: Granted<AuditRead>) -> Answer<Json<Value>> {
    let mut counts = Vec::new();
    for (id, count) in counted(&server, Entity::Trace).await? {
        let name = server.handles.workspace_name(id).unwrap_or_default();
        counts.push(json!({ "workspace": name.as_ref(), "trace_count": count }));
    }
    Ok(Json(json!({ "workspaces_traces_count": counts })))
}

pub(crate) async fn span_counts(State(server): State<Server>, _: Granted<AuditRead>) -> Answer<Json<Value>> {
    let mut counts = Vec::new();
    for (id, count) in counted(&server, Entity::Span).await? {
        let name = server.handles.workspace_name(id).unwrap_or_default();
        counts.push(json!({ "workspace": name.as_ref(), "span_count": count }));
    }
    Ok(Json(json!({ "workspaces_spans_count": counts })))
}

pub(crate) async fn traces_by_user(
    State(server): State<Server>,
    _: Granted<AuditRead>,
) -> Answer<Json<Value>> {
    Ok(Json(json!({ "bi_information": by_user(&server, Entity::Trace).await? })))
}

pub(crate) async fn spans_by_user(
    State(server): State<Server>,
    _: Granted<AuditRead>,
) -> Answer<Json<Value>> {
    Ok(Json(json!({ "bi_information": by_user(&server, Entity::Span).await? })))
}

pub(crate) async fn datasets_by_user(
    State(server): State<Server>,
    _: Granted<AuditRead>,
) -> Answer<Json<Value>> {
    made_by_user(&server, |reader| {
        let state = reader.datasets()?;
        Ok(state.all().map(|dataset| (dataset.created_at, dataset.created_by.clone())).collect())
    })
    .await
}

pub(crate) async fn experiments_by_user(
    State(server): State<Server>,
    _: Granted<AuditRead>,
) -> Answer<Json<Value>> {
    made_by_user(&server, |reader| {
        let experiments = reader.experiments()?.into_iter();
        Ok(experiments.map(|experiment| (experiment.created_at, experiment.created_by)).collect())
    })
    .await
}

/// When something was made, and by whom.
type Made = (Timestamp, String);

/// For every workspace, who made how many of some things yesterday.
async fn made_by_user(server: &Server, all: fn(&Reader) -> Result<Vec<Made>, Error>) -> Answer<Json<Value>> {
    let (from, to) = yesterday_bounds(server.handles.now());
    let mut recorded = Vec::new();
    for workspace in server.handles.workspaces() {
        let grant = Principal::open(workspace).grant::<AuditRead>()?;
        let made = server.handles.read(&grant, move |reader| Ok(all(reader)?)).await?;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for (_, user) in made.into_iter().filter(|(at, _)| (from..to).contains(at)) {
            *counts.entry(user).or_default() += 1;
        }
        recorded.extend(counts.into_iter().map(|(user, count)| Recorded {
            workspace_id: workspace.to_string(),
            project_id: None,
            project_name: None,
            user,
            count,
        }));
    }
    Ok(Json(json!({ "bi_information": recorded })))
}

pub(crate) async fn span_breakdown(
    State(server): State<Server>,
    _: Granted<AuditRead>,
) -> Answer<Json<Value>> {
    let yesterday = yesterday(server.handles.now());
    let mut breakdown = Vec::new();
    for workspace in server.handles.workspaces() {
        let grant = Principal::open(workspace).grant::<AuditRead>()?;
        let yesterday = yesterday.clone();
        let found = server.handles.read(&grant, move |reader| {
            let mut found = Vec::new();
            for view in reader.projects()? {
                let project = view.project;
                for (user, count) in users(reader, Entity::Span, Some(project.id), &yesterday)? {
                    let (project_id, project_name) =
                        (Some(project.id.to_string()), Some(project.name.clone()));
                    let workspace_id = workspace.to_string();
                    found.push(Recorded { workspace_id, project_id, project_name, user, count });
                }
            }
            Ok(found)
        });
        breakdown.extend(found.await?);
    }
    Ok(Json(json!({ "breakdown": breakdown })))
}

/// Projects by workspace, narrowed by ids or a part of their name. Unknown ids are left out.
pub(crate) async fn projects(
    State(server): State<Server>,
    _: Granted<AuditRead>,
    body: Body,
) -> Answer<Json<Value>> {
    let asked: ProjectsIn = body.read(wire::plain).await?;
    let limit = asked.limit.unwrap_or(PAGE_ITEMS_MAX).min(PAGE_ITEMS_MAX);
    let part = asked.name.unwrap_or_default().to_lowercase();
    let mut projects = Vec::new();
    for workspace in server.handles.workspaces() {
        if !asked.workspace_ids.contains(&workspace.uuid()) {
            continue;
        }
        let grant = Principal::open(workspace).grant::<AuditRead>()?;
        for view in server.handles.read(&grant, |reader| Ok(reader.projects()?)).await? {
            let project = view.project;
            let is_named = asked.project_ids.as_ref().is_none_or(|ids| ids.contains(&project.id.uuid()));
            if is_named && project.name.to_lowercase().contains(&part) {
                let (workspace_id, project_id) = (workspace.to_string(), project.id.to_string());
                projects.push(Named { workspace_id, project_id, project_name: project.name });
            }
        }
    }
    projects.truncate(limit);
    Ok(Json(json!({ "projects": projects })))
}

async fn counted(server: &Server, entity: Entity) -> Answer<Vec<(WorkspaceId, u64)>> {
    let mut counts: Vec<(WorkspaceId, u64)> = Vec::new();
    for (workspace, found) in everywhere(server, entity).await? {
        let count = found.iter().map(|(_, count)| count).sum();
        if count > 0 {
            counts.push((workspace, count));
        }
    }
    Ok(counts)
}

async fn by_user(server: &Server, entity: Entity) -> Answer<Vec<Recorded>> {
    let mut recorded = Vec::new();
    for (workspace, found) in everywhere(server, entity).await? {
        recorded.extend(found.into_iter().map(|(user, count)| Recorded {
            workspace_id: workspace.to_string(),
            project_id: None,
            project_name: None,
            user,
            count,
        }));
    }
    Ok(recorded)
}

/// For every workspace, who recorded how many things yesterday.
async fn everywhere(server: &Server, entity: Entity) -> Answer<Vec<(WorkspaceId, Vec<(String, u64)>)>> {
    let yesterday = yesterday(server.handles.now());
    let mut found = Vec::new();
    for workspace in server.handles.workspaces() {
        let grant = Principal::open(workspace).grant::<AuditRead>()?;
        let yesterday = yesterday.clone();
        let read = server.handles.read(&grant, move |reader| Ok(users(reader, entity, None, &yesterday)?));
        found.push((workspace, read.await?));
    }
    Ok(found)
}

fn users(
    reader: &Reader,
    entity: Entity,
    project: Option<ProjectId>,
    query: &Query,
) -> Result<Vec<(String, u64)>, Error> {
    let asked = Aggregation { by: vec![Field::CreatedBy], ..Aggregation::default() };
    let found = reader.aggregate(Scope { entity, project, trace: None }, query, &asked)?;
    let each = found.groups.into_iter().map(|mut group| {
        let user = match group.by.pop() {
            Some(Key::Value(user)) => user,
            _ => String::new(),
        };
        (user, group.count)
    });
    Ok(each.collect())
}

/// When yesterday began, and when it ended.
fn yesterday_bounds(now: Timestamp) -> (Timestamp, Timestamp) {
    let day = NonZeroU64::new(DAY_MS.unsigned_abs()).unwrap_or(NonZeroU64::MIN);
    let today = Bucket { clock: Clock::CreatedAt, width_ms: day }.start(now);
    (Timestamp::from_millis(today.as_millis() - DAY_MS), today)
}

fn yesterday(now: Timestamp) -> Query {
    let (start, today) = yesterday_bounds(now);
    let bound =
        |comparison, time| Query::term(Field::CreatedAt, Predicate::Compare(comparison, Operand::Time(time)));
    Query::And(vec![bound(Comparison::GreaterOrEqual, start), bound(Comparison::Less, today)])
}
