//! Agent configurations in the log and as rows: a project's configuration, its blueprints by id, and which number each
//! version has.

pub mod read;

use bytes::Bytes;
use cairn_core::agents::state::{Blueprint, Configuration, evolve};
use cairn_core::agents::{BlueprintCreated, Event, Value, ValueKind};
use cairn_core::event::Recorded;
use cairn_core::ids::{BlueprintId, ProjectId};
use fjall::Keyspace;
use prost::Message;
use serde_json::json;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows;
use crate::slots::Slots;

#[derive(Clone, PartialEq, Message)]
struct StoredBlueprint {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    project: Bytes,
    /// A mask has none.
    #[prost(uint32, optional, tag = "3")]
    number: Option<u32>,
    #[prost(string, optional, tag = "4")]
    description: Option<String>,
    #[prost(message, repeated, tag = "5")]
    values: Vec<StoredValue>,
    #[prost(string, repeated, tag = "6")]
    environments: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, optional, tag = "2")]
    value: Option<String>,
    #[prost(string, tag = "3")]
    kind: String,
    #[prost(string, optional, tag = "4")]
    description: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredEnvironments {
    #[prost(bytes = "bytes", tag = "1")]
    project: Bytes,
    #[prost(message, repeated, tag = "2")]
    environments: Vec<StoredEnvironment>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredEnvironment {
    #[prost(string, tag = "1")]
    name: String,
    /// None where the environment was removed.
    #[prost(bytes = "bytes", optional, tag = "2")]
    blueprint: Option<Bytes>,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let project = Bytes::copy_from_slice(event.project_id().bytes());
    match event.clone() {
        Event::BlueprintCreated(created) => {
            let BlueprintCreated { id, number, description, values, environments, .. } = *created;
            let values = values.into_iter().map(|Value { key, value, kind, description }| {
                let kind = kind.name().to_owned();
                StoredValue { key, value, kind, description }
            });
            let stored = StoredBlueprint {
                id: Bytes::copy_from_slice(id.bytes()),
                project,
                number,
                description,
                values: values.collect(),
                environments,
            };
            (Kind::AgentBlueprintCreated, stored.encode_to_vec().into())
        }
        Event::EnvironmentsSet { environments, .. } => {
            let environments = environments.into_iter().map(|(name, id)| {
                let blueprint = Some(Bytes::copy_from_slice(id.bytes()));
                StoredEnvironment { name, blueprint }
            });
            let stored = StoredEnvironments { project, environments: environments.collect() };
            (Kind::AgentEnvironmentsSet, stored.encode_to_vec().into())
        }
        Event::EnvironmentRemoved { environment, .. } => {
            let environments = vec![StoredEnvironment { name: environment, blueprint: None }];
            let stored = StoredEnvironments { project, environments };
            (Kind::AgentEnvironmentRemoved, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let project = |id: &Bytes| rows::uuid(id).map(ProjectId::known);
    let blueprint = |id: &Bytes| rows::uuid(id).map(BlueprintId::known);
    if kind == Kind::AgentBlueprintCreated {
        let stored = StoredBlueprint::decode(payload).ok()?;
        let value = |StoredValue { key, value, kind, description }| {
            Some(Value { key, value, kind: ValueKind::parse(&kind)?, description })
        };
        return Some(Event::BlueprintCreated(Box::new(BlueprintCreated {
            id: blueprint(&stored.id)?,
            project_id: project(&stored.project)?,
            number: stored.number,
            description: stored.description,
            values: stored.values.into_iter().map(value).collect::<Option<_>>()?,
            environments: stored.environments,
        })));
    }
    let stored = StoredEnvironments::decode(payload).ok()?;
    let project_id = project(&stored.project)?;
    if kind == Kind::AgentEnvironmentRemoved {
        let environment = stored.environments.into_iter().next()?.name;
        return Some(Event::EnvironmentRemoved { project_id, environment });
    }
    let set = |StoredEnvironment { name, blueprint: id }| Some((name, blueprint(&id?)?));
    let environments = stored.environments.into_iter().map(set).collect::<Option<_>>()?;
    Some(Event::EnvironmentsSet { project_id, environments })
}

/// The event for people.
pub(crate) fn describe(event: &Event) -> serde_json::Value {
    match event {
        Event::BlueprintCreated(created) => json!({
            "id": created.id,
            "project_id": created.project_id,
            "number": created.number,
            "description": created.description,
            "values": created.values.iter().map(|value| json!({
                "key": value.key,
                "value": value.value,
                "type": value.kind.name(),
                "description": value.description,
            })).collect::<Vec<_>>(),
            "environments": created.environments,
        }),
        Event::EnvironmentsSet { project_id, environments } => {
            json!({ "project_id": project_id, "environments": environments })
        }
        Event::EnvironmentRemoved { project_id, environment } => {
            json!({ "project_id": project_id, "environment": environment })
        }
    }
}

/// The rows of configurations as one commit sees them.
pub(crate) struct Staged {
    configurations: Slots<Configuration>,
    blueprints: Slots<Blueprint>,
    /// Project, number (0 for masks), blueprint → nothing more.
    members: Slots<()>,
}

impl Staged {
    pub(crate) fn new(rows: &Keyspace) -> Self {
        Self {
            configurations: Slots::new(rows.clone()),
            blueprints: Slots::new(rows.clone()),
            members: Slots::new(rows.clone()),
        }
    }

    pub(crate) fn configuration(&mut self, project: ProjectId) -> Result<Option<&Configuration>, Error> {
        self.configurations.get(rows::agent_configuration(project))
    }

    pub(crate) fn blueprint(&mut self, id: BlueprintId) -> Result<Option<&Blueprint>, Error> {
        self.blueprints.get(rows::agent_blueprint(id))
    }

    /// The version of a number.
    pub(crate) fn numbered(&self, project: ProjectId, number: u32) -> Result<Option<BlueprintId>, Error> {
        let keys = self.members.keys(&rows::agent_members_numbered(project, number))?;
        Ok(keys.first().and_then(|key| member(key)))
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        let project_id = event.event.project_id();
        let row = self.configurations.change(rows::agent_configuration(project_id))?;
        *row = evolve(row.take(), event);
        if let Event::BlueprintCreated(created) = &event.event {
            let number = created.number.unwrap_or_default();
            self.members.put(rows::agent_member(project_id, number, created.id), Some(()));
            let blueprint = Blueprint::created(&event.with(created.as_ref().clone()));
            self.blueprints.put(rows::agent_blueprint(created.id), Some(blueprint));
        }
        Ok(())
    }

    /// Takes away a configuration with all its versions and masks.
    pub(crate) fn forget(&mut self, project: ProjectId) -> Result<(), Error> {
        self.configurations.put(rows::agent_configuration(project), None);
        for key in self.members.keys(&rows::agent_members(project))? {
            if let Some(id) = member(&key) {
                self.blueprints.put(rows::agent_blueprint(id), None);
            }
            self.members.put(key, None);
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.configurations.flush(batch)?;
        self.blueprints.flush(batch)?;
        self.members.flush(batch)
    }
}

/// The blueprint that a key of `members` ends with.
fn member(key: &[u8]) -> Option<BlueprintId> {
    let tail = key.len().checked_sub(16)?;
    key.get(tail..).and_then(rows::uuid).map(BlueprintId::known)
}
