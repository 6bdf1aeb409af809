//! What the traces of projects come to: read for all projects of a page at once, and what a list of them is sorted by.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::ProjectRead;
use cairn_core::ids::ProjectId;
use cairn_core::projects::name_key;
use cairn_core::query::{Entity, Query};
use cairn_storage::aggregate::figures::{Figures, Keyword};
use cairn_storage::error::Error;
use cairn_storage::index::SortValue;
use cairn_storage::projects::figures::{self as storage, traces_of};
use cairn_storage::reader::{ProjectView, Reader};

use crate::error::{Problem, Result};
use crate::experiments::{DurationPercentiles, NamedFigure};
use crate::session::{Session, loader};

/// What it costs to go through the traces of a project.
pub(super) const FIGURES_COST: usize = 20;

const OF_PROJECT: [&str; 6] =
    ["name", "created_at", "created_by", "last_updated_at", "last_updated_trace_at", "thread_count"];

/// What the traces of a project come to. Means are over the traces that have such a value.
#[derive(Clone, SimpleObject)]
pub(crate) struct ProjectFigures {
    trace_count: u64,
    thread_count: u64,
    error_count: u64,
    /// How many more errors there were in the last week than in the week before.
    error_deviation: i64,
    duration_ms: Option<DurationPercentiles>,
    /// US dollars of all together; null if no trace has a cost.
    cost: Option<f64>,
    cost_mean: Option<f64>,
    /// Means of tokens, and of whatever else is counted, by the key under which it is.
    usage: Vec<NamedFigure>,
    /// Means of the scores of the traces.
    feedback_scores: Vec<NamedFigure>,
    guardrails_failed_count: u64,
}

impl From<storage::ProjectFigures> for ProjectFigures {
    fn from(found: storage::ProjectFigures) -> Self {
        let storage::ProjectFigures { traces, thread_count, errors } = found;
        let named = |known: Vec<Keyword>| {
            let figures =
                known.into_iter().map(|Keyword { name, mean, .. }| NamedFigure { name, value: mean });
            figures.collect()
        };
        Self {
            trace_count: traces.count,
            thread_count,
            error_count: errors.count,
            error_deviation: errors.deviation,
            duration_ms: traces.duration.map(DurationPercentiles::from),
            cost: traces.cost_mean.map(|_| traces.cost_sum),
            cost_mean: traces.cost_mean,
            usage: named(traces.usage),
            feedback_scores: named(traces.scores),
            guardrails_failed_count: traces.guardrails_failed,
        }
    }
}

pub(super) async fn load(context: &Context<'_>, project: ProjectId) -> Result<ProjectFigures> {
    let found = loader(context)?.load_one(FiguresOf(project)).await?;
    found.ok_or_else(|| Problem::not_found("Project not found"))
}

pub(super) fn sortable() -> Vec<&'static str> {
    [OF_PROJECT.as_slice(), Figures::SORTABLE.as_slice()].concat()
}

pub(super) fn sort_value(
    reader: &Reader,
    view: &ProjectView,
    field: &str,
) -> std::result::Result<SortValue, Error> {
    let project = &view.project;
    Ok(match field {
        "name" => SortValue::Text(name_key(&project.name)),
        "created_at" => SortValue::Whole(project.created_at.as_nanos()),
        "created_by" => SortValue::Text(project.created_by.to_lowercase()),
        "last_updated_at" => SortValue::Whole(project.last_updated_at.as_nanos()),
        "last_updated_trace_at" => {
            view.last_updated_trace_at.map_or(SortValue::Missing, |time| SortValue::Whole(time.as_nanos()))
        }
        "thread_count" => {
            let count = reader.count(Entity::Thread, project.id)?;
            SortValue::Whole(i64::try_from(count).unwrap_or(i64::MAX))
        }
        _ => Figures::read(reader, traces_of(project.id), &Query::All)?
            .sort_value(field)
            .map_or(SortValue::Missing, SortValue::Number),
    })
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct FiguresOf(ProjectId);

impl Loader<FiguresOf> for Session {
    type Value = ProjectFigures;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[FiguresOf],
    ) -> std::result::Result<HashMap<FiguresOf, ProjectFigures>, Failure> {
        let (keys, now) = (keys.to_vec(), self.now());
        self.read::<ProjectRead, _>(move |reader| {
            let read = |key: FiguresOf| {
                let found = storage::ProjectFigures::read(reader, key.0, &Query::All, now)?;
                Ok((key, found.into()))
            };
            keys.into_iter().map(read).collect()
        })
        .await
    }
}
