use cairn_core::attachments::{Added, Content, ContentHash, Event as AttachmentEvent, Origin, Owner, Place};
use cairn_core::event::Event;
use cairn_core::ids::{Position, ProjectId, SpanId, TraceId};

use super::{id, text};

/// One event of each kind of attachment event.
pub(super) fn samples() -> Vec<Event> {
    let hash = ContentHash([7; 32]);
    let events = [
        AttachmentEvent::Added(Box::new(Added {
            owner: Owner::Span(SpanId::known(id(4))),
            project_id: ProjectId::known(id(2)),
            name: text("input-attachment-1-1700000000000.png"),
            mime_type: text("image/png"),
            content: Content { hash, bytes: 300_000 },
            origin: Origin::Embedded { place: Place::Input, body: Position(5) },
        })),
        AttachmentEvent::Removed { owner: Owner::Trace(TraceId::known(id(3))), name: text("a.txt") },
        AttachmentEvent::ContentErased { hash },
    ];
    events.into_iter().map(Event::from).collect()
}
