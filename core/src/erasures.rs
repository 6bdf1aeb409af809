//! Erasing for good: what is to go, which events held it, and how far that has come. An erasure is in the log before
//! anything is scrubbed, so that one that breaks off goes on. How payloads are scrubbed is not known here.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{DataErase, Needs};
use crate::command::Context;
use crate::event::Recorded;
use crate::ids::{ErasureId, Position, ProjectId, ThreadId, TraceId};
use crate::json::Json;
use crate::limits::{ERASED_PER_EVENT_MAX, ERASURES_OPEN_MAX, USER_ID_CHARS_MAX};
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// Where metadata of traces and spans names a user: as a key of its own, or as objects within one another.
pub const USER_FIELDS: [&str; 9] = [
    "user",
    "user_id",
    "userId",
    "user.id",
    "enduser.id",
    "llm.user",
    "llm.user_id",
    "langfuse.user.id",
    "traceloop.association.properties.user_id",
];

/// What stands for a user's id, which must not stay in the log because it was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UserMark(pub [u8; 32]);

/// What is erased, with everything that hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    Trace(TraceId),
    /// All traces of the thread.
    Thread(ThreadId),
    /// All traces whose metadata, or that of one of their spans, ever named the user.
    User(UserMark),
    /// All that belongs to the project, and the project itself.
    Project(ProjectId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Begin(Subject),
    /// These are to be scrubbed.
    Mark(Box<Marked>),
    /// All that is to be scrubbed is marked.
    Seal(ErasureId),
    /// These threads lost traces, and go on.
    Settle {
        id: ErasureId,
        threads: Vec<ThreadId>,
    },
    End(ErasureId),
}

impl Needs for Command {
    type Permission = DataErase;
}

/// A part of what an erasure found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    pub id: ErasureId,
    /// With the project in which each was.
    pub traces: Vec<(TraceId, ProjectId)>,
    /// Threads that keep other traces.
    pub threads: Vec<ThreadId>,
    /// Whose payloads go.
    pub positions: Vec<Position>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Begun { id: ErasureId, subject: Subject },
    Marked(Box<Marked>),
    Sealed { id: ErasureId },
    Settled { id: ErasureId, threads: Vec<ThreadId> },
    Ended { id: ErasureId },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// One looks for what is to go; traces are deleted as they are found.
    Looking,
    /// All is marked; payloads, rows and files are rewritten without it.
    Scrubbing,
    Done,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    pub id: ErasureId,
    pub subject: Subject,
    pub stage: Stage,
    pub traces: u64,
    pub events: u64,
    pub begun_at: Timestamp,
    pub begun_by: String,
    pub ended_at: Option<Timestamp>,
}

impl Command {
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        let (field, count) = match self {
            Self::Begin(_) | Self::Seal(_) | Self::End(_) => return Ok(()),
            Self::Mark(marked) => {
                ("positions", marked.positions.len().max(marked.traces.len()).max(marked.threads.len()))
            }
            Self::Settle { threads, .. } => ("threads", threads.len()),
        };
        if count <= ERASED_PER_EVENT_MAX {
            return Ok(());
        }
        Err(Rejection::invalid(format!("{field} size must be between 0 and {ERASED_PER_EVENT_MAX}")))
    }

    /// Of the erasure that goes on.
    pub const fn id(&self) -> Option<ErasureId> {
        match self {
            Self::Begin(_) => None,
            Self::Mark(marked) => Some(marked.id),
            Self::Seal(id) | Self::Settle { id, .. } | Self::End(id) => Some(*id),
        }
    }
}

impl Event {
    pub const fn id(&self) -> ErasureId {
        match self {
            Self::Marked(marked) => marked.id,
            Self::Begun { id, .. } | Self::Sealed { id } | Self::Settled { id, .. } | Self::Ended { id } => {
                *id
            }
        }
    }

    /// What the event is about, for the history of each.
    pub fn entities(&self) -> Vec<Uuid> {
        let own = self.id().uuid();
        match self {
            Self::Begun { subject, .. } => match subject {
                Subject::Trace(id) => vec![own, id.uuid()],
                Subject::Thread(id) => vec![own, id.uuid()],
                Subject::Project(id) => vec![own, id.uuid()],
                Subject::User(_) => vec![own],
            },
            Self::Marked(marked) => {
                marked.traces.iter().map(|(trace, _)| trace.uuid()).chain([own]).collect()
            }
            Self::Sealed { .. } | Self::Settled { .. } | Self::Ended { .. } => vec![own],
        }
    }
}

impl UserMark {
    pub fn of(user: &str) -> Result<Self, Rejection> {
        if user.trim().is_empty() || user.chars().count() > USER_ID_CHARS_MAX {
            let message = format!("user must not be blank, nor longer than {USER_ID_CHARS_MAX} characters");
            return Err(Rejection::invalid(message));
        }
        Ok(Self::made(user))
    }

    fn made(user: &str) -> Self {
        Self(blake3::derive_key("cairn 2026 id of an erased user", user.as_bytes()))
    }

    /// Whether metadata names this user in one of `USER_FIELDS`.
    pub fn is_named_in(self, metadata: &Json) -> bool {
        // Parsing costs most, and most metadata is of no user.
        let text = metadata.as_str();
        if !(text.contains("user") || text.contains("\\u")) {
            return false;
        }
        metadata.value().is_ok_and(|value| USER_FIELDS.iter().any(|field| self.is_at(&value, field)))
    }

    fn is_at(self, value: &Value, path: &str) -> bool {
        let says = match value.get(path) {
            Some(Value::String(text)) => Self::made(text) == self,
            Some(Value::Number(number)) => Self::made(&number.to_string()) == self,
            _ => false,
        };
        let mut dots = path.match_indices('.');
        says || dots.any(|(dot, _)| {
            let (head, rest) = (path.get(..dot), path.get(dot + 1..));
            head.and_then(|head| value.get(head))
                .is_some_and(|within| rest.is_some_and(|rest| self.is_at(within, rest)))
        })
    }
}

/// `known` is the erasure that the command is about, `open` how many are not done.
pub fn decide(
    known: Option<&Erasure>,
    open: usize,
    command: Command,
    context: &mut Context,
) -> Result<Event, Rejection> {
    if let Command::Begin(subject) = command {
        if open >= ERASURES_OPEN_MAX {
            let message = format!("{open} erasures are under way");
            return Err(Rejection::conflict(message).hint("wait until some of them are done"));
        }
        return Ok(Event::Begun { id: ErasureId::known(context.fresh_id()), subject });
    }
    let stage = known.map(|erasure| erasure.stage);
    match (command, stage) {
        (Command::Mark(marked), Some(Stage::Looking)) => Ok(Event::Marked(marked)),
        (Command::Seal(id), Some(Stage::Looking)) => Ok(Event::Sealed { id }),
        (Command::Settle { id, threads }, Some(Stage::Scrubbing)) => Ok(Event::Settled { id, threads }),
        (Command::End(id), Some(Stage::Scrubbing)) => Ok(Event::Ended { id }),
        (_, None) => Err(Rejection::not_found("Erasure not found")),
        (_, Some(stage)) => {
            Err(Rejection::conflict(format!("the erasure is at another stage: {}", stage.name())))
        }
    }
}

pub fn evolve(state: Option<Erasure>, event: &Recorded<Event>) -> Option<Erasure> {
    if let Event::Begun { id, subject } = event.event {
        return Some(Erasure {
            id,
            subject,
            stage: Stage::Looking,
            traces: 0,
            events: 0,
            begun_at: event.time,
            begun_by: event.principal.to_string(),
            ended_at: None,
        });
    }
    let mut erasure = state?;
    match &event.event {
        Event::Marked(marked) => {
            erasure.traces += u64::try_from(marked.traces.len()).unwrap_or(u64::MAX);
            erasure.events += u64::try_from(marked.positions.len()).unwrap_or(u64::MAX);
        }
        Event::Sealed { .. } => erasure.stage = Stage::Scrubbing,
        Event::Ended { .. } => {
            erasure.stage = Stage::Done;
            erasure.ended_at = Some(event.time);
        }
        Event::Begun { .. } | Event::Settled { .. } => {}
    }
    Some(erasure)
}

impl Stage {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::Scrubbing => "scrubbing",
            Self::Done => "done",
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use expect_test::{Expect, expect};
    use uuid::Uuid;

    use super::*;
    use crate::command::tests::context;

    fn begun() -> Option<Erasure> {
        let subject = Subject::Trace(TraceId::known(Uuid::nil()));
        evolve(None, &Recorded::for_test(Event::Begun { id: ErasureId::known(Uuid::nil()), subject }))
    }

    fn mark(positions: Vec<Position>) -> Command {
        let id = ErasureId::known(Uuid::nil());
        Command::Mark(Box::new(Marked { id, traces: Vec::new(), threads: Vec::new(), positions }))
    }

    fn names(user: &str, metadata: &str) -> bool {
        let json = Json::parse(Bytes::from(metadata.to_owned())).unwrap();
        UserMark::of(user).unwrap().is_named_in(&json)
    }

    fn check(known: Option<&Erasure>, command: Command, then: Expect) {
        let decided = command.check().and_then(|()| decide(known, 0, command, &mut context()));
        then.assert_eq(&match decided {
            Ok(event) => format!("{event:?}"),
            Err(refusal) => refusal.to_string(),
        });
    }

    #[test]
    fn a_user_is_named_by_the_fields_that_say_so_and_by_no_other() {
        for metadata in [
            r#"{"user_id": "ann"}"#,
            r#"{"userId": "ann"}"#,
            r#"{"user": "ann"}"#,
            r#"{"user": {"id": "ann", "plan": "pro"}}"#,
            r#"{"user.id": "ann"}"#,
            r#"{"langfuse.user": {"id": "ann"}}"#,
            r#"{"langfuse": {"user.id": "ann"}}"#,
            r#"{"\u0075ser_id": "ann"}"#,
        ] {
            assert!(names("ann", metadata), "{metadata}");
            assert!(!names("bob", metadata), "{metadata}");
        }
        for metadata in
            [r#"{"author": "ann"}"#, r#"{"user": ["ann"]}"#, r#"{"users": "ann"}"#, r#""user ann""#]
        {
            assert!(!names("ann", metadata), "{metadata}");
        }
        assert!(names("42", r#"{"user_id": 42}"#));
    }

    #[test]
    fn a_blank_user_is_refused() {
        assert_eq!(
            UserMark::of(" ").unwrap_err().message,
            "user must not be blank, nor longer than 1000 characters"
        );
    }

    #[test]
    fn what_is_marked_is_scrubbed_only_after_the_seal_and_ends_once() {
        let id = ErasureId::known(Uuid::nil());
        let looking = begun();
        check(looking.as_ref(), Command::End(id), expect!["the erasure is at another stage: looking"]);
        check(None, Command::Seal(id), expect!["Erasure not found"]);
        let sealed = evolve(looking, &Recorded::for_test(Event::Sealed { id }));
        let marked = mark(Vec::new());
        check(sealed.as_ref(), marked, expect!["the erasure is at another stage: scrubbing"]);
        let ended = evolve(sealed, &Recorded::for_test(Event::Ended { id }));
        check(ended.as_ref(), Command::End(id), expect!["the erasure is at another stage: done"]);
    }

    #[test]
    fn only_so_many_erasures_are_open() {
        let subject = Subject::Trace(TraceId::known(Uuid::nil()));
        let refusal = decide(None, ERASURES_OPEN_MAX, Command::Begin(subject), &mut context()).unwrap_err();
        expect!["100 erasures are under way: wait until some of them are done"]
            .assert_eq(&refusal.to_string());
    }

    #[test]
    fn too_many_positions_for_one_event_are_refused() {
        let positions = vec![Position(1); ERASED_PER_EVENT_MAX + 1];
        check(begun().as_ref(), mark(positions), expect!["positions size must be between 0 and 10000"]);
    }
}
