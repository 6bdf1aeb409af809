use cairn_core::event::Event;
use cairn_core::ids::{DatasetId, OptimizationId, ProjectId};
use cairn_core::optimizations::{Changes, Event as OptimizationEvent, Status, Written};
use cairn_core::time::Timestamp;

use super::{error, id, json, text};

/// One event of each kind of optimization event.
pub(super) fn samples() -> Vec<Event> {
    let optimization = OptimizationId::known(id(14));
    let events = [
        OptimizationEvent::Written(Box::new(Written {
            id: optimization,
            name: text("search"),
            dataset_id: DatasetId::known(id(7)),
            project_id: Some(ProjectId::known(id(2))),
            objective_name: text("accuracy"),
            status: Status::Initialized,
            metadata: json(r#"{"optimizer": "MetaPrompt"}"#),
            studio_config: json(r#"{"dataset_name": "qa"}"#),
            error: Some(error()),
            last_updated_at: Some(Timestamp::from_nanos(1_700_000_002_000_000_000)),
        })),
        OptimizationEvent::Updated {
            id: optimization,
            changes: Box::new(Changes {
                name: Some(text("renamed")),
                status: Some(Status::Error),
                metadata: json("[1]"),
                error: Some(error()),
            }),
        },
        OptimizationEvent::Deleted { id: optimization },
    ];
    events.into_iter().map(Event::from).collect()
}
