//! Jobs and issues as clients write and read them.

use bytes::Bytes;
use cairn_core::ids::{IssueId, ProjectId};
use cairn_core::insights::state::{Issue, Job, Summary};
use cairn_core::insights::{Command, Day, Figures, Found, IssueStatus, JobStatus, Severity};
use cairn_core::rejection::Rejection;
use cairn_storage::insights::read::Detail;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::wire::{self, BodyOut, Shown};

/// One of the values that a field may have.
pub(super) fn known<T>(field: &str, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, Rejection> {
    parse(name).ok_or_else(|| Rejection::malformed(format!("{field} `{name}` is unknown")))
}

fn needed<T>(field: &str, value: Option<T>) -> Result<T, Rejection> {
    value.ok_or_else(|| Rejection::invalid(format!("{field} must not be null")))
}

#[derive(Deserialize)]
pub(super) struct JobStatusIn {
    status: Option<String>,
}

impl JobStatusIn {
    pub(super) fn read(self) -> Result<JobStatus, Rejection> {
        known("status", &needed("status", self.status)?, JobStatus::parse)
    }
}

#[derive(Deserialize)]
pub(super) struct GuidanceIn {
    pub(super) guidance: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct StatusIn {
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    status: Option<String>,
    #[serde(alias = "closeNote")]
    close_note: Option<String>,
}

impl StatusIn {
    pub(super) fn read(self, id: IssueId) -> Result<Command, Rejection> {
        Ok(Command::SetIssueStatus {
            project_id: ProjectId::known(needed("projectId", self.project_id)?),
            id,
            status: known("status", &needed("status", self.status)?, IssueStatus::parse)?,
            close_note: self.close_note,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct ReportIn<'a> {
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "reportDay")]
    report_day: Option<String>,
    #[serde(borrow)]
    issues: Option<Vec<FoundIn<'a>>>,
}

#[derive(Deserialize)]
struct FoundIn<'a> {
    id: Option<Uuid>,
    name: Option<String>,
    description: Option<String>,
    cause: Option<String>,
    #[serde(alias = "suggestedFix")]
    suggested_fix: Option<String>,
    #[serde(alias = "tracesQuery")]
    traces_query: Option<String>,
    severity: Option<String>,
    count: Option<i64>,
    #[serde(alias = "totalCount")]
    total_count: Option<i64>,
    #[serde(alias = "usersImpacted")]
    users_impacted: Option<i64>,
    #[serde(alias = "totalUsers")]
    total_users: Option<i64>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
}

impl ReportIn<'_> {
    pub(super) fn read(self, buffer: &Bytes) -> Result<Command, Rejection> {
        let day = needed("reportDay", self.report_day)?;
        let malformed = || Rejection::malformed(format!("`{day}` is not a date such as `2026-03-04`"));
        let found = needed("issues", self.issues)?.into_iter().enumerate();
        Ok(Command::Report {
            project_id: ProjectId::known(needed("projectId", self.project_id)?),
            day: Day::parse(&day).ok_or_else(malformed)?,
            found: found.map(|(at, found)| found.read(at, buffer)).collect::<Result<_, _>>()?,
        })
    }
}

impl FoundIn<'_> {
    fn read(self, at: usize, buffer: &Bytes) -> Result<Found, Rejection> {
        let place = |field: &str| format!("issues[{at}].{field}");
        let count = |field: &str, value: Option<i64>| {
            let value = needed(&place(field), value)?;
            u64::try_from(value).map_err(|_| {
                Rejection::invalid(format!("{} must be greater than or equal to 0", place(field)))
            })
        };
        Ok(Found {
            id: self.id.map(IssueId::new).transpose()?,
            name: self.name.unwrap_or_default(),
            description: self.description,
            cause: self.cause,
            suggested_fix: self.suggested_fix,
            traces_query: self.traces_query,
            severity: known("severity", &needed(&place("severity"), self.severity)?, Severity::parse)?,
            figures: Figures {
                count: count("count", self.count)?,
                total_count: count("totalCount", self.total_count)?,
                users_impacted: count("usersImpacted", self.users_impacted)?,
                total_users: count("totalUsers", self.total_users)?,
            },
            metadata: wire::body(buffer, self.metadata),
        })
    }
}

#[derive(Serialize)]
pub(crate) struct JobOut {
    id: String,
    project_id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_scan_at: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance_updated_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance_updated_at: Option<Shown>,
    guidance_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    results_guidance_version: Option<u32>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

impl From<Job> for JobOut {
    fn from(job: Job) -> Self {
        Self {
            id: job.id.to_string(),
            project_id: job.project_id.to_string(),
            status: job.status.name(),
            last_scan_at: job.last_scan_at.map(|at| Shown(at.to_micros())),
            guidance: job.guidance,
            guidance_updated_by: job.guidance_updated_by,
            guidance_updated_at: job.guidance_updated_at.map(|at| Shown(at.to_micros())),
            guidance_version: job.guidance_version,
            results_guidance_version: job.results_guidance_version,
            created_at: Shown(job.created_at.to_micros()),
            created_by: job.created_by,
            last_updated_at: Shown(job.last_updated_at.to_micros()),
            last_updated_by: job.last_updated_by,
        }
    }
}

#[derive(Serialize)]
struct IssueOut {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_fix: Option<String>,
    status: &'static str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    traces_query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_changed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_changed_at: Option<Shown>,
    created_by: String,
    created_at: Shown,
    last_updated_by: String,
    last_updated_at: Shown,
}

impl From<Issue> for IssueOut {
    fn from(issue: Issue) -> Self {
        Self {
            id: issue.id.to_string(),
            name: issue.name,
            description: issue.description,
            cause: issue.cause,
            suggested_fix: issue.suggested_fix,
            status: issue.status.name(),
            severity: issue.severity.name(),
            traces_query: issue.traces_query,
            close_note: issue.close_note,
            status_changed_by: issue.status_changed_by,
            status_changed_at: issue.status_changed_at.map(|at| Shown(at.to_micros())),
            created_by: issue.created_by,
            created_at: Shown(issue.created_at.to_micros()),
            last_updated_by: issue.last_updated_by,
            last_updated_at: Shown(issue.last_updated_at.to_micros()),
        }
    }
}

/// An issue with what it comes to in a window.
#[derive(Serialize)]
pub(super) struct IssueListed {
    #[serde(flatten)]
    issue: IssueOut,
    total_occurrences: u64,
    latest_count: u64,
    total: u64,
    users_impacted: u64,
    total_users: u64,
    first_seen: String,
    last_seen: String,
    days_reported: u64,
}

impl From<(Issue, Summary)> for IssueListed {
    fn from((issue, summary): (Issue, Summary)) -> Self {
        Self {
            issue: issue.into(),
            total_occurrences: summary.sum.count,
            latest_count: summary.latest_count,
            total: summary.sum.total_count,
            users_impacted: summary.sum.users_impacted,
            total_users: summary.sum.total_users,
            first_seen: summary.first_seen.to_string(),
            last_seen: summary.last_seen.to_string(),
            days_reported: summary.days,
        }
    }
}

/// An issue with its days.
#[derive(Serialize)]
pub(super) struct IssueDetailed {
    #[serde(flatten)]
    issue: IssueOut,
    details: Vec<DetailOut>,
}

#[derive(Serialize)]
struct DetailOut {
    report_day: String,
    count: u64,
    total_count: u64,
    users_impacted: u64,
    total_users: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BodyOut>,
}

impl IssueDetailed {
    pub(super) fn new(issue: Issue, details: Vec<Detail>) -> Self {
        let detail = |Detail { day, figures, metadata }: Detail| DetailOut {
            report_day: day.to_string(),
            count: figures.count,
            total_count: figures.total_count,
            users_impacted: figures.users_impacted,
            total_users: figures.total_users,
            metadata: metadata.map(|json| BodyOut { json, truncate: false }),
        };
        Self { issue: issue.into(), details: details.into_iter().map(detail).collect() }
    }
}
