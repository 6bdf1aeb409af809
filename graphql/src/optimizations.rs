//! Optimizations: searches for a better prompt, with how they stand. What happens to them is in `changes`.

pub(crate) mod changes;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::{DatasetRead, OptimizationRead};
use cairn_core::command::ProjectRef;
use cairn_core::experiments::Score;
use cairn_core::ids::{OptimizationId, ProjectId};
use cairn_core::optimizations::{self, Changes, Command, Write, not_found};
use cairn_storage::index::SortValue;
use cairn_storage::optimizations::trials;
use cairn_storage::reader::Reader;

use crate::connection::{Order, Page, Sort, page_cost};
use crate::error::Result;
use crate::experiments::ExperimentKind;
use crate::projects::Project;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};
use crate::traces::ErrorInfo;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "optimizations::Status")]
pub(crate) enum OptimizationStatus {
    Running,
    Completed,
    Cancelled,
    Initialized,
    Error,
}

#[derive(Clone)]
pub(crate) struct Optimization {
    row: optimizations::Optimization,
    standing: trials::Standing,
}

impl Optimization {
    pub(crate) fn load(
        reader: &Reader,
        id: OptimizationId,
    ) -> std::result::Result<Option<Self>, cairn_storage::error::Error> {
        match reader.optimization(id)? {
            Some(row) => Ok(Some(Self { standing: reader.standing(id)?, row })),
            None => Ok(None),
        }
    }
}

/// A mean, under the name of what was scored.
#[derive(SimpleObject)]
pub(crate) struct AverageScore {
    name: String,
    value: f64,
}

fn averages(scores: &[Score]) -> Vec<AverageScore> {
    let shown = |score: &Score| {
        // Scores have eighteen digits at most, which is within the range of any float.
        AverageScore { name: score.name.clone(), value: f64::try_from(score.value).unwrap_or_default() }
    };
    scores.iter().map(shown).collect()
}

/// A trial that stands out.
#[derive(SimpleObject)]
pub(crate) struct Candidate {
    experiment_id: ID,
    objective_score: f64,
    /// Milliseconds of a trace, on average.
    duration: Option<f64>,
    /// US dollars of a trace, on average; null when unknown.
    cost: Option<f64>,
}

impl From<&trials::Candidate> for Candidate {
    fn from(candidate: &trials::Candidate) -> Self {
        Self {
            experiment_id: candidate.trial.into(),
            objective_score: f64::try_from(candidate.objective).unwrap_or_default(),
            duration: candidate.duration,
            cost: candidate.cost.and_then(|cost| f64::try_from(cost).ok()),
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct OptimizationTrial {
    experiment_id: ID,
    kind: ExperimentKind,
    created_at: Timestamp,
    trace_count: u64,
    /// Null while nothing was scored under the objective's name.
    objective_score: Option<f64>,
    /// Milliseconds of a trace, on average.
    duration: Option<f64>,
    /// US dollars of a trace, on average; null when unknown.
    cost: Option<f64>,
}

#[Object]
impl Optimization {
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    async fn name(&self) -> &str {
        &self.row.name
    }

    async fn dataset_id(&self) -> ID {
        self.row.dataset_id.into()
    }

    /// Null once the dataset is deleted.
    #[graphql(complexity = 5)]
    async fn dataset_name(&self, context: &Context<'_>) -> Result<Option<String>> {
        let id = self.row.dataset_id;
        let read = session(context)?.read::<DatasetRead, _>(move |reader| Ok(reader.dataset(id)?));
        Ok(read.await?.map(|dataset| dataset.name))
    }

    async fn project_id(&self) -> Option<ID> {
        self.row.project_id.map(ID::from)
    }

    /// Null if it stands outside of all projects, or if the project was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Option<Project>> {
        let Some(id) = self.row.project_id else { return Ok(None) };
        Ok(loader(context)?.load_one(id).await?.map(Project))
    }

    /// The name of the score by which trials are compared; more is better.
    async fn objective_name(&self) -> &str {
        &self.row.objective_name
    }

    async fn status(&self) -> OptimizationStatus {
        self.row.status.into()
    }

    async fn error(&self) -> Option<ErrorInfo> {
        self.row.error.as_ref().map(ErrorInfo::from)
    }

    #[graphql(complexity = 5)]
    async fn metadata(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        let row = self.row.clone();
        let read = session(context)?
            .read::<OptimizationRead, _>(move |reader| Ok(reader.optimization_metadata(&row)?));
        Ok(read.await?.map(JsonText))
    }

    /// What the optimization studio was set to.
    #[graphql(complexity = 5)]
    async fn studio_config(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        let row = self.row.clone();
        let read = session(context)?
            .read::<OptimizationRead, _>(move |reader| Ok(reader.optimization_studio_config(&row)?));
        Ok(read.await?.map(JsonText))
    }

    /// Experiments that belong to it.
    async fn trial_count(&self) -> u64 {
        self.standing.trials
    }

    /// The earliest trial with an objective score, mini-batches aside.
    async fn baseline(&self) -> Option<Candidate> {
        self.standing.baseline.as_ref().map(Candidate::from)
    }

    /// The trial with the highest objective score; of equals the earliest. Mini-batches do not count.
    async fn best(&self) -> Option<Candidate> {
        self.standing.best.as_ref().map(Candidate::from)
    }

    /// Means over all traces of all trials.
    async fn feedback_scores(&self) -> Vec<AverageScore> {
        averages(&self.standing.feedback_scores)
    }

    /// Means over the trials that have the score.
    async fn experiment_scores(&self) -> Vec<AverageScore> {
        averages(&self.standing.experiment_scores)
    }

    /// US dollars of all trials; null when unknown.
    async fn total_cost(&self) -> Option<f64> {
        known_cost(&self.standing)
    }

    /// Oldest first.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn trials(&self, context: &Context<'_>) -> Result<Vec<OptimizationTrial>> {
        let (id, objective) = (self.row.id, self.row.objective_name.clone());
        let read = session(context)?.read::<OptimizationRead, _>(move |reader| Ok(reader.trials(id)?));
        let mut trials = read.await?;
        trials.sort_by_key(|trial| (trial.created_at, trial.id));
        let shown = trials.into_iter().map(|trial| OptimizationTrial {
            experiment_id: trial.id.into(),
            kind: trial.kind.into(),
            created_at: Timestamp(trial.created_at),
            trace_count: trial.traces,
            objective_score: trial.objective(&objective).and_then(|score| f64::try_from(score).ok()),
            duration: trial.duration(),
            cost: trial.cost().and_then(|cost| f64::try_from(cost).ok()),
        });
        Ok(shown.collect())
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.row.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.row.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.row.last_updated_at)
    }

    async fn last_updated_by(&self) -> &str {
        &self.row.last_updated_by
    }
}

/// What is left out narrows nothing.
#[derive(Default, InputObject)]
pub(crate) struct WantedOptimizations {
    /// Stands in the name, without regard to case.
    name: Option<String>,
    project_id: Option<ID>,
    dataset_id: Option<ID>,
    status: Option<OptimizationStatus>,
}

#[derive(Default)]
pub(crate) struct OptimizationQueries;

#[Object]
impl OptimizationQueries {
    /// Newest first unless sorted by `name`, `dataset_name`, `objective_name`, `status`, `trial_count`, `best_score`,
    /// `total_cost`, `created_at`, `created_by` or `last_updated_at`.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn optimizations(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        #[graphql(default)] wanted: WantedOptimizations,
        sort: Option<Sort>,
    ) -> Result<Page<Optimization>> {
        let order = Order::new("optimizations", SORTABLE, sort, first, after)?;
        let project = wanted.project_id.map(|id| uuid(&id)).transpose()?.map(ProjectId::known);
        let dataset = wanted.dataset_id.map(|id| uuid(&id)).transpose()?;
        let status = wanted.status.map(optimizations::Status::from);
        let part = wanted.name.unwrap_or_default().to_lowercase();
        let read = session(context)?.read::<OptimizationRead, _>(move |reader| {
            let mut rows = reader.optimizations()?;
            rows.retain(|row| {
                project.is_none_or(|project| row.project_id == Some(project))
                    && dataset.is_none_or(|dataset| row.dataset_id.uuid() == dataset)
                    && status.is_none_or(|status| row.status == status)
                    && row.name.to_lowercase().contains(&part)
            });
            let value = |row: &optimizations::Optimization, field: &str| sort_value(reader, row, field);
            let page = order.sorted(rows, |row| row.id.uuid(), value)?;
            page.try_map(|row| Ok(Optimization { standing: reader.standing(row.id)?, row }))
        });
        Ok(read.await?.into_page(|optimization| optimization))
    }

    async fn optimization(&self, context: &Context<'_>, id: ID) -> Result<Option<Optimization>> {
        load(session(context)?, OptimizationId::known(uuid(&id)?)).await
    }
}

const SORTABLE: &[&str] = &[
    "name",
    "dataset_name",
    "objective_name",
    "status",
    "trial_count",
    "best_score",
    "total_cost",
    "created_at",
    "created_by",
    "last_updated_at",
];

fn sort_value(
    reader: &Reader,
    row: &optimizations::Optimization,
    field: &str,
) -> std::result::Result<SortValue, Failure> {
    let text = |text: &str| SortValue::Text(text.to_lowercase());
    let number = |number: Option<f64>| number.map_or(SortValue::Missing, SortValue::Number);
    Ok(match field {
        "name" => text(&row.name),
        "dataset_name" => {
            reader.dataset(row.dataset_id)?.map_or(SortValue::Missing, |dataset| text(&dataset.name))
        }
        "objective_name" => text(&row.objective_name),
        "status" => text(row.status.name()),
        "trial_count" => SortValue::Whole(i64::try_from(reader.standing(row.id)?.trials).unwrap_or(i64::MAX)),
        "best_score" => {
            let best = reader.standing(row.id)?.best;
            number(best.and_then(|best| f64::try_from(best.objective).ok()))
        }
        "total_cost" => number(known_cost(&reader.standing(row.id)?)),
        "created_at" => SortValue::Whole(row.created_at.as_nanos()),
        "created_by" => text(&row.created_by),
        "last_updated_at" => SortValue::Whole(row.last_updated_at.as_nanos()),
        _ => SortValue::Id,
    })
}

/// US dollars of all trials.
fn known_cost(standing: &trials::Standing) -> Option<f64> {
    Some(standing.cost).filter(|cost| !cost.is_zero()).and_then(|cost| f64::try_from(cost).ok())
}

#[derive(InputObject)]
pub(crate) struct CreateOptimizationInput {
    name: Option<String>,
    /// The dataset is made if there is none of that name.
    dataset_name: String,
    project_id: Option<ID>,
    /// The project is made if there is none of that name.
    project_name: Option<String>,
    objective_name: String,
    #[graphql(default_with = "OptimizationStatus::Running")]
    status: OptimizationStatus,
    metadata: Option<JsonText>,
}

#[derive(InputObject)]
pub(crate) struct UpdateOptimizationInput {
    id: ID,
    name: Option<String>,
    status: Option<OptimizationStatus>,
    metadata: Option<JsonText>,
}

#[derive(Default)]
pub(crate) struct OptimizationMutations;

#[Object]
impl OptimizationMutations {
    async fn create_optimization(
        &self,
        context: &Context<'_>,
        input: CreateOptimizationInput,
    ) -> Result<Optimization> {
        let session = session(context)?;
        let project = match (&input.project_id, input.project_name) {
            (Some(id), _) => Some(ProjectRef::Id(ProjectId::known(uuid(id)?))),
            (None, name) => name.map(ProjectRef::Name),
        };
        let write = Write {
            id: None,
            name: input.name,
            dataset_name: input.dataset_name,
            project,
            objective_name: input.objective_name,
            status: input.status.into(),
            metadata: input.metadata.map(|json| json.0).filter(|json| !json.is_null()),
            studio_config: None,
            error: None,
            last_updated_at: None,
        };
        let outcome = session.execute(Command::Create(Box::new(write))).await?;
        present(session, OptimizationId::known(outcome.created.unwrap_or_default())).await
    }

    /// Fields that are left out stay as they are.
    async fn update_optimization(
        &self,
        context: &Context<'_>,
        input: UpdateOptimizationInput,
    ) -> Result<Optimization> {
        let session = session(context)?;
        let id = OptimizationId::known(uuid(&input.id)?);
        let changes = Box::new(Changes {
            name: input.name,
            status: input.status.map(Into::into),
            metadata: input.metadata.map(|json| json.0).filter(|json| !json.is_null()),
            error: None,
        });
        session.execute(Command::Update { id, changes }).await?;
        present(session, id).await
    }

    /// Their trials stay as experiments. True also for what was not there.
    async fn delete_optimizations(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(OptimizationId::known(uuid(id)?))).collect::<Result<_>>()?;
        session(context)?.execute(Command::Delete { ids }).await?;
        Ok(true)
    }
}

async fn load(session: &Session, id: OptimizationId) -> Result<Option<Optimization>> {
    Ok(session.read::<OptimizationRead, _>(move |reader| Ok(Optimization::load(reader, id)?)).await?)
}

/// An optimization that was just written; somebody else may have deleted it since.
async fn present(session: &Session, id: OptimizationId) -> Result<Optimization> {
    Ok(load(session, id).await?.ok_or_else(|| not_found(id.uuid()))?)
}
