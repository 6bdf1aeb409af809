use cairn_core::event::Event;
use cairn_core::ids::{IssueId, ProjectId};
use cairn_core::insights::{Day, Event as InsightEvent, Figures, Found, IssueStatus, JobStatus, Severity};

use super::{id, json, text};

/// One event of each kind of insight event.
pub(super) fn samples() -> Vec<Event> {
    let (project_id, issue) = (ProjectId::known(id(2)), IssueId::known(id(23)));
    let day = Day::parse("2026-03-04").unwrap();
    let found = Found {
        id: Some(issue),
        name: text("slow answers"),
        description: Some(text("answers take long")),
        cause: Some(text("a large context")),
        suggested_fix: Some(text("cut it")),
        traces_query: Some(text("duration:[10s TO *]")),
        severity: Severity::Critical,
        figures: Figures { count: 3, total_count: 100, users_impacted: 2, total_users: 40 },
        metadata: json(r#"{"traces": [1]}"#),
    };
    let events = [
        InsightEvent::JobCreated { project_id, id: id(24) },
        InsightEvent::JobStatusSet { project_id, status: JobStatus::Enabled },
        InsightEvent::GuidanceSet { project_id, guidance: Some(text("look at costs")), version: 2 },
        InsightEvent::Triggered { project_id },
        InsightEvent::Reported { project_id, day },
        InsightEvent::IssueFound { project_id, id: issue, day, found: Box::new(found) },
        InsightEvent::IssueStatusSet {
            project_id,
            id: issue,
            status: IssueStatus::Closed,
            close_note: Some(text("no harm")),
        },
    ];
    events.into_iter().map(Event::from).collect()
}
