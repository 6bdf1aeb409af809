//! Pairing runners, sending them away, and asking them for jobs.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, InputObject, Object};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_core::ids::{JobId, ProjectId, RunnerId};
use cairn_core::runners::{JobRequest, runner_not_found};

use super::Runner;
use super::jobs::RunnerJob;
use crate::error::{Problem, Result};
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
    /// Says yes to a runner that waits for its pairing. The proof is base64 of the HMAC-SHA256, under the key that the
    /// runner shows its person, of the 16 bytes of the session and the SHA-256 of the runner's name.
    async fn activate_runner(
        &self,
        context: &Context<'_>,
        session_id: ID,
        name: String,
        proof: String,
    ) -> Result<Runner> {
        let session = session(context)?;
        let decoded = STANDARD.decode(&proof).ok().and_then(|bytes| bytes.try_into().ok());
        let proof = decoded.ok_or_else(|| Problem::invalid("`proof` must be 32 bytes in base64"))?;
        let handles = session.handles();
        let id = handles.activate_runner(&session.grant()?, uuid(&session_id)?, name, proof).await?;
        let runner = handles.runner(&session.grant()?, id).await?.ok_or_else(runner_not_found)?;
        Ok(Runner(runner))
    }

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
