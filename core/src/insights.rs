//! Agent insights: what somebody who looks through a project's traces day by day found wrong with its agent. Whoever
//! looks reports issues with their figures of a day; people say what became of them, and when and how to look.

pub mod state;

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{InsightWrite, Needs};
use crate::command::{Context, check_batch, check_depth, check_text};
use crate::ids::{IssueId, ProjectId};
use crate::insights::state::{Issue, Job};
use crate::json::Json;
use crate::limits::{
    INSIGHTS_GUIDANCE_CHARS_MAX, INSIGHTS_METADATA_BYTES_MAX, INSIGHTS_NAME_CHARS_MAX,
    INSIGHTS_TEXT_CHARS_MAX,
};
use crate::rejection::Rejection;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum IssueStatus {
    Open,
    Resolved,
    Closed,
}

/// Whether one looks every day, or only when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobStatus {
    Enabled,
    Disabled,
}

macro_rules! named {
    ($type:ident: $($variant:ident = $name:literal),*) => {
        impl $type {
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }

            pub fn parse(name: &str) -> Option<Self> {
                [$(Self::$variant),*].into_iter().find(|known| known.name() == name)
            }
        }
    };
}

named!(Severity: Low = "low", Medium = "medium", High = "high", Critical = "critical");
named!(IssueStatus: Open = "open", Resolved = "resolved", Closed = "closed");
named!(JobStatus: Enabled = "enabled", Disabled = "disabled");

/// A day of the calendar, counted from the first of the year 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Day(u32);

impl Day {
    /// As in `2026-03-04`.
    pub fn parse(text: &str) -> Option<Self> {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        u32::try_from(day.num_days_from_ce()).ok().map(Self)
    }

    pub const fn number(self) -> u32 {
        self.0
    }

    pub const fn stored(number: u32) -> Self {
        Self(number)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = i32::try_from(self.0).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
        fmt::Display::fmt(&day.unwrap_or(NaiveDate::MAX), f)
    }
}

/// How often an issue was met on a day, and by how many people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub count: u64,
    /// Of so many runs.
    pub total_count: u64,
    pub users_impacted: u64,
    /// Of so many people.
    pub total_users: u64,
}

/// An issue as it was found on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The issue that is meant; none for the one of the name.
    pub id: Option<IssueId>,
    pub name: String,
    pub description: Option<String>,
    pub cause: Option<String>,
    pub suggested_fix: Option<String>,
    /// A filter that finds the traces with it.
    pub traces_query: Option<String>,
    pub severity: Severity,
    pub figures: Figures,
    pub metadata: Option<Json>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    CreateJob {
        project_id: ProjectId,
    },
    SetJobStatus {
        project_id: ProjectId,
        status: JobStatus,
    },
    /// The job is made if it is missing.
    SetGuidance {
        project_id: ProjectId,
        guidance: String,
    },
    /// Asks to look now.
    Trigger {
        project_id: ProjectId,
    },
    /// All issues of a day, or none.
    Report {
        project_id: ProjectId,
        day: Day,
        found: Vec<Found>,
    },
    SetIssueStatus {
        project_id: ProjectId,
        id: IssueId,
        status: IssueStatus,
        close_note: Option<String>,
    },
}

impl Needs for Command {
    type Permission = InsightWrite;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    JobCreated {
        project_id: ProjectId,
        id: Uuid,
    },
    JobStatusSet {
        project_id: ProjectId,
        status: JobStatus,
    },
    GuidanceSet {
        project_id: ProjectId,
        guidance: Option<String>,
        version: u32,
    },
    Triggered {
        project_id: ProjectId,
    },
    /// A day was looked through, whatever was found.
    Reported {
        project_id: ProjectId,
        day: Day,
    },
    IssueFound {
        project_id: ProjectId,
        id: IssueId,
        day: Day,
        found: Box<Found>,
    },
    IssueStatusSet {
        project_id: ProjectId,
        id: IssueId,
        status: IssueStatus,
        close_note: Option<String>,
    },
}

impl Event {
    pub const fn project_id(&self) -> ProjectId {
        match self {
            Self::JobCreated { project_id, .. }
            | Self::JobStatusSet { project_id, .. }
            | Self::GuidanceSet { project_id, .. }
            | Self::Triggered { project_id }
            | Self::Reported { project_id, .. }
            | Self::IssueFound { project_id, .. }
            | Self::IssueStatusSet { project_id, .. } => *project_id,
        }
    }

    pub const fn issue_id(&self) -> Option<IssueId> {
        match self {
            Self::IssueFound { id, .. } | Self::IssueStatusSet { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// What the event is about, for the history of each.
    pub fn entities(&self) -> Vec<Uuid> {
        self.issue_id().map(IssueId::uuid).into_iter().chain([self.project_id().uuid()]).collect()
    }
}

impl Command {
    pub const fn project_id(&self) -> ProjectId {
        match self {
            Self::CreateJob { project_id }
            | Self::SetJobStatus { project_id, .. }
            | Self::SetGuidance { project_id, .. }
            | Self::Trigger { project_id }
            | Self::Report { project_id, .. }
            | Self::SetIssueStatus { project_id, .. } => *project_id,
        }
    }

    /// Refuses what can be refused without knowing what is stored.
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::SetGuidance { guidance, .. } => {
                check_text("", "guidance", Some(guidance), INSIGHTS_GUIDANCE_CHARS_MAX)
            }
            Self::Report { found, .. } => {
                // A day on which nothing was found is a result, too.
                if !found.is_empty() {
                    check_batch("issues", found.len())?;
                }
                found.iter().enumerate().try_for_each(|(at, found)| found.check(&format!("issues[{at}].")))
            }
            Self::SetIssueStatus { close_note, .. } => {
                check_text("", "closeNote", close_note.as_deref(), INSIGHTS_TEXT_CHARS_MAX)
            }
            Self::CreateJob { .. } | Self::SetJobStatus { .. } | Self::Trigger { .. } => Ok(()),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Report { found, .. } => {
                found.iter().filter_map(|found| found.metadata.as_ref()).map(|json| json.bytes().len()).sum()
            }
            _ => 0,
        }
    }
}

impl Found {
    fn check(&self, place: &str) -> Result<(), Rejection> {
        if self.name.trim().is_empty() {
            return Err(Rejection::invalid(format!("{place}name must not be blank")));
        }
        check_text(place, "name", Some(&self.name), INSIGHTS_NAME_CHARS_MAX)?;
        let texts = [
            ("description", &self.description),
            ("cause", &self.cause),
            ("suggestedFix", &self.suggested_fix),
            ("tracesQuery", &self.traces_query),
        ];
        for (field, text) in texts {
            check_text(place, field, text.as_deref(), INSIGHTS_TEXT_CHARS_MAX)?;
        }
        if self.metadata.as_ref().is_some_and(|json| json.bytes().len() > INSIGHTS_METADATA_BYTES_MAX) {
            return Err(Rejection::invalid(format!(
                "{place}metadata must not have more than {INSIGHTS_METADATA_BYTES_MAX} bytes"
            )));
        }
        check_depth(place, [("metadata", self.metadata.as_ref()), ("", None), ("", None)])
    }
}

pub fn create_job(
    job: Option<&Job>,
    project_id: ProjectId,
    context: &mut Context,
) -> Result<Event, Rejection> {
    match job {
        Some(_) => Err(Rejection::conflict("Agent Insights job already exists for the project")),
        None => Ok(Event::JobCreated { project_id, id: context.fresh_id() }),
    }
}

pub fn set_job_status(job: Option<&Job>, status: JobStatus) -> Result<Event, Rejection> {
    let job = job.ok_or_else(job_not_found)?;
    Ok(Event::JobStatusSet { project_id: job.project_id, status })
}

pub fn trigger(job: Option<&Job>) -> Result<Event, Rejection> {
    let job = job.ok_or_else(job_not_found)?;
    Ok(Event::Triggered { project_id: job.project_id })
}

/// Nothing happens to guidance that says what it said.
pub fn set_guidance(
    job: Option<&Job>,
    project_id: ProjectId,
    guidance: &str,
    context: &mut Context,
) -> Vec<Event> {
    let guidance = Some(guidance.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    let (before, version) = job.map_or((None, 0), |job| (job.guidance.as_ref(), job.guidance_version));
    let mut events = Vec::new();
    if job.is_none() {
        events.push(Event::JobCreated { project_id, id: context.fresh_id() });
    }
    if before != guidance.as_ref() {
        events.push(Event::GuidanceSet { project_id, guidance, version: version + 1 });
    }
    events
}

/// `issues` are those of the project.
pub fn report(
    issues: &[Issue],
    project_id: ProjectId,
    day: Day,
    found: Vec<Found>,
    context: &mut Context,
) -> Vec<Event> {
    let mut named: std::collections::BTreeMap<String, IssueId> =
        issues.iter().map(|issue| (issue.name.clone(), issue.id)).collect();
    let mut events = vec![Event::Reported { project_id, day }];
    for found in found {
        let known = found.id.or_else(|| named.get(&found.name).copied());
        let id = known.unwrap_or_else(|| IssueId::known(context.fresh_id()));
        named.insert(found.name.clone(), id);
        events.push(Event::IssueFound { project_id, id, day, found: Box::new(found) });
    }
    events
}

/// A note says why an issue was closed, and goes when it is opened again.
pub fn set_issue_status(
    issue: Option<&Issue>,
    status: IssueStatus,
    close_note: Option<String>,
) -> Result<Event, Rejection> {
    let issue = issue.ok_or_else(issue_not_found)?;
    let close_note = close_note.filter(|note| status == IssueStatus::Closed && !note.trim().is_empty());
    Ok(Event::IssueStatusSet { project_id: issue.project_id, id: issue.id, status, close_note })
}

pub fn job_not_found() -> Rejection {
    Rejection::not_found("Agent Insights job not found for the project").hint("create it first")
}

pub fn issue_not_found() -> Rejection {
    Rejection::not_found("Agent Insights issue not found")
}

#[cfg(test)]
mod tests;
