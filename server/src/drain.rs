//! Reads what a request still sends when it is answered: refused before its end, or of a route that reads no body. A
//! connection that is closed with bytes unread is reset, and the client sees that in place of this answer or the next.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use cairn_core::limits::{UNREAD_BODY_BYTES_MAX, UNREAD_BODY_SECONDS_MAX};
use futures_util::Stream;

/// A body of which the rest can still be had when its reader has gone.
#[derive(Clone)]
struct Shared(Arc<Mutex<BodyDataStream>>);

impl Shared {
    fn poll(&self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_next(context)
    }

    async fn drain(self) {
        let mut left = UNREAD_BODY_BYTES_MAX;
        while let Some(Ok(chunk)) = poll_fn(|context| self.poll(context)).await {
            match left.checked_sub(chunk.len()) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    }
}

impl Stream for Shared {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

pub(crate) async fn unread(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let body = Shared(Arc::new(Mutex::new(body.into_data_stream())));
    let response = next.run(Request::from_parts(parts, Body::from_stream(body.clone()))).await;
    // Who is slower than that loses the answer.
    let _ = tokio::time::timeout(Duration::from_secs(UNREAD_BODY_SECONDS_MAX), body.drain()).await;
    response
}
