//! Runners: programs on people's machines, the agents that they have, and the jobs that they do. Each person sees the
//! own ones alone.

pub(crate) mod bridge;
pub(crate) mod changes;
pub(crate) mod jobs;
pub(crate) mod pairing;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use cairn_actors::runners::face::RunnerView;
use cairn_core::ids::{Position, ProjectId, RunnerId};
use cairn_core::json::Json;
use cairn_core::limits::PAGE_ITEMS_MAX;
use cairn_core::runners::{self, state};
use cairn_storage::index::{Cursor, SortValue};
use cairn_storage::runners::read::Stretch;

use self::jobs::RunnerJob;
use crate::connection::{Found, Page, page_cost, page_size};
use crate::cursor;
use crate::error::Result;
use crate::projects::Project;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{loader, session};

pub(crate) struct Runner(RunnerView);

/// What a runner is there for.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "runners::Kind")]
pub(crate) enum RunnerKind {
    /// To relay commands to a machine.
    Connect,
    /// To run agents.
    Endpoint,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "state::RunnerStatus")]
pub(crate) enum RunnerStatus {
    /// It waits for its person to say yes.
    Pairing,
    Connected,
    /// It is no more, or was not heard from.
    Disconnected,
}

/// A function that a runner can call.
#[derive(SimpleObject)]
pub(crate) struct RunnerAgent {
    name: String,
    description: Option<String>,
    language: Option<String>,
    executable: Option<String>,
    source_file: Option<String>,
    parameters: Vec<RunnerParameter>,
    /// How long a job of it may take; null for no bound of its own.
    timeout_seconds: Option<u32>,
}

#[derive(SimpleObject)]
pub(crate) struct RunnerParameter {
    name: String,
    kind: String,
    /// Such as `required`.
    presence: Option<String>,
}

impl From<&runners::Agent> for RunnerAgent {
    fn from(agent: &runners::Agent) -> Self {
        let parameter = |parameter: &runners::Parameter| RunnerParameter {
            name: parameter.name.clone(),
            kind: parameter.kind.clone(),
            presence: parameter.presence.clone(),
        };
        Self {
            name: agent.name.clone(),
            description: agent.description.clone(),
            language: agent.language.clone(),
            executable: agent.executable.clone(),
            source_file: agent.source_file.clone(),
            parameters: agent.parameters.iter().map(parameter).collect(),
            timeout_seconds: agent.timeout_seconds,
        }
    }
}

impl Runner {
    fn runner_id(&self) -> RunnerId {
        match &self.0 {
            RunnerView::Waiting(waiting) => waiting.runner_id,
            RunnerView::Known { runner, .. } => runner.id,
        }
    }

    fn project(&self) -> ProjectId {
        match &self.0 {
            RunnerView::Waiting(waiting) => waiting.project_id,
            RunnerView::Known { runner, .. } => runner.project_id,
        }
    }

    /// None while it waits for its pairing.
    fn known(&self) -> Option<&state::Runner> {
        match &self.0 {
            RunnerView::Waiting(_) => None,
            RunnerView::Known { runner, .. } => Some(runner),
        }
    }
}

#[Object]
impl Runner {
    async fn id(&self) -> ID {
        self.runner_id().into()
    }

    async fn project_id(&self) -> ID {
        self.project().into()
    }

    /// Null if the project was deleted.
    #[graphql(complexity = "5 + child_complexity", name = "project")]
    async fn project_of(&self, context: &Context<'_>) -> Result<Option<Project>> {
        Ok(loader(context)?.load_one(self.project()).await?.map(Project))
    }

    /// Null while it waits for its pairing.
    async fn name(&self) -> Option<&str> {
        self.known().map(|runner| runner.name.as_str())
    }

    async fn kind(&self) -> RunnerKind {
        match &self.0 {
            RunnerView::Waiting(waiting) => waiting.kind.into(),
            RunnerView::Known { runner, .. } => runner.kind.into(),
        }
    }

    async fn status(&self) -> RunnerStatus {
        self.0.status().into()
    }

    async fn connected_at(&self) -> Option<Timestamp> {
        self.known().map(|runner| Timestamp(runner.connected_at))
    }

    #[graphql(complexity = "10 * child_complexity")]
    async fn agents(&self) -> Vec<RunnerAgent> {
        self.known().into_iter().flat_map(|runner| &runner.agents).map(RunnerAgent::from).collect()
    }

    /// What it said lately to be able to do: `jobs`, `bridge`.
    async fn capabilities(&self) -> &[String] {
        match &self.0 {
            RunnerView::Waiting(_) => &[],
            RunnerView::Known { capabilities, .. } => capabilities,
        }
    }

    /// What it found out about the project on its machine.
    async fn checklist(&self) -> Option<JsonText> {
        let text = self.known().and_then(|runner| runner.checklist.clone())?;
        Some(JsonText(Json::stored(text.into())))
    }

    /// Newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn jobs(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<RunnerJob>> {
        const LIST: &str = "runner jobs";
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(LIST, &after)).transpose()?;
        if self.known().is_none() {
            return Ok(Found::within(Vec::new(), LIST, first, false, 0).into_page(RunnerJob));
        }
        let session = session(context)?;
        let before = match &after {
            Some(Cursor { value: SortValue::Whole(last), .. }) => u64::try_from(*last).ok().map(Position),
            _ => None,
        };
        // One more than is shown tells whether there is a next page.
        let window = Stretch { offset: 0, limit: first + 1 };
        let grant = session.grant()?;
        let jobs = session.handles().jobs(&grant, self.runner_id(), None, before, window);
        let (jobs, total) = jobs.await?;
        let place = |job: &state::Job| i64::try_from(job.created.0).unwrap_or(i64::MAX);
        let placed = jobs
            .into_iter()
            .map(|job| (Cursor { value: SortValue::Whole(place(&job)), id: job.id.uuid() }, job));
        Ok(Found::within(placed.collect(), LIST, first, after.is_some(), total).into_page(RunnerJob))
    }
}

#[derive(Default)]
pub(crate) struct RunnerQueries;

#[Object]
impl RunnerQueries {
    /// The runners that one has in a project: those that wait for their pairing, then newest first.
    #[graphql(complexity = "50 + 50 * child_complexity")]
    async fn runners(
        &self,
        context: &Context<'_>,
        project_id: ID,
        status: Option<RunnerStatus>,
    ) -> Result<Vec<Runner>> {
        let project = ProjectId::known(uuid(&project_id)?);
        let session = session(context)?;
        let window = Stretch { offset: 0, limit: PAGE_ITEMS_MAX };
        let status = status.map(state::RunnerStatus::from);
        let (runners, _) = session.handles().runners(&session.grant()?, project, status, window).await?;
        Ok(runners.into_iter().map(Runner).collect())
    }

    async fn runner(&self, context: &Context<'_>, id: ID) -> Result<Option<Runner>> {
        let session = session(context)?;
        let id = RunnerId::known(uuid(&id)?);
        Ok(session.handles().runner(&session.grant()?, id).await?.map(Runner))
    }
}
