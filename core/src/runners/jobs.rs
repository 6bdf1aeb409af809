//! What becomes of jobs: who gets one, what a runner may say of it, and when it is given up.

use std::collections::BTreeSet;

use crate::command::Context;
use crate::ids::{JobId, RunnerId};
use crate::json::Json;
use crate::limits::{
    JOB_LOG_BYTES_MAX, JOB_LOG_LINES_MAX, JOB_PATIENCE_SECONDS, JOB_SILENCE_SECONDS_MAX,
    JOBS_PENDING_PER_RUNNER_MAX,
};
use crate::rejection::{Rejection, RejectionKind};
use crate::runners::state::{Job, Runner, is_silent};
use crate::runners::{
    Event, JobCreated, JobRequest, JobStatus, LogLine, Reason, Report, gone, runner_not_found,
};
use crate::time::Timestamp;

/// Which runner gets a job. `living` are the runners of the project that are there for the person, `connected` those
/// that were heard from lately.
pub fn choose<'a>(
    request: &JobRequest,
    living: &'a [Runner],
    connected: &BTreeSet<RunnerId>,
    person: &str,
) -> Result<&'a Runner, Rejection> {
    let mut own = living.iter().filter(|runner| runner.owner == person).peekable();
    if own.peek().is_none() {
        return Err(runner_not_found().hint("pair one for the project first"));
    }
    let mut reachable = own.filter(|runner| connected.contains(&runner.id)).peekable();
    if reachable.peek().is_none() {
        return Err(Rejection::conflict("Runner is not connected").hint("start it again"));
    }
    let able = reachable.find(|runner| runner.agent(&request.agent).is_some());
    able.ok_or_else(|| Rejection::malformed(format!("Unknown agent: {}", request.agent)))
}

/// `pending` is how many jobs wait for the runner already.
pub fn create(
    request: JobRequest,
    inputs: Option<Json>,
    runner: &Runner,
    pending: usize,
    context: &mut Context,
) -> Result<Event, Rejection> {
    if pending >= JOBS_PENDING_PER_RUNNER_MAX {
        return Err(Rejection::new(
            RejectionKind::Overloaded,
            format!("Too Many Requests: {JOBS_PENDING_PER_RUNNER_MAX} jobs wait for the runner"),
        ));
    }
    let timeout_seconds = runner.agent(&request.agent).and_then(|agent| agent.timeout_seconds);
    Ok(Event::JobCreated(Box::new(JobCreated {
        id: JobId::known(context.fresh_id()),
        runner_id: runner.id,
        owner: runner.owner.clone(),
        request,
        inputs,
        timeout_seconds,
    })))
}

/// A job of the person.
pub fn owned<'a>(job: Option<&'a Job>, person: &str) -> Result<&'a Job, Rejection> {
    job.filter(|job| job.owner == person).ok_or_else(job_not_found)
}

pub fn job_not_found() -> Rejection {
    Rejection::not_found("Job not found")
}

/// `None` if it changes nothing: a job ends once, and clients send again what they are not sure of.
pub fn report(job: &Job, report: Report) -> Result<Option<Event>, Rejection> {
    match report.status {
        JobStatus::Running | JobStatus::Completed | JobStatus::Failed => {}
        JobStatus::Pending | JobStatus::Cancelled => {
            return Err(Rejection::malformed(format!(
                "a runner cannot report that a job is `{}`",
                report.status.name()
            ))
            .hint("report `running`, `completed` or `failed`"));
        }
    }
    let says_nothing_new = report.status == job.status
        && report.trace_id.is_none_or(|id| job.trace_id == Some(id))
        && report.result.is_none()
        && report.error.is_none();
    let is_idle = job.status.is_final() || says_nothing_new;
    Ok((!is_idle).then_some(Event::JobReported { id: job.id, report }))
}

pub fn cancel(job: &Job) -> Option<Event> {
    (!job.status.is_final()).then_some(Event::JobCancelled { id: job.id })
}

/// The lines that are kept. A log that is full says so in its last line and takes nothing more.
pub fn log(job: &Job, mut lines: Vec<LogLine>) -> Option<Event> {
    if job.log_is_full {
        return None;
    }
    let room = usize::try_from(JOB_LOG_LINES_MAX.saturating_sub(job.log_lines)).unwrap_or(usize::MAX);
    let mut bytes = job.log_bytes;
    let fitting = lines.iter().take(room.saturating_sub(1)).take_while(|line| {
        bytes = bytes.saturating_add(u64::try_from(line.text.len()).unwrap_or(u64::MAX));
        bytes < JOB_LOG_BYTES_MAX
    });
    let kept = fitting.count();
    let is_full = kept < lines.len();
    if is_full {
        lines.truncate(kept);
        lines.push(LogLine { stream: "system".to_owned(), text: full_log() });
    }
    Some(Event::JobLogged { id: job.id, lines, is_full })
}

fn full_log() -> String {
    format!(
        "the log of a job keeps {JOB_LOG_LINES_MAX} lines and {JOB_LOG_BYTES_MAX} bytes; nothing more is kept"
    )
}

/// Ends the jobs that still wait for a runner that is no more.
pub fn abandon(pending: &[Job], reason: Reason) -> Vec<Event> {
    let error = gone(reason).message;
    pending.iter().map(|job| fail(job.id, error.clone())).collect()
}

/// Ends the open jobs of which nobody will hear again: those of runners that are silent or gone, and those that have
/// run for long without a sign. `gone` are the runners that are no more.
pub fn give_up(
    open: &[Job],
    silent: &BTreeSet<RunnerId>,
    gone: &BTreeSet<RunnerId>,
    now: Timestamp,
) -> Vec<Event> {
    let verdict = |job: &Job| {
        let is_left = silent.contains(&job.runner_id) || gone.contains(&job.runner_id);
        if is_left && is_silent(job.heard_at, now, JOB_PATIENCE_SECONDS) {
            return Some("the runner was not heard from again".to_owned());
        }
        let patience = JOB_SILENCE_SECONDS_MAX.max(u64::from(job.timeout_seconds.unwrap_or_default()));
        let is_lost = job.status == JobStatus::Running && is_silent(job.heard_at, now, patience);
        is_lost.then(|| format!("there was no sign of the job for {patience} seconds"))
    };
    open.iter().filter_map(|job| verdict(job).map(|error| fail(job.id, error))).collect()
}

fn fail(id: JobId, error: String) -> Event {
    let report = Report { status: JobStatus::Failed, result: None, error: Some(error), trace_id: None };
    Event::JobReported { id, report }
}
