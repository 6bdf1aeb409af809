//! Agent insights in the log and as rows: a project's job, its issues, and the figures of each issue by day.

pub mod read;

use bytes::Bytes;
use cairn_core::event::Recorded;
use cairn_core::ids::{IssueId, Position, ProjectId};
use cairn_core::insights::state::{Issue, Job, evolve, evolve_issue};
use cairn_core::insights::{Day, Event, Figures, Found, IssueStatus, JobStatus, Severity};
use cairn_core::json::Json;
use fjall::Keyspace;
use prost::Message;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::log::text::{body, said};
use crate::rows;
use crate::slots::Slots;

/// What happened to a job.
#[derive(Clone, PartialEq, Message)]
struct StoredJob {
    #[prost(bytes = "bytes", tag = "1")]
    project: Bytes,
    #[prost(bytes = "bytes", optional, tag = "2")]
    id: Option<Bytes>,
    #[prost(string, optional, tag = "3")]
    status: Option<String>,
    #[prost(string, optional, tag = "4")]
    guidance: Option<String>,
    #[prost(uint32, tag = "5")]
    guidance_version: u32,
    /// The day that was looked through.
    #[prost(uint32, tag = "6")]
    day: u32,
}

#[derive(Clone, PartialEq, Message)]
struct StoredIssue {
    #[prost(bytes = "bytes", tag = "1")]
    project: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    id: Bytes,
    #[prost(uint32, tag = "3")]
    day: u32,
    #[prost(string, tag = "4")]
    name: String,
    #[prost(string, optional, tag = "5")]
    description: Option<String>,
    #[prost(string, optional, tag = "6")]
    cause: Option<String>,
    #[prost(string, optional, tag = "7")]
    suggested_fix: Option<String>,
    #[prost(string, optional, tag = "8")]
    traces_query: Option<String>,
    #[prost(string, tag = "9")]
    severity: String,
    #[prost(uint64, tag = "10")]
    count: u64,
    #[prost(uint64, tag = "11")]
    total_count: u64,
    #[prost(uint64, tag = "12")]
    users_impacted: u64,
    #[prost(uint64, tag = "13")]
    total_users: u64,
    #[prost(bytes = "bytes", optional, tag = "14")]
    metadata: Option<Bytes>,
    /// Whether who looked named the issue by its id.
    #[prost(bool, tag = "15")]
    is_by_id: bool,
}

#[derive(Clone, PartialEq, Message)]
struct StoredStatus {
    #[prost(bytes = "bytes", tag = "1")]
    project: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    id: Bytes,
    #[prost(string, tag = "3")]
    status: String,
    #[prost(string, optional, tag = "4")]
    close_note: Option<String>,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let project = Bytes::copy_from_slice(event.project_id().bytes());
    let of_job = || StoredJob { project: project.clone(), ..StoredJob::default() };
    let stored = |kind, job: StoredJob| (kind, Payload::from(job.encode_to_vec()));
    match event.clone() {
        Event::JobCreated { id, .. } => {
            let id = Some(Bytes::copy_from_slice(id.as_bytes()));
            stored(Kind::InsightsJobCreated, StoredJob { id, ..of_job() })
        }
        Event::JobStatusSet { status, .. } => {
            let status = Some(status.name().to_owned());
            stored(Kind::InsightsJobStatusSet, StoredJob { status, ..of_job() })
        }
        Event::GuidanceSet { guidance, version, .. } => {
            let job = StoredJob { guidance, guidance_version: version, ..of_job() };
            stored(Kind::InsightsGuidanceSet, job)
        }
        Event::Triggered { .. } => stored(Kind::InsightsTriggered, of_job()),
        Event::Reported { day, .. } => {
            stored(Kind::InsightsReported, StoredJob { day: day.number(), ..of_job() })
        }
        Event::IssueFound { id, day, found, .. } => {
            let Found { name, description, cause, suggested_fix, traces_query, figures, .. } = *found;
            let issue = StoredIssue {
                project,
                id: Bytes::copy_from_slice(id.bytes()),
                day: day.number(),
                name,
                description,
                cause,
                suggested_fix,
                traces_query,
                severity: found.severity.name().to_owned(),
                count: figures.count,
                total_count: figures.total_count,
                users_impacted: figures.users_impacted,
                total_users: figures.total_users,
                metadata: found.metadata.map(Json::into_bytes),
                is_by_id: found.id.is_some(),
            };
            (Kind::InsightsIssueFound, issue.encode_to_vec().into())
        }
        Event::IssueStatusSet { id, status, close_note, .. } => {
            let (id, status) = (Bytes::copy_from_slice(id.bytes()), status.name().to_owned());
            (
                Kind::InsightsIssueStatusSet,
                StoredStatus { project, id, status, close_note }.encode_to_vec().into(),
            )
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let project = |id: &Bytes| rows::uuid(id).map(ProjectId::known);
    let issue = |id: &Bytes| rows::uuid(id).map(IssueId::known);
    match kind {
        Kind::InsightsIssueFound => {
            let stored = StoredIssue::decode(payload).ok()?;
            let id = issue(&stored.id)?;
            let found = Found {
                id: stored.is_by_id.then_some(id),
                name: stored.name,
                description: stored.description,
                cause: stored.cause,
                suggested_fix: stored.suggested_fix,
                traces_query: stored.traces_query,
                severity: Severity::parse(&stored.severity)?,
                figures: Figures {
                    count: stored.count,
                    total_count: stored.total_count,
                    users_impacted: stored.users_impacted,
                    total_users: stored.total_users,
                },
                metadata: stored.metadata.map(Json::stored),
            };
            let (project_id, day) = (project(&stored.project)?, Day::stored(stored.day));
            return Some(Event::IssueFound { project_id, id, day, found: Box::new(found) });
        }
        Kind::InsightsIssueStatusSet => {
            let StoredStatus { project: of, id, status, close_note } = StoredStatus::decode(payload).ok()?;
            let status = IssueStatus::parse(&status)?;
            return Some(Event::IssueStatusSet {
                project_id: project(&of)?,
                id: issue(&id)?,
                status,
                close_note,
            });
        }
        _ => {}
    }
    let stored = StoredJob::decode(payload).ok()?;
    let project_id = project(&stored.project)?;
    Some(match kind {
        Kind::InsightsJobCreated => Event::JobCreated { project_id, id: rows::uuid(&stored.id?)? },
        Kind::InsightsJobStatusSet => {
            Event::JobStatusSet { project_id, status: JobStatus::parse(&stored.status?)? }
        }
        Kind::InsightsGuidanceSet => {
            Event::GuidanceSet { project_id, guidance: stored.guidance, version: stored.guidance_version }
        }
        Kind::InsightsTriggered => Event::Triggered { project_id },
        _ => Event::Reported { project_id, day: Day::stored(stored.day) },
    })
}

/// The event for people.
pub(crate) fn describe(event: &Event) -> serde_json::Value {
    let project_id = event.project_id();
    match event {
        Event::JobCreated { id, .. } => json!({ "project_id": project_id, "id": id }),
        Event::JobStatusSet { status, .. } => json!({ "project_id": project_id, "status": status.name() }),
        Event::GuidanceSet { guidance, version, .. } => {
            json!({ "project_id": project_id, "guidance": guidance, "version": version })
        }
        Event::Triggered { .. } => json!({ "project_id": project_id }),
        Event::Reported { day, .. } => json!({ "project_id": project_id, "report_day": day.to_string() }),
        Event::IssueFound { id, day, found, .. } => said([
            ("id", json!(id)),
            ("project_id", json!(project_id)),
            ("report_day", json!(day.to_string())),
            ("name", json!(found.name)),
            ("description", json!(found.description)),
            ("cause", json!(found.cause)),
            ("suggested_fix", json!(found.suggested_fix)),
            ("traces_query", json!(found.traces_query)),
            ("severity", json!(found.severity.name())),
            ("figures", json!(found.figures)),
            ("metadata", body(found.metadata.as_ref())),
        ]),
        Event::IssueStatusSet { id, status, close_note, .. } => {
            json!({ "id": id, "project_id": project_id, "status": status.name(), "close_note": close_note })
        }
    }
}

/// The figures of one issue on one day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DayRow {
    pub(crate) figures: Figures,
    /// Where the metadata is, if there is any.
    pub(crate) metadata: Option<Position>,
}

/// The rows of insights as one commit sees them.
pub(crate) struct Staged {
    jobs: Slots<Job>,
    issues: Slots<Issue>,
    days: Slots<DayRow>,
}

impl Staged {
    pub(crate) fn new(rows: &Keyspace) -> Self {
        Self {
            jobs: Slots::new(rows.clone()),
            issues: Slots::new(rows.clone()),
            days: Slots::new(rows.clone()),
        }
    }

    pub(crate) fn job(&mut self, project: ProjectId) -> Result<Option<&Job>, Error> {
        self.jobs.get(rows::insights_job(project))
    }

    pub(crate) fn issue(&mut self, project: ProjectId, id: IssueId) -> Result<Option<&Issue>, Error> {
        self.issues.get(rows::insights_issue(project, id))
    }

    pub(crate) fn issues(&mut self, project: ProjectId) -> Result<Vec<Issue>, Error> {
        let mut issues = Vec::new();
        for key in self.issues.keys(&rows::insights_issues(project))? {
            issues.extend(self.issues.get(key)?.cloned());
        }
        Ok(issues)
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        let project = event.event.project_id();
        let Some(id) = event.event.issue_id() else {
            let row = self.jobs.change(rows::insights_job(project))?;
            *row = evolve(row.take(), event);
            return Ok(());
        };
        let row = self.issues.change(rows::insights_issue(project, id))?;
        *row = evolve_issue(row.take(), event);
        if let Event::IssueFound { day, found, .. } = &event.event {
            let metadata = found.metadata.as_ref().map(|_| event.position);
            let row = DayRow { figures: found.figures, metadata };
            self.days.put(rows::insights_day(project, id, *day), Some(row));
        }
        Ok(())
    }

    pub(crate) fn forget_job(&mut self, project: ProjectId) {
        self.jobs.put(rows::insights_job(project), None);
    }

    pub(crate) fn forget_issue(&mut self, project: ProjectId, id: IssueId) -> Result<(), Error> {
        self.issues.put(rows::insights_issue(project, id), None);
        for key in self.days.keys(&rows::insights_days(project, id))? {
            self.days.put(key, None);
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.jobs.flush(batch)?;
        self.issues.flush(batch)?;
        self.days.flush(batch)
    }
}
