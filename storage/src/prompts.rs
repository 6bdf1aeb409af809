//! Prompts and their versions in the log and as rows: one row a prompt, one a version, and small ones that lead to them
//! by name, by number and by commit.

pub mod read;

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::event::Recorded;
use cairn_core::ids::{EnvironmentId, ProjectId, PromptId, PromptVersionId};
use cairn_core::json::Json;
use cairn_core::prompts::state::{Prompt, Version, evolve, evolve_version};
use cairn_core::prompts::{Changes, Commit, Content, Event, Structure, Syntax, VersionCreated};
use fjall::Keyspace;
use prost::Message;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows;
use crate::slots::Slots;

#[derive(Clone, PartialEq, Message)]
struct StoredPrompt {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    project: Bytes,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, optional, tag = "4")]
    description: Option<String>,
    #[prost(string, tag = "5")]
    structure: String,
    #[prost(string, repeated, tag = "6")]
    tags: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredChanges {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
    #[prost(string, optional, tag = "3")]
    description: Option<String>,
    #[prost(message, optional, tag = "4")]
    tags: Option<Texts>,
}

/// A message of its own: no tags are not the same as tags that nobody touched.
#[derive(Clone, PartialEq, Message)]
struct Texts {
    #[prost(string, repeated, tag = "1")]
    texts: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct Deleted {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct StoredVersion {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    prompt: Bytes,
    #[prost(string, tag = "3")]
    commit: String,
    #[prost(uint32, optional, tag = "4")]
    number: Option<u32>,
    #[prost(string, tag = "5")]
    template: String,
    #[prost(bytes = "bytes", optional, tag = "6")]
    metadata: Option<Bytes>,
    #[prost(string, tag = "7")]
    syntax: String,
    #[prost(string, optional, tag = "8")]
    change_description: Option<String>,
    #[prost(string, repeated, tag = "9")]
    tags: Vec<String>,
    #[prost(bytes = "bytes", repeated, tag = "10")]
    environments: Vec<Bytes>,
}

/// Either the tags or the environments of a version, as its kind says.
#[derive(Clone, PartialEq, Message)]
struct StoredMarks {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    prompt: Bytes,
    #[prost(string, repeated, tag = "3")]
    tags: Vec<String>,
    #[prost(bytes = "bytes", repeated, tag = "4")]
    environments: Vec<Bytes>,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let prompt = Bytes::copy_from_slice(event.prompt_id().bytes());
    match event.clone() {
        Event::Created { project_id, name, description, structure, tags, .. } => {
            let stored = StoredPrompt {
                id: prompt,
                project: Bytes::copy_from_slice(project_id.bytes()),
                name,
                description,
                structure: structure.name().to_owned(),
                tags,
            };
            (Kind::PromptCreated, stored.encode_to_vec().into())
        }
        Event::Updated { changes, .. } => {
            let Changes { name, description, tags } = changes;
            let tags = tags.map(|texts| Texts { texts });
            let stored = StoredChanges { id: prompt, name, description, tags };
            (Kind::PromptUpdated, stored.encode_to_vec().into())
        }
        Event::Deleted { .. } => (Kind::PromptDeleted, Deleted { id: prompt }.encode_to_vec().into()),
        Event::VersionCreated(version) => {
            let VersionCreated { id, commit, number, content, environments, .. } = *version;
            let Content { template, metadata, syntax, change_description, tags } = content;
            let stored = StoredVersion {
                id: Bytes::copy_from_slice(id.bytes()),
                prompt,
                commit: commit.as_str().to_owned(),
                number,
                template,
                metadata: metadata.map(Json::into_bytes),
                syntax: syntax.name().to_owned(),
                change_description,
                tags,
                environments: stored_ids(&environments),
            };
            (Kind::PromptVersionCreated, stored.encode_to_vec().into())
        }
        Event::VersionTagged { id, tags, .. } => {
            let id = Bytes::copy_from_slice(id.bytes());
            let stored = StoredMarks { id, prompt, tags, environments: Vec::new() };
            (Kind::PromptVersionTagged, stored.encode_to_vec().into())
        }
        Event::EnvironmentsSet { id, environments, .. } => {
            let id = Bytes::copy_from_slice(id.bytes());
            let stored =
                StoredMarks { id, prompt, tags: Vec::new(), environments: stored_ids(&environments) };
            (Kind::PromptEnvironmentsSet, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let prompt = |id: &Bytes| rows::uuid(id).map(PromptId::known);
    let version = |id: &Bytes| rows::uuid(id).map(PromptVersionId::known);
    Some(match kind {
        Kind::PromptCreated => {
            let stored = StoredPrompt::decode(payload).ok()?;
            Event::Created {
                id: prompt(&stored.id)?,
                project_id: ProjectId::known(rows::uuid(&stored.project)?),
                name: stored.name,
                description: stored.description,
                structure: Structure::parse(&stored.structure)?,
                tags: stored.tags,
            }
        }
        Kind::PromptUpdated => {
            let StoredChanges { id, name, description, tags } = StoredChanges::decode(payload).ok()?;
            let changes = Changes { name, description, tags: tags.map(|tags| tags.texts) };
            Event::Updated { id: prompt(&id)?, changes }
        }
        Kind::PromptDeleted => Event::Deleted { id: prompt(&Deleted::decode(payload).ok()?.id)? },
        Kind::PromptVersionCreated => {
            let stored = StoredVersion::decode(payload).ok()?;
            Event::VersionCreated(Box::new(VersionCreated {
                id: version(&stored.id)?,
                prompt_id: prompt(&stored.prompt)?,
                commit: Commit::parse(&stored.commit)?,
                number: stored.number,
                content: Content {
                    template: stored.template,
                    metadata: stored.metadata.map(Json::stored),
                    syntax: Syntax::parse(&stored.syntax)?,
                    change_description: stored.change_description,
                    tags: stored.tags,
                },
                environments: read_ids(&stored.environments)?,
            }))
        }
        Kind::PromptVersionTagged => {
            let stored = StoredMarks::decode(payload).ok()?;
            let (id, prompt_id) = (version(&stored.id)?, prompt(&stored.prompt)?);
            Event::VersionTagged { id, prompt_id, tags: stored.tags }
        }
        _ => {
            let stored = StoredMarks::decode(payload).ok()?;
            let (id, prompt_id) = (version(&stored.id)?, prompt(&stored.prompt)?);
            Event::EnvironmentsSet { id, prompt_id, environments: read_ids(&stored.environments)? }
        }
    })
}

fn stored_ids(ids: &[EnvironmentId]) -> Vec<Bytes> {
    ids.iter().map(|id| Bytes::copy_from_slice(id.bytes())).collect()
}

fn read_ids(ids: &[Bytes]) -> Option<Vec<EnvironmentId>> {
    ids.iter().map(|id| rows::uuid(id).map(EnvironmentId::known)).collect()
}

/// The rows of prompts as one commit sees them.
pub(crate) struct Staged {
    prompts: Slots<Prompt>,
    versions: Slots<Version>,
    /// Name, project → prompt.
    names: Slots<PromptId>,
    /// Prompt, number (0 for masks), version → nothing more.
    members: Slots<()>,
    /// Commit, prompt → version.
    commits: Slots<PromptVersionId>,
}

impl Staged {
    pub(crate) fn new(rows: &Keyspace) -> Self {
        Self {
            prompts: Slots::new(rows.clone()),
            versions: Slots::new(rows.clone()),
            names: Slots::new(rows.clone()),
            members: Slots::new(rows.clone()),
            commits: Slots::new(rows.clone()),
        }
    }

    pub(crate) fn prompt(&mut self, id: PromptId) -> Result<Option<&Prompt>, Error> {
        self.prompts.get(rows::prompt(id))
    }

    pub(crate) fn named(&mut self, project: ProjectId, name: &str) -> Result<Option<PromptId>, Error> {
        Ok(self.names.get(rows::prompt_name(name, project))?.copied())
    }

    pub(crate) fn version(&mut self, id: PromptVersionId) -> Result<Option<&Version>, Error> {
        self.versions.get(rows::prompt_version(id))
    }

    pub(crate) fn has_commit(&mut self, prompt: PromptId, commit: &Commit) -> Result<bool, Error> {
        Ok(self.commits.get(rows::prompt_commit(commit.as_str(), prompt))?.is_some())
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        let id = event.event.prompt_id();
        let row = self.prompts.change(rows::prompt(id))?;
        let before = row.as_ref().map(|prompt| (prompt.name.clone(), prompt.project_id));
        *row = evolve(row.take(), event);
        let after = row.as_ref().map(|prompt| (prompt.name.clone(), prompt.project_id));
        if before != after {
            for ((name, project), owner) in
                before.map(|key| (key, None)).into_iter().chain(after.map(|key| (key, Some(id))))
            {
                self.names.put(rows::prompt_name(&name, project), owner);
            }
        }
        if matches!(event.event, Event::Deleted { .. }) {
            return self.delete_versions(id);
        }
        let Some(version_id) = event.event.version_id() else { return Ok(()) };
        let row = self.versions.change(rows::prompt_version(version_id))?;
        *row = evolve_version(row.take(), event);
        if let Event::VersionCreated(version) = &event.event {
            let number = version.number.unwrap_or_default();
            self.members.put(rows::prompt_member(id, number, version.id), Some(()));
            if version.number.is_some() {
                self.commits.put(rows::prompt_commit(version.commit.as_str(), id), Some(version.id));
            }
        }
        Ok(())
    }

    fn delete_versions(&mut self, prompt: PromptId) -> Result<(), Error> {
        for key in self.members.keys(&rows::prompt_members(prompt))? {
            if let Some(id) = member(&key) {
                if let Some(version) = self.versions.get(rows::prompt_version(id))? {
                    self.commits.put(rows::prompt_commit(version.commit.as_str(), prompt), None);
                }
                self.versions.put(rows::prompt_version(id), None);
            }
            self.members.put(key, None);
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.prompts.flush(batch)?;
        self.versions.flush(batch)?;
        self.names.flush(batch)?;
        self.members.flush(batch)?;
        self.commits.flush(batch)
    }
}

/// The version that a key of `members` ends with.
pub(crate) fn member(key: &[u8]) -> Option<PromptVersionId> {
    let tail = key.len().checked_sub(16)?;
    key.get(tail..).and_then(rows::uuid).map(PromptVersionId::known)
}

/// The names of the environments that each version of a prompt is in.
fn environments_by_version(
    prompt: &Prompt,
    environments: &cairn_core::environments::State,
) -> BTreeMap<PromptVersionId, Vec<String>> {
    let mut by_version: BTreeMap<PromptVersionId, Vec<String>> = BTreeMap::new();
    for (environment, version) in &prompt.environments {
        // One that was deleted is in no environment any more.
        let name = environments.get(*environment).map(|environment| environment.name.clone());
        by_version.entry(*version).or_default().extend(name);
    }
    for names in by_version.values_mut() {
        names.sort_unstable();
    }
    by_version
}
