//! Environments: named places in which an application runs.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use cairn_core::access::EnvironmentRead;
use cairn_core::environments::{self, Changes, Command};
use cairn_core::ids::EnvironmentId;

use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, session};

#[derive(SimpleObject)]
pub(crate) struct Environment {
    id: ID,
    name: String,
    description: Option<String>,
    color: Option<String>,
    position: Option<i32>,
    created_at: Timestamp,
    created_by: String,
    last_updated_at: Timestamp,
    last_updated_by: String,
}

impl From<&environments::Environment> for Environment {
    fn from(environment: &environments::Environment) -> Self {
        Self {
            id: environment.id.into(),
            name: environment.name.clone(),
            description: environment.description.clone(),
            color: environment.color.clone(),
            position: environment.position,
            created_at: Timestamp(environment.created_at),
            created_by: environment.created_by.clone(),
            last_updated_at: Timestamp(environment.last_updated_at),
            last_updated_by: environment.last_updated_by.clone(),
        }
    }
}

#[derive(Default)]
pub(crate) struct EnvironmentQueries;

#[Object]
impl EnvironmentQueries {
    /// All of the workspace, oldest first.
    async fn environments(&self, context: &Context<'_>) -> Result<Vec<Environment>> {
        let read = session(context)?.read::<EnvironmentRead, _>(|reader| Ok(reader.environments()?));
        Ok(read.await?.all().into_iter().map(Environment::from).collect())
    }
}

#[derive(InputObject)]
pub(crate) struct EnvironmentInput {
    /// Needed to make one.
    name: Option<String>,
    description: Option<String>,
    color: Option<String>,
    position: Option<i32>,
}

impl From<EnvironmentInput> for Changes {
    fn from(input: EnvironmentInput) -> Self {
        let EnvironmentInput { name, description, color, position } = input;
        Self { name, description, color, position }
    }
}

#[derive(Default)]
pub(crate) struct EnvironmentMutations;

#[Object]
impl EnvironmentMutations {
    async fn create_environment(
        &self,
        context: &Context<'_>,
        input: EnvironmentInput,
    ) -> Result<Environment> {
        let session = session(context)?;
        let outcome = session.execute(Command::Create { id: None, changes: input.into() }).await?;
        present(session, EnvironmentId::known(outcome.created.unwrap_or_default())).await
    }

    /// Fields that are left out stay as they are.
    async fn update_environment(
        &self,
        context: &Context<'_>,
        id: ID,
        input: EnvironmentInput,
    ) -> Result<Environment> {
        let session = session(context)?;
        let id = EnvironmentId::known(uuid(&id)?);
        session.execute(Command::Update { id, changes: input.into() }).await?;
        present(session, id).await
    }

    /// True also for what was not there.
    async fn delete_environments(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(EnvironmentId::known(uuid(id)?))).collect::<Result<_>>()?;
        session(context)?.execute(Command::Delete { ids }).await?;
        Ok(true)
    }
}

/// An environment that was just written; somebody else may have deleted it since.
async fn present(session: &Session, id: EnvironmentId) -> Result<Environment> {
    let environments = session.read::<EnvironmentRead, _>(|reader| Ok(reader.environments()?)).await?;
    environments.get(id).map(Environment::from).ok_or_else(|| Problem::not_found("Environment not found"))
}
