//! What belongs to a project and changes by itself, told as parts of it: the configuration of its agent, how its traces
//! are looked through, and what was found in them. Settings of the workspace are told here, too.

use cairn_core::agents::{self, BlueprintCreated};
use cairn_core::event::Recorded;
use cairn_core::history::FieldChange;
use cairn_core::insights::{self, JobStatus};
use cairn_core::workspaces;
use serde_json::{Map, Value, json};

use super::{Fold, set};
use crate::insights::describe;

impl Fold {
    pub(super) fn agent(&mut self, event: &agents::Event) -> Vec<FieldChange> {
        match event {
            agents::Event::BlueprintCreated(created) => self.blueprint(created),
            agents::Event::EnvironmentsSet { environments, .. } => {
                let changes = environments.iter().filter_map(|(name, id)| {
                    let known = self.parts.get(&format!("agent.versions.{id}")).cloned();
                    self.put(format!("agent.environments.{name}"), Some(known.unwrap_or_else(|| json!(id))))
                });
                changes.collect()
            }
            agents::Event::EnvironmentRemoved { environment, .. } => {
                self.put(format!("agent.environments.{environment}"), None).into_iter().collect()
            }
        }
    }

    fn blueprint(&mut self, created: &BlueprintCreated) -> Vec<FieldChange> {
        let values = created.values.iter();
        let Some(number) = created.number else {
            let masked: Map<String, Value> =
                values.map(|value| (value.key.clone(), json!(value.value))).collect();
            return self
                .put(format!("agent.masks.{}", created.id), Some(masked.into()))
                .into_iter()
                .collect();
        };
        let name = json!(format!("v{number}"));
        let mut changes = Vec::new();
        changes.extend(self.put(format!("agent.versions.{}", created.id), Some(name.clone())));
        changes.extend(self.put("agent.version".to_owned(), Some(name.clone())));
        changes
            .extend(self.put("agent.description".to_owned(), created.description.clone().map(Value::from)));
        let before = self.parts.keys().filter_map(|field| field.strip_prefix(VALUES));
        let gone = before.filter(|key| created.values.iter().all(|value| value.key != *key));
        for key in gone.map(str::to_owned).collect::<Vec<_>>() {
            changes.extend(self.put(format!("{VALUES}{key}"), None));
        }
        for value in values {
            changes.extend(self.put(format!("{VALUES}{}", value.key), Some(json!(value.value))));
        }
        for environment in &created.environments {
            changes.extend(self.put(format!("agent.environments.{environment}"), Some(name.clone())));
        }
        changes
    }

    pub(super) fn insight(&mut self, event: &Recorded<insights::Event>) -> Vec<FieldChange> {
        let job = |field: &str| format!("insights.{field}");
        let told = match &event.event {
            // All that a job has from the beginning: what is said of it later is no longer how it was made.
            insights::Event::JobCreated { .. } => vec![
                (job("status"), Some(json!(JobStatus::Disabled.name()))),
                (job("guidance"), Some(Value::Null)),
            ],
            insights::Event::JobStatusSet { status, .. } => {
                vec![(job("status"), Some(json!(status.name())))]
            }
            insights::Event::GuidanceSet { guidance, .. } => vec![(job("guidance"), Some(json!(guidance)))],
            insights::Event::Triggered { .. } => {
                vec![(job("triggered_at"), Some(json!(event.time.to_string())))]
            }
            insights::Event::Reported { day, .. } => vec![(job("last_day"), Some(json!(day.to_string())))],
            insights::Event::IssueFound { id, day, found, .. } => {
                let mut fields = vec![(format!("issues.{id}.days.{day}"), Some(json!(found.figures)))];
                if let Value::Object(said) = describe(&event.event) {
                    let kept = said.into_iter().filter(|(name, value)| {
                        !matches!(name.as_str(), "id" | "project_id" | "report_day" | "figures" | "metadata")
                            && !value.is_null()
                    });
                    fields.extend(kept.map(|(name, value)| (format!("issues.{id}.{name}"), Some(value))));
                }
                fields
            }
            insights::Event::IssueStatusSet { id, status, close_note, .. } => vec![
                (format!("issues.{id}.status"), Some(json!(status.name()))),
                (format!("issues.{id}.close_note"), close_note.clone().map(Value::from)),
            ],
        };
        told.into_iter().filter_map(|(field, value)| self.put(field, value)).collect()
    }

    /// A configuration is said as a whole each time.
    pub(super) fn configure(&mut self, event: &workspaces::Event, said: Value) -> Vec<FieldChange> {
        let configuration = match event {
            workspaces::Event::Configured(_) => Some(said),
            workspaces::Event::ConfigurationCleared => None,
            workspaces::Event::Created { .. } | workspaces::Event::Forked(_) => {
                let Value::Object(said) = said else { return Vec::new() };
                return super::say(&mut self.own, "", said);
            }
        };
        self.put("configuration".to_owned(), configuration).into_iter().collect()
    }

    fn put(&mut self, field: String, value: Option<Value>) -> Option<FieldChange> {
        set(&mut self.parts, field, value)
    }
}

const VALUES: &str = "agent.values.";
