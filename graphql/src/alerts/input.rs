//! Alerts as people write them.

use std::collections::BTreeMap;

use async_graphql::{ID, InputObject};
use cairn_core::alerts::{Config, ConfigKind, Definition, EventType, Trigger, Webhook};
use cairn_core::ids::ProjectId;
use uuid::Uuid;

use super::{AlertDestination, AlertEventType};
use crate::error::{Problem, Result};
use crate::scalars::uuid;

#[derive(InputObject)]
pub(crate) struct AlertInput {
    name: String,
    #[graphql(default = true)]
    is_enabled: bool,
    #[graphql(default_with = "AlertDestination::General")]
    destination: AlertDestination,
    url: String,
    /// Sent as a bearer token.
    secret: Option<String>,
    #[graphql(default)]
    headers: Vec<AlertEntryInput>,
    /// A pager needs a `routing_key`.
    #[graphql(default)]
    metadata: Vec<AlertEntryInput>,
    #[graphql(default)]
    triggers: Vec<AlertTriggerInput>,
    /// The only project that it is about.
    project_id: Option<ID>,
}

#[derive(InputObject)]
pub(crate) struct AlertEntryInput {
    key: String,
    value: String,
}

#[derive(InputObject)]
pub(crate) struct AlertTriggerInput {
    event_type: AlertEventType,
    #[graphql(default)]
    project_ids: Vec<ID>,
    #[graphql(default)]
    guardrails: Vec<String>,
    /// What is measured needs one at least.
    #[graphql(default)]
    groups: Vec<AlertGroupInput>,
}

#[derive(InputObject)]
pub(crate) struct AlertGroupInput {
    thresholds: Vec<AlertThresholdInput>,
}

#[derive(InputObject)]
pub(crate) struct AlertThresholdInput {
    /// Of scores.
    score_name: Option<String>,
    bound: f64,
    window_seconds: u64,
    /// Only scores can be too low.
    #[graphql(default)]
    is_below: bool,
}

impl AlertInput {
    pub(super) const fn leaves_secret_out(&self) -> bool {
        self.secret.is_none()
    }

    pub(super) fn definition(self) -> Result<Definition> {
        let triggers = self.triggers.into_iter().map(AlertTriggerInput::understood);
        Ok(Definition {
            name: self.name,
            enabled: self.is_enabled,
            destination: self.destination.into(),
            metadata: entries("metadata", self.metadata)?,
            webhook: Webhook {
                id: Uuid::nil(),
                name: None,
                url: self.url,
                secret: self.secret.filter(|secret| !secret.is_empty()),
                headers: entries("headers", self.headers)?,
            },
            triggers: triggers.collect::<Result<_>>()?,
            project_id: self.project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?,
        })
    }
}

impl AlertTriggerInput {
    fn understood(self) -> Result<Trigger> {
        let event_type = EventType::from(self.event_type);
        let kind = event_type.threshold();
        let config = |kind, value, group| Config { id: Uuid::nil(), kind, value, group };
        let mut configs = Vec::new();
        if !self.project_ids.is_empty() {
            let ids = self.project_ids.iter().map(uuid).collect::<Result<Vec<Uuid>>>()?;
            let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
            let text = format!("[{}]", quoted.join(","));
            configs.push(config(ConfigKind::Projects, [("project_ids".to_owned(), text)].into(), None));
        }
        configs.extend(
            self.guardrails.into_iter().map(|name| {
                config(ConfigKind::Guardrail, [("guardrail_type".to_owned(), name)].into(), None)
            }),
        );
        for (number, group) in (0..).zip(self.groups) {
            let Some(kind) = kind else {
                return Err(Problem::invalid(format!("`{}` has no thresholds", event_type.name())));
            };
            for threshold in group.thresholds {
                configs.push(config(kind, threshold.value(), Some(number)));
            }
        }
        Ok(Trigger { id: Uuid::nil(), event_type, configs })
    }
}

impl AlertThresholdInput {
    fn value(self) -> BTreeMap<String, String> {
        let mut value = BTreeMap::from([
            ("threshold".to_owned(), self.bound.to_string()),
            ("window".to_owned(), self.window_seconds.to_string()),
            ("operator".to_owned(), (if self.is_below { "<" } else { ">" }).to_owned()),
        ]);
        value.extend(self.score_name.map(|name| ("name".to_owned(), name)));
        value
    }
}

fn entries(field: &str, entries: Vec<AlertEntryInput>) -> Result<BTreeMap<String, String>> {
    let mut known = BTreeMap::new();
    for AlertEntryInput { key, value } in entries {
        if known.contains_key(&key) {
            return Err(Problem::invalid(format!("`{field}` has `{key}` twice")));
        }
        known.insert(key, value);
    }
    Ok(known)
}
