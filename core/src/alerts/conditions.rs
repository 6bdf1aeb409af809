//! When an alert fires: its configs, understood, and what of an alert is refused.

use std::collections::BTreeMap;

use super::{Config, ConfigKind, Definition, Destination, EventType, MASK, ROUTING_KEY, Trigger, Webhook};
use crate::command::check_text;
use crate::ids::ProjectId;
use crate::limits::{
    ALERT_CONFIGS_MAX, ALERT_ENTRIES_MAX, ALERT_KEY_CHARS_MAX, ALERT_NAME_CHARS_MAX, ALERT_PROJECTS_MAX,
    ALERT_SECRET_CHARS_MAX, ALERT_URL_CHARS_MAX, ALERT_VALUE_CHARS_MAX, ALERT_WINDOW_SECONDS_MAX,
    ALERT_WINDOW_SECONDS_MIN,
};
use crate::rejection::Rejection;

/// What is measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    /// How many traces failed.
    Errors,
    /// What all traces cost, in dollars.
    Cost,
    /// How long a trace takes on average, in seconds.
    Latency,
    /// The average of a score.
    Score(String),
}

/// A bound that a metric is beyond when something is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    pub metric: Metric,
    pub bound: f64,
    pub window_seconds: u64,
    pub is_below: bool,
}

impl Threshold {
    /// What has no value is beyond nothing.
    pub fn is_crossed(&self, value: Option<f64>) -> bool {
        value.is_some_and(|value| if self.is_below { value < self.bound } else { value > self.bound })
    }

    pub const fn operator(&self) -> &'static str {
        if self.is_below { "<" } else { ">" }
    }
}

impl Trigger {
    /// The projects that it is limited to.
    pub fn projects(&self) -> Option<Vec<ProjectId>> {
        let scopes = self.configs.iter().filter(|config| config.kind == ConfigKind::Projects);
        let mut projects = None;
        for config in scopes {
            projects.get_or_insert_with(Vec::new).extend(config.projects().unwrap_or_default());
        }
        projects
    }

    /// Guardrails of which one must have failed; all count if it names none.
    pub fn guardrails(&self) -> impl Iterator<Item = &str> {
        let named = self.configs.iter().filter(|config| config.kind == ConfigKind::Guardrail);
        named.flat_map(|config| config.value.values()).map(String::as_str)
    }

    /// One of these groups must hold as a whole.
    pub fn groups(&self) -> Vec<Vec<Threshold>> {
        let mut alone = Vec::new();
        let mut together: BTreeMap<i32, Vec<Threshold>> = BTreeMap::new();
        for config in &self.configs {
            let Ok(Some(threshold)) = config.threshold("") else { continue };
            match config.group {
                Some(group) => together.entry(group).or_default().push(threshold),
                None => alone.push(vec![threshold]),
            }
        }
        together.into_values().chain(alone).collect()
    }
}

impl Config {
    fn projects(&self) -> Option<Vec<ProjectId>> {
        let ids: Vec<uuid::Uuid> = serde_json::from_str(self.value.get("project_ids")?).ok()?;
        Some(ids.into_iter().map(ProjectId::known).collect())
    }

    fn threshold(&self, place: &str) -> Result<Option<Threshold>, Rejection> {
        let metric = match self.kind {
            ConfigKind::Errors => Metric::Errors,
            ConfigKind::Cost => Metric::Cost,
            ConfigKind::Latency => Metric::Latency,
            ConfigKind::Score => Metric::Score(self.text(place, "name")?.to_owned()),
            ConfigKind::Projects | ConfigKind::Guardrail => return Ok(None),
        };
        let text = self.text(place, "threshold")?;
        let no_number =
            || Rejection::invalid(format!("{place}.config_value.threshold must be a number, it is `{text}`"));
        let bound: f64 = text.parse().ok().filter(|bound: &f64| bound.is_finite()).ok_or_else(no_number)?;
        let is_score = matches!(metric, Metric::Score(_));
        if bound < 0.0 && !is_score {
            return Err(Rejection::invalid(format!(
                "{place}.config_value.threshold must not be negative, it is `{text}`"
            )));
        }
        let is_below = match self.value.get("operator").map(String::as_str) {
            None | Some(">") => false,
            Some("<") if is_score => true,
            Some(other) => {
                let allowed = if is_score { "`>` or `<`" } else { "`>`" };
                return Err(Rejection::invalid(format!(
                    "{place}.config_value.operator must be {allowed}, it is `{other}`"
                )));
            }
        };
        Ok(Some(Threshold { metric, bound, window_seconds: self.window(place)?, is_below }))
    }

    fn window(&self, place: &str) -> Result<u64, Rejection> {
        let text = self.text(place, "window")?;
        let bounds = ALERT_WINDOW_SECONDS_MIN..=ALERT_WINDOW_SECONDS_MAX;
        text.parse().ok().filter(|window| bounds.contains(window)).ok_or_else(|| {
            Rejection::invalid(format!(
                "{place}.config_value.window must be a whole number of seconds between \
                 {ALERT_WINDOW_SECONDS_MIN} and {ALERT_WINDOW_SECONDS_MAX}, it is `{text}`"
            ))
        })
    }

    fn text(&self, place: &str, field: &str) -> Result<&str, Rejection> {
        let text = self.value.get(field).map(|text| text.trim()).filter(|text| !text.is_empty());
        text.ok_or_else(|| Rejection::invalid(format!("{place}.config_value.{field} must not be blank")))
    }

    fn check(&self, place: &str, event_type: EventType) -> Result<(), Rejection> {
        check_entries(
            &format!("{place}.config_value"),
            &self.value,
            ALERT_VALUE_CHARS_MAX.max(ALERT_PROJECTS_MAX * 40),
        )?;
        let fits = match self.kind {
            ConfigKind::Projects => true,
            ConfigKind::Guardrail => event_type == EventType::GuardrailsTriggered,
            threshold => event_type.threshold() == Some(threshold),
        };
        if !fits {
            return Err(Rejection::invalid(format!(
                "{place}.type `{}` does not fit the event type `{}`",
                self.kind.name(),
                event_type.name()
            )));
        }
        match self.kind {
            ConfigKind::Projects => {
                let projects = self.projects().filter(|projects| !projects.is_empty());
                let unreadable = || {
                    Rejection::invalid(format!(
                        "{place}.config_value.project_ids must be a JSON array of ids"
                    ))
                };
                if projects.ok_or_else(unreadable)?.len() > ALERT_PROJECTS_MAX {
                    return Err(Rejection::invalid(format!(
                        "{place}.config_value.project_ids size must be between 1 and {ALERT_PROJECTS_MAX}"
                    )));
                }
                Ok(())
            }
            ConfigKind::Guardrail if self.value.values().all(|name| name.trim().is_empty()) => {
                Err(Rejection::invalid(format!("{place}.config_value must name a guardrail")))
            }
            ConfigKind::Guardrail => Ok(()),
            _ => self.threshold(place).map(|_| ()),
        }
    }
}

impl Definition {
    pub fn check(&self) -> Result<(), Rejection> {
        if self.name.trim().is_empty() {
            return Err(Rejection::invalid("name must not be blank"));
        }
        check_text("", "name", Some(&self.name), ALERT_NAME_CHARS_MAX)?;
        check_entries("metadata", &self.metadata, ALERT_VALUE_CHARS_MAX)?;
        if self.destination == Destination::PagerDuty
            && self.metadata.get(ROUTING_KEY).is_none_or(|key| key.trim().is_empty())
        {
            return Err(Rejection::invalid("metadata.routing_key must not be blank")
                .hint("PagerDuty finds whom to call by it"));
        }
        self.webhook.check()?;
        for (at, trigger) in self.triggers.iter().enumerate() {
            let place = format!("triggers[{at}]");
            if self.triggers.iter().take(at).any(|other| other.event_type == trigger.event_type) {
                return Err(Rejection::invalid(format!(
                    "{place}.event_type `{}` stands there twice",
                    trigger.event_type.name()
                ))
                .hint("put its conditions into groups of one trigger"));
            }
            self.check_trigger(&place, trigger)?;
        }
        Ok(())
    }

    fn check_trigger(&self, place: &str, trigger: &Trigger) -> Result<(), Rejection> {
        if trigger.configs.len() > ALERT_CONFIGS_MAX {
            return Err(Rejection::invalid(format!(
                "{place}.trigger_configs size must be between 0 and {ALERT_CONFIGS_MAX}"
            )));
        }
        let is_scoped = trigger.configs.iter().any(|config| config.kind == ConfigKind::Projects);
        if is_scoped && self.project_id.is_some() {
            return Err(Rejection::malformed(
                "project_id and a trigger config of type `scope:project` exclude each other",
            )
            .hint("leave one of them out"));
        }
        for (at, config) in trigger.configs.iter().enumerate() {
            config.check(&format!("{place}.trigger_configs[{at}]"), trigger.event_type)?;
        }
        if trigger.event_type.is_metric() && trigger.groups().is_empty() {
            return Err(Rejection::invalid(format!(
                "{place} needs a threshold, as `{}` is measured",
                trigger.event_type.name()
            )));
        }
        Ok(())
    }
}

impl Webhook {
    fn check(&self) -> Result<(), Rejection> {
        check_text("webhook.", "url", Some(&self.url), ALERT_URL_CHARS_MAX)?;
        let rest = self.url.strip_prefix("https://").or_else(|| self.url.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
        let is_plain = self.url.chars().all(|letter| !letter.is_whitespace() && !letter.is_control());
        if !is_plain || host.is_none_or(|host| host.is_empty() || host.starts_with(':')) {
            return Err(Rejection::invalid(
                "webhook.url must be an address that begins with http:// or https://",
            )
            .hint(format!("it is `{}`", self.url)));
        }
        check_text("webhook.", "name", self.name.as_deref(), ALERT_NAME_CHARS_MAX)?;
        check_text("webhook.", "secret_token", self.secret.as_deref(), ALERT_SECRET_CHARS_MAX)?;
        let secret = self.secret.as_deref().filter(|secret| *secret != MASK);
        if secret.is_some_and(|secret| !is_header_value(secret)) {
            return Err(Rejection::invalid(
                "webhook.secret_token must be of letters, digits and signs of ASCII",
            ));
        }
        check_entries("webhook.headers", &self.headers, ALERT_VALUE_CHARS_MAX)?;
        for (name, value) in &self.headers {
            let is_name =
                name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte));
            if !is_name {
                return Err(Rejection::invalid(format!("webhook.headers: `{name}` is no name of a header")));
            }
            if OURS.contains(&name.to_ascii_lowercase().as_str()) {
                return Err(Rejection::invalid(format!("webhook.headers: `{name}` is set by the server")));
            }
            if !is_header_value(value) {
                return Err(Rejection::invalid(format!(
                    "webhook.headers: the value of `{name}` must be of letters, digits and signs of ASCII"
                )));
            }
        }
        Ok(())
    }
}

/// What says where a message ends and whom it is for.
const OURS: &[&str] =
    &["connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"];

fn is_header_value(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
}

fn check_entries(place: &str, entries: &BTreeMap<String, String>, chars_max: usize) -> Result<(), Rejection> {
    if entries.len() > ALERT_ENTRIES_MAX {
        return Err(Rejection::invalid(format!("{place} size must be between 0 and {ALERT_ENTRIES_MAX}")));
    }
    for (key, value) in entries {
        if key.trim().is_empty() {
            return Err(Rejection::invalid(format!("{place} has a key that is blank")));
        }
        check_text("", &format!("{place} key"), Some(key), ALERT_KEY_CHARS_MAX)?;
        check_text("", &format!("{place}.{key}"), Some(value), chars_max)?;
    }
    Ok(())
}
