//! Threads: the conversations that traces of a project belong to by naming the same `thread_id`. What their traces add
//! up to is not here but with the rows.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::access::{Needs, TraceDelete, TraceWrite};
use crate::command::{Context, ProjectRef, check_batch, check_tags, check_text};
use crate::event::Recorded;
use crate::ids::{ProjectId, ThreadId, TraceId, uuid_v7};
use crate::limits::{THREAD_ID_CHARS_MAX, THREAD_TIMEOUT_SECONDS_DEFAULT};
use crate::merge::{TagEdits, check_tag_limit};
use crate::otel::time_of;
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::traces;
use crate::workspaces::configuration::{Configuration, Period};

/// How a command says which threads it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Threads of one project by the names that clients call their ids.
    Named {
        project: ProjectRef,
        names: Vec<String>,
    },
    Known(Vec<ThreadId>),
}

/// What an update says of a thread's tags: first they are replaced, if it names any, then edited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagChange {
    pub tags: Option<Vec<String>>,
    pub edits: TagEdits,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Each must exist.
    Close(Which),
    /// Begins those that are named and missing.
    Open(Which),
    Tag {
        id: ThreadId,
        change: TagChange,
    },
    /// The same change for many; ids that are unknown are skipped. Without `merge_tags`, tags are replaced.
    TagMany {
        ids: Vec<ThreadId>,
        change: TagChange,
        merge_tags: bool,
    },
}

impl Needs for Command {
    type Permission = TraceWrite;
}

/// Removes threads with all their traces; unknown ones are skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete(pub Which);

impl Needs for Delete {
    type Permission = TraceDelete;
}

/// Makes those inactive that have been silent for as long as the workspace allows. Nobody asks for it from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOut;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Began {
        id: ThreadId,
        project_id: ProjectId,
        name: String,
    },
    Closed {
        id: ThreadId,
    },
    Opened {
        id: ThreadId,
    },
    TimedOut {
        id: ThreadId,
    },
    /// All tags that it has from now on.
    Tagged {
        id: ThreadId,
        tags: Vec<String>,
    },
    /// Of a thread without traces: one that has some goes with the last of them.
    Deleted {
        id: ThreadId,
    },
}

impl Event {
    pub const fn id(&self) -> ThreadId {
        match self {
            Self::Began { id, .. }
            | Self::Closed { id }
            | Self::Opened { id }
            | Self::TimedOut { id }
            | Self::Tagged { id, .. }
            | Self::Deleted { id } => *id,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Active,
    Inactive,
}

impl Status {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
}

/// One thread as its events, and those of its traces, left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub id: ThreadId,
    pub project_id: ProjectId,
    /// What clients call its id: any text that is not empty.
    pub name: String,
    pub status: Status,
    pub tags: Vec<String>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// Where a trace stands: in which thread, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub project_id: ProjectId,
    pub name: String,
    pub start_time: Timestamp,
    pub end_time: Option<Timestamp>,
}

impl Place {
    /// `None` for a trace that is in no thread.
    pub fn of(trace: &traces::State) -> Option<Self> {
        let fields = trace.register.resolve();
        let name = fields.thread_id.filter(|name| !name.is_empty())?;
        let start_time = trace.register.start_time();
        Some(Self { project_id: trace.project_id, name, start_time, end_time: fields.end_time })
    }
}

impl Which {
    fn check(&self) -> Result<(), Rejection> {
        let names = match self {
            Self::Named { names, .. } => names.as_slice(),
            Self::Known(ids) => return check_batch("ids", ids.len()),
        };
        if names.is_empty() {
            return Err(Rejection::invalid("threadIds must not be empty"));
        }
        check_batch("threadIds", names.len())?;
        let mut names = names.iter().enumerate();
        names.try_for_each(|(at, name)| check_name(&format!("threadIds[{at}]"), name))
    }
}

impl TagChange {
    fn check(&self) -> Result<(), Rejection> {
        check_tags("", self.tags.as_deref().unwrap_or_default())?;
        check_tags("", &self.edits.added)
    }

    fn apply(&self, present: &[String]) -> Vec<String> {
        let mut tags = Some(self.tags.clone().unwrap_or_else(|| present.to_vec()));
        self.edits.apply(&mut tags);
        tags.unwrap_or_default()
    }
}

impl Command {
    /// What can be refused without knowing what is stored.
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Close(which) | Self::Open(which) => which.check(),
            Self::Tag { change, .. } => change.check(),
            Self::TagMany { ids, change, .. } => {
                check_batch("ids", ids.len())?;
                change.check()
            }
        }
    }
}

impl Delete {
    pub fn check(&self) -> Result<(), Rejection> {
        self.0.check()
    }
}

pub fn check_name(field: &str, name: &str) -> Result<(), Rejection> {
    if name.is_empty() {
        return Err(Rejection::invalid(format!("{field} must not be blank")));
    }
    check_text("", field, Some(name), THREAD_ID_CHARS_MAX)
}

/// `name` is what was asked for.
pub fn not_found(name: &str) -> Rejection {
    Rejection::not_found(format!("Thread id: {name} not found"))
}

/// The event that begins a thread. Its id carries the time of its earliest trace, or of the command if it has none.
pub fn begin(project_id: ProjectId, name: &str, earliest: Option<Timestamp>, context: &mut Context) -> Event {
    let drawn = context.fresh_id();
    let rest = drawn.as_bytes().last_chunk::<10>().copied().unwrap_or_default();
    let id = ThreadId::known(uuid_v7(earliest.unwrap_or(context.now), rest));
    Event::Began { id, project_id, name: name.to_owned() }
}

/// The threads that events name, each with the time of the earliest trace among them. A name that the merge of a trace
/// leaves out in the end begins a thread that has no traces, which nobody sees.
pub fn named_in(events: &[traces::Event]) -> BTreeMap<(ProjectId, &str), Timestamp> {
    let mut named = BTreeMap::new();
    for event in events {
        let (project_id, name) = match event {
            traces::Event::Recorded(row) => (row.project_id, &row.fields.thread_id),
            traces::Event::Patched(patch) => (patch.project_id, &patch.fields.thread_id),
            traces::Event::Deleted { .. } => continue,
        };
        if let Some(name) = name.as_deref().filter(|name| !name.is_empty()) {
            let time = time_of(event.id().uuid());
            let earliest = named.entry((project_id, name)).or_insert(time);
            *earliest = time.min(*earliest);
        }
    }
    named
}

/// The id of a thread that no event began, as in logs from before threads had events.
pub fn derived_id(place: &Place, trace: TraceId) -> ThreadId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(place.project_id.bytes()).update(place.name.as_bytes());
    let rest = hasher.finalize().as_bytes().first_chunk::<10>().copied().unwrap_or_default();
    ThreadId::known(uuid_v7(time_of(trace.uuid()), rest))
}

/// What closing does to a thread: nothing if it is inactive already.
pub fn close(thread: &State) -> Option<Event> {
    (thread.status == Status::Active).then_some(Event::Closed { id: thread.id })
}

/// What opening does to a thread: nothing if it is active already.
pub fn open(thread: &State) -> Option<Event> {
    (thread.status == Status::Inactive).then_some(Event::Opened { id: thread.id })
}

pub fn tag(thread: &State, change: &TagChange) -> Result<Option<Event>, Rejection> {
    let tags = change.apply(&thread.tags);
    if tags == thread.tags {
        return Ok(None);
    }
    check_tag_limit(&tags)?;
    Ok(Some(Event::Tagged { id: thread.id, tags }))
}

/// How long a thread of the workspace may be silent.
pub fn timeout(configuration: Option<&Configuration>) -> Period {
    let set = configuration.and_then(|configuration| configuration.thread_timeout);
    set.unwrap_or(const { Period::from_seconds(THREAD_TIMEOUT_SECONDS_DEFAULT) })
}

/// Threads that were last heard of before this are due. `None` if none can be.
pub fn silent_since(configuration: Option<&Configuration>, now: Timestamp) -> Option<Timestamp> {
    let seconds = i64::try_from(timeout(configuration).seconds()).ok()?;
    let nanos = seconds.checked_mul(1_000_000_000)?;
    Some(Timestamp::from_nanos(now.as_nanos().checked_sub(nanos)?))
}

impl State {
    /// A thread as it begins.
    pub fn begun<E>(id: ThreadId, project_id: ProjectId, name: String, event: &Recorded<E>) -> Self {
        Self {
            id,
            project_id,
            name,
            status: Status::Active,
            tags: Vec::new(),
            created_at: event.time,
            created_by: event.principal.to_string(),
            last_updated_at: event.time,
            last_updated_by: event.principal.to_string(),
        }
    }

    /// Something happened in the thread.
    pub fn touch<E>(&mut self, event: &Recorded<E>) {
        self.last_updated_at = event.time;
        self.last_updated_by = event.principal.to_string();
    }

    /// Folds an event about the thread itself; it has begun, and is not deleted here.
    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Began { .. } | Event::Deleted { .. } => {}
            Event::Closed { .. } | Event::TimedOut { .. } => self.status = Status::Inactive,
            Event::Opened { .. } => self.status = Status::Active,
            Event::Tagged { tags, .. } => self.tags.clone_from(tags),
        }
        self.touch(event);
    }
}
