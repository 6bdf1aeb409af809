//! Experiments put together by what they have in common, and the names of their scores.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use cairn_actors::failure::Failure;
use cairn_core::access::ExperimentRead;
use cairn_core::experiments::{Experiment, Score};
use cairn_core::ids::ProjectId;
use cairn_core::limits::EXPERIMENT_GROUPINGS_MAX;
use cairn_core::query::JsonPath;
use cairn_core::rejection::Rejection;
use cairn_storage::error::Error;
use cairn_storage::experiments::reading::{Figures, Percentiles};
use cairn_storage::reader::Reader;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::compare::experiment_ids;
use super::output::{AverageOut, PercentilesOut};
use super::{ListQuery, Wanted};
use crate::error::Answer;
use crate::extract::{Granted, Query};
use crate::routes::Server;
use crate::wire::decimal_out;

#[derive(Deserialize)]
pub(crate) struct GroupsQuery {
    groups: Option<String>,
    types: Option<String>,
    name: Option<String>,
    project_id: Option<Uuid>,
    #[serde(rename = "datasetId", alias = "dataset_id")]
    dataset_id: Option<Uuid>,
    filters: Option<String>,
}

#[derive(Deserialize)]
struct GroupIn {
    field: String,
    key: Option<String>,
}

/// What experiments are put together by.
enum Grouping {
    Dataset,
    Project,
    Tags,
    Metadata(JsonPath),
}

impl GroupsQuery {
    fn groupings(&self) -> Result<Vec<Grouping>, Rejection> {
        let text = self.groups.as_deref().unwrap_or_default();
        let bad = || Rejection::malformed(format!("Invalid groups query parameter '{text}'"));
        let groups: Vec<GroupIn> = serde_json::from_str(text).map_err(|_| bad())?;
        if groups.is_empty() || groups.len() > EXPERIMENT_GROUPINGS_MAX {
            return Err(bad().hint(format!("name from 1 to {EXPERIMENT_GROUPINGS_MAX} fields")));
        }
        let read = |group: GroupIn| match (group.field.as_str(), group.key) {
            ("dataset_id", _) => Ok(Grouping::Dataset),
            ("project_id", _) => Ok(Grouping::Project),
            ("tags", _) => Ok(Grouping::Tags),
            ("metadata", Some(key)) => JsonPath::parse(&key).map(Grouping::Metadata).map_err(|_| bad()),
            (field, _) => Err(bad().hint(format!("`{field}` without a key groups nothing"))),
        };
        groups.into_iter().map(read).collect()
    }
}

/// An experiment with what its groups are told by.
struct Row {
    experiment: Experiment,
    metadata: Option<Value>,
    figures: Figures,
}

impl Row {
    fn values(&self, grouping: &Grouping) -> Vec<String> {
        let experiment = &self.experiment;
        match grouping {
            Grouping::Dataset => vec![experiment.dataset_id.to_string()],
            Grouping::Project => experiment.project_id.iter().map(ToString::to_string).collect(),
            Grouping::Tags => experiment.tags.clone(),
            Grouping::Metadata(path) => {
                let found = self.metadata.as_ref().and_then(|metadata| path.lookup(metadata));
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                found.filter(|value| !value.is_null()).map(text).into_iter().collect()
            }
        }
    }
}

#[derive(Serialize)]
struct GroupOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregations: Option<AggregationsOut>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    groups: BTreeMap<String, Self>,
}

#[derive(Serialize)]
struct AggregationsOut {
    experiment_count: usize,
    trace_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost_avg: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<PercentilesOut>,
    feedback_scores: Vec<AverageOut>,
    experiment_scores: Vec<AverageOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pass_rate_avg: Option<f64>,
    passed_count_sum: u64,
    total_count_sum: u64,
}

impl AggregationsOut {
    /// Means are over the experiments that have a value.
    fn of(rows: &[&Row]) -> Self {
        let cost: Decimal = rows.iter().filter_map(|row| row.figures.cost).sum();
        let traces: u64 = rows.iter().map(|row| row.figures.traces).sum();
        let cost = Some(cost).filter(|cost| !cost.is_zero());
        let durations: Vec<Percentiles> = rows.iter().filter_map(|row| row.figures.duration).collect();
        let percentile = |of: fn(&Percentiles) -> f64| mean(durations.iter().map(of));
        let duration = match (percentile(|p| p.p50), percentile(|p| p.p90), percentile(|p| p.p99)) {
            (Some(p50), Some(p90), Some(p99)) => Some(Percentiles { p50, p90, p99 }.into()),
            _ => None,
        };
        Self {
            experiment_count: rows.len(),
            trace_count: traces,
            total_estimated_cost: cost.and_then(decimal_out),
            total_estimated_cost_avg: cost
                .and_then(|cost| cost.checked_div(Decimal::from(traces)))
                .and_then(decimal_out),
            duration,
            feedback_scores: averages(rows.iter().flat_map(|row| &row.figures.feedback_scores)),
            experiment_scores: averages(rows.iter().flat_map(|row| &row.experiment.scores)),
            pass_rate_avg: mean(rows.iter().filter_map(|row| row.figures.pass_rate())),
            passed_count_sum: rows.iter().map(|row| row.figures.passed).sum(),
            total_count_sum: rows.iter().map(|row| row.figures.judged).sum(),
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}

fn averages<'a>(scores: impl Iterator<Item = &'a Score>) -> Vec<AverageOut> {
    let mut by_name: BTreeMap<&str, (Decimal, u32)> = BTreeMap::new();
    for score in scores {
        let (sum, count) = by_name.entry(&score.name).or_default();
        *sum += score.value;
        *count += 1;
    }
    let averages = by_name.into_iter().map(|(name, (sum, count))| {
        let value = (sum / Decimal::from(count)).round_dp(cairn_core::feedback::SCORE_DIGITS).normalize();
        AverageOut::of(Score { name: name.to_owned(), value })
    });
    averages.collect()
}

pub(crate) async fn list(
    server: State<Server>,
    grant: Granted<ExperimentRead>,
    query: Query<GroupsQuery>,
) -> Answer<Json<Value>> {
    answer(server, grant, query, |_| None).await
}

pub(crate) async fn aggregations(
    server: State<Server>,
    grant: Granted<ExperimentRead>,
    query: Query<GroupsQuery>,
) -> Answer<Json<Value>> {
    answer(server, grant, query, |rows| Some(AggregationsOut::of(rows))).await
}

async fn answer(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Query(query): Query<GroupsQuery>,
    tell: fn(&[&Row]) -> Option<AggregationsOut>,
) -> Answer<Json<Value>> {
    let groupings = query.groupings()?;
    let GroupsQuery { types, name, project_id, dataset_id, filters, .. } = query;
    let list = ListQuery { dataset_id, types, name, project_id, filters, ..ListQuery::default() };
    let wanted = list.wanted()?;
    let groups = server.handles.read(&grant, move |reader| {
        let rows = rows(reader, &wanted)?;
        let rows: Vec<&Row> = rows.iter().collect();
        grouped(reader, &rows, &groupings, tell)
    });
    Ok(Json(json!({ "content": groups.await? })))
}

fn rows(reader: &Reader, wanted: &Wanted) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for experiment in wanted.find(reader)? {
        let metadata = reader.experiment_metadata(&experiment)?.and_then(|json| json.value().ok());
        let figures = reader.experiment_figures(&experiment)?;
        rows.push(Row { experiment, metadata, figures });
    }
    Ok(rows)
}

fn grouped(
    reader: &Reader,
    rows: &[&Row],
    groupings: &[Grouping],
    tell: fn(&[&Row]) -> Option<AggregationsOut>,
) -> Result<BTreeMap<String, GroupOut>, Failure> {
    let Some((grouping, rest)) = groupings.split_first() else { return Ok(BTreeMap::new()) };
    let mut members: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        for value in row.values(grouping) {
            members.entry(value).or_default().push(row);
        }
    }
    let mut groups = BTreeMap::new();
    for (value, rows) in members {
        let label = label(reader, grouping, &value)?;
        let inner = grouped(reader, &rows, rest, tell)?;
        groups.insert(value, GroupOut { label, aggregations: tell(&rows), groups: inner });
    }
    Ok(groups)
}

/// What people call a value; ids have names, as long as their owners are there.
fn label(reader: &Reader, grouping: &Grouping, value: &str) -> Result<Option<String>, Error> {
    let id = || Uuid::parse_str(value).ok();
    Ok(match grouping {
        Grouping::Dataset => match id().map(cairn_core::ids::DatasetId::known) {
            Some(id) => reader.dataset(id)?.map(|dataset| dataset.name),
            None => None,
        },
        Grouping::Project => match id().map(ProjectId::known) {
            Some(id) => reader.project(id)?.map(|view| view.project.name),
            None => None,
        },
        Grouping::Tags | Grouping::Metadata(_) => Some(value.to_owned()),
    })
}

#[derive(Deserialize)]
pub(crate) struct NamesQuery {
    experiment_ids: Option<String>,
    project_id: Option<Uuid>,
}

pub(crate) async fn score_names(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Query(query): Query<NamesQuery>,
) -> Answer<Json<Value>> {
    let ids = query.experiment_ids.as_deref().map(|text| experiment_ids(Some(text))).transpose()?;
    let project = query.project_id.map(ProjectId::known);
    let names = server.handles.read(&grant, move |reader| {
        let experiments = match ids {
            Some(ids) => {
                let found = ids.into_iter().map(|id| reader.experiment(id));
                found.filter_map(Result::transpose).collect::<Result<Vec<_>, Error>>()?
            }
            None => reader.experiments()?,
        };
        let mut names = std::collections::BTreeSet::new();
        for experiment in experiments {
            if project.is_none_or(|project| experiment.project_id == Some(project)) {
                let figures = reader.experiment_figures(&experiment)?;
                names.extend(figures.feedback_scores.into_iter().map(|score| score.name));
            }
        }
        Ok(names)
    });
    let names: Vec<Value> = names.await?.into_iter().map(|name| json!({ "name": name })).collect();
    Ok(Json(json!({ "scores": names })))
}
