//! Commands to the machine of a runner: sent, and asked how they went. The server relays them and understands none.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use cairn_core::ids::RunnerId;
use cairn_core::runners::bridge::{self, Request, late, wait_seconds};

use crate::error::Result;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::session;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bridge::Kind")]
pub(crate) enum RunnerCommandKind {
    ReadFile,
    WriteFile,
    EditFile,
    ListFiles,
    SearchFiles,
    Exec,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bridge::Status")]
pub(crate) enum RunnerCommandStatus {
    Pending,
    PickedUp,
    Completed,
    Failed,
    TimedOut,
}

#[derive(InputObject)]
pub(crate) struct RunnerCommandInput {
    /// A runner of one's own that is connected and relays commands.
    runner_id: ID,
    kind: RunnerCommandKind,
    /// As the runner understands them: a JSON object.
    arguments: JsonText,
    /// 30 if left out.
    timeout_seconds: Option<i64>,
}

/// A command is in memory alone, and for some minutes.
pub(crate) struct RunnerCommand(bridge::Command);

#[Object]
impl RunnerCommand {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn runner_id(&self) -> ID {
        self.0.runner_id.into()
    }

    async fn kind(&self) -> RunnerCommandKind {
        self.0.kind.into()
    }

    async fn arguments(&self) -> JsonText {
        JsonText(self.0.arguments.clone())
    }

    async fn status(&self) -> RunnerCommandStatus {
        self.0.status.into()
    }

    async fn result(&self) -> Option<JsonText> {
        self.0.result.clone().map(JsonText)
    }

    async fn error(&self) -> Option<JsonText> {
        self.0.error.clone().map(JsonText)
    }

    async fn timeout_seconds(&self) -> u32 {
        self.0.timeout_seconds
    }

    async fn submitted_at(&self) -> Timestamp {
        Timestamp(self.0.submitted_at)
    }

    async fn picked_up_at(&self) -> Option<Timestamp> {
        self.0.picked_up_at.map(Timestamp)
    }

    async fn completed_at(&self) -> Option<Timestamp> {
        self.0.completed_at.map(Timestamp)
    }

    /// As the runner measured it.
    async fn duration_ms(&self) -> Option<i64> {
        self.0.duration_ms
    }
}

#[derive(Default)]
pub(crate) struct RunnerCommandQueries;

#[Object]
impl RunnerCommandQueries {
    /// A command to one's runner; `waitSeconds` waits for it to end, for two minutes at most.
    async fn runner_command(
        &self,
        context: &Context<'_>,
        runner_id: ID,
        id: ID,
        wait_seconds: Option<i64>,
    ) -> Result<RunnerCommand> {
        let (runner, id) = (RunnerId::known(uuid(&runner_id)?), uuid(&id)?);
        let session = session(context)?;
        let wait = wait_seconds.map(|seconds| self::wait_seconds(Some(seconds)));
        let found = session.handles().bridge_command(&session.grant()?, runner, id, wait).await?;
        Ok(RunnerCommand(found.ok_or_else(late)?))
    }
}

#[derive(Default)]
pub(crate) struct RunnerCommandMutations;

#[Object]
impl RunnerCommandMutations {
    /// Sends a command to one's runner; `runnerCommand` tells how it went.
    async fn send_runner_command(
        &self,
        context: &Context<'_>,
        input: RunnerCommandInput,
    ) -> Result<RunnerCommand> {
        let session = session(context)?;
        let runner = RunnerId::known(uuid(&input.runner_id)?);
        let request = Request::new(input.kind.into(), input.arguments.0, input.timeout_seconds)?;
        let handles = session.handles();
        let id = handles.submit_bridge_command(&session.grant()?, runner, request).await?;
        let found = handles.bridge_command(&session.grant()?, runner, id, None).await?;
        Ok(RunnerCommand(found.ok_or_else(late)?))
    }
}
