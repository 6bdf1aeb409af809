//! Datasets over REST. Their items and versions have files of their own beside this one.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{DatasetRead, DatasetWrite, Grant};
use cairn_core::command::ProjectRef;
use cairn_core::datasets::catalogue::DATASETS;
use cairn_core::datasets::versions::LATEST;
use cairn_core::datasets::{Changes, Command, Create, Dataset, Kind, not_found};
use cairn_core::ids::{DatasetId, ProjectId, PromptId};
use cairn_core::query::catalogue;
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::projects::{created, read_visibility};
use crate::routes::Server;
use crate::wire::{self, Shown};

pub(crate) mod derived;
pub(crate) mod exports;
pub(crate) mod files;
mod input;
pub(crate) mod items;
mod lines;
pub(crate) mod versions;

#[derive(Deserialize)]
struct DatasetIn {
    id: Option<Uuid>,
    name: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    visibility: Option<String>,
    description: Option<String>,
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(alias = "datasetName")]
    dataset_name: Option<String>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
}

#[derive(Deserialize)]
struct Ids {
    ids: Vec<Uuid>,
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    name: Option<String>,
    project_id: Option<Uuid>,
    with_experiments_only: Option<bool>,
    with_optimizations_only: Option<bool>,
    prompt_id: Option<Uuid>,
    filters: Option<String>,
    sorting: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct DatasetOut {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    visibility: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
    dataset_items_count: i64,
    experiment_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    most_recent_experiment_at: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_created_experiment_at: Option<Shown>,
    optimization_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    most_recent_optimization_at: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_created_optimization_at: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_version: Option<VersionSummary>,
}

#[derive(Serialize)]
pub(crate) struct VersionSummary {
    pub(crate) id: String,
    pub(crate) version_hash: String,
    pub(crate) version_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) change_description: Option<String>,
    pub(crate) tags: Vec<String>,
}

impl DatasetOut {
    pub(crate) fn new(dataset: Dataset, reader: &Reader) -> Result<Self, Error> {
        let latest = reader.dataset_version(dataset.id, dataset.latest)?;
        let (experiment_count, newest) = reader.experiments_over(dataset.id)?;
        let newest = newest.map(Timestamp::to_micros);
        let (optimization_count, newest_optimization) = reader.optimizations_over(dataset.id)?;
        let newest_optimization = newest_optimization.map(Timestamp::to_micros);
        Ok(Self {
            id: dataset.id.to_string(),
            name: dataset.name,
            project_id: dataset.project_id.map(|id| id.to_string()),
            kind: dataset.kind.name(),
            visibility: dataset.visibility.name(),
            tags: dataset.tags,
            description: dataset.description,
            created_at: Shown(dataset.created_at.to_micros()),
            created_by: dataset.created_by,
            last_updated_at: Shown(dataset.last_updated_at.to_micros()),
            last_updated_by: dataset.last_updated_by,
            experiment_count,
            most_recent_experiment_at: newest.map(Shown),
            last_created_experiment_at: newest.map(Shown),
            optimization_count,
            most_recent_optimization_at: newest_optimization.map(Shown),
            last_created_optimization_at: newest_optimization.map(Shown),
            dataset_items_count: latest.as_ref().map_or(0, |version| version.counts.total),
            latest_version: latest.map(|version| VersionSummary {
                id: version.id.to_string(),
                version_hash: version.hash(),
                version_name: version.name(),
                tags: [LATEST.to_owned()].into_iter().chain(version.tags).collect(),
                change_description: version.description,
            }),
        })
    }
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    body: Body,
) -> Answer {
    let dataset: DatasetIn = body.read(wire::plain).await?;
    let project = optional_project(dataset.project_id, dataset.project_name)?;
    let create = Create {
        id: dataset.id.map(DatasetId::new).transpose()?,
        name: dataset.name.unwrap_or_default(),
        project,
        kind: dataset.kind.map(|kind| read_kind(&kind)).transpose()?.unwrap_or_default(),
        visibility: read_visibility(dataset.visibility)?.unwrap_or_default(),
        description: dataset.description,
        tags: wire::tags(dataset.tags).unwrap_or_default(),
    };
    let outcome = server.handles.execute(&grant, Command::Create(Box::new(create))).await?;
    Ok(created("datasets", outcome.created))
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let DatasetIn { name, description, visibility, tags, .. } = body.read(wire::plain).await?;
    let visibility = read_visibility(visibility)?;
    let changes = Changes { name, description, visibility, tags: wire::tags(tags) };
    server.handles.execute(&grant, Command::Update { id: DatasetId::known(id), changes }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Command::Delete { ids: vec![DatasetId::known(id)] }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_many(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let ids = ids.into_iter().map(DatasetId::known).collect();
    server.handles.execute(&grant, Command::Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_named(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Named { dataset_name, project_name } = body.read(wire::plain).await?;
    let name = not_blank("datasetName", dataset_name)?;
    let project = optional_project(None, project_name)?;
    server.handles.execute(&grant, Command::DeleteNamed { name, project }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Id(id): Id,
) -> Answer {
    let found = server.handles.read(&grant, move |reader| {
        let dataset = reader.dataset(DatasetId::known(id))?.ok_or_else(not_found)?;
        Ok(DatasetOut::new(dataset, reader)?)
    });
    Ok(axum::Json(found.await?).into_response())
}

pub(crate) async fn retrieve(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    body: Body,
) -> Answer {
    let Named { dataset_name, project_name } = body.read(wire::plain).await?;
    let name = not_blank("datasetName", dataset_name)?;
    let found = server.handles.read(&grant, move |reader| {
        let dataset = find(reader, &name, project_name.as_deref())?.ok_or_else(not_found)?;
        Ok(DatasetOut::new(dataset, reader)?)
    });
    Ok(axum::Json(found.await?).into_response())
}

/// The dataset of that name in the project, or else anywhere in the workspace.
pub(crate) fn find(reader: &Reader, name: &str, project: Option<&str>) -> Result<Option<Dataset>, Error> {
    let project = project.map(|name| reader.project_by_name(name)).transpose()?.flatten();
    let project_id = project.map(|view| view.project.id);
    Ok(reader.datasets()?.find(name, project_id).cloned())
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    answer(server, grant, query).await
}

pub(crate) async fn list_of_project(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Id(id): Id,
    Query(mut query): Query<ListQuery>,
) -> Answer {
    query.project_id = Some(id);
    answer(server, grant, query).await
}

async fn answer(server: Server, grant: Grant<DatasetRead>, query: ListQuery) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let filter = DATASETS.filters(query.filters.as_deref())?;
    let sort = DATASETS.sorting(query.sorting.as_deref())?;
    let page = server.handles.read(&grant, move |reader| {
        let part = query.name.as_deref().unwrap_or_default().to_lowercase();
        let project = query.project_id.map(ProjectId::known);
        let with_prompt = query.prompt_id.map(|id| over_prompt(reader, PromptId::known(id))).transpose()?;
        let state = reader.datasets()?;
        let mut datasets: Vec<Dataset> = Vec::new();
        for dataset in state.all().rev() {
            let wanted = dataset.name.to_lowercase().contains(&part)
                && project.is_none_or(|project| dataset.project_id == Some(project))
                && with_prompt.as_ref().is_none_or(|with| with.contains(&dataset.id))
                && catalogue::holds(&filter, dataset)
                && (query.with_optimizations_only != Some(true)
                    || reader.optimizations_over(dataset.id)?.0 > 0)
                && (query.with_experiments_only != Some(true) || reader.experiments_over(dataset.id)?.0 > 0);
            if wanted {
                datasets.push(dataset.clone());
            }
        }
        if let Some(sort) = sort {
            catalogue::sort(&mut datasets, &sort, |dataset| dataset.id.uuid());
        }
        let total = datasets.len();
        let shown = datasets.into_iter().skip((number - 1) * size).take(size);
        let content = shown.map(|dataset| DatasetOut::new(dataset, reader)).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { number, size: content.len(), total, content, sortable_by: DATASETS.sortable_by })
    });
    Ok(axum::Json(page.await?).into_response())
}

/// The datasets over which experiments ran with some version of a prompt.
fn over_prompt(reader: &Reader, prompt: PromptId) -> Result<BTreeSet<DatasetId>, Error> {
    let versions = reader.prompt_versions(prompt)?.into_iter().map(|version| version.id.uuid());
    let versions: BTreeSet<Uuid> = versions.collect();
    let mut experiments = reader.experiments()?;
    experiments.retain(|experiment| experiment.prompt_versions.iter().any(|id| versions.contains(id)));
    Ok(experiments.into_iter().map(|experiment| experiment.dataset_id).collect())
}

fn read_kind(name: &str) -> Result<Kind, Rejection> {
    let unknown = || {
        Rejection::malformed("Unable to process JSON")
            .hint(format!("type `{name}` is unknown: use `dataset` or `evaluation_suite`"))
    };
    Kind::parse(name).ok_or_else(unknown)
}

/// Datasets may stand outside of all projects.
pub(crate) fn optional_project(
    id: Option<Uuid>,
    name: Option<String>,
) -> Result<Option<ProjectRef>, Rejection> {
    match (id, name) {
        (None, None) => Ok(None),
        (id, name) => wire::project(id, name.map(Into::into), "").map(Some),
    }
}

pub(crate) fn not_blank(field: &str, text: Option<String>) -> Result<String, Rejection> {
    text.filter(|text| !text.trim().is_empty())
        .ok_or_else(|| Rejection::invalid(format!("{field} must not be blank")))
}
