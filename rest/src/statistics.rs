//! Statistics over REST: figures of lists and projects, the names of what is measured, and whether there is anything.

pub(crate) mod figures;

use axum::Json;
use axum::extract::State;
use cairn_actors::failure::Failure;
use cairn_core::access::{ProjectRead, TraceRead};
use cairn_core::ids::ProjectId;
use cairn_core::query::{Entity, Field, Predicate, Query as Filter, opik};
use cairn_core::rejection::Rejection;
use cairn_storage::aggregate::Keyed;
use cairn_storage::aggregate::figures::Figures;
use cairn_storage::index::Window;
use cairn_storage::reader::{Reader, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Granted, Id, Query};
use crate::lists::{ListQuery, existing, project, scope_of};
use crate::routes::Server;

/// The query string of what asks about a project alone.
#[derive(Deserialize)]
pub(crate) struct ProjectQuery {
    project_id: Option<Uuid>,
    project_name: Option<String>,
    /// A JSON array of ids, or ids with commas between them.
    project_ids: Option<String>,
    source: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    thread_only: Option<bool>,
}

#[derive(Serialize)]
struct Name {
    name: String,
}

pub(crate) async fn of_traces(
    server: State<Server>,
    grant: Granted<TraceRead>,
    query: Query<ListQuery>,
) -> Answer<Json<Value>> {
    stats(Entity::Trace, server, grant, query).await
}

pub(crate) async fn of_spans(
    server: State<Server>,
    grant: Granted<TraceRead>,
    query: Query<ListQuery>,
) -> Answer<Json<Value>> {
    stats(Entity::Span, server, grant, query).await
}

pub(crate) async fn of_threads(
    server: State<Server>,
    grant: Granted<TraceRead>,
    query: Query<ListQuery>,
) -> Answer<Json<Value>> {
    stats(Entity::Thread, server, grant, query).await
}

async fn stats(
    entity: Entity,
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Value>> {
    let asked = query.ask(entity)?;
    let figures = server
        .handles
        .read(&grant, move |reader| Ok(Figures::read(reader, asked.scope(reader)?, &asked.query)?));
    Ok(Json(json!({ "stats": figures::stats(figures.await?) })))
}

pub(crate) async fn trace_score_names(
    server: State<Server>,
    grant: Granted<TraceRead>,
    query: Query<ProjectQuery>,
) -> Answer<Json<Value>> {
    score_names(Entity::Trace, server, grant, query).await
}

pub(crate) async fn span_score_names(
    server: State<Server>,
    grant: Granted<TraceRead>,
    query: Query<ProjectQuery>,
) -> Answer<Json<Value>> {
    score_names(Entity::Span, server, grant, query).await
}

pub(crate) async fn thread_score_names(
    server: State<Server>,
    grant: Granted<TraceRead>,
    query: Query<ProjectQuery>,
) -> Answer<Json<Value>> {
    score_names(Entity::Thread, server, grant, query).await
}

async fn score_names(
    entity: Entity,
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(query): Query<ProjectQuery>,
) -> Answer<Json<Value>> {
    let names = server.handles.read(&grant, move |reader| query.score_names(reader, entity));
    Ok(scores(names.await?))
}

/// Of the traces of some projects, or of all.
pub(crate) async fn project_score_names(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    Query(query): Query<ProjectQuery>,
) -> Answer<Json<Value>> {
    let projects = query.project_ids.as_deref().map(read_ids).transpose()?.unwrap_or_default();
    let names = server.handles.read(&grant, move |reader| {
        Ok(names_in(reader, Entity::Trace, &projects, &Filter::All, Keyed::Scores)?)
    });
    Ok(scores(names.await?))
}

pub(crate) async fn project_usage_names(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    let names = server.handles.read(&grant, move |reader| {
        let scope = scope_of(Entity::Span, existing(reader, ProjectId::known(id))?);
        Ok(reader.keys(scope, &Filter::All, Keyed::Usage)?)
    });
    Ok(Json(json!({ "names": names.await? })))
}

pub(crate) async fn trace_exists(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(query): Query<ProjectQuery>,
) -> Answer<Json<Value>> {
    exists(&server, &grant, query, Entity::Trace).await
}

pub(crate) async fn span_exists(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(query): Query<ProjectQuery>,
) -> Answer<Json<Value>> {
    exists(&server, &grant, query, Entity::Span).await
}

async fn exists(
    server: &Server,
    grant: &cairn_core::access::Grant<TraceRead>,
    asked: ProjectQuery,
    entity: Entity,
) -> Answer<Json<Value>> {
    let named = project(asked.project_id, asked.project_name)?;
    let mut conditions = Vec::new();
    if let Some(source) = asked.source {
        let filter = json!([{ "field": "source", "operator": "=", "value": source }]);
        conditions.push(opik::filters(entity, &filter.to_string())?);
    }
    if asked.thread_only == Some(true) && entity == Entity::Trace {
        conditions.push(Filter::term(Field::ThreadId, Predicate::IsEmpty).negated());
    }
    let query = Filter::And(conditions).simplified();
    let window = Window { sort: None, after: None, offset: 0, limit: 1, count: false };
    let listed = server.handles.read(grant, move |reader| {
        let scope = scope_of(entity, named.find(reader)?);
        Ok(reader.list(scope, &query, &window)?)
    });
    Ok(Json(json!({ "exists": !listed.await?.hits.is_empty() })))
}

impl ProjectQuery {
    /// Without a project, the names in the whole workspace.
    fn score_names(self, reader: &Reader, entity: Entity) -> Result<Vec<String>, Failure> {
        let query = match self.kind {
            Some(kind) if entity == Entity::Span => {
                let equals = Predicate::Equals(cairn_core::query::Operand::Text(kind));
                Filter::term(Field::Type, equals)
            }
            _ => Filter::All,
        };
        let project = match (self.project_id, self.project_name) {
            (None, None) => None,
            (id, name) => Some(project(id, name)?.find(reader)?),
        };
        let scope = Scope { entity, project, trace: None };
        Ok(reader.keys(scope, &query, Keyed::Scores)?)
    }
}

/// The distinct keys in some projects, sorted; in all of them if none is named.
pub(crate) fn names_in(
    reader: &Reader,
    entity: Entity,
    projects: &[ProjectId],
    query: &Filter,
    keyed: Keyed,
) -> Result<Vec<String>, cairn_storage::error::Error> {
    if projects.is_empty() {
        return reader.keys(Scope { entity, project: None, trace: None }, query, keyed);
    }
    let mut names = std::collections::BTreeSet::new();
    for project in projects {
        names.extend(reader.keys(scope_of(entity, *project), query, keyed)?);
    }
    Ok(names.into_iter().collect())
}

fn scores(names: Vec<String>) -> Json<Value> {
    let names: Vec<_> = names.into_iter().map(|name| Name { name }).collect();
    Json(json!({ "scores": names }))
}

fn read_ids(text: &str) -> Result<Vec<ProjectId>, Rejection> {
    let malformed = || Rejection::malformed(format!("Invalid query param project ids '{text}'"));
    let ids: Vec<String> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|_| malformed())?
    } else {
        text.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
    };
    let read = |id: &String| Uuid::parse_str(id).map(ProjectId::known).map_err(|_| malformed());
    ids.iter().map(read).collect()
}
