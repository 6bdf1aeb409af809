use cairn_core::event::Event;
use cairn_core::ids::{ProjectId, RetentionRuleId};
use cairn_core::retention::{Create, Event as Retention, Period, Scope};

use super::id;

/// One event of each kind of retention.
pub(super) fn samples() -> Vec<Event> {
    let rule = RetentionRuleId::known(id(61));
    let create = Create {
        scope: Scope::ProjectEnvironment(ProjectId::known(id(2)), "staging".to_owned()),
        period: Period::Base,
        apply_to_past: true,
    };
    let created = Retention::Created { id: rule, create: Box::new(create) };
    [created, Retention::Deactivated { id: rule }].into_iter().map(Event::from).collect()
}
