//! OTLP over gRPC, in front of whatever stores spans. Listening and callers' rights are not here.

use std::future::Future;
use std::sync::Arc;

use cairn_core::command::ProjectRef;
use cairn_core::limits::REQUEST_BODY_BYTES_MAX;
use cairn_core::otel;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use super::failure::Failure;

/// Who calls, as far as the headers tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// `comet-workspace`
    pub workspace: Option<String>,
    pub authorization: Option<String>,
}

/// Where spans go. It returns when they are durable. A batch may be empty: its caller wants to hear about its rights.
pub trait Sink: Send + Sync + 'static {
    fn accept(&self, caller: Caller, batch: otel::Batch) -> impl Future<Output = Result<(), Failure>> + Send;
}

#[derive(Debug)]
pub struct TraceExport<S> {
    sink: Arc<S>,
}

pub fn service<S: Sink>(sink: Arc<S>) -> TraceServiceServer<TraceExport<S>> {
    TraceServiceServer::new(TraceExport { sink })
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(REQUEST_BODY_BYTES_MAX)
}

#[tonic::async_trait]
impl<S: Sink> TraceService for TraceExport<S> {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let (caller, project) = caller(request.metadata());
        let message = request.into_inner();
        // A large request takes a while to read; the task's thread has others to serve.
        let mapped = tokio::task::spawn_blocking(move || super::map(message, project))
            .await
            .map_err(|_| Status::internal("the request could not be read"))?;
        self.sink.accept(caller, mapped.batch).await?;
        Ok(Response::new(super::response(mapped.rejected, &mapped.reasons)))
    }
}

fn caller(metadata: &MetadataMap) -> (Caller, ProjectRef) {
    // Not `to_str`, which refuses what is not ASCII: projects have names in all languages.
    let header = |name: &str| {
        let value = std::str::from_utf8(metadata.get(name)?.as_bytes()).ok()?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let caller = Caller { workspace: header("comet-workspace"), authorization: header("authorization") };
    (caller, super::project(header("projectname").as_deref()))
}
