//! Workspaces in the system log, whose list is short and is folded from the log at start; and what a workspace sets for
//! itself, which is one row.

pub mod forking;

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::event::Event as AnyEvent;
use cairn_core::ids::{Position, WorkspaceId};
use cairn_core::limits::SUBSCRIPTION_READ_EVENTS_MAX;
use cairn_core::workspaces::configuration::{Configuration, Period};
use cairn_core::workspaces::forking::Forked;
use cairn_core::workspaces::{Event, State};
use prost::Message;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::uuid;
use crate::store::Store;

/// The workspaces that the system's own log tells of.
pub fn listed(system: &Store) -> Result<State, Error> {
    let mut names = State::default();
    let mut after = Position::START;
    loop {
        let events = system.log().events_after(after, SUBSCRIPTION_READ_EVENTS_MAX)?;
        let Some(last) = events.last().map(|event| event.position) else { return Ok(names) };
        for recorded in &events {
            if let AnyEvent::Workspaces(event) = &recorded.event {
                names.evolve(&recorded.with(event.clone()));
            }
        }
        after = last;
    }
}

#[derive(Clone, PartialEq, Message)]
struct Created {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    name: String,
}

#[derive(Clone, PartialEq, Message)]
struct Configured {
    #[prost(uint64, optional, tag = "1")]
    thread_timeout_seconds: Option<u64>,
    #[prost(bool, optional, tag = "2")]
    truncation_on_tables: Option<bool>,
    #[prost(message, optional, tag = "3")]
    colors: Option<Colors>,
}

/// A message of its own: no colours are not the same as colours that nobody set.
#[derive(Clone, PartialEq, Message)]
struct Colors {
    #[prost(btree_map = "string, string", tag = "1")]
    by_name: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
struct Begun {
    #[prost(bytes = "bytes", tag = "1")]
    from: Bytes,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(uint64, tag = "3")]
    position: u64,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    match event {
        Event::Created { id, name } => {
            let stored = Created { id: Bytes::copy_from_slice(id.bytes()), name: name.clone() };
            (Kind::WorkspaceCreated, stored.encode_to_vec().into())
        }
        Event::Configured(configuration) => {
            let Configuration { thread_timeout, truncation_on_tables, colors } = configuration.clone();
            let stored = Configured {
                thread_timeout_seconds: thread_timeout.map(Period::seconds),
                truncation_on_tables,
                colors: colors.map(|by_name| Colors { by_name }),
            };
            (Kind::WorkspaceConfigured, stored.encode_to_vec().into())
        }
        Event::ConfigurationCleared => (Kind::WorkspaceConfigurationCleared, Vec::new().into()),
        Event::Forked(Forked { from, name, position }) => {
            let from = Bytes::copy_from_slice(from.bytes());
            let stored = Begun { from, name: name.clone(), position: position.0 };
            (Kind::WorkspaceForked, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    Some(match kind {
        Kind::WorkspaceConfigured => {
            let stored = Configured::decode(payload).ok()?;
            Event::Configured(Configuration {
                thread_timeout: stored.thread_timeout_seconds.map(Period::from_seconds),
                truncation_on_tables: stored.truncation_on_tables,
                colors: stored.colors.map(|colors| colors.by_name),
            })
        }
        Kind::WorkspaceConfigurationCleared => Event::ConfigurationCleared,
        Kind::WorkspaceForked => {
            let stored = Begun::decode(payload).ok()?;
            let (from, position) = (WorkspaceId::known(uuid(&stored.from)?), Position(stored.position));
            Event::Forked(Forked { from, name: stored.name, position })
        }
        _ => {
            let stored = Created::decode(payload).ok()?;
            Event::Created { id: WorkspaceId::known(uuid(&stored.id)?), name: stored.name }
        }
    })
}
