//! Experiments put together by what they have in common, and the names of their scores.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use cairn_core::access::ExperimentRead;
use cairn_core::experiments::grouping::{self, Grouping, too_many_groups};
use cairn_core::ids::ProjectId;
use cairn_core::query::JsonPath;
use cairn_core::rejection::Rejection;
use cairn_storage::experiments::grouping::{Asked, Group, GroupFigures};
use cairn_storage::experiments::listing::Wanted;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::ListQuery;
use super::compare::experiment_ids;
use super::output::{AverageOut, PercentilesOut};
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

impl GroupsQuery {
    fn groupings(&self) -> Result<Vec<Grouping>, Rejection> {
        let text = self.groups.as_deref().unwrap_or_default();
        let bad = || Rejection::malformed(format!("Invalid groups query parameter '{text}'"));
        let groups: Vec<GroupIn> = serde_json::from_str(text).map_err(|_| bad())?;
        let read = |group: GroupIn| match (group.field.as_str(), group.key) {
            ("dataset_id", _) => Ok(Grouping::Dataset),
            ("project_id", _) => Ok(Grouping::Project),
            ("tags", _) => Ok(Grouping::Tags),
            ("metadata", Some(key)) => JsonPath::parse(&key).map(Grouping::Metadata).map_err(|_| bad()),
            (field, _) => Err(bad().hint(format!("`{field}` without a key groups nothing"))),
        };
        let groupings = groups.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        grouping::check(&groupings).map_err(|refusal| bad().hint(refusal.message))?;
        Ok(groupings)
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

impl From<Group> for GroupOut {
    fn from(group: Group) -> Self {
        let experiments = group.experiments;
        Self {
            label: group.label,
            aggregations: group.figures.map(|figures| AggregationsOut::new(experiments, figures)),
            groups: by_value(group.groups),
        }
    }
}

fn by_value(groups: Vec<Group>) -> BTreeMap<String, GroupOut> {
    groups.into_iter().map(|group| (group.value.clone(), group.into())).collect()
}

impl AggregationsOut {
    fn new(experiment_count: usize, figures: GroupFigures) -> Self {
        Self {
            experiment_count,
            trace_count: figures.traces,
            total_estimated_cost: figures.cost.and_then(decimal_out),
            total_estimated_cost_avg: figures.cost_average.and_then(decimal_out),
            duration: figures.duration.map(Into::into),
            feedback_scores: figures.feedback_scores.into_iter().map(AverageOut::of).collect(),
            experiment_scores: figures.experiment_scores.into_iter().map(AverageOut::of).collect(),
            pass_rate_avg: figures.pass_rate,
            passed_count_sum: figures.passed,
            total_count_sum: figures.judged,
        }
    }
}

pub(crate) async fn list(
    server: State<Server>,
    grant: Granted<ExperimentRead>,
    query: Query<GroupsQuery>,
) -> Answer<Json<Value>> {
    answer(server, grant, query, false).await
}

pub(crate) async fn aggregations(
    server: State<Server>,
    grant: Granted<ExperimentRead>,
    query: Query<GroupsQuery>,
) -> Answer<Json<Value>> {
    answer(server, grant, query, true).await
}

async fn answer(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Query(query): Query<GroupsQuery>,
    figures: bool,
) -> Answer<Json<Value>> {
    let by = query.groupings()?;
    let GroupsQuery { types, name, project_id, dataset_id, filters, .. } = query;
    let list = ListQuery { dataset_id, types, name, project_id, filters, ..ListQuery::default() };
    let asked = Asked { wanted: list.wanted()?, by, figures };
    let groups = server
        .handles
        .read(&grant, move |reader| Ok(reader.experiment_groups(&asked)?.ok_or_else(too_many_groups)?));
    Ok(Json(json!({ "content": by_value(groups.await?) })))
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
    let wanted = Wanted {
        ids: ids.map(|ids| ids.into_iter().collect()),
        project: query.project_id.map(ProjectId::known),
        ..Wanted::all()
    };
    let names = server.handles.read(&grant, move |reader| Ok(reader.experiment_score_names(&wanted)?));
    let names: Vec<Value> = names.await?.into_iter().map(|name| json!({ "name": name })).collect();
    Ok(Json(json!({ "scores": names })))
}
