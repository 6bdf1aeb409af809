//! How requests are carried out, whichever way they came: judged, then run with a session and loaders of their own.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Name, Pos, Request, Response, ServerError};
use cairn_core::limits::{NAME_CHARS_MAX, SUBSCRIPTIONS_PER_CONNECTION_MAX};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use tokio::sync::Semaphore;
use tracing::Span;

use crate::error::Problem;
use crate::guard;
use crate::moment::Moments;
use crate::schema::{self, Schema};
use crate::session::{Arrived, Session};

#[derive(Clone)]
pub(crate) struct Api {
    schema: Schema,
}

impl Api {
    pub(crate) fn new() -> Self {
        Self { schema: schema::build() }
    }

    pub(crate) async fn answer(&self, session: Arrived, mut request: Request) -> Response {
        let checked = guard::check(&mut request);
        name_span(&mut request);
        match checked {
            Ok(()) => self.schema.execute(belonging(request, session)).await,
            Err(error) => Response::from_errors(vec![error]),
        }
    }

    /// The request counts as come when the first response is asked for.
    pub(crate) fn stream(&self, session: Session, mut request: Request) -> BoxStream<'static, Response> {
        if let Err(error) = guard::check(&mut request) {
            return once(error);
        }
        let schema = self.schema.clone();
        let responses = async move { schema.execute_stream(belonging(request, session.arriving().await)) };
        responses.into_stream().flatten().boxed()
    }
}

/// Gives a request what its fields share.
fn belonging(request: Request, session: Arrived) -> Request {
    request.data(session.loader()).data(Moments::default())
}

/// Name and type of the operation that a request asks for among those of its document.
pub(crate) fn operation(request: &mut Request) -> Option<(Option<&Name>, OperationType)> {
    let asked = request.operation_name.clone();
    let is_asked = |name: Option<&Name>| asked.is_none() || name.map(Name::as_str) == asked.as_deref();
    let mut operations = request.parsed_query().ok()?.operations.iter().filter(|(name, _)| is_asked(*name));
    let (name, operation) = operations.next()?;
    // Of several without a name it is none, as the request will be refused.
    operations.next().is_none().then_some((name, operation.node.ty))
}

/// Calls the span of the request by its operation: all of them come to one address.
fn name_span(request: &mut Request) {
    let span = Span::current();
    if span.is_disabled() {
        return;
    }
    let Some((name, kind)) = operation(request) else { return };
    let name: String = name.map_or("", Name::as_str).chars().take(NAME_CHARS_MAX).collect();
    span.record("otel.name", format!("{kind} {name}").trim_end());
}

/// One WebSocket: so many operations at once, queries and subscriptions alike.
#[derive(Clone)]
pub(crate) struct Connection {
    api: Api,
    operations: Arc<Semaphore>,
}

impl Connection {
    pub(crate) fn new(api: Api) -> Self {
        Self { api, operations: Arc::new(Semaphore::new(SUBSCRIPTIONS_PER_CONNECTION_MAX)) }
    }
}

impl Executor for Connection {
    /// The protocol streams everything; without a connection's session there is nothing to run on.
    async fn execute(&self, _: Request) -> Response {
        Response::from_errors(vec![refusal(
            "UNAUTHENTICATED",
            "the connection is not initialised".to_owned(),
        )])
    }

    /// `session` is what the connection's initialisation left.
    fn execute_stream(&self, request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let data = session.as_ref().and_then(|data| data.get(&std::any::TypeId::of::<Session>()));
        let Some(session) = data.and_then(|session| session.downcast_ref::<Session>()) else {
            return once(refusal("UNAUTHENTICATED", "the connection is not initialised".to_owned()));
        };
        let Ok(permit) = Arc::clone(&self.operations).try_acquire_owned() else {
            let message =
                format!("a connection carries at most {SUBSCRIPTIONS_PER_CONNECTION_MAX} operations at once");
            return once(refusal("OVERLOADED", message));
        };
        let responses = self.api.stream(session.clone(), request);
        let held = responses.map(move |response| {
            let _ = &permit;
            response
        });
        held.boxed()
    }
}

/// It concerns the whole request: there is no place in its text to point at.
fn refusal(code: &'static str, message: String) -> ServerError {
    let error: async_graphql::Error = Problem::new(code, message).into();
    ServerError { locations: Vec::new(), ..error.into_server_error(Pos::default()) }
}

fn once(error: ServerError) -> BoxStream<'static, Response> {
    stream::iter([Response::from_errors(vec![error])]).boxed()
}
