//! What is only on its way between people and their runners: pairings that wait, who was heard from when, jobs whose
//! cancelling a runner must hear of, and commands to machines with their results. All of it is bounded, and a restart may
//! lose it: programs say again who they are, and people ask again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cairn_core::ids::{JobId, ProjectId, RunnerId};
use cairn_core::limits::{
    BRIDGE_BYTES_MAX, BRIDGE_COMMANDS_MAX, BRIDGE_KEPT_SECONDS, CANCELLED_JOBS_TOLD_MAX,
    CANCELLED_JOBS_TOLD_SECONDS, PAIRING_SESSIONS_MAX, RUNNER_CAPABILITIES_MAX, RUNNER_FORGOTTEN_SECONDS,
    RUNNER_POLLS_MAX, RUNNER_SILENCE_SECONDS_MAX, RUNNERS_REMEMBERED_MAX,
};
use cairn_core::rejection::{Rejection, RejectionKind};
use cairn_core::runners::Kind;
use cairn_core::runners::bridge::{CAPABILITY, Command, Outcome, Rate, Request, Status, command_not_found};
use cairn_core::runners::pairing::{self, Proof, Session};
use cairn_core::runners::state::is_silent;
use cairn_core::time::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

/// Of one workspace; an actor holds it and gives it one question after another.
pub(crate) struct Relay {
    /// Whoever was not heard from since may have spoken before.
    begun_at: Timestamp,
    sessions: BTreeMap<Uuid, Session>,
    runners: BTreeMap<RunnerId, Presence>,
    /// What the commands weigh together.
    bridge_bytes: usize,
}

/// What is remembered of a runner.
struct Presence {
    heard_at: Option<Timestamp>,
    /// What it can do, and when it said so last. A runner may be several processes, each with its own answer.
    capabilities: BTreeMap<String, Timestamp>,
    cancelled: VecDeque<(JobId, Timestamp)>,
    /// Rings when there may be something for its polls.
    bell: watch::Sender<()>,
    commands: VecDeque<Held>,
    reads: Rate,
    writes: Rate,
}

struct Held {
    command: Command,
    /// Tells those who wait for its end.
    changed: watch::Sender<()>,
}

/// The runner that a proof brings to life.
pub(crate) struct Paired {
    pub(crate) runner_id: RunnerId,
    pub(crate) owner: String,
    pub(crate) project_id: ProjectId,
    pub(crate) kind: Kind,
}

/// A runner whose pairing waits for a proof.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub runner_id: RunnerId,
    pub project_id: ProjectId,
    pub kind: Kind,
}

/// How a runner looks from here.
#[derive(Clone, Debug)]
pub(crate) struct Sign {
    pub(crate) heard_at: Timestamp,
    pub(crate) capabilities: Vec<String>,
}

impl Presence {
    fn new() -> Self {
        Self {
            heard_at: None,
            capabilities: BTreeMap::new(),
            cancelled: VecDeque::new(),
            bell: watch::Sender::new(()),
            commands: VecDeque::new(),
            reads: Rate::default(),
            writes: Rate::default(),
        }
    }

    fn time_out(&mut self, now: Timestamp) {
        for held in &mut self.commands {
            if held.command.time_out(now) {
                held.changed.send_replace(());
            }
        }
    }

    fn can(&self, capability: &str, now: Timestamp) -> bool {
        let said = self.capabilities.get(capability);
        said.is_some_and(|at| !is_silent(*at, now, RUNNER_SILENCE_SECONDS_MAX))
    }
}

impl Relay {
    pub(crate) const fn new(now: Timestamp) -> Self {
        Self { begun_at: now, sessions: BTreeMap::new(), runners: BTreeMap::new(), bridge_bytes: 0 }
    }

    pub(crate) fn pair(&mut self, session: Session, now: Timestamp) -> Result<(), Rejection> {
        self.sessions.retain(|_, session| !session.is_expired(now));
        if self.sessions.len() >= PAIRING_SESSIONS_MAX {
            return Err(Rejection::new(
                RejectionKind::Overloaded,
                format!("Too Many Requests: {PAIRING_SESSIONS_MAX} pairings wait already"),
            ));
        }
        self.sessions.insert(session.id, session);
        Ok(())
    }

    /// What the proven session was about.
    pub(crate) fn activate(
        &mut self,
        id: Uuid,
        name: &str,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<Paired, Rejection> {
        let session = self.sessions.get_mut(&id).ok_or_else(pairing::not_found)?;
        session.activate(name, proof, now)?;
        Ok(Paired {
            runner_id: session.runner_id,
            owner: session.owner.clone(),
            project_id: session.project_id,
            kind: session.kind,
        })
    }

    pub(crate) fn deactivate(&mut self, id: Uuid) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.deactivate();
        }
    }

    /// The pairings of a person that wait: runner, project and kind.
    pub(crate) fn waiting(&self, person: &str, now: Timestamp) -> Vec<Waiting> {
        let own = self.sessions.values().filter(|session| session.owner == person && session.is_waiting(now));
        let waiting = own.map(|session| Waiting {
            runner_id: session.runner_id,
            project_id: session.project_id,
            kind: session.kind,
        });
        waiting.collect()
    }

    /// Notes that a runner was heard from, and tells which of its jobs were cancelled.
    pub(crate) fn hear(
        &mut self,
        id: RunnerId,
        capabilities: Vec<String>,
        now: Timestamp,
    ) -> Result<Vec<JobId>, Rejection> {
        let presence = self.presence(id, now)?;
        presence.heard_at = Some(now);
        presence.capabilities.retain(|_, at| !is_silent(*at, now, RUNNER_SILENCE_SECONDS_MAX));
        for capability in capabilities {
            let is_known = presence.capabilities.contains_key(&capability);
            if is_known || presence.capabilities.len() < RUNNER_CAPABILITIES_MAX {
                presence.capabilities.insert(capability, now);
            }
        }
        // Told for a while, since only one of a runner's processes may care.
        presence.cancelled.retain(|(_, at)| !is_silent(*at, now, CANCELLED_JOBS_TOLD_SECONDS));
        Ok(presence.cancelled.iter().map(|(job, _)| *job).collect())
    }

    pub(crate) fn sign(&self, id: RunnerId, now: Timestamp) -> Sign {
        let Some(presence) = self.runners.get(&id) else {
            return Sign { heard_at: self.begun_at, capabilities: Vec::new() };
        };
        let known = presence.capabilities.keys().filter(|capability| presence.can(capability, now));
        Sign { heard_at: presence.heard_at.unwrap_or(self.begun_at), capabilities: known.cloned().collect() }
    }

    /// Those of which there was no sign for longer than some seconds.
    pub(crate) fn silent(&self, ids: BTreeSet<RunnerId>, seconds: u64, now: Timestamp) -> BTreeSet<RunnerId> {
        ids.into_iter().filter(|id| is_silent(self.sign(*id, now).heard_at, now, seconds)).collect()
    }

    /// A bell for a poll of a runner.
    pub(crate) fn listen(&mut self, id: RunnerId, now: Timestamp) -> Result<watch::Receiver<()>, Rejection> {
        let presence = self.presence(id, now)?;
        if presence.bell.receiver_count() >= RUNNER_POLLS_MAX {
            return Err(Rejection::new(
                RejectionKind::Overloaded,
                format!("Too Many Requests: {RUNNER_POLLS_MAX} polls of the runner are open"),
            ));
        }
        Ok(presence.bell.subscribe())
    }

    pub(crate) fn ring(&self, id: RunnerId) {
        if let Some(presence) = self.runners.get(&id) {
            presence.bell.send_replace(());
        }
    }

    pub(crate) fn cancelled(&mut self, id: RunnerId, job: JobId, now: Timestamp) {
        if let Some(presence) = self.runners.get_mut(&id) {
            if presence.cancelled.len() >= CANCELLED_JOBS_TOLD_MAX {
                presence.cancelled.pop_front();
            }
            presence.cancelled.push_back((job, now));
        }
    }

    /// Forgets a runner that is no more: its polls end, and its commands fail.
    pub(crate) fn end(&mut self, id: RunnerId, now: Timestamp) {
        if let Some(presence) = self.runners.get_mut(&id) {
            for held in &mut presence.commands {
                held.command.abandon(now);
                held.changed.send_replace(());
            }
            // Dropping the bell would do, too, but those who wait for commands still want their ends.
            presence.bell.send_replace(());
        }
    }

    pub(crate) fn submit(
        &mut self,
        id: RunnerId,
        command: Uuid,
        request: Request,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        self.refresh(id, now);
        let bytes = self.bridge_bytes;
        let presence = self.presence(id, now)?;
        if !presence.can(CAPABILITY, now) {
            return Err(Rejection::conflict("Runner does not support bridge commands")
                .hint("start it with `opik connect`"));
        }
        let is_full = bytes.saturating_add(request.arguments.bytes().len()) > BRIDGE_BYTES_MAX
            || presence.commands.len() >= BRIDGE_COMMANDS_MAX;
        if is_full {
            return Err(Rejection::new(
                RejectionKind::Overloaded,
                "Too Many Requests: too many commands wait or were answered lately",
            ));
        }
        let is_reading = request.kind.is_reading();
        let rate = if is_reading { &mut presence.reads } else { &mut presence.writes };
        rate.take(is_reading, now)?;
        let command = Command::new(command, id, request, now);
        let weight = command.bytes();
        presence.commands.push_back(Held { command, changed: watch::Sender::new(()) });
        presence.bell.send_replace(());
        self.bridge_bytes = bytes.saturating_add(weight);
        Ok(())
    }

    /// Hands waiting commands over, oldest first.
    pub(crate) fn take(&mut self, id: RunnerId, most: usize, now: Timestamp) -> Vec<Command> {
        self.refresh(id, now);
        let Some(presence) = self.runners.get_mut(&id) else { return Vec::new() };
        let waiting = presence.commands.iter_mut().filter(|held| held.command.status == Status::Pending);
        let taken = waiting.take(most).map(|held| {
            held.command.pick_up(now);
            held.changed.send_replace(());
            held.command.clone()
        });
        taken.collect()
    }

    pub(crate) fn finish(
        &mut self,
        id: RunnerId,
        command: Uuid,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        self.refresh(id, now);
        let held = self.held(id, command).ok_or_else(command_not_found)?;
        let before = held.command.bytes();
        held.command.finish(outcome, now)?;
        held.changed.send_replace(());
        let grown = held.command.bytes().saturating_sub(before);
        self.bridge_bytes = self.bridge_bytes.saturating_add(grown);
        Ok(())
    }

    /// A command as it is, and what tells of a change of it.
    pub(crate) fn command(
        &mut self,
        id: RunnerId,
        command: Uuid,
        now: Timestamp,
    ) -> Result<(Command, watch::Receiver<()>), Rejection> {
        self.refresh(id, now);
        let held = self.held(id, command).ok_or_else(command_not_found)?;
        if held.changed.receiver_count() >= RUNNER_POLLS_MAX {
            return Err(Rejection::new(
                RejectionKind::Overloaded,
                format!("Too Many Requests: {RUNNER_POLLS_MAX} wait for the command"),
            ));
        }
        Ok((held.command.clone(), held.changed.subscribe()))
    }

    /// Ends what ran out of time and forgets what was kept long enough.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        self.sessions.retain(|_, session| !session.is_expired(now));
        let mut bytes = 0_usize;
        for presence in self.runners.values_mut() {
            presence.time_out(now);
            presence.commands.retain(|held| {
                held.command.completed_at.is_none_or(|at| !is_silent(at, now, BRIDGE_KEPT_SECONDS))
            });
            bytes += presence.commands.iter().map(|held| held.command.bytes()).sum::<usize>();
        }
        self.bridge_bytes = bytes;
        let begun_at = self.begun_at;
        self.runners.retain(|_, presence| {
            let heard_at = presence.heard_at.unwrap_or(begun_at);
            presence.bell.receiver_count() > 0
                || !presence.commands.is_empty()
                || !is_silent(heard_at, now, RUNNER_FORGOTTEN_SECONDS)
        });
    }

    /// Ends what ran out of time of one runner; the next tick comes only in a while.
    fn refresh(&mut self, id: RunnerId, now: Timestamp) {
        if let Some(presence) = self.runners.get_mut(&id) {
            presence.time_out(now);
        }
    }

    fn held(&mut self, id: RunnerId, command: Uuid) -> Option<&mut Held> {
        let commands = &mut self.runners.get_mut(&id)?.commands;
        commands.iter_mut().find(|held| held.command.id == command)
    }

    fn presence(&mut self, id: RunnerId, now: Timestamp) -> Result<&mut Presence, Rejection> {
        if !self.runners.contains_key(&id) && self.runners.len() >= RUNNERS_REMEMBERED_MAX {
            self.tick(now);
            if self.runners.len() >= RUNNERS_REMEMBERED_MAX {
                return Err(Rejection::new(
                    RejectionKind::Overloaded,
                    format!("Too Many Requests: {RUNNERS_REMEMBERED_MAX} runners are connected"),
                ));
            }
        }
        Ok(self.runners.entry(id).or_insert_with(Presence::new))
    }
}

#[cfg(test)]
mod tests;
