//! Prompts: named templates in a project, each a row of versions that never change. A mask is a version that stands
//! beside the row: it has no number and is found by its id alone.

pub mod diff;
pub mod state;
pub mod variables;
pub mod view;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::access::{Needs, PromptWrite};
use crate::command::{Context, ProjectRef, check_batch, check_depth, check_tags, check_text};
use crate::ids::{EnvironmentId, ProjectId, PromptId, PromptVersionId};
use crate::json::Json;
use crate::limits::{
    DESCRIPTION_CHARS_MAX, ENVIRONMENTS_MAX, NAME_CHARS_MAX, PROMPT_NUMBER_CHARS_MAX,
    PROMPT_TEMPLATE_BYTES_MAX, TAGS_MAX,
};
use crate::merge::TagEdits;
use crate::prompts::state::{Prompt, Version};
use crate::rejection::Rejection;

/// Whether the template is one text, or the JSON of a list of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Structure {
    #[default]
    Text,
    Chat,
}

/// How placeholders are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Syntax {
    #[default]
    Mustache,
    Jinja2,
    Python,
}

macro_rules! named {
    ($type:ident: $($variant:ident = $name:literal),*) => {
        impl $type {
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }

            pub fn parse(name: &str) -> Option<Self> {
                [$(Self::$variant),*].into_iter().find(|known| known.name() == name)
            }
        }
    };
}

named!(Structure: Text = "text", Chat = "chat");
named!(Syntax: Mustache = "mustache", Jinja2 = "jinja2", Python = "python");

/// What a version says; it stays for ever, tags aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub template: String,
    /// None at all is not the same as `{}`.
    #[serde(with = "json_text")]
    pub metadata: Option<Json>,
    pub syntax: Syntax,
    pub change_description: Option<String>,
    pub tags: Vec<String>,
}

/// Eight letters or digits that name a version among those of its prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit(String);

impl Commit {
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_plain.then(|| Self(text.to_owned()))
    }

    /// The end of a version's id.
    fn of(id: PromptVersionId) -> Self {
        let text = id.uuid().simple().to_string();
        Self(text.get(24..).unwrap_or_default().to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which version of a prompt is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selector {
    #[default]
    Latest,
    Commit(String),
    Environment(String),
    Number(u32),
}

impl Selector {
    /// At most one may be given; a number is written `v3`.
    pub fn parse(
        commit: Option<String>,
        environment: Option<String>,
        number: Option<String>,
    ) -> Result<Self, Rejection> {
        match (commit, environment, number) {
            (None, None, None) => Ok(Self::Latest),
            (Some(commit), None, None) => Ok(Self::Commit(commit)),
            (None, Some(environment), None) => Ok(Self::Environment(environment)),
            (None, None, Some(number)) => Self::parse_number(&number).map(Self::Number).ok_or_else(|| {
                Rejection::invalid("versionNumber must match \"v\\d+\"").hint(format!("it is `{number}`"))
            }),
            _ => Err(Rejection::invalid(
                "only one of 'commit', 'environment' and 'version_number' can be provided",
            )),
        }
    }

    pub fn parse_number(text: &str) -> Option<u32> {
        let digits = text.strip_prefix('v').filter(|_| text.len() <= PROMPT_NUMBER_CHARS_MAX)?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().unwrap_or(u32::MAX))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Create(Box<Create>),
    CreateVersion(Box<CreateVersion>),
    Update {
        id: PromptId,
        changes: Changes,
    },
    Delete {
        ids: Vec<PromptId>,
    },
    /// Adds tags to prompts, and takes others away.
    TagPrompts {
        ids: Vec<PromptId>,
        edits: TagEdits,
    },
    /// Replaces the tags of versions, or adds to them.
    Tag {
        ids: Vec<PromptVersionId>,
        tags: Option<Vec<String>>,
        merge: bool,
    },
    /// All environments of a version, by name. Each leaves the version that it was at.
    SetEnvironments {
        id: PromptVersionId,
        environments: Vec<String>,
    },
    /// Makes a new version of what an old one says.
    Restore {
        prompt_id: PromptId,
        id: PromptVersionId,
    },
}

impl Needs for Command {
    type Permission = PromptWrite;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    pub id: Option<PromptId>,
    pub project: ProjectRef,
    pub name: String,
    pub description: Option<String>,
    pub structure: Structure,
    pub tags: Vec<String>,
    /// What the first version says, if there is to be one.
    pub content: Option<Content>,
}

/// The prompt of a new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptRef {
    Id(PromptId),
    /// Made with the structure if it does not exist.
    Named {
        project: ProjectRef,
        name: String,
        structure: Structure,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateVersion {
    pub prompt: PromptRef,
    pub id: Option<PromptVersionId>,
    pub commit: Option<Commit>,
    pub is_mask: bool,
    pub content: Content,
    /// By name; missing ones are made.
    pub environments: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub name: Option<String>,
    pub description: Option<String>,
    pub tags: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Created {
        id: PromptId,
        project_id: ProjectId,
        name: String,
        description: Option<String>,
        structure: Structure,
        tags: Vec<String>,
    },
    Updated {
        id: PromptId,
        changes: Changes,
    },
    Deleted {
        id: PromptId,
    },
    VersionCreated(Box<VersionCreated>),
    VersionTagged {
        id: PromptVersionId,
        prompt_id: PromptId,
        tags: Vec<String>,
    },
    EnvironmentsSet {
        id: PromptVersionId,
        prompt_id: PromptId,
        environments: Vec<EnvironmentId>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionCreated {
    pub id: PromptVersionId,
    pub prompt_id: PromptId,
    pub commit: Commit,
    /// A mask has none.
    pub number: Option<u32>,
    pub content: Content,
    pub environments: Vec<EnvironmentId>,
}

impl Event {
    pub const fn prompt_id(&self) -> PromptId {
        match self {
            Self::Created { id, .. } | Self::Updated { id, .. } | Self::Deleted { id } => *id,
            Self::VersionCreated(version) => version.prompt_id,
            Self::VersionTagged { prompt_id, .. } | Self::EnvironmentsSet { prompt_id, .. } => *prompt_id,
        }
    }

    pub const fn version_id(&self) -> Option<PromptVersionId> {
        match self {
            Self::Created { .. } | Self::Updated { .. } | Self::Deleted { .. } => None,
            Self::VersionCreated(version) => Some(version.id),
            Self::VersionTagged { id, .. } | Self::EnvironmentsSet { id, .. } => Some(*id),
        }
    }
}

impl Command {
    /// Refuses what can be refused without knowing what is stored.
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create(create) => {
                check_name("name", &create.name)?;
                check_description(create.description.as_deref())?;
                check_tags("", &create.tags)?;
                create.content.as_ref().map_or(Ok(()), |content| content.check(""))
            }
            Self::CreateVersion(create) => {
                if let PromptRef::Named { name, .. } = &create.prompt {
                    check_name("name", name)?;
                }
                create.content.check("version.")?;
                if create.is_mask && !create.environments.is_empty() {
                    return Err(mask_in_environment());
                }
                check_environments("version.environments", &create.environments)
            }
            Self::Update { changes, .. } => {
                changes.name.as_deref().map_or(Ok(()), |name| check_name("name", name))?;
                check_description(changes.description.as_deref())?;
                changes.tags.as_deref().map_or(Ok(()), |tags| check_tags("", tags))
            }
            Self::Delete { ids } => check_batch("ids", ids.len()),
            Self::TagPrompts { ids, edits } => {
                check_batch("ids", ids.len())?;
                check_tags("", &edits.added)
            }
            Self::Tag { ids, tags, .. } => {
                check_batch("ids", ids.len())?;
                tags.as_deref().map_or(Ok(()), |tags| check_tags("update.", tags))
            }
            Self::SetEnvironments { environments, .. } => check_environments("environments", environments),
            Self::Restore { .. } => Ok(()),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let weight = |content: &Content| {
            content.template.len() + content.metadata.as_ref().map_or(0, |json| json.bytes().len())
        };
        match self {
            Self::Create(create) => create.content.as_ref().map_or(0, weight),
            Self::CreateVersion(create) => weight(&create.content),
            _ => 0,
        }
    }
}

impl Content {
    fn check(&self, place: &str) -> Result<(), Rejection> {
        if self.template.trim().is_empty() {
            return Err(Rejection::invalid(format!("{place}template must not be blank")));
        }
        if self.template.len() > PROMPT_TEMPLATE_BYTES_MAX {
            return Err(Rejection::invalid(format!(
                "{place}template must not have more than {PROMPT_TEMPLATE_BYTES_MAX} bytes"
            )));
        }
        check_text(place, "changeDescription", self.change_description.as_deref(), NAME_CHARS_MAX)?;
        check_depth(place, [("metadata", self.metadata.as_ref()), ("", None), ("", None)])?;
        check_tags(place, &self.tags)
    }
}

impl Create {
    /// `is_taken` says whether there is a prompt of the id, or of the name in the project.
    pub fn decide(
        self,
        project_id: ProjectId,
        is_taken: bool,
        context: &mut Context,
    ) -> Result<Vec<Event>, Rejection> {
        if is_taken {
            return Err(Rejection::conflict("Prompt id or name already exists"));
        }
        let id = self.id.unwrap_or_else(|| PromptId::known(context.fresh_id()));
        let Self { name, description, structure, tags, content, .. } = self;
        let mut events = vec![Event::Created { id, project_id, name, description, structure, tags }];
        events.extend(content.map(|content| {
            let version = PromptVersionId::known(context.fresh_id());
            let commit = Commit::of(version);
            let (number, environments) = (Some(1), Vec::new());
            let created =
                VersionCreated { id: version, prompt_id: id, commit, number, content, environments };
            Event::VersionCreated(Box::new(created))
        }));
        Ok(events)
    }
}

impl CreateVersion {
    /// The id and commit that the version will have.
    pub fn identify(&self, context: &mut Context) -> (PromptVersionId, Commit) {
        let id = self.id.unwrap_or_else(|| PromptVersionId::known(context.fresh_id()));
        (id, self.commit.clone().unwrap_or_else(|| Commit::of(id)))
    }

    /// `prompt` is the one that is meant, if it is there, and `is_taken` says whether the id or the commit is. The
    /// environments are those that the names mean, and the project is the one of a prompt that is made.
    pub fn decide(
        self,
        prompt: Option<&Prompt>,
        project_id: ProjectId,
        (id, commit): (PromptVersionId, Commit),
        is_taken: bool,
        environments: Vec<EnvironmentId>,
        context: &mut Context,
    ) -> Result<Vec<Event>, Rejection> {
        if is_taken {
            return Err(Rejection::conflict("Prompt version already exists"));
        }
        if let Some(prompt) = prompt
            && environments.iter().any(|environment| prompt.environments.contains_key(environment))
        {
            return Err(Rejection::conflict("Environments already mapped to another version of the prompt"));
        }
        let Self { is_mask, content, .. } = self;
        let mut events = Vec::new();
        let prompt_id = match (prompt, self.prompt) {
            (Some(prompt), _) => prompt.id,
            (None, PromptRef::Named { name, structure, .. }) if !is_mask => {
                let id = PromptId::known(context.fresh_id());
                let (description, tags) = (None, Vec::new());
                events.push(Event::Created { id, project_id, name, description, structure, tags });
                id
            }
            (None, _) => return Err(not_found()),
        };
        let number = (!is_mask).then(|| prompt.map_or(1, |prompt| prompt.versions + 1));
        let created = VersionCreated { id, prompt_id, commit, number, content, environments };
        events.push(Event::VersionCreated(Box::new(created)));
        Ok(events)
    }
}

/// `named` is who has the new name in the prompt's project.
pub fn update(
    prompt: Option<&Prompt>,
    named: Option<PromptId>,
    changes: Changes,
) -> Result<Event, Rejection> {
    let prompt = prompt.ok_or_else(not_found)?;
    if named.is_some_and(|named| named != prompt.id) {
        return Err(Rejection::conflict("Prompt id or name already exists"));
    }
    Ok(Event::Updated { id: prompt.id, changes })
}

/// `None` if the tags stay as they are.
pub fn tag_prompt(prompt: &Prompt, edits: &TagEdits) -> Result<Option<Event>, Rejection> {
    let tags = edits.applied(&prompt.tags)?;
    let changes = |tags| Changes { tags: Some(tags), ..Changes::default() };
    Ok(tags.map(|tags| Event::Updated { id: prompt.id, changes: changes(tags) }))
}

/// `None` if the tags stay as they are.
pub fn tag(version: &Version, tags: &[String], merge: bool) -> Result<Option<Event>, Rejection> {
    let mut all = if merge { version.content.tags.clone() } else { Vec::new() };
    let mut seen: BTreeSet<String> = all.iter().cloned().collect();
    all.extend(tags.iter().filter(|tag| seen.insert((*tag).clone())).cloned());
    if all.len() > TAGS_MAX {
        return Err(Rejection::invalid(format!("Tag limit exceeded: maximum {TAGS_MAX} tags per item")));
    }
    let changed = all != version.content.tags;
    let (id, prompt_id) = (version.id, version.prompt_id);
    Ok(changed.then_some(Event::VersionTagged { id, prompt_id, tags: all }))
}

pub fn set_environments(
    version: Option<&Version>,
    environments: Vec<EnvironmentId>,
) -> Result<Event, Rejection> {
    let version = version.ok_or_else(version_not_found)?;
    if version.is_mask() {
        return Err(mask_in_environment());
    }
    Ok(Event::EnvironmentsSet { id: version.id, prompt_id: version.prompt_id, environments })
}

pub fn restore(
    prompt: Option<&Prompt>,
    version: Option<&Version>,
    context: &mut Context,
) -> Result<Event, Rejection> {
    let prompt = prompt.ok_or_else(not_found)?;
    let version = version.filter(|version| version.prompt_id == prompt.id).ok_or_else(version_not_found)?;
    let Some(number) = version.number else {
        return Err(
            Rejection::malformed("a mask cannot be restored").hint("create a version of its template")
        );
    };
    let id = PromptVersionId::known(context.fresh_id());
    let change_description = Some(format!("Restored from v{number}"));
    let old = Content { change_description, ..version.content.clone() };
    Ok(Event::VersionCreated(Box::new(VersionCreated {
        id,
        prompt_id: prompt.id,
        commit: Commit::of(id),
        number: Some(prompt.versions + 1),
        content: old,
        environments: Vec::new(),
    })))
}

pub fn not_found() -> Rejection {
    Rejection::not_found("Prompt not found")
}

pub fn version_not_found() -> Rejection {
    Rejection::not_found("Prompt version not found")
}

fn mask_in_environment() -> Rejection {
    Rejection::malformed("a mask cannot be in an environment").hint("leave `environments` out")
}

fn check_name(field: &str, name: &str) -> Result<(), Rejection> {
    if name.trim().is_empty() {
        return Err(Rejection::invalid(format!("{field} must not be blank")));
    }
    check_text("", field, Some(name), NAME_CHARS_MAX)
}

fn check_description(description: Option<&str>) -> Result<(), Rejection> {
    check_text("", "description", description, DESCRIPTION_CHARS_MAX)
}

fn check_environments(field: &str, names: &[String]) -> Result<(), Rejection> {
    if names.len() > ENVIRONMENTS_MAX {
        return Err(Rejection::invalid(format!("{field} size must be between 0 and {ENVIRONMENTS_MAX}")));
    }
    names.iter().try_for_each(|name| crate::environments::check_name(field, name))
}

/// JSON as the text that it is, in rows.
mod json_text {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::json::Json;

    #[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
    pub(super) fn serialize<S: Serializer>(json: &Option<Json>, serializer: S) -> Result<S::Ok, S::Error> {
        json.as_ref().map(Json::as_str).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        Ok(text.map(|text| Json::stored(Bytes::from(text))))
    }
}

#[cfg(test)]
mod tests;
