//! Guardrail checks of traces and spans.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Object};
use cairn_actors::failure::Failure;
use cairn_core::access::TraceRead;
use cairn_core::guardrails::{Check, Outcome};
use cairn_core::ids::Position;

use crate::error::Result;
use crate::scalars::{JsonText, Timestamp};
use crate::session::{Session, loader};

/// What came of a check that the application ran.
pub(crate) struct GuardrailCheck(Check);

#[Object]
impl GuardrailCheck {
    async fn span_id(&self) -> ID {
        self.0.span_id.into()
    }

    /// The kind of check, such as `PII` or `TOPIC`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn passed(&self) -> bool {
        self.0.passed
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.time)
    }

    /// What the check was configured with.
    #[graphql(complexity = 10)]
    async fn config(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        let outcome = loader(context)?.load_one(OutcomeAt(self.0.position)).await?;
        Ok(outcome.and_then(|outcome| outcome.config).map(JsonText))
    }

    /// What it found.
    #[graphql(complexity = 10)]
    async fn details(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        let outcome = loader(context)?.load_one(OutcomeAt(self.0.position)).await?;
        Ok(outcome.and_then(|outcome| outcome.details).map(JsonText))
    }
}

pub(crate) fn checks(checks: &[Check]) -> Vec<GuardrailCheck> {
    checks.iter().cloned().map(GuardrailCheck).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct OutcomeAt(Position);

impl Loader<OutcomeAt> for Session {
    type Value = Outcome;
    type Error = Failure;

    async fn load(&self, keys: &[OutcomeAt]) -> std::result::Result<HashMap<OutcomeAt, Outcome>, Failure> {
        let keys = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                found.extend(reader.guardrail_outcome(key.0)?.map(|outcome| (key, outcome)));
            }
            Ok(found)
        })
        .await
    }
}
