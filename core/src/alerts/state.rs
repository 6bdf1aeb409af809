//! All alerts of a workspace, what waits to be told by each, and which messages are under way. What waits follows from
//! the log alone, so that neither an end nor a rebuild of the server loses any of it or tells it twice.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Alert, Command, Definition, Event, EventType, Fired, Work, not_found};
use crate::command::Context;
use crate::event::Recorded;
use crate::ids::{AlertId, FiringId, Position, ProjectId};
use crate::limits::{ALERT_OCCURRENCES_MAX, ALERTS_MAX};
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// Something that sets alerts off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    pub position: Position,
    pub time: Timestamp,
    pub principal: String,
    pub project_id: Option<ProjectId>,
    /// What it happened to.
    pub id: Uuid,
    pub name: String,
    /// The commit of a version, the trace of a guardrail.
    pub detail: Option<String>,
}

/// What an alert has yet to tell of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub since: Timestamp,
    pub through: Position,
    pub count: u64,
    /// The first of them.
    pub occurrences: Vec<Occurrence>,
}

/// How an alert stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub waiting: BTreeMap<EventType, Waiting>,
    /// Thresholds that were told of and have not been left since.
    pub crossed: BTreeSet<EventType>,
}

impl Standing {
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.crossed.is_empty()
    }
}

#[derive(Clone, Debug, Default)]
pub struct State {
    alerts: BTreeMap<AlertId, Alert>,
    standings: BTreeMap<AlertId, Standing>,
    /// Messages under way.
    pending: BTreeMap<FiringId, AlertId>,
    /// Enabled alerts by what sets them off.
    wanting: BTreeMap<EventType, BTreeSet<AlertId>>,
}

impl State {
    pub fn get(&self, id: AlertId) -> Option<&Alert> {
        self.alerts.get(&id)
    }

    /// Oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Alert> {
        self.alerts.values()
    }

    pub fn standing(&self, id: AlertId) -> Option<&Standing> {
        self.standings.get(&id)
    }

    /// What waits to be told, by whom.
    pub fn waiting(&self) -> impl Iterator<Item = (AlertId, EventType, &Waiting)> {
        let standings = self.standings.iter();
        standings.flat_map(|(id, standing)| {
            standing.waiting.iter().map(|(event_type, waiting)| (*id, *event_type, waiting))
        })
    }

    pub fn pending(&self) -> impl Iterator<Item = (FiringId, AlertId)> {
        self.pending.iter().map(|(firing, alert)| (*firing, *alert))
    }

    pub fn alert_of(&self, firing: FiringId) -> Option<AlertId> {
        self.pending.get(&firing).copied()
    }

    /// Enabled alerts that something sets off.
    pub fn wanting(&self, event_type: EventType) -> impl Iterator<Item = &Alert> {
        let ids = self.wanting.get(&event_type).into_iter().flatten();
        ids.filter_map(|id| self.alerts.get(id))
    }

    pub fn is_wanted(&self, event_type: EventType) -> bool {
        self.wanting.contains_key(&event_type)
    }

    /// Whether time alone may make it tell something.
    pub fn is_watching(&self) -> bool {
        let is_measured = |event_type: &EventType| event_type.is_metric() && self.is_wanted(*event_type);
        !self.pending.is_empty()
            || self.standings.values().any(|standing| !standing.waiting.is_empty())
            || EventType::ALL.iter().any(is_measured)
    }

    pub fn decide(
        &self,
        command: Command,
        has_project: impl Fn(ProjectId) -> bool,
        context: &mut Context,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Create { id, mut definition } => {
                check_project(&definition, has_project)?;
                let id = id.unwrap_or_else(|| AlertId::known(context.fresh_id()));
                if self.alerts.contains_key(&id) {
                    return Err(Rejection::conflict("Alert already exists"));
                }
                if self.alerts.len() >= ALERTS_MAX {
                    let message = format!("Workspace already has the maximum of {ALERTS_MAX} alerts");
                    return Err(Rejection::conflict(message).hint("delete one that is of no use any more"));
                }
                definition.unmask(None)?;
                complete(&mut definition, context);
                Ok(vec![Event::Created { id, definition }])
            }
            Command::Replace { id, mut definition } => {
                let alert = self.get(id).ok_or_else(not_found)?;
                check_project(&definition, has_project)?;
                definition.unmask(Some(&alert.definition))?;
                if definition.webhook.id.is_nil() {
                    definition.webhook.id = alert.definition.webhook.id;
                }
                complete(&mut definition, context);
                Ok(vec![Event::Replaced { id, definition }])
            }
            Command::Delete { ids } => {
                let known: BTreeSet<AlertId> =
                    ids.into_iter().filter(|id| self.alerts.contains_key(id)).collect();
                Ok(known.into_iter().map(|id| Event::Deleted { id }).collect())
            }
        }
    }

    /// Decides on what the server saw; things may have changed since, and then it does nothing.
    pub fn work(&self, work: Work, context: &mut Context) -> Option<Event> {
        match work {
            Work::Tell { alert_id, event_type, through, metadata } => {
                let waiting = self.standings.get(&alert_id)?.waiting.get(&event_type)?;
                if waiting.through != through {
                    return None;
                }
                let users: BTreeSet<&String> =
                    waiting.occurrences.iter().map(|occurrence| &occurrence.principal).collect();
                Some(Event::Fired(Box::new(Fired {
                    id: FiringId::known(context.fresh_id()),
                    alert_id,
                    event_type,
                    through: Some(through),
                    count: waiting.count,
                    event_ids: waiting.occurrences.iter().map(|occurrence| occurrence.id).collect(),
                    users: users.into_iter().cloned().collect(),
                    metadata,
                })))
            }
            Work::Cross { alert_id, event_type, metadata } => {
                let alert = self.get(alert_id).filter(|alert| alert.definition.enabled)?;
                alert.definition.trigger(event_type)?;
                if self.has_crossed(alert_id, event_type) {
                    return None;
                }
                let id = FiringId::known(context.fresh_id());
                Some(Event::Fired(Box::new(Fired {
                    id,
                    alert_id,
                    event_type,
                    through: None,
                    count: 1,
                    event_ids: vec![id.uuid()],
                    users: vec![context.principal.to_string()],
                    metadata,
                })))
            }
            Work::Calm { alert_id, event_type } => {
                let crossed = self.has_crossed(alert_id, event_type);
                crossed.then_some(Event::Calmed { alert_id, event_type })
            }
            Work::Settle { id, answer } => {
                Some(Event::Answered { id, alert_id: *self.pending.get(&id)?, answer })
            }
        }
    }

    pub fn has_crossed(&self, id: AlertId, event_type: EventType) -> bool {
        self.standings.get(&id).is_some_and(|standing| standing.crossed.contains(&event_type))
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Created { id, definition } => self.load(Alert {
                id: *id,
                definition: (**definition).clone(),
                created_at: event.time,
                created_by: event.principal.to_string(),
                last_updated_at: event.time,
                last_updated_by: event.principal.to_string(),
            }),
            Event::Replaced { id, definition } => {
                let Some(mut alert) = self.alerts.remove(id) else { return };
                alert.definition = (**definition).clone();
                alert.last_updated_at = event.time;
                alert.last_updated_by = event.principal.to_string();
                self.replace(*id, Some(alert));
            }
            Event::Deleted { id } => self.replace(*id, None),
            Event::Fired(fired) => {
                self.pending.insert(fired.id, fired.alert_id);
                let standing = self.standings.entry(fired.alert_id).or_default();
                if fired.through.is_some() {
                    standing.waiting.remove(&fired.event_type);
                } else {
                    standing.crossed.insert(fired.event_type);
                }
                self.tidy(fired.alert_id);
            }
            Event::Calmed { alert_id, event_type } => {
                if let Some(standing) = self.standings.get_mut(alert_id) {
                    standing.crossed.remove(event_type);
                }
                self.tidy(*alert_id);
            }
            Event::Answered { id, .. } => {
                self.pending.remove(id);
            }
        }
    }

    /// Notes something that happened for the alerts that it sets off; says which these are.
    pub fn notice(&mut self, event_type: EventType, occurrence: &Occurrence) -> Vec<AlertId> {
        let set_off = |alert: &&Alert| {
            let Some(trigger) = alert.definition.trigger(event_type) else { return false };
            let projects = alert.definition.projects(trigger);
            let mut guardrails = trigger.guardrails().peekable();
            let named = event_type != EventType::GuardrailsTriggered
                || guardrails.peek().is_none()
                || guardrails.any(|name| name.eq_ignore_ascii_case(&occurrence.name));
            named && projects.is_none_or(|known| occurrence.project_id.is_some_and(|id| known.contains(&id)))
        };
        let alerts: Vec<AlertId> = self.wanting(event_type).filter(set_off).map(|alert| alert.id).collect();
        for id in &alerts {
            let waiting = &mut self.standings.entry(*id).or_default().waiting;
            let waiting = waiting.entry(event_type).or_insert_with(|| Waiting {
                since: occurrence.time,
                through: occurrence.position,
                count: 0,
                occurrences: Vec::new(),
            });
            waiting.count += 1;
            waiting.through = occurrence.position;
            if waiting.occurrences.len() < ALERT_OCCURRENCES_MAX {
                waiting.occurrences.push(occurrence.clone());
            }
        }
        alerts
    }

    /// Takes an alert as it was stored.
    pub fn load(&mut self, alert: Alert) {
        if alert.definition.enabled {
            for trigger in &alert.definition.triggers {
                self.wanting.entry(trigger.event_type).or_default().insert(alert.id);
            }
        }
        self.alerts.insert(alert.id, alert);
    }

    pub fn load_standing(&mut self, id: AlertId, standing: Standing) {
        self.standings.insert(id, standing);
    }

    pub fn load_pending(&mut self, id: FiringId, alert: AlertId) {
        self.pending.insert(id, alert);
    }

    /// Puts an alert as it shall be, or takes it away. What its triggers no longer ask for is not told.
    pub fn replace(&mut self, id: AlertId, alert: Option<Alert>) {
        self.alerts.remove(&id);
        self.wanting.retain(|_, alerts| {
            alerts.remove(&id);
            !alerts.is_empty()
        });
        let wanted: BTreeSet<EventType> = alert
            .iter()
            .filter(|alert| alert.definition.enabled)
            .flat_map(|alert| alert.definition.triggers.iter().map(|trigger| trigger.event_type))
            .collect();
        if let Some(standing) = self.standings.get_mut(&id) {
            standing.waiting.retain(|event_type, _| wanted.contains(event_type));
            // Another threshold may be crossed anew.
            standing.crossed.retain(|event_type| wanted.contains(event_type));
        }
        self.tidy(id);
        if let Some(alert) = alert {
            self.load(alert);
        }
    }

    fn tidy(&mut self, id: AlertId) {
        if self.standings.get(&id).is_some_and(Standing::is_idle) {
            self.standings.remove(&id);
        }
    }
}

fn check_project(definition: &Definition, has_project: impl Fn(ProjectId) -> bool) -> Result<(), Rejection> {
    match definition.project_id {
        Some(id) if !has_project(id) => Err(Rejection::not_found("Project not found")),
        _ => Ok(()),
    }
}

/// Draws the ids that are missing.
fn complete(definition: &mut Definition, context: &mut Context) {
    definition.name = definition.name.trim().to_owned();
    let mut draw = |id: &mut Uuid| {
        if id.is_nil() {
            *id = context.fresh_id();
        }
    };
    draw(&mut definition.webhook.id);
    for trigger in &mut definition.triggers {
        draw(&mut trigger.id);
        for config in &mut trigger.configs {
            draw(&mut config.id);
        }
    }
}
