//! What can go wrong for a caller: a refusal that it can act on, or a fault of ours, told by number only.

use cairn_core::ids::{Position, RequestId};
use cairn_core::rejection::{Rejection, RejectionKind};
use cairn_storage::error::Error;

#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    Refused(#[from] Rejection),
    /// The cause is in the server's log under this id.
    #[error("something went wrong on the server; its log has the cause under `{0}`")]
    Fault(RequestId),
    /// The log does not hold what it should: nothing is made up in its place.
    #[error(
        "the log of the workspace `{workspace}` is damaged at position {at}; run `cairn verify` to learn more"
    )]
    Damaged { workspace: String, at: Position },
    /// No more writes are accepted until the cause is removed; then the workspace is opened anew by itself.
    #[error("the server cannot write and accepts nothing more: {0}")]
    ReadOnly(String),
}

impl Failure {
    pub(crate) fn overloaded(what: &str) -> Self {
        Self::Refused(
            Rejection::new(RejectionKind::Overloaded, format!("Too Many Requests: {what}"))
                .hint("send the same request again a moment later"),
        )
    }

    pub(crate) fn not_ready(message: String) -> Self {
        Self::Refused(Rejection::new(RejectionKind::NotReady, message).hint("ask again a moment later"))
    }

    /// Says in which workspace it was.
    #[must_use]
    pub(crate) fn within(self, name: Option<&str>) -> Self {
        match self {
            Self::Damaged { at, .. } => Self::Damaged { workspace: name.unwrap_or_default().to_owned(), at },
            other => other,
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let error = match error {
            Error::Poisoned(fault) => return Self::ReadOnly(fault),
            Error::Refused(rejection) => return Self::Refused(rejection),
            Error::IndexBehind { wanted, reached } => {
                return Self::not_ready(format!(
                    "the index has taken in {reached} of {wanted} changes so far"
                ));
            }
            Error::Damaged { at, ref what } => {
                tracing::error!(%at, what, "the log is damaged");
                return Self::Damaged { workspace: String::new(), at };
            }
            other => other,
        };
        let id = crate::clock::request_id();
        tracing::error!(%error, request = %id, "a fault of storage");
        Self::Fault(id)
    }
}
