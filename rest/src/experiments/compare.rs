//! Experiments side by side: the dataset items that they ran, and what each made of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use cairn_actors::failure::Failure;
use cairn_core::access::ExperimentRead;
use cairn_core::ids::{DatasetId, DatasetItemId, ExperimentId};
use cairn_core::limits::COMPARED_EXPERIMENTS_MAX;
use cairn_core::query::opik::{self, FilterJson};
use cairn_core::query::{Direction, Field, Predicate, Query as Condition, Sort};
use cairn_core::rejection::Rejection;
use cairn_storage::experiments::asking::{COMPARED_FIELDS, COMPARED_SORTABLE, Side, sort_field};
use cairn_storage::experiments::reading::RunStatistics;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::output::{ItemOut, PercentilesOut};
use crate::datasets::items::{ColumnOut, ItemOut as DatasetItemOut, columns};
use crate::error::Answer;
use crate::extract::{Granted, Id, Query};
use crate::lists::{Sorting, page_and_size, read_sorting};
use crate::routes::Server;
use crate::traces::output::Show;
use crate::wire::decimal_out;

#[derive(Deserialize)]
pub(crate) struct CompareQuery {
    page: Option<i64>,
    size: Option<i64>,
    experiment_ids: Option<String>,
    filters: Option<String>,
    sorting: Option<String>,
    search: Option<String>,
    truncate: Option<bool>,
}

#[derive(Serialize)]
struct RowOut {
    #[serde(flatten)]
    item: DatasetItemOut,
    experiment_items: Vec<ItemOut>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    run_summaries_by_experiment: BTreeMap<String, RunSummaryOut>,
}

#[derive(Serialize)]
struct RunSummaryOut {
    passed_runs: u64,
    total_runs: u64,
    status: &'static str,
}

#[derive(Serialize)]
struct PageOut {
    page: usize,
    size: usize,
    total: usize,
    content: Vec<RowOut>,
    columns: Vec<ColumnOut>,
    sortable_by: &'static [&'static str],
}

/// Which rows are wanted, and in which order.
struct Asked {
    ids: Vec<ExperimentId>,
    condition: Condition,
    sort: Option<Sort>,
}

impl CompareQuery {
    fn asked(&self) -> Result<Asked, Rejection> {
        let ids = experiment_ids(self.experiment_ids.as_deref())?;
        let mut parts = vec![condition(self.filters.as_deref().unwrap_or_default())?];
        if let Some(search) = self.search.as_ref().filter(|search| !search.is_empty()) {
            let contains =
                |name| Condition::term(Field::Own(name), Predicate::Contains(search.to_lowercase()));
            parts.push(Condition::Or(["full_data", "input", "output"].map(contains).into()));
        }
        let sort = self.sorting.as_deref().map(sorting).transpose()?.flatten();
        Ok(Asked { ids, condition: Condition::And(parts).simplified(), sort })
    }
}

/// Filters name columns as `data.<column>`, which is the key `<column>` of the field `data`.
fn condition(text: &str) -> Result<Condition, Rejection> {
    let list: Option<Vec<FilterJson>> = serde_json::from_str(text).unwrap_or_default();
    let Some(list) = list else { return opik::own_filters(COMPARED_FIELDS, text) };
    let filters = list.into_iter().map(|filter| {
        let (field, key) = match filter.field.split_once('.') {
            Some(("data", key)) => ("data", Some(key)),
            Some(("input", key)) => ("input_json", Some(key)),
            Some(("output", key)) => ("output_json", Some(key)),
            Some(("metadata", key)) => ("metadata", Some(key)),
            Some(("feedback_scores", key)) => ("feedback_scores", Some(key)),
            _ => (filter.field.as_str(), None),
        };
        let key = key.map(Cow::Borrowed).or(filter.key.as_deref().map(Cow::Borrowed));
        json!({ "field": field, "key": key, "operator": filter.operator, "value": filter.value })
    });
    opik::own_filters(COMPARED_FIELDS, &Value::Array(filters.collect()).to_string())
}

fn sorting(text: &str) -> Result<Option<Sort>, Rejection> {
    let sorting: Option<Sorting> = read_sorting(text, |field| sort_field(field).is_some())?;
    let Some(sorting) = sorting else { return Ok(None) };
    let direction = if sorting.is_ascending() { Direction::Ascending } else { Direction::Descending };
    Ok(sort_field(&sorting.field).map(|field| Sort { field, direction }))
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Id(id): Id,
    Query(query): Query<CompareQuery>,
) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let asked = query.asked()?;
    let show = Show::asked(query.truncate, None, HashSet::new());
    let page = server.handles.read(&grant, move |reader| {
        let side_by_side = SideBySide::open(reader, DatasetId::known(id), asked)?;
        let total = side_by_side.rows.len();
        let shown = side_by_side.rows.iter().skip((number - 1) * size).take(size);
        let content = shown.map(|row| side_by_side.row(*row, &show)).collect::<Result<Vec<_>, _>>()?;
        let columns = side_by_side.columns();
        Ok(PageOut {
            page: number,
            size: content.len(),
            total,
            content,
            columns,
            sortable_by: COMPARED_SORTABLE,
        })
    });
    Ok(Json(page.await?).into_response())
}

pub(crate) fn experiment_ids(text: Option<&str>) -> Result<Vec<ExperimentId>, Rejection> {
    let text = text.unwrap_or_default();
    let bad = || Rejection::malformed(format!("Invalid query param experiment ids '{text}'"));
    let ids: Vec<Uuid> =
        if text.is_empty() { Vec::new() } else { serde_json::from_str(text).map_err(|_| bad())? };
    if ids.is_empty() {
        return Err(Rejection::malformed("experiment_ids cannot be empty"));
    }
    if ids.len() > COMPARED_EXPERIMENTS_MAX {
        let message = format!("experiment_ids cannot be more than {COMPARED_EXPERIMENTS_MAX}");
        return Err(Rejection::malformed(message));
    }
    Ok(ids.into_iter().map(ExperimentId::known).collect())
}

/// The experiments that are compared, and the rows that they have in common.
struct SideBySide<'a> {
    reader: &'a Reader,
    dataset_id: DatasetId,
    sides: Vec<Side>,
    experiments: Vec<ExperimentId>,
    /// The dataset items of all pages together.
    rows: Arc<Vec<DatasetItemId>>,
}

impl<'a> SideBySide<'a> {
    fn open(reader: &'a Reader, dataset_id: DatasetId, asked: Asked) -> Result<Self, Failure> {
        let Asked { ids, condition, sort } = asked;
        let sides = reader.sides(dataset_id, &ids)?;
        let experiments = sides.iter().map(|side| side.experiment.id).collect();
        let rows = reader.rows_side_by_side(dataset_id, &sides, &condition, sort.as_ref())?;
        Ok(Self { reader, dataset_id, sides, experiments, rows })
    }

    fn row(&self, dataset_item: DatasetItemId, show: &Show) -> Result<RowOut, Failure> {
        let runs = self.reader.runs_of(&self.experiments, dataset_item)?;
        let mut experiment_items = Vec::with_capacity(runs.len());
        let mut summaries = BTreeMap::new();
        for (experiment, id) in runs {
            if let Some(item) = self.reader.experiment_item_in(experiment, id)? {
                experiment_items.push(ItemOut::new(item, self.reader, show)?);
            }
            if let Some(summary) = self.reader.run_summary(experiment, dataset_item)? {
                let status = if summary.is_passed { "passed" } else { "failed" };
                let out = RunSummaryOut { passed_runs: summary.passed, total_runs: summary.total, status };
                summaries.insert(experiment.to_string(), out);
            }
        }
        let item = self.reader.item_beside(self.dataset_id, &self.sides, dataset_item)?;
        let item = match item {
            Some(view) => DatasetItemOut::new(view, self.reader)?,
            None => DatasetItemOut::gone(dataset_item, self.dataset_id),
        };
        Ok(RowOut { item, experiment_items, run_summaries_by_experiment: summaries })
    }

    fn columns(&self) -> Vec<ColumnOut> {
        let versions = self.sides.iter().filter_map(|side| side.version.as_ref());
        versions.max_by_key(|version| version.number).map(columns).unwrap_or_default()
    }
}

pub(crate) async fn stats(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Id(id): Id,
    Query(query): Query<CompareQuery>,
) -> Answer<Json<Value>> {
    let asked = query.asked()?;
    let statistics = server.handles.read(&grant, move |reader| {
        let dataset = DatasetId::known(id);
        let sides = reader.sides(dataset, &asked.ids)?;
        Ok(reader.run_statistics(dataset, &sides, &asked.condition)?)
    });
    let statistics = statistics.await?;
    Ok(Json(json!({ "stats": shown(&statistics) })))
}

fn shown(statistics: &RunStatistics) -> Vec<Value> {
    let average =
        |name: String, value: Option<Box<RawValue>>| json!({ "name": name, "type": "AVG", "value": value });
    let mut stats = vec![json!({ "name": "trace_count", "type": "COUNT", "value": statistics.runs })];
    if let Some(percentiles) = statistics.duration {
        let value = PercentilesOut::from(percentiles);
        stats.push(json!({ "name": "duration", "type": "PERCENTAGE", "value": value }));
    }
    if let Some(mean) = statistics.cost_mean() {
        stats.push(average("total_estimated_cost".to_owned(), decimal_out(mean)));
        stats.push(average("total_estimated_cost_sum".to_owned(), decimal_out(statistics.cost)));
    }
    for (key, mean) in statistics.usage_means() {
        stats.push(average(format!("usage.{key}"), decimal_out(mean)));
    }
    for (name, mean) in statistics.score_means() {
        stats.push(average(format!("feedback_scores.{name}"), decimal_out(mean)));
    }
    stats
}

#[derive(Deserialize)]
pub(crate) struct ColumnsQuery {
    experiment_ids: Option<String>,
}

/// What stands in the outputs of the newest runs.
pub(crate) async fn output_columns(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Id(id): Id,
    Query(query): Query<ColumnsQuery>,
) -> Answer<Json<Value>> {
    let ids = query.experiment_ids.as_deref().map(|text| experiment_ids(Some(text))).transpose()?;
    let dataset = DatasetId::known(id);
    let columns =
        server.handles.read(&grant, move |reader| Ok(reader.output_columns(dataset, ids.as_deref())?));
    let columns = columns.await?.into_iter().map(|(name, shapes)| ColumnOut::of_output(name, shapes));
    Ok(Json(json!({ "columns": columns.collect::<Vec<_>>() })))
}
