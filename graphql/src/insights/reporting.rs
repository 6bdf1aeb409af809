//! What somebody found in the traces of a project on a day, told to the server.

use async_graphql::{Context, ID, InputObject, Object};
use cairn_core::ids::{IssueId, ProjectId};
use cairn_core::insights::{Command, Day, Figures, Found};

use super::InsightsSeverity;
use crate::error::{Problem, Result};
use crate::scalars::{JsonText, uuid};
use crate::session::session;

#[derive(InputObject)]
pub(crate) struct ReportedIssueInput {
    /// An issue that is known already, or a version 7 UUID for a new one. Drawn if left out.
    id: Option<ID>,
    name: String,
    description: Option<String>,
    cause: Option<String>,
    suggested_fix: Option<String>,
    /// Which traces have it.
    traces_query: Option<String>,
    severity: InsightsSeverity,
    /// Traces of the day that have it.
    count: u64,
    /// Traces of the day.
    total_count: u64,
    users_impacted: u64,
    total_users: u64,
    metadata: Option<JsonText>,
}

impl ReportedIssueInput {
    fn found(self) -> Result<Found> {
        let id = self.id.map(|id| uuid(&id)).transpose()?;
        Ok(Found {
            id: id.map(IssueId::new).transpose()?,
            name: self.name,
            description: self.description,
            cause: self.cause,
            suggested_fix: self.suggested_fix,
            traces_query: self.traces_query,
            severity: self.severity.into(),
            figures: Figures {
                count: self.count,
                total_count: self.total_count,
                users_impacted: self.users_impacted,
                total_users: self.total_users,
            },
            metadata: self.metadata.map(|json| json.0).filter(|json| !json.is_null()),
        })
    }
}

#[derive(Default)]
pub(crate) struct InsightReportMutations;

#[Object]
impl InsightReportMutations {
    /// Reports what was found on a day, such as `2026-03-04`: all of it, or nothing.
    async fn report_insights(
        &self,
        context: &Context<'_>,
        project_id: ID,
        day: String,
        issues: Vec<ReportedIssueInput>,
    ) -> Result<bool> {
        let project_id = ProjectId::known(uuid(&project_id)?);
        let malformed = || Problem::invalid(format!("`{day}` is not a date such as `2026-03-04`"));
        let day = Day::parse(&day).ok_or_else(malformed)?;
        let found = issues.into_iter().map(ReportedIssueInput::found).collect::<Result<_>>()?;
        session(context)?.execute(Command::Report { project_id, day, found }).await?;
        Ok(true)
    }
}
