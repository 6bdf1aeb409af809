//! Experiments: runs over datasets, with what their traces add up to. Their items, what changes them and how they
//! compare are in files of their own beside this one.

pub(crate) mod changes;
pub(crate) mod comparison;
pub(crate) mod grouping;
pub(crate) mod items;
pub(crate) mod recording;

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::{ExperimentRead, PromptRead};
use cairn_core::experiments;
use cairn_core::ids::{
    DatasetId, ExperimentId, ExperimentItemId, ProjectId, PromptId, PromptVersionId, TraceId,
};
use cairn_core::json::Json;
use cairn_core::limits::EXPERIMENT_COMMENTS_MAX;
use cairn_core::query::Query;
use cairn_core::time;
use cairn_storage::aggregate::figures::Percentiles;
use cairn_storage::experiments::listing::Wanted;
use cairn_storage::experiments::reading::{EXPERIMENTS, Figures};
use cairn_storage::index::{Cursor, SortValue};
use cairn_storage::reader::Reader;

use self::items::ExperimentItem;
use crate::comments::{self, Comment};
use crate::connection::{Found, Order, Page, Sort, page_cost, page_size};
use crate::cursor;
use crate::datasets::versions::DatasetVersion;
use crate::datasets::{Dataset, VersionById};
use crate::error::Result;
use crate::projects::Project;
use crate::prompts::versions::PromptVersion;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};

pub(crate) struct Experiment(pub(crate) experiments::Experiment);

/// All but the regular ones belong to an optimization.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "experiments::Kind")]
pub(crate) enum ExperimentKind {
    Regular,
    Trial,
    MiniBatch,
    Mutation,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "experiments::Status")]
pub(crate) enum ExperimentStatus {
    Running,
    Completed,
    Cancelled,
    Failed,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "experiments::Method")]
pub(crate) enum ExperimentMethod {
    Dataset,
    EvaluationSuite,
}

/// A figure under a name.
#[derive(Clone, SimpleObject)]
pub(crate) struct NamedFigure {
    pub(crate) name: String,
    pub(crate) value: f64,
}

impl NamedFigure {
    /// Scores have so few digits that a float holds them.
    fn all(scores: &[experiments::Score]) -> Vec<Self> {
        let figure = |score: &experiments::Score| Self {
            name: score.name.clone(),
            value: f64::try_from(score.value).unwrap_or_default(),
        };
        scores.iter().map(figure).collect()
    }
}

#[derive(Clone, SimpleObject)]
pub(crate) struct DurationPercentiles {
    p50: f64,
    p90: f64,
    p99: f64,
}

impl From<Percentiles> for DurationPercentiles {
    fn from(percentiles: Percentiles) -> Self {
        let Percentiles { p50, p90, p99 } = percentiles;
        Self { p50, p90, p99 }
    }
}

/// What the traces of an experiment add up to by now.
#[derive(SimpleObject)]
pub(crate) struct ExperimentFigures {
    /// Items with or without a trace yet.
    trace_count: u64,
    /// Distinct items of the dataset.
    dataset_item_count: u64,
    /// Means over the traces that have the score.
    feedback_scores: Vec<NamedFigure>,
    /// Of the dataset items with assertions, the part of which enough runs passed; null without any.
    pass_rate: Option<f64>,
    passed_count: u64,
    judged_count: u64,
    /// The part of the traces of which an assertion was true.
    assertions: Vec<NamedFigure>,
    duration_ms: Option<DurationPercentiles>,
    /// US dollars; null when unknown.
    cost: Option<f64>,
    cost_mean: Option<f64>,
    /// Means over the traces that have the key.
    usage: Vec<NamedFigure>,
    /// Comments on the traces, for each item as often as its trace has some.
    comment_count: u64,
}

impl From<Figures> for ExperimentFigures {
    fn from(figures: Figures) -> Self {
        Self {
            pass_rate: figures.pass_rate(),
            passed_count: figures.passed,
            judged_count: figures.judged,
            assertions: NamedFigure::all(&figures.assertions),
            trace_count: figures.traces,
            dataset_item_count: figures.dataset_items,
            feedback_scores: NamedFigure::all(&figures.feedback_scores),
            duration_ms: figures.duration.map(DurationPercentiles::from),
            cost: figures.cost.and_then(|cost| f64::try_from(cost).ok()),
            cost_mean: figures.cost_average.and_then(|cost| f64::try_from(cost).ok()),
            usage: figures.usage.into_iter().map(|(name, value)| NamedFigure { name, value }).collect(),
            comment_count: figures.comments,
        }
    }
}

#[Object]
impl Experiment {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn dataset_id(&self) -> ID {
        self.0.dataset_id.into()
    }

    /// Null if it was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn dataset(&self, context: &Context<'_>) -> Result<Option<Dataset>> {
        Ok(loader(context)?.load_one(self.0.dataset_id).await?.map(Dataset))
    }

    /// The version of the dataset that it ran over.
    #[graphql(complexity = "5 + child_complexity")]
    async fn dataset_version(&self, context: &Context<'_>) -> Result<Option<DatasetVersion>> {
        let Some(version) = self.0.dataset_version_id else { return Ok(None) };
        let key = VersionById { dataset: self.0.dataset_id, version };
        Ok(loader(context)?.load_one(key).await?.map(DatasetVersion))
    }

    async fn project_id(&self) -> Option<ID> {
        self.0.project_id.map(ID::from)
    }

    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Option<Project>> {
        let Some(id) = self.0.project_id else { return Ok(None) };
        Ok(loader(context)?.load_one(id).await?.map(Project))
    }

    async fn kind(&self) -> ExperimentKind {
        self.0.kind.into()
    }

    async fn method(&self) -> ExperimentMethod {
        self.0.method.into()
    }

    async fn status(&self) -> ExperimentStatus {
        self.0.status.into()
    }

    async fn optimization_id(&self) -> Option<ID> {
        self.0.optimization_id.map(ID::from)
    }

    /// Those that it used and that are still there.
    #[graphql(complexity = "5 + 5 * child_complexity")]
    async fn prompt_versions(&self, context: &Context<'_>) -> Result<Vec<PromptVersion>> {
        let ids: Vec<_> = self.0.prompt_versions.iter().map(|id| PromptVersionId::known(*id)).collect();
        let mut found = loader(context)?.load_many(ids.clone()).await?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).map(PromptVersion).collect())
    }

    /// How it was set up: JSON as it was sent.
    #[graphql(complexity = 10)]
    async fn metadata(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        if self.0.metadata.is_none() {
            return Ok(None);
        }
        let experiment = self.0.clone();
        let read = session(context)?
            .read::<ExperimentRead, _>(move |reader| Ok(reader.experiment_metadata(&experiment)?));
        Ok(read.await?.filter(|json: &Json| !json.is_null()).map(JsonText))
    }

    async fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Figures about the whole that whoever ran it computed.
    async fn scores(&self) -> Vec<NamedFigure> {
        NamedFigure::all(&self.0.scores)
    }

    async fn item_count(&self) -> u64 {
        self.0.items
    }

    #[graphql(complexity = "10 + child_complexity")]
    async fn figures(&self, context: &Context<'_>) -> Result<ExperimentFigures> {
        let figures = loader(context)?.load_one(FiguresKey(self.0.id)).await?;
        Ok(figures.unwrap_or_default().into())
    }

    /// On its traces, newest first; at most 100.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn comments(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
    ) -> Result<Vec<Comment>> {
        let limit = page_size(first)?.min(EXPERIMENT_COMMENTS_MAX);
        let found = loader(context)?.load_one(CommentsKey { experiment: self.0.id, limit }).await?;
        Ok(comments::shown(&found.unwrap_or_default()))
    }

    /// Newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn items(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<ExperimentItem>> {
        const LIST: &str = "experiment items";
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(LIST, &after)).transpose()?;
        let after = after.map(|after| ExperimentItemId::known(after.id));
        let total = usize::try_from(self.0.items).unwrap_or(usize::MAX);
        let experiment = self.0.clone();
        let read = session(context)?.read::<ExperimentRead, _>(move |reader| {
            let items = reader.experiment_items(experiment.id, after, first + 1)?;
            let placed = items.into_iter().map(|item| {
                let cursor = Cursor { value: SortValue::Id, id: item.id.uuid() };
                (cursor, ExperimentItem::new(item, &experiment))
            });
            Ok(Found::within(placed.collect(), LIST, first, after.is_some(), total))
        });
        Ok(read.await?.into_page(|item| item))
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.last_updated_at)
    }

    async fn last_updated_by(&self) -> &str {
        &self.0.last_updated_by
    }

    /// Null while it runs.
    async fn finished_at(&self) -> Option<Timestamp> {
        self.0.finished_at.map(Timestamp)
    }
}

#[derive(Default)]
pub(crate) struct ExperimentQueries;

const SORTABLE: &[&str] = &[
    "name",
    "created_at",
    "created_by",
    "last_updated_at",
    "prompt",
    "trace_count",
    "comment_count",
    "total_estimated_cost",
    "total_estimated_cost_avg",
    "pass_rate",
    "duration.",
    "usage.",
    "feedback_scores.",
    "experiment_scores.",
];

#[Object]
impl ExperimentQueries {
    /// Newest first unless sorted by `name`, `created_at`, `created_by`, `last_updated_at`, `prompt` (the name of the
    /// first one that it used, then the version), `trace_count`, `comment_count`, `total_estimated_cost`,
    /// `total_estimated_cost_avg`, `pass_rate`, `duration.p50`, `duration.p90`, `duration.p99`, `usage.<key>` (the mean),
    /// `feedback_scores.<name>` or `experiment_scores.<name>`. `filter` is text of the query language about `id`,
    /// `name`, `status`, `type`, `tags`, `dataset_id`, `project_id`, `created_at`, `last_updated_at`,
    /// `metadata.<path>`, `trace_count`, `total_estimated_cost`, `pass_rate`, `feedback_scores.<name>` and
    /// `experiment_scores.<name>`. `promptId` keeps those that used a version of the prompt.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn experiments(
        &self,
        context: &Context<'_>,
        dataset_id: Option<ID>,
        project_id: Option<ID>,
        optimization_id: Option<ID>,
        prompt_id: Option<ID>,
        kinds: Option<Vec<ExperimentKind>>,
        filter: Option<String>,
        sort: Option<Sort>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Experiment>> {
        let session = session(context)?;
        if sort.as_ref().is_some_and(|sort| sort.field == "prompt") {
            session.grant::<PromptRead>()?;
        }
        let order = Order::new("experiments", SORTABLE, sort, first, after)?;
        let narrowed = Narrowed { dataset_id, project_id, optimization_id, prompt_id, kinds, filter };
        let wanted = narrowed.wanted(session.now())?;
        let read = session.read::<ExperimentRead, _>(move |reader| {
            let found = reader.experiments_wanted(&wanted)?;
            let value =
                |experiment: &experiments::Experiment, field: &str| sort_value(reader, experiment, field);
            order.sorted(found, |experiment| experiment.id.uuid(), value)
        });
        Ok(read.await?.into_page(Experiment))
    }

    async fn experiment(&self, context: &Context<'_>, id: ID) -> Result<Option<Experiment>> {
        load(session(context)?, ExperimentId::known(uuid(&id)?)).await
    }
}

/// What narrows experiments down, as arguments give it.
struct Narrowed {
    dataset_id: Option<ID>,
    project_id: Option<ID>,
    optimization_id: Option<ID>,
    prompt_id: Option<ID>,
    kinds: Option<Vec<ExperimentKind>>,
    filter: Option<String>,
}

impl Narrowed {
    fn wanted(self, now: time::Timestamp) -> Result<Wanted> {
        let id = |id: Option<ID>| id.map(|id| uuid(&id)).transpose();
        Ok(Wanted {
            dataset: id(self.dataset_id)?.map(DatasetId::known),
            project: id(self.project_id)?.map(ProjectId::known),
            optimization: id(self.optimization_id)?,
            prompt: id(self.prompt_id)?.map(PromptId::known),
            kinds: self.kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            condition: Query::parse_own(&EXPERIMENTS, self.filter.as_deref().unwrap_or_default(), now)?,
            ..Wanted::all()
        })
    }
}

fn sort_value(
    reader: &Reader,
    experiment: &experiments::Experiment,
    field: &str,
) -> std::result::Result<SortValue, Failure> {
    let time = |time: time::Timestamp| SortValue::Whole(time.as_nanos());
    Ok(match field {
        "name" => SortValue::Text(experiment.name.to_lowercase()),
        "created_at" => time(experiment.created_at),
        "created_by" => SortValue::Text(experiment.created_by.to_lowercase()),
        "last_updated_at" => time(experiment.last_updated_at),
        // Versions of one prompt stand in their order.
        "prompt" => reader.experiment_prompt(experiment)?.map_or(SortValue::Missing, |(name, number)| {
            SortValue::Text(format!("{}\0{number:010}", name.to_lowercase()))
        }),
        field => {
            let figure = reader.experiment_figures(experiment)?.named(experiment, field);
            figure.map_or(SortValue::Missing, SortValue::Number)
        }
    })
}

async fn load(session: &Session, id: ExperimentId) -> Result<Option<Experiment>> {
    let read = session.read::<ExperimentRead, _>(move |reader| Ok(reader.experiment(id)?));
    Ok(read.await?.map(Experiment))
}

/// The experiments that a trace is a run of.
pub(crate) async fn experiments_of(context: &Context<'_>, trace: TraceId) -> Result<Vec<Experiment>> {
    let read = session(context)?.read::<ExperimentRead, _>(move |reader| {
        let ids = reader.experiments_of(trace)?;
        ids.into_iter().map(|id| Ok(reader.experiment(id)?)).collect::<std::result::Result<Vec<_>, Failure>>()
    });
    Ok(read.await?.into_iter().flatten().map(Experiment).collect())
}

impl Loader<ExperimentId> for Session {
    type Value = experiments::Experiment;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[ExperimentId],
    ) -> std::result::Result<HashMap<ExperimentId, experiments::Experiment>, Failure> {
        let ids = keys.to_vec();
        self.read::<ExperimentRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                found.extend(reader.experiment(id)?.map(|experiment| (id, experiment)));
            }
            Ok(found)
        })
        .await
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct CommentsKey {
    experiment: ExperimentId,
    limit: usize,
}

impl Loader<CommentsKey> for Session {
    type Value = Vec<cairn_core::comments::Comment>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[CommentsKey],
    ) -> std::result::Result<HashMap<CommentsKey, Self::Value>, Failure> {
        let keys = keys.to_vec();
        self.read::<ExperimentRead, _>(move |reader| {
            let read = |key: CommentsKey| Ok((key, reader.experiment_comments(key.experiment, key.limit)?));
            keys.into_iter().map(read).collect()
        })
        .await
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct FiguresKey(ExperimentId);

impl Loader<FiguresKey> for Session {
    type Value = Figures;
    type Error = Failure;

    async fn load(&self, keys: &[FiguresKey]) -> std::result::Result<HashMap<FiguresKey, Figures>, Failure> {
        let keys = keys.to_vec();
        self.read::<ExperimentRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                if let Some(experiment) = reader.experiment(key.0)? {
                    found.insert(key, reader.experiment_figures(&experiment)?);
                }
            }
            Ok(found)
        })
        .await
    }
}
