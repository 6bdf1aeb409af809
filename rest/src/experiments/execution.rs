//! Experiments that the server would run itself: with a model, and this server calls none.

use axum::extract::State;
use axum::http::StatusCode;
use cairn_core::access::{DatasetRead, ExperimentWrite};
use cairn_core::datasets::not_found;
use cairn_core::ids::DatasetId;
use cairn_core::rejection::Rejection;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::datasets::exports::no_model;
use crate::datasets::not_blank;
use crate::error::Answer;
use crate::extract::{Body, Granted};
use crate::routes::Server;
use crate::wire::plain;

#[derive(Deserialize)]
struct ExecutionIn {
    #[serde(alias = "datasetId")]
    dataset_id: Option<Uuid>,
    prompts: Option<Vec<PromptIn>>,
}

#[derive(Deserialize)]
struct PromptIn {
    model: Option<String>,
    messages: Option<Vec<Box<RawValue>>>,
}

/// Says what is wrong with a request, and of one that is right that there is no model.
pub(crate) async fn execute(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let ExecutionIn { dataset_id, prompts } = body.read(plain).await?;
    let dataset = dataset_id.ok_or_else(|| Rejection::invalid("datasetId must not be null"))?;
    let prompts = prompts.filter(|prompts| !prompts.is_empty());
    let prompts = prompts.ok_or_else(|| Rejection::invalid("prompts must not be empty"))?;
    let mut models = Vec::with_capacity(prompts.len());
    for (at, prompt) in prompts.into_iter().enumerate() {
        models.push(not_blank(&format!("prompts[{at}].model"), prompt.model)?);
        if prompt.messages.is_none_or(|messages| messages.is_empty()) {
            return Err(Rejection::invalid(format!("prompts[{at}].messages must not be empty")).into());
        }
    }
    let readable = grant.principal().grant::<DatasetRead>()?;
    let known = server.handles.read(&readable, move |reader| Ok(reader.dataset(DatasetId::known(dataset))?));
    known.await?.ok_or_else(not_found)?;
    Err(no_model(&models.join("', '")).into())
}
