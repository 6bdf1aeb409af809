//! The blocks of a log as they are stored, for `cairn backup` against a server that holds the data folder.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use cairn_actors::handles::Which;
use cairn_actors::traced::within;
use cairn_core::access::{BackupRead, Grant};
use cairn_core::ids::Position;
use cairn_storage::backup::frames::Copying;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tracing::{Instrument, debug_span};

use crate::error::Answer;
use crate::extract::{Granted, Query};
use crate::routes::Server;

const CHUNKS_WAITING_MAX: usize = 2;

#[derive(Deserialize)]
pub(crate) struct BackupQuery {
    #[serde(default)]
    after: u64,
}

/// What there is to be backed up beside the system's own log.
pub(crate) async fn workspaces(
    State(server): State<Server>,
    _: Granted<BackupRead>,
) -> Answer<Json<Vec<Value>>> {
    let workspaces = server.handles.workspaces().into_iter();
    let listed = workspaces
        .map(|id| json!({ "id": id.to_string(), "name": server.handles.workspace_name(id).as_deref() }))
        .collect();
    Ok(Json(listed))
}

pub(crate) async fn system(
    State(server): State<Server>,
    Granted(grant): Granted<BackupRead>,
    Query(query): Query<BackupQuery>,
) -> Answer {
    stream(server, grant, Position(query.after), Which::System).await
}

pub(crate) async fn workspace(
    State(server): State<Server>,
    Granted(grant): Granted<BackupRead>,
    Query(query): Query<BackupQuery>,
) -> Answer {
    stream(server, grant, Position(query.after), Which::Workspace).await
}

/// Everything up to the head of this moment: while others go on writing, a backup must come to an end.
async fn stream(server: Server, grant: Grant<BackupRead>, after: Position, which: Which) -> Answer {
    let begun = server.handles.read_log(&grant, which, move |_, head| Ok(Copying::new(after, head)));
    let mut copying = begun.await?;
    let (chunks, waiting) = mpsc::channel::<Result<Bytes, std::io::Error>>(CHUNKS_WAITING_MAX);
    let copied = async move {
        loop {
            let read = server.handles.read_log(&grant, which, move |log, _| {
                let chunk = copying.chunk(log)?;
                Ok((copying, chunk))
            });
            let sent = match read.await {
                Ok((next, Some(chunk))) => {
                    copying = next;
                    chunks.send(Ok(Bytes::from(chunk))).await
                }
                Ok((_, None)) => return,
                Err(failure) => {
                    // The client sees a broken connection, not a log that seems to end here.
                    let _ = chunks.send(Err(std::io::Error::other(failure.to_string()))).await;
                    return;
                }
            };
            // Who asked may have gone.
            if sent.is_err() {
                return;
            }
        }
    };
    // Lasts longer than the request until its head.
    tokio::spawn(copied.instrument(within(|| debug_span!("backup"))));
    let body = Body::from_stream(ReceiverStream::new(waiting));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], body).into_response())
}
