//! What both indexes share: the documents they take and the shape of what they find. How each stores them is its own.

pub(crate) mod disk;
pub(crate) mod settled;
pub(crate) mod terms;
pub(crate) mod walk;

use std::cmp::Ordering;

use cairn_core::ids::ProjectId;
use cairn_core::query::{Entity, Sort};
use cairn_core::search::Searched;
use cairn_core::time::Timestamp;
use uuid::Uuid;

use crate::derived::Kept;
use crate::view::Part;

/// One change of the columns index.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all changes are of the large kind")]
pub(crate) enum Change {
    /// Replaces what is there under the same entity and id.
    Put(Columns),
    Remove {
        entity: Entity,
        id: Uuid,
    },
    /// Removes a trace and all its spans.
    RemoveTrace {
        id: Uuid,
    },
}

/// The small fields of one trace, span or thread, for lists, filters, sorts and counts.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    pub(crate) entity: Entity,
    pub(crate) id: Uuid,
    pub(crate) project_id: ProjectId,
    /// The trace itself for a trace; none for a thread.
    pub(crate) trace_id: Option<Uuid>,
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) thread_id: Option<String>,
    pub(crate) name: Option<String>,
    /// Spans only.
    pub(crate) kind: Option<&'static str>,
    pub(crate) model: Option<String>,
    pub(crate) provider: Option<String>,
    /// Traces and threads only: sorted, distinct.
    pub(crate) providers: Vec<String>,
    pub(crate) environment: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) created_by: String,
    pub(crate) start_time: Timestamp,
    pub(crate) end_time: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_updated_at: Timestamp,
    pub(crate) duration_ms: Option<f64>,
    pub(crate) ttft_ms: Option<f64>,
    pub(crate) cost: Option<f64>,
    pub(crate) usage: Vec<(String, i64)>,
    pub(crate) span_count: u64,
    pub(crate) llm_span_count: u64,
    /// Threads only.
    pub(crate) status: Option<&'static str>,
    pub(crate) message_count: Option<u64>,
    pub(crate) has_error: bool,
    pub(crate) error_type: Option<String>,
    /// Lower-case name and merged value.
    pub(crate) scores: Vec<(String, f64)>,
    /// The names of the scores as they were written.
    pub(crate) score_names: Vec<String>,
    /// As `scores`, of the spans of a trace.
    pub(crate) span_scores: Vec<(String, f64)>,
    pub(crate) span_score_names: Vec<String>,
    pub(crate) comments: Vec<String>,
    /// Whether they passed.
    pub(crate) guardrails: Option<&'static str>,
    /// How often each failed.
    pub(crate) guardrail_failures: Vec<(String, u64)>,
    pub(crate) metadata: Metadata,
    /// By the names of derived columns.
    pub(crate) derived: Vec<(String, Kept)>,
    /// Bodies that are there and say something.
    pub(crate) filled: Vec<Part>,
}

/// What filters and groups ask of metadata.
#[derive(Clone, Debug, Default)]
pub(crate) enum Metadata {
    #[default]
    Missing,
    Json(serde_json::Value),
    /// Larger than `METADATA_BYTES_MAX`.
    TooLarge,
}

/// One change of the text index.
#[derive(Clone, Debug)]
pub(crate) enum TextChange {
    /// Replaces what is there of the same place.
    Put(Box<Texts>),
    Remove(Place),
    /// Removes a trace, a prompt or a dataset, and all that goes with it.
    RemoveOwned(Uuid),
    /// Removes the comments on a trace, a span or a thread.
    RemoveSaid(Uuid),
    /// Removes all that belongs to a project.
    RemoveProject(ProjectId),
}

/// Which thing a document of the text index is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub kind: Searched,
    pub id: Uuid,
    /// What it goes with: the trace of a span, the prompt of a version, the dataset of an item, the trace or thread of
    /// what was said of it; itself where it stands alone.
    pub owner: Uuid,
    /// Of an item as an earlier version of its dataset had it, the number of that version.
    pub version: Option<u32>,
}

/// The words of one thing, each field cut to `TEXT_FIELD_BYTES_MAX`.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    pub(crate) place: Place,
    /// None outside of all projects.
    pub(crate) project_id: Option<ProjectId>,
    /// What a comment is on.
    pub(crate) said_of: Option<Uuid>,
    pub(crate) time: Timestamp,
    pub(crate) name: String,
    pub(crate) input: String,
    pub(crate) output: String,
    pub(crate) metadata: String,
    pub(crate) error: String,
    /// Tags, ids, thread, model: whatever else people look for.
    pub(crate) other: String,
    /// Whether these are all of its texts, to the end.
    pub(crate) is_whole: bool,
}

impl Place {
    /// Of what stands alone.
    pub(crate) const fn alone(kind: Searched, id: Uuid) -> Self {
        Self { kind, id, owner: id, version: None }
    }
}

impl Texts {
    pub(crate) const fn empty(place: Place, project_id: Option<ProjectId>, time: Timestamp) -> Self {
        Self {
            place,
            project_id,
            said_of: None,
            time,
            name: String::new(),
            input: String::new(),
            output: String::new(),
            metadata: String::new(),
            error: String::new(),
            other: String::new(),
            is_whole: true,
        }
    }
}

/// A place in a sorted list that stays right while rows come and go: the last row's sort value and id.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    pub value: SortValue,
    pub id: Uuid,
}

/// The value of the sort field; rows without one come last.
#[derive(Clone, Debug, PartialEq)]
pub enum SortValue {
    /// The list is in its own order, by id, newest first.
    Id,
    Number(f64),
    /// Nanoseconds, or whatever else is whole.
    Whole(i64),
    Text(String),
    Missing,
}

impl SortValue {
    /// Of two values of one field, which are of one kind. Where what is missing comes is the list's matter.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Whole(one), Self::Whole(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            _ => Ordering::Equal,
        }
    }
}

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct Window {
    pub sort: Option<Sort>,
    pub after: Option<Cursor>,
    pub offset: usize,
    pub limit: usize,
    /// Whether the whole list is to be counted.
    pub count: bool,
}

#[derive(Clone, Debug)]
pub struct Listed {
    pub hits: Vec<Hit>,
    /// Exact if it was asked for.
    pub total: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub id: Uuid,
    pub cursor: Cursor,
}

/// A hit of a full-text search.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub place: Place,
    pub score: f32,
}
