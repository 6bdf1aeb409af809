//! Jobs and issues as they stand after their events.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::Recorded;
use crate::ids::{IssueId, ProjectId};
use crate::insights::{Day, Event, Figures, IssueStatus, JobStatus, Severity};
use crate::time::Timestamp;

/// How a project is looked through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    pub id: Uuid,
    pub project_id: ProjectId,
    pub status: JobStatus,
    pub triggered_at: Option<Timestamp>,
    pub last_scan_at: Option<Timestamp>,
    pub guidance: Option<String>,
    /// Counted from 1; 0 while there was none.
    pub guidance_version: u32,
    pub guidance_updated_at: Option<Timestamp>,
    pub guidance_updated_by: Option<String>,
    /// The guidance that the newest results followed.
    pub results_guidance_version: Option<u32>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    pub id: IssueId,
    pub project_id: ProjectId,
    pub name: String,
    pub description: Option<String>,
    pub cause: Option<String>,
    pub suggested_fix: Option<String>,
    pub traces_query: Option<String>,
    pub severity: Severity,
    pub status: IssueStatus,
    pub close_note: Option<String>,
    pub status_changed_at: Option<Timestamp>,
    pub status_changed_by: Option<String>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// How many issues of a project stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub open: Severities,
    pub resolved: u64,
    /// Of those, what was resolved within a week.
    pub resolved_this_week: u64,
    pub closed: u64,
}

/// How many issues are how severe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Severities {
    pub critical: u64,
    pub high: u64,
    pub medium: u64,
    pub low: u64,
}

const WEEK_NANOS: i64 = 7 * 24 * 60 * 60 * 1_000_000_000;

impl Counts {
    /// A week is the last seven days, wherever in a week of the calendar `now` is.
    pub fn of(issues: &[Issue], now: Timestamp) -> Self {
        let week_ago = Timestamp::from_nanos(now.as_nanos().saturating_sub(WEEK_NANOS));
        let mut counts = Self::default();
        for issue in issues {
            match issue.status {
                IssueStatus::Open => counts.open.add(issue.severity),
                IssueStatus::Resolved => {
                    counts.resolved += 1;
                    if issue.status_changed_at.is_some_and(|at| week_ago <= at) {
                        counts.resolved_this_week += 1;
                    }
                }
                IssueStatus::Closed => counts.closed += 1,
            }
        }
        counts
    }
}

impl Severities {
    const fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Critical => self.critical += 1,
            Severity::High => self.high += 1,
            Severity::Medium => self.medium += 1,
            Severity::Low => self.low += 1,
        }
    }

    pub const fn sum(&self) -> u64 {
        self.critical + self.high + self.medium + self.low
    }
}

/// What the days of a window come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    pub sum: Figures,
    /// Of the last day alone, which the words of the issue are about.
    pub latest_count: u64,
    pub first_seen: Day,
    pub last_seen: Day,
    pub days: u64,
}

impl Summary {
    /// `None` without any day. Days come in their order.
    pub fn of(days: &[(Day, Figures)]) -> Option<Self> {
        let ((first_seen, _), (last_seen, latest)) = (days.first()?, days.last()?);
        let mut sum = Figures::default();
        for (_, day) in days {
            sum.count = sum.count.saturating_add(day.count);
            sum.total_count = sum.total_count.saturating_add(day.total_count);
            sum.users_impacted = sum.users_impacted.saturating_add(day.users_impacted);
            sum.total_users = sum.total_users.saturating_add(day.total_users);
        }
        let days = u64::try_from(days.len()).unwrap_or(u64::MAX);
        Some(Self { sum, latest_count: latest.count, first_seen: *first_seen, last_seen: *last_seen, days })
    }
}

/// The job after an event of its project.
pub fn evolve(job: Option<Job>, event: &Recorded<Event>) -> Option<Job> {
    let by = || event.principal.to_string();
    if let Event::JobCreated { project_id, id } = &event.event {
        return Some(Job {
            id: *id,
            project_id: *project_id,
            status: JobStatus::Disabled,
            triggered_at: None,
            last_scan_at: None,
            guidance: None,
            guidance_version: 0,
            guidance_updated_at: None,
            guidance_updated_by: None,
            results_guidance_version: None,
            created_at: event.time,
            created_by: by(),
            last_updated_at: event.time,
            last_updated_by: by(),
        });
    }
    let mut job = job?;
    match &event.event {
        Event::JobStatusSet { status, .. } => job.status = *status,
        Event::GuidanceSet { guidance, version, .. } => {
            job.guidance.clone_from(guidance);
            job.guidance_version = *version;
            job.guidance_updated_at = Some(event.time);
            job.guidance_updated_by = Some(by());
        }
        Event::Triggered { .. } => {
            job.triggered_at = Some(event.time);
            return Some(job);
        }
        Event::Reported { .. } => {
            job.last_scan_at = Some(event.time);
            job.results_guidance_version = (job.guidance_version > 0).then_some(job.guidance_version);
            return Some(job);
        }
        Event::JobCreated { .. } | Event::IssueFound { .. } | Event::IssueStatusSet { .. } => {
            return Some(job);
        }
    }
    job.last_updated_at = event.time;
    job.last_updated_by = by();
    Some(job)
}

/// The issue after an event that names it.
pub fn evolve_issue(issue: Option<Issue>, event: &Recorded<Event>) -> Option<Issue> {
    let by = || event.principal.to_string();
    match &event.event {
        Event::IssueFound { project_id, id, found, .. } => {
            let mut issue = issue.unwrap_or_else(|| Issue {
                id: *id,
                project_id: *project_id,
                name: String::new(),
                description: None,
                cause: None,
                suggested_fix: None,
                traces_query: None,
                severity: found.severity,
                status: IssueStatus::Open,
                close_note: None,
                status_changed_at: None,
                status_changed_by: None,
                created_at: event.time,
                created_by: by(),
                last_updated_at: event.time,
                last_updated_by: by(),
            });
            issue.name.clone_from(&found.name);
            issue.severity = found.severity;
            issue.description = found.description.clone().or(issue.description);
            issue.cause = found.cause.clone().or(issue.cause);
            issue.suggested_fix = found.suggested_fix.clone().or(issue.suggested_fix);
            issue.traces_query = found.traces_query.clone().or(issue.traces_query);
            issue.last_updated_at = event.time;
            issue.last_updated_by = by();
            Some(issue)
        }
        Event::IssueStatusSet { status, close_note, .. } => {
            let mut issue = issue?;
            issue.status = *status;
            issue.close_note.clone_from(close_note);
            issue.status_changed_at = Some(event.time);
            issue.status_changed_by = Some(by());
            issue.last_updated_at = event.time;
            issue.last_updated_by = by();
            Some(issue)
        }
        Event::JobCreated { .. }
        | Event::JobStatusSet { .. }
        | Event::GuidanceSet { .. }
        | Event::Triggered { .. }
        | Event::Reported { .. } => issue,
    }
}
