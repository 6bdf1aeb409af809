//! Runners and jobs as they stand after their events.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::Recorded;
use crate::ids::{JobId, Position, ProjectId, RunnerId};
use crate::json::Json;
use crate::limits::RUNNER_SILENCE_SECONDS_MAX;
use crate::runners::{Agent, Event, JobRequest, JobStatus, Kind, Reason, merge_checklist, named};
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runner {
    pub id: RunnerId,
    pub project_id: ProjectId,
    pub owner: String,
    pub kind: Kind,
    pub name: String,
    pub agents: Vec<Agent>,
    /// JSON text, once there is any.
    pub checklist: Option<String>,
    pub connected_at: Timestamp,
    /// Why it is no more; none while it lives.
    pub gone: Option<Reason>,
}

/// How a runner is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunnerStatus {
    /// It waits for somebody to say yes.
    Pairing,
    Connected,
    /// It is no more, or was not heard from.
    Disconnected,
}

named!(RunnerStatus: Pairing = "pairing", Connected = "connected", Disconnected = "disconnected");

/// A job without its inputs, log and result, which stay in their events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    pub id: JobId,
    pub runner_id: RunnerId,
    pub owner: String,
    pub request: JobRequest,
    pub status: JobStatus,
    pub timeout_seconds: Option<u32>,
    /// Where it was created, which is its place in the queue, too.
    pub created: Position,
    /// Where its result is.
    pub reported: Option<Position>,
    pub error: Option<String>,
    pub trace_id: Option<Uuid>,
    pub log_lines: u32,
    pub log_bytes: u64,
    pub log_is_full: bool,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    /// When there was a sign of it last.
    pub heard_at: Timestamp,
}

impl Runner {
    /// `heard_at` is when there was a sign of it last, as far as anybody remembers.
    pub fn status(&self, heard_at: Timestamp, now: Timestamp) -> RunnerStatus {
        let is_silent = is_silent(heard_at.max(self.connected_at), now, RUNNER_SILENCE_SECONDS_MAX);
        if self.gone.is_some() || is_silent { RunnerStatus::Disconnected } else { RunnerStatus::Connected }
    }

    pub fn agent(&self, name: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.name == name)
    }
}

/// Whether there was no sign for longer than some seconds.
pub fn is_silent(heard_at: Timestamp, now: Timestamp, seconds_max: u64) -> bool {
    let bound = i64::try_from(seconds_max).unwrap_or(i64::MAX).saturating_mul(1_000);
    now.as_millis().saturating_sub(heard_at.as_millis()) > bound
}

/// The runner after an event that names it.
pub fn evolve(runner: Option<Runner>, event: &Recorded<Event>) -> Option<Runner> {
    if let Event::Connected { id, project_id, owner, kind, name } = &event.event {
        return Some(Runner {
            id: *id,
            project_id: *project_id,
            owner: owner.clone(),
            kind: *kind,
            name: name.clone(),
            agents: Vec::new(),
            checklist: None,
            connected_at: event.time,
            gone: None,
        });
    }
    let mut runner = runner?;
    match &event.event {
        Event::Gone { reason, .. } => runner.gone = Some(*reason),
        Event::AgentsSet { agents, .. } => runner.agents.clone_from(agents),
        Event::ChecklistPatched { patch, .. } => {
            // What was stored is JSON.
            let old = runner.checklist.as_deref().and_then(|text| serde_json::from_str(text).ok());
            let merged = merge_checklist(old.unwrap_or_default(), patch.value().unwrap_or_default());
            runner.checklist = Some(merged.to_string());
        }
        Event::Connected { .. }
        | Event::JobCreated(_)
        | Event::JobStarted { .. }
        | Event::JobReported { .. }
        | Event::JobCancelled { .. }
        | Event::JobLogged { .. } => {}
    }
    Some(runner)
}

/// The job after an event that names it.
pub fn evolve_job(job: Option<Job>, event: &Recorded<Event>) -> Option<Job> {
    if let Event::JobCreated(created) = &event.event {
        return Some(Job {
            id: created.id,
            runner_id: created.runner_id,
            owner: created.owner.clone(),
            request: created.request.clone(),
            status: JobStatus::Pending,
            timeout_seconds: created.timeout_seconds,
            created: event.position,
            reported: None,
            error: None,
            trace_id: None,
            log_lines: 0,
            log_bytes: 0,
            log_is_full: false,
            created_at: event.time,
            started_at: None,
            completed_at: None,
            heard_at: event.time,
        });
    }
    let mut job = job?;
    match &event.event {
        Event::JobStarted { .. } => {
            job.status = JobStatus::Running;
            job.started_at = Some(event.time);
        }
        Event::JobReported { report, .. } => {
            job.status = report.status;
            job.trace_id = report.trace_id.or(job.trace_id);
            job.error = report.error.clone().or(job.error);
            if report.result.as_ref().is_some_and(|result| !Json::is_null(result)) {
                job.reported = Some(event.position);
            }
            if report.status.is_final() {
                job.completed_at = Some(event.time);
            } else {
                job.started_at = job.started_at.or(Some(event.time));
            }
        }
        Event::JobCancelled { .. } => {
            job.status = JobStatus::Cancelled;
            job.completed_at = Some(event.time);
        }
        Event::JobLogged { lines, is_full, .. } => {
            job.log_is_full = *is_full;
            job.log_lines = job.log_lines.saturating_add(u32::try_from(lines.len()).unwrap_or(u32::MAX));
            let bytes: usize = lines.iter().map(|line| line.text.len()).sum();
            job.log_bytes = job.log_bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        }
        Event::JobCreated(_)
        | Event::Connected { .. }
        | Event::Gone { .. }
        | Event::AgentsSet { .. }
        | Event::ChecklistPatched { .. } => {}
    }
    job.heard_at = event.time;
    Some(job)
}
