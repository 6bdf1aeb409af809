//! An answer that is put together around large bodies, without copying those.

use std::io::{self, Write};

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cairn_core::limits::LOG_PART_BYTES;
use futures_util::stream;
use serde::Serialize;

/// What holds bodies, each written as the bytes that it is.
pub(crate) trait WithBodies: Serialize {
    fn bodies(&self) -> impl Iterator<Item = &Bytes>;
}

/// The answer that says a thing as JSON.
pub(crate) fn json(thing: &impl WithBodies) -> io::Result<Response> {
    let large = thing.bodies().filter(|body| body.len() > LOG_PART_BYTES).cloned().collect();
    let mut gathered = Gathered { large, pieces: Vec::new(), now: Vec::new() };
    serde_json::to_writer(&mut gathered, thing)?;
    let pieces = gathered.end();
    let length: usize = pieces.iter().map(Bytes::len).sum();
    let headers =
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_LENGTH, length.to_string())];
    let body = Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, io::Error>)));
    Ok((headers, body).into_response())
}

struct Gathered {
    large: Vec<Bytes>,
    pieces: Vec<Bytes>,
    now: Vec<u8>,
}

impl Gathered {
    fn end(mut self) -> Vec<Bytes> {
        self.pieces.push(self.now.into());
        self.pieces
    }
}

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let holds = |large: &&Bytes| {
            let [outer, inner] = [large.as_ptr_range(), bytes.as_ptr_range()];
            bytes.len() > LOG_PART_BYTES && outer.start <= inner.start && inner.end <= outer.end
        };
        match self.large.iter().find(holds) {
            Some(large) => {
                let before = std::mem::take(&mut self.now);
                self.pieces.extend([before.into(), large.slice_ref(bytes)]);
            }
            None => self.now.extend_from_slice(bytes),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
