//! Threads in the log and as rows: one row a thread with all that its traces add up to, and small ones that lead to it by
//! name, to its traces in their order, and to what is silent. Nothing here looks at all traces of a thread.

pub mod read;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use cairn_core::event::Recorded;
use cairn_core::ids::{Position, ProjectId, ThreadId, TraceId};
use cairn_core::threads::{Event, Place, State, Status, derived_id};
use cairn_core::time::Timestamp;
use fjall::Keyspace;
use prost::Message;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::{self, Edge};
use crate::slots::Slots;
use crate::traces::{Share, Sums};

#[derive(Clone, PartialEq, Message)]
struct Began {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    project_id: Bytes,
    #[prost(string, tag = "3")]
    name: String,
}

/// What says no more than which thread it happened to.
#[derive(Clone, PartialEq, Message)]
struct Turned {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct Tagged {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, repeated, tag = "2")]
    tags: Vec<String>,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let id = Bytes::copy_from_slice(event.id().bytes());
    let (kind, turned) = match event {
        Event::Began { project_id, name, .. } => {
            let project_id = Bytes::copy_from_slice(project_id.bytes());
            let stored = Began { id, project_id, name: name.clone() };
            return (Kind::ThreadBegan, stored.encode_to_vec().into());
        }
        Event::Tagged { tags, .. } => {
            let stored = Tagged { id, tags: tags.clone() };
            return (Kind::ThreadTagged, stored.encode_to_vec().into());
        }
        Event::Closed { .. } => (Kind::ThreadClosed, Turned { id }),
        Event::Opened { .. } => (Kind::ThreadOpened, Turned { id }),
        Event::TimedOut { .. } => (Kind::ThreadTimedOut, Turned { id }),
        Event::Deleted { .. } => (Kind::ThreadDeleted, Turned { id }),
    };
    (kind, turned.encode_to_vec().into())
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let id = |bytes: &[u8]| rows::uuid(bytes).map(ThreadId::known);
    Some(match kind {
        Kind::ThreadBegan => {
            let Began { id: thread, project_id, name } = Began::decode(payload).ok()?;
            Event::Began { id: id(&thread)?, project_id: ProjectId::known(rows::uuid(&project_id)?), name }
        }
        Kind::ThreadTagged => {
            let Tagged { id: thread, tags } = Tagged::decode(payload).ok()?;
            Event::Tagged { id: id(&thread)?, tags }
        }
        turned => {
            let id = id(&Turned::decode(payload).ok()?.id)?;
            match turned {
                Kind::ThreadClosed => Event::Closed { id },
                Kind::ThreadOpened => Event::Opened { id },
                Kind::ThreadTimedOut => Event::TimedOut { id },
                _ => Event::Deleted { id },
            }
        }
    })
}

/// A thread with what its traces add up to. Without traces it is only there for what hangs on it, and in no list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Thread {
    pub(crate) state: State,
    pub(crate) traces: u64,
    pub(crate) sums: Sums,
    /// When it was opened, or a trace or span of it was last written.
    pub(crate) heard_of: Timestamp,
    /// Where a new trace last made it active.
    woken: Position,
}

/// A thread that went with its last trace. It comes back with any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Gone {
    thread: ThreadId,
    woken: Position,
}

/// Which thread a trace is in, and under which times it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) thread: ThreadId,
    start_time: Timestamp,
    end_time: Option<Timestamp>,
}

/// That an event changed a thread, whatever kind of event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub thread: ThreadId,
    pub project: ProjectId,
    /// It is there no more.
    pub gone: bool,
}

/// How a trace comes to stand where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It was written. If it is new in a thread, it wakes the thread.
    Written,
    /// It is as it was before, and no news.
    Undone,
}

/// A change of what a thread is made of.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// A trace with all its spans.
    Trace(Option<&'a Sums>, Arrival),
    Span(&'a Share<'a>),
}

/// The rows of threads as one commit sees and changes them.
pub(crate) struct Threads {
    by_id: Slots<Thread>,
    names: Slots<ThreadId>,
    members: Slots<Member>,
    order: Slots<()>,
    changes: Slots<Vec<Changed>>,
    gone: Slots<Gone>,
}

impl Threads {
    pub(crate) fn new(rows: &Keyspace) -> Self {
        Self {
            by_id: Slots::new(rows.clone()),
            names: Slots::new(rows.clone()),
            members: Slots::new(rows.clone()),
            order: Slots::new(rows.clone()),
            changes: Slots::new(rows.clone()),
            gone: Slots::new(rows.clone()),
        }
    }

    pub(crate) fn get(&mut self, id: ThreadId) -> Result<Option<&Thread>, Error> {
        self.by_id.get(rows::thread(id))
    }

    pub(crate) fn named(&mut self, project: ProjectId, name: &str) -> Result<Option<ThreadId>, Error> {
        Ok(self.names.get(rows::thread_name(project, name))?.copied())
    }

    /// The traces of a thread by start time.
    pub(crate) fn traces_of(&self, id: ThreadId) -> Result<Vec<TraceId>, Error> {
        let keys = self.order.keys(&rows::thread_edges(id, Edge::Start))?;
        Ok(keys.iter().filter_map(|key| rows::thread_edge_of(key)).map(|(_, trace)| trace).collect())
    }

    /// The threads that were last heard of before a time, the longest silent first.
    pub(crate) fn silent(&self, before: Timestamp, limit: usize) -> Result<Vec<ThreadId>, Error> {
        let keys =
            self.order.keys_between(&rows::threads_active(), &rows::threads_active_at(before), limit)?;
        Ok(keys.iter().filter_map(|key| rows::thread_active_of(key)).map(|(_, thread)| thread).collect())
    }

    /// Folds an event about a thread itself. Says whether the thread is gone with all that hung on it.
    pub(crate) fn project(&mut self, event: &Recorded<Event>) -> Result<bool, Error> {
        let id = event.event.id();
        if let Event::Began { project_id, name, .. } = &event.event {
            if self.named(*project_id, name)?.is_none() {
                self.begin(State::begun(id, *project_id, name.clone(), event), Position::START);
                self.note(id, event.position)?;
            }
            return Ok(false);
        }
        let Some(mut thread) = self.take(id)? else { return Ok(false) };
        if matches!(event.event, Event::Deleted { .. }) {
            if thread.traces == 0 {
                self.remove(&thread, event.position)?;
                return Ok(true);
            }
            self.put(thread);
            return Ok(false);
        }
        thread.state.evolve(event);
        if matches!(event.event, Event::Opened { .. }) {
            thread.heard_of = event.time;
        }
        self.put(thread);
        self.note(id, event.position)?;
        Ok(false)
    }

    /// What hangs on a thread changed, such as a score.
    pub(crate) fn touch<E>(&mut self, id: ThreadId, event: &Recorded<E>) -> Result<(), Error> {
        if let Some(thread) = self.by_id.change(rows::thread(id))? {
            thread.state.touch(event);
            self.note(id, event.position)?;
        }
        Ok(())
    }

    /// A trace was written or deleted: `place` is where it stands now, `sums` what its spans add up to. Gives the thread
    /// that is gone because the trace was its last one.
    pub(crate) fn place<E>(
        &mut self,
        trace: TraceId,
        place: Option<&Place>,
        sums: Option<&Sums>,
        arrival: Arrival,
        event: &Recorded<E>,
    ) -> Result<Option<ThreadId>, Error> {
        let before = self.members.get(rows::thread_member(trace))?.copied();
        let after = match place {
            Some(place) => {
                let thread = self.named_or_begun(trace, place, event)?;
                Some(Member { thread, start_time: place.start_time, end_time: place.end_time })
            }
            None => None,
        };
        if before.is_none() && after.is_none() {
            return Ok(None);
        }
        if before != after {
            self.reorder(trace, before, after);
        }
        let moved = before.map(|member| member.thread) != after.map(|member| member.thread);
        let mut gone = None;
        if let Some(Member { thread, .. }) = before.filter(|_| moved)
            && self.lose(thread, sums, event)?
        {
            gone = Some(thread);
        }
        if let Some(Member { thread, .. }) = after {
            self.hear(thread, moved.then_some(Part::Trace(sums, arrival)), None, event)?;
        }
        Ok(gone)
    }

    /// A span of a trace was written or deleted: what it adds to its trace, it adds to the thread of the trace.
    pub(crate) fn recount<E>(
        &mut self,
        trace: TraceId,
        before: Option<&Share<'_>>,
        after: Option<&Share<'_>>,
        event: &Recorded<E>,
    ) -> Result<(), Error> {
        let Some(member) = self.members.get(rows::thread_member(trace))?.copied() else { return Ok(()) };
        self.hear(member.thread, after.map(Part::Span), before.map(Part::Span), event)
    }

    /// The thread that last had a name which no thread has now.
    pub(crate) fn gone_by(&mut self, place: &Place) -> Result<Option<ThreadId>, Error> {
        if self.named(place.project_id, &place.name)?.is_some() {
            return Ok(None);
        }
        let gone = self.gone.get(rows::thread_gone(place.project_id, &place.name))?;
        Ok(gone.map(|gone| gone.thread))
    }

    /// Makes anew what a thread's own events say of it, given those that count, and brings it back if it was gone. Which
    /// traces are in it does not change. Says whether it is gone with all that hung on it.
    pub(crate) fn refold<E>(
        &mut self,
        id: ThreadId,
        events: &[Recorded<Event>],
        now: &Recorded<E>,
    ) -> Result<bool, Error> {
        let begun = events.iter().find_map(|event| match &event.event {
            Event::Began { project_id, name, .. } => Some(State::begun(id, *project_id, name.clone(), event)),
            _ => None,
        });
        let present = self.take(id)?;
        if events.last().is_some_and(|event| matches!(event.event, Event::Deleted { .. })) {
            match present {
                Some(thread) if thread.traces == 0 => {
                    self.remove(&thread, now.position)?;
                    return Ok(true);
                }
                Some(thread) => self.put(thread),
                None => {}
            }
            return Ok(false);
        }
        let Some(mut state) = present.as_ref().map(|thread| thread.state.clone()).or(begun) else {
            return Ok(false);
        };
        let woken = if let Some(thread) = &present {
            thread.woken
        } else {
            let gone = self.gone.get(rows::thread_gone(state.project_id, &state.name))?;
            gone.filter(|gone| gone.thread == id).map_or(Position::START, |gone| gone.woken)
        };
        let status = state.status;
        (state.status, state.tags) = (Status::Active, Vec::new());
        // A new trace made it active, whatever was said before.
        let (before, since) = events.split_at(events.partition_point(|event| event.position <= woken));
        for event in before {
            state.evolve(event);
        }
        state.status = Status::Active;
        for event in since {
            state.evolve(event);
        }
        state.touch(now);
        match present {
            Some(thread) => {
                let heard_of = if state.status == status { thread.heard_of } else { now.time };
                self.put(Thread { state, heard_of, ..thread });
            }
            None => self.begin(state, woken),
        }
        self.note(id, now.position)?;
        Ok(false)
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.by_id.flush(batch)?;
        self.names.flush(batch)?;
        self.members.flush(batch)?;
        self.order.flush(batch)?;
        self.gone.flush(batch)?;
        self.changes.flush(batch)
    }

    fn named_or_begun<E>(
        &mut self,
        trace: TraceId,
        place: &Place,
        event: &Recorded<E>,
    ) -> Result<ThreadId, Error> {
        if let Some(known) = self.named(place.project_id, &place.name)? {
            return Ok(known);
        }
        let id = derived_id(place, trace);
        self.begin(State::begun(id, place.project_id, place.name.clone(), event), Position::START);
        Ok(id)
    }

    fn begin(&mut self, state: State, woken: Position) {
        self.names.put(rows::thread_name(state.project_id, &state.name), Some(state.id));
        let heard_of = state.created_at;
        self.put(Thread { state, traces: 0, sums: Sums::default(), heard_of, woken });
    }

    /// Takes something into a thread and something out of it, and notes that it was heard of.
    fn hear<E>(
        &mut self,
        id: ThreadId,
        added: Option<Part<'_>>,
        removed: Option<Part<'_>>,
        event: &Recorded<E>,
    ) -> Result<(), Error> {
        let Some(mut thread) = self.take(id)? else { return Ok(()) };
        if let Some(part) = removed {
            thread.remove(part);
        }
        if let Some(part) = added {
            thread.add(part, event.position);
        }
        thread.state.touch(event);
        thread.heard_of = event.time;
        self.put(thread);
        self.note(id, event.position)
    }

    /// Takes a trace out of a thread; says whether the thread is gone with it.
    fn lose<E>(&mut self, id: ThreadId, sums: Option<&Sums>, event: &Recorded<E>) -> Result<bool, Error> {
        let Some(mut thread) = self.take(id)? else { return Ok(false) };
        thread.remove(Part::Trace(sums, Arrival::Written));
        if thread.traces == 0 {
            self.remove(&thread, event.position)?;
            return Ok(true);
        }
        thread.state.touch(event);
        self.put(thread);
        self.note(id, event.position)?;
        Ok(false)
    }

    /// Takes a thread out to be changed, and out of the order of what is silent; `put` brings both back.
    fn take(&mut self, id: ThreadId) -> Result<Option<Thread>, Error> {
        let thread = self.by_id.change(rows::thread(id))?.take();
        if let Some(thread) = thread.as_ref().filter(|thread| thread.state.status == Status::Active) {
            self.order.put(rows::thread_active(thread.heard_of, id), None);
        }
        Ok(thread)
    }

    fn put(&mut self, thread: Thread) {
        if thread.state.status == Status::Active {
            self.order.put(rows::thread_active(thread.heard_of, thread.state.id), Some(()));
        }
        self.by_id.put(rows::thread(thread.state.id), Some(thread));
    }

    fn remove(&mut self, thread: &Thread, position: Position) -> Result<(), Error> {
        let State { id, project_id, name, .. } = &thread.state;
        self.names.put(rows::thread_name(*project_id, name), None);
        let gone = Gone { thread: *id, woken: thread.woken };
        self.gone.put(rows::thread_gone(*project_id, name), Some(gone));
        self.remember(Changed { thread: *id, project: *project_id, gone: true }, position)
    }

    /// Moves a trace within the orders of threads.
    fn reorder(&mut self, trace: TraceId, before: Option<Member>, after: Option<Member>) {
        for (member, there) in [(before, None), (after, Some(()))] {
            let Some(member) = member else { continue };
            let start = rows::thread_edge(member.thread, Edge::Start, member.start_time, trace);
            self.order.put(start, there);
            if let Some(end_time) = member.end_time {
                self.order.put(rows::thread_edge(member.thread, Edge::End, end_time, trace), there);
            }
        }
        self.members.put(rows::thread_member(trace), after);
    }

    fn note(&mut self, id: ThreadId, position: Position) -> Result<(), Error> {
        let Some(thread) = self.by_id.get(rows::thread(id))? else { return Ok(()) };
        let change = Changed { thread: id, project: thread.state.project_id, gone: false };
        self.remember(change, position)
    }

    fn remember(&mut self, change: Changed, position: Position) -> Result<(), Error> {
        self.changes.change(rows::thread_change(position))?.get_or_insert_default().push(change);
        Ok(())
    }
}

impl Thread {
    /// A trace that is new here wakes the thread; a late word about an old one does not.
    fn add(&mut self, part: Part<'_>, at: Position) {
        match part {
            Part::Trace(sums, arrival) => {
                self.traces += 1;
                if arrival == Arrival::Written {
                    self.state.status = Status::Active;
                    self.woken = at;
                }
                if let Some(sums) = sums {
                    self.sums.absorb(sums);
                }
            }
            Part::Span(share) => self.sums.add(share),
        }
    }

    fn remove(&mut self, part: Part<'_>) {
        match part {
            Part::Trace(sums, _) => {
                self.traces = self.traces.saturating_sub(1);
                if let Some(sums) = sums {
                    self.sums.shed(sums);
                }
            }
            Part::Span(share) => self.sums.remove(share),
        }
    }
}
