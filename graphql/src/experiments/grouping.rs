//! Experiments put together by what they have in common, groups within groups, and what those of a group come to.

use async_graphql::{Context, Enum, ID, InputObject, Lookahead, Object, SimpleObject};
use cairn_core::access::ExperimentRead;
use cairn_core::experiments::grouping::{self, Grouping, too_many_groups};
use cairn_core::ids::{ExperimentId, ProjectId};
use cairn_core::limits::{COMPARED_EXPERIMENTS_MAX, EXPERIMENT_GROUPINGS_MAX};
use cairn_core::query::JsonPath;
use cairn_storage::experiments::grouping::{Asked, Group, GroupFigures};
use cairn_storage::experiments::listing::Wanted;
use cairn_storage::index::{Cursor, SortValue};
use uuid::Uuid;

use super::{DurationPercentiles, ExperimentKind, NamedFigure, Narrowed};
use crate::connection::{Order, Page, SortDirection, page_cost};
use crate::error::{Problem, Result};
use crate::scalars::uuid;
use crate::session::session;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ExperimentGroupingField {
    Dataset,
    Project,
    /// An experiment of several tags is in the group of each.
    Tags,
    /// The value at `path`.
    Metadata,
}

#[derive(InputObject)]
pub(crate) struct ExperimentGroupingInput {
    field: ExperimentGroupingField,
    /// Within the metadata, such as `model.name`.
    path: Option<String>,
}

impl ExperimentGroupingInput {
    fn grouping(self) -> Result<Grouping> {
        Ok(match (self.field, self.path) {
            (ExperimentGroupingField::Dataset, None) => Grouping::Dataset,
            (ExperimentGroupingField::Project, None) => Grouping::Project,
            (ExperimentGroupingField::Tags, None) => Grouping::Tags,
            (ExperimentGroupingField::Metadata, Some(path)) => {
                let bad = |_| Problem::invalid(format!("`{path}` is no path; write `model.name`, say"));
                Grouping::Metadata(JsonPath::parse(&path).map_err(bad)?)
            }
            (ExperimentGroupingField::Metadata, None) => {
                return Err(Problem::invalid("`METADATA` needs a `path`, such as `model.name`"));
            }
            (_, Some(_)) => return Err(Problem::invalid("only `METADATA` has a `path`")),
        })
    }
}

pub(crate) struct ExperimentGroup(Group);

/// What the experiments of a group come to. Means are over the experiments that have a value.
#[derive(SimpleObject)]
struct ExperimentGroupFigures {
    trace_count: u64,
    feedback_scores: Vec<NamedFigure>,
    /// Of the figures that whoever ran the experiments computed.
    experiment_scores: Vec<NamedFigure>,
    /// Null without any assertions.
    pass_rate: Option<f64>,
    passed_count: u64,
    judged_count: u64,
    duration_ms: Option<DurationPercentiles>,
    /// US dollars of all together; null when unknown.
    cost: Option<f64>,
    /// Of a trace.
    cost_mean: Option<f64>,
}

impl From<&GroupFigures> for ExperimentGroupFigures {
    fn from(figures: &GroupFigures) -> Self {
        Self {
            trace_count: figures.traces,
            feedback_scores: NamedFigure::all(&figures.feedback_scores),
            experiment_scores: NamedFigure::all(&figures.experiment_scores),
            pass_rate: figures.pass_rate,
            passed_count: figures.passed,
            judged_count: figures.judged,
            duration_ms: figures.duration.map(DurationPercentiles::from),
            cost: figures.cost.and_then(|cost| f64::try_from(cost).ok()),
            cost_mean: figures.cost_average.and_then(|cost| f64::try_from(cost).ok()),
        }
    }
}

#[Object]
impl ExperimentGroup {
    /// What its experiments have in common: an id, a tag, or a value of metadata as text.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// What people call the value; null for the id of what was deleted.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    async fn experiment_count(&self) -> usize {
        self.0.experiments
    }

    #[graphql(complexity = "10 + child_complexity")]
    async fn figures(&self) -> ExperimentGroupFigures {
        let none = GroupFigures::default();
        self.0.figures.as_ref().unwrap_or(&none).into()
    }

    /// The groups within, by what was asked for next; by value.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[expect(clippy::unused_async, reason = "a field of an object is async")]
    async fn groups(
        &self,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Self>> {
        page(&self.0.groups, first, after)
    }
}

fn page(groups: &[Group], first: Option<i32>, after: Option<String>) -> Result<Page<ExperimentGroup>> {
    let order = Order::directed("experiment groups", SortDirection::Asc, first, after)?;
    let placed = groups.iter().map(|group| {
        let value = SortValue::Text(group.value.clone());
        (Cursor { value, id: Uuid::nil() }, group)
    });
    Ok(order.page(placed.collect()).into_page(|group: &Group| ExperimentGroup(group.clone())))
}

/// Whether the figures of any group are selected, those of groups within among them.
fn wants_figures(page: &Lookahead<'_>, levels: usize) -> bool {
    let nodes = [page.field("nodes"), page.field("edges").field("node")];
    nodes.iter().any(|group| {
        group.field("figures").exists() || levels > 1 && wants_figures(&group.field("groups"), levels - 1)
    })
}

#[derive(Default)]
pub(crate) struct ExperimentGroupQueries;

#[Object]
impl ExperimentGroupQueries {
    /// Puts experiments into groups, and these into groups again for each further field of `by`. What keeps experiments
    /// is as in `experiments`.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn experiment_groups(
        &self,
        context: &Context<'_>,
        by: Vec<ExperimentGroupingInput>,
        dataset_id: Option<ID>,
        project_id: Option<ID>,
        optimization_id: Option<ID>,
        prompt_id: Option<ID>,
        kinds: Option<Vec<ExperimentKind>>,
        filter: Option<String>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<ExperimentGroup>> {
        let session = session(context)?;
        let by = by.into_iter().map(ExperimentGroupingInput::grouping).collect::<Result<Vec<_>>>()?;
        grouping::check(&by)?;
        let narrowed = Narrowed { dataset_id, project_id, optimization_id, prompt_id, kinds, filter };
        let figures = wants_figures(&context.look_ahead(), by.len().min(EXPERIMENT_GROUPINGS_MAX));
        let asked = Asked { wanted: narrowed.wanted(session.now())?, by, figures };
        let read = session.read::<ExperimentRead, _>(move |reader| {
            Ok(reader.experiment_groups(&asked)?.ok_or_else(too_many_groups)?)
        });
        page(&read.await?, first, after)
    }

    /// The names of the scores that the traces of experiments have: of those named, of a project, or of all.
    #[graphql(complexity = "100")]
    async fn experiment_score_names(
        &self,
        context: &Context<'_>,
        ids: Option<Vec<ID>>,
        project_id: Option<ID>,
    ) -> Result<Vec<String>> {
        if ids.as_ref().is_some_and(|ids| ids.len() > COMPARED_EXPERIMENTS_MAX) {
            return Err(Problem::invalid(format!(
                "at most {COMPARED_EXPERIMENTS_MAX} experiments can be named"
            )));
        }
        let ids =
            ids.map(|ids| ids.iter().map(|id| Ok(ExperimentId::known(uuid(id)?))).collect::<Result<_>>());
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let wanted = Wanted { ids: ids.transpose()?, project, ..Wanted::all() };
        let read = session(context)?
            .read::<ExperimentRead, _>(move |reader| Ok(reader.experiment_score_names(&wanted)?));
        Ok(read.await?.into_iter().collect())
    }
}
