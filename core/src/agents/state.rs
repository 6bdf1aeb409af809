//! Configurations and their versions as they stand after their events, and what differs between two versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::agents::{BlueprintCreated, Event, Value};
use crate::event::Recorded;
use crate::ids::{BlueprintId, ProjectId};
use crate::limits::DESCRIPTION_CHARS_MAX;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    pub project_id: ProjectId,
    /// How many versions there are, masks left out. It is the number of the latest, too.
    pub versions: u32,
    pub latest: BlueprintId,
    /// The version that each environment is at.
    pub environments: BTreeMap<String, BlueprintId>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// A version, or a mask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blueprint {
    pub id: BlueprintId,
    pub project_id: ProjectId,
    pub number: Option<u32>,
    pub description: Option<String>,
    pub values: Vec<Value>,
    pub created_at: Timestamp,
    pub created_by: String,
}

impl Configuration {
    /// The environments that are at a version, in the order of the alphabet.
    pub fn environments_at(&self, id: BlueprintId) -> Vec<String> {
        let at = self.environments.iter().filter(|(_, at)| **at == id);
        at.map(|(name, _)| name.clone()).collect()
    }
}

impl Blueprint {
    pub const fn is_mask(&self) -> bool {
        self.number.is_none()
    }

    /// As people call it; a mask has no name.
    pub fn name(&self) -> Option<String> {
        self.number.map(|number| format!("v{number}"))
    }
}

/// The configuration after an event of its project.
pub fn evolve(configuration: Option<Configuration>, event: &Recorded<Event>) -> Option<Configuration> {
    let by = || event.principal.to_string();
    let mut configuration = match (&event.event, configuration) {
        (Event::BlueprintCreated(created), None) if created.number.is_some() => Configuration {
            project_id: created.project_id,
            versions: 0,
            latest: created.id,
            environments: BTreeMap::new(),
            created_at: event.time,
            created_by: by(),
            last_updated_at: event.time,
            last_updated_by: by(),
        },
        (_, configuration) => configuration?,
    };
    match &event.event {
        Event::BlueprintCreated(created) => {
            let Some(number) = created.number else { return Some(configuration) };
            configuration.versions = number;
            configuration.latest = created.id;
            configuration
                .environments
                .extend(created.environments.iter().cloned().map(|name| (name, created.id)));
        }
        Event::EnvironmentsSet { environments, .. } => {
            configuration.environments.extend(environments.iter().cloned());
        }
        Event::EnvironmentRemoved { environment, .. } => {
            configuration.environments.remove(environment);
        }
    }
    configuration.last_updated_at = event.time;
    configuration.last_updated_by = by();
    Some(configuration)
}

impl Blueprint {
    pub fn created(event: &Recorded<BlueprintCreated>) -> Self {
        let BlueprintCreated { id, project_id, number, description, values, environments: _ } =
            event.event.clone();
        let (created_at, created_by) = (event.time, event.principal.to_string());
        Self { id, project_id, number, description, values, created_at, created_by }
    }
}

/// Values with those of a mask over them: keys that both have become the mask's, keys that only it has are added.
pub fn overlay(mut values: Vec<Value>, mask: &Blueprint) -> Vec<Value> {
    for masked in &mask.values {
        match values.iter_mut().find(|value| value.key == masked.key) {
            Some(value) => value.clone_from(masked),
            None => values.push(masked.clone()),
        }
    }
    values
}

/// What became of the values of one version in another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    pub added: Vec<Value>,
    pub modified: Vec<Value>,
    /// Keys that the new version has no more.
    pub removed: Vec<String>,
}

impl Delta {
    pub fn between(old: &[Value], new: &[Value]) -> Self {
        let before: BTreeMap<&str, &Value> = old.iter().map(|value| (value.key.as_str(), value)).collect();
        let mut delta = Self::default();
        for value in new {
            match before.get(value.key.as_str()) {
                None => delta.added.push(value.clone()),
                Some(old) if *old != value => delta.modified.push(value.clone()),
                Some(_) => {}
            }
        }
        let is_gone = |value: &&Value| new.iter().all(|kept| kept.key != value.key);
        delta.removed = old.iter().filter(is_gone).map(|value| value.key.clone()).collect();
        delta
    }

    /// What changed in a sentence for each kind of change; `None` if nothing did.
    pub fn summary(&self) -> Option<String> {
        let keys =
            |values: &[Value]| values.iter().map(|value| value.key.as_str()).collect::<Vec<_>>().join(", ");
        let said = [
            ("Added", keys(&self.added)),
            ("Modified", keys(&self.modified)),
            ("Removed", self.removed.join(", ")),
        ];
        let said: Vec<String> = said
            .into_iter()
            .filter(|(_, keys)| !keys.is_empty())
            .map(|(verb, keys)| format!("{verb} {keys}."))
            .collect();
        let text = said.join(" ");
        match text.char_indices().nth(DESCRIPTION_CHARS_MAX) {
            _ if text.is_empty() => None,
            None => Some(text),
            Some(_) => Some(text.chars().take(DESCRIPTION_CHARS_MAX - 1).chain(['…']).collect()),
        }
    }
}
