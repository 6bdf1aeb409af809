//! Refusals: what a caller did wrong and what to do about it. Faults of ours are errors of the other crates.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub kind: RejectionKind,
    /// For people and for clients that match on it; never holds secrets or internals.
    pub message: String,
    /// What to try next, or which value is meant.
    pub hint: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectionKind {
    /// The request could not be read, or breaks a rule of form.
    Malformed,
    /// The request was read and a value in it is not acceptable.
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    /// It was there and will not come back.
    Gone,
    /// What was waited for did not come in time.
    TimedOut,
    TooLarge,
    /// A bounded queue is full: the same request may succeed a moment later.
    Overloaded,
    /// What was asked for is being made: the same request will succeed later.
    NotReady,
}

impl RejectionKind {
    /// Whether the same request may succeed a moment later.
    pub const fn passes(self) -> bool {
        matches!(self, Self::Overloaded | Self::NotReady)
    }
}

impl Rejection {
    pub fn new(kind: RejectionKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(RejectionKind::Malformed, message)
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(RejectionKind::Invalid, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(RejectionKind::NotFound, message)
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(RejectionKind::Conflict, message)
    }

    pub fn wrong_id_version(entity: &str) -> Self {
        Self::malformed("Invalid UUID for id").hint(format!("{entity} id must be a version 7 UUID"))
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, ": {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Rejection {}
