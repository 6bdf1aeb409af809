//! Streams of one JSON object a line. What can be refused is refused before the first byte; a fault after it breaks
//! the connection, so that no client takes a part for the whole.

use axum::body::Body;
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use cairn_actors::failure::Failure;
use cairn_actors::handles::Handles;
use cairn_core::access::{Grant, Permission};
use cairn_storage::reader::Reader;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;

use crate::error::Answer;

/// Chunks that wait for a slow client.
const CHUNKS_WAITING_MAX: usize = 8;
const CHUNK_BYTES: usize = 64 << 10;

/// Where a reader's thread puts lines. It waits while the client is slow.
pub(crate) struct Lines {
    start: Option<oneshot::Sender<Result<(), Failure>>>,
    chunks: mpsc::Sender<Result<Bytes, std::io::Error>>,
    buffer: Vec<u8>,
}

/// The client went away: there is nobody to write for.
pub(crate) struct Gone;

impl Lines {
    /// From here on nothing can be refused.
    pub(crate) fn begin(&mut self) {
        if let Some(start) = self.start.take() {
            // Whether the client still waits shows at the first line.
            let _ = start.send(Ok(()));
        }
    }

    pub(crate) fn line<T: Serialize>(&mut self, item: &T) -> Result<(), Gone> {
        if serde_json::to_writer(&mut self.buffer, item).is_err() {
            return self.send(Err(std::io::Error::other("an item cannot be written")));
        }
        self.buffer.push(b'\n');
        if self.buffer.len() < CHUNK_BYTES { Ok(()) } else { self.flush() }
    }

    /// Bytes that stand for themselves.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < CHUNK_BYTES { Ok(()) } else { self.flush() }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Gone> {
        let chunk = Bytes::from(std::mem::take(&mut self.buffer));
        if chunk.is_empty() { Ok(()) } else { self.send(Ok(chunk)) }
    }

    fn send(&self, chunk: Result<Bytes, std::io::Error>) -> Result<(), Gone> {
        self.chunks.blocking_send(chunk).map_err(|_| Gone)
    }
}

/// Streams what `work` writes. It may refuse until it calls `begin`.
pub(crate) async fn stream<P: Permission>(
    handles: Handles,
    grant: Grant<P>,
    work: impl FnOnce(&Reader, &mut Lines) -> Result<(), Failure> + Send + 'static,
) -> Answer {
    stream_as("application/octet-stream", handles, grant, work).await
}

/// As `stream`, of another content type.
pub(crate) async fn stream_as<P: Permission>(
    content_type: &'static str,
    handles: Handles,
    grant: Grant<P>,
    work: impl FnOnce(&Reader, &mut Lines) -> Result<(), Failure> + Send + 'static,
) -> Answer {
    let (start, started) = oneshot::channel();
    let (chunks, waiting) = mpsc::channel(CHUNKS_WAITING_MAX);
    tokio::spawn(async move {
        let failing = chunks.clone();
        let mut lines = Lines { start: Some(start), chunks, buffer: Vec::new() };
        let done = handles.read(&grant, move |reader| {
            let worked = work(reader, &mut lines);
            Ok((worked, lines.start.take()))
        });
        match done.await {
            Ok((Ok(()), _)) => {}
            Ok((Err(failure), Some(start))) => {
                let _ = start.send(Err(failure));
            }
            Ok((Err(failure), None)) | Err(failure) => {
                tracing::error!(%failure, "a stream broke off");
                let _ = failing.send(Err(std::io::Error::other("the stream broke off"))).await;
            }
        }
    });
    match started.await {
        Ok(begun) => begun?,
        Err(_) => return Err(Failure::ReadOnly("the stream could not begin".to_owned()).into()),
    }
    let body = Body::from_stream(ReceiverStream::new(waiting));
    Ok(([(header::CONTENT_TYPE, content_type)], body).into_response())
}
