//! Experiments over REST. Their items and the view that compares them have files of their own beside this one.

use std::cmp::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{ExperimentRead, ExperimentWrite};
use cairn_core::experiments::{Command, Experiment, Kind, Status, not_found};
use cairn_core::ids::{DatasetId, ExperimentId, ProjectId, PromptId};
use cairn_core::limits::{PAGE_ITEMS_MAX, STREAM_ITEMS_DEFAULT};
use cairn_core::query::opik;
use cairn_core::rejection::Rejection;
use cairn_storage::experiments::listing::Wanted;
use cairn_storage::experiments::reading::EXPERIMENT_FIELDS;
use cairn_storage::reader::Reader;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, Sorting, page_and_size, read_sorting};
use crate::projects::created;
use crate::routes::Server;
use crate::stream::stream;
use crate::wire;
use output::ExperimentOut;

pub(crate) mod bulk;
pub(crate) mod compare;
pub(crate) mod execution;
pub(crate) mod groups;
mod input;
pub(crate) mod items;
pub(crate) mod output;

const SORTABLE: &[&str] = &[
    "id",
    "name",
    "created_at",
    "last_updated_at",
    "created_by",
    "last_updated_by",
    "tags",
    "trace_count",
    "total_estimated_cost",
    "total_estimated_cost_avg",
    "feedback_scores.*",
    "experiment_scores.*",
    "duration.*",
    "pass_rate",
];

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentWrite>,
    body: Body,
) -> Answer {
    let command = body.read(input::create).await?;
    let outcome = server.handles.execute(&grant, command).await?;
    Ok(created("experiments", outcome.created))
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let command = body.read(move |body| input::update(ExperimentId::known(id), body)).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn update_many(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let command = body.read(input::update_many).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Ids {
    ids: Vec<Uuid>,
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let ids = ids.into_iter().map(ExperimentId::known).collect();
    server.handles.execute(&grant, Command::Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn finish(
    server: State<Server>,
    grant: Granted<ExperimentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    set_status(server, grant, body, Status::Completed).await
}

pub(crate) async fn cancel(
    server: State<Server>,
    grant: Granted<ExperimentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    set_status(server, grant, body, Status::Cancelled).await
}

async fn set_status(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentWrite>,
    body: Body,
    status: Status,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let ids = ids.into_iter().map(ExperimentId::known).collect();
    server.handles.execute(&grant, Command::set_status(ids, status)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Id(id): Id,
) -> Answer {
    let id = ExperimentId::known(id);
    let found = server.handles.read(&grant, move |reader| {
        let experiment = reader.experiment(id)?.ok_or_else(|| not_found(id))?;
        Ok(ExperimentOut::new(experiment, reader)?)
    });
    Ok(axum::Json(found.await?).into_response())
}

#[derive(Default, Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    /// The one parameter that clients write in camel case.
    #[serde(rename = "datasetId", alias = "dataset_id")]
    dataset_id: Option<Uuid>,
    optimization_id: Option<Uuid>,
    types: Option<String>,
    name: Option<String>,
    dataset_deleted: Option<bool>,
    prompt_id: Option<Uuid>,
    project_id: Option<Uuid>,
    sorting: Option<String>,
    filters: Option<String>,
    experiment_ids: Option<String>,
}

impl ListQuery {
    fn wanted(&self) -> Result<Wanted, Rejection> {
        let bad =
            |name: &str, text: &str| Rejection::malformed(format!("Invalid {name} query parameter '{text}'"));
        let kinds = self.types.as_deref().map(|text| {
            let names: Vec<String> = serde_json::from_str(text).map_err(|_| bad("types", text))?;
            let kinds = names.iter().map(|name| Kind::parse(name).ok_or_else(|| bad("types", text)));
            kinds.collect::<Result<Vec<_>, _>>()
        });
        let ids = self.experiment_ids.as_deref().map(|text| {
            let ids: Vec<Uuid> = serde_json::from_str(text).map_err(|_| bad("experiment_ids", text))?;
            Ok::<_, Rejection>(ids.into_iter().map(ExperimentId::known).collect())
        });
        Ok(Wanted {
            dataset: self.dataset_id.map(DatasetId::known),
            optimization: self.optimization_id,
            kinds: kinds.transpose()?,
            name: self.name.clone(),
            dataset_deleted: self.dataset_deleted,
            prompt: self.prompt_id.map(PromptId::known),
            project: self.project_id.map(ProjectId::known),
            ids: ids.transpose()?,
            condition: opik::own_filters(EXPERIMENT_FIELDS, self.filters.as_deref().unwrap_or_default())?,
        })
    }
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    answer(server, grant, query).await
}

pub(crate) async fn list_of_project(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Id(id): Id,
    Query(mut query): Query<ListQuery>,
) -> Answer {
    query.project_id = Some(id);
    answer(server, grant, query).await
}

async fn answer(
    server: Server,
    grant: cairn_core::access::Grant<ExperimentRead>,
    query: ListQuery,
) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let sort = query.sorting.as_deref().map(read_any_sorting).transpose()?.flatten();
    let wanted = query.wanted()?;
    let page = server.handles.read(&grant, move |reader| {
        let mut experiments = reader.experiments_wanted(&wanted)?;
        if let Some(sort) = sort {
            order(&mut experiments, &sort, reader)?;
        }
        let total = experiments.len();
        let shown = experiments.into_iter().skip((number - 1) * size).take(size);
        let content = shown.map(|experiment| ExperimentOut::new(experiment, reader));
        let content = content.collect::<Result<Vec<_>, _>>()?;
        Ok(Page { number, size: content.len(), total, content, sortable_by: SORTABLE })
    });
    Ok(axum::Json(page.await?).into_response())
}

fn read_any_sorting(text: &str) -> Result<Option<Sorting>, Rejection> {
    let keyed = ["feedback_scores.", "experiment_scores.", "duration."];
    let sort = read_sorting(text, |field| {
        SORTABLE.contains(&field) || keyed.iter().any(|prefix| field.starts_with(prefix))
    })?;
    Ok(sort)
}

/// Puts experiments in order; what has no value comes last.
fn order(
    experiments: &mut Vec<Experiment>,
    sort: &Sorting,
    reader: &Reader,
) -> Result<(), cairn_storage::error::Error> {
    let text = |experiment: &Experiment| match sort.field.as_str() {
        "name" => Some(experiment.name.to_lowercase()),
        "created_by" => Some(experiment.created_by.clone()),
        "last_updated_by" => Some(experiment.last_updated_by.clone()),
        "tags" => Some(experiment.tags.join("\0")),
        "created_at" => Some(experiment.created_at.to_string()),
        "last_updated_at" => Some(experiment.last_updated_at.to_string()),
        "id" => Some(experiment.id.to_string()),
        _ => None,
    };
    if experiments.first().is_some_and(|first| text(first).is_some()) {
        experiments.sort_by(|one, other| sort.apply(text(one).cmp(&text(other))));
        return Ok(());
    }
    let mut keyed = Vec::with_capacity(experiments.len());
    for experiment in experiments.drain(..) {
        let figures = reader.experiment_figures(&experiment)?;
        keyed.push((figures.named(&experiment, &sort.field), experiment));
    }
    keyed.sort_by(|(one, _), (other, _)| match (one, other) {
        (Some(one), Some(other)) => sort.apply(one.total_cmp(other)),
        (None, None) => Ordering::Equal,
        (one, _) => {
            if one.is_some() {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
    });
    experiments.extend(keyed.into_iter().map(|(_, experiment)| experiment));
    Ok(())
}

#[derive(Deserialize)]
struct StreamIn {
    name: Option<String>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    limit: Option<i64>,
    #[serde(alias = "lastRetrievedId")]
    last_retrieved_id: Option<Uuid>,
}

pub(crate) async fn search(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    body: Body,
) -> Answer {
    let asked: StreamIn = body.read(wire::plain).await?;
    let name = crate::datasets::not_blank("name", asked.name)?.to_lowercase();
    let limit = stream_limit(asked.limit)?;
    let after = asked.last_retrieved_id.map(ExperimentId::known);
    stream(server.handles, grant, move |reader, lines| {
        let project = project_called(reader, asked.project_name.as_deref())?;
        lines.begin();
        let found = reader.experiments()?.into_iter().filter(|experiment| {
            experiment.name.to_lowercase().contains(&name)
                && after.is_none_or(|after| experiment.id < after)
                && project.is_none_or(|project| experiment.project_id == Some(project))
        });
        for experiment in found.take(limit) {
            if lines.line(&ExperimentOut::new(experiment, reader)?).is_err() {
                return Ok(());
            }
        }
        // Whoever asked may have gone by now.
        let _ = lines.flush();
        Ok(())
    })
    .await
}

/// The project that a stream is narrowed to; one that is unknown leaves nothing.
fn project_called(
    reader: &Reader,
    name: Option<&str>,
) -> Result<Option<ProjectId>, cairn_storage::error::Error> {
    let Some(name) = name else { return Ok(None) };
    let known = reader.project_by_name(name)?.map(|view| view.project.id);
    Ok(Some(known.unwrap_or_else(|| ProjectId::known(Uuid::nil()))))
}

pub(crate) fn stream_limit(limit: Option<i64>) -> Result<usize, Rejection> {
    match limit {
        None => Ok(STREAM_ITEMS_DEFAULT),
        Some(limit) => usize::try_from(limit)
            .ok()
            .filter(|limit| (1..=PAGE_ITEMS_MAX).contains(limit))
            .ok_or_else(|| Rejection::invalid(format!("limit must be between 1 and {PAGE_ITEMS_MAX}"))),
    }
}
