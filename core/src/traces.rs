//! Traces: what is recorded of one run of an application. Sums over spans are not here but with the rows.

use serde::{Deserialize, Serialize};

use crate::access::{Needs, TraceDelete, TraceWrite};
use crate::attachments::embedded::Embedded;
use crate::command::{ProjectRef, check_batch, check_depth, check_tags, check_text, check_ttft};
use crate::event::Recorded;
use crate::ids::{ProjectId, TraceId};
use crate::json::Json;
use crate::limits::{ENVIRONMENT_CHARS_MAX, NAME_CHARS_MAX, THREAD_ID_CHARS_MAX};
use crate::merge::{BodyRef, Layer, Origin, Register, Row, TagEdits, check_tag_count};
use crate::rejection::Rejection;
use crate::time::Timestamp;

crate::mergeable! {
    /// What a client says of a trace.
    Fields {
        name: String,
        end_time: Timestamp,
        error: ErrorInfo,
        thread_id: String,
        /// Milliseconds to the first token.
        ttft: f64,
        source: String,
        environment: String,
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorInfo {
    pub exception_type: String,
    pub message: Option<String>,
    pub traceback: String,
}

impl crate::merge::Blank for ErrorInfo {}

/// A creation as it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub id: Option<TraceId>,
    pub project: ProjectRef,
    pub start_time: Timestamp,
    pub last_updated_at: Option<Timestamp>,
    pub fields: Fields<Json>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    pub project: ProjectRef,
    pub fields: Fields<Json>,
    pub tag_edits: TagEdits,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// One trace; refused if it exists.
    Create(Box<Write>),
    /// Up to a thousand; each replaces what is older.
    Record(Vec<Write>),
    Update {
        id: TraceId,
        update: Box<Update>,
    },
    /// The same update for many; ids that are unknown are skipped. Without `merge_tags`, tags are replaced.
    UpdateMany {
        ids: Vec<TraceId>,
        update: Box<Update>,
        merge_tags: bool,
    },
}

impl Needs for Command {
    type Permission = TraceWrite;
}

/// Removes traces with their spans and scores; unknown ids are skipped.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    pub ids: Vec<TraceId>,
}

impl Needs for Delete {
    type Permission = TraceDelete;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Recorded(Box<RowRecorded>),
    Patched(Box<Patched>),
    Deleted { id: TraceId },
}

#[derive(Clone, Debug, PartialEq)]
pub struct RowRecorded {
    pub id: TraceId,
    pub project_id: ProjectId,
    pub origin: Origin,
    pub version: Timestamp,
    pub start_time: Timestamp,
    pub fields: Fields<Json>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Patched {
    pub id: TraceId,
    pub project_id: ProjectId,
    pub version: Timestamp,
    pub fields: Fields<Json>,
    pub tag_edits: TagEdits,
}

impl Event {
    /// The files that were taken out of its bodies.
    pub fn files(&self) -> Vec<Embedded> {
        match self {
            Self::Recorded(row) => row.fields.files(),
            Self::Patched(patch) => patch.fields.files(),
            Self::Deleted { .. } => Vec::new(),
        }
    }

    pub fn id(&self) -> TraceId {
        match self {
            Self::Recorded(row) => row.id,
            Self::Patched(patch) => patch.id,
            Self::Deleted { id } => *id,
        }
    }
}

/// One trace as its events left it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub id: TraceId,
    pub project_id: ProjectId,
    pub register: Register<Fields<BodyRef>>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_by: String,
}

impl Write {
    pub fn check(&self, place: &str) -> Result<(), Rejection> {
        check_fields(&self.fields, &TagEdits::default(), place)
    }
}

impl Command {
    /// What can be refused without knowing what is stored.
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create(write) => write.check(""),
            Self::Record(writes) => {
                check_batch("traces", writes.len())?;
                writes.iter().enumerate().try_for_each(|(at, write)| write.check(&format!("traces[{at}].")))
            }
            Self::Update { update, .. } => check_fields(&update.fields, &update.tag_edits, ""),
            Self::UpdateMany { ids, update, .. } => {
                check_batch("ids", ids.len())?;
                check_fields(&update.fields, &update.tag_edits, "")
            }
        }
    }
}

impl Delete {
    pub fn check(&self) -> Result<(), Rejection> {
        check_batch("ids", self.ids.len())
    }
}

fn check_fields(fields: &Fields<Json>, edits: &TagEdits, place: &str) -> Result<(), Rejection> {
    check_text(place, "name", fields.name.as_deref(), NAME_CHARS_MAX)?;
    check_text(place, "threadId", fields.thread_id.as_deref(), THREAD_ID_CHARS_MAX)?;
    check_text(place, "environment", fields.environment.as_deref(), ENVIRONMENT_CHARS_MAX)?;
    check_ttft(place, fields.ttft)?;
    let bodies = [("input", &fields.input), ("output", &fields.output), ("metadata", &fields.metadata)];
    check_depth(place, bodies.map(|(field, json)| (field, json.as_ref())))?;
    check_tags(place, fields.tags.as_deref().unwrap_or_default())?;
    check_tags(place, &edits.added)?;
    check_error(place, fields.error.as_ref())
}

pub(crate) fn check_error(place: &str, error: Option<&ErrorInfo>) -> Result<(), Rejection> {
    let Some(error) = error else { return Ok(()) };
    for (name, text) in [("exceptionType", &error.exception_type), ("traceback", &error.traceback)] {
        if text.trim().is_empty() {
            return Err(Rejection::invalid(format!("{place}errorInfo.{name} must not be blank")));
        }
    }
    Ok(())
}

/// Decides on the creation of one trace by itself.
pub fn create(state: Option<&State>, row: RowRecorded) -> Result<Event, Rejection> {
    match state {
        Some(state) if state.project_id != row.project_id => Err(other_project()),
        Some(state) if state.register.is_full() => Err(Rejection::conflict("Trace already exists")),
        _ => Ok(Event::Recorded(Box::new(row))),
    }
}

/// Decides on one row of a batch: an older one than what stands changes nothing. A trace keeps its first project.
pub fn record(state: Option<&State>, mut row: RowRecorded) -> Option<Event> {
    if let Some(state) = state {
        if !state.register.accepts(row.version) {
            return None;
        }
        row.project_id = state.project_id;
    }
    Some(Event::Recorded(Box::new(row)))
}

/// Decides on an update, which may arrive before the trace itself.
pub fn update(state: Option<&State>, patch: Patched) -> Result<Event, Rejection> {
    if let Some(state) = state {
        if state.project_id != patch.project_id {
            return Err(other_project());
        }
        check_tag_count(&state.register, &patch.fields, &patch.tag_edits)?;
    }
    Ok(Event::Patched(Box::new(patch)))
}

pub fn evolve(state: Option<State>, event: &Recorded<Event>) -> Option<State> {
    let begin = |id, project_id| State {
        id,
        project_id,
        register: Register::default(),
        created_at: event.time,
        created_by: event.principal.to_string(),
        last_updated_by: String::new(),
    };
    let body = |json: &Json| BodyRef::new(event.position, json);
    let mut state = match &event.event {
        Event::Deleted { .. } => return None,
        Event::Recorded(row) => {
            let mut state = state.unwrap_or_else(|| begin(row.id, row.project_id));
            state.register.record(Row {
                version: row.version,
                recorded_at: event.time,
                origin: row.origin,
                start_time: row.start_time,
                fields: row.fields.map_bodies(body),
            });
            state
        }
        Event::Patched(patch) => {
            let mut state = state.unwrap_or_else(|| begin(patch.id, patch.project_id));
            state.register.patch(Layer {
                version: patch.version,
                fields: patch.fields.map_bodies(body),
                tag_edits: patch.tag_edits.clone(),
            });
            state
        }
    };
    state.last_updated_by = event.principal.to_string();
    Some(state)
}

fn other_project() -> Rejection {
    Rejection::conflict("Project name and workspace name do not match the existing trace")
}
