//! Alerts over REST.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{AlertRead, AlertWrite, Grant};
use cairn_core::alerts::messages::{Message, example};
use cairn_core::alerts::{
    ALERTS, Alert, Command, Config, ConfigKind, Definition, Destination, EventType, ROUTING_KEY, Trigger,
    Webhook, not_found,
};
use cairn_core::ids::{AlertId, ProjectId};
use cairn_core::query::catalogue;
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::projects::created;
use crate::routes::Server;
use crate::wire::{self, Ids, Shown};

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    filters: Option<String>,
    sorting: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ExamplesQuery {
    alert_type: Option<String>,
}

#[derive(Deserialize)]
struct AlertIn {
    id: Option<Uuid>,
    name: Option<String>,
    enabled: Option<bool>,
    #[serde(alias = "alertType")]
    alert_type: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
    webhook: WebhookIn,
    triggers: Option<Vec<TriggerIn>>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
}

#[derive(Deserialize)]
struct WebhookIn {
    id: Option<Uuid>,
    name: Option<String>,
    url: String,
    #[serde(alias = "secretToken")]
    secret_token: Option<String>,
    headers: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct TriggerIn {
    id: Option<Uuid>,
    #[serde(alias = "eventType")]
    event_type: String,
    #[serde(alias = "triggerConfigs")]
    trigger_configs: Option<Vec<ConfigIn>>,
}

#[derive(Deserialize)]
struct ConfigIn {
    id: Option<Uuid>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(alias = "configValue")]
    config_value: Option<BTreeMap<String, String>>,
    #[serde(alias = "groupIndex")]
    group_index: Option<i32>,
}

impl AlertIn {
    fn definition(self) -> Result<Box<Definition>, Rejection> {
        let destination = match self.alert_type {
            None => Destination::General,
            Some(name) => Destination::parse(&name).ok_or_else(|| unknown("alert_type", &name))?,
        };
        let triggers = self.triggers.unwrap_or_default().into_iter().map(TriggerIn::understood);
        Ok(Box::new(Definition {
            name: self.name.unwrap_or_default(),
            enabled: self.enabled.unwrap_or(true),
            destination,
            metadata: self.metadata.unwrap_or_default(),
            webhook: Webhook {
                id: self.webhook.id.unwrap_or_default(),
                name: self.webhook.name,
                url: self.webhook.url,
                secret: self.webhook.secret_token.filter(|secret| !secret.is_empty()),
                headers: self.webhook.headers.unwrap_or_default(),
            },
            triggers: triggers.collect::<Result<_, _>>()?,
            project_id: self.project_id.map(ProjectId::known),
        }))
    }
}

impl TriggerIn {
    fn understood(self) -> Result<Trigger, Rejection> {
        let configs = self.trigger_configs.unwrap_or_default().into_iter().map(|config| {
            Ok(Config {
                id: config.id.unwrap_or_default(),
                kind: ConfigKind::parse(&config.kind).ok_or_else(|| unknown("type", &config.kind))?,
                value: config.config_value.unwrap_or_default(),
                group: config.group_index,
            })
        });
        Ok(Trigger {
            id: self.id.unwrap_or_default(),
            event_type: EventType::parse(&self.event_type)
                .ok_or_else(|| unknown("event_type", &self.event_type))?,
            configs: configs.collect::<Result<_, Rejection>>()?,
        })
    }
}

fn unknown(field: &str, value: &str) -> Rejection {
    Rejection::malformed("Unable to process JSON").hint(format!("{field} `{value}` is unknown"))
}

#[derive(Serialize)]
struct AlertOut {
    id: AlertId,
    name: String,
    enabled: bool,
    alert_type: &'static str,
    metadata: BTreeMap<String, String>,
    webhook: WebhookOut,
    triggers: Vec<TriggerOut>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<ProjectId>,
}

#[derive(Serialize)]
struct WebhookOut {
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_token: Option<&'static str>,
    headers: BTreeMap<String, String>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

#[derive(Serialize)]
struct TriggerOut {
    id: Uuid,
    alert_id: AlertId,
    event_type: &'static str,
    trigger_configs: Vec<ConfigOut>,
    created_at: Shown,
    created_by: String,
}

#[derive(Serialize)]
struct ConfigOut {
    id: Uuid,
    alert_trigger_id: Uuid,
    #[serde(rename = "type")]
    kind: &'static str,
    config_value: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_index: Option<i32>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

impl From<Alert> for AlertOut {
    fn from(alert: Alert) -> Self {
        let Alert { id, definition, created_at, created_by, last_updated_at, last_updated_by } = alert;
        // Its parts are written with it.
        let created_at = || Shown(created_at.to_micros());
        let last_updated_at = || Shown(last_updated_at.to_micros());
        let secret_token = definition.webhook.masked_secret();
        let triggers = definition.triggers.into_iter().map(|trigger| TriggerOut {
            id: trigger.id,
            alert_id: id,
            event_type: trigger.event_type.name(),
            trigger_configs: trigger
                .configs
                .into_iter()
                .map(|config| ConfigOut {
                    id: config.id,
                    alert_trigger_id: trigger.id,
                    kind: config.kind.name(),
                    config_value: config.value,
                    group_index: config.group,
                    created_at: created_at(),
                    created_by: created_by.clone(),
                    last_updated_at: last_updated_at(),
                    last_updated_by: last_updated_by.clone(),
                })
                .collect(),
            created_at: created_at(),
            created_by: created_by.clone(),
        });
        Self {
            id,
            name: definition.name,
            enabled: definition.enabled,
            alert_type: definition.destination.name(),
            metadata: definition.metadata,
            triggers: triggers.collect(),
            webhook: WebhookOut {
                id: definition.webhook.id,
                name: definition.webhook.name,
                url: definition.webhook.url,
                secret_token,
                headers: definition.webhook.headers,
                created_at: created_at(),
                created_by: created_by.clone(),
                last_updated_at: last_updated_at(),
                last_updated_by: last_updated_by.clone(),
            },
            created_at: created_at(),
            created_by,
            last_updated_at: last_updated_at(),
            last_updated_by,
            project_id: definition.project_id,
        }
    }
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<AlertWrite>,
    body: Body,
) -> Answer {
    let alert: AlertIn = body.read(wire::plain).await?;
    let id = alert.id.map(AlertId::new).transpose()?;
    let outcome =
        server.handles.execute(&grant, Command::Create { id, definition: alert.definition()? }).await?;
    Ok(created("alerts", outcome.created))
}

pub(crate) async fn replace(
    State(server): State<Server>,
    Granted(grant): Granted<AlertWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let alert: AlertIn = body.read(wire::plain).await?;
    let command = Command::Replace { id: AlertId::known(id), definition: alert.definition()? };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_many(
    State(server): State<Server>,
    Granted(grant): Granted<AlertWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let ids = ids.into_iter().map(AlertId::known).collect();
    server.handles.execute(&grant, Command::Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<AlertRead>,
    Id(id): Id,
) -> Answer {
    let found = server.handles.read(&grant, move |reader| Ok(reader.alert(AlertId::known(id))?)).await?;
    Ok(Json(AlertOut::from(found.ok_or_else(not_found)?)).into_response())
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<AlertRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    page(server, grant, None, query).await
}

pub(crate) async fn list_of_project(
    State(server): State<Server>,
    Granted(grant): Granted<AlertRead>,
    Id(id): Id,
    Query(query): Query<ListQuery>,
) -> Answer {
    page(server, grant, Some(ProjectId::known(id)), query).await
}

async fn page(
    server: Server,
    grant: Grant<AlertRead>,
    project: Option<ProjectId>,
    query: ListQuery,
) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let filter = ALERTS.filters(query.filters.as_deref())?;
    let sort = ALERTS.sorting(query.sorting.as_deref())?;
    let page = server.handles.read(&grant, move |reader| {
        let state = reader.alerts()?;
        let wanted = state.all().rev().filter(|alert| {
            project.is_none_or(|project| alert.definition.project_id == Some(project))
                && catalogue::holds(&filter, *alert)
        });
        let mut alerts: Vec<Alert> = wanted.cloned().collect();
        if let Some(sort) = sort {
            catalogue::sort(&mut alerts, &sort, |alert| alert.id.uuid());
        }
        let total = alerts.len();
        let content = alerts.into_iter().skip((number - 1) * size).take(size).map(AlertOut::from);
        let content: Vec<AlertOut> = content.collect();
        Ok(Page { number, size: content.len(), total, content, sortable_by: ALERTS.sortable_by })
    });
    Ok(Json(page.await?).into_response())
}

/// What is sent, for each type of event, to each kind of destination.
pub(crate) async fn examples(
    State(server): State<Server>,
    Granted(grant): Granted<AlertRead>,
    Query(query): Query<ExamplesQuery>,
) -> Answer {
    let destination = match query.alert_type {
        None => Destination::General,
        Some(name) => Destination::parse(&name).ok_or_else(|| {
            Rejection::malformed(format!("alert_type `{name}` is unknown"))
                .hint("use `general`, `slack` or `pagerduty`")
        })?,
    };
    let name = server.handles.workspace_name(grant.workspace()).unwrap_or_default();
    let id = Uuid::from_u128(0x0190_babc_62a0_7000_8000_0000_0000_0000);
    let metadata = match destination {
        Destination::PagerDuty => [(ROUTING_KEY.to_owned(), "your routing key".to_owned())].into(),
        Destination::General | Destination::Slack => BTreeMap::new(),
    };
    let examples: Map<String, Value> = EventType::ALL
        .iter()
        .map(|event_type| {
            let trigger = Trigger { id, event_type: *event_type, configs: Vec::new() };
            let definition = Definition {
                name: "My alert".to_owned(),
                enabled: true,
                destination,
                metadata: metadata.clone(),
                webhook: Webhook {
                    id,
                    name: None,
                    url: "https://example.com/webhook".to_owned(),
                    secret: None,
                    headers: BTreeMap::new(),
                },
                triggers: vec![trigger],
                project_id: None,
            };
            let message = Message {
                id,
                alert_id: AlertId::known(id),
                definition: &definition,
                event_type: *event_type,
                workspace_id: grant.workspace(),
                workspace_name: &name,
                count: 1,
                event_ids: &[id],
                users: &[grant.principal().name().to_string()],
                metadata: &example(*event_type),
                created_at: Timestamp::from_millis(1_735_689_600_000),
            };
            (event_type.name().to_owned(), message.body())
        })
        .collect();
    Ok(Json(json!({ "response_examples": examples })).into_response())
}

/// Says how one message was taken, whether it was or not.
pub(crate) async fn test(
    State(server): State<Server>,
    Granted(grant): Granted<AlertWrite>,
    body: Body,
) -> Answer {
    let alert: AlertIn = body.read(wire::plain).await?;
    let id = alert.id.map(AlertId::known);
    let tested = server.handles.test_alert(&grant, id, *alert.definition()?).await?;
    let status = if tested.answer.error.is_none() { "success" } else { "failure" };
    let mut told = json!({
        "status": status,
        "status_code": tested.answer.status.unwrap_or_default(),
        "request_body": tested.body.as_str(),
    });
    if let (Some(error), Some(told)) = (tested.answer.error, told.as_object_mut()) {
        told.insert("error_message".to_owned(), Value::String(error));
    }
    Ok(Json(told).into_response())
}
