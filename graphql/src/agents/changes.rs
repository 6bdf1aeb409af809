//! Making versions and masks, and putting versions in environments.

use async_graphql::{Context, ID, InputObject, Object};
use cairn_core::agents::{Command, Draft, Value};
use cairn_core::command::ProjectRef;
use cairn_core::ids::{BlueprintId, ProjectId};

use super::{AgentBlueprint, AgentConfiguration, AgentValueKind, configuration, present};
use crate::error::{Problem, Result};
use crate::scalars::uuid;
use crate::session::{Session, session};

#[derive(InputObject)]
pub(crate) struct AgentBlueprintInput {
    /// Either an id or a name is needed; a project that is named and missing is made with its first version.
    project_id: Option<ID>,
    project_name: Option<String>,
    /// Says what changed, if it is left out.
    description: Option<String>,
    /// All that the version is to have: nothing is taken over from the one before.
    values: Vec<AgentValueInput>,
    #[graphql(default)]
    is_mask: bool,
}

#[derive(InputObject)]
pub(crate) struct AgentValueInput {
    key: String,
    value: Option<String>,
    #[graphql(default_with = "AgentValueKind::String")]
    kind: AgentValueKind,
    description: Option<String>,
}

impl AgentBlueprintInput {
    fn draft(self) -> Result<Draft> {
        let project = match (self.project_id, self.project_name) {
            (Some(id), _) => ProjectRef::Id(ProjectId::known(uuid(&id)?)),
            (None, Some(name)) => ProjectRef::Name(name),
            (None, None) => ProjectRef::Default,
        };
        let value = |AgentValueInput { key, value, kind, description }| Value {
            key,
            value,
            kind: kind.into(),
            description,
        };
        Ok(Draft {
            project,
            id: None,
            is_mask: self.is_mask,
            description: self.description,
            values: self.values.into_iter().map(value).collect(),
        })
    }
}

#[derive(Default)]
pub(crate) struct AgentMutations;

#[Object]
impl AgentMutations {
    /// Makes the first version of a project's configuration, and puts it in the environment `prod`.
    async fn create_agent_configuration(
        &self,
        context: &Context<'_>,
        input: AgentBlueprintInput,
    ) -> Result<AgentBlueprint> {
        made(session(context)?, Command::Create(input.draft()?)).await
    }

    /// Adds a version, or a mask.
    async fn add_agent_blueprint(
        &self,
        context: &Context<'_>,
        input: AgentBlueprintInput,
    ) -> Result<AgentBlueprint> {
        made(session(context)?, Command::Update(input.draft()?)).await
    }

    /// Makes a version of the latest one with a mask over it.
    async fn apply_agent_mask(
        &self,
        context: &Context<'_>,
        project_id: ID,
        mask_id: ID,
    ) -> Result<AgentBlueprint> {
        let project_id = ProjectId::known(uuid(&project_id)?);
        let mask_id = BlueprintId::known(uuid(&mask_id)?);
        made(session(context)?, Command::ApplyMask { project_id, mask_id }).await
    }

    /// Makes a version of the latest one without some keys; null if it has none of them.
    async fn remove_agent_keys(
        &self,
        context: &Context<'_>,
        project_id: ID,
        keys: Vec<String>,
    ) -> Result<Option<AgentBlueprint>> {
        let session = session(context)?;
        let project = ProjectRef::Id(ProjectId::known(uuid(&project_id)?));
        let outcome = session.execute(Command::RemoveKeys { project, keys }).await?;
        match outcome.created {
            Some(id) => present(session, BlueprintId::known(id)).await.map(Some),
            None => Ok(None),
        }
    }

    /// Moves an environment to a version.
    async fn set_agent_environment(
        &self,
        context: &Context<'_>,
        project_id: ID,
        environment: String,
        blueprint_id: ID,
    ) -> Result<AgentConfiguration> {
        let session = session(context)?;
        let project_id = ProjectId::known(uuid(&project_id)?);
        let environments = vec![(environment, BlueprintId::known(uuid(&blueprint_id)?))];
        session.execute(Command::SetEnvironments { project_id, environments }).await?;
        there(session, project_id).await
    }

    /// Changes nothing if there is no such environment.
    async fn remove_agent_environment(
        &self,
        context: &Context<'_>,
        project_id: ID,
        environment: String,
    ) -> Result<AgentConfiguration> {
        let session = session(context)?;
        let project_id = ProjectId::known(uuid(&project_id)?);
        session.execute(Command::RemoveEnvironment { project_id, environment }).await?;
        there(session, project_id).await
    }
}

async fn made(session: &Session, command: Command) -> Result<AgentBlueprint> {
    let outcome = session.execute(command).await?;
    present(session, BlueprintId::known(outcome.created.unwrap_or_default())).await
}

async fn there(session: &Session, project: ProjectId) -> Result<AgentConfiguration> {
    let found = configuration(session, project).await?;
    found.ok_or_else(|| Problem::not_found("Agent config not found for the project"))
}
