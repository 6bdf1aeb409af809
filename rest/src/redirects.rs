//! Links that clients print, leading a browser to the page of what was recorded.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_core::access::{DatasetRead, ExperimentRead, OptimizationRead, TraceRead};
use cairn_core::ids::{DatasetId, ExperimentId, OptimizationId, ProjectId, TraceId};
use cairn_core::optimizations;
use cairn_core::rejection::Rejection;
use cairn_storage::reader::Reader;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Granted, Query};
use crate::routes::Server;
use crate::wire;

#[derive(Deserialize)]
pub(crate) struct ToTrace {
    trace_id: Option<Uuid>,
    /// The base address of the client, in base64.
    path: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ToDataset {
    dataset_id: Option<Uuid>,
    path: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ToExperiment {
    experiment_id: Option<Uuid>,
    path: Option<String>,
}

/// Clients name the dataset as well; the optimization knows its own.
#[derive(Deserialize)]
pub(crate) struct ToOptimization {
    optimization_id: Option<Uuid>,
    path: Option<String>,
}

pub(crate) async fn trace(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(link): Query<ToTrace>,
) -> Answer {
    let prefix = prefix(link.path.as_deref())?;
    let id = link.trace_id.ok_or_else(|| missing("trace_id"))?;
    let found = server.handles.read(&grant, move |reader| Ok(reader.trace(TraceId::known(id))?)).await?;
    let project = found.ok_or_else(|| Rejection::not_found(format!("Trace id: {id} not found")))?.project_id;
    let workspace = server.handles.workspace_name(grant.workspace()).unwrap_or_default();
    Ok(see_other(&format!(
        "{prefix}/{workspace}/projects/{project}/traces?tab=logs&logsType=traces&trace={id}"
    )))
}

pub(crate) async fn dataset(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Query(link): Query<ToDataset>,
) -> Answer {
    let prefix = prefix(link.path.as_deref())?;
    let id = link.dataset_id.ok_or_else(|| missing("dataset_id"))?;
    let found = server.handles.read(&grant, move |reader| Ok(reader.dataset(DatasetId::known(id))?)).await?;
    let dataset = found.ok_or_else(|| Rejection::not_found("Dataset not found"))?;
    let workspace = server.handles.workspace_name(grant.workspace()).unwrap_or_default();
    let project = within(dataset.project_id);
    Ok(see_other(&format!("{prefix}/{workspace}{project}/datasets/{id}/items")))
}

pub(crate) async fn experiment(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Query(link): Query<ToExperiment>,
) -> Answer {
    let prefix = prefix(link.path.as_deref())?;
    let id = link.experiment_id.ok_or_else(|| missing("experiment_id"))?;
    let read = move |reader: &Reader| Ok(reader.experiment(ExperimentId::known(id))?);
    let found = server.handles.read(&grant, read).await?;
    let experiment = found.ok_or_else(|| Rejection::not_found(format!("Experiment not found: '{id}'")))?;
    let workspace = server.handles.workspace_name(grant.workspace()).unwrap_or_default();
    let (project, dataset) = (within(experiment.project_id), experiment.dataset_id);
    Ok(see_other(&format!(
        "{prefix}/{workspace}{project}/experiments/{dataset}/compare?experiments=%5B%22{id}%22%5D"
    )))
}

pub(crate) async fn optimization(
    State(server): State<Server>,
    Granted(grant): Granted<OptimizationRead>,
    Query(link): Query<ToOptimization>,
) -> Answer {
    let prefix = prefix(link.path.as_deref())?;
    let id = link.optimization_id.ok_or_else(|| missing("optimization_id"))?;
    let read = move |reader: &Reader| Ok(reader.optimization(OptimizationId::known(id))?);
    let found = server.handles.read(&grant, read).await?;
    let optimization = found.ok_or_else(|| optimizations::not_found(id))?;
    let workspace = server.handles.workspace_name(grant.workspace()).unwrap_or_default();
    let project = within(optimization.project_id);
    Ok(see_other(&format!("{prefix}/{workspace}{project}/optimizations/{id}")))
}

fn missing(parameter: &str) -> Rejection {
    Rejection::malformed(format!("the query parameter `{parameter}` is missing"))
}

fn within(project: Option<ProjectId>) -> String {
    project.map_or_else(String::new, |project| format!("/projects/{project}"))
}

/// The part of a client's base address that comes before `/api`, without the host: the browser has come by the same
/// one, and a link must not lead it anywhere else.
fn prefix(path: Option<&str>) -> Result<String, Rejection> {
    let unusable = || {
        Rejection::malformed("the query parameter `path` is unusable")
            .hint("it must be the client's base address in base64, with `/api` in it")
    };
    let base = wire::address(path.unwrap_or_default()).ok_or_else(unusable)?;
    let base: axum::http::Uri = base.parse().map_err(|_| unusable())?;
    let (prefix, _) = base.path().split_once("/api").ok_or_else(unusable)?;
    // Two slashes at the head would make the next part a host.
    Ok(prefix.split('/').filter(|part| !part.is_empty()).flat_map(|part| ["/", part]).collect())
}

fn see_other(place: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    // Ids and names of workspaces are plain letters; anything else leads nowhere.
    let place = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, place);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    #[test]
    fn the_prefix_is_what_stands_before_the_api() {
        for (base, expected) in [
            ("http://127.0.0.1:5173/api/", ""),
            ("https://traces.example.org/opik/api", "/opik"),
            ("http://evil.example///elsewhere.example/api", "/elsewhere.example"),
        ] {
            for encoded in [BASE64_STANDARD.encode(base), BASE64_URL_SAFE_NO_PAD.encode(base)] {
                assert_eq!(prefix(Some(&encoded)).unwrap(), expected, "{base}");
            }
        }
    }

    #[test]
    fn an_address_without_the_api_is_refused() {
        for path in [None, Some("%%%"), Some(BASE64_STANDARD.encode("http://host/").as_str())] {
            assert!(prefix(path).is_err(), "{path:?}");
        }
    }
}
