//! The gRPC service behind its own client, without a socket.

use std::sync::{Arc, Mutex};

use cairn_core::command::ProjectRef;
use cairn_core::otel;
use cairn_core::rejection::{Rejection, RejectionKind};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use serde_json::json;
use tonic::codec::CompressionEncoding;
use tonic::metadata::AsciiMetadataValue;
use tonic::{Code, Request, Status};

use super::{request, span};
use crate::otlp::failure::{Failure, Status as RpcStatus};
use crate::otlp::grpc::{Caller, Sink, service};

#[derive(Default)]
struct Recorder {
    taken: Mutex<Vec<(Caller, otel::Batch)>>,
    refuse: Mutex<Option<Failure>>,
}

impl Sink for Recorder {
    async fn accept(&self, caller: Caller, batch: otel::Batch) -> Result<(), Failure> {
        self.taken.lock().unwrap().push((caller, batch));
        self.refuse.lock().unwrap().take().map_or(Ok(()), Err)
    }
}

async fn export(
    sink: &Arc<Recorder>,
    request: Request<ExportTraceServiceRequest>,
) -> Result<ExportTraceServiceResponse, Status> {
    let mut client =
        TraceServiceClient::new(service(Arc::clone(sink))).send_compressed(CompressionEncoding::Gzip);
    client.export(request).await.map(tonic::Response::into_inner)
}

async fn refused(failure: Failure) -> Status {
    let sink = Arc::new(Recorder { refuse: Mutex::new(Some(failure)), ..Recorder::default() });
    export(&sink, Request::new(request("", vec![span("step", json!({}))]))).await.unwrap_err()
}

#[tokio::test]
async fn spans_arrive_with_what_the_headers_say() {
    let sink = Arc::new(Recorder::default());
    let mut request = Request::new(request("lib", vec![span("step", json!({"a": 1}))]));
    let headers = request.metadata_mut();
    headers.insert("projectname", AsciiMetadataValue::try_from("Käse".as_bytes()).unwrap());
    headers.insert("comet-workspace", "acme".parse().unwrap());
    headers.insert("authorization", "key".parse().unwrap());
    let response = export(&sink, request).await.unwrap();
    assert_eq!(response, ExportTraceServiceResponse::default());
    let taken = sink.taken.lock().unwrap();
    let (caller, batch) = &taken[0];
    let expected = Caller { workspace: Some("acme".to_owned()), authorization: Some("key".to_owned()) };
    assert_eq!(caller, &expected);
    assert_eq!(batch.project, ProjectRef::Name("Käse".to_owned()));
    assert_eq!(batch.spans[0].fields.name.as_deref(), Some("step"));
}

#[tokio::test]
async fn without_headers_the_defaults_are_meant() {
    let sink = Arc::new(Recorder::default());
    export(&sink, Request::new(ExportTraceServiceRequest::default())).await.unwrap();
    let taken = sink.taken.lock().unwrap();
    assert_eq!((&taken[0].0, &taken[0].1.project), (&Caller::default(), &ProjectRef::Default));
}

#[tokio::test]
async fn spans_that_are_left_out_are_told_as_a_partial_success() {
    let sink = Arc::new(Recorder::default());
    let mut bad = span("bad", json!({}));
    bad.span_id.clear();
    let request = Request::new(request("", vec![bad, span("good", json!({}))]));
    let partial = export(&sink, request).await.unwrap().partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 1);
    assert_eq!(partial.error_message, "span `bad` was left out: its span id must be 8 bytes, not all zero");
    assert_eq!(sink.taken.lock().unwrap()[0].1.spans.len(), 1);
}

#[tokio::test]
async fn overload_and_faults_tell_when_to_try_again() {
    let status = refused(Rejection::new(RejectionKind::Overloaded, "full").into()).await;
    assert_eq!((status.code(), status.message()), (Code::ResourceExhausted, "full"));
    assert_eq!(RpcStatus::decode(status.details()).unwrap().details.len(), 1);
    let status = refused(Failure::Fault { report: "r-1".to_owned() }).await;
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.message().contains("`r-1`"));
}

#[tokio::test]
async fn a_refusal_is_not_worth_trying_again() {
    for (kind, code) in [
        (RejectionKind::Malformed, Code::InvalidArgument),
        (RejectionKind::Invalid, Code::InvalidArgument),
        (RejectionKind::Unauthenticated, Code::Unauthenticated),
        (RejectionKind::Forbidden, Code::PermissionDenied),
        (RejectionKind::NotFound, Code::NotFound),
        (RejectionKind::Conflict, Code::FailedPrecondition),
        (RejectionKind::TooLarge, Code::ResourceExhausted),
    ] {
        let status = refused(Rejection::new(kind, "no").into()).await;
        assert_eq!((status.code(), status.message()), (code, "no"));
        assert!(RpcStatus::decode(status.details()).unwrap().details.is_empty());
    }
}
