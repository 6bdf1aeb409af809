//! Environments in the log and as rows: one row an environment, all of them in memory where they are needed.

use bytes::Bytes;
use cairn_core::environments::{Changes, Event, State};
use cairn_core::ids::EnvironmentId;
use prost::Message;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows;

/// Created with a name, or updated in what is there.
#[derive(Clone, PartialEq, Message)]
struct Written {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
    #[prost(string, optional, tag = "3")]
    description: Option<String>,
    #[prost(string, optional, tag = "4")]
    color: Option<String>,
    #[prost(sint32, optional, tag = "5")]
    position: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct Deleted {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let id = Bytes::copy_from_slice(event.id().bytes());
    match event.clone() {
        Event::Created { name, description, color, position, .. } => {
            let stored = Written { id, name: Some(name), description, color, position };
            (Kind::EnvironmentCreated, stored.encode_to_vec().into())
        }
        Event::Updated { changes, .. } => {
            let Changes { name, description, color, position } = changes;
            let stored = Written { id, name, description, color, position };
            (Kind::EnvironmentUpdated, stored.encode_to_vec().into())
        }
        Event::Deleted { .. } => (Kind::EnvironmentDeleted, Deleted { id }.encode_to_vec().into()),
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let known = |id: &Bytes| rows::uuid(id).map(EnvironmentId::known);
    if kind == Kind::EnvironmentDeleted {
        return Some(Event::Deleted { id: known(&Deleted::decode(payload).ok()?.id)? });
    }
    let Written { id, name, description, color, position } = Written::decode(payload).ok()?;
    let id = known(&id)?;
    Some(match kind {
        Kind::EnvironmentCreated => Event::Created { id, name: name?, description, color, position },
        _ => Event::Updated { id, changes: Changes { name, description, color, position } },
    })
}

pub(crate) fn load(stored: fjall::Iter) -> Result<State, Error> {
    let mut state = State::default();
    for guard in stored {
        let (_, value) = guard.into_inner()?;
        state.load(rows::read(&value)?);
    }
    Ok(state)
}
