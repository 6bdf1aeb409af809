use cairn_core::dashboards::{Changes, Event as DashboardEvent, Kind, Scope};
use cairn_core::event::Event;
use cairn_core::ids::{DashboardId, ProjectId, SavedQueryId};

use super::{id, json, text};

/// One event of each kind of dashboard event.
pub(super) fn samples() -> Vec<Event> {
    let dashboard = DashboardId::known(id(17));
    let changes = Changes {
        name: Some(text("costs")),
        kind: Some(Kind::Experiments),
        description: Some(text("who spends what")),
        config: json(r#"{"sections": [], "version":  2}"#),
    };
    let project_id = Some(ProjectId::known(id(2)));
    let events = [
        DashboardEvent::Created {
            id: dashboard,
            scope: Scope::Insights,
            project_id,
            changes: Box::new(changes.clone()),
        },
        DashboardEvent::Updated { id: dashboard, changes: Box::new(changes) },
        DashboardEvent::Deleted { id: dashboard },
        DashboardEvent::QuerySaved { id: SavedQueryId::known(id(18)), project_id, sql: text("select 1") },
    ];
    events.into_iter().map(Event::from).collect()
}
