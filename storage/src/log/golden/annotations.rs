use cairn_core::annotations::{Changes, Created, Event as AnnotationEvent, Scope, Source};
use cairn_core::event::Event;
use cairn_core::ids::{AnnotationQueueId, ProjectId};
use cairn_core::time::Timestamp;

use super::{id, json, text};

/// One event of each kind of annotation event.
pub(super) fn samples() -> Vec<Event> {
    let queue = AnnotationQueueId::known(id(16));
    let changes = Changes {
        name: Some(text("answers")),
        description: Some(text("of the bot")),
        instructions: Some(text("be kind")),
        comments_enabled: Some(true),
        feedback_definition_names: Some(vec![text("right"), text("tone")]),
        annotators_per_item: Some(2),
        lock_timeout_seconds: Some(60),
        automation: json(r#"{"enabled": true}"#),
        annotator_view: json(r#"{"html": "<p>"}"#),
    };
    let events = [
        AnnotationEvent::Created(Box::new(Created {
            id: queue,
            project_id: ProjectId::known(id(2)),
            scope: Scope::Thread,
            changes: changes.clone(),
        })),
        AnnotationEvent::Updated { id: queue, changes: Box::new(changes) },
        AnnotationEvent::Deleted { id: queue },
        AnnotationEvent::ItemsAdded { id: queue, items: vec![id(3), id(4)], source: Source::Automated },
        AnnotationEvent::ItemsRemoved { id: queue, items: vec![id(3)] },
        AnnotationEvent::ItemLocked {
            id: queue,
            item: id(3),
            by: text("ann"),
            until: Timestamp::from_nanos(1_700_000_002_000_000_000),
        },
    ];
    events.into_iter().map(Event::from).collect()
}
