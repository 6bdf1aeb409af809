//! Where the trash lies.

use cairn_core::ids::{AnnotationQueueId, Position, SpanId, TraceId};
use uuid::Uuid;

use super::{Key, Table, key};

pub(crate) fn trashed(id: Uuid) -> Key {
    key(Table::Trashed, &[id.as_bytes()])
}

/// Newest first within a kind.
pub(crate) fn trash_place(kind: u8, at: Position) -> Key {
    key(Table::TrashPlace, &[&[kind], &(!at.0).to_be_bytes()])
}

pub(crate) fn trash_end(kind: u8) -> Key {
    trash_place(kind, Position::START)
}

pub(crate) fn trashed_spans(trace: TraceId) -> Key {
    key(Table::TrashedSpan, &[trace.bytes()])
}

pub(crate) fn trashed_span(trace: TraceId, span: SpanId) -> Key {
    key(Table::TrashedSpan, &[trace.bytes(), span.bytes()])
}

pub(crate) fn trashed_queue_items(item: Uuid) -> Key {
    key(Table::TrashedQueueItem, &[item.as_bytes()])
}

pub(crate) fn trashed_queue_item(item: Uuid, queue: AnnotationQueueId) -> Key {
    key(Table::TrashedQueueItem, &[item.as_bytes(), queue.bytes()])
}
