//! Sending runners away, and asking them for jobs.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, InputObject, Object};
use cairn_core::ids::{JobId, ProjectId, RunnerId};
use cairn_core::runners::JobRequest;

use super::jobs::RunnerJob;
use crate::error::Result;
use crate::scalars::{JsonText, uuid};
use crate::session::session;

#[derive(InputObject)]
pub(crate) struct RunnerJobInput {
    project_id: ID,
    /// The name of one of the agents of a connected runner.
    agent: String,
    inputs: Option<JsonText>,
    /// A mask over the configuration of the agent.
    mask_id: Option<ID>,
    /// A version of the configuration, such as `v3`.
    blueprint_name: Option<String>,
    #[graphql(default)]
    prompt_masks: Vec<RunnerPromptMaskInput>,
}

#[derive(InputObject)]
pub(crate) struct RunnerPromptMaskInput {
    prompt_id: String,
    mask_id: ID,
}

#[derive(Default)]
pub(crate) struct RunnerMutations;

#[Object]
impl RunnerMutations {
    /// Sends a runner away; its waiting jobs fail. True also if it was gone already.
    async fn disconnect_runner(&self, context: &Context<'_>, id: ID) -> Result<bool> {
        let session = session(context)?;
        session.handles().disconnect_runner(&session.grant()?, RunnerId::known(uuid(&id)?)).await?;
        Ok(true)
    }

    async fn create_runner_job(&self, context: &Context<'_>, input: RunnerJobInput) -> Result<RunnerJob> {
        let session = session(context)?;
        let masks = input.prompt_masks.into_iter();
        let prompt_masks = masks.map(|mask| Ok((mask.prompt_id, uuid(&mask.mask_id)?)));
        let request = JobRequest {
            project_id: ProjectId::known(uuid(&input.project_id)?),
            agent: input.agent,
            mask_id: input.mask_id.map(|id| uuid(&id)).transpose()?,
            prompt_masks: prompt_masks.collect::<Result<BTreeMap<_, _>>>()?,
            blueprint_name: input.blueprint_name,
            metadata: None,
        };
        let inputs = input.inputs.map(|json| json.0).filter(|json| !json.is_null());
        let id = session.handles().create_job(&session.grant()?, request, inputs).await?;
        Ok(RunnerJob(session.handles().job(&session.grant()?, id).await?.job))
    }

    /// Changes nothing about a job that has ended.
    async fn cancel_runner_job(&self, context: &Context<'_>, id: ID) -> Result<RunnerJob> {
        let session = session(context)?;
        let id = JobId::known(uuid(&id)?);
        session.handles().cancel_job(&session.grant()?, id).await?;
        Ok(RunnerJob(session.handles().job(&session.grant()?, id).await?.job))
    }
}
