//! Bytes that may be anything, taken for what stands in a log: for those who try what becomes of them.

use std::sync::Arc;

use bytes::Bytes;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::{Position, RequestId};
use cairn_core::time::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::log::block::{Payload, Record};
use crate::log::kind::Kind;
use crate::log::upcast;
use crate::log::whole::Whole;

/// The events of a block as it is stored, held against its own hashes.
pub fn block(bytes: &[u8]) -> Result<Vec<Recorded<Event>>, Error> {
    let block = Whole { first: Position(1), parts: vec![bytes.to_vec()] }.block()?;
    // Also what no chain vouches for must be readable or refused.
    let events = block.records.iter().filter_map(|record| upcast::event(record).transpose()).collect();
    block.verify(block.before)?;
    events
}

/// Whether the event of a payload, written and read again, is the same; nothing if there is no event in it.
pub fn payload(kind: u16, version: u16, bytes: &[u8]) -> Option<bool> {
    let record = Record {
        position: Position(1),
        time: Timestamp::EPOCH,
        principal: Arc::from(""),
        request: RequestId::known(Uuid::nil()),
        kind,
        version,
        payload: Payload::Kept(Bytes::copy_from_slice(bytes)),
    };
    let event = upcast::event(&record).ok().flatten()?.event;
    let (kind, payload) = upcast::encode(&event);
    let again = read(kind, &payload)?;
    // Compared as they are written: there are numbers that are not equal to themselves.
    Some(upcast::encode(&again).1.event() == payload.event())
}

fn read(kind: Kind, payload: &Payload) -> Option<Event> {
    upcast::decode(kind, payload.event()?)
}
