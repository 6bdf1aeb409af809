//! How annotation queues come along, as it happens: their own events, and scores on what is in them.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::AnnotationRead;
use cairn_core::annotations::{self, view::Shown};
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::AnnotationQueueId;
use cairn_core::{threads, traces};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use futures_util::Stream;
use uuid::Uuid;

use super::AnnotationQueue;
use crate::error::Result;
use crate::live::{ChangeKind, Things, follow};
use crate::scalars::{Position, uuid};
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct AnnotationQueueChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: ChangeKind,
    annotation_queue_id: ID,
    /// Null when it was deleted.
    annotation_queue: Option<AnnotationQueue>,
}

#[derive(Default)]
pub(crate) struct AnnotationSubscriptions;

#[Subscription]
impl AnnotationSubscriptions {
    /// The queue whenever it is changed, gets or loses items, has an item locked or scored, or is deleted, after the
    /// position `after` (absent: from now on). Resuming from the last position received gives neither a gap nor a
    /// duplicate.
    async fn annotation_queue_changes(
        &self,
        context: &Context<'_>,
        id: ID,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<AnnotationQueueChange>>> {
        let watch = QueueWatch { id: AnnotationQueueId::known(uuid(&id)?) };
        follow(session(context)?.clone(), after.map(|after| after.0), watch).await
    }
}

/// One queue: a score may concern several, and an event touches one thing at most.
#[derive(Clone, Copy)]
struct QueueWatch {
    id: AnnotationQueueId,
}

impl Things for QueueWatch {
    type Permission = AnnotationRead;
    type Thing = Shown;
    type Item = AnnotationQueueChange;

    fn about(&self) -> Option<Uuid> {
        Some(self.id.uuid())
    }

    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Option<(Uuid, ChangeKind)>, Error> {
        let touch = match &event.event {
            Event::Annotations(event) if event.queue_id() == self.id => match event {
                annotations::Event::Deleted { .. } => Some(ChangeKind::Deleted),
                _ => Some(ChangeKind::Upserted),
            },
            Event::Feedback(event) => {
                let item = reader.annotation_item(self.id, event.target().uuid())?;
                item.map(|_| ChangeKind::Upserted)
            }
            // Deleted, or deleted no more.
            Event::Traces(traces::Event::Deleted { id }) if reader.concerns_queue(self.id, id.uuid())? => {
                Some(ChangeKind::Upserted)
            }
            Event::Threads(threads::Event::Deleted { id })
                if reader.concerns_queue(self.id, id.uuid())? =>
            {
                Some(ChangeKind::Upserted)
            }
            _ => None,
        };
        Ok(touch.map(|touch| (self.id.uuid(), touch)))
    }

    fn load(reader: &Reader, id: Uuid) -> std::result::Result<Option<Self::Thing>, Error> {
        reader.annotation_queue(AnnotationQueueId::known(id))
    }

    fn item(
        position: Position,
        kind: ChangeKind,
        id: Uuid,
        thing: Option<Self::Thing>,
    ) -> AnnotationQueueChange {
        AnnotationQueueChange {
            position,
            kind,
            annotation_queue_id: AnnotationQueueId::known(id).into(),
            annotation_queue: thing.map(AnnotationQueue),
        }
    }
}
