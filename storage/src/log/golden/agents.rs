use cairn_core::agents::{BlueprintCreated, Event as AgentEvent, Value, ValueKind};
use cairn_core::event::Event;
use cairn_core::ids::{BlueprintId, ProjectId};

use super::{id, text};

/// One event of each kind of agent event.
pub(super) fn samples() -> Vec<Event> {
    let project_id = ProjectId::known(id(2));
    let blueprint = BlueprintId::known(id(20));
    let value =
        |key, value, kind| Value { key: text(key), value, kind, description: Some(text("what it is for")) };
    let values = vec![
        value("model", Some(text("gpt-4o")), ValueKind::String),
        value("size", Some(text("3")), ValueKind::Integer),
        value("temperature", Some(text("0.5")), ValueKind::Float),
        value("is_loud", None, ValueKind::Boolean),
        value("greeting", Some(text("ab12cd34")), ValueKind::Prompt),
        value("farewell", Some(text("ab12cd35")), ValueKind::PromptCommit),
    ];
    let events = [
        AgentEvent::BlueprintCreated(Box::new(BlueprintCreated {
            id: blueprint,
            project_id,
            number: Some(1),
            description: Some(text("the first")),
            values,
            environments: vec![text("prod")],
        })),
        AgentEvent::EnvironmentsSet { project_id, environments: vec![(text("staging"), blueprint)] },
        AgentEvent::EnvironmentRemoved { project_id, environment: text("staging") },
    ];
    events.into_iter().map(Event::from).collect()
}
