//! What is sent when an alert fires, in the words of whom it is sent to.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::conditions::{Metric, Threshold};
use super::state::{Occurrence, Waiting};
use super::{Definition, Destination, EventType, ROUTING_KEY};
use crate::ids::{AlertId, ProjectId, WorkspaceId};
use crate::limits::{ALERT_ATTEMPTS_MAX, ALERT_SHOWN_MAX};
use crate::time::Timestamp;

/// What is to be told.
pub struct Message<'a> {
    pub id: Uuid,
    pub alert_id: AlertId,
    pub definition: &'a Definition,
    pub event_type: EventType,
    pub workspace_id: WorkspaceId,
    pub workspace_name: &'a str,
    pub count: u64,
    pub event_ids: &'a [Uuid],
    pub users: &'a [String],
    /// A list.
    pub metadata: &'a Value,
    pub created_at: Timestamp,
}

impl Message<'_> {
    pub fn text(&self) -> String {
        let events = if self.count == 1 { "event" } else { "events" };
        format!(
            "Alert '{}': {} {} {events} aggregated",
            self.definition.name,
            self.count,
            self.event_type.name()
        )
    }

    pub fn body(&self) -> Value {
        match self.definition.destination {
            Destination::General => self.general(),
            Destination::Slack => self.slack(),
            Destination::PagerDuty => self.pager_duty(),
        }
    }

    fn payload(&self) -> Value {
        json!({
            "alertId": self.alert_id,
            "alertName": self.definition.name,
            "eventType": self.event_type.name(),
            "eventIds": self.event_ids,
            "userNames": self.users,
            "eventCount": self.count,
            "aggregationType": "consolidated",
            "message": self.text(),
            "metadata": self.metadata,
        })
    }

    fn general(&self) -> Value {
        let mut body = json!({
            "id": self.id,
            "event_type": self.event_type.name(),
            "alert_type": self.definition.destination.name(),
            "alert_id": self.alert_id,
            "alert_name": self.definition.name,
            "alert_metadata": self.definition.metadata,
            "workspace_id": self.workspace_id,
            "workspace_name": self.workspace_name,
            "user_name": self.users.first(),
            "url": self.definition.webhook.url,
            "payload": self.payload(),
            "created_at": self.created_at.to_micros().to_string(),
            "max_retries": ALERT_ATTEMPTS_MAX - 1,
        });
        if let (Some(project), Some(body)) = (self.definition.project_id, body.as_object_mut()) {
            body.insert("project_id".to_owned(), json!(project));
        }
        body
    }

    /// The things that it tells of, a line each, in the plainest words.
    fn lines(&self) -> Vec<String> {
        let things = self.metadata.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut lines: Vec<String> = things.iter().take(ALERT_SHOWN_MAX).map(line).collect();
        if things.len() > ALERT_SHOWN_MAX {
            lines.push(format!("and {} more", things.len() - ALERT_SHOWN_MAX));
        }
        lines
    }

    fn slack(&self) -> Value {
        let marked = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let mut blocks = vec![
            json!({
                "type": "header",
                "text": { "type": "plain_text", "text": shortened(self.event_type.title(), 150) },
            }),
            json!({
                "type": "section",
                "text": { "type": "mrkdwn", "text": shortened(&marked(&self.text()), 3_000) },
            }),
        ];
        let lines = self.lines();
        if !lines.is_empty() {
            let listed: Vec<String> = lines.iter().map(|line| format!("• {}", marked(line))).collect();
            blocks.push(json!({
                "type": "section",
                "text": { "type": "mrkdwn", "text": shortened(&listed.join("\n"), 3_000) },
            }));
        }
        blocks.push(json!({
            "type": "context",
            "elements": [{
                "type": "mrkdwn",
                "text": marked(&format!("{} · {}", self.workspace_name, self.created_at.to_millis())),
            }],
        }));
        json!({ "text": self.text(), "blocks": blocks })
    }

    fn pager_duty(&self) -> Value {
        json!({
            "routing_key": self.definition.metadata.get(ROUTING_KEY),
            "event_action": "trigger",
            // Sent again after a failure, it is still one incident.
            "dedup_key": self.id,
            "payload": {
                "summary": shortened(&self.text(), 1_024),
                "timestamp": self.created_at.to_millis().to_string(),
                "severity": "warning",
                "source": format!("cairn/{}", self.workspace_name),
                "component": self.event_type.name(),
                "class": self.event_type.title(),
                "custom_details": self.payload(),
            },
        })
    }
}

/// The figures of a threshold that was crossed.
pub fn metric(
    event_type: EventType,
    threshold: &Threshold,
    value: f64,
    projects: &[(ProjectId, String)],
) -> Value {
    let joined = |parts: Vec<String>| parts.join(",");
    let mut told = json!({
        "event_type": event_type.constant(),
        "metric_name": event_type.name(),
        "metric_value": number(value),
        "threshold": number(threshold.bound),
        "operator": threshold.operator(),
        "window_seconds": threshold.window_seconds,
        "project_ids": joined(projects.iter().map(|(id, _)| id.to_string()).collect()),
        "project_names": joined(projects.iter().map(|(_, name)| name.clone()).collect()),
    });
    if let (Metric::Score(name), Some(told)) = (&threshold.metric, told.as_object_mut()) {
        told.insert("score_name".to_owned(), json!(name));
    }
    told
}

/// What has waited, a thing each.
pub fn list(event_type: EventType, waiting: &Waiting) -> Value {
    waiting.occurrences.iter().map(|occurrence| thing(event_type, occurrence)).collect()
}

fn thing(event_type: EventType, occurrence: &Occurrence) -> Value {
    let mut thing = Map::new();
    let mut say = |name: &str, value: Value| thing.insert(name.to_owned(), value);
    say("id", json!(occurrence.id));
    match event_type {
        EventType::PromptCommitted => {
            say("prompt_name", json!(occurrence.name));
            say("commit", json!(occurrence.detail));
        }
        EventType::GuardrailsTriggered => {
            say("entity_id", json!(occurrence.detail));
            say("secondary_id", json!(occurrence.id));
            say("name", json!(occurrence.name));
            say("result", json!("failed"));
        }
        _ => {
            say("name", json!(occurrence.name));
        }
    }
    say("project_id", json!(occurrence.project_id));
    say("created_at", json!(occurrence.time.to_micros().to_string()));
    say("created_by", json!(occurrence.principal));
    Value::Object(thing)
}

/// What a message of the kind looks like, told of something that never was.
pub fn example(event_type: EventType) -> Value {
    let id = |number: u128| Uuid::from_u128(0x0190_babc_62a0_7000_8000_0000_0000_0000 + number);
    let project = ProjectId::known(id(1));
    let threshold = |metric, bound, is_below| Threshold { metric, bound, window_seconds: 3_600, is_below };
    let projects = [(project, "Default Project".to_owned())];
    let told = |threshold: Threshold, value| json!([metric(event_type, &threshold, value, &projects)]);
    let score = |name: &str| Metric::Score(name.to_owned());
    match event_type {
        EventType::TraceErrors => told(threshold(Metric::Errors, 10.0, false), 15.0),
        EventType::TraceCost => told(threshold(Metric::Cost, 100.0, false), 150.75),
        EventType::TraceLatency => told(threshold(Metric::Latency, 5.0, false), 5.25),
        EventType::TraceScore => told(threshold(score("accuracy"), 0.8, true), 0.7),
        EventType::ThreadScore => told(threshold(score("satisfaction"), 0.8, true), 0.75),
        EventType::GuardrailsTriggered
        | EventType::PromptCreated
        | EventType::PromptCommitted
        | EventType::PromptDeleted
        | EventType::ExperimentFinished => {
            let (name, detail) = match event_type {
                EventType::GuardrailsTriggered => ("PII", Some(id(3).to_string())),
                EventType::PromptCommitted => ("greeting", Some("abcd1234".to_owned())),
                EventType::ExperimentFinished => ("first try", None),
                _ => ("greeting", None),
            };
            let occurrence = Occurrence {
                position: crate::ids::Position(1),
                time: Timestamp::from_millis(1_735_689_600_000),
                principal: "admin".to_owned(),
                project_id: Some(project),
                id: id(2),
                name: name.to_owned(),
                detail,
            };
            json!([thing(event_type, &occurrence)])
        }
    }
}

fn line(thing: &Value) -> String {
    let text = |field: &str| match thing.get(field)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    if let (Some(value), Some(threshold)) = (text("metric_value"), text("threshold")) {
        let what = text("score_name").or_else(|| text("metric_name")).unwrap_or_default();
        let projects = text("project_names").filter(|names| !names.is_empty());
        let within = projects.map(|names| format!(" in {names}")).unwrap_or_default();
        let window = text("window_seconds").unwrap_or_default();
        let operator = text("operator").unwrap_or_default();
        return format!("{what} is {value} ({operator} {threshold}) over {window} seconds{within}");
    }
    let name = text("prompt_name").or_else(|| text("name")).unwrap_or_default();
    let commit = text("commit").map(|commit| format!(", commit {commit}")).unwrap_or_default();
    format!("{name}{commit} ({})", text("entity_id").or_else(|| text("id")).unwrap_or_default())
}

/// As few digits as say it.
fn number(value: f64) -> String {
    let rounded = (value * 1e9).round() / 1e9;
    format!("{rounded}")
}

fn shortened(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    text.chars().take(chars_max - 1).chain(['…']).collect()
}
