//! What OpenTelemetry exporters send, read as spans of Cairn: over HTTP (`http`), over gRPC (`grpc`).
//! Storing them and letting callers in is not here.

pub mod endpoint;
pub mod failure;
pub mod grpc;
pub mod http;

mod error;
mod json;
mod provider;
mod rules;
mod span;
mod structure;
mod usage;
mod value;

#[cfg(test)]
mod tests;

use cairn_core::command::ProjectRef;
use cairn_core::limits::{OTLP_REASON_CHARS_MAX, OTLP_REASONS_MAX};
use cairn_core::otel;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};

/// A request as it can be stored, and what of it cannot.
#[derive(Debug)]
pub struct Mapped {
    pub batch: otel::Batch,
    /// Spans that were left out.
    pub rejected: usize,
    /// Why, for the first of them.
    pub reasons: Vec<String>,
}

pub fn map(request: ExportTraceServiceRequest, project: ProjectRef) -> Mapped {
    let scopes = || request.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
    let spans = Vec::with_capacity(scopes().map(|scope| scope.spans.len()).sum());
    let batch = otel::Batch { project, spans };
    let mut mapped = Mapped { batch, rejected: 0, reasons: Vec::new() };
    for scope in scopes() {
        let scope_name = scope.scope.as_ref().map_or("", |scope| scope.name.as_str());
        for span in &scope.spans {
            match span::map(span, scope_name) {
                Ok(span) => mapped.batch.spans.push(span),
                Err(reason) => mapped.leave_out(&span.name, reason),
            }
        }
    }
    mapped.batch.drop_repeated_usage();
    mapped
}

impl Mapped {
    fn leave_out(&mut self, span_name: &str, reason: &str) {
        self.rejected += 1;
        if self.reasons.len() < OTLP_REASONS_MAX {
            let name = span::cut(span_name, OTLP_REASON_CHARS_MAX);
            self.reasons.push(format!("span `{name}` was left out: {reason}"));
        }
    }
}

/// The answer to an exporter whose other spans were stored.
pub fn response(rejected: usize, reasons: &[String]) -> ExportTraceServiceResponse {
    let partial_success = (rejected > 0).then(|| ExportTracePartialSuccess {
        rejected_spans: i64::try_from(rejected).unwrap_or(i64::MAX),
        error_message: reasons.join("; "),
    });
    ExportTraceServiceResponse { partial_success }
}

/// The project that a caller names in a header; none is the default one.
pub fn project(header: Option<&str>) -> ProjectRef {
    match header.map(str::trim) {
        None | Some("") => ProjectRef::Default,
        Some(name) => ProjectRef::Name(name.to_owned()),
    }
}
