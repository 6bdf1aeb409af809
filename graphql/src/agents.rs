//! Agent configurations: of each project the versions of its agent's settings, and masks to try others.

pub(crate) mod changes;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use cairn_core::access::AgentRead;
use cairn_core::agents::state::{self, overlay};
use cairn_core::agents::{self, mask_not_found};
use cairn_core::ids::{BlueprintId, ProjectId};
use cairn_storage::agents::read::{Detailed, Selector};
use cairn_storage::index::{Cursor, SortValue};

use crate::connection::{Found, Page, page_cost, page_size};
use crate::cursor;
use crate::error::{Problem, Result};
use crate::projects::Project;
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, loader, session};

pub(crate) struct AgentConfiguration(state::Configuration);

/// A version of a configuration, or a mask to lie over one.
pub(crate) struct AgentBlueprint(Detailed);

#[derive(SimpleObject)]
pub(crate) struct AgentValue {
    key: String,
    /// As text, whatever the type.
    value: Option<String>,
    kind: AgentValueKind,
    description: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "agents::ValueKind")]
pub(crate) enum AgentValueKind {
    String,
    Integer,
    Float,
    Boolean,
    /// The commit of a prompt's version, which clients read as a prompt.
    Prompt,
    /// The commit of a prompt's version, which clients read as that version.
    PromptCommit,
}

impl From<agents::Value> for AgentValue {
    fn from(value: agents::Value) -> Self {
        let agents::Value { key, value, kind, description } = value;
        Self { key, value, kind: kind.into(), description }
    }
}

/// What a version changed of the one before it.
#[derive(SimpleObject)]
pub(crate) struct AgentDelta {
    added: Vec<AgentValue>,
    modified: Vec<AgentValue>,
    /// Keys that it has no more.
    removed: Vec<String>,
}

/// Where an environment is.
#[derive(SimpleObject)]
pub(crate) struct AgentEnvironment {
    name: String,
    blueprint_id: ID,
}

#[Object]
impl AgentConfiguration {
    async fn project_id(&self) -> ID {
        self.0.project_id.into()
    }

    /// Null if the project was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Option<Project>> {
        Ok(loader(context)?.load_one(self.0.project_id).await?.map(Project))
    }

    /// Masks are not counted.
    async fn version_count(&self) -> u32 {
        self.0.versions
    }

    /// With the values of a mask over its own, if one is given.
    #[graphql(complexity = "5 + child_complexity")]
    async fn latest(&self, context: &Context<'_>, mask_id: Option<ID>) -> Result<Option<AgentBlueprint>> {
        select(session(context)?, self.0.project_id, Selector::Latest, mask_id).await
    }

    /// The version that an environment is at.
    #[graphql(complexity = "5 + child_complexity")]
    async fn version_in(
        &self,
        context: &Context<'_>,
        environment: String,
        mask_id: Option<ID>,
    ) -> Result<Option<AgentBlueprint>> {
        select(session(context)?, self.0.project_id, Selector::Environment(environment), mask_id).await
    }

    /// The version of a name such as `v3`.
    #[graphql(complexity = "5 + child_complexity")]
    async fn version(
        &self,
        context: &Context<'_>,
        name: String,
        mask_id: Option<ID>,
    ) -> Result<Option<AgentBlueprint>> {
        select(session(context)?, self.0.project_id, Selector::Name(name), mask_id).await
    }

    /// Newest first, without masks.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn versions(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<AgentBlueprint>> {
        const LIST: &str = "agent versions";
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(LIST, &after)).transpose()?;
        let newest = match &after {
            Some(Cursor { value: SortValue::Whole(last), .. }) => {
                u32::try_from(*last).unwrap_or_default().saturating_sub(1)
            }
            _ => self.0.versions,
        };
        let configuration = self.0.clone();
        let read = session(context)?.read::<AgentRead, _>(move |reader| {
            // One more than is shown tells whether there is a next page.
            let versions = reader.agent_versions(configuration.project_id, newest, first + 1)?;
            let placed = versions.into_iter().map(|blueprint| {
                let place = SortValue::Whole(blueprint.number.unwrap_or_default().into());
                let environments = configuration.environments_at(blueprint.id);
                (Cursor { value: place, id: blueprint.id.uuid() }, Detailed { blueprint, environments })
            });
            let total = usize::try_from(configuration.versions).unwrap_or(usize::MAX);
            Ok(Found::within(placed.collect(), LIST, first, after.is_some(), total))
        });
        Ok(read.await?.into_page(AgentBlueprint))
    }

    /// Newest first.
    #[graphql(complexity = "50 + 100 * child_complexity")]
    async fn masks(&self, context: &Context<'_>) -> Result<Vec<AgentBlueprint>> {
        let project = self.0.project_id;
        let masks =
            session(context)?.read::<AgentRead, _>(move |reader| Ok(reader.agent_masks(project)?)).await?;
        let alone = |blueprint| AgentBlueprint(Detailed { blueprint, environments: Vec::new() });
        Ok(masks.into_iter().map(alone).collect())
    }

    /// By name.
    async fn environments(&self) -> Vec<AgentEnvironment> {
        let at = |(name, id): (&String, &BlueprintId)| AgentEnvironment {
            name: name.clone(),
            blueprint_id: (*id).into(),
        };
        self.0.environments.iter().map(at).collect()
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.last_updated_at)
    }

    async fn last_updated_by(&self) -> &str {
        &self.0.last_updated_by
    }
}

#[Object]
impl AgentBlueprint {
    async fn id(&self) -> ID {
        self.0.blueprint.id.into()
    }

    async fn project_id(&self) -> ID {
        self.0.blueprint.project_id.into()
    }

    /// Such as `v3`; null for a mask.
    async fn name(&self) -> Option<String> {
        self.0.blueprint.name()
    }

    /// Counted from 1; null for a mask.
    async fn number(&self) -> Option<u32> {
        self.0.blueprint.number
    }

    async fn is_mask(&self) -> bool {
        self.0.blueprint.is_mask()
    }

    /// What was changed, in the words of who did or else in ours.
    async fn description(&self) -> Option<&str> {
        self.0.blueprint.description.as_deref()
    }

    #[graphql(complexity = "50 * child_complexity")]
    async fn values(&self) -> Vec<AgentValue> {
        self.0.blueprint.values.iter().cloned().map(AgentValue::from).collect()
    }

    /// Environments that are at it.
    async fn environments(&self) -> &[String] {
        &self.0.environments
    }

    /// What it changed of the version before it.
    #[graphql(complexity = "50 + child_complexity")]
    async fn delta(&self, context: &Context<'_>) -> Result<AgentDelta> {
        let blueprint = self.0.blueprint.clone();
        let read = session(context)?.read::<AgentRead, _>(move |reader| Ok(reader.agent_delta(&blueprint)?));
        let state::Delta { added, modified, removed } = read.await?;
        let shown = |values: Vec<agents::Value>| values.into_iter().map(AgentValue::from).collect();
        Ok(AgentDelta { added: shown(added), modified: shown(modified), removed })
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.blueprint.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.blueprint.created_by
    }
}

#[derive(Default)]
pub(crate) struct AgentQueries;

#[Object]
impl AgentQueries {
    /// Null until somebody makes a first version.
    async fn agent_configuration(
        &self,
        context: &Context<'_>,
        project_id: ID,
    ) -> Result<Option<AgentConfiguration>> {
        configuration(session(context)?, ProjectId::known(uuid(&project_id)?)).await
    }

    /// A version or a mask, with the values of another mask over its own if one is given.
    async fn agent_blueprint(
        &self,
        context: &Context<'_>,
        id: ID,
        mask_id: Option<ID>,
    ) -> Result<Option<AgentBlueprint>> {
        load(session(context)?, BlueprintId::known(uuid(&id)?), mask_id).await
    }
}

async fn configuration(session: &Session, project: ProjectId) -> Result<Option<AgentConfiguration>> {
    let read = session.read::<AgentRead, _>(move |reader| Ok(reader.agent_configuration(project)?));
    Ok(read.await?.map(AgentConfiguration))
}

async fn load(session: &Session, id: BlueprintId, mask_id: Option<ID>) -> Result<Option<AgentBlueprint>> {
    masked(session, mask_id, move |reader| reader.agent_blueprint(id)).await
}

async fn select(
    session: &Session,
    project: ProjectId,
    selector: Selector,
    mask_id: Option<ID>,
) -> Result<Option<AgentBlueprint>> {
    masked(session, mask_id, move |reader| reader.select_agent_blueprint(project, &selector)).await
}

async fn masked(
    session: &Session,
    mask_id: Option<ID>,
    find: impl FnOnce(
        &cairn_storage::reader::Reader,
    ) -> std::result::Result<Option<state::Blueprint>, cairn_storage::error::Error>
    + Send
    + 'static,
) -> Result<Option<AgentBlueprint>> {
    let mask = mask_id.map(|id| uuid(&id).map(BlueprintId::known)).transpose()?;
    let read = session.read::<AgentRead, _>(move |reader| {
        let Some(mut blueprint) = find(reader)? else { return Ok(None) };
        if let Some(mask) = mask {
            let mask = reader.agent_blueprint(mask)?;
            let mask = mask.filter(|mask| mask.is_mask() && mask.project_id == blueprint.project_id);
            blueprint.values = overlay(blueprint.values, &mask.ok_or_else(mask_not_found)?);
        }
        Ok(Some(reader.detail_agent_blueprint(blueprint)?))
    });
    Ok(read.await?.map(AgentBlueprint))
}

/// A blueprint that was just written.
async fn present(session: &Session, id: BlueprintId) -> Result<AgentBlueprint> {
    load(session, id, None).await?.ok_or_else(|| Problem::not_found("Blueprint not found"))
}
