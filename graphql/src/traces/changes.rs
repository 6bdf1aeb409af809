//! What happens to the traces of a project, as it happens: their own events, those of their spans, scores on both, and
//! what they are put into and taken out of.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::TraceRead;
use cairn_core::attachments::Owner;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::Target;
use cairn_core::guardrails;
use cairn_core::ids::{self, ProjectId, SpanId, TraceId};
use cairn_core::query::{Entity, Query};
use cairn_core::{prices, spans, traces};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::homes::Home;
use cairn_storage::view::{self, Asked, Bodies, Placed, Within};
use futures_util::Stream;
use uuid::Uuid;

use super::Trace;
use crate::derived::plain;
use crate::error::Result;
use crate::homes::{RowChangeKind, Seen};
use crate::live::{Topic, Watch, follow, project_before};
use crate::scalars::{Position, uuid};
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct TraceChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: RowChangeKind,
    trace_id: ID,
    /// Null when it was deleted, and while only spans of it have arrived.
    trace: Option<Trace>,
}

#[derive(Default)]
pub(crate) struct TraceSubscriptions;

#[Subscription]
impl TraceSubscriptions {
    /// Every trace of the project that matches `filter` and was written or deleted after the position `after`
    /// (absent: from now on), or that came to match by being put into an experiment or annotation queue or taken out of
    /// one; what matches no more for that reason has `LEFT`. Of an experiment or queue that is deleted or restored only
    /// the newest events tell of their traces. Resuming from the last position received gives neither a gap nor a
    /// duplicate. Times in the filter such as `-1h` are counted from the start of the subscription; deletions are told
    /// whatever the filter.
    async fn trace_changes(
        &self,
        context: &Context<'_>,
        project_id: ID,
        filter: Option<String>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<TraceChange>>> {
        let session = session(context)?.clone();
        let project = ProjectId::known(uuid(&project_id)?);
        let query = Query::parse(Entity::Trace, filter.as_deref().unwrap_or_default(), session.now())?;
        let query = plain(&session, Entity::Trace, query).await?;
        let watch = TracesOf { project, query: Arc::new(query) };
        follow(session, after.map(|after| after.0), watch).await
    }
}

#[derive(Clone)]
pub(crate) struct TracesOf {
    pub(crate) project: ProjectId,
    pub(crate) query: Arc<Query>,
}

/// What the last event of a stretch did to a trace.
#[derive(Clone, Copy)]
pub(crate) enum Touch {
    Written,
    /// A span of it was written, in this project.
    SpanWritten(ProjectId),
    SpanDeleted(SpanId),
    Deleted,
    /// It came into an experiment or annotation queue, or left it; of its own nothing changed.
    Moved(Home),
}

/// All traces, whoever asks about which.
pub(crate) struct Traces;

/// A trace once it was touched.
pub(crate) enum TraceView {
    Here(Seen<view::Trace>),
    /// Of which only spans are there, in a project.
    Awaited(ProjectId),
    /// Deleted, in the project in which it was.
    Gone(ProjectId),
}

impl Topic for Traces {
    type Touch = Touch;
    type View = TraceView;

    fn about(&self) -> Option<Uuid> {
        None
    }

    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, Touch)>, Error> {
        let moved = reader.moved_traces(event)?.into_iter().map(|(id, home)| (id, Touch::Moved(home)));
        let touched = match &event.event {
            Event::Traces(event @ traces::Event::Deleted { .. }) => Some((event.id().uuid(), Touch::Deleted)),
            Event::Traces(event) => Some((event.id().uuid(), Touch::Written)),
            Event::Spans(spans::Event::Recorded(row)) => {
                Some((row.trace_id.uuid(), Touch::SpanWritten(row.project_id)))
            }
            Event::Spans(spans::Event::Patched(patch)) => {
                Some((patch.trace_id.uuid(), Touch::SpanWritten(patch.project_id)))
            }
            Event::Spans(spans::Event::Deleted { id, trace_id }) => {
                Some((trace_id.uuid(), Touch::SpanDeleted(*id)))
            }
            Event::Feedback(event) => judged(reader, event.target())?,
            Event::Comments(event) => judged(reader, event.target())?,
            Event::Attachments(event) => match event.owner() {
                Some(Owner::Trace(id)) => Some((id.uuid(), Touch::Written)),
                Some(Owner::Span(id)) => around_span(reader, id)?,
                None => None,
            },
            Event::Prices(prices::Event::SpanRepriced { id, trace_id, .. }) => {
                reader.span(*id)?.map(|span| (trace_id.uuid(), Touch::SpanWritten(span.project_id)))
            }
            Event::Guardrails(guardrails::Event::Checked(checked)) => {
                Some((checked.trace_id.uuid(), Touch::SpanWritten(checked.project_id)))
            }
            Event::Prices(_)
            | Event::Workspaces(_)
            | Event::Projects(_)
            | Event::Otel(_)
            | Event::Definitions(_)
            | Event::Environments(_)
            | Event::Datasets(_)
            | Event::Experiments(_)
            | Event::Prompts(_)
            | Event::Insights(_)
            | Event::Runners(_)
            | Event::Agents(_)
            | Event::History(_)
            | Event::Erasures(_)
            | Event::Retention(_)
            | Event::Derived(_)
            | Event::Optimizations(_)
            | Event::Annotations(_)
            | Event::Alerts(_)
            | Event::Dashboards(_)
            | Event::Threads(_) => None,
        };
        Ok(moved.chain(touched).collect())
    }

    /// Each home for itself: whoever breaks off after it came into one is still told of what happens next.
    fn part(touch: &Touch) -> Option<Uuid> {
        match touch {
            Touch::Moved(home) => Some(home.uuid()),
            Touch::Written | Touch::SpanWritten(_) | Touch::SpanDeleted(_) | Touch::Deleted => None,
        }
    }

    /// What was written and is gone by now says nothing: its deletion comes at a later position.
    fn view(
        &self,
        reader: &Reader,
        position: ids::Position,
        id: Uuid,
        touch: Touch,
    ) -> std::result::Result<Option<TraceView>, Error> {
        let id = TraceId::known(id);
        if let Some(trace) = reader.trace(id)? {
            let home = match touch {
                Touch::Moved(home) => Some(home),
                Touch::Written | Touch::SpanWritten(_) | Touch::SpanDeleted(_) | Touch::Deleted => None,
            };
            return Ok(Some(TraceView::Here(Seen::new(trace, reader.trace_within(id)?, home))));
        }
        let project = match touch {
            Touch::Moved(_) | Touch::Written => None,
            Touch::SpanWritten(project) => Some(project),
            Touch::SpanDeleted(span) => project_before(reader, span.uuid(), position)?,
            Touch::Deleted => project_before(reader, id.uuid(), position)?,
        };
        let Some(project) = project else { return Ok(None) };
        let has_spans = reader.span_count(id)? > 0;
        let is_deletion = matches!(touch, Touch::SpanDeleted(_) | Touch::Deleted);
        Ok(match (has_spans, is_deletion) {
            (true, _) => Some(TraceView::Awaited(project)),
            (false, true) => Some(TraceView::Gone(project)),
            (false, false) => None,
        })
    }
}

impl Watch for TracesOf {
    type Permission = TraceRead;
    type Topic = Traces;
    type Item = TraceChange;

    fn topic(&self) -> Traces {
        Traces
    }

    fn item(
        &self,
        bodies: &Bodies,
        position: ids::Position,
        id: Uuid,
        view: &TraceView,
    ) -> Option<TraceChange> {
        let matches = |trace: &view::Trace, within: &Within| {
            let asked = Placed { asked: Asked { thing: trace, bodies }, within };
            trace.project_id == self.project && self.query.matches(Entity::Trace, &asked)
        };
        let (kind, trace) = match view {
            TraceView::Here(seen) => (seen.kind(matches), Some(seen.thing())),
            TraceView::Awaited(project) => {
                let wanted = *project == self.project && *self.query == Query::All;
                (wanted.then_some(RowChangeKind::Upserted), None)
            }
            TraceView::Gone(project) => ((*project == self.project).then_some(RowChangeKind::Deleted), None),
        };
        kind.map(|kind| TraceChange {
            position: Position(position),
            kind,
            trace_id: TraceId::known(id).into(),
            trace: trace.map(|trace| Trace(Arc::clone(trace))),
        })
    }
}

fn judged(reader: &Reader, target: Target) -> std::result::Result<Option<(Uuid, Touch)>, Error> {
    Ok(match target {
        Target::Trace(id) => Some((id.uuid(), Touch::Written)),
        Target::Span(id) => around_span(reader, id)?,
        Target::Thread(_) => None,
    })
}

/// What hangs on a span that is not there yet, or no more, changes no trace.
fn around_span(reader: &Reader, id: SpanId) -> std::result::Result<Option<(Uuid, Touch)>, Error> {
    let span = reader.span(id)?;
    Ok(span.map(|span| (span.trace_id.uuid(), Touch::SpanWritten(span.project_id))))
}
