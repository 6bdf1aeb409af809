//! `/graphql` over HTTP: one request as JSON by POST, answered as JSON or, where the client asks for `text/event-stream`,
//! as Server-Sent Events (the "distinct connections mode" of the GraphQL over SSE protocol, which carries subscriptions
//! to `curl`); or a WebSocket that speaks `graphql-transport-ws`.
//! Batches, multipart and queries in the address are deliberately missing.

use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Request};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cairn_actors::handles::Handles;
use cairn_core::access::known::{self, Change};
use cairn_core::ids::{Position, WorkspaceId};
use cairn_core::limits::{GRAPHQL_BODY_BYTES_MAX, WEBSOCKET_INIT_SECONDS_MAX};
use cairn_core::rejection::Rejection;
use cairn_core::workspaces::DEFAULT_NAME;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::error::Problem;
use crate::execution::{Api, Connection, operation};
use crate::session::Session;

const WORKSPACE_HEADER: &str = "comet-workspace";
const EVENTS: &str = "text/event-stream";
const JSON: [&str; 2] = ["application/json", "application/graphql-response+json"];

#[derive(Clone)]
struct Server {
    api: Api,
    handles: Handles,
}

pub(crate) fn router(handles: Handles) -> Router {
    Router::new()
        .route("/graphql", get(connect).post(answer))
        .layer(DefaultBodyLimit::max(GRAPHQL_BODY_BYTES_MAX))
        .with_state(Server { api: Api::new(), handles })
}

async fn answer(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    // A page of another origin can send forms and plain text without asking, but not JSON.
    if !is_json(&headers) {
        let message = "the body must be JSON; send the header `content-type: application/json`";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "INVALID", message));
    }
    let body = body.map_err(unreadable)?;
    let mut request = parse(&body)?;
    let mut session =
        Session::open(&server.handles, workspace(&headers)).map_err(Refusal::unknown_workspace)?;
    let known = said(&headers, session.workspace());
    let is_read = operation(&mut request).is_some_and(|(_, kind)| kind != OperationType::Mutation);
    let change = known::change(is_read, known);
    if wants_events(&headers, &mut request) {
        let mut answer = events(server.api.stream(session, request)).into_response();
        // Of what a stream tells, nobody knows yet how far it goes.
        if change == Some(Change::Forget) {
            keep(&mut answer, Some(known::forgotten()));
        }
        return Ok(answer);
    }
    if is_read && let Some(known) = known {
        session = session.knowing(known).await;
    }
    let response = server.api.answer(session.arriving().await, request).await;
    let text = serde_json::to_vec(&response).map_err(|error| {
        tracing::error!(%error, "a response cannot be written as JSON");
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "something went wrong on the server")
    })?;
    let mut answer = ([(CONTENT_TYPE, "application/json")], text).into_response();
    let cookie = match change {
        Some(Change::Forget) => Some(known::forgotten()),
        Some(Change::Learn) => {
            session.newest().await.map(|position| known::cookie(session.workspace(), position))
        }
        None => None,
    };
    keep(&mut answer, cookie);
    Ok(answer)
}

fn keep(answer: &mut Response, cookie: Option<String>) {
    if let Some(cookie) = cookie.and_then(|cookie| cookie.parse().ok()) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// What the caller says that he knows of the log.
fn said(headers: &HeaderMap, workspace: WorkspaceId) -> Option<Position> {
    let cookies = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    known::said(headers.get(known::NAME).map(HeaderValue::as_bytes), cookies, workspace)
}

/// Every response as an event `next`, then `complete`. The next one is made only when the last was taken.
fn events(responses: BoxStream<'static, async_graphql::Response>) -> impl IntoResponse {
    let next = responses.map(|response| Event::default().event("next").json_data(&response));
    let complete = stream::once(async { Ok(Event::default().event("complete")) });
    Sse::new(next.chain(complete)).keep_alive(KeepAlive::default())
}

/// Subscriptions have no other way here; what has one answer comes as the client would rather have it.
fn wants_events(headers: &HeaderMap, request: &mut Request) -> bool {
    let accepted: Vec<_> = headers.get_all(ACCEPT).iter().filter_map(|accept| accept.to_str().ok()).collect();
    let is_known = |kind: &str| [EVENTS].iter().chain(&JSON).any(|known| kind.eq_ignore_ascii_case(known));
    let mut kinds: Vec<_> = accepted.iter().flat_map(|accept| accept.split(',')).map(quality).collect();
    kinds.retain(|(kind, quality)| *quality > 0.0 && is_known(kind));
    // Of equals the first one is meant.
    kinds.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let is_events = |(kind, _): &(&str, f32)| kind.eq_ignore_ascii_case(EVENTS);
    kinds.first().is_some_and(is_events) || (kinds.iter().any(is_events) && is_subscription(request))
}

/// One of the kinds that a client accepts, and how much it likes it, up to 1.
fn quality(accepted: &str) -> (&str, f32) {
    let mut parts = accepted.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let said = parts.find_map(|part| part.strip_prefix("q="));
    (kind, said.map_or(1.0, |said| said.parse().unwrap_or(0.0)))
}

fn is_subscription(request: &mut Request) -> bool {
    operation(request).is_some_and(|(_, kind)| kind == OperationType::Subscription)
}

/// The body as clients send it; other members are for other servers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Value>,
}

fn parse(body: &[u8]) -> Result<Request, Refusal> {
    let body: Body = serde_json::from_slice(body).map_err(|error| {
        let message = format!("the body is not a GraphQL request: {error}");
        Refusal::new(StatusCode::BAD_REQUEST, "INVALID", message)
    })?;
    let variables = match body.variables {
        None | Some(Value::Null) => Value::Object(serde_json::Map::new()),
        Some(variables @ Value::Object(_)) => variables,
        Some(_) => {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "INVALID", "`variables` must be an object"));
        }
    };
    let mut request = Request::new(body.query).variables(async_graphql::Variables::from_json(variables));
    request.operation_name = body.operation_name;
    Ok(request)
}

async fn connect(
    State(server): State<Server>,
    headers: HeaderMap,
    protocol: Result<GraphQLProtocol, StatusCode>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let upgrade = upgrade.map_err(|_| {
        let message = "send queries by POST; GET is for WebSockets alone";
        Refusal::new(StatusCode::UPGRADE_REQUIRED, "INVALID", message)
    })?;
    let protocol = protocol.map_err(|status| {
        Refusal::new(status, "INVALID", "the WebSocket must speak the protocol `graphql-transport-ws`")
    })?;
    let named = headers.get(WORKSPACE_HEADER).and_then(|name| name.to_str().ok()).map(str::to_owned);
    let upgrade = upgrade
        .protocols(async_graphql::http::ALL_WEBSOCKET_PROTOCOLS)
        .max_message_size(GRAPHQL_BODY_BYTES_MAX)
        .max_frame_size(GRAPHQL_BODY_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| serve(server, socket, protocol, named)))
}

/// Runs until the client goes, or does not say who it is in time.
async fn serve(server: Server, socket: WebSocket, protocol: GraphQLProtocol, named: Option<String>) {
    let (initialised, waits) = oneshot::channel();
    let connection = Connection::new(server.api);
    let handles = server.handles;
    let session = GraphQLWebSocket::new(socket, connection, protocol)
        .on_connection_init(move |payload| async move {
            // Nobody waits any more if the connection was slow.
            let _ = initialised.send(());
            initialise(&handles, named.as_deref(), &payload)
        })
        .serve();
    let late = async {
        let patience = Duration::from_secs(WEBSOCKET_INIT_SECONDS_MAX);
        if tokio::time::timeout(patience, waits).await.is_ok() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = session => {}
        () = late => tracing::debug!("a WebSocket did not initialise in time"),
    }
}

/// Browsers cannot send headers with a WebSocket: the payload names the workspace, too, and goes first.
pub(crate) fn initialise(
    handles: &Handles,
    named: Option<&str>,
    payload: &Value,
) -> async_graphql::Result<Data> {
    let in_payload = payload.get("workspace").and_then(Value::as_str);
    let workspace = in_payload.or(named).unwrap_or(DEFAULT_NAME);
    let session = Session::open(handles, workspace).map_err(Problem::from)?;
    let mut data = Data::default();
    data.insert(session);
    Ok(data)
}

fn workspace(headers: &HeaderMap) -> &str {
    headers.get(WORKSPACE_HEADER).and_then(|name| name.to_str().ok()).unwrap_or(DEFAULT_NAME)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn unreadable(rejection: BytesRejection) -> Refusal {
    let status = rejection.status();
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        let message = format!("a request has at most {GRAPHQL_BODY_BYTES_MAX} bytes");
        return Refusal::new(status, "TOO_LARGE", message);
    }
    Refusal::new(status, "INVALID", "the body could not be read to its end")
}

/// A request that never became a GraphQL one, in the shape of GraphQL errors all the same.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    fn unknown_workspace(rejection: Rejection) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", rejection.message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, code, message } = self;
        let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
        (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    }
}
