//! What happens to the threads of a project, as it happens: their own events, and those of their traces, spans and scores.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::TraceRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::{self, ProjectId, ThreadId};
use cairn_core::query::{Entity, Query};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::threads::{Changed, read};
use cairn_storage::view::{Asked, Bodies, Placed, Within};
use futures_util::Stream;
use uuid::Uuid;

use super::Thread;
use crate::error::Result;
use crate::live::{ChangeKind, Fate, Topic, Watch, follow};
use crate::scalars::{Position, uuid};
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct ThreadChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: ChangeKind,
    /// The `id` of the thread.
    id: ID,
    /// Null when it was deleted.
    thread: Option<Thread>,
}

#[derive(Default)]
pub(crate) struct ThreadSubscriptions;

#[Subscription]
impl ThreadSubscriptions {
    /// Every thread of the project that matches `filter` and changed after the position `after` (absent: from now on).
    /// As `traceChanges` in everything else.
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

/// All threads of a project, whoever asks about which.
struct Threads {
    project: ProjectId,
}

impl Topic for Threads {
    type Touch = Changed;
    type View = (Fate<read::Thread>, Within);

    fn about(&self) -> Option<Uuid> {
        Some(self.project.uuid())
    }

    /// Two, where a trace went from one thread to another.
    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, Changed)>, Error> {
        let changes = reader.thread_changes(event.position, event.position)?;
        let threads = changes.into_iter().flat_map(|(_, threads)| threads);
        let ours = threads.filter(|changed| changed.project == self.project);
        Ok(ours.map(|changed| (changed.thread.uuid(), changed)).collect())
    }

    /// What was written and is gone by now says nothing: its deletion comes at a later position.
    fn view(
        &self,
        reader: &Reader,
        _: ids::Position,
        id: Uuid,
        touch: Changed,
    ) -> std::result::Result<Option<Self::View>, Error> {
        let id = ThreadId::known(id);
        let thread = reader.thread(id)?.filter(|thread| !thread.is_empty());
        let fate = Fate::of(thread, if touch.gone { ChangeKind::Deleted } else { ChangeKind::Upserted });
        fate.map(|fate| Ok((fate, reader.thread_within(id)?))).transpose()
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
        (fate, within): &(Fate<read::Thread>, Within),
    ) -> Option<ThreadChange> {
        let matches = |thread| {
            let placed = Placed { asked: Asked { thing: thread, bodies }, within };
            self.query.matches(Entity::Thread, &placed)
        };
        let wanted = fate.here().is_none_or(matches);
        wanted.then(|| ThreadChange {
            position: Position(position),
            kind: fate.kind(),
            id: ThreadId::known(id).into(),
            thread: fate.here().cloned().map(Thread),
        })
    }
}
