//! Projects with the figures of their traces: one by name, or a page of them.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cairn_core::access::ProjectRead;
use cairn_core::ids::ProjectId;
use cairn_core::query::{Entity, Field, Operand, Predicate, Query as Filter, opik};
use cairn_core::time::Timestamp;
use cairn_storage::aggregate::{Aggregation, Key};
use cairn_storage::error::Error;
use cairn_storage::reader::{ProjectView, Reader};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::compare;
use crate::error::Answer;
use crate::extract::{Granted, Query};
use crate::lists::{Page, Sorting, between, page_and_size, read_sorting, scope_of, within};
use crate::routes::Server;
use crate::statistics::figures::{Figures, Percentiles, decimal};

/// What of a list of projects is asked for.
#[derive(Deserialize)]
pub(crate) struct FiguresQuery {
    page: Option<i64>,
    size: Option<i64>,
    name: Option<String>,
    /// Of traces.
    filters: Option<String>,
    sorting: Option<String>,
    from_time: Option<String>,
    to_time: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ProjectFigures {
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    feedback_scores: Vec<Mean>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<Percentiles>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost_sum: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    usage: BTreeMap<String, Option<Box<RawValue>>>,
    trace_count: u64,
    thread_count: u64,
    guardrails_failed_count: u64,
    error_count: ErrorCount,
}

#[derive(Serialize)]
struct Mean {
    name: String,
    value: Option<Box<RawValue>>,
}

/// The errors there are, and how many more there were in the last week than in the week before.
#[derive(Serialize)]
struct ErrorCount {
    count: u64,
    deviation: i64,
    /// Of the week before; absent if that had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    deviation_percentage: Option<i64>,
}

const WEEK_MS: i64 = 7 * 24 * 3_600_000;

/// By what a page may be sorted besides what projects are sorted by anyway.
const FIGURES: [&str; 7] = [
    "duration.p50",
    "duration.p90",
    "duration.p99",
    "total_estimated_cost",
    "total_estimated_cost_sum",
    "trace_count",
    "error_count",
];

const ALL_SORTABLE: &[&str] = &[
    "id",
    "name",
    "last_updated_at",
    "created_at",
    "last_updated_trace_at",
    "duration.p50",
    "duration.p90",
    "duration.p99",
    "total_estimated_cost",
    "total_estimated_cost_sum",
    "trace_count",
    "error_count",
];

pub(crate) async fn page(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    Query(asked): Query<FiguresQuery>,
) -> Answer<Response> {
    let (page, size) = page_and_size(asked.page, asked.size)?;
    let sort = asked
        .sorting
        .map(|sorting| read_sorting(&sorting, |field| ALL_SORTABLE.contains(&field)))
        .transpose()?
        .flatten();
    let mut conditions = between(asked.from_time.as_deref(), asked.to_time.as_deref())?;
    if let Some(filters) = &asked.filters {
        conditions.push(opik::filters(Entity::Trace, filters)?);
    }
    let query = Filter::And(conditions).simplified();
    let part = asked.name.unwrap_or_default().to_lowercase();
    let now = server.handles.now();
    let read = server.handles.read(&grant, move |reader| {
        let mut projects = reader.projects()?;
        projects.retain(|view| view.project.name.to_lowercase().contains(&part));
        let total = projects.len();
        let order = Order { sort, page, size };
        let shown = order.cut(projects, |id| Figures::read(reader, scope_of(Entity::Trace, id), &query))?;
        let content = shown
            .into_iter()
            .map(|(id, figures)| ProjectFigures::read(reader, id, figures, &query, now))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Page { number: page, size: content.len(), total, content, sortable_by: ALL_SORTABLE })
    });
    Ok(axum::Json(read.await?).into_response())
}

/// Which projects are shown, in which order.
struct Order {
    sort: Option<Sorting>,
    page: usize,
    size: usize,
}

impl Order {
    /// Reads the figures of what is shown; those of all only if they decide the order.
    fn cut(
        &self,
        mut projects: Vec<ProjectView>,
        read: impl Fn(ProjectId) -> Result<Figures, Error>,
    ) -> Result<Vec<(ProjectId, Figures)>, Error> {
        let with_figures = |view: ProjectView| Ok((view.project.id, read(view.project.id)?));
        let window = |from: usize| from.saturating_mul(self.size);
        if let Some(sort) = self.sort.as_ref().filter(|sort| FIGURES.contains(&sort.field.as_str())) {
            let mut all = projects.into_iter().map(with_figures).collect::<Result<Vec<_>, Error>>()?;
            all.sort_by(|(_, one), (_, other)| {
                let (one, other) = (sort_value(one, &sort.field), sort_value(other, &sort.field));
                match (one, other) {
                    (Some(one), Some(other)) => sort.apply(one.total_cmp(&other)),
                    // Projects without the figure come last, whatever the direction.
                    (one, other) => one.is_none().cmp(&other.is_none()),
                }
            });
            return Ok(all.into_iter().skip(window(self.page - 1)).take(self.size).collect());
        }
        if let Some(sort) = &self.sort {
            projects.sort_by(|one, other| sort.apply(compare(sort, one, other)));
        }
        projects.into_iter().skip(window(self.page - 1)).take(self.size).map(with_figures).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^53 traces")]
fn sort_value(figures: &Figures, field: &str) -> Option<f64> {
    let [p50, p90, p99] = figures.duration.map_or([None; 3], |found| found.values().map(Some));
    match field {
        "duration.p50" => p50,
        "duration.p90" => p90,
        "duration.p99" => p99,
        "total_estimated_cost" => figures.cost,
        "total_estimated_cost_sum" => Some(figures.cost_sum),
        "trace_count" => Some(figures.count as f64),
        _ => Some(figures.errors as f64),
    }
}

impl ProjectFigures {
    /// Of all that a project holds.
    pub(super) fn of(reader: &Reader, id: ProjectId, now: Timestamp) -> Result<Self, Error> {
        let figures = Figures::read(reader, scope_of(Entity::Trace, id), &Filter::All)?;
        let found = Self::read(reader, id, figures, &Filter::All, now)?;
        Ok(Self { project_id: None, ..found })
    }

    fn read(
        reader: &Reader,
        id: ProjectId,
        figures: Figures,
        query: &Filter,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let scores = figures.scores.into_iter();
        let usage = figures.usage.into_iter();
        Ok(Self {
            project_id: Some(id.to_string()),
            feedback_scores: scores
                .map(|score| Mean { value: decimal(score.mean), name: score.name })
                .collect(),
            duration: figures.duration,
            total_estimated_cost: figures.cost.and_then(decimal),
            total_estimated_cost_sum: Some(figures.cost_sum).filter(|sum| *sum > 0.0).and_then(decimal),
            usage: usage.map(|used| (used.name, decimal(used.mean))).collect(),
            trace_count: figures.count,
            thread_count: threads(reader, id, query)?,
            guardrails_failed_count: figures.guardrails_failed,
            error_count: ErrorCount::read(reader, id, figures.errors, query, now)?,
        })
    }
}

/// Those of the traces that a filter leaves; all are known without a look at the traces.
fn threads(reader: &Reader, id: ProjectId, query: &Filter) -> Result<u64, Error> {
    if *query == Filter::All {
        return Ok(u64::try_from(reader.count(Entity::Thread, id)?).unwrap_or(u64::MAX));
    }
    let asked = Aggregation { by: vec![Field::ThreadId], ..Aggregation::default() };
    let found = reader.aggregate(scope_of(Entity::Trace, id), query, &asked)?;
    let threads = found.groups.iter().filter(|group| group.by.iter().any(|key| matches!(key, Key::Value(_))));
    Ok(u64::try_from(threads.count()).unwrap_or(u64::MAX))
}

impl ErrorCount {
    fn read(
        reader: &Reader,
        id: ProjectId,
        count: u64,
        query: &Filter,
        now: Timestamp,
    ) -> Result<Self, Error> {
        if count == 0 {
            return Ok(Self { count, deviation: 0, deviation_percentage: None });
        }
        let ago = |weeks: i64| Timestamp::from_millis(now.as_millis() - weeks * WEEK_MS);
        let errors = |from, to| -> Result<i64, Error> {
            let mut conditions = within(Some(from), Some(to));
            conditions.push(Filter::term(Field::Error, Predicate::Equals(Operand::Truth(true))));
            conditions.push(query.clone());
            let query = Filter::And(conditions).simplified();
            let found = reader.aggregate(scope_of(Entity::Trace, id), &query, &Aggregation::default())?;
            let count = found.groups.first().map_or(0, |group| group.count);
            Ok(i64::try_from(count).unwrap_or(i64::MAX))
        };
        let before = Timestamp::from_millis(ago(1).as_millis() - 1);
        let (recent, past) = (errors(ago(1), now)?, errors(ago(2), before)?);
        let deviation = recent - past;
        let deviation_percentage = (past > 0).then(|| deviation.saturating_mul(100) / past.max(1));
        Ok(Self { count, deviation, deviation_percentage })
    }
}
