//! Prompts and versions as clients write and read them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::Bytes;
use cairn_core::ids::{PromptId, PromptVersionId};
use cairn_core::prompts::state::Prompt;
use cairn_core::prompts::variables::variables;
use cairn_core::prompts::{Changes, Commit, Content, Create, CreateVersion, PromptRef, Structure, Syntax};
use cairn_core::rejection::Rejection;
use cairn_storage::prompts::read::Detailed;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::wire::{self, BodyOut, Shown};

#[derive(Deserialize)]
pub(super) struct PromptIn<'a> {
    id: Option<Uuid>,
    name: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(borrow, alias = "projectName")]
    project_name: Option<Cow<'a, str>>,
    description: Option<String>,
    template: Option<String>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(alias = "changeDescription")]
    change_description: Option<String>,
    #[serde(rename = "type")]
    syntax: Option<String>,
    #[serde(alias = "templateStructure")]
    template_structure: Option<String>,
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct NewVersionIn<'a> {
    name: Option<String>,
    #[serde(borrow)]
    version: Option<VersionIn<'a>>,
    #[serde(alias = "templateStructure")]
    template_structure: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(borrow, alias = "projectName")]
    project_name: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct VersionIn<'a> {
    id: Option<Uuid>,
    commit: Option<String>,
    template: Option<String>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(rename = "type")]
    syntax: Option<String>,
    #[serde(alias = "versionType")]
    version_type: Option<String>,
    /// What clients sent when a version had one environment at most.
    environment: Option<String>,
    environments: Option<Vec<String>>,
    #[serde(alias = "changeDescription")]
    change_description: Option<String>,
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct ChangesIn {
    name: Option<String>,
    description: Option<String>,
    tags: Option<Vec<String>>,
}

impl PromptIn<'_> {
    pub(super) fn create(self, buffer: &Bytes) -> Result<Create, Rejection> {
        let syntax = syntax(self.syntax.as_deref())?;
        let metadata = wire::body(buffer, self.metadata);
        let change_description = self.change_description;
        let content = |template| {
            let tags = Vec::new();
            Content { template, metadata, syntax, change_description, tags }
        };
        Ok(Create {
            id: self.id.map(PromptId::new).transpose()?,
            project: wire::project(self.project_id, self.project_name, "")?,
            name: self.name.unwrap_or_default(),
            description: self.description,
            structure: structure(self.template_structure.as_deref())?,
            tags: wire::tags(self.tags).unwrap_or_default(),
            content: self.template.map(content),
        })
    }
}

impl NewVersionIn<'_> {
    pub(super) fn create(self, buffer: &Bytes) -> Result<CreateVersion, Rejection> {
        let version = self.version.ok_or_else(|| Rejection::invalid("version must not be null"))?;
        let commit = |text: String| {
            Commit::parse(&text)
                .ok_or_else(|| Rejection::invalid("version.commit must match \"^[a-zA-Z0-9]{8}$\""))
        };
        let is_mask = match version.version_type.as_deref() {
            None | Some("prompt_version") => false,
            Some("mask") => true,
            Some(other) => return Err(unknown("version_type", other, "`prompt_version` or `mask`")),
        };
        let environments = version.environments.unwrap_or_else(|| version.environment.into_iter().collect());
        Ok(CreateVersion {
            prompt: PromptRef::Named {
                project: wire::project(self.project_id, self.project_name, "")?,
                name: self.name.unwrap_or_default(),
                structure: structure(self.template_structure.as_deref())?,
            },
            id: version.id.map(PromptVersionId::new).transpose()?,
            commit: version.commit.map(commit).transpose()?,
            is_mask,
            content: Content {
                template: version.template.unwrap_or_default(),
                metadata: wire::body(buffer, version.metadata),
                syntax: syntax(version.syntax.as_deref())?,
                change_description: version.change_description,
                tags: wire::tags(version.tags).unwrap_or_default(),
            },
            environments: wire::tags(Some(environments)).unwrap_or_default(),
        })
    }
}

impl ChangesIn {
    /// What is left out stays as it is, the name aside, which clients always send.
    pub(super) fn read(self) -> Result<Changes, Rejection> {
        let name = self.name.ok_or_else(|| Rejection::invalid("name must not be blank"))?;
        Ok(Changes { name: Some(name), description: self.description, tags: wire::tags(self.tags) })
    }
}

fn syntax(name: Option<&str>) -> Result<Syntax, Rejection> {
    let read =
        |name| Syntax::parse(name).ok_or_else(|| unknown("type", name, "`mustache`, `jinja2` or `python`"));
    name.map_or(Ok(Syntax::default()), read)
}

fn structure(name: Option<&str>) -> Result<Structure, Rejection> {
    let read =
        |name| Structure::parse(name).ok_or_else(|| unknown("template_structure", name, "`text` or `chat`"));
    name.map_or(Ok(Structure::default()), read)
}

fn unknown(field: &str, value: &str, known: &str) -> Rejection {
    Rejection::malformed("Unable to process JSON").hint(format!("{field} `{value}` is unknown: use {known}"))
}

#[derive(Serialize)]
pub(crate) struct PromptOut {
    id: String,
    name: String,
    project_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    template_structure: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
    version_count: u32,
}

#[derive(Serialize)]
pub(super) struct DetailOut {
    #[serde(flatten)]
    pub(super) prompt: PromptOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_version: Option<VersionOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) requested_version: Option<VersionOut>,
}

#[derive(Serialize)]
pub(crate) struct VersionOut {
    id: String,
    prompt_id: String,
    commit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_number: Option<String>,
    template: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BodyOut>,
    #[serde(rename = "type")]
    syntax: &'static str,
    version_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    /// What clients read when a version had one environment at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environments: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variables: Option<BTreeSet<String>>,
    template_structure: &'static str,
    created_at: Shown,
    created_by: String,
}

impl From<Prompt> for PromptOut {
    fn from(prompt: Prompt) -> Self {
        Self {
            id: prompt.id.to_string(),
            name: prompt.name,
            project_id: prompt.project_id.to_string(),
            description: prompt.description,
            template_structure: prompt.structure.name(),
            tags: prompt.tags,
            created_at: Shown(prompt.created_at.to_micros()),
            created_by: prompt.created_by,
            last_updated_at: Shown(prompt.last_updated_at.to_micros()),
            last_updated_by: prompt.last_updated_by,
            version_count: prompt.versions,
        }
    }
}

impl VersionOut {
    /// As a version is shown by itself; lists leave its variables out.
    pub(super) fn with_variables(detailed: Detailed) -> Self {
        let content = &detailed.version.content;
        let variables = variables(&content.template, content.syntax, detailed.structure);
        Self { variables: Some(variables), ..Self::from(detailed) }
    }
}

impl From<Detailed> for VersionOut {
    fn from(detailed: Detailed) -> Self {
        let Detailed { version, structure, environments } = detailed;
        let version_type = if version.is_mask() { "mask" } else { "prompt_version" };
        let content = version.content;
        Self {
            id: version.id.to_string(),
            prompt_id: version.prompt_id.to_string(),
            commit: version.commit.as_str().to_owned(),
            version_number: version.number.map(|number| format!("v{number}")),
            template: content.template,
            metadata: content.metadata.map(|json| BodyOut { json, truncate: false }),
            syntax: content.syntax.name(),
            version_type,
            change_description: content.change_description,
            tags: content.tags,
            environment: environments.first().cloned(),
            environments,
            variables: None,
            template_structure: structure.name(),
            created_at: Shown(version.created_at.to_micros()),
            created_by: version.created_by,
        }
    }
}
