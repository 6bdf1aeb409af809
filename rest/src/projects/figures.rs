//! Projects with the figures of their traces: one by name, or a page of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cairn_core::access::ProjectRead;
use cairn_core::ids::ProjectId;
use cairn_core::query::{Entity, Query as Filter, opik};
use cairn_core::time::Timestamp;
use cairn_storage::aggregate::figures::Figures;
use cairn_storage::error::Error;
use cairn_storage::projects::figures::{self as storage, Errors, traces_of};
use cairn_storage::reader::{ProjectView, Reader};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::compare;
use crate::error::Answer;
use crate::extract::{Granted, Query};
use crate::lists::{Page, Sorting, between, page_and_size, read_sorting};
use crate::routes::Server;
use crate::statistics::figures::{Percentiles, decimal};

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

static ALL_SORTABLE: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let of_project = ["id", "name", "last_updated_at", "created_at", "last_updated_trace_at"];
    [of_project.as_slice(), &Figures::SORTABLE].concat()
});

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
        let shown = order.cut(projects, |id| Figures::read(reader, traces_of(id), &query))?;
        let content = shown
            .into_iter()
            .map(|(id, figures)| {
                let found = storage::ProjectFigures::of(figures, reader, id, &query, now)?;
                Ok(ProjectFigures::shown(id, found))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Page { number: page, size: content.len(), total, content, sortable_by: &ALL_SORTABLE })
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
        if let Some(sort) = self.sort.as_ref().filter(|sort| Figures::SORTABLE.contains(&sort.field.as_str()))
        {
            let mut all = projects.into_iter().map(with_figures).collect::<Result<Vec<_>, Error>>()?;
            all.sort_by(|(_, one), (_, other)| {
                match (one.sort_value(&sort.field), other.sort_value(&sort.field)) {
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

impl ProjectFigures {
    /// Of all that a project holds.
    pub(super) fn of(reader: &Reader, id: ProjectId, now: Timestamp) -> Result<Self, Error> {
        let found = storage::ProjectFigures::read(reader, id, &Filter::All, now)?;
        Ok(Self { project_id: None, ..Self::shown(id, found) })
    }

    fn shown(id: ProjectId, found: storage::ProjectFigures) -> Self {
        let storage::ProjectFigures { traces: figures, thread_count, errors } = found;
        let scores = figures.scores.into_iter();
        let usage = figures.usage.into_iter();
        Self {
            project_id: Some(id.to_string()),
            feedback_scores: scores
                .map(|score| Mean { value: decimal(score.mean), name: score.name })
                .collect(),
            duration: figures.duration.map(Percentiles::from),
            total_estimated_cost: figures.cost_mean.and_then(decimal),
            total_estimated_cost_sum: Some(figures.cost_sum).filter(|sum| *sum > 0.0).and_then(decimal),
            usage: usage.map(|used| (used.name, decimal(used.mean))).collect(),
            trace_count: figures.count,
            thread_count,
            guardrails_failed_count: figures.guardrails_failed,
            error_count: errors.into(),
        }
    }
}

impl From<Errors> for ErrorCount {
    fn from(errors: Errors) -> Self {
        let Errors { count, deviation, deviation_percentage } = errors;
        Self { count, deviation, deviation_percentage }
    }
}
