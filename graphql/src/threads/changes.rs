//! What happens to the threads of a project, as it happens: their own events, those of their traces, spans and scores,
//! and the annotation queues that they are put into and taken out of.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::TraceRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::{self, ProjectId, ThreadId};
use cairn_core::query::{Entity, Query};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::threads::read;
use cairn_storage::view::homes::Home;
use cairn_storage::view::{Asked, Bodies, Placed, Within};
use futures_util::Stream;
use uuid::Uuid;

use super::Thread;
use crate::error::Result;
use crate::homes::{RowChangeKind, Seen};
use crate::live::{Topic, Watch, follow};
use crate::scalars::{Position, uuid};
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct ThreadChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: RowChangeKind,
    /// The `id` of the thread.
    id: ID,
    /// Null when it was deleted.
    thread: Option<Thread>,
}

#[derive(Default)]
pub(crate) struct ThreadSubscriptions;

#[Subscription]
impl ThreadSubscriptions {
    /// Every thread of the project that matches `filter` and changed after the position `after` (absent: from now on), or
    /// that came to match by being put into an annotation queue or taken out of one. As `traceChanges` in everything
    /// else.
    async fn thread_changes(
        &self,
        context: &Context<'_>,
        project_id: ID,
        filter: Option<String>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<ThreadChange>>> {
        let session = session(context)?.clone();
        let project = ProjectId::known(uuid(&project_id)?);
        let query = Query::parse(Entity::Thread, filter.as_deref().unwrap_or_default(), session.now())?;
        let watch = ThreadsOf { project, query: Arc::new(query) };
        follow(session, after.map(|after| after.0), watch).await
    }
}

#[derive(Clone)]
struct ThreadsOf {
    project: ProjectId,
    query: Arc<Query>,
}

/// What the last event of a stretch did to a thread.
enum Touch {
    Changed {
        gone: bool,
    },
    /// It came into an annotation queue, or left it; of its own nothing changed.
    Moved(Home),
}

/// All threads of a project, whoever asks about which.
struct Threads {
    project: ProjectId,
}

/// A thread once it was touched.
enum ThreadView {
    Here(Seen<read::Thread>),
    Gone,
}

impl Topic for Threads {
    type Touch = Touch;
    type View = ThreadView;

    fn about(&self) -> Option<Uuid> {
        Some(self.project.uuid())
    }

    /// Two, where a trace went from one thread to another.
    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, Touch)>, Error> {
        let moved = reader.moved_threads(event)?.into_iter().map(|(id, home)| (id, Touch::Moved(home)));
        let at = reader.thread_changes(event.position, event.position)?;
        let threads = at.into_iter().flat_map(|(_, threads)| threads);
        let ours = threads.filter(|thread| thread.project == self.project);
        let changed = ours.map(|of| (of.thread.uuid(), Touch::Changed { gone: of.gone }));
        Ok(moved.chain(changed).collect())
    }

    /// As for traces.
    fn part(touch: &Touch) -> Option<Uuid> {
        match touch {
            Touch::Moved(home) => Some(home.uuid()),
            Touch::Changed { .. } => None,
        }
    }

    /// What was written and is gone by now says nothing: its deletion comes at a later position.
    fn view(
        &self,
        reader: &Reader,
        _: ids::Position,
        id: Uuid,
        touch: Touch,
    ) -> std::result::Result<Option<ThreadView>, Error> {
        let id = ThreadId::known(id);
        let thread = reader.thread(id)?.filter(|thread| !thread.is_empty());
        let home = match touch {
            Touch::Moved(home) => Some(home),
            Touch::Changed { .. } => None,
        };
        Ok(match thread {
            // The items of queues are of any project.
            Some(thread) if thread.project_id != self.project => None,
            Some(thread) => Some(ThreadView::Here(Seen::new(thread, reader.thread_within(id)?, home))),
            None => matches!(touch, Touch::Changed { gone: true }).then_some(ThreadView::Gone),
        })
    }
}

impl Watch for ThreadsOf {
    type Permission = TraceRead;
    type Topic = Threads;
    type Item = ThreadChange;

    fn topic(&self) -> Threads {
        Threads { project: self.project }
    }

    fn item(
        &self,
        bodies: &Bodies,
        position: ids::Position,
        id: Uuid,
        view: &ThreadView,
    ) -> Option<ThreadChange> {
        let matches = |thread: &read::Thread, within: &Within| {
            let placed = Placed { asked: Asked { thing: thread, bodies }, within };
            self.query.matches(Entity::Thread, &placed)
        };
        let (kind, thread) = match view {
            ThreadView::Here(seen) => (seen.kind(matches)?, Some(seen.thing())),
            ThreadView::Gone => (RowChangeKind::Deleted, None),
        };
        Some(ThreadChange {
            position: Position(position),
            kind,
            id: ThreadId::known(id).into(),
            thread: thread.map(|thread| Thread(read::Thread::clone(thread))),
        })
    }
}
