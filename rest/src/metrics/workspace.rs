//! Metrics of several projects or of a whole workspace.

use axum::Json;
use axum::extract::State;
use cairn_core::access::ProjectRead;
use cairn_core::ids::ProjectId;
use cairn_core::query::Query;
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::aggregate::Keyed;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::kinds::{Interval, MetricType};
use super::series::{Asked, Point, Series, series};
use super::{MetricIn, Range, or_empty};
use crate::error::Answer;
use crate::extract::{Body, Granted};
use crate::routes::Server;
use crate::statistics::names_in;
use crate::wire::{self, Instant};

#[derive(Deserialize)]
struct WorkspaceIn {
    #[serde(alias = "projectIds")]
    project_ids: Option<Vec<Uuid>>,
    /// Of a score.
    name: Option<String>,
    #[serde(alias = "intervalStart")]
    interval_start: Option<Instant>,
    #[serde(alias = "intervalEnd")]
    interval_end: Option<Instant>,
}

/// What of traces is asked for, over a range and over projects.
struct Question {
    projects: Vec<ProjectId>,
    range: Range,
    kind: MetricType,
    name: Option<String>,
}

#[derive(Serialize)]
struct ProjectSeries {
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    name: String,
    data: Vec<Point>,
}

/// What a figure is now and was before; nulls are written.
#[derive(Serialize)]
struct Comparison {
    name: String,
    current: Option<Box<RawValue>>,
    previous: Option<Box<RawValue>>,
}

impl Question {
    fn read(asked: WorkspaceIn, kind: MetricType, now: Timestamp) -> Result<Self, Rejection> {
        let range = Range::read(asked.interval_start, asked.interval_end, now)?;
        let projects = asked.project_ids.unwrap_or_default().into_iter().map(ProjectId::known).collect();
        let name = asked.name.filter(|name| !name.trim().is_empty());
        Ok(Self { projects, range, kind, name })
    }

    fn series(
        &self,
        reader: &Reader,
        projects: Vec<ProjectId>,
        range: Range,
        interval: Interval,
    ) -> Result<Vec<Series>, Error> {
        let query = Query::And(range.conditions()).simplified();
        let (kind, entity) = (self.kind, self.kind.entity());
        let asked = Asked { kind, entity, projects, query, range, interval, breakdown: None };
        let mut found = series(reader, &asked)?;
        if let Some(name) = &self.name {
            found.retain(|series| series.name == *name);
        }
        Ok(found)
    }

    /// Days, for every project by itself, or for all together if none is named.
    fn by_day(&self, reader: &Reader) -> Result<Vec<ProjectSeries>, Error> {
        let mut results = Vec::new();
        let alone: Vec<Option<ProjectId>> = match self.projects.as_slice() {
            [] => vec![None],
            projects => projects.iter().copied().map(Some).collect(),
        };
        for project in alone {
            for series in self.series(reader, project.into_iter().collect(), self.range, Interval::Daily)? {
                let project_id = project.map(|project| project.to_string());
                results.push(ProjectSeries { project_id, name: series.name, data: series.data });
            }
        }
        Ok(results)
    }

    fn compared(&self, reader: &Reader) -> Result<Vec<Comparison>, Error> {
        let total = |range| self.series(reader, self.projects.clone(), range, Interval::Total);
        let mut comparisons: Vec<Comparison> = Vec::new();
        for Series { name, data } in total(self.range)? {
            let current = data.into_iter().next().and_then(|point| point.value);
            comparisons.push(Comparison { name, current, previous: None });
        }
        for Series { name, data } in total(self.range.before())? {
            let previous = data.into_iter().next().and_then(|point| point.value);
            match comparisons.iter_mut().find(|comparison| comparison.name == name) {
                Some(comparison) => comparison.previous = previous,
                None => comparisons.push(Comparison { name, current: None, previous }),
            }
        }
        Ok(comparisons)
    }
}

pub(crate) async fn scores(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    body: Body,
) -> Answer<Json<Value>> {
    let asked: WorkspaceIn = body.read(wire::plain).await?;
    let question = Question::read(asked, MetricType::FeedbackScores, server.handles.now())?;
    let results = server.handles.read(&grant, move |reader| Ok(question.by_day(reader)?)).await?;
    Ok(Json(json!({ "results": results })))
}

pub(crate) async fn score_summaries(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    body: Body,
) -> Answer<Json<Value>> {
    let asked: WorkspaceIn = body.read(wire::plain).await?;
    let question = Question::read(asked, MetricType::FeedbackScores, server.handles.now())?;
    let results = server.handles.read(&grant, move |reader| Ok(question.compared(reader)?)).await?;
    Ok(Json(json!({ "results": results })))
}

pub(crate) async fn costs(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    body: Body,
) -> Answer<Json<Value>> {
    let asked: WorkspaceIn = body.read(wire::plain).await?;
    let asked = WorkspaceIn { name: None, ..asked };
    let question = Question::read(asked, MetricType::Cost, server.handles.now())?;
    let results = server.handles.read(&grant, move |reader| Ok(question.by_day(reader)?)).await?;
    Ok(Json(json!({ "results": results })))
}

/// One figure, which clients read from the answer itself.
pub(crate) async fn cost_summary(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    body: Body,
) -> Answer<Json<Value>> {
    let asked: WorkspaceIn = body.read(wire::plain).await?;
    let asked = WorkspaceIn { name: None, ..asked };
    let question = Question::read(asked, MetricType::Cost, server.handles.now())?;
    let results = server.handles.read(&grant, move |reader| Ok(question.compared(reader)?)).await?;
    Ok(Json(json!(results.into_iter().next())))
}

pub(crate) async fn spans(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    body: Body,
) -> Answer<Json<Value>> {
    let mut asked: MetricIn = body.read(wire::plain).await?;
    let projects = asked.project_ids.take().unwrap_or_default().into_iter().map(ProjectId::known).collect();
    let asked = asked.ask(projects, server.handles.now())?;
    if asked.entity != cairn_core::query::Entity::Span {
        return Err(Rejection::malformed("only metrics of spans can be asked for here").into());
    }
    let results = server.handles.read(&grant, move |reader| Ok(series(reader, &asked)?)).await?;
    Ok(Json(json!({ "results": results })))
}

pub(crate) async fn usage_names(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    body: Body,
) -> Answer<Json<Value>> {
    #[derive(Deserialize)]
    struct Named {
        #[serde(default, alias = "projectIds")]
        project_ids: Option<Vec<Uuid>>,
    }
    let Named { project_ids } = body.read(or_empty).await?;
    let projects: Vec<_> = project_ids.unwrap_or_default().into_iter().map(ProjectId::known).collect();
    let names = server.handles.read(&grant, move |reader| {
        let entity = cairn_core::query::Entity::Span;
        Ok(names_in(reader, entity, &projects, &Query::All, Keyed::Usage)?)
    });
    Ok(Json(json!({ "names": names.await? })))
}
