//! What a client is told when something goes wrong: a message for people, and a code in `extensions` for programs.
//! Causes of faults stay in the server's log, but for one that stops all writing.

use async_graphql::{Error, ErrorExtensionValues};
use cairn_actors::failure::Failure;
use cairn_core::limits::OVERLOAD_RETRY_SECONDS;
use cairn_core::query::field::UnknownField;
use cairn_core::query::parse::ParseError;
use cairn_core::rejection::{Rejection, RejectionKind};

pub(crate) type Result<T> = std::result::Result<T, Problem>;

/// An error on its way to a client. It cannot be displayed on purpose: the library would take the text of anything
/// that can for an error, and lose the code.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Error);

impl Problem {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        let mut error = Error::new(message);
        error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
        Self(error)
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new("INVALID", message)
    }

    /// Where the text of a place within a body goes wrong.
    pub(crate) fn bad_path(error: UnknownField) -> Self {
        Self::new("BAD_PATH", error.message).with("at", error.at).with_text("suggestion", error.suggestion)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new("NOT_FOUND", message)
    }

    fn with(mut self, name: &str, value: impl Into<async_graphql::Value>) -> Self {
        self.0.extensions.get_or_insert_with(ErrorExtensionValues::default).set(name, value);
        self
    }

    fn with_text(self, name: &str, text: Option<String>) -> Self {
        match text {
            Some(text) => self.with(name, text),
            None => self,
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        problem.0
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(rejection) => rejection.into(),
            Failure::Fault(id) => {
                let message =
                    format!("something went wrong on the server; its log has the cause under `{id}`");
                Self::new("INTERNAL", message).with("id", id.to_string())
            }
            damaged @ Failure::Damaged { .. } => Self::new("DAMAGED", damaged.to_string()),
            // As REST and the ping say it: whoever is refused has to know whom to call.
            stopped @ Failure::ReadOnly(_) => Self::new("READ_ONLY", stopped.to_string()),
        }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let code = match rejection.kind {
            RejectionKind::Malformed | RejectionKind::Invalid => "INVALID",
            RejectionKind::Unauthenticated => "UNAUTHENTICATED",
            RejectionKind::Forbidden => "FORBIDDEN",
            RejectionKind::NotFound => "NOT_FOUND",
            RejectionKind::Conflict => "CONFLICT",
            RejectionKind::Gone => "GONE",
            RejectionKind::TimedOut => "TIMED_OUT",
            RejectionKind::TooLarge => "TOO_LARGE",
            RejectionKind::Overloaded => "OVERLOADED",
            RejectionKind::NotReady => "NOT_READY",
        };
        let problem = Self::new(code, rejection.message).with_text("hint", rejection.hint);
        if rejection.kind.passes() {
            problem.with("retryAfterSeconds", OVERLOAD_RETRY_SECONDS)
        } else {
            problem
        }
    }
}

/// The message is without its place, which editors mark in the text.
impl From<ParseError> for Problem {
    fn from(error: ParseError) -> Self {
        Self::new("BAD_FILTER", error.message)
            .with("at", error.at)
            .with("length", error.length)
            .with_text("suggestion", error.suggestion)
    }
}

impl From<UnknownField> for Problem {
    fn from(error: UnknownField) -> Self {
        Self::new("BAD_SORT", error.message).with("at", error.at).with_text("suggestion", error.suggestion)
    }
}
