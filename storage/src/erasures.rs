//! Erasures in the log and as rows. What is to be scrubbed is found in `finding`; the store is made anew without it in
//! `renewal`.

pub mod finding;
pub mod renewal;

use std::collections::BTreeSet;

use bytes::Bytes;
use cairn_core::erasures::{Erasure, Event, Marked, Stage, Subject, UserMark, evolve};
use cairn_core::event::{Event as AnyEvent, Recorded};
use cairn_core::ids::{ErasureId, Position, ProjectId, ThreadId, TraceId};
use fjall::{Keyspace, Readable};
use prost::Message;
use serde_json::{Value, json};

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::reader::Reader;
use crate::rows::{self, uuid};
use crate::slots::Slots;

const TRACE: u32 = 1;
const THREAD: u32 = 2;
const USER: u32 = 3;
const PROJECT: u32 = 4;

#[derive(Clone, PartialEq, Message)]
struct StoredBegun {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    /// 1 trace, 2 thread, 3 user, 4 project.
    #[prost(uint32, tag = "2")]
    subject: u32,
    /// Its id; of a user what stands for it.
    #[prost(bytes = "bytes", tag = "3")]
    which: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct StoredMarked {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    /// Trace id and project id, one behind the other.
    #[prost(bytes = "bytes", tag = "2")]
    traces: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    threads: Bytes,
    /// Each as how far it is from the one before it.
    #[prost(uint64, repeated, tag = "4")]
    steps: Vec<u64>,
}

/// An erasure that goes on, and the threads that it settles.
#[derive(Clone, PartialEq, Message)]
struct StoredTurn {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    threads: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let id = Bytes::copy_from_slice(event.id().bytes());
    let (kind, threads) = match event {
        Event::Begun { subject, .. } => {
            let (subject, which) = store_subject(subject);
            return (Kind::ErasureBegun, StoredBegun { id, subject, which }.encode_to_vec().into());
        }
        Event::Marked(marked) => {
            let mut before = 0;
            let step = |at: &Position| at.0 - std::mem::replace(&mut before, at.0);
            let steps = marked.positions.iter().map(step).collect();
            let pair = |(trace, project): &(TraceId, ProjectId)| [*trace.bytes(), *project.bytes()];
            let traces = marked.traces.iter().flat_map(pair).flatten().collect();
            let stored = StoredMarked { id, traces, threads: store_threads(&marked.threads), steps };
            return (Kind::Erased, stored.encode_to_vec().into());
        }
        Event::Sealed { .. } => (Kind::ErasureSealed, Bytes::new()),
        Event::Settled { threads, .. } => (Kind::ErasureSettled, store_threads(threads)),
        Event::Ended { .. } => (Kind::ErasureEnded, Bytes::new()),
    };
    (kind, StoredTurn { id, threads }.encode_to_vec().into())
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let erasure = |bytes: &[u8]| uuid(bytes).map(ErasureId::known);
    match kind {
        Kind::ErasureBegun => {
            let stored = StoredBegun::decode(payload).ok()?;
            let subject = load_subject(stored.subject, &stored.which)?;
            Some(Event::Begun { id: erasure(&stored.id)?, subject })
        }
        Kind::Erased => {
            let stored = StoredMarked::decode(payload).ok()?;
            let (pairs, rest) = stored.traces.as_chunks::<32>();
            let pair = |pair: &[u8; 32]| {
                let (trace, project) = pair.split_at_checked(16)?;
                Some((TraceId::known(uuid(trace)?), ProjectId::known(uuid(project)?)))
            };
            let mut at = 0_u64;
            let positions = stored.steps.iter().map(|step| {
                at = at.checked_add(*step)?;
                Some(Position(at))
            });
            Some(Event::Marked(Box::new(Marked {
                id: erasure(&stored.id)?,
                traces: pairs.iter().map(pair).collect::<Option<_>>().filter(|_| rest.is_empty())?,
                threads: load_threads(&stored.threads)?,
                positions: positions.collect::<Option<_>>()?,
            })))
        }
        turned => {
            let stored = StoredTurn::decode(payload).ok()?;
            let id = erasure(&stored.id)?;
            Some(match turned {
                Kind::ErasureSealed => Event::Sealed { id },
                Kind::ErasureSettled => Event::Settled { id, threads: load_threads(&stored.threads)? },
                _ => Event::Ended { id },
            })
        }
    }
}

fn store_subject(subject: &Subject) -> (u32, Bytes) {
    match subject {
        Subject::Trace(id) => (TRACE, Bytes::copy_from_slice(id.bytes())),
        Subject::Thread(id) => (THREAD, Bytes::copy_from_slice(id.bytes())),
        Subject::User(mark) => (USER, Bytes::copy_from_slice(&mark.0)),
        Subject::Project(id) => (PROJECT, Bytes::copy_from_slice(id.bytes())),
    }
}

fn load_subject(subject: u32, which: &[u8]) -> Option<Subject> {
    match subject {
        TRACE => Some(Subject::Trace(TraceId::known(uuid(which)?))),
        THREAD => Some(Subject::Thread(ThreadId::known(uuid(which)?))),
        USER => Some(Subject::User(UserMark(which.try_into().ok()?))),
        PROJECT => Some(Subject::Project(ProjectId::known(uuid(which)?))),
        _ => None,
    }
}

fn store_threads(threads: &[ThreadId]) -> Bytes {
    threads.iter().flat_map(|id| *id.bytes()).collect()
}

fn load_threads(stored: &[u8]) -> Option<Vec<ThreadId>> {
    let (ids, rest) = stored.as_chunks::<16>();
    rest.is_empty().then(|| ids.iter().filter_map(|id| uuid(id)).map(ThreadId::known).collect())
}

pub(crate) fn describe(event: &Event) -> Value {
    let id = event.id();
    match event {
        Event::Begun { subject, .. } => {
            let (name, which) = match subject {
                Subject::Trace(id) => ("trace", id.to_string()),
                Subject::Thread(id) => ("thread", id.to_string()),
                Subject::User(mark) => ("user", hex::encode(mark.0)),
                Subject::Project(id) => ("project", id.to_string()),
            };
            json!({ "id": id, "subject": name, "of": which })
        }
        Event::Marked(marked) => {
            let traces: Vec<&TraceId> = marked.traces.iter().map(|(trace, _)| trace).collect();
            json!({ "id": id, "traces": traces, "threads": marked.threads, "positions": marked.positions })
        }
        Event::Settled { threads, .. } => json!({ "id": id, "threads": threads }),
        Event::Sealed { .. } | Event::Ended { .. } => json!({ "id": id }),
    }
}

/// Erasures as one commit sees and changes them.
pub(crate) struct Staged {
    erasures: Slots<Erasure>,
    /// Those that are not done.
    open: Slots<()>,
}

impl Staged {
    pub(crate) fn new(rows: &Keyspace) -> Self {
        Self { erasures: Slots::new(rows.clone()), open: Slots::new(rows.clone()) }
    }

    pub(crate) fn get(&mut self, id: ErasureId) -> Result<Option<&Erasure>, Error> {
        self.erasures.get(rows::erasure(id))
    }

    pub(crate) fn open_count(&self) -> Result<usize, Error> {
        Ok(self.open.keys(&rows::open_erasures())?.len())
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        let id = event.event.id();
        let row = self.erasures.change(rows::erasure(id))?;
        *row = evolve(row.take(), event);
        let is_open = row.as_ref().is_some_and(|erasure| erasure.stage != Stage::Done);
        self.open.put(rows::open_erasure(id), is_open.then_some(()));
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.erasures.flush(batch)?;
        self.open.flush(batch)
    }
}

impl Reader {
    pub fn erasure(&self, id: ErasureId) -> Result<Option<Erasure>, Error> {
        self.row(rows::erasure(id))
    }

    /// The newest first.
    pub fn erasures(&self, offset: usize, limit: usize) -> Result<Vec<Erasure>, Error> {
        let stored = self.snapshot().prefix(self.rows(), rows::erasures()).rev();
        stored.skip(offset).take(limit).map(|guard| rows::read(&guard.into_inner()?.1)).collect()
    }

    /// Those that are not done, in the order in which they began.
    pub fn open_erasures(&self) -> Result<Vec<Erasure>, Error> {
        let mut open = Vec::new();
        let prefix = rows::open_erasures();
        for guard in self.snapshot().prefix(self.rows(), &prefix) {
            let key = guard.key()?;
            let id = key.get(prefix.len()..).and_then(uuid).map(ErasureId::known);
            open.extend(id.map(|id| self.erasure(id)).transpose()?.flatten());
        }
        Ok(open)
    }

    /// What the erasures that are not done marked.
    pub fn all_marked(&self) -> Result<BTreeSet<Position>, Error> {
        let mut positions = BTreeSet::new();
        for erasure in self.open_erasures()? {
            for part in self.marked(erasure.id)? {
                positions.extend(part.positions);
            }
        }
        Ok(positions)
    }

    /// All that an erasure marked, part by part.
    pub fn marked(&self, id: ErasureId) -> Result<Vec<Marked>, Error> {
        let mut parts = Vec::new();
        for at in self.history(id.uuid())? {
            let event = self.store().log().event(at)?.map(|recorded| recorded.event);
            if let Some(AnyEvent::Erasures(Event::Marked(marked))) = event {
                parts.push(*marked);
            }
        }
        Ok(parts)
    }
}
