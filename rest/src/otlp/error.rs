//! What went wrong in a span, from its exceptions and its status. Errors of requests are not here.

use cairn_core::traces::ErrorInfo;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::Status;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use super::value::text_of;

const TYPE_DEFAULT: &str = "Error";

/// The exceptions that a span recorded; the last one tells how it ended.
#[derive(Debug, Default)]
pub(super) struct Exceptions {
    last: Option<Exception>,
}

#[derive(Debug, Default)]
struct Exception {
    kind: Option<String>,
    message: Option<String>,
    stacktrace: Option<String>,
}

impl Exceptions {
    pub(super) fn take(&mut self, attributes: &[KeyValue]) {
        let text = |key: &str| {
            let attribute = attributes.iter().find(|attribute| attribute.key == key)?;
            text_of(attribute.value.as_ref()).map(Into::into)
        };
        self.last = Some(Exception {
            kind: text("exception.type"),
            message: text("exception.message"),
            stacktrace: text("exception.stacktrace"),
        });
    }

    pub(super) fn finish(self, status: Option<&Status>) -> Option<ErrorInfo> {
        let failed = status.is_some_and(|status| status.code == StatusCode::Error as i32);
        if self.last.is_none() && !failed {
            return None;
        }
        let exception = self.last.unwrap_or_default();
        let said = status.map(|status| status.message.trim()).filter(|message| !message.is_empty());
        let exception_type = exception.kind.unwrap_or_else(|| TYPE_DEFAULT.to_owned());
        let message = exception.message.or_else(|| said.map(str::to_owned));
        let traceback = exception.stacktrace.unwrap_or_else(|| match &message {
            Some(message) => format!("{exception_type}: {message}"),
            None => format!("{exception_type} without a stack trace"),
        });
        Some(ErrorInfo { exception_type, message, traceback })
    }
}
