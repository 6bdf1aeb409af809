//! What a client knows of the log, from one request to the next: see `cairn_core::access::known`.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use cairn_core::access::{Principal, WorkspaceRead, known};
use cairn_core::ids::{Position, WorkspaceId};

use crate::extract::principal;
use crate::routes::Server;

/// What the caller says that he knows.
pub(crate) fn said(headers: &HeaderMap, workspace: WorkspaceId) -> Option<Position> {
    let cookies = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
    known::said(headers.get(known::NAME).map(HeaderValue::as_bytes), cookies, workspace)
}

/// Gives a client what it knows from now on, after what may have written and when it knows nothing yet.
pub(crate) async fn keep(State(server): State<Server>, request: Request, next: Next) -> Response {
    let Ok(principal) = principal(&server, request.headers(), request.uri().query()) else {
        return next.run(request).await;
    };
    let is_read = request.method() == Method::GET;
    let knows = said(request.headers(), principal.workspace()).is_some();
    let mut response = next.run(request).await;
    if response.status().is_success()
        && !(is_read && knows)
        && let Some(cookie) = cookie(&server, &principal).await
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn cookie(server: &Server, principal: &Principal) -> Option<HeaderValue> {
    let grant = principal.grant::<WorkspaceRead>().ok()?;
    let position = server.handles.position(&grant).await.ok()?;
    known::cookie(principal.workspace(), position).parse().ok()
}
