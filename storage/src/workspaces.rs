//! Workspaces in the system log. Their list is short and is folded from the log at start.

use bytes::Bytes;
use cairn_core::ids::WorkspaceId;
use cairn_core::workspaces::Event;
use prost::Message;

use crate::log::kind::Kind;
use crate::rows::uuid;

#[derive(Clone, PartialEq, Message)]
struct Created {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    name: String,
}

pub(crate) fn encode(event: &Event) -> (Kind, Bytes) {
    match event {
        Event::Created { id, name } => {
            let stored = Created { id: Bytes::copy_from_slice(id.bytes()), name: name.clone() };
            (Kind::WorkspaceCreated, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(payload: Bytes) -> Option<Event> {
    let stored = Created::decode(payload).ok()?;
    Some(Event::Created { id: WorkspaceId::known(uuid(&stored.id)?), name: stored.name })
}
