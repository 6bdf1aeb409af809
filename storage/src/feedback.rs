//! Feedback scores in the log and as rows: all scores of one trace or span are one row.

use bytes::Bytes;
use cairn_core::feedback::{Event, Score, Target};
use cairn_core::ids::{ProjectId, SpanId, ThreadId, TraceId};
use prost::Message;
use rust_decimal::Decimal;

use crate::log::kind::Kind;
use crate::rows::uuid;

#[derive(Clone, PartialEq, Message)]
struct StoredTarget {
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
}

pub(crate) fn encode(event: &Event) -> (Kind, Bytes) {
    match event {
        Event::Scored { target, project_id, author, score } => {
            let stored = Scored {
                target: store(*target),
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
        Event::Cleared { target, name, author } => {
            let stored = Cleared { target: store(*target), name: name.clone(), author: author.clone() };
            (Kind::FeedbackCleared, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    if kind == Kind::FeedbackScored {
        let stored = Scored::decode(payload).ok()?;
        return Some(Event::Scored {
            target: target(&stored.target)?,
            project_id: ProjectId::known(uuid(&stored.project_id)?),
            author: stored.author,
            score: Score {
                name: stored.name,
                value: stored.value.parse::<Decimal>().ok()?,
                category_name: stored.category_name,
                reason: stored.reason,
                source: stored.source,
                queue_id: stored.queue_id.as_deref().and_then(uuid),
            },
        });
    }
    let stored = Cleared::decode(payload).ok()?;
    Some(Event::Cleared { target: target(&stored.target)?, name: stored.name, author: stored.author })
}

fn store(target: Target) -> StoredTarget {
    let entity = match target {
        Target::Trace(_) => 1,
        Target::Span(_) => 2,
        Target::Thread(_) => 3,
    };
    StoredTarget { entity, id: Bytes::copy_from_slice(target.uuid().as_bytes()) }
}

fn target(stored: &StoredTarget) -> Option<Target> {
    let id = uuid(&stored.id)?;
    match stored.entity {
        1 => Some(Target::Trace(TraceId::known(id))),
        2 => Some(Target::Span(SpanId::known(id))),
        3 => Some(Target::Thread(ThreadId::known(id))),
        _ => None,
    }
}
