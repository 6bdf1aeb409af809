//! Making, changing and deleting prompts and their versions.

use async_graphql::{Context, ID, InputObject, Object};
use cairn_core::command::ProjectRef;
use cairn_core::ids::{ProjectId, PromptId, PromptVersionId};
use cairn_core::merge::TagEdits;
use cairn_core::prompts::{Changes, Command, Content, Create, CreateVersion, PromptRef};

use super::versions::{PromptVersion, TemplateSyntax};
use super::{Prompt, PromptStructure, present, versions};
use crate::error::{Problem, Result};
use crate::scalars::{JsonText, uuid};
use crate::session::{loader, session};

#[derive(InputObject)]
pub(crate) struct CreatePromptInput {
    /// The default project, if neither an id nor a name is given.
    project_id: Option<ID>,
    project_name: Option<String>,
    name: String,
    description: Option<String>,
    #[graphql(default_with = "PromptStructure::Text")]
    structure: PromptStructure,
    tags: Option<Vec<String>>,
    /// What the first version says, if there is to be one.
    first_version: Option<PromptContentInput>,
}

#[derive(InputObject)]
pub(crate) struct PromptContentInput {
    template: String,
    #[graphql(default_with = "TemplateSyntax::Mustache")]
    syntax: TemplateSyntax,
    metadata: Option<JsonText>,
    change_description: Option<String>,
    tags: Option<Vec<String>>,
}

impl From<PromptContentInput> for Content {
    fn from(input: PromptContentInput) -> Self {
        Self {
            template: input.template,
            metadata: input.metadata.map(|json| json.0).filter(|json| !json.is_null()),
            syntax: input.syntax.into(),
            change_description: input.change_description,
            tags: input.tags.unwrap_or_default(),
        }
    }
}

#[derive(InputObject)]
pub(crate) struct CreatePromptVersionInput {
    prompt_id: ID,
    content: PromptContentInput,
    /// Missing ones are made. One that another version has is refused.
    #[graphql(default)]
    environments: Vec<String>,
    #[graphql(default)]
    is_mask: bool,
}

#[derive(InputObject)]
pub(crate) struct UpdatePromptInput {
    id: ID,
    name: Option<String>,
    description: Option<String>,
    tags: Option<Vec<String>>,
}

#[derive(Default)]
pub(crate) struct PromptMutations;

#[Object]
impl PromptMutations {
    async fn create_prompt(&self, context: &Context<'_>, input: CreatePromptInput) -> Result<Prompt> {
        let session = session(context)?;
        let project = match (&input.project_id, input.project_name) {
            (Some(id), _) => ProjectRef::Id(ProjectId::known(uuid(id)?)),
            (None, Some(name)) => ProjectRef::Name(name),
            (None, None) => ProjectRef::Default,
        };
        let create = Create {
            id: None,
            project,
            name: input.name,
            description: input.description,
            structure: input.structure.into(),
            tags: input.tags.unwrap_or_default(),
            content: input.first_version.map(Content::from),
        };
        let outcome = session.execute(Command::Create(Box::new(create))).await?;
        present(session, PromptId::known(outcome.created.unwrap_or_default())).await
    }

    async fn create_prompt_version(
        &self,
        context: &Context<'_>,
        input: CreatePromptVersionInput,
    ) -> Result<PromptVersion> {
        let session = session(context)?;
        let create = CreateVersion {
            prompt: PromptRef::Id(PromptId::known(uuid(&input.prompt_id)?)),
            id: None,
            commit: None,
            is_mask: input.is_mask,
            content: input.content.into(),
            environments: input.environments,
        };
        let outcome = session.execute(Command::CreateVersion(Box::new(create))).await?;
        versions::present(session, PromptVersionId::known(outcome.created.unwrap_or_default())).await
    }

    /// Fields that are left out stay as they are.
    async fn update_prompt(&self, context: &Context<'_>, input: UpdatePromptInput) -> Result<Prompt> {
        let session = session(context)?;
        let id = PromptId::known(uuid(&input.id)?);
        let changes = Changes { name: input.name, description: input.description, tags: input.tags };
        session.execute(Command::Update { id, changes }).await?;
        present(session, id).await
    }

    /// Adds tags to prompts and takes others away: from all, or from none. True also for what was not there.
    async fn tag_prompts(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        #[graphql(default)] add_tags: Vec<String>,
        #[graphql(default)] remove_tags: Vec<String>,
    ) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(PromptId::known(uuid(id)?))).collect::<Result<_>>()?;
        let edits = TagEdits { added: add_tags, removed: remove_tags };
        session(context)?.execute(Command::TagPrompts { ids, edits }).await?;
        Ok(true)
    }

    /// True also for what was not there.
    async fn delete_prompts(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(PromptId::known(uuid(id)?))).collect::<Result<_>>()?;
        session(context)?.execute(Command::Delete { ids }).await?;
        Ok(true)
    }

    /// Makes a new version of what an old one says.
    async fn restore_prompt_version(&self, context: &Context<'_>, id: ID) -> Result<PromptVersion> {
        let session = session(context)?;
        let id = PromptVersionId::known(uuid(&id)?);
        let old = versions::present(session, id).await?;
        let prompt_id = old.0.version.prompt_id;
        let outcome = session.execute(Command::Restore { prompt_id, id }).await?;
        versions::present(session, PromptVersionId::known(outcome.created.unwrap_or_default())).await
    }

    /// All environments of the version; each leaves the version that it was at.
    async fn set_prompt_version_environments(
        &self,
        context: &Context<'_>,
        id: ID,
        environments: Vec<String>,
    ) -> Result<PromptVersion> {
        let session = session(context)?;
        let id = PromptVersionId::known(uuid(&id)?);
        session.execute(Command::SetEnvironments { id, environments }).await?;
        versions::present(session, id).await
    }

    /// Replaces the tags of versions, or adds to them.
    async fn tag_prompt_versions(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        tags: Vec<String>,
        #[graphql(default)] merge: bool,
    ) -> Result<Vec<PromptVersion>> {
        let session = session(context)?;
        let ids: Vec<PromptVersionId> =
            ids.iter().map(|id| Ok(PromptVersionId::known(uuid(id)?))).collect::<Result<_>>()?;
        session.execute(Command::Tag { ids: ids.clone(), tags: Some(tags), merge }).await?;
        let found = loader(context)?.load_many(ids.clone()).await.map_err(Problem::from)?;
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).map(PromptVersion).collect())
    }
}
