//! What a client knows of the log, from one request to the next: see `cairn_core::access::known`.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use cairn_core::access::known::Change;
use cairn_core::access::{Principal, WorkspaceRead, known};
use cairn_core::ids::{Position, WorkspaceId};

use crate::extract::principal;
use crate::routes::Server;

/// What the caller says that he knows.
pub(crate) fn said(headers: &HeaderMap, workspace: WorkspaceId) -> Option<Position> {
    let cookies = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
    known::said(headers.get(known::NAME).map(HeaderValue::as_bytes), cookies, workspace)
}

/// Changes what the client knows as the request demands.
pub(crate) async fn keep(State(server): State<Server>, request: Request, next: Next) -> Response {
    let Ok(principal) = principal(&server, request.headers(), request.uri().query()) else {
        return next.run(request).await;
    };
    let is_read = request.method() == Method::GET;
    let change = known::change(is_read, said(request.headers(), principal.workspace()));
    let mut response = next.run(request).await;
    let cookie = match change {
        Some(Change::Forget) => Some(known::forgotten()),
        Some(Change::Learn) if response.status().is_success() => learned(&server, &principal).await,
        Some(Change::Learn) | None => None,
    };
    if let Some(cookie) = cookie.and_then(|cookie| cookie.parse().ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn learned(server: &Server, principal: &Principal) -> Option<String> {
    let grant = principal.grant::<WorkspaceRead>().ok()?;
    let position = server.handles.position(&grant).await.ok()?;
    Some(known::cookie(principal.workspace(), position))
}
