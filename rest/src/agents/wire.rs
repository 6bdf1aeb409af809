//! Configurations as clients write and read them.

use cairn_core::agents::{Command, Draft, Value, ValueKind};
use cairn_core::command::ProjectRef;
use cairn_core::ids::{BlueprintId, ProjectId};
use cairn_core::rejection::Rejection;
use cairn_storage::agents::read::Detailed;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::wire::{self, Shown};

#[derive(Deserialize)]
pub(super) struct DraftIn {
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    blueprint: Option<BlueprintIn>,
}

#[derive(Deserialize)]
struct BlueprintIn {
    id: Option<Uuid>,
    #[serde(rename = "type")]
    kind: Option<String>,
    description: Option<String>,
    #[serde(default)]
    values: Vec<ValueIn>,
}

#[derive(Deserialize)]
struct ValueIn {
    key: Option<String>,
    value: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct KeysIn {
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(default)]
    keys: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct EnvironmentsIn {
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(default)]
    envs: Vec<LabelIn>,
}

#[derive(Deserialize)]
struct LabelIn {
    #[serde(alias = "envName")]
    env_name: Option<String>,
    #[serde(alias = "blueprintId")]
    blueprint_id: Option<Uuid>,
}

#[derive(Deserialize)]
pub(super) struct EnvironmentIn {
    #[serde(alias = "blueprintName")]
    pub(super) blueprint_name: Option<String>,
}

impl DraftIn {
    pub(super) fn read(self) -> Result<Draft, Rejection> {
        let blueprint = self.blueprint.ok_or_else(|| Rejection::invalid("blueprint must not be null"))?;
        let is_mask = match blueprint.kind.as_deref() {
            Some("blueprint") => false,
            Some("mask") => true,
            Some(other) => return Err(unknown("type", other, "`blueprint` or `mask`")),
            None => return Err(Rejection::invalid("blueprint.type must not be null")),
        };
        Ok(Draft {
            project: project(self.project_id, self.project_name)?,
            id: blueprint.id.map(BlueprintId::new).transpose()?,
            is_mask,
            description: blueprint.description,
            values: blueprint.values.into_iter().map(ValueIn::read).collect::<Result<_, _>>()?,
        })
    }
}

impl ValueIn {
    fn read(self) -> Result<Value, Rejection> {
        let kind = match &self.kind {
            Some(name) => ValueKind::parse(name).ok_or_else(|| {
                unknown("type", name, "`string`, `integer`, `float`, `boolean`, `prompt` or `prompt_commit`")
            })?,
            None => return Err(Rejection::invalid("blueprint.values[].type must not be null")),
        };
        let key = self.key.unwrap_or_default();
        Ok(Value { key, value: self.value, kind, description: self.description })
    }
}

impl KeysIn {
    pub(super) fn read(self) -> Result<Command, Rejection> {
        let project = project(self.project_id, self.project_name)?;
        Ok(Command::RemoveKeys { project, keys: self.keys })
    }
}

impl EnvironmentsIn {
    pub(super) fn read(self) -> Result<Command, Rejection> {
        let project_id = self.project_id.ok_or_else(|| Rejection::invalid("projectId must not be null"))?;
        let environments = self.envs.into_iter().enumerate().map(|(at, label)| {
            let missing = || Rejection::invalid(format!("envs[{at}].blueprintId must not be null"));
            let id = BlueprintId::known(label.blueprint_id.ok_or_else(missing)?);
            Ok((label.env_name.unwrap_or_default(), id))
        });
        let environments = environments.collect::<Result<_, Rejection>>()?;
        Ok(Command::SetEnvironments { project_id: ProjectId::known(project_id), environments })
    }
}

fn project(id: Option<Uuid>, name: Option<String>) -> Result<ProjectRef, Rejection> {
    wire::project(id, name.map(Into::into), "")
}

fn unknown(field: &str, value: &str, known: &str) -> Rejection {
    Rejection::malformed("Unable to process JSON").hint(format!("{field} `{value}` is unknown: use {known}"))
}

#[derive(Serialize)]
pub(super) struct HistoryPage {
    pub(super) page: usize,
    /// The number of versions in this page.
    pub(super) size: usize,
    pub(super) total: u32,
    pub(super) content: Vec<BlueprintOut>,
}

#[derive(Serialize)]
pub(super) struct BlueprintOut {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    envs: Vec<String>,
    created_by: String,
    created_at: Shown,
    /// A version never changes.
    last_updated_by: String,
    last_updated_at: Shown,
    values: Vec<ValueOut>,
}

#[derive(Serialize)]
struct ValueOut {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl From<Detailed> for BlueprintOut {
    fn from(Detailed { blueprint, environments }: Detailed) -> Self {
        let value =
            |Value { key, value, kind, description }| ValueOut { key, value, kind: kind.name(), description };
        Self {
            id: blueprint.id.to_string(),
            name: blueprint.name(),
            kind: if blueprint.is_mask() { "mask" } else { "blueprint" },
            description: blueprint.description,
            envs: environments,
            created_by: blueprint.created_by.clone(),
            created_at: Shown(blueprint.created_at.to_micros()),
            last_updated_by: blueprint.created_by,
            last_updated_at: Shown(blueprint.created_at.to_micros()),
            values: blueprint.values.into_iter().map(value).collect(),
        }
    }
}
