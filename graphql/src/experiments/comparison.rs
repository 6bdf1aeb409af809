//! Experiments side by side: what each of them came to, and the dataset items that they ran, in any order.

use std::collections::HashSet;

use async_graphql::connection::{Connection, ConnectionNameType, EdgeNameType, EmptyFields};
use async_graphql::{Context, Enum, ID, InputObject, Object, OutputType, SimpleObject};
use cairn_core::access::ExperimentRead;
use cairn_core::experiments::comparison::{self, Measure};
use cairn_core::experiments::{self, not_found};
use cairn_core::ids::{DatasetId, DatasetItemId, DatasetVersionId, ExperimentId};
use cairn_core::limits::COMPARED_EXPERIMENTS_MAX;
use cairn_core::query::catalogue::SortKey;
use cairn_core::query::{self, Query};
use cairn_storage::experiments::asking::{COMPARED, COMPARED_SORTABLE, sort_field};
use cairn_storage::experiments::comparing::{Cell, Comparison, Focus, Measures, Placed, Standing, Standings};
use cairn_storage::experiments::tally::RunSummary;
use cairn_storage::index::{Cursor, SortValue};
use cairn_storage::reader::Reader;
use uuid::Uuid;

use super::Experiment;
use super::items::ExperimentItem;
use crate::connection::{Found, Order, Sort, SortDirection, page_cost};
use crate::datasets::items::{DatasetItem, ItemKey};
use crate::error::{Problem, Result};
use crate::scalars::uuid;
use crate::session::{loader, session};

pub(crate) type ComparisonPage =
    Connection<String, ComparedItem, ComparisonTotals, EmptyFields, Named, Named>;

/// Names the connection for what it is rather than for its nodes.
pub(crate) struct Named;

impl ConnectionNameType for Named {
    fn type_name<T: OutputType>() -> String {
        "ExperimentComparisonConnection".to_owned()
    }
}

impl EdgeNameType for Named {
    fn type_name<T: OutputType>() -> String {
        "ExperimentComparisonEdge".to_owned()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "comparison::Outcome")]
pub(crate) enum ComparisonOutcome {
    Improved,
    Regressed,
    Unchanged,
}

/// What rows are placed by, and which of them are kept.
#[derive(InputObject)]
pub(crate) struct ComparisonFocus {
    /// `feedback_scores.<name>`, `assertions`, `duration`, `total_estimated_cost` or `usage.<key>`.
    measure: String,
    /// Whose values count; the first that is not the baseline if left out.
    experiment_id: Option<ID>,
    /// By how far the value is from the baseline's; otherwise by the value itself.
    #[graphql(default = true)]
    by_difference: bool,
    #[graphql(default_with = "SortDirection::Asc")]
    direction: SortDirection,
    /// Only rows that came out so against the baseline.
    outcome: Option<ComparisonOutcome>,
}

#[derive(SimpleObject)]
pub(crate) struct ComparisonTotals {
    total_count: usize,
    /// What each experiment came to, on all pages together, in the order asked for.
    experiments: Vec<ComparedExperiment>,
}

#[derive(SimpleObject)]
struct ComparedExperiment {
    experiment: Experiment,
    is_baseline: bool,
    measures: Vec<ComparedMeasure>,
}

/// One measure of one experiment. Every dataset item counts once, with the mean over its runs.
#[derive(SimpleObject)]
struct ComparedMeasure {
    /// `feedback_scores.<name>`, `assertions` (the part that was true), `duration` (milliseconds),
    /// `total_estimated_cost` (US dollars) or `usage.<key>`.
    measure: String,
    is_better_lower: bool,
    /// Dataset items that have it.
    count: u32,
    /// Null if none has.
    mean: Option<f64>,
    /// Where the true mean lies, by Student's t with 95 percent confidence; null for fewer than two dataset items.
    interval: Option<ComparisonInterval>,
    /// The mean less that of the baseline; null for the baseline itself, and if one of them has none.
    difference: Option<f64>,
    /// Where the true difference lies, by Welch's t with 95 percent confidence; null for fewer than two dataset items.
    difference_interval: Option<ComparisonInterval>,
    /// Dataset items of both that did better than with the baseline.
    improved_count: u64,
    regressed_count: u64,
    unchanged_count: u64,
}

#[derive(SimpleObject)]
struct ComparisonInterval {
    low: f64,
    high: f64,
}

impl From<comparison::Interval> for ComparisonInterval {
    fn from(interval: comparison::Interval) -> Self {
        let comparison::Interval { low, high } = interval;
        Self { low, high }
    }
}

impl ComparedMeasure {
    fn new(standing: &Standing, base: Option<&Standing>) -> Self {
        let moments = &standing.moments;
        let base = base.map(|base| &base.moments).filter(|base| base.count > 0 && moments.count > 0);
        Self {
            measure: standing.measure.name(),
            is_better_lower: standing.measure.is_better_lower(),
            count: moments.count,
            mean: (moments.count > 0).then_some(moments.mean),
            interval: moments.interval().map(Into::into),
            difference: base.map(|base| moments.mean - base.mean),
            difference_interval: base.and_then(|base| moments.difference(base)).map(Into::into),
            improved_count: standing.improved,
            regressed_count: standing.regressed,
            unchanged_count: standing.unchanged,
        }
    }
}

/// A dataset item that at least one of the experiments ran.
pub(crate) struct ComparedItem {
    /// The dataset and the version that the baseline ran over.
    base: Option<(DatasetId, Option<DatasetVersionId>)>,
    dataset_item: DatasetItemId,
    cells: Vec<ComparedCell>,
}

#[Object]
impl ComparedItem {
    async fn dataset_item_id(&self) -> ID {
        self.dataset_item.into()
    }

    /// As the version had it that the baseline ran over.
    #[graphql(complexity = "5 + child_complexity")]
    async fn dataset_item(&self, context: &Context<'_>) -> Result<Option<DatasetItem>> {
        let Some((dataset, version)) = self.base else { return Ok(None) };
        let key = ItemKey { dataset, version, item: self.dataset_item };
        Ok(loader(context)?.load_one(key).await?.map(DatasetItem))
    }

    /// One for each experiment, in the order asked for.
    #[graphql(complexity = "3 * child_complexity")]
    async fn cells(&self) -> &[ComparedCell] {
        &self.cells
    }
}

#[derive(SimpleObject)]
pub(crate) struct ComparedCell {
    experiment_id: ID,
    /// Its runs of the dataset item; none if it did not run it.
    items: Vec<ExperimentItem>,
    values: Vec<ComparedValue>,
    /// Null if nothing was asserted.
    runs: Option<ComparedRuns>,
}

/// A measure that the runs have.
#[derive(SimpleObject)]
struct ComparedValue {
    measure: String,
    /// The mean over the runs.
    value: f64,
    /// The value less that of the baseline; null for the baseline itself, and if it has none.
    difference: Option<f64>,
    outcome: Option<ComparisonOutcome>,
}

/// How the runs of a dataset item did by their assertions.
#[derive(SimpleObject)]
struct ComparedRuns {
    passed_count: u64,
    total_count: u64,
    /// Whether as many passed as its policy asks for.
    passed: bool,
}

impl From<RunSummary> for ComparedRuns {
    fn from(summary: RunSummary) -> Self {
        let RunSummary { passed, total, is_passed } = summary;
        Self { passed_count: passed, total_count: total, passed: is_passed }
    }
}

#[derive(Default)]
pub(crate) struct ComparisonQueries;

#[Object]
impl ComparisonQueries {
    /// Puts experiments over one dataset side by side: the dataset items that any of them ran, newest id first unless
    /// `focus` places them otherwise, and what each came to against the baseline (the first, unless another is named).
    /// `filter` keeps rows, and leaves what each came to as it is: it is text of the query language about
    /// `data.<column>`, `full_data`, `id`, `source`, `description`, `tags`, `created_at`, `created_by`,
    /// `last_updated_at` and `last_updated_by` of the dataset item, and about its runs `duration`,
    /// `total_estimated_cost`, `usage.<key>` and `feedback_scores.<name>` (the mean of them), `input`, `output`,
    /// `input_json.<path>`, `output_json.<path>` and `metadata.<path>` (of any of them). `sort` places rows by a column
    /// instead: `data.<column>`, `id`, `description`, `tags`, `created_at`, `created_by`, `last_updated_at`,
    /// `last_updated_by`, `duration`, `total_estimated_cost`, `usage.<key>`, `feedback_scores.<name>`, `input.<path>`,
    /// `output.<path>` or `metadata.<path>`; of `focus` then only the outcome counts.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn compare_experiments(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        baseline_id: Option<ID>,
        focus: Option<ComparisonFocus>,
        filter: Option<String>,
        sort: Option<Sort>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<ComparisonPage> {
        let ids: Vec<ExperimentId> =
            ids.iter().map(|id| Ok(ExperimentId::known(uuid(id)?))).collect::<Result<_>>()?;
        if ids.is_empty() || ids.len() > COMPARED_EXPERIMENTS_MAX {
            let message = format!("from 1 to {COMPARED_EXPERIMENTS_MAX} experiments can be compared");
            return Err(Problem::invalid(message));
        }
        let baseline = match baseline_id {
            Some(id) => place_of(&ids, &id)?,
            None => 0,
        };
        let (list, direction) = match (&sort, &focus) {
            (Some(sort), _) => (format!("comparison by column {}", sort.field), sort.direction),
            (None, Some(focus)) => (format!("comparison by {}", focus.measure), focus.direction),
            (None, None) => ("comparison".to_owned(), SortDirection::Desc),
        };
        let order = Order::directed(&list, direction, first, after)?;
        let sort = sort.map(|sort| sort.of_rows(sort_field, COMPARED_SORTABLE)).transpose()?;
        let focus = focus.map(|focus| focused(focus, &ids, baseline)).transpose()?;
        let comparison = Comparison { experiments: ids, baseline, focus };
        let session = session(context)?;
        let filter = Query::parse_own(&COMPARED, filter.as_deref().unwrap_or_default(), session.now())?;
        let asked = Asked { comparison, filter, sort, order };
        let read = session.read::<ExperimentRead, _>(move |reader| {
            let experiments = present(reader, &asked.comparison.experiments)?;
            let measures = reader.measures(&asked.comparison.experiments)?;
            let standings = reader.compare(&asked.comparison, &measures)?;
            let page = asked.page(reader, &experiments, &standings)?.try_map(|row| {
                let row = DatasetItemId::known(row);
                let cells = reader.compared_row(&asked.comparison.experiments, &measures, row)?;
                item(reader, &experiments, baseline, &measures, row, cells)
            })?;
            Ok((page, totals(experiments, baseline, &standings.of)))
        });
        let (page, experiments) = read.await?;
        let totals = ComparisonTotals { total_count: page.total(), experiments };
        Ok(page.into_connection(totals, |item| item))
    }
}

fn place_of(ids: &[ExperimentId], id: &ID) -> Result<usize> {
    let id = ExperimentId::known(uuid(id)?);
    let missing = || Problem::invalid(format!("`{id}` is not among the experiments that are compared"));
    ids.iter().position(|known| *known == id).ok_or_else(missing)
}

fn focused(focus: ComparisonFocus, ids: &[ExperimentId], baseline: usize) -> Result<Focus> {
    let unknown = || {
        let message =
            format!("`{}` is no measure; use `feedback_scores.<name>` or `duration`, say", focus.measure);
        Problem::new("BAD_SORT", message)
    };
    let measure = Measure::parse(&focus.measure).ok_or_else(unknown)?;
    let column = match &focus.experiment_id {
        Some(id) => place_of(ids, id)?,
        None => (0..ids.len()).find(|column| *column != baseline).unwrap_or(baseline),
    };
    let outcome = focus.outcome.map(Into::into);
    Ok(Focus { column, measure, by_difference: focus.by_difference, outcome })
}

/// All of the experiments, or a refusal.
fn present(
    reader: &Reader,
    ids: &[ExperimentId],
) -> std::result::Result<Vec<experiments::Experiment>, cairn_actors::failure::Failure> {
    ids.iter().map(|id| Ok(reader.experiment(*id)?.ok_or_else(|| not_found(*id))?)).collect()
}

/// What is asked of a comparison.
struct Asked {
    comparison: Comparison,
    filter: Query,
    sort: Option<query::Sort>,
    order: Order,
}

impl Asked {
    /// The dataset items of the page.
    fn page(
        &self,
        reader: &Reader,
        experiments: &[experiments::Experiment],
        standings: &Standings,
    ) -> std::result::Result<Found<Uuid>, cairn_actors::failure::Failure> {
        let keys = match experiments.first() {
            Some(first) if self.filter != Query::All || self.sort.is_some() => {
                let sides = reader.sides(first.dataset_id, &self.comparison.experiments)?;
                Some(reader.rows_in_order(first.dataset_id, &sides, &self.filter, self.sort.as_ref())?)
            }
            _ => None,
        };
        let focus = self.comparison.focus.as_ref();
        match keys {
            Some(keys) if self.sort.is_none() => {
                let kept: HashSet<Uuid> = keys.iter().map(|key| key.id).collect();
                Ok(self.placed(standings.rows.iter().filter(|row| kept.contains(&row.dataset_item.uuid()))))
            }
            Some(keys) if focus.is_some_and(|focus| focus.outcome.is_some()) => {
                let wanted: HashSet<Uuid> =
                    standings.rows.iter().map(|row| row.dataset_item.uuid()).collect();
                let keys: Vec<SortKey> =
                    keys.iter().filter(|key| wanted.contains(&key.id)).cloned().collect();
                Ok(self.order.keyed(&keys))
            }
            Some(keys) => Ok(self.order.keyed(&keys)),
            None => Ok(self.placed(standings.rows.iter())),
        }
    }

    /// Rows by the value of the focus, or newest id first.
    fn placed<'a>(&self, rows: impl Iterator<Item = &'a Placed>) -> Found<Uuid> {
        let placed = rows.map(|row| {
            let value = match (&self.comparison.focus, row.value) {
                (None, _) => SortValue::Id,
                (Some(_), value) => value.map_or(SortValue::Missing, SortValue::Number),
            };
            (Cursor { value, id: row.dataset_item.uuid() }, row.dataset_item.uuid())
        });
        self.order.page(placed.collect())
    }
}

fn item(
    reader: &Reader,
    experiments: &[experiments::Experiment],
    baseline: usize,
    measures: &Measures,
    dataset_item: DatasetItemId,
    cells: Vec<Cell>,
) -> std::result::Result<ComparedItem, cairn_actors::failure::Failure> {
    let base: Vec<Option<f64>> = match cells.get(baseline) {
        Some(cell) => (0..measures.all().len()).map(|at| cell.value(at)).collect(),
        None => Vec::new(),
    };
    let mut shown = Vec::with_capacity(cells.len());
    for (column, (cell, experiment)) in cells.iter().zip(experiments).enumerate() {
        let values = measures.all().iter().zip(&base).enumerate().filter_map(|(at, (measure, from))| {
            let value = cell.value(at)?;
            let from = from.filter(|_| column != baseline);
            Some(ComparedValue {
                measure: measure.name(),
                value,
                difference: from.map(|from| value - from),
                outcome: from.map(|from| measure.outcome(from, value).into()),
            })
        });
        let mut items = Vec::with_capacity(cell.items.len());
        for id in &cell.items {
            let item = reader.experiment_item_in(experiment.id, *id)?;
            items.extend(item.map(|item| ExperimentItem::new(item, experiment)));
        }
        shown.push(ComparedCell {
            experiment_id: experiment.id.into(),
            items,
            values: values.collect(),
            runs: reader.run_summary(experiment.id, dataset_item)?.map(ComparedRuns::from),
        });
    }
    let base = experiments.get(baseline).map(|base| (base.dataset_id, base.dataset_version_id));
    Ok(ComparedItem { base, dataset_item, cells: shown })
}

fn totals(
    experiments: Vec<experiments::Experiment>,
    baseline: usize,
    standings: &[Vec<Standing>],
) -> Vec<ComparedExperiment> {
    let base = standings.get(baseline);
    let columns = experiments.into_iter().zip(standings).enumerate();
    let compared = columns.map(|(column, (experiment, standings))| {
        let measures = standings.iter().enumerate().map(|(at, standing)| {
            let base = base.filter(|_| column != baseline).and_then(|base| base.get(at));
            ComparedMeasure::new(standing, base)
        });
        ComparedExperiment {
            experiment: Experiment(experiment),
            is_baseline: column == baseline,
            measures: measures.collect(),
        }
    });
    compared.collect()
}
