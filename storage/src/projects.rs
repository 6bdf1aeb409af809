//! Projects in the log and as rows: one row a project, and beside it when its traces were last written.
//! What happened in one lately is in `activities`; what its traces come to, in `figures`.

pub mod activities;
pub mod figures;

use bytes::Bytes;
use cairn_core::ids::ProjectId;
use cairn_core::projects::{Changes, Event, Visibility};
use prost::Message;

use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::uuid;

#[derive(Clone, PartialEq, Message)]
struct Created {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(string, optional, tag = "3")]
    description: Option<String>,
    #[prost(string, tag = "4")]
    visibility: String,
}

#[derive(Clone, PartialEq, Message)]
struct Updated {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
    #[prost(string, optional, tag = "3")]
    description: Option<String>,
    #[prost(string, optional, tag = "4")]
    visibility: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct Deleted {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let id = Bytes::copy_from_slice(event.id().bytes());
    match event {
        Event::Created { name, description, visibility, .. } => {
            let (name, description) = (name.clone(), description.clone());
            let stored = Created { id, name, description, visibility: visibility.name().to_owned() };
            (Kind::ProjectCreated, stored.encode_to_vec().into())
        }
        Event::Updated { changes, .. } => {
            let stored = Updated {
                id,
                name: changes.name.clone(),
                description: changes.description.clone(),
                visibility: changes.visibility.map(|visibility| visibility.name().to_owned()),
            };
            (Kind::ProjectUpdated, stored.encode_to_vec().into())
        }
        Event::Deleted { .. } => (Kind::ProjectDeleted, Deleted { id }.encode_to_vec().into()),
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    match kind {
        Kind::ProjectCreated => {
            let Created { id, name, description, visibility } = Created::decode(payload).ok()?;
            let (id, visibility) = (ProjectId::known(uuid(&id)?), Visibility::parse(&visibility)?);
            Some(Event::Created { id, name, description, visibility })
        }
        Kind::ProjectUpdated => {
            let Updated { id, name, description, visibility } = Updated::decode(payload).ok()?;
            let visibility = visibility.and_then(|visibility| Visibility::parse(&visibility));
            let changes = Changes { name, description, visibility };
            Some(Event::Updated { id: ProjectId::known(uuid(&id)?), changes })
        }
        _ => Some(Event::Deleted { id: ProjectId::known(uuid(&Deleted::decode(payload).ok()?.id)?) }),
    }
}
