//! Commands to the machine of a runner over REST. The server relays them and understands none.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use cairn_core::access::{RunnerRead, RunnerWrite};
use cairn_core::ids::RunnerId;
use cairn_core::limits::{BRIDGE_BATCH_DEFAULT, BRIDGE_BATCH_MAX};
use cairn_core::rejection::Rejection;
use cairn_core::runners::bridge::{late, wait_seconds};
use serde::{Deserialize, Serialize};

use super::ids;
use super::wire::{CommandIn, CommandItem, CommandOut, OutcomeIn};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::routes::Server;
use crate::wire::{parse, plain_or_empty};

#[derive(Deserialize)]
struct NextIn {
    #[serde(alias = "maxCommands")]
    max_commands: Option<i64>,
}

#[derive(Serialize)]
struct Submitted {
    command_id: String,
}

#[derive(Serialize)]
struct Commands {
    commands: Vec<CommandItem>,
}

#[derive(Deserialize)]
pub(crate) struct WaitQuery {
    #[serde(default)]
    wait: bool,
    timeout: Option<i64>,
}

pub(crate) async fn submit(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
    body: Body,
) -> Answer {
    let read = |body| parse(body, |body| Ok(serde_json::from_slice::<CommandIn<'_>>(body)?.read(body)));
    let request = body.read(read).await?;
    let command = server.handles.submit_bridge_command(&grant, RunnerId::known(id), request).await?;
    let shown = Submitted { command_id: command.to_string() };
    let mut response = (StatusCode::CREATED, Json(shown)).into_response();
    let location = format!("/v1/private/local-runners/{id}/bridge/commands/{command}");
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// The next commands, or none after a while.
pub(crate) async fn next(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Id(id): Id,
    body: Body,
) -> Answer {
    let NextIn { max_commands } = body.read(plain_or_empty).await?;
    let most = max_commands.map_or(Ok(BRIDGE_BATCH_DEFAULT), usize::try_from);
    let most = most.ok().filter(|most| (1..=BRIDGE_BATCH_MAX).contains(most));
    let out_of_bounds =
        || Rejection::invalid(format!("maxCommands must be between 1 and {BRIDGE_BATCH_MAX}"));
    let most = most.ok_or_else(out_of_bounds)?;
    let commands = server.handles.next_bridge_commands(&grant, RunnerId::known(id), most).await?;
    let commands = commands.into_iter().map(CommandItem::from).collect();
    Ok(Json(Commands { commands }).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerRead>,
    Path(path): Path<(String, String)>,
    Query(WaitQuery { wait, timeout }): Query<WaitQuery>,
) -> Answer {
    let (runner, command) = ids(&path)?;
    let seconds = wait.then(|| wait_seconds(timeout));
    let found = server.handles.bridge_command(&grant, RunnerId::known(runner), command, seconds).await?;
    Ok(Json(CommandOut::from(found.ok_or_else(late)?)).into_response())
}

pub(crate) async fn finish(
    State(server): State<Server>,
    Granted(grant): Granted<RunnerWrite>,
    Path(path): Path<(String, String)>,
    body: Body,
) -> Answer<StatusCode> {
    let (runner, command) = ids(&path)?;
    let read = |body| parse(body, |body| Ok(serde_json::from_slice::<OutcomeIn<'_>>(body)?.read(body)));
    let outcome = body.read(read).await?;
    server.handles.finish_bridge_command(&grant, RunnerId::known(runner), command, outcome).await?;
    Ok(StatusCode::NO_CONTENT)
}
