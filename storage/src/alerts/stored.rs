//! The bytes of what is recorded of alerts.

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::alerts::{
    Answer, Config, ConfigKind, Definition, Destination, Event, EventType, Fired, Trigger, Webhook,
};
use cairn_core::ids::{AlertId, FiringId, Position, ProjectId};
use cairn_core::json::Json;
use prost::Message;
use uuid::Uuid;

use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::uuid;

/// Created or replaced.
#[derive(Clone, PartialEq, Message)]
struct StoredAlert {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(bool, tag = "3")]
    enabled: bool,
    #[prost(string, tag = "4")]
    destination: String,
    #[prost(btree_map = "string, string", tag = "5")]
    metadata: BTreeMap<String, String>,
    #[prost(bytes = "bytes", tag = "6")]
    webhook_id: Bytes,
    #[prost(string, optional, tag = "7")]
    webhook_name: Option<String>,
    #[prost(string, tag = "8")]
    url: String,
    #[prost(string, optional, tag = "9")]
    secret: Option<String>,
    #[prost(btree_map = "string, string", tag = "10")]
    headers: BTreeMap<String, String>,
    #[prost(message, repeated, tag = "11")]
    triggers: Vec<StoredTrigger>,
    #[prost(bytes = "bytes", optional, tag = "12")]
    project_id: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredTrigger {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    event_type: String,
    #[prost(message, repeated, tag = "3")]
    configs: Vec<StoredConfig>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredConfig {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    kind: String,
    #[prost(btree_map = "string, string", tag = "3")]
    value: BTreeMap<String, String>,
    #[prost(int32, optional, tag = "4")]
    group: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredId {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct StoredFired {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    alert_id: Bytes,
    #[prost(string, tag = "3")]
    event_type: String,
    #[prost(uint64, optional, tag = "4")]
    through: Option<u64>,
    #[prost(uint64, tag = "5")]
    count: u64,
    #[prost(bytes = "bytes", repeated, tag = "6")]
    event_ids: Vec<Bytes>,
    #[prost(string, repeated, tag = "7")]
    users: Vec<String>,
    #[prost(bytes = "bytes", tag = "8")]
    metadata: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct StoredCalmed {
    #[prost(bytes = "bytes", tag = "1")]
    alert_id: Bytes,
    #[prost(string, tag = "2")]
    event_type: String,
}

#[derive(Clone, PartialEq, Message)]
struct StoredAnswered {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    alert_id: Bytes,
    #[prost(uint32, optional, tag = "3")]
    status: Option<u32>,
    #[prost(string, optional, tag = "4")]
    error: Option<String>,
    #[prost(uint32, tag = "5")]
    attempts: u32,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    match event {
        Event::Created { id, definition } => {
            (Kind::AlertCreated, store(*id, definition).encode_to_vec().into())
        }
        Event::Replaced { id, definition } => {
            (Kind::AlertReplaced, store(*id, definition).encode_to_vec().into())
        }
        Event::Deleted { id } => {
            (Kind::AlertDeleted, StoredId { id: bytes(id.uuid()) }.encode_to_vec().into())
        }
        Event::Fired(fired) => {
            let stored = StoredFired {
                id: bytes(fired.id.uuid()),
                alert_id: bytes(fired.alert_id.uuid()),
                event_type: fired.event_type.name().to_owned(),
                through: fired.through.map(|position| position.0),
                count: fired.count,
                event_ids: fired.event_ids.iter().copied().map(bytes).collect(),
                users: fired.users.clone(),
                metadata: fired.metadata.bytes().clone(),
            };
            (Kind::AlertFired, stored.encode_to_vec().into())
        }
        Event::Calmed { alert_id, event_type } => {
            let stored =
                StoredCalmed { alert_id: bytes(alert_id.uuid()), event_type: event_type.name().to_owned() };
            (Kind::AlertCalmed, stored.encode_to_vec().into())
        }
        Event::Answered { id, alert_id, answer } => {
            let stored = StoredAnswered {
                id: bytes(id.uuid()),
                alert_id: bytes(alert_id.uuid()),
                status: answer.status.map(u32::from),
                error: answer.error.clone(),
                attempts: answer.attempts,
            };
            (Kind::AlertAnswered, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let alert = |id: &Bytes| uuid(id).map(AlertId::known);
    Some(match kind {
        Kind::AlertCreated | Kind::AlertReplaced => {
            let stored = StoredAlert::decode(payload).ok()?;
            let id = alert(&stored.id)?;
            let definition = Box::new(load(stored)?);
            match kind {
                Kind::AlertCreated => Event::Created { id, definition },
                _ => Event::Replaced { id, definition },
            }
        }
        Kind::AlertFired => {
            let stored = StoredFired::decode(payload).ok()?;
            Event::Fired(Box::new(Fired {
                id: FiringId::known(uuid(&stored.id)?),
                alert_id: alert(&stored.alert_id)?,
                event_type: EventType::parse(&stored.event_type)?,
                through: stored.through.map(Position),
                count: stored.count,
                event_ids: stored.event_ids.iter().map(|id| uuid(id)).collect::<Option<_>>()?,
                users: stored.users,
                metadata: Json::stored(stored.metadata),
            }))
        }
        Kind::AlertCalmed => {
            let stored = StoredCalmed::decode(payload).ok()?;
            Event::Calmed {
                alert_id: alert(&stored.alert_id)?,
                event_type: EventType::parse(&stored.event_type)?,
            }
        }
        Kind::AlertAnswered => {
            let stored = StoredAnswered::decode(payload).ok()?;
            let status = stored.status.map(u16::try_from).transpose().ok()?;
            Event::Answered {
                id: FiringId::known(uuid(&stored.id)?),
                alert_id: alert(&stored.alert_id)?,
                answer: Answer { status, error: stored.error, attempts: stored.attempts },
            }
        }
        _ => Event::Deleted { id: alert(&StoredId::decode(payload).ok()?.id)? },
    })
}

fn bytes(id: Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

fn store(id: AlertId, definition: &Definition) -> StoredAlert {
    let triggers = definition.triggers.iter().map(|trigger| StoredTrigger {
        id: bytes(trigger.id),
        event_type: trigger.event_type.name().to_owned(),
        configs: trigger
            .configs
            .iter()
            .map(|config| StoredConfig {
                id: bytes(config.id),
                kind: config.kind.name().to_owned(),
                value: config.value.clone(),
                group: config.group,
            })
            .collect(),
    });
    StoredAlert {
        id: bytes(id.uuid()),
        name: definition.name.clone(),
        enabled: definition.enabled,
        destination: definition.destination.name().to_owned(),
        metadata: definition.metadata.clone(),
        webhook_id: bytes(definition.webhook.id),
        webhook_name: definition.webhook.name.clone(),
        url: definition.webhook.url.clone(),
        secret: definition.webhook.secret.clone(),
        headers: definition.webhook.headers.clone(),
        triggers: triggers.collect(),
        project_id: definition.project_id.map(|id| bytes(id.uuid())),
    }
}

fn load(stored: StoredAlert) -> Option<Definition> {
    let triggers = stored.triggers.into_iter().map(|trigger| {
        let configs = trigger.configs.into_iter().map(|config| {
            Some(Config {
                id: uuid(&config.id)?,
                kind: ConfigKind::parse(&config.kind)?,
                value: config.value,
                group: config.group,
            })
        });
        Some(Trigger {
            id: uuid(&trigger.id)?,
            event_type: EventType::parse(&trigger.event_type)?,
            configs: configs.collect::<Option<_>>()?,
        })
    });
    Some(Definition {
        name: stored.name,
        enabled: stored.enabled,
        destination: Destination::parse(&stored.destination)?,
        metadata: stored.metadata,
        webhook: Webhook {
            id: uuid(&stored.webhook_id)?,
            name: stored.webhook_name,
            url: stored.url,
            secret: stored.secret,
            headers: stored.headers,
        },
        triggers: triggers.collect::<Option<_>>()?,
        project_id: stored.project_id.as_deref().and_then(uuid).map(ProjectId::known),
    })
}
