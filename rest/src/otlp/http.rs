//! OTLP over HTTP: bodies in, bodies out. Routes, compression and callers' rights are not here.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cairn_core::json::quote_non_finite;
use cairn_core::rejection::{Rejection, RejectionKind};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::json;

use super::failure::Failure;

const RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// How a body is written. An answer is written like its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Protobuf,
    Json,
}

impl Encoding {
    /// By the `Content-Type` of a request; `None` if it is neither.
    pub fn of(content_type: &str) -> Option<Self> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        match media_type.to_ascii_lowercase().as_str() {
            "application/x-protobuf" | "application/protobuf" => Some(Self::Protobuf),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }

    pub fn decode(self, body: Bytes) -> Result<ExportTraceServiceRequest, Rejection> {
        match self {
            Self::Protobuf => decode_protobuf(body),
            Self::Json => decode_json(body),
        }
    }
}

pub fn decode_protobuf(body: Bytes) -> Result<ExportTraceServiceRequest, Rejection> {
    ExportTraceServiceRequest::decode(body).map_err(|error| {
        Rejection::malformed(format!("the body is not a trace request of OTLP: {error}"))
            .hint("send an ExportTraceServiceRequest as protobuf, or JSON as `application/json`")
    })
}

pub fn decode_json(body: Bytes) -> Result<ExportTraceServiceRequest, Rejection> {
    let read = super::json::read(&body);
    let read = read.or_else(|error| match quote_non_finite(&body) {
        Some(quoted) => super::json::read(&quoted),
        None => Err(error),
    });
    read.map_err(|error| {
        Rejection::malformed(format!("the body is not a trace request of OTLP: {error}"))
            .hint("send an ExportTraceServiceRequest as JSON, or protobuf as `application/x-protobuf`")
    })
}

/// The answer after spans were stored.
pub fn encode_response(rejected: usize, reasons: &[String], encoding: Encoding) -> Response {
    let message = super::response(rejected, reasons);
    let body = match encoding {
        Encoding::Protobuf => message.encode_to_vec(),
        Encoding::Json => match message.partial_success {
            None => json!({}),
            // 64-bit numbers are text in the JSON of protobuf.
            Some(partial) => json!({"partialSuccess": {
                "rejectedSpans": partial.rejected_spans.to_string(),
                "errorMessage": partial.error_message,
            }}),
        }
        .to_string()
        .into_bytes(),
    };
    answer(StatusCode::OK, body, encoding)
}

/// The answer when nothing was stored.
pub fn encode_failure(failure: &Failure, encoding: Encoding) -> Response {
    let body = match encoding {
        Encoding::Protobuf => failure.encode().to_vec(),
        Encoding::Json => {
            json!({"code": failure.code() as i32, "message": failure.message()}).to_string().into_bytes()
        }
    };
    let mut response = answer(http_status(failure), body, encoding);
    if let Some(seconds) = failure.retry_seconds() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        response.headers_mut().insert(RATE_LIMIT_RESET, HeaderValue::from(seconds));
    }
    response
}

fn answer(status: StatusCode, body: Vec<u8>, encoding: Encoding) -> Response {
    (status, [(header::CONTENT_TYPE, encoding.content_type())], body).into_response()
}

/// Exporters try again on 429 and 503 only.
const fn http_status(failure: &Failure) -> StatusCode {
    match failure {
        Failure::Fault { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Failure::Refused(rejection) => match rejection.kind {
            RejectionKind::Malformed | RejectionKind::Invalid => StatusCode::BAD_REQUEST,
            RejectionKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            RejectionKind::Forbidden => StatusCode::FORBIDDEN,
            RejectionKind::NotFound => StatusCode::NOT_FOUND,
            RejectionKind::Gone => StatusCode::GONE,
            RejectionKind::TimedOut => StatusCode::REQUEST_TIMEOUT,
            RejectionKind::Conflict => StatusCode::CONFLICT,
            RejectionKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            RejectionKind::Overloaded | RejectionKind::NotReady => StatusCode::TOO_MANY_REQUESTS,
        },
    }
}
