//! Feedback definitions over REST.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cairn_core::access::{FeedbackDefinitionRead, FeedbackDefinitionWrite};
use cairn_core::definitions::{Command, Content, Definition, Details, Kind};
use cairn_core::ids::DefinitionId;
use cairn_core::rejection::Rejection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::projects::created;
use crate::routes::Server;
use crate::wire::{self, Ids, Shown};

#[derive(Deserialize)]
struct DefinitionIn {
    id: Option<Uuid>,
    name: Option<String>,
    description: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    details: Option<DetailsIn>,
}

/// The details of every type; which of them count, the type decides.
#[derive(Deserialize)]
struct DetailsIn {
    min: Option<f64>,
    max: Option<f64>,
    categories: Option<BTreeMap<String, f64>>,
    #[serde(alias = "trueLabel")]
    true_label: Option<String>,
    #[serde(alias = "falseLabel")]
    false_label: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Serialize)]
struct DefinitionOut {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    details: DetailsOut,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum DetailsOut {
    Numerical { min: f64, max: f64 },
    Categorical { categories: BTreeMap<String, f64> },
    Boolean { true_label: String, false_label: String },
}

impl From<&Definition> for DefinitionOut {
    fn from(definition: &Definition) -> Self {
        let Content { name, description, details } = definition.content.clone();
        Self {
            id: definition.id.to_string(),
            name,
            description,
            kind: details.kind().name(),
            details: match details {
                Details::Numerical { min, max } => DetailsOut::Numerical { min, max },
                Details::Categorical { categories } => DetailsOut::Categorical { categories },
                Details::Boolean { true_label, false_label } => {
                    DetailsOut::Boolean { true_label, false_label }
                }
            },
            created_at: Shown(definition.created_at.to_micros()),
            created_by: definition.created_by.clone(),
            last_updated_at: Shown(definition.last_updated_at.to_micros()),
            last_updated_by: definition.last_updated_by.clone(),
        }
    }
}

impl DefinitionIn {
    fn content(self) -> Result<Content, Rejection> {
        let missing = |field: &str| Rejection::invalid(format!("{field} must not be null"));
        let kind = read_kind(&self.kind.ok_or_else(|| missing("type"))?)?;
        let details = self.details.ok_or_else(|| missing("details"))?;
        let details = match kind {
            Kind::Numerical => Details::Numerical {
                min: details.min.ok_or_else(|| missing("details.min"))?,
                max: details.max.ok_or_else(|| missing("details.max"))?,
            },
            Kind::Categorical => Details::Categorical {
                categories: details.categories.ok_or_else(|| missing("details.categories"))?,
            },
            Kind::Boolean => Details::Boolean {
                true_label: details.true_label.ok_or_else(|| missing("details.trueLabel"))?,
                false_label: details.false_label.ok_or_else(|| missing("details.falseLabel"))?,
            },
        };
        Ok(Content { name: self.name.unwrap_or_default(), description: self.description, details })
    }
}

fn read_kind(name: &str) -> Result<Kind, Rejection> {
    let unknown = || {
        let hint = format!("type `{name}` is unknown: use `numerical`, `categorical` or `boolean`");
        Rejection::malformed("Unable to process JSON").hint(hint)
    };
    Kind::parse(name).ok_or_else(unknown)
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackDefinitionWrite>,
    body: Body,
) -> Answer {
    let definition: DefinitionIn = body.read(wire::plain).await?;
    let id = definition.id.map(DefinitionId::new).transpose()?;
    let command = Command::Create { id, content: definition.content()? };
    let outcome = server.handles.execute(&grant, command).await?;
    Ok(created("feedback-definitions", outcome.created))
}

pub(crate) async fn replace(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackDefinitionWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let definition: DefinitionIn = body.read(wire::plain).await?;
    let command = Command::Replace { id: DefinitionId::known(id), content: definition.content()? };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackDefinitionWrite>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Command::Delete { ids: vec![DefinitionId::known(id)] }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_many(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackDefinitionWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(wire::plain).await?;
    let ids = ids.into_iter().map(DefinitionId::known).collect();
    server.handles.execute(&grant, Command::Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackDefinitionRead>,
    Id(id): Id,
) -> Answer {
    let definitions = server.handles.read(&grant, |reader| Ok(reader.definitions()?)).await?;
    let definition = definitions
        .get(DefinitionId::known(id))
        .ok_or_else(|| Rejection::not_found("Feedback definition not found"))?;
    Ok(Json(DefinitionOut::from(definition)).into_response())
}

/// Newest first.
pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackDefinitionRead>,
    Query(query): Query<ListQuery>,
) -> Answer<Response> {
    let (page, size) = page_and_size(query.page, query.size)?;
    let kind = query.kind.as_deref().map(read_kind).transpose()?;
    let part = query.name.unwrap_or_default().to_lowercase();
    let definitions = server.handles.read(&grant, |reader| Ok(reader.definitions()?)).await?;
    let is_asked = |definition: &&Definition| {
        definition.content.name.to_lowercase().contains(&part)
            && kind.is_none_or(|kind| definition.content.details.kind() == kind)
    };
    let found: Vec<&Definition> = definitions.all().rev().filter(is_asked).collect();
    let total = found.len();
    let shown = found.into_iter().skip((page - 1) * size).take(size);
    let content: Vec<DefinitionOut> = shown.map(DefinitionOut::from).collect();
    let body = Page { number: page, size: content.len(), total, content, sortable_by: &[] };
    Ok(Json(body).into_response())
}
