use cairn_core::alerts::{
    Answer, Config, ConfigKind, Definition, Destination, Event as AlertEvent, EventType, Fired, Trigger,
    Webhook,
};
use cairn_core::event::Event;
use cairn_core::ids::{AlertId, FiringId, Position, ProjectId};

use super::{id, json, text};

/// One event of each kind of alert event.
pub(super) fn samples() -> Vec<Event> {
    let (alert_id, firing) = (AlertId::known(id(40)), FiringId::known(id(41)));
    let config = |number, kind, field: &str, value: &str, group| Config {
        id: id(number),
        kind,
        value: [(text(field), text(value))].into(),
        group,
    };
    let definition = Definition {
        name: text("too many errors"),
        enabled: true,
        destination: Destination::PagerDuty,
        metadata: [(text("routing_key"), text("R0"))].into(),
        webhook: Webhook {
            id: id(42),
            name: Some(text("on call")),
            url: text("https://example.com/hook"),
            secret: Some(text("open sesame")),
            headers: [(text("X-Team"), text("shop"))].into(),
        },
        triggers: vec![Trigger {
            id: id(43),
            event_type: EventType::TraceErrors,
            configs: vec![
                config(44, ConfigKind::Errors, "threshold", "3", Some(0)),
                config(45, ConfigKind::Projects, "project_ids", "[]", None),
            ],
        }],
        project_id: Some(ProjectId::known(id(2))),
    };
    let events = [
        AlertEvent::Created { id: alert_id, definition: Box::new(definition.clone()) },
        AlertEvent::Replaced { id: alert_id, definition: Box::new(definition) },
        AlertEvent::Deleted { id: alert_id },
        AlertEvent::Fired(Box::new(Fired {
            id: firing,
            alert_id,
            event_type: EventType::PromptCreated,
            through: Some(Position(7)),
            count: 2,
            event_ids: vec![id(46), id(47)],
            users: vec![text("ann")],
            metadata: json(r#"[{"name": "greeting"}]"#).unwrap(),
        })),
        AlertEvent::Calmed { alert_id, event_type: EventType::TraceCost },
        AlertEvent::Answered {
            id: firing,
            alert_id,
            answer: Answer { status: Some(500), error: Some(text("the receiver answered 500")), attempts: 4 },
        },
    ];
    events.into_iter().map(Event::from).collect()
}
