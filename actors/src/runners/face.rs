//! What people and runners ask of runners: each question with its grant, put together of rows and of the relay.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cairn_core::access::{Grant, Permission, RunnerRead, RunnerWrite};
use cairn_core::command::Outcome;
use cairn_core::ids::{JobId, Position, ProjectId, RunnerId};
use cairn_core::json::Json;
use cairn_core::limits::{BRIDGE_POLL_SECONDS, JOB_POLL_SECONDS};
use cairn_core::rejection::{Rejection, RejectionKind};
use cairn_core::runners::bridge::{self, Request};
use cairn_core::runners::pairing::{self, Proof, Session};
use cairn_core::runners::state::{Job, Runner, RunnerStatus};
use cairn_core::runners::{
    Agent, Command, JobRequest, LogLine, Report, jobs, living, owned, runner_not_found,
};
use cairn_storage::runners::read::{JobView, Stretch};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use crate::clock;
use crate::failure::Failure;
use crate::handles::Handles;
use crate::runners::relay::{Paired, Relay, Sign, Waiting};
use crate::runtime::WorkspaceAddress;

/// A runner as its person sees it.
#[derive(Clone, Debug)]
pub enum RunnerView {
    /// It waits for a proof, and nothing else is known of it.
    Waiting(Waiting),
    Known {
        runner: Box<Runner>,
        status: RunnerStatus,
        capabilities: Vec<String>,
    },
}

impl RunnerView {
    fn of(runner: Runner, sign: Sign) -> Self {
        let status = runner.status(sign.heard_at, clock::now());
        let capabilities = if status == RunnerStatus::Connected { sign.capabilities } else { Vec::new() };
        Self::Known { runner: Box::new(runner), status, capabilities }
    }

    /// `None` while it waits for its pairing.
    fn known_id(&self) -> Option<RunnerId> {
        match self {
            Self::Waiting(_) => None,
            Self::Known { runner, .. } => Some(runner.id),
        }
    }

    pub const fn status(&self) -> RunnerStatus {
        match self {
            Self::Waiting(_) => RunnerStatus::Pairing,
            Self::Known { status, .. } => *status,
        }
    }
}

/// A pairing that was begun.
#[derive(Clone, Copy, Debug)]
pub struct Pairing {
    pub session_id: Uuid,
    pub runner_id: RunnerId,
}

/// Pairing, and what a runner says of itself.
impl Handles {
    pub async fn pair_runner(
        &self,
        grant: &Grant<RunnerWrite>,
        request: pairing::Request,
    ) -> Result<Pairing, Failure> {
        let project = request.project_id;
        let is_known = self.read(grant, move |reader| Ok(reader.project(project)?.is_some())).await?;
        if !is_known {
            return Err(Rejection::not_found("Project not found").into());
        }
        let owner = grant.principal().name().to_string();
        let mut context = clock::context(Arc::clone(grant.principal().name()));
        let pairing =
            Pairing { session_id: context.fresh_id(), runner_id: RunnerId::known(context.fresh_id()) };
        let begin = move |relay: &mut Relay, now| {
            relay.pair(Session::new(pairing.session_id, pairing.runner_id, owner, request, now), now)
        };
        self.address(grant).await?.relay.ask(begin).await??;
        Ok(pairing)
    }

    /// Brings the runner of a session to life, if the proof is right; it takes the place of an older one.
    pub async fn activate_runner(
        &self,
        grant: &Grant<RunnerWrite>,
        session: Uuid,
        name: String,
        proof: Proof,
    ) -> Result<RunnerId, Failure> {
        let address = self.address(grant).await?;
        let given = name.clone();
        let paired =
            address.relay.ask(move |relay, now| relay.activate(session, &given, &proof, now)).await??;
        let connected = self.connect_runner(&address, grant, paired, name).await;
        if connected.is_err() {
            address.relay.ask(move |relay, _| relay.deactivate(session)).await?;
        }
        connected
    }

    async fn connect_runner(
        &self,
        address: &WorkspaceAddress,
        grant: &Grant<RunnerWrite>,
        paired: Paired,
        name: String,
    ) -> Result<RunnerId, Failure> {
        let Paired { runner_id: id, project_id, owner, kind } = paired;
        let before = self.living_runners(grant, project_id).await?;
        self.carry_out(address, grant, Command::Connect { id, project_id, owner, kind, name }).await?;
        let after = self.living_runners(grant, project_id).await?;
        for gone in before.difference(&after).copied() {
            address.relay.ask(move |relay, now| relay.end(gone, now)).await?;
        }
        Ok(id)
    }

    /// A runner that is not there any more, or never was, is told to stop.
    pub async fn hear_runner(
        &self,
        grant: &Grant<RunnerWrite>,
        id: RunnerId,
        capabilities: Vec<String>,
    ) -> Result<Vec<JobId>, Failure> {
        let is_missing = |failure: &Failure| matches!(failure, Failure::Refused(rejection) if rejection.kind == RejectionKind::NotFound);
        match self.living_runner(grant, id).await {
            Err(failure) if is_missing(&failure) => {
                return Err(Rejection::new(RejectionKind::Gone, runner_not_found().message)
                    .hint("pair a new one")
                    .into());
            }
            other => other?,
        };
        let address = self.address(grant).await?;
        address.relay.ask(move |relay, now| relay.hear(id, capabilities, now)).await?.map_err(Failure::from)
    }

    pub async fn set_runner_agents(
        &self,
        grant: &Grant<RunnerWrite>,
        id: RunnerId,
        agents: Vec<Agent>,
    ) -> Result<(), Failure> {
        let address = self.address(grant).await?;
        self.carry_out(&address, grant, Command::SetAgents { id, agents }).await.map(|_| ())
    }

    pub async fn patch_runner_checklist(
        &self,
        grant: &Grant<RunnerWrite>,
        id: RunnerId,
        patch: Json,
    ) -> Result<(), Failure> {
        let address = self.address(grant).await?;
        self.carry_out(&address, grant, Command::PatchChecklist { id, patch }).await.map(|_| ())
    }

    /// Nothing is wrong with a runner that is gone already.
    pub async fn disconnect_runner(&self, grant: &Grant<RunnerWrite>, id: RunnerId) -> Result<(), Failure> {
        let address = self.address(grant).await?;
        self.carry_out(&address, grant, Command::Disconnect { id }).await?;
        address.relay.ask(move |relay, now| relay.end(id, now)).await
    }

    /// `None` if there is no such runner of the person.
    pub async fn runner(
        &self,
        grant: &Grant<RunnerRead>,
        id: RunnerId,
    ) -> Result<Option<RunnerView>, Failure> {
        let address = self.address(grant).await?;
        let person = grant.principal().name().to_string();
        let found = self.read(grant, move |reader| Ok(reader.runner(id)?)).await?;
        if let Some(runner) = found.filter(|runner| runner.owner == person) {
            let sign = address.relay.ask(move |relay, now| relay.sign(id, now)).await?;
            return Ok(Some(RunnerView::of(runner, sign)));
        }
        let waiting = address.relay.ask(move |relay, now| relay.waiting(&person, now)).await?;
        Ok(waiting.into_iter().find(|waiting| waiting.runner_id == id).map(RunnerView::Waiting))
    }

    /// The runners of a person in a project, those that wait for their pairing first, then newest first; and how many
    /// there are.
    pub async fn runners(
        &self,
        grant: &Grant<RunnerRead>,
        project: ProjectId,
        status: Option<RunnerStatus>,
        window: Stretch,
    ) -> Result<(Vec<RunnerView>, usize), Failure> {
        let address = self.address(grant).await?;
        let person = grant.principal().name().to_string();
        let owner = person.clone();
        // Only those that live can be connected, and in memory only those that wait.
        let living = self.read(grant, move |reader| Ok(reader.living_runners(project)?)).await?;
        let living = living.into_iter().filter(|runner| runner.owner == owner).collect();
        let connected = self.signed(&address, living).await?;
        let connected = connected.into_iter().filter(|view| view.status() == RunnerStatus::Connected);
        let known = match status {
            None | Some(RunnerStatus::Pairing) => {
                let asked = move |relay: &mut Relay, now| relay.waiting(&person, now);
                let waiting = address.relay.ask(asked).await?.into_iter().rev();
                waiting.filter(|waiting| waiting.project_id == project).map(RunnerView::Waiting).collect()
            }
            Some(RunnerStatus::Connected) => connected.clone().collect(),
            Some(RunnerStatus::Disconnected) => Vec::new(),
        };
        let count = known.len();
        let mut page: Vec<RunnerView> = known.into_iter().skip(window.offset).take(window.limit).collect();
        let but = match status {
            Some(RunnerStatus::Pairing | RunnerStatus::Connected) => return Ok((page, count)),
            Some(RunnerStatus::Disconnected) => connected.filter_map(|view| view.known_id()).collect(),
            None => BTreeSet::new(),
        };
        let rest = window.after(count, page.len());
        let read = self.read(grant, move |reader| Ok(reader.runners(project, &owner, &but, rest)?));
        let (runners, total) = read.await?;
        page.extend(self.signed(&address, runners).await?);
        Ok((page, count + total))
    }

    /// Runners with what the memory knows of them.
    async fn signed(
        &self,
        address: &WorkspaceAddress,
        runners: Vec<Runner>,
    ) -> Result<Vec<RunnerView>, Failure> {
        let ids: Vec<RunnerId> = runners.iter().map(|runner| runner.id).collect();
        let asked = move |relay: &mut Relay, now| ids.into_iter().map(|id| relay.sign(id, now)).collect();
        let signs: Vec<Sign> = address.relay.ask(asked).await?;
        Ok(runners.into_iter().zip(signs).map(|(runner, sign)| RunnerView::of(runner, sign)).collect())
    }
}

/// Jobs.
impl Handles {
    pub async fn create_job(
        &self,
        grant: &Grant<RunnerWrite>,
        request: JobRequest,
        inputs: Option<Json>,
    ) -> Result<JobId, Failure> {
        let address = self.address(grant).await?;
        let project = request.project_id;
        let living = self.read(grant, move |reader| Ok(reader.living_runners(project)?)).await?;
        let views = self.signed(&address, living).await?.into_iter();
        let connected: BTreeSet<RunnerId> = views
            .filter(|view| view.status() == RunnerStatus::Connected)
            .filter_map(|view| view.known_id())
            .collect();
        let called: Vec<RunnerId> = connected.iter().copied().collect();
        let command = Command::CreateJob { request: Box::new(request), inputs, connected };
        let outcome = self.carry_out(&address, grant, command).await?;
        let wake = move |relay: &mut Relay, _| called.iter().for_each(|id| relay.ring(*id));
        address.relay.ask(wake).await?;
        Ok(JobId::known(outcome.created.unwrap_or_default()))
    }

    /// The oldest waiting job of a runner, waited for a while.
    pub async fn next_job(
        &self,
        grant: &Grant<RunnerWrite>,
        id: RunnerId,
    ) -> Result<Option<JobView>, Failure> {
        let mut waiting = self.poll(grant, id, JOB_POLL_SECONDS).await?;
        loop {
            self.living_runner(grant, id).await?;
            if self.read(grant, move |reader| Ok(reader.has_pending_job(id)?)).await? {
                let address = self.address(grant).await?;
                let outcome = self.carry_out(&address, grant, Command::TakeJob { runner_id: id }).await?;
                // Another poll may have been faster.
                if let Some(job) = outcome.created {
                    return self.job_view(grant, JobId::known(job)).await.map(Some);
                }
            }
            if !waiting.rings().await {
                return Ok(None);
            }
        }
    }

    pub async fn report_job(
        &self,
        grant: &Grant<RunnerWrite>,
        id: JobId,
        report: Report,
    ) -> Result<(), Failure> {
        let address = self.address(grant).await?;
        self.carry_out(&address, grant, Command::ReportJob { id, report }).await.map(|_| ())
    }

    pub async fn log_job(
        &self,
        grant: &Grant<RunnerWrite>,
        id: JobId,
        lines: Vec<LogLine>,
    ) -> Result<(), Failure> {
        let address = self.address(grant).await?;
        self.carry_out(&address, grant, Command::LogJob { id, lines }).await.map(|_| ())
    }

    /// The runner hears of it with its next heartbeat.
    pub async fn cancel_job(&self, grant: &Grant<RunnerWrite>, id: JobId) -> Result<(), Failure> {
        let address = self.address(grant).await?;
        self.carry_out(&address, grant, Command::CancelJob { id }).await?;
        let job = self.read(grant, move |reader| Ok(reader.job(id)?)).await?;
        let Some(runner) = job.map(|job| job.runner_id) else { return Ok(()) };
        address.relay.ask(move |relay, now| relay.cancelled(runner, id, now)).await
    }

    /// A job of the person, with its bodies.
    pub async fn job(&self, grant: &Grant<RunnerRead>, id: JobId) -> Result<JobView, Failure> {
        self.job_view(grant, id).await
    }

    /// The jobs of a runner of the person, newest first, and how many there are. All are of the runner's project.
    pub async fn jobs(
        &self,
        grant: &Grant<RunnerRead>,
        runner: RunnerId,
        project: Option<ProjectId>,
        before: Option<Position>,
        window: Stretch,
    ) -> Result<(Vec<Job>, usize), Failure> {
        let person = grant.principal().name().to_string();
        self.read(grant, move |reader| {
            let found = reader.runner(runner)?;
            let own = owned(found.as_ref(), &person)?;
            if project.is_some_and(|project| own.project_id != project) {
                return Ok((Vec::new(), 0));
            }
            Ok(reader.jobs(runner, before, window)?)
        })
        .await
    }

    pub async fn job_log(
        &self,
        grant: &Grant<RunnerRead>,
        id: JobId,
        offset: u32,
    ) -> Result<Vec<LogLine>, Failure> {
        let person = grant.principal().name().to_string();
        self.read(grant, move |reader| {
            jobs::owned(reader.job(id)?.as_ref(), &person)?;
            Ok(reader.job_log(id, offset)?)
        })
        .await
    }
}

/// Commands to the machine of a runner.
impl Handles {
    pub async fn submit_bridge_command(
        &self,
        grant: &Grant<RunnerWrite>,
        id: RunnerId,
        request: Request,
    ) -> Result<Uuid, Failure> {
        let address = self.address(grant).await?;
        let runner = self.own_runner(grant, id).await?;
        let command = clock::context(Arc::clone(grant.principal().name())).fresh_id();
        let submit = move |relay: &mut Relay, now| {
            if runner.status(relay.sign(id, now).heard_at, now) != RunnerStatus::Connected {
                return Err(Rejection::conflict("Runner is not connected").hint("start it again"));
            }
            relay.submit(id, command, request, now)
        };
        address.relay.ask(submit).await??;
        Ok(command)
    }

    /// The waiting commands of a runner, waited for a while.
    pub async fn next_bridge_commands(
        &self,
        grant: &Grant<RunnerWrite>,
        id: RunnerId,
        most: usize,
    ) -> Result<Vec<bridge::Command>, Failure> {
        let mut waiting = self.poll(grant, id, BRIDGE_POLL_SECONDS).await?;
        loop {
            self.living_runner(grant, id).await?;
            let commands =
                self.address(grant).await?.relay.ask(move |relay, now| relay.take(id, most, now)).await?;
            if !commands.is_empty() || !waiting.rings().await {
                return Ok(commands);
            }
        }
    }

    pub async fn finish_bridge_command(
        &self,
        grant: &Grant<RunnerWrite>,
        id: RunnerId,
        command: Uuid,
        outcome: bridge::Outcome,
    ) -> Result<(), Failure> {
        let address = self.address(grant).await?;
        self.own_runner(grant, id).await?;
        address
            .relay
            .ask(move |relay, now| relay.finish(id, command, outcome, now))
            .await?
            .map_err(Failure::from)
    }

    /// A command as it is, or as it ends within some seconds; `None` if it does not end in time.
    pub async fn bridge_command(
        &self,
        grant: &Grant<RunnerRead>,
        id: RunnerId,
        command: Uuid,
        wait_seconds: Option<u64>,
    ) -> Result<Option<bridge::Command>, Failure> {
        self.own_runner(grant, id).await?;
        let deadline = wait_seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        loop {
            let address = self.address(grant).await?;
            let asked = address.relay.ask(move |relay, now| relay.command(id, command, now)).await?;
            drop(address);
            let (found, bell) = asked.map_err(Failure::from)?;
            let Some(deadline) = deadline.filter(|_| !found.status.is_final()) else {
                return Ok(Some(found));
            };
            if !(Poll { bell, ending: self.ending(), deadline }).rings().await {
                return Ok(None);
            }
        }
    }
}

impl Handles {
    async fn carry_out(
        &self,
        address: &WorkspaceAddress,
        grant: &Grant<RunnerWrite>,
        command: Command,
    ) -> Result<Outcome, Failure> {
        let command = cairn_core::command::Command::from(command);
        command.check()?;
        let answer = address.execute(command, clock::context(Arc::clone(grant.principal().name())))?;
        answer.await.map_err(|_| Failure::Fault(clock::request_id()))?
    }

    async fn own_runner<P: Permission>(&self, grant: &Grant<P>, id: RunnerId) -> Result<Runner, Failure> {
        let person = grant.principal().name().to_string();
        self.read(grant, move |reader| Ok(owned(reader.runner(id)?.as_ref(), &person)?.clone())).await
    }

    async fn living_runner(&self, grant: &Grant<RunnerWrite>, id: RunnerId) -> Result<Runner, Failure> {
        let person = grant.principal().name().to_string();
        self.read(grant, move |reader| Ok(living(reader.runner(id)?.as_ref(), &person)?.clone())).await
    }

    async fn living_runners(
        &self,
        grant: &Grant<RunnerWrite>,
        project: ProjectId,
    ) -> Result<BTreeSet<RunnerId>, Failure> {
        let living = self.read(grant, move |reader| Ok(reader.living_runners(project)?)).await?;
        Ok(living.into_iter().map(|runner| runner.id).collect())
    }

    async fn job_view<P: Permission>(&self, grant: &Grant<P>, id: JobId) -> Result<JobView, Failure> {
        let person = grant.principal().name().to_string();
        self.read(grant, move |reader| {
            let job = jobs::owned(reader.job(id)?.as_ref(), &person)?.clone();
            Ok(reader.job_with_bodies(job)?)
        })
        .await
    }

    /// Listens from before the first look, so that nothing is missed in between.
    /// Holds nothing of the workspace while it waits.
    async fn poll(&self, grant: &Grant<RunnerWrite>, id: RunnerId, seconds: u64) -> Result<Poll, Failure> {
        self.living_runner(grant, id).await?;
        let bell = self.address(grant).await?.relay.ask(move |relay, now| relay.listen(id, now)).await??;
        Ok(Poll { bell, ending: self.ending(), deadline: Instant::now() + Duration::from_secs(seconds) })
    }
}

/// Somebody who waits for news.
struct Poll {
    bell: watch::Receiver<()>,
    ending: watch::Receiver<bool>,
    deadline: Instant,
}

impl Poll {
    /// Whether there may be news; not so when the time is up or the server ends.
    async fn rings(&mut self) -> bool {
        tokio::select! {
            _ = self.ending.wait_for(|ending| *ending) => false,
            () = sleep_until(self.deadline) => false,
            rung = self.bell.changed() => rung.is_ok(),
        }
    }
}
