//! Insights as readers find them: a job by its project, and issues with what they come to in a window of days.

use cairn_core::event::Event;
use cairn_core::ids::{IssueId, Position, ProjectId};
use cairn_core::insights;
use cairn_core::insights::state::{Issue, Job, Summary};
use cairn_core::insights::{Day, Figures};
use cairn_core::json::Json;

use super::DayRow;
use crate::error::Error;
use crate::index::SortValue;
use crate::reader::Reader;
use crate::rows;

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Window {
    fn holds(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// By what issues can be put in order.
pub const SORTABLE: &[&str] = &[
    "id",
    "name",
    "status",
    "severity",
    "total_occurrences",
    "latest_count",
    "total",
    "users_impacted",
    "total_users",
    "first_seen",
    "last_seen",
    "days_reported",
    "created_at",
    "last_updated_at",
];

/// What an issue and what it comes to in a window are put in order by, under a name of `SORTABLE`.
pub fn sort_value(issue: &Issue, summary: &Summary, field: &str) -> SortValue {
    let whole = |number: u64| SortValue::Whole(i64::try_from(number).unwrap_or(i64::MAX));
    let day = |day: Day| whole(day.number().into());
    match field {
        "id" => SortValue::Text(issue.id.to_string()),
        "name" => SortValue::Text(issue.name.to_lowercase()),
        "status" => SortValue::Whole(issue.status as i64),
        "severity" => SortValue::Whole(issue.severity as i64),
        "total_occurrences" => whole(summary.sum.count),
        "latest_count" => whole(summary.latest_count),
        "total" => whole(summary.sum.total_count),
        "users_impacted" => whole(summary.sum.users_impacted),
        "total_users" => whole(summary.sum.total_users),
        "first_seen" => day(summary.first_seen),
        "last_seen" => day(summary.last_seen),
        "days_reported" => whole(summary.days),
        "created_at" => SortValue::Whole(issue.created_at.as_nanos()),
        "last_updated_at" => SortValue::Whole(issue.last_updated_at.as_nanos()),
        _ => SortValue::Missing,
    }
}

/// What an issue was on a day.
#[derive(Clone, Debug)]
pub struct Detail {
    pub day: Day,
    pub figures: Figures,
    pub metadata: Option<Json>,
}

impl Reader {
    pub fn insights_job(&self, project: ProjectId) -> Result<Option<Job>, Error> {
        self.row(rows::insights_job(project))
    }

    pub fn insights_issue(&self, project: ProjectId, id: IssueId) -> Result<Option<Issue>, Error> {
        self.row(rows::insights_issue(project, id))
    }

    /// The issues that were met in a window, newest first, with what they come to there.
    pub fn insights_issues(
        &self,
        project: ProjectId,
        window: Window,
    ) -> Result<Vec<(Issue, Summary)>, Error> {
        let mut met = Vec::new();
        for issue in self.all_insights_issues(project)?.into_iter().rev() {
            let days = self.days(&issue, window)?;
            let days: Vec<(Day, Figures)> = days.into_iter().map(|(day, row)| (day, row.figures)).collect();
            met.extend(Summary::of(&days).map(|summary| (issue, summary)));
        }
        Ok(met)
    }

    /// All issues of a project, whenever they were met, oldest first.
    pub fn all_insights_issues(&self, project: ProjectId) -> Result<Vec<Issue>, Error> {
        let mut issues = Vec::new();
        self.each(rows::insights_issues(project), |_, value| {
            issues.push(rows::read(value)?);
            Ok(())
        })?;
        Ok(issues)
    }

    /// The days of an issue in a window, oldest first.
    pub fn insights_details(&self, issue: &Issue, window: Window) -> Result<Vec<Detail>, Error> {
        let mut details = Vec::new();
        for (day, DayRow { figures, metadata }) in self.days(issue, window)? {
            let metadata = metadata.map_or(Ok(None), |at| self.metadata_at(at))?;
            details.push(Detail { day, figures, metadata });
        }
        Ok(details)
    }

    fn days(&self, issue: &Issue, window: Window) -> Result<Vec<(Day, DayRow)>, Error> {
        let mut days = Vec::new();
        self.each(rows::insights_days(issue.project_id, issue.id), |key, value| {
            let day = key.last_chunk::<4>().map(|bytes| Day::stored(u32::from_be_bytes(*bytes)));
            if let Some(day) = day.filter(|day| window.holds(*day)) {
                days.push((day, rows::read(value)?));
            }
            Ok(())
        })?;
        Ok(days)
    }

    /// `None` if it was erased.
    fn metadata_at(&self, at: Position) -> Result<Option<Json>, Error> {
        Ok(match self.store().log().event(at)?.map(|recorded| recorded.event) {
            Some(Event::Insights(insights::Event::IssueFound { found, .. })) => found.metadata,
            _ => None,
        })
    }
}
