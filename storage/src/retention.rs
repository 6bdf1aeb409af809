//! Retention rules in the log and as rows: one row a rule, all of them in memory where they are needed. Finds what a
//! rule wants gone.

use std::collections::BTreeSet;

use bytes::Bytes;
use cairn_core::event::Recorded;
use cairn_core::ids::{ProjectId, RetentionRuleId, TraceId};
use cairn_core::limits::RETENTION_STEP_TRACES_MAX;
use cairn_core::query::Entity;
use cairn_core::retention::{Create, Event, Period, Rule, Scope, State};
use cairn_core::time::Timestamp;
use fjall::{Keyspace, Readable};
use prost::Message;
use serde_json::{Value, json};

use crate::error::Error;
use crate::index::Window;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::reader::{Reader, Scope as ReaderScope};
use crate::rows::{self, uuid};

#[derive(Clone, PartialEq, Message)]
struct StoredCreated {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bool, tag = "2")]
    organization: bool,
    #[prost(bytes = "bytes", optional, tag = "3")]
    project_id: Option<Bytes>,
    #[prost(string, optional, tag = "4")]
    environment: Option<String>,
    /// As clients call it.
    #[prost(string, tag = "5")]
    period: String,
    #[prost(bool, tag = "6")]
    apply_to_past: bool,
}

#[derive(Clone, PartialEq, Message)]
struct StoredDeactivated {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let id = Bytes::copy_from_slice(event.id().bytes());
    match event {
        Event::Created { create, .. } => {
            let stored = StoredCreated {
                id,
                organization: create.scope == Scope::Organization,
                project_id: create.scope.project().map(|id| Bytes::copy_from_slice(id.bytes())),
                environment: create.scope.environment().map(str::to_owned),
                period: create.period.name().to_owned(),
                apply_to_past: create.apply_to_past,
            };
            (Kind::RetentionRuleCreated, stored.encode_to_vec().into())
        }
        Event::Deactivated { .. } => {
            (Kind::RetentionRuleDeactivated, StoredDeactivated { id }.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let rule = |bytes: &[u8]| uuid(bytes).map(RetentionRuleId::known);
    if kind == Kind::RetentionRuleDeactivated {
        return Some(Event::Deactivated { id: rule(&StoredDeactivated::decode(payload).ok()?.id)? });
    }
    let stored = StoredCreated::decode(payload).ok()?;
    let project = stored.project_id.as_deref().and_then(uuid).map(ProjectId::known);
    let create = Create {
        scope: Scope::of(stored.organization, project, stored.environment).ok()?,
        period: Period::named(&stored.period)?,
        apply_to_past: stored.apply_to_past,
    };
    Some(Event::Created { id: rule(&stored.id)?, create: Box::new(create) })
}

pub(crate) fn describe(event: &Event) -> Value {
    match event {
        Event::Created { id, create } => json!({
            "id": id,
            "level": create.scope.level(),
            "project_id": create.scope.project(),
            "environment": create.scope.environment(),
            "retention": create.period.name(),
            "apply_to_past": create.apply_to_past,
            "enabled": true,
        }),
        Event::Deactivated { id } => json!({ "id": id, "enabled": false }),
    }
}

fn load(stored: fjall::Iter) -> Result<State, Error> {
    let mut state = State::default();
    for guard in stored {
        let (_, value) = guard.into_inner()?;
        state.load(rows::read(&value)?);
    }
    Ok(state)
}

/// The rules as a commit sees and changes them.
pub(crate) struct Staged {
    state: State,
    touched: BTreeSet<RetentionRuleId>,
}

impl Staged {
    pub(crate) fn open(rows: &Keyspace) -> Result<Self, Error> {
        Ok(Self { state: load(rows.prefix(rows::retention_rules()))?, touched: BTreeSet::new() })
    }

    pub(crate) const fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) {
        self.touched.insert(event.event.id());
        self.state.evolve(event);
    }

    pub(crate) fn replace(&mut self, id: RetentionRuleId, rule: Option<Rule>) {
        self.touched.insert(id);
        self.state.replace(id, rule);
    }

    pub(crate) fn flush(
        &mut self,
        keyspace: &Keyspace,
        batch: &mut fjall::OwnedWriteBatch,
    ) -> Result<(), Error> {
        for id in std::mem::take(&mut self.touched) {
            match self.state.get(id) {
                Some(rule) => batch.insert(keyspace, rows::retention_rule(id), rows::write(rule)?),
                None => batch.remove(keyspace, rows::retention_rule(id)),
            }
        }
        Ok(())
    }
}

/// Traces that a rule wants gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expired {
    pub rule: RetentionRuleId,
    pub traces: Vec<TraceId>,
}

impl Reader {
    pub fn retention(&self) -> Result<State, Error> {
        load(self.snapshot().prefix(self.rows(), rows::retention_rules()))
    }

    /// Some of the traces that are older than their rule keeps them, all by the same rule; nothing if there are none.
    pub fn expired(&self, now: Timestamp) -> Result<Option<Expired>, Error> {
        let rules = self.retention()?;
        if rules.all().all(|rule| !rule.enabled) {
            return Ok(None);
        }
        for view in self.projects()? {
            let project = view.project.id;
            for governed in rules.governing(project) {
                let Some(query) = governed.expired(now) else { continue };
                let window = Window {
                    sort: None,
                    after: None,
                    offset: 0,
                    limit: RETENTION_STEP_TRACES_MAX,
                    count: false,
                };
                let scope = ReaderScope { entity: Entity::Trace, project: Some(project), trace: None };
                let listed = self.list(scope, &query, &window)?;
                if !listed.hits.is_empty() {
                    let traces = listed.hits.into_iter().map(|hit| TraceId::known(hit.id)).collect();
                    return Ok(Some(Expired { rule: governed.rule.id, traces }));
                }
            }
        }
        Ok(None)
    }
}
