//! Where threads lie, and the orders in which their traces and they themselves are looked for.

use cairn_core::ids::{Position, ProjectId, ThreadId, TraceId};
use cairn_core::time::Timestamp;
use uuid::Uuid;

use super::{Key, Table, key};

/// The times by which the traces of a thread are in order.
#[derive(Clone, Copy)]
pub(crate) enum Edge {
    Start,
    End,
}

impl Edge {
    const fn order(self) -> u8 {
        match self {
            Self::Start => 1,
            Self::End => 2,
        }
    }
}

/// The order of active threads by when they were last heard of.
const ACTIVE: u8 = 3;

pub(crate) fn thread(id: ThreadId) -> Key {
    key(Table::Thread, &[id.bytes()])
}

pub(crate) fn thread_name(project_id: ProjectId, name: &str) -> Key {
    key(Table::ThreadName, &[project_id.bytes(), name.as_bytes()])
}

pub(crate) fn thread_gone(project_id: ProjectId, name: &str) -> Key {
    key(Table::ThreadGone, &[project_id.bytes(), name.as_bytes()])
}

pub(crate) fn thread_member(trace: TraceId) -> Key {
    key(Table::ThreadMember, &[trace.bytes()])
}

pub(crate) fn thread_edges(id: ThreadId, edge: Edge) -> Key {
    key(Table::ThreadOrder, &[&[edge.order()], id.bytes()])
}

pub(crate) fn thread_edge(id: ThreadId, edge: Edge, time: Timestamp, trace: TraceId) -> Key {
    key(Table::ThreadOrder, &[&[edge.order()], id.bytes(), &in_order(time), trace.bytes()])
}

/// The time and the trace at the end of the key of an edge.
pub(crate) fn thread_edge_of(key: &[u8]) -> Option<(Timestamp, TraceId)> {
    timed(key).map(|(time, id)| (time, TraceId::known(id)))
}

pub(crate) fn threads_active() -> Key {
    key(Table::ThreadOrder, &[&[ACTIVE]])
}

pub(crate) fn threads_active_at(time: Timestamp) -> Key {
    key(Table::ThreadOrder, &[&[ACTIVE], &in_order(time)])
}

pub(crate) fn thread_active(heard_of: Timestamp, id: ThreadId) -> Key {
    key(Table::ThreadOrder, &[&[ACTIVE], &in_order(heard_of), id.bytes()])
}

pub(crate) fn thread_active_of(key: &[u8]) -> Option<(Timestamp, ThreadId)> {
    timed(key).map(|(time, id)| (time, ThreadId::known(id)))
}

pub(crate) fn thread_change(at: Position) -> Key {
    key(Table::ThreadChange, &[&at.0.to_be_bytes()])
}

pub(crate) fn thread_change_of(key: &[u8]) -> Option<Position> {
    key.last_chunk::<8>().map(|at| Position(u64::from_be_bytes(*at)))
}

/// Bytes that are in the order of times.
const fn in_order(time: Timestamp) -> [u8; 8] {
    (time.as_nanos().cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// The time and the id at the end of a key.
fn timed(key: &[u8]) -> Option<(Timestamp, Uuid)> {
    let (rest, id) = key.split_last_chunk::<16>()?;
    let time = u64::from_be_bytes(*rest.last_chunk::<8>()?) ^ (1 << 63);
    Some((Timestamp::from_nanos(time.cast_signed()), Uuid::from_bytes(*id)))
}
