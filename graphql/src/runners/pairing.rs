//! Beginning to pair a runner, and saying yes to it.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use cairn_actors::runners::secrets::secret;
use cairn_core::ids::ProjectId;
use cairn_core::runners::pairing::Request;
use cairn_core::runners::runner_not_found;

use super::{Runner, RunnerKind};
use crate::error::Result;
use crate::scalars::uuid;
use crate::session::session;

#[derive(InputObject)]
pub(crate) struct CreatePairingSessionInput {
    project_id: ID,
    /// 32 bytes in base64, which the runner shows its person and nobody else. It is kept in memory alone.
    key: String,
    kind: RunnerKind,
    /// How long the session waits for its proof.
    #[graphql(default = 300)]
    seconds: i64,
}

/// A pairing that waits for its proof.
#[derive(SimpleObject)]
pub(crate) struct PairingSession {
    id: ID,
    runner: Runner,
}

#[derive(Default)]
pub(crate) struct PairingMutations;

#[Object]
impl PairingMutations {
    /// Begins to pair a runner; `runner` tells how it goes on.
    async fn create_pairing_session(
        &self,
        context: &Context<'_>,
        input: CreatePairingSessionInput,
    ) -> Result<PairingSession> {
        let session = session(context)?;
        let project = ProjectId::known(uuid(&input.project_id)?);
        let key = secret("key", &input.key)?;
        let request = Request::new(project, key, input.kind.into(), Some(input.seconds))?;
        let handles = session.handles();
        let pairing = handles.pair_runner(&session.grant()?, request).await?;
        let runner = handles.runner(&session.grant()?, pairing.runner_id).await?;
        let runner = Runner(runner.ok_or_else(runner_not_found)?);
        Ok(PairingSession { id: pairing.session_id.into(), runner })
    }

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
        let proof = secret("proof", &proof)?;
        let handles = session.handles();
        let id = handles.activate_runner(&session.grant()?, uuid(&session_id)?, name, proof).await?;
        let runner = handles.runner(&session.grant()?, id).await?.ok_or_else(runner_not_found)?;
        Ok(Runner(runner))
    }
}
