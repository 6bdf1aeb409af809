//! Jobs: what a runner was asked to do, what it wrote meanwhile, and what came of it, also as it happens.

use async_graphql::{Context, Enum, ID, Object, SimpleObject, Subscription};
use cairn_core::access::RunnerRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::{self, JobId, TraceId};
use cairn_core::runners::jobs::owned;
use cairn_core::runners::{self, state};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::runners::read::JobView;
use cairn_storage::view::Bodies;
use futures_util::Stream;
use uuid::Uuid;

use crate::error::{Problem, Result};
use crate::live::{Topic, Watch, follow};
use crate::scalars::{JsonText, Position, Timestamp, uuid};
use crate::session::session;
use crate::traces::Trace;

pub(crate) struct RunnerJob(pub(crate) state::Job);

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "runners::JobStatus")]
pub(crate) enum RunnerJobStatus {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
}

#[derive(SimpleObject)]
pub(crate) struct RunnerLogLine {
    /// Such as `stdout`.
    stream: String,
    text: String,
}

impl From<runners::LogLine> for RunnerLogLine {
    fn from(line: runners::LogLine) -> Self {
        Self { stream: line.stream, text: line.text }
    }
}

/// Which mask lies over which prompt.
#[derive(SimpleObject)]
pub(crate) struct RunnerPromptMask {
    prompt_id: String,
    mask_id: ID,
}

#[Object]
impl RunnerJob {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn runner_id(&self) -> ID {
        self.0.runner_id.into()
    }

    async fn project_id(&self) -> ID {
        self.0.request.project_id.into()
    }

    async fn agent(&self) -> &str {
        &self.0.request.agent
    }

    async fn status(&self) -> RunnerJobStatus {
        self.0.status.into()
    }

    #[graphql(complexity = 10)]
    async fn inputs(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        Ok(view(context, self.0.id).await?.inputs.map(JsonText))
    }

    #[graphql(complexity = 10)]
    async fn result(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        Ok(view(context, self.0.id).await?.result.map(JsonText))
    }

    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    async fn trace_id(&self) -> Option<ID> {
        self.0.trace_id.map(Into::into)
    }

    /// Null until it arrived.
    #[graphql(complexity = "10 + child_complexity")]
    async fn trace(&self, context: &Context<'_>) -> Result<Option<Trace>> {
        let Some(id) = self.0.trace_id else { return Ok(None) };
        let read = session(context)?
            .read::<cairn_core::access::TraceRead, _>(move |reader| Ok(reader.trace(TraceId::known(id))?));
        Ok(read.await?.map(Trace::from))
    }

    /// A mask over the configuration of the agent.
    async fn mask_id(&self) -> Option<ID> {
        self.0.request.mask_id.map(Into::into)
    }

    async fn prompt_masks(&self) -> Vec<RunnerPromptMask> {
        let masks = self.0.request.prompt_masks.iter();
        masks
            .map(|(prompt, mask)| RunnerPromptMask { prompt_id: prompt.clone(), mask_id: (*mask).into() })
            .collect()
    }

    /// The version of the agent's configuration that it runs with.
    async fn blueprint_name(&self) -> Option<&str> {
        self.0.request.blueprint_name.as_deref()
    }

    async fn timeout_seconds(&self) -> Option<u32> {
        self.0.timeout_seconds
    }

    async fn log_line_count(&self) -> u32 {
        self.0.log_lines
    }

    /// The lines of its log from a number on, counted from 0.
    #[graphql(complexity = "100 + 100 * child_complexity")]
    async fn log(
        &self,
        context: &Context<'_>,
        #[graphql(default = 0)] offset: u32,
    ) -> Result<Vec<RunnerLogLine>> {
        let session = session(context)?;
        let lines = session.handles().job_log(&session.grant()?, self.0.id, offset).await?;
        Ok(lines.into_iter().map(RunnerLogLine::from).collect())
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    async fn started_at(&self) -> Option<Timestamp> {
        self.0.started_at.map(Timestamp)
    }

    async fn completed_at(&self) -> Option<Timestamp> {
        self.0.completed_at.map(Timestamp)
    }
}

#[derive(Default)]
pub(crate) struct RunnerJobQueries;

#[Object]
impl RunnerJobQueries {
    async fn runner_job(&self, context: &Context<'_>, id: ID) -> Result<RunnerJob> {
        Ok(RunnerJob(view(context, JobId::known(uuid(&id)?)).await?.job))
    }
}

async fn view(context: &Context<'_>, id: JobId) -> Result<JobView> {
    let session = session(context)?;
    Ok(session.handles().job(&session.grant()?, id).await?)
}

/// Something that happened to a job.
#[derive(SimpleObject)]
pub(crate) struct RunnerJobChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    /// As it is when this is told.
    job: RunnerJob,
    /// Lines that were written with this change.
    log: Vec<RunnerLogLine>,
}

#[derive(Default)]
pub(crate) struct RunnerJobSubscriptions;

#[Subscription]
impl RunnerJobSubscriptions {
    /// Every change of a job after the position `after` (absent: from now on), with the lines of its log as they come.
    /// Resuming from the last position received gives neither a gap nor a duplicate.
    async fn runner_job_changes(
        &self,
        context: &Context<'_>,
        id: ID,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<RunnerJobChange>>> {
        let session = session(context)?.clone();
        let id = JobId::known(uuid(&id)?);
        let person = session.person().to_owned();
        let known = session.read::<RunnerRead, _>(move |reader| {
            owned(reader.job(id)?.as_ref(), &person)?;
            Ok(())
        });
        known.await.map_err(Problem::from)?;
        follow(session, after.map(|after| after.0), ChangesOf { id }).await
    }
}

#[derive(Clone, Copy)]
struct ChangesOf {
    id: JobId,
}

impl Topic for ChangesOf {
    type Touch = Vec<runners::LogLine>;
    type View = (state::Job, Vec<runners::LogLine>);

    fn about(&self) -> Option<Uuid> {
        Some(self.id.uuid())
    }

    /// Each change is a thing of its own, so that none is folded into the next one and no line is lost.
    fn touched(
        &self,
        _: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, Vec<runners::LogLine>)>, Error> {
        let Event::Runners(change) = &event.event else { return Ok(Vec::new()) };
        if change.job_id() != Some(self.id) {
            return Ok(Vec::new());
        }
        let lines = match change {
            runners::Event::JobLogged { lines, .. } => lines.clone(),
            _ => Vec::new(),
        };
        Ok(vec![(Uuid::from_u128(event.position.0.into()), lines)])
    }

    fn view(
        &self,
        reader: &Reader,
        _: ids::Position,
        _: Uuid,
        lines: Vec<runners::LogLine>,
    ) -> std::result::Result<Option<Self::View>, Error> {
        Ok(reader.job(self.id)?.map(|job| (job, lines)))
    }
}

impl Watch for ChangesOf {
    type Permission = RunnerRead;
    type Topic = Self;
    type Item = RunnerJobChange;

    fn topic(&self) -> Self {
        *self
    }

    fn item(
        &self,
        _: &Bodies,
        position: ids::Position,
        _: Uuid,
        (job, lines): &(state::Job, Vec<runners::LogLine>),
    ) -> Option<RunnerJobChange> {
        let log = lines.iter().cloned().map(RunnerLogLine::from).collect();
        Some(RunnerJobChange { position: Position(position), job: RunnerJob(job.clone()), log })
    }
}
