//! Guardrails over REST: what checks came to, and how it stands beside traces and spans.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use cairn_core::access::{TraceRead, TraceWrite};
use cairn_core::guardrails::{Check, Outcome, Record, Write, by_span};
use cairn_core::ids::{SpanId, TraceId};
use cairn_core::rejection::Rejection;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted};
use crate::routes::Server;
use crate::wire;

#[derive(Deserialize)]
struct BatchIn<'a> {
    #[serde(borrow)]
    guardrails: Option<Vec<GuardrailIn<'a>>>,
}

#[derive(Deserialize)]
struct GuardrailIn<'a> {
    #[serde(alias = "entityId")]
    entity_id: Option<Uuid>,
    #[serde(alias = "secondaryId")]
    secondary_id: Option<Uuid>,
    #[serde(borrow, alias = "projectName")]
    project_name: Option<Cow<'a, str>>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    name: Option<String>,
    result: Option<String>,
    #[serde(borrow)]
    config: Option<&'a RawValue>,
    #[serde(borrow)]
    details: Option<&'a RawValue>,
}

pub(crate) async fn record(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let read = |body: &Bytes| {
        let batch: BatchIn<'_> = serde_json::from_slice(body)?;
        let outcomes = batch.guardrails.unwrap_or_default().into_iter().enumerate();
        let writes = outcomes.map(|(at, outcome)| outcome.read(body, &format!("guardrails[{at}].")));
        Ok(writes.collect::<Result<_, _>>().map(Record))
    };
    let command = body.read(move |body| wire::parse(body, read)).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl GuardrailIn<'_> {
    fn read(self, buffer: &Bytes, place: &str) -> Result<Write, Rejection> {
        let null = |field: &str| Rejection::invalid(format!("{place}{field} must not be null"));
        let trace_id = TraceId::new(self.entity_id.ok_or_else(|| null("entityId"))?)?;
        let span_id = SpanId::new(self.secondary_id.ok_or_else(|| null("secondaryId"))?)?;
        let passed = match self.result.as_deref() {
            Some("passed") => true,
            Some("failed") => false,
            None => return Err(null("result")),
            Some(result) => {
                let hint = format!("{place}result `{result}` is unknown: use `passed` or `failed`");
                return Err(Rejection::malformed("Unable to process JSON").hint(hint));
            }
        };
        let outcome = Outcome {
            name: self.name.ok_or_else(|| null("name"))?,
            passed,
            config: wire::body(buffer, self.config),
            details: wire::body(buffer, self.details),
        };
        let project = wire::project(self.project_id, self.project_name, place)?;
        Ok(Write { trace_id, span_id, project, outcome })
    }
}

#[derive(Deserialize)]
struct Names {
    names: Option<Vec<String>>,
}

/// A workspace stores no policies, so that each that is named is missing: a check that somebody counts on must not
/// silently not run.
pub(crate) async fn policies(
    State(_): State<Server>,
    _: Granted<TraceRead>,
    body: Body,
) -> Answer<Json<Value>> {
    let Names { names } = body.read(wire::plain).await?;
    match names.unwrap_or_default().first() {
        None => Ok(Json(json!({ "policies": [] }))),
        Some(name) => Err(Rejection::not_found(format!("Guardrail policy not found: '{name}'")).into()),
    }
}

/// The checks of one span as clients read them.
#[derive(Serialize)]
pub(crate) struct ValidationOut {
    span_id: String,
    checks: Vec<CheckOut>,
}

#[derive(Serialize)]
struct CheckOut {
    name: String,
    result: &'static str,
}

impl ValidationOut {
    /// `None` if there are none.
    pub(crate) fn all(checks: &[Check]) -> Option<Vec<Self>> {
        let validations: Vec<Self> = by_span(checks)
            .into_iter()
            .map(|(span_id, checks)| Self {
                span_id: span_id.to_string(),
                checks: checks.into_iter().map(CheckOut::from).collect(),
            })
            .collect();
        (!validations.is_empty()).then_some(validations)
    }
}

impl From<&Check> for CheckOut {
    fn from(check: &Check) -> Self {
        Self { name: check.name.clone(), result: if check.passed { "passed" } else { "failed" } }
    }
}
