//! Failures as `google.rpc.Status`, which OTLP answers with over HTTP and gRPC alike.

use bytes::Bytes;
use cairn_core::limits::OVERLOAD_RETRY_SECONDS;
use cairn_core::rejection::{Rejection, RejectionKind};
use prost::Message;
use tonic::Code;

const RETRY_INFO_TYPE: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// Why spans were not stored.
#[derive(Debug)]
pub enum Failure {
    Refused(Rejection),
    /// A fault of ours that was logged under this id. The exporter may try again.
    Fault {
        report: String,
    },
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl Failure {
    /// The codes that OTLP calls retryable are given only where trying again helps.
    pub(super) const fn code(&self) -> Code {
        match self {
            Self::Fault { .. } => Code::Unavailable,
            Self::Refused(rejection) => match rejection.kind {
                RejectionKind::Malformed | RejectionKind::Invalid => Code::InvalidArgument,
                RejectionKind::Unauthenticated => Code::Unauthenticated,
                RejectionKind::Forbidden => Code::PermissionDenied,
                RejectionKind::NotFound | RejectionKind::Gone => Code::NotFound,
                RejectionKind::TimedOut => Code::DeadlineExceeded,
                RejectionKind::Conflict => Code::FailedPrecondition,
                // Exporters try again only if there is a delay in the details.
                RejectionKind::TooLarge | RejectionKind::Overloaded | RejectionKind::NotReady => {
                    Code::ResourceExhausted
                }
            },
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Refused(rejection) => rejection.to_string(),
            Self::Fault { report } => {
                format!("the spans could not be stored, see `{report}` in the server's log")
            }
        }
    }

    pub(super) fn retry_seconds(&self) -> Option<u64> {
        match self {
            Self::Fault { .. } => Some(OVERLOAD_RETRY_SECONDS),
            Self::Refused(rejection) => rejection.kind.passes().then_some(OVERLOAD_RETRY_SECONDS),
        }
    }

    /// The whole as protobuf.
    pub(super) fn encode(&self) -> Bytes {
        let detail = |seconds| {
            let retry_delay = Some(Delay { seconds: i64::try_from(seconds).unwrap_or(i64::MAX) });
            let value = RetryInfo { retry_delay }.encode_to_vec();
            Detail { type_url: RETRY_INFO_TYPE.to_owned(), value }
        };
        let status = Status {
            code: self.code() as i32,
            message: self.message(),
            details: self.retry_seconds().map(detail).into_iter().collect(),
        };
        status.encode_to_vec().into()
    }
}

impl From<Failure> for tonic::Status {
    fn from(failure: Failure) -> Self {
        Self::with_details(failure.code(), failure.message(), failure.encode())
    }
}

/// `google.rpc.Status`
#[derive(Message)]
pub(super) struct Status {
    #[prost(int32, tag = "1")]
    pub(super) code: i32,
    #[prost(string, tag = "2")]
    pub(super) message: String,
    #[prost(message, repeated, tag = "3")]
    pub(super) details: Vec<Detail>,
}

/// `google.protobuf.Any`
#[derive(Message)]
pub(super) struct Detail {
    #[prost(string, tag = "1")]
    pub(super) type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) value: Vec<u8>,
}

/// `google.rpc.RetryInfo`
#[derive(Message)]
pub(super) struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    pub(super) retry_delay: Option<Delay>,
}

/// `google.protobuf.Duration`
#[derive(Message)]
pub(super) struct Delay {
    #[prost(int64, tag = "1")]
    pub(super) seconds: i64,
}
