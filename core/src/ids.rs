//! Identifiers as types of their own. They are made elsewhere: ids come from clients or from a command's `Context`.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rejection::Rejection;
use crate::time::Timestamp;

/// A place in a workspace's log. The first event has position 1; 0 means "before everything".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position(pub u64);

impl Position {
    pub const START: Self = Self(0);

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! uuid_newtype {
    ($(#[$doc:meta])* $name:ident, $entity:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Accepts an id that a client chose for a new entity: it must be a version 7 UUID.
            pub fn new(id: Uuid) -> Result<Self, Rejection> {
                if id.get_version_num() == 7 {
                    Ok(Self(id))
                } else {
                    Err(Rejection::wrong_id_version($entity))
                }
            }

            /// Takes an id as it stands in a request for something that exists, or in the log.
            pub const fn known(id: Uuid) -> Self {
                Self(id)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }

            pub const fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

uuid_newtype!(
    /// One tenant: a log, its rows and its indexes.
    WorkspaceId, "Workspace"
);
uuid_newtype!(ProjectId, "Project");
uuid_newtype!(DefinitionId, "Feedback definition");
uuid_newtype!(EnvironmentId, "Environment");
uuid_newtype!(PromptId, "prompt");
uuid_newtype!(PromptVersionId, "prompt version");
uuid_newtype!(
    /// A version of an agent's configuration, or a mask over one.
    BlueprintId, "Blueprint"
);
uuid_newtype!(RunnerId, "Runner");
uuid_newtype!(
    /// What a runner is asked to do once.
    JobId, "Job"
);
uuid_newtype!(
    /// Something that is wrong with an agent, seen in its traces.
    IssueId, "Issue"
);
uuid_newtype!(TraceId, "Trace");
uuid_newtype!(SpanId, "Span");
uuid_newtype!(
    /// A conversation. What clients call a thread's id is its name within a project; this is what scores hang on.
    ThreadId, "Thread"
);
uuid_newtype!(CommentId, "Comment");
uuid_newtype!(DatasetId, "Dataset");
uuid_newtype!(
    /// The same in every version.
    DatasetItemId, "Dataset item"
);
uuid_newtype!(DatasetVersionId, "Dataset version");
uuid_newtype!(DatasetExportId, "Dataset export");
uuid_newtype!(
    /// One of a workspace's own prices. It follows from what the price is for.
    PriceId, "Price"
);
uuid_newtype!(RepricingId, "Repricing");
uuid_newtype!(ErasureId, "Erasure");
uuid_newtype!(DerivedColumnId, "Derived column");
uuid_newtype!(RetentionRuleId, "Retention rule");
uuid_newtype!(ExperimentId, "Experiment");
uuid_newtype!(ExperimentItemId, "Experiment Item");
uuid_newtype!(OptimizationId, "Optimization");
uuid_newtype!(AnnotationQueueId, "Annotation queue");
uuid_newtype!(AlertId, "Alert");
uuid_newtype!(
    /// A time at which an alert fired.
    FiringId, "Alert firing"
);
uuid_newtype!(DashboardId, "Dashboard");
uuid_newtype!(SavedQueryId, "Dashboard saved query");
uuid_newtype!(
    /// Ties the events of one request together, across logs and log files.
    RequestId, "Request"
);

/// A version 7 UUID made of a time and 74 bits that the caller drew or derived.
pub fn uuid_v7(time: Timestamp, rest: [u8; 10]) -> Uuid {
    let ms = u64::try_from(time.as_millis()).unwrap_or(0).to_be_bytes();
    let mut bytes = [0_u8; 16];
    let (head, tail) = bytes.split_at_mut(6);
    head.copy_from_slice(ms.get(2..).unwrap_or(&[0; 6]));
    tail.copy_from_slice(&rest);
    uuid::Builder::from_bytes(bytes)
        .with_version(uuid::Version::SortRand)
        .with_variant(uuid::Variant::RFC4122)
        .into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_id_is_version_7_and_carries_its_time() {
        let id = uuid_v7(Timestamp::from_millis(0x0190_babc_62a0), [0xff; 10]);
        assert_eq!(id.to_string(), "0190babc-62a0-7fff-bfff-ffffffffffff");
        assert!(TraceId::new(id).is_ok());
    }

    #[test]
    fn an_id_of_another_version_is_refused() {
        let refusal = TraceId::new(Uuid::nil()).unwrap_err();
        assert_eq!(refusal.message, "Invalid UUID for id");
        assert_eq!(refusal.hint.as_deref(), Some("Trace id must be a version 7 UUID"));
    }
}
