//! Where what is said of traces, spans and threads lies.

use cairn_core::feedback::Target;
use cairn_core::ids::{CommentId, SpanId, TraceId};

use super::{Key, Table, key};

pub(crate) fn assertions(target: Target) -> Key {
    of_target(Table::Assertions, target)
}

pub(crate) fn comments(target: Target) -> Key {
    of_target(Table::Comments, target)
}

pub(crate) fn comment_place(id: CommentId) -> Key {
    key(Table::CommentPlace, &[id.bytes()])
}

pub(crate) fn scored_spans(trace_id: TraceId) -> Key {
    key(Table::ScoredSpan, &[trace_id.bytes()])
}

pub(crate) fn scored_span(trace_id: TraceId, id: SpanId) -> Key {
    key(Table::ScoredSpan, &[trace_id.bytes(), id.bytes()])
}

pub(crate) fn guardrails(trace_id: TraceId) -> Key {
    key(Table::Guardrails, &[trace_id.bytes()])
}

pub(super) fn of_target(table: Table, target: Target) -> Key {
    let entity: &[u8] = match target {
        Target::Trace(_) => &[1],
        Target::Span(_) => &[2],
        Target::Thread(_) => &[3],
    };
    key(table, &[entity, target.uuid().as_bytes()])
}
