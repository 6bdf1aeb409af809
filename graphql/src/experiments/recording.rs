//! Making experiments, and tying dataset items to the traces that they led to.

use async_graphql::{Context, ID, InputObject, Object};
use cairn_core::access::ExperimentRead;
use cairn_core::command::ProjectRef;
use cairn_core::datasets::items::Policy;
use cairn_core::experiments::{Command, Create, ItemWrite, Score, not_found};
use cairn_core::ids::{DatasetItemId, DatasetVersionId, ExperimentId, ExperimentItemId, ProjectId, TraceId};

use super::items::ExperimentItem;
use super::{Experiment, ExperimentKind, ExperimentMethod, ExperimentStatus, load};
use crate::datasets::changes::ExecutionPolicyInput;
use crate::error::{Problem, Result};
use crate::scalars::{JsonText, uuid};
use crate::session::session;

#[derive(InputObject)]
pub(crate) struct CreateExperimentInput {
    /// A version 7 UUID; an experiment of this id that is there stays as it is. Drawn if left out.
    id: Option<ID>,
    /// Made up if left out.
    name: Option<String>,
    /// Made if there is none of this name.
    dataset_name: String,
    /// The newest version if left out.
    dataset_version_id: Option<ID>,
    /// Outside of all projects, if neither an id nor a name is given.
    project_id: Option<ID>,
    project_name: Option<String>,
    #[graphql(default_with = "ExperimentKind::Regular")]
    kind: ExperimentKind,
    #[graphql(default_with = "ExperimentMethod::Dataset")]
    method: ExperimentMethod,
    #[graphql(default_with = "ExperimentStatus::Running")]
    status: ExperimentStatus,
    optimization_id: Option<ID>,
    #[graphql(default)]
    prompt_version_ids: Vec<ID>,
    metadata: Option<JsonText>,
    #[graphql(default)]
    tags: Vec<String>,
    /// Figures about the whole.
    #[graphql(default)]
    scores: Vec<ExperimentScoreInput>,
}

#[derive(InputObject)]
pub(crate) struct ExperimentScoreInput {
    name: String,
    value: f64,
}

impl ExperimentScoreInput {
    fn score(self) -> Result<Score> {
        let bad = |_| Problem::invalid(format!("the value of `{}` is too large", self.name));
        Ok(Score { value: self.value.try_into().map_err(bad)?, name: self.name })
    }
}

#[derive(InputObject)]
pub(crate) struct ExperimentItemInput {
    /// A version 7 UUID. Drawn if left out.
    id: Option<ID>,
    experiment_id: ID,
    dataset_item_id: ID,
    /// It may arrive later.
    trace_id: ID,
    execution_policy: Option<ExecutionPolicyInput>,
}

impl ExperimentItemInput {
    fn write(self) -> Result<ItemWrite> {
        let id = self.id.map(|id| uuid(&id)).transpose()?;
        Ok(ItemWrite {
            id: id.map(ExperimentItemId::new).transpose()?,
            experiment_id: ExperimentId::known(uuid(&self.experiment_id)?),
            dataset_item_id: DatasetItemId::known(uuid(&self.dataset_item_id)?),
            trace_id: TraceId::known(uuid(&self.trace_id)?),
            policy: self.execution_policy.map(Policy::from),
        })
    }
}

#[derive(Default)]
pub(crate) struct ExperimentRecordingMutations;

#[Object]
impl ExperimentRecordingMutations {
    async fn create_experiment(
        &self,
        context: &Context<'_>,
        input: CreateExperimentInput,
    ) -> Result<Experiment> {
        let session = session(context)?;
        let other = |id: Option<ID>| id.map(|id| uuid(&id)).transpose();
        let project = match (&input.project_id, input.project_name) {
            (Some(id), _) => Some(ProjectRef::Id(ProjectId::known(uuid(id)?))),
            (None, name) => name.map(ProjectRef::Name),
        };
        let create = Create {
            id: other(input.id)?.map(ExperimentId::new).transpose()?,
            name: input.name,
            dataset_name: input.dataset_name,
            project,
            kind: input.kind.into(),
            method: input.method.into(),
            status: input.status.into(),
            optimization_id: other(input.optimization_id)?,
            dataset_version_id: other(input.dataset_version_id)?.map(DatasetVersionId::known),
            prompt_versions: input.prompt_version_ids.iter().map(uuid).collect::<Result<_>>()?,
            metadata: input.metadata.map(|json| json.0),
            tags: input.tags,
            scores: input.scores.into_iter().map(ExperimentScoreInput::score).collect::<Result<_>>()?,
        };
        let outcome = session.execute(Command::Create(Box::new(create))).await?;
        let id = ExperimentId::known(outcome.created.unwrap_or_default());
        load(session, id).await?.ok_or_else(|| not_found(id).into())
    }

    /// Says which dataset items experiments ran, and with which traces. At most 1000.
    async fn add_experiment_items(
        &self,
        context: &Context<'_>,
        items: Vec<ExperimentItemInput>,
    ) -> Result<bool> {
        let items = items.into_iter().map(ExperimentItemInput::write).collect::<Result<_>>()?;
        session(context)?.execute(Command::AddItems(items)).await?;
        Ok(true)
    }

    /// Takes runs out of their experiments; the traces stay. True also for what was not there.
    async fn delete_experiment_items(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(ExperimentItemId::known(uuid(id)?))).collect::<Result<_>>()?;
        session(context)?.execute(Command::DeleteItems { ids }).await?;
        Ok(true)
    }
}

#[derive(Default)]
pub(crate) struct ExperimentItemQueries;

#[Object]
impl ExperimentItemQueries {
    async fn experiment_item(&self, context: &Context<'_>, id: ID) -> Result<Option<ExperimentItem>> {
        let id = ExperimentItemId::known(uuid(&id)?);
        let read = session(context)?.read::<ExperimentRead, _>(move |reader| {
            let Some(item) = reader.experiment_item(id)? else { return Ok(None) };
            let experiment = reader.experiment(item.experiment_id)?;
            Ok(experiment.map(|experiment| ExperimentItem::new(item, &experiment)))
        });
        Ok(read.await?)
    }
}
