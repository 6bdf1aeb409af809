//! Agent configurations: of each project one row of versions, called blueprints. A version is all values that it has,
//! and nothing of the one before. A mask stands beside the row and lies over a version while it is read.

pub mod state;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{AgentWrite, Needs};
use crate::agents::state::{Blueprint, Configuration, Delta, overlay};
use crate::command::{Context, ProjectRef, check_text};
use crate::ids::{BlueprintId, ProjectId};
use crate::limits::{
    AGENT_ENVIRONMENT_CHARS_MAX, AGENT_ENVIRONMENTS_MAX, AGENT_KEY_CHARS_MAX, AGENT_VALUE_BYTES_MAX,
    AGENT_VALUES_MAX, DESCRIPTION_CHARS_MAX,
};
use crate::rejection::Rejection;

/// The environment that the first version of a project is put in.
pub const FIRST_ENVIRONMENT: &str = "prod";

/// What the text of a value stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValueKind {
    String,
    Integer,
    Float,
    Boolean,
    /// The commit of a prompt's version, which clients read as a prompt.
    Prompt,
    /// The commit of a prompt's version, which clients read as that version.
    PromptCommit,
}

impl ValueKind {
    const ALL: [Self; 6] =
        [Self::String, Self::Integer, Self::Float, Self::Boolean, Self::Prompt, Self::PromptCommit];

    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Prompt => "prompt",
            Self::PromptCommit => "prompt_commit",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    pub key: String,
    /// None is a value, too: the key is there and says nothing.
    pub value: Option<String>,
    pub kind: ValueKind,
    pub description: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begins the configuration of a project.
    Create(Draft),
    /// Adds a version to a configuration, or a mask beside it.
    Update(Draft),
    /// Makes a version of the latest one with a mask over it.
    ApplyMask {
        project_id: ProjectId,
        mask_id: BlueprintId,
    },
    /// Makes a version of the latest one without some keys.
    RemoveKeys {
        project: ProjectRef,
        keys: Vec<String>,
    },
    SetEnvironments {
        project_id: ProjectId,
        environments: Vec<(String, BlueprintId)>,
    },
    /// As above, for a version by its name.
    SetEnvironment {
        project_id: ProjectId,
        environment: String,
        version: String,
    },
    RemoveEnvironment {
        project_id: ProjectId,
        environment: String,
    },
}

impl Needs for Command {
    type Permission = AgentWrite;
}

/// What a new version or mask is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub project: ProjectRef,
    pub id: Option<BlueprintId>,
    pub is_mask: bool,
    pub description: Option<String>,
    pub values: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    BlueprintCreated(Box<BlueprintCreated>),
    EnvironmentsSet { project_id: ProjectId, environments: Vec<(String, BlueprintId)> },
    EnvironmentRemoved { project_id: ProjectId, environment: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlueprintCreated {
    pub id: BlueprintId,
    pub project_id: ProjectId,
    /// Counted from 1; a mask has none.
    pub number: Option<u32>,
    pub description: Option<String>,
    pub values: Vec<Value>,
    pub environments: Vec<String>,
}

impl Event {
    pub const fn project_id(&self) -> ProjectId {
        match self {
            Self::BlueprintCreated(created) => created.project_id,
            Self::EnvironmentsSet { project_id, .. } | Self::EnvironmentRemoved { project_id, .. } => {
                *project_id
            }
        }
    }
}

impl Event {
    /// What the event is about, for the history of each.
    pub fn entities(&self) -> Vec<Uuid> {
        let blueprints = match self {
            Self::BlueprintCreated(created) => vec![created.id.uuid()],
            Self::EnvironmentsSet { environments, .. } => {
                environments.iter().map(|(_, id)| id.uuid()).collect::<BTreeSet<_>>().into_iter().collect()
            }
            Self::EnvironmentRemoved { .. } => Vec::new(),
        };
        blueprints.into_iter().chain([self.project_id().uuid()]).collect()
    }
}

impl Command {
    /// Refuses what can be refused without knowing what is stored.
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create(draft) | Self::Update(draft) => draft.check(),
            Self::RemoveKeys { project, keys } => {
                check_project(project)?;
                check_keys(keys)
            }
            Self::SetEnvironments { environments, .. } => {
                if !(1..=AGENT_ENVIRONMENTS_MAX).contains(&environments.len()) {
                    return Err(Rejection::invalid(format!(
                        "envs size must be between 1 and {AGENT_ENVIRONMENTS_MAX}"
                    )));
                }
                let mut met = BTreeSet::new();
                for (at, (name, _)) in environments.iter().enumerate() {
                    check_environment(&format!("envs[{at}].envName"), name)?;
                    if !met.insert(name) {
                        return Err(Rejection::invalid(format!("envs names `{name}` twice")));
                    }
                }
                Ok(())
            }
            Self::SetEnvironment { environment, version, .. } => {
                check_environment("envName", environment)?;
                check_not_blank("blueprintName", version)
            }
            Self::ApplyMask { .. } | Self::RemoveEnvironment { .. } => Ok(()),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Create(draft) | Self::Update(draft) => {
                draft.values.iter().map(|value| value.value.as_ref().map_or(0, String::len)).sum()
            }
            _ => 0,
        }
    }
}

impl Draft {
    fn check(&self) -> Result<(), Rejection> {
        const PLACE: &str = "blueprint.";
        check_project(&self.project)?;
        check_text(PLACE, "description", self.description.as_deref(), DESCRIPTION_CHARS_MAX)?;
        if !(1..=AGENT_VALUES_MAX).contains(&self.values.len()) {
            return Err(Rejection::invalid(format!(
                "blueprint.values size must be between 1 and {AGENT_VALUES_MAX}"
            )));
        }
        let mut met = BTreeSet::new();
        for (at, value) in self.values.iter().enumerate() {
            let place = format!("{PLACE}values[{at}].");
            check_not_blank(&format!("{place}key"), &value.key)?;
            check_text(&place, "key", Some(&value.key), AGENT_KEY_CHARS_MAX)?;
            check_text(&place, "description", value.description.as_deref(), DESCRIPTION_CHARS_MAX)?;
            if value.value.as_ref().is_some_and(|text| text.len() > AGENT_VALUE_BYTES_MAX) {
                return Err(Rejection::invalid(format!(
                    "{place}value must not have more than {AGENT_VALUE_BYTES_MAX} bytes"
                )));
            }
            if !met.insert(&value.key) {
                return Err(Rejection::invalid(format!(
                    "{PLACE}values must not have the key `{}` twice",
                    value.key
                )));
            }
        }
        Ok(())
    }

    /// The first version. `configuration` is what the project has already.
    pub fn begin(
        self,
        configuration: Option<&Configuration>,
        project_id: ProjectId,
        is_taken: bool,
        context: &mut Context,
    ) -> Result<Event, Rejection> {
        if configuration.is_some() {
            return Err(Rejection::conflict("Agent config already exists for the project")
                .hint("add a version to it instead"));
        }
        if self.is_mask {
            return Err(
                Rejection::malformed("a configuration cannot begin with a mask").hint("make a version first")
            );
        }
        self.add(None, None, project_id, is_taken, context)
    }

    /// A further version or a mask. `is_taken` says whether there is a blueprint of the id.
    pub fn update(
        self,
        configuration: Option<&Configuration>,
        latest: Option<&Blueprint>,
        project_id: ProjectId,
        is_taken: bool,
        context: &mut Context,
    ) -> Result<Event, Rejection> {
        let configuration = configuration.ok_or_else(configuration_not_found)?;
        self.add(Some(configuration), latest, project_id, is_taken, context)
    }

    fn add(
        self,
        configuration: Option<&Configuration>,
        latest: Option<&Blueprint>,
        project_id: ProjectId,
        is_taken: bool,
        context: &mut Context,
    ) -> Result<Event, Rejection> {
        if is_taken {
            return Err(Rejection::conflict("Blueprint already exists"));
        }
        let id = self.id.unwrap_or_else(|| BlueprintId::known(context.fresh_id()));
        let before = latest.map(|latest| latest.values.as_slice()).unwrap_or_default();
        let mut delta = Delta::between(before, &self.values);
        if self.is_mask {
            // What a mask does not name stays as it is.
            delta.removed.clear();
        }
        let described = self.description.filter(|text| !text.trim().is_empty());
        Ok(Event::BlueprintCreated(Box::new(BlueprintCreated {
            id,
            project_id,
            number: (!self.is_mask).then(|| next_number(configuration)),
            description: described.or_else(|| delta.summary()),
            values: self.values,
            environments: if configuration.is_none() {
                vec![FIRST_ENVIRONMENT.to_owned()]
            } else {
                Vec::new()
            },
        })))
    }
}

fn next_number(configuration: Option<&Configuration>) -> u32 {
    configuration.map_or(1, |configuration| configuration.versions + 1)
}

/// The latest version with a mask over it, as a version.
pub fn apply_mask(
    configuration: Option<&Configuration>,
    latest: Option<&Blueprint>,
    mask: Option<&Blueprint>,
    context: &mut Context,
) -> Result<Event, Rejection> {
    let (configuration, latest) = configuration.zip(latest).ok_or_else(configuration_not_found)?;
    let is_mask = |mask: &&Blueprint| mask.is_mask() && mask.project_id == configuration.project_id;
    let mask = mask.filter(is_mask).ok_or_else(mask_not_found)?;
    Ok(succeed(configuration, latest, overlay(latest.values.clone(), mask), context))
}

/// `None` if none of the keys is there.
pub fn remove_keys(
    configuration: Option<&Configuration>,
    latest: Option<&Blueprint>,
    keys: &[String],
    context: &mut Context,
) -> Option<Event> {
    let (configuration, latest) = configuration.zip(latest)?;
    let mut values = latest.values.clone();
    values.retain(|value| !keys.contains(&value.key));
    (values.len() < latest.values.len()).then(|| succeed(configuration, latest, values, context))
}

fn succeed(
    configuration: &Configuration,
    latest: &Blueprint,
    values: Vec<Value>,
    context: &mut Context,
) -> Event {
    Event::BlueprintCreated(Box::new(BlueprintCreated {
        id: BlueprintId::known(context.fresh_id()),
        project_id: configuration.project_id,
        number: Some(next_number(Some(configuration))),
        description: Delta::between(&latest.values, &values).summary(),
        values,
        environments: Vec::new(),
    }))
}

/// `blueprints` are those that the environments shall lead to, where they are there.
pub fn set_environments(
    configuration: Option<&Configuration>,
    environments: Vec<(String, Option<Blueprint>)>,
) -> Result<Event, Rejection> {
    let configuration = configuration.ok_or_else(configuration_not_found)?;
    let project_id = configuration.project_id;
    let mut set = Vec::with_capacity(environments.len());
    for (name, blueprint) in environments {
        let blueprint = blueprint.filter(|blueprint| blueprint.project_id == project_id);
        let blueprint = blueprint.ok_or_else(blueprint_not_found)?;
        if blueprint.is_mask() {
            return Err(
                Rejection::malformed("a mask cannot be in an environment").hint("make a version of it first")
            );
        }
        set.push((name, blueprint.id));
    }
    let further = set.iter().filter(|(name, _)| !configuration.environments.contains_key(name)).count();
    if configuration.environments.len() + further > AGENT_ENVIRONMENTS_MAX {
        return Err(Rejection::conflict(format!(
            "the configuration already has the maximum of {AGENT_ENVIRONMENTS_MAX} environments"
        )));
    }
    Ok(Event::EnvironmentsSet { project_id, environments: set })
}

/// `None` if the version is in no such environment.
pub fn remove_environment(configuration: Option<&Configuration>, environment: String) -> Option<Event> {
    let configuration = configuration?;
    let project_id = configuration.project_id;
    let is_there = configuration.environments.contains_key(&environment);
    is_there.then_some(Event::EnvironmentRemoved { project_id, environment })
}

pub fn configuration_not_found() -> Rejection {
    Rejection::not_found("Agent config not found for the project")
}

pub fn blueprint_not_found() -> Rejection {
    Rejection::not_found("Blueprint not found")
}

pub fn mask_not_found() -> Rejection {
    Rejection::not_found("Mask not found")
}

/// The number in a version's name, as in `v3`.
pub fn parse_name(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('v')?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| is_plain)
}

/// A configuration belongs to a project that is named, never to the default one by omission.
fn check_project(project: &ProjectRef) -> Result<(), Rejection> {
    match project {
        ProjectRef::Default => {
            Err(Rejection::malformed("Either project_id or project_name must be provided"))
        }
        ProjectRef::Id(_) | ProjectRef::Name(_) => Ok(()),
    }
}

fn check_keys(keys: &[String]) -> Result<(), Rejection> {
    if keys.len() > AGENT_VALUES_MAX {
        return Err(Rejection::invalid(format!("keys size must be between 0 and {AGENT_VALUES_MAX}")));
    }
    match keys.iter().position(String::is_empty) {
        Some(at) => Err(Rejection::invalid(format!("keys[{at}] must not be blank"))),
        None => Ok(()),
    }
}

fn check_environment(field: &str, name: &str) -> Result<(), Rejection> {
    check_not_blank(field, name)?;
    check_text("", field, Some(name), AGENT_ENVIRONMENT_CHARS_MAX)
}

fn check_not_blank(field: &str, text: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        return Err(Rejection::invalid(format!("{field} must not be blank")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
