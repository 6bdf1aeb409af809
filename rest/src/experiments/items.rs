//! The items of experiments over REST.

use std::collections::HashSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{ExperimentRead, ExperimentWrite};
use cairn_core::experiments::Command;
use cairn_core::ids::ExperimentItemId;
use cairn_core::rejection::Rejection;
use serde::Deserialize;
use uuid::Uuid;

use super::output::ItemOut;
use super::{input, project_called, stream_limit};
use crate::datasets::not_blank;
use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::routes::Server;
use crate::stream::stream;
use crate::traces::output::Show;
use crate::wire;

pub(crate) async fn add(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let command = body.read(input::items).await?;
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
    let ids = ids.into_iter().map(ExperimentItemId::known).collect();
    server.handles.execute(&grant, Command::DeleteItems { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Id(id): Id,
) -> Answer {
    let item = server.handles.read(&grant, move |reader| {
        let missing = || Rejection::not_found("Experiment item not found");
        let item = reader.experiment_item(ExperimentItemId::known(id))?.ok_or_else(missing)?;
        Ok(ItemOut::new(item, reader, &Show::default())?)
    });
    Ok(axum::Json(item.await?).into_response())
}

#[derive(Deserialize)]
struct StreamIn {
    #[serde(alias = "experimentName")]
    experiment_name: Option<String>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    limit: Option<i64>,
    #[serde(alias = "lastRetrievedId")]
    last_retrieved_id: Option<Uuid>,
    truncate: Option<bool>,
}

pub(crate) async fn search(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    body: Body,
) -> Answer {
    let asked: StreamIn = body.read(wire::plain).await?;
    let name = not_blank("experimentName", asked.experiment_name)?.to_lowercase();
    let limit = stream_limit(asked.limit)?;
    let after = asked.last_retrieved_id.map(ExperimentItemId::known);
    let show = Show::asked(asked.truncate, None, HashSet::new());
    stream(server.handles, grant, move |reader, lines| {
        let project = project_called(reader, asked.project_name.as_deref())?;
        lines.begin();
        // Of every experiment so called the newest items; of those together the newest.
        let mut items = Vec::new();
        for experiment in reader.experiments()? {
            if experiment.name.to_lowercase().contains(&name)
                && project.is_none_or(|project| experiment.project_id == Some(project))
            {
                items.extend(reader.experiment_items(experiment.id, after, limit)?);
            }
        }
        items.sort_unstable_by_key(|item| std::cmp::Reverse(item.id));
        items.truncate(limit);
        for item in items {
            if lines.line(&ItemOut::new(item, reader, &show)?).is_err() {
                return Ok(());
            }
        }
        // Whoever asked may have gone by now.
        let _ = lines.flush();
        Ok(())
    })
    .await
}
