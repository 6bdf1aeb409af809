//! The log as JSON lines, for `cairn log` against a server that holds the data folder.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use cairn_actors::failure::Failure;
use cairn_core::access::AuditRead;
use cairn_core::ids::Position;
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::log::text::{Lines, Shape, Wanted};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Granted, Query};
use crate::routes::Server;

const CHUNKS_WAITING_MAX: usize = 2;

#[derive(Deserialize)]
pub(crate) struct LogQuery {
    after: Option<u64>,
    entity: Option<Uuid>,
    #[serde(default)]
    follow: bool,
    #[serde(default)]
    changes: bool,
    /// As events of the Open Cybersecurity Schema Framework.
    #[serde(default)]
    ocsf: bool,
    from: Option<String>,
    until: Option<String>,
}

fn instant(text: &str) -> Result<Timestamp, Rejection> {
    let wrong =
        || Rejection::invalid(format!("`{text}` is no time")).hint("write it like `2026-03-04T05:06:07Z`");
    Timestamp::parse(text).ok_or_else(wrong)
}

pub(crate) async fn follow(
    State(server): State<Server>,
    Granted(grant): Granted<AuditRead>,
    Query(query): Query<LogQuery>,
) -> Answer {
    if query.changes && (query.ocsf || query.from.is_some() || query.until.is_some()) {
        return Err(Rejection::invalid("`changes` goes with neither `ocsf` nor times").into());
    }
    let until = query.until.as_deref().map(instant).transpose()?;
    let shape = match (query.changes, query.ocsf) {
        (true, _) => Shape::Changes,
        (false, true) => Shape::Ocsf(grant.workspace().uuid()),
        (false, false) => Shape::Events,
    };
    let mut head = server.handles.head(&grant).await?;
    let (chunks, waiting) = mpsc::channel::<Result<Bytes, std::io::Error>>(CHUNKS_WAITING_MAX);
    let mut after = Position(query.after.unwrap_or_default());
    if let Some(from) = query.from.as_deref().map(instant).transpose()? {
        let first =
            server.handles.read(&grant, move |reader| Ok::<_, Failure>(reader.first_at(from)?)).await?;
        after = after.max(Position(first.0.saturating_sub(1)));
    }
    tokio::spawn(async move {
        loop {
            let wanted = Wanted { after, entity: query.entity, shape, until };
            let read =
                server.handles.read(&grant, move |reader| Ok::<_, Failure>(Lines::read(reader, &wanted)?));
            let page = match read.await {
                Ok(page) => page,
                Err(failure) => {
                    // The client sees a broken connection, not a log that seems to end here.
                    let _ = chunks.send(Err(std::io::Error::other(failure.to_string()))).await;
                    return;
                }
            };
            after = page.reached;
            let text: String = page.lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
            if !text.is_empty() && chunks.send(Ok(Bytes::from(text))).await.is_err() {
                return;
            }
            let more = if page.ended && query.follow {
                tokio::select! { newer = head.beyond(after) => newer.is_some(), () = chunks.closed() => false }
            } else {
                !page.ended
            };
            if !more {
                return;
            }
        }
    });
    let body = axum::body::Body::from_stream(ReceiverStream::new(waiting));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}
