//! Feedback scores and verdicts in the log and as rows: all scores of one trace or span are one row, its verdicts
//! another.

use bytes::Bytes;
use cairn_core::feedback::assertions::Assertion;
use cairn_core::feedback::{Clearing, Event, Score, Target};
use cairn_core::ids::{ProjectId, SpanId, ThreadId, TraceId};
use prost::Message;
use rust_decimal::Decimal;

use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::uuid;

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StoredTarget {
    /// 1 trace, 2 span, 3 thread.
    #[prost(uint32, tag = "1")]
    entity: u32,
    #[prost(bytes = "bytes", tag = "2")]
    id: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct Scored {
    #[prost(message, required, tag = "1")]
    target: StoredTarget,
    #[prost(bytes = "bytes", tag = "2")]
    project_id: Bytes,
    #[prost(string, tag = "3")]
    author: String,
    #[prost(string, tag = "4")]
    name: String,
    /// Decimal text.
    #[prost(string, tag = "5")]
    value: String,
    #[prost(string, optional, tag = "6")]
    category_name: Option<String>,
    #[prost(string, optional, tag = "7")]
    reason: Option<String>,
    #[prost(string, tag = "8")]
    source: String,
    #[prost(bytes = "bytes", optional, tag = "9")]
    queue_id: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct Cleared {
    #[prost(message, required, tag = "1")]
    target: StoredTarget,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(string, optional, tag = "3")]
    author: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "4")]
    queue_id: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct Asserted {
    #[prost(message, required, tag = "1")]
    target: StoredTarget,
    #[prost(bytes = "bytes", tag = "2")]
    project_id: Bytes,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(bool, tag = "4")]
    passed: bool,
    #[prost(string, optional, tag = "5")]
    reason: Option<String>,
    #[prost(string, tag = "6")]
    source: String,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    match event {
        Event::Scored { target, project_id, author, score } => {
            let stored = Scored {
                target: store_target(*target),
                project_id: Bytes::copy_from_slice(project_id.bytes()),
                author: author.clone(),
                name: score.name.clone(),
                value: score.value.to_string(),
                category_name: score.category_name.clone(),
                reason: score.reason.clone(),
                source: score.source.clone(),
                queue_id: score.queue_id.map(|id| Bytes::copy_from_slice(id.as_bytes())),
            };
            (Kind::FeedbackScored, stored.encode_to_vec().into())
        }
        Event::Cleared(clearing) => {
            let stored = Cleared {
                target: store_target(clearing.target),
                name: clearing.name.clone(),
                author: clearing.author.clone(),
                queue_id: clearing.queue_id.map(|id| Bytes::copy_from_slice(id.as_bytes())),
            };
            (Kind::FeedbackCleared, stored.encode_to_vec().into())
        }
        Event::Asserted { target, project_id, assertion } => {
            let stored = Asserted {
                target: store_target(*target),
                project_id: Bytes::copy_from_slice(project_id.bytes()),
                name: assertion.name.clone(),
                passed: assertion.passed,
                reason: assertion.reason.clone(),
                source: assertion.source.clone(),
            };
            (Kind::AssertionRecorded, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    match kind {
        Kind::FeedbackScored => scored(Scored::decode(payload).ok()?),
        Kind::AssertionRecorded => {
            let stored = Asserted::decode(payload).ok()?;
            Some(Event::Asserted {
                target: load_target(&stored.target)?,
                project_id: ProjectId::known(uuid(&stored.project_id)?),
                assertion: Assertion {
                    name: stored.name,
                    passed: stored.passed,
                    reason: stored.reason,
                    source: stored.source,
                },
            })
        }
        _ => {
            let stored = Cleared::decode(payload).ok()?;
            Some(Event::Cleared(Clearing {
                target: load_target(&stored.target)?,
                name: stored.name,
                author: stored.author,
                queue_id: stored.queue_id.as_deref().and_then(uuid),
            }))
        }
    }
}

/// Verdicts were once recorded as the scores in whose guise they came.
fn scored(stored: Scored) -> Option<Event> {
    let target = load_target(&stored.target)?;
    let project_id = ProjectId::known(uuid(&stored.project_id)?);
    let score = Score {
        name: stored.name,
        value: stored.value.parse::<Decimal>().ok()?,
        category_name: stored.category_name,
        reason: stored.reason,
        source: stored.source,
        queue_id: stored.queue_id.as_deref().and_then(uuid),
    };
    Some(match Assertion::in_guise(&score) {
        Some(assertion) => Event::Asserted { target, project_id, assertion },
        None => Event::Scored { target, project_id, author: stored.author, score },
    })
}

pub(crate) fn store_target(target: Target) -> StoredTarget {
    let entity = match target {
        Target::Trace(_) => 1,
        Target::Span(_) => 2,
        Target::Thread(_) => 3,
    };
    StoredTarget { entity, id: Bytes::copy_from_slice(target.uuid().as_bytes()) }
}

pub(crate) fn load_target(stored: &StoredTarget) -> Option<Target> {
    let id = uuid(&stored.id)?;
    match stored.entity {
        1 => Some(Target::Trace(TraceId::known(id))),
        2 => Some(Target::Span(SpanId::known(id))),
        3 => Some(Target::Thread(ThreadId::known(id))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn read_back(event: &Event) -> Option<Event> {
        let (kind, payload) = encode(event);
        decode(kind, payload.event()?)
    }

    #[test]
    fn a_verdict_that_was_recorded_as_a_score_is_read_as_a_verdict() {
        let target = Target::Trace(TraceId::known(Uuid::from_u128(1)));
        let score = Score {
            name: "polite".to_owned(),
            value: Decimal::ONE,
            category_name: Some("suite_assertion".to_owned()),
            reason: Some("it said please".to_owned()),
            source: "sdk".to_owned(),
            queue_id: None,
        };
        let project_id = ProjectId::known(Uuid::from_u128(2));
        let read = read_back(&Event::Scored { target, project_id, author: "ann".to_owned(), score });
        let assertion = Assertion {
            name: "polite".to_owned(),
            passed: true,
            reason: Some("it said please".to_owned()),
            source: "sdk".to_owned(),
        };
        assert_eq!(read, Some(Event::Asserted { target, project_id, assertion }));
    }

    #[test]
    fn whose_queue_is_cleared_is_kept() {
        let clearing = Event::Cleared(Clearing {
            target: Target::Thread(ThreadId::known(Uuid::from_u128(1))),
            name: "quality".to_owned(),
            author: None,
            queue_id: Some(Uuid::from_u128(3)),
        });
        assert_eq!(read_back(&clearing).as_ref(), Some(&clearing));
    }
}
