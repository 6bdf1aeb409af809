//! Alerts in the log and as rows: one row an alert, one for how it stands, one a firing. What sets alerts off is seen
//! here as it is projected; what is measured is measured beside this.

pub mod measuring;
pub(crate) mod stored;

use std::collections::BTreeSet;
use std::sync::Arc;

use cairn_core::alerts::state::{Occurrence, Standing, State};
use cairn_core::alerts::{Alert, Event, EventType, Fired, Firing, Settled};
use cairn_core::event::{Event as AnyEvent, Recorded};
use cairn_core::experiments::Status;
use cairn_core::ids::{AlertId, FiringId, Position};
use cairn_core::json::Json;
use cairn_core::{experiments, guardrails, prompts};
use fjall::{Keyspace, Readable};
use serde_json::{Value, json};

use crate::error::Error;
use crate::reader::Reader;
use crate::rows::{self, uuid};
use crate::slots::Slots;
use crate::staging::Staging;
use crate::store::Store;

/// The alerts as a commit sees and changes them.
pub(crate) struct Staged {
    state: State,
    touched: BTreeSet<AlertId>,
    firings: Slots<Firing>,
    pending: Slots<AlertId>,
    places: Slots<(AlertId, Position)>,
}

impl Staged {
    pub(crate) fn open(keyspace: &Keyspace) -> Result<Self, Error> {
        let mut state = State::default();
        for guard in keyspace.prefix(rows::alerts()) {
            state.load(rows::read(&guard.into_inner()?.1)?);
        }
        for guard in keyspace.prefix(rows::alert_standings()) {
            let (key, value) = guard.into_inner()?;
            if let Some(id) = id_within(&key) {
                state.load_standing(AlertId::known(id), rows::read(&value)?);
            }
        }
        for guard in keyspace.prefix(rows::alerts_pending()) {
            let (key, value) = guard.into_inner()?;
            if let Some(id) = id_within(&key) {
                state.load_pending(FiringId::known(id), rows::read(&value)?);
            }
        }
        Ok(Self {
            state,
            touched: BTreeSet::new(),
            firings: Slots::new(keyspace.clone()),
            pending: Slots::new(keyspace.clone()),
            places: Slots::new(keyspace.clone()),
        })
    }

    pub(crate) const fn state(&self) -> &State {
        &self.state
    }

    fn project(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        self.touched.insert(event.event.alert_id());
        match &event.event {
            Event::Fired(fired) => self.fire(fired, event),
            Event::Answered { id, answer, .. } => {
                self.pending.put(rows::alert_pending(*id), None);
                if let Some((alert, place)) = self.places.get(rows::alert_firing_place(*id))?.copied()
                    && let Some(firing) = self.firings.change(rows::alert_firing(alert, place))?
                {
                    firing.settled = Some(Settled { at: event.time, answer: answer.clone() });
                }
            }
            Event::Created { .. } | Event::Replaced { .. } | Event::Deleted { .. } | Event::Calmed { .. } => {
            }
        }
        self.state.evolve(event);
        Ok(())
    }

    fn fire<E>(&mut self, fired: &Fired, event: &Recorded<E>) {
        let firing = Firing {
            id: fired.id,
            alert_id: fired.alert_id,
            event_type: fired.event_type,
            position: event.position,
            time: event.time,
            count: fired.count,
            settled: None,
        };
        self.firings.put(rows::alert_firing(fired.alert_id, event.position), Some(firing));
        self.places.put(rows::alert_firing_place(fired.id), Some((fired.alert_id, event.position)));
        self.pending.put(rows::alert_pending(fired.id), Some(fired.alert_id));
    }

    pub(crate) fn replace(&mut self, id: AlertId, alert: Option<Alert>) {
        self.touched.insert(id);
        self.state.replace(id, alert);
    }

    pub(crate) fn flush(
        &mut self,
        keyspace: &Keyspace,
        batch: &mut fjall::OwnedWriteBatch,
    ) -> Result<(), Error> {
        for id in std::mem::take(&mut self.touched) {
            match self.state.get(id) {
                Some(alert) => batch.insert(keyspace, rows::alert(id), rows::write(alert)?),
                None => batch.remove(keyspace, rows::alert(id)),
            }
            match self.state.standing(id) {
                Some(standing) => batch.insert(keyspace, rows::alert_standing(id), rows::write(standing)?),
                None => batch.remove(keyspace, rows::alert_standing(id)),
            }
        }
        self.firings.flush(batch)?;
        self.places.flush(batch)?;
        self.pending.flush(batch)
    }
}

impl Staging {
    pub(crate) fn project_alert(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        self.remember(event.event.alert_id().uuid(), event.position);
        self.alerts.project(event)
    }

    /// Notes what sets alerts off. Comes before the event is folded in: of what it deletes the name is still known.
    pub(crate) fn notice(&mut self, recorded: &Recorded<AnyEvent>) -> Result<(), Error> {
        for (event_type, id, name, project_id, detail) in self.happened(recorded)? {
            let occurrence = Occurrence {
                position: recorded.position,
                time: recorded.time,
                principal: recorded.principal.to_string(),
                project_id,
                id,
                name,
                detail,
            };
            self.alerts.touched.extend(self.alerts.state.notice(event_type, &occurrence));
        }
        Ok(())
    }

    fn happened(&mut self, recorded: &Recorded<AnyEvent>) -> Result<Vec<Happened>, Error> {
        let wanted = |event_type| self.alerts.state.is_wanted(event_type);
        Ok(match &recorded.event {
            AnyEvent::Guardrails(guardrails::Event::Checked(checked))
                if !checked.outcome.passed && wanted(EventType::GuardrailsTriggered) =>
            {
                let trace = Some(checked.trace_id.to_string());
                let name = checked.outcome.name.clone();
                let project = Some(checked.project_id);
                vec![(EventType::GuardrailsTriggered, checked.span_id.uuid(), name, project, trace)]
            }
            AnyEvent::Prompts(prompts::Event::Created { id, project_id, name, .. })
                if wanted(EventType::PromptCreated) =>
            {
                vec![(EventType::PromptCreated, id.uuid(), name.clone(), Some(*project_id), None)]
            }
            AnyEvent::Prompts(prompts::Event::VersionCreated(version))
                if version.number.is_some() && wanted(EventType::PromptCommitted) =>
            {
                let commit = Some(version.commit.as_str().to_owned());
                let prompt = self.prompts().prompt(version.prompt_id)?;
                let told = prompt.map(|prompt| (prompt.name.clone(), prompt.project_id));
                let event = |(name, project)| {
                    (EventType::PromptCommitted, version.id.uuid(), name, Some(project), commit)
                };
                told.map(event).into_iter().collect()
            }
            AnyEvent::Prompts(prompts::Event::Deleted { id }) if wanted(EventType::PromptDeleted) => {
                let prompt = self.prompts().prompt(*id)?;
                let told = prompt.map(|prompt| (prompt.name.clone(), prompt.project_id));
                let event =
                    |(name, project)| (EventType::PromptDeleted, id.uuid(), name, Some(project), None);
                told.map(event).into_iter().collect()
            }
            AnyEvent::Experiments(experiments::Event::Updated { id, changes })
                if changes.status == Some(Status::Completed) && wanted(EventType::ExperimentFinished) =>
            {
                let run = self.experiments.get(*id)?.filter(|run| run.status != Status::Completed);
                let event = |run: &experiments::Experiment| {
                    (EventType::ExperimentFinished, id.uuid(), run.name.clone(), run.project_id, None)
                };
                run.map(event).into_iter().collect()
            }
            AnyEvent::Experiments(experiments::Event::Created(made))
                if made.status == Status::Completed && wanted(EventType::ExperimentFinished) =>
            {
                let was = self.experiments.get(made.id)?.map(|run| run.status);
                let event =
                    (EventType::ExperimentFinished, made.id.uuid(), made.name.clone(), made.project_id, None);
                // One that nobody ever saw running is one that ended, too.
                if was == Some(Status::Completed) { Vec::new() } else { vec![event] }
            }
            _ => Vec::new(),
        })
    }
}

/// What kind, of what by which name, in which project, and what else.
type Happened = (EventType, uuid::Uuid, String, Option<cairn_core::ids::ProjectId>, Option<String>);

fn id_within(key: &[u8]) -> Option<uuid::Uuid> {
    key.get(1..).and_then(uuid)
}

impl Reader {
    /// All alerts, and how they stand.
    pub fn alerts(&self) -> Result<State, Error> {
        let mut state = State::default();
        self.each(rows::alerts(), |_, value| {
            state.load(rows::read(value)?);
            Ok(())
        })?;
        self.each(rows::alert_standings(), |key, value| {
            if let Some(id) = id_within(key) {
                state.load_standing(AlertId::known(id), rows::read::<Standing>(value)?);
            }
            Ok(())
        })?;
        self.each(rows::alerts_pending(), |key, value| {
            if let Some(id) = id_within(key) {
                state.load_pending(FiringId::known(id), rows::read(value)?);
            }
            Ok(())
        })?;
        Ok(state)
    }

    pub fn alert(&self, id: AlertId) -> Result<Option<Alert>, Error> {
        self.row(rows::alert(id))
    }

    /// Times at which an alert fired before a position, newest first; one more than is wanted tells of others.
    pub fn firings(&self, id: AlertId, before: Option<Position>, limit: usize) -> Result<Vec<Firing>, Error> {
        let end = rows::alert_firing(id, before.unwrap_or(Position(u64::MAX)));
        let mut firings = Vec::new();
        for guard in self.snapshot().range(self.rows(), rows::alert_firings(id)..end).rev().take(limit) {
            firings.push(rows::read(&guard.into_inner()?.1)?);
        }
        Ok(firings)
    }

    pub fn firing_count(&self, id: AlertId) -> Result<usize, Error> {
        let mut count = 0;
        self.each(rows::alert_firings(id), |_, _| {
            count += 1;
            Ok(())
        })?;
        Ok(count)
    }

    pub fn firing(&self, id: FiringId) -> Result<Option<Firing>, Error> {
        let Some((alert, place)) = self.row::<(AlertId, Position)>(rows::alert_firing_place(id))? else {
            return Ok(None);
        };
        self.row(rows::alert_firing(alert, place))
    }

    /// What an alert saw when it fired; nothing if that was erased.
    pub fn fired(&self, firing: &Firing) -> Result<Option<Fired>, Error> {
        match self.store().log().event(firing.position)?.map(|recorded| recorded.event) {
            Some(AnyEvent::Alerts(Event::Fired(fired))) => Ok(Some(*fired)),
            Some(_) => {
                let what = "a row points here for a firing".to_owned();
                Err(Error::Damaged { at: firing.position, what })
            }
            None => Ok(None),
        }
    }
}

/// Whether time alone may make a workspace tell something: until then it must stay awake.
pub fn is_watching(store: &Arc<Store>) -> Result<bool, Error> {
    Ok(Reader::rows_only(store)?.alerts()?.is_watching())
}

/// As people read it: no secret leaves, neither do the values of headers, which may hold some.
pub(crate) fn describe(event: &Event) -> Value {
    let list = |json: &Json| json.value().unwrap_or_default();
    match event {
        Event::Created { id, definition } | Event::Replaced { id, definition } => {
            let webhook = &definition.webhook;
            let triggers: Vec<Value> = definition
                .triggers
                .iter()
                .map(|trigger| {
                    let configs = trigger.configs.iter().map(|config| {
                        json!({
                            "type": config.kind.name(),
                            "config_value": config.value,
                            "group_index": config.group,
                        })
                    });
                    json!({
                        "event_type": trigger.event_type.name(),
                        "trigger_configs": configs.collect::<Vec<_>>(),
                    })
                })
                .collect();
            json!({
                "id": id,
                "name": definition.name,
                "enabled": definition.enabled,
                "alert_type": definition.destination.name(),
                "metadata": definition.metadata,
                "webhook": {
                    "name": webhook.name,
                    "url": webhook.url,
                    "secret_token": webhook.masked_secret(),
                    "headers": webhook.headers.keys().collect::<Vec<_>>(),
                },
                "triggers": triggers,
                "project_id": definition.project_id,
            })
        }
        Event::Deleted { id } => json!({ "id": id }),
        Event::Fired(fired) => json!({
            "id": fired.id,
            "alert_id": fired.alert_id,
            "event_type": fired.event_type.name(),
            "through": fired.through,
            "count": fired.count,
            "event_ids": fired.event_ids,
            "users": fired.users,
            "metadata": list(&fired.metadata),
        }),
        Event::Calmed { event_type, .. } => json!({ "calmed": event_type.name() }),
        Event::Answered { id, alert_id, answer } => json!({
            "id": id,
            "alert_id": alert_id,
            "delivered": answer.error.is_none(),
            "status": answer.status,
            "error": answer.error,
            "attempts": answer.attempts,
        }),
    }
}
