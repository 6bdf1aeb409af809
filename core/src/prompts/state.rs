//! Prompts and versions as they stand after their events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::Recorded;
use crate::ids::{EnvironmentId, ProjectId, PromptId, PromptVersionId};
use crate::prompts::{Changes, Commit, Content, Event, Structure};
use crate::query::tokens::fold;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    pub id: PromptId,
    pub project_id: ProjectId,
    pub name: String,
    pub description: Option<String>,
    pub structure: Structure,
    pub tags: Vec<String>,
    /// How many versions there are, masks left out. It is the number of the latest, too.
    pub versions: u32,
    pub latest: Option<PromptVersionId>,
    /// The version that each environment is at.
    pub environments: BTreeMap<EnvironmentId, PromptVersionId>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub id: PromptVersionId,
    pub prompt_id: PromptId,
    pub commit: Commit,
    pub number: Option<u32>,
    pub content: Content,
    pub created_at: Timestamp,
    pub created_by: String,
}

impl Version {
    pub const fn is_mask(&self) -> bool {
        self.number.is_none()
    }

    /// Whether a text stands in what the version says or why it was made, without regard to case.
    pub fn holds(&self, text: &str) -> bool {
        let text = fold(text);
        let holds = |place: &str| fold(place).contains(&text);
        holds(&self.content.template) || self.content.change_description.as_deref().is_some_and(holds)
    }
}

/// The prompt after an event of its own or of one of its versions.
pub fn evolve(prompt: Option<Prompt>, event: &Recorded<Event>) -> Option<Prompt> {
    if let Event::Created { id, project_id, name, description, structure, tags } = &event.event {
        return Some(Prompt {
            id: *id,
            project_id: *project_id,
            name: name.clone(),
            description: description.clone(),
            structure: *structure,
            tags: tags.clone(),
            versions: 0,
            latest: None,
            environments: BTreeMap::new(),
            created_at: event.time,
            created_by: event.principal.to_string(),
            last_updated_at: event.time,
            last_updated_by: event.principal.to_string(),
        });
    }
    let mut prompt = prompt?;
    match &event.event {
        Event::Created { .. } => {}
        Event::Updated { changes, .. } => {
            let Changes { name, description, tags } = changes.clone();
            prompt.name = name.unwrap_or(prompt.name);
            prompt.description = description.or(prompt.description);
            prompt.tags = tags.unwrap_or(prompt.tags);
        }
        Event::Deleted { .. } => return None,
        Event::VersionCreated(version) => {
            let Some(number) = version.number else { return Some(prompt) };
            prompt.versions = number;
            prompt.latest = Some(version.id);
            prompt.environments.extend(version.environments.iter().map(|id| (*id, version.id)));
        }
        Event::VersionTagged { .. } => return Some(prompt),
        Event::EnvironmentsSet { id, environments, .. } => {
            prompt.environments.retain(|_, at| at != id);
            prompt.environments.extend(environments.iter().map(|environment| (*environment, *id)));
        }
    }
    prompt.last_updated_at = event.time;
    prompt.last_updated_by = event.principal.to_string();
    Some(prompt)
}

/// A version after an event that names it.
pub fn evolve_version(version: Option<Version>, event: &Recorded<Event>) -> Option<Version> {
    match &event.event {
        Event::VersionCreated(created) => Some(Version {
            id: created.id,
            prompt_id: created.prompt_id,
            commit: created.commit.clone(),
            number: created.number,
            content: created.content.clone(),
            created_at: event.time,
            created_by: event.principal.to_string(),
        }),
        Event::VersionTagged { tags, .. } => version.map(|mut version| {
            version.content.tags.clone_from(tags);
            version
        }),
        Event::Created { .. }
        | Event::Updated { .. }
        | Event::Deleted { .. }
        | Event::EnvironmentsSet { .. } => version,
    }
}
