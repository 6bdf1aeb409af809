//! Alerts: what shall be told to whom when something happens, what waits to be told, and what was. When a metric is
//! looked at, and how a message travels, is not decided here.

pub mod conditions;
pub mod messages;
pub mod state;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{AlertWrite, Needs};
use crate::command::check_batch;
use crate::ids::{AlertId, FiringId, Position, ProjectId};
use crate::json::Json;
use crate::query::catalogue::Catalogue;
use crate::query::opik::Type;
use crate::query::{Field, Subject, Value};
use crate::rejection::Rejection;
use crate::time::Timestamp;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }
    };
}

named! {
    /// Who understands the message.
    Destination { General = "general", Slack = "slack", PagerDuty = "pagerduty" }
}
named! {
    /// What sets an alert off.
    EventType {
        TraceErrors = "trace:errors",
        TraceCost = "trace:cost",
        TraceLatency = "trace:latency",
        TraceScore = "trace:feedback_score",
        ThreadScore = "trace_thread:feedback_score",
        GuardrailsTriggered = "trace:guardrails_triggered",
        PromptCreated = "prompt:created",
        PromptCommitted = "prompt:committed",
        PromptDeleted = "prompt:deleted",
        ExperimentFinished = "experiment:finished",
    }
}
named! {
    ConfigKind {
        Projects = "scope:project",
        Errors = "threshold:errors",
        Cost = "threshold:cost",
        Latency = "threshold:latency",
        Score = "threshold:feedback_score",
        Guardrail = "filter:guardrail_type",
    }
}

/// What readers are shown in place of a secret; whoever sends it back keeps the secret.
pub const MASK: &str = "**********";
/// Where the metadata of an alert say whom a pager calls.
pub const ROUTING_KEY: &str = "routing_key";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    pub name: String,
    pub enabled: bool,
    pub destination: Destination,
    pub metadata: BTreeMap<String, String>,
    pub webhook: Webhook,
    pub triggers: Vec<Trigger>,
    pub project_id: Option<ProjectId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Nil until it is drawn.
    pub id: Uuid,
    pub name: Option<String>,
    pub url: String,
    pub secret: Option<String>,
    pub headers: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Nil until it is drawn.
    pub id: Uuid,
    pub event_type: EventType,
    pub configs: Vec<Config>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Nil until it is drawn.
    pub id: Uuid,
    pub kind: ConfigKind,
    pub value: BTreeMap<String, String>,
    /// All of a group must hold, and one of the groups. What is in none is a group by itself.
    pub group: Option<i32>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Create {
        id: Option<AlertId>,
        definition: Box<Definition>,
    },
    /// A masked secret stays what it was.
    Replace {
        id: AlertId,
        definition: Box<Definition>,
    },
    Delete {
        ids: Vec<AlertId>,
    },
}

impl Needs for Command {
    type Permission = AlertWrite;
}

/// What the server does about alerts by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Tells of what has waited, if nothing came meanwhile.
    Tell { alert_id: AlertId, event_type: EventType, through: Position, metadata: Json },
    /// Tells of a threshold that was crossed, once until it was left again.
    Cross { alert_id: AlertId, event_type: EventType, metadata: Json },
    /// The threshold was left.
    Calm { alert_id: AlertId, event_type: EventType },
    /// How the message was taken.
    Settle { id: FiringId, answer: Answer },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Created { id: AlertId, definition: Box<Definition> },
    Replaced { id: AlertId, definition: Box<Definition> },
    Deleted { id: AlertId },
    Fired(Box<Fired>),
    Calmed { alert_id: AlertId, event_type: EventType },
    Answered { id: FiringId, alert_id: AlertId, answer: Answer },
}

/// What an alert saw when it fired.
#[derive(Clone, Debug, PartialEq)]
pub struct Fired {
    pub id: FiringId,
    pub alert_id: AlertId,
    pub event_type: EventType,
    /// The last event of the log that it tells of; thresholds have none.
    pub through: Option<Position>,
    pub count: u64,
    pub event_ids: Vec<Uuid>,
    pub users: Vec<String>,
    /// A list: one object for each thing that it tells of.
    pub metadata: Json,
}

/// How a message was taken after all attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `None` if nobody answered.
    pub status: Option<u16>,
    /// `None` if it was delivered.
    pub error: Option<String>,
    pub attempts: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub id: AlertId,
    pub definition: Definition,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// A time at which an alert fired. What it saw lies in its event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firing {
    pub id: FiringId,
    pub alert_id: AlertId,
    pub event_type: EventType,
    pub position: Position,
    pub time: Timestamp,
    pub count: u64,
    /// `None` while the message is under way.
    pub settled: Option<Settled>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    pub at: Timestamp,
    pub answer: Answer,
}

impl EventType {
    /// What its thresholds are written as, if it is measured rather than happens.
    pub const fn threshold(self) -> Option<ConfigKind> {
        match self {
            Self::TraceErrors => Some(ConfigKind::Errors),
            Self::TraceCost => Some(ConfigKind::Cost),
            Self::TraceLatency => Some(ConfigKind::Latency),
            Self::TraceScore | Self::ThreadScore => Some(ConfigKind::Score),
            Self::GuardrailsTriggered
            | Self::PromptCreated
            | Self::PromptCommitted
            | Self::PromptDeleted
            | Self::ExperimentFinished => None,
        }
    }

    pub const fn is_metric(self) -> bool {
        self.threshold().is_some()
    }

    /// As it is called within messages.
    pub fn constant(self) -> String {
        self.name().replace(':', "_").to_uppercase()
    }

    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::TraceErrors => "Trace errors",
            Self::TraceCost => "Trace cost",
            Self::TraceLatency => "Trace latency",
            Self::TraceScore => "Trace score",
            Self::ThreadScore => "Thread score",
            Self::GuardrailsTriggered => "Guardrail triggered",
            Self::PromptCreated => "Prompt created",
            Self::PromptCommitted => "Prompt committed",
            Self::PromptDeleted => "Prompt deleted",
            Self::ExperimentFinished => "Experiment finished",
        }
    }
}

impl Event {
    pub const fn alert_id(&self) -> AlertId {
        match self {
            Self::Created { id, .. } | Self::Replaced { id, .. } | Self::Deleted { id } => *id,
            Self::Fired(fired) => fired.alert_id,
            Self::Calmed { alert_id, .. } | Self::Answered { alert_id, .. } => *alert_id,
        }
    }

    /// `None` if it is about the alert itself.
    pub const fn firing_id(&self) -> Option<FiringId> {
        match self {
            Self::Fired(fired) => Some(fired.id),
            Self::Answered { id, .. } => Some(*id),
            Self::Created { .. } | Self::Replaced { .. } | Self::Deleted { .. } | Self::Calmed { .. } => None,
        }
    }
}

impl Webhook {
    /// What readers may see of the secret.
    pub fn masked_secret(&self) -> Option<&'static str> {
        self.secret.as_ref().map(|_| MASK)
    }

    /// Scheme, host and port of the address.
    fn receiver(&self) -> &str {
        let begin = self.url.find("://").map_or(0, |at| at + 3);
        let rest = self.url.get(begin..).unwrap_or_default();
        let length = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        self.url.get(..begin + length).unwrap_or_default()
    }
}

impl Definition {
    pub fn trigger(&self, event_type: EventType) -> Option<&Trigger> {
        self.triggers.iter().find(|trigger| trigger.event_type == event_type)
    }

    /// Puts the secret in the place of its mask. It stays with the receiver that it was given for: whoever only writes
    /// alerts could have it sent to one of their own.
    pub fn unmask(&mut self, before: Option<&Self>) -> Result<(), Rejection> {
        if self.webhook.secret.as_deref() != Some(MASK) {
            return Ok(());
        }
        let Some((receiver, secret)) =
            before.and_then(|before| Some((before.webhook.receiver(), before.webhook.secret.clone()?)))
        else {
            let message = "webhook.secret_token is masked and there is no secret that it stands for";
            return Err(Rejection::invalid(message).hint("give the secret itself"));
        };
        if self.webhook.receiver() != receiver {
            let message = format!("webhook.secret_token is masked and was given for {receiver}");
            return Err(Rejection::invalid(message).hint("give the secret itself, or none"));
        }
        self.webhook.secret = Some(secret);
        Ok(())
    }

    /// The projects in which a trigger is set off; `None` for all.
    pub fn projects(&self, trigger: &Trigger) -> Option<Vec<ProjectId>> {
        self.project_id.map(|own| vec![own]).or_else(|| trigger.projects())
    }

    /// Whether it may fire because of something in a project.
    pub fn concerns(&self, project: ProjectId) -> bool {
        if self.triggers.is_empty() {
            return self.project_id.is_none_or(|own| own == project);
        }
        let is_in = |trigger| self.projects(trigger).is_none_or(|projects| projects.contains(&project));
        self.triggers.iter().any(is_in)
    }
}

impl Command {
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create { definition, .. } | Self::Replace { definition, .. } => definition.check(),
            Self::Delete { ids } => check_batch("ids", ids.len()),
        }
    }

    pub fn bytes(&self) -> usize {
        match self {
            Self::Create { definition, .. } | Self::Replace { definition, .. } => {
                definition.webhook.url.len()
            }
            Self::Delete { .. } => 0,
        }
    }
}

pub fn not_found() -> Rejection {
    Rejection::not_found("Alert not found")
}

/// What lists of alerts can be asked for and sorted by.
pub const ALERTS: Catalogue = Catalogue {
    fields: &[
        ("id", Type::StringExact),
        ("name", Type::String),
        ("alert_type", Type::Enum),
        ("webhook_url", Type::String),
        ("created_at", Type::DateTime),
        ("created_by", Type::String),
        ("last_updated_at", Type::DateTime),
        ("last_updated_by", Type::String),
    ],
    sortable_by: &[
        "id",
        "name",
        "alert_type",
        "webhook_url",
        "enabled",
        "created_at",
        "created_by",
        "last_updated_at",
        "last_updated_by",
    ],
};

impl Subject for Alert {
    fn value(&self, field: &Field) -> Value<'_> {
        let definition = &self.definition;
        match field {
            Field::Own("id") => Value::Text(self.id.to_string().into()),
            Field::Own("name") => Value::Text(definition.name.as_str().into()),
            Field::Own("alert_type") => Value::Text(definition.destination.name().into()),
            Field::Own("webhook_url") => Value::Text(definition.webhook.url.as_str().into()),
            Field::Own("enabled") => Value::Truth(definition.enabled),
            Field::Own("created_at") => Value::Time(self.created_at),
            Field::Own("created_by") => Value::Text(self.created_by.as_str().into()),
            Field::Own("last_updated_at") => Value::Time(self.last_updated_at),
            Field::Own("last_updated_by") => Value::Text(self.last_updated_by.as_str().into()),
            _ => Value::Missing,
        }
    }
}

#[cfg(test)]
mod tests;
