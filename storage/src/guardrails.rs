//! Guardrail checks in the log and as rows: all checks of one trace are one row, whose bodies lie in their events.

use bytes::Bytes;
use cairn_core::event::{Event as AnyEvent, Recorded};
use cairn_core::guardrails::{Check, Checked, Event, Outcome, evolve};
use cairn_core::ids::{Position, ProjectId, SpanId, TraceId};
use cairn_core::json::Json;
use fjall::Keyspace;
use prost::Message;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::reader::Reader;
use crate::rows::{self, uuid};
use crate::slots::Slots;

/// Checks as one commit sees and changes them, by trace.
pub(crate) struct Checks(Slots<Vec<Check>>);

impl Checks {
    pub(crate) const fn new(rows: Keyspace) -> Self {
        Self(Slots::new(rows))
    }

    pub(crate) fn count(&mut self, trace_id: TraceId) -> Result<usize, Error> {
        Ok(self.0.get(rows::said::guardrails(trace_id))?.map_or(0, Vec::len))
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        let Event::Checked(checked) = &event.event;
        let row = self.0.change(rows::said::guardrails(checked.trace_id))?;
        evolve(row.get_or_insert_default(), event);
        Ok(())
    }

    pub(crate) fn forget_span(&mut self, trace_id: TraceId, id: SpanId) -> Result<(), Error> {
        let row = self.0.change(rows::said::guardrails(trace_id))?;
        if let Some(checks) = row {
            checks.retain(|check| check.span_id != id);
        }
        row.take_if(|checks| checks.is_empty());
        Ok(())
    }

    pub(crate) fn forget_trace(&mut self, id: TraceId) {
        self.0.put(rows::said::guardrails(id), None);
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.0.flush(batch)
    }
}

#[derive(Clone, PartialEq, Message)]
struct StoredCheck {
    #[prost(bytes = "bytes", tag = "1")]
    trace_id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    span_id: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    project_id: Bytes,
    #[prost(string, tag = "4")]
    name: String,
    #[prost(bool, tag = "5")]
    passed: bool,
    #[prost(bytes = "bytes", optional, tag = "6")]
    config: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "7")]
    details: Option<Bytes>,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let Event::Checked(checked) = event;
    let body = |json: &Option<Json>| json.as_ref().map(|json| json.bytes().clone());
    let stored = StoredCheck {
        trace_id: Bytes::copy_from_slice(checked.trace_id.bytes()),
        span_id: Bytes::copy_from_slice(checked.span_id.bytes()),
        project_id: Bytes::copy_from_slice(checked.project_id.bytes()),
        name: checked.outcome.name.clone(),
        passed: checked.outcome.passed,
        config: body(&checked.outcome.config),
        details: body(&checked.outcome.details),
    };
    (Kind::GuardrailChecked, stored.encode_to_vec().into())
}

pub(crate) fn decode(payload: Bytes) -> Option<Event> {
    let stored = StoredCheck::decode(payload).ok()?;
    Some(Event::Checked(Box::new(Checked {
        trace_id: TraceId::known(uuid(&stored.trace_id)?),
        span_id: SpanId::known(uuid(&stored.span_id)?),
        project_id: ProjectId::known(uuid(&stored.project_id)?),
        outcome: Outcome {
            name: stored.name,
            passed: stored.passed,
            config: stored.config.map(Json::stored),
            details: stored.details.map(Json::stored),
        },
    })))
}

impl Reader {
    /// The guardrail checks of a trace, in the order in which they came.
    pub fn guardrail_checks(&self, trace_id: TraceId) -> Result<Vec<Check>, Error> {
        Ok(self.row(rows::said::guardrails(trace_id))?.unwrap_or_default())
    }

    /// What a check was configured with and found.
    pub fn guardrail_outcome(&self, at: Position) -> Result<Option<Outcome>, Error> {
        match self.store().log().event(at)?.map(|recorded| recorded.event) {
            Some(AnyEvent::Guardrails(Event::Checked(checked))) => Ok(Some(checked.outcome)),
            Some(_) => Err(Error::Damaged {
                at,
                what: "a row points here for a guardrail, but there is none".to_owned(),
            }),
            None => Ok(None),
        }
    }
}
