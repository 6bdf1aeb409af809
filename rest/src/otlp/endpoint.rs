//! Where exporters reach the server, over HTTP and gRPC: both hand mapped batches to the workspace's writer.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use cairn_actors::failure::Failure as ActorFailure;
use cairn_core::access::TraceWrite;
use cairn_core::otel;
use cairn_core::workspaces::DEFAULT_NAME;

use super::failure::Failure;
use super::grpc::{Caller, Sink};
use super::http::{Encoding, encode_failure, encode_response};
use crate::error;
use crate::extract::{Body, Granted};
use crate::routes::Server;

pub(crate) async fn export(
    State(server): State<Server>,
    grant: Result<Granted<TraceWrite>, error::Refused>,
    headers: HeaderMap,
    body: Result<Body, error::Refused>,
) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = text(header::CONTENT_TYPE.as_str()).unwrap_or("application/x-protobuf");
    let Some(encoding) = Encoding::of(content_type) else {
        let message = format!("`{content_type}` is not a content type of OTLP");
        let hint = "send `application/x-protobuf` or `application/json`";
        return error::framework(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message, Some(hint));
    };
    let project = headers.get("projectname").map(|name| String::from_utf8_lossy(name.as_bytes()));
    let project = super::project(project.as_deref());
    let stored = async {
        let Granted(grant) = grant?;
        let decode = move |body| Ok(super::map(encoding.decode(body)?, project));
        let mapped = body?.read(decode).await?;
        if !mapped.batch.spans.is_empty() {
            server.handles.execute(&grant, mapped.batch).await?;
        }
        Ok::<_, error::Refused>((mapped.rejected, mapped.reasons))
    };
    match stored.await {
        Ok((rejected, reasons)) => encode_response(rejected, &reasons, encoding),
        Err(refused) => encode_failure(&refused.0.into(), encoding),
    }
}

impl From<ActorFailure> for Failure {
    fn from(failure: ActorFailure) -> Self {
        match failure {
            ActorFailure::Refused(rejection) => Self::Refused(rejection),
            ActorFailure::Fault(id) => Self::Fault { report: id.to_string() },
            damaged @ ActorFailure::Damaged { .. } => Self::Fault { report: damaged.to_string() },
            ActorFailure::ReadOnly(_) => Self::Fault { report: "the server accepts no writes".to_owned() },
        }
    }
}

impl Sink for Server {
    async fn accept(&self, caller: Caller, batch: otel::Batch) -> Result<(), Failure> {
        let workspace = caller.workspace.filter(|name| !name.is_empty());
        let principal = self.handles.open_principal(workspace.as_deref().unwrap_or(DEFAULT_NAME))?;
        let grant = principal.grant::<TraceWrite>()?;
        if !batch.spans.is_empty() {
            self.handles.execute(&grant, batch).await.map_err(Failure::from)?;
        }
        Ok(())
    }
}
