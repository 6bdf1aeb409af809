//! Verdicts of assertions over REST.

use std::borrow::Cow;

use axum::extract::State;
use axum::http::StatusCode;
use cairn_core::access::FeedbackWrite;
use cairn_core::feedback::assertions::{self, Assertion, Write};
use cairn_core::feedback::{Command, Target};
use cairn_core::ids::{SpanId, ThreadId, TraceId};
use cairn_core::rejection::Rejection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{null, source};
use crate::error::Answer;
use crate::extract::{Body, Granted};
use crate::routes::Server;
use crate::wire;

#[derive(Deserialize)]
struct BatchIn<'a> {
    #[serde(alias = "entityType")]
    entity_type: Option<String>,
    #[serde(borrow, alias = "assertionResults")]
    assertion_results: Option<Vec<AssertionIn<'a>>>,
}

#[derive(Deserialize)]
struct AssertionIn<'a> {
    #[serde(alias = "entityId")]
    entity_id: Option<Uuid>,
    #[serde(borrow, alias = "projectName")]
    project_name: Option<Cow<'a, str>>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    name: Option<String>,
    status: Option<String>,
    reason: Option<String>,
    source: Option<String>,
}

pub(crate) async fn record(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let read = |body: &bytes::Bytes| serde_json::from_slice(body).map(BatchIn::read);
    let command = body.read(move |body| wire::parse(body, read)).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl BatchIn<'_> {
    fn read(self) -> Result<Command, Rejection> {
        let kind = self.entity_type.ok_or_else(|| null("", "entityType"))?;
        let target: fn(Uuid) -> Result<Target, Rejection> = match kind.to_ascii_lowercase().as_str() {
            "trace" => |id| Ok(Target::Trace(TraceId::new(id)?)),
            "span" => |id| Ok(Target::Span(SpanId::new(id)?)),
            "thread" => |id| Ok(Target::Thread(ThreadId::new(id)?)),
            _ => {
                let hint = format!("entity_type `{kind}` is unknown: use `trace`, `span` or `thread`");
                return Err(Rejection::malformed("Unable to process JSON").hint(hint));
            }
        };
        let results = self.assertion_results.unwrap_or_default().into_iter().enumerate();
        let writes = results.map(|(at, result)| result.read(target, &format!("assertionResults[{at}].")));
        Ok(Command::Assert(writes.collect::<Result<_, _>>()?))
    }
}

impl AssertionIn<'_> {
    fn read(self, target: fn(Uuid) -> Result<Target, Rejection>, place: &str) -> Result<Write, Rejection> {
        let id = self.entity_id.ok_or_else(|| null(place, "entityId"))?;
        let passed = match self.status.as_deref() {
            Some("passed") => true,
            Some("failed") => false,
            None => return Err(null(place, "status")),
            Some(status) => {
                let hint = format!("{place}status `{status}` is unknown: use `passed` or `failed`");
                return Err(Rejection::malformed("Unable to process JSON").hint(hint));
            }
        };
        let assertion = Assertion {
            name: self.name.unwrap_or_default(),
            passed,
            reason: self.reason,
            source: source(self.source, place)?,
        };
        let project = wire::project(self.project_id, self.project_name, place)?;
        Ok(Write { target: target(id)?, project, assertion })
    }
}

/// A verdict as it stands beside an experiment's item.
#[derive(Serialize)]
pub(crate) struct VerdictOut {
    value: String,
    passed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl VerdictOut {
    /// `None` if there are none.
    pub(crate) fn all(state: assertions::State) -> Option<Vec<Self>> {
        let verdicts = state.verdicts.into_iter().map(|verdict| verdict.assertion);
        let verdicts: Vec<Self> = verdicts
            .map(|assertion| Self {
                value: assertion.name,
                passed: assertion.passed,
                reason: assertion.reason,
            })
            .collect();
        (!verdicts.is_empty()).then_some(verdicts)
    }
}

/// How all verdicts together went.
pub(crate) const fn status(passed: bool) -> &'static str {
    if passed { "passed" } else { "failed" }
}
