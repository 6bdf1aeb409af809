//! What handlers take from a request: a grant of the permission they name, ids, queries and bodies, refused in one
//! voice when they are not as they should be.

use std::io::Read;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use bytes::{Bytes, BytesMut};
use cairn_actors::failure::Failure;
use cairn_core::access::{Grant, Permission, Principal};
use cairn_core::limits::REQUEST_BODY_BYTES_MAX;
use cairn_core::rejection::{Rejection, RejectionKind};
use cairn_core::workspaces::DEFAULT_NAME;
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::Refused;
use crate::known;
use crate::routes::Server;

/// Larger bodies are unpacked and parsed on a thread of their own.
const INLINE_BYTES_MAX: usize = 64 << 10;
/// No byte of deflate stands for more.
const DEFLATE_RATIO_MAX: usize = 1_032;

/// Somebody who may do `P`. A handler without one cannot read or write anything.
pub struct Granted<P: Permission>(pub Grant<P>);

impl<P: Permission> FromRequestParts<Server> for Granted<P> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refused> {
        let mut principal = principal(server, &parts.headers, parts.uri.query())?;
        // What is read before something is written must be all that there is.
        if parts.method == Method::GET
            && let Some(known) = known::said(&parts.headers, principal.workspace())
        {
            principal = server.handles.knowing(principal, known).await;
        }
        Ok(Self(principal.grant::<P>()?))
    }
}

/// Open mode: no key is needed and any is accepted; only the workspace must exist.
pub(crate) fn principal(
    server: &Server,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Principal, Rejection> {
    let named = headers.get("comet-workspace").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let in_query = || query.and_then(workspace_in);
    let name = named.filter(|name| !name.is_empty()).or_else(in_query);
    server.handles.open_principal(name.as_deref().unwrap_or(DEFAULT_NAME))
}

/// Links that a browser opens carry the workspace in the query.
fn workspace_in(query: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        workspace_name: Option<String>,
    }
    let uri = format!("/?{query}").parse().ok()?;
    let named: axum::extract::Query<Named> = axum::extract::Query::try_from_uri(&uri).ok()?;
    named.0.workspace_name.filter(|name| !name.is_empty())
}

/// The id in the path. Text that is no UUID names nothing that exists.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let missing = || Rejection::not_found("HTTP 404 Not Found");
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        Ok(Self(Uuid::parse_str(&text).map_err(|_| missing())?))
    }
}

/// The query string, with a clear refusal.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let parsed = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        let malformed =
            |error: axum::extract::rejection::QueryRejection| Rejection::malformed(error.body_text());
        Ok(Self(parsed.map_err(malformed)?.0))
    }
}

/// Whether a body comes packed.
pub(crate) fn is_gzip(headers: &HeaderMap) -> Result<bool, Rejection> {
    let encoding = headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    match encoding.as_deref() {
        None | Some(b"" | b"identity") => Ok(false),
        Some(b"gzip" | b"x-gzip") => Ok(true),
        Some(_) => {
            Err(Rejection::malformed("the content encoding is not supported").hint("use gzip or none"))
        }
    }
}

/// A request's whole body, still packed if it came packed.
pub struct Body {
    packed: Bytes,
    gzip: bool,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        let gzip = is_gzip(request.headers())?;
        let said =
            request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        // Memory that is asked for but not written to costs nothing.
        let mut packed = BytesMut::with_capacity(said.unwrap_or(0).min(REQUEST_BODY_BYTES_MAX));
        let mut chunks = request.into_body().into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Rejection::malformed("the request body ended early"))?;
            if packed.len() + chunk.len() > REQUEST_BODY_BYTES_MAX {
                return Err(too_large().into());
            }
            packed.extend_from_slice(&chunk);
        }
        Ok(Self { packed: packed.freeze(), gzip })
    }
}

impl Body {
    /// Unpacks and reads the body, away from the async threads if it is large.
    pub async fn read<T: Send + 'static>(
        self,
        parse: impl FnOnce(Bytes) -> Result<T, Rejection> + Send + 'static,
    ) -> Result<T, Refused> {
        if self.packed.len() <= INLINE_BYTES_MAX && !self.gzip {
            return Ok(parse(self.packed)?);
        }
        let work = tokio::task::spawn_blocking(move || parse(self.unpack()?)).await;
        Ok(work.map_err(|_| Failure::from(Rejection::malformed("the request body cannot be read")))??)
    }

    fn unpack(self) -> Result<Bytes, Rejection> {
        if !self.gzip {
            return Ok(self.packed);
        }
        // A buffer that grows is there twice while it is copied.
        let mut unpacked = Vec::with_capacity(unpacked_bytes(&self.packed));
        let bound = u64::try_from(REQUEST_BODY_BYTES_MAX).unwrap_or(u64::MAX);
        MultiGzDecoder::new(self.packed.as_ref())
            .take(bound + 1)
            .read_to_end(&mut unpacked)
            .map_err(|error| Rejection::malformed("the body is not valid gzip").hint(error.to_string()))?;
        if unpacked.len() > REQUEST_BODY_BYTES_MAX {
            return Err(too_large());
        }
        Ok(Bytes::from(unpacked))
    }
}

/// What the end of a gzip says that it unpacks to, modulo 2³² (RFC 1952, 2.3.1), as far as that can be true.
fn unpacked_bytes(packed: &[u8]) -> usize {
    let said = packed.last_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    let possible = packed.len().saturating_mul(DEFLATE_RATIO_MAX).min(REQUEST_BODY_BYTES_MAX);
    usize::try_from(said).unwrap_or(usize::MAX).min(possible)
}

fn too_large() -> Rejection {
    let message =
        format!("Request size exceeds the maximum allowed size of {}MB", REQUEST_BODY_BYTES_MAX >> 20);
    Rejection::new(RejectionKind::TooLarge, message).hint("send fewer entities in one request")
}
