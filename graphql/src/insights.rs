//! Agent insights: issues that were found in the traces of a project, and how it is looked through.

pub(crate) mod reporting;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::InsightRead;
use cairn_core::ids::{IssueId, ProjectId};
use cairn_core::insights::state::{self, Counts, Summary};
use cairn_core::insights::{self, Command, Day, issue_not_found, job_not_found};
use cairn_storage::insights::read::{SORTABLE, Window, sort_value};

use crate::connection::{Order, Page, Sort, page_cost};
use crate::error::{Problem, Result};
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, session};

/// How a project is looked through.
#[derive(SimpleObject)]
pub(crate) struct InsightsJob {
    id: ID,
    project_id: ID,
    status: InsightsJobStatus,
    /// When somebody last asked to look.
    triggered_at: Option<Timestamp>,
    /// When results came last.
    last_scan_at: Option<Timestamp>,
    /// What whoever looks is asked to mind.
    guidance: Option<String>,
    guidance_version: u32,
    guidance_updated_at: Option<Timestamp>,
    guidance_updated_by: Option<String>,
    /// The guidance that the newest results followed.
    results_guidance_version: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "insights::JobStatus")]
pub(crate) enum InsightsJobStatus {
    /// Every day.
    Enabled,
    /// Only when asked.
    Disabled,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "insights::IssueStatus")]
pub(crate) enum InsightsIssueStatus {
    Open,
    Resolved,
    Closed,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "insights::Severity")]
pub(crate) enum InsightsSeverity {
    Low,
    Medium,
    High,
    Critical,
}

/// Which issues are wanted. Days are written as in `2026-03-04`, and both are included.
#[derive(Default, InputObject)]
pub(crate) struct InsightsFilter {
    from: Option<String>,
    to: Option<String>,
    status: Option<InsightsIssueStatus>,
    severity: Option<InsightsSeverity>,
}

impl From<state::Job> for InsightsJob {
    fn from(job: state::Job) -> Self {
        Self {
            id: job.id.into(),
            project_id: job.project_id.into(),
            status: job.status.into(),
            triggered_at: job.triggered_at.map(Timestamp),
            last_scan_at: job.last_scan_at.map(Timestamp),
            guidance: job.guidance,
            guidance_version: job.guidance_version,
            guidance_updated_at: job.guidance_updated_at.map(Timestamp),
            guidance_updated_by: job.guidance_updated_by,
            results_guidance_version: job.results_guidance_version,
        }
    }
}

pub(crate) struct InsightsIssue {
    issue: state::Issue,
    window: Window,
    summary: Option<Summary>,
}

/// What an issue comes to in a window of days.
#[derive(SimpleObject)]
pub(crate) struct InsightsSummary {
    count: u64,
    total_count: u64,
    users_impacted: u64,
    total_users: u64,
    /// Of the last day alone, which the words of the issue are about.
    latest_count: u64,
    first_seen: String,
    last_seen: String,
    day_count: u64,
}

/// How many issues of a project stand how.
#[derive(SimpleObject)]
pub(crate) struct InsightsCounts {
    open: u64,
    /// Of the open ones, as are the next three.
    critical: u64,
    high: u64,
    medium: u64,
    low: u64,
    resolved: u64,
    /// In the last seven days.
    resolved_this_week: u64,
    closed: u64,
}

impl From<Counts> for InsightsCounts {
    fn from(counts: Counts) -> Self {
        let Counts { open, resolved, resolved_this_week, closed } = counts;
        Self {
            open: open.sum(),
            critical: open.critical,
            high: open.high,
            medium: open.medium,
            low: open.low,
            resolved,
            resolved_this_week,
            closed,
        }
    }
}

/// What an issue was on a day.
#[derive(SimpleObject)]
pub(crate) struct InsightsDay {
    day: String,
    count: u64,
    total_count: u64,
    users_impacted: u64,
    total_users: u64,
    metadata: Option<JsonText>,
}

#[Object]
impl InsightsIssue {
    async fn id(&self) -> ID {
        self.issue.id.into()
    }

    async fn project_id(&self) -> ID {
        self.issue.project_id.into()
    }

    async fn name(&self) -> &str {
        &self.issue.name
    }

    async fn description(&self) -> Option<&str> {
        self.issue.description.as_deref()
    }

    async fn cause(&self) -> Option<&str> {
        self.issue.cause.as_deref()
    }

    async fn suggested_fix(&self) -> Option<&str> {
        self.issue.suggested_fix.as_deref()
    }

    /// A filter that finds the traces with it.
    async fn traces_query(&self) -> Option<&str> {
        self.issue.traces_query.as_deref()
    }

    async fn severity(&self) -> InsightsSeverity {
        self.issue.severity.into()
    }

    async fn status(&self) -> InsightsIssueStatus {
        self.issue.status.into()
    }

    /// Why it was closed.
    async fn close_note(&self) -> Option<&str> {
        self.issue.close_note.as_deref()
    }

    async fn status_changed_at(&self) -> Option<Timestamp> {
        self.issue.status_changed_at.map(Timestamp)
    }

    async fn status_changed_by(&self) -> Option<&str> {
        self.issue.status_changed_by.as_deref()
    }

    /// Null where it was not met in the window.
    async fn summary(&self) -> Option<InsightsSummary> {
        self.summary.map(|summary| InsightsSummary {
            count: summary.sum.count,
            total_count: summary.sum.total_count,
            users_impacted: summary.sum.users_impacted,
            total_users: summary.sum.total_users,
            latest_count: summary.latest_count,
            first_seen: summary.first_seen.to_string(),
            last_seen: summary.last_seen.to_string(),
            day_count: summary.days,
        })
    }

    /// Oldest first.
    #[graphql(complexity = "50 + 30 * child_complexity")]
    async fn days(&self, context: &Context<'_>) -> Result<Vec<InsightsDay>> {
        let (issue, window) = (self.issue.clone(), self.window);
        let read = session(context)?
            .read::<InsightRead, _>(move |reader| Ok(reader.insights_details(&issue, window)?));
        let shown = read.await?.into_iter().map(|detail| InsightsDay {
            day: detail.day.to_string(),
            count: detail.figures.count,
            total_count: detail.figures.total_count,
            users_impacted: detail.figures.users_impacted,
            total_users: detail.figures.total_users,
            metadata: detail.metadata.map(JsonText),
        });
        Ok(shown.collect())
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.issue.created_at)
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.issue.last_updated_at)
    }
}

#[derive(Default)]
pub(crate) struct InsightQueries;

#[Object]
impl InsightQueries {
    /// Null until somebody makes it.
    async fn insights_job(&self, context: &Context<'_>, project_id: ID) -> Result<Option<InsightsJob>> {
        job(session(context)?, ProjectId::known(uuid(&project_id)?)).await
    }

    #[graphql(complexity = "50 + child_complexity")]
    async fn insights_counts(&self, context: &Context<'_>, project_id: ID) -> Result<InsightsCounts> {
        let project = ProjectId::known(uuid(&project_id)?);
        let session = session(context)?;
        let now = session.now();
        let read = session
            .read::<InsightRead, _>(move |reader| Ok(Counts::of(&reader.all_insights_issues(project)?, now)));
        Ok(read.await?.into())
    }

    /// The issues that were met in a window of days, newest first unless sorted by `id`, `name`, `status`, `severity`,
    /// `total_occurrences`, `latest_count`, `total`, `users_impacted`, `total_users`, `first_seen`, `last_seen`,
    /// `days_reported`, `created_at` or `last_updated_at`; figures are those of the window.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn insights_issues(
        &self,
        context: &Context<'_>,
        project_id: ID,
        filter: Option<InsightsFilter>,
        sort: Option<Sort>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<InsightsIssue>> {
        let order = Order::new("insights issues", SORTABLE, sort, first, after)?;
        let project = ProjectId::known(uuid(&project_id)?);
        let InsightsFilter { from, to, status, severity } = filter.unwrap_or_default();
        let window = window(from, to)?;
        let (status, severity) = (status.map(Into::into), severity.map(Into::into));
        let read = session(context)?.read::<InsightRead, _>(move |reader| {
            let mut issues = reader.insights_issues(project, window)?;
            issues.retain(|(issue, _)| {
                status.is_none_or(|status: insights::IssueStatus| issue.status == status)
                    && severity.is_none_or(|severity: insights::Severity| issue.severity == severity)
            });
            let value = |(issue, summary): &(state::Issue, Summary), field: &str| {
                Ok::<_, Failure>(sort_value(issue, summary, field))
            };
            order.sorted(issues, |(issue, _)| issue.id.uuid(), value)
        });
        let node = |(issue, summary)| InsightsIssue { issue, window, summary: Some(summary) };
        Ok(read.await?.into_page(node))
    }
}

#[derive(Default)]
pub(crate) struct InsightMutations;

#[Object]
impl InsightMutations {
    /// Looks every day or only when asked. The job is made if it is missing.
    async fn set_insights_job_status(
        &self,
        context: &Context<'_>,
        project_id: ID,
        status: InsightsJobStatus,
    ) -> Result<InsightsJob> {
        let session = session(context)?;
        let project_id = ProjectId::known(uuid(&project_id)?);
        if job(session, project_id).await?.is_none() {
            session.execute(Command::CreateJob { project_id }).await?;
        }
        session.execute(Command::SetJobStatus { project_id, status: status.into() }).await?;
        present(session, project_id).await
    }

    /// Tells whoever looks what to mind; nothing, if the text is empty. The job is made if it is missing.
    async fn set_insights_guidance(
        &self,
        context: &Context<'_>,
        project_id: ID,
        guidance: String,
    ) -> Result<InsightsJob> {
        let session = session(context)?;
        let project_id = ProjectId::known(uuid(&project_id)?);
        session.execute(Command::SetGuidance { project_id, guidance }).await?;
        present(session, project_id).await
    }

    /// Asks to look now.
    async fn trigger_insights(&self, context: &Context<'_>, project_id: ID) -> Result<InsightsJob> {
        let session = session(context)?;
        let project_id = ProjectId::known(uuid(&project_id)?);
        session.execute(Command::Trigger { project_id }).await?;
        present(session, project_id).await
    }

    /// The note is kept with closed issues alone.
    async fn set_insights_issue_status(
        &self,
        context: &Context<'_>,
        project_id: ID,
        id: ID,
        status: InsightsIssueStatus,
        close_note: Option<String>,
    ) -> Result<InsightsIssue> {
        let session = session(context)?;
        let (project_id, id) = (ProjectId::known(uuid(&project_id)?), IssueId::known(uuid(&id)?));
        session
            .execute(Command::SetIssueStatus { project_id, id, status: status.into(), close_note })
            .await?;
        let read = session.read::<InsightRead, _>(move |reader| {
            let issue = reader.insights_issue(project_id, id)?.ok_or_else(issue_not_found)?;
            let days = reader.insights_details(&issue, Window::default())?;
            let days: Vec<_> = days.into_iter().map(|detail| (detail.day, detail.figures)).collect();
            Ok(InsightsIssue { issue, window: Window::default(), summary: Summary::of(&days) })
        });
        Ok(read.await?)
    }
}

async fn job(session: &Session, project: ProjectId) -> Result<Option<InsightsJob>> {
    let read = session.read::<InsightRead, _>(move |reader| Ok(reader.insights_job(project)?));
    Ok(read.await?.map(InsightsJob::from))
}

async fn present(session: &Session, project: ProjectId) -> Result<InsightsJob> {
    job(session, project).await?.ok_or_else(|| Problem::from(job_not_found()))
}

fn window(from: Option<String>, to: Option<String>) -> Result<Window> {
    let day = |text: Option<String>| {
        let malformed = |text: &str| Problem::invalid(format!("`{text}` is not a day such as `2026-03-04`"));
        text.map(|text| Day::parse(&text).ok_or_else(|| malformed(&text))).transpose()
    };
    Ok(Window { from: day(from)?, to: day(to)? })
}
